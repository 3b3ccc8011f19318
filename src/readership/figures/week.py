"""The week at a glance, hours across and weekdays down; and the day: when we publish beside when we are read."""

from __future__ import annotations

import pandas as pd

from readership.figures.style import BLUE, GREY, Figure, canvas, clickable, peak, records
from readership.i18n import Language


def hour_weekday(rows: pd.DataFrame, measure: str, language: Language) -> Figure:
    """A heat map of views gained, or of articles published, by local hour and weekday.

    Args:
        rows: weekday (1 Monday), hour (0-23) and the measure; unknown where nothing was observed.
        measure: `views_per_hour` or `articles_published`.
    """
    cells = {(row["weekday"], row["hour"]): row[measure] for row in records(rows[rows[measure].notna()])}
    days = language.weekdays()
    places = [(day, hour) for day in range(1, 8) for hour in range(24)]
    fig = canvas(height=250)
    fig.add_heatmap(
        z=[[cells.get((day, hour)) for hour in range(24)] for day in range(1, 8)],
        x=[f"{hour:02d}" for hour in range(24)],
        y=days,
        hoverinfo="skip",
        showscale=False,
        xgap=1,
        ygap=1,
        zmin=0,
        zmax=_ceiling([float(value) for value in cells.values()]),
    )
    clickable(
        fig,
        [f"{hour:02d}" for _day, hour in places],
        [days[day - 1] for day, _hour in places],
        [
            f"<b>{days[day - 1]}, {_span(hour)}</b><br>{language.number(cells.get((day, hour)), 1)}"
            for day, hour in places
        ],
        [[day, hour] for day, hour in places],
    )
    fig.update_yaxes(autorange="reversed", type="category", rangemode="normal", nticks=None, showgrid=False)
    fig.update_xaxes(type="category", tickvals=[f"{hour:02d}" for hour in range(0, 24, 3)], showgrid=False)
    title, subtitle = _words(measure, language)
    finding = _finding(rows, measure, language)
    return Figure(fig, title, f"{subtitle} {finding}", finding)


def publishing_clock(rows: pd.DataFrame, language: Language) -> Figure:
    """What share of a day's articles is published in each hour, and what share of its views is gained in it.

    Args:
        rows: the query `hour_weekday`: weekday, hour, articles_published, views_per_hour (unknown where unobserved).
    """
    say = language.say
    hours = rows.groupby("hour", as_index=False)[["articles_published", "views_per_hour"]].sum(min_count=1)
    published, read = (_shares(hours[name]) for name in ("articles_published", "views_per_hour"))
    names = [f"{int(hour):02d}" for hour in hours["hour"]]
    fig = canvas(height=300, legend=True)
    hover = [
        f"<b>{_span(int(hour))}</b><br>{say('share of articles')}: {language.percent(out, 1)}<br>"
        f"{say('share of views')}: {language.percent(back, 1)}"
        for hour, out, back in zip(hours["hour"], published, read, strict=True)
    ]
    fig.add_bar(
        x=names, y=published, marker_color=GREY, name=say("share of articles"), hovertext=hover, hoverinfo="text",
        customdata=[[0, int(hour)] for hour in hours["hour"]],
    )  # fmt: skip
    fig.add_scatter(
        x=names,
        y=read,
        mode="lines+markers",
        line={"color": BLUE, "width": 2.5},
        marker={"size": 5},
        name=say("share of views"),
        hovertext=hover,
        hoverinfo="text",
        customdata=[[0, int(hour)] for hour in hours["hour"]],
    )
    fig.update_xaxes(type="category", tickvals=names[::3])
    top = max([share for share in (*published, *read) if share is not None], default=0.0)
    ticks = [0.05 * n for n in range(int(top / 0.05) + 2)]
    fig.update_yaxes(tickvals=ticks, ticktext=[language.percent(tick) for tick in ticks])
    subtitle = say(
        "Shares of a whole week's articles, by hour of publication, and of the views gained in a mean observed hour, "
        "whatever the articles' age; local time. Hours that were never observed have no share."
    )
    return Figure(
        fig, say("When we publish and when we are read"), subtitle, _clock_words(hours, published, read, language)
    )


def _shares(column: pd.Series) -> list[float | None]:
    total = float(column.sum())
    return [None if pd.isna(value) or not total else float(value) / total for value in column]


def _clock_words(
    hours: pd.DataFrame, published: list[float | None], read: list[float | None], language: Language
) -> str:
    tops = []
    for shares in (published, read):
        known = [(share, -place) for place, share in enumerate(shares) if share]
        if not known:
            return language.say("No hour is known in this period.")
        share, place = max(known)
        tops.append((_span(int(hours["hour"].iloc[-place])), language.percent(share)))
    return language.say(
        "Most is published {publish} ({publish_share} of the articles), most is read {read} "
        "({read_share} of the views).",
        publish=tops[0][0],
        publish_share=tops[0][1],
        read=tops[1][0],
        read_share=tops[1][1],
    )


def _ceiling(values: list[float]) -> float | None:
    """Where the colours end: the 97th percentile, so that one hour doesn't take the colour from all others."""
    return sorted(values)[(97 * len(values) + 99) // 100 - 1] or None if values else None


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
