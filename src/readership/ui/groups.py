"""Pages of topics, countries, authors and sources: switches, tables with their sums, the page of a single one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from readership import figures
from readership.figures.groups import Span, divided
from readership.figures.map import clicked
from readership.i18n import known, mark
from readership.queries import Selection
from readership.queries.comparison import GROUPED, THEN
from readership.ui import bar, compare, context, drill, names
from readership.ui.articles import most_read
from readership.ui.choices import FRACTIONAL, FULL, WITH, choice, switch
from readership.ui.context import say
from readership.ui.data import ASKED, computed, draw, fetch
from readership.ui.parts import grain
from readership.ui.show import nothing, show, table
from readership.ui.stories import stories_added, story_table
from readership.ui.text import plain

FIELDS = {dimension: field for field, dimension in names.FIELDS.items()} | {"subtopic": "topics"}
COMPARED = GROUPED["group_views"][1]
"""Columns of `group_views` that stand beside another period."""
MAX_VALUES = 100_000
"""More groups than there are: so that a chosen one is never left out for being small."""
_ALL = {
    "topic": mark("All topics"),
    "subtopic": mark("All topics"),
    "country": mark("All countries"),
    "author": mark("All authors"),
}


def counting() -> str:
    """`full` or `fractional`: how an article of several groups counts."""
    return choice("count")


def topic_level(value: str | None = None) -> str:
    """Dimension of a topic by its slug, `topic` or (second level) `subtopic`; of none, the level the reader chose."""
    if value is None:
        return "subtopic" if choice("level") == "second" else "topic"
    return "subtopic" if names.parent(value) else "topic"


def _home(dimension: str) -> str:
    """Home countries in or out: a matter of countries alone."""
    return choice("home") if dimension == "country" else WITH


def group_rows(selection: Selection, dimension: str, **params: Any) -> pd.DataFrame:
    """The rows of `group_views` with names, the home countries in or out as the reader chose, beside what the reader
    compares with."""
    rows = compare.grouped(
        "group_views", selection, "value", COMPARED, dimension=dimension, home=_home(dimension), **params
    )
    return names.named(rows, dimension)


def group_index(selection: Selection, dimension: str) -> pd.DataFrame:
    """The rows of `group_index` with names."""
    return names.named(fetch("group_index", selection, dimension=dimension, home=_home(dimension)), dimension)


def group_hours(selection: Selection, dimension: str) -> pd.DataFrame:
    """The rows of `group_hours` with names."""
    return names.named(fetch("group_hours", selection, dimension=dimension, home=_home(dimension)), dimension)


def no_groups(rows: pd.DataFrame, selection: Selection, dimension: str) -> bool:
    """Whether there are no groups; says so, with the switches that may bring some back."""
    empty = nothing(rows, selection)
    if empty and bar.selected(FIELDS[dimension]):
        _everything(dimension)
    if empty:
        _switches(dimension, selection)
    return empty


def group_table(rows: pd.DataFrame, index: pd.DataFrame, selection: Selection, dimension: str) -> None:
    """The groups as a table, what its rows add up to, and the switches; a click on a row filters by its group."""
    counting = choice("count")
    shown = (divided(rows) if counting == FRACTIONAL else rows).merge(
        index[["value", "median_index", "indexed"]], on="value", how="left"
    )
    shown = computed(
        shown,
        rows,
        median_index="DOUBLE of the query group_index: median same-age index of the group's articles",
        indexed="BIGINT of the query group_index: articles with a known index",
    )
    order = compare.columns(_columns(dimension, counting), shown, "articles", "gained")
    _choosable(shown, f"{dimension}-groups", order, lambda row: _filter(dimension, row["value"]))
    sums = fetch("group_sums", compare.own(selection), dimension=dimension, home=_home(dimension))
    _adds_up(sums, counting)
    _switches(dimension, selection)


def _filter(dimension: str, value: str) -> tuple[str, str]:
    """What choosing a group filters by: topics of both levels are one filter."""
    return ("topic" if dimension == "subtopic" else dimension), str(value)


def _columns(dimension: str, counting: str) -> list[str]:
    figures_of = (
        ["articles", "share_of_articles", "views_full", "share_of_views"]
        if counting == FULL
        else ["articles_fractional", "share_of_articles", "views_fractional", "share_of_views"]
    )
    named_in = ["about", "in_title"] if dimension == "country" else []
    return ["name", *figures_of, "median_views", "median_index", "gained", *named_in, "views_unknown"]


def _choosable(
    rows: pd.DataFrame,
    name: str,
    order: Sequence[str],
    value: Callable[[pd.Series], tuple[str, str] | None],
    title: str | None = None,
) -> None:
    """A table whose rows can be clicked to filter by what they stand for."""
    turn = st.session_state.get(f"turn_{name}", 0)
    key = f"{name}-{turn}"

    def choose() -> None:
        chosen = st.session_state[f"table_{key}"].selection.rows
        wish = value(rows.iloc[chosen[0]]) if chosen else None
        if wish:
            # Another key, so that the new rows don't begin with the old choice.
            st.session_state[f"turn_{name}"] = turn + 1
            bar.toggle(*wish)

    heading = say("In figures") if title is None else title
    table(rows, name, order, key=key, title=heading, on_select=choose, selection_mode="single-row")


def _adds_up(sums: pd.DataFrame, counting: str, name: str = "adds_up") -> None:
    """The line under a table whose rows may share articles."""
    row, number = sums.iloc[0], context.current().language.number
    facts = {name: number(row[name]) for name in ("distinct_articles", "distinct_views", "several", "none")}
    if counting == FRACTIONAL:
        words = say(
            "Each article is divided among its rows, so they add up to the distinct total: {distinct_articles} "
            "articles, {distinct_views} views. In more than one row: {several}; in none: {none}.",
            **facts,
        )
    else:
        words = say(
            "Sum of rows: {sum_articles} articles, {sum_views} views. Distinct: {distinct_articles} articles, "
            "{distinct_views} views. In more than one row: {several}; in none: {none}.",
            sum_articles=number(row["sum_articles"]),
            sum_views=number(row["sum_views"]),
            **facts,
        )
    with st.container(key=name):
        st.caption(words)


def _switches(dimension: str, selection: Selection) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="group_switches"):
        _mode(selection)
        switch(
            "count",
            say("An article of several groups counts"),
            (say("in each of them"), say("divided among them")),
        )
        if dimension == "country":
            switch("home", say("Home country"), (say("set apart"), say("with the others")))
        if FIELDS[dimension] == "topics":
            switch("level", say("Topics of the"), (say("top level"), say("second level")))


def _mode(selection: Selection) -> None:
    """Any, all or only: the selection's own switch, here where its effect is seen."""
    labels = bar.mode_labels()
    st.session_state["group_mode"] = selection.mode
    st.segmented_control(
        say("Several chosen values"),
        list(labels),
        key="group_mode",
        format_func=labels.__getitem__,
        required=True,
        on_change=lambda: bar.change(mode=st.session_state["group_mode"]),
        disabled=not bar.selected(*bar.SEVERAL),
        help=say("Takes effect once topics, countries, authors or sources are chosen."),
    )


