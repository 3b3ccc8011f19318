"""Who sends a request, what they may ask, and how a refusal is answered: the same for every route.

A route calls `person`, then `limited` for its selection and `may` for its question, and answers `refused` on `Refused`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from readership.accounts import links, login, people, tokens
from readership.accounts.people import Person, Role
from readership.errors import ReadershipError, Refused, UsageError
from readership.queries import Selection
from readership.settings import Settings

LINK = "link"
"""The URL parameter that a visitor's link comes in: no part of a selection, so routes take it out first."""


class NotLoggedIn(Refused):
    """Nobody is logged in: answered with 401."""


def person(request: Request, settings: Settings) -> Person:
    """Who sends the request: by link, by `Authorization: Bearer`, by Streamlit's login cookie, or the local one.

    Reads files: to be called in a thread. A link or a token that isn't valid is refused even while login is off.

    Raises:
        Refused: nobody who may ask; StoreBusy, StoreDamaged, StoreTooNew: who may can't be looked up.
    """
    now = login.now()
    wanted = request.query_params.getlist(LINK)
    if wanted:
        if len(wanted) > 1:
            raise NotLoggedIn("More than one link was given.")
        return links.visitor(settings, wanted[0], now)
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind:
        if kind.lower() != "bearer":
            raise NotLoggedIn("This kind of authorization is not taken.", "Send a token as Bearer.")
        return tokens.person(settings, text.strip(), now)
    if _setup(settings) is None:
        return people.LOCAL
    found = login.claims(request.cookies, settings)
    if not found:
        raise NotLoggedIn("You are not logged in, or not any more.", "Log in, or send a token as Bearer.")
    return login.person(found, settings, now)


def require(request: Request, settings: Settings, role: Role) -> Person:
    """The person, when they have the role.

    Raises:
        Refused: as `person`, or the role is too low.
    """
    return people.require(person(request, settings), role)


def limited(person: Person, selection: Selection) -> Selection:
    """The selection that the answer is made under: a visitor's is the link's, whatever was asked for."""
    return links.limited(person, selection)


def may(person: Person, query: str) -> None:
    """Nothing, when the person may ask this question.

    Raises:
        Refused: it looks beyond the visitor's link.
    """
    if not links.may_ask(person, query):
        raise Refused("This link shows its selection and no more.", "This question looks beyond it.")


def compares(person: Person) -> None:
    """Nothing, when the person may set an answer beside another: that lies beyond a visitor's link.

    Raises:
        Refused: it does.
    """
    if person.limit:
        raise Refused("This link shows its selection and no more.", "A comparison looks beyond it.")


def refused(error: ReadershipError) -> Response:
    """The answer to a request that was refused: 401 or 403, one line, nothing of the server in it."""
    status = 401 if isinstance(error, NotLoggedIn) else 403
    words = (
        " ".join(str(error).split())[:600] if isinstance(error, Refused) else "This can't be checked at this moment."
    )
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": words}, status_code=status, headers=headers)


def _setup(settings: Settings) -> login.Setup | None:
    try:
        return login.setup(settings)
    except UsageError as error:
        raise Refused("Login is not set up rightly, so nobody is let in.", "Tell an admin.") from error
