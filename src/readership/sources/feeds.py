"""Where a site says what it has: sitemaps (also of news, and indexes), RSS, Atom, JSON Feed, section pages."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from selectolax.lexbor import LexborHTMLParser

from readership.errors import InputRefused

LARGEST = 30_000_000
"""Bytes of a document, inflated."""
MOST_LINKS = 50_000
"""Links read from one document (the bound of sitemaps.org)."""
_DEEPEST = 40
_MAX_TEXT = 4_000
_PART = 1 << 16
_ITEMS = frozenset({"url", "sitemap", "item", "entry"})
_ROOTS = frozenset({"urlset", "sitemapindex", "rss", "rdf", "feed"})
_FIELDS = frozenset({"loc", "link", "guid", "publication_date", "lastmod", "pubdate", "published", "updated", "date"})


@dataclass(frozen=True, slots=True)
class Link:
    """One page (or sitemap) that a document names; the moments are aware, UTC, None when not said."""

    url: str
    published: datetime | None = None
    modified: datetime | None = None


@dataclass(slots=True)
class Found:
    """What a document names.

    Attributes:
        form: `sitemap`, `news` (a sitemap that dates its articles), `index`, `feed` or `page`.
        pages: articles it lists.
        sitemaps: further sitemaps, when it is an index.
    """

    form: str
    pages: list[Link] = field(default_factory=list)
    sitemaps: list[Link] = field(default_factory=list)


def read(body: bytes, url: str, *, pattern: re.Pattern[str] | None = None) -> Found:
    """Links of a document of any of the kinds; which one, its bytes say.

    Args:
        url: where it was read, for links relative to it.
        pattern: which links of a section page lead to articles, searched in path and query.

    Raises:
        InputRefused: no such document, with entities, too deep, or too large inflated.
    """
    body = _inflated(body)
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _json(body, url)
    if pattern is not None:
        return _page(body, url, pattern)
    if start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _xml(body, url)
    return _lines(body, url)


def _inflated(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflater = zlib.decompressobj(31)
    try:
        data = inflater.decompress(body, LARGEST + 1)
    except zlib.error:
        raise InputRefused("The gzip file is damaged.") from None
    if len(data) > LARGEST:
        raise InputRefused(f"It inflates to more than {LARGEST // 1_000_000} MB.")
    if not inflater.eof:
        raise InputRefused("The gzip file is cut short.")
    return data


# -- XML -------------------------------------------------------------------------------------------------------------
class _Target:
    """Takes a document's elements one by one; no tree is built, so depth and size cost nothing."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.form = ""
        self.found = Found("feed")
        self._depth = 0
        self._item: dict[str, str] | None = None
        self._item_depth = 0
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        name = tag.rpartition("}")[2].lower()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputRefused(f"Its elements are more than {_DEEPEST} deep.")
        if self._depth == 1:
            if name not in _ROOTS:
                raise InputRefused(f"It is no sitemap and no feed, but “{name[:40]}”.")
            self.form = name
        elif self._item is None and name in _ITEMS:
            self._item, self._item_depth = {}, self._depth
        elif self._item is not None and name in _FIELDS:
            self._field(name, attributes)

    def _field(self, name: str, attributes: dict[str, str]) -> None:
        assert self._item is not None
        self._text = []
        if name == "link" and "href" in attributes and attributes.get("rel", "alternate") == "alternate":
            self._item.setdefault("link", attributes["href"])
        if name == "guid" and attributes.get("isPermaLink", "true").lower() != "true":
            self._text = None

    def data(self, text: str) -> None:
        """Text inside an element."""
        if self._text is not None and len(self._text) < _MAX_TEXT:
            self._text.append(text[:_MAX_TEXT])

    def end(self, tag: str) -> None:
        """An element closes."""
        name = tag.rpartition("}")[2].lower()
        if self._item is not None and self._text is not None and name in _FIELDS:
            text = "".join(self._text).strip()
            # An image's loc stands deeper than the page's own.
            if text and (name not in ("loc", "link") or self._depth == self._item_depth + 1):
                self._item.setdefault(name, text[:_MAX_TEXT])
            self._text = None
        if self._item is not None and self._depth == self._item_depth:
            self._take(name, self._item)
            self._item = None
        self._depth -= 1

    def _take(self, name: str, item: dict[str, str]) -> None:
        url = item.get("loc") or item.get("link") or item.get("guid")
        kept = self.found.sitemaps if name == "sitemap" else self.found.pages
        if url and len(kept) < MOST_LINKS and (link := _link(self.base, url, item)):
            kept.append(link)

    def close(self) -> Found:
        """The document's end."""
        dated = any(link.published for link in self.found.pages)
        self.found.form = {"urlset": "news" if dated else "sitemap", "sitemapindex": "index"}.get(self.form, "feed")
        return self.found


