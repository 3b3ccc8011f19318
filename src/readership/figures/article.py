"""One article: its counter from reading to reading, and beside articles of its kind."""

from __future__ import annotations

import math
import textwrap
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import (
    BLUE,
    BLUE_LINE,
    GREY,
    ORANGE,
    Figure,
    canvas,
    moment_axis,
    numbers,
    records,
    shade_between,
    thin,
)
from readership.figures.time import Notes, age_words, count_axis, mark_notes
from readership.i18n import Language, known

MAX_PIECES, MAX_MARKS = 400, 600
"""Pieces of the line (three points each) and marks drawn: below 2,000 points together."""
AGES_NAMED = (1, 6, 24, 72, 168, 720, 2160)
"""Hours at which the axis of ages has a name."""
LABEL_WIDTH = 14
"""Characters of a line of the names beside lines; the margin has room for them."""


def article_curve(
    curve: pd.DataFrame,
    observations: pd.DataFrame,
    revisions: pd.DataFrame,
    language: Language,
    zone: str = "UTC",
    notes: Notes = (),
) -> Figure:
    """Views counted over time: readings as marks, the way between distant ones lighter, edits and restarts as lines.

    Args:
        curve: from_at and at (UTC), total, gained, spread, epoch, views; a row a kept reading, in order.
        observations: observed_at (UTC, may be unknown), views, status.
        revisions: seen_at (UTC), title_changed, body_changed.
        zone: IANA zone on whose clock moments are shown.
        notes: on the same clock; those within the curve are drawn.
    """
    say = language.say
    curve = curve.assign(from_at=_on_clock(curve["from_at"], zone), at=_on_clock(curve["at"], zone))
    observations = observations.assign(observed_at=_on_clock(observations["observed_at"], zone))
    revisions = revisions.assign(seen_at=_on_clock(revisions["seen_at"], zone))
    fig = canvas(height=380, legend=True)
    _way(fig, curve, language)
    _marks(fig, curve, language)
    _left_out(fig, observations, language)
    _edits(fig, revisions, language)
    _restarts(fig, curve, language)
    count_axis(fig, curve["total"], language)
    _clock_axis(fig, curve["at"], language)
    if len(curve):
        first, last = curve["at"].iloc[0], curve["at"].iloc[-1]
        mark_notes(fig, tuple(note for note in notes if first <= note[0] <= last), timedelta(0), language)
    timed = observations[observations["observed_at"].notna()]
    subtitle = say(
        "All views since publication, from {n} readings; {unknown} more have no moment. Where readings are further "
        "apart than an hour, the line is lighter: the way between them is not known.",
        n=language.number(len(timed)),
        unknown=language.number(len(observations) - len(timed)),
    )
    return Figure(fig, say("Views of this article"), subtitle, _finding(curve, language))


def beside_kind(cohort: pd.DataFrame, language: Language) -> Figure:
    """An article's views at each age, over the median and the middle half of articles of its kind at the same ages.

    Args:
        cohort: the query `article_cohort`: age_h, views, median, q1, q3, n, basis; a row an age of the grid.
    """
    say = language.say
    own, kind = cohort[cohort["views"].notna()], cohort[cohort["median"].notna()]
    fig = canvas(height=380)
    fig.update_layout(margin={"r": 8 + 7 * LABEL_WIDTH})
    above, below = _sides(own, kind)
    _kind(fig, kind, language, below)
    _own(fig, own, language, above)
    ages = cohort["age_h"]
    if len(ages):
        fig.update_xaxes(
            type="log",
            # Names of all ages would run into one another.
            tickvals=[age for age in ages if age in AGES_NAMED],
            ticktext=[age_words(int(age), language) for age in ages if age in AGES_NAMED],
            tickangle=0,
            range=[-0.15, math.log10(float(ages.max())) + 0.05],
        )
    count_axis(fig, pd.concat([own["views"], kind["q3"]]), language)
    subtitle = say(
        "Views at each age since publication; grey: median and middle half of articles published in the 90 days before."
    )
    if len(kind):
        low, high = (language.number(n) for n in (kind["n"].min(), kind["n"].max()))
        subtitle += " " + say("Cohorts of {low} to {high} articles.", low=low, high=high)
    missing = len(cohort) - len(own)
    if missing:
        subtitle += " " + language.say_n(
            "At {n} age of the grid its views are unknown.", "At {n} ages of the grid its views are unknown.", missing
        )
    return Figure(fig, say("Beside articles of its kind"), subtitle, _beside(own, kind, language))


