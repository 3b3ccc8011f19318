"""XLSX: typed cells on the first sheet, the proof on the second.

XlsxWriter makes the workbook: styles, header, filter, widths, proof. The rows are XML of our own between its header row
and its end of the sheet, made a column at a time: cell by cell it takes some ten times as long, and XlsxWriter lets a
text through unescaped that begins with `<r>` and ends with `</r>`.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from readership.errors import UsageError
from readership.exports import cells, text
from readership.exports.files import put
from readership.exports.proof import Proof
from readership.i18n import Language, mark

if TYPE_CHECKING:
    from readership.exports.tables import Rows

MAX_ROWS = 1_048_575
"""Rows below the header that a sheet holds."""
MAX_TEXT = 32_767
"""UTF-16 units that a cell holds."""
SLICE = 4_096
_CUT = " … [cut]"
_DATA = "xl/worksheets/sheet1.xml"
_DAY_FORMAT, _MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
# Days since 1899-12-30. Before March 1900 Excel's calendar has a day that never was.
_EPOCH, _FIRST_DAY = 25_569, 61
REMARKS = (
    mark("Numbers of more than 15 digits are texts: a spreadsheet would round them."),
    mark("Texts longer than {limit} characters are cut, {n} of them; Parquet, CSV and JSON Lines have them whole."),
)


def write(rows: Rows, file: IO[bytes]) -> Proof:
    """Rows and proof as a workbook.

    Raises:
        UsageError: more rows than a sheet holds.
    """
    with tempfile.TemporaryFile() as aside:
        kept = _Kept(aside)
        for batch in rows:
            kept.add(batch)
        kept.close()
        say = rows.asked.language.say
        cut = [say(REMARKS[1], limit=MAX_TEXT, n=kept.cut)] if kept.cut else []
        proof = rows.proof(say(REMARKS[0]), *cut)
        _assemble(kept, proof, rows.asked.language, file)
    return proof


class _Kept:
    """Batches laid aside on disk, ready for cells, so that their number is known before the first is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.cut = 0
        self.count = 0
        self.widths: list[int] = []
        self.schema = pa.schema([])
        self._file = file
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a plain batch."""
        self.count += batch.num_rows
        if self.count > MAX_ROWS:
            raise UsageError(
                f"A sheet holds {MAX_ROWS:,} rows, and this answer has more.",
                "Take it as Parquet, CSV or JSON Lines, or select less.",
            )
        ready = pa.RecordBatch.from_arrays([self._ready(column) for column in batch.columns], names=batch.schema.names)
        if self._writer is None:
            self.schema = ready.schema
            self.widths = [_width(name, column) for name, column in zip(ready.schema.names, ready.columns, strict=True)]
            packed = pa.ipc.IpcWriteOptions(compression="lz4")
            self._writer = pa.ipc.new_stream(self._file, ready.schema, options=packed)
        self._writer.write_batch(ready)

    def close(self) -> None:
        """No more batches come."""
        assert self._writer is not None  # There is always a batch, if one without rows.
        self._writer.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """What was taken, in small pieces."""
        self._file.seek(0)
        for batch in pa.ipc.open_stream(self._file):
            for start in range(0, batch.num_rows, SLICE):
                yield batch.slice(start, SLICE)

    def _ready(self, column: pa.Array) -> pa.Array:
        if not pa.types.is_string(column.type):
            return column
        column = text.all_visible(column)
        if not pc.any(pc.greater(pc.binary_length(column), MAX_TEXT)).as_py():
            return column
        values = column.to_pylist()
        short = [_short(value) for value in values]
        self.cut += sum(one != other for one, other in zip(values, short, strict=True))
        return pa.array(short, pa.string())


def _short(value: str | None) -> str | None:
    """A text that fits into a cell, with a mark where it was cut."""
    if value is None or len(units := value.encode("utf-16-le")) <= 2 * MAX_TEXT:
        return value
    return units[: 2 * (MAX_TEXT - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _width(name: str, column: pa.Array) -> int:
    """Characters to show of a column, by its first rows."""
    if pa.types.is_timestamp(column.type):
        return 20
    if not pa.types.is_string(column.type):
        return max(11, len(name) + 3)
    longest = pc.max(pc.utf8_length(column.slice(0, 200))).as_py() or 0
    return int(min(max(longest, len(name) + 3, 8), 60))


def _assemble(kept: _Kept, proof: Proof, language: Language, file: IO[bytes]) -> None:
    """XlsxWriter's workbook with our rows in its first sheet."""
    moment = datetime(1980, 1, 1, tzinfo=UTC)
    with zipfile.ZipFile(_workbook(kept, proof, language)) as made, zipfile.ZipFile(file, "w") as archive:
        for name in made.namelist():
            if name != _DATA:
                put(archive, name, [made.read(name)], moment)
        put(archive, _DATA, _sheet(made.read(_DATA).decode(), kept), moment, level=1)


