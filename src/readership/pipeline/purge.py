"""Taking an article down everywhere: rows, archived inputs, quarantine, editions. Each step can be done again.

A takedown is begun with its `forget` line in the ledger and through with its `purged` line; whatever dies in between,
the next opening for writing takes rows and archive up again, and the next publish the editions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from readership.errors import InputRefused
from readership.models import Capture
from readership.pipeline import batches, read, rows
from readership.settings import Settings
from readership.sites import Sites
from readership.sources import TableInput
from readership.store import archive, disk, edition, ledger
from readership.store.writer import Writer

COUNTED = ("capture", "observation", "gain", "official_rate")
"""Facts whose rows a check counts against the ledger."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Takedowns whose rows and archived inputs are gone, with what a check shall expect from now on.

    Attributes:
        entries: their ledger lines.
        archive: by batch, SHA-256 by file, for the batches whose files have changed.
        added: by batch, rows by fact.
    """

    entries: tuple[ledger.Entry, ...]
    archive: dict[str, dict[str, str]]
    added: dict[str, dict[str, int]]


def facts_and_archive(store: Writer, sites: Sites, entry: ledger.Entry) -> tuple[int, int]:
    """Takes an article's rows out of the store and its pages and rows out of the archive; returns how many of each."""
    article = (entry.facts["site"], entry.facts["article_key"])
    gone = store.delete_article(*article)
    return gone, sum(_purge(folder, store.settings, sites, article) for folder in _archived(store.settings))


def begun(store: Writer) -> Begun | None:
    """The takedowns that wait for their editions; None when there is none. Their rows and archive are gone."""
    entries, _ = ledger.read(store.settings.ledger)
    waiting = ledger.unfinished(entries)
    if not waiting:
        return None
    live, amended = ledger.live(entries), ledger.amended(entries)
    hashes = {}
    for batch, entry in live.items():
        folder = store.settings.archive / batch
        found = archive.hashes_of(folder) if folder.exists() else {}
        if found != {**(entry.facts.get("archive") or {}), **amended.archive.get(batch, {})}:
            hashes[batch] = found
    counts = {name: store.rows_by_batch(name) for name in COUNTED}
    added = {batch: {name: counts[name].get(batch, 0) for name in COUNTED} for batch in live}
    return Begun(tuple(waiting), hashes, added)


def finish(settings: Settings, published: edition.Published, found: Begun) -> None:
    """Deletes the editions made before, and notes that the takedowns are through."""
    for path in settings.editions.glob("[0-9]*.duckdb"):
        if path.name != published.file:
            path.unlink(missing_ok=True)
    facts = {"archive": found.archive, "added": found.added}
    for entry in found.entries:
        ledger.append(settings.ledger, ledger.Entry("purged", entry.batch, datetime.now(UTC).isoformat(), facts))


def _archived(settings: Settings) -> list[Path]:
    """All archive folders, those of undone batches too."""
    if not settings.archive.exists():
        return []
    return sorted(path for path in settings.archive.iterdir() if (path / archive.BATCH).exists())


def _purge(folder: Path, settings: Settings, sites: Sites, article: tuple[str, str]) -> int:
    """Takes an article's pages and rows out of one archived batch."""

    def other(capture: Capture) -> bool:
        if _article_of(capture, sites) != article:
            return True
        (settings.quarantine / capture.sha256).unlink(missing_ok=True)
        return False

    gone = archive.rewrite_pages(folder, other)
    described = archive.described(folder)
    for table in described["tables"]:
        gone += _purge_table(folder, table, described, settings, sites, article)
    archive.describe(folder, described)
    named = {table["file"] for table in described["tables"]}
    for path in (folder / "tables").glob("*"):
        if path.name not in named:
            path.unlink()
    return gone


def _article_of(capture: Capture, sites: Sites) -> tuple[str, str] | None:
    try:
        facts, _ = read.read_page(capture, sites)
    except InputRefused:
        return sites.key(capture.url) if capture.url else None
    return facts.site or rows.UNKNOWN_SITE, facts.article_key or rows.keyless(facts)


def _purge_table(
    folder: Path,
    table: dict[str, Any],
    facts: dict[str, Any],
    settings: Settings,
    sites: Sites,
    article: tuple[str, str],
) -> int:
    """Writes an archived table again without an article's rows, as Parquet of our columns; returns how many went."""
    if table["kind"] == batches.OFFICIAL:
        return 0
    path = folder / "tables" / table["file"]
    fresh = path.with_name(f"{path.name}.kept.parquet")
    gone = 0
    writer: pq.ParquetWriter | None = None
    for part in _parts(folder, table, facts, settings, sites):
        wanted = (pc.equal(part.column("site"), article[0]), pc.equal(part.column("article_key"), article[1]))
        keep = pc.invert(pc.and_(*wanted))
        kept = pa.Table.from_batches([part]).filter(pc.fill_null(keep, True)).drop_columns(["row"])
        writer = writer or pq.ParquetWriter(fresh, kept.schema)
        writer.write_table(kept)
        gone += part.num_rows - kept.num_rows
    if writer:
        writer.close()
    if not gone:
        fresh.unlink(missing_ok=True)
        return 0
    disk.sync(fresh)
    table |= {"file": fresh.name, "ours": True}
    return gone


def _parts(
    folder: Path, table: dict[str, Any], facts: dict[str, Any], settings: Settings, sites: Sites
) -> Iterator[Any]:
    for one in batches.archived_table(folder, table, facts, settings, sites):
        if isinstance(one, TableInput):
            yield from one.batches()
