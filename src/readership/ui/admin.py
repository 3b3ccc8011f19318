"""Sections of the admin page. Each of its actions asks by itself who wants it: a page that isn't shown stops nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from readership.accounts import links, login, sessions, tokens, views
from readership.accounts.people import Role
from readership.errors import ReadershipError, UsageError
from readership.i18n import UNKNOWN
from readership.pipeline import health
from readership.queries import Query
from readership.ui import bar, context, shared, who
from readership.ui.context import say, say_n
from readership.ui.data import as_it_is, own
from readership.ui.login import ROLES, off
from readership.ui.show import table
from readership.ui.text import one_line
from readership.ui.upload import command

_PROBLEM, _DONE, _TOKEN, _CHECKED = "admin_problem", "admin_done", "admin_token", "admin_checked"
GIVEN = (Role.READER, Role.ANALYST, Role.ADMIN)
_MADE = ("made_by VARCHAR who made it", "made_at TIMESTAMP when")
_STANDING = ("valid_until TIMESTAMP when it ends by itself", "state VARCHAR open, expired or revoked")
_ROLE = "role VARCHAR READER, ANALYST or ADMIN"
PEOPLE = Query(
    "people",
    "one row a person who has logged in.",
    (
        "name VARCHAR as the login says", "email VARCHAR as the login says", _ROLE,
        "first_seen TIMESTAMP first time here", "last_seen TIMESTAMP last time here",
        "logged_out TIMESTAMP when their logins were ended",
    ),
    (),
    "",
)  # fmt: skip
LINKS = Query(
    "links",
    "one row a link that was made for visitors, without its secret.",
    (
        "title VARCHAR its name", "shows VARCHAR page or figure", "selection VARCHAR what it is limited to, in words",
        *_MADE, *_STANDING, "opened BIGINT how often", "opened_at TIMESTAMP the last time",
    ),
    (),
    "",
)  # fmt: skip
TOKENS = Query(
    "tokens",
    "one row a token for scripts, without its secret.",
    (
        "number BIGINT its number", "what_for VARCHAR its name", _ROLE, *_MADE, *_STANDING,
        "used_at TIMESTAMP the last time",
    ),
    (),
    "",
)  # fmt: skip
VIEWS = Query(
    "views",
    "one row a saved view.",
    (
        "name VARCHAR its name", "scope VARCHAR who sees it: personal (its owner) or all",
        "page VARCHAR the page that it opens", "address VARCHAR query string of what it shows", *_MADE,
    ),
    (),
    "",
)  # fmt: skip


def act(action: Callable[..., object], *given: Any) -> None:
    """Do what an admin asked for, when it is one who asks: for the callbacks of this page."""
    try:
        who.require(Role.ADMIN)
        action(context.current().settings, *given)
        st.session_state[_DONE] = say("Done")
    except ReadershipError as problem:
        st.session_state[_PROBLEM] = shared.words_of(problem)


# -- health ------------------------------------------------------------------------------------------------------------
def admin_health() -> None:
    """What came of the last action; then edition, store, ledger and disk as their files tell, and the long check."""
    who.require(Role.ADMIN)
    if problem := st.session_state.pop(_PROBLEM, None):
        st.warning(problem)
    if done := st.session_state.pop(_DONE, None):
        st.success(done)
    st.subheader(say("Health"), anchor=False)
    found = health.facts(context.current().settings)
    with st.grid(4, min_column_width=210, key="health"):
        _fact(say("Edition"), _number(found.edition), say("published {moment}", moment=_moment(found.built)))
        _fact(say("Store"), _size(found.store_size), say("archive {size}", size=_size(found.archive_size)))
        _fact(say("Ledger"), _batches(found), say("last line {moment}", moment=_moment(found.last)))
        _fact(say("Free room"), _size(found.free), say("of {size}", size=_size(found.room)))
    _warnings(found)
    st.button(say("Check everything"), on_click=act, args=(_check,), key="admin_check", icon=":material/fact_check:")
    if words := st.session_state.get(_CHECKED):
        st.text(words)


def _fact(label: str, value: str, beside: str) -> None:
    st.metric(label, value, beside, delta_color="off", delta_arrow="off", border=True, height="stretch")


def _batches(found: health.Health) -> str:
    return say_n("{n} batch", "{n} batches", found.batches)


def _warnings(found: health.Health) -> None:
    if found.torn:
        words = say_n("The ledger has {n} damaged line.", "The ledger has {n} damaged lines.", found.torn)
        st.warning(f"{words} {say('Run `readership check`.')}")
    if found.is_low:
        st.warning(say("Room runs short: make some before the next ingest."))
    if found.edition is None:
        st.warning(say("No edition can be read."))
    if found.quarantined:
        words = say_n("{n} rejected input is kept.", "{n} rejected inputs are kept.", found.quarantined)
        st.caption(f"{words} {say('They are listed on the page Data.')}")


def _check(settings: Any) -> None:
    """Compare ledger, archive, database and edition, in a child process."""
    outcome = command(settings, ["check"])
    st.session_state[_CHECKED] = one_line(outcome.words[-2000:]) or say("ended with code {code}", code=outcome.code)


# -- people ------------------------------------------------------------------------------------------------------------
def admin_people() -> None:
    """Everybody who has been here, with the role they last had; their logins can be ended."""
    who.require(Role.ADMIN)
    st.subheader(say("People"), anchor=False)
    settings = context.current().settings
    if not who.login_is_on(settings):
        st.caption(off())
    found = sessions.listed(settings)
    if not found:
        st.caption(say("Nobody has logged in yet."))
        return
    st.caption(say("Roles are given in people.toml or by a claim of the login, and looked up each time."))
    rows = [
        {"name": one.name, "email": one.email, "role": one.role.name, "first_seen": one.first, "last_seen": one.last,
         "logged_out": one.ended}
        for one in found
    ]  # fmt: skip
    table(own(PEOPLE, rows, _remark()), "people")
    labels = {one.key: one_line(f"{one.name} · {one.email or one.key}") for one in found}
    _choose("people", say("End all logins of"), labels, _end, say("End them"))


def _end(settings: Any, key: str) -> None:
    sessions.end(settings, key, login.now())


# -- links -------------------------------------------------------------------------------------------------------------
def admin_links() -> None:
    """All links ever made, what each shows, and their end."""
    who.require(Role.ADMIN)
    st.subheader(say("Links"), anchor=False)
    now, found = login.now(), links.listed(context.current().settings)
    if not found:
        st.caption(say("No link has been made yet."))
        return
    table(own(LINKS, [_line(link, now) for link in found], _remark()), "links")
    labels = {link.id: one_line(f"{link.title or link.id} · {_shows(link)}") for link in found if link.is_open(now)}
    _choose("links", say("Revoke the link"), labels, _revoke_link, say("Revoke"))


def _line(link: links.Link, now: datetime) -> dict[str, Any]:
    return {
        "title": link.title, "shows": _shows(link), "selection": _words(link), "made_by": link.made_by,
        "made_at": link.created, "valid_until": link.expires,
        "state": "revoked" if link.revoked else "open" if link.is_open(now) else "expired",
        "opened": link.uses, "opened_at": link.used,
    }  # fmt: skip


def _shows(link: links.Link) -> str:
    """The page or figure that a link shows; of one that another version made, its name."""
    label = shared.FIGURES.get(link.figure, ("",))[0] if link.figure else shared.PAGES.get(link.page)
    return say(label) if label else link.figure or link.page


def _words(link: links.Link) -> str:
    try:
        return one_line(bar.in_words(links.selection_of(link.selection)))
    except ReadershipError:
        return say("made by another version")


def _revoke_link(settings: Any, link: str) -> None:
    links.revoke(settings, link, who.require(Role.ADMIN), login.now())


# -- tokens ------------------------------------------------------------------------------------------------------------
def admin_tokens() -> None:
    """Tokens for scripts: a form that makes one, those there are, and their end."""
    who.require(Role.ADMIN)
    st.subheader(say("Tokens for scripts"), anchor=False)
    with st.form("token", border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(say("What for"), max_chars=tokens.MAX_NAME, key="token_name", width=260)
        roles = {role.name: say(ROLES[role.name]) for role in GIVEN}
        st.selectbox(say("Role"), list(roles), format_func=roles.__getitem__, key="token_role", width=150)
        st.number_input(say("Days it is valid"), 1, 366, 90, key="token_days", width=150)
        st.form_submit_button(say("Make a token"), on_click=act, args=(_add_token,))
    if text := st.session_state.pop(_TOKEN, None):
        st.caption(say("This is the token; it can't be shown again:"))
        st.code(text, language=None)
    found, now = tokens.listed(context.current().settings), login.now()
    if not found:
        st.caption(say("No token has been made yet."))
        return
    rows = [
        {"number": one.id, "what_for": one.name, "role": one.role.name, "made_by": one.made_by, "made_at": one.created,
         "valid_until": one.expires, "used_at": one.used,
         "state": "revoked" if one.revoked else "expired" if one.expires <= now else "open"}
        for one in found
    ]  # fmt: skip
    table(own(TOKENS, rows, _remark()), "tokens")
    labels = {one.id: one_line(f"{one.id} · {one.name}") for one in found if not one.revoked and one.expires > now}
    _choose("tokens", say("Revoke the token"), labels, _revoke_token, say("Revoke"))


def _add_token(settings: Any) -> None:
    state, by = st.session_state, who.require(Role.ADMIN)
    name, role, days = (state.get(key) for key in ("token_name", "token_role", "token_days"))
    if not name or role not in Role.__members__ or not days:
        raise UsageError("A token needs a name, a role and days.")
    state[_TOKEN] = tokens.add(settings, one_line(name), Role[role], days=int(days), by=by.name, now=login.now())


def _revoke_token(settings: Any, token: int) -> None:
    tokens.revoke(settings, token, login.now())


# -- saved views -------------------------------------------------------------------------------------------------------
def admin_views() -> None:
    """Saved views of everybody, and the end of those for all; a personal one is its owner's to delete."""
    by = who.require(Role.ADMIN)
    st.subheader(say("Saved views"), anchor=False)
    found = views.every(context.current().settings)
    if not found:
        st.caption(say("No view is kept yet."))
        return
    rows = [
        {"name": one.name, "scope": one.scope, "made_by": one.owner, "page": one.page, "address": one.address,
         "made_at": one.created}
        for one in found
    ]  # fmt: skip
    table(own(VIEWS, rows, _remark()), "views", ["name", "scope", "made_by", "page", "made_at"])
    labels = {one.id: one_line(f"{one.name} · {one.owner}") for one in found if views.may_change(by, one)}
    _choose("views", say("Delete the view"), labels, _delete_view, say("Delete"))


