"""`GET /api/v1/{query}`: the same questions as `readership query`, as JSON, for programs.

Every answer names its edition; its ETag holds as long. Rows come a page at a time; `next` is the address
of the next page of the same edition, and says so when there is a newer one meanwhile.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import anyio
import pandas as pd
import pyarrow as pa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from readership import exports, queries
from readership.api import access, openapi, reading
from readership.errors import DiskFull, NoEdition, ReadershipError, Refused, StoreBusy, UsageError
from readership.exports import beside
from readership.exports.text import one_line
from readership.queries import Edition
from readership.settings import Settings

log = logging.getLogger("readership.api")

ROWS, MAX_ROWS, AT_ONCE = 1_000, 10_000, 4
"""Rows of a page by default and at most; answers made at the same time."""
_OWN = ("rows", "from", "edition")
_PLAIN = {"X-Content-Type-Options": "nosniff"}


class _NotFound(UsageError):
    """No such question."""


class _Moved(UsageError):
    """The edition that a page was asked of is not the current one any more."""


@dataclass(frozen=True)
class _Wanted:
    """What a request asks for, read and found right.

    Attributes:
        start: rows before the page.
        rows: of the page, at most.
        pairs: the address's own name and value pairs, without those of the page.
    """

    asked: exports.Asked
    start: int
    rows: int
    pairs: tuple[tuple[str, str], ...]

    @property
    def etag(self) -> str:
        return f'"{self.asked.edition.number}-{self.asked.key("json", str(self.start), str(self.rows))}"'


def routes(settings: Settings) -> list[Route]:
    """The routes to mount on the launcher."""
    turns: list[anyio.CapacityLimiter] = []

    def limiter() -> anyio.CapacityLimiter:
        if not turns:
            turns.append(anyio.CapacityLimiter(AT_ONCE))  # belongs to the running loop
        return turns[0]

    async def answer(request: Request) -> Response:
        return await anyio.to_thread.run_sync(lambda: _answer(request, settings), limiter=limiter())

    async def index(request: Request) -> Response:
        return await run_in_threadpool(_index, request, settings)

    async def described(request: Request) -> Response:
        return await run_in_threadpool(_described, request, settings)

    return [
        Route("/api/v1/", _plainly(index), methods=["GET"]),
        Route("/api/v1/openapi.json", _plainly(described), methods=["GET"]),
        Route("/api/v1/{query}", _plainly(answer), methods=["GET"]),
    ]


def _plainly(do: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The same, with what goes wrong answered as JSON: a message, a hint, and nothing of the server."""

    async def done(request: Request) -> Response:
        try:
            return await do(request)
        except Refused as error:
            return access.refused(error)
        except ReadershipError as error:
            return _wrong(error.message, error.hint, _status(error))
        except Exception as error:
            number = secrets.token_hex(4)
            log.error("API failed, number %s", number, exc_info=error)
            return _wrong("This could not be answered.", f"The server's log has it under number {number}.", 500)

    return done


def _answer(request: Request, settings: Settings) -> Response:
    wanted = _read(request, settings)
    headers = {"ETag": wanted.etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie", **_PLAIN}
    if reading.known(request.headers.get("if-none-match", ""), wanted.etag):
        return Response(status_code=304, headers=headers)
    return Response(
        _body(wanted, str(request.scope.get("root_path", ""))), media_type="application/json", headers=headers
    )


def _read(request: Request, settings: Settings) -> _Wanted:
    person = access.person(request, settings)
    try:
        query = queries.named(str(request.path_params["query"]))
    except UsageError as error:
        raise _NotFound(error.message, "The list of questions is at /api/v1/.") from None
    access.may(person, query.name)
    given = {name: request.query_params.getlist(name) for name in request.query_params if name != access.LINK}
    own = {name: reading.single(name, given.pop(name)) for name in _OWN if name in given}
    compare = reading.compared(given)
    parameters = reading.parameters(query, given)
    selection = reading.selection({name: values for name, values in given.items() if name not in parameters})
    edition = _edition(settings, own)
    asked = exports.Asked(
        query, access.limited(person, selection), edition, datetime.now(UTC), parameters, compare=compare
    )
    if compare:
        access.compares(person)
        beside.possible(query, compare, asked.selection, parameters)
    pairs = tuple((name, value) for name, value in request.query_params.multi_items() if name not in _OWN)
    return _Wanted(asked.whole(), _whole(own, "from", 0, 2**40), _whole(own, "rows", ROWS, MAX_ROWS, least=1), pairs)


def _edition(settings: Settings, own: Mapping[str, str]) -> Edition:
    edition = queries.published(settings)
    if "edition" in own and _whole(own, "edition", 0, 2**40) != edition.number:
        raise _Moved(f"Edition {edition.number} has been published meanwhile.", "Begin again at the first page.")
    return edition


def _whole(own: Mapping[str, str], name: str, default: int, most: int, least: int = 0) -> int:
    text = own.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 15 and least <= int(text) <= most):
        raise UsageError(f"Can't read {name}={text[:40]}.", f"It is a whole number from {least} to {most}.")
    return int(text)


