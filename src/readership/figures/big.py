"""Figures to be read across a room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from readership.figures.style import GREY, Figure, canvas
from readership.i18n import Language


def big_numbers(numbers: Sequence[tuple[str, Any, str]], language: Language) -> Figure:
    """Large numbers side by side: label, value (may be unknown), and a few words under it."""
    fig = canvas(height=230)
    words = []
    for place, (label, value, under) in enumerate(numbers):
        middle = (place + 0.5) / len(numbers)
        _line(fig, middle, 0.97, label, 24, None)
        _line(fig, middle, 0.52, language.number(value), 96, None)
        _line(fig, middle, 0.05, under, 20, GREY)
        words.append(f"{label}: {language.number(value)}. {under}".rstrip(" .") + ".")
    fig.update_xaxes(visible=False)
    fig.update_yaxes(visible=False)
    return Figure(fig, "", "", " ".join(words))


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
