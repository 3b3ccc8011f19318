"""Keeping data safe: check and repair, backup and restore."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership import sites as site_entries
from readership.errors import ArchiveDamaged, InputRefused, ReadershipError, StoreDamaged, StoreTooNew, UsageError
from readership.pipeline import purge, recover
from readership.pipeline.collect.status import file_of as collect_file
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.store import archive, disk, edition, ledger
from readership.store.writer import Writer, locked

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


@disk.plainly()
def check(settings: Settings, *, repair: bool = False) -> Report:
    """Compares ledger, archive, database and edition; with `repair` makes the store again from the archive if need be.

    Raises:
        StoreBusy: another process writes. StoreTooNew: a newer version wrote the store.
    """
    report = Report()
    broken = _look(settings, report)
    if repair and broken:
        _rebuild(settings, report)
    _check_edition(settings, report, repair=repair)
    return report


def _look(settings: Settings, report: Report) -> bool:
    """Fills the report; says whether the database is what is wrong, so that making it again would help."""
    try:
        with recover.opened(settings, site_entries.load(settings.sites_file)) as (store, mended):
            report.mended += mended.lines()
            lacking = _lacking(store, settings, report)
            store.read_all()
    except StoreTooNew:
        raise
    except ArchiveDamaged as error:
        report.problems.append(str(error))
        return False
    except StoreDamaged as error:
        report.problems.append(str(error))
        return True
    report.problems += lacking
    _check_archives(settings, report)
    return bool(lacking)


def _lacking(store: Writer, settings: Settings, report: Report) -> list[str]:
    """Batches of which the database has fewer rows than their ledger line says, a sentence each."""
    entries, broken = ledger.read(settings.ledger)
    if broken:
        report.mended.append(
            f"{broken} unreadable lines of the ledger were passed over; their batches have lines again. "
            "If one of them was a takedown, say `readership article forget` again."
        )
    live, amended = ledger.live(entries), ledger.amended(entries).added
    report.batches = len(live)
    problems = []
    for name in purge.COUNTED:
        counted = store.rows_by_batch(name)
        report.rows += sum(counted.values())
        for batch, entry in live.items():
            added = amended.get(batch, entry.facts.get("added"))
            if isinstance(added, dict) and counted.get(batch, 0) < added.get(name, 0):
                problems.append(f"Batch {batch} wrote {added[name]} rows of {name}; {counted.get(batch, 0)} are there.")
    return problems


def _check_archives(settings: Settings, report: Report) -> None:
    entries, _ = ledger.read(settings.ledger)
    amended = ledger.amended(entries).archive
    for batch, entry in ledger.live(entries).items():
        folder = settings.archive / batch
        if not folder.exists():
            report.problems.append(
                f"The archive of batch {batch} is gone: the store can't be made again from it. "
                "Restore `archive/` from a backup."
            )
            continue
        wanted = amended.get(batch, entry.facts.get("archive") or {})
        found = archive.hashes_of(folder)
        report.problems += [
            f"The archived {name} of batch {batch} has changed. Restore `archive/` from a backup."
            for name in wanted
            if found.get(name) != wanted[name]
        ]


def _rebuild(settings: Settings, report: Report) -> None:
    """Puts the database aside and loads every batch from the archive again; puts it back when that fails."""
    aside = settings.store.with_name(f"{settings.store.stem}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}.duckdb")
    _swap(settings, settings.store, aside)
    again = Report(mended=report.mended)
    try:
        _look(settings, again)
    except ReadershipError as error:
        again.problems.append(str(error))
    if again.problems:
        _swap(settings, aside, settings.store)
        report.problems += [f"The store could not be made again: {problem}" for problem in again.problems]
        return
    report.mended = [line for line in again.mended if "loaded again" not in line]
    report.mended.append(
        f"The store was made again from the archive ({again.batches} batches); the old file is {aside.name}."
    )
    report.problems, report.batches, report.rows = [], again.batches, again.rows
    publish(settings, full=True)


def _swap(settings: Settings, source: Path, goal: Path) -> None:
    """Moves a database with its log to another name, over what is there."""
    with locked(settings):
        for suffix in (".wal", ""):
            old, new = (path.with_name(path.name + suffix) for path in (source, goal))
            new.unlink(missing_ok=True)
            if old.exists():
                old.rename(new)


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
@disk.plainly()
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
            _add_collect(settings, tar, hashes)
            _add_bytes(tar, CONTENTS, json.dumps(hashes).encode())
        disk.sync(fresh)
        size = fresh.stat().st_size
        fresh.rename(target)
        disk.sync(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return size


def _kept_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    yield from ((f"store/{path.name}", path) for path in (settings.store, settings.ledger) if path.exists())
    wal = settings.store.with_name(settings.store.name + ".wal")
    if wal.exists():
        yield f"store/{wal.name}", wal
    own = {"sites.toml": settings.sites_file, "topics.tsv": settings.topics_file, "people.toml": settings.people_file}
    for name, path in {**own, "link.key": settings.link_key}.items():
        if path and path.exists():
            yield name, path
    for folder in (settings.archive, settings.quarantine):
        for path in sorted(folder.rglob("*")) if folder.exists() else []:
            if path.is_file() and archive.INCOMING not in str(path.relative_to(settings.data)):
                yield str(path.relative_to(settings.data)), path


def _add_state(settings: Settings, tar: tarfile.TarFile, hashes: dict[str, str]) -> None:
    """Consistent copies of what people make and of what the collector remembers, while others may write to them."""
    for path in (settings.state, collect_file(settings)):
        if path.exists():
            _add_database(path, str(path.relative_to(settings.data)), tar, hashes)


def _add_database(path: Path, name: str, tar: tarfile.TarFile, hashes: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        source, target = sqlite3.connect(path), sqlite3.connect(copy)
        source.backup(target)
        source.close()
        target.close()
        hashes[name] = archive.sha256_of(copy)
        tar.add(copy, name)


def _add_collect(settings: Settings, tar: tarfile.TarFile, hashes: dict[str, str]) -> None:
    """Answers that wait to be taken in. After the collector's memory, so that none is missing that it counts as had.

    One that is being written is taken as far as it is; a start cuts it back to its last whole answer.
    """
    folder = collect_file(settings).parent
    waiting = [*sorted(folder.glob("spool/*")), folder / "unpublished"]
    for path in waiting:
        with suppress(FileNotFoundError):
            data = path.read_bytes()
            name = str(path.relative_to(settings.data))
            hashes[name] = hashlib.sha256(data).hexdigest()
            _add_bytes(tar, name, data)


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


@disk.plainly()
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
        # Sorted, `store/` comes last: a restore that was cut short can be said again.
        for name in sorted(_unpack(source, Path(work))):
            goal = settings.data / name
            goal.parent.mkdir(parents=True, exist_ok=True)
            for log in ("-wal", "-shm"):  # of a database that stood here before: it would be played into the new one
                goal.with_name(goal.name + log).unlink(missing_ok=True)
            (Path(work) / name).rename(goal)
    return check(settings_of(settings), repair=True)


def settings_of(settings: Settings) -> Settings:
    """The same settings with the site entries that a restore may have brought."""
    own = settings.data / "sites.toml"
    return replace(settings, sites_file=own) if settings.sites_file is None and own.exists() else settings


def _unpack(source: Path, work: Path) -> list[str]:
    """Unpacks and proves a backup; the names of its files.

    Raises:
        InputRefused: a file is missing, or is not what the backup's own list says.
    """
    broken = InputRefused(f"{source.name} is not a whole backup.", "Take another one; nothing was changed.")
    try:
        with tarfile.open(source) as tar:
            tar.extractall(work, filter="data")
        wanted: dict[str, str] = json.loads((work / CONTENTS).read_text())
        same = all((work / name).is_file() and archive.sha256_of(work / name) == wanted[name] for name in wanted)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise broken from error
    except (tarfile.TarError, ValueError, EOFError, TypeError, AttributeError) as error:
        raise broken from error
    if not same:
        raise broken
    return list(wanted)


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