def standing(stats: dict[str, Any], language: Language) -> str:
    """A sentence: how the article stands among its kind at the same age, or why that is not known.

    Args:
        stats: the row of the query `article_stats`.
    """
    say = language.say
    if not known(stats["age_class"]):
        return say(
            "Without a time of publication, or without any reading of its site, it has no age at which to compare it."
        )
    if not known(stats["age_h"]):
        return say("It was not read near any age of the grid, so it can't be compared at the same age yet.")
    age = age_words(int(stats["age_h"]), language)
    if not known(stats["index"]):
        return say(
            "{views} views at {age}; fewer than 20 articles of its site are known at that age, or half of them have "
            "none, so there is nothing to compare with.",
            views=language.number(stats["views_at_age"]),
            age=age,
        )
    return say(
        "{index} times the median of {n} articles like it at {age}; {rank}. Like it: {basis}.",
        index=language.number(stats["index"], 2 if stats["index"] < 1 else 1),
        n=language.number(stats["cohort_n"]),
        age=age,
        rank=_rank(float(stats["percentile"]), language),
        basis=_basis(str(stats["cohort_basis"]), language),
    )


def _rank(percentile: float, language: Language) -> str:
    if percentile >= 1:
        return language.say("above all of them")
    if percentile <= 0:
        return language.say("below all of them")
    return language.say("above {percent} of them", percent=language.percent(percentile))


def _basis(basis: str, language: Language) -> str:
    say = language.say
    return {
        "site, language, section": say("same site, language and section"),
        "site, language": say("same site and language, since fewer than 20 share its section too"),
        "site": say("same site, since fewer than 20 share its language too"),
    }.get(basis, basis)


def _sides(own: pd.DataFrame, kind: pd.DataFrame) -> tuple[str, str]:
    """Where the names of both lines stand to their ends, so that they don't cover each other: own, kind."""
    if own.empty or kind.empty:
        return "middle", "middle"
    ends = float(own["views"].iloc[-1]), float(kind["median"].iloc[-1])
    top = max(float(own["views"].max()), float(kind["q3"].max()), 1.0)
    if abs(ends[0] - ends[1]) > 0.15 * top:
        return "middle", "middle"
    return ("bottom", "top") if ends[0] >= ends[1] else ("top", "bottom")


def _kind(fig: go.Figure, kind: pd.DataFrame, language: Language, side: str) -> None:
    if kind.empty:
        return
    ages = list(kind["age_h"])
    shade_between(fig, ages, numbers(kind["q1"]), numbers(kind["q3"]))
    fig.add_scatter(
        x=ages,
        y=numbers(kind["median"]),
        mode="lines+markers",
        line={"color": GREY, "width": 1.5, "dash": "dot"},
        marker={"size": 4},
        hovertext=[_kind_hover(row, language) for row in records(kind)],
        hoverinfo="text",
    )
    _end_label(fig, kind, "median", language.say("median of its kind"), GREY, side)


def _own(fig: go.Figure, own: pd.DataFrame, language: Language, side: str) -> None:
    if own.empty:
        return
    fig.add_scatter(
        x=list(own["age_h"]),
        y=numbers(own["views"]),
        mode="lines+markers",
        line={"color": BLUE, "width": 2.5},
        marker={"size": 7},
        hovertext=[
            f"<b>{age_words(int(row['age_h']), language)}</b><br>"
            + language.say("{views} views", views=language.number(row["views"]))
            for row in records(own)
        ],
        hoverinfo="text",
    )
    _end_label(fig, own, "views", language.say("this article"), BLUE, side)


