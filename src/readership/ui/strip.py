"""The currency figures of page headers above every page: as captured, with moment, change and official rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from readership import i18n
from readership.figures.rates import sparkline
from readership.figures.style import records
from readership.i18n import known
from readership.queries import Selection
from readership.ui import bar, context
from readership.ui.context import say, say_n
from readership.ui.data import fetch
from readership.ui.text import plain

MAX_FIGURES = 6
Row = dict[str, Any]


def draw() -> None:
    """The figures of the sites that the reader chose."""
    chosen = bar.current_or_default().selection
    sites = Selection(sites=chosen.sites, no_sites=chosen.no_sites)
    rates(fetch("header_latest", sites), fetch("header_trend", sites))


def rates(rows: pd.DataFrame, trend: pd.DataFrame) -> None:
    """Currency figures as the pages' headers last showed them, with the moment of that capture: of the largest site
    that prints any, the others a click away.

    Args:
        rows: the query `header_latest`, of the sites that the reader chose.
        trend: the query `header_trend`, of the same.
    """
    if rows.empty:
        st.caption(say("No header rates captured yet."))
        return
    first, *others = dict.fromkeys(rows["site"])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="strip_rates"):
        _of_site(rows, trend, first, "strip")
        if others:
            _others(rows, trend, others)


def _of_site(rows: pd.DataFrame, trend: pd.DataFrame, site: str, key: str) -> None:
    """One site's figures, then where they were captured and what is to be known of them."""
    shown: list[Row] = records(rows[rows["site"] == site].head(MAX_FIGURES))
    lines = trend[trend["site"] == site]
    for n, row in enumerate(shown):
        _rate(row, _line_of(lines, row), shown[0], f"{key}_rate_{n}")
    with st.container(width="content", gap="xxsmall", key=f"{key}_capture"):
        st.caption(_captured(shown[0]), width="content", help=_explained(shown[0]))
        _marks(shown, f"{key}_marks")


def _line_of(trend: pd.DataFrame, row: Row) -> pd.DataFrame:
    """The days of this pair: one currency may be quoted in two others."""
    same = trend["quote"] == row["quote"] if known(row["quote"]) else trend["quote"].isna()
    found: pd.DataFrame = trend[(trend["currency"] == row["currency"]) & same]
    return found


def _others(rows: pd.DataFrame, trend: pd.DataFrame, sites: list[str]) -> None:
    """The other sites' figures, drawn when somebody asks for them."""
    label = say_n("{n} more site", "{n} more sites", len(sites))
    with st.popover(label, key="strip_others", type="tertiary", on_change="rerun") as opened:
        if not opened.open:
            return
        for n, site in enumerate(sites):
            with st.container(
                horizontal=True, vertical_alignment="center", gap="medium", key=f"strip_other_{n}", border=n > 0
            ):
                _of_site(rows, trend, site, f"strip_other_{n}")


def _rate(row: Row, trend: pd.DataFrame, first: Row, key: str) -> None:
    """One currency: figure and change, the official rate below, the last days beside.

    Args:
        first: the site's first currency, whose moment stands beside all.
    """
    language = context.current().language
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key=key):
        with st.container(width="content", gap=None):
            st.markdown(f"**{plain(row['currency'])}** {_value(row)} {_change(row)}", width="content", wrap=False)
            st.caption(_below(row, first), width="content", wrap=False)
        if drawn := sparkline(trend):
            low, high = (amount(trend["value"].agg(end), language) for end in ("min", "max"))
            alt = say(
                "{currency}, last 30 days: between {low} and {high}", currency=row["currency"], low=low, high=high
            )
            st.image(drawn, width=108, alt=alt)


def amount(value: Any, language: i18n.Language) -> str:
    """A rate with two decimals; one that they would show as nothing, with three figures that count."""
    if not known(value) or abs(value) >= 0.1 or not value:
        return language.fixed(value, 2)
    digits = 2 - Decimal(str(value)).adjusted()
    return language.number(round(value, digits), digits)


def _value(row: Row) -> str:
    language = context.current().language
    sign = language.currency_sign(row["quote"]) if known(row["quote"]) else ""
    return f"{amount(row['value'], language)} {plain(sign)}".rstrip()