def _body(wanted: _Wanted, root: str) -> bytes:
    """The page: its head as JSON, and the rows as the JSON Lines export writes them, in an array."""
    asked, answered = _answered(wanted.asked, wanted.rows)
    batches, more = _page(answered, wanted)
    names = batches[0].schema.names
    here = f"{root}/api/v1/{asked.query.name}"
    following = [
        *wanted.pairs,
        ("rows", wanted.rows),
        ("from", wanted.start + wanted.rows),
        ("edition", asked.edition.number),
    ]
    proof = asked.proof(names, sum(batch.num_rows for batch in batches), "")
    head = {
        "query": asked.query.name,
        "purpose": asked.query.purpose,
        "edition": asked.edition.number,
        "as_of": asked.edition.as_of,
        "demo": asked.edition.demo,
        "selection": proof.selection,
        "permalink": asked.permalink,
        "parameters": asked.all_parameters,
        "columns": [{"name": column.name, "meaning": column.meaning} for column in proof.columns],
        "remarks": list(proof.remarks),
        "next": f"{here}?{urlencode(following)}" if more else None,
    }
    lines = b"".join(exports.json_lines(batch) for batch in batches)
    rows = lines.strip().replace(b"\n", b",\n")
    return json.dumps(head, ensure_ascii=False).encode()[:-1] + b', "rows": [' + rows + b"]}"


_COMPARED: OrderedDict[str, tuple[pd.DataFrame, exports.Asked]] = OrderedDict()
_KEPT, _CELLS = 8, 1_000_000
"""Compared answers of several pages that are kept for the next page, and cells of each at most: about 8 MB."""
_guard = threading.Lock()


def _compared(asked: exports.Asked, most: int) -> tuple[pd.DataFrame, exports.Asked]:
    """Both sides put together, once for all pages of it.

    Args:
        most: rows of a page; an answer that fits into one is not asked for again.
    """
    key = asked.key()  # Holds edition, selection and comparison.
    with _guard:
        if key in _COMPARED:
            _COMPARED.move_to_end(key)
            rows, told = _COMPARED[key]
            return rows, replace(told, made_at=asked.made_at)
    rows, told = beside.answer(asked)
    if len(rows) > most and rows.size <= _CELLS:
        with _guard:
            _COMPARED[key] = rows, told
            while len(_COMPARED) > _KEPT:
                _COMPARED.popitem(last=False)
    return rows, told


def _answered(asked: exports.Asked, most: int) -> tuple[exports.Asked, Iterator[pa.RecordBatch]]:
    """The record batches in plain types, and the question with what is to be said of them."""
    if asked.compare:
        rows, asked = _compared(asked, most)
        batches = exports.from_frame(rows)
    else:
        batches = queries.stream(asked.query.name, asked.selection, asked.edition, rows=MAX_ROWS, **asked.parameters)
    return asked, exports.plain(batches, asked.local, asked.days)


def _page(batches: Iterator[pa.RecordBatch], wanted: _Wanted) -> tuple[list[pa.RecordBatch], bool]:
    """The page's record batches in plain types, at least one (it may be empty), and whether rows follow it."""
    skip, room = wanted.start, wanted.rows
    kept: list[pa.RecordBatch] = []
    for batch in batches:
        part = batch.slice(min(skip, batch.num_rows))
        skip -= batch.num_rows - part.num_rows
        kept.append(part.slice(0, room))
        if part.num_rows > room:
            return kept, True
        room -= part.num_rows
    return kept, False


def _index(request: Request, settings: Settings) -> Response:
    access.person(request, settings)
    edition = queries.current(settings)
    root = str(request.scope.get("root_path", ""))
    return JSONResponse(
        {
            "edition": edition.number if edition else None,
            "as_of": edition.as_of if edition else None,
            "openapi": f"{root}/api/v1/openapi.json",
            "queries": [
                {"name": query.name, "purpose": query.purpose, "url": f"{root}/api/v1/{query.name}"}
                for query in queries.catalogue()
            ],
        },
        headers={"Cache-Control": "private, no-cache", **_PLAIN},
    )


def _described(request: Request, settings: Settings) -> Response:
    access.person(request, settings)
    document = openapi.document(str(request.scope.get("root_path", "")), ROWS, MAX_ROWS)
    return JSONResponse(document, headers={"Cache-Control": "private, no-cache", **_PLAIN})


def _status(error: ReadershipError) -> int:
    if isinstance(error, _NotFound):
        return 404
    if isinstance(error, _Moved):
        return 409
    if isinstance(error, UsageError):
        return 400
    if not isinstance(error, NoEdition | DiskFull | StoreBusy):
        log.warning("API refused: %s", one_line(str(error)))
    return 503


def _wrong(message: str, hint: str, status: int) -> Response:
    told = {"error": one_line(message)[:600], "hint": one_line(hint)[:600]}
    return JSONResponse(told, status_code=status, headers={"Cache-Control": "no-store", **_PLAIN})