def _workbook(kept: _Kept, proof: Proof, language: Language) -> io.BytesIO:
    """The workbook with all but the rows; its second row holds a blank cell in each style that the rows need."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    data, about = book.add_worksheet(proof.query[:31]), book.add_worksheet("proof")
    for place, name in enumerate(kept.schema.names):
        data.write_string(0, place, name, bold)
        data.set_column(place, place, kept.widths[place])
    for place, look in enumerate(({"num_format": _DAY_FORMAT}, {"num_format": _MOMENT_FORMAT}, {"quote_prefix": True})):
        data.write_blank(1, place, None, book.add_format(look))
    data.freeze_panes(1, 0)
    data.autofilter(0, 0, max(kept.count, 1), max(len(kept.schema.names) - 1, 0))
    _describe(about, proof, language, bold)
    book.set_properties({"title": f"Readership: {proof.query}", "created": datetime.fromisoformat(proof.made_at)})
    book.close()
    out.seek(0)
    return out


def _describe(sheet: Any, proof: Proof, language: Language, bold: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    row = 0
    for name, value in proof.lines(language):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, _short(text.visible(value)) or "")
        row += 1
    sheet.write_string(row + 1, 0, language.say("Column"), bold)
    sheet.write_string(row + 1, 1, language.say("Meaning"), bold)
    for column in proof.columns:
        sheet.write_string(row + 2, 0, column.name)
        sheet.write_string(row + 2, 1, column.meaning)
        row += 1


def _sheet(template: str, kept: _Kept) -> Iterator[bytes]:
    """XlsxWriter's sheet, the rows between its header row and the end of its data."""
    styles = [int(number) for number in re.findall(r'<c r="[A-C]2" s="(\d+)"/>', template)]
    head, tail = re.sub(r'<dimension ref="[^"]*"/>', _dimension(kept), template, count=1).split("</sheetData>")
    yield head[: head.index('<row r="2"')].encode()
    row = 2
    for batch in kept.batches():
        yield _rows(batch, row, styles)
        row += batch.num_rows
    yield f"</sheetData>{tail}".encode()


def _dimension(kept: _Kept) -> str:
    return f'<dimension ref="A1:{xl_col_to_name(max(len(kept.schema.names) - 1, 0))}{kept.count + 1}"/>'


def _rows(batch: pa.RecordBatch, first: int, styles: list[int]) -> bytes:
    numbers = pa.array(range(first, first + batch.num_rows)).cast(pa.string())
    pieces: list[Any] = ['<row r="', numbers, '">']
    for place, column in enumerate(batch.columns):
        lead = pc.binary_join_element_wise(f'<c r="{xl_col_to_name(place)}', numbers, '"', "")
        cell = pc.binary_join_element_wise(lead, _cell(column, *styles), "</c>", "")
        pieces.append(pc.fill_null(cell, ""))
    return cells.joined(pc.binary_join_element_wise(*pieces, "</row>", ""))


def _cell(column: pa.Array, day: int, moment: int, quoted: int) -> pa.Array:
    """What follows a cell's reference, to its closing tag; NULL where there is no cell."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, ' t="b"><v>1</v>', ' t="b"><v>0</v>')
    if cells.is_number(kind):
        digits = cells.numerals(column)
        return pc.if_else(_fits(column, digits), _number(digits), _text(digits))
    if pa.types.is_date(kind):
        days = pc.add(column.cast(pa.int32()), _EPOCH)
        return _dated(days, days, column.cast(pa.string()), day)
    if pa.types.is_timestamp(kind):
        micros = column.cast(pa.timestamp("us")).cast(pa.int64())
        serial = pc.add(pc.divide(micros.cast(pa.float64(), safe=False), 86_400e6), float(_EPOCH))
        return _dated(pc.floor(serial), serial, cells.moments(column), moment)
    look = pc.if_else(text.like_formulas(column), f' s="{quoted}"', "")
    return pc.binary_join_element_wise(look, _text(column), "")


def _fits(column: pa.Array, digits: pa.Array) -> pa.Array:
    """Which numbers a spreadsheet keeps to the last digit."""
    if pa.types.is_floating(column.type):
        return pc.is_valid(column)
    whole = pc.replace_substring_regex(digits, r"^-?0*|\.0*$|(\.\d*[1-9])0*$|[eE].*$", r"\1")
    return pc.less_equal(pc.utf8_length(pc.replace_substring(whole, ".", "")), 15)


def _dated(days: pa.Array, serial: pa.Array, words: pa.Array, style: int) -> pa.Array:
    number = pc.binary_join_element_wise(f' s="{style}"', _number(serial.cast(pa.string())), "")
    return pc.if_else(pc.greater_equal(days, _FIRST_DAY), number, _text(words))


def _number(digits: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("><v>", digits, "</v>", "")


def _text(column: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(' t="inlineStr"><is><t xml:space="preserve">', _xml(column), "</t></is>", "")


def _xml(column: pa.Array) -> pa.Array:
    """Texts for XML; what a spreadsheet would read as its own escape (`_x0041_`) is escaped in its own way."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        column = pc.replace_substring(column, char, entity)
    return pc.replace_substring_regex(column, "_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1")
