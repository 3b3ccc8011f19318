"""Names of topics, countries and organisations in the reader's language; what has none there is shown as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pandas as pd

from readership.enrich import tables, topics
from readership.errors import UsageError
from readership.i18n import LANGUAGES, Language
from readership.queries import URL_NAMES, VALUES
from readership.ui import context
from readership.ui.columns import WORDS
from readership.ui.data import ORIGIN, Origin
from readership.ui.text import one_line

FIELDS = {field: URL_NAMES[field] for field in VALUES}
"""Fields of the selection, and what a value of each is."""
UNDER = " › "
"""Between the name of a topic and that of one below it."""


def of(dimension: str, value: str, language: Language | None = None) -> str:
    """A value of a dimension (`topic`, `country`, `source` …) as readers call it; a newsroom's own by its own name.

    Args:
        language: the interface's when None; for who asks outside of a page's run.
    """
    return one_line(_named(dimension, str(value), language or context.current().language))


def all_of(dimension: str, values: Sequence[str]) -> tuple[str, ...]:
    """The same for several values."""
    return tuple(of(dimension, value) for value in values)


def named(rows: pd.DataFrame, dimension: str, value: str = "value", name: str = "name") -> pd.DataFrame:
    """The rows with readers' names in the column `name` for what the column `value` holds."""
    called = [of(dimension, one) if isinstance(one, str) else None for one in rows[value]]
    out = rows.assign(**{name: pd.Series(called, index=rows.index, dtype="str")})
    out.attrs = dict(rows.attrs)
    before: Origin | None = out.attrs.get(ORIGIN)
    if before:
        out.attrs[ORIGIN] = replace(before, named=(*before.named, (dimension, value, name)))
    return out


def _named(dimension: str, value: str, language: Language) -> str:
    if dimension == "language":
        return language.language_name(value)
    if dimension == "country":
        return language.country(value)
    if dimension == "topic":
        return UNDER.join(_topic(one, language) for one in lineage(value))
    if dimension == "subtopic":
        return _topic(value, language)
    if dimension in ("age_class", "state"):
        return language.say(WORDS.get(value, value))
    if dimension in ("source", "credit"):
        return _organisations().get(value, {}).get(language.code) or value
    return value


def lineage(slug: str) -> list[str]:
    """A topic after the one above it, when it is of the second level (`sport/football`); else itself alone."""
    above = parent(slug)
    return [above, slug] if above else [slug]


def parent(slug: str) -> str | None:
    """The top-level topic that one of the second level stands under; None of others."""
    return slug.partition("/")[0] if topics.level(slug) > 1 else None


def _topic(slug: str, language: Language) -> str:
    return _topics().name(slug, language.code)


def _topics() -> topics.Topics:
    """The newsroom's topics; the package's while its file can't be read (an ingest says what is wrong with it)."""
    try:
        return topics.load(context.current().settings.topics_file)
    except UsageError:
        return topics.load(None)


@cache
def _organisations() -> dict[str, dict[str, str]]:
    """The first name of each organisation in each language, by its id."""
    return {
        row[0]: {code: cell.split(";")[0].strip() for code, cell in zip(LANGUAGES, row[3:], strict=False)}
        for row in tables.rows("organisations.tsv")
    }
