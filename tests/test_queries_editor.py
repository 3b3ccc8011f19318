"""The editor's questions against the slow reference, and against rows that a hand can check."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import reference as ref
from newsrooms import Draft, Facts, Newsroom, at, facts_of
from readership import queries
from readership.errors import UsageError

PLACE, ZONE = "almaty.test", "Asia/Almaty"
NOW = at("2024-03-20T14:23:17", ZONE)
AS_OF, CUT = date(2024, 3, 20), time(14, 23, 17)
EVERYTHING = queries.Selection()
SECTION = queries.Selection(sections=("a",))
LANGUAGES = ("kk", "kk", "ru", "kk", None)
DAY = timedelta(days=1)


def language_of(one: Draft) -> str | None:
    return LANGUAGES[int(one.key) % 5] if one.key.isdigit() else None


def told(one: Draft) -> Facts:
    """Rows of one article, with a language."""
    facts = facts_of(one)
    for row in facts["article_revision"]:
        row["language"] = language_of(one)
    return facts


def article(one: Draft) -> ref.Article:
    a = one.article()
    return ref.Article(a.id, a.site, a.curve, a.published_day, language_of(one), a.section)


def wandering(rng: random.Random, key: str) -> Draft:
    """An article of the last five months: read closely at first, then now and then, some of them until now."""
    published = NOW - rng.randrange(3600, 150 * 86400)
    now, views, readings = published + rng.randrange(60, 60 * 3600), rng.randrange(60), []
    for _ in range(rng.randrange(1, 14)):
        if now > NOW:
            break
        readings.append(ref.Reading(now, views))
        now += rng.choice((1800, 3600, 3 * 3600, 9 * 3600, 26 * 3600, 5 * 86400, 12 * 86400))
        views += rng.randrange(400)
    if rng.random() < 0.3:
        readings.append(ref.Reading(NOW - rng.randrange(3 * 3600), views + rng.randrange(300)))
    printed = ref.local(published, ZONE).date() if rng.random() < 0.1 else published
    return Draft(key, PLACE, rng.choice("aab"), (printed,), tuple(r for r in readings if r.at and r.at <= NOW))


@dataclass
class Room:
    """Drafts, what the reference makes of them, and the edition."""

    drafts: list[Draft]
    edition: queries.Edition

    def ask(self, name: str, selection: queries.Selection = EVERYTHING, **parameters: Any) -> list[dict[str, Any]]:
        """Rows as dicts, unknown as None."""
        frame = queries.fetch(name, selection, self.edition, **parameters)
        return [
            {k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.astype(object).to_dict("records")
        ]

    def of(self, selection: queries.Selection) -> list[ref.Article]:
        """The reference's articles of a section or of all."""
        return [article(d) for d in self.drafts if not selection.sections or d.section in selection.sections]


def opened(folder: Path, drafts: list[Draft], facts: Any = told) -> Room:
    house = Newsroom(folder)
    house.add(facts(one) for one in drafts)
    house.publish(macros=True)
    current = queries.current(house.settings)
    assert current is not None
    return Room(drafts, current)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    rng = random.Random(5)
    drafts = [wandering(rng, str(k)) for k in range(330)]
    drafts.append(Draft("newest", PLACE, "a", (NOW - 5000,), (ref.Reading(NOW - 2000, 3), ref.Reading(NOW, 44))))
    return opened(tmp_path_factory.mktemp("editor"), drafts)


def curves(articles: list[ref.Article]) -> list[ref.Curve]:
    return [a.curve for a in articles]


def ends(day: date, until: time | None) -> tuple[int, int]:
    """A local day up to a wall-clock time."""
    whole = whole_day(day)
    return whole.start, whole.end if until is None else min(whole.end, ref.wall_clock(day, until, ZONE))


@cache
def whole_day(day: date) -> ref.Bucket:
    return next(b for b in ref.buckets(ZONE, "day", day, day) if b.day == day)


def views(group: list[ref.Curve], start: int, end: int) -> int:
    return sum(ref.gained(c, start, end) for c in group)


