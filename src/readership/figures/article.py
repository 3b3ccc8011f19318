"""One article's counter from reading to reading."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import BLUE, BLUE_LINE, GREY, ORANGE, Figure, canvas, moment_axis, numbers, records, thin
from readership.figures.time import count_axis
from readership.i18n import Language


def article_curve(
    curve: pd.DataFrame, observations: pd.DataFrame, revisions: pd.DataFrame, language: Language
) -> Figure:
    """Views counted over time: readings as marks, the way between distant ones lighter, edits and restarts as lines.

    Args:
        curve: from_at and at (UTC), total, gained, spread, epoch, views; a row a kept reading, in order.
        observations: observed_at (UTC, may be unknown), views, status.
        revisions: seen_at (UTC), title_changed, body_changed.
    """
    say = language.say
    fig = canvas(height=360, legend=True)
    _way(fig, curve, language)
    _marks(fig, curve, language)
    _left_out(fig, observations, language)
    _edits(fig, revisions, language)
    _restarts(fig, curve, language)
    count_axis(fig, curve["total"], language)
    moment_axis(fig, curve["at"], language)
    timed = observations[observations["observed_at"].notna()]
    subtitle = say(
        "Views counted from {n} readings; {unknown} more have no moment. Between readings the way is not known.",
        n=language.number(len(timed)),
        unknown=language.number(len(observations) - len(timed)),
    )
    return Figure(fig, say("Views of this article"), subtitle, _finding(curve, language))


def _way(fig: go.Figure, curve: pd.DataFrame, language: Language) -> None:
    """The line through the readings: faint where it is spread over more than an hour."""
    shown = thin(curve, "total", 600)
    for spread, colour, name in (
        (True, BLUE_LINE, language.say("spread between readings")),
        (False, BLUE, language.say("read within an hour")),
    ):
        part = shown[(shown["spread"] == spread) & shown["from_at"].notna()]
        xs: list[object] = []
        ys: list[float | None] = []
        for row in records(part):
            xs += [row["from_at"], row["at"], None]
            ys += [float(row["total"] - row["gained"]), float(row["total"]), None]
        if xs:
            fig.add_scatter(x=xs, y=ys, mode="lines", line={"color": colour, "width": 2.5}, name=name, hoverinfo="skip")


def _restarts(fig: go.Figure, curve: pd.DataFrame, language: Language) -> None:
    """Upright lines where the counter fell and began anew."""
    for moment in curve.loc[curve["epoch"].diff() > 0, "at"].head(20):
        _upright(fig, moment, language.say("counter restarted"), ORANGE)


def _upright(fig: go.Figure, moment: object, words: str, colour: str) -> None:
    fig.add_vline(x=moment, line={"color": colour, "width": 1, "dash": "dot"})
    fig.add_annotation(
        x=moment, y=1, yref="paper", text=words, showarrow=False, textangle=-90, yanchor="top", xanchor="right"
    )


def _marks(fig: go.Figure, curve: pd.DataFrame, language: Language) -> None:
    points = thin(curve, "total")
    fig.add_scatter(
        x=list(points["at"]),
        y=numbers(points["total"]),
        mode="markers",
        marker={"color": BLUE, "size": 7},
        name=language.say("readings"),
        hovertext=[_hover(row, language) for row in records(points)],
        hoverinfo="text",
    )


def _hover(row: dict[str, Any], language: Language) -> str:
    lines = [
        f"<b>{language.local(row['at'])} UTC</b>",
        language.say("{views} views", views=language.number(row["total"])),
        language.say("the counter said {views}", views=language.number(row["views"])),
    ]
    return "<br>".join(lines)


def _left_out(fig: go.Figure, observations: pd.DataFrame, language: Language) -> None:
    """Readings that are kept but count for nothing."""
    odd = observations[(observations["status"] == "suspect") & observations["observed_at"].notna()]
    if odd.empty:
        return
    fig.add_scatter(
        x=list(odd["observed_at"]),
        y=numbers(odd["views"]),
        mode="markers",
        marker={"color": ORANGE, "size": 8, "symbol": "x"},
        name=language.say("suspect readings, left out"),
        hovertext=[language.say("{views} views", views=language.number(value)) for value in odd["views"]],
        hoverinfo="text",
    )


def _edits(fig: go.Figure, revisions: pd.DataFrame, language: Language) -> None:
    changed = revisions[
        (
            revisions["title_changed"].fillna(value=False).astype(bool)
            | revisions["body_changed"].fillna(value=False).astype(bool)
        )
        & revisions["seen_at"].notna()
    ]
    for row in records(changed.head(50)):
        words = language.say("title edited") if row["title_changed"] else language.say("text edited")
        _upright(fig, row["seen_at"], words, GREY)


def _finding(curve: pd.DataFrame, language: Language) -> str:
    if curve.empty:
        return language.say("No reading of this article has a moment.")
    last = curve.iloc[-1]
    return language.say(
        "{views} views counted by {day}.", views=language.number(last["total"]), day=language.day(last["at"])
    )
