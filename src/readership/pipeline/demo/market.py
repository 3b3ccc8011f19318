"""Made-up exchange rates of the demo: a seeded random walk near real levels that stands still at weekends."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

# Where the walk starts (quote units per unit) and its daily volatility; EUR and RUB move with USD, as cross rates do.
_START = {"KZT": {"USD": 512.0, "EUR": 580.0, "RUB": 6.3, "CNY": 71.0}, "KGS": {"USD": 87.4, "EUR": 98.9, "RUB": 1.08}}
_VOLATILITY = {"USD": 0.004, "EUR": 0.0035, "RUB": 0.006, "CNY": 0.0015}
_PULL = 0.01
_CENT = Decimal("0.01")

Quote = dict[str, Decimal]


@dataclass(frozen=True)
class Market:
    """Rates by quote currency and day, all days of the window, weekends carried.

    Attributes:
        official: what the made-up central bank says.
        header: what sites print that day, a little off the official figures.
    """

    official: dict[str, dict[date, Quote]]
    header: dict[str, dict[date, Quote]]


def cents(value: float) -> Decimal:
    """Rounded to two decimals, half up."""
    return Decimal(str(value)).quantize(_CENT, ROUND_HALF_UP)


def market(since: date, until: date, dice: random.Random) -> Market:
    """A walk over the days from `since` to `until`, both included."""
    official = {quote: dict(_walk(levels, since, until, dice)) for quote, levels in _START.items()}
    return Market(official, {quote: _printed(days, dice) for quote, days in official.items()})


def _printed(days: dict[date, Quote], dice: random.Random) -> dict[date, Quote]:
    printed: dict[date, Quote] = {}
    for day, rates in days.items():
        still = day.weekday() >= 5 and day - timedelta(days=1) in printed
        off = {code: cents(float(value) * (1 + dice.gauss(0, 0.0006))) for code, value in rates.items()}
        printed[day] = printed[day - timedelta(days=1)] if still else off
    return printed


def _walk(levels: dict[str, float], since: date, until: date, dice: random.Random) -> Iterator[tuple[date, Quote]]:
    now = dict(levels)
    for number in range((until - since).days + 1):
        day = since + timedelta(days=number)
        if day.weekday() < 5:
            now = _step(now, levels, dice)
        yield day, {code: cents(value) for code, value in now.items()}


def _step(now: dict[str, float], levels: dict[str, float], dice: random.Random) -> dict[str, float]:
    shared = dice.gauss(0, _VOLATILITY["USD"])
    moved = {}
    for code, value in now.items():
        own = 0.0 if code == "USD" else dice.gauss(0, _VOLATILITY[code])
        # Pulled back a little, so that months of walking stay at levels a reader believes.
        moved[code] = value * (1 + shared + own + _PULL * (levels[code] / value - 1))
    return moved
