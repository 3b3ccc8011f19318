"""One name for a person over the whole archive: which articles a publish names anew, and the table of names.

Who is one person is no matter of the store: the caller hands in a `Naming`. The same facts give the same names, whether
an edition is made bit by bit or at once: an article is made again when a name that it prints is called otherwise now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import duckdb
import pyarrow as pa

Naming = Callable[[Iterable[tuple[str, int]]], dict[str, str]]
"""(name as printed, articles under it) of the whole archive → name as printed → canonical name."""


def make(connection: duckdb.DuckDBPyConnection, naming: Naming | None) -> None:
    """Fills the temporary table `person` (printed, author); empty without a naming."""
    counted = connection.execute(
        "SELECT coalesce(printed, author) AS name, count(DISTINCT article) FROM facts.article_author "
        "WHERE coalesce(printed, author) IS NOT NULL GROUP BY name ORDER BY name"
    ).fetchall()
    named = naming(counted) if naming else {}
    rows = pa.table({"printed": pa.array(named.keys(), pa.string()), "author": pa.array(named.values(), pa.string())})
    connection.register("person_rows", rows)
    connection.execute("CREATE OR REPLACE TEMP TABLE person AS SELECT * FROM person_rows")
    connection.unregister("person_rows")


def touch(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds to `touched` the articles of the edition before whose authors are called otherwise now: `renamed`."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE renamed AS SELECT DISTINCT a.article FROM article_author AS a "
        "JOIN person AS p ON p.printed = a.printed WHERE p.author <> a.author"
    )
    connection.execute(
        "INSERT INTO touched SELECT article FROM renamed WHERE article NOT IN (SELECT article FROM touched)"
    )
