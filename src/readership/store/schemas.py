"""Columns of the staged facts, as Arrow schemas: what the pipeline hands to the store, one table a fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

INSTANT = pa.timestamp("us")
"""Instants are naive UTC in the store."""

FACTS: dict[str, pa.Schema] = {
    "article": pa.schema([("article", pa.int64()), ("site", pa.string()), ("article_key", pa.string())]),
    "capture": pa.schema(
        [
            ("capture", pa.string()),
            ("article", pa.int64()),
            ("revision", pa.string()),
            ("url", pa.string()),
            ("captured_at", INSTANT),
            ("captured_at_basis", pa.string()),
            ("content_sha256", pa.string()),
            ("bytes", pa.int64()),
            ("origin", pa.string()),
            ("status", pa.int32()),
            ("layout", pa.string()),
        ]
    ),
    "article_revision": pa.schema(
        [
            ("article", pa.int64()),
            ("revision", pa.string()),
            ("url", pa.string()),
            ("language", pa.string()),
            ("section", pa.string()),
            ("title", pa.string()),
            ("lead", pa.string()),
            ("body", pa.string()),
            ("body_sha256", pa.string()),
            ("photo_credit", pa.string()),
            ("credit_org", pa.string()),
            ("cited_source", pa.string()),
            ("source_org", pa.string()),
            ("published_at", INSTANT),
            ("published_day", pa.date32()),
            ("published_local", pa.string()),
            ("published_precision", pa.string()),
            ("published_ambiguous", pa.bool_()),
            ("provenance", pa.string()),
        ]
    ),
    "article_author": pa.schema(
        [
            ("article", pa.int64()),
            ("revision", pa.string()),
            ("author", pa.string()),
            ("printed", pa.string()),
            ("ordinal", pa.int32()),
        ]
    ),
    "article_topic": pa.schema(
        [
            ("article", pa.int64()),
            ("revision", pa.string()),
            ("topic", pa.string()),
            ("score", pa.float64()),
            ("words", pa.string()),
        ]
    ),
    "article_country": pa.schema(
        [
            ("article", pa.int64()),
            ("revision", pa.string()),
            ("country", pa.string()),
            ("mentions", pa.int32()),
            ("in_title", pa.bool_()),
            ("first_position", pa.int32()),
            ("salience", pa.float64()),
            ("about", pa.bool_()),
            ("words", pa.string()),
        ]
    ),
    "observation": pa.schema(
        [
            ("article", pa.int64()),
            ("meter", pa.string()),
            ("observed_at", INSTANT),
            ("views", pa.int64()),
            ("capture", pa.string()),
        ]
    ),
    "gain": pa.schema(
        [
            ("article", pa.int64()),
            ("meter", pa.string()),
            ("from_at", INSTANT),
            ("to_at", INSTANT),
            ("views", pa.int64()),
        ]
    ),
    "header_rate": pa.schema(
        [
            ("capture", pa.string()),
            ("site", pa.string()),
            ("captured_at", INSTANT),
            ("captured_at_basis", pa.string()),
            ("currency", pa.string()),
            ("value", pa.decimal128(18, 6)),
            ("quote", pa.string()),
            ("labelled", pa.bool_()),
            ("certain", pa.bool_()),
            ("position", pa.int32()),
        ]
    ),
    "official_rate": pa.schema(
        [
            ("source", pa.string()),
            ("day", pa.date32()),
            ("currency", pa.string()),
            ("quote", pa.string()),
            ("value", pa.decimal128(18, 6)),
            ("quant", pa.decimal128(18, 6)),
            ("change", pa.decimal128(18, 6)),
        ]
    ),
    "reject": pa.schema(
        [
            ("origin", pa.string()),
            ("row_number", pa.int64()),
            ("reason", pa.string()),
            ("hint", pa.string()),
            ("sha256", pa.string()),
        ]
    ),
}
"""Fact tables in the order in which they are loaded; `batch` is added by the store."""


def table(name: str, rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Rows of one fact as an Arrow table with all its columns; a missing column is NULL."""
    return pa.Table.from_pylist(list(rows), schema=FACTS[name])
