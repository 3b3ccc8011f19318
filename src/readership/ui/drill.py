"""Clicks on figures: a bar, point or field chooses what it stands for, or lists the articles behind it.

A callback reads what was clicked and writes it into the session: Plotly forgets a selection whenever its figure
changes, and the empty one that follows is none. The list stands in a dialog, asked for by `shell` at the next run.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from readership.figures.ranks import called
from readership.figures.time import age_words, bucket_words
from readership.queries import Selection
from readership.ui import bar, compare, context, names
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.show import Click, chart_key, exportable, table, unmark
from readership.ui.text import plain

_LISTED = "drill_listed"
SHOWN = 500
ORDER = ["views", "title", "published_local", "section", "baseline"]


@dataclass(frozen=True)
class Listed:
    """Articles to list: the question, and what it is the answer to.

    Attributes:
        page: on which it was asked; gone with it.
        what: `gained`, `published` or `age`: what the views of the list are.
        name: of the figure that was clicked.
    """

    page: str
    title: str
    what: str
    query: str
    selection: Selection
    params: tuple[tuple[str, Any], ...]
    name: str = ""


# -- what a click does ------------------------------------------------------------------------------------------------
def chooses(dimension: str) -> Click:
    """A click chooses the value that the point stands for, or leaves it."""

    def choose(given: Any) -> None:
        bar.toggle("topic" if dimension == "subtopic" else dimension, str(given))

    return _click(choose)


def chooses_source() -> Click:
    """A click chooses the cited source, or the photo credit where nothing is cited."""
    return _click(lambda given: bar.toggle(str(given[0]), str(given[1])))


def chooses_countries() -> Click:
    """A click on a country chooses it; on a pair, the articles that name both."""

    def choose(given: Any) -> None:
        codes = tuple(dict.fromkeys(map(str, given)))
        if len(codes) == 1:
            bar.toggle("country", codes[0])
        else:
            bar.change(countries=codes, mode="all")

    return _click(choose)


def lists_gained(selection: Selection, grain: str, field: str = "") -> Click:
    """A click on a bucket lists the articles that gained views in it.

    Args:
        field: of the selection: the point says which value of it is meant besides.
    """

    def do(given: Any) -> None:
        start = pd.Timestamp(given[0])
        chosen, label, of = selection, None, ""
        if field:
            changes: dict[str, Any] = {field: (str(given[1]),)}
            chosen = replace(selection, **changes)
            of = f"{names.of(names.FIELDS[field], str(given[1]))} · "
        else:
            label = str(given[1]) or None
        params = {"bucket": str(start), "label": label, "grain": grain}
        _list(f"{of}{_bucket(start, grain)}", "gained", "bucket_articles", chosen, params)

    return _click(do)


def lists_day(selection: Selection) -> Click:
    """A click on an hour of the newest day lists the articles that gained views in it, whatever the chosen dates."""
    return lists_gained(of_the_day(selection), "hour")


def of_the_day(selection: Selection) -> Selection:
    """The selection under which the hours of the newest day are asked: the day so far has dates of its own."""
    return replace(selection, since=None, until=None)


def lists_published(selection: Selection, grain: str, age: str | None = None) -> Click:
    """A click on a bucket lists the articles published in it, with their views to date or at the age."""

    def do(given: Any) -> None:
        start = pd.Timestamp(given[0])
        title = _bucket(start, grain)
        if age:
            title += f" · {say('at {age}', age=age_words(int(age), context.current().language))}"
        params = {"bucket": str(start), "grain": grain, "age": age}
        _list(title, "age" if age else "published", "bucket_published", selection, params)

    return _click(do)


def lists_hours(selection: Selection, what: str) -> Click:
    """A click on a field of the week lists the articles `read` or `published` in its hours; weekday 0 is every day."""
    own = compare.own(selection)

    def do(given: Any) -> None:
        weekday, hour = int(given[0]), int(given[1])
        span = f"{hour:02d}:00–{(hour + 1) % 24:02d}:00"
        day = context.current().language.weekdays("wide")[weekday - 1] if weekday else ""
        params = {"weekday": str(weekday) if weekday else None, "hour": str(hour), "what": what}
        title = f"{day}, {span}" if day else span
        _list(title, "gained" if what == "read" else "hours", "cell_articles", own, params)

    return _click(do)


def lists_published_when(selection: Selection, by: str) -> Click:
    """A click on a `weekday` or an `hour` lists the articles of the selection published then, with views to date."""
    own = compare.own(selection)

    def do(given: Any) -> None:
        title = called(str(given), by, context.current().language)
        _list(title, "published", "published_when", own, {by: str(int(given))})

    return _click(do)


def _bucket(start: Any, grain: str) -> str:
    return bucket_words(start, grain, context.current().language)


def _click(do: Callable[[Any], None]) -> Click:
    def of(name: str) -> dict[str, Any]:
        def clicked() -> None:
            given = _given(name)
            if given is not None:
                do(given)
                _keep_name(name)

        return {"on_select": clicked, "selection_mode": "points"}

    return of


def _keep_name(name: str) -> None:
    asked: Listed | None = st.session_state.get(_LISTED)
    if asked is not None:
        st.session_state[_LISTED] = replace(asked, name=name)


def _given(name: str) -> Any:
    """What the first point that was clicked stands for: its `customdata`, or the id of a tile; None of none."""
    chart = st.session_state.get(chart_key(name))
    points = chart.selection.points if chart else []
    for point in points:
        given = point.get("customdata") or point.get("id")
        if given is not None and given != "":
            return [_told(one) for one in given] if isinstance(given, list | tuple) else _told(given)
    return None


def _told(one: Any) -> Any:
    """What a figure wrote down with `literal`, as it was."""
    return html.unescape(one) if isinstance(one, str) else one


def _list(title: str, what: str, query: str, selection: Selection, params: dict[str, Any]) -> None:
    page = str(st.session_state.get(context.PAGE, ""))
    st.session_state[_LISTED] = Listed(page, title, what, query, selection, tuple(sorted(params.items())))


# -- the list ---------------------------------------------------------------------------------------------------------
def listed() -> None:
    """The dialog with the articles behind what was clicked, when something was; called once in a run."""
    asked: Listed | None = st.session_state.get(_LISTED)
    if asked is None:
        return
    if asked.page != st.session_state.get(context.PAGE):
        close()
        return
    st.dialog(plain(asked.title), width="large", on_dismiss=close)(_articles)(asked)


def close() -> None:
    """Forget what was clicked, in the chart too: the same place can be clicked again."""
    asked: Listed | None = st.session_state.pop(_LISTED, None)
    if asked is not None and asked.name:
        unmark(asked.name)


def _articles(asked: Listed) -> None:
    rows = fetch(asked.query, asked.selection, limit=SHOWN, **dict(asked.params))
    if not exportable(say("Articles behind it"), rows, "articles-behind"):
        return
    st.caption(plain(_sums(rows, asked)))
    if len(rows) and len(rows) < int(rows["of_articles"].iloc[0]):
        number = context.current().language.number
        st.caption(say("The first {n} of {all} articles; exports have all.", n=number(len(rows)),
                       all=number(int(rows["of_articles"].iloc[0]))))  # fmt: skip
    order = [name for name in ORDER if name in rows and (name != "baseline" or rows["baseline"].any())]
    table(rows, "articles-behind", order, opens=True, downloads=False, height=420)


def _sums(rows: pd.DataFrame, asked: Listed) -> str:
    """What the list adds up to, which is what was clicked."""
    number = context.current().language.number
    first = rows.iloc[0] if len(rows) else {"of_articles": 0, "of_views": 0, "of_baseline": 0, "of_published": 0}
    facts = {"articles": number(first["of_articles"]), "views": number(first["of_views"])}
    if asked.what == "hours":
        return say("{articles} articles published in these hours; in them they gained {views} views.", **facts)
    if asked.what == "published":
        return say("{articles} articles published then, with {views} views to date.", **facts)
    if asked.what == "age":
        return say("{articles} articles published then, with {views} views at that age.", **facts)
    words = say("{views} views gained then, by {articles} articles.", **facts)
    before = first.get("of_baseline", 0)
    if before:
        words += " " + say("{views} more were there before a first reading, in no bucket.", views=number(before))
    return words
