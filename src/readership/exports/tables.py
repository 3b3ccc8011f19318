"""Tables: an answer's record batches as CSV, XLSX, Parquet or JSON Lines, each with its proof, in bounded memory."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from readership import queries
from readership.errors import UsageError
from readership.exports import cells, sheet
from readership.exports.files import Export, finished, put
from readership.exports.proof import Asked, Proof
from readership.i18n import mark

Format = Literal["csv", "jsonl", "parquet", "xlsx", "zip"]
MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
BOM = b"\xef\xbb\xbf"
KEY = b"readership.proof"
"""Under this key a Parquet file's metadata hold the proof."""
CSV_REMARK = mark(
    "Texts that a spreadsheet would run as a formula have an apostrophe before them; invisible characters are written "
    "as escapes."
)


Change = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def of_query(asked: Asked, form: str, *, bom: bool = False, name: str = "", change: Change | None = None) -> Export:
    """The whole answer to a question as a file: never the limit that a page has by default.

    Args:
        name: short ASCII name for the file, the query's when empty.
        change: what is done to the answer's batches on the way, columns added.

    Raises:
        UsageError: no such format, or a value that the query can't take, or more rows than XLSX holds.
        NoEdition: the edition can't be opened.
        DiskFull: there is no room for the file.
    """
    asked, change = asked.whole(), change or iter
    try:
        return of_batches(change(answer(asked)), asked, form, bom=bom, name=name)
    except queries.OutOfRoom:
        # Rare: not all that a question does can be done on disk. Then it takes the memory that pages have.
        return of_batches(change(answer(asked, frugal=False)), asked, form, bom=bom, name=name)


def answer(asked: Asked, *, frugal: bool = True) -> Iterator[pa.RecordBatch]:
    """The answer's record batches, one without rows when there are none."""
    return queries.stream(
        asked.query.name, asked.selection, asked.edition, rows=cells.ROWS, frugal=frugal, **asked.parameters
    )


def of_batches(
    batches: Iterable[pa.RecordBatch], asked: Asked, form: str, *, bom: bool = False, name: str = ""
) -> Export:
    """Record batches of one schema, at least one of them, as a file; `asked` is what they answer.

    Args:
        form: csv, jsonl, parquet, xlsx, or zip (the CSV with its proof).
        bom: begin a CSV with a byte order mark, by which Excel knows UTF-8.
    """
    if form not in MEDIA:
        raise UsageError(f"There is no format “{form[:20]}”.", f"Choose one of {', '.join(MEDIA)}.")
    rows = Rows(cells.plain(batches, asked.local, asked.days), asked, name or asked.query.name)
    write = _WRITERS[form]
    return finished(
        lambda file: write(rows, file, bom),
        what=rows.name, edition=asked.edition.number, ending=form, media_type=MEDIA[form],
    )  # fmt: skip


class Rows:
    """Plain batches that are counted and hashed while they go by."""

    def __init__(self, batches: Iterator[pa.RecordBatch], asked: Asked, name: str = "") -> None:
        self.asked = asked
        self.name = name
        self.count = 0
        self.names: list[str] = []
        self._batches = batches
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch, _lines in self.with_lines():
            yield batch

    def with_lines(self) -> Iterator[tuple[pa.RecordBatch, bytes]]:
        """Each batch with its rows as JSON Lines, which is what the hash is of."""
        for batch in self._batches:
            lines = cells.json_lines(batch)
            self._hash.update(lines)
            self.count += batch.num_rows
            self.names = batch.schema.names
            yield batch, lines

    def proof(self, *remarks: str) -> Proof:
        """The proof of what went by."""
        return self.asked.proof(self.names, self.count, self._hash.hexdigest(), remarks)


def proof_of(batches: Iterable[pa.RecordBatch], asked: Asked) -> Proof:
    """The proof of rows without writing them anywhere: for a figure, which draws them."""
    rows = Rows(cells.plain(batches, asked.local, asked.days), asked)
    for _batch in rows:
        pass
    return rows.proof()


def _csv(rows: Rows, file: IO[bytes], bom: bool) -> Proof:
    if bom:
        file.write(BOM)
    for number, batch in enumerate(rows):
        out = pa.BufferOutputStream()
        options = pa.csv.WriteOptions(eol="\r\n", include_header=number == 0)
        pa.csv.write_csv(pa.Table.from_batches([cells.csv_ready(batch)]), out, options)
        file.write(memoryview(out.getvalue()))
    return rows.proof(rows.asked.language.say(CSV_REMARK))


def _json_lines(rows: Rows, file: IO[bytes], _bom: bool) -> Proof:
    for _batch, lines in rows.with_lines():
        file.write(lines)
    return rows.proof()


def _parquet(rows: Rows, file: IO[bytes], _bom: bool) -> Proof:
    batches = iter(rows)
    first = next(batches)
    with pa.parquet.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
        proof = rows.proof()
        writer.add_key_value_metadata({KEY: json.dumps(proof.as_dict(), ensure_ascii=False)})
    return proof


def _xlsx(rows: Rows, file: IO[bytes], _bom: bool) -> Proof:
    return sheet.write(rows, file)


def _zip(rows: Rows, file: IO[bytes], bom: bool) -> Proof:
    asked = rows.asked
    table = finished(
        lambda inner: _csv(rows, inner, bom),
        what=rows.name, edition=asked.edition.number, ending="csv", media_type=MEDIA["csv"],
    )  # fmt: skip
    with table, zipfile.ZipFile(file, "w") as archive:
        put(archive, table.name, table, asked.made_at)
        put(archive, "proof.json", [table.sidecar().encode()], asked.made_at)
    assert table.proof is not None
    return table.proof


_WRITERS: dict[str, Callable[[Rows, IO[bytes], bool], Proof]] = {
    "csv": _csv, "jsonl": _json_lines, "parquet": _parquet, "xlsx": _xlsx, "zip": _zip,
}  # fmt: skip
