"""The ledger: one JSON line a batch, fsynced outside the database.

A batch counts as acknowledged once its line is on disk. Each line carries a CRC-32 of its text, so a torn or damaged
line is told from a whole one; a torn last line was never acknowledged.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from readership.store import disk

Kind = Literal["batch", "undo", "forget", "purged"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Attributes:
        kind: `batch` (data came), `undo` (a batch was taken back), `forget` (an article is taken down), `purged` (that
            takedown is through, editions and archive included).
        batch: the batch it speaks of; for `forget` and `purged` the id of the takedown.
        at: RFC 3339, UTC.
        facts: for a batch: command, options, inputs, archive files with SHA-256, rows written by table; for a takedown
            the article's site and key.
    """

    kind: Kind
    batch: str
    at: str
    facts: dict[str, Any] = field(default_factory=dict)


def append(path: Path, entry: Entry) -> None:
    """Adds a line and forces it to disk. A torn line before it is closed off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {"kind": entry.kind, "batch": entry.batch, "at": entry.at, "facts": entry.facts},
        ensure_ascii=False,
        sort_keys=True,
    )
    line = f"{zlib.crc32(text.encode()):08x} {text}\n".encode()
    with path.open("ab+") as file:
        if file.tell() and not _ends_whole(file):
            line = b"\n" + line
        start = file.seek(0, os.SEEK_END)
        try:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):  # a torn line that stays is closed off by the next one
                file.truncate(start)
            raise
    disk.sync(path.parent)


def _ends_whole(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")


def read(path: Path) -> tuple[list[Entry], int]:
    """All whole lines in order, and how many others (torn, damaged) stand between them."""
    if not path.exists():
        return [], 0
    entries: list[Entry] = []
    broken = 0
    for line in path.read_bytes().split(b"\n"):
        if line.strip():
            entry = _entry(line)
            if entry is None:
                broken += 1
            else:
                entries.append(entry)
    return entries, broken


def _entry(line: bytes) -> Entry | None:
    crc, _, text = line.partition(b" ")
    try:
        if int(crc, 16) != zlib.crc32(text):
            return None
        record = json.loads(text)
        return Entry(record["kind"], record["batch"], record["at"], record["facts"])
    except (ValueError, KeyError, TypeError):
        return None


def live(entries: list[Entry]) -> dict[str, Entry]:
    """The batches that count: acknowledged and not undone, in order."""
    batches: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind == "batch":
            batches[entry.batch] = entry
        elif entry.kind == "undo":
            batches.pop(entry.batch, None)
    return batches


def undone(entries: list[Entry]) -> set[str]:
    """Batches taken back."""
    return {entry.batch for entry in entries if entry.kind == "undo"}


def forgotten(entries: list[Entry]) -> set[tuple[str, str]]:
    """(site, article key) of the articles that were taken down and must not come back."""
    return {(entry.facts["site"], entry.facts["article_key"]) for entry in entries if entry.kind == "forget"}


def unfinished(entries: list[Entry]) -> list[Entry]:
    """Takedowns that were begun and not seen through."""
    through = {entry.batch for entry in entries if entry.kind == "purged"}
    return [entry for entry in entries if entry.kind == "forget" and entry.batch not in through]


@dataclass(frozen=True, slots=True)
class Amended:
    """What takedowns changed in earlier batches: files' hashes and rows by fact, by batch."""

    archive: dict[str, dict[str, str]] = field(default_factory=dict)
    added: dict[str, dict[str, int]] = field(default_factory=dict)


def amended(entries: list[Entry]) -> Amended:
    """The newest amendments of each batch."""
    found = Amended()
    for entry in entries:
        if entry.kind == "purged":
            found.archive.update(entry.facts.get("archive") or {})
            found.added.update(entry.facts.get("added") or {})
    return found
