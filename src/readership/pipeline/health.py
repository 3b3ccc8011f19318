"""How the parts stand, told from their files without opening a database: what an admin looks at first."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from readership import queries
from readership.settings import Settings
from readership.store import disk, ledger

LOW_SHARE, LOW_BYTES = 0.05, 1 << 30
"""Less free room than both a twentieth of the disk and a gigabyte is said to be low."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found. Sizes are bytes, moments aware and UTC.

    Attributes:
        edition: number of the current edition; None when nothing is published, or its file is not there.
        built: when it was published.
        batches: whole batches in the ledger, taken back or not; last: the moment of its last line.
        torn: lines of the ledger that are torn or damaged.
        free, room: of the disk that the data lie on.
    """

    edition: int | None
    built: datetime | None
    editions_size: int
    store_size: int | None
    batches: int
    last: datetime | None
    torn: int
    state_size: int | None
    archive_size: int
    quarantined: int
    free: int
    room: int

    @property
    def is_low(self) -> bool:
        """Whether room runs short."""
        return self.free < LOW_BYTES and self.free < LOW_SHARE * self.room


@disk.plainly()
def facts(settings: Settings) -> Health:
    """How the parts stand at this moment.

    Raises:
        ReadershipError: the data folder can't be read.
    """
    edition, (entries, torn) = queries.current(settings), ledger.read(settings.ledger)
    usage = shutil.disk_usage(settings.data if settings.data.exists() else settings.data.parent)
    return Health(
        edition=edition.number if edition else None,
        built=datetime.fromisoformat(edition.built_at) if edition else None,
        editions_size=_size(settings.editions),
        store_size=_one(settings.store),
        batches=sum(entry.kind == "batch" for entry in entries),
        last=datetime.fromisoformat(entries[-1].at) if entries else None,
        torn=torn,
        state_size=_one(settings.state),
        archive_size=_size(settings.archive),
        quarantined=sum(1 for path in settings.quarantine.rglob("*") if path.is_file()),
        free=usage.free,
        room=usage.total,
    )


def _one(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None


def _size(folder: Path) -> int:
    """Bytes of all files in a folder; one that goes away meanwhile counts no more."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
