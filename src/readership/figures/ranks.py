"""Lists by size: one bar a row, its name and figure written on it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from readership.figures.groups import shares_then
from readership.figures.style import BLUE, GREY, Figure, canvas, literal, numbers, records, shorten
from readership.i18n import Language

MAX_BARS = 20


def ranked(rows: pd.DataFrame, label: str, measure: str, language: Language, *, title: str, subtitle: str) -> Figure:
    """Horizontal bars of `measure`, the largest first; rows beyond the first 20 are counted in the subtitle.

    Args:
        rows: a column of names and one of figures.
        title, subtitle: already in the reader's language.
    """
    known = rows[rows[measure].notna()].sort_values([measure, label], ascending=[False, True], kind="stable")
    shown = known.head(MAX_BARS)
    names = [literal(shorten(str(name), 48)) for name in shown[label]]
    fig = canvas(height=44 + 26 * max(len(shown), 1))
    fig.add_bar(
        x=[float(value) for value in shown[measure]],
        y=list(range(len(shown))),
        orientation="h",
        marker_color=BLUE,
        text=[language.number(value, 1) for value in shown[measure]],
        textposition="auto",
        hovertext=[
            f"<b>{literal(name)}</b><br>{language.number(value, 1)}"
            for name, value in zip(shown[label], shown[measure], strict=True)
        ],
        hoverinfo="text",
    )
    fig.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=names, autorange="reversed", rangemode="normal", showgrid=False
    )
    fig.update_xaxes(visible=False, rangemode="tozero")
    more = len(known) - len(shown)
    if more:
        subtitle += " " + language.say_n("{n} more row is in the table.", "{n} more rows are in the table.", more)
    return Figure(fig, title, subtitle, _finding(shown, label, measure, language))


def output_and_result(rows: pd.DataFrame, dimension: str, language: Language, *, beside: str = "") -> Figure:
    """What share of the articles each group has, and what share of the views.

    Args:
        rows: value, share_of_articles, share_of_views, articles; the first 24 are drawn.
        dimension: what the groups are: `section`, `language`, `country`, `topic`, `author`, `source` or `credit`; or
            `weekday` or `hour` of publication.
        beside: what the column `share_of_articles_then` holds, drawn as strokes over the bars; none when empty.
    """
    say = language.say
    shown = rows[rows["value"].notna()].head(24)
    names = [called(str(value), dimension, language) for value in shown["value"]]
    labels = [literal(shorten(name, 40)) for name in names]
    fig = canvas(height=60 + 34 * max(len(shown), 1), legend=True)
    for column, name, colour in (
        ("share_of_articles", say("share of articles"), GREY),
        ("share_of_views", say("share of views"), BLUE),
    ):
        shares = numbers(shown[column])
        fig.add_bar(
            x=shares,
            y=list(range(len(shown))),
            orientation="h",
            name=name,
            marker_color=colour,
            hovertext=[
                f"<b>{label}</b><br>{name}: {language.percent(x, 1)}" for label, x in zip(labels, shares, strict=True)
            ],
            hoverinfo="text",
            customdata=[literal(value) for value in shown["value"]],
        )
    fig.update_layout(barmode="group", bargap=0.3)
    fig.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=labels, autorange="reversed", rangemode="normal", showgrid=False
    )
    compared = shares_then(fig, shown, labels, beside, language)
    _percent_axis(fig, shown[["share_of_articles", "share_of_views", *compared]], language)
    subtitle = say("Shares of the selection's articles and of their views to date.")
    if dimension in ("country", "topic", "author", "source", "credit"):
        subtitle += " " + say("An article may be in several rows.")
    without = rows.loc[rows["value"].isna(), "articles"].sum() if "articles" in rows else 0
    if without:
        subtitle += " " + language.say_n(
            "{n} article in none of them is not drawn.", "{n} articles in none of them are not drawn.", int(without)
        )
    return Figure(fig, _by(dimension, language), subtitle, _balance(shown.assign(name=names), language))


def _percent_axis(fig: go.Figure, shown: pd.DataFrame, language: Language) -> None:
    top = float(shown.astype("Float64").fillna(0).max().max()) if len(shown) else 0.0
    step = next(step for step in (0.02, 0.05, 0.1, 0.25, 1.0) if top / step <= 5 or step == 1.0)
    ticks = [step * n for n in range(int(top / step) + 2)]
    fig.update_xaxes(
        tickvals=ticks, ticktext=[language.percent(tick) for tick in ticks], showgrid=True, rangemode="tozero"
    )


def called(value: str, dimension: str, language: Language) -> str:
    """A group's name for readers."""
    if dimension == "weekday":
        return language.weekdays("wide")[int(value) - 1]
    if dimension == "hour":
        return f"{int(value):02d}:00–{(int(value) + 1) % 24:02d}:00"
    return {"language": language.language_name, "country": language.country}.get(dimension, str)(value)


def _by(dimension: str, language: Language) -> str:
    say = language.say
    titles = {
        "section": say("Output and result by section"),
        "language": say("Output and result by language"),
        "country": say("Output and result by country"),
        "topic": say("Output and result by topic"),
        "author": say("Output and result by author"),
        "source": say("Output and result by cited source"),
        "credit": say("Output and result by photo credit"),
        "weekday": say("Output and result by weekday of publication"),
        "hour": say("Output and result by hour of publication"),
    }
    return titles[dimension]


def _balance(shown: pd.DataFrame, language: Language) -> str:
    """The group whose views exceed its share of articles most."""
    gap = (shown["share_of_views"].astype("Float64") - shown["share_of_articles"].astype("Float64")).dropna()
    if gap.empty:
        return language.say("No figure is known in this period.")
    place = int(gap.to_numpy(dtype=float).argmax())
    row = records(shown.loc[gap.index].iloc[[place]])[0]
    return language.say(
        "{name} has {articles} of the articles and {views} of the views.",
        name=row["name"],
        articles=language.percent(row["share_of_articles"], 1),
        views=language.percent(row["share_of_views"], 1),
    )


def _finding(shown: pd.DataFrame, label: str, measure: str, language: Language) -> str:
    if shown.empty:
        return language.say("No figure is known in this period.")
    top = shown.iloc[0]
    return language.say("First is {name} with {value}.", name=top[label], value=language.number(top[measure], 1))
