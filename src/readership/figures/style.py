"""What all figures share: the palette, the layout, escaping, and thinning of long series."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from readership.figures.sketch import Sketch
from readership.i18n import Language, known

# Hues of Okabe and Ito's colour-blind-safe set (jfly.uni-koeln.de/color), each at a lightness with a contrast of at
# least 3:1 on the light and on the dark page.
BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY, GREY = (
    "#1f7ab8",
    "#d2641f",
    "#12946f",
    "#b5659a",
    "#a87a12",
    "#4d8fb3",
    "#7d848c",
)
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY, GREY)
BLUE_FAINT = "rgba(31,122,184,0.42)"
BLUE_LINE = "rgba(31,122,184,0.65)"
GREY_FAINT = "rgba(125,132,140,0.22)"
BESIDE_SCALE = [[0.0, ORANGE], [0.5, "rgba(125,132,140,0.28)"], [1.0, BLUE]]
"""Colours of a comparison: less than beside it, the same, more."""
UNSEEN = {"size": 6, "opacity": 0}
"""Marks that can be clicked and pointed at but are not seen; Plotly draws marks of size 0 at its own size."""
MAX_POINTS = 2000
HEIGHT = 320


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its words.

    Attributes:
        title: what it shows, a few words.
        subtitle: which question it answers, of how many, what is unknown.
        alt: its main finding in a sentence, for who doesn't see it.
    """

    fig: go.Figure
    title: str
    subtitle: str
    alt: str


def literal(text: Any) -> str:
    """Text for Plotly, which reads a little HTML, so that it comes out as it stands."""
    return html.escape(str(text), quote=True)


def in_zone(subtitle: str, zone: str, language: Language) -> str:
    """The subtitle with the zone on whose clock sites of several zones are counted together (DEFINITIONS, Time)."""
    return f"{subtitle} {language.say('Days and hours of several zones are counted in {zone}.', zone=zone)}"


def shorten(text: str, length: int) -> str:
    """Text cut at a word to at most `length` characters, the cut marked."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def canvas(*, height: int = HEIGHT, legend: bool = False) -> go.Figure:
    """An empty figure in the house's layout."""
    fig = Sketch()
    fig.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28 if legend else 8, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        hovermode="closest",
        dragmode=False,
        bargap=0.18,
        colorway=list(PALETTE),
        hoverlabel={"align": "left"},
    )
    fig.update_xaxes(showgrid=False, automargin=True, fixedrange=True)
    fig.update_yaxes(rangemode="tozero", automargin=True, title="", nticks=6, fixedrange=True, zeroline=False)
    return fig


def in_words(fig: go.Figure, words: str) -> None:
    """Instead of an empty panel: why there is nothing to draw."""
    fig.update_xaxes(visible=False)
    fig.update_yaxes(visible=False)
    fig.update_layout(height=110)
    fig.add_annotation(
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        text="<br>".join(map(literal, textwrap.wrap(words, 48))),
        showarrow=False,
        font={"size": 13, "color": GREY},
    )


def thin(rows: pd.DataFrame, value: str, limit: int = MAX_POINTS) -> pd.DataFrame:
    """At most `limit` of the rows, in order, the lowest and the highest `value` of each stretch kept."""
    if len(rows) <= limit:
        return rows
    stretches = np.array_split(np.arange(len(rows)), limit // 2)
    values = rows[value].to_numpy(dtype=float, na_value=np.nan)
    filled = np.where(np.isnan(values), 0.0, values)
    keep = sorted({int(part[pick(filled[part])]) for part in stretches for pick in (np.argmin, np.argmax)})
    return rows.iloc[keep]


def clickable(
    fig: go.Figure, x: Sequence[Any], y: Sequence[Any], hover: Sequence[str], stands_for: Sequence[Any], size: int = 16
) -> None:
    """Unseen marks over the cells of a heat map, which itself tells nobody what was clicked.

    Args:
        stands_for: of each mark what a click on it means (`ui/drill.py`); texts as `literal` writes them.
    """
    fig.add_scatter(
        x=list(x),
        y=list(y),
        mode="markers",
        marker={"symbol": "square", "size": size, "color": "rgba(0,0,0,0)", "line": {"width": 0}},
        selected={"marker": {"color": "rgba(210,100,31,0.5)"}},
        unselected={"marker": {"color": "rgba(0,0,0,0)"}},
        hovertext=list(hover),
        hoverinfo="text",
        customdata=list(stands_for),
        showlegend=False,
    )


def now_and_then(row: dict[str, Any], measure: str, language: Language, digits: int = 0) -> str:
    """A figure and what stands beside it (queries.comparison), with the change where there is one: lines of a hover."""
    words = language.say(
        "{now} now, {then} beside",
        now=language.number(row.get(measure), digits),
        then=language.number(row.get(f"{measure}_then"), max(digits, 1)),
    )
    change = row.get(f"{measure}_change_percent")
    if known(row.get(f"{measure}_note")):
        return f"{words}<br>{language.say('new')}"
    return words if change is None or not known(change) else f"{words}<br>{language.signed_percent(change / 100)}"


def numbers(column: pd.Series) -> list[float | None]:
    """A column for Plotly: unknown is None, which leaves a gap."""
    return [None if pd.isna(value) else float(value) for value in column]


def shade_between(fig: go.Figure, x: Sequence[Any], low: Sequence[float | None], high: Sequence[float | None]) -> None:
    """The faint area between two lines: the middle half around a median."""
    for edge, fill in ((low, None), (high, "tonexty")):
        fig.add_scatter(x=x, y=edge, mode="lines", line={"width": 0}, fill=fill, fillcolor=GREY_FAINT, hoverinfo="skip")


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries by column name."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def peak(rows: pd.DataFrame, value: str) -> dict[str, Any] | None:
    """The first of the rows with the highest `value`; None when none is known or all are 0."""
    known = rows[rows[value].notna()]
    if known.empty or not float(known[value].max()):
        return None
    return records(known.iloc[[int(known[value].astype(float).to_numpy().argmax())]])[0]


def moment_axis(fig: go.Figure, moments: pd.Series, language: Language) -> None:
    """Four ticks over the moments, as days within a year, as months beyond."""
    known = moments.dropna()
    if known.empty:
        return
    first, last = known.min(), known.max()
    write = language.month if last - first > pd.Timedelta(days=330) else language.short_day
    ticks = list(pd.date_range(first, last, periods=4)) if first < last else [first]
    fig.update_xaxes(tickvals=ticks, ticktext=[write(tick) for tick in ticks], tickangle=0)
