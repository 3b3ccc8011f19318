"""Answers of queries, kept per edition: the edition's file is part of every key, so nothing kept is ever stale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from readership import queries
from readership.errors import NoEdition
from readership.figures import Figure
from readership.ui import context, who

ASKED = "asked"
"""Under this name rows carry the question that they answer."""


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
