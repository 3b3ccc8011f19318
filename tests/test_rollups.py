"""The edition's rollups against the slow reference: exact, over newsrooms with everything that goes wrong.

Each edition holds many random articles, because making one costs more than comparing it.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import reference as ref
from newsrooms import (
    PUBLIC,
    SITES,
    TOOL,
    WEEKS,
    ZONES,
    Draft,
    Facts,
    Newsroom,
    at,
    content,
    drafts,
    facts_of,
    moment,
    moved,
    pieces,
    revision_row,
    rows,
    site,
)  # fmt: skip
from readership import queries
from readership.store import edition

FIRST, LAST = date(2023, 9, 1), date(2025, 6, 30)
compared: Counter[str] = Counter()
# A seed can't be made smaller in a useful way: the failure names the one article instead.
quick = settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=(Phase.generate,)
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def tally() -> Iterator[None]:
    yield
    print("\ncompared with the reference:", ", ".join(f"{n:,} {what}" for what, n in sorted(compared.items())))


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    folder = Path(tempfile.mkdtemp(prefix="readership-rollups-"))
    try:
        yield Newsroom(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@lru_cache(maxsize=32)
def calendar(zone: str, grain: str, week_start: int) -> tuple[tuple[ref.Bucket, ...], list[int]]:
    made = ref.buckets(zone, grain, FIRST, LAST, week_start)
    return made, [b.start for b in made]


def touched(c: ref.Curve, zone: str, grain: str, week_start: int) -> Sequence[ref.Bucket]:
    """Buckets that the curve's span touches."""
    if not c.intervals:
        return ()
    made, starts = calendar(zone, grain, week_start)
    low, high = min(s.from_at for s in c.intervals), max(s.to_at for s in c.intervals)
    return made[bisect_right(starts, low) - 1 : bisect_left(starts, high)]


def around(bucket: ref.Bucket, zone: str, grain: str, week_start: int) -> ref.Bucket:
    """The larger bucket that holds this one."""
    made, starts = calendar(zone, grain, week_start)
    return made[bisect_right(starts, bucket.start) - 1]


def close_to(c: ref.Curve, part: ref.Bucket, whole: ref.Bucket) -> int:
    """Views of `part` from intervals no longer than `whole`."""
    length = whole.end - whole.start
    return sum(step.within(part.start, part.end) for step in c.intervals if step.length <= length)


def curves(one: Draft) -> list[tuple[str, ref.Curve]]:
    found = [(PUBLIC, one.curve())]
    return [*found, (TOOL, ref.gain_curve(one.gains))] if one.gains else found


# ---------------------------------------------------------------------------------------------- what is to be expected

Rows = dict[Any, Any]


def expected_intervals(one: Draft) -> Rows:
    out: Rows = {}
    judged = [j for j in ref.judge(one.readings) if j.status == "kept"]
    c = one.curve()
    before = {s.to_at: s for s in c.intervals}
    for j, (_, total) in zip(judged, c.kept, strict=True):
        step = before.get(j.at or 0)
        epoch = (j.epoch or 0) - 1
        out[one.id, PUBLIC, j.at, step and step.from_at] = (
            (step.start_total, step.gained, j.views, epoch) if step else (total, 0, j.views, epoch)
        )
    for from_at, to_at, views in one.gains:
        out[one.id, TOOL, to_at, from_at] = (None, views, None, 0)
    return out


def expected_aside(one: Draft) -> Counter[Any]:
    apart: Counter[Any] = Counter()
    for j in ref.judge(one.readings):
        if j.status in ("suspect", "tie"):
            apart[one.id, PUBLIC, j.at, j.views, j.status] += 1
    for reading in one.readings:  # without a moment each capture stays a row of its own
        if reading.at is None:
            apart[one.id, PUBLIC, None, reading.views, "unknown-moment"] += 1
    return apart


