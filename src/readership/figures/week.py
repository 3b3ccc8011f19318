"""The week at a glance: hours across, weekdays down."""

from __future__ import annotations

import pandas as pd

from readership.figures.style import Figure, canvas, peak, records
from readership.i18n import Language


def hour_weekday(rows: pd.DataFrame, measure: str, language: Language) -> Figure:
    """A heat map of views gained, or of articles published, by local hour and weekday.

    Args:
        rows: weekday (1 Monday), hour (0-23) and the measure; unknown where nothing was observed.
        measure: `views_per_hour` or `articles_published`.
    """
    cells = {(row["weekday"], row["hour"]): row[measure] for row in records(rows[rows[measure].notna()])}
    days = language.weekdays()
    texts = [
        [f"<b>{days[day - 1]}, {_span(hour)}</b><br>{language.number(cells.get((day, hour)), 1)}" for hour in range(24)]
        for day in range(1, 8)
    ]
    fig = canvas(height=250)
    fig.add_heatmap(
        z=[[cells.get((day, hour)) for hour in range(24)] for day in range(1, 8)],
        x=[f"{hour:02d}" for hour in range(24)],
        y=days,
        hovertext=texts,
        hoverinfo="text",
        showscale=False,
        xgap=1,
        ygap=1,
        zmin=0,
    )
    fig.update_yaxes(autorange="reversed", type="category", rangemode="normal", nticks=None, showgrid=False)
    fig.update_xaxes(type="category", tickvals=[f"{hour:02d}" for hour in range(0, 24, 3)], showgrid=False)
    title, subtitle = _words(measure, language)
    return Figure(fig, title, subtitle, _finding(rows, measure, language))


def _span(hour: int) -> str:
    return f"{hour:02d}:00–{(hour + 1) % 24:02d}:00"


def _words(measure: str, language: Language) -> tuple[str, str]:
    say = language.say
    if measure == "views_per_hour":
        return say("When articles are read"), say(
            "Views gained in a mean observed hour, by local time; an empty field was not observed."
        )
    return say("When articles are published"), say(
        "Articles published by local hour and weekday, those with a time of day."
    )


def _finding(rows: pd.DataFrame, measure: str, language: Language) -> str:
    top = peak(rows, measure)
    if top is None:
        return language.say("No hour is known in this period.")
    return language.say(
        "The most, {value}, on {day}, {span}.",
        value=language.number(top[measure], 1),
        day=language.weekdays("wide")[int(top["weekday"]) - 1],
        span=_span(int(top["hour"])),
    )
