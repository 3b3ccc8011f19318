"""Points at which a run touches the disk or the database: counted, and at a chosen one something happens.

As a program it runs the command line in a process of its own and kills it there:
`python points.py KILL_AT|-|statement=WORD COMMAND…`; with `-` it only counts, and says the number on standard error.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import duckdb

from readership.store import database

Set = Callable[[Any, str, Any], None]


class Points:
    """A counter of points; `act` happens at the chosen one, before what is to be done there."""

    def __init__(self, act: Callable[[str], None], at: int | None = None, word: str = "") -> None:
        self.act, self.at, self.word = act, at, word
        self.count = 0
        self.names: list[str] = []

    def passed(self, name: str) -> None:
        """One point is reached."""
        self.count += 1
        self.names.append(name)
        if self.count == self.at or (self.word and self.word in name):
            self.act(name)

    def install(self, put: Set, folder: str) -> None:
        """Lays the points into what the package calls; only files below `folder` count."""
        for name in ("fsync", "rename", "replace", "mkdir"):
            put(os, name, self._wrapped(getattr(os, name), name))
        opened = io.open

        def reopen(path: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            file = opened(path, mode, *rest, **more)
            writes = set(mode) & set("wax+") and str(path).startswith(folder)
            return _File(file, self) if writes else file

        put(io, "open", reopen)
        put(builtins, "open", reopen)
        connect = database.connect
        put(database, "connect", lambda *given: _Connection(connect(*given), self))

    def _wrapped(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            self.passed(name)
            return function(*given, **more)

        return call


class _File:
    """A file whose writes are points."""

    def __init__(self, file: Any, points: Points) -> None:
        self._file, self._points = file, points

    def write(self, data: Any) -> Any:
        self._points.passed("write")
        return self._file.write(data)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Connection:
    """A DuckDB connection whose statements are points."""

    def __init__(self, connection: Any, points: Points) -> None:
        self._connection, self._points = connection, points

    def execute(self, sql: str, *given: Any) -> Any:
        self._points.passed(f"sql {sql[:60]}")
        return self._connection.execute(sql, *given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def fail(name: str) -> None:
    """The disk says no."""
    if name.startswith("sql"):
        raise duckdb.IOException("IO Error: could not write to file: Input/output error")
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def kill(_: str) -> None:
    """The process is gone at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(chosen: str, arguments: list[str]) -> int:
    """Runs a command with a point at which it is killed."""
    from readership import cli

    word = chosen.removeprefix("statement=") if chosen.startswith("statement=") else ""
    points = Points(kill, int(chosen) if chosen.isdigit() else None, word)
    points.install(setattr, os.environ["READERSHIP_DATA"])
    code = cli.main(arguments)
    if chosen == "-":
        print(f"points={points.count}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
