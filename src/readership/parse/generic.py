"""Pages in general: facts from the kinds of lines and where they stand - before the title, between title and text, after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from readership.errors import NotAnArticle
from readership.models import HeaderRate, Provenance, Published, Site
from readership.parse import dates, header, words
from readership.parse.lines import Kind, Line, Meta, plain

# So many short lines in a row, none of them a sentence, are links to elsewhere.
_LINKS = 25
_TITLE_WITHIN = 400
_HEADER_KINDS = (Kind.FIGURE, Kind.RATE, Kind.CHANGE, Kind.WEATHER, Kind.PHONE)
_BESIDE_TITLE = (Kind.SECTION, Kind.CRUMBS, Kind.CREDIT, Kind.AUTHOR, Kind.META, Kind.NOISE, Kind.SHARE)
_WORD = re.compile(r"[^\W_]+")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі",
        "a b v g d e e zh z i i k l m n o p r s t u f h c ch sh sh _ y _ e u ya a g k n o u u h i".split(),  # noqa: SIM905
        strict=True,
    )
)
_TRANSLATE = str.maketrans({letter: "" if latin == "_" else latin for letter, latin in _LATIN.items()})
_SLUG_VARIANTS = (("iy", "i"), ("yy", "i"), ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("yu", "u"), ("ju", "u"), ("ja", "ya"), ("ia", "ya"), ("q", "k"), ("w", "u"), ("j", "zh"), ("y", "i"))


@dataclass(frozen=True)
class Hints:
    """What helps to find the title: texts that markup names as title, and the words of the URL's last step."""

    titles: frozenset[str] = frozenset()
    slug: str = ""
    host: str = ""


@dataclass
class Found:
    """Facts read from lines, with provenance; `whole` when the article ended before the lines did."""

    title: str = ""
    body: str = ""
    section: str | None = None
    authors: tuple[str, ...] = ()
    photo_credit: str | None = None
    published: Published | None = None
    updated: Published | None = None
    views: int | None = None
    rates: tuple[HeaderRate, ...] = ()
    captured_day: date | None = None
    whole: bool = False
    provenance: dict[str, Provenance] = field(default_factory=dict)

    def note(self, name: str, line: Line) -> None:
        """Record where a value stood."""
        self.provenance[name] = Provenance(f"line {line.no}", line.text[:200])


@dataclass(frozen=True)
class Layout:
    """What a layout knows beyond the general rules.

    Attributes:
        name: as in a site entry's `layout`.
        credit_first: a short line before the title, no section and no site name, is the photo credit.
        month_first: how `05/10/2023` is meant there; None when not known.
    """

    name: str = "generic"
    credit_first: bool = False


@dataclass
class Frame:
    """Where the parts of a page are: indices into its lines.

    Attributes:
        first, last: of the title, printed once or several times.
        body: first line of the text; `end`: one past its last line; `stop`: one past what belongs to the article.
    """

    first: int
    last: int
    body: int
    end: int
    stop: int


def read(lines: Sequence[Line], hints: Hints, site: Site | None, layout: Layout) -> Found:
    """Facts of a page from its lines.

    Raises:
        NotAnArticle: no title or no text of an article was found.
    """
    found = Found()
    first, last, sure = _title(lines, hints, site)
    found.title = _without_site(lines[first].text, site, hints)
    found.note("title", lines[first])
    frame, paragraphs = _body(lines, first, last)
    found.body = "\n".join(line.text for line in paragraphs)
    if paragraphs:
        found.provenance["body"] = Provenance(f"lines {paragraphs[0].no}-{paragraphs[-1].no}", paragraphs[0].text[:200])
    found.whole = frame.stop < len(lines) and frame.end < len(lines) - 14
    _refuse(lines, found, paragraphs, sure)
    before = _beside_title(lines, frame)
    between = [line for line in lines[frame.last + 1 : frame.body] if line.kind is not Kind.TEXT or line.meta]
    zone = site.zone if site else None
    dated = _published(found, lines, frame, before, between, zone)
    _views(found, lines, frame, before, between, dated)
    _section(found, lines, frame, before, between)
    _credit(found, lines, frame, before, layout, site)
    _authors(found, lines, frame, before, between)
    _rates(found, lines, frame, site)
    return found


