"""SQL that an analyst writes: run read-only on an edition, in a child process with limits that can't be talked out of.

DuckDB's own limits are not enough (a single `repeat('x', 2000000000)` ignores them), so each question has a process of
its own with a bound on address space, CPU and wall-clock time, and is killed when it passes one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from time import monotonic
from typing import Any

import pyarrow as pa

from readership.errors import ReadershipError, StoreBusy, UsageError
from readership.queries.edition import Edition

WALL_S, ROWS, BYTES, MAX_SQL = 5.0, 10_000, 32 << 20, 100_000
"""Seconds a question may take, rows and bytes an answer may have, characters a question may have."""
_LIMITS = {"memory_mb": 900, "duckdb_mb": 400, "threads": 2, "cpu_s": 10, "rows": ROWS, "bytes": BYTES}
_CHILD = Path(__file__).with_name("analyst_child.py")
_AT_ONCE = threading.BoundedSemaphore(2)


class SqlRefused(UsageError):
    """The question isn't one SELECT on the edition's tables, or DuckDB found a fault in it."""


class SqlEnded(ReadershipError):
    """The question was stopped at one of its limits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What SQL answered.

    Attributes:
        rows: an Arrow table, at most 10,000 rows; names of columns are unique.
        whole: False when there were more rows than these.
        seconds: from the question to the answer, the process's start included.
    """

    rows: pa.Table
    whole: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of an edition's table and what it means; without a column's name, the table itself."""

    table: str
    column: str
    meaning: str


def run(sql: str, edition: Edition) -> Answer:
    """The answer to one SELECT.

    Raises:
        SqlRefused: not one SELECT, a table or function that isn't allowed, or a fault in it.
        SqlEnded: it took more than five seconds, or more memory than it may.
        StoreBusy: two other questions are running.
    """
    if len(sql) > MAX_SQL or "\0" in sql:
        raise SqlRefused(f"A question has at most {MAX_SQL:,} characters and no NUL.", "Nothing was run.")
    if not _AT_ONCE.acquire(timeout=WALL_S):
        raise StoreBusy("Two other questions are running.", "Nothing was run; try again in some seconds.")
    try:
        began = monotonic()
        head, rows = _asked({"sql": sql, "edition": str(edition.path), **_LIMITS})
    finally:
        _AT_ONCE.release()
    _complain(head)
    with pa.ipc.open_stream(rows) as stream:
        return Answer(stream.read_all(), bool(head["whole"]), monotonic() - began)


def _asked(task: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    # Nothing of our environment but where libraries lie: it may hold secrets.
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=kept, cwd="/", start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = child.communicate(json.dumps(task).encode(), timeout=WALL_S)
    except subprocess.TimeoutExpired:
        return {"limit": "time"}, b""
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    head, _, rows = out.partition(b"\n")
    if child.returncode or not head:
        return {"limit": "time" if child.returncode == -24 else "memory"}, b""  # SIGXCPU; else an allocation failed
    found: dict[str, Any] = json.loads(head)
    return found, rows


_ENDED = {
    "time": SqlEnded(f"The question took more than {WALL_S:g} seconds and was stopped.", "Ask for less at a time."),
    "memory": SqlEnded("The question needed more memory than it may have and was stopped.", "Ask for less at a time."),
}


def _complain(head: dict[str, Any]) -> None:
    if "limit" in head:
        ended = _ENDED[head["limit"]]
        raise SqlEnded(ended.message, ended.hint)
    if "denied" in head:
        raise SqlRefused(head["denied"], "Nothing was run.")
    if "wrong" in head:
        raise SqlRefused(head["wrong"])


@cache
def tables() -> tuple[TableColumn, ...]:
    """What an edition's tables and columns mean, for people who write SQL; each table before its columns."""
    text = resources.files("readership.queries").joinpath("tables.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(TableColumn(*line.split("\t")) for line in lines)