# ---------------------------------------------------------------------------------------------------------------- band


@pytest.mark.parametrize("selection", [EVERYTHING, SECTION], ids=["all", "section"])
def test_the_band_of_each_day_equals_the_reference(room: Room, selection: queries.Selection) -> None:
    group = curves(room.of(selection))
    since = AS_OF - 24 * DAY  # its weeks before hold the day of 25 hours
    found = room.ask("band", queries.Selection(since=since, sections=selection.sections))
    assert [row["day"].date() for row in found] == [since + k * DAY for k in range(25)]
    for row in found:
        day = row["day"].date()
        until = CUT if day == AS_OF else None
        assert row["views"] == views(group, *ends(day, until))
        same_band(row, ref.baseline_band(group, ZONE, day, until))
    assert found[-1]["cut_at"] == datetime.combine(AS_OF, CUT)


def same_band(row: dict[str, Any], wanted: ref.Band | None) -> None:
    if wanted is None:
        assert (row["median"], row["q1"], row["q3"]) == (None, None, None)
        assert row["n"] < 4
    else:
        assert (row["median"], row["q1"], row["q3"], row["n"]) == (
            wanted.median, wanted.low, wanted.high, wanted.days,
        )  # fmt: skip


@pytest.mark.parametrize("selection", [EVERYTHING, SECTION], ids=["all", "section"])
def test_the_band_of_each_hour_equals_the_reference(room: Room, selection: queries.Selection) -> None:
    group = curves(room.of(selection))
    found = room.ask("band", selection, grain="hour")
    assert [row["hour"] for row in found] == list(range(24))
    for row in found:
        hour = row["hour"]
        until = CUT if hour == CUT.hour else None if hour == 23 else time(hour + 1)
        same_band(row, ref.baseline_band(group, ZONE, AS_OF, until))
        if hour > CUT.hour:
            assert row["views"] is None
        else:
            assert row["views"] == views(group, *ends(AS_OF, until))


def test_the_hours_of_a_past_day_are_whole(room: Room) -> None:
    day = date(2024, 3, 7)  # seven days after the repeated hour
    group = curves(room.of(EVERYTHING))
    for row in room.ask("band", grain="hour", day=str(day)):
        until = None if row["hour"] == 23 else time(row["hour"] + 1)
        assert row["views"] == views(group, *ends(day, until))
        same_band(row, ref.baseline_band(group, ZONE, day, until))


def test_three_weeks_make_no_band_and_four_do(room: Room) -> None:
    group = curves(room.of(EVERYTHING))
    found = room.ask("band")[:80]
    for row in found:
        day = row["day"].date()
        weeks = [ends(day - 7 * k * DAY, None) for k in range(1, 9)]
        assert row["n"] == sum(ref.covered_seconds(group, *week) > 0 for week in weeks)
        same_band(row, ref.baseline_band(group, ZONE, day))
    assert {3, 4} <= {row["n"] for row in found}


def test_one_day_alone_has_the_same_band(room: Room) -> None:
    day = AS_OF - 3 * DAY
    (alone,) = room.ask("band", day=str(day))
    among = {row["day"]: row for row in room.ask("band", queries.Selection(since=AS_OF - 9 * DAY))}
    assert alone == among[alone["day"]]


def test_a_day_nobody_watched_is_unknown_and_too_few_weeks_make_no_band(room: Room) -> None:
    found = room.ask("band")
    assert found[0]["n"] == 0
    assert found[0]["median"] is None
    assert any(row["n"] >= 4 for row in found)


# ------------------------------------------------------------------------------------------------------- hour, weekday


