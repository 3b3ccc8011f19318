"""The macros, views and types that questions are asked in, inside an edition: replaced as a whole when they change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import duckdb

from readership.store import database

_VIEW = re.compile(r"CREATE VIEW (\w+)")


def put(connection: duckdb.DuckDBPyConnection, macros: Sequence[str]) -> None:
    """Takes out the words that an edition has and puts these in, in one transaction."""
    connection.execute("BEGIN")
    for statement in _gone(connection):
        connection.execute(statement)
    for macro in macros:
        connection.execute(macro)
    connection.execute("COMMIT")


def _gone(connection: duckdb.DuckDBPyConnection) -> list[str]:
    here = "WHERE database_name = current_database() AND NOT internal"
    functions = connection.execute(
        f"SELECT DISTINCT function_type, function_name FROM duckdb_functions() {here}"  # noqa: S608 (fixed words)
    ).fetchall()
    views = connection.execute(f"SELECT view_name FROM duckdb_views() {here}").fetchall()  # noqa: S608
    types = connection.execute(f"SELECT type_name FROM duckdb_types() {here}").fetchall()  # noqa: S608
    kinds = {"macro": "MACRO", "table_macro": "MACRO TABLE"}
    return [
        *_dropped("VIEW", (name for (name,) in views if name not in _of_tables())),
        *(one for kind, name in functions for one in _dropped(kinds[kind], [name])),
        *_dropped("TYPE", (name for (name,) in types)),
    ]


def _dropped(kind: str, names: Iterable[str]) -> list[str]:
    return [f'DROP {kind} "{name}"' for name in names]


def _of_tables() -> set[str]:
    """Views that stand for tables: they belong to the rollups."""
    return {found[1] for one in database.script("rollups", "00_tables.sql") if (found := _VIEW.match(one))}
