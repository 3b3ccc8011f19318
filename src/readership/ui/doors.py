"""Who may knock: names and origins, framing, where the server stands while login is off, lines of the log."""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from readership import settings as settings_module
from readership.accounts import links, login, people
from readership.accounts.people import Role
from readership.errors import ReadershipError, UsageError
from readership.settings import Settings

log = logging.getLogger("readership.ui")
_PATH = re.compile(r"(?<![\\w:/.<])(?:[A-Za-z]:\\\\|/)(?:[^\\s/\\\\:,;“”\"']+[/\\\\])+[^\\s,;“”\"']*")


UPLOADS = "/_stcore/upload_file/"
"""Where Streamlit takes files into memory for whoever has a session, the page in front of all pages included."""


class Doors:
    """Refuses requests under a name that isn't ours, and WebSockets that don't come from our own page.

    A browser always says where a WebSocket comes from; Streamlit takes one without Origin for a program and lets it in.
    Here it must say so, and it must be the address it asks. A foreign Host is a page of somebody's whose name was made
    to point at this machine (DNS rebinding).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan" or allowed(Headers(scope=scope), is_socket=scope["type"] == "websocket"):
            uploads = scope["type"] == "http" and scope["method"] != "OPTIONS" and UPLOADS in scope["path"]
            is_open = not uploads or await anyio.to_thread.run_sync(_may_load, HTTPConnection(scope).cookies)
            app = self.app if is_open else PlainTextResponse("Only admins load data.\n", status_code=403)
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # Before it is accepted: the answer is 403.
        else:
            await PlainTextResponse("This server isn't called that.\n", status_code=400)(scope, receive, send)


def allowed(headers: Headers, *, is_socket: bool) -> bool:
    """Whether Host and, of a WebSocket, Origin are ours."""
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) != 1 or not _is_ours(hosts[0]):
        return False
    if not is_socket:
        return True
    return len(origins) == 1 and _place(origins[0]) is not None and _place(origins[0]) == hosts[0].lower()


def _may_load(cookies: Mapping[str, str]) -> bool:
    """Whether the sender of a file is one whose files are taken."""
    own = settings_module.load()
    try:
        asking = login.person(login.claims(cookies, own), own, login.now()) if login.setup(own) else people.LOCAL
    except ReadershipError:
        return False
    return asking.may(Role.ADMIN)


def _place(origin: str) -> str | None:
    """Host and port of an origin of the web."""
    parts = urlsplit(origin)
    return parts.netloc.lower() if parts.scheme in ("http", "https") and not parts.path else None


def _is_ours(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    names = _names()
    return names is None or name in names or (login.is_loopback(name) and is_local())


@cache
def _names() -> frozenset[str] | None:
    """Names that the server may be reached under besides this machine's own; None for any."""
    own = settings_module.load()
    found = _setup(own)
    names = {*own.hosts, *([urlsplit(found.origin).hostname or ""] if found else [])}
    address = str(st.get_option("server.address") or "").lower()
    return frozenset({*names, address.strip("[]")}) if names or is_local() else None


def is_local() -> bool:
    """Whether only this machine reaches the server."""
    return login.is_loopback(str(st.get_option("server.address") or ""))


def check() -> None:
    """Refuse to start where everybody on the network would be admin, or where login is set up wrongly.

    Ends the process after one line that says what to do: raised, it would be a traceback of the server's own.
    """
    try:
        _watch_log()
        own = settings_module.load()
        login.may_stand(own, str(st.get_option("server.address") or ""))
    except UsageError as error:
        log.critical("%s", error)
        logging.shutdown()
        os._exit(error.exit_code)


def secrets() -> dict[str, Any]:
    """The table [auth] for Streamlit; empty while login is off or can't be set up, which then lets nobody in."""
    found = _setup(settings_module.load())
    return {"auth": found.auth} if found else {}


def _setup(own: Settings) -> login.Setup | None:
    try:
        return login.setup(own)
    except UsageError:
        return None


def is_https() -> bool:
    """Whether people reach the dashboard by https, as the redirect URI of the login says."""
    found = _setup(settings_module.load())
    return bool(found and found.origin.startswith("https:"))


def secure(headers: MutableHeaders, https: bool) -> None:
    """Cookies that only go back over https, where the dashboard is reached so; Streamlit doesn't say it itself."""
    cookies = headers.getlist("set-cookie")
    if not https or not cookies:
        return
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", cookie if "; secure" in cookie.lower() else f"{cookie}; Secure")
    headers["Strict-Transport-Security"] = "max-age=31536000"


async def framing(scope: Mapping[str, Any]) -> str | None:
    """The CSP directive of an answer that may be framed: the page of a valid embed link; else None."""
    given = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=50).get("link", [])
    own = settings_module.load()
    if len(given) != 1 or not own.frame_ancestors or "/_stcore/" in scope["path"]:
        return None
    is_embed = await anyio.to_thread.run_sync(_is_embed, own, given[0][:200])
    return f"frame-ancestors {' '.join(own.frame_ancestors)}" if is_embed else None


def _is_embed(own: Settings, text: str) -> bool:
    try:
        limit = links.visitor(own, text, login.now()).limit
    except ReadershipError:
        return False
    return limit is not None and limit.figure is not None


# -- words -------------------------------------------------------------------------------------------------------------
def without_paths(text: str) -> str:
    """A sentence for people, the server's paths taken out."""
    return _PATH.sub("…", text)


def _watch_log() -> None:
    """Every line of the log is one line: what comes from outside can't begin another, nor steer a terminal."""
    made = logging.getLogRecordFactory()
    if not hasattr(made, "is_readerships"):
        logging.setLogRecordFactory(_one_lined(made))


def _one_lined(made: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def record(*given: Any, **more: Any) -> logging.LogRecord:
        line = made(*given, **more)
        try:
            text = line.getMessage()
        except Exception:
            return line  # Logging itself says that message and arguments don't fit.
        if not text.isprintable():
            line.msg, line.args = escaped(text), ()
        if line.exc_info and line.exc_info[1]:
            trace = "".join(traceback.format_exception(line.exc_info[1])).rstrip()
            # A formatter takes the text that is there already. The bar tells its lines from those of the log.
            line.exc_text = "\n".join(f"  | {escaped(part)}" for part in trace.split("\n"))
        return line

    record.is_readerships = True  # type: ignore[attr-defined]
    return record


def escaped(text: str) -> str:
    """Text in which each control character, line break and bidi sign is written out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
