"""When a page was published, updated and captured, by what its lines print and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from readership.models import Site
from readership.parse import dates
from readership.parse.frame import Found, Frame
from readership.parse.lines import Kind, Line

_HEADER_KINDS = (Kind.FIGURE, Kind.RATE, Kind.CHANGE, Kind.WEATHER, Kind.PHONE)


def printed_in(line: Line) -> list[tuple[dates.Printed, bool]]:
    return line.meta.dates if line.meta else []


def read(
    found: Found,
    lines: Sequence[Line],
    frame: Frame,
    before: Sequence[Line],
    between: Sequence[Line],
    site: Site | None,
) -> Line | None:
    """Sets published, updated and captured_day; the line whose date it is (known or not)."""
    zone = site.zone if site else None
    within = [*lines[frame.first + 1 : frame.last], *between]
    dated = _first_dated(within)
    if dated is None:
        dated = next((line for line in before if _is_publication(lines, frame, line)), None)
    if dated is None:
        dated = _after_body(lines, frame)
    if dated is not None:
        _set_published(found, lines, dated, site)
    for line in (*within, *before, *lines[frame.end : frame.stop]):
        for printed, updated in printed_in(line):
            if updated and found.updated is None and (moment := dates.published(printed, zone)):
                found.updated = moment
                found.note("updated", line)
    _captured_day(found, lines[: frame.first], dated)
    return dated


def _first_dated(within: Sequence[Line]) -> Line | None:
    """The first line with a full date; else the first with a date of any kind, whose value is then unknown."""
    dated = [
        line
        for line in within
        if line.meta and (line.meta.relative or any(not updated for _, updated in line.meta.dates))
    ]
    full = (line for line in dated[:3] if any(at.full and not updated for at, updated in printed_in(line)))
    return next(full, dated[0] if dated else None)


def _is_publication(lines: Sequence[Line], frame: Frame, line: Line) -> bool:
    """A date above the title is the article's with a time, beside section or counter, or touching the title."""
    meta = line.meta
    if meta is None or not meta.dates:
        return False
    at = lines.index(line)
    stands_with = bool(meta.section or meta.views or meta.numbers or meta.others)
    if any(printed.clock for printed, _ in meta.dates):
        return not meta.weekday or at == frame.first - 1
    if stands_with:
        return True
    above = lines[at - 1].kind if at else None
    touches = all(between.meta and not between.meta.dates for between in lines[at + 1 : frame.first])
    return not meta.weekday and touches and above not in _HEADER_KINDS


def _after_body(lines: Sequence[Line], frame: Frame) -> Line | None:
    """A date after the text, unless a heading follows it or stands right above it: then it is another article's."""
    for at in range(frame.end, min(frame.stop, frame.end + 6)):
        line = lines[at]
        if line.kind is Kind.TEXT and line.text.count(" ") > 3:
            return None
        if line.meta and any(not updated for _, updated in line.meta.dates):
            following = [after for after in lines[at + 1 : at + 3] if after.kind in (Kind.TEXT, Kind.PROSE)]
            return None if following else line
    return None


def _set_published(found: Found, lines: Sequence[Line], line: Line, site: Site | None) -> None:
    if line.meta is None:
        return
    printed = [_settled(moment, site) for moment, updated in line.meta.dates if not updated]
    if not printed:
        return
    best = next((moment for moment in printed if moment.full), printed[0])
    if best.full and best.clock is None:
        best = _with_clock_beside(lines, line, best)
    moment = dates.published(best, site.zone if site else None)
    if moment:
        found.published = moment
        found.note("published", line)


# Where 05/10/2023 is the tenth of May.
_MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "PR"})


def _settled(printed: dates.Printed, site: Site | None) -> dates.Printed:
    """`05/10/2023`, which may be either, as the site's country writes it; unknown on a host without entry."""
    if printed.either is None or site is None or site.home_country is None:
        return printed
    first, second, year = printed.either
    month, day = (first, second) if site.home_country in _MONTH_FIRST else (second, first)
    return replace(printed, year=year, month=month, day=day, either=None)


def _with_clock_beside(lines: Sequence[Line], line: Line, printed: dates.Printed) -> dates.Printed:
    """The time of day on the line after (or before) the day."""
    at = lines.index(line)
    for beside in (*lines[at + 1 : at + 2], *lines[max(0, at - 1) : at]):
        meta = beside.meta
        if meta and meta.clock and not meta.dates and not meta.others:
            return dates.Printed(0, 0, printed.year, printed.month, printed.day, meta.clock.clock, meta.clock.offset)
    return printed


def _captured_day(found: Found, above: Sequence[Line], dated: Line | None) -> None:
    for line in above:
        if line is dated or not line.meta:
            continue
        for printed, updated in line.meta.dates:
            if printed.full and not updated and (moment := dates.published(printed, None)):
                found.captured_day = moment.day
                found.note("captured_day", line)
                return
