"""What should worry a newsroom about its own collecting: a layout that is read no more, a volume far from usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, pstdev
from zoneinfo import ZoneInfo

from readership.models import Site
from readership.pipeline.collect.state import State

LOST_SHARE = 0.05
"""Share of pages, beyond the usual one, that may lack a fact."""
USUAL_PAGES, RECENT_PAGES = 50, 20
USUAL_SHARE = 0.5
"""A fact is one that is usually read when this share of pages had it."""
USUAL_HOURS, LONGEST_RECENT_HOURS = 28 * 24, 24
SHORT_DAYS, LONG_DAYS = 7, 28
LOW_SIGMAS, HIGH_SIGMAS = 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: kind `layout` (about a fact) or `volume` (about articles a day)."""

    site: str
    kind: str
    about: str
    said: str


def evaluate(state: State, site: Site, now: float) -> list[Alarm]:
    """A site's alarms now, kept in the state with since when each has been on."""
    found = [*layout(state, site.name, now), *volume(state, site, now)]
    with state.at_once():
        for one in found:
            state.do(
                "INSERT INTO alarm VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (site, kind, about) DO UPDATE "
                "SET seen_at = excluded.seen_at, said = excluded.said",
                one.site, one.kind, one.about, now, now, one.said,
            )  # fmt: skip
        on = {(one.kind, one.about) for one in found}
        for row in state.rows("SELECT kind, about FROM alarm WHERE site = ?", site.name):
            if (row["kind"], row["about"]) not in on:
                state.do(
                    "DELETE FROM alarm WHERE site = ? AND kind = ? AND about = ?", site.name, row["kind"], row["about"]
                )
    return found


def layout(state: State, site: str, now: float) -> list[Alarm]:
    """Facts missing from more pages than usual; nothing is said before enough pages were seen."""
    hour = int(now // 3600)
    rows = state.rows(
        "SELECT fact, hour, pages, found FROM fact_hour WHERE site = ? AND hour > ? ORDER BY hour DESC",
        site, hour - LONGEST_RECENT_HOURS - USUAL_HOURS,
    )  # fmt: skip
    by_fact: dict[str, list[tuple[int, int, int]]] = {}
    for row in rows:
        by_fact.setdefault(row["fact"], []).append((row["hour"], row["pages"], row["found"]))
    alarms = (_lost(site, fact, hours, hour) for fact, hours in sorted(by_fact.items()))
    return [alarm for alarm in alarms if alarm]


def _lost(site: str, fact: str, hours: list[tuple[int, int, int]], now: int) -> Alarm | None:
    """The alarm of one fact: the newest hours with enough pages, against those before."""
    pages = found = used = 0
    for hour, seen, had in hours:
        if pages >= RECENT_PAGES or hour <= now - LONGEST_RECENT_HOURS:
            break
        pages, found, used = pages + seen, found + had, used + 1
    usual_pages = sum(seen for _, seen, _ in hours[used:])
    usual_found = sum(had for _, _, had in hours[used:])
    if pages < RECENT_PAGES or usual_pages < USUAL_PAGES or usual_found < USUAL_SHARE * usual_pages:
        return None
    missing, usual = 1 - found / pages, 1 - usual_found / usual_pages
    if missing <= usual + LOST_SHARE:
        return None
    said = f"{fact} is missing from {pages - found} of the last {pages} pages; usual is {usual:.0%} of pages."
    return Alarm(site, "layout", fact, said)


def per_day(state: State, site: Site, last: date, days: int) -> list[int] | None:
    """Articles published on each of the local days up to and with `last`; None when the site is not known so long."""
    zone = ZoneInfo(site.zone)
    first = last - timedelta(days=days - 1)
    start = datetime(first.year, first.month, first.day, tzinfo=zone).timestamp()
    known = state.one("SELECT since FROM site WHERE site = ?", site.name)
    if known is None or known["since"] > start:
        return None
    counts = dict.fromkeys((first + timedelta(days=n) for n in range(days)), 0)
    rows = state.rows(
        "SELECT coalesce(published_at, born_at, found_at) AS at FROM article WHERE site = ?1 AND "
        "coalesce(published_at, born_at, found_at) >= ?2", site.name, start,
    )  # fmt: skip
    for row in rows:
        day = datetime.fromtimestamp(row["at"], UTC).astimezone(zone).date()
        if day in counts:
            counts[day] += 1
    return list(counts.values())


def band(long: list[int]) -> tuple[float, float]:
    """The usual articles a day: mean − 1.5σ … mean + 2σ of the days given, never below 0; σ of these very days."""
    mean, sigma = fmean(long), pstdev(long)
    return max(0.0, mean - LOW_SIGMAS * sigma), max(0.0, mean + HIGH_SIGMAS * sigma)


def volume(state: State, site: Site, now: float) -> list[Alarm]:
    """The mean of the last 7 whole days against the 28 days before them; nothing is said before all 35 are known."""
    today = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(site.zone)).date()
    counts = per_day(state, site, today - timedelta(days=1), SHORT_DAYS + LONG_DAYS)
    if counts is None:
        return []
    low, high = band(counts[:LONG_DAYS])
    week = fmean(counts[LONG_DAYS:])
    if low <= week <= high:
        return []
    said = f"{week:.1f} articles a day in the last 7 days; usual is {low:.1f} to {high:.1f}."
    return [Alarm(site.name, "volume", "articles a day", said)]
