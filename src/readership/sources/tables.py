"""Tables (CSV, JSON Lines, Parquet) as record batches of our columns, a batch at a time, whatever their size."""

from __future__ import annotations

import contextlib
import csv
import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from readership.errors import InputRefused
from readership.models import Reject
from readership.sources import columns as col
from readership.sources import instants, layouts
from readership.sources.layouts import Layout
from readership.sources.limits import Job, Progress, RowRejects
from readership.sources.streams import Inflated, Utf8

Format = Literal["csv", "jsonl", "parquet"]
Raw = Iterator[tuple[dict[str, Any], Any]]
"""Batches as they came: (our name → the table's own column, number of each row from 1)."""

MALFORMED = (OSError, ValueError, EOFError, zlib.error, struct.error, pa.ArrowException, OverflowError, RecursionError)
"""What the readers raise on files that are not what they say."""

_ROWS = 1 << 16
_BLOCK = 1 << 22
_BATCH_BYTES = 1 << 27
_HEADER_LINES = 200
_NO_PAGE = ("", "(other)", "(not set)", "others", "grand total", "total", "totals", "итого", "(entrance)")

_ROW = pa.field("row", pa.int64())
SCHEMAS: Mapping[str, Any] = {
    "articles": pa.schema([*(pa.field(name, col.TEXT) for name in layouts.ARTICLES), _ROW]),
    "counters": pa.schema(
        [
            ("site", col.TEXT),
            ("article_key", col.TEXT),
            ("observed_at", col.MOMENT),
            ("views", pa.int64()),
            _ROW,
        ]
    ),
    "gains": pa.schema(
        [
            ("site", col.TEXT),
            ("article_key", col.TEXT),
            ("url_or_path", col.TEXT),
            ("day", pa.date32()),
            ("views", pa.int64()),
            ("meter", col.TEXT),
            _ROW,
        ]
    ),
}
"""Columns of the batches of each kind; `row` counts from 1, the row after the header."""


@dataclass(frozen=True)
class TableInput:
    """One table.

    Attributes:
        kind: `articles`, `counters` or `gains`.
        origin: where it came from, for people.
        path: the original file; for a member of a zip a temporary one, there until the next input is asked for.
        meter: what counted: `public` for counters, the tool or `--meter` for gains, empty for articles.
        unused: columns of the table from which nothing is read, as written.
        rejects: rows that were not taken, when `batches` was given nobody to tell.
    """

    kind: layouts.Kind
    origin: str
    path: Path
    meter: str
    unused: tuple[str, ...]
    read: Callable[[Callable[[Reject], None]], Iterator[Any]] = field(repr=False)
    rejects: list[Reject] = field(default_factory=list, compare=False)

    def batches(self, reject: Callable[[Reject], None] | None = None) -> Iterator[Any]:
        """Record batches of the kind's schema (`SCHEMAS`).

        Args:
            reject: told each row that is not taken, and what broke the table off when something did; such an end is
                no exception, the batches before it stand.
        """
        return self.read(reject or self.rejects.append)


def open_table(path: Path, origin: str, form: Format, gzipped: bool, job: Job, progress: Progress) -> TableInput:
    """A table by its header; nothing but its beginning is read yet.

    Raises:
        InputRefused: it is no table that can be read, with the reason.
    """
    try:
        layout = _layout(path, form, gzipped, job)
    except MALFORMED as error:
        raise InputRefused(f"The table can't be read: {_said(error)}.", "Export it again.") from None

    def read(reject: Callable[[Reject], None]) -> Iterator[Any]:
        return _batches(_Opened(path, origin, form, gzipped, layout, job, progress), reject)

    return TableInput(layout.kind, origin, path, layout.meter, layout.unused, read)


@dataclass(frozen=True, slots=True)
class _Opened:
    path: Path
    origin: str
    form: Format
    gzipped: bool
    layout: Layout
    job: Job
    progress: Progress


def _said(error: BaseException) -> str:
    """An error of a library as one short line."""
    return " ".join(str(error).split())[:160].rstrip(".") or type(error).__name__


def _layout(path: Path, form: Format, gzipped: bool, job: Job) -> Layout:
    if form == "parquet":
        return layouts.recognise(_parquet(path, job).schema_arrow.names, (), job.column_map, job.meter)
    with Inflated(path, gzipped, job.limits) as source:
        text = Utf8(source)
        if form == "jsonl":
            return layouts.recognise(_json_names(text), (), job.column_map, job.meter)
        return next(iter(_sections(text, job, Counter()))).layout


