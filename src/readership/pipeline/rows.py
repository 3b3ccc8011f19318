"""From what a page or a table says to the facts the store keeps."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from readership.enrich import enrich, topics
from readership.models import Capture, Enrichment, OfficialRate, PageFacts, Published, Reject
from readership.parse import dates
from readership.sites import Sites
from readership.sources import TableInput
from readership.store.ids import article_id, fingerprint

PUBLIC = "public"
"""Meter of the counter printed on pages."""
UNKNOWN_SITE = "unknown"
"""Site of pages that came without a URL and without a sign of where they are from."""
GONE = (404, 410)
"""Answers that say an article is not there any more."""
SAYS_REMOVED = 410
"""Status that a saved deletion notice is kept with (layout `notice`): it says in words what 410 says in HTTP."""
_LARGEST_RATE = Decimal(10) ** 11

MOST_VIEWS = 10**10
"""No article has had more; beyond it whole views over decades would not fit 64 bits."""
TOO_HIGH = f"The counter is above {MOST_VIEWS:,}, more than any article has had"
TOO_HIGH_HINT = "It was left out; everything else was taken."

Rows = dict[str, list[dict[str, Any]]]
"""Rows by fact table, in the columns of store/schemas.py."""


def new_rows() -> Rows:
    """No rows yet."""
    return defaultdict(list)


def naive(moment: datetime | None) -> datetime | None:
    """An aware instant as the store keeps it: naive UTC, whole seconds."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0) if moment else None


def add_page(rows: Rows, capture: Capture, facts: PageFacts, enrichment: Enrichment) -> bool:
    """Adds the facts of one page: article, revision, mentions, capture, observation, header rates.

    Returns False when the counter was left out because no article can have had so many views.
    """
    site = facts.site or UNKNOWN_SITE
    key = facts.article_key or keyless(facts)
    article = article_id(site, key)
    revision = _add_article(rows, article, site, key, facts, enrichment)
    moment = naive(capture.captured_at)
    copy = fingerprint(article, moment, capture.sha256)
    rows["capture"].append({
        "capture": copy, "article": article, "revision": revision, "url": facts.url, "captured_at": moment,
        "captured_at_basis": str(capture.captured_at_basis), "content_sha256": capture.sha256,
        "bytes": len(capture.body), "origin": capture.origin, "status": capture.status, "layout": facts.layout,
    })  # fmt: skip
    if facts.views is not None and facts.views <= MOST_VIEWS:
        rows["observation"].append(
            {"article": article, "meter": PUBLIC, "observed_at": moment, "views": facts.views, "capture": copy}
        )
    for rate in facts.rates:
        if rate.value < _LARGEST_RATE:
            rows["header_rate"].append({
                "capture": copy, "site": site, "captured_at": moment,
                "captured_at_basis": str(capture.captured_at_basis), "currency": rate.currency,
                "value": round(rate.value, 6), "quote": rate.quote, "labelled": rate.labelled, "certain": rate.certain,
                "position": rate.position,
            })  # fmt: skip
    return facts.views is None or facts.views <= MOST_VIEWS


def keyless(facts: PageFacts) -> str:
    """Key of an article whose URL nobody knows: made from title and publication, so that its copies meet."""
    return "text-" + fingerprint(facts.title, facts.published and facts.published.local)[:16]


def add_gone(rows: Rows, capture: Capture, site: str, key: str, layout: str | None = None) -> None:
    """Adds an answer that says the article is gone: a capture without a revision.

    It makes no article: one that was never seen can't vanish, and should it come later, the capture is there.
    """
    article = article_id(site, key)
    moment = naive(capture.captured_at)
    rows["capture"].append({
        "capture": fingerprint(article, moment, capture.sha256), "article": article, "url": capture.url,
        "captured_at": moment, "captured_at_basis": str(capture.captured_at_basis), "content_sha256": capture.sha256,
        "bytes": len(capture.body), "origin": capture.origin, "status": capture.status, "layout": layout,
    })  # fmt: skip


