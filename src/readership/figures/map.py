"""The world: how much each country is written about, drawn from a map that this server has itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import GREY, ORANGE, Figure, canvas, literal, records
from readership.i18n import Language, known

_LAND, _BORDER = "rgba(125,132,140,0.16)", "rgba(125,132,140,0.55)"
_UNREAD = "rgba(125,132,140,0.5)"


@cache
def _places() -> dict[str, tuple[str, tuple[float, float] | None]]:
    """By ISO 3166-1 alpha-2: alpha-3, and where it lies when it is too small to have an area on the map."""
    text = resources.files("readership.figures").joinpath("data", "countries.tsv").read_text(encoding="utf-8")
    cells = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {two: (three, (float(at[0]), float(at[1])) if at else None) for two, three, *at in cells}


def clicked(points: Sequence[dict[str, Any]]) -> str | None:
    """The country (ISO 3166-1 alpha-2) of the first of the points that a click on the map selects; None of none."""
    for point in points:
        place = point.get("location")
        given = point.get("customdata")
        code = given[0] if isinstance(given, list | tuple) and given else given
        if isinstance(code, str) and code in _places():
            return code
        for two, (three, _at) in _places().items():
            if place == three:
                return two
    return None


def world_map(rows: pd.DataFrame, measure: str, chosen: tuple[str, ...], language: Language) -> Figure:
    """Countries by views (on a logarithmic scale) or by articles; a click filters.

    Args:
        rows: of `group_views` with `name`: value, articles, views_full, views_fractional.
        measure: `views_full`, `views_fractional` or `articles`.
        chosen: countries that are filtered for, outlined.
    """
    say = language.say
    drawn = [row for row in records(rows) if row["value"] in _places()]
    areas = [row for row in drawn if _places()[row["value"]][1] is None]
    points = [row for row in drawn if _places()[row["value"]][1] is not None]
    fig = canvas(height=460)
    _areas(fig, [row for row in areas if _size(row, measure)], measure, chosen, language)
    _unread(fig, [row for row in areas if not _size(row, measure)], measure, chosen, language)
    _points(fig, points, measure, chosen, language)
    _ground(fig)
    _scale(fig, [size for row in drawn if (size := _size(row, measure))], language)
    fig.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode=False, clickmode="event+select")
    counted = {
        "articles": say("Articles that name the country, on a logarithmic scale."),
        "views_full": say("Views to date of articles that name the country, on a logarithmic scale."),
        "views_fractional": say(
            "Views to date of articles that name the country, divided among their countries, on a logarithmic scale."
        ),
    }[measure]
    subtitle = f"{counted} {say('Grey: named, but not read yet. A click filters by the country.')}"
    missing = len(rows) - len(drawn)
    if missing:
        subtitle += " " + language.say_n("{n} place is not on the map.", "{n} places are not on the map.", missing)
    return Figure(fig, say("Countries on the map"), subtitle, _finding(rows, measure, language))


def _size(row: dict[str, Any], measure: str) -> float:
    return float(row[measure]) if known(row[measure]) else 0.0


def _areas(
    fig: go.Figure, rows: list[dict[str, Any]], measure: str, chosen: tuple[str, ...], language: Language
) -> None:
    fig.add_choropleth(
        locations=[_places()[row["value"]][0] for row in rows],
        z=[math.log10(max(_size(row, measure), 1)) for row in rows],
        coloraxis="coloraxis",
        **_common(rows, chosen, language),
    )


def _unread(
    fig: go.Figure, rows: list[dict[str, Any]], measure: str, chosen: tuple[str, ...], language: Language
) -> None:
    """Countries that are named by articles nobody has counted yet: not zero, so in no colour of the scale."""
    if rows:
        fig.add_choropleth(
            locations=[_places()[row["value"]][0] for row in rows],
            z=[0] * len(rows),
            colorscale=[[0, _UNREAD], [1, _UNREAD]],
            showscale=False,
            **_common(rows, chosen, language),
        )


def _common(rows: list[dict[str, Any]], chosen: tuple[str, ...], language: Language) -> dict[str, Any]:
    wanted = [row["value"] in chosen for row in rows]
    return {
        "locationmode": "ISO-3",
        "customdata": [row["value"] for row in rows],
        "hovertext": [_hover(row, language) for row in rows],
        "hoverinfo": "text",
        "marker": {
            "line": {
                "color": [ORANGE if one else _BORDER for one in wanted],
                "width": [2.5 if one else 0.5 for one in wanted],
            }
        },
        "unselected": {"marker": {"opacity": 1}},
    }


def _points(
    fig: go.Figure, rows: list[dict[str, Any]], measure: str, chosen: tuple[str, ...], language: Language
) -> None:
    """Countries too small for an area, as dots where their capitals are."""
    if not rows:
        return
    at = [_places()[row["value"]][1] or (0.0, 0.0) for row in rows]
    sizes = [_size(row, measure) for row in rows]
    fig.add_scattergeo(
        lat=[lat for lat, _ in at],
        lon=[lon for _, lon in at],
        mode="markers",
        customdata=[row["value"] for row in rows],
        hovertext=[_hover(row, language) for row in rows],
        hoverinfo="text",
        marker={
            "size": 10,
            "color": [math.log10(max(size, 1)) for size in sizes],
            "coloraxis": "coloraxis",
            "line": {
                "color": [ORANGE if row["value"] in chosen else GREY for row in rows],
                "width": [2.5 if row["value"] in chosen else 1 for row in rows],
            },
        },
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )


def _ground(fig: go.Figure) -> None:
    fig.update_geos(
        projection_type="natural earth",
        fitbounds=False,
        lataxis_range=[-57, 84],
        showland=True,
        landcolor=_LAND,
        showcountries=True,
        countrycolor=_BORDER,
        countrywidth=0.4,
        showcoastlines=False,
        showocean=False,
        showlakes=False,
        showframe=False,
        bgcolor="rgba(0,0,0,0)",
        resolution=110,
    )


def _scale(fig: go.Figure, sizes: list[float], language: Language) -> None:
    """A colour bar whose ticks are round numbers: 1, 2 or 5 and zeros."""
    low, top = (max(min(sizes), 1.0), max(sizes)) if sizes else (1.0, 10.0)
    ticks = [step * 10**power for power in range(10) for step in (1, 2, 5) if low <= step * 10**power <= top]
    ticks = ticks[:: max(1, -(-len(ticks) // 6))] or [low]
    fig.update_layout(
        coloraxis={
            "cmin": math.log10(low) - (0 if top > low else 0.5),
            "cmax": math.log10(top) + (0 if top > low else 0.5),
            "colorbar": {
                "tickvals": [math.log10(tick) for tick in ticks],
                "ticktext": [language.number(tick) for tick in ticks],
                "thickness": 10,
                "len": 0.5,
                "x": 0,
                "xanchor": "left",
                "y": 0.02,
                "yanchor": "bottom",
                "title": {"text": ""},
            },
        }
    )


def _hover(row: dict[str, Any], language: Language) -> str:
    lines = [
        f"<b>{literal(row['name'])}</b>",
        language.say("{articles} articles", articles=language.number(row["articles"])),
        language.say("{views} views in all", views=language.number(row["views_full"])),
        language.say("{views} views, divided among groups", views=language.number(row["views_fractional"])),
    ]
    return "<br>".join(lines)


def _finding(rows: pd.DataFrame, measure: str, language: Language) -> str:
    first = rows[rows[measure].notna()].sort_values(measure, ascending=False, kind="stable").head(3)
    if first.empty:
        return language.say("No country is named in this selection.")
    return language.say(
        "{n} countries are named; first {listing}.",
        n=language.number(len(rows)),
        listing=language.listing([f"{row['name']} ({language.number(row[measure])})" for row in records(first)]),
    )
