"""The macros, views and types that questions are asked in, inside an edition: replaced as a whole when they change."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


_WORDS = """
    SELECT kind, name
    FROM (
        SELECT 'VIEW' AS kind, view_name AS name, database_name, internal FROM duckdb_views()
        UNION SELECT CASE function_type WHEN 'macro' THEN 'MACRO' WHEN 'table_macro' THEN 'MACRO TABLE' END,
            function_name, database_name, internal FROM duckdb_functions()
        UNION SELECT 'TYPE', type_name, database_name, internal FROM duckdb_types()
    )
    WHERE database_name = current_database() AND NOT internal
    ORDER BY kind = 'TYPE', kind, name
"""


def _gone(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Statements that take the words out, types last: macros may name them."""
    found = connection.execute(_WORDS).fetchall()
    return [f'DROP {kind} "{name}"' for kind, name in found if kind != "VIEW" or name not in _of_tables()]


def _of_tables() -> set[str]:
    """Views that stand for tables: they belong to the rollups."""
    return {found[1] for one in database.script("rollups", "00_tables.sql") if (found := _VIEW.match(one))}