def _batches(table: _Opened, reject: Callable[[Reject], None]) -> Iterator[Any]:
    refuse = RowRejects(table.origin, table.job, reject)
    finish = _Finish(table.layout, table.job, refuse)
    row = 0
    try:
        with contextlib.closing(_raw(table, refuse, finish)) as raw:
            for given, rows in raw:
                row = rows[-1].as_py() if len(rows) else row
                batch = finish.batch(given, rows)
                if len(batch):
                    yield batch
    except InputRefused as error:
        reject(Reject(table.origin, error.message, error.hint, row=row + 1))
    except MALFORMED as error:
        reject(Reject(table.origin, f"The table breaks off after row {row}: {_said(error)}.", "Export it again."))
    finally:
        refuse.close()
        table.progress.done()


def _raw(table: _Opened, refuse: RowRejects, finish: _Finish) -> Generator[tuple[dict[str, Any], Any], None, None]:
    if table.form == "parquet":
        yield from _parquet_rows(table)
        return
    with Inflated(table.path, table.gzipped, table.job.limits, table.progress) as source:
        text = Utf8(source)
        if table.form == "jsonl":
            yield from _json_rows(text, table, refuse)
            return
        for section in _sections(text, table.job, table.job.tally):
            if section.layout.kind != table.layout.kind:
                continue
            finish.layout = section.layout
            yield from _csv_rows(section, text, refuse, table)


# CSV


@dataclass(frozen=True, slots=True)
class _Section:
    """A header and the rows under it. Google Analytics puts several into one file, parted by comments."""

    layout: Layout
    delimiter: str
    width: int
    led: bool  # it stands under comments, and ends at the next ones


def _sections(text: Utf8, job: Job, tally: Counter[str]) -> Iterator[_Section]:
    """Sections with a known header, each to be read to its end before the next is asked for.

    Raises:
        InputRefused: there is none.
    """
    refusal: InputRefused | None = None
    found = False
    while head := _header(text):
        comments, header = head
        try:
            layout, delimiter, width = _by_delimiter(header, comments, job)
        except InputRefused as error:
            refusal = refusal or error
            if not comments:
                break
            tally["sections not used"] += 1
            _skip_section(text)
            continue
        found = True
        yield _Section(layout, delimiter, width, bool(comments))
        if not comments:
            return
    if not found:
        raise refusal or InputRefused("There is no header.", "The first line names the columns.")


def _header(text: Utf8) -> tuple[list[str], str] | None:
    """(comments before it, the line that names the columns), None at the end of the text."""
    comments: list[str] = []
    for raw in text.lines():
        line = raw.decode("utf-8", "replace").strip("\r\n")
        if line.startswith("#"):
            comments.append(line[:500])
            if len(comments) > _HEADER_LINES:
                return None
        elif line.strip(" \t,;") and not line.lower().startswith("sep="):
            return comments, line
    return None


def _by_delimiter(header: str, comments: list[str], job: Job) -> tuple[Layout, str, int]:
    refusals: list[tuple[int, InputRefused]] = []
    for delimiter in ",;\t":
        try:
            cells = next(csv.reader([header], delimiter=delimiter))
            return layouts.recognise(cells, comments, job.column_map, job.meter), delimiter, len(cells)
        except InputRefused as error:
            refusals.append((len(cells), error))
        except (csv.Error, StopIteration):
            continue
    if not refusals:
        raise InputRefused("The line that names the columns can't be read.", "Export the table again.")
    raise max(refusals, key=lambda pair: pair[0])[1]


def _skip_section(text: Utf8) -> None:
    for line in text.lines():
        if line.startswith(b"#"):
            text.unread(line)
            return
        if not line.strip():
            return


class _Until:
    """The lines of one section, in the form that Arrow reads."""

    def __init__(self, text: Utf8) -> None:
        self._text, self._held, self._over, self.closed = text, b"", False, False

    def read(self, size: int = -1) -> bytes:
        lines, length = [self._held], len(self._held)
        while not self._over and length < max(size, 1):
            line = next(self._text.lines(), b"")
            if not line.strip() or line.startswith(b"#"):
                self._text.unread(line if line.startswith(b"#") else b"")
                self._over = True
                break
            lines.append(line)
            length += len(line)
        data = b"".join(lines)
        part, self._held = (data, b"") if size < 0 else (data[:size], data[size:])
        return part

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


