"""Currency figures that the pages' headers showed, by the moment of the capture."""

from __future__ import annotations

from typing import Any

import pandas as pd

from readership.figures.style import PALETTE, Figure, canvas, literal, moment_axis, numbers, records, thin
from readership.i18n import Language, known


def header_rates(rows: pd.DataFrame, language: Language) -> Figure:
    """One currency in one quote currency over time, a line a site; between captures a line claims nothing.

    Args:
        rows: site, captured_at (UTC), currency, value, quote, in order; rows without a moment are left out and counted.
    """
    timed = rows[rows["captured_at"].notna()]
    currency, quote = (str(rows["currency"].iloc[0]), rows["quote"].iloc[0]) if len(rows) else ("", None)
    fig = canvas(height=230)
    sites = list(dict.fromkeys(timed["site"]))
    for colour, site in zip(PALETTE * (len(sites) // len(PALETTE) + 1), sites, strict=False):
        part = thin(timed[timed["site"] == site], "value", 2000 // len(sites))
        fig.add_scatter(
            x=list(part["captured_at"]),
            y=numbers(part["value"]),
            mode="lines+markers" if len(part) < 200 else "lines",
            line={"color": colour, "width": 1.5, "shape": "hv"},
            marker={"size": 4},
            name=literal(site),
            hovertext=[_hover(row, language) for row in records(part)],
            hoverinfo="text",
        )
    fig.update_layout(showlegend=len(sites) > 1)
    fig.update_yaxes(rangemode="normal")
    moment_axis(fig, timed["captured_at"], language)
    return Figure(
        fig, _title(currency, quote, language), _subtitle(rows, timed, language), _finding(timed, currency, language)
    )


def _title(currency: str, quote: Any, language: Language) -> str:
    """x."""
    pair = language.say("{currency} in {quote}", currency=currency, quote=quote) if known(quote) else currency
    return f"{pair} · {language.currency(currency)}"


def _hover(row: dict[str, Any], language: Language) -> str:
    return (
        f"<b>{language.local(row['captured_at'])} UTC</b><br>{literal(row['site'])}<br>"
        f"{literal(row['currency'])} {language.number(row['value'], 4)}"
    )


def _subtitle(rows: pd.DataFrame, timed: pd.DataFrame, language: Language) -> str:
    text = language.say_n(
        "As printed in page headers at {n} capture.", "As printed in page headers at {n} captures.", len(timed)
    )
    missing = len(rows) - len(timed)
    if missing:
        text += " " + language.say_n(
            "{n} capture without a moment is left out.", "{n} captures without a moment are left out.", missing
        )
    return text


def _finding(timed: pd.DataFrame, currency: str, language: Language) -> str:
    if timed.empty:
        return language.say("No capture has a known moment.")
    last = records(timed.sort_values("captured_at", kind="stable").tail(1))[0]
    low, high = timed["value"].min(), timed["value"].max()
    return language.say(
        "{currency}: between {low} and {high}; last {last} on {day}.",
        currency=currency,
        low=language.number(low, 4),
        high=language.number(high, 4),
        last=language.number(last["value"], 4),
        day=language.day(last["captured_at"]),
    )
