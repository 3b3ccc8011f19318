"""Names of topics, countries and organisations in a language; what has none there is named as it is kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from readership.enrich import tables, topics
from readership.errors import UsageError
from readership.i18n import LANGUAGES, Language

UNDER = " › "
"""Between the name of a topic and that of one below it."""


def named(dimension: str, value: str, language: Language, own_topics: Path | None) -> str:
    """A value of a dimension (`topic`, `country`, `source` …) in the language.

    Args:
        own_topics: the newsroom's own topics, over the shipped ones.
    """
    if dimension == "language":
        return language.language_name(value)
    if dimension == "country":
        return language.country(value)
    if dimension == "topic":
        return UNDER.join(known_topics(own_topics).name(one, language.code) for one in lineage(value))
    if dimension == "subtopic":
        return known_topics(own_topics).name(value, language.code)
    if dimension in ("source", "credit"):
        return organisations().get(value, {}).get(language.code) or value
    return value


def lineage(slug: str) -> list[str]:
    """A topic after the one above it, when it is of the second level (`sport/football`); else itself alone."""
    above = parent(slug)
    return [above, slug] if above else [slug]


def parent(slug: str) -> str | None:
    """The top-level topic that one of the second level stands under; None of others."""
    return slug.partition("/")[0] if topics.level(slug) > 1 else None


def known_topics(own: Path | None) -> topics.Topics:
    """The newsroom's topics; the package's while its file can't be read (an ingest says what is wrong with it)."""
    try:
        return topics.load(own)
    except UsageError:
        return topics.load(None)


@cache
def organisations() -> dict[str, dict[str, str]]:
    """The first name of each organisation in each language, by its id."""
    return {
        row[0]: {code: cell.split(";")[0].strip() for code, cell in zip(LANGUAGES, row[3:], strict=False)}
        for row in tables.rows("organisations.tsv")
    }
