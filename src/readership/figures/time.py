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
    ORANGE,
    PURPLE,
    UNSEEN,
    Figure,
    canvas,
    literal,
    numbers,
    peak,
    records,
    shorten,
    thin,
)
from readership.i18n import Language, known

_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_LENGTH = {**_STEP, "month": timedelta(days=30)}
MAX_TICKS = 6
MAX_BARS, MAX_BAND, MAX_NOTES = 500, 250, 20
"""Rows drawn of the views and of the band, so that a figure of four lines keeps to 2,000 points; notes drawn."""
BARS_UP_TO = 400
"""More buckets than this are drawn as an outline: bars would be thinner than a pixel."""

Days = tuple[date | None, date | None]
"""The chosen days, half-open; None leaves an end where the data ends."""
Notes = tuple[tuple[datetime, str], ...]
"""Notes on moments: local wall clock and words."""


def views_by_publication(
    rows: pd.DataFrame,
    grain: str,
    language: Language,
    days: Days = (None, None),
    *,
    young: date | None = None,
    cumulative: bool = False,
    notes: Notes = (),
    beside: str = "",
) -> Figure:
    """Views to date of the articles published in each bucket.

    Args:
        rows: bucket, articles, views, views_unknown, oldest_reading; a row a bucket, in order.
        grain: `day`, `week` or `month`.
        days: the chosen days, which the axis covers to its ends.
        young: articles published since then are still being read, so that buckets reaching beyond it are hatched.
        cumulative: add the buckets up.
        beside: what the column `views_then` holds, drawn as a line; no line when empty.
    """
    say = language.say
    shown = thin(_summed(rows, cumulative), "views", MAX_BARS)
    fig = canvas(legend=(young is not None and not cumulative) or bool(beside))
    _draw(fig, shown, cumulative, [_hover_published(row, grain, language) for row in records(shown)])
    _other(fig, shown, beside, grain, language, cumulative=cumulative)
    if young is not None and not cumulative:
        ends = pd.to_datetime(shown["bucket"]) + _LENGTH[grain]
        _hatch(fig, shown, ends > pd.Timestamp(young), say("articles of less than 7 days, still being read"))
    _finish(fig, shown, grain, language, days, notes)
    subtitle = say(
        "Published in the period: views to date {by} of publication, of {articles} articles; "
        "{unknown} of them without views.",
        by=grain_name(grain, language),
        articles=language.number(int(rows["articles"].sum())),
        unknown=language.number(int(rows["views_unknown"].sum())),
    )
    return Figure(fig, say("Views by publication"), subtitle, _finding(rows, "views", grain, language))


def views_at_age(
    rows: pd.DataFrame,
    grain: str,
    basis: str,
    language: Language,
    days: Days = (None, None),
    *,
    cumulative: bool = False,
    notes: Notes = (),
    beside: str = "",
) -> Figure:
    """Views at one age of the articles published in each bucket: old and young buckets can be compared.

    Args:
        rows: bucket, age_h, articles, views, known, unknown; only buckets wholly older than the age.
        basis: `sum`, `mean` or `median` of the articles' views at that age; what `views` holds.
        beside: as in `views_by_publication`.
    """
    say = language.say
    shown = thin(_summed(rows, cumulative), "views", MAX_BARS)
    age = age_words(int(rows["age_h"].dropna().iloc[0]), language) if rows["age_h"].notna().any() else ""
    fig = canvas(legend=bool(beside))
    _draw(fig, shown, cumulative, [_hover_age(row, grain, age, language) for row in records(shown)])
    _other(fig, shown, beside, grain, language, cumulative=cumulative)
    _finish(fig, shown, grain, language, days, notes)
    if len(rows) and days[1]:
        _too_young(fig, pd.Timestamp(rows["bucket"].iloc[-1]) + _LENGTH[grain], pd.Timestamp(days[1]), grain, language)
    subtitle = say(
        "Published in the period: {basis} of views at the age of {age}, {by} of publication; known for {known} of "
        "{articles} articles. Buckets that are not older than that are left out.",
        basis={"sum": say("sum"), "mean": say("mean"), "median": say("median")}[basis],
        age=age,
        by=grain_name(grain, language),
        known=language.number(int(rows["known"].sum())),
        articles=language.number(int(rows["articles"].sum())),
    )
    return Figure(
        fig, say("Views at the same age"), subtitle, _finding(rows, "views", grain, language, adds=basis == "sum")
    )


