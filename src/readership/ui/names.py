"""Names of topics, countries and organisations in the reader's language; what has none there is shown as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from readership.enrich import tables
from readership.i18n import LANGUAGES, Language
from readership.queries import URL_NAMES, VALUES
from readership.ui import context
from readership.ui.text import one_line

FIELDS = {field: URL_NAMES[field] for field in VALUES}
"""Fields of the selection, and what a value of each is."""


def of(dimension: str, value: str) -> str:
    """A value of a dimension (`topic`, `country`, `source` …) as readers call it; a newsroom's own by its own name."""
    return one_line(_named(dimension, str(value), context.current().language))


def all_of(dimension: str, values: Sequence[str]) -> tuple[str, ...]:
    """The same for several values."""
    return tuple(of(dimension, value) for value in values)


def named(rows: pd.DataFrame, dimension: str, value: str = "value", name: str = "name") -> pd.DataFrame:
    """The rows with readers' names in the column `name` for what the column `value` holds."""
    called = [of(dimension, one) if isinstance(one, str) else None for one in rows[value]]
    out = rows.assign(**{name: pd.Series(called, index=rows.index, dtype="str")})
    out.attrs = dict(rows.attrs)
    return out


def _named(dimension: str, value: str, language: Language) -> str:
    if dimension == "language":
        return language.language_name(value)
    if dimension == "country":
        return language.country(value)
    if dimension == "topic":
        return _topics().get(value, {}).get(language.code) or value
    if dimension in ("source", "credit"):
        return _organisations().get(value, {}).get(language.code) or value
    return value


@cache
def _topics() -> dict[str, dict[str, str]]:
    """Display names by slug and language."""
    return {row[0]: dict(zip(LANGUAGES, row[3:], strict=False)) for row in tables.rows("topics.tsv")}


@cache
def _organisations() -> dict[str, dict[str, str]]:
    """The first name of each organisation in each language, by its id."""
    return {
        row[0]: {code: cell.split(";")[0].strip() for code, cell in zip(LANGUAGES, row[3:], strict=False)}
        for row in tables.rows("organisations.tsv")
    }
