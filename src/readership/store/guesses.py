"""Guessed sections that were learnt, kept beside the store until they are learnt again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from readership.settings import Settings


def path(settings: Settings) -> Path:
    """Where guesses are kept: article, section, chance."""
    return settings.store.parent / "sections.parquet"


def put(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Puts the guesses into the edition, for articles without a printed one; an unreadable file counts as none."""
    connection.execute("DELETE FROM section_guess")
    try:
        rows = pq.read_table(path(settings), columns=["article", "section", "chance"])
    except (OSError, pa.ArrowException):
        return
    connection.register("guess_rows", rows)
    connection.execute(
        "INSERT INTO section_guess SELECT g.article, g.section, g.chance FROM guess_rows AS g "
        "JOIN article AS a ON a.article = g.article WHERE a.section IS NULL"
    )
    connection.unregister("guess_rows")
