"""Columns of tables as they came → columns of ours, a whole batch at a time, with the rows that can't be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from readership.models import UNKNOWN_HOST
from readership.sources import instants
from readership.sources.limits import KeyOf

TEXT = pa.string()
MOMENT = pa.timestamp("us", tz="UTC")
LONGEST_KEY = 1000
"""Bytes of a site or an article key."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GROUPED = re.compile(r"\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+")
_CACHED_URLS = 500_000


@dataclass(frozen=True, slots=True)
class Check:
    """Rows of a batch that can't be taken.

    Attributes:
        bad: one boolean a row, no nulls.
        reason, hint: why, and what to do.
        shown: the column whose text the reason quotes; None when there is nothing to quote.
    """

    bad: Any
    reason: str
    hint: str = ""
    shown: Any = None


def text(column: Any) -> Any:
    """Any column as strings; nulls stay. Whole numbers kept as floats (pandas) lose their `.0`.

    Raises:
        pyarrow.ArrowException: the column's type has no text (a struct, a list), or the bytes are no UTF-8.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.floor(column))
        if pc.all(whole, min_count=0).as_py():
            column = column.cast(pa.int64())
    return column if column.type == TEXT else column.cast(TEXT)


def nothing(length: int) -> Any:
    """A text column in which nothing is known."""
    return pa.nulls(length, TEXT)


def empty(column: Any) -> Any:
    """Rows of a text column that say nothing: null or no characters."""
    return pc.fill_null(pc.equal(pc.binary_length(column), 0), True)


def trimmed(column: Any) -> Any:
    """A text column without spaces around, nulls for what is then empty."""
    column = pc.utf8_trim_whitespace(text(column))
    return pc.if_else(empty(column), pa.scalar(None, TEXT), column)


def whole(column: Any, *, grouped: bool = False) -> tuple[Any, Any]:
    """Whole numbers ≥ 0 of a column: (int64 with nulls for the others, which rows are others).

    Args:
        grouped: `1,234` and `1 234` are one number, as tools print it.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_integer(column.type):
        return _at_least_zero(column.cast(pa.int64()))
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
        fine = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), 2.0**53))
        return _at_least_zero(pc.if_else(pc.fill_null(fine, False), column, None).cast(pa.int64()))
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return pa.nulls(len(column), pa.int64()), pa.repeat(True, len(column))
    return _digits(text(column), grouped)


def _at_least_zero(numbers: Any) -> tuple[Any, Any]:
    bad = pc.fill_null(pc.less(numbers, 0), True)
    return pc.if_else(bad, pa.scalar(None, pa.int64()), numbers), bad


def _digits(column: Any, grouped: bool) -> tuple[Any, Any]:
    fine = _decimal(column)
    if not pc.all(fine, min_count=0).as_py():
        column = pc.utf8_trim_whitespace(column)
        if grouped:
            column = by_value(column, _ungroup, TEXT)
        fine = _decimal(column)
    return pc.if_else(fine, column, pa.scalar(None, TEXT)).cast(pa.int64()), pc.invert(fine)


def _decimal(column: Any) -> Any:
    # Arrow's own cast would take 0x1F for 31.
    fine = pc.and_(pc.ascii_is_decimal(column), pc.less_equal(pc.binary_length(column), 18))
    return pc.fill_null(fine, False)


def _ungroup(text: str) -> str:
    return re.sub(r"\D", "", text) if _GROUPED.fullmatch(text) else text


