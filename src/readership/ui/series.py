"""Views over time: two questions, one switch; per bucket or added up; to date or at one age."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from readership import figures
from readership.figures.time import BARS_UP_TO, Days, Notes, age_words
from readership.queries import Selection
from readership.queries.comparison import THEN as ENDING
from readership.ui import choices, compare, context, drill
from readership.ui.annotations import notes, notes_form
from readership.ui.context import say
from readership.ui.data import ORIGIN, computed, draw, fetch
from readership.ui.parts import grain
from readership.ui.show import show

AGES = ("1", "3", "6", "12", "24", "48", "72", "168", "336", "720", "2160")
TO_DATE = "now"
YOUNG = timedelta(days=7)
THEN = f"views{ENDING}"


def views_over_time(selection: Selection) -> None:
    """The switches, the figure that they ask for, and the notes on it."""
    questions = {"read": say("Read in the period"), "published": say("Published in the period")}
    shapes = {"bucket": say("Per bucket"), "sum": say("Added up")}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="series_switches"):
        question = switch("chart", questions)
        shape = switch("shape", shapes)
        options = ("hour", "day", "week", "month") if question == "read" else ("day", "week", "month")
        bucket = grain(f"series_{question}", selection, options)
        age, basis = _age(shape) if question == "published" else (TO_DATE, "sum")
    noted = notes(selection)
    if question == "read":
        _gained(selection, bucket, shape == "sum", noted)
    elif age == TO_DATE:
        _published(selection, bucket, shape == "sum", noted)
    else:
        _at_age(selection, bucket, age, basis, shape == "sum", noted)
    notes_form(selection)


def switch(name: str, labels: dict[str, str]) -> str:
    """The reader's choice among a few, the first at first; kept while the session lasts, and in the URL."""
    return choices.one_of(name, labels)


def _age(shape: str) -> tuple[str, str]:
    """To date, or an age of the grid and what of the articles' views at it."""
    language = context.current().language
    labels = {TO_DATE: say("to date")}
    labels |= {hours: say("at {age}", age=age_words(int(hours), language)) for hours in AGES}
    age = choices.one_of("age", labels, label=say("Views"), select=True)
    if age == TO_DATE or shape == "sum":
        return age, "sum"
    return age, switch("basis", {"sum": say("sum"), "median": say("median"), "mean": say("mean")})


def _days(selection: Selection) -> Days:
    return selection.since, selection.until


def _gained(selection: Selection, bucket: str, cumulative: bool, noted: Notes) -> None:
    rows = fetch("views_gained", selection, grain=bucket)
    has_band = bucket == "day" and not cumulative and len(rows) <= BARS_UP_TO
    rows, left = compare.over_time("views_gained", selection, rows, bucket)
    # What is usual for the weekday gives way to what the reader asked to see beside it.
    band = fetch("band", selection) if has_band and THEN not in rows else None
    figure = draw(
        figures.views_gained,
        rows,
        bucket,
        context.current().language,
        _days(selection),
        band,
        cumulative=cumulative,
        notes=noted,
        beside=compare.compared_with(selection, left),
    )
    show(figure, rows, "views-gained", click=drill.lists_gained(selection, bucket))


def _published(selection: Selection, bucket: str, cumulative: bool, noted: Notes) -> None:
    rows, run = fetch("views_by_publication", selection, grain=bucket), context.current()
    chosen = compare.current()
    if chosen and chosen.is_period:
        st.caption(
            say(
                "Views to date aren't compared with another period: its articles had another time to be read. "
                "Choose an age instead."
            )
        )
        left = 0.0
    else:
        rows, left = compare.over_time("views_by_publication", selection, rows, bucket, needs="")
    figure = draw(
        figures.views_by_publication,
        rows,
        bucket,
        run.language,
        _days(selection),
        young=run.tomorrow - YOUNG,
        cumulative=cumulative,
        notes=noted,
        beside=compare.compared_with(selection, left),
    )
    show(figure, rows, "views-by-publication", click=drill.lists_published(selection, bucket))


def _at_age(selection: Selection, bucket: str, age: str, basis: str, cumulative: bool, noted: Notes) -> None:
    rows = fetch("views_at_age", selection, grain=bucket, age=age, basis=basis)
    if basis == "sum" or bucket == "day" or not _is_period():
        rows, left = compare.over_time("views_at_age", selection, rows, bucket, needs="", age=age, basis=basis)
    else:
        st.caption(say("A mean or median by week or month isn't set beside another period; choose days, or the sum."))
        left = 0.0
    figure = draw(
        figures.views_at_age,
        rows,
        bucket,
        basis,
        context.current().language,
        _days(selection),
        cumulative=cumulative,
        notes=noted,
        beside=compare.compared_with(selection, left),
    )
    show(figure, rows, "views-at-age", click=drill.lists_published(selection, bucket, age))


def _is_period() -> bool:
    chosen = compare.current()
    return chosen is not None and chosen.is_period


def beside(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows of articles with the columns that another answer has of the same articles."""
    more = [name for name in others if name == "article" or name not in rows]
    meanings = {str(name): f"of the query {others.attrs[ORIGIN].query}" for name in more if name != "article"}
    return computed(rows.merge(others[more], on="article", how="left"), rows, **meanings)
