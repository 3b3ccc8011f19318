"""The strip on top of every page: as-of moment, edition, currency figures of the page headers, language."""

from __future__ import annotations

from typing import Any

import streamlit as st

from readership import i18n
from readership.ui import context
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.text import plain

MAX_FIGURES = 6


def draw() -> None:
    """The strip; without an edition only the language switch."""
    run = context.current()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="strip"):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="medium", width="content", key="strip_facts"
        ):
            if run.edition:
                if run.edition.demo:
                    st.badge(say("demo data"), color="orange")
                st.caption(_as_of(run), width="content")
                _rates(run)
        _languages(run)


def _as_of(run: context.Run) -> str:
    return say(
        "As of {moment} ({zone}) · edition {number}",
        moment=run.language.moment(run.as_of, run.zone),
        zone=plain(run.zone),
        number=run.edition.number if run.edition else 0,
    )


def _rates(run: context.Run) -> None:
    """Currency figures as the pages' headers last showed them; true at their capture, so that stands with them."""
    rows = fetch("header_latest")
    if rows.empty:
        return
    first = rows.iloc[0]
    shown = rows[rows["site"] == first["site"]].head(MAX_FIGURES)
    figures = " · ".join(_rate(row, run.language) for row in shown.to_dict("records"))
    place = say(
        "{site}, captured {moment}",
        site=plain(first["site"]),
        moment=run.language.moment(first["captured_at"], run.zone),
    )
    st.caption(
        f"{figures} ({place})", width="content", help=say("Currency figures printed in the header of the site's pages.")
    )


def _rate(row: dict[str, Any], language: i18n.Language) -> str:
    quote = language.currency_sign(row["quote"]) if i18n.known(row["quote"]) else ""
    text = f"**{plain(row['currency'])}** {language.number(row['value'], 4)} {plain(quote)}".rstrip()
    if i18n.known(row["change"]) and row["change"]:
        text += f" ({plain(language.signed(row['change'], 4))})"
    if i18n.known(row["certain"]) and not row["certain"]:
        text += f" {say('label uncertain')}"
    return text


def _languages(run: context.Run) -> None:
    if run.settings.language in i18n.LANGUAGES:
        return
    if "strip_language" not in st.session_state:
        st.session_state["strip_language"] = run.language.code
    st.segmented_control(
        say("Interface language"),
        list(i18n.LANGUAGES),
        key="strip_language",
        format_func=str.upper,
        required=True,
        on_change=_switch_language,
        label_visibility="collapsed",
    )


def _switch_language() -> None:
    st.session_state[context.LANGUAGE] = st.session_state["strip_language"]
