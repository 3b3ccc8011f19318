"""Hours and days of a zone as tables: exact for offset changes and the repeated hour, and portable (SCALE).

A slot is a number of whole hours since the epoch, shifted by the zone's phase (the part of its offset below an hour),
so that `slot = (seconds + phase) // 3600` finds an instant's hour without a join. The calendar gives each slot its
local day, hour and label; a day has as many slots as it has hours (25 on the day when Almaty's clocks went back).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

HOUR, DAY = 3600, 86400
MARGIN = 32 * 24
"""Slots looked at beyond either end, so that days, weeks and months at the ends have their true length."""


def phase_s(zone: str, at_s: int) -> int:
    """Seconds of the zone's offset below a whole hour, at an instant (0 for most zones, 1800 for Asia/Kolkata)."""
    return _offset(ZoneInfo(zone), at_s) % HOUR


def _offset(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def hours(zone: str, from_s: int, to_s: int, week_start: int = 1) -> pa.Table:
    """Slots of a zone that touch [from_s, to_s): zone, slot, from_s, to_s, local_hour, label, day, week, month,
    weekday, hour, day_s, week_s, month_s (lengths in seconds, of the local day, week and month)."""
    tz = ZoneInfo(zone)
    phase = phase_s(zone, from_s)
    low, high = (from_s + phase) // HOUR, (to_s + phase + HOUR - 1) // HOUR
    slots = np.arange(low - MARGIN, high + MARGIN, dtype=np.int64)
    starts = slots * HOUR - phase
    offsets = _offsets(tz, starts)
    local = starts + offsets
    days = local // DAY
    hour = (local % DAY) // HOUR
    day_s = _lengths(days)
    months = np.array(days, "datetime64[D]").astype("datetime64[M]")
    month_s = _lengths(months.astype(np.int64))
    weekday = (days + 3) % 7 + 1  # 1970-01-01 was a Thursday, 4
    weeks = days - (weekday - week_start) % 7
    week_s = _lengths(weeks)
    return pa.table(
        {
            "zone": pa.array([zone] * len(slots), pa.string()),
            "slot": slots,
            "from_s": starts,
            "to_s": starts + HOUR,
            "local_hour": pa.array(((local // HOUR) * HOUR * 1_000_000).astype("datetime64[us]")),
            "label": _labels(hour, local // HOUR, offsets),
            "day": pa.array(days.astype("datetime64[D]")),
            "week": pa.array(weeks.astype("datetime64[D]")),
            "month": pa.array(months.astype("datetime64[D]")),
            "weekday": weekday.astype(np.int32),
            "hour": hour.astype(np.int32),
            "day_s": day_s,
            "week_s": week_s,
            "month_s": month_s,
        }
    ).slice(MARGIN, high - low)


def _offsets(tz: ZoneInfo, starts: np.ndarray) -> np.ndarray:
    """Offset at each slot's start; hours are only looked at one by one where a day's ends differ."""
    offsets = np.empty(len(starts), dtype=np.int64)
    edges = [*range(0, len(starts), 24), len(starts)]
    for low, high in pairwise(edges):
        first, last = _offset(tz, int(starts[low])), _offset(tz, int(starts[high - 1]))
        if first == last:
            offsets[low:high] = first
        else:
            offsets[low:high] = [_offset(tz, int(at)) for at in starts[low:high]]
    return offsets


def _lengths(keys: np.ndarray) -> np.ndarray:
    """For each slot the length in seconds of the day (or month) it lies in."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return (counts[inverse] * HOUR).astype(np.int64)


def _labels(hour: np.ndarray, local_hours: np.ndarray, offsets: np.ndarray) -> pa.Array:
    """`14`, and for an hour that comes twice `23 (+06)`."""
    _, inverse, counts = np.unique(local_hours, return_inverse=True, return_counts=True)
    twice = counts[inverse] > 1
    return pa.array(
        [
            f"{int(h):02d} ({'+' if o >= 0 else '-'}{abs(int(o)) // HOUR:02d})" if again else f"{int(h):02d}"
            for h, o, again in zip(hour, offsets, twice, strict=True)
        ]
    )


def days(table: pa.Table) -> pa.Table:
    """The days of a table of hours: zone, day, from_s, to_s."""
    return (
        table.group_by(["zone", "day"])
        .aggregate([("from_s", "min"), ("to_s", "max")])
        .rename_columns(["zone", "day", "from_s", "to_s"])
    )


def span(first: datetime | None, last: datetime | None, now: datetime) -> tuple[int, int]:
    """Whole UTC days with a margin around all instants that may be asked for, as epoch seconds."""
    low = (first or now).replace(tzinfo=UTC) - timedelta(days=40)
    high = max((last or now).replace(tzinfo=UTC), now.astimezone(UTC)) + timedelta(days=70)
    return int(low.timestamp()) // DAY * DAY, int(high.timestamp()) // DAY * DAY
