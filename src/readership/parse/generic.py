"""Pages in general: facts from the kinds of lines and where they stand - before the title, between, after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from readership.models import Provenance, Site
from readership.parse import authors, body, header, moments, title, words
from readership.parse.frame import Found, Frame, Hints, Layout
from readership.parse.lines import Kind, Line, Meta, plain

_BESIDE_TITLE = (Kind.SECTION, Kind.CRUMBS, Kind.CREDIT, Kind.AUTHOR, Kind.META, Kind.NOISE, Kind.SHARE)


def read(lines: Sequence[Line], hints: Hints, site: Site | None, layout: Layout) -> Found:
    """Facts of a page from its lines.

    Raises:
        NotAnArticle: no title or no text of an article was found.
    """
    found = Found()
    first, last, sure = title.find(lines, hints, site, layout)
    found.title = title.without_site(lines[first].text, site)
    found.note("title", lines[first])
    frame, paragraphs = body.find(lines, first, last)
    found.body = "\n".join(line.text for line in paragraphs)
    if paragraphs:
        found.provenance["body"] = Provenance(f"lines {paragraphs[0].no}-{paragraphs[-1].no}", paragraphs[0].text[:200])
    found.whole = frame.stop < len(lines) and frame.end < len(lines) - 14
    body.refuse(lines, found, paragraphs, sure)
    before = _beside_title(lines, frame)
    between = [line for line in lines[frame.last + 1 : frame.body] if line.kind is not Kind.TEXT or line.meta]
    dated = moments.read(found, lines, frame, before, between, site)
    _views(found, lines, frame, before, between, dated)
    _section(found, lines, frame, before, between)
    _credit(found, lines, frame, before, layout, site)
    authors.read(found, lines, frame, before, between, site)
    _rates(found, lines, frame, site)
    return found


def _beside_title(lines: Sequence[Line], frame: Frame) -> list[Line]:
    """Lines before the title that belong to it, nearest first."""
    near: list[Line] = []
    dated = False
    for at in range(frame.first - 1, max(-1, frame.first - 9), -1):
        line = lines[at]
        short = line.kind is Kind.TEXT and line.text.count(" ") <= 3
        if (line.kind not in _BESIDE_TITLE and not short) or (dated and (short or moments.printed_in(line))):
            break
        dated = dated or bool(moments.printed_in(line))
        near.append(line)
    return near


def _views(
    found: Found,
    lines: Sequence[Line],
    frame: Frame,
    before: Sequence[Line],
    between: Sequence[Line],
    dated: Line | None,
) -> None:
    own = [*lines[frame.first + 1 : frame.last], *between, *before, *lines[frame.body : frame.stop]]
    for line in own:
        if line.meta and line.meta.views:
            found.views = line.meta.views[0]
            if found.views is not None:
                found.note("views", line)
            return
    if dated is None or dated.meta is None:
        return
    if dated.meta.numbers:
        if len(dated.meta.numbers) == 1:
            found.views = dated.meta.numbers[0]
            found.note("views", dated)
        return
    _lone_number(found, lines, dated)


def _lone_number(found: Found, lines: Sequence[Line], dated: Line) -> None:
    """A number alone on the line beside the date is the counter, when it is the only one there."""
    at = lines.index(dated)
    near = [line for line in (*lines[max(0, at - 2) : at], *lines[at + 1 : at + 4]) if _is_lone(line.meta)]
    touching = [line for line in near if abs(lines.index(line) - at) == 1]
    has_year = dated.meta is not None and any(printed.full for printed, _ in dated.meta.dates)
    if len(near) != 1 or not touching or not has_year or near[0].meta is None:
        return
    found.views = near[0].meta.numbers[0]
    found.note("views", near[0])


def _is_lone(meta: Meta | None) -> bool:
    return meta is not None and len(meta.numbers) == 1 and not (meta.dates or meta.others or meta.clock)


def _section(
    found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], between: Sequence[Line]
) -> None:
    labelled = next(
        (line for line in lines[: frame.stop] if line.kind is Kind.SECTION and line.tag == "labelled"), None
    )
    byline = _byline_section(lines[frame.last + 1 : frame.body])
    if byline and labelled is None:
        found.section = byline[0]
        found.note("section", byline[1])
        return
    for line in (
        labelled,
        _section_before(lines, before),
        _section_in(between),
        _section_in(lines[frame.first + 1 : frame.last]),
    ):
        if line is not None:
            name = line.meta.section if line.meta else line.value
            name = name or (line.meta.others[0] if line.meta and line.meta.others else None)
            if name:
                found.section = name
                found.note("section", line)
                return


def _section_in(between: Sequence[Line]) -> Line | None:
    sections = [
        line
        for line in between
        if (line.kind in (Kind.SECTION, Kind.CRUMBS) and line.value) or (line.meta and line.meta.section)
    ]
    return sections[0] if 0 < len(sections) <= 2 else None


def _section_before(lines: Sequence[Line], before: Sequence[Line]) -> Line | None:
    """The section beside the title; a run of many is the site's menu."""
    for line in before:
        if line.kind is Kind.CRUMBS and line.value:
            return line
        if line.meta and line.meta.section:
            return line
        if (
            line.meta
            and line.meta.dates
            and len(line.meta.others) == 1
            and line.kind is Kind.META
            and not authors.is_person(line.meta.others[0])
            and not any(map(str.isdigit, line.meta.others[0]))
        ):
            return line
        if line.kind is Kind.SECTION:
            return line if _menu_run(lines, lines.index(line)) <= 3 else None
    return None