@pytest.mark.parametrize("selection", [EVERYTHING, SECTION], ids=["all", "section"])
def test_hours_of_the_week_equal_the_reference(room: Room, selection: queries.Selection) -> None:
    group, everything = room.of(selection), curves(room.of(EVERYTHING))
    since, until = date(2024, 2, 20), date(2024, 3, 12)
    asked = queries.Selection(since=since, until=until, sections=selection.sections)
    found = {(row["weekday"], row["hour"]): row for row in room.ask("hour_weekday", asked)}
    cells: dict[tuple[int, int], list[ref.Bucket]] = {}
    for bucket in ref.buckets(ZONE, "hour", since, until - DAY):
        assert bucket.hour is not None
        cells.setdefault((bucket.day.isoweekday(), bucket.hour), []).append(bucket)
    assert set(found) == set(cells)
    for cell, buckets in cells.items():
        row = found[cell]
        seen = [b for b in buckets if ref.covered_seconds(everything, b.start, b.end)]
        total = sum(views(curves(group), b.start, b.end) for b in buckets)
        close = sum(ref.observed(c, b.start, b.end) for c in curves(group) for b in buckets)
        assert (row["buckets"], row["observed_hours"]) == (len(buckets), len(seen))
        assert row["views"] == (total if seen else None)
        assert row["views_per_hour"] == pytest.approx(total / len(seen))
        assert row["observed_share"] == (pytest.approx(close / total) if total else None)
        timed = [a for a in group if a.published is not None]
        assert row["articles_published"] == sum(len(ref.published_in(timed, b, ZONE)) for b in buckets)
    assert found[4, 23]["buckets"] == 4, "Thursdays at 23, and one of them came twice"


def test_hours_in_which_nothing_was_read_are_not_counted(tmp_path: Path) -> None:
    """Three hours of Monday the 4th were watched, ten and a half were not, then two more; T is 20:30."""
    start = at("2024-03-04T05:00", ZONE)
    early, late = hourly("1", start, [6, 7, 8], published=start - 90 * 86400), at("2024-03-04T18:30", ZONE)
    small = opened(tmp_path, [early, hourly("2", late, [5, 5], published=late - 90 * 86400)])
    rows = small.ask("hour_weekday", queries.Selection(since=date(2024, 3, 4), until=date(2024, 3, 5)))
    found = {row["hour"]: (row["views"], row["buckets"], row["observed_hours"]) for row in rows if row["weekday"] == 1}
    assert {hour: views for hour, (views, _, seen) in found.items() if seen} == {5: 6, 6: 7, 7: 8, 18: 2, 19: 5, 20: 3}
    assert found[12] == (None, 1, 0)
    assert found[21] == (None, 0, 0), "still to come"


def test_without_dates_hours_are_those_of_eight_whole_weeks(room: Room) -> None:
    found = room.ask("hour_weekday")
    assert {row["buckets"] for row in found if row["hour"] != 23} == {8}
    group = curves(room.of(EVERYTHING))
    assert sum(row["views"] for row in found) == views(group, ends(AS_OF - 56 * DAY, None)[0], ends(AS_OF, None)[0])


# ------------------------------------------------------------------------------------------------------------- compare

KINDS = {
    "previous": "previous", "weekday": "weekday", "month": "month", "year": "year-364",
    "year-calendar": "year-calendar", "mean4": "weekday×4",
}  # fmt: skip


def cut_side(group: list[ref.Article], low: date, high: date, cut: bool) -> tuple[int | None, ...]:
    """Articles published, views gained and views of the articles in [low, high), the last day cut at T's wall clock.

    Views of articles none of which was ever read are unknown.
    """
    last = high - DAY
    start, end = ends(low, None)[0], ends(last, CUT if cut else None)[1]
    inside = [
        a for a in group
        if a.published_day is not None and low <= a.published_day < high
        and (not cut or a.published_day < last or (a.published is not None and a.published < end))
    ]  # fmt: skip
    known = [a.curve.total for a in inside if a.curve.kept]
    return len(inside), views(curves(group), start, end), sum(known) if known or not inside else None


