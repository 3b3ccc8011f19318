"""`GET /export/{query}.{format}`: the whole answer to a question as a file, for links, scripts and spreadsheets.

`GET /export/page/{page}/{part}.{format}`: a figure or table of a page; `GET /export/page/{page}.zip`: all of them.

The file is made before the first byte is sent, in a temporary file and bounded memory: so its name holds its hash, its
length is known, and what goes wrong is a status and one line, never half a table.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from readership.accounts.people import Person
from readership.api import access, reading
from readership.errors import DiskFull, NoEdition, ReadershipError, Refused, UsageError
from readership.exports import NoSuchPage, Part
from readership.exports.beside import possible
from readership.exports.proof import version
from readership.exports.text import one_line
from readership.queries import Query
from readership.settings import Settings

log = logging.getLogger("readership.api")

Given = dict[str, list[str]]
"""A request's parameters."""
Who = Callable[[Request, Settings], Person]
"""Who sends a request; raises Refused. Called in a thread before anything else is looked at."""
Pages = Callable[[str, Mapping[str, Sequence[str]], Person], list[Part]]
"""What a page shows a person under its parameters; raises UsageError for what it doesn't understand."""
SIDECAR = "proof.json"
AT_ONCE, WAITING = 2, 16
"""Exports made at the same time, and requests that may wait for their turn."""
_OWN = ("bom", "of", "lang", "edition", "tables", "figures")
"""Parameters of the file, not of what is in it."""
_CHANGING = ("admin", "data", "topics")
"""Pages with tables of no edition, whose rows may be others at the next request."""
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Cookie"}


@dataclass(frozen=True)
class _Wanted:
    """What a request asks for, read and found right.

    Attributes:
        key: a hash of all that the answer depends on.
        sidecar: the proof alone is wanted.
    """

    make: Callable[[], exports.Export]
    key: str
    sidecar: bool

    @property
    def etag(self) -> str:
        # Weak: the same rows, but files with the proof inside say when they were made.
        return f'W/"{self.key}"'


class _NotFound(UsageError):
    """No such question, page, part or format."""


class _Gone(UsageError):
    """The edition that was asked for isn't the current one any more."""


def routes(settings: Settings, pages: Pages | None = None, person: Who = access.person) -> list[Route]:
    """The routes to mount on the launcher.

    Args:
        pages: what the pages show; without it, only whole answers are given.
    """
    turns = _Turns()

    def route(read: Callable[[Request, Person], _Wanted]) -> Callable[[Request], Awaitable[Response]]:
        def wanted(request: Request) -> _Wanted:
            return read(request, person(request, settings))

        async def export(request: Request) -> Response:
            try:
                return await _answer(request, wanted, turns)
            except ReadershipError as error:
                return _refused(str(error), _status(error))
            except Exception as error:
                number = secrets.token_hex(4)
                log.error("export failed, number %s", number, exc_info=error)
                return _refused(f"This export failed; the server's log has it under number {number}.", 500)

        return export

    found = [Route("/export/{file}", route(lambda request, one: _answer_to(request, one, settings)), methods=["GET"])]
    if pages:
        part = route(lambda request, one: _part_of(request, one, settings, pages))
        whole = route(lambda request, one: _page_of(request, one, settings, pages))
        found += [
            Route("/export/page/{page}/{file}", part, methods=["GET"]),
            Route("/export/page/{file}", whole, methods=["GET"]),
        ]
    return found


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


async def _answer(request: Request, read: Callable[[Request], _Wanted], turns: _Turns) -> Response:
    wanted = await run_in_threadpool(read, request)
    headers = {"ETag": wanted.etag, **_PRIVATE}
    if reading.known(request.headers.get("if-none-match", ""), wanted.etag):
        return Response(status_code=304, headers=headers)
    made = await turns.run(wanted.make)
    if made is None:
        return _refused("Many exports are being made at this moment; try again in a minute.", 503, retry=60)
    return _sent(made, wanted, headers)


def _sent(made: exports.Export, wanted: _Wanted, headers: dict[str, str]) -> Response:
    headers |= {"X-Content-Type-Options": "nosniff"}
    if made.proof:  # A page's zip holds those of its parts.
        headers["X-Readership-Proof"] = made.proof.header(file_sha256=made.sha256)
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
        # Not compressed on the way, which would take the length away and a core for minutes.
        about = {"Content-Type": made.media_type, "Content-Length": str(made.size), "Content-Encoding": "identity"}
        super().__init__(headers=dict(headers) | about)
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
def _answer_to(request: Request, person: Person, settings: Settings) -> _Wanted:
    """The whole answer to a question."""
    query, form = _file(str(request.path_params["file"]))
    access.may(person, query.name)
    given, own = _given(request)
    compare = reading.compared(given)
    parameters = reading.parameters(query, given)
    selection = reading.selection({name: values for name, values in given.items() if name not in parameters})
    edition, language = _edition(settings, own), _language(request, settings, own)
    limited = access.limited(person, selection)
    asked = exports.Asked(query, limited, edition, datetime.now(UTC), parameters, language, compare=compare)
    if compare:
        access.compares(person)
        possible(query, compare, limited, parameters)
    make = exports.table_beside if compare else exports.table
    table = _table(own, form)
    bom = _bom(own, table)
    _unused(own, "tables", "figures")
    sidecar = form == SIDECAR
    return _Wanted(lambda: make(asked, table, bom=bom), asked.key(table, str(bom), str(sidecar), person.key), sidecar)


