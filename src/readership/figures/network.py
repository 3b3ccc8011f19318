"""Countries that the same articles name: as a network and as a matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import BLUE, GREY, Figure, canvas, clickable, in_words, literal, records, shorten
from readership.i18n import Language

MAX_NODES, MAX_EDGES, MATRIX = 24, 60, 15
_ROUNDS = 120
_WIDTHS = (1.0, 2.0, 3.5, 6.0)

Points = np.ndarray[Any, np.dtype[np.float64]]


def layout(nodes: int, edges: list[tuple[int, int, float]]) -> Points:
    """Places in the unit square: pairs that weigh more lie nearer. Same input, same places.

    Fruchterman and Reingold's forces (Software: Practice and Experience 21, 1991) from a circle, cooling evenly.
    """
    angle = 2 * math.pi * np.arange(nodes) / max(nodes, 1)
    at: Points = np.column_stack([np.cos(angle), np.sin(angle)]) / 2
    if nodes < 2:
        return at * 0 + 0.5
    ideal = 1.6 / math.sqrt(nodes)
    pull = np.zeros((nodes, nodes))
    heaviest = max((weight for _, _, weight in edges), default=1.0)
    for a, b, weight in edges:
        pull[a, b] = pull[b, a] = 0.3 + 0.7 * weight / heaviest
    for turn in range(_ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-3)
        force = ideal**2 / distance**2 - pull * distance / ideal
        np.fill_diagonal(force, 0)
        move = (apart * force[:, :, None]).sum(axis=1) - 0.6 * at
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        at = at + move / length * np.minimum(length, 0.12 * (1 - turn / _ROUNDS))
    low, high = at.min(axis=0), at.max(axis=0)
    wide = high - low
    # Two countries lie on a line, which has no height to fill.
    placed: Points = np.where(wide > 1e-6, (at - low) / np.maximum(wide, 1e-6), 0.5)
    return placed


def country_network(rows: pd.DataFrame, language: Language) -> Figure:
    """Countries as dots, larger with more articles; lines join those that the same articles name.

    Args:
        rows: of `country_pairs` with `a_name` and `b_name`, the strongest first.
    """
    say = language.say
    nodes, pairs = _graph(rows)
    places = layout(len(nodes), [(_at(nodes, row["a"]), _at(nodes, row["b"]), float(row["articles"])) for row in pairs])
    fig = canvas(height=min(460, 150 + 40 * len(nodes)))
    _edges(fig, nodes, places, pairs)
    _nodes(fig, nodes, places, pairs, language)
    _middles(fig, nodes, places, pairs, language)
    fig.update_xaxes(visible=False, range=[-0.08, 1.08])
    fig.update_yaxes(visible=False, range=[-0.08, 1.1], rangemode="normal")
    subtitle = say(
        "A line joins two countries that the same articles name, thicker for more articles; a dot grows with the "
        "articles that name the country."
    )
    if len(rows) > len(pairs):
        subtitle += " " + language.say_n(
            "{n} weaker pair is in the table.", "{n} weaker pairs are in the table.", len(rows) - len(pairs)
        )
    finding = _strongest(rows, language)
    if rows.empty:
        in_words(fig, finding)
    return Figure(fig, say("Countries named together"), subtitle, finding)


def _graph(rows: pd.DataFrame) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The countries drawn, with name and articles, and the pairs among them: the strongest that fit."""
    nodes: dict[str, dict[str, Any]] = {}
    pairs: list[dict[str, Any]] = []
    for row in records(rows.head(MAX_EDGES * 2)):
        fresh = [end for end in ("a", "b") if row[end] not in nodes]
        if len(nodes) + len(fresh) > MAX_NODES or len(pairs) == MAX_EDGES:
            continue
        for end in fresh:
            nodes[row[end]] = {"name": row[f"{end}_name"], "articles": row[f"articles_{end}"]}
        pairs.append(row)
    return nodes, pairs


def _at(nodes: dict[str, dict[str, Any]], country: str) -> int:
    return list(nodes).index(country)


def _edges(fig: go.Figure, nodes: dict[str, dict[str, Any]], places: Points, pairs: list[dict[str, Any]]) -> None:
    """Lines in four widths, one trace each."""
    most = max((row["articles"] for row in pairs), default=1)
    for step, width in enumerate(_WIDTHS):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for row in pairs:
            if min(int(len(_WIDTHS) * math.sqrt(row["articles"] / most)), len(_WIDTHS) - 1) == step:
                (ax, ay), (bx, by) = places[_at(nodes, row["a"])], places[_at(nodes, row["b"])]
                xs += [float(ax), float(bx), None]
                ys += [float(ay), float(by), None]
        if xs:
            line = {"color": "rgba(125,132,140,0.45)", "width": width}
            fig.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _nodes(
    fig: go.Figure, nodes: dict[str, dict[str, Any]], places: Points, pairs: list[dict[str, Any]], language: Language
) -> None:
    most = max((node["articles"] for node in nodes.values()), default=1)
    linked = {code: sum(code in (row["a"], row["b"]) for row in pairs) for code in nodes}
    fig.add_scatter(
        x=[float(x) for x, _ in places[: len(nodes)]],
        y=[float(y) for _, y in places[: len(nodes)]],
        mode="markers+text",
        text=[literal(shorten(str(node["name"]), 22)) for node in nodes.values()],
        textposition="top center",
        marker={
            "size": [9 + 25 * math.sqrt(node["articles"] / most) for node in nodes.values()],
            "color": BLUE,
            "line": {"width": 0},
        },
        hovertext=[
            "<br>".join(
                [
                    f"<b>{literal(node['name'])}</b>",
                    language.say("{articles} articles", articles=language.number(node["articles"])),
                    language.say_n("joined with {n} country", "joined with {n} countries", linked[code]),
                ]
            )
            for code, node in nodes.items()
        ],
        hoverinfo="text",
        customdata=[[literal(code)] for code in nodes],
        showlegend=False,
        cliponaxis=False,
    )


