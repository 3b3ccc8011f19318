"""Bringing ledger, database and archive together again after a crash, at every opening for writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from readership.pipeline import batches
from readership.settings import Settings
from readership.sites import Sites
from readership.store import archive, ledger
from readership.store.writer import Writer, writer

UNDONE = ".undone-"
"""Prefix of the archive folder of a batch that was taken back."""


@dataclass
class Mended:
    """What an opening found and put right; empty after an orderly end."""

    reloaded: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.reloaded or self.acknowledged or self.removed)

    def lines(self) -> list[str]:
        """What was done, a sentence a batch."""
        return [
            *(f"Batch {one} was loaded again from the archive." for one in self.reloaded),
            *(f"Batch {one} was whole and has its ledger line again." for one in self.acknowledged),
            *(f"Batch {one}, undone before, was taken out." for one in self.removed),
        ]


@contextmanager
def opened(settings: Settings, sites: Sites) -> Iterator[tuple[Writer, Mended]]:
    """The store opened for writing, reconciled with ledger and archive.

    Raises:
        StoreBusy, StoreDamaged, DiskFull.
    """
    with writer(settings) as store:
        yield store, reconcile(store, sites)


def reconcile(store: Writer, sites: Sites) -> Mended:
    """Makes the database hold just the batches that the ledger and the archive say it should.

    * Undone in the ledger, still in the database: taken out.
    * In the ledger, not in the database (a log lost its end): loaded again.
    * In the database, not in the ledger (died between commit and ledger line): acknowledged.
    * Only in the archive (died before the commit; all of its input is on disk): loaded and acknowledged.
    """
    mended = Mended()
    entries, _ = ledger.read(store.settings.ledger)
    live, undone, there = ledger.live(entries), ledger.undone(entries), store.batches()
    for one in sorted(there & undone):
        store.delete_batch(one)
        mended.removed.append(one)
    archived = {path.name for path in folders(store.settings)}
    for one in sorted(undone & archived):
        (store.settings.archive / one).rename(store.settings.archive / f"{UNDONE}{one}")
    for one in [one for one in live if one not in there]:
        batches.replay(store, sites, one)
        mended.reloaded.append(one)
    for one in sorted(there - set(live) - undone):
        _acknowledge(store, one)
        mended.acknowledged.append(one)
    for one in sorted(archived - set(live) - undone - there):
        batches.replay(store, sites, one)
        _acknowledge(store, one)
        mended.reloaded.append(one)
    return mended


def folders(settings: Settings) -> list[Path]:
    """Folders of whole batches in the archive."""
    if not settings.archive.exists():
        return []
    return sorted(path for path in settings.archive.iterdir() if path.is_dir() and not path.name.startswith("."))


def _acknowledge(store: Writer, batch: str) -> None:
    folder = store.settings.archive / batch
    facts = {**store.batch_facts(batch), "archive": archive.hashes_of(folder) if folder.exists() else {}}
    ledger.append(store.settings.ledger, ledger.Entry("batch", batch, datetime.now(UTC).isoformat(), facts))
