"""One article's counter from reading to reading."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import BLUE, BLUE_FAINT, GREY, ORANGE, Figure, canvas, numbers, thin
from readership.figures.time import _count_axis
from readership.i18n import Language


def article_curve(
    curve: pd.DataFrame, observations: pd.DataFrame, revisions: pd.DataFrame, language: Language
) -> Figure:
    """Views counted over time: readings as marks, the way between them drawn lighter, edits as upright lines.

    Args:
        curve: at (UTC), total, kind.
        observations: observed_at (UTC, may be unknown), views, status, epoch.
        revisions: seen_at (UTC), title_changed, body_changed.
    """
    say = language.say
    fig = canvas(height=360, legend=True)
    shown = thin(curve, "total")
    fig.add_scatter(
        x=list(shown["at"]),
        y=numbers(shown["total"]),
        mode="lines",
        line={"color": BLUE_FAINT, "width": 3},
        name=say("between readings"),
        hoverinfo="skip",
    )
    _marks(fig, curve[curve["kind"] == "observed"], language)
    _left_out(fig, observations, language)
    _edits(fig, revisions, language)
    _count_axis(fig, curve["total"], language)
    _ticks(fig, curve["at"], language)
    timed = observations[observations["observed_at"].notna()]
    subtitle = say(
        "Views counted from {n} readings; {unknown} more have no moment.",
        n=language.number(len(timed)),
        unknown=language.number(len(observations) - len(timed)),
    )
    return Figure(fig, say("Views of this article"), subtitle, _finding(curve, language))


def _marks(fig: go.Figure, points: pd.DataFrame, language: Language) -> None:
    points = thin(points, "total")
    fig.add_scatter(
        x=list(points["at"]),
        y=numbers(points["total"]),
        mode="markers",
        marker={"color": BLUE, "size": 7},
        name=language.say("readings"),
        hovertext=[
            f"<b>{language.local(row['at'])} UTC</b><br>" + language.say("{views} views", views=language.number(row["total"]))
            for row in points.to_dict("records")
        ],
        hoverinfo="text",
    )


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
        (revisions["title_changed"].fillna(value=False).astype(bool) | revisions["body_changed"].fillna(value=False).astype(bool))
        & revisions["seen_at"].notna()
    ]
    for row in changed.head(50).to_dict("records"):
        words = language.say("title edited") if row["title_changed"] else language.say("text edited")
        fig.add_vline(x=row["seen_at"], line={"color": GREY, "width": 1, "dash": "dot"})
        fig.add_annotation(
            x=row["seen_at"], y=1, yref="paper", text=words, showarrow=False, textangle=-90, yanchor="top", xanchor="right"
        )


def _ticks(fig: go.Figure, moments: pd.Series, language: Language) -> None:
    if moments.nunique() < 2:
        return
    ticks = list(pd.date_range(moments.min(), moments.max(), periods=5))
    fig.update_xaxes(tickvals=ticks, ticktext=[language.day(tick) for tick in ticks], tickangle=0)


def _finding(curve: pd.DataFrame, language: Language) -> str:
    if curve.empty:
        return language.say("No reading of this article has a moment.")
    last = curve.iloc[-1]
    return language.say(
        "{views} views counted by {day}.", views=language.number(last["total"]), day=language.day(last["at"])
    )
