"""The words of the house as frozen dataclasses; DESIGN's vocabulary, and no other words for the same things."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

UNKNOWN_HOST = "unknown"


class Basis(StrEnum):
    """How the moment of a capture is known (`captured_at_basis`).

    `given`: whoever loaded it said so. `warc`: by the date of a crawl's record. `http`: by the exchange itself, an
    answer to our own collector or, in a record without a date, the answer's header `Date`. `printed`: the page tells
    it. `matched-rates`: a day that official rates fit (DEFINITIONS); no moment. `unknown`: nobody knows.
    """

    GIVEN = "given"
    WARC = "warc"
    HTTP = "http"
    PRINTED = "printed"
    MATCHED_RATES = "matched-rates"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Capture:
    """One copy of a page as it was at one moment.

    Attributes:
        body: the bytes as saved, page text or HTML, in any charset.
        origin: where it came from, for people: a path, `archive.zip!member`, `file.warc.gz#record`.
        url: as given or recorded; None when nobody said.
        captured_at: aware, UTC, whole seconds; None when unknown.
        content_type: a declared media type with its charset, when a record says so.
        status: HTTP status of the answer, when a record says so.
    """

    body: bytes
    origin: str
    url: str | None = None
    captured_at: datetime | None = None
    captured_at_basis: Basis = Basis.UNKNOWN
    content_type: str | None = None
    status: int | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value stood.

    Attributes:
        where: `line 9`, `json-ld datePublished`, `og:title`, `meta keywords`, `url`, `site entry`.
        text: what stood there, at most 200 characters.
    """

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Published:
    """A publication moment as printed.

    Attributes:
        local: `2023-05-10T09:02+06:00`; without offset when the zone is unknown; a day alone (`2023-05-10`) when no
            time is printed.
        day: the local day.
        instant: aware, UTC; None for a day alone or an unknown zone.
        precision: what was printed.
        ambiguous: the local time happened twice (clocks went back); `instant` is then the earlier one.
    """

    local: str
    day: date
    instant: datetime | None
    precision: Literal["day", "minute", "second"]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class HeaderRate:
    """A currency figure printed in a page's header, true when the page was captured.

    Attributes:
        currency: ISO 4217 code.
        value: quote-currency units per one unit of `currency`, as printed.
        quote: ISO 4217 code of the quote currency, by the site entry or as all pairs print it; else None.
        labelled: the page named the currency; False when the site entry's order gave it.
        certain: False when the triple is implausible (DEFINITIONS, Rates), so the labels may be wrong.
        position: 1-based place in the header.
    """

    currency: str
    value: Decimal
    quote: str | None
    labelled: bool
    certain: bool
    position: int


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one page says. A fact that is not on the page is None (or empty), never a default.

    Attributes:
        site: the host's site entry (its name), else the registrable host; None without URL and without a sign of it.
        article_key: the id in the URL by the site's key pattern, else the normalised path; None without URL.
        title, section, photo_credit, authors: as printed.
        body: the article's text, paragraphs separated by a newline, without header, title, byline, share lines.
        lead: first paragraph of the body, "" when there is no body.
        layout: name of the layout module that read the page.
        provenance: where each known value stood, by field name (`rates.USD` for a header rate).
    """

    site: str | None
    url: str | None
    article_key: str | None
    title: str
    body: str
    section: str | None = None
    authors: tuple[str, ...] = ()
    photo_credit: str | None = None
    published: Published | None = None
    updated: Published | None = None
    views: int | None = None
    rates: tuple[HeaderRate, ...] = ()
    declared_language: str | None = None
    captured_day: date | None = None
    layout: str = "generic"
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    @property
    def lead(self) -> str:
        """First paragraph of the body."""
        return self.body.split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class CountryMention:
    """A country an article names.

    Attributes:
        country: ISO 3166-1 alpha-2.
        mentions: how many times, title included.
        in_title: named in the title.
        first_position: characters before the first mention in title + newline + body.
        salience: 0..1, 1 for the country the story is most about.
        about: the story is about it, not only naming it.
        words: the words found, in order, without repeats.
    """

    country: str
    mentions: int
    in_title: bool
    first_position: int
    salience: float
    about: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic an article has: slug (IPTC Media Topics or a newsroom's own), score 0..1, the words that led to it."""

    topic: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What the text of an article says beyond its printed fields.

    Attributes:
        language: `en`, `ru`, `kk`, or None when it can't be told.
        cited_source: the outside source that the text names, None for own reporting.
        source_org, credit_org: canonical organisation ids of cited source and photo credit, None when not in the list.
        authors: canonical names, same order as the printed ones.
    """

    language: str | None
    cited_source: str | None = None
    cited_source_provenance: Provenance | None = None
    countries: tuple[CountryMention, ...] = ()
    topics: tuple[TopicScore, ...] = ()
    source_org: str | None = None
    credit_org: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collecting:
    """How a site's pages are found and how gently it is asked: table `collect` of its entry (docs/collect.md).

    Attributes:
        sitemaps, feeds, pages, urls: URLs of sitemaps, of feeds, of section pages, of single articles.
        links: regular expression over path and query of the links of section pages that lead to articles.
        own_site: the newsroom's own, so that requests may be closer than a second apart.
        min_interval_s: seconds between two requests to one host, counted from the end of an answer.
        requests_per_hour: requests in any 60 minutes, all of the site's hosts together.
        allow: `address:port` pairs outside the public network that this site may be read from.
    """

    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    links: str | None = None
    own_site: bool = False
    min_interval_s: float = 1.0
    requests_per_hour: int = 600
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A site entry of sites.toml.

    Attributes:
        name: its canonical host, the value of `site` everywhere (`el.kz`).
        hosts: hosts that are this site, `www.`, `m.` and `amp.` variants understood.
        zone: IANA zone of its printed times.
        home_country: ISO 3166-1 alpha-2, set apart in country figures.
        quote_currency: ISO 4217 code in which its header prints rates; None when it prints none.
        rate_order: currencies of unlabelled header figures, in order; empty when its header labels them.
        week_start: 1 Monday … 7 Sunday.
        languages: languages it publishes in.
        key_pattern: regular expression over the URL's path (and query) whose group `key` is the article key.
        layout: name of its layout module, `generic` when none.
        own_names: how its texts name itself (`El.kz`, `ҚазАқпарат`), so that these are not cited sources.
        fixed_age_hours: publication counts as a reading of 0 up to this many hours before the first reading.
        collect: how it is collected; None when it is not.
    """

    name: str
    hosts: tuple[str, ...]
    zone: str
    home_country: str | None
    quote_currency: str | None
    rate_order: tuple[str, ...]
    week_start: int
    languages: tuple[str, ...]
    key_pattern: str | None
    layout: str
    own_names: tuple[str, ...]
    collect: Collecting | None = None


@dataclass(frozen=True, slots=True)
class OfficialRate:
    """An official rate for a day.

    Attributes:
        source: `NBK`, `ECB` or an import's own name.
        day: the day it is official for.
        currency, quote: `value` quote units buy `quant` units of `currency`.
        change: signed, for the quoted quant; None when the feed has none.
    """

    source: str
    day: date
    currency: str
    quote: str
    value: Decimal
    quant: Decimal
    change: Decimal | None = None

    @property
    def per_unit(self) -> Decimal:
        """Quote units per one unit of the currency."""
        return self.value / self.quant


@dataclass(frozen=True, slots=True)
class Reject:
    """An input, or a row of one, that was not taken: its bytes are in quarantine under `sha256`."""

    origin: str
    reason: str
    hint: str = ""
    sha256: str | None = None
    row: int | None = None
