"""The Data page's part on collecting: how each site is doing, what is late, what went wrong, and stop and go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from readership.accounts.people import Role
from readership.errors import ReadershipError
from readership.figures.collecting import requests_by_hour
from readership.i18n import mark
from readership.pipeline import collect
from readership.ui import context, who
from readership.ui.context import say, say_n
from readership.ui.show import show, table
from readership.ui.text import plain

RENEW_S = 30
SITES = [
    "site", "health", "since", "said", "ok_at", "ok_url", "articles", "behind", "requests", "seconds", "next_at",
    "paused_by",
]  # fmt: skip
BEHIND = ["due_at", "late_minutes", "site", "address"]
ERRORS = ["site", "error", "requests", "first_at", "last_at", "said", "address"]
NEXT = ["due_at", "site", "what", "address"]
DOCUMENTS = ["site", "address", "form", "read_at", "next_at", "failures", "said"]
_MOMENTS = (
    "since", "ok_at", "next_at", "paused_at", "due_at", "first_at", "last_at", "hour", "seen_at", "started_at",
    "read_at",
)  # fmt: skip
_PROBLEM = "collector_problem"
ALARMS = {
    "layout": mark("{site}: pages are read worse than usual. {said}"),
    "volume": mark("{site}: far more or fewer articles than usual. {said}"),
}
Rows = list[dict[str, Any]]
Status = dict[str, Rows]


def collecting() -> None:
    """How collecting goes, renewed every half minute while the page is open."""
    st.subheader(say("Collecting"), anchor=False)
    _panel()


@st.fragment(run_every=RENEW_S)  # type: ignore[untyped-decorator]
def _panel() -> None:
    now = datetime.now(UTC)
    try:
        found = collect.status(context.current().settings, now)
    except ReadershipError as error:
        st.warning(plain(error))
        return
    if not found["sites"]:
        st.caption(say("No site has been collected yet; docs/collect.md says how to set it up."))
        st.code("readership collect", language=None)
        return
    if problem := st.session_state.pop(_PROBLEM, None):
        st.warning(problem)
    _at_work(found["run"])
    _alarms(found["alarms"])
    table(_frame(found["sites"]), "collect-sites", SITES, downloads=False)
    if who.may(Role.ADMIN):
        _stop_and_go(found["sites"])
    _hours(found["hours"], now)
    _behind(found)
    errors = _frame(found["errors"]).rename(columns={"kind": "error"})
    table(errors, "collect-errors", ERRORS, title=say("Errors of the last 7 days"))
    table(_frame(found["next"]), "collect-next", NEXT, title=say("Next readings"))
    table(_frame(found["documents"]), "collect-documents", DOCUMENTS, title=say("Where articles are found"))


def _at_work(run: Rows) -> None:
    """Whether a collector runs, and since when it doesn't."""
    if not run:
        return
    (one,) = run
    language, zone = context.current().language, context.zone()
    if one["running"]:
        words = say("A collector is at work since {moment}.", moment=language.moment(one["started_at"], zone))
        st.badge(plain(words), icon=":material/sync:", color="green")
        return
    moment = language.moment(one["ended_at"] or one["seen_at"], zone)
    words = (
        say("No collector is at work; the last one ended {moment}.", moment=moment)
        if one["ended_at"]
        else say("No collector is at work; the last one gave no sign since {moment}.", moment=moment)
    )
    st.badge(plain(words), icon=":material/sync_disabled:", color="orange")


def _alarms(alarms: Rows) -> None:
    for one in alarms:
        words = say(ALARMS[one["kind"]], site=one["site"], said=one["said"])
        since = say("Since {moment}.", moment=context.current().language.moment(one["since"], context.zone()))
        st.warning(plain(f"{words} {since}"), icon=":material/notification_important:")


# -- stop and go -------------------------------------------------------------------------------------------------------
def _stop_and_go(sites: Rows) -> None:
    """A button a site, and one for all where there are several; what it does asks once more who wants it."""
    with st.container(horizontal=True, gap="small", key="collect_buttons"):
        for one in sites:
            _button(str(one["site"]), [str(one["site"])], paused=one["state"] == "paused", key=f"of_{one['site']}")
        if len(sites) > 1:
            going = [str(one["site"]) for one in sites if one["state"] != "paused"]
            _button(say("all sites"), going or [str(one["site"]) for one in sites], paused=not going, key="all")


def _button(name: str, sites: Sequence[str], *, paused: bool, key: str) -> None:
    label = say("Go on: {site}", site=plain(name)) if paused else say("Pause: {site}", site=plain(name))
    st.button(
        label,
        key=f"collect_{'go' if paused else 'stop'}_{key}",
        icon=":material/play_arrow:" if paused else ":material/pause:",
        on_click=_set,
        args=(tuple(sites), paused),
    )


def _set(sites: Sequence[str], going: bool) -> None:
    """Pauses sites, or lets them go on, when an admin asks for it."""
    try:
        person = who.require(Role.ADMIN)
        settings = context.current().settings
        for site in sites:
            if going:
                collect.resume(settings, site)
            else:
                collect.pause(settings, site, person.name)
    except ReadershipError as error:
        st.session_state[_PROBLEM] = plain(error)


# -- what was read, and what wasn't ------------------------------------------------------------------------------------
def _hours(hours: Rows, now: datetime) -> None:
    if not hours:
        return
    rows = _frame(hours)
    show(requests_by_hour(rows, now, context.zone(), context.current().language), rows, "collect-hours")


def _behind(found: Status) -> None:
    """The articles that wait longest for their turn, of how many."""
    late = sum(one["behind"] for one in found["sites"] if one["state"] != "paused")
    st.subheader(say("Articles behind schedule"), anchor=False)
    if not late:
        st.caption(say("None: every article was read within five minutes of its turn."))
        return
    st.caption(
        say_n(
            "{n} article has waited more than five minutes for its turn; the longest first.",
            "{n} articles have waited more than five minutes for their turn; the longest first.",
            late,
        )
    )
    rows = _frame(found["behind"])
    table(rows.assign(late_minutes=rows["late_s"] // 60), "collect-behind", BEHIND, downloads=False)


def _frame(rows: Rows) -> pd.DataFrame:
    """Rows as a frame, moments as such even where none is known."""
    frame = pd.DataFrame(rows).rename(columns={"url": "address"})
    for name in frame.columns:
        if name in _MOMENTS:
            frame[name] = pd.to_datetime(frame[name], utc=True)
        elif frame[name].dtype == object:
            frame[name] = frame[name].astype("str").where(frame[name].notna())
    return frame
