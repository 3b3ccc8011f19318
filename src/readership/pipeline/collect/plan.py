"""When an article is read again: by its age, and among those whose turn it is the young and fast ones first."""

from __future__ import annotations

import random
from collections.abc import Mapping

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


DOCUMENT_TIER = -1
_AN_HOUR = {DOCUMENT_TIER: 4.0, 0: 4.0, 1: 1.0, 2: 1 / 24}
"""Readings an hour that one article (or document) of a tier asks for; the others take what is left."""


def tiers_open(budget: int, spent: Mapping[int, int], waiting: Mapping[int, int]) -> int:
    """Below which tier there is budget now.

    Each tier may use what the tiers above it leave: their readings of an hour are set aside for them, so that a crowd
    of old articles never uses up what young ones need a quarter of an hour later.

    Args:
        budget: requests an hour.
        spent: requests of the last hour, by tier.
        waiting: articles by tier, and documents as tier -1.
    """
    aside = 0.0
    if sum(spent.values()) >= budget:
        return DOCUMENT_TIER
    for tier in range(DOCUMENT_TIER, UNKNOWN_TIER + 2):
        used = sum(count for of, count in spent.items() if of >= tier)
        if used + aside >= budget:
            return tier
        aside += waiting.get(tier, 0) * _AN_HOUR.get(tier, 0.0)
    return UNKNOWN_TIER + 2


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
