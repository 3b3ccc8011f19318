"""Questions to the current edition: the selection, the catalogue of queries, `fetch`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from readership.errors import DiskFull, NoEdition, ReadershipError, UsageError
from readership.queries import standalone
from readership.queries.catalogue import Parameter, Query, catalogue, macros, named
from readership.queries.clock import Clock, clock
from readership.queries.comparison import Comparison, Ended
from readership.queries.edition import Edition, current, published
from readership.queries.picks import is_filtered, picks
from readership.queries.selection import MODES, QUESTIONS, URL_NAMES, VALUES, Selection, from_arguments
from readership.queries.specialised import PICKED, named_in, reach_first, specialised, to_end

__all__ = [
    "MODES", "QUESTIONS", "URL_NAMES", "VALUES", "Clock", "Comparison", "Edition", "Ended", "OutOfRoom", "Parameter",
    "Query", "Selection", "as_sql", "catalogue", "clock", "current", "fetch", "from_arguments", "macros",
    "main_zone", "named", "published", "records", "stream",
]  # fmt: skip


class OutOfRoom(ReadershipError):
    """A question takes more memory than the connection has that it was asked on."""


def fetch(name: str, selection: Selection, edition: Edition, **parameters: Any) -> pd.DataFrame:
    """The answer to one question as a DataFrame; unknown values are NA.

    Args:
        name: of the query (`readership query --list`).
        parameters: those of the query's head; others keep their defaults.

    Raises:
        UsageError: no such query or parameter, or a value it can't take.
        NoEdition: the edition can't be opened.
    """
    with edition.cursor() as cursor, _plainly(name, parameters):
        frame: pd.DataFrame = cursor.execute(*_asked(cursor, name, selection, edition, parameters)).df()
    return frame


def records(name: str, selection: Selection, edition: Edition, **parameters: Any) -> list[dict[str, Any]]:
    """The answer as dictionaries by column name, unknown values None: for who writes sentences, not figures.

    Raises:
        UsageError, NoEdition: as `fetch`.
    """
    frame = fetch(name, selection, edition, **parameters)
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def main_zone(edition: Edition) -> str:
    """IANA zone of the site with the most articles; UTC while there is none."""
    rows = records("freshness", Selection(), edition)
    return str(rows[0]["zone"] or "UTC") if rows else "UTC"


def stream(
    name: str, selection: Selection, edition: Edition, rows: int = 50_000, *, frugal: bool = False, **parameters: Any
) -> Iterator[pa.RecordBatch]:
    """The answer as Arrow record batches, one at a time; one without rows when the answer is empty.

    Args:
        rows: of a batch, at most.
        frugal: on a connection apart with little memory, which sorts on disk: for exports of any length.

    Raises:
        UsageError, NoEdition: as `fetch`; some only when a batch is asked for.
        OutOfRoom: what the question does can't all be done on disk.
    """
    with edition.apart() if frugal else edition.cursor() as connection, _plainly(name, parameters):
        sql, bound = _asked(connection, name, selection, edition, parameters)
        yield from _batches(connection, sql, bound, rows)


def as_sql(name: str, selection: Selection, edition: Edition, **parameters: Any) -> str:
    """The question as one SQL text with its parameters written in, to be run on the edition by anybody.

    Raises:
        UsageError: no such query or parameter.
    """
    return standalone.written(*_bound(name, selection, edition, parameters))


def _batches(
    connection: duckdb.DuckDBPyConnection, sql: str, bound: dict[str, Any], rows: int
) -> Iterator[pa.RecordBatch]:
    # Planned twice, unlike `fetch`; but only a relation gives batches without holding the whole answer.
    reader = connection.sql(sql, params=bound).to_arrow_reader(rows)
    batch = _next(reader) or pa.RecordBatch.from_pylist([], schema=reader.schema)
    while batch is not None:
        yield batch
        batch = _next(reader)


_SAID = {
    "Out of Memory": duckdb.OutOfMemoryException,
    "Conversion": duckdb.ConversionException,
    "IO Error": duckdb.IOException,
}


def _next(reader: pa.RecordBatchReader) -> pa.RecordBatch | None:
    """The next batch. What DuckDB says while it is being read comes as errors of Arrow, by their first words."""
    try:
        return next(reader, None)
    except (OSError, pa.ArrowException) as error:
        said = str(error)
        if "No space left" in said:
            raise DiskFull(
                "There is no room on the server to sort this answer.", "Select less, or try later."
            ) from error
        kinds = [kind for words, kind in _SAID.items() if said.startswith(words)]
        raise (kinds or [duckdb.Error])[0](said) from error


def _bound(name: str, selection: Selection, edition: Edition, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """SQL text and its bound values."""
    query = named(name)
    known = {parameter.name: parameter.default for parameter in query.parameters}
    for given in parameters:
        if given not in known:
            raise UsageError(f"{name} has no parameter “{given}”.", f"It has: {', '.join(known) or 'none'}.")
    bound: dict[str, Any] = {**known, **parameters}
    if "$selection" in query.sql:
        bound["selection"] = selection.parameter() | clock(selection, edition).parameter()
    return to_end(query.sql) if isinstance(selection, Ended) else query.sql, bound


def _asked(
    connection: duckdb.DuckDBPyConnection, name: str, selection: Selection, edition: Edition, parameters: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """SQL text for this selection and its bound values; what its filters leave is a table of the connection."""
    sql, bound = _bound(name, selection, edition, parameters)
    if "selection" not in bound:
        return sql, bound
    asked = bound["selection"]
    text, bound = specialised(sql, bound, picked=is_filtered(asked))
    if PICKED in text:
        connection.register(PICKED, picks(asked, edition))
    if (parts := reach_first(text)) is None:
        return text, bound
    first, rest = parts
    found = connection.execute(first, named_in(first, bound))
    days = {f"reach_{name[0]}": day for name, day in zip(found.description, found.fetchall()[0], strict=True)}
    return rest, named_in(rest, bound | days)


_DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException)
"""What reading a cut or flipped file raises; a block with a wrong checksum raises a bare duckdb.Error."""


@contextmanager
def _plainly(name: str, parameters: dict[str, Any]) -> Iterator[None]:
    """Turns DuckDB's errors about values and shapes into ours."""
    try:
        yield
    except duckdb.ConversionException as error:
        raise UsageError(
            f"{name} can't take one of these values: {', '.join(map(str, parameters.values()))[:200]}.",
            "`readership query --list` says what each parameter takes.",
        ) from error
    except duckdb.CatalogException as error:
        raise NoEdition(
            "This edition was published by another version of Readership.", "Run `readership publish`."
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise OutOfRoom(
            f"The question {name} takes more memory than it may have.", "Select less, or raise READERSHIP_MEMORY_MB."
        ) from error
    except duckdb.Error as error:
        if isinstance(error, _DAMAGE) or "Corrupt database file" in str(error):
            raise NoEdition(
                f"The published edition is damaged ({type(error).__name__}).",
                "Run `readership publish --full`: it makes a new one from the store.",
            ) from error
        raise ReadershipError(
            f"The question {name} could not be answered ({type(error).__name__}).",
            "Try again; if it stays, report it with the page's address.",
        ) from error