# --- title -----------------------------------------------------------------------------------------------------------


def _title(lines: Sequence[Line], hints: Hints, site: Site | None) -> tuple[int, int, bool]:
    """First and last place of the title, and whether more than its looks speaks for it."""
    text = [at for at, line in enumerate(lines[:_TITLE_WITHIN]) if line.kind is Kind.PROSE and len(line.text) > 60]
    if len(text) > 3 and (found := _best_title(lines[: text[3] + 1], hints, site)):
        return found
    if found := _best_title(lines[:_TITLE_WITHIN], hints, site):
        return found
    raise NotAnArticle("No title was found on the page.", "Menus, pictures and empty pages hold no article.")


def _best_title(head: Sequence[Line], hints: Hints, site: Site | None) -> tuple[int, int, bool] | None:
    seen: dict[str, list[int]] = {}
    for at, line in enumerate(head):
        if line.kind in (Kind.TEXT, Kind.PROSE, Kind.META) and len(line.text) <= 300:
            seen.setdefault(line.key, []).append(at)
    own = {plain(name) for name in (*site.own_names, site.name)} if site else set()
    best: tuple[float, int] | None = None
    prose = 0
    adjacent_text = -2
    for at, line in enumerate(head):
        key = line.key if len(line.text) <= 300 else ""
        if line.kind is Kind.PROSE and len(line.text) > 60 and line.tag != "h1":
            prose += 1
        if prose > 2 and best and best[0] >= 4:
            break
        if not _may_be_title(line, key, own, seen, hints):
            continue
        score = _title_score(head, at, key, seen, hints)
        if prose:
            score -= 3 * min(prose, 3)
        if adjacent_text == at - 1 and best and best[1] == at - 1:
            score -= 2.5  # of two headings in a row the first is the title, the second its deck
        adjacent_text = at if line.kind is Kind.TEXT else adjacent_text
        if best is None or score >= best[0]:
            best = (score, at)
    if best is None or best[0] < 0.5:
        return None
    key = head[best[1]].key
    places = [at for at in seen[key] if at <= best[1] + 30]
    return places[0], _last_repeat(head, places), best[0] >= 6


def _last_repeat(head: Sequence[Line], places: Sequence[int]) -> int:
    """The last print of the title before the text begins."""
    last = places[0]
    for at in places[1:]:
        if any(line.kind is Kind.PROSE and len(line.text) > 60 for line in head[last + 1 : at]):
            break
        last = at
    return last


def _may_be_title(line: Line, key: str, own: set[str], seen: Mapping[str, list[int]], hints: Hints) -> bool:
    if len(key) < 4 or len(line.text) > 300 or key in own:
        return False
    if line.kind is Kind.TEXT:
        return any(ch.isalpha() for ch in key)
    known = line.tag == "h1" or key in hints.titles or len(seen.get(key, ())) > 1
    if line.kind is Kind.PROSE:
        return known or line.text.endswith(("?", "!", "…", ")", "»", "”")) or len(line.text) < 90
    return known and line.kind is Kind.META and bool(line.meta and line.meta.others)


def _title_score(head: Sequence[Line], at: int, key: str, seen: Mapping[str, list[int]], hints: Hints) -> float:
    line = head[at]
    text = line.text
    count = text.count(" ") + 1
    score = 1.0 if count >= 4 else 0.5 if count == 3 else 0.0 if count == 2 else -1.5
    if 20 <= len(text) <= 180:
        score += 1
    if len(seen[key]) > 1:
        score += 5
    if line.tag == "h1":
        score += 8
    if key in hints.titles:
        score += 8
    if hints.slug and count >= 2 and line.kind is not Kind.PROSE:
        score += 6 * _slug_share(text, hints.slug)
    if text.endswith(".") and not text.endswith("..."):
        score -= 2.5
    elif text.endswith((":", ",", ";")):
        score -= 2
    if line.kind is Kind.PROSE:
        score -= 1
    if hints.host and hints.host in key and count <= 5 and len(key) < 40:
        score -= 4  # the site's own name
    if key in words.ORGANISATIONS or text.lower() in words.ORGANISATIONS:
        score -= 3
    return score + _neighbours(head, at, key)