def _csv_rows(section: _Section, text: Utf8, refuse: RowRejects, table: _Opened) -> Raw:
    wrong: list[int] = []

    def wrong_row(row: Any) -> str:
        wrong.append(row.number)
        if section.layout.tool and _total(row.text):
            table.job.tally["total rows"] += 1
        else:
            reason = f"The row has {row.actual_columns} cells, the header {row.expected_columns}"
            refuse.add([(row.number, row.text[:81])], reason, "Put a text with separators into quotes.")
        return "skip"

    indices = section.layout.columns
    names = [f"c{i}" for i in range(section.width)]
    reader = pa_csv.open_csv(
        pa.PythonFile(_Until(text) if section.led else text, "r"),
        read_options=pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
        parse_options=pa_csv.ParseOptions(
            delimiter=section.delimiter, newlines_in_values=not section.led, invalid_row_handler=wrong_row
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={names[i]: col.TEXT for i in indices.values()},
            include_columns=[names[i] for i in dict.fromkeys(indices.values())],
            strings_can_be_null=False,
        ),
    )
    before = 0
    for batch in reader:
        numbers, before = _numbers(before, len(batch), wrong)
        given = {our: batch.column(names[i]) for our, i in indices.items()}
        if text.damaged:
            given["\ufffd"] = _damaged(given)
        yield given, numbers


def _total(text: str) -> bool:
    cells = [cell.strip(' "').casefold() for cell in text.split(",")]
    return text.startswith("#") or not cells[0] or any(cell in _NO_PAGE[4:8] for cell in cells)


def _damaged(given: Mapping[str, Any]) -> Any:
    found = [pc.match_substring(column, "\ufffd") for column in given.values()]
    bad = found[0]
    for other in found[1:]:
        bad = pc.or_(bad, other)
    return bad


def _numbers(before: int, count: int, wrong: list[int]) -> tuple[Any, int]:
    """Row numbers of the next `count` good rows after row `before`, and the last of them; wrong rows have their own."""
    if not wrong:
        return pa.array(range(before + 1, before + count + 1), pa.int64()) if count < 64 else _span(before, count), (
            before + count
        )
    skip = set(wrong)
    good = list(islice((n for n in range(before + 1, before + count + len(skip) + 1) if n not in skip), count))
    last = good[-1] if good else before
    wrong[:] = [number for number in wrong if number > last]
    return pa.array(good, pa.int64()), last


def _span(before: int, count: int) -> Any:
    return pc.add(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count)), before)


# JSON Lines


def _json_names(text: Utf8) -> list[str]:
    names: dict[str, None] = {}
    for line in islice((line for line in text.lines() if line.strip()), 100):
        with contextlib.suppress(ValueError, RecursionError):
            record = json.loads(line)
            if isinstance(record, dict):
                names.update(dict.fromkeys(map(str, record)))
    if not names:
        raise InputRefused("No line holds a JSON object.", "Write one object a line (JSON Lines).")
    return list(names)


def _json_rows(text: Utf8, table: _Opened, refuse: RowRejects) -> Raw:
    with_names = _json_header(table)
    theirs = {our: with_names[i] for our, i in table.layout.columns.items()}
    numbered = ((row, line) for row, line in enumerate(text.lines(), 1) if line.strip())
    while lines := _some(numbered):
        numbers = pa.array([row for row, _ in lines], pa.int64())
        given = _json_fast(lines, theirs)
        if given is None:
            given, numbers = _json_slow(lines, theirs, refuse)
        if text.damaged:
            given["\ufffd"] = _damaged({our: column for our, column in given.items() if column.type == col.TEXT})
        yield given, numbers


def _json_header(table: _Opened) -> list[str]:
    with Inflated(table.path, table.gzipped, table.job.limits) as source:
        return _json_names(Utf8(source))


