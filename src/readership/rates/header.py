"""Currency figures printed in page headers: are their labels believable, how did they change, do captures agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from readership.models import HeaderRate

# DEFINITIONS, Rates: first currency, second currency, bounds of first / second (both in the same quote currency).
CROSS_RATES = (
    ("EUR", "USD", Decimal("0.8"), Decimal("1.6")),
    ("USD", "RUB", Decimal(20), Decimal(200)),
)


class Change(NamedTuple):
    """Change of a value against the one before: absolute, and as a percentage of that (`percent` in percent)."""

    absolute: Decimal
    percent: Decimal


class Figure(NamedTuple):
    """One header figure of one capture: quote units per unit of the currency; the moment is aware UTC or unknown."""

    site: str
    captured_at: datetime | None
    currency: str
    quote: str | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Captures of one site and one moment that differ in a currency (a cached header, a wrong clock)."""

    site: str
    captured_at: datetime
    currency: str
    quote: str | None
    values: tuple[Decimal, ...]


def plausible(values: Mapping[str, Decimal]) -> bool:
    """Whether figures by currency, in one quote currency, have cross rates that such labels can have.

    A pair of which one figure is missing says nothing; a figure that is not above zero is never plausible.
    """
    if any(not value.is_finite() or value <= 0 for value in values.values()):
        return False
    return all(
        low <= values[first] / values[second] <= high
        for first, second, low, high in CROSS_RATES
        if first in values and second in values
    )


def judged(rates: Iterable[HeaderRate]) -> tuple[HeaderRate, ...]:
    """The figures of one header with `certain` set by their cross rates; values stay as printed."""
    figures = tuple(rates)
    believable = len({rate.currency for rate in figures}) == len(figures) and plausible(
        {rate.currency: rate.value for rate in figures}
    )
    return tuple(replace(rate, certain=believable) for rate in figures)


def change(value: Decimal, previous: Decimal | None) -> Change | None:
    """Change against the previous captured (or official) per-unit value; None where there is none, or it is zero."""
    if previous is None or previous <= 0:
        return None
    absolute = value - previous
    return Change(absolute, absolute / previous * 100)


def disagreements(figures: Iterable[Figure]) -> list[Disagreement]:
    """Moments at which captures of one site don't agree, oldest first; captures without a moment are left out."""
    seen: dict[tuple[datetime, str, str, str | None], set[Decimal]] = defaultdict(set)
    for site, moment, currency, quote, value in figures:
        if moment is not None:
            seen[moment, site, currency, quote].add(value)
    found = [
        Disagreement(site, moment, currency, quote, tuple(sorted(values)))
        for (moment, site, currency, quote), values in seen.items()
        if len(values) > 1
    ]
    return sorted(found, key=lambda row: (row.captured_at, row.site, row.currency, row.quote or ""))