@pytest.mark.parametrize("against", KINDS)
@pytest.mark.parametrize(
    ("since", "until"),
    [
        (AS_OF, AS_OF + DAY),
        (AS_OF - 9 * DAY, AS_OF + DAY),
        (AS_OF - 9 * DAY, None),
        (AS_OF - 12 * DAY, AS_OF - 2 * DAY),
    ],
    ids=["today", "ten days", "open", "past"],
)
@pytest.mark.parametrize("selection", [EVERYTHING, SECTION], ids=["all", "section"])
def test_comparisons_equal_the_reference(
    room: Room, selection: queries.Selection, since: date, until: date | None, against: str
) -> None:
    asked = queries.Selection(since=since, until=until, sections=selection.sections)
    found = room.ask("compare", asked, against=against)
    assert [row["measure"] for row in found] == ["articles", "gained", "views"]
    until = until or AS_OF + DAY
    cut, group = until == AS_OF + DAY, room.of(selection)
    own = cut_side(group, since, until, cut)
    ranges = ref.compare_ranges(since, until, KINDS[against])
    first_read = min(s.from_at for c in curves(room.of(EVERYTHING)) for s in c.intervals)
    first_out = min(a.published_day for a in room.of(EVERYTHING) if a.published_day)
    others = [cut_side(group, low, high, cut) for low, high in ranges]
    for k, row in enumerate(found):
        oldest = ref.local(first_read, ZONE).date() if row["measure"] == "gained" else first_out
        bases = [value for other in others if (value := other[k]) is not None]
        base = None
        if all(oldest <= low for low, _ in ranges) and len(bases) == len(others):
            base = Fraction(sum(bases), len(bases))
        assert row["value"] == own[k]
        assert row["other"] == (None if base is None else float(base))
        assert row["note"] == ("new" if base == 0 else None)
        value = own[k]
        wanted = None if not base or value is None else float(100 * (value - base) / base)
        assert row["change_percent"] == (None if wanted is None else pytest.approx(wanted))
    assert found[0]["cut_at"] == (datetime.combine(AS_OF, CUT) if cut else None)
    assert (found[0]["other_since"].date(), found[0]["other_until"].date()) == ranges[0]


def test_a_month_that_is_not_over_is_held_against_as_much_of_the_one_before(room: Room) -> None:
    rows = room.ask("compare", queries.Selection(since=date(2024, 3, 1), until=date(2024, 4, 1)), against="month")
    group = room.of(EVERYTHING)
    wanted = cut_side(group, date(2024, 2, 1), date(2024, 2, 21), True)
    assert [row["other"] for row in rows] == list(wanted)
    assert [row["value"] for row in rows] == list(cut_side(group, date(2024, 3, 1), AS_OF + DAY, True))
    assert (rows[0]["until"].date(), rows[0]["other_until"].date()) == (AS_OF + DAY, date(2024, 2, 21))


def test_a_range_of_ones_own_is_compared(room: Room) -> None:
    asked = queries.Selection(since=date(2024, 3, 4), until=date(2024, 3, 11))
    rows = room.ask("compare", asked, against="custom", other_since="2024-02-05", other_until="2024-02-12")
    wanted = cut_side(room.of(EVERYTHING), date(2024, 2, 5), date(2024, 2, 12), False)
    assert [row["other"] for row in rows] == list(wanted)


def test_without_a_beginning_nothing_lies_before(room: Room) -> None:
    rows = room.ask("compare")
    assert all(row["other"] is None and row["change"] is None for row in rows)
    assert rows[1]["value"] == views(curves(room.of(EVERYTHING)), 0, NOW)


def test_a_comparison_that_does_not_exist_is_refused(room: Room) -> None:
    with pytest.raises(UsageError):
        room.ask("compare", against="yesterday")


# ---------------------------------------------------------------------------------------------------------------- ages


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("age", [6, 24, 168])
def test_views_at_an_age_equal_the_reference(room: Room, grain: str, age: int) -> None:
    found = {row["bucket"].date(): row for row in room.ask("views_at_age", grain=grain, age=age)}
    group = room.of(EVERYTHING)
    days = [a.published_day for a in group if a.published_day]
    for bucket in ref.buckets(ZONE, grain, min(days), max(days)):
        articles = ref.published_in(group, bucket, ZONE)
        wanted = ref.views_by_publication_at_age(group, bucket, ZONE, age * 3600, NOW)
        if wanted is None or not articles:
            assert bucket.day not in found
            continue
        row = found.pop(bucket.day)
        assert (row["articles"], row["unknown"]) == (len(articles), wanted[1])
        assert row["views"] == (wanted[0] if wanted[1] < len(articles) else None)
    assert not found


