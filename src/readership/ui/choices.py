"""The switches of the pages of groups: each choice is kept for the session and stands in the URL."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from readership.ui.context import by_history

FULL, FRACTIONAL, WITHOUT, WITH = "full", "fractional", "without", "with"
SWITCHES = {
    "count": (FULL, FRACTIONAL),
    "home": (WITHOUT, WITH),
    "measure": ("views", "articles"),
    "level": ("top", "second"),
    "versions": ("apart", "added"),
}
"""The pages' own URL parameters and their values, the default first."""


def choice(name: str) -> str:
    """The reader's choice at a switch of these pages: from the URL at first, from the switch later."""
    key, options = f"group_{name}", SWITCHES[name]
    if key not in st.session_state:
        wish = st.query_params.get(name)
        st.session_state[key] = wish if wish in options else options[0]
    return str(st.session_state[key] or options[0])


def follow() -> None:
    """Take the choices from the URL again after Back or Forward; called before any switch is drawn."""
    if by_history():
        for name in SWITCHES:
            st.session_state.pop(f"group_{name}", None)


def switch(name: str, label: str, words: Sequence[str]) -> None:
    """A switch, its choice kept for the session and in the URL."""
    options = SWITCHES[name]
    chosen = choice(name)
    st.segmented_control(
        label,
        options,
        key=f"group_{name}",
        format_func=dict(zip(options, words, strict=True)).__getitem__,
        required=True,
        persist_state="session",
    )
    if chosen != options[0]:
        st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]