_MENU_KINDS = (Kind.SECTION, Kind.NAV, Kind.CRUMBS)


def _is_entry(line: Line) -> bool:
    """A word or two that may be a menu's entry with a name of its own."""
    return line.kind is Kind.TEXT and line.text.count(" ") <= 1 and len(line.text) < 30


_ADDRESS = re.compile(r"[\w-]+(?:\.[a-z]{2,6})+", re.IGNORECASE)


def _is_source(line: Line, own: set[str]) -> bool:
    """An image bank, an agency or an address alone under the title, where pictures stand."""
    low = line.text.lower()
    known = low in words.IMAGE_BANKS or (line.tag == "figcaption" and low in words.ORGANISATIONS)
    return known or (line.kind is Kind.TEXT and plain(low) not in own and _ADDRESS.fullmatch(low) is not None)


_BYLINE_SECTION = re.compile(
    r"\bby\s.{2,60}?\sin\s(?P<section>[A-Z][\w &-]{2,30}?)(?=\s*(?:$|[|•,])|\son\s)", re.IGNORECASE
)


def _byline_section(between: Sequence[Line]) -> tuple[str, Line] | None:
    """`By Name in Section on Day`, as blog software prints it."""
    for line in between:
        if line.text[:3].lower() == "by " and len(line.text) < 150 and (match := _BYLINE_SECTION.search(line.text)):
            return match["section"], line
    return None


def _menu_run(lines: Sequence[Line], at: int) -> int:
    run = 0
    parted = any(line.gap for line in lines[: at + 8])  # markup leaves no empty lines
    while at >= 0 and (lines[at].kind in _MENU_KINDS or (parted and _is_entry(lines[at]))):
        run += lines[at].kind is not Kind.NAV
        if lines[at].kind is Kind.NAV and lines[at].value in words.HOME:
            break
        above = lines[at - 1] if at else None
        if lines[at].gap and above and not above.gap and (above.kind in (Kind.SECTION, Kind.NAV) or _is_entry(above)):
            break  # an empty line parts it from the menu, whose lines touch
        at -= 1
    return run


def _credit(
    found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], layout: Layout, site: Site | None
) -> None:
    after_title = lines[frame.first + 1 : frame.stop]
    for line in (*after_title, *before):
        name = line.meta.credit if line.kind is Kind.META and line.meta else None
        if line.kind is Kind.CREDIT or (line.kind in (Kind.PROSE, Kind.TEXT) and line.value):
            name = line.value
        if name:
            found.photo_credit = name
            found.note("photo_credit", line)
            return
    own = {plain(name) for name in (site.name, *site.own_names)} if site else set()
    near = lines[frame.last + 1 : frame.body]
    for line in near:
        if _is_source(line, own) or (line.text.startswith("©") and 1 < len(line.text) < 80):
            found.photo_credit = line.text.lstrip("© ")
            found.note("photo_credit", line)
            return
    for line in before:
        if line.kind is Kind.TEXT and plain(line.text) not in own:
            known = line.text.lower() in words.ORGANISATIONS
            if known or (layout.credit_first and line is lines[0] and frame.first == 1 and line.text.count(" ") <= 3):
                found.photo_credit = line.text
                found.note("photo_credit", line)
                return


def _rates(found: Found, lines: Sequence[Line], frame: Frame, site: Site | None) -> None:
    above = lines[: frame.last]
    labelled = [(line.no, figure) for line in above for figure in _header_figures(line)]
    found.rates, where = header.rates(labelled, _bare_run(above), site)
    found.provenance.update(where)


def _header_figures(line: Line) -> Sequence[header.Figure]:
    """Labelled figures of a line that holds only such, or of a short mixed one (day, weather, currencies)."""
    if line.kind is Kind.RATE:
        return line.figures or ()
    if line.kind in (Kind.TEXT, Kind.META, Kind.WEATHER, Kind.NAV, Kind.PROSE) and header.looks_like(line.text):
        return header.pairs(line.text) if len(line.text) <= 200 and not line.text.endswith((".", "!", "?")) else ()
    return ()


def _bare_run(above: Sequence[Line]) -> list[tuple[int, Decimal]]:
    """The first run of unlabelled figures, changes between them left out."""
    run: list[tuple[int, Decimal]] = []
    for line in above:
        if line.kind is Kind.FIGURE or (line.kind is Kind.META and _is_lone(line.meta)):
            run.extend((line.no, value) for value in header.bare(line.text) or ())
        elif line.kind is Kind.CHANGE or not run:
            continue
        else:
            break
    return run