def _neighbours(head: Sequence[Line], at: int, key: str) -> float:
    score = 0.0
    for line in head[at + 1 : at + 5]:
        if len(line.text) <= 300 and line.key == key:
            continue
        if line.kind is Kind.META and line.meta and (line.meta.dates or line.meta.relative or line.meta.views):
            score += 2
            break
        if line.kind is Kind.CREDIT or line.kind is Kind.AUTHOR:
            score += 1
            break
        if line.kind is Kind.PROSE:
            score += 2
            break
        if line.kind is not Kind.TEXT:
            break
    if at and head[at - 1].kind in (Kind.SECTION, Kind.CRUMBS, Kind.META):
        score += 1
    return score


def _slug_share(text: str, slug: str) -> float:
    """Share of a line's words that the URL's last step holds too, transliterated loosely."""
    mine = [word for word in _WORD.findall(_latin(text.lower())) if len(word) >= 3][:12]
    if not mine:
        return 0.0
    theirs = {word[:5] for word in slug.split() if len(word) >= 3}
    return sum(word[:5] in theirs for word in mine) / len(mine)


def slug_words(step: str) -> str:
    """The words of a URL's last step in the loose spelling that `_slug_share` compares."""
    return " ".join(word for word in _WORD.findall(_latin(step.lower())) if not word.isdigit())


def _latin(text: str) -> str:
    text = text.translate(_TRANSLATE)
    for variant, plain_form in _SLUG_VARIANTS:
        text = text.replace(variant, plain_form)
    return text


def _without_site(text: str, site: Site | None, hints: Hints) -> str:
    """The title without the site's name behind a bar or dash (`… | El.kz`)."""
    text = text.lstrip("#").strip()
    for mark in (" | ", " — ", " – ", " - ", " :: ", " • "):
        front, found, back = text.rpartition(mark)
        if found and front and _names_site(back, site):
            return front.strip()
    return text


def _names_site(text: str, site: Site | None) -> bool:
    key = plain(text)
    if re.fullmatch(r"[\w-]+\.(?:kz|kg|uz|tj|tm|com|org|net|media|ru|info)", text.strip().lower()):
        return True
    return site is not None and key in {plain(name) for name in (site.name, *site.own_names)}


# --- body ------------------------------------------------------------------------------------------------------------


def _body(lines: Sequence[Line], first: int, last: int) -> tuple[Frame, list[Line]]:
    start, loose = _body_start(lines, last)
    paragraphs: list[Line] = list(loose)
    pending: list[Line] = []
    skipping = False
    end, stop = start, len(lines)
    title = lines[first].key
    for at in range(start, len(lines)):
        line = lines[at]
        kind = line.kind
        if line.tag == "figcaption" or (line.value and kind in (Kind.PROSE, Kind.TEXT) and len(line.text) < 200):
            continue  # a picture's caption
        if kind is Kind.PROSE or (kind is Kind.TEXT and _sentence(line)):
            if kind is Kind.PROSE or not skipping:
                paragraphs.extend(pending)
                paragraphs.append(line)
                end = at + 1
            pending, skipping = [], False
        elif _next_article(lines, at, bool(paragraphs)):
            stop = at
            break
        elif kind is Kind.END:
            stop = _after_tags(lines, at)
            break
        elif kind is Kind.ASIDE:
            skipping = len(line.text) < 40
            pending = []
        elif kind in (Kind.TEXT, Kind.RATE, Kind.FIGURE, Kind.SECTION) and not skipping and line.key != title:
            pending.append(line)
            if len(pending) >= _LINKS and paragraphs:
                stop = at - _LINKS + 1
                break
        elif kind in (Kind.SHARE, Kind.NAV):
            pending = []
    return Frame(first, last, start, max(end, start), stop), paragraphs


def _after_tags(lines: Sequence[Line], at: int) -> int:
    """Tags end the text, but counters, credit and section may follow them; anything else ends the article."""
    if not lines[at].text.lower().startswith(_TAG_LABELS):
        return at
    for end in range(at + 1, min(len(lines), at + 14)):
        if lines[end].kind in (Kind.END, Kind.ASIDE, Kind.PROSE) or _next_article(lines, end, True):
            return end
    return min(len(lines), at + 14)