def _add_article(rows: Rows, article: int, site: str, key: str, facts: PageFacts, enrichment: Enrichment) -> str:
    published = facts.published
    body_sha256 = fingerprint(facts.body)
    local = published.local if published else None
    revision = fingerprint(
        facts.url, facts.section, facts.title, body_sha256, facts.photo_credit, local, "|".join(facts.authors)
    )
    rows["article"].append({"article": article, "site": site, "article_key": key})
    rows["article_revision"].append({
        "article": article, "revision": revision, "url": facts.url, "language": enrichment.language,
        "section": facts.section, "title": facts.title, "lead": facts.lead, "body": facts.body,
        "body_sha256": body_sha256, "photo_credit": facts.photo_credit, "credit_org": enrichment.credit_org,
        "cited_source": enrichment.cited_source, "source_org": enrichment.source_org,
        "published_at": naive(published.instant) if published else None,
        "published_day": published.day if published else None, "published_local": local,
        "published_precision": published.precision if published else None,
        "published_ambiguous": published.ambiguous if published else None,
        "provenance": provenance_json(facts, enrichment),
    })  # fmt: skip
    add_mentions(rows, article, revision, facts.authors, enrichment)
    return revision


def add_mentions(rows: Rows, article: int, revision: str, printed: tuple[str, ...], enrichment: Enrichment) -> None:
    """Adds the authors, topics and countries of one text."""
    this = {"article": article, "revision": revision}
    names = enrichment.authors or printed
    for ordinal, author in enumerate(names, 1):
        as_printed = printed[ordinal - 1] if len(printed) == len(names) else author
        rows["article_author"].append({**this, "author": author, "printed": as_printed, "ordinal": ordinal})
    for topic in enrichment.topics:
        rows["article_topic"].append(
            {**this, "topic": topic.topic, "score": topic.score, "words": ", ".join(topic.words)}
        )
    for mention in enrichment.countries:
        rows["article_country"].append({
            **this, "country": mention.country, "mentions": mention.mentions, "in_title": mention.in_title,
            "first_position": mention.first_position, "salience": mention.salience, "about": mention.about,
            "words": ", ".join(mention.words),
        })  # fmt: skip


def provenance_json(facts: PageFacts, enrichment: Enrichment) -> str:
    """Where each value stood, as a JSON object by field."""
    found = dict(facts.provenance)
    if enrichment.cited_source_provenance:
        found["cited_source"] = enrichment.cited_source_provenance
    return json.dumps({name: {"where": at.where, "text": at.text} for name, at in found.items()}, ensure_ascii=False)


def add_rejects(rows: Rows, rejects: Iterable[Reject]) -> None:
    """Adds what was not taken."""
    rows["reject"].extend(
        {"origin": r.origin, "row_number": r.row, "reason": r.reason, "hint": r.hint, "sha256": r.sha256}
        for r in rejects
    )


def add_official(rows: Rows, rates: Iterable[OfficialRate]) -> None:
    """Adds official rates."""
    rows["official_rate"].extend({
        "source": rate.source, "day": rate.day, "currency": rate.currency, "quote": rate.quote,
        "value": round(rate.value, 6), "quant": round(rate.quant, 6),
        "change": None if rate.change is None else round(rate.change, 6),
    } for rate in rates)  # fmt: skip


# -- tables ---
def add_article_rows(
    rows: Rows, batch: pa.RecordBatch, table: TableInput, sites: Sites, own_topics: Path | None = None
) -> list[Reject]:
    """Adds articles of a table; rows that name no article come back as rejects."""
    rejects: list[Reject] = []
    for row in batch.to_pylist():
        facts = _facts_of_row(row, sites)
        if isinstance(facts, str):
            rejects.append(Reject(table.origin, facts, "Correct the row and ingest the table again.", row=row["row"]))
            continue
        known = sites.named(facts.site or "")
        enrichment = enrich(
            facts.title, facts.body, declared_language=row["language"], own_names=known.own_names if known else (),
            own_topics=topics.load(own_topics),
        )  # fmt: skip
        article = article_id(facts.site or UNKNOWN_SITE, facts.article_key or "")
        revision = _add_article(rows, article, facts.site or UNKNOWN_SITE, facts.article_key or "", facts, enrichment)
        rows["capture"].append({
            "capture": fingerprint(article, revision, "table"), "article": article, "revision": revision,
            "url": facts.url, "captured_at_basis": "unknown", "content_sha256": revision, "bytes": 0,
            "origin": f"{table.origin} row {row['row']}", "layout": "table",
        })  # fmt: skip
    return rejects


