"""The command for analysts: sql."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership import settings as settings_module
from readership.cli.common import command, say
from readership.errors import UsageError

FORMATS = ("csv", "jsonl", "parquet", "xlsx")
_TO_TERMINAL = ("csv", "jsonl")


def add(commands: Any) -> None:
    """Add this group's commands."""
    made = command(commands, "sql", _sql, "Ask the edition in SQL: one SELECT, read-only, at most 10,000 rows.")
    made.add_argument("sql", nargs="?", help="the question; - reads it from standard input")
    made.add_argument("--tables", action="store_true", help="explain tables and columns")
    made.add_argument("--format", choices=FORMATS, default="csv")
    made.add_argument("--out", metavar="FILE")


def _sql(options: argparse.Namespace) -> int:
    from readership import exports, queries
    from readership.i18n import Language
    from readership.queries import analyst

    if options.tables:
        _explain()
        return 0
    if not options.sql:
        raise UsageError("There is no question.", "Write readership sql 'SELECT …', or --tables to see what there is.")
    if options.format not in _TO_TERMINAL and not options.out:
        raise UsageError(f"{options.format} needs a file.", f"Give --out FILE.{options.format}.")
    edition = queries.published(settings_module.load())
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    answer = analyst.run(sql, edition)
    made_at, language = datetime.now(UTC), Language("en")
    with exports.answer(answer, sql, edition, options.format, language=language, made_at=made_at) as export:
        _give(export, options.out)
    if not answer.whole:
        say(f"Only the first {answer.rows.num_rows:,} rows; there are more.")
    return 0


def _give(export: Any, out: str | None) -> None:
    if out is None:
        sys.stdout.buffer.writelines(export)
        sys.stdout.buffer.flush()
        return
    try:
        with Path(out).open("wb") as file:
            file.writelines(export)
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}.") from None


def _explain() -> None:
    from readership.queries import analyst

    for one in analyst.tables():
        print(f"    {one.column}: {one.meaning}" if one.column else f"{one.table}\n    {one.meaning}")
