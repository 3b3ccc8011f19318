"""Bringing ledger, database and archive together again after a crash, at every opening for writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from readership.errors import ArchiveDamaged
from readership.pipeline import batches, purge
from readership.settings import Settings
from readership.sites import Sites
from readership.store import archive, ledger
from readership.store.writer import Writer, writer

UNDONE = ".undone-"
"""Prefix of the archive folder of a batch that was taken back."""
REFUSED = ".refused-"
"""Prefix of an archive folder that no ledger line speaks of and that can't be read."""


@dataclass
class Mended:
    """What an opening found and put right; empty after an orderly end."""

    reloaded: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines())

    def lines(self) -> list[str]:
        """What was done, a sentence a batch."""
        return [
            *(f"Batch {one} was loaded again from the archive." for one in self.reloaded),
            *(f"Batch {one} was whole and has its ledger line again." for one in self.acknowledged),
            *(f"Batch {one}, undone before, was taken out." for one in self.removed),
            *(
                f"Batch {one} was never acknowledged and its archive can't be read: it is in archive/{REFUSED}{one}."
                for one in self.refused
            ),
        ]


def nothing(settings: Settings) -> bool:
    """Neither database nor ledger: no batch was ever taken (a lost database alone comes back from the archive)."""
    return not settings.store.exists() and not settings.ledger.exists()


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

    * In the ledger, not in the database (a log lost its end): loaded again, unless its archive says it was undone.
    * Undone in the ledger, still in the database: taken out.
    * In the database, not in the ledger (died between commit and ledger line): acknowledged.
    * Only in the archive (died before the commit; all of its input is on disk): loaded and acknowledged; one that can't
      be read was acknowledged to nobody, and is put aside.
    * Takedowns that were begun: rows and archive are seen to.
    """
    mended = Mended()
    entries, _ = ledger.read(store.settings.ledger)
    live, undone, there = ledger.live(entries), ledger.undone(entries), store.batches()
    for one in [one for one in live if one not in there]:
        if (store.settings.archive / f"{UNDONE}{one}").exists():
            ledger.append(store.settings.ledger, ledger.Entry("undo", one, datetime.now(UTC).isoformat()))
            continue
        batches.replay(store, sites, one)
        mended.reloaded.append(one)
    for one in sorted(there & undone):
        take_out(store, sites, one)
        mended.removed.append(one)
    archived = {path.name for path in folders(store.settings)}
    for one in sorted(undone & archived):
        set_aside(store.settings, one)
    for one in sorted(there - set(live) - undone):
        _acknowledge(store, one)
        mended.acknowledged.append(one)
    for one in sorted(archived - set(live) - undone - there):
        _adopt(store, sites, one, mended)
    for entry in ledger.unfinished(entries):
        purge.facts_and_archive(store, sites, entry)
    return mended


def _adopt(store: Writer, sites: Sites, batch: str, mended: Mended) -> None:
    try:
        batches.replay(store, sites, batch)
    except ArchiveDamaged:
        (store.settings.archive / batch).rename(store.settings.archive / f"{REFUSED}{batch}")
        mended.refused.append(batch)
        return
    _acknowledge(store, batch)
    mended.reloaded.append(batch)


def sharing(settings: Settings, batch: str) -> list[str]:
    """Live batches that met facts already there, and may have shared them with the one that goes."""
    live = batches.live_batches(settings)
    return [one for one, entry in live.items() if one != batch and _shared(entry)]


def _shared(entry: ledger.Entry) -> bool:
    duplicates = entry.facts.get("duplicates")
    return not isinstance(duplicates, dict) or sum(duplicates.values()) > 0


def take_out(store: Writer, sites: Sites, batch: str) -> tuple[int, list[str]]:
    """Takes an undone batch's facts out and brings back those that others had brought too; how many went, who reloaded.

    The batch's row goes last: as long as it is there, the next opening does all of this again.
    """
    gone = store.delete_facts(batch)
    others = sharing(store.settings, batch)
    for one in others:
        batches.replay(store, sites, one)
    return gone + store.delete_batch(batch), others


def set_aside(settings: Settings, batch: str) -> None:
    """Marks the archive of a batch as taken back; its input stays."""
    folder = settings.archive / batch
    if folder.exists():
        folder.rename(settings.archive / f"{UNDONE}{batch}")


def folders(settings: Settings) -> list[Path]:
    """Folders of whole batches in the archive."""
    if not settings.archive.exists():
        return []
    return sorted(path for path in settings.archive.iterdir() if path.is_dir() and not path.name.startswith("."))


def _acknowledge(store: Writer, batch: str) -> None:
    folder = store.settings.archive / batch
    facts = {**store.batch_facts(batch), "archive": archive.hashes_of(folder) if folder.exists() else {}}
    ledger.append(store.settings.ledger, ledger.Entry("batch", batch, datetime.now(UTC).isoformat(), facts))