_TAG_LABELS = ("tag", "keyword", "topics", "тег", "тэг", "ключев", "метк", "темы", "кілт сөз")


def _body_start(lines: Sequence[Line], last: int) -> tuple[int, list[Line]]:
    """Where the text begins after the title, and lines before that which belong to it (a deck, a lead)."""
    loose: list[Line] = []
    at = last + 1
    while at < len(lines) and at < last + 60:
        line = lines[at]
        if line.tag == "figcaption" or (line.value and line.kind in (Kind.PROSE, Kind.TEXT) and len(line.text) < 200):
            at += 1
            continue
        if line.kind is Kind.PROSE or (line.kind is Kind.TEXT and _sentence(line)):
            later = _dated_soon(lines, at)
            if not later:
                return at, loose
            loose.append(line)
        elif line.kind is Kind.TEXT:
            if line.text.count(" ") >= 6 and not _teaser(lines, at):
                loose.append(line)
        elif line.kind is Kind.END and not any(after.kind is Kind.PROSE for after in lines[at + 1 : at + 8]):
            break
        at += 1
    return at, loose


def _dated_soon(lines: Sequence[Line], at: int) -> bool:
    """A date line of the article follows a lead: nothing dated stands before, and no heading between."""
    for line in lines[at + 1 : at + 3]:
        if line.kind is Kind.META and line.meta and line.meta.dates:
            return any(after.kind is Kind.PROSE for after in lines[at + 2 : at + 6])
        if line.kind in (Kind.TEXT, Kind.PROSE):
            return False
    return False


def _sentence(line: Line) -> bool:
    return line.text.endswith((".", "!", "?", "…", ".»", ".”", '."', ":", ";")) and line.text.count(" ") >= 2


def _next_article(lines: Sequence[Line], at: int, begun: bool) -> bool:
    """A heading with a date beside it, after the text has begun: another article's."""
    if not begun:
        return False
    line = lines[at]
    following = lines[at + 1] if at + 1 < len(lines) else None
    if line.kind is Kind.TEXT:
        return _teaser(lines, at) or line.tag == "h1"
    if line.kind is Kind.META and line.meta and (line.meta.dates or line.meta.relative or line.meta.clock):
        return following is not None and following.kind is Kind.TEXT and not _sentence(following)
    return False


def _teaser(lines: Sequence[Line], at: int) -> bool:
    following = lines[at + 1] if at + 1 < len(lines) else None
    meta = following.meta if following and following.kind is Kind.META else None
    return meta is not None and bool(meta.dates or meta.relative or meta.clock)


def _refuse(lines: Sequence[Line], found: Found, paragraphs: Sequence[Line], sure: bool) -> None:
    low = found.title.lower().strip(" .!:")
    if low in words.ERROR_PAGES or low.startswith(("404 ", "403 ", "error 404", "ошибка 404")):
        raise NotAnArticle("The page is an error page, not an article.")
    if not paragraphs:
        dated = any(line.meta and line.meta.dates for line in lines)
        if not (sure and dated):
            raise NotAnArticle("No text of an article was found on the page.", "It looks like a menu or a list of headlines.")
    size = sum(len(line.text) for line in paragraphs)
    if size < 300 and any(any(word in line.text.lower() for word in words.LOGIN) for line in lines[:200]):
        raise NotAnArticle("The page asks to log in.", "Save it again as a reader who may see it.")


# --- date ------------------------------------------------------------------------------------------------------------


def _beside_title(lines: Sequence[Line], frame: Frame) -> list[Line]:
    """Lines before the title that belong to it, nearest first."""
    near: list[Line] = []
    dated = False
    for at in range(frame.first - 1, max(-1, frame.first - 9), -1):
        line = lines[at]
        short = line.kind is Kind.TEXT and line.text.count(" ") <= 3
        if (line.kind not in _BESIDE_TITLE and not short) or (dated and (short or _moments(line))):
            break
        dated = dated or bool(_moments(line))
        near.append(line)
    return near


def _moments(line: Line) -> list[tuple[dates.Printed, bool]]:
    return line.meta.dates if line.meta else []