def _middles(
    fig: go.Figure, nodes: dict[str, dict[str, Any]], places: Points, pairs: list[dict[str, Any]], language: Language
) -> None:
    """Unseen marks halfway, which say what a line stands for."""
    ends = [(places[_at(nodes, row["a"])], places[_at(nodes, row["b"])]) for row in pairs]
    fig.add_scatter(
        x=[float(a[0] + b[0]) / 2 for a, b in ends],
        y=[float(a[1] + b[1]) / 2 for a, b in ends],
        mode="markers",
        marker={"size": 12, "color": "rgba(0,0,0,0)"},
        hovertext=[_pair_hover(row, language) for row in pairs],
        hoverinfo="text",
        customdata=[[literal(row["a"]), literal(row["b"])] for row in pairs],
        hoverlabel={"bgcolor": GREY},
        showlegend=False,
    )


def _pair_hover(row: dict[str, Any], language: Language) -> str:
    say = language.say
    lines = [
        f"<b>{literal(row['a_name'])} – {literal(row['b_name'])}</b>",
        say("{articles} articles name both", articles=language.number(row["articles"])),
        say("{share} of those that name either", share=language.percent(row["jaccard"], 1)),
        say("{views} views in all", views=language.number(row["views"])),
    ]
    return "<br>".join(lines)


def country_matrix(rows: pd.DataFrame, language: Language) -> Figure:
    """The same as a matrix of the countries with most common articles.

    Args:
        rows: of `country_pairs` with `a_name` and `b_name`.
    """
    say = language.say
    sums = pd.concat([rows.groupby("a")["articles"].sum(), rows.groupby("b")["articles"].sum()])
    codes = list(sums.groupby(level=0).sum().sort_values(ascending=False, kind="stable").index)[:MATRIX]
    names = dict(zip(rows["a"], rows["a_name"], strict=True)) | dict(zip(rows["b"], rows["b_name"], strict=True))
    cells = {(row["a"], row["b"]): row for row in records(rows)}
    found = [[cells.get((a, b)) or cells.get((b, a)) for b in codes] for a in codes]
    labels = [literal(shorten(str(names[code]), 20)) for code in codes]
    fig = canvas(height=110 + 25 * max(len(codes), 1))
    fig.add_heatmap(
        z=[[float(cell["articles"]) if cell else None for cell in line] for line in found],
        x=list(range(len(codes))),
        y=list(range(len(codes))),
        text=[[language.number(cell["articles"]) if cell else "" for cell in line] for line in found],
        texttemplate="%{text}",
        hoverinfo="skip",
        showscale=False,
        xgap=1,
        ygap=1,
        zmin=0,
    )
    pairs = [(x, y, cell) for y, line in enumerate(found) for x, cell in enumerate(line) if cell]
    clickable(
        fig,
        [x for x, _y, _cell in pairs],
        [y for _x, y, _cell in pairs],
        [_pair_hover(cell, language) for _x, _y, cell in pairs],
        [[literal(cell["a"]), literal(cell["b"])] for _x, _y, cell in pairs],
    )
    fig.update_xaxes(tickvals=list(range(len(codes))), ticktext=labels, tickangle=-60, showgrid=False, side="top")
    fig.update_yaxes(
        tickvals=list(range(len(codes))),
        ticktext=labels,
        range=[len(codes) - 0.5, -0.5],
        rangemode="normal",
        showgrid=False,
        nticks=None,
    )
    subtitle = say(
        "Articles that name both countries, for the {n} countries named together most; an empty field: none.",
        n=language.number(len(codes)),
    )
    finding = _strongest(rows, language)
    if rows.empty:
        in_words(fig, finding)
    return Figure(fig, say("Country by country"), subtitle, finding)


def _strongest(rows: pd.DataFrame, language: Language) -> str:
    if rows.empty:
        return language.say("No two countries are named by the same article.")
    top = rows.iloc[0]
    return language.say(
        "Most often together: {a} and {b}, in {articles} articles.",
        a=top["a_name"],
        b=top["b_name"],
        articles=language.number(top["articles"]),
    )
