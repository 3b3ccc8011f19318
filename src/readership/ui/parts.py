"""Smaller parts of pages: key figures, the choice of a bucket, rows in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from readership.i18n import UNKNOWN, known
from readership.ui import context
from readership.ui.context import say
from readership.ui.text import plain


def key_figures(facts: pd.DataFrame, trend: pd.DataFrame) -> None:
    """The period in four figures, each with its change against the period before, where that is known.

    Args:
        facts: the one row of the query `key_figures`.
        trend: rows of `views_by_publication`, for the small lines.
    """
    row, language = facts.iloc[0], context.current().language
    with st.grid(4, min_column_width=170, key="key_figures"):
        _metric(say("Articles published"), row["articles"], row["articles_before"], trend["articles"])
        _metric(say("Views of these articles"), row["views"], row["views_before"], trend["views"])
        st.metric(
            say("Views before the first reading"),
            language.number(row["baseline"]),
            border=True,
            height="stretch",
            help=say("Views that were there when an article was first read; in no period."),
        )
        st.metric(
            say("Articles without views"),
            language.number(row["views_unknown"]),
            border=True,
            height="stretch",
            help=say("No page of these articles that was captured shows a counter. They are not zero."),
        )


def _metric(label: str, value: Any, before: Any, trend: pd.Series) -> None:
    language = context.current().language
    st.metric(
        label,
        language.number(value),
        delta=_change(value, before),
        delta_description=say("against the period before"),
        border=True,
        height="stretch",
        chart_data=trend.dropna().astype(float).tolist() if trend.notna().sum() > 1 else None,
    )


def _change(value: Any, before: Any) -> str | None:
    """The relative change as text that starts with a plain sign, as `st.metric` wants it; None when unknown."""
    if not (known(value) and known(before)) or before == 0:
        return None
    return context.current().language.signed_percent((value - before) / before).replace("−", "-").replace("±", "")


def grain(name: str, options: Sequence[str] = ("day", "week", "month"), default: str = "day") -> str:
    """The reader's choice of a bucket for one figure."""
    labels = {"hour": say("Hour"), "day": say("Day"), "week": say("Week"), "month": say("Month")}
    choice = st.segmented_control(
        say("Bucket"),
        list(options),
        default=default,
        key=f"grain_{name}",
        format_func=labels.__getitem__,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(choice or default)


def groups(rows: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows, one group a value of the column, in order of appearance."""
    for value, part in rows.groupby(column, sort=False):
        yield str(value), part


def only(rows: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    """Rows with this value in the column."""
    return rows[rows[column] == value]


def facts_list(facts: Sequence[tuple[str, Any]]) -> None:
    """Names and values under each other; values from outside come out literally."""
    for label, value in facts:
        with st.container(horizontal=True, gap="small"):
            st.caption(label, width=170)
            st.markdown(plain(value) if known(value) else UNKNOWN, width="stretch")
