"""What stands around the script: health route, security headers, warm-up, and plain words when something breaks."""

from __future__ import annotations

import atexit
import base64
import gc
import hashlib
import logging
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import anyio
import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from readership import exports
from readership.errors import ReadershipError
from readership.ui import doors, start_page

SCRIPT = Path(__file__).with_name("router.py")
ROOT = Path(__file__).resolve().parents[3]
log = logging.getLogger("readership.ui")


def inline_script_hashes(index: str) -> list[str]:
    """CSP sources for the inline scripts of Streamlit's own start page."""
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", index, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _policy() -> str:
    index = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    # Streamlit's bundle compiles its schemas with `new Function`: without unsafe-eval the page stays blank.
    scripts = " ".join(["'self'", "'unsafe-eval'", *inline_script_hashes(index)])
    return (
        "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; "
        f"style-src 'self' 'unsafe-inline'; script-src {scripts}"
    )


POLICY = _policy()
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers to every HTTP answer and keeps the server's own figures (`/_stcore/metrics`) inside.

    Only the page of a valid embed link may be framed, and only by the origins that the settings name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, the answer with headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                doors.secure(headers, is_https)
                if framed:
                    headers["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", framed)
                    del headers["X-Frame-Options"]
            await send(message)

        framed, is_https = await doors.framing(scope), doors.is_https()

        inner = scope["path"].rstrip("/").endswith("/_stcore/metrics")
        app = PlainTextResponse("Not found", status_code=404) if inner else self.app
        await app(scope, receive, with_headers)


def release() -> str:
    """The version of Readership that runs."""
    try:
        return version("readership")
    except PackageNotFoundError:
        return "source"


def health() -> dict[str, object]:
    """What `/healthz` answers: which edition is served, as of when, by which version."""
    from readership.ui import context

    try:
        edition = context.newest_edition()
    except ReadershipError as error:
        return {"status": "degraded", "version": release(), "edition": None, "as_of": None, "message": error.message}
    return {
        "status": "ok",
        "version": release(),
        "edition": edition.number if edition else None,
        "as_of": edition.as_of if edition else None,
    }


async def _healthz(_request: Request) -> JSONResponse:
    answer = await anyio.to_thread.run_sync(health)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


# Streamlit's own static serving looks beside the script; ours is the project's folder, without listing.
ROUTES = [
    Route("/healthz", _healthz, methods=["GET"]),
    Mount("/assets", StaticFiles(directory=ROOT / "static", check_dir=False)),
    *start_page.routes(sorted(page.stem for page in (ROOT / "pages").glob("*.py"))),
]
MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(doors.Doors)]
SECRETS = doors.secrets()
"""What Streamlit's login reads besides its own secrets.toml: the table [auth] of READERSHIP_SECRETS."""


def based(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The routes, and again below `server.baseUrlPath` where there is one: Streamlit sets only its own below it."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [*routes, *(_below(f"/{base}", route) for route in routes if base)]


def _below(base: str, route: BaseRoute) -> BaseRoute:
    if isinstance(route, Mount):
        return Mount(base + route.path, route.app)
    assert isinstance(route, Route)
    return Route(base + route.path, route.endpoint, methods=list(route.methods or ()))


def _warm() -> None:
    from readership.ui import shell

    shell.warm()
    # What is loaded now lives as long as the process: taken out of every later collection (70-105 ms a rerun).
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Load once, before the first reader comes, what every page needs; not at all where everybody would be admin."""
    doors.check()
    await anyio.to_thread.run_sync(_warm)
    yield
    await anyio.to_thread.run_sync(exports.stop_pictures)


def explain(error: BaseException) -> bool:
    """Say on the page what went wrong: our own errors in their words, any other by its number in the log."""
    from readership.ui import context

    language = context.language()
    if isinstance(error, ReadershipError):
        log.warning("%s: %s", type(error).__name__, error)
        st.error(language.say("This page can't be shown."))
        st.text(doors.without_paths(str(error)))
        return True
    number = secrets.token_hex(4)
    log.error("page failed, number %s", number, exc_info=error)
    st.error(
        language.say(
            "Something went wrong on this page. It is in the server's log under number {number}.", number=number
        )
    )
    return True