def _delete_view(settings: Any, view: str) -> None:
    views.remove(settings, who.require(Role.ADMIN), view)


# -- parts -------------------------------------------------------------------------------------------------------------
def _remark() -> str:
    return as_it_is(login.now())


def _choose(name: str, label: str, labels: dict[Any, str], action: Callable[..., object], words: str) -> None:
    """One of several, and a button that does something to it."""
    if not labels:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"admin_{name}"):
        st.selectbox(
            label, list(labels), index=None, format_func=labels.__getitem__, key=f"choose_{name}", width=420,
            placeholder=say("choose"),
        )  # fmt: skip
        st.button(words, on_click=_chosen, args=(name, action), key=f"do_{name}")


def _chosen(name: str, action: Callable[..., object]) -> None:
    chosen = st.session_state.get(f"choose_{name}")
    if chosen is not None:
        act(action, chosen)


def _moment(moment: datetime | None) -> str:
    run = context.current()
    return run.language.moment(moment, run.zone) if moment else UNKNOWN


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else context.current().language.number(value)


def _size(size: int | None) -> str:
    """A size in megabytes or gigabytes (of 10^6 and 10^9 bytes)."""
    if size is None:
        return UNKNOWN
    language = context.current().language
    if size >= 10**9:
        return say("{n} GB", n=language.number(size / 10**9, 1))
    return say("{n} MB", n=language.number(size / 10**6, 1))
