"""Which readings of a counter are kept: DEFINITIONS, Kept and suspect readings, for the few counters that ever fall.

A counter that never falls has no suspect reading, so SQL keeps it whole; only the others are walked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STALE_COPY_S = 48 * 3600
"""A fall is a stale copy, not a new epoch, when the old height is back within this many seconds."""
JUMP_FACTOR, JUMP_FLOOR = 10, 100
"""A reading of at least JUMP_FACTOR · max(p, JUMP_FLOOR) may be a misreading."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one reading is kept, and the epoch it lies in (0-based; suspect readings have the epoch before them)."""

    kept: bool
    epoch: int


def walk(times: Sequence[int], values: Sequence[int]) -> list[Verdict]:
    """Verdicts for one article's readings of one meter.

    Args:
        times: whole seconds, strictly rising.
        values: counters read at these times; of two readings of one moment the larger.
    """
    verdicts: list[Verdict] = []
    epoch = 0
    position = 0
    while position < len(values):
        if position == 0:
            verdicts.append(Verdict(True, epoch))
            kept_at, kept = times[0], values[0]
            position = 1
            continue
        value = values[position]
        if value >= kept:
            if _misread(kept, value, values[position + 1 : position + 2]):
                verdicts.append(Verdict(False, epoch))
                position += 1
                continue
        else:
            back = _back_at(times, values, position, kept_at, kept)
            if back is not None:
                verdicts.extend(Verdict(False, epoch) for _ in range(position, back))
                position = back
                continue
            epoch += 1
        verdicts.append(Verdict(True, epoch))
        kept_at, kept = times[position], value
        position += 1
    return verdicts


def _misread(kept: int, value: int, following: Sequence[int]) -> bool:
    """A leap of ten times and more that the next reading takes back by more than half, yet not below the old value."""
    if value < JUMP_FACTOR * max(kept, JUMP_FLOOR) or not following:
        return False
    return kept <= following[0] and 2 * following[0] < value


def _back_at(times: Sequence[int], values: Sequence[int], start: int, kept_at: int, kept: int) -> int | None:
    """Index of the first later reading, within 48 h of the last kept one, that is as high as it."""
    for index in range(start, len(values)):
        if times[index] - kept_at > STALE_COPY_S:
            return None
        if values[index] >= kept:
            return index
    return None
