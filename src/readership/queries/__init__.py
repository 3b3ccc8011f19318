"""Questions to the current edition: the selection, the catalogue of queries, `fetch`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from readership.errors import NoEdition, ReadershipError, UsageError
from readership.queries.catalogue import Parameter, Query, catalogue, macros, named
from readership.queries.edition import Edition, current
from readership.queries.selection import MODES, QUESTIONS, URL_NAMES, VALUES, Selection, from_arguments

__all__ = [
    "MODES", "QUESTIONS", "URL_NAMES", "VALUES", "Edition", "Parameter", "Query", "Selection", "catalogue", "current",
    "fetch", "from_arguments", "macros", "named", "stream",
]  # fmt: skip


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
        frame: pd.DataFrame = cursor.execute(*_bound(name, selection, parameters)).df()
    return frame


def stream(
    name: str, selection: Selection, edition: Edition, rows: int = 50_000, **parameters: Any
) -> Iterator[pa.RecordBatch]:
    """The answer as Arrow record batches, one at a time: for exports of any length."""
    sql, bound = _bound(name, selection, parameters)
    with edition.cursor() as cursor, _plainly(name, parameters):
        # Planned twice, unlike `fetch`; but only a relation gives batches without holding the whole answer.
        yield from cursor.sql(sql, params=bound).to_arrow_reader(rows)


def _bound(name: str, selection: Selection, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """SQL text and its bound values."""
    query = named(name)
    known = {parameter.name: parameter.default for parameter in query.parameters}
    for given in parameters:
        if given not in known:
            raise UsageError(f"{name} has no parameter “{given}”.", f"It has: {', '.join(known) or 'none'}.")
    bound: dict[str, Any] = {**known, **parameters}
    if "$selection" in query.sql:
        bound["selection"] = selection.parameter()
    return query.sql, bound


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
    except duckdb.Error as error:
        raise ReadershipError(
            f"The question {name} could not be answered ({type(error).__name__}).",
            "Try again; if it stays, report it with the page's address.",
        ) from error
