"""From the text of a page, with or without markup, to page facts."""

from __future__ import annotations

import re
from dataclasses import replace

from readership.errors import NotAnArticle
from readership.models import PageFacts, Provenance, Site
from readership.parse import generic, layouts, sign, title
from readership.parse.frame import GENERIC, Found, Hints, Layout
from readership.parse.lines import plain, read_lines
from readership.sites import Sites, registrable

_SPACES = str.maketrans(
    dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad")
)
_ANYTHING_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\x85\u00a0\u00ad\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_FIRST_LINES = 240


def normalise(text: str) -> str:
    """Plain line ends and spaces, no control characters; the number of lines stays."""
    if not _ANYTHING_ODD.search(text):
        return text
    return _CONTROL.sub("", _BREAKS.sub("\n", text).translate(_SPACES))


def read_text(text: str, url: str | None, sites: Sites) -> PageFacts:
    """Facts of a page text."""
    site = sites.of_url(url) if url else None
    layout = layouts.named(site.layout) if site else GENERIC
    text = normalise(text)
    found = read_article(text, None, hints_of(url), site, layout)
    if not url and (signed := sign.of_text(found.body, text, sites)):
        return _read_signed(text, found, *signed, sites)
    return facts(found, url, site, sites, layout.name)


def _read_signed(text: str, found: Found, site: Site, phrase: Provenance, sites: Sites) -> PageFacts:
    """Facts of a page without URL whose text names its site: zone, own names and rate order are then known."""
    layout = layouts.named(site.layout)
    try:
        again = read_article(text, None, hints_of(None), site, layout)
    except NotAnArticle:
        return facts(found, None, None, sites, GENERIC.name)
    again.provenance["site"] = phrase
    return replace(facts(again, None, site, sites, layout.name), site=site.name)


def read_article(text: str, tags: dict[int, str] | None, hints: Hints, site: Site | None, layout: Layout) -> Found:
    """Facts from lines; lines far below the article's end are not looked at."""
    lines = read_lines(text, tags, _FIRST_LINES)
    if not lines:
        raise NotAnArticle(
            "The page shows no text.", "It may be empty or drawn by scripts; save it as a browser shows it."
        )
    try:
        found = generic.read(lines, hints, site, layout)
        if found.whole or len(lines) < _FIRST_LINES:
            return found
    except NotAnArticle:
        if len(lines) < _FIRST_LINES:
            raise
    return generic.read(read_lines(text, tags), hints, site, layout)


def hints_of(url: str | None, titles: frozenset[str] = frozenset()) -> Hints:
    """What the URL says of the title."""
    if not url:
        return Hints(titles)
    host = registrable(url.split("//", 1)[-1].split("/", 1)[0]).rsplit(".", 1)[0]
    steps = [step for step in url[:2000].split("?", 1)[0].split("/")[3:] if step and step != "amp"]
    step = max(steps, key=len, default="")
    return Hints(titles, title.slug_words(step), plain(host) if len(host) >= 3 else "")


def facts(
    found: Found, url: str | None, site: Site | None, sites: Sites, layout: str, declared: str | None = None
) -> PageFacts:
    """Page facts of what was found, with site and key of the URL."""
    name, key = sites.key(url) if url else (None, None)
    where = found.provenance
    if url:
        where["site"] = where["article_key"] = where["url"] = Provenance("url", url[:200])
    if site and found.published and found.published.instant:
        where["published.zone"] = Provenance("site entry", site.zone)
    return PageFacts(
        site=name,
        url=url,
        article_key=key,
        title=found.title,
        body=found.body,
        section=found.section,
        authors=found.authors,
        photo_credit=found.photo_credit,
        published=found.published,
        updated=found.updated,
        views=found.views,
        rates=found.rates,
        declared_language=declared,
        captured_day=found.captured_day,
        layout=layout,
        provenance=where,
    )
