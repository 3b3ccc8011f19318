"""The Data page's part on collecting: how each site is doing, what is late, what went wrong, and stop and go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from readership.accounts.people import Role
from readership.errors import ReadershipError
from readership.figures.collecting import requests_by_hour
from readership.i18n import mark
from readership.pipeline import collect
from readership.queries import Query
from readership.ui import context, exported, who
from readership.ui.context import say, say_n
from readership.ui.data import as_it_is, own
from readership.ui.show import exportable, show, table
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
_ADDRESS, _SITE = "address VARCHAR its URL", "site VARCHAR canonical host"
QUESTIONS = {
    "sites": Query(
        "collect_sites",
        "one row a site that is collected: how it is doing.",
        (
            _SITE,
            "state VARCHAR collecting, paused or trouble",
            "health VARCHAR fine, slow, down, walled, forbidden, changed, trouble or paused (docs/collect.md)",
            "trouble VARCHAR what went wrong last, NULL when nothing does",
            "since TIMESTAMP since when it is like that",
            "said VARCHAR what was seen",
            "ok_at TIMESTAMP when something was read last",
            "ok_url VARCHAR what was read last",
            "articles BIGINT found so far",
            "behind BIGINT articles whose turn passed more than 5 minutes ago",
            "requests BIGINT of the last hour",
            "seconds DOUBLE median time of an answer in the last hour",
            "next_at TIMESTAMP next reading",
            "paused_at TIMESTAMP when it was paused",
            "paused_by VARCHAR who paused it",
        ),
        (),
        "",
    ),
    "hours": Query(
        "collect_hours",
        "one row a site and hour of the last 48 hours with requests.",
        (
            _SITE,
            "hour TIMESTAMP beginning of the hour",
            "requests BIGINT all of them",
            "captures BIGINT articles that were read and new",
            "unchanged BIGINT answers that were as before",
            "failed BIGINT requests that failed",
        ),
        (),
        "",
    ),
    "behind": Query(
        "collect_behind",
        "one row an article that waits for more than 5 minutes, the longest first.",
        (
            "due_at TIMESTAMP its turn",
            "late_s BIGINT seconds since then",
            "late_minutes BIGINT whole minutes since then",
            _SITE,
            _ADDRESS,
            "tier BIGINT how often it is read, 0 the most",
        ),
        (),
        "",
    ),
    "errors": Query(
        "collect_errors",
        "one row a site and kind of error of the last 7 days.",
        (
            _SITE,
            "error VARCHAR its kind (docs/collect.md)",
            "requests BIGINT that ended so",
            "first_at TIMESTAMP first of them",
            "last_at TIMESTAMP last of them",
            "said VARCHAR what the last one said",
            "address VARCHAR URL of the last one",
        ),
        (),
        "",
    ),
    "next": Query(
        "collect_next",
        "one row a coming request, the next first.",
        (
            "due_at TIMESTAMP its turn",
            _SITE,
            "what VARCHAR article, or document (a list of articles)",
            _ADDRESS,
            "tier BIGINT how often it is read, -1 a document, 0 the most",
        ),
        (),
        "",
    ),
    "documents": Query(
        "collect_documents",
        "one row a list that articles are found in.",
        (
            _SITE,
            _ADDRESS,
            "form VARCHAR feed, sitemap, news, index or page",
            "read_at TIMESTAMP when it was read last",
            "next_at TIMESTAMP when it is read next",
            "failures BIGINT in a row",
            "said VARCHAR what went wrong last",
        ),
        (),
        "",
    ),
}
"""What the tables are, by the name of their rows in `collect.status`; for exports."""
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
        found = collect.status(context.current().settings, now, whole=exported.is_taken())
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
    frame = partial(_frame, found, now=now)
    table(frame("sites"), "collect-sites", SITES, title=say("Sites collected"))
    if who.may(Role.ADMIN):
        _stop_and_go(found["sites"])
    _hours(frame("hours"), now)
    _behind(found, frame("behind"))
    table(frame("errors"), "collect-errors", ERRORS, title=say("Errors of the last 7 days"))
    table(frame("next"), "collect-next", NEXT, title=say("Next readings"))
    table(frame("documents"), "collect-documents", DOCUMENTS, title=say("Where articles are found"))


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
def _hours(rows: pd.DataFrame, now: datetime) -> None:
    if len(rows):
        show(requests_by_hour(rows, now, context.zone(), context.current().language), rows, "collect-hours")


def _behind(found: Status, rows: pd.DataFrame) -> None:
    """The articles that wait longest for their turn, of how many."""
    if not exportable(say("Articles behind schedule"), rows, "collect-behind"):
        return
    late = sum(one["behind"] for one in found["sites"] if one["state"] != "paused")
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
    table(rows, "collect-behind", BEHIND, downloads=False)


_AS = {"url": "address", "kind": "error"}


def _frame(found: Status, name: str, now: datetime) -> pd.DataFrame:
    """Rows of the collector's state as a frame that can be exported."""
    rows = [{_AS.get(key, key): value for key, value in row.items()} for row in found[name]]
    if name == "behind":
        rows = [{**row, "late_minutes": row["late_s"] // 60} for row in rows]
    return own(QUESTIONS[name], rows, as_it_is(now))
