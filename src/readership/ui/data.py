"""Answers of queries, kept per edition: the edition's file is part of every key, so nothing kept is ever stale."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from readership import queries
from readership.errors import NoEdition
from readership.figures import Figure
from readership.figures.style import in_zone
from readership.ui import context, who
from readership.ui.kept import Kept

ASKED = "asked"
"""Under this name rows carry the question that they answer."""
ORIGIN = "origin"
"""Under this name they carry what an export needs to ask it again."""


@dataclass(frozen=True)
class Origin:
    """Where rows come from, for exports and for who wants to see the SQL.

    Attributes:
        params: the query's own parameters, as given.
        named: columns of readers' names that the page adds: (dimension, column of values, column of names).
        added: columns that the page computes, each with its meaning.
        computed: the page computed figures or left rows out, so that an export holds the page's rows.
        compare: what the whole answer stands beside in an export, "" for nothing; rows that a page shows beside
            something are computed.
        own: what the rows are, when they are of no edition.
        remarks: what else must be known to read them.
    """

    query: str
    selection: queries.Selection
    params: tuple[tuple[str, Any], ...] = ()
    named: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    computed: bool = False
    compare: str = ""
    own: queries.Query | None = None
    remarks: tuple[str, ...] = ()

    @property
    def question(self) -> queries.Query:
        """What the rows answer."""
        return self.own or queries.named(self.query)

    def __deepcopy__(self, _memo: dict[int, Any]) -> Origin:
        return self  # pandas copies what a frame carries with each step


def origin(rows: pd.DataFrame) -> Origin | None:
    """Where the rows come from; None unless they are of `fetch`, or made from such by `computed`."""
    found: Origin | None = rows.attrs.get(ORIGIN)
    asked = rows.attrs.get(ASKED)
    # The question of rows as they were answered begins with the edition; of rows worked on, with another question.
    untouched = isinstance(asked, tuple) and isinstance(asked[0], str)
    return found if found is None or untouched else replace(found, computed=True)


def computed(rows: pd.DataFrame, of: pd.DataFrame, **added: str) -> pd.DataFrame:
    """The rows, marked as made by the page from those of a query.

    Args:
        of: rows of the query that says most about them.
        added: columns that the query doesn't have, each with its meaning.
    """
    before: Origin = of.attrs[ORIGIN]
    rows.attrs = {**of.attrs, ORIGIN: replace(before, computed=True, added=(*before.added, *added.items()))}
    return rows


_TYPES = {"VARCHAR": "str", "BIGINT": "Int64", "DOUBLE": "Float64", "BOOLEAN": "boolean"}


def own(question: queries.Query, rows: Sequence[Mapping[str, Any]], *remarks: str) -> pd.DataFrame:
    """Rows of no edition (the collector's state, links, people …) as a frame that can be exported as any other.

    Args:
        question: `columns` has for each a name, a type (VARCHAR, BIGINT, DOUBLE, BOOLEAN, TIMESTAMP) and a meaning, and
            no more than these are taken; no SQL.
        remarks: what else must be known to read them, as of when they are.
    """
    typed = {}
    for name, kind in (column.split(" ", 2)[:2] for column in question.columns):
        cells = [row[name] for row in rows]
        typed[name] = _instants(cells) if kind == "TIMESTAMP" else pd.Series(cells, dtype=_TYPES[kind])
    out = pd.DataFrame(typed)
    out.attrs = {ORIGIN: Origin(question.name, queries.Selection(), own=question, remarks=remarks)}
    return out


def _instants(cells: Sequence[datetime | None]) -> pd.Series:
    """Moments as queries give them: in UTC, without a zone."""
    return pd.to_datetime(pd.Series(list(cells)), utc=True).dt.tz_localize(None)


def as_it_is(now: datetime) -> str:
    """The remark on rows of no edition: of which moment they are."""
    run = context.current()
    return run.language.say("As it is on {moment}; no edition holds it.", moment=run.language.moment(now, run.zone))


class Asked(tuple[Hashable, ...]):
    """A question; pandas copies what rows carry at every step, and a question never changes."""

    __slots__ = ()

    def __deepcopy__(self, _memo: object) -> Asked:
        return self


# Weighed by their cells, about 32 bytes each: to measure them exactly takes longer than to look them up.
_rows: Kept[pd.DataFrame] = Kept(2000, lambda rows: rows.size, limit=8 << 20)
_figures: Kept[Figure] = Kept(500)


def fetch(name: str, selection: queries.Selection | None = None, **params: Any) -> pd.DataFrame:
    """Rows of a named query under the selection, from the edition of this run.

    Raises:
        NoEdition: nothing has been published. Refused: the reader may not ask this.
    """
    edition = context.current().edition
    if edition is None:
        raise NoEdition("Nothing has been published yet.", "Run `readership demo` or `readership ingest`.")
    chosen = who.limited(name, selection or queries.Selection())
    key = Asked((str(edition.path), edition.number, name, chosen, _hashable(tuple(sorted(params.items())))))

    def ask() -> pd.DataFrame:
        rows = queries.fetch(name, chosen, edition, **params)
        rows.attrs = {ASKED: key, ORIGIN: Origin(name, chosen, tuple(sorted(params.items())))}
        return rows

    # Shallow, but copied on write: who changes these rows changes only their own.
    return _rows.get(key, ask).copy(deep=False)


def draw(function: Callable[..., Figure], *given: Any, **named: Any) -> Figure:
    """The figure of a function of `figures`, drawn once for the same answers, language, days and notes.

    Figures are pure and what they draw comes from `fetch` unchanged, so the question stands for the rows. When the
    rows were counted on the newsroom's clock, since sites of several zones are selected, the subtitle names its zone.
    """
    key = (function.__module__, function.__qualname__, _hashable(given), _hashable(tuple(sorted(named.items()))))
    return _figures.get(key, lambda: _finished(function(*given, **named), given))


def _finished(figure: Figure, given: tuple[Any, ...]) -> Figure:
    """The figure with its zone named where it needs a name."""
    clock = _clock_of(given)
    if clock is None:
        return figure
    return replace(figure, subtitle=in_zone(figure.subtitle, clock.zone, context.current().language))


def _clock_of(given: tuple[Any, ...]) -> queries.Clock | None:
    """The newsroom's clock when the rows were counted on it by hours or days."""
    edition = context.current().edition
    for rows in given:
        selection = _selection(rows.attrs.get(ASKED)) if isinstance(rows, pd.DataFrame) else None
        if selection is not None and edition is not None and TIMES & set(rows.columns):
            clock = queries.clock(selection, edition)
            return clock if clock.is_shared else None
    return None


TIMES = {"bucket", "hour", "weekday"}
"""Columns that only rows counted by hours or days have."""


def _selection(asked: Any) -> queries.Selection | None:
    """The selection of a question, or of the first question that it was made from."""
    if isinstance(asked, queries.Selection):
        return asked
    if isinstance(asked, tuple):
        return next((found for part in asked if (found := _selection(part)) is not None), None)
    return None


def _hashable(value: Any) -> Hashable:
    """The value as part of a key; rows by the question that they answer."""
    if isinstance(value, pd.DataFrame):
        return _hashable(value.attrs[ASKED])
    if isinstance(value, dict):
        return tuple((name, _hashable(one)) for name, one in value.items())
    if isinstance(value, (list, tuple)) and not isinstance(value, Asked):
        return tuple(_hashable(one) for one in value)
    return value if isinstance(value, Hashable) else repr(value)
