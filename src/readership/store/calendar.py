"""Hours, days and weeks of a zone as tables: exact for offset changes and the repeated hour, and portable (SCALE).

All sites of an edition share one grid of slots, so that hours of different zones can be added up on one clock:
`slot = (seconds + phase_s) // slot_s`. A slot is an hour where all zones' offsets differ by whole hours (shifted by
their common part below an hour, as for Asia/Kolkata alone), half an hour or a quarter where they don't, or where a
zone's clocks move by half an hour (Lord Howe). The calendar gives each slot its local day, hour and label; a day has as
many hours as it has (25 on the day when Almaty's clocks went back), an hour as many slots as fit in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

HOUR, DAY, QUARTER = 3600, 86400, 900
MARGIN_S = 32 * DAY
"""Looked at beyond either end, so that days, weeks and months at the ends have their true length."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal slots of time, `slot_s` seconds each, that begin `phase_s` seconds before multiples of it."""

    slot_s: int = HOUR
    phase_s: int = 0

    def slot(self, at_s: int) -> int:
        """Number of the slot that an instant lies in."""
        return (at_s + self.phase_s) // self.slot_s


def grid(zones: Iterable[str], from_s: int, to_s: int) -> Grid:
    """The coarsest grid on which every hour of all these zones within [from_s, to_s) begins with a slot.

    Offsets that are no multiple of 15 minutes (none since 1972) are not looked at: their hours are not exact.
    """
    days = range(from_s, to_s + DAY, DAY)
    found = {_offset(ZoneInfo(zone), at) for zone in set(zones) for at in days}
    below = sorted({offset % HOUR for offset in found if offset % QUARTER == 0}) or [0]
    slot_s = math.gcd(HOUR, *(one - below[0] for one in below))
    return Grid(slot_s, below[0] % slot_s)


def _offset(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def hours(zone: str, from_s: int, to_s: int, on: Grid | None = None) -> pa.Table:
    """Slots of a zone that touch [from_s, to_s), by default on the zone's own grid: zone, slot, from_s, to_s,
    local_hour, label, day, month, weekday, hour, past_hour_s (from the full local hour to the slot's start), hour_s,
    day_s, month_s (lengths in seconds, of the local hour, day and month)."""
    on = on or grid([zone], from_s, to_s)
    starts, offsets, kept = _clock(zone, from_s, to_s, on)
    local = starts + offsets
    days, local_hours = local // DAY, local // HOUR
    hour = local_hours % 24
    months = np.array(days, "datetime64[D]").astype("datetime64[M]")
    return pa.table(
        {
            "zone": pa.array([zone] * len(starts), pa.string()),
            "slot": (starts + on.phase_s) // on.slot_s,
            "from_s": starts,
            "to_s": starts + on.slot_s,
            "local_hour": pa.array((local_hours * HOUR * 1_000_000).astype("datetime64[us]")),
            "label": _labels(hour, local_hours, offsets),
            "day": pa.array(days.astype("datetime64[D]")),
            "month": pa.array(months.astype("datetime64[D]")),
            "weekday": _weekday(days).astype(np.int32),
            "hour": hour.astype(np.int32),
            "past_hour_s": local % HOUR,
            # A repeated hour is two, told apart by their offsets.
            "hour_s": _lengths(local_hours * 10 * DAY + offsets, on),
            "day_s": _lengths(days, on),
            "month_s": _lengths(months.astype(np.int64), on),
        }
    ).slice(kept.start, kept.stop - kept.start)


def weeks(zone: str, from_s: int, to_s: int, week_start: int, on: Grid | None = None) -> pa.Table:
    """The days of a zone in weeks that start on a weekday (1 Monday … 7 Sunday): zone, week_start, day, week,
    week_s (length in seconds)."""
    on = on or grid([zone], from_s, to_s)
    starts, offsets, kept = _clock(zone, from_s, to_s, on)
    days = (starts + offsets) // DAY
    first_days = days - (_weekday(days) - week_start) % 7
    week_s = _lengths(first_days, on)
    shown, at = np.unique(days[kept], return_index=True)
    return pa.table(
        {
            "zone": pa.array([zone] * len(shown), pa.string()),
            "week_start": pa.array([week_start] * len(shown), pa.int32()),
            "day": pa.array(shown.astype("datetime64[D]")),
            "week": pa.array(first_days[kept][at].astype("datetime64[D]")),
            "week_s": week_s[kept][at],
        }
    )


def _clock(zone: str, from_s: int, to_s: int, on: Grid) -> tuple[np.ndarray, np.ndarray, slice]:
    """Starts of the slots from a margin before to a margin after, their offsets, and which of them were asked for."""
    margin = MARGIN_S // on.slot_s
    low, high = on.slot(from_s), on.slot(to_s + on.slot_s - 1)
    starts = np.arange(low - margin, high + margin, dtype=np.int64) * on.slot_s - on.phase_s
    return starts, _offsets(ZoneInfo(zone), starts), slice(margin, margin + high - low)


def _weekday(days: np.ndarray) -> np.ndarray:
    return (days + 3) % 7 + 1  # 1970-01-01 was a Thursday, 4


def _offsets(tz: ZoneInfo, starts: np.ndarray) -> np.ndarray:
    """Offset at each slot's start; slots are only looked at one by one where a run's ends differ."""
    offsets = np.empty(len(starts), dtype=np.int64)
    edges = [*range(0, len(starts), 24), len(starts)]
    for low, high in pairwise(edges):
        first, last = _offset(tz, int(starts[low])), _offset(tz, int(starts[high - 1]))
        if first == last:
            offsets[low:high] = first
        else:
            offsets[low:high] = [_offset(tz, int(at)) for at in starts[low:high]]
    return offsets


def _lengths(keys: np.ndarray, on: Grid) -> np.ndarray:
    """For each slot the length in seconds of the hour (or day, week, month) it lies in."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return (counts[inverse] * on.slot_s).astype(np.int64)


def _labels(hour: np.ndarray, local_hours: np.ndarray, offsets: np.ndarray) -> pa.Array:
    """`14`, and for an hour that comes twice `23 (+06)`."""
    both = np.unique(np.stack([local_hours, offsets]), axis=1)[0]
    hours_, counts = np.unique(both, return_counts=True)
    twice = np.isin(local_hours, hours_[counts > 1])
    plain = np.array([f"{h:02d}" for h in range(24)], dtype=object)[hour]
    for at in np.flatnonzero(twice):
        plain[at] = f"{int(hour[at]):02d} ({_written(int(offsets[at]))})"
    return pa.array(plain, pa.string())


def _written(offset: int) -> str:
    """`+06`, `+10:30`."""
    whole, minutes = divmod(abs(offset) // 60, 60)
    return f"{'+' if offset >= 0 else '-'}{whole:02d}" + (f":{minutes:02d}" if minutes else "")


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