def the_one(selection: Selection, dimension: str) -> str | None:
    """The value of the dimension that alone is chosen; its page is this page then."""
    chosen = getattr(selection, FIELDS[dimension])
    return chosen[0] if len(chosen) == 1 else None


def one_group(selection: Selection, dimension: str, value: str) -> None:
    """Head of the page of a single topic, country, author: its name, its figures, its most read articles."""
    with st.container(horizontal=True, vertical_alignment="center", key="one_head"):
        st.header(plain(names.of(_filter(dimension, value)[0], value)), anchor=False, width="content")
        _upwards(value) if dimension == "subtopic" else None
        _everything(dimension)
    index = fetch("group_index", selection, dimension=dimension, home=WITH)
    _one_figures(_own_row(selection, dimension, value), _of(index, value))
    if dimension == "topic":
        _second_level(selection, value)
    _most_read(selection, dimension)


def _own_row(selection: Selection, dimension: str, value: str) -> dict[str, Any]:
    """The group's row of `group_views` and what stands beside it: itself in other dates, or another group."""
    wide, chosen = selection.without(FIELDS[dimension]), compare.current()
    if chosen is None or chosen.dimension != dimension:
        rows = compare.grouped("group_views", wide, "value", COMPARED, dimension=dimension, home=WITH)
        return _of(rows, value)
    rows = fetch("group_views", wide, dimension=dimension, home=WITH)
    other = _of(rows, chosen.value)
    return _of(rows, value) | {
        f"{name}{THEN}": other.get(name) for name in ("articles", "views_full", "share_of_views")
    }


def _upwards(value: str) -> None:
    """The way from a topic of the second level to the one above it."""
    above = names.parent(value) or ""
    label, go = plain(names.of("topic", above)), lambda: bar.change(topics=(above,))
    st.button(label, type="tertiary", icon=":material/arrow_upward:", on_click=go, key="up_topic")


