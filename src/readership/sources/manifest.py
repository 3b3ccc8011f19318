"""The sidecar of a folder or zip of pages: which file is which URL, and when it was captured."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from readership.models import Reject
from readership.sources import instants

NAMES = ("manifest.csv", "manifest.jsonl")
LARGEST = 200_000_000
"""Bytes of a manifest that are read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of one file; None where it says nothing."""

    url: str | None = None
    captured_at: datetime | None = None


Manifest = Mapping[str, Entry]
"""File, as a path with `/` from the manifest's own folder → what is said of it."""


def read(data: bytes, origin: str) -> tuple[dict[str, Entry], list[Reject]]:
    """A manifest (columns `file`, `url`, `captured_at`) and its rows that can't be read."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return {}, [Reject(origin, "The manifest is no UTF-8 text.", "Save it as UTF-8.")]
    records = _json(text) if origin.endswith(".jsonl") else _csv(text)
    entries: dict[str, Entry] = {}
    rejects: list[Reject] = []
    try:
        for row, record in enumerate(records, 1):
            file = _text(record, "file")
            if file is None:
                rejects.append(
                    Reject(origin, "The row names no file.", "Its columns are file, url, captured_at.", row=row)
                )
                continue
            entries[file.replace("\\", "/").removeprefix("./")] = _entry(record, origin, row, rejects)
    except (ValueError, csv.Error, RecursionError) as error:
        rejects.append(Reject(origin, f"The manifest can't be read to its end: {error}."))
    return entries, rejects


def _csv(text: str) -> Iterator[Mapping[str, object]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    # Rows with more cells than columns have the rest under the key None.
    return ({str(name): value for name, value in row.items() if name} for row in reader)


def _json(text: str) -> Iterator[Mapping[str, object]]:
    for line in text.split("\n"):
        if line.strip():
            record = json.loads(line)
            yield record if isinstance(record, dict) else {}


def _text(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _entry(record: Mapping[str, object], origin: str, row: int, rejects: list[Reject]) -> Entry:
    url, said = _text(record, "url"), _text(record, "captured_at")
    if said is None:
        return Entry(url)
    moment = instants.instant(said)
    if isinstance(moment, str):
        reason = f"captured_at {moment}: “{said[:80]}”"
        rejects.append(Reject(origin, reason, instants.INSTANT_HINT + " The page is taken without it.", row=row))
        return Entry(url)
    return Entry(url, moment)
