"""The strip on top of every page: as-of moment, edition, language, and the currency figures of the page headers."""

from __future__ import annotations

import streamlit as st

from readership import i18n
from readership.ui import context, login, shared, strip
from readership.ui.context import say
from readership.ui.text import plain


def draw(*, sharing: bool = False) -> None:
    """The strip; without an edition only the language switch. `sharing`: with the button that makes a link."""
    run = context.current()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="strip"):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="medium", width="content", key="strip_facts"
        ):
            if run.edition:
                if run.edition.demo:
                    st.badge(say("demo data"), color="orange")
                st.caption(_as_of(run), width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key="strip_who"):
            if sharing:
                shared.share_button()
            login.corner()
            _languages(run)
    if run.edition:
        strip.draw()


def _as_of(run: context.Run) -> str:
    return say(
        "As of {moment} ({zone}) · edition {number}",
        moment=run.language.moment(run.as_of, run.zone),
        zone=plain(run.zone),
        number=run.edition.number if run.edition else 0,
    )


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
