"""Who wrote it: bylines, signatures and names beside the title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from readership.models import Site
from readership.parse import moments, words
from readership.parse.frame import Found, Frame
from readership.parse.lines import Kind, Line, plain

_UP = "A-ZÀ-ÖØ-ÞĆČĎĐĞİŁŃŐŒŘŚŞŠŤŮŰŹŻŽА-ЯЁӘҒҚҢӨҰҮІҺ"
_PERSON = re.compile(
    rf"[{_UP}][\w’'-]+(?:\s(?:de|da|di|del|van|von|der|den|el|al|bin|оглы|кызы|улы|ұлы|қызы|uly|kyzy)\b)*"
    rf"(?:\s[{_UP}][\w.’'-]*){{1,2}}(?:\s(?:оглы|кызы|улы|ұлы|қызы|uly|kyzy))?"
)
_NO_PERSON = re.compile(
    r"(?i:news|times|agency|media|press|новост|жаңалық|kazakhstan|казахстан|қазақстан|read|share|photo|фото|материал"
    r"|сурет)"
    r"|[.](?:kz|com|kg|uz)\b"
)
_SURNAME = re.compile(
    rf"(?:ов|ев|ёв|ин|ын|ский|цкий|ова|ева|ёва|ина|ына|ская|цкая|енко|чук|швили|ұлы|улы|қызы|кызы|ev|ov|eva|ova|sky|skiy"
    rf"|skaya|uly|kyzy)$|\s[{_UP}]{{3,}}(?:-[{_UP}]{{3,}})?$"
)
_ROLES = (
    "автор", "author", "корреспондент", "correspondent", "тілші", "журналист", "journalist", "reporter", "репортёр",
    "репортер", "собкор", "обозреватель", "редактор", "editor", "шолушы",
)  # fmt: skip
_BETWEEN = re.compile(r"\s*[,;]\s*|\s+(?:and|и|және|мен|пен|бен|&)\s+")
_LABEL = re.compile(r"^(?:by|автор(?:ы|лар)?|author(?:s)?|мақала авторы|text|текст)\b\s*[:|–—]?\s*", re.IGNORECASE)
_PLACE = re.compile(rf"\s+in\s+[{_UP}][\w -]{{1,40}}$")
# "All stories" beside a name leads to the author's page.
_MORE = re.compile(
    r"\s+(?:все (?:материалы|статьи|публикации|записи)|другие (?:материалы|статьи)|ещё|all (?:articles|stories|posts)"
    r"|more (?:articles|stories|from|by)|барлық (?:мақала|материал)|follow|view profile|об авторе"
    r"|about the author)\b.*$",
    re.IGNORECASE,
)


def is_person(text: str) -> bool:
    """A name of two or three words, none of them a section, a menu entry or an organisation."""
    if any(word in words.SHARE or word in words.NAV or word in words.SECTIONS for word in text.lower().split()):
        return False
    return (
        text.lower() not in words.ORGANISATIONS
        and _PERSON.fullmatch(text) is not None
        and _NO_PERSON.search(text) is None
    )


def names(text: str, own: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of a byline, without places, roles and the site's own name (`own`, plain) after them."""
    pieces = [piece for part in _BETWEEN.split(_PLACE.sub("", text)) if (piece := _trimmed(part))]
    return tuple(piece for at, piece in enumerate(pieces) if not at or not _is_addition(piece, own))


def _trimmed(piece: str) -> str:
    """Without the dot that ends a line; an initial keeps its own (`Aida S.`)."""
    piece = piece.strip().lstrip(" .")
    return piece if re.search(r"(?:^|\s)\w\.$", piece) else piece.rstrip(" .")


def _is_addition(piece: str, own: Iterable[str]) -> bool:
    low = piece.lower()
    role = any(word.startswith(_ROLES) for word in low.split())
    return role or low in words.ORGANISATIONS or plain(piece) in own or not piece[0].isupper()


def people(text: str, own: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of a text that holds nothing but people (`By Ann Lee and Tom Fox in Rome`); empty otherwise."""
    text = _MORE.sub("", _LABEL.sub("", " ".join(text.split())))
    found = names(_without_role(text), own)
    return found if 0 < len(found) <= 6 and all(map(is_person, found)) else ()


def read(
    found: Found,
    lines: Sequence[Line],
    frame: Frame,
    before: Sequence[Line],
    between: Sequence[Line],
    site: Site | None,
) -> None:
    """Sets the authors: a labelled byline, a name beside the date, a signature, a name above the title."""
    own = frozenset(plain(name) for name in (site.name, *site.own_names)) if site else frozenset()
    for line, text in _labelled((*before, *lines[frame.last + 1 : frame.stop])):
        _take(found, names(text, own), line)
        return
    for line in between:
        if line.meta and line.kind is Kind.META:
            for other in line.meta.others:
                if is_person(other):
                    _take(found, (other,), line)
                    return
    if signed := _signature(lines, frame, own):
        _take(found, people(signed.text, own), signed)
    elif above := _above_title(found, before, own):
        _take(found, names(above.text, own), above)


def _take(found: Found, people: tuple[str, ...], line: Line) -> None:
    found.authors = people
    found.note("authors", line)


def _labelled(lines: Iterable[Line]) -> Iterable[tuple[Line, str]]:
    for line in lines:
        if line.kind is Kind.AUTHOR:
            yield line, line.value
        elif line.kind is Kind.META and line.meta and line.meta.author:
            yield line, line.meta.author


def _without_role(text: str) -> str:
    """The name of a line without the role after it (`Aruzhan Bekova Author`)."""
    name = text.strip(" ,")
    front, _, last = name.rstrip(".").rpartition(" ")
    return front if front and last.lower() in _ROLES else name


def _signature(lines: Sequence[Line], frame: Frame, own: frozenset[str]) -> Line | None:
    """Names alone on a line: beside a role, beside the date before the text, or right under the text."""
    named = [
        at
        for at in range(frame.last + 1, min(frame.stop, len(lines)))
        if lines[at].kind is Kind.TEXT
        and len(lines[at].text) < 120
        and not lines[at].value
        and people(lines[at].text, own)
    ]
    for at in named:
        text = _MORE.sub("", lines[at].text)
        beside = [lines[at + step] for step in (-1, 1) if frame.last < at + step < len(lines)]
        if text != lines[at].text or _without_role(text) != text.strip(" ,"):
            return lines[at]
        if any(other.text.lower().startswith(_ROLES) and len(other.text) < 60 for other in beside):
            return lines[at]
        if at < frame.body and any(
            moments.printed_in(other) or (other.meta and other.meta.relative) for other in beside
        ):
            return lines[at]
    under = [at for at in named if frame.end <= at < frame.end + 2 and lines[at - 1].kind is not Kind.END]
    return lines[under[0]] if under else None


def _above_title(found: Found, before: Sequence[Line], own: frozenset[str]) -> Line | None:
    """A name set apart above the title: with a surname's ending, or before a role or the site's own name."""
    for line in before:
        if line.kind is not Kind.TEXT or not line.gap or line.text == found.photo_credit:
            continue
        if is_byline(line.text, own):
            return line
    return None


def is_byline(text: str, own: Iterable[str]) -> bool:
    """One person, by a surname's ending or by the role or site's own name (`own`, plain) that follows."""
    if len(text) > 80:
        return False
    found = names(text, own)
    return len(found) == 1 and is_person(found[0]) and bool(_SURNAME.search(found[0]) or found[0] != text.strip(" ."))
