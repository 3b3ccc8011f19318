"""The week at a glance, hours across and weekdays down; and the day: when we publish beside when we are read."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.groups import share_ticks
from readership.figures.style import (
    BESIDE_SCALE,
    BLUE,
    GREY,
    ORANGE,
    Figure,
    canvas,
    clickable,
    literal,
    now_and_then,
    peak,
    records,
)
from readership.i18n import Language, known


def hour_weekday(rows: pd.DataFrame, measure: str, language: Language, *, beside: str = "") -> Figure:
    """A heat map of views gained, or of articles published, by local hour and weekday.

    Args:
        rows: weekday (1 Monday), hour (0-23) and the measure; unknown where nothing was observed.
        measure: `views_per_hour` or `articles_published`.
        beside: what the column `…_then` of the measure holds: fields are then coloured by how much more or less they
            have than that; by the measure when empty.
    """
    compared = bool(beside) and f"{measure}_then" in rows
    found = {(row["weekday"], row["hour"]): row for row in records(rows)}
    cells = _differences(found, measure) if compared else _known(found, measure)
    days = language.weekdays()
    places = [(day, hour) for day in range(1, 8) for hour in range(24)]
    words = {at: _cell_words(found.get(at, {}), measure, compared, language) for at in places}
    fig = canvas(height=250)
    fig.add_heatmap(
        z=[[cells.get((day, hour)) for hour in range(24)] for day in range(1, 8)],
        x=[f"{hour:02d}" for hour in range(24)],
        y=days,
        hoverinfo="skip",
        showscale=False,
        xgap=1,
        ygap=1,
        **_colours(list(cells.values()), compared=compared),
    )
    clickable(
        fig,
        [f"{hour:02d}" for _day, hour in places],
        [days[day - 1] for day, _hour in places],
        [f"<b>{days[day - 1]}, {_span(hour)}</b><br>{words[day, hour]}" for day, hour in places],
        [[day, hour] for day, hour in places],
    )
    fig.update_yaxes(autorange="reversed", type="category", rangemode="normal", nticks=None, showgrid=False)
    fig.update_xaxes(type="category", tickvals=[f"{hour:02d}" for hour in range(0, 24, 3)], showgrid=False)
    title, subtitle = _words(measure, language)
    if compared:
        subtitle += " " + language.say(
            "Blue: more than beside it ({beside}); orange: less; an empty field is unknown on one of the sides.",
            beside=beside,
        )
    finding = _moved(cells, language) if compared else _finding(rows, measure, language)
    return Figure(fig, title, f"{subtitle} {finding}", finding)


Cells = dict[tuple[int, int], float]
"""A figure by weekday and hour; those that are unknown are left out."""


def _known(found: dict[tuple[int, int], dict[str, Any]], measure: str) -> Cells:
    return {place: float(row[measure]) for place, row in found.items() if known(row[measure])}


def _differences(found: dict[tuple[int, int], dict[str, Any]], measure: str) -> Cells:
    """What each field has more than beside it."""
    now, then = _known(found, measure), _known(found, f"{measure}_then")
    return {place: now[place] - then[place] for place in now if place in then}


def _colours(values: list[float], *, compared: bool) -> dict[str, Any]:
    """From nothing to much; of a comparison from less over the same to more, equally far both ways."""
    if not compared:
        return {"zmin": 0, "zmax": _ceiling(values)}
    far = _ceiling([abs(value) for value in values]) or 1
    return {"zmin": -far, "zmax": far, "colorscale": BESIDE_SCALE}


def _cell_words(row: dict[str, Any], measure: str, compared: bool, language: Language) -> str:
    if compared:
        return now_and_then(row, measure, language, 1)
    return language.number(row.get(measure), 1)


def _moved(cells: Cells, language: Language) -> str:
    """Where a field has most more, and most less, than beside it."""
    if not cells:
        return language.say("No hour is known on both sides.")
    places = {"most": max(cells, key=cells.__getitem__), "least": min(cells, key=cells.__getitem__)}
    facts = {name: language.number(abs(cells[place]), 1) for name, place in places.items()}
    facts |= {f"{name}_at": _named(place, language) for name, place in places.items()}
    if cells[places["most"]] <= 0 <= cells[places["least"]]:
        return language.say("No hour has more or less than beside it.")
    if cells[places["least"]] >= 0:
        return language.say("Most more than beside it: {most}, on {most_at}; none less.", **facts)
    if cells[places["most"]] <= 0:
        return language.say("Most less than beside it: {least}, on {least_at}; none more.", **facts)
    return language.say("Most more than beside it: {most}, on {most_at}; most less: {least}, on {least_at}.", **facts)


def _named(place: tuple[int, int], language: Language) -> str:
    day, hour = place
    return f"{language.weekdays('wide')[day - 1]}, {_span(hour)}"


def publishing_clock(rows: pd.DataFrame, language: Language, *, beside: str = "") -> Figure:
    """What share of a day's articles is published in each hour, and what share of its views is gained in it.

    Args:
        rows: the query `hour_weekday`: weekday, hour, articles_published, views_per_hour (unknown where unobserved).
        beside: what the columns `…_then` of both hold, drawn as strokes and as a second line; none when empty.
    """
    say = language.say
    both = ["articles_published", "views_per_hour"]
    then = [f"{name}_then" for name in both if beside and f"{name}_then" in rows]
    hours = rows.groupby("hour", as_index=False)[[*both, *then]].sum(min_count=1)
    published, read = (_shares(hours[name]) for name in both)
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
    drawn = _clock_then(fig, names, [_shares(hours[name]) for name in then], beside, language) if then else []
    fig.update_xaxes(type="category", tickvals=names[::3])
    top = max([share for share in (*published, *read, *drawn) if share is not None], default=0.0)
    ticks = share_ticks(top)
    fig.update_yaxes(tickvals=ticks, ticktext=[language.percent(tick) for tick in ticks])
    subtitle = say(
        "Shares of a whole week's articles, by hour of publication, and of the views gained in a mean observed hour, "
        "whatever the articles' age; local time. Hours that were never observed have no share."
    )
    if drawn:
        subtitle += " " + say("Strokes and dotted line: what stands beside ({beside}).", beside=beside)
    return Figure(
        fig, say("When we publish and when we are read"), subtitle, _clock_words(hours, published, read, language)
    )


def _clock_then(
    fig: go.Figure, names: list[str], shares: list[list[float | None]], beside: str, language: Language
) -> list[float | None]:
    """The other side of a comparison: a stroke on each bar, and a dotted line; the shares that are drawn."""
    for values, words, look in (
        (shares[0], language.say("share of articles"), {"mode": "markers", "marker": STROKE}),
        (
            shares[1],
            language.say("share of views"),
            {"mode": "lines", "line": {"color": ORANGE, "width": 2, "dash": "dot"}},
        ),
    ):
        fig.add_scatter(
            x=names,
            y=values,
            name=language.say("{measure}, beside", measure=words),
            hovertext=[
                f"<b>{name}:00</b><br>{words}, {literal(beside)}: {language.percent(value, 1)}"
                for name, value in zip(names, values, strict=True)
            ],
            hoverinfo="text",
            connectgaps=False,
            **look,
        )
    return [value for side in shares for value in side]


STROKE = {"symbol": "line-ew", "size": 12, "line": {"width": 3, "color": ORANGE}, "color": ORANGE}
"""How the other side of a bar is marked."""


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
