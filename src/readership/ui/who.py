"""Who is looking at the page, and whether they may do what they just asked for: looked up anew each time.

Streamlit takes the login cookie when a session's connection is made and keeps its claims as `st.user` for as long as
the connection lasts; so neither a role nor a link is ever taken from there, only who somebody is.
"""

from __future__ import annotations

import time

import streamlit as st

from readership.accounts import links, login, people
from readership.accounts.people import Person, Role
from readership.errors import Refused, UsageError
from readership.queries import Selection
from readership.settings import Settings
from readership.ui import context

LINK = "link"
_VISIT, _READER = "readership_visit", "readership_reader"
FRESH_S = 2.0
"""How long a run's many questions may take somebody for who they were at the first of them."""
SHOWN = ("article", "article_curve", "article_observations", "article_revisions", "key_figures", "within")
"""What visitors' own page asks besides `links.PLAIN`; it shows no more of `key_figures` than the selection's own."""
TAKEN = "readership_taken"
"""Under this name the session of an export's run knows for whom it is; only the server writes there."""


def person() -> Person:
    """Whoever runs this session: by a link, by login, or the local one while login is off.

    Raises:
        Refused: nobody, or nobody any more.
    """
    taken: Person | None = st.session_state.get(TAKEN)
    if taken:
        return taken
    settings = context.current().settings
    visit = _visit()
    if visit:
        return links.visitor(settings, visit, login.now())
    if not login_is_on(settings):
        return people.LOCAL
    return login.person(st.user.to_dict(), settings, login.now())


def login_is_on(settings: Settings) -> bool:
    """Whether people must log in.

    Raises:
        Refused: it is on and set up wrongly, so nobody is let in.
    """
    try:
        return login.setup(settings) is not None
    except UsageError as error:
        raise Refused("Login is not set up rightly, so nobody is let in.", "Tell an admin.") from error


def require(role: Role) -> Person:
    """The person, when they may; for callbacks and pages, each time.

    Raises:
        Refused: the role is too low, or nobody is logged in any more.
    """
    return people.require(person(), role)


def may(role: Role) -> bool:
    """Whether to show something at all; what it does asks `require` by itself."""
    return reader().may(role)


def reader() -> Person:
    """The person, looked up at most two seconds ago: for the many questions of one run.

    Raises:
        Refused: as `person`.
    """
    visit, found = _visit(), st.session_state.get(_READER)
    if found and found[0] == visit and time.monotonic() - found[1] < FRESH_S:
        kept: Person = found[2]
        return kept
    one = person()
    st.session_state[_READER] = (visit, time.monotonic(), one)
    return one


def forget() -> None:
    """Look the person up again at the next question: called at the start of each run."""
    st.session_state.pop(_READER, None)


def limited(query: str, selection: Selection) -> Selection:
    """The selection under which the reader's question is asked: a visitor's is the link's, whatever the page wants.

    Raises:
        Refused: nobody who may ask, or a question that looks beyond the link.
    """
    asking = reader()
    if asking.limit and query not in SHOWN and not links.may_ask(asking, query):
        raise Refused("This link shows its selection and no more.", "This question looks beyond it.")
    return links.limited(asking, selection)


def came_by_link() -> bool:
    """Whether this session is a visitor's."""
    return bool(_visit())


def _visit() -> str:
    """The link that the URL names, or that this session began with: leaving it out later opens nothing."""
    given = st.query_params.get_all(LINK)
    if given:
        st.session_state[_VISIT] = given[-1][:200]
    return str(st.session_state.get(_VISIT, ""))
