"""The switches of pages and charts: each choice is kept for the session and stands in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


CHARTS = ("chart", "shape", "bucket", "age", "basis", "order", "by", "base")
"""Names in the URL of what a chart or a table shows: which question, per bucket or added up, which bucket, views at
which age and which of them, a table's order, which groups, and of rates which way round. The default has none."""


def one_of(
    name: str,
    labels: Mapping[str, str],
    *,
    default: str | None = None,
    slot: str = "",
    label: str = "",
    select: bool = False,
) -> str:
    """The reader's choice among a few for a chart: from the URL at first and after Back, from the switch later.

    Args:
        name: one of `CHARTS`.
        labels: what can be chosen, each as readers call it.
        default: the first when not given.
        slot: choices of one name that are kept apart, as a bucket that fits a month and one that fits a year.
        select: draw a list to open instead of a row of buttons.
    """
    assert name in CHARTS
    first = default or next(iter(labels))
    key = f"grain_{slot}" if slot else f"series_{name}"  # exports carry on choices under these beginnings
    _take_up(name, key, tuple(labels), first)
    words = {"label": label or name, "format_func": labels.__getitem__, "label_visibility": "collapsed"}
    if select:
        st.selectbox(options=list(labels), key=key, width=130, persist_state="session", **words)
    else:
        st.segmented_control(options=list(labels), key=key, required=True, persist_state="session", **words)
    chosen = str(st.session_state[key] or first)
    _put_into_url(name, chosen, first)
    return chosen


def _take_up(name: str, key: str, options: Sequence[str], first: str) -> None:
    """Set the switch from the URL when the session has not seen any of this name yet, or the reader went Back."""
    seen = f"choice_seen_{name}"
    wish = st.query_params.get(name) if seen not in st.session_state or by_history() else None
    st.session_state[seen] = True
    if wish in options or by_history():
        st.session_state[key] = wish if wish in options else first
    elif st.session_state.get(key) not in options:
        st.session_state[key] = first


def _put_into_url(name: str, chosen: str, first: str) -> None:
    if chosen != first:
        if st.query_params.get(name) != chosen:
            st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]
