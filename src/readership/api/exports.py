"""`GET /export/{query}.{format}`: the whole answer to a question as a file, for links, scripts and spreadsheets.

The file is made before the first byte is sent, in a temporary file and bounded memory: so its name holds its hash, its
length is known, and what goes wrong is a status and one line, never half a table.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from readership import exports, i18n, queries
from readership.api import reading
from readership.errors import DiskFull, NoEdition, ReadershipError, UsageError
from readership.exports.text import one_line
from readership.queries import Query
from readership.settings import Settings

log = logging.getLogger("readership.api")

Allow = Callable[[Request], bool]
"""Whether this request may have exports; called in a thread before anything else is looked at."""
SIDECAR = "proof.json"
AT_ONCE, WAITING = 2, 16
"""Exports made at the same time, and requests that may wait for their turn."""
_OWN = ("bom", "of")


@dataclass(frozen=True)
class _Wanted:
    """What a request asks for, read and found right."""

    asked: exports.Asked
    form: str
    bom: bool
    sidecar: bool

    @property
    def etag(self) -> str:
        # Weak: the same rows, but files with the proof inside say when they were made.
        return f'W/"{self.asked.key(self.form, str(self.bom), str(self.sidecar))}"'


class _NotFound(UsageError):
    """No such question or format."""


def everybody(_request: Request) -> bool:
    """The rule until login is on: who reaches the server may have its exports."""
    return True


def routes(settings: Settings, allow: Allow = everybody) -> list[Route]:
    """The routes to mount on the launcher.

    Args:
        allow: asked before anything else about each request; False answers 403.
    """
    turns = _Turns()

    async def export(request: Request) -> Response:
        try:
            return await _answer(request, settings, allow, turns)
        except ReadershipError as error:
            return _refused(str(error), _status(error))
        except Exception as error:
            number = secrets.token_hex(4)
            log.error("export failed, number %s", number, exc_info=error)
            return _refused(f"This export failed; the server's log has it under number {number}.", 500)

    return [Route("/export/{file}", export, methods=["GET"])]


class _Turns:
    """A few exports at a time; a bounded number of requests waits."""

    def __init__(self) -> None:
        self._limiter: anyio.CapacityLimiter | None = None
        self._waiting = 0

    async def run(self, make: Callable[[], exports.Export]) -> exports.Export | None:
        """What `make` makes in a thread when its turn comes; None when too many wait already."""
        self._limiter = self._limiter or anyio.CapacityLimiter(AT_ONCE)  # belongs to the running loop
        if self._waiting >= AT_ONCE + WAITING:
            return None
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(make, limiter=self._limiter)
        finally:
            self._waiting -= 1


async def _answer(request: Request, settings: Settings, allow: Allow, turns: _Turns) -> Response:
    if not await run_in_threadpool(allow, request):
        return _refused("You may not take exports from this newsroom; sign in, or ask who runs it.", 403)
    wanted = await run_in_threadpool(_read, request, settings)
    private = "private, no-cache" if allow is everybody else "private, no-store"
    headers = {"ETag": wanted.etag, "Cache-Control": private, "Vary": "Accept-Language, Cookie"}
    if reading.known(request.headers.get("if-none-match", ""), wanted.etag):
        return Response(status_code=304, headers=headers)
    made = await turns.run(lambda: exports.table(wanted.asked, wanted.form, bom=wanted.bom))
    if made is None:
        return _refused("Many exports are being made at this moment; try again in a minute.", 503, retry=60)
    return _sent(made, wanted, headers)


def _sent(made: exports.Export, wanted: _Wanted, headers: dict[str, str]) -> Response:
    assert made.proof is not None  # A table always has one; only a page's zip holds those of its parts.
    short = made.proof.header(file_sha256=made.sha256)
    headers |= {"X-Readership-Proof": short, "X-Content-Type-Options": "nosniff"}
    if wanted.sidecar:
        with made:
            body = made.sidecar()
        name = f"{made.name}.{SIDECAR}"
        return Response(body, media_type="application/json", headers=headers | _named(name))
    return _File(made, headers | _named(made.name))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


class _File(Response):
    """An export's bytes, read in a thread piece by piece; the temporary file goes when the last is sent or lost."""

    def __init__(self, made: exports.Export, headers: Mapping[str, str]) -> None:
        super().__init__(
            headers=dict(headers) | {"Content-Type": made.media_type, "Content-Length": str(made.size)},
        )
        self._made = made

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send head and bytes."""
        with self._made:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            pieces = iter(self._made if scope["method"] != "HEAD" else ())
            while (piece := await run_in_threadpool(next, pieces, None)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


# -- reading a request -------------------------------------------------------------------------------------------------
def _read(request: Request, settings: Settings) -> _Wanted:
    query, form = _file(str(request.path_params["file"]))
    given = {name: request.query_params.getlist(name) for name in request.query_params}
    own = {name: reading.single(name, given.pop(name)) for name in _OWN if name in given}
    parameters = reading.parameters(query, given)
    selection = reading.selection({name: values for name, values in given.items() if name not in parameters})
    edition = queries.current(settings)
    if edition is None:
        raise NoEdition("Nothing has been published yet.", "Run `readership ingest` or `readership demo`.")
    language = i18n.choose(settings.language, *reading.wishes(request.headers.get("accept-language", "")))
    asked = exports.Asked(query, selection, edition, datetime.now(UTC), parameters, language)
    sidecar = form == SIDECAR
    table = _of(own) if sidecar else form
    if not sidecar and "of" in own:
        raise UsageError("`of` says whose proof is wanted.", f"It goes with /export/{query.name}.{SIDECAR} only.")
    return _Wanted(asked, table, _bom(own, table), sidecar)


def _file(file: str) -> tuple[Query, str]:
    """Question and format of `articles.csv`."""
    name, _dot, form = file.partition(".")
    try:
        query = queries.named(name)
    except UsageError as error:
        raise _NotFound(error.message, "The list of questions: `readership query --list`.") from None
    if form not in exports.TABLES and form != SIDECAR:
        raise _NotFound(f"There is no format “{form[:20]}”.", f"There are {', '.join(exports.TABLES)} and {SIDECAR}.")
    return query, form


def _of(own: Mapping[str, str]) -> str:
    form = own.get("of", "csv")
    if form not in ("csv", "jsonl"):
        raise UsageError(f"Can't read of={form[:20]}.", "It is csv or jsonl; the other formats hold their proof.")
    return form


def _bom(own: Mapping[str, str], form: str) -> bool:
    value = own.get("bom", "0")
    if value not in ("0", "1"):
        raise UsageError(f"Can't read bom={value[:20]}.", "It is 1 or 0.")
    if value == "1" and form not in ("csv", "zip"):
        raise UsageError("Only a CSV begins with a byte order mark.", "Leave `bom` out.")
    return value == "1"


# -- refusing ----------------------------------------------------------------------------------------------------------
def _status(error: ReadershipError) -> int:
    if isinstance(error, _NotFound):
        return 404
    if isinstance(error, UsageError):
        return 400
    if not isinstance(error, NoEdition | DiskFull):
        log.warning("export refused: %s", one_line(str(error)))
    return 503


def _refused(words: str, status: int, retry: int | None = None) -> Response:
    headers: dict[str, Any] = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if retry is not None:
        headers["Retry-After"] = str(retry)
    return PlainTextResponse(one_line(words)[:600] + "\n", status_code=status, headers=headers)