def _facts_of_row(row: Mapping[str, Any], sites: Sites) -> PageFacts | str:
    """A table's row as facts, or the reason why it is none."""
    site, key = row["site"], row["article_key"]
    if not (site and key):
        if not row["url"]:
            return "The row names neither site and key nor a URL"
        site, key = sites.key(row["url"])
    if not row["title"]:
        return "The row has no title"
    known = sites.named(site)
    published: Published | None = None
    if row["published_at"]:
        printed = dates.iso(row["published_at"])
        published = dates.published(printed, known.zone if known else None) if printed else None
        if published is None:
            return f"The publication is no RFC 3339 time or day: “{row['published_at'][:40]}”"
    return PageFacts(
        site=site, url=row["url"], article_key=key, title=row["title"], body=row["body"] or "",
        section=row["section"], published=published, declared_language=row["language"], layout="table",
    )  # fmt: skip


def article_ids(batch: pa.RecordBatch | pa.Table) -> tuple[pa.Array, pa.Table]:
    """Ids of a batch's (site, article_key) pairs, row by row, and the distinct articles as rows of `article`."""
    site, key = pc.cast(batch.column("site"), pa.string()), pc.cast(batch.column("article_key"), pa.string())
    if isinstance(site, pa.ChunkedArray):
        site, key = site.combine_chunks(), key.combine_chunks()
    joined = pc.binary_join_element_wise(site, key, "\0").dictionary_encode()
    pairs = [text.split("\0", 1) for text in joined.dictionary.to_pylist()]
    ids = pa.array([article_id(*pair) for pair in pairs], pa.int64())
    distinct = pa.table({
        "article": ids,
        "site": pa.array([pair[0] for pair in pairs], pa.string()),
        "article_key": pa.array([pair[1] for pair in pairs], pa.string()),
    })  # fmt: skip
    return pc.take(ids, joined.indices), distinct


def counter_rows(batch: pa.RecordBatch, meter: str) -> tuple[pa.Table, pa.Table]:
    """Observations of a batch of counters, and its distinct articles.

    A reading without a moment has no capture to be told by: one a number of views is kept, in whatever table it comes.
    """
    ids, distinct = article_ids(batch)
    moments = pc.cast(pc.cast(batch.column("observed_at"), pa.timestamp("us", "UTC")), pa.timestamp("us"), safe=False)
    unknown = pc.is_null(moments)
    marks = pc.if_else(
        unknown, pc.binary_join_element_wise("table", pc.cast(batch.column("views"), pa.string()), "#"), None
    )
    observations = pa.table({
        "article": ids,
        "meter": pa.array([meter] * len(ids), pa.string()) if len(ids) < 2 else pa.repeat(meter, len(ids)),
        "observed_at": moments,
        "views": batch.column("views"),
        "capture": pc.cast(marks, pa.string()),
    })  # fmt: skip
    return observations, distinct


def gain_rows(batch: pa.RecordBatch, sites: Sites) -> tuple[pa.Table, pa.Table]:
    """Gains of a batch of views per day (the day in its site's zone), and its distinct articles."""
    ids, distinct = article_ids(batch)
    names, days = batch.column("site").to_pylist(), batch.column("day").to_pylist()
    spans = [_day_span(_zone_of(name, sites), day) for name, day in zip(names, days, strict=True)]
    gains = pa.table({
        "article": ids,
        "meter": pc.cast(batch.column("meter"), pa.string()),
        "from_at": pa.array([span[0] for span in spans], pa.timestamp("us")),
        "to_at": pa.array([span[1] for span in spans], pa.timestamp("us")),
        "views": batch.column("views"),
    })  # fmt: skip
    return gains, distinct


def summed_gains(parts: list[pa.Table]) -> pa.Table:
    """One row an article, meter and day: variants of a URL and further dimensions of an export repeat days."""
    keys = ["article", "meter", "from_at", "to_at"]
    summed = pa.concat_tables(parts).group_by(keys).aggregate([("views", "sum")])
    return summed.rename_columns([*keys, "views"])


def _zone_of(site: str, sites: Sites) -> str:
    known = sites.named(site)
    return known.zone if known else "UTC"


@lru_cache(100_000)
def _day_span(zone: str, day: date) -> tuple[datetime, datetime]:
    """Start and end of a local day, naive UTC."""
    tz = ZoneInfo(zone)
    start = datetime(day.year, day.month, day.day, tzinfo=tz)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=tz)
    return start.astimezone(UTC).replace(tzinfo=None), end.astimezone(UTC).replace(tzinfo=None)
