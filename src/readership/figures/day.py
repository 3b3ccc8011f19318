"""The newest day so far, beside what is usual for its weekday by then."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import BLUE, GREY, Figure, canvas, numbers, records, shade_between
from readership.figures.time import count_axis
from readership.i18n import Language, known


def day_so_far(band: pd.DataFrame, language: Language, height: int = 300, size: int = 13) -> Figure:
    """Views added up from midnight, hour by hour, over the median and middle half of the same weekdays.

    Args:
        height: of the figure, and `size` of its letters: pixels.
        band: the query `band` by the hour: day, hour, views, median, q1, q3, n, cut_at; a row an hour, in order.
    """
    say = language.say
    fig = canvas(height=height)
    _usual(fig, band, language, size)
    _line(fig, band, language, size)
    count_axis(fig, pd.concat([band["views"], band["q3"]]), language)
    hours = range(0, 25, 6)
    fig.update_layout(margin={"r": 4 + 5 * size})
    fig.update_xaxes(range=[0, 24.2], tickvals=list(hours), ticktext=[f"{hour:02d}:00" for hour in hours])
    if size > 13:
        fig.update_xaxes(tickfont={"size": size})
        fig.update_yaxes(tickfont={"size": size})
    subtitle = say("No reading is known.")
    if len(band):
        subtitle = say(
            "{day}: views gained since midnight, whatever the articles' age; grey: median and middle half of the same "
            "weekday in {n} weeks.",
            day=language.day(band["day"].iloc[0]),
            n=language.number(int(band["n"].max())),
        )
    return Figure(fig, say("The day so far"), subtitle, how_usual(newest(band), language))


def newest(band: pd.DataFrame) -> dict[str, Any] | None:
    """The last row with known views; None when there is none."""
    rows = band[band["views"].notna()]
    return records(rows.tail(1))[0] if len(rows) else None


def how_usual(row: dict[str, Any] | None, language: Language) -> str:
    """A sentence: a day's views so far beside the same weekday at the same time of day; why not, when that is unknown.

    Args:
        row: a row of the query `band`.
    """
    say = language.say
    if row is None:
        return say("No views are known of the newest day.")
    head = say(
        "{weekday}, {day}, by {time}: {views} views,",
        weekday=_weekday(row, language).capitalize(),
        day=language.day(row["day"]),
        time=_clock(row),
        views=language.number(row["views"]),
    )
    return f"{head} {_beside(row, language)}"


def _beside(row: dict[str, Any], language: Language) -> str:
    say = language.say
    if not known(row["median"]):
        return say(
            "which can't be called usual or not: only {n} of the 8 weeks before were being read, and 4 are needed.",
            n=language.number(row["n"]),
        )
    details = say(
        "(median of {n} weeks: {median}; middle half {q1}–{q3}).",
        n=language.number(row["n"]),
        median=language.number(row["median"]),
        q1=language.number(row["q1"]),
        q3=language.number(row["q3"]),
    )
    return f"{_against(row, language)} {details}"


def _against(row: dict[str, Any], language: Language) -> str:
    """`12 % above a usual Friday at this hour`."""
    say, weekday = language.say, _weekday(row, language)
    if not row["median"]:
        return say("where a usual {weekday} has none at this hour", weekday=weekday)
    ratio = float(row["views"]) / float(row["median"])
    if ratio >= 2:
        return say("{times} times a usual {weekday} at this hour", times=language.number(ratio, 1), weekday=weekday)
    percent = language.percent(abs(ratio - 1))
    if round(abs(ratio - 1), 2) == 0:
        return say("as on a usual {weekday} at this hour", weekday=weekday)
    if ratio > 1:
        return say("{percent} above a usual {weekday} at this hour", percent=percent, weekday=weekday)
    return say("{percent} below a usual {weekday} at this hour", percent=percent, weekday=weekday)


def _clock(row: dict[str, Any]) -> str:
    """Up to when it is counted; the end of a day is 24:00."""
    return "24:00" if row["cut_at"].date() > row["day"].date() else f"{row['cut_at']:%H:%M}"


def _weekday(row: dict[str, Any], language: Language) -> str:
    return language.weekdays("wide")[int(row["day"].weekday())]


def _hours(rows: pd.DataFrame) -> list[float]:
    """Wall-clock hours from midnight at which the rows are counted."""
    since = pd.to_datetime(rows["cut_at"]) - pd.to_datetime(rows["day"])
    return [part.total_seconds() / 3600 for part in since]


def _usual(fig: go.Figure, band: pd.DataFrame, language: Language, size: int) -> None:
    rows = band[band["median"].notna()]
    if rows.empty:
        return
    hours = [0.0, *_hours(rows)]
    shade_between(fig, hours, [0.0, *numbers(rows["q1"])], [0.0, *numbers(rows["q3"])])
    fig.add_scatter(
        x=hours,
        y=[0.0, *numbers(rows["median"])],
        mode="lines",
        line={"color": GREY, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    _label(fig, hours[-1], float(rows["median"].iloc[-1]), language.say("usual"), GREY, size)


def _line(fig: go.Figure, band: pd.DataFrame, language: Language, size: int) -> None:
    rows = band[band["views"].notna()]
    if rows.empty:
        return
    hours = _hours(rows)
    starts = [[str(row["day"] + pd.Timedelta(hours=int(row["hour"]))), ""] for row in records(rows)]
    fig.add_scatter(
        x=[0.0, *hours],
        y=[0.0, *numbers(rows["views"])],
        mode="lines+markers",
        line={"color": BLUE, "width": 2.5},
        marker={"size": [0] * len(hours) + [8], "color": BLUE},
        hovertext=["", *(_hover(row, language) for row in records(rows))],
        hoverinfo="text",
        customdata=[starts[0], *starts],
    )
    _label(fig, hours[-1], float(rows["views"].iloc[-1]), language.number(rows["views"].iloc[-1]), BLUE, size)


def _label(fig: go.Figure, x: float, y: float, words: str, colour: str, size: int) -> None:
    fig.add_annotation(
        x=x, y=y, text=words, showarrow=False, xanchor="left", xshift=8, font={"size": size, "color": colour}
    )


def _hover(row: dict[str, Any], language: Language) -> str:
    lines = [
        f"<b>00:00–{_clock(row)}</b>",
        language.say("{views} views gained", views=language.number(row["views"])),
        language.say("usual by then: {views}", views=language.number(row["median"])),
    ]
    return "<br>".join(lines)
