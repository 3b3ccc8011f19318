"""Official exchange rates from files that banks publish; what can't be read is rejected with a reason, never guessed.

Forms: the National Bank of Kazakhstan's day file (`rates`) and current feed (`rss`), the European Central Bank's
reference rates (`Envelope`), and CSV with columns date, currency, value, quant and optionally quote, change, source.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from babel.numbers import list_currencies
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from readership.models import OfficialRate, Reject

MAX_BYTES = 32 * 1024 * 1024
CARRY_DAYS = 10
# The largest feed known (the ECB's whole history) has about 250,000 elements, six deep at most.
_MAX_ELEMENTS, _MAX_MARKS, _MAX_DEPTH = 400_000, 1_000_000, 40
# A file with more unreadable rows than this is no feed of rates.
_MAX_REJECTS = 1_000
_ONE = Decimal(1)
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_SIGNED = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,12})?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_HTML = re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
# No rate of a modern currency is older, and no feed speaks of a day so far ahead.
_FIRST, _LAST = date(1990, 1, 1), date(2100, 1, 1)
_NO_CURRENCY = {"XXX", "XTS"}
_KEPT = "Its bytes are kept in quarantine; no rate was taken from it."

Read = Iterator[OfficialRate | Reject]
_NO_RATES = "The feed has no rates for"


class _Unread(Exception):
    """Why a row or a document can't be read."""


def read(data: bytes, origin: str, *, csv_quote: str = "KZT") -> tuple[list[OfficialRate], list[Reject]]:
    """The rates in a file.

    Args:
        data: the file's bytes.
        origin: where they came from, for people; a CSV without a `source` column is named after its last part.
        csv_quote: what a CSV without a `quote` column quotes in.

    Returns:
        Rates in the file's order, and what was not taken: `row` is 1-based among items or CSV records, None for the
        whole document. A day with two different values for one currency gives neither.
    """
    try:
        rates, rejects = _sorted_out(_document(data, origin, csv_quote), origin)
    except _Unread as why:
        return [], [Reject(origin, str(why), _KEPT)]
    kept, clashes = _without_clashes(rates, origin)
    return kept, rejects + clashes


def is_empty_day(rejects: Iterable[Reject]) -> bool:
    """Whether a document was a sound day file without rates, as banks publish for weekends: no fault of anybody's."""
    return any(reject.row is None and reject.reason.startswith(_NO_RATES) for reject in rejects)


def on_day(rates: Mapping[date, OfficialRate], day: date, *, carry: int = CARRY_DAYS) -> OfficialRate | None:
    """The rate that is official on a day: its own, or the last one before it, at most `carry` days old.

    The rate's own `day` says from when it is; None when there is none so near.
    """
    before = (day - timedelta(days=back) for back in range(carry + 1) if day.toordinal() - back >= 1)
    return next((rates[earlier] for earlier in before if earlier in rates), None)


def _sorted_out(entries: Read, origin: str) -> tuple[list[OfficialRate], list[Reject]]:
    rates: list[OfficialRate] = []
    rejects: list[Reject] = []
    for entry in entries:
        if isinstance(entry, OfficialRate):
            rates.append(entry)
        elif len(rejects) < _MAX_REJECTS:
            rejects.append(entry)
        else:
            why = f"More than {_MAX_REJECTS:,} rows can't be read."
            return rates, [*rejects, Reject(origin, why, "Rows after it were not read.", row=entry.row)]
    return rates, rejects


def _document(data: bytes, origin: str, csv_quote: str) -> Read:
    if len(data) > MAX_BYTES:
        raise _Unread(f"The file is larger than {MAX_BYTES // 2**20} MB.")
    stripped = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not stripped.strip(b"\x00\xff\xfe \t\r\n"):
        raise _Unread("The document is empty.")
    if not _looks_like_markup(stripped):
        return _csv(_text(data), origin, csv_quote)
    if _HTML.match(stripped[:4096]):
        raise _Unread("The file is an HTML page (perhaps an error page), not rates.")
    return _xml(_root(stripped), origin)