def by_value(column: Any, function: Callable[[str], Any], to: Any) -> Any:
    """A function of a text, worked out once a distinct text; null gives null."""
    encoded = column.dictionary_encode()
    values = [function(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(values, to).take(encoded.indices)


def moments(column: Any) -> tuple[Any, list[Check]]:
    """Instants of a column, null where none is said: (timestamp[us, UTC] in whole seconds, rows to refuse)."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_null(column.type):
        return column.cast(MOMENT), []
    if pa.types.is_timestamp(column.type):
        return _typed_moments(column)
    column = text(column)
    said = pc.if_else(empty(column), pa.scalar(None, TEXT), column)
    try:
        return _whole_seconds(said.cast(MOMENT)), []
    except pa.ArrowInvalid:
        return _read_moments(said)


def _typed_moments(column: Any) -> tuple[Any, list[Check]]:
    if column.type.tz is None:
        bad = pc.is_valid(column)
        reason = f"observed_at {instants.NAIVE}"
        return pa.nulls(len(column), MOMENT), [Check(bad, reason, instants.INSTANT_HINT, column.cast(TEXT))]
    return _whole_seconds(column.cast(pa.timestamp(column.type.unit, tz="UTC")).cast(MOMENT, safe=False)), []


def _whole_seconds(column: Any) -> Any:
    return column.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(MOMENT)


def _read_moments(said: Any) -> tuple[Any, list[Check]]:
    encoded = said.dictionary_encode()
    read = [instants.instant(value) for value in encoded.dictionary.to_pylist()]
    values = pa.array([None if isinstance(found, str) else found for found in read], MOMENT)
    reasons = pa.array([found if isinstance(found, str) else None for found in read], TEXT).take(encoded.indices)
    checks = [
        Check(pc.fill_null(pc.equal(reasons, reason), False), f"observed_at {reason}", instants.INSTANT_HINT, said)
        for reason in (instants.NAIVE, instants.NO_MOMENT)
    ]
    return values.take(encoded.indices), checks


def days(column: Any) -> tuple[Any, Any]:
    """Days of a column: (date32 with nulls for the others, which rows are others)."""
    if (pa.types.is_timestamp(column.type) and column.type.tz is None) or pa.types.is_date(column.type):
        found = column.cast(pa.date32(), safe=False)
    else:
        found = by_value(text(column), instants.day, pa.date32())
    return found, pc.is_null(found)


def nth_days(column: Any, start: date) -> tuple[Any, Any]:
    """Days counted from a first day, which is 0: (date32 with nulls for the others, which rows are others)."""
    numbers, bad = whole(text(column))
    first = start.toordinal() - date(1970, 1, 1).toordinal()
    bad = pc.or_(bad, pc.fill_null(pc.greater(numbers, 36600), False))
    found = pc.if_else(bad, pa.scalar(None, pa.int64()), pc.add(numbers, first))
    return found.cast(pa.int32()).cast(pa.date32()), bad


class Keys:
    """URLs → (site, article key), each distinct one asked for once."""

    def __init__(self, key_of: KeyOf | None) -> None:
        self._key_of = key_of
        self._known: dict[str, tuple[str | None, str | None]] = {}

    def of(self, url: str) -> tuple[str | None, str | None]:
        """(site, article key); the key is None when the URL names no article, both when it names no site."""
        known = self._known.get(url)
        if known is None:
            if len(self._known) >= _CACHED_URLS:
                self._known.clear()
            known = self._known[url] = self._ask(url)
        return known

    def _ask(self, url: str) -> tuple[str | None, str | None]:
        if self._key_of is None:
            return None, None
        try:
            site, key = self._key_of(url) or (UNKNOWN_HOST, "")
        except ValueError:  # urllib's word for a URL such as http://[
            return None, None
        # A front page has a site, and no key.
        return (None, None) if site in ("", UNKNOWN_HOST) else (site, key or None)

    def columns(self, urls: Any) -> tuple[Any, Any]:
        """(sites, article keys) of a text column of URLs; null where the URL is null or names no article."""
        encoded = urls.dictionary_encode()
        keys = [self.of(url) for url in encoded.dictionary.to_pylist()]
        sites = pa.array([site for site, _ in keys], TEXT).take(encoded.indices)
        return sites, pa.array([key for _, key in keys], TEXT).take(encoded.indices)

    def sites(self, names: Any) -> Any:
        """A column of sites as written → the sites' own names (`www.el.kz` → `el.kz`); unknown ones stay."""
        return by_value(names, self._site, TEXT)

    def _site(self, name: str) -> str:
        lower = name.lower()
        if not re.fullmatch(r"[^\s/@:?#]+\.[^\s/@:?#]+", lower):
            return name
        return self.of(f"https://{lower}/")[0] or lower


def refused(checks: list[Check], rows: Any) -> tuple[Any, Iterator[tuple[Check, Iterator[tuple[int, str]]]]]:
    """(which rows are fine, each check with the (row, text) it alone refuses): a row has one reason, the first."""
    bad = pa.repeat(False, len(rows))
    found = []
    for check in checks:
        if not pc.any(check.bad, min_count=0).as_py():
            continue
        fresh = pc.and_not(check.bad, bad)
        bad = pc.or_(bad, check.bad)
        found.append((check, _quoted(check, fresh, rows)))
    return pc.invert(bad), iter(found)


def _quoted(check: Check, fresh: Any, rows: Any) -> Iterator[tuple[int, str]]:
    numbers = rows.filter(fresh).to_pylist()
    if check.shown is None:
        return zip(numbers, [""] * len(numbers), strict=True)
    start = pc.utf8_slice_codeunits(check.shown.filter(fresh), 0, 81)
    return zip(numbers, (shown or "" for shown in start.to_pylist()), strict=True)
