"""The calendar against zoneinfo, hour by hour, over all of 2024 in five zones.

Hours, days, weeks, months, their lengths and the names of repeated hours are exact, on Lord Howe too, whose clocks move
by half an hour: its hours are made of two slots each.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import reference as ref
from readership.store import calendar

FROM, TO = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
LOW, HIGH = int(FROM.timestamp()), int(TO.timestamp())
WHOLE = ["Asia/Almaty", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
LORD_HOWE = "Australia/Lord_Howe"
ZONES = [*WHOLE, LORD_HOWE]
Row = dict[str, Any]


def slots(zone: str, low: int = LOW, high: int = HIGH, on: calendar.Grid | None = None) -> list[Row]:
    return calendar.hours(zone, low, high, on).to_pylist()


def hours(rows: list[Row]) -> list[Row]:
    """Slots of one local hour put together."""
    found: dict[Any, Row] = {}
    for row in rows:
        hour = found.setdefault((row["local_hour"], row["label"]), dict(row))
        assert row["from_s"] <= hour["to_s"], "no gap inside an hour"
        hour["to_s"] = row["to_s"]
    return list(found.values())


def expected(zone: str, grain: str, week_start: int = 1) -> list[ref.Bucket]:
    made = ref.buckets(zone, grain, date(2023, 12, 1), date(2025, 2, 1), week_start)
    return [b for b in made if b.end > LOW and b.start < HIGH]


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_year_is_zoneinfo_s(zone: str) -> None:
    found = slots(zone)
    wanted = expected(zone, "hour")
    assert [(s["from_s"], s["to_s"], s["day"], s["hour"]) for s in hours(found)] == [
        (b.start, b.end, b.day, b.hour) for b in wanted
    ]
    assert [s["hour_s"] for s in hours(found)] == [b.end - b.start for b in wanted]
    grid = calendar.grid([zone], LOW, HIGH)
    for slot in found:
        assert slot["slot"] == grid.slot(slot["from_s"]) == grid.slot(slot["to_s"] - 1)
        wall = ref.local(slot["from_s"], zone)
        assert slot["local_hour"] == wall.replace(tzinfo=None, minute=0)
        assert slot["past_hour_s"] == wall.minute * 60
        assert slot["weekday"] == wall.isoweekday()


@pytest.mark.parametrize(
    ("zones", "grid"),
    [
        (["Asia/Almaty", "Europe/Berlin"], calendar.Grid(3600, 0)),
        (["Asia/Kolkata"], calendar.Grid(3600, 1800)),
        (["Asia/Kolkata", "Asia/Almaty"], calendar.Grid(1800, 0)),
        (["Asia/Kathmandu", "Asia/Kolkata"], calendar.Grid(900, 0)),
        (["Asia/Kathmandu"], calendar.Grid(3600, 2700)),
        ([LORD_HOWE], calendar.Grid(1800, 0)),
        ([], calendar.Grid(3600, 0)),
    ],
)
def test_slots_are_as_long_as_all_zones_hours_allow(zones: list[str], grid: calendar.Grid) -> None:
    assert calendar.grid(zones, LOW, HIGH) == grid


def test_a_zone_on_a_finer_grid_has_the_same_hours() -> None:
    grid = calendar.grid(["Asia/Almaty", "Asia/Kathmandu"], LOW, HIGH)
    assert [(s["from_s"], s["to_s"], s["label"]) for s in hours(slots("Asia/Almaty", on=grid))] == [
        (s["from_s"], s["to_s"], s["label"]) for s in slots("Asia/Almaty")
    ]


@pytest.mark.parametrize("grain", ["day", "month"])
@pytest.mark.parametrize("zone", ZONES)
def test_days_and_months_have_their_names_and_lengths(zone: str, grain: str) -> None:
    wanted = {b.day: b.end - b.start for b in expected(zone, grain)}
    assert {s[grain]: s[f"{grain}_s"] for s in slots(zone)} == wanted


@pytest.mark.parametrize("week_start", [1, 7])
@pytest.mark.parametrize("zone", ZONES)
def test_weeks_have_their_names_and_lengths(zone: str, week_start: int) -> None:
    wanted = {b.day: b.end - b.start for b in expected(zone, "week", week_start)}
    found = calendar.weeks(zone, LOW, HIGH, week_start).to_pylist()
    assert {row["week"]: row["week_s"] for row in found} == wanted
    assert [row["day"] for row in found] == sorted({s["day"] for s in slots(zone)})
    assert {row["week_start"] for row in found} == {week_start}


@pytest.mark.parametrize("zone", ZONES)
def test_the_days_table_holds_each_day_once(zone: str) -> None:
    wide = calendar.hours(zone, LOW - 3 * 86400, HIGH + 3 * 86400)
    found = {(d["day"], d["from_s"], d["to_s"]) for d in calendar.days(wide).to_pylist()}
    assert {(b.day, b.start, b.end) for b in expected(zone, "day")} <= found


@pytest.mark.parametrize(
    ("zone", "day", "hours", "labels"),
    [
        ("Asia/Almaty", date(2024, 2, 29), 25, ["23 (+06)", "23 (+05)"]),
        ("Europe/Berlin", date(2024, 3, 31), 23, []),
        ("Europe/Berlin", date(2024, 10, 27), 25, ["02 (+02)", "02 (+01)"]),
        ("America/New_York", date(2024, 3, 10), 23, []),
        ("America/New_York", date(2024, 11, 3), 25, ["01 (-04)", "01 (-05)"]),
        ("Asia/Kolkata", date(2024, 3, 31), 24, []),
    ],
)
def test_days_on_which_clocks_change(zone: str, day: date, hours: int, labels: list[str]) -> None:
    of_day = [s for s in slots(zone) if s["day"] == day]
    assert len(of_day) == hours
    assert {s["day_s"] for s in of_day} == {hours * 3600}
    assert [s["label"] for s in of_day if "(" in str(s["label"])] == labels


def test_only_repeated_hours_name_their_offset() -> None:
    for zone in WHOLE:
        plain = [s for s in slots(zone) if "(" not in str(s["label"])]
        assert all(s["label"] == f"{s['hour']:02d}" for s in plain)
        assert len(slots(zone)) - len(plain) == {"Asia/Kolkata": 0}.get(zone, 2)


@pytest.mark.parametrize("zone", ZONES)
def test_a_slot_is_the_same_whatever_range_it_was_asked_in(zone: str) -> None:
    """An edition that is carried on keeps its calendar for weeks: lengths must not end where the range ends."""
    grid = calendar.grid([zone], LOW, HIGH)
    wide = {s["slot"]: s for s in slots(zone)}
    start = LOW + 45 * 86400
    for length in (1, 5, 20):
        for slot in slots(zone, start, start + length * 86400, grid):
            assert slot == wide[slot["slot"]]


def test_the_half_hour_that_lord_howe_has_twice_is_named() -> None:
    night = [s for s in slots(LORD_HOWE) if s["day"] == date(2024, 4, 7) and s["hour"] == 1]
    assert [(s["label"], s["hour_s"], s["day_s"]) for s in night] == [
        *[("01 (+11)", 3600, 24 * 3600 + 1800)] * 2, ("01 (+10:30)", 1800, 24 * 3600 + 1800)
    ]  # fmt: skip


def test_the_span_leaves_room_for_the_month_before_and_the_weeks_after() -> None:
    now = datetime(2024, 5, 10, 7, 3, tzinfo=UTC)
    first, last = datetime(2024, 3, 1, 5), datetime(2024, 5, 9)
    low, high = calendar.span(first, last, now)
    assert low <= int((first.replace(tzinfo=UTC) - timedelta(days=31)).timestamp())
    assert high >= int((now + timedelta(days=60)).timestamp())
    assert calendar.span(None, None, now)[0] < int(now.timestamp()) < calendar.span(None, None, now)[1]


def test_hours_is_a_table_of_plain_columns() -> None:
    table = calendar.hours("Asia/Almaty", LOW, LOW + 86400)
    assert isinstance(table, pa.Table)
    assert table.num_rows == 24
    assert all(column.null_count == 0 for column in table.columns)