def _published(
    found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], between: Sequence[Line], zone: str | None
) -> Line | None:
    """Sets published, updated and captured_day; the line whose date it is (known or not)."""
    within = [*lines[frame.first + 1 : frame.last], *between]
    dated = _first_dated(within)
    if dated is None:
        dated = next((line for line in before if _is_publication(lines, frame, line)), None)
    if dated is None:
        dated = _after_body(lines, frame)
    if dated is not None:
        _set_published(found, lines, dated, zone)
    for line in (*within, *lines[frame.end : frame.stop]):
        for printed, updated in _moments(line):
            if updated and found.updated is None and (moment := dates.published(printed, zone)):
                found.updated = moment
                found.note("updated", line)
    _captured_day(found, lines[: frame.first], dated)
    return dated


def _first_dated(within: Sequence[Line]) -> Line | None:
    """The first line with a full date; else the first with a date of any kind, whose value is then unknown."""
    dated = [
        line for line in within if line.meta and (line.meta.relative or any(not updated for _, updated in line.meta.dates))
    ]
    full = (line for line in dated[:3] if any(at.full and not updated for at, updated in _moments(line)))
    return next(full, dated[0] if dated else None)


def _is_publication(lines: Sequence[Line], frame: Frame, line: Line) -> bool:
    """A date before the title is the article's when it has a time, stands with section or counter, or touches the title."""
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
    return not meta.weekday and at == frame.first - 1 and above not in _HEADER_KINDS


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


def _set_published(found: Found, lines: Sequence[Line], line: Line, zone: str | None) -> None:
    if line.meta is None:
        return
    moments = [printed for printed, updated in line.meta.dates if not updated]
    if not moments:
        return
    printed = next((moment for moment in moments if moment.full), moments[0])
    if printed.full and printed.clock is None:
        printed = _with_clock_beside(lines, line, printed)
    moment = dates.published(printed, zone)
    if moment:
        found.published = moment
        found.note("published", line)


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


# --- counters --------------------------------------------------------------------------------------------------------


def _views(
    found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], between: Sequence[Line], dated: Line | None
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


# --- section, credit, authors ----------------------------------------------------------------------------------------


def _section(found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], between: Sequence[Line]) -> None:
    labelled = next((line for line in lines[: frame.stop] if line.kind is Kind.SECTION and line.tag == "labelled"), None)
    for line in (labelled, _section_before(lines, frame, before), _section_in(between), _section_in(lines[frame.first + 1 : frame.last])):
        if line is not None:
            name = line.meta.section if line.meta else line.value
            name = name or (line.meta.others[0] if line.meta and line.meta.others else None)
            if name:
                found.section = name
                found.note("section", line)
                return
    if byline := _byline_section(lines[frame.last + 1 : frame.body]):
        found.section, line = byline
        found.note("section", line)


def _section_in(between: Sequence[Line]) -> Line | None:
    sections = [line for line in between if (line.kind in (Kind.SECTION, Kind.CRUMBS) and line.value) or (line.meta and line.meta.section)]
    return sections[0] if 0 < len(sections) <= 2 else None


def _section_before(lines: Sequence[Line], frame: Frame, before: Sequence[Line]) -> Line | None:
    """The section beside the title; a run of many is the site's menu."""
    for line in before:
        if line.kind is Kind.CRUMBS and line.value:
            return line
        if line.meta and line.meta.section:
            return line
        if line.meta and line.meta.dates and len(line.meta.others) == 1 and line.kind is Kind.META and not _person(line.meta.others[0]):
            return line
        if line.kind is Kind.SECTION:
            return line if _menu_run(lines, lines.index(line)) <= 3 else None
    return None


_BYLINE_SECTION = re.compile(r"\bby\s.{2,60}?\sin\s(?P<section>[A-Z][\w &-]{2,30}?)(?=\s*(?:$|[|•,]|on\s))", re.IGNORECASE)


def _byline_section(between: Sequence[Line]) -> tuple[str, Line] | None:
    """`By Name in Section on Day`, as blog software prints it."""
    for line in between:
        if line.text[:3].lower() == "by " and len(line.text) < 150 and (match := _BYLINE_SECTION.search(line.text)):
            return match["section"], line
    return None