def test_other_bases_of_views_at_an_age(room: Room) -> None:
    group = room.of(EVERYTHING)
    march = [a for a in group if a.published_day and a.published_day < date(2024, 3, 1) and a.published_day.month == 2]
    known = [v for v in (ref.views_at_age(a.curve, 86400) for a in march) if v is not None]
    by = {b: room.ask("views_at_age", grain="month", basis=b) for b in ("sum", "mean", "median")}
    found = {b: next(r for r in rows if r["bucket"].month == 2)["views"] for b, rows in by.items()}
    assert found == {
        "sum": sum(known),
        "mean": pytest.approx(sum(known) / len(known)),
        "median": ref.quantile(Fraction(1, 2), known),
    }
    with pytest.raises(UsageError):
        room.ask("views_at_age", age="25")


def peers(i: ref.Article, group: list[ref.Article], age: int, by: tuple[str, ...]) -> list[int]:
    return sorted(ref._cohort(i, group, age * 3600, by))


BASES = (("site", "language", "section"), ("site", "language"), ("site",))


def test_an_article_stands_beside_its_kind_at_each_age(room: Room) -> None:
    group = room.of(EVERYTHING)
    bases = set()
    for one in [a for a in group if a.published is not None][::9]:
        for row in room.ask("article_cohort", article=one.id):
            age = int(row["age_h"])
            own = ref.views_at_age(one.curve, age * 3600)
            assert row["views"] == own
            kinds = [(by, found) for by in BASES if len(found := peers(one, group, age, by)) >= 20]
            if not kinds:
                assert (row["median"], row["n"], row["basis"]) == (None, None, None)
                continue
            by, found = kinds[0]
            bases.add(by)
            quartiles = tuple(ref.quantile(Fraction(k, 4), found) for k in (1, 2, 3))
            assert (row["q1"], row["median"], row["q3"]) == quartiles
            assert (row["n"], row["basis"]) == (len(found), ", ".join(by))
    assert bases == set(BASES)


