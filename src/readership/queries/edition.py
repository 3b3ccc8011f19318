"""Opening the current edition: read-only, hardened, one root connection an edition and a cursor a query."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from readership.errors import NoEdition
from readership.settings import Settings

POINTER = "current.json"
APART_MB = 128
"""Memory of a connection apart, megabytes: what an export of a million rows may take, sorting included."""


@dataclass(frozen=True)
class Edition:
    """A published edition.

    Attributes:
        number: rises with each publish; part of every cache key.
        path: its DuckDB file.
        as_of: newest reading, RFC 3339 UTC, or None.
        built_at: RFC 3339 UTC.
        demo: it holds demo data.
        schema: fingerprint of the shape it was made with.
    """

    number: int
    path: Path
    as_of: str | None
    built_at: str
    demo: bool
    schema: str
    articles: int
    memory_limit_mb: int = 2048
    threads: int = 0

    @contextmanager
    def apart(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own with little memory, for answers of any length: what it has to sort, it sorts on disk.

        Raises:
            NoEdition: the file is gone or can't be read.
        """
        with tempfile.TemporaryDirectory(prefix="readership-") as spill:
            try:
                connection = _open_apart(self, spill)
            except duckdb.Error as error:
                raise _unopened(self, error) from error
            with connection:
                yield connection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one query, in any thread.

        Raises:
            NoEdition: the file is gone or can't be read.
        """
        try:
            return _root(self).cursor()
        except duckdb.Error as error:
            raise _unopened(self, error) from error


def _unopened(edition: Edition, error: duckdb.Error) -> NoEdition:
    return NoEdition(
        f"Edition {edition.number} can't be opened ({type(error).__name__}).",
        "Run `readership publish --full`: it makes a new one from the store.",
    )


def current(settings: Settings) -> Edition | None:
    """The edition the pointer names; None when nothing is published."""
    try:
        facts: dict[str, Any] = json.loads((settings.editions / POINTER).read_text())
        path = settings.editions / facts["file"]
        if not path.exists():
            return None
        return Edition(
            number=int(facts["number"]),
            path=path,
            as_of=facts["as_of"],
            built_at=facts["built_at"],
            demo=bool(facts["demo"]),
            schema=facts["schema"],
            articles=int(facts["articles"]),
            memory_limit_mb=settings.memory_limit_mb,
            threads=settings.threads,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def published(settings: Settings) -> Edition:
    """The edition the pointer names.

    Raises:
        NoEdition: nothing is published.
    """
    edition = current(settings)
    if edition is None:
        raise NoEdition("Nothing has been published yet.", "Run `readership ingest` or `readership demo`.")
    return edition


_roots: dict[Path, duckdb.DuckDBPyConnection] = {}
_guard = threading.Lock()


def _root(edition: Edition) -> duckdb.DuckDBPyConnection:
    with _guard:
        if edition.path not in _roots:
            _roots[edition.path] = _open(edition)
            for path in [path for path in _roots if not path.exists() and path != edition.path]:
                del _roots[path]  # not closed: a query may still run on it; it goes with its last cursor
        return _roots[edition.path]


def _open(edition: Edition) -> duckdb.DuckDBPyConnection:
    """The hardened read-only connection (DESIGN §3): nothing outside the edition can be reached from a query."""
    config = _hardened(max(edition.memory_limit_mb, 128)) | {"enable_external_access": False}
    if edition.threads:
        config["threads"] = edition.threads
    connection = duckdb.connect(str(edition.path), read_only=True, config=config)
    _lock(connection)
    return connection


def _open_apart(edition: Edition, spill: str) -> duckdb.DuckDBPyConnection:
    """As hardened as `_open`, but in an instance of its own: a file can't be opened twice with two limits."""
    config = _hardened(APART_MB) | {"threads": 1, "temp_directory": spill}  # each thread sorts with memory of its own
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("ATTACH $path AS edition (READ_ONLY)", {"path": str(edition.path)})
        connection.execute("USE edition")
        connection.execute("SET enable_external_access = false")
        _lock(connection)
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _hardened(memory_mb: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "memory_limit": f"{memory_mb}MB",
    }


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
