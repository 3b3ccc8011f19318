"""Whose clock days and hours are counted on: that of the chosen sites, or the newsroom's when theirs are several."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from readership.queries.edition import Edition
from readership.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone and the first day of its weeks.

    Attributes:
        zone: IANA zone.
        week_start: 1 Monday … 7 Sunday.
        is_shared: the chosen sites have several clocks, so this is the newsroom's, and its zone is to be named.
    """

    zone: str
    week_start: int
    is_shared: bool = False

    def parameter(self) -> dict[str, Any]:
        """The selection's fields for it (macros.sql): set only when the clock isn't each site's own."""
        return {"zone": self.zone, "week_start": self.week_start} if self.is_shared else {}


def clock(selection: Selection, edition: Edition) -> Clock:
    """The clock that the selection's days and hours are counted on.

    Raises:
        NoEdition: the edition can't be opened.
    """
    newsroom, sites = _clocks(edition)
    chosen = {
        one
        for name, one in sites
        if name not in selection.no_sites and (not selection.sites or name in selection.sites)
    }
    if len(chosen) == 1:
        return chosen.pop()
    return Clock(newsroom.zone, newsroom.week_start, is_shared=len(chosen) > 1)


@lru_cache(maxsize=32)
def _clocks(edition: Edition) -> tuple[Clock, tuple[tuple[str, Clock], ...]]:
    """The newsroom's clock and each site's."""
    with edition.cursor() as cursor:
        newsroom = cursor.execute("SELECT zone, week_start FROM newsroom").fetchall()[0]
        sites = cursor.execute("SELECT site, zone, week_start FROM site ORDER BY site").fetchall()
    return Clock(*newsroom), tuple((name, Clock(zone, week)) for name, zone, week in sites)
