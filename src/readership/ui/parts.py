"""Smaller parts of pages: key figures, the choice of a bucket, rows in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from readership import figures
from readership.i18n import UNKNOWN, known
from readership.queries import Selection
from readership.ui import context
from readership.ui.context import say
from readership.ui.data import ASKED, fetch
from readership.ui.text import plain


def key_figures(facts: pd.DataFrame, selection: Selection) -> None:
    """The period in four figures, each with its change against the period before, where that is known.

    Args:
        facts: the one row of the query `key_figures`.
        selection: the same; asked again for the small lines.
    """
    bucket = fitting_grain(selection)
    published = fetch("views_by_publication", selection, grain=bucket)
    gained = fetch("views_gained", selection, grain=bucket)
    row, language = facts.iloc[0], context.current().language
    with st.grid(4, min_column_width=170, key="key_figures"):
        _metric(say("Articles published"), row["articles"], row["articles_before"], published["articles"])
        _metric(say("Views of these articles"), row["views"], row["views_before"], published["views"])
        _metric(
            say("Views gained in the period"),
            row["gained"],
            row["gained_before"],
            gained["views"],
            note=say(
                "From differences between readings; {views} views were there before a first reading, in no period.",
                views=language.number(row["baseline"]),
            ),
        )
        _metric(
            say("Articles without views"),
            row["views_unknown"],
            note=say(
                "No page of these articles that was captured at a known moment shows a counter. They are not zero."
            ),
        )


def _metric(
    label: str, value: Any, before: Any = None, trend: pd.Series | None = None, note: str | None = None
) -> None:
    language = context.current().language
    st.metric(
        label,
        language.number(value),
        delta=_change(value, before),
        delta_color="off",
        delta_description=say("against the period before") if _change(value, before) else None,
        border=True,
        height="stretch",
        chart_data=trend.dropna().astype(float).tolist() if trend is not None and trend.notna().sum() > 1 else None,
        help=note,
    )


def _change(value: Any, before: Any) -> str | None:
    """The relative change as text that starts with a plain sign, as `st.metric` wants it; None when unknown."""
    if not (known(value) and known(before)) or before == 0:
        return None
    return context.current().language.signed_percent((value - before) / before).replace("−", "-").replace("±", "")


def how_usual(band: pd.DataFrame) -> None:
    """A sentence: the newest day so far beside the same weekday of the weeks before, cut at the same time of day."""
    run = context.current()
    days = band[band["views"].notna() & band["median"].notna()]
    if days.empty:
        return
    day = days.iloc[-1]
    change = (day["views"] - day["median"]) / day["median"] if day["median"] else None
    words = say(
        "{day}, up to {time}: {views} views, {change} against the median of the same weekday ({median}, {n} weeks).",
        day=run.language.day(day["day"]),
        time=f"{day['cut_at']:%H:%M}",
        views=run.language.number(day["views"]),
        change=run.language.signed_percent(change),
        median=run.language.number(day["median"]),
        n=run.language.number(day["n"]),
    )
    st.markdown(plain(words))


def board(facts: pd.DataFrame, movers: pd.DataFrame) -> None:
    """A newsroom screen: the key figures as large as they get, and the articles that move."""
    row, run = facts.iloc[0], context.current()
    numbers = [
        (say("Articles published"), row["articles"], row["articles_before"]),
        (say("Views of these articles"), row["views"], row["views_before"]),
        (say("Views gained in the period"), row["gained"], row["gained_before"]),
    ]
    figure = figures.big_numbers(numbers, run.language)
    st.plotly_chart(figure.fig, key="board_numbers", alt=figure.alt, config={"staticPlot": True})
    st.caption(say("Views gained in 24 hours; as of {moment}", moment=run.language.moment(run.as_of, run.zone)))
    known = movers[movers["gained_24h"].notna()].sort_values("gained_24h", ascending=False, kind="stable")
    for mover in known.head(7).to_dict("records"):
        number, title = st.columns([1, 7], vertical_alignment="center")
        number.header(plain(run.language.signed(mover["gained_24h"])), anchor=False, text_alignment="right")
        title.header(plain(mover["title"]), anchor=False)


def fitting_grain(selection: Selection) -> str:
    """The bucket that keeps a figure of the chosen days readable: about a dozen to sixty of them."""
    if selection.since is None:
        return "month"
    days = ((selection.until or context.current().tomorrow) - selection.since).days
    return "day" if days <= 62 else "week" if days <= 400 else "month"


def grain(name: str, selection: Selection, options: Sequence[str] = ("day", "week", "month")) -> str:
    """The reader's choice of a bucket for one figure; at first the one that fits the chosen days."""
    labels = {"hour": say("Hour"), "day": say("Day"), "week": say("Week"), "month": say("Month")}
    default = fitting_grain(selection)
    choice = st.segmented_control(
        say("Bucket"),
        list(options),
        default=default,
        # A key for each default: what was chosen for a month doesn't hold for a year.
        key=f"grain_{name}_{default}",
        format_func=labels.__getitem__,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(choice or default)


def groups(rows: pd.DataFrame, *columns: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows, one group a combination of the columns' values under a short name; the group with most rows first."""
    parts = list(rows.groupby(list(columns), sort=False, dropna=False))
    for values, part in sorted(parts, key=lambda pair: -len(pair[1])):
        name = "-".join(str(value).lower() for value in values)
        part.attrs = {ASKED: (rows.attrs.get(ASKED), columns, name)}
        yield name, part


def facts_list(facts: Sequence[tuple[str, Any]]) -> None:
    """Names and values under each other; values from outside come out literally."""
    for label, value in facts:
        with st.container(horizontal=True, gap="small"):
            st.caption(label, width=170)
            st.markdown(plain(value) if known(value) else UNKNOWN, width="stretch")