def _looks_like_markup(data: bytes) -> bool:
    return data[:1] == b"<" or data[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _Unread("The file is neither XML nor text.") from None
    if "\0" in text:
        raise _Unread("The file is neither XML nor text.")
    return text


# --- XML ------------------------------------------------------------------------------------------------------------


class _Bounded(TreeBuilder):
    """Builds a tree of bounded size and depth, and stops reading beyond that."""

    def __init__(self) -> None:
        super().__init__()
        self._left, self._depth = _MAX_ELEMENTS, 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        self._left -= 1
        self._depth += 1
        if self._left < 0 or self._depth > _MAX_DEPTH:
            raise _Unread("The XML is larger or deeper than any feed of rates.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _root(data: bytes) -> Element:
    if max(data.count(b"<"), data.count(b"=")) > _MAX_MARKS:
        raise _Unread("The XML is larger or deeper than any feed of rates.")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise _Unread("The XML declares a document type or entities, which feeds of rates don't need.") from None
    except (ParseError, ValueError, LookupError):
        raise _Unread("The XML is broken and can't be read.") from None
    return root


def _xml(root: Element, origin: str) -> Read:
    name = _local(root)
    if name == "rates":
        return _nbk_day(root, origin)
    if name == "rss" and root.find("channel") is not None:
        return _nbk_current(root, origin)
    if name == "Envelope":
        return _ecb(root, origin)
    raise _Unread("The XML has a form that no known feed of rates has.")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(element: Element, name: str) -> str:
    found = element.find(name)
    return "" if found is None else (found.text or "").strip()


def _nbk_day(root: Element, origin: str) -> Read:
    day = _day(_child(root, "date"))
    items = root.findall("item")
    if not items:
        raise _Unread(f"{_NO_RATES} {day.isoformat()}, as on some weekends and holidays.")
    return _items(items, origin, lambda item: day)


def _nbk_current(root: Element, origin: str) -> Read:
    items = root.findall("channel/item")
    if not items:
        raise _Unread("The feed has no rates.")
    return _items(items, origin, lambda item: _day(_child(item, "pubDate")))


def _items(items: list[Element], origin: str, day_of: Any) -> Read:
    for number, item in enumerate(items, 1):
        try:
            yield _nbk_rate(item, day_of(item))
        except _Unread as why:
            yield Reject(origin, str(why), row=number)


def _nbk_rate(item: Element, day: date) -> OfficialRate:
    return OfficialRate(
        source="NBK",
        day=day,
        currency=_currency(_child(item, "title")),
        quote="KZT",
        value=_positive(_child(item, "description"), "rate"),
        quant=_positive(_child(item, "quant"), "quant"),
        change=_change(_child(item, "change")),
    )


def _ecb(root: Element, origin: str) -> Read:
    days = [cube for cube in root.iter() if _local(cube) == "Cube" and "time" in cube.attrib]
    if not days:
        raise _Unread("The feed names no day.")
    return _ecb_days(days, origin)


def _ecb_days(days: list[Element], origin: str) -> Read:
    row = 0
    for cube in days:
        for entry in cube:
            row += 1
            try:
                yield _ecb_rate(entry, _day(cube.attrib["time"]))
            except _Unread as why:
                yield Reject(origin, str(why), row=row)


def _ecb_rate(entry: Element, day: date) -> OfficialRate:
    currency = _currency(entry.get("currency", ""))
    return OfficialRate("ECB", day, "EUR", currency, _positive(entry.get("rate", ""), "rate"), _ONE)


# --- CSV ------------------------------------------------------------------------------------------------------------


def _csv(text: str, origin: str, quote: str) -> Read:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip().lower() for name in _next_record(reader) or []]
    missing = [name for name in ("date", "currency", "value", "quant") if name not in names]
    if missing:
        raise _Unread(f"The file is neither a known XML feed nor a CSV of rates: no column {', '.join(missing)}.")
    if len(set(names)) < len(names):
        raise _Unread("The CSV names a column twice.")
    # A semicolon leaves the comma free to be the decimal sign, and spreadsheets then use it so.
    return _records(reader, names, origin, quote, decimal_comma=delimiter != ",")


def _next_record(reader: Any) -> list[str] | None:
    try:
        record: list[str] | None = next(reader, None)
    except csv.Error:
        raise _Unread("The CSV is broken and can't be read.") from None
    return record


def _records(reader: Any, names: list[str], origin: str, quote: str, *, decimal_comma: bool) -> Read:
    source, row = _stem(origin), 0
    while True:
        try:
            record = _next_record(reader)
        except _Unread as why:
            yield Reject(origin, str(why), "Rows after it were not read.", row=row + 1)
            return
        if record is None:
            return
        row += 1
        if not any(cell.strip() for cell in record):
            continue
        try:
            yield _csv_rate(_cells(record, names, decimal_comma=decimal_comma), source, quote)
        except _Unread as why:
            yield Reject(origin, str(why), row=row)


def _cells(record: list[str], names: list[str], *, decimal_comma: bool) -> dict[str, str]:
    if len(record) != len(names):
        raise _Unread(f"The row has {len(record)} cells, the header {len(names)}.")
    cells = dict(zip(names, (cell.strip() for cell in record), strict=True))
    if decimal_comma:
        for name in ("value", "quant", "change"):
            if name in cells:
                cells[name] = cells[name].replace(",", ".", 1)
    return cells


def _csv_rate(cells: dict[str, str], source: str, quote: str) -> OfficialRate:
    currency = _currency(cells["currency"])
    quoted = _currency(cells["quote"]) if "quote" in cells else quote
    if currency == quoted:
        raise _Unread(f"{currency} is quoted in itself.")
    return OfficialRate(
        source=_source(cells.get("source", "")) or source,
        day=_day(cells["date"]),
        currency=currency,
        quote=quoted,
        value=_positive(cells["value"], "rate"),
        quant=_positive(cells["quant"], "quant"),
        change=_change(cells.get("change", "")),
    )


def _source(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:60].strip()


def _stem(origin: str) -> str:
    return _source(PurePosixPath(origin.replace("\\", "/").rpartition("!")[2]).stem) or "import"


# --- values ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies()) - _NO_CURRENCY


def _currency(text: str) -> str:
    code = text.strip()
    if code not in _currencies():
        raise _Unread(f"“{code[:20]}” is no ISO 4217 currency code." if code else "The currency is missing.")
    return code


def _positive(text: str, what: str) -> Decimal:
    if not text.strip():
        raise _Unread(f"The {what} is missing.")
    if not _NUMBER.fullmatch(text.strip()):
        raise _Unread(f"The {what} “{text.strip()[:20]}” is no number with a decimal point.")
    number = Decimal(text.strip())
    if not number:
        raise _Unread(f"The {what} is zero.")
    return number


def _change(text: str) -> Decimal | None:
    """Signed change; None where the feed has none or something unreadable: the rate itself stands without it."""
    plain = text.strip()
    return Decimal(plain) if _SIGNED.fullmatch(plain) else None


def _day(text: str) -> date:
    plain = text.strip()
    if dotted := _DOTTED.fullmatch(plain):
        day, month, year = map(int, dotted.groups())
    elif iso := _ISO_DAY.fullmatch(plain):
        year, month, day = map(int, iso.groups())
    else:
        raise _Unread(f"“{plain[:20]}” is no day (dd.mm.yyyy)." if plain else "The day is missing.")
    try:
        found = date(year, month, day)
    except ValueError:
        raise _Unread(f"There is no day {plain}.") from None
    if not _FIRST <= found < _LAST:
        raise _Unread(f"The day {plain} can't be right.")
    return found


def _without_clashes(rates: Iterable[OfficialRate], origin: str) -> tuple[list[OfficialRate], list[Reject]]:
    """Each (source, day, currency, quote) once; one that has different values in the file is not taken at all."""
    by_key: dict[tuple[str, date, str, str], set[tuple[Decimal, Decimal]]] = {}
    first: dict[tuple[str, date, str, str], OfficialRate] = {}
    for rate in rates:
        key = (rate.source, rate.day, rate.currency, rate.quote)
        by_key.setdefault(key, set()).add((rate.value, rate.quant))
        first.setdefault(key, rate)
    clashing = [key for key, values in by_key.items() if len(values) > 1]
    reasons = [f"{currency} has different values for {day.isoformat()}." for _, day, currency, _ in clashing]
    kept = [rate for key, rate in first.items() if len(by_key[key]) == 1]
    return kept, [Reject(origin, reason, "None of them was taken.") for reason in reasons]
