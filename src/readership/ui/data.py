"""Answers of queries, kept per edition: the edition's file is part of every key, so nothing kept is ever stale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from readership import queries
from readership.errors import NoEdition
from readership.figures import Figure
from readership.ui import context, who

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
    """

    query: str
    selection: queries.Selection
    params: tuple[tuple[str, Any], ...] = ()
    named: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    computed: bool = False

    def __deepcopy__(self, _memo: dict[int, Any]) -> Origin:
        return self  # pandas copies what a frame carries with each step


def origin(rows: pd.DataFrame) -> Origin | None:
    """Where the rows come from; None unless they are of `fetch`, or made from such by `computed`."""
    found: Origin | None = rows.attrs.get(ORIGIN)
    return found


def computed(rows: pd.DataFrame, of: pd.DataFrame, **added: str) -> pd.DataFrame:
    """The rows, marked as made by the page from those of a query.

    Args:
        of: rows of the query that says most about them.
        added: columns that the query doesn't have, each with its meaning.
    """
    before: Origin = of.attrs[ORIGIN]
    rows.attrs = {**of.attrs, ORIGIN: replace(before, computed=True, added=(*before.added, *added.items()))}
    return rows


def fetch(name: str, selection: queries.Selection | None = None, **params: Any) -> pd.DataFrame:
    """Rows of a named query under the selection, from the edition of this run.

    Raises:
        NoEdition: nothing has been published. Refused: the reader may not ask this.
    """
    edition = context.current().edition
    if edition is None:
        raise NoEdition("Nothing has been published yet.", "Run `readership demo` or `readership ingest`.")
    chosen, given = who.limited(name, selection or queries.Selection()), tuple(sorted(params.items()))
    rows: pd.DataFrame = _fetch(edition.number, str(edition.path), name, chosen, given, edition)
    return rows


@st.cache_data(show_spinner=False, max_entries=2000, max_size="256mb")  # type: ignore[untyped-decorator]
def _fetch(
    number: int,
    path: str,
    name: str,
    selection: queries.Selection,
    params: tuple[tuple[str, Any], ...],
    _edition: queries.Edition,
) -> pd.DataFrame:
    rows: pd.DataFrame = queries.fetch(name, selection, _edition, **dict(params))
    rows.attrs[ASKED] = (path, number, name, selection.to_url(), params)
    rows.attrs[ORIGIN] = Origin(name, selection, params)
    return rows


def draw(function: Callable[..., Figure], *given: Any, **named: Any) -> Figure:
    """The figure of a function of `figures`, drawn once for the same answers, language, days and notes.

    Figures are pure and what they draw comes from `fetch` unchanged, so the question stands for the rows.
    """
    figure: Figure = _drawn(function.__name__, given, tuple(sorted(named.items())), function)
    return figure


def _question(rows: pd.DataFrame) -> Any:
    return rows.attrs[ASKED]


@st.cache_resource(show_spinner=False, max_entries=500, hash_funcs={pd.DataFrame: _question})  # type: ignore[untyped-decorator]
def _drawn(
    name: str, given: tuple[Any, ...], named: tuple[tuple[str, Any], ...], _function: Callable[..., Figure]
) -> Figure:
    return _function(*given, **dict(named))
