"""The converter: an amount of one currency in another, at the official rates that held on a chosen day."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from readership.i18n import known
from readership.ui import context
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.text import plain


def converter(pairs: pd.DataFrame) -> None:
    """The converter, over all currencies that official rates were imported of.

    Args:
        pairs: the query `rate_pairs`.
    """
    st.subheader(say("Converter"), anchor=False)
    official = pairs[pairs["official_days"] > 0]
    if official.empty:
        st.caption(say("No official rates are imported yet, so nothing can be converted."))
        return
    amount, start, goal, day = _asked(official)
    rows = fetch("convert", amount=amount, from_currency=start, to_currency=goal, day=day.isoformat())
    if start == goal:
        st.caption(say("Choose two different currencies."))
    elif rows.empty:
        _nothing_known(day)
    else:
        _result(rows.iloc[0])


def _asked(official: pd.DataFrame) -> tuple[float, str, str, date]:
    quotes = official.sort_values("captures", ascending=False, kind="stable")["quote"]
    codes = list(dict.fromkeys([*official["currency"], *quotes]))
    newest = pd.Timestamp(official["last_day"].max()).date()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="converter"):
        amount = st.number_input(
            say("Amount"), min_value=0.0, value=100.0, step=1.0, format="%.2f", key="convert_amount", width=160
        )
        start = st.selectbox(say("From"), codes, key="convert_from", width=110)
        goal = st.selectbox(say("To"), codes, index=codes.index(quotes.iloc[0]), key="convert_to", width=110)
        day = st.date_input(
            say("Day"),
            value=newest,
            min_value=pd.Timestamp(official["first_day"].min()).date(),
            max_value=max(newest, context.current().today),
            format="YYYY-MM-DD",
            key="convert_day",
            width=150,
        )
    chosen = day if isinstance(day, date) else newest
    return float(amount or 0.0), str(start or codes[0]), str(goal or codes[0]), chosen


def _nothing_known(day: date) -> None:
    told = say(
        "No official rate of these currencies is known for {day} or the ten days before it. "
        "Nothing is put in its place.",
        day=context.current().language.day(day),
    )
    st.info(plain(told), icon=":material/help:")


def _result(row: pd.Series) -> None:
    language = context.current().language
    amount, result = (language.fixed(row[name], 2) for name in ("amount", "result"))
    st.header(plain(f"{amount} {row['from_currency']} = {result} {row['to_currency']}"), anchor=False)
    basis = say(
        "At the official rate of {official_day} ({source}), which held on {day}: 1 {start} = {rate} {goal}.",
        official_day=language.day(row["official_day"]),
        source=row["source"],
        day=language.day(row["day"]),
        start=row["from_currency"],
        rate=language.number(row["rate"], 6),
        goal=row["to_currency"],
    )
    by = say("Through {currency}.", currency=row["via"]) if known(row["via"]) else ""
    st.caption(plain(f"{basis} {by}".strip()))
