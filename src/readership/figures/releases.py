"""Own reporting beside what comes from outside: press releases, agencies, credited photos."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.groups import Span, bucket_axis, listed_axis, outline
from readership.figures.style import (
    BLUE,
    GREEN,
    GREY,
    MAX_POINTS,
    OCHRE,
    ORANGE,
    PURPLE,
    Figure,
    canvas,
    literal,
    now_and_then,
    numbers,
    records,
    shorten,
    thin,
)
from readership.figures.time import bucket_words, count_axis, grain_name
from readership.i18n import Language

MAX_BARS = 15


def releases(rows: pd.DataFrame, language: Language, *, beside: str = "") -> Figure:
    """Articles by outside source: cited in the text, credited for the photo, or both.

    Args:
        rows: of `release_dependence` with `name`; the row without a source (own reporting) is left out.
        beside: what the column `articles_then` holds, drawn as strokes over the bars; none when empty.
    """
    say = language.say
    outside = rows[rows["source"].notna()]
    shown = outside.head(MAX_BARS)
    both = shown["cited"] + shown["credited"] - shown["articles"]
    fig = canvas(height=88 + 27 * max(len(shown), 1), legend=True)
    for name, values, colour in (
        (say("cited in the text"), shown["cited"] - both, BLUE),
        (say("cited and photo credited"), both, GREEN),
        (say("photo credited"), shown["credited"] - both, OCHRE),
    ):
        fig.add_bar(
            x=numbers(values),
            y=list(range(len(shown))),
            orientation="h",
            name=name,
            marker_color=colour,
            hovertext=[_hover(row, language) for row in records(shown)],
            hoverinfo="text",
            customdata=[["source" if row["cited"] else "credit", literal(row["source"])] for row in records(shown)],
        )
    if beside and "articles_then" in shown:
        _then(fig, shown, beside, language)
    fig.update_layout(barmode="stack", bargap=0.3)
    listed_axis(fig, [literal(shorten(str(name), 40)) for name in shown["name"]])
    fig.update_xaxes(showgrid=True, rangemode="tozero", nticks=6)
    subtitle = say("Articles whose text cites the source or whose photo is credited to it; the largest sources.")
    if len(outside) > len(shown):
        subtitle += " " + language.say_n(
            "{n} more row is in the table.", "{n} more rows are in the table.", len(outside) - len(shown)
        )
    return Figure(fig, say("Outside sources and credits"), subtitle, _finding(shown, language))


def _then(fig: go.Figure, shown: pd.DataFrame, beside: str, language: Language) -> None:
    """The other side of a comparison: an upright stroke where each bar would end."""
    fig.add_scatter(
        x=numbers(shown["articles_then"]),
        y=list(range(len(shown))),
        mode="markers",
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": ORANGE}, "color": ORANGE},
        name=literal(shorten(beside, 60)),
        hovertext=[
            f"<b>{literal(row['name'])}</b><br>{now_and_then(row, 'articles', language)}" for row in records(shown)
        ],
        hoverinfo="text",
    )


def _hover(row: dict[str, Any], language: Language) -> str:
    say = language.say
    lines = [
        f"<b>{literal(row['name'])}</b>",
        say("{articles} articles", articles=language.number(row["articles"])),
        say("cited in {n}, photo credited in {m}", n=language.number(row["cited"]), m=language.number(row["credited"])),
        say("{share} of all articles", share=language.percent(row["share_of_articles"], 1)),
    ]
    return "<br>".join(lines)


def _finding(shown: pd.DataFrame, language: Language) -> str:
    if shown.empty:
        return language.say("No outside source is cited or credited in this selection.")
    top = shown.iloc[0]
    return language.say(
        "First is {name}, with {share} of the articles.",
        name=top["name"],
        share=language.percent(top["share_of_articles"], 1),
    )


def release_trend(rows: pd.DataFrame, grain: str, span: Span, language: Language, *, beside: str = "") -> Figure:
    """Articles published in each bucket: own reporting, text from outside, only the photo from outside.

    Args:
        rows: of `release_trend`: bucket, articles, own, cited, credited.
        beside: what the columns `own_then` and `articles_then` hold, drawn as lines; none when empty.
    """
    say = language.say
    fig = canvas(legend=True)
    compared = bool(beside) and "articles_then" in rows
    shown = thin(rows, "articles", MAX_POINTS // (5 if compared else 3))
    outlined = len(shown) < len(rows)
    hover = [_bucket_hover(row, grain, language) for row in records(shown)]
    for name, column, colour in (
        (say("own reporting"), "own", BLUE),
        (say("only a photo from outside"), "credited", GREY),
        (say("text cites an outside source"), "cited", ORANGE),
    ):
        looks = {**outline(colour), "stackgroup": "origin", "fillcolor": colour} if outlined else {}
        (fig.add_scatter if outlined else fig.add_bar)(
            x=list(shown["bucket"]), y=numbers(shown[column]), name=name, hovertext=hover, hoverinfo="text",
            customdata=[[str(start), ""] for start in shown["bucket"]], **(looks or {"marker_color": colour}),
        )  # fmt: skip
    fig.update_layout(barmode="stack")
    drawn = _trend_then(fig, shown, grain, language) if compared else ["articles"]
    bucket_axis(fig, rows["bucket"], grain, span, language)
    count_axis(fig, rows[drawn].astype("Float64").max(axis=1), language)
    subtitle = say("Articles {by} of publication, by where they come from.", by=grain_name(grain, language))
    if compared:
        subtitle += " " + say("Lines: what stands beside ({beside}).", beside=beside)
    own, every = int(rows["own"].sum()), int(rows["articles"].sum())
    alt = (
        say(
            "{n} of {all} articles are own reporting, {share}.",
            n=language.number(own),
            all=language.number(every),
            share=language.percent(own / every, 1),
        )
        if every
        else say("No article has a day of publication.")
    )
    return Figure(fig, say("Own reporting over time"), subtitle, alt)


def _trend_then(fig: go.Figure, rows: pd.DataFrame, grain: str, language: Language) -> list[str]:
    """The other side of a comparison: the height of its own reporting and of all its articles; what sets the scale."""
    say = language.say
    for measure, words, dash in (
        ("own", say("own reporting"), "solid"),
        ("articles", say("all articles"), "dot"),
    ):
        heads = [f"<b>{bucket_words(start, grain, language)}</b><br>{words}" for start in rows["bucket"]]
        fig.add_scatter(
            x=list(rows["bucket"]),
            y=numbers(rows[f"{measure}_then"]),
            mode="lines",
            line={"color": PURPLE, "width": 2, "shape": "hvh", "dash": dash},
            name=say("{measure}, beside", measure=words),
            hovertext=[
                f"{head}: {now_and_then(row, measure, language)}"
                for head, row in zip(heads, records(rows), strict=True)
            ],
            hoverinfo="text",
            connectgaps=False,
        )
    return ["articles", "articles_then"]


def _bucket_hover(row: dict[str, Any], grain: str, language: Language) -> str:
    say = language.say
    share = language.percent(row["own"] / row["articles"], 1) if row["articles"] else "—"
    lines = [
        f"<b>{bucket_words(row['bucket'], grain, language)}</b>",
        say("{articles} articles", articles=language.number(row["articles"])),
        say("own reporting: {share}", share=share),
        say("text cites an outside source: {n}", n=language.number(row["cited"])),
        say("only a photo from outside: {n}", n=language.number(row["credited"])),
    ]
    return "<br>".join(lines)
