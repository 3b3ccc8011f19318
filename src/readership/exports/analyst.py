"""An analyst's answer as a file: the rows that were shown, with the SQL that gave them in the proof."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from readership.exports import tables
from readership.exports.files import Export
from readership.exports.proof import Asked
from readership.i18n import Language
from readership.queries import Edition, Query, Selection
from readership.queries.analyst import ROWS, Answer

_PURPOSE = "an analyst's question, its SQL among the parameters."


def of_answer(
    answer: Answer, sql: str, edition: Edition, form: str, *, language: Language, made_at: datetime, bom: bool = False
) -> Export:
    """The answer's rows as csv, jsonl, parquet, xlsx or zip; an answer that was cut says so in its proof.

    Raises:
        UsageError: no such format. DiskFull: no room for the file.
    """
    cut = {} if answer.whole else {"cut": f"only the first {ROWS} rows"}
    asked = Asked(
        Query("sql", _PURPOSE, (), (), sql), Selection(), edition, made_at, {"sql": sql, **cut}, language
    )  # fmt: skip
    rows = answer.rows.to_batches() or [pa.RecordBatch.from_pylist([], schema=answer.rows.schema)]
    return tables.of_batches(rows, asked, form, bom=bom)
