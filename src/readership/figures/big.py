"""Figures to be read across a room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from readership.figures.style import GREY, Figure, canvas
from readership.i18n import Language, known


def big_numbers(numbers: Sequence[tuple[str, Any, Any]], language: Language) -> Figure:
    """Large numbers side by side: label, value, value of the period before (either may be unknown)."""
    fig = canvas(height=340)
    words = []
    for place, (label, value, before) in enumerate(numbers):
        left, right = place / len(numbers), (place + 1) / len(numbers)
        middle = (left + right) / 2
        change = _change(value, before, language)
        _line(fig, middle, 0.95, label, 26, None)
        _line(fig, middle, 0.55, language.number(value), 120, None)
        _line(fig, middle, 0.08, change, 22, GREY)
        words.append(f"{label}: {language.number(value)}. {change}".strip())
    fig.update_xaxes(visible=False)
    fig.update_yaxes(visible=False)
    return Figure(fig, "", "", " ".join(words))


def _change(value: Any, before: Any, language: Language) -> str:
    if not (known(value) and known(before)) or before == 0:
        return ""
    return language.say("{change} against the period before", change=language.signed_percent((value - before) / before))


def _line(fig: go.Figure, x: float, y: float, text: str, size: int, colour: str | None) -> None:
    fig.add_annotation(
        x=x,
        y=y,
        xref="paper",
        yref="paper",
        text=text,
        showarrow=False,
        font={"size": size, "color": colour},
        xanchor="center",
        yanchor="middle",
    )
