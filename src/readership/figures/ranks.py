"""Lists by size: one bar a row, its name and figure written on it."""

from __future__ import annotations

import pandas as pd

from readership.figures.style import BLUE, Figure, canvas, literal, shorten
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


def _finding(shown: pd.DataFrame, label: str, measure: str, language: Language) -> str:
    if shown.empty:
        return language.say("No figure is known in this period.")
    top = shown.iloc[0]
    return language.say("First is {name} with {value}.", name=top[label], value=language.number(top[measure], 1))