def _one_figures(own: dict[str, Any], compared: dict[str, Any]) -> None:
    """Four figures of one group: a row of `group_views`, with what stands beside it, and one of `group_index`; either
    may be empty."""
    language = context.current().language

    def beside(measure: str, words: Callable[[Any], str]) -> str | None:
        then = own.get(f"{measure}{THEN}")
        return say("beside: {share}", share=words(then)) if known(then) else None

    with st.grid(4, min_column_width=170, key="one_figures"):
        for label, measure in ((say("Articles"), "articles"), (say("Views of these articles"), "views_full")):
            told = beside(measure, language.number)
            figure = language.number(own.get(measure))
            st.metric(label, figure, delta=told, delta_color="off", delta_arrow="off", border=True)
        st.metric(
            say("Share of attention"),
            language.percent(own.get("share_of_views"), 1),
            delta=beside("share_of_views", lambda share: language.percent(share, 1)),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=say("Its views of all views in the same selection without it."),
        )
        st.metric(
            say("Same-age index, median"),
            language.number(compared.get("median_index"), 2),
            border=True,
            help=say(
                "Views at an age over the median of articles of the same kind at that age; known for {n} of {all}.",
                n=language.number(compared.get("indexed")),
                all=language.number(compared.get("articles")),
            ),
        )


def _second_level(selection: Selection, above: str) -> None:
    """The topics below one: what its articles are about more closely, with what they add up to; a click goes on."""
    rows = names.named(fetch("group_views", selection, dimension="subtopic", home=WITH, under=above), "subtopic")
    st.subheader(say("Within {topic}", topic=plain(names.of("topic", above))), anchor=False)
    if rows.empty:
        st.caption(say("None of these articles is told apart at the second level."))
        return
    counting = choice("count")
    shown = divided(rows) if counting == FRACTIONAL else rows
    _choosable(
        shown, "second-level", _columns("subtopic", counting), lambda row: ("topic", str(row["value"])), title=""
    )
    _adds_up(fetch("group_sums", selection, dimension="subtopic", home=WITH, under=above), counting, "adds_up_below")


def _most_read(selection: Selection, dimension: str) -> None:
    """Ten articles, or ten stories with the views of their versions in all languages, as the reader chose."""
    with st.container(horizontal=True, vertical_alignment="center", key="most_read_head"):
        st.subheader(say("Most read articles"), anchor=False, width="content")
        added = stories_added()
    if added:
        story_table(selection, 10, f"{dimension}-stories")
        return
    most_read(selection, f"{dimension}-articles")


def _of(rows: pd.DataFrame, value: str) -> dict[str, Any]:
    found = rows[rows["value"] == value]
    return dict(found.iloc[0]) if len(found) else {}


def _everything(dimension: str) -> None:
    st.button(
        say(_ALL[dimension]),
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=lambda: bar.change(**{FIELDS[dimension]: ()}),
        key=f"all_{dimension}",
    )


def group_trends(selection: Selection, dimension: str) -> None:
    """Views gained over time, and the share of all, side by side; of the chosen groups, when some are chosen."""
    run = context.current()
    bucket = grain(f"trend_{dimension}", selection)
    rows, beside = _trend_rows(selection, dimension, bucket)
    left, right = st.columns(2, gap="medium")
    for place, measure in ((left, "views"), (right, "share")):
        with place:
            figure = draw(figures.group_trend, rows, measure, bucket, _span(selection), run.language, beside=beside)
            click = drill.lists_gained(selection, bucket, FIELDS[dimension])
            show(figure, rows, f"{dimension}-trend-{measure}", click=click)


def _trend_rows(selection: Selection, dimension: str, bucket: str) -> tuple[pd.DataFrame, str]:
    """Rows of `group_trend`: the largest groups; the chosen ones beside all that the selection has without them. And
    what they are compared with."""
    field = FIELDS[dimension]
    chosen = tuple(one for one in getattr(selection, field) if field != "topics" or topic_level(one) == dimension)
    wide = selection.without(field) if chosen else selection
    top = MAX_VALUES if chosen else 6
    home = WITH if chosen else _home(dimension)
    rows = fetch("group_trend", wide, dimension=dimension, grain=bucket, home=home, top=top)
    if chosen:
        asked = rows.attrs
        rows = rows[rows["value"].isin(chosen)]
        rows.attrs = asked | {ASKED: (asked.get(ASKED), chosen)}
        rows = computed(rows, rows)
    rows, left = compare.trend(wide, rows, bucket, dimension, home, apart=field if chosen else "")
    return names.named(rows, dimension), compare.compared_with(wide, left)


def _span(selection: Selection) -> Span:
    return Span(selection.since, selection.until, context.current().today)