def views_gained(
    rows: pd.DataFrame,
    grain: str,
    language: Language,
    days: Days = (None, None),
    band: pd.DataFrame | None = None,
    *,
    cumulative: bool = False,
    notes: Notes = (),
    beside: str = "",
) -> Figure:
    """Views gained in each bucket: what was observed inside it, what was spread over it, and what is usual.

    Args:
        rows: bucket (local), label, views, observed_share, covered_share, baseline, complete; in order.
        band: day, median, q1, q3 of the same weekday in the weeks before; drawn for days only.
        cumulative: add the buckets up; buckets in which nothing was being read add nothing, and are counted.
        beside: as in `views_by_publication`.
    """
    shown = thin(_summed(rows, cumulative), "views", MAX_BARS)
    fig = canvas(legend=not cumulative or bool(beside))
    hover = [_hover_gained(row, grain, language) for row in records(shown)]
    if cumulative:
        _draw(fig, shown, cumulative, hover)
    else:
        if band is not None and grain == "day" and not band.empty and len(shown) <= BARS_UP_TO:
            _band(fig, band, language)
        _stacked(fig, shown, hover, language)
        _hatch(fig, shown, _unripe(shown), language.say("not over, or not fully read yet"))
    _other(fig, shown, beside, grain, language, cumulative=cumulative)
    _finish(fig, shown, grain, language, days, notes)
    return Figure(
        fig,
        language.say("Views gained"),
        _gained_words(rows, grain, cumulative, language),
        _finding(rows, "views", grain, language),
    )


def _gained_words(rows: pd.DataFrame, grain: str, cumulative: bool, language: Language) -> str:
    say = language.say
    words = [
        say(
            "Read in the period: views gained {by}, whenever the articles were published; from differences between "
            "readings.",
            by=grain_name(grain, language),
        )
    ]
    if before := int(rows["baseline"].sum()):
        words.append(
            say("{views} views that were there before a first reading are in no bucket.", views=language.number(before))
        )
    if unknown := int(rows["views"].isna().sum()):
        words.append(language.say_n("In {n} bucket nothing was read.", "In {n} buckets nothing was read.", unknown))
    if cumulative:
        words.append(say("Added up from the first day."))
    return " ".join(words)


def _summed(rows: pd.DataFrame, cumulative: bool) -> pd.DataFrame:
    """The rows, their views added up from the first one when asked for; the unknown stays unknown."""
    if not cumulative:
        return rows
    return rows.assign(**{name: rows[name].astype("Float64").cumsum() for name in ("views", THEN) if name in rows})


THEN, CHANGE = "views_then", "views_change_percent"
"""What the other side of a comparison has in the same place, and the change in percent (queries.comparison)."""


def _other(
    fig: go.Figure, shown: pd.DataFrame, beside: str, grain: str, language: Language, *, cumulative: bool
) -> None:
    """The other side of a comparison: the outline of its bars over the own ones, or a second rising line."""
    if not beside or THEN not in shown:
        return
    stepped = not cumulative and len(shown) <= BARS_UP_TO
    fig.add_scatter(
        x=list(shown["bucket"]),
        y=numbers(shown[THEN]),
        mode="lines",
        line={"color": ORANGE, "width": 2, "shape": "hvh" if stepped else "linear", "dash": "solid"},
        name=literal(shorten(beside, 90)),
        hovertext=[_hover_other(row, grain, language, cumulative=cumulative) for row in records(shown)],
        hoverinfo="text",
        connectgaps=False,
    )


def _hover_other(row: dict[str, Any], grain: str, language: Language, *, cumulative: bool) -> str:
    lines = [
        f"<b>{bucket_words(row['bucket'], grain, language)}</b>",
        language.say(
            "{views} views now, {then} beside",
            views=language.number(row["views"]),
            then=language.number(row[THEN], 1),
        ),
    ]
    if not cumulative and known(row[CHANGE]):
        lines.append(language.signed_percent(row[CHANGE] / 100))
    return "<br>".join(lines)


def _draw(fig: go.Figure, shown: pd.DataFrame, cumulative: bool, hover: list[str]) -> None:
    """One measure: bars, an outline of many bars, or a rising line."""
    values = numbers(shown["views"])
    if cumulative or len(shown) > BARS_UP_TO:
        _outline(fig, shown, values, BLUE, hover, "", cumulative=cumulative)
    else:
        fig.add_bar(
            x=list(shown["bucket"]), y=values, marker_color=BLUE, hovertext=hover, hoverinfo="text", showlegend=False,
            customdata=_bucket_ids(shown),
        )  # fmt: skip


def _stacked(fig: go.Figure, shown: pd.DataFrame, hover: list[str], language: Language) -> None:
    """What was observed in a bucket, and on top, lighter, what was spread over it."""
    observed = shown["views"] * shown["observed_share"].astype("Float64").fillna(0)
    inside, over = language.say("observed in it"), language.say("spread over it")
    if len(shown) > BARS_UP_TO:
        _outline(fig, shown, numbers(shown["views"]), BLUE_FAINT, hover, over)
        _outline(fig, shown, numbers(observed), BLUE, [], inside)
        return
    for name, values, colour in ((inside, observed, BLUE), (over, shown["views"] - observed, BLUE_FAINT)):
        fig.add_bar(
            x=list(shown["bucket"]),
            y=numbers(values),
            name=name,
            marker_color=colour,
            hovertext=hover,
            hoverinfo="text",
            customdata=_bucket_ids(shown),
        )
    fig.update_layout(barmode="stack")


def _bucket_ids(shown: pd.DataFrame) -> list[list[str]]:
    """What a click on a bar means: the bucket's start, and its label where an hour comes twice."""
    labels = shown["label"] if "label" in shown else pd.Series("", index=shown.index)
    return [
        [str(start), label if isinstance(label, str) else ""]
        for start, label in zip(shown["bucket"], labels, strict=True)
    ]


