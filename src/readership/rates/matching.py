"""On which official days a header's figures fit: a dating of captures that nobody noted the moment of (DEFINITIONS)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from readership.models import Basis, OfficialRate
from readership.rates.official import CARRY_DAYS, on_day

MATCHED = ("USD", "EUR", "RUB")
TOLERANCE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An official day that fits a header.

    Attributes:
        day: the official day.
        differences: by currency, |header − official| / official.
    """

    day: date
    differences: Mapping[str, Decimal]

    @property
    def worst(self) -> Decimal:
        """The largest of the differences."""
        return max(self.differences.values())


@dataclass(frozen=True, slots=True)
class Match:
    """All official days that fit a header, nearest first; never empty.

    Attributes:
        candidates: the days, by largest difference, then by day.
        basis: always `matched-rates`.
    """

    candidates: tuple[Candidate, ...]
    basis: Basis = Basis.MATCHED_RATES

    @property
    def first(self) -> date:
        """The earliest day that fits."""
        return min(candidate.day for candidate in self.candidates)

    @property
    def last(self) -> date:
        """The latest day that fits."""
        return max(candidate.day for candidate in self.candidates)


class OfficialDays:
    """Official rates of one source and quote currency, by day, ready to be matched against many headers.

    Args:
        rates: any rates; others than those of the source and quote currency are left out.
        source, quote: whose rates, quoted in what.
    """

    def __init__(self, rates: Iterable[OfficialRate], *, source: str = "NBK", quote: str = "KZT") -> None:
        self._by_currency: dict[str, dict[date, OfficialRate]] = defaultdict(dict)
        for rate in rates:
            if rate.source == source and rate.quote == quote:
                self._by_currency[rate.currency][rate.day] = rate

    def days(self) -> list[date]:
        """Days on which all matched currencies have an official rate, oldest first."""
        known = [set(self._by_currency.get(code, ())) for code in MATCHED]
        return sorted(set.intersection(*known))

    def candidate(self, header: Mapping[str, Decimal], day: date) -> Candidate | None:
        """The day as a candidate for a header; None when a rate is missing or further off than the tolerance."""
        differences = self._differences(header, {code: self._by_currency[code].get(day) for code in MATCHED})
        return Candidate(day, differences) if differences and max(differences.values()) <= TOLERANCE else None

    def match(self, header: Mapping[str, Decimal]) -> Match | None:
        """The days whose USD, EUR and RUB all lie within 1 % of a header's; None when none does or one is missing.

        Args:
            header: quote units per unit by currency, as printed; to be given only for captures without a moment.
        """
        found = [fitting for day in self.days() if (fitting := self.candidate(header, day))]
        found.sort(key=lambda candidate: (candidate.worst, candidate.day))
        return Match(tuple(found)) if found else None

    def agrees(self, header: Mapping[str, Decimal], captured_day: date) -> bool | None:
        """Whether a header fits the capture's known day or the day before or after it, weekends carried.

        False means a clash (a cached header, a wrong clock, wrong labels); None that it can't be told.
        """
        near = [captured_day + timedelta(days=shift) for shift in (-1, 0, 1)]
        told = [differences for day in near if (differences := self._differences(header, self._carried(day)))]
        return any(max(differences.values()) <= TOLERANCE for differences in told) if told else None

    def _carried(self, day: date) -> dict[str, OfficialRate | None]:
        return {code: on_day(self._by_currency.get(code, {}), day, carry=CARRY_DAYS) for code in MATCHED}

    @staticmethod
    def _differences(
        header: Mapping[str, Decimal], official: Mapping[str, OfficialRate | None]
    ) -> dict[str, Decimal] | None:
        differences = {}
        for code in MATCHED:
            rate = official.get(code)
            if rate is None or code not in header:
                return None
            differences[code] = abs(header[code] - rate.per_unit) / rate.per_unit
        return differences
