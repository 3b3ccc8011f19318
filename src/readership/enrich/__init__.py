"""What the text of an article says beyond its printed fields. Pure: package data only, loaded when first needed."""

from __future__ import annotations

from readership.enrich import authors as author_names
from readership.enrich import countries, organisations, topics
from readership.models import Enrichment, Provenance


def _language(title: str, body: str) -> str | None:
    from readership.enrich import language

    return language.detect(title, body)


def _cited(text: str, own_names: tuple[str, ...]) -> tuple[str | None, Provenance | None]:
    from readership.enrich import cited

    return cited.cited_source(text, own_names) or (None, None)


def enrich(
    title: str,
    body: str,
    *,
    declared_language: str | None = None,
    own_names: tuple[str, ...] = (),
    photo_credit: str | None = None,
    authors: tuple[str, ...] = (),
    dateline: str | None = None,
) -> Enrichment:
    """Language, countries, topics, cited source and canonical names of one article.

    Args:
        title, body: plain text, paragraphs separated by a newline.
        declared_language: used when the text is too short to tell.
        own_names: how the site names itself; never a cited source.
        photo_credit, authors, dateline: as printed.
    """
    language = _language(title, body) or declared_language
    source, provenance = _cited(body, own_names)
    return Enrichment(
        language=language,
        cited_source=source,
        cited_source_provenance=provenance,
        countries=countries.find(title, body, language=language, placed=dateline),
        topics=topics.score(title, body, language=language),
        source_org=organisations.resolve(source),
        credit_org=organisations.resolve(photo_credit),
        authors=author_names.canonical(authors),
    )