def _part_of(request: Request, person: Person, settings: Settings, pages: Pages) -> _Wanted:
    """A figure or a table of a page."""
    page, (name, _dot, form) = str(request.path_params["page"]), str(request.path_params["file"]).partition(".")
    given, own = _given(request)
    edition, language = _edition(settings, own), _language(request, settings, own)
    table = _table(own, form)
    bom = _bom(own, table)
    _unused(own, "tables", "figures")

    def make() -> exports.Export:
        found = _parts(pages, page, given, language, person, edition)
        part = next((part for part in found if part.name == name), None)
        if part is None or (table not in part.formats):
            raise _NotFound(
                f"The page {page[:40]} shows no {name[:40]}.{table[:20]} under this selection.",
                f"It has {', '.join(part.name for part in found) or 'nothing to show'}; {_formats(part)}.",
            )
        return part.make(table, bom=bom)

    sidecar = form == SIDECAR
    return _Wanted(make, _key(edition, page, name, table, bom, sidecar, given, language.code, person), sidecar)


def _page_of(request: Request, person: Person, settings: Settings, pages: Pages) -> _Wanted:
    """All figures and tables of a page in one archive."""
    page, _dot, form = str(request.path_params["file"]).partition(".")
    if form != "zip":
        raise _NotFound(f"A page comes as zip, not as “{form[:20]}”.", f"Ask for /export/page/{page[:40]}.zip.")
    given, own = _given(request)
    edition, language = _edition(settings, own), _language(request, settings, own)
    _unused(own, "bom", "of")
    table = _one_of(own, "tables", tuple(name for name in exports.TABLES if name != "zip"), "csv")
    picture = _one_of(own, "figures", tuple(exports.PICTURES), "png" if exports.pictures_available() else "html")

    def make() -> exports.Export:
        found = _parts(pages, page, given, language, person, edition)
        if not found:
            raise _NotFound(f"The page {page[:40]} has nothing to show under this selection.", "Select more.")
        return exports.parts_together(found, name=page, asked=found[0].asked, table=table, picture=picture)

    return _Wanted(make, _key(edition, page, table, picture, given, language.code, person), sidecar=False)


def _parts(
    pages: Pages, page: str, given: Given, language: i18n.Language, person: Person, edition: queries.Edition
) -> list[Part]:
    """What a page shows, of this edition and within what the person may see."""
    found = pages(page, {**given, "lang": [language.code]}, person)
    for part in found:
        access.may(person, part.asked.query.name)
        if access.limited(person, part.asked.selection) != part.asked.selection:
            raise Refused("This link shows its selection and no more.", "This part looks beyond it.")
        _same(edition, part.asked.edition.number)
    return found


def _formats(part: Part | None) -> str:
    return f"this one as {', '.join(part.formats)}" if part else "each with the formats of docs/exports.md"


def _key(edition: queries.Edition, *parts: object) -> str:
    """A hash of all that a page's export depends on; the edition's notes and names are no part of it."""
    facts = [version(), edition.number, edition.built_at, *map(repr, parts)]
    facts += [secrets.token_hex(8)] if parts[0] in _CHANGING else []
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _given(request: Request) -> tuple[Given, dict[str, str]]:
    """The parameters of what is asked, and those of the file; the visitor's link is in neither."""
    given = {name: request.query_params.getlist(name) for name in request.query_params if name != access.LINK}
    own = {name: reading.single(name, given.pop(name)) for name in _OWN if name in given}
    return given, own


def _edition(settings: Settings, own: Mapping[str, str]) -> queries.Edition:
    """The current edition, when it is the one that was asked for."""
    edition = queries.published(settings)
    if "edition" in own:
        if not own["edition"].isdigit():
            raise UsageError(f"Can't read edition={own['edition'][:20]}.", "It is a whole number.")
        _same(edition, int(own["edition"][:18]))
    return edition


def _same(edition: queries.Edition, number: int) -> None:
    if edition.number != number:
        raise _Gone(
            f"Edition {number} is not the current one any more; that is {edition.number}.",
            "Reload the page, or leave `edition` out of the address for the newest.",
        )


def _language(request: Request, settings: Settings, own: Mapping[str, str]) -> i18n.Language:
    wish = own.get("lang")
    if wish is not None and wish not in i18n.LANGUAGES:
        raise UsageError(f"Can't read lang={wish[:20]}.", f"It is one of {', '.join(i18n.LANGUAGES)}.")
    return i18n.choose(settings.language, wish, *reading.wishes(request.headers.get("accept-language", "")))


def _unused(own: Mapping[str, str], *names: str) -> None:
    for name in names:
        if name in own:
            raise UsageError(f"`{name}` says nothing about this file.", "docs/exports.md says where it goes.")


def _one_of(own: Mapping[str, str], name: str, choices: Sequence[str], default: str) -> str:
    value = own.get(name, default)
    if value not in choices:
        raise UsageError(f"Can't read {name}={value[:20]}.", f"It is one of {', '.join(choices)}.")
    return value


def _table(own: Mapping[str, str], form: str) -> str:
    """The format of the table: the file's, or that whose proof is wanted."""
    if form == SIDECAR:
        return _of(own)
    if "of" in own:
        raise UsageError("`of` says whose proof is wanted.", f"It goes with {SIDECAR} only.")
    return form


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
    if isinstance(error, Refused):
        return 401 if isinstance(error, access.NotLoggedIn) else 403
    if isinstance(error, _NotFound | NoSuchPage):
        return 404
    if isinstance(error, _Gone):
        return 409
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
