"""The world: how much each country is written about, drawn from a map that this server has itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    Figure,
    canvas,
    literal,
    now_and_then,
    records,
)
from readership.i18n import Language, known

_LAND, _BORDER = "rgba(125,132,140,0.16)", "rgba(125,132,140,0.55)"
_UNREAD = "rgba(125,132,140,0.5)"
_CHANGED = [[0.0, ORANGE], [0.5, "#cfc193"], [1.0, BLUE]]
"""Less than beside it, the same, more: without grey, which on a map is the unknown."""
_FURTHEST = 2.0
"""A fourfold or a quarter, in powers of two: where the colours of a comparison end."""


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


def world_map(
    rows: pd.DataFrame, measure: str, chosen: tuple[str, ...], language: Language, *, beside: str = ""
) -> Figure:
    """Countries by views (on a logarithmic scale) or by articles; a click filters.

    Args:
        rows: of `group_views` with `name`: value, articles, views_full, views_fractional.
        measure: `views_full`, `views_fractional` or `articles`; beside another side `gained` or `articles`.
        chosen: countries that are filtered for, outlined.
        beside: what the column `…_then` of the measure holds: countries are then coloured by the change from it.
    """
    if beside and f"{measure}_then" in rows:
        return _changes(rows, measure, chosen, beside, language)
    say = language.say
    drawn = [row for row in records(rows) if row["value"] in _places()]
    areas = [row for row in drawn if _places()[row["value"]][1] is None]
    points = [row for row in drawn if _places()[row["value"]][1] is not None]
    fig = canvas(height=460)
    read = [row for row in areas if _size(row, measure)]
    _areas(fig, read, [_power(_size(row, measure)) for row in read], chosen, language)
    _areas(fig, [row for row in areas if not _size(row, measure)], _UNREAD, chosen, language)
    _points(fig, points, [_power(_size(row, measure)) for row in points], chosen, language)
    _ground(fig)
    _scale(fig, [size for row in drawn if (size := _size(row, measure))], language)
    _still(fig)
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


def _power(size: float) -> float:
    return math.log10(max(size, 1))


def _still(fig: go.Figure) -> None:
    fig.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode=False, clickmode="event+select")


def _changes(rows: pd.DataFrame, measure: str, chosen: tuple[str, ...], beside: str, language: Language) -> Figure:
    """Countries by how much more or less they have than on the other side."""
    say = language.say
    drawn = [row for row in records(rows) if row["value"] in _places()]
    fig = canvas(height=460)
    for at_point, part in ((False, [row for row in drawn if not _at(row)]), (True, [row for row in drawn if _at(row)])):
        moved = [row for row in part if _change(row, measure) is not None]
        new = [row for row in part if known(row[f"{measure}_note"])]
        rest = [row for row in part if row not in moved and row not in new]
        draw = _points if at_point else _areas
        draw(fig, moved, [_change(row, measure) for row in moved], chosen, language, measure)
        for others, colour in ((new, GREEN), (rest, _UNREAD)):
            draw(fig, others, colour, chosen, language, measure)
    _ground(fig)
    _change_scale(fig, language)
    _still(fig)
    counted = {
        "articles": say("Change in articles that name the country ({beside}).", beside=beside),
        "gained": say("Change in views gained by articles that name the country ({beside}).", beside=beside),
    }[measure]
    colours = say(
        "Blue: more; orange: less; green: new; grey: unknown on one side, or nothing on both. A click filters by the "
        "country."
    )
    return Figure(fig, say("Countries on the map"), f"{counted} {colours}", _moved(rows, measure, language))


def _at(row: dict[str, Any]) -> tuple[float, float] | None:
    return _places()[row["value"]][1]


def _change(row: dict[str, Any], measure: str) -> float | None:
    """The change in powers of two, as far as colours go; None where there is none."""
    percent = row[f"{measure}_change_percent"]
    if not known(percent):
        return None
    times = 1 + float(percent) / 100
    return max(-_FURTHEST, min(_FURTHEST, math.log2(times))) if times > 0 else -_FURTHEST


def _change_scale(fig: go.Figure, language: Language) -> None:
    ticks = {power: language.signed_percent(2.0**power - 1) for power in (-2, -1, 0, 1, 2)}
    fig.update_layout(
        coloraxis={
            "cmin": -_FURTHEST,
            "cmax": _FURTHEST,
            "colorscale": _CHANGED,
            "colorbar": _bar(list(ticks), [f"≤ {ticks[-2]}", ticks[-1], "0 %", ticks[1], f"≥ {ticks[2]}"]),
        }
    )


def _moved(rows: pd.DataFrame, measure: str, language: Language) -> str:
    """Which countries gained and lost most, of those with figures on both sides."""
    difference = rows[measure].astype("Float64") - rows[f"{measure}_then"].astype("Float64")
    both = rows.assign(difference=difference).dropna(subset=["difference"]).sort_values("difference", kind="stable")
    if both.empty:
        return language.say("No country has figures on both sides.")
    least, most = records(both.iloc[[0, -1]])
    signed = [("+" if row["difference"] > 0 else "") + language.number(row["difference"], 1) for row in (most, least)]
    return language.say(
        "{n} countries have figures on both sides; from {most} ({more}) to {least} ({less}).",
        n=language.number(len(both)),
        most=most["name"],
        more=signed[0],
        least=least["name"],
        less=signed[1],
    )


def _areas(
    fig: go.Figure,
    rows: list[dict[str, Any]],
    look: list[float | None] | str,
    chosen: tuple[str, ...],
    language: Language,
    compared: str = "",
) -> None:
    """Countries as areas.

    Args:
        look: their places on the scale; or one colour that is not of it, for what nobody has counted yet, which is not
            zero, and for what is new.
        compared: the measure that stands beside another side.
    """
    if isinstance(look, str) and not rows:
        return
    plain = {"z": [0] * len(rows), "colorscale": [[0, look], [1, look]], "showscale": False}
    fig.add_choropleth(
        locations=[_places()[row["value"]][0] for row in rows],
        **(plain if isinstance(look, str) else {"z": look, "coloraxis": "coloraxis"}),
        **_common(rows, chosen, language, compared),
    )


def _common(rows: list[dict[str, Any]], chosen: tuple[str, ...], language: Language, compared: str) -> dict[str, Any]:
    wanted = [row["value"] in chosen for row in rows]
    return {
        "locationmode": "ISO-3",
        "customdata": [row["value"] for row in rows],
        "hovertext": [_hover(row, language, compared) for row in rows],
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
    fig: go.Figure,
    rows: list[dict[str, Any]],
    look: list[float | None] | str,
    chosen: tuple[str, ...],
    language: Language,
    compared: str = "",
) -> None:
    """Countries too small for an area, as dots where their capitals are; otherwise as `_areas`."""
    if not rows:
        return
    at = [_at(row) or (0.0, 0.0) for row in rows]
    fig.add_scattergeo(
        lat=[lat for lat, _ in at],
        lon=[lon for _, lon in at],
        mode="markers",
        customdata=[row["value"] for row in rows],
        hovertext=[_hover(row, language, compared) for row in rows],
        hoverinfo="text",
        marker={
            "size": 10,
            "line": {
                "color": [ORANGE if row["value"] in chosen else GREY for row in rows],
                "width": [2.5 if row["value"] in chosen else 1 for row in rows],
            },
            "color": look,
            **({} if isinstance(look, str) else {"coloraxis": "coloraxis"}),
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
            "colorbar": _bar([_power(tick) for tick in ticks], [language.number(tick) for tick in ticks]),
        }
    )


def _bar(places: Sequence[float], words: Sequence[str]) -> dict[str, Any]:
    """The scale's words at these places, in the corner that has the least land."""
    return {
        "tickvals": list(places),
        "ticktext": list(words),
        "thickness": 10,
        "len": 0.5,
        "x": 0,
        "xanchor": "left",
        "y": 0.02,
        "yanchor": "bottom",
        "title": {"text": ""},
    }


def _hover(row: dict[str, Any], language: Language, compared: str = "") -> str:
    if compared:
        words = {"articles": language.say("Articles"), "gained": language.say("Views gained")}
        both = [f"{words[name]}: {now_and_then(row, name, language)}" for name in dict.fromkeys((compared, *words))]
        return "<br>".join([f"<b>{literal(row['name'])}</b>", *both])
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
