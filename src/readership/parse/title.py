"""Which line is the title: printed twice, named by markup or URL, or standing where titles stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from readership.errors import NotAnArticle
from readership.models import Site
from readership.parse import authors, words
from readership.parse.frame import GENERIC, Hints, Layout
from readership.parse.lines import Kind, Line, plain

_TITLE_WITHIN = 400
_HEADINGS = (Kind.TEXT, Kind.PROSE, Kind.META)
# A title that looks like a sentence is looked for before so many paragraphs only.
_TEXT_KEYS = 2
_WORD = re.compile(r"[^\W_]+")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі",
        "a b v g d e e zh z i i k l m n o p r s t u f h c ch sh sh _ y _ e u ya a g k n o u u h i".split(),  # noqa: SIM905
        strict=True,
    )
)
_TRANSLATE = str.maketrans({letter: "" if latin == "_" else latin for letter, latin in _LATIN.items()})
# Spellings of one letter in different systems of transliteration, brought together.
_SLUG_VARIANTS = (
    ("iy", "i"), ("yy", "i"), ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("yu", "u"), ("ju", "u"),
    ("ja", "ya"), ("ia", "ya"), ("q", "k"), ("w", "u"), ("j", "zh"), ("y", "i"),
)  # fmt: skip


def find(lines: Sequence[Line], hints: Hints, site: Site | None, layout: Layout) -> tuple[int, int, bool]:
    """First and last place of the title, and whether more than its looks speaks for it."""
    if layout.credit_first and _begins_with_credit(lines, hints):
        first, last, sure = find(lines[1:], hints, site, GENERIC)
        return first + 1, last + 1, sure
    text = [at for at, line in enumerate(lines[:_TITLE_WITHIN]) if line.kind is Kind.PROSE and len(line.text) > 60]
    if len(text) > 3 and (found := _best_title(lines[: text[3] + 1], hints, site)):
        return found
    if found := _best_title(lines[:_TITLE_WITHIN], hints, site):
        return found
    raise NotAnArticle("No title was found on the page.", "Menus, pictures and empty pages hold no article.")


def _begins_with_credit(lines: Sequence[Line], hints: Hints) -> bool:
    """A few words, then a longer heading set apart, then its date: the first is no title."""
    if len(lines) < 3 or any(line.kind is not Kind.TEXT for line in lines[:2]) or lines[0].key == lines[1].key:
        return False
    credit, heading, dated = lines[:3]
    if hints.slug and _slug_share(credit.text, hints.slug) >= 0.5:
        return False
    short = credit.text.count(" ") <= 3 and len(credit.text) < len(heading.text) <= 100
    return short and heading.gap and dated.meta is not None and bool(dated.meta.dates)


def _best_title(head: Sequence[Line], hints: Hints, site: Site | None) -> tuple[int, int, bool] | None:
    seen, above = _seen(head)
    own = {plain(name) for name in (*site.own_names, site.name)} if site else set()
    best: tuple[float, int] | None = None
    for at, line in enumerate(head):
        if above[at] > 2 and best and best[0] >= 4:
            break
        if (above[at] > _TEXT_KEYS and line.kind is Kind.PROSE) or not _may_be_title(line, own, seen, hints):
            continue
        score = _title_score(head, at, line.key, seen, hints) - 3 * min(above[at], 3)
        if _is_name_above(head, at, own):
            score -= 4
        elif (
            at
            and best
            and best[1] == at - 1
            and not _is_name_above(head, at - 1, own)
            and head[at - 1].kind is Kind.TEXT
        ):
            score -= 2.5  # of two headings in a row the first is the title, the second its deck
        if best is None or score >= best[0]:
            best = (score, at)
    if best is None or best[0] < 0.5:
        return None
    places = [at for at in seen[head[best[1]].key] if at <= best[1] + 30]
    return places[0], _last_repeat(head, places), best[0] >= 6


def _is_name_above(head: Sequence[Line], at: int, own: set[str]) -> bool:
    """An author's name right above a longer heading."""
    line, below = head[at], head[at + 1] if at + 1 < len(head) else None
    heading = below is not None and below.kind is Kind.TEXT and below.text.count(" ") >= 2 and len(below.text) > 15
    return heading and line.kind is Kind.TEXT and line.text.count(" ") <= 4 and authors.is_byline(line.text, own)


def _seen(head: Sequence[Line]) -> tuple[dict[str, list[int]], list[int]]:
    """Where each heading stands (several times when it is printed twice), and how much text is above each line."""
    seen: dict[str, list[int]] = {}
    above: list[int] = []
    text = 0
    for at, line in enumerate(head):
        above.append(text)
        long = line.kind is Kind.PROSE and len(line.text) > 60 and line.tag != "h1"
        if line.kind in _HEADINGS and len(line.text) <= 300 and not (long and text > _TEXT_KEYS):
            seen.setdefault(line.key, []).append(at)
        text += long
    return seen, above


def _last_repeat(head: Sequence[Line], places: Sequence[int]) -> int:
    """The last print of the title before the text begins."""
    last = places[0]
    for at in places[1:]:
        if any(line.kind is Kind.PROSE and len(line.text) > 60 for line in head[last + 1 : at]):
            break
        last = at
    return last


def _may_be_title(line: Line, own: set[str], seen: Mapping[str, list[int]], hints: Hints) -> bool:
    if line.kind not in _HEADINGS or len(line.text) > 300:
        return False
    key = line.key
    if len(key) < 4 or key in own:
        return False
    if line.kind is Kind.TEXT:
        return 2 * sum(map(str.isalpha, key)) >= len(key)
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


def without_site(text: str, site: Site | None) -> str:
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
