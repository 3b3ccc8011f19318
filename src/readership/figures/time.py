"""Views over time: by the day of publication, and gained from reading to reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import (
    BLUE,
    BLUE_FAINT,
    GREY,
    GREY_FAINT,
    Figure,
    canvas,
    literal,
    numbers,
    peak,
    records,
    thin,
)
from readership.i18n import Language, known

_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_LENGTH = {**_STEP, "month": timedelta(days=30)}
MAX_TICKS = 6


Days = tuple[date | None, date | None]
"""The chosen days, half-open; None leaves an end where the data ends."""


def views_by_publication(rows: pd.DataFrame, grain: str, language: Language, days: Days = (None, None)) -> Figure:
    """Views to date of the articles published in each bucket.

    Args:
        rows: bucket, articles, views, views_unknown, oldest_reading; a row a bucket, in order.
        grain: `day`, `week` or `month`.
        days: the chosen days, which the axis covers to its ends.
    """
    say = language.say
    fig = canvas()
    shown = thin(rows, "views")
    hover = [_hover_published(row, grain, language) for row in records(shown)]
    fig.add_bar(
        x=list(shown["bucket"]), y=numbers(shown["views"]), marker_color=BLUE, hovertext=hover, hoverinfo="text"
    )
    _time_axis(fig, shown["bucket"], grain, language, days)
    count_axis(fig, shown["views"], language)
    articles, unknown = int(rows["articles"].sum()), int(rows["views_unknown"].sum())
    subtitle = say(
        "Views to date, {by} of publication: {articles} articles, {unknown} of them without views.",
        by=grain_name(grain, language),
        articles=language.number(articles),
        unknown=language.number(unknown),
    )
    return Figure(fig, say("Views by publication"), subtitle, _finding(rows, "views", grain, language))


def views_gained(
    rows: pd.DataFrame, grain: str, language: Language, days: Days = (None, None), band: pd.DataFrame | None = None
) -> Figure:
    """Views gained in each bucket: what was observed inside it, what was spread over it, and what is usual.

    Args:
        rows: bucket (local), label, views, observed_share, covered_share, baseline, complete; in order.
        band: day, median, q1, q3 of the same weekday in the weeks before; drawn for days only.
    """
    say = language.say
    shown = thin(rows, "views")
    fig = canvas(legend=True)
    if band is not None and grain == "day" and not band.empty:
        _band(fig, band, language)
    observed = shown["views"] * shown["observed_share"].astype("Float64").fillna(0)
    hover = [_hover_gained(row, grain, language) for row in records(shown)]
    for name, values, colour in (
        (say("observed in it"), observed, BLUE),
        (say("spread over it"), shown["views"] - observed, BLUE_FAINT),
    ):
        fig.add_bar(
            x=list(shown["bucket"]),
            y=numbers(values),
            name=name,
            marker_color=colour,
            hovertext=hover,
            hoverinfo="text",
        )
    fig.update_layout(barmode="stack")
    _immature(fig, rows, language)
    _time_axis(fig, shown["bucket"], grain, language, days)
    count_axis(fig, shown["views"], language)
    subtitle = say(
        "Views gained {by}, whenever the articles were published; from differences between readings.",
        by=grain_name(grain, language),
    )
    before = int(rows["baseline"].sum())
    if before:
        subtitle += " " + say(
            "{views} views that were there before a first reading are in no bucket.", views=language.number(before)
        )
    return Figure(fig, say("Views gained"), subtitle, _finding(rows, "views", grain, language))


def grain_name(grain: str, language: Language) -> str:
    """`by day`, in the reader's language."""
    say = language.say
    return {"hour": say("by hour"), "day": say("by day"), "week": say("by week"), "month": say("by month")}[grain]


def bucket_words(start: Any, grain: str, language: Language) -> str:
    """A bucket's range: `8 May 2024`, `8–14 May 2024`, `May 2024`, `8 May 2024, 14:00–15:00`."""
    if grain == "month":
        return language.month(start)
    if grain == "week":
        day = start.date() if isinstance(start, datetime) else start
        return language.days(day, day + timedelta(days=6))
    if grain == "hour":
        return f"{language.local(start)}–{start + _STEP['hour']:%H:%M}"
    return language.day(start)


def _hover_published(row: dict[str, Any], grain: str, language: Language) -> str:
    lines = [
        f"<b>{bucket_words(row['bucket'], grain, language)}</b>",
        language.say(
            "{views} views of {articles} articles",
            views=language.number(row["views"]),
            articles=language.number(row["articles"]),
        ),
    ]
    if known(row["views_unknown"]) and row["views_unknown"]:
        lines.append(language.say("{n} without views", n=language.number(row["views_unknown"])))
    return "<br>".join(lines)


