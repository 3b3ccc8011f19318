"""What the text of an article says beyond its printed fields. Pure: package data only, loaded when first needed."""

from __future__ import annotations

from readership.enrich import authors as author_names
from readership.enrich import cited, countries, organisations, topics
from readership.enrich import language as languages
from readership.models import Enrichment


def enrich(
    title: str,
    body: str,
    *,
    declared_language: str | None = None,
    own_names: tuple[str, ...] = (),
    photo_credit: str | None = None,
    authors: tuple[str, ...] = (),
    dateline: str | None = None,
    own_topics: topics.Topics | None = None,
) -> Enrichment:
    """Language, countries, topics, cited source and canonical names of one article.

    Args:
        title, body: plain text, paragraphs separated by a newline.
        declared_language: used when the text is too short to tell; never against what the text says.
        own_names: how the site names itself; never a cited source, and a photo credited to one of them is its own.
        photo_credit, authors, dateline: as printed.
        own_topics: `topics.load(file)` of a newsroom's own topics; the package's when None.
    """
    language = languages.detect(title, body, declared_language)
    source, provenance = cited.cited_source(body, own_names) or (None, None)
    return Enrichment(
        language=language,
        cited_source=source,
        cited_source_provenance=provenance,
        countries=countries.find(title, body, language=language, placed=dateline),
        topics=(own_topics or topics.load()).score(title, body, language=language),
        source_org=organisations.resolve(source),
        credit_org=organisations.credited(photo_credit, own_names),
        authors=author_names.canonical(authors),
    )