def _menu_run(lines: Sequence[Line], at: int) -> int:
    run = 0
    while at >= 0 and lines[at].kind in (Kind.SECTION, Kind.NAV, Kind.CRUMBS):
        run += lines[at].kind is not Kind.NAV
        if lines[at].kind is Kind.NAV and lines[at].value in words.HOME:
            break
        if lines[at].gap and at and not lines[at - 1].gap and lines[at - 1].kind in (Kind.SECTION, Kind.NAV):
            break  # an empty line parts it from the menu, whose lines touch
        at -= 1
    return run


def _credit(found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], layout: Layout, site: Site | None) -> None:
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
        if line.text.lower() in words.IMAGE_BANKS or (line.text.startswith("©") and 1 < len(line.text) < 80):
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


_PERSON = re.compile(r"[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][\w’'-]+(?:\s[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][\w.’'-]*){1,2}")
_NO_PERSON = re.compile(r"(?i:news|times|agency|media|press|новост|жаңалық|kazakhstan|казахстан|қазақстан|read|share|photo|фото)|[.](?:kz|com|kg|uz)\b")


def _person(text: str) -> bool:
    if any(word in words.SHARE or word in words.NAV or word in words.SECTIONS for word in text.lower().split()):
        return False
    known = text.lower() in words.ORGANISATIONS
    return not known and _PERSON.fullmatch(text) is not None and _NO_PERSON.search(text) is None


def _authors(found: Found, lines: Sequence[Line], frame: Frame, before: Sequence[Line], between: Sequence[Line]) -> None:
    for line in (*before, *lines[frame.last + 1 : frame.stop]):
        name = line.value if line.kind is Kind.AUTHOR else line.meta.author if line.meta and line.kind is Kind.META else None
        if name:
            found.authors = tuple(part for part in (piece.strip(" .") for piece in re.split(r",| and | и | және ", name)) if part)
            found.note("authors", line)
            return
    for line in between:
        if line.meta and line.kind is Kind.META:
            for other in line.meta.others:
                if _person(other):
                    found.authors = (other,)
                    found.note("authors", line)
                    return
    if line := _signature(lines, frame):
        found.authors = (_name_alone(line.text),)
        found.note("authors", line)


_ROLES = ("автор", "author", "корреспондент", "correspondent", "тілші", "журналист", "journalist", "reporter", "репортёр", "собкор")


def _name_alone(text: str) -> str:
    """The name of a line without the role after it (`Aruzhan Bekova Author`)."""
    name = text.strip(" .,")
    front, _, last = name.rpartition(" ")
    return front if front and last.lower() in _ROLES else name


def _signature(lines: Sequence[Line], frame: Frame) -> Line | None:
    """A person's name alone on a line: beside a role, beside the date before the text, or right under the text."""
    names = [
        at
        for at in range(frame.last + 1, min(frame.stop, len(lines)))
        if lines[at].kind is Kind.TEXT and not lines[at].value and _person(_name_alone(lines[at].text))
    ]
    for at in names:
        beside = [lines[at + step] for step in (-1, 1) if frame.last < at + step < len(lines)]
        if _name_alone(lines[at].text) != lines[at].text.strip(" .,"):
            return lines[at]
        if any(other.text.lower().startswith(_ROLES) and len(other.text) < 60 for other in beside):
            return lines[at]
        if at < frame.body and any(_moments(other) or (other.meta and other.meta.relative) for other in beside):
            return lines[at]
    under = [at for at in names if frame.end <= at < frame.end + 2 and lines[at - 1].kind is not Kind.END]
    return lines[under[0]] if under else None


# --- rates -----------------------------------------------------------------------------------------------------------


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


def _bare_run(above: Sequence[Line]) -> list[tuple[int, header.Decimal]]:
    """The first run of unlabelled figures, changes between them left out."""
    run: list[tuple[int, header.Decimal]] = []
    for line in above:
        if line.kind is Kind.FIGURE or (line.kind is Kind.META and _is_lone(line.meta)):
            run.extend((line.no, value) for value in header.bare(line.text) or ())
        elif line.kind is Kind.CHANGE or not run:
            continue
        else:
            break
    return run
