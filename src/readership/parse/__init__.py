"""What one page says: page text or HTML in, page facts out. Pure: no clock, no network, no files."""

from __future__ import annotations

import re

from readership.errors import NotAnArticle
from readership.models import Capture, PageFacts, Provenance, Site
from readership.parse import charset, generic, layouts
from readership.parse.lines import read_lines
from readership.sites import Sites, registrable

__all__ = ["NotAnArticle", "read"]

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ") | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_ANYTHING_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u00a0\u00ad\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MARKUP = re.compile(r"<(?:!doctype html|html|head|body|article|div|meta|script|p|h1|span|main|section)\b", re.IGNORECASE)
_FIRST_LINES = 240
_MAX_BYTES = 64 * 1024 * 1024


def read(capture: Capture, sites: Sites) -> PageFacts:
    """Facts of a captured page.

    Raises:
        NotAnArticle: with a reason; never anything else.
    """
    if len(capture.body) > _MAX_BYTES:
        raise NotAnArticle("The page is too large to read.")
    text = charset.decode(capture.body, capture.content_type)
    if is_html(text, capture.content_type):
        from readership.parse import html

        return html.read(text, capture.url, sites)
    return read_text(text, capture.url, sites)


def is_html(text: str, content_type: str | None) -> bool:
    """Markup, by its first characters; the declared type only settles doubt."""
    start = text[:4096].lstrip()
    low = start[:200].lower()
    if low.startswith(("<!doctype html", "<html", "<head", "<body")):
        return True
    marks = len(_MARKUP.findall(start))
    if content_type and "html" in content_type.lower():
        return marks >= 1
    return start.startswith("<") and marks >= 2


def normalise(text: str) -> str:
    """Plain line ends and spaces, no control characters; the number of lines stays."""
    if not _ANYTHING_ODD.search(text):
        return text
    return _CONTROL.sub("", _BREAKS.sub("\n", text).translate(_SPACES))


def read_text(text: str, url: str | None, sites: Sites) -> PageFacts:
    """Facts of a page text."""
    site = sites.of_url(url) if url else None
    layout = layouts.named(site.layout) if site else layouts.GENERIC
    found = read_article(normalise(text), None, hints_of(url), site, layout)
    return facts(found, url, site, sites, layout.name)


def read_article(text: str, tags: dict[int, str] | None, hints: generic.Hints, site: Site | None, layout: generic.Layout) -> generic.Found:
    """Facts from lines; lines far below the article's end are not looked at."""
    lines = read_lines(text, tags, _FIRST_LINES)
    if not lines:
        raise NotAnArticle("The page shows no text.", "It may be empty or drawn by scripts; save it as a browser shows it.")
    try:
        found = generic.read(lines, hints, site, layout)
        if found.whole or len(lines) < _FIRST_LINES:
            return found
    except NotAnArticle:
        if len(lines) < _FIRST_LINES:
            raise
    return generic.read(read_lines(text, tags), hints, site, layout)


def hints_of(url: str | None, titles: frozenset[str] = frozenset()) -> generic.Hints:
    """What the URL says of the title."""
    if not url:
        return generic.Hints(titles)
    host = registrable(url.split("//", 1)[-1].split("/", 1)[0]).rsplit(".", 1)[0]
    steps = [step for step in url[:2000].split("?", 1)[0].split("/")[3:] if step and step != "amp"]
    step = max(steps, key=len, default="")
    return generic.Hints(titles, generic.slug_words(step), generic.plain(host) if len(host) >= 3 else "")


def facts(found: generic.Found, url: str | None, site: Site | None, sites: Sites, layout: str, declared: str | None = None) -> PageFacts:
    """Page facts of what was found, with site and key of the URL."""
    name, key = sites.key(url) if url else (None, None)
    where = found.provenance
    if url:
        where["site"] = where["article_key"] = where["url"] = Provenance("url", url[:200])
    if site and found.published and found.published.instant:
        where["published.zone"] = Provenance("site entry", site.zone)
    return PageFacts(
        site=name, url=url, article_key=key, title=found.title, body=found.body, section=found.section, authors=found.authors,
        photo_credit=found.photo_credit, published=found.published, updated=found.updated, views=found.views, rates=found.rates,
        declared_language=declared, captured_day=found.captured_day, layout=layout, provenance=where,
    )  # fmt: skip
