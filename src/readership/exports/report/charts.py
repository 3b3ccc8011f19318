"""Charts of a report as small SVG texts: no browser, no library, the same in PDF and HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, ROW = 680, 210, 24
BLUE, PALE, GREY, INK = "#1f5fa8", "#a9c7e8", "#d9d9d9", "#333333"
_FONT = "Libertinus Serif, Georgia, serif"
_LONGEST = 44


def columns(bars: Sequence[tuple[str, int | None, float | None]], number: Callable[[Any], str]) -> str:
    """Columns over time.

    Args:
        bars: label, value (None where nothing is known), share of it that was observed in the bucket.
        number: writes a value.
    """
    top = max((value for _, value, _ in bars if value), default=1)
    left, bottom, width = 64, HEIGHT - 26, WIDTH - 74
    step = width / len(bars)
    every = max(1, -(-len(bars) // 8))
    parts = [_line(left, bottom - (bottom - 14) * share, WIDTH - 10, GREY) for share in (0, 0.5, 1)]
    parts += [
        _text(left - 6, bottom - (bottom - 14) * share + 4, number(round(top * share)), "end") for share in (0, 0.5, 1)
    ]
    for place, (label, value, observed) in enumerate(bars):
        x = left + place * step
        if value is not None:
            whole = (bottom - 14) * value / top
            sure = whole * (observed if observed is not None else 1)
            parts.append(_rect(x + step * 0.1, bottom - whole, step * 0.8, whole, PALE))
            parts.append(_rect(x + step * 0.1, bottom - sure, step * 0.8, sure, BLUE))
        if place % every == 0:
            parts.append(_text(x + step / 2, HEIGHT - 8, label, "middle"))
    return _svg(HEIGHT, parts)


def bars(rows: Sequence[tuple[str, float]], number: Callable[[Any], str]) -> str:
    """Bars one below the other: name and value."""
    top = max(value for _, value in rows) or 1
    left, width = 270, WIDTH - 270 - 80
    parts = []
    for place, (name, value) in enumerate(rows):
        y = place * ROW
        long = width * value / top
        shown = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        parts += [
            _text(left - 8, y + 16, shown, "end"), _rect(left, y + 4, long, ROW - 8, BLUE),
            _text(left + long + 6, y + 16, number(value), "start"),
        ]  # fmt: skip
    return _svg(ROW * len(rows) + 4, parts)


def _svg(height: float, parts: Sequence[str]) -> str:
    box = f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="{_FONT}" font-size="12">{"".join(parts)}</svg>'


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{max(height, 0):.2f}" fill="{fill}"/>'


def _line(x: float, y: float, to: float, colour: str) -> str:
    return f'<line x1="{x:.2f}" y1="{y:.2f}" x2="{to:.2f}" y2="{y:.2f}" stroke="{colour}" stroke-width="0.7"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="{INK}">{escape(words)}</text>'