def _hover_gained(row: dict[str, Any], grain: str, language: Language) -> str:
    lines = [
        f"<b>{bucket_words(row['bucket'], grain, language)}</b> {literal(row['label'] or '')}".rstrip(),
        language.say("{views} views gained", views=language.number(row["views"])),
        language.say("observed in it: {share}", share=language.percent(row["observed_share"])),
        language.say("time covered by readings: {share}", share=language.percent(row["covered_share"])),
    ]
    return "<br>".join(lines)


def _band(fig: go.Figure, band: pd.DataFrame, language: Language) -> None:
    """Quartiles and median of the same weekday, behind the bars."""
    days = list(band["day"])
    fig.add_scatter(x=days, y=numbers(band["q1"]), mode="lines", line={"width": 0}, showlegend=False, hoverinfo="skip")
    fig.add_scatter(
        x=days,
        y=numbers(band["q3"]),
        mode="lines",
        line={"width": 0},
        fill="tonexty",
        fillcolor=GREY_FAINT,
        name=language.say("usual for the weekday (middle half)"),
        hoverinfo="skip",
    )
    fig.add_scatter(
        x=days,
        y=numbers(band["median"]),
        mode="lines",
        line={"color": GREY, "width": 1.5, "dash": "dot"},
        name=language.say("median"),
        hoverinfo="skip",
    )


def _immature(fig: go.Figure, rows: pd.DataFrame, language: Language) -> None:
    """Hatch the buckets on the right that are not over or hardly read yet, so that they don't look like a fall."""
    edge = rows[_unripe(rows)]
    if edge.empty:
        return
    top = float(rows["views"].astype("Float64").fillna(0).max()) * 1.04 or 1.0
    fig.add_bar(
        x=list(edge["bucket"]),
        y=[max(top - float(value), 0.0) for value in edge["views"].astype("Float64").fillna(0)],
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": GREY, "size": 6, "solidity": 0.12},
        },
        name=language.say("not over, or not fully read yet"),
        hoverinfo="skip",
    )


def _unripe(rows: pd.DataFrame) -> pd.Series:
    """The buckets after the last one that is over and well covered by readings; none when there is no such one."""
    ripe = rows["complete"].astype("boolean").fillna(value=False) & (
        rows["covered_share"].astype("Float64").fillna(0) >= 0.5
    )
    return (ripe[::-1].cumsum()[::-1] == 0) & bool(ripe.any())


def _time_axis(fig: go.Figure, buckets: pd.Series, grain: str, language: Language, days: Days) -> None:
    """Ticks in the reader's language at buckets; the axis covers the chosen days to their ends."""
    starts = [pd.Timestamp(start) for start in buckets]
    if not starts:
        fig.update_xaxes(visible=False)
        return
    ticks = starts[:: max(1, -(-len(starts) // MAX_TICKS))]
    label = {"month": language.month, "hour": _hour_label(language)}.get(grain, language.short_day)
    first = min([starts[0], *(pd.Timestamp(day) for day in days[:1] if day)])
    last = max([starts[-1] + _LENGTH[grain], *(pd.Timestamp(day) for day in days[1:] if day)])
    # Plotly centres a bar on its bucket's start, so both ends move by half a bucket.
    half = _LENGTH[grain] / 2
    fig.update_xaxes(
        type="date",
        tickvals=[str(tick) for tick in ticks],
        ticktext=[label(tick) for tick in ticks],
        tickangle=0,
        range=[str(first - half), str(last - half)],
    )


def _hour_label(language: Language) -> Callable[[Any], str]:
    return lambda moment: f"{language.short_day(moment)}<br>{moment:%H:%M}"


def count_axis(fig: go.Figure, values: pd.Series, language: Language) -> None:
    """Whole numbers with the language's separators, from zero to above the highest value."""
    top = float(values.max()) if values.notna().any() else 0.0
    ticks = round_ticks(top)
    fig.update_yaxes(
        tickvals=ticks, ticktext=[language.number(tick) for tick in ticks], range=[0, max(ticks[-1], top) * 1.04 or 1]
    )


def round_ticks(top: float) -> list[int]:
    """Four or five round whole numbers from 0 to about `top`."""
    if top <= 0:
        return [0]
    raw = max(top / 4, 1)
    magnitude = 10 ** (len(str(int(raw))) - 1)
    step = next(
        int(magnitude * factor)
        for factor in (1, 2, 2.5, 5, 10)
        if magnitude * factor >= raw and magnitude * factor % 1 == 0
    )
    return list(range(0, int(top) + 1, step))


def _finding(rows: pd.DataFrame, value: str, grain: str, language: Language) -> str:
    """The sum and where it peaks."""
    top = peak(rows, value)
    if top is None:
        return language.say("No views are known in this period.")
    return language.say(
        "{total} views in all; the most, {views}, in {bucket}.",
        total=language.number(int(rows[value].sum())),
        views=language.number(top[value]),
        bucket=bucket_words(top["bucket"], grain, language),
    )
