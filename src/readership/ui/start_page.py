"""The start page of our pages: Streamlit's own, with a script and a style sheet of ours in its head.

`static/steps.js` makes one act of the reader one step of the browser's history: Streamlit writes a change of page and
the address that follows from it one after the other, each as an entry. It must be there before Streamlit's own script.
`static/page.css` fits the selection bar to the window, whose width only the browser knows. Both are sent with the
addresses of our pages; any other address is Streamlit's as before, and the dashboard works without them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

FOLDER = Path(__file__).resolve().parents[3] / "static"
"""Served at /assets."""
_TAGS = {"steps.js": '<script src="{}"></script>', "page.css": '<link rel="stylesheet" href="{}" />'}


def routes(pages: Iterable[str]) -> list[Route]:
    """The addresses of the pages of these names, and `/`."""
    return [Route(f"/{name}", _answer, methods=["GET"]) for name in ("", *pages)]


async def _answer(_request: Request) -> HTMLResponse:
    return HTMLResponse(_page(), headers={"Cache-Control": "no-cache"})


@cache
def _page() -> str:
    index = Path(st.__file__).parent / "static" / "index.html"
    return with_ours(index.read_text(encoding="utf-8"))


def with_ours(index: str) -> str:
    """The page with script and style sheet first in its head, as far as they are there."""
    ours = "".join(f"\n    {tag.format(_address(name))}" for name, tag in _TAGS.items() if (FOLDER / name).is_file())
    return index.replace("<head>", f"<head>{ours}", 1)


def _address(name: str) -> str:
    """Where the file lies, relative as Streamlit's own, with a mark that changes when the file does."""
    return f"./assets/{name}?v={hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]}"
