"""Names of topics, countries and organisations in the reader's language; what has none there is shown as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from readership.exports import naming
from readership.i18n import Language
from readership.queries import URL_NAMES, VALUES
from readership.ui import context
from readership.ui.columns import WORDS
from readership.ui.data import ORIGIN, Origin
from readership.ui.text import one_line

FIELDS = {field: URL_NAMES[field] for field in VALUES}
"""Fields of the selection, and what a value of each is."""
UNDER, parent = naming.UNDER, naming.parent


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
    if dimension in ("age_class", "state"):
        return language.say(WORDS.get(value, value))
    return naming.named(dimension, value, language, context.current().settings.topics_file)