def country_map(selection: Selection) -> None:
    """The map of the selection without its countries, those outlined; a click chooses one or leaves it.

    Beside another side countries are coloured by the change: of articles, or of views gained, for views to date of
    another period had another time to grow. Another country is on the same map, so the map is not compared with it.
    """
    wide, chosen = selection.without("countries"), compare.current()
    is_on_it = chosen is not None and chosen.dimension == "country"
    rows = (
        names.named(fetch("group_views", wide, dimension="country", home=_home("country")), "country")
        if is_on_it
        else group_rows(wide, "country")
    )
    beside = "" if is_on_it else compare.compared_with(wide)
    outlined = (*selection.countries, chosen.value) if is_on_it and chosen else selection.countries
    with st.container(key="map_measure"):
        switch("measure", say("Colour"), (say("Views gained") if beside else say("Views"), say("Articles")))
        if is_on_it:
            st.caption(say("Both countries are on this map, outlined; it counts all countries of the selection."))
    views = "gained" if beside else f"views_{choice('count')}"
    measure = {"articles": "articles", "views": views}[choice("measure")]
    show(
        draw(figures.world_map, rows, measure, outlined, context.current().language, beside=beside),
        rows,
        "countries-map",
        on_select=_clicked,
        selection_mode="points",
    )


def _clicked() -> None:
    """A click on the map; the empty selection that follows a redrawn figure is none."""
    country = clicked(st.session_state["chart_countries-map"].selection.points)
    if country:
        bar.toggle("country", country)


def country_figures(selection: Selection) -> None:
    """Countries that the same articles name, as a network and as a matrix."""
    compare.without_comparison()
    pairs, language = country_pairs(selection), context.current().language
    if pairs.empty:
        st.caption(say("No two countries are named by the same article."))
        return
    click = drill.chooses_countries()
    network, matrix = st.columns(2, gap="medium")
    with network:
        show(draw(figures.country_network, pairs, language), pairs, "countries-network", click=click)
    with matrix:
        show(draw(figures.country_matrix, pairs, language), pairs, "countries-matrix", click=click)


def country_pairs(selection: Selection) -> pd.DataFrame:
    """The rows of `country_pairs` with names."""
    rows = fetch("country_pairs", selection, home=choice("home"), limit=300)
    return names.named(names.named(rows, "country", "a", "a_name"), "country", "b", "b_name")


def release_rows(selection: Selection) -> pd.DataFrame:
    """The rows of `release_dependence` with names."""
    rows = compare.grouped("release_dependence", selection, *GROUPED["release_dependence"])
    return names.named(rows, "source", "source")


def release_figures(selection: Selection) -> None:
    """Own reporting and what comes from outside, as shares of the selection's articles and views."""
    both, language = compare.beside(selection), context.current().language
    row = fetch("release_sums", both.own if both else selection).iloc[0]
    then = [fetch("release_sums", side.selection).iloc[0] for side in both.others if side.written_known] if both else []
    complete = both is not None and len(then) == len(both.others)
    parts = (
        (say("Own reporting, articles"), "none", "all_articles"),
        (say("Own reporting, views"), "own_views", "all_views"),
        (say("Text cites an outside source"), "citing", "all_articles"),
        (say("Photo from outside"), "crediting", "all_articles"),
    )
    with st.grid(4, min_column_width=170, key="release_figures"):
        for label, part, whole in parts:
            share = _share(row, part, whole)
            of = say("{n} of {all}", n=language.number(row[part]), all=language.number(row[whole]))
            # Views to date of another period had another time to grow.
            if both and not (part == "own_views" and both.comparison.is_period):
                shares = [_share(one, part, whole) for one in then] if complete else [None]
                told = None if None in shares else sum(filter(None, shares)) / len(shares)
                of += "; " + say("beside: {share}", share=language.percent(told, 1))
            st.metric(label, language.percent(share, 1), delta=of, delta_color="off", delta_arrow="off", border=True)


def _share(row: pd.Series, part: str, whole: str) -> float | None:
    return float(row[part] / row[whole]) if known(row[part]) and known(row[whole]) and row[whole] else None


def release_trend(selection: Selection, bucket: str) -> None:
    """Own reporting over time."""
    rows, left = compare.counted("release_trend", selection, bucket)
    beside = compare.compared_with(selection, left)
    figure = draw(figures.release_trend, rows, bucket, _span(selection), context.current().language, beside=beside)
    show(figure, rows, "release-trend", click=drill.lists_published(compare.own(selection), bucket))


def release_table(rows: pd.DataFrame, selection: Selection) -> None:
    """Sources and credits as a table with what it adds up to; a click on a row filters by its source."""
    shown = computed(rows.assign(name=rows["name"].fillna(say("(own reporting)"))), rows)
    order = ["name", "articles", "share_of_articles", "cited", "credited", "views", "share_of_views"]
    order = compare.columns(order, shown, "articles")
    _choosable(shown, "source-groups", order, _source)
    _adds_up(fetch("release_sums", compare.own(selection)), FULL)
    with st.container(horizontal=True, vertical_alignment="bottom", key="group_switches"):
        _mode(selection)


def _source(row: pd.Series) -> tuple[str, str] | None:
    """What a row filters by: the cited source, or the credit where nothing is cited."""
    if not known(row["source"]):
        return None
    return ("source" if row["cited"] else "credit"), str(row["source"])
