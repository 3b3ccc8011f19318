"""One page from bytes to facts and enrichment, and both as the JSON that `readership parse` prints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from readership import parse
from readership.enrich import enrich, topics
from readership.models import Capture, Enrichment, PageFacts, Provenance
from readership.sites import Sites


def read_page(capture: Capture, sites: Sites, own_topics: Path | None = None) -> tuple[PageFacts, Enrichment]:
    """Page facts and what the text says beyond them, with a newsroom's own topics file where there is one.

    Raises:
        NotAnArticle: no article was found on the page.
    """
    facts = parse.read(capture, sites)
    site = sites.named(facts.site) if facts.site else None
    enrichment = enrich(
        facts.title,
        facts.body,
        declared_language=facts.declared_language,
        own_names=(*site.own_names, site.name) if site else (),
        photo_credit=facts.photo_credit,
        authors=facts.authors,
        own_topics=topics.load(own_topics),
    )
    return facts, enrichment


def facts_json(facts: PageFacts, enrichment: Enrichment) -> dict[str, Any]:
    """Facts as plain JSON values; null where not on the page. Countries are sorted ISO 3166-1 alpha-2 codes."""
    return {
        "site": facts.site,
        "url": facts.url,
        "article_key": facts.article_key,
        "language": enrichment.language,
        "section": facts.section,
        "title": facts.title,
        "photo_credit": facts.photo_credit,
        "published": facts.published.local if facts.published else None,
        "views": facts.views,
        "rates": {rate.currency: float(rate.value) for rate in facts.rates},
        "rate_quote_currency": facts.rates[0].quote if facts.rates else None,
        "cited_source": enrichment.cited_source,
        "countries": sorted(mention.country for mention in enrichment.countries),
        "authors": list(facts.authors),
        "updated": facts.updated.local if facts.updated else None,
        "captured_day": facts.captured_day.isoformat() if facts.captured_day else None,
        "layout": facts.layout,
        "body": facts.body,
        "provenance": _provenance(facts.provenance, enrichment),
    }


def _provenance(found: Mapping[str, Provenance], enrichment: Enrichment) -> dict[str, dict[str, str]]:
    shown = {name: {"where": item.where, "text": item.text} for name, item in found.items()}
    if cited := enrichment.cited_source_provenance:
        shown["cited_source"] = {"where": cited.where, "text": cited.text}
    return shown
