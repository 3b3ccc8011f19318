"""When an article is read again: by its age, and among those whose turn it is the young and fast ones first."""

from __future__ import annotations

import random

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

STEPS = ((6 * HOUR, 15 * MINUTE), (48 * HOUR, HOUR), (30 * DAY, DAY))
"""(up to this age in seconds, seconds between readings)."""
MONTHLY = 30 * DAY
UNKNOWN_TIER = len(STEPS)
"""Where articles stand that were never read and of whose age nothing is said: after all that are known to be young."""
FULL_EVERY = DAY
"""An article is read without conditions at least this often: some servers' ETag doesn't know of the counter."""
FEED_EVERY, SITEMAP_EVERY, SLOWEST_SITEMAP = 15 * MINUTE, HOUR, DAY
GONE_READINGS = 3
"""Answers 404 or 410 in a row after which an article is asked for no more."""
_BACK_OFF, _LONGEST = MINUTE, 6 * HOUR


def interval(age: float) -> float:
    """Seconds until the next reading of an article of that age in seconds."""
    return next((every for limit, every in STEPS if age < limit), MONTHLY)


def tier(age: float) -> int:
    """Rank of an age: 0 for the youngest."""
    return next((rank for rank, (limit, _) in enumerate(STEPS) if age < limit), len(STEPS) + 1)


def after_trouble(age: float, failures: int) -> float:
    """Seconds until an article is tried again that could not be read `failures` times: ever longer, up to a day."""
    every = interval(age)
    return max(every, min(every * 2.0 ** min(failures, 16), DAY))


def after_gone(age: float) -> float:
    """Seconds until an article that is gone is looked for once more."""
    return max(interval(age), DAY)


def document_interval(form: str, unchanged: int) -> float:
    """Seconds until a sitemap, feed or section page is read again; sitemaps slow down while they stay the same."""
    if form not in ("sitemap", "index"):
        return FEED_EVERY
    return min(SITEMAP_EVERY * 2.0 ** min(max(unchanged - 2, 0), 16), SLOWEST_SITEMAP)


def back_off(failures: int, dice: random.Random) -> float:
    """Seconds a host is left alone after its n-th failure in a row: doubling from a minute to six hours, ± half."""
    return min(_BACK_OFF * 2.0 ** min(max(failures, 1) - 1, 16), _LONGEST) * dice.uniform(0.5, 1.5)