def _outline(
    fig: go.Figure,
    shown: pd.DataFrame,
    values: list[float | None],
    colour: str,
    hover: list[str],
    name: str,
    *,
    cumulative: bool = False,
) -> None:
    fig.add_scatter(
        x=list(shown["bucket"]),
        y=values,
        # Plotly tells of clicks on markers alone.
        mode="lines+markers" if hover else "lines",
        marker={**UNSEEN, "color": colour},
        line={"color": colour, "width": 2.5 if cumulative else 0.5, "shape": "linear" if cumulative else "hvh"},
        fill=None if cumulative else "tozeroy",
        fillcolor=colour,
        name=name,
        showlegend=bool(name),
        hovertext=hover or None,
        hoverinfo="text" if hover else "skip",
        customdata=_bucket_ids(shown) if hover else None,
    )


def _finish(fig: go.Figure, shown: pd.DataFrame, grain: str, language: Language, days: Days, notes: Notes) -> None:
    _time_axis(fig, shown["bucket"], grain, language, days)
    both = shown[[name for name in ("views", THEN) if name in shown]].astype("Float64").max(axis=1)
    count_axis(fig, both, language)
    _peak_label(fig, shown, language)
    if len(shown):
        mark_notes(fig, notes, _LENGTH[grain] / 2, language)


def _peak_label(fig: go.Figure, shown: pd.DataFrame, language: Language) -> None:
    """The highest figure, written on it."""
    top = peak(shown, "views")
    if top is not None:
        fig.add_annotation(
            x=top["bucket"],
            y=float(top["views"]),
            text=language.number(round(top["views"])),
            showarrow=False,
            # At the right end there is no room beside the point.
            xanchor="right" if top["bucket"] == shown["bucket"].iloc[-1] else "center",
            yanchor="bottom",
            font={"size": 12},
        )


def mark_notes(fig: go.Figure, notes: Notes, shift: timedelta, language: Language) -> None:
    """Upright lines with the words of the newest notes, moved as bars stand before their bucket's start."""
    for moment, words in sorted(notes)[-MAX_NOTES:]:
        place = str(moment - shift)
        fig.add_vline(x=place, line={"color": PURPLE, "width": 1, "dash": "dot"})
        fig.add_annotation(
            x=place,
            y=1,
            yref="paper",
            text=literal(shorten(words, 34)),
            hovertext=f"<b>{language.local(moment)}</b><br>{literal(words)}",
            showarrow=False,
            textangle=-90,
            yanchor="top",
            xanchor="right",
            font={"size": 11, "color": PURPLE},
        )


def _too_young(fig: go.Figure, start: pd.Timestamp, end: pd.Timestamp, grain: str, language: Language) -> None:
    """The days at the end whose articles have not reached the age: shaded, so that they don't look like nothing."""
    if start >= end:
        return
    half = _LENGTH[grain] / 2
    fig.add_vrect(x0=str(start - half), x1=str(end - half), fillcolor=GREY_FAINT, line_width=0, layer="below")
    fig.add_annotation(
        x=str(end - half),
        y=1,
        yref="paper",
        text=language.say("too young yet"),
        showarrow=False,
        xanchor="right",
        yanchor="top",
        font={"size": 11},
    )


def age_words(hours: int, language: Language) -> str:
    """An age of the grid: `24 h`, `7 d`."""
    if hours <= 24:
        return language.say("{n} h", n=language.number(hours))
    return language.say("{n} d", n=language.number(hours // 24))


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


def _hover_age(row: dict[str, Any], grain: str, age: str, language: Language) -> str:
    lines = [
        f"<b>{bucket_words(row['bucket'], grain, language)}</b>",
        language.say("{views} views at {age}", views=language.number(row["views"], 1), age=age),
        language.say(
            "known for {known} of {articles} articles",
            known=language.number(row["known"]),
            articles=language.number(row["articles"]),
        ),
    ]
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
    band = thin(band, "median", MAX_BAND)
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


def _hatch(fig: go.Figure, rows: pd.DataFrame, which: pd.Series, name: str) -> None:
    """Hatch the buckets on the right that are not ripe yet, so that they don't look like a fall."""
    edge = rows[which]
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
        name=name,
        hoverinfo="skip",
    )
    fig.update_layout(barmode="stack")


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
        tickvals=ticks, ticktext=[language.number(tick) for tick in ticks], range=[0, max(ticks[-1], top) * 1.08 or 1]
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


def _finding(rows: pd.DataFrame, value: str, grain: str, language: Language, *, adds: bool = True) -> str:
    """Where it peaks, and the sum of what adds up."""
    top = peak(rows, value)
    if top is None:
        return language.say("No views are known in this period.")
    place = bucket_words(top["bucket"], grain, language)
    if not adds:
        return language.say("The most, {views}, in {bucket}.", views=language.number(top[value], 1), bucket=place)
    return language.say(
        "{total} views in all; the most, {views}, in {bucket}.",
        total=language.number(int(rows[value].sum())),
        views=language.number(top[value]),
        bucket=place,
    )