def test_states_and_stats_say_the_same_index(room: Room) -> None:
    group = {a.id: a for a in room.of(EVERYTHING)}
    listed = room.ask("states", limit=40, order="views")
    assert [row["article"] for row in listed] == [
        row["article"] for row in room.ask("articles", limit=40, order="views")
    ]
    for row in listed:
        one = group[row["article"]]
        wanted = ref.same_age_index(one, list(group.values()))
        (stats,) = room.ask("article_stats", article=one.id)
        for told_by in (row, stats):
            assert told_by["index"] == (None if wanted is None else pytest.approx(float(wanted.value)))
            assert told_by["percentile"] == (None if wanted is None else pytest.approx(float(wanted.percentile)))
            assert told_by["age_class"] == ref.age_class(one.published, NOW)
        if wanted is not None:
            assert (stats["age_h"], stats["cohort_n"]) == (wanted.age // 3600, wanted.n)
            assert stats["cohort_basis"] == row["cohort_basis"] == ", ".join(wanted.by)
        if wanted is not None and stats["index"] is not None:
            assert stats["views_at_age"] == ref.views_at_age(one.curve, wanted.age)


def test_an_article_that_does_not_exist_has_no_rows(room: Room) -> None:
    for name in ("article_stats", "article_cohort", "related"):
        assert room.ask(name, article=-1) == []


# -------------------------------------------------------------------------------------------- movers, spikes, evergreen


def test_movers_equal_the_reference(room: Room) -> None:
    found = {row["article"]: row for row in room.ask("movers", limit=1000)}
    kinds = set()
    for one in room.of(EVERYTHING):
        move = ref.moves(one.curve, NOW)
        both = move.last is not None and move.before is not None
        change = (move.last or 0) - (move.before or 0) if both else None
        kind = "new" if move.new else "rising" if (change or 0) > 0 else "falling" if (change or 0) < 0 else None
        if kind is None:
            assert one.id not in found
            continue
        kinds.add(kind)
        row = found.pop(one.id)
        assert (row["kind"], row["covered"], row["change"]) == (kind, both, change)
        if both:
            assert (row["gained_24h"], row["gained_before"]) == (move.last, move.before)
            assert row["change_percent"] == (pytest.approx(100 * change / move.before) if move.before else None)
    assert not found
    assert kinds == {"rising", "falling", "new"}


def test_the_largest_movers_come_first_and_few_of_each_kind(room: Room) -> None:
    found = room.ask("movers", limit=2)
    everyone = room.ask("movers", limit=1000)
    for kind in ("rising", "falling"):
        changes = sorted((abs(r["change"]) for r in everyone if r["kind"] == kind), reverse=True)
        assert [abs(row["change"]) for row in found if row["kind"] == kind] == changes[:2]


def hourly(key: str, start: int, gains: list[int], section: str = "a", published: int | None = None) -> Draft:
    """Read every hour from `start` on, first at 0."""
    readings, total = [ref.Reading(start, 0)], 0
    for k, gain in enumerate(gains, 1):
        total += gain
        readings.append(ref.Reading(start + k * 3600, total))
    return Draft(key, PLACE, section, (start - 60 if published is None else published,), tuple(readings))


def gone(one: Draft, seconds_ago: int, status: int = 404) -> Facts:
    """The article's rows with a capture that says it isn't there any more."""
    facts = told(one)
    moment = datetime.fromtimestamp(NOW - seconds_ago, ref.UTC).replace(tzinfo=None)
    facts["capture"].append({
        "capture": f"{one.key}/gone", "article": one.id, "captured_at": moment, "origin": "page", "status": status,
    })  # fmt: skip
    return facts


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Five articles a hand can check, and 25 old ones whose peak is 100 an hour."""
    crowd = [hourly(f"old{k}", NOW - 30 * 86400, [100], "a" if k < 20 else "b") for k in range(25)]
    day = [10] * 24
    drafts = [
        hourly("up", NOW - 48 * 3600, day + [20] * 24),
        hourly("down", NOW - 48 * 3600, day + [5] * 24),
        hourly("first", NOW - 2 * 3600, [7, 9]),
        hourly("quick", NOW - 5 * 3600, [90, 90, 90, 120, 150]),
        hourly("small", NOW - 5 * 3600, [30, 30, 30, 30, 110], "c"),
        hourly("late", NOW - 30 * 3600, [4] * 6 + [9] * 24, published=NOW - 90 * 86400),  # a quarter of the day before
    ]
    lost = [hourly("lost", NOW - 72 * 3600, [3] * 10), hourly("back", NOW - 72 * 3600, [3] * 72)]
    house = Newsroom(tmp_path_factory.mktemp("five"))
    house.add([*(told(one) for one in crowd + drafts), *(gone(one, 3600) for one in lost)])
    house.publish(macros=True)
    current = queries.current(house.settings)
    assert current is not None
    return Room(crowd + drafts + lost, current)


def test_five_movers_by_hand(five: Room) -> None:
    found = {
        row["article_key"]: (row["kind"], row["gained_24h"], row["gained_before"], row["change"])
        for row in five.ask("movers", limit=100)
    }
    assert found == {
        "up": ("rising", 480, 240, 240),
        "down": ("falling", 120, 240, -120),
        "first": ("new", 16, None, None),
        "quick": ("new", 540, None, None),
        "small": ("new", 230, None, None),
        "lost": ("vanished", None, None, None),
    }


def test_spikes_by_hand(five: Room) -> None:
    """θ is 100 in section a (22 peaks and more), and 100 of the site, which c falls back to."""
    found = {
        row["article_key"]: (row["state"], row["velocity"], row["threshold"], row["threshold_basis"], row["since"])
        for row in five.ask("spikes")
    }
    hour_ago = datetime.fromtimestamp(NOW - 3600, ref.UTC).replace(tzinfo=None)
    now = datetime.fromtimestamp(NOW, ref.UTC).replace(tzinfo=None)
    theta = {s: ref.spike_threshold(five.of(EVERYTHING), PLACE, s, NOW) for s in "ac"}
    assert theta == {"a": 100, "c": 110}
    assert found == {"quick": ("rising", 150, 100, "section", hour_ago)}
    assert now > hour_ago


def test_evergreens_are_those_of_the_reference(room: Room) -> None:
    found = {row["article"]: row for row in room.ask("evergreen")}
    for one in room.of(EVERYTHING):
        state = ref.evergreen(one.curve, ZONE, NOW)
        if state in ("evergreen", "candidate"):
            assert found[one.id]["state"] == state
            assert found[one.id]["views_7d"] == ref.gained(one.curve, NOW - 7 * ref.DAY, NOW)
            mean = found[one.id]["best_day_mean"]
            assert found[one.id]["threshold"] == pytest.approx(0.3 * mean**0.7)
        else:
            assert found.get(one.id, {"state": "unknown"})["state"] == "unknown"
            assert one.id not in found or state is None


# -------------------------------------------------------------------------------------------------- publishing, related


def test_publishing_by_hand(tmp_path: Path) -> None:
    """Monday 2024-03-04: three articles at 9, one of them never read; Tuesday one at 23 of another section."""
    monday, tuesday = at("2024-03-04T09:10", ZONE), at("2024-03-05T23:50", ZONE)

    def read(key: str, published: int | date, day_later: int | None, section: str) -> Draft:
        start = published if isinstance(published, int) else at("2024-03-04T12:00", ZONE)
        readings = (
            () if day_later is None else (ref.Reading(start + 86400, day_later), ref.Reading(start + 2 * 86400, 500))
        )
        return Draft(key, PLACE, section, (published,), readings)

    small = opened(tmp_path, [
        read("1", monday, 100, "a"), read("2", monday + 60, 300, "a"), read("3", monday + 90, None, "a"),
        read("4", tuesday, 40, "b"), read("5", date(2024, 3, 4), 70, "b"),
    ])  # fmt: skip
    columns = ("value", "articles", "views", "views_unknown", "median_24h", "articles_known_24h")

    def asked(by: str) -> list[tuple[Any, ...]]:
        return [tuple(row[c] for c in columns) for row in small.ask("publishing", by=by)]

    assert asked("section") == [("a", 3, 1000, 1, 100, 2), ("b", 2, 1000, 0, 40, 1)]
    assert asked("weekday") == [("1", 4, 1500, 1, 100, 2), ("2", 1, 500, 0, 40, 1)]
    assert asked("hour") == [("9", 3, 1000, 1, 100, 2), ("23", 1, 500, 0, 40, 1), (None, 1, 500, 0, None, 0)]
    assert [(r["share_of_articles"], r["share_of_views"]) for r in small.ask("publishing", by="section")] == [
        (0.6, 0.5), (0.4, 0.5),
    ]  # fmt: skip
    with pytest.raises(UsageError):
        small.ask("publishing", by="author")


def test_related_articles_by_hand(tmp_path: Path) -> None:
    """Scores: 2 a shared topic, 1 a shared country, 1 the section, 1 / (1 + days / 7)."""
    day = at("2024-03-04T09:10", ZONE)
    marks = {
        "own": ("a", 0, ["water", "energy"], ["KZ", "UZ"]),
        "twin": ("a", 0, ["water", "energy"], ["UZ"]),
        "near": ("b", 7, ["water"], ["DE"]),
        "abroad": ("b", 0, ["sport"], ["UZ"]),
        "home": ("a", 0, ["sport"], ["KZ", "FR"]),
        "old": ("a", -200, ["water"], ["UZ"]),
    }

    def marked(one: Draft) -> Facts:
        facts = facts_of(one)
        _, _, topics, countries = marks[one.key]
        facts["article_topic"] = [
            {"article": one.id, "revision": "r0", "topic": t, "score": 1.0, "words": t} for t in topics
        ]
        facts["article_country"] = [
            {"article": one.id, "revision": "r0", "country": c, "mentions": 1, "in_title": False, "first_position": 0,
             "salience": 0.5, "about": True, "words": c}
            for c in countries
        ]  # fmt: skip
        return facts

    drafts = [
        Draft(k, PLACE, m[0], (day + m[1] * 86400,), (ref.Reading(day + 300 * 86400, 9),)) for k, m in marks.items()
    ]
    small = opened(tmp_path, drafts, marked)
    found = {
        row["article_key"]: (
            row["score"],
            row["days_apart"],
            row["shared_topics"],
            row["shared_countries"],
            row["views"],
        )
        for row in small.ask("related", article=drafts[0].id)
    }
    assert found == {
        "twin": (7, 0, "energy; water", "UZ", 9),
        "near": (2.5, 7, "water", None, 9),
        "abroad": (2, 0, None, "UZ", 9),
        "home": (3, 0, None, "KZ", 9),  # this site has no home country
    }
    assert list(found) == ["twin", "home", "near", "abroad"]


# --------------------------------------------------------------------------------------------------------- all of them

ALL = {
    "movers": {}, "spikes": {}, "evergreen": {}, "hour_weekday": {}, "band": {}, "compare": {}, "views_at_age": {},
    "publishing": {}, "states": {}, "article_stats": {"article": 1}, "article_cohort": {"article": 1},
    "related": {"article": 1},
}  # fmt: skip


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Two articles that nobody ever read, one of them without any date."""
    drafts = [Draft("1", PLACE, "a", (NOW,)), Draft("2", PLACE, "a")]
    return opened(tmp_path_factory.mktemp("unread"), drafts)


@pytest.mark.parametrize("name", ALL)
def test_where_nothing_was_read_nothing_is_claimed(unread: Room, name: str) -> None:
    rows = unread.ask(name, **ALL[name])
    unknown = ("median", "q1", "q3", "index", "percentile", "velocity", "other", "change", "change_percent", "views")
    assert all(row.get(column) is None for row in rows for column in unknown)


@pytest.mark.parametrize("name", ALL)
def test_a_selection_of_nothing_has_an_answer(room: Room, name: str) -> None:
    nothing = queries.Selection(sections=("no such section",), since=AS_OF - 3 * DAY)
    rows = room.ask(name, nothing, **ALL[name])
    assert all(row.get("articles", 0) in (0, None) for row in rows)


@pytest.mark.parametrize("name", ALL)
def test_the_head_names_every_column(room: Room, name: str) -> None:
    head = " ".join(queries.named(name).columns)
    for column in queries.fetch(name, EVERYTHING, room.edition, **ALL[name]).columns:
        assert column in head, column


def test_each_site_is_cut_at_its_own_newest_reading(tmp_path: Path) -> None:
    """Berlin was last read at noon of its Wednesday, 16:00 in Almaty, whose clock counts for both: cut there."""
    other = "berlin.test"
    noon = at("2024-03-20T12:00", "Europe/Berlin")
    drafts = []
    for k, (site, newest) in enumerate(((PLACE, NOW), (other, noon))):
        readings = [ref.Reading(newest - 40 * 86400 + j * 7200, 10 * j * (k + 1)) for j in range(40 * 12 + 1)]
        drafts.append(Draft(str(k), site, "a", (newest - 41 * 86400,), tuple(readings)))
    two = opened(tmp_path, drafts)
    (row,) = [r for r in two.ask("band", queries.Selection(since=AS_OF)) if r["day"].date() == AS_OF]
    cuts = {PLACE: (ZONE, CUT), other: (ZONE, time(16))}

    def total(day: date) -> int:
        found = 0
        for one in drafts:
            zone, cut = cuts[one.site]
            whole = next(b for b in ref.buckets(zone, "day", day, day) if b.day == day)
            found += ref.gained(one.curve(), whole.start, ref.wall_clock(day, cut, zone))
        return found

    assert row["views"] == total(AS_OF)
    weeks = [total(AS_OF - 7 * w * DAY) for w in range(1, 6)]
    assert (row["median"], row["n"]) == (ref.quantile(Fraction(1, 2), weeks), 5)