def _some(numbered: Iterator[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """The next lines, some 4 MB of them."""
    lines, size = [], 0
    for row, line in numbered:
        lines.append((row, line))
        size += len(line)
        if size > _BLOCK or len(lines) >= _ROWS:
            break
    return lines


def _json_fast(lines: list[tuple[int, bytes]], theirs: Mapping[str, str]) -> dict[str, Any] | None:
    """Columns by Arrow's own reader; None when a line is not of the plain form it wants."""
    schema = pa.schema([(name, pa.int64() if our == "views" else col.TEXT) for our, name in theirs.items()])
    options = pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    read = pa_json.ReadOptions(use_threads=False, block_size=2 * _BLOCK + max(len(line) for _, line in lines))
    try:
        data = pa.BufferReader(b"".join(line for _, line in lines))
        found = pa_json.read_json(data, read_options=read, parse_options=options).combine_chunks()
    except (pa.ArrowException, ValueError):
        return None
    if len(found) != len(lines):
        return None
    return {our: _one(found.column(name)) for our, name in theirs.items()}


def _one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _json_slow(
    lines: list[tuple[int, bytes]], theirs: Mapping[str, str], refuse: RowRejects
) -> tuple[dict[str, Any], Any]:
    rows: list[int] = []
    values: dict[str, list[str | None]] = {our: [] for our in theirs}
    for row, line in lines:
        try:
            # Numbers stay as written: an id is no float, and 12.5 views are to be refused as such.
            record = json.loads(line, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            refuse.add([(row, line[:81].decode("utf-8", "replace"))], "The line is no JSON object", "")
            continue
        rows.append(row)
        for our, name in theirs.items():
            values[our].append(_plain(record.get(name)))
    return {our: pa.array(cells, col.TEXT) for our, cells in values.items()}, pa.array(rows, pa.int64())


def _plain(value: object) -> str | None:
    """A JSON value as the text it was; lists, objects and truth values are no text of ours, shown as they were."""
    if value is None or isinstance(value, str):
        return None if value is None else value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(value, ensure_ascii=True)[:200]


# Parquet


def _parquet(path: Path, job: Job, **options: Any) -> Any:
    file = pq.ParquetFile(
        path, memory_map=False, thrift_string_size_limit=10_000_000, thrift_container_size_limit=500_000, **options
    )
    meta = file.metadata
    size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if size > max(job.limits.max_archive, 0) or meta.num_row_groups > 100_000:
        raise InputRefused(
            f"The Parquet file unfolds to {size // 1_000_000} MB, more than is taken.",
            "Split it, or raise READERSHIP_MAX_ARCHIVE_MB.",
        )
    return file


def _parquet_rows(table: _Opened) -> Raw:
    names = _parquet(table.path, table.job).schema_arrow.names
    theirs = {our: names[i] for our, i in table.layout.columns.items()}
    # Texts stay folded into their dictionaries until their unfolded size is known: a few bytes can stand for a billion.
    file = _parquet(table.path, table.job, read_dictionary=list(theirs.values()))
    total, before, unfolded = max(file.metadata.num_rows, 1), 0, 0
    stored = table.path.stat().st_size
    for batch in file.iter_batches(batch_size=_ROWS, columns=list(dict.fromkeys(theirs.values())), use_threads=False):
        unfolded += sum(_unfolded(column, table.job) for column in batch.columns)
        if unfolded > table.job.limits.max_archive and table.job.limits.bomb(unfolded, stored):
            raise InputRefused(
                "The Parquet file unfolds to far more than it can honestly hold.", "Check what wrote it."
            )
        for part in _affordable(batch, table.job):
            given = {our: _unfold(part.column(name)) for our, name in theirs.items()}
            yield given, _span(before, len(part))
            before += len(part)
        table.progress.to(stored * before // total)


def _affordable(batch: Any, job: Job) -> Iterator[Any]:
    """A batch in parts, so that none unfolds to more than memory is meant for."""
    parts = max((_unfolded(column, job) for column in batch.columns), default=0) // _BATCH_BYTES + 1
    step = max(len(batch) // parts, 1)
    return (batch.slice(start, step) for start in range(0, len(batch), step))


def _unfolded(column: Any, job: Job) -> int:
    """Bytes of a column once each row has its own text.

    Raises:
        InputRefused: one text alone is larger than a page may be.
    """
    words = column.dictionary if pa.types.is_dictionary(column.type) else column
    if not any(test(words.type) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)):
        return int(column.nbytes)
    lengths = pc.binary_length(words)
    if (pc.max(lengths).as_py() or 0) > job.limits.max_page:
        raise InputRefused("A cell of the Parquet file is too large.", "Check what wrote it.")
    each = lengths.take(column.indices) if words is not column else lengths
    return int(pc.sum(each.cast(pa.int64())).as_py() or 0)


def _unfold(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


# What all have in common


class _Finish:
    """A table's own columns → a record batch of our schema, and the rows that are refused."""

    def __init__(self, layout: Layout, job: Job, refuse: RowRejects) -> None:
        self.layout, self._job, self._refuse = layout, job, refuse
        self._keys = col.Keys(job.key_of)

    def batch(self, given: dict[str, Any], rows: Any) -> Any:
        """The rows that can be taken.

        Raises:
            pyarrow.ArrowException: a column is of a type that has no text.
        """
        damaged = given.pop("\ufffd", None)
        if self.layout.tool:
            given, rows, damaged = self._without_totals(given, rows, damaged)
        found, checks = {
            "articles": self._articles, "counters": self._counters, "gains": self._gains
        }[self.layout.kind](given, len(rows))  # fmt: skip
        if damaged is not None:
            checks.insert(0, col.Check(damaged, "The row has bytes of no known charset", "Save the table as UTF-8."))
        if self.layout.tool:
            found, rows, checks = self._without_front_pages(found, rows, checks)
        fine, refused = col.refused(checks, rows)
        for check, numbered in refused:
            self._refuse.add(numbered, check.reason, check.hint)
        schema = SCHEMAS[self.layout.kind]
        batch = pa.record_batch([{**found, "row": rows}[name] for name in schema.names], schema=schema)
        return batch.filter(fine)

    def _without_totals(self, given: dict[str, Any], rows: Any, damaged: Any) -> tuple[dict[str, Any], Any, Any]:
        page = pc.utf8_lower(pc.utf8_trim_whitespace(col.text(given["url"])))
        total = pc.is_in(page, pa.array(_NO_PAGE, col.TEXT))
        total = pc.or_(pc.fill_null(total, True), pc.fill_null(pc.starts_with(page, "#"), False))
        count = pc.sum(total).as_py() or 0
        if not count:
            return given, rows, damaged
        self._job.tally["total rows"] += count
        keep = pc.invert(total)
        kept = {our: column.filter(keep) for our, column in given.items()}
        return kept, rows.filter(keep), None if damaged is None else damaged.filter(keep)

    def _without_front_pages(
        self, found: dict[str, Any], rows: Any, checks: list[col.Check]
    ) -> tuple[dict[str, Any], Any, list[col.Check]]:
        """Analytics tools list a site's front page among the others: counted, as it is no article and no fault."""
        front = pc.and_(pc.is_valid(found["site"]), pc.is_null(found["article_key"]))
        count = pc.sum(front).as_py() or 0
        if not count:
            return found, rows, checks
        self._job.tally["front page rows"] += count
        keep = pc.invert(front)
        checks = [
            replace(check, bad=check.bad.filter(keep), shown=None if check.shown is None else check.shown.filter(keep))
            for check in checks
        ]
        return {name: column.filter(keep) for name, column in found.items()}, rows.filter(keep), checks

    def _address(self, given: Mapping[str, Any], count: int) -> tuple[Any, Any, list[col.Check]]:
        """(site, article key, rows without): as given, and from the URL where they are not."""
        site = col.trimmed(given["site"]) if "site" in given else col.nothing(count)
        key = col.trimmed(given["article_key"]) if "article_key" in given else col.nothing(count)
        site = self._keys.sites(site)
        shown = site
        if "url" in given:
            shown = col.trimmed(given["url"])
            lacking = pc.or_(pc.is_null(site), pc.is_null(key))
            if pc.any(lacking, min_count=0).as_py():
                by_url = self._keys.columns(pc.if_else(lacking, shown, pa.scalar(None, col.TEXT)))
                site, key = pc.if_else(lacking, by_url[0], site), pc.if_else(lacking, by_url[1], key)
        none = pc.or_(pc.is_null(site), pc.is_null(key))
        longest = pc.max_element_wise(pc.binary_length(site), pc.binary_length(key))
        long = pc.fill_null(pc.greater(longest, col.LONGEST_KEY), False)
        hint = "Give site and article_key, or the full URL of an article."
        return site, key, [
            col.Check(none, "The row names no article", hint, shown),
            col.Check(long, f"Its site or article key is longer than {col.LONGEST_KEY} bytes"),
        ]  # fmt: skip

    def _counters(self, given: Mapping[str, Any], count: int) -> tuple[dict[str, Any], list[col.Check]]:
        site, key, checks = self._address(given, count)
        observed_at, naive = col.moments(given["observed_at"])
        views, views_checks = self._views(given["views"])
        found = {"site": site, "article_key": key, "observed_at": observed_at, "views": views}
        return found, [*checks, *naive, *views_checks]

    def _views(self, column: Any) -> tuple[Any, list[col.Check]]:
        views, bad = col.whole(column, grouped=self.layout.tool)
        if not pc.any(bad, min_count=0).as_py():
            return views, []
        said = col.text(column)
        missing = col.empty(said)
        return views, [
            col.Check(missing, "views is missing", "A number that is not known is no 0: leave the row out."),
            col.Check(bad, "views is no whole number of 0 or more", "Write it in digits, as 1234.", said),
        ]

    def _articles(self, given: Mapping[str, Any], count: int) -> tuple[dict[str, Any], list[col.Check]]:
        site, key, checks = self._address(given, count)
        found = {name: col.trimmed(given[name]) if name in given else col.nothing(count) for name in layouts.ARTICLES}
        printed = found["published_at"]
        found |= {"site": site, "article_key": key, "published_at": col.by_value(printed, instants.printed, col.TEXT)}
        unread = pc.and_(pc.is_valid(printed), pc.is_null(found["published_at"]))
        hint = "Write it as 2024-05-01T10:00:00+05:00, 2024-05-01T10:00 or 2024-05-01."
        return found, [
            *checks,
            col.Check(pc.is_null(found["title"]), "title is missing"),
            col.Check(unread, "published_at is no date of a known form", hint, printed),
        ]

    def _gains(self, given: Mapping[str, Any], count: int) -> tuple[dict[str, Any], list[col.Check]]:
        written = col.trimmed(given["url"]) if "url" in given else col.nothing(count)
        address = {**given, "url": self._full(written, given, count)} if "url" in given else dict(given)
        if "url" in given and "article_key" not in given:
            address.pop("site", None)
        site, key, checks = self._address(address, count)
        day, bad_day = self._day(given, count)
        views, views_checks = self._views(given["views"])
        shown = col.text(given["day"]) if "day" in given else None
        found = {
            "site": site,
            "article_key": key,
            "url_or_path": written,
            "day": day,
            "views": views,
            "meter": pa.repeat(pa.scalar(self.layout.meter, col.TEXT), count),
        }
        hint = "Write it as 2024-01-31, 20240131 or 31.01.2024."
        return found, [*checks, col.Check(bad_day, "The day can't be read", hint, shown), *views_checks]

    def _full(self, written: Any, given: Mapping[str, Any], count: int) -> Any:
        """Full URLs of pages: paths under the row's host, else under the site the caller named; null when unknown."""
        host = col.trimmed(given["site"]) if "site" in given else col.nothing(count)
        host = pc.coalesce(host, pa.scalar(self._job.site, col.TEXT))
        path = pc.fill_null(pc.starts_with(written, "/"), False)
        absolute = pc.fill_null(pc.match_substring_regex(written, "^[Hh][Tt][Tt][Pp][Ss]?://"), False)
        under_host = pc.binary_join_element_wise("https://", host, written, "")
        # GA4's full page URL comes without a scheme: el.kz/news_1/.
        bare = pc.fill_null(pc.match_substring_regex(written, r"^[\w-]+(\.[\w-]+)+/"), False)
        with_scheme = pc.binary_join_element_wise("https://", written, "")
        none = pa.scalar(None, col.TEXT)
        return pc.if_else(path, under_host, pc.if_else(absolute, written, pc.if_else(bare, with_scheme, none)))

    def _day(self, given: Mapping[str, Any], count: int) -> tuple[Any, Any]:
        if self.layout.fixed_day is not None:
            return pa.repeat(pa.scalar(self.layout.fixed_day, pa.date32()), count), pa.repeat(False, count)
        if self.layout.nth is not None:
            return col.nth_days(given["day"], self.layout.nth)
        return col.days(given["day"])