def _change(row: Row) -> str:
    """The change against the last earlier day with a capture, in arrow and word; its day stands below."""
    return plain(in_words(row["day_change"], context.current().language)) if known(row["day_change"]) else ""


def in_words(change: Any, language: i18n.Language) -> str:
    """A change with arrow and word: `▲ up 0.52`."""
    if not change:
        return f"= {say('unchanged')}"
    if change > 0:
        return f"▲ {say('up {change}', change=amount(change, language))}"
    return f"▼ {say('down {change}', change=amount(-change, language))}"


def _below(row: Row, first: Row) -> str:
    """Since when the change is, and the official rate of that day; the figure's own moment where it has another."""
    run, parts = context.current(), []
    language = run.language
    if known(row["captured_at"]) and row["captured_at"] != first["captured_at"]:
        parts.append(say("captured {moment}", moment=language.moment(row["captured_at"], run.zone)))
    if known(row["day_change"]):
        parts.append(say("since {day}", day=language.short_day(row["day_before"])))
    if known(row["official"]):
        official = say(
            "official {value} ({day}, {source})",
            value=amount(row["official"], language),
            day=language.short_day(row["official_day"]),
            source=row["official_source"],
        )
        parts.append(official)
    else:
        parts.append(say("official rate not known"))
    return plain(" · ".join(parts))


def _captured(row: Row) -> str:
    run = context.current()
    if known(row["captured_at"]):
        return say_n(
            "{site} header, captured {moment}, from {n} capture",
            "{site} header, captured {moment}, from {n} captures",
            int(row["captures"]),
            site=plain(row["site"]),
            moment=run.language.moment(row["captured_at"], run.zone),
        )
    return say_n(
        "{site} header, captured at an unknown moment, from {n} capture",
        "{site} header, captured at an unknown moment, from {n} captures",
        int(row["captures"]),
        site=plain(row["site"]),
    )


def _explained(row: Row) -> str:
    """What the figures are, and the change against the capture just before, which may be minutes old."""
    run = context.current()
    lines = [say("Currency figures printed in the header of the site's pages; true when the page was captured.")]
    if known(row["previous_at"]):
        before = say(
            "Against the capture before, of {moment}: {change} ({currency}).",
            moment=run.language.moment(row["previous_at"], run.zone),
            change=in_words(row["change"], run.language),
            currency=row["currency"],
        )
        lines.append(before)
    if known(row["labelled"]):
        lines.append(
            say("The page names the currencies.")
            if row["labelled"]
            else say("The page doesn't name the currencies; their order is the site entry's.")
        )
    return plain(" ".join(lines))


def _marks(rows: list[Row], key: str) -> None:
    """What a reader must know before using the figures: that they are old, undated, uncertain or disputed."""
    words = [text for text in (_matched(rows[0]), _stale(rows), _disagreeing(rows), _uncertain(rows)) if text]
    if not words:
        return
    with st.container(horizontal=True, gap="small", width="content", key=key):
        for text in words:
            st.badge(plain(text), color="orange")


def _matched(row: Row) -> str:
    if known(row["captured_at"]) or not known(row["matched_day"]):
        return ""
    return say_n(
        "fits the official rates of {day} (matched-rates, {n} candidate day)",
        "fits the official rates of {day} (matched-rates, {n} candidate days)",
        int(row["candidates"]),
        day=context.current().language.day(row["matched_day"]),
    )


def _stale(rows: list[Row]) -> str:
    return say("old: more than 48 hours before the newest reading") if any(_is(row["stale"]) for row in rows) else ""


def _disagreeing(rows: list[Row]) -> str:
    language = context.current().language
    told = [
        f"{row['currency']} {amount(row['low'], language)}–{amount(row['high'], language)}"
        for row in rows
        if _is(row["disagree"])
    ]
    if not told:
        return ""
    if known(rows[0]["captured_at"]):
        return say("captures of this moment differ: {figures}", figures=", ".join(told))
    return say("captures without a moment differ: {figures}", figures=", ".join(told))


def _uncertain(rows: list[Row]) -> str:
    return say("labels uncertain") if any(known(row["certain"]) and not row["certain"] for row in rows) else ""


def _is(value: Any) -> bool:
    return known(value) and bool(value)