def _link(base: str, url: str, item: dict[str, str]) -> Link | None:
    whole = _absolute(base, url)
    published = item.get("publication_date") or item.get("pubdate") or item.get("published") or item.get("date")
    modified = item.get("lastmod") or item.get("updated")
    return Link(whole, moment(published), moment(modified)) if whole else None


def _absolute(base: str, url: str) -> str | None:
    """The URL seen from the document, None when it is none of http."""
    try:
        whole = urljoin(base, url.strip())
        return whole if urlsplit(whole).scheme in ("http", "https") else None
    except ValueError:
        return None


def _xml(body: bytes, base: str) -> Found:
    parser: Any = DefusedXMLParser(target=_Target(base), forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        for at in range(0, len(body), _PART):
            parser.feed(body[at : at + _PART])
        found = parser.close()
    except DefusedXmlException:
        raise InputRefused("It declares entities, which no sitemap or feed needs.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise InputRefused(f"It is no well-formed XML: {str(error)[:100]}.") from None
    assert isinstance(found, Found)
    return found


def moment(text: str | None) -> datetime | None:
    """A moment of a feed (RFC 3339, W3C date-time, RFC 5322), aware, UTC; None for a day alone or no offset."""
    if not text or len(text) > 64:
        return None
    try:
        found = datetime.fromisoformat(text.strip()) if text[:4].isdigit() else parsedate_to_datetime(text)
        return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else None
    except (ValueError, OverflowError, TypeError):
        return None


# -- JSON Feed, plain lists, section pages ---------------------------------------------------------------------------
def _json(body: bytes, base: str) -> Found:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        raise InputRefused("It is no well-formed JSON.") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise InputRefused("It is no JSON Feed: it has no list “items”.")
    found = Found("feed")
    for item in items[:MOST_LINKS]:
        texts = {k: v for k, v in item.items() if isinstance(v, str)} if isinstance(item, dict) else {}
        url = texts.get("url") or texts.get("external_url")
        dates = {"published": texts.get("date_published", ""), "updated": texts.get("date_modified", "")}
        if url and (link := _link(base, url, dates)):
            found.pages.append(link)
    return found


def _lines(body: bytes, base: str) -> Found:
    """A sitemap as plain text: one URL a line (sitemaps.org)."""
    lines = body.decode("utf-8", "replace").split("\n")[:MOST_LINKS]
    pages = [Link(line.strip()) for line in lines if line.strip().startswith(("http://", "https://"))]
    if not pages:
        raise InputRefused("It is no sitemap and no feed.")
    return Found("sitemap", pages)


def _page(body: bytes, base: str, pattern: re.Pattern[str]) -> Found:
    found = Found("page")
    urls: dict[str, None] = {}
    for href in _hrefs(body):
        whole = _absolute(base, href)
        if whole and whole not in urls and _fits(whole, pattern):
            urls[whole] = None
            if len(urls) >= MOST_LINKS:
                break
    found.pages = [Link(url) for url in urls]
    return found


def _hrefs(body: bytes) -> Iterator[str]:
    tree = LexborHTMLParser(body)
    for node in tree.css("a[href]"):
        if href := node.attributes.get("href"):
            yield href


def _fits(url: str, pattern: re.Pattern[str]) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return bool(pattern.search(where[:300]))