def _end_label(fig: go.Figure, rows: pd.DataFrame, column: str, words: str, colour: str, side: str = "middle") -> None:
    """A line's name beside its last point; an annotation's place on a logarithmic axis is the exponent."""
    last = rows.iloc[-1]
    lines = textwrap.wrap(words, LABEL_WIDTH)
    fig.add_annotation(
        x=math.log10(float(last["age_h"])),
        y=float(last[column]),
        text="<br>".join(lines),
        showarrow=False,
        xanchor="left",
        xshift=8,
        yanchor=side,
        align="left",
        font={"size": 12, "color": colour},
    )


def _kind_hover(row: dict[str, Any], language: Language) -> str:
    lines = [
        f"<b>{age_words(int(row['age_h']), language)}</b>",
        language.say(
            "median {views} of {n} articles", views=language.number(row["median"]), n=language.number(row["n"])
        ),
        language.say("middle half {q1}–{q3}", q1=language.number(row["q1"]), q3=language.number(row["q3"])),
        _basis(str(row["basis"]), language),
    ]
    return "<br>".join(lines)


def _beside(own: pd.DataFrame, kind: pd.DataFrame, language: Language) -> str:
    both = own[own["age_h"].isin(kind["age_h"])]
    if both.empty:
        return language.say("There is no age at which both are known.")
    last = both.iloc[-1]
    return language.say(
        "At {age} {views} views; the median of its kind is {median}.",
        age=age_words(int(last["age_h"]), language),
        views=language.number(last["views"]),
        median=language.number(last["median"]),
    )


def _clock_axis(fig: go.Figure, moments: pd.Series, language: Language) -> None:
    """Days below, with the time of day where there are few of them."""
    first, last = moments.min(), moments.max()
    if moments.empty or last - first > timedelta(days=3):
        moment_axis(fig, moments, language)
        return
    ticks = list(pd.date_range(first, last, periods=4).round("min")) if first < last else [first]
    fig.update_xaxes(
        tickvals=ticks, ticktext=[f"{language.short_day(tick)}<br>{tick:%H:%M}" for tick in ticks], tickangle=0
    )


def _on_clock(moments: pd.Series, zone: str) -> pd.Series:
    """UTC instants as the wall clock of the zone."""
    aware = pd.to_datetime(moments).dt.tz_localize("UTC")
    return pd.Series(aware.dt.tz_convert(zone).dt.tz_localize(None))


def segments(curve: pd.DataFrame, limit: int) -> pd.DataFrame:
    """The way through the readings in at most `limit` pieces without gaps, one after the other.

    Several short intervals become one piece, which is spread when any of them is.

    Returns:
        from_at, at, low, high (totals at both ends), spread.
    """
    rows = curve[curve["from_at"].notna()]
    piece = np.arange(len(rows)) * limit // max(len(rows), limit)
    grouped = rows.assign(low=rows["total"] - rows["gained"]).groupby(piece)
    return grouped.agg(
        from_at=("from_at", "first"),
        at=("at", "last"),
        low=("low", "first"),
        high=("total", "last"),
        spread=("spread", "max"),
    )


def _way(fig: go.Figure, curve: pd.DataFrame, language: Language) -> None:
    """The line through the readings: faint where it is spread over more than an hour."""
    ways = segments(curve, MAX_PIECES)
    for spread, colour, name in (
        (True, BLUE_LINE, language.say("spread between readings")),
        (False, BLUE, language.say("read within an hour")),
    ):
        xs: list[object] = []
        ys: list[float | None] = []
        for row in records(ways[ways["spread"] == spread]):
            xs += [row["from_at"], row["at"], None]
            ys += [float(row["low"]), float(row["high"]), None]
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
    points = thin(curve, "total", MAX_MARKS)
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
        f"<b>{language.local(row['at'])}</b>",
        language.say("{views} views", views=language.number(row["total"])),
        language.say("the counter said {views}", views=language.number(row["views"])),
    ]
    return "<br>".join(lines)


def _left_out(fig: go.Figure, observations: pd.DataFrame, language: Language) -> None:
    """Readings that are kept but count for nothing."""
    odd = observations[(observations["status"] == "suspect") & observations["observed_at"].notna()].head(200)
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
