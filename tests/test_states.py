"""What depends on the newest reading (movers, velocity, spikes, evergreen, index) against the slow reference."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

import reference as ref
from newsrooms import Draft, Newsroom, at, content, facts_of, moved, rows
from readership import queries

PLACE, ZONE = "almaty.test", "Asia/Almaty"
NOW = at("2024-03-20T09:00")
KINDS = ("young", "young", "young", "old", "old", "sparse")


def followed(rng: random.Random, key: str, *, quiet: bool = False) -> Draft:
    """An article that is read until about now: closely and lately, over a month or two, or hardly ever."""
    kind = rng.choice(KINDS)
    age = rng.randrange(3600, 9 * 86400) if kind == "young" else rng.randrange(7 * 86400, 80 * 86400)
    published = NOW - age
    gap = {"young": 3 * 3600, "old": 40 * 3600, "sparse": 8 * 86400}[kind]
    now, views, readings = published + rng.randrange(1, 60 * 3600), rng.randrange(50), []
    pace = rng.choice((1, 20, 400))
    while now <= NOW - rng.choice((0, 0, 0, 2 * 3600, 20 * 3600, 3 * 86400)) and len(readings) < 120:
        readings.append(ref.Reading(now, views))
        now += rng.choice((600, 1800, 3599, 3600, gap, rng.randrange(60, 2 * gap)))
        burst = rng.choice((0, 1, 1, 1, 30)) if rng.random() < 0.5 else 1
        views += rng.randrange(1 + pace * burst)
    if rng.random() < 0.6:
        readings.append(ref.Reading(NOW - rng.randrange(5 * 3600), views + rng.randrange(1 + pace * 20)))
    return Draft(key, PLACE, "quiet" if quiet else rng.choice("ab"), (published,), tuple(readings))


@pytest.fixture(scope="module")
def followed_room(tmp_path_factory: pytest.TempPathFactory) -> tuple[Newsroom, list[Draft], Any]:
    rng = random.Random(11)
    room = [followed(rng, str(k), quiet=k < 9) for k in range(320)]
    room.append(Draft("newest", PLACE, "a", (), (ref.Reading(NOW, 3),)))
    house = Newsroom(tmp_path_factory.mktemp("states"))
    house.add(facts_of(one) for one in room)
    return house, room, house.publish(macros=True)


def states(path: Any, *columns: str) -> dict[int, tuple[Any, ...]]:
    found = rows(path, f"SELECT article, {', '.join(columns)} FROM article_state WHERE meter = 'public'")
    return {row[0]: row[1:] for row in found}


def test_gains_of_two_days_and_a_week_equal_the_reference(followed_room: tuple[Newsroom, list[Draft], Any]) -> None:
    _, room, path = followed_room
    found = states(path, "gained_24h", "covered_24h_s", "gained_before", "covered_before_s", "gained_7d", "is_new")
    for one in room:
        c, move = one.curve(), ref.moves(one.curve(), NOW)
        if not c.kept:
            assert one.id not in found
            continue
        day, covered, before, covered_before, week, new = found[one.id]
        assert covered == ref.covered_seconds([c], NOW - ref.DAY, NOW)
        assert covered_before == ref.covered_seconds([c], NOW - 2 * ref.DAY, NOW - ref.DAY)
        assert (day or 0, before or 0) == (
            ref.gained(c, NOW - ref.DAY, NOW),
            ref.gained(c, NOW - 2 * ref.DAY, NOW - ref.DAY),
        )
        assert (week or 0) == ref.gained(c, NOW - 7 * ref.DAY, NOW)
        assert new == move.new
        assert move.last is None or move.last == day
        assert move.before is None or move.before == before


def test_velocities_and_thresholds_equal_the_reference(followed_room: tuple[Newsroom, list[Draft], Any]) -> None:
    _, room, path = followed_room
    found = states(path, "velocity", "peak_velocity")
    known = 0
    for one in room:
        c = one.curve()
        if c.kept:
            speed, peak = ref.velocity(c, c.kept[-1][0], NOW), ref.peak_velocity(c, NOW - 90 * ref.DAY, NOW)
            assert found[one.id] == tuple(None if v is None else float(v) for v in (speed, peak)), one
            known += speed is not None
    assert known > 30
    articles = [one.article() for one in room]
    wanted = {s: ref.spike_threshold(articles, PLACE, s, NOW) for s in ("a", "b", "quiet", None)}
    told = dict(rows(path, "SELECT section, threshold FROM spike_threshold WHERE meter = 'public'"))
    for section, theta in wanted.items():
        assert theta is not None
        assert told.get(section, told[None]) == float(theta)
    assert "quiet" not in told, "nine articles are too few for a threshold of their own"


def test_spike_states_equal_the_reference(followed_room: tuple[Newsroom, list[Draft], Any]) -> None:
    _, room, path = followed_room
    articles = [one.article() for one in room]
    theta = {s: ref.spike_threshold(articles, PLACE, s, NOW) for s in ("a", "b", "quiet")}
    found = states(path, "spike_state")
    for one in room:
        if one.curve().kept:
            wanted = ref.spike_state(one.curve(), theta[one.section], NOW)
            assert found[one.id] == (wanted and wanted.replace(" ", "-"),), one


STRETCHES = {
    "rising": [1, 1, 1, 9],
    "strong": [1, 1, 1, 40],
    "still-strong": [1, 40, 40, 40, 40, 40, 40, 40, 40],
    "back": [1, 9, 9, 1, 1, 1, 1, 1, 1, 1, 9],
}


def hourly(key: str, pace: list[int], scale: int = 100) -> Draft:
    """One reading an hour, the last one now, gaining `scale` views a unit of pace."""
    start, views, readings = NOW - len(pace) * 3600, 0, [ref.Reading(NOW - len(pace) * 3600, 0)]
    for k, units in enumerate(pace, 1):
        views += units * scale
        readings.append(ref.Reading(start + k * 3600, views))
    return Draft(key, PLACE, "a", (start - 3600,), tuple(readings))


def test_each_spike_state_by_hand(tmp_path_factory: pytest.TempPathFactory) -> None:
    """θ is 500 an hour: the peak that 95 % of a hundred old articles reach or stay under."""
    crowd = []
    for k in range(200):
        gone = hourly(f"old{k}", [5])
        back = 30 * 86400
        crowd.append(
            Draft(gone.key, PLACE, "a", (gone.published[0] - back,),  # type: ignore[operator]
                  tuple(ref.Reading((r.at or 0) - back, r.views) for r in gone.readings))
        )  # fmt: skip
    room = crowd + [hourly(name, pace) for name, pace in STRETCHES.items()]
    house = Newsroom(tmp_path_factory.mktemp("spikes"))
    house.add(facts_of(one) for one in room)
    path = house.publish(macros=True)
    articles = [one.article() for one in room]
    theta = ref.spike_threshold(articles, PLACE, "a", NOW)
    assert theta == 500
    found = states(path, "spike_state")
    for one in room[200:]:
        wanted = ref.spike_state(one.curve(), theta, NOW)
        assert (wanted or "").replace(" ", "-") == one.key
        assert found[one.id] == (one.key,)


def test_evergreen_states_equal_the_reference(followed_room: tuple[Newsroom, list[Draft], Any]) -> None:
    _, room, path = followed_room
    found = states(path, "evergreen_state", "best_day_mean")
    seen = set()
    for one in room:
        c = one.curve()
        if c.kept:
            state, mean = found[one.id]
            wanted = ref.evergreen(c, ZONE, NOW)
            assert (None if state == "unknown" else state) == wanted, one
            seen.add(wanted)
            if mean is not None and c.published is not None:
                n = max(5, -(-((NOW - c.published) // ref.DAY) // 10))
                assert mean == float(ref.best_days(c, ZONE, n, NOW) or 0)
    assert {"evergreen", "candidate", "no", None} <= seen


def test_the_same_age_index_equals_the_reference(followed_room: tuple[Newsroom, list[Draft], Any]) -> None:
    house, room, _ = followed_room
    current = queries.current(house.settings)
    assert current is not None
    articles = [one.article() for one in room]
    known = 0
    for one in room[::8]:
        frame = queries.fetch("article_stats", queries.Selection(), current, article=one.id)
        wanted = ref.same_age_index(next(a for a in articles if a.id == one.id), articles)
        row = frame.iloc[0] if len(frame) else None
        if wanted is None:
            assert row is None or row["index"] != row["index"] or row["index"] is None, one
            continue
        assert row is not None
        assert row["index"] == pytest.approx(float(wanted.value), rel=1e-12), one
        assert row["percentile"] == pytest.approx(float(wanted.percentile), rel=1e-12)
        known += 1
    assert known > 5


def read_until(one: Draft, now: int, left: int = 0) -> Draft:
    """The draft with its readings after `left` and up to a moment."""
    return moved(one, readings=tuple(r for r in one.readings if r.at is None or left < r.at <= now))


def test_states_carried_on_from_day_to_day_equal_a_full_rebuild(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Peaks leave the window, means ask for more days, and most articles are read in none of the steps."""
    rng = random.Random(5)
    room = [followed(rng, str(k)) for k in range(60)]
    old = [
        moved(
            one,
            key=f"{one.key}-old",
            published=tuple(moment - 86 * ref.DAY for moment in one.published if isinstance(moment, int)),
            readings=tuple(ref.Reading(r.at - 86 * ref.DAY, r.views) for r in one.readings if r.at),
        )
        for one in room
    ]
    elsewhere = moved(room[0], key="elsewhere", site="berlin.test")
    house = Newsroom(tmp_path_factory.mktemp("carried"))
    steps = (NOW - 5 * ref.DAY, NOW - 3 * ref.DAY, NOW - 3600, NOW, NOW + 4 * ref.DAY)
    house.add(facts_of(read_until(one, steps[0])) for one in (*room, *old, elsewhere))
    house.publish()
    for before, now in pairwise(steps):
        heartbeat = Draft("newest", PLACE, "a", (), (ref.Reading(now, 3),))
        house.add(facts_of(one) for one in (*(read_until(one, now, before) for one in room), heartbeat))
        step = house.publish()
    carried, whole = content(step), content(house.publish(full=True))
    for table in whole:
        assert carried[table] == whole[table], table


def test_quantiles_are_the_ceil_smallest() -> None:
    """By hand: of 20 values the 95th percentile is the 19th smallest, the median the 10th."""
    values = list(range(1, 21))
    assert ref.quantile(Fraction(95, 100), values) == 19
    assert ref.quantile(Fraction(1, 2), values) == 10
