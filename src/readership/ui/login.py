"""The page in front of all pages, and the corner that says who is logged in."""

from __future__ import annotations

import logging

import streamlit as st

from readership.accounts import login as logins
from readership.accounts import sessions
from readership.accounts.people import Role
from readership.errors import ReadershipError, Refused
from readership.exports.text import one_line as log_line
from readership.i18n import mark
from readership.ui import context, who
from readership.ui.context import say
from readership.ui.text import plain

log = logging.getLogger("readership.ui")
ROLES = {"READER": mark("reader"), "ANALYST": mark("analyst"), "ADMIN": mark("admin"), "VISITOR": mark("visitor")}


def door(error: ReadershipError) -> None:
    """What somebody sees who isn't let in: why, and the way to log in or out. Nothing of any page is run."""
    st.title("Readership", anchor=False)
    expected = not st.user.get("is_logged_in") and not who.came_by_link()
    log.log(logging.INFO if expected else logging.WARNING, "not let in: %s", log_line(str(error))[:300])
    if who.came_by_link():
        st.info(
            say("This link isn't valid, or not any more. Ask for a new one where you got it."),
            icon=":material/link_off:",
        )
        return
    found = _setup()
    if found is None:
        st.error(say("Login is not set up rightly, so nobody is let in."))
    elif st.user.get("is_logged_in"):
        st.info(_why(error), icon=":material/block:")
        st.button(say("Log out"), on_click=leave, key="door_logout")
    else:
        st.info(say("Log in to see how your articles are read."), icon=":material/lock:")
        for provider in _providers(found):
            label = say("Log in with {name}", name=provider) if provider else say("Log in")
            st.button(label, on_click=_enter, args=(provider,), type="primary", key=f"door_login_{provider or ''}")


def not_yours(role: Role) -> None:
    """What stands in a page's place for somebody whose role is below it."""
    st.title(say("Not for your role"), anchor=False)
    needed, own = say(ROLES[role.name]), say(ROLES[who.reader().role.name])
    words = say("This page needs the role {needed}; yours is {own}. Ask an admin.", needed=needed, own=own)
    st.info(words, icon=":material/lock:")


def _why(error: ReadershipError) -> str:
    if not isinstance(error, Refused):
        return say("Who may come in can't be looked up at this moment. Try again.")
    reasons = {
        "You are logged in, but have no role here.": say("You are logged in, but have no role here. Ask an admin."),
        "Your login has expired.": say("Your login has expired. Log in again."),
        "You have logged out.": say("You have logged out. Log in again."),
    }
    return reasons.get(error.message, say("This login isn't taken here. Log out, and log in again."))


def _setup() -> logins.Setup | None:
    try:
        return logins.setup(context.current().settings)
    except ReadershipError:
        return None


def _providers(found: logins.Setup) -> list[str | None]:
    """Names of the tables in [auth]; None for the one that has no table of its own."""
    named = [name for name, value in found.auth.items() if isinstance(value, dict) and "client_id" in value]
    return [*([None] if "client_id" in found.auth else []), *named]


def _enter(provider: str | None) -> None:
    st.login(provider) if provider else st.login()


def leave() -> None:
    """Log out here and in every other browser of this person, whatever their cookies say."""
    settings = context.current().settings
    try:
        sessions.end(settings, logins.key_of(st.user.to_dict()), logins.now())
    except ReadershipError as error:
        log.warning("logout not noted: %s", error)  # The cookie goes all the same.
    who.forget()
    st.logout()


def off() -> str:
    """What it means that login is off."""
    return say("Login is off: everybody who reaches this server is admin. docs/access.md says how to turn it on.")


def corner() -> None:
    """Who is here, in the strip; while login is off, what that means."""
    asking = who.reader()
    if not who.login_is_on(context.current().settings):
        st.caption(say("login is off"), width="content", help=off())
        return
    with st.popover(plain(asking.name), icon=":material/person:", key="corner", type="tertiary"):
        st.caption(say("Role: {role}", role=say(ROLES[asking.role.name])))
        st.button(say("Log out"), on_click=leave, key="corner_logout")
