"""Columns of an answer as every format writes them: one plain type each, then as texts for CSV and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from readership.exports import text

ROWS, BYTES = 4_096, 8 << 20
"""Rows, and bytes of them, that are worked on at once: what bounds the memory of an export."""


def plain(
    batches: Iterable[pa.RecordBatch], local: frozenset[str] = frozenset(), days: frozenset[str] = frozenset()
) -> Iterator[pa.RecordBatch]:
    """The same rows in plain types, a piece at a time.

    Integers, decimals, booleans and days stay; floats that are no number become NULL; instants are in UTC, moments on
    a local clock (columns named in `local`) without zone; texts are `string`; lists and structs are JSON texts.
    A DataFrame knows days only as midnights: columns named in `days` become days again.
    """
    for batch in batches:
        step = max(1, min(ROWS, batch.num_rows * BYTES // max(batch.nbytes, 1)))
        # One empty slice for an empty batch: the names of its columns are wanted.
        for start in range(0, max(batch.num_rows, 1), step):
            part = batch.slice(start, step)
            names = part.schema.names
            columns = [_plain(part.column(name), name in local, name in days) for name in names]
            yield pa.RecordBatch.from_arrays(columns, names=names)


def from_frame(rows: pd.DataFrame) -> Iterator[pa.RecordBatch]:
    """Rows of a DataFrame as record batches; NA is NULL, columns without any value are texts."""
    rows = rows.copy(deep=False)
    rows.attrs = {}  # What a page notes there is no part of the rows.
    yield from pa.Table.from_pandas(rows, preserve_index=False).to_batches() or [empty(rows)]


def empty(rows: pd.DataFrame) -> pa.RecordBatch:
    """A batch without rows that has a frame's columns."""
    schema = pa.Schema.from_pandas(rows, preserve_index=False).remove_metadata()
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _plain(column: pa.Array, local: bool, day: bool) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.dictionary_decode(), local, day)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return column
    if pa.types.is_floating(kind):
        column = column.cast(pa.float64())
        return pc.if_else(pc.is_finite(column), column, None)
    if pa.types.is_timestamp(kind) and not day:
        return column.cast(pa.timestamp("us", tz=None if local else "UTC"))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return column.cast(pa.date32())
    if _is_text(kind) or pa.types.is_null(kind):
        return column.cast(pa.string())
    return pa.array([_json(value) for value in column.to_pylist()], pa.string())


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _json(value: Any) -> str | None:
    if value is None or isinstance(value, bytes):
        return None if value is None else value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_said)
    return str(value)


def _said(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def moments(column: pa.Array) -> pa.Array:
    """Moments in RFC 3339: instants with their `Z`, local ones without; fractions only where there are any."""
    zone = "Z" if column.type.tz else ""
    words = column.cast(pa.timestamp("us")).cast(pa.string())
    whole = pc.replace_substring_regex(words, r"\.0+$", "")
    return pc.binary_join_element_wise(pc.replace_substring(whole, " ", "T"), zone, "")


def numerals(column: pa.Array) -> pa.Array:
    """Numbers in digits, decimals with all of their places, floats as short as they read back the same."""
    return column.cast(pa.string())


def is_number(kind: pa.DataType) -> bool:
    """Whether a plain column holds numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def csv_ready(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch as CSV shows it: moments in RFC 3339, texts visible and free of formulas; the rest as it is."""
    return pa.RecordBatch.from_arrays([_csv(column) for column in batch.columns], names=batch.schema.names)


def _csv(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return moments(column)
    if pa.types.is_string(column.type):
        return text.guarded(text.all_visible(column))
    return column


def json_lines(batch: pa.RecordBatch) -> bytes:
    """The rows as JSON Lines: one object a line in the columns' order, unknown is null."""
    if not batch.num_rows:
        return b""
    pieces: list[Any] = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        lead = "{" if not pieces else ", "
        pieces += [f"{lead}{json.dumps(name, ensure_ascii=False)}: ", pc.fill_null(_json_column(column), "null")]
    lines = pc.binary_join_element_wise(*pieces, "}\n", "")
    return joined(lines)


def _json_column(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        return text.json_strings(column)
    if pa.types.is_timestamp(column.type):
        return pc.binary_join_element_wise('"', moments(column), '"', "")
    if pa.types.is_date(column.type):
        return pc.binary_join_element_wise('"', column.cast(pa.string()), '"', "")
    return numerals(column)


def joined(column: pa.Array) -> bytes:
    """All texts of a column without NULLs one after another: its data buffer, as Arrow keeps it."""
    _validity, offsets, data = column.buffers()
    ends = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]])
