"""Periods by name: the days that each means, counted from the last day with figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from readership.i18n import mark

Span = tuple[date | None, date | None]
"""Local days, half-open; None leaves an end open."""
DEFAULT, OWN = "28d", "own"
_DAY = timedelta(days=1)


def _last(days: int) -> Callable[[date, int], Span]:
    return lambda today, _week_start: (today - timedelta(days=days - 1), today + _DAY)


def _week(today: date, week_start: int) -> date:
    return today - timedelta(days=(today.isoweekday() - week_start) % 7)


def _month_before(today: date) -> date:
    return (today.replace(day=1) - _DAY).replace(day=1)


PERIODS: dict[str, tuple[str, Callable[[date, int], Span]]] = {
    "today": (mark("Today"), _last(1)),
    "yesterday": (mark("Yesterday"), lambda today, _: (today - _DAY, today)),
    "this-week": (mark("This week"), lambda today, start: (_week(today, start), today + _DAY)),
    "last-week": (mark("Last week"), lambda today, start: (_week(today, start) - 7 * _DAY, _week(today, start))),
    "this-month": (mark("This month"), lambda today, _: (today.replace(day=1), today + _DAY)),
    "last-month": (mark("Last month"), lambda today, _: (_month_before(today), today.replace(day=1))),
    "7d": (mark("7 days"), _last(7)),
    DEFAULT: (mark("28 days"), _last(28)),
    "90d": (mark("90 days"), _last(90)),
    "365d": (mark("365 days"), _last(365)),
    "all": (mark("Everything"), lambda _today, _week_start: (None, None)),
    OWN: (mark("Own dates"), lambda _today, _week_start: (None, None)),
}
"""Names in URLs: what readers call each, and its days, from the last day with figures and the first weekday."""


def span(period: str, tomorrow: date, week_start: int) -> Span:
    """The days of a period.

    Args:
        tomorrow: the day after the last one with figures.
        week_start: 1 Monday … 7 Sunday.
    """
    return PERIODS[period][1](tomorrow - _DAY, week_start)