def expected_meter(one: Draft) -> Rows:
    if not one.readings:
        return {}
    judged = ref.judge(one.readings)
    kept = [j for j in judged if j.status == "kept"]
    c = one.curve()
    points = sorted({*(s.from_at for s in c.intervals), *(t for t, _ in c.kept)})
    unknown = max((j.views for j in judged if j.status == "unknown-moment"), default=None)
    suspect = sum(j.status == "suspect" for j in judged)
    if not kept:
        return {(one.id, PUBLIC): (None, None, None, None, None, None, 0, suspect, 0, unknown)}
    return {
        (one.id, PUBLIC): (
            kept[-1].views, c.total, c.baseline, c.kept[0][0], points[0], points[-1], len(kept), suspect,
            kept[-1].epoch, unknown,
        )
    }  # fmt: skip


def expected_ages(one: Draft) -> Rows:
    known = {age: ref.views_at_age(one.curve(), age) for age in ref.AGES}
    return {(one.id, PUBLIC, age // 3600): views for age, views in known.items() if views is not None}


def expected_days(one: Draft) -> Rows:
    out: Rows = {}
    zone, week = one.zone, WEEKS[one.site]
    for meter, c in curves(one):
        for day in touched(c, zone, "day", week):
            views = ref.gained(c, day.start, day.end)
            if views:
                weekly, monthly = around(day, zone, "week", week), around(day, zone, "month", week)
                parts = (ref.observed(c, day.start, day.end), close_to(c, day, weekly), close_to(c, day, monthly))
                out[one.id, meter, day.day] = (views, *parts)
    return out


def expected_hours(newsroom_drafts: Sequence[Draft]) -> Rows:
    sums: dict[Any, list[int]] = defaultdict(lambda: [0] * 5)
    for one in newsroom_drafts:
        zone, week = one.zone, WEEKS[one.site]
        for meter, c in curves(one):
            for hour in touched(c, zone, "hour", week):
                views = ref.gained(c, hour.start, hour.end)
                if views:
                    larger = [around(hour, zone, grain, week) for grain in ("day", "week", "month")]
                    row = [views, ref.observed(c, hour.start, hour.end), *(close_to(c, hour, b) for b in larger)]
                    sums[one.site, meter, hour.start] = [
                        a + b for a, b in zip(sums[one.site, meter, hour.start], row, strict=True)
                    ]
    return {key: tuple(value) for key, value in sums.items()}


# ----------------------------------------------------------------------------------------------------- the comparison


def keyed(found: list[tuple[Any, ...]], keys: int) -> Rows:
    out: Rows = {}
    for row in found:
        assert row[:keys] not in out, f"two rows for {row[:keys]}"
        out[row[:keys]] = row[keys] if len(row) == keys + 1 else row[keys:]
    return out


def same(what: str, found: Rows, wanted: Rows, by_id: dict[int, Draft]) -> None:
    compared[what] += len(wanted)
    for key in found.keys() | wanted.keys():
        if found.get(key) != wanted.get(key):
            culprit = by_id.get(key[0], "")
            pytest.fail(
                f"{what} {key}: edition {found.get(key)}, reference {wanted.get(key)}\n{culprit}", pytrace=False
            )


def compare_articles(path: Path, room: Sequence[Draft]) -> None:
    by_id = {one.id: one for one in room}

    def whole(make: Any) -> Rows:
        return {key: value for one in room for key, value in make(one).items()}

    same(
        "intervals",
        keyed(rows(path, "SELECT article, meter, to_s, from_s, start_total, gained, views, epoch FROM interval"), 4),
        whole(expected_intervals),
        by_id,
    )
    aside = Counter(rows(path, "SELECT article, meter, at_s, views, status FROM aside"))
    same("readings set aside", dict(aside), dict(sum((expected_aside(one) for one in room), Counter())), by_id)
    same(
        "meters",
        keyed(
            rows(
                path,
                "SELECT article, meter, views, total, baseline, first_s, start_s, last_s, readings, suspect, epochs, "
                "moment_unknown_views FROM article_meter WHERE meter = 'public'",
            ),
            2,
        ),
        whole(expected_meter),
        by_id,
    )
    same("views at an age", keyed(rows(path, "SELECT * FROM article_age"), 3), whole(expected_ages), by_id)
    days = "SELECT article, meter, day, views, observed, observed_week, observed_month FROM article_day"
    same("article days", keyed(rows(path, days), 3), whole(expected_days), by_id)


AT_HOURS = (
    "JOIN site AS s ON s.site = h.site "
    "JOIN (SELECT *, min(from_s) OVER (PARTITION BY zone, local_hour, label) AS hour_from_s FROM calendar) AS c "
    "ON c.zone = s.zone AND c.slot = h.slot"
)
SUMMED_HOUR = (
    "sum(h.views)::BIGINT, sum(h.observed)::BIGINT, sum(h.observed_day)::BIGINT, sum(h.observed_week)::BIGINT, "
    "sum(h.observed_month)::BIGINT "
)


def compare_sums(path: Path, room: Sequence[Draft]) -> None:
    hours = "SELECT h.site, h.meter, c.hour_from_s, " + SUMMED_HOUR + f"FROM site_hour AS h {AT_HOURS} GROUP BY ALL"
    same("site hours", keyed(rows(path, hours), 3), expected_hours(room), {})
    sections: dict[Any, list[int]] = defaultdict(lambda: [0] * 4)
    for one in room:
        for (_, meter, day), values in expected_days(one).items():
            key = (one.site, meter, "section", one.section, day)
            sections[key] = [a + b for a, b in zip(sections[key], values, strict=True)]
    same(
        "section days",
        keyed(
            rows(
                path,
                "SELECT site, meter, dimension, value, day, views, observed, observed_week, observed_month "
                "FROM dimension_day WHERE dimension = 'section' AND on_own",
            ),
            5,
        ),
        {key: tuple(value) for key, value in sections.items()},
        {},
    )
    for section in {one.section for one in room}:
        found = rows(
            path,
            "SELECT h.site, h.meter, c.hour_from_s, sum(h.views)::BIGINT, sum(h.observed)::BIGINT "
            f"FROM dimension_hour AS h {AT_HOURS} "
            f"WHERE h.dimension = 'section' AND h.value = '{section}' AND h.on_own GROUP BY ALL",
        )
        ours = expected_hours([one for one in room if one.section == section])
        same("section hours", keyed(found, 3), {key: value[:2] for key, value in ours.items()}, {})
    for hours, clock in (("site_hour", "on_own"), ("shared_site_hour", "on_shared")):
        found = rows(
            path,
            f"SELECT site, meter, slot, sum(views)::BIGINT, sum(observed)::BIGINT FROM dimension_hour "
            f"WHERE dimension = 'section' AND {clock} GROUP BY ALL",
        )
        of_all = rows(path, f"SELECT site, meter, slot, views, observed FROM {hours}")
        same(f"{hours} by section", keyed(found, 3), keyed(of_all, 3), {})


def conserved(path: Path) -> None:
    """Baseline + Σ buckets = last V*, article by article and site by site."""
    off = rows(
        path,
        "SELECT m.article, m.meter, m.total, m.baseline, d.views FROM article_meter AS m LEFT JOIN "
        "(SELECT article, meter, sum(views)::BIGINT AS views FROM article_day GROUP BY ALL) AS d "
        "ON d.article = m.article AND d.meter = m.meter WHERE m.total <> m.baseline + coalesce(d.views, 0)",
    )
    assert off == []
    sums = rows(
        path,
        "SELECT (SELECT sum(total) - sum(baseline) FROM article_meter), (SELECT sum(views) FROM article_day), "
        "(SELECT sum(views) FROM site_hour), "
        "(SELECT sum(views) FROM dimension_day WHERE dimension = 'section' AND on_own), "
        "(SELECT sum(views) FROM dimension_hour WHERE dimension = 'section' AND on_own)",
    )
    assert len({value or 0 for value in sums[0]}) == 1, sums


def compare(path: Path, room: Sequence[Draft]) -> None:
    compare_articles(path, room)
    compare_sums(path, room)
    conserved(path)
    compared["articles"] += len(room)
    compared["editions"] += 1


# --------------------------------------------------------------------------------------------------------------- tests


@given(seed=st.integers(0, 2**32))
@quick
def test_rollups_equal_the_reference(seed: int) -> None:
    room = drafts(seed, 120)
    with newsroom() as house:
        house.add(facts_of(one) for one in room)
        compare(house.publish(), room)


EDGE = at("2024-02-29T18:00")  # Almaty's clocks go back: 2024-03-01 00:00 +06 becomes 23:00 +05


@st.composite
def one_draft(draw: st.DrawFn, key: str) -> Draft:
    """A small article that hypothesis can shrink."""
    place = draw(st.sampled_from([one.name for one in SITES]))
    gap = st.one_of(
        st.integers(1, 9), st.sampled_from([1800, 3600, 7200, 86400, 90000, 172800, 172801, 608400, 604801])
    )
    moments, now = [], EDGE - draw(st.sampled_from([0, 1, 1800, 3600, 7200, 90000, 86400 * 6]))
    for step in draw(st.lists(gap, max_size=5)):
        moments.append(now)
        now += step
    views = st.one_of(st.integers(0, 60), st.sampled_from([499, 500, 999, 1000, 10000]))
    readings = [ref.Reading(m, draw(views)) for m in moments]
    readings += [
        ref.Reading(draw(st.sampled_from([None, *moments])), draw(views)) for _ in range(draw(st.integers(0, 2)))
    ]
    first = moments[0] if moments else EDGE
    before = st.sampled_from([0, 1, 3600, 172800, 172801, 3 * 86400, -60])
    printed = [first - back for back in draw(st.lists(before, max_size=2))]
    days = [ref.local(first, ZONES[place]).date()] if draw(st.booleans()) else []
    return Draft(key, place, "a", tuple(printed + days), tuple(readings))


@given(room=st.integers(1, 30).flatmap(lambda n: st.tuples(*(one_draft(str(k)) for k in range(n)))))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_small_rooms_around_the_repeated_hour_equal_the_reference(room: tuple[Draft, ...]) -> None:
    with newsroom() as house:
        house.add(facts_of(one) for one in room)
        compare(house.publish(), room)


@given(seed=st.integers(0, 2**32))
@settings(parent=quick, max_examples=2)
def test_publishing_after_every_batch_equals_a_full_rebuild(seed: int) -> None:
    rng, room = random.Random(seed), drafts(seed, 60)
    heaps = list(zip(*(pieces(facts_of(one), rng, 4) for one in room), strict=True))
    with newsroom() as house:
        for heap in heaps:
            house.add(part for part in heap if rng.random() < 0.97 or len(part) == 1)
            step = house.publish()
        left = [part for heap in heaps for part in heap]
        house.add(rng.sample(left, len(left)))  # everything again, and the few that were left out
        step = house.publish()
        compare(step, room)
        stepwise = content(step)
        whole = content(house.publish(full=True))
        for table in whole:
            assert stepwise[table] == whole[table], table
        compared["tables equal to a full rebuild"] += len(whole)


def test_header_rates_of_one_moment_are_one_row_whatever_batch_they_come_with() -> None:
    (one,) = drafts(3, 1)

    def printed(capture: str, value: str, position: int, when: datetime | None) -> dict[str, Any]:
        return {
            "capture": capture, "site": one.site, "captured_at": when, "captured_at_basis": "given", "currency": "USD",
            "value": Decimal(value), "quote": "KZT", "labelled": True, "certain": True, "position": position,
        }  # fmt: skip

    noon = datetime(2024, 5, 9, 12)
    batches = [
        [printed("a", "443.85", 2, noon), printed("b", "443.85", 3, None)],
        [printed("c", "443.85", 1, noon), printed("d", "444.00", 1, noon), printed("e", "443.85", 1, None)],
    ]
    with newsroom() as house:
        for rates in batches:
            captures = [
                {"capture": row["capture"], "article": one.id, "captured_at": row["captured_at"]} for row in rates
            ]
            house.add([{"article": facts_of(one)["article"], "capture": captures, "header_rate": rates}])
            step = house.publish()
        found = rows(step, "SELECT captured_at, value, position, captures FROM header_rate ORDER BY ALL NULLS LAST")
        assert found == [
            (noon, Decimal("443.85"), 1, 2), (noon, Decimal("444.00"), 1, 1), (None, Decimal("443.85"), 1, 2)
        ]  # fmt: skip
        assert content(step)["header_rate"] == content(house.publish(full=True))["header_rate"]


LATER = {
    "goes on": ([(1, 10), (2, 20)], [(3, 20), (4, 30)]),
    "goes on in a later epoch": ([(1, 100), (2, 50)], [(3, 60)]),
    "is back, so that the fall was a stale copy": ([(1, 100), (2, 50)], [(3, 100)]),
    "takes a leap back": ([(1, 200), (2, 5000)], [(3, 220)]),
    "goes on after a leap taken back": ([(1, 200), (2, 5000), (3, 220)], [(4, 240)]),
    "falls": ([(1, 100), (2, 200)], [(3, 150)]),
    "falls within what is new": ([(1, 100)], [(2, 200), (3, 150)]),
    "comes late": ([(1, 100), (4, 200)], [(3, 150)]),
    "is read twice at one moment": ([(1, 100)], [(2, 150), (2, 160)]),
    "is read again at the last moment": ([(1, 100), (2, 150)], [(2, 160)]),
}


def test_each_way_a_counter_may_go_on_equals_a_full_rebuild() -> None:
    (one,) = drafts(3, 1)
    begin = at("2024-05-09T12:00")

    def read(name: str, steps: list[tuple[int, int]]) -> Facts:
        readings = tuple(ref.Reading(begin + 3600 * hour, views) for hour, views in steps)
        return facts_of(moved(one, key=name, published=(begin,), readings=readings, gains=()))

    with newsroom() as house:
        for turn in (0, 1):
            house.add(read(name, steps[turn]) for name, steps in LATER.items())
            step = house.publish()
        stepwise, whole = content(step), content(house.publish(full=True))
        for table in whole:
            assert stepwise[table] == whole[table], table


def read_between(one: Draft, low: int, high: int) -> Draft:
    """The draft with the readings and imports of a stretch of time; readings without a moment come with the first."""
    return moved(
        one,
        readings=tuple(r for r in one.readings if low < (0 if r.at is None else r.at) <= high),
        gains=tuple(g for g in one.gains if low < g[1] <= high),
    )


@given(seed=st.integers(0, 2**32))
@settings(parent=quick, max_examples=1)
def test_publishing_as_readings_come_in_order_equals_a_full_rebuild(seed: int) -> None:
    """Counters that only go on are carried on; those that fall, or are imported for, are walked again. Some articles
    are first seen late, some get other topics or another title on the way."""
    rng, room = random.Random(seed), drafts(seed, 40)
    times = sorted(r.at for one in room for r in one.readings if r.at)
    edges = [-1, *(times[len(times) * part // 6] for part in (3, 5)), times[-1]]
    late = {one.id: rng.choice((0, 0, 0, 1)) for one in room}
    with newsroom() as house:
        for turn, high in enumerate(edges[1:]):
            coming = [(one, late[one.id]) for one in room if late[one.id] <= turn]
            house.add(
                facts_of(read_between(one, -1 if turn == since else edges[turn], high))
                for one, since in coming
                if turn == since or rng.random() < 0.9 or turn == len(edges) - 2
            )
            house.add(told_anew(one, turn, rng) for one, since in coming if turn > since and rng.random() < 0.1)
            step = house.publish()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(edition, "PART_READINGS", len(times) // 3)
            stepwise, whole = content(step), content(house.publish(full=True))
        for table in whole:
            assert stepwise[table] == whole[table], table
        compared["tables equal to a full rebuild in parts"] += len(whole)


def told_anew(one: Draft, turn: int, rng: random.Random) -> Facts:
    """A later revision with a topic of its own: all that the article has gained moves there."""
    seen = max((r.at for r in one.readings if r.at), default=0) + turn
    name = f"anew-{turn}"
    revision = revision_row(one, 0, (one.published or (None,))[0]) | {"revision": name, "title": name}
    topic = {"article": one.id, "revision": name, "topic": f"topic-{rng.randrange(3)}", "score": 1.0}
    capture = {"capture": f"{one.key}/{name}", "article": one.id, "captured_at": moment(seen), "revision": name}
    return {"article_revision": [revision], "article_topic": [topic], "capture": [capture]}


@given(seed=st.integers(0, 2**32))
@settings(parent=quick, max_examples=1)
def test_an_edition_forgets_what_an_undone_batch_brought(seed: int) -> None:
    rng, room = random.Random(seed), drafts(seed, 40)
    kept, gone = zip(*(pieces(facts_of(one), rng, 2) for one in room), strict=True)
    with newsroom() as house, newsroom() as other:
        house.add(kept)
        house.publish()
        batch = house.add(gone)
        house.publish()
        house.undo(batch)
        other.add(kept)
        after, never = content(house.publish()), content(other.publish())
        for table in never:
            if table != "batch":
                assert after[table] == never[table], table
        compared["tables equal after an undo"] += len(never)


def test_an_edition_carried_on_for_weeks_keeps_true_months() -> None:
    """The calendar of the first edition ends inside a month that later readings fall into."""
    start = at("2024-05-01T10:00")
    one = Draft("k", "almaty.test", "a", (), (ref.Reading(start, 100), ref.Reading(start + 86400, 160)))
    for days in (50, 55):
        last = at("2024-05-03T00:00") + days * 86400
        later = moved(one, readings=(*one.readings, ref.Reading(last - 28 * 86400, 500), ref.Reading(last, 900)))
        with newsroom() as house:
            house.now = datetime(2024, 5, 3, tzinfo=UTC)
            house.add([facts_of(one)])
            house.publish()
            house.now += timedelta(days=days)
            house.add([facts_of(later)])
            compare(house.publish(), [later])


def test_a_later_revision_with_an_earlier_publication_moves_the_baseline_into_buckets() -> None:
    start = at("2024-05-01T10:00")
    late = Draft("k", "almaty.test", "a", (), (ref.Reading(start, 100), ref.Reading(start + 7200, 160)))
    known = moved(late, published=(start - 3600,))
    with newsroom() as house:
        house.add([facts_of(late)])
        compare(house.publish(), [late])
        house.add([{"article_revision": [revision_row(known, 7, start - 3600)]}])
        compare(house.publish(), [known])


@pytest.mark.parametrize("back", [0, 1, 172800, 172801, -1])
def test_a_publication_is_a_reading_of_0_within_48_hours(back: int) -> None:
    start = at("2024-05-01T10:00")
    one = Draft("k", "almaty.test", "a", (start - back,), (ref.Reading(start, 100),))
    with newsroom() as house:
        house.add([facts_of(one)])
        path = house.publish()
        compare(path, [one])
        assert rows(path, "SELECT baseline FROM article_meter") == [(0 if 0 < back <= 172800 else 100,)]


def test_the_repeated_hour_is_two_buckets_and_its_day_has_25() -> None:
    """By hand: 50 views in the 25 hours of 2024-02-29 in Almaty are 2 an hour."""
    start = at("2024-02-28T18:00")
    one = Draft("k", "almaty.test", "a", (), (ref.Reading(start, 10), ref.Reading(start + 25 * 3600, 60)))
    with newsroom() as house:
        house.add([facts_of(one)])
        path = house.publish(macros=True)
        compare(path, [one])
        assert rows(path, "SELECT day, views, observed FROM article_day") == [(date(2024, 2, 29), 50, 50)]
        frame = answer(house, "views_gained", grain="hour")
        frame = frame[frame.views > 0]
        assert frame.views.tolist() == [2] * 25
        assert frame.label.tolist()[-3:] == ["22", "23 (+06)", "23 (+05)"]


# ------------------------------------------------------------------------------------------------------------- queries


def answer(house: Newsroom, name: str, selection: queries.Selection | None = None, **parameters: Any) -> Any:
    current = queries.current(house.settings)
    assert current is not None
    return queries.fetch(name, selection or queries.Selection(), current, **parameters)


def bucket_name(bucket: ref.Bucket) -> datetime:
    return datetime.combine(bucket.day, datetime.min.time()) + timedelta(hours=bucket.hour or 0)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Newsroom, list[Draft]]:
    house, room = Newsroom(tmp_path_factory.mktemp("asked")), drafts(41, 150)
    house.add(facts_of(one) for one in room)
    house.publish(macros=True)
    return house, room


@pytest.mark.parametrize("sections", [(), ("a",), ("a", "b")], ids=["plain", "one section", "all sections"])
@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
@pytest.mark.parametrize("name", [one.name for one in SITES])
def test_views_gained_equals_the_reference(
    asked: tuple[Newsroom, list[Draft]], name: str, grain: str, sections: tuple[str, ...]
) -> None:
    house, room = asked
    chosen = [one for one in room if one.site == name and (not sections or one.section in sections)]
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for one in chosen:
        for bucket in touched(one.curve(), ZONES[name], grain, WEEKS[name]):
            sums[bucket][0] += ref.gained(one.curve(), bucket.start, bucket.end)
            sums[bucket][1] += ref.observed(one.curve(), bucket.start, bucket.end)
    wanted: Counter[Any] = Counter()
    for bucket, (views, observed) in sums.items():
        if views:
            wanted[bucket_name(bucket), views, observed / views] += 1
    frame = answer(house, "views_gained", queries.Selection(sites=(name,), sections=sections), grain=grain)
    assert frame.baseline.sum() == sum(one.curve().baseline for one in chosen)
    frame = frame[frame.views.fillna(0) != 0]
    found = Counter(zip(frame.bucket.dt.to_pydatetime(), frame.views, frame.observed_share, strict=True))
    assert found == wanted
    compared[f"{grain} buckets of views_gained"] += len(frame)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("name", [one.name for one in SITES])
def test_views_by_publication_equals_the_reference(asked: tuple[Newsroom, list[Draft]], name: str, grain: str) -> None:
    house, room = asked
    articles = [one.article() for one in room if one.site == name]
    frame = answer(house, "views_by_publication", queries.Selection(sites=(name,)), grain=grain)
    found = {row.bucket.date(): row for row in frame.itertuples()}
    for bucket in calendar(ZONES[name], grain, WEEKS[name])[0]:
        group = ref.published_in(articles, bucket, ZONES[name])
        assert bool(group) == (bucket.day in found)
        if group:
            views, oldest = ref.views_by_publication(articles, bucket, ZONES[name])
            row = found[bucket.day]
            assert row.articles == len(group)
            assert row.views_unknown == sum(not a.curve.kept for a in group)
            assert (0 if oldest is None else row.views) == views
            assert oldest is None or row.oldest_reading == moment(oldest)
            compared["buckets of views_by_publication"] += 1


def test_articles_are_listed_with_the_reference_s_totals(asked: tuple[Newsroom, list[Draft]]) -> None:
    house, room = asked
    frame = answer(house, "articles").set_index("article")
    assert len(frame) == len(room)
    for one in room:
        row, c = frame.loc[one.id], one.curve()
        if c.kept:
            assert (row.total, row.baseline, row.readings) == (c.total, c.baseline, len(c.kept))
            assert row.observed_at == moment(c.kept[-1][0])
        compared["articles listed"] += 1


# -------------------------------------------------------------------------------- several zones on the newsroom's clock


def newsroom_of(room: Sequence[Draft]) -> tuple[str, int]:
    """Zone and week start of the site with most articles, the first by name of several."""
    count = Counter(one.site for one in room)
    largest = min(count, key=lambda name: (-count[name], name))
    return ZONES[largest], WEEKS[largest]


def expected_gains(room: Sequence[Draft], zone: str, grain: str, week: int) -> Counter[Any]:
    """Buckets on one clock, whatever the sites' own: name, views, observed share."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for one in room:
        for bucket in touched(one.curve(), zone, grain, week):
            sums[bucket][0] += ref.gained(one.curve(), bucket.start, bucket.end)
            sums[bucket][1] += ref.observed(one.curve(), bucket.start, bucket.end)
    return Counter((bucket_name(b), views, seen / views) for b, (views, seen) in sums.items() if views)


def same_gains(house: Newsroom, room: Sequence[Draft], clock: tuple[str, int], grain: str, chosen: Any) -> None:
    frame = answer(house, "views_gained", chosen, grain=grain)
    frame = frame[frame.views.fillna(0) != 0]
    found = Counter(zip(frame.bucket.dt.to_pydatetime(), frame.views, frame.observed_share, strict=True))
    assert found == expected_gains(room, clock[0], grain, clock[1])
    assert frame.views.sum() == sum(one.curve().total - one.curve().baseline for one in room)
    compared[f"{grain} buckets on the newsroom's clock"] += len(frame)


@pytest.mark.parametrize("sections", [(), ("a", "b")], ids=["plain", "all sections"])
@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_several_zones_are_counted_on_the_newsroom_s_clock(
    asked: tuple[Newsroom, list[Draft]], grain: str, sections: tuple[str, ...]
) -> None:
    """Kolkata's hours begin at half past Almaty's, Berlin's weeks on a Sunday: still every view in one bucket."""
    house, room = asked
    same_gains(house, room, newsroom_of(room), grain, queries.Selection(sections=sections))


def test_the_clock_is_the_sites_own_while_they_have_only_one(asked: tuple[Newsroom, list[Draft]]) -> None:
    house, room = asked
    current = queries.current(house.settings)
    assert current is not None
    for name in ZONES:
        assert queries.clock(queries.Selection(sites=(name,)), current) == queries.Clock(ZONES[name], WEEKS[name])
    shared = queries.Clock(*newsroom_of(room), is_shared=True)
    assert queries.clock(queries.Selection(), current) == shared
    others = tuple(name for name in ZONES if ZONES[name] != shared.zone)
    assert queries.clock(queries.Selection(sites=others), current) == shared
    assert not queries.clock(queries.Selection(no_sites=others), current).is_shared


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_articles_of_several_zones_are_published_on_the_newsroom_s_days(
    asked: tuple[Newsroom, list[Draft]], grain: str
) -> None:
    house, room = asked
    zone, week = newsroom_of(room)
    articles = [one.article() for one in room]
    frame = answer(house, "views_by_publication", grain=grain)
    wanted = {
        b.day: len(group) for b in calendar(zone, grain, week)[0] if (group := ref.published_in(articles, b, zone))
    }
    assert {row.bucket.date(): row.articles for row in frame.itertuples()} == wanted


def test_a_newsroom_names_its_own_zone_and_everything_is_counted_anew() -> None:
    room = drafts(43, 30)
    with newsroom() as house:
        house.add(facts_of(one) for one in room)
        house.publish(macros=True)
        house.zone = "Asia/Kathmandu"
        house.publish(macros=True)
        for grain in ("hour", "day"):
            same_gains(house, room, ("Asia/Kathmandu", 1), grain, queries.Selection())


def test_two_sites_of_one_zone_keep_their_own_weeks() -> None:
    """Both were read from Saturday noon to Sunday noon: in one the week ends between, in the other it goes on."""
    start, names = at("2024-05-04T12:00", "Asia/Almaty"), ("monday.test", "sunday.test")
    readings = (ref.Reading(start, 0), ref.Reading(start + 86400, 24))
    with newsroom() as house:
        house.sites = [site(name, "Asia/Almaty", week) for name, week in zip(names, (1, 7), strict=True)]
        house.add(facts_of(Draft("k", name, "a", (), readings)) for name in names)
        house.publish(macros=True)
        found = {}
        for name in names:
            frame = answer(house, "views_gained", queries.Selection(sites=(name,)), grain="week").dropna(subset="views")
            found[name] = dict(zip(frame.bucket.dt.date, frame.views, strict=True))
    assert found["monday.test"] == {date(2024, 4, 29): 24}
    assert found["sunday.test"] == {date(2024, 4, 28): 12, date(2024, 5, 5): 12}


@pytest.mark.parametrize("sections", [(), ("a",)], ids=["plain", "one section"])
@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_clocks_that_move_by_half_an_hour_have_exact_buckets(grain: str, sections: tuple[str, ...]) -> None:
    """Lord Howe's go from +11:00 back to +10:30 at 2024-04-07 02:00, so half an hour of that night comes twice."""
    change = at("2024-04-06T15:00")
    room = [
        moved(
            one,
            site="howe.test",
            readings=tuple(ref.Reading(change - 40000 + 1300 * k * n, 7 * k * k) for k in range(60)),
        )
        for n, one in enumerate([Draft(str(k), "howe.test", "a") for k in range(3)], 1)
    ]
    with newsroom() as house:
        house.sites = [site("howe.test", "Australia/Lord_Howe")]
        house.add(facts_of(one) for one in room)
        house.publish(macros=True)
        same_gains(house, room, ("Australia/Lord_Howe", 1), grain, queries.Selection(sections=sections))
