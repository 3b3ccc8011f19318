"""Where the article's text is, and what of it is header, caption, pointer to other articles or tail."""

from __future__ import annotations

from collections.abc import Sequence

from readership.errors import NotAnArticle, Removed
from readership.parse import authors, words
from readership.parse.frame import Found, Frame
from readership.parse.lines import Kind, Line

# So many short lines in a row, none of them a sentence, are links to elsewhere.
_LINKS = 25


def find(lines: Sequence[Line], first: int, last: int) -> tuple[Frame, list[Line]]:
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
            if line.text.count(" ") >= 6 and not _teaser(lines, at) and not authors.people(line.text):
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


_REMOVED = (
    "404", "410", "page not found", "not found", "страница не найдена", "страница не существует", "материал удален",
    "материал удалён", "бет табылмады", "парақша табылмады",
)  # fmt: skip
"""Titles by which a saved page says that the article is not (or no longer) there."""
_REMOVED_STARTS = ("404 ", "error 404", "ошибка 404", "410 gone", "қате 404")


def refuse(lines: Sequence[Line], found: Found, paragraphs: Sequence[Line], sure: bool) -> None:
    low = found.title.lower().strip(" .!:")
    if low in _REMOVED or low.startswith(_REMOVED_STARTS):
        raise Removed("The page says that the article is not there any more.", "With its URL it marks it as vanished.")
    if low in words.ERROR_PAGES or low.startswith(("403 ", "500 ", "502 ", "503 ")):
        raise NotAnArticle("The page is an error page, not an article.")
    if not paragraphs:
        dated = any(line.meta and line.meta.dates for line in lines)
        if not (sure and dated):
            raise NotAnArticle(
                "No text of an article was found on the page.", "It looks like a menu or a list of headlines."
            )
    size = sum(len(line.text) for line in paragraphs)
    if size < 300 and any(any(word in line.text.lower() for word in words.LOGIN) for line in lines[:200]):
        raise NotAnArticle("The page asks to log in.", "Save it again as a reader who may see it.")
