"""Keeping data safe: check and repair, backup and restore."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership import sites as site_entries
from readership.errors import InputRefused, ReadershipError, StoreDamaged, UsageError
from readership.pipeline import recover
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.store import archive, edition, ledger
from readership.store.ledger import sync_folder
from readership.store.writer import locked

CONTENTS = "contents.json"


@dataclass
class Report:
    """What a check found.

    Attributes:
        problems: what is wrong, a sentence each.
        mended: what was put right, a sentence each.
        batches, rows: how much was looked at.
    """

    problems: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    batches: int = 0
    rows: int = 0

    @property
    def sound(self) -> bool:
        """Nothing is wrong (any more)."""
        return not self.problems


def check(settings: Settings, *, repair: bool = False) -> Report:
    """Compares ledger, archive, database and edition; with `repair` makes the store again from the archive if need be.

    Raises:
        StoreBusy: another process writes.
    """
    report = Report()
    known = site_entries.load(settings.sites_file)
    try:
        with recover.opened(settings, known) as (store, mended):
            report.mended += mended.lines()
            _compare(store, settings, report)
    except StoreDamaged as error:
        report.problems.append(str(error))
    if repair and not report.sound:
        _rebuild(settings, report)
    _check_edition(settings, report, repair=repair)
    return report


def _compare(store: Any, settings: Settings, report: Report) -> None:
    entries, broken = ledger.read(settings.ledger)
    if broken:
        report.mended.append(f"{broken} unreadable ledger lines were passed over; their batches have lines again.")
    live = ledger.live(entries)
    report.batches = len(live)
    for name in ("capture", "observation", "gain", "official_rate"):
        counted = store.rows_by_batch(name)
        report.rows += sum(counted.values())
        for batch, entry in live.items():
            added = entry.facts.get("added")
            if isinstance(added, dict) and counted.get(batch, 0) < added.get(name, 0) and not ledger.forgotten(entries):
                report.problems.append(
                    f"Batch {batch} wrote {added[name]} rows of {name}; {counted.get(batch, 0)} are there."
                )
    for batch, entry in live.items():
        _check_archive(settings.archive / batch, entry, report, forgot=bool(ledger.forgotten(entries)))


def _check_archive(folder: Path, entry: ledger.Entry, report: Report, *, forgot: bool) -> None:
    wanted = entry.facts.get("archive") or {}
    if not folder.exists():
        report.problems.append(f"The archive of batch {entry.batch} is gone; the store can't be made again from it.")
        return
    if forgot:
        return  # takedowns rewrite archives: their hashes have changed
    found = archive.hashes_of(folder)
    report.problems += [
        f"The archived {name} of batch {entry.batch} has changed." for name in wanted if found.get(name) != wanted[name]
    ]


def _rebuild(settings: Settings, report: Report) -> None:
    """Puts the database aside and loads every acknowledged batch from the archive again."""
    aside = settings.store.with_name(f"{settings.store.stem}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}.duckdb")
    with locked(settings):
        wal = settings.store.with_name(settings.store.name + ".wal")
        if wal.exists():
            wal.rename(aside.with_name(aside.name + ".wal"))
        if settings.store.exists():
            settings.store.rename(aside)
    try:
        known = site_entries.load(settings.sites_file)
        with recover.opened(settings, known) as (_, mended):
            reloaded = len(mended.reloaded)
    except ReadershipError as error:
        report.problems.append(f"The store could not be made again: {error}")
        return
    report.mended.append(
        f"The store was made again from the archive: {reloaded} batches. The old file is {aside.name}."
    )
    report.problems = [problem for problem in report.problems if "archive" in problem and "--repair" not in problem]
    publish(settings, full=True)


def _check_edition(settings: Settings, report: Report, *, repair: bool) -> None:
    published = edition.pointer(settings.editions)
    if published is None:
        if settings.store.exists() and repair:
            report.mended.append(f"Edition {publish(settings, full=True).number} was published.")
        elif settings.store.exists():
            report.problems.append("No edition is published. Run `readership publish`.")
        return
    problem = edition.problem(settings.editions / published.file)
    if problem and repair:
        report.mended.append(f"Edition {publish(settings, full=True).number} was published anew.")
    elif problem:
        report.problems.append(
            f"Edition {published.number} can't be read ({problem}). Run `readership publish --full`."
        )


# -- backup and restore ---
def backup(settings: Settings, target: Path) -> int:
    """Writes all that can't be made again into one tar file: archive, ledger, quarantine, database, what people made.

    The file appears under its name only when it is whole. Returns its bytes.

    Raises:
        UsageError: the target exists. StoreBusy: a run holds the store too long.
    """
    if target.exists():
        raise UsageError(f"{target.name} is there already.", "Choose another name: a backup is never written over.")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    hashes: dict[str, str] = {}
    try:
        with locked(settings), tarfile.open(fresh, "w") as tar:
            for name, path in _kept_files(settings):
                hashes[name] = archive.sha256_of(path)
                tar.add(path, name, recursive=False)
            _add_state(settings, tar, hashes)
            _add_bytes(tar, CONTENTS, json.dumps(hashes).encode())
        archive.sync_file(fresh)
        size = fresh.stat().st_size
        fresh.rename(target)
        sync_folder(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return size


def _kept_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    yield from ((f"store/{path.name}", path) for path in (settings.store, settings.ledger) if path.exists())
    wal = settings.store.with_name(settings.store.name + ".wal")
    if wal.exists():
        yield f"store/{wal.name}", wal
    for folder in (settings.archive, settings.quarantine):
        for path in sorted(folder.rglob("*")) if folder.exists() else []:
            if path.is_file() and archive.INCOMING not in str(path.relative_to(settings.data)):
                yield str(path.relative_to(settings.data)), path


def _add_state(settings: Settings, tar: tarfile.TarFile, hashes: dict[str, str]) -> None:
    """A consistent copy of state.sqlite, while others may write to it."""
    if not settings.state.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "state.sqlite"
        source, target = sqlite3.connect(settings.state), sqlite3.connect(copy)
        source.backup(target)
        source.close()
        target.close()
        hashes["state.sqlite"] = archive.sha256_of(copy)
        tar.add(copy, "state.sqlite")


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def restore(settings: Settings, source: Path) -> Report:
    """Brings a backup back into an empty data folder, checks every file's hash, and publishes.

    Raises:
        UsageError: the data folder holds a store already. InputRefused: the backup is not whole.
    """
    if settings.store.exists() or settings.ledger.exists():
        raise UsageError(
            f"{settings.data.name}/ holds a store already.",
            "Restore into an empty folder (READERSHIP_DATA), or move it away.",
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=".restoring-") as work:
        _unpack(source, Path(work))
        for path in sorted(Path(work).rglob("*")):
            if path.is_file():
                goal = settings.data / path.relative_to(work)
                goal.parent.mkdir(parents=True, exist_ok=True)
                path.rename(goal)
    report = check(settings, repair=True)
    if settings.store.exists():
        publish(settings)
    return report


def _unpack(source: Path, work: Path) -> None:
    broken = InputRefused(f"{source.name} is not a whole backup.", "Take another one; nothing was changed.")
    try:
        with tarfile.open(source) as tar:
            tar.extractall(work, filter="data")
        wanted: dict[str, str] = json.loads((work / CONTENTS).read_text())
        (work / CONTENTS).unlink()
    except (OSError, tarfile.TarError, ValueError, EOFError) as error:
        raise broken from error
    for name, digest in wanted.items():
        path = work / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise broken


def batch_list(settings: Settings) -> list[dict[str, Any]]:
    """All batches of the ledger, newest first: id, state, when, command, counts."""
    entries, _ = ledger.read(settings.ledger)
    undone = ledger.undone(entries)
    return [
        {"batch": one.batch, "at": one.at, "state": "undone" if one.batch in undone else "live", **one.facts}
        for one in reversed(entries)
        if one.kind == "batch"
    ]


def batch_show(settings: Settings, batch: str) -> dict[str, Any]:
    """One batch: its ledger line and what its archive says.

    Raises:
        UsageError: there is no such batch.
    """
    for one in batch_list(settings):
        if one["batch"] == batch:
            folders = (settings.archive / batch, settings.archive / f"{recover.UNDONE}{batch}")
            described = next((archive.described(folder) for folder in folders if folder.exists()), {})
            return {**one, "tables": described.get("tables", []), "rejects": described.get("rejects", [])}
    raise UsageError(f"There is no batch {batch}.", "`readership batch list` names them.")
