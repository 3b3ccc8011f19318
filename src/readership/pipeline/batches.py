"""Making a batch: archive, parse and enrich, one transaction, ledger line; and making it again from the archive."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from readership import rates
from readership.enrich import topics
from readership.errors import ArchiveDamaged, InputRefused, ReadershipError, Removed
from readership.models import Capture, Reject
from readership.pipeline import read, rows
from readership.settings import Settings
from readership.sites import Sites
from readership.sources import Limits, TableInput, open_inputs
from readership.store import archive, ledger, schemas
from readership.store.writer import Committed, Writer

CHUNK = 250
"""Pages read in one go, by one worker."""
POOL_FROM = 2_000
"""Pages of one batch from which on workers are worth their start."""
WORKERS = 2
SMALL_TABLE_ROWS = 50_000
MAX_TOLD = 100_000
"""Refused inputs named in the archive's description."""
MAX_ROWS_TOLD = 1_000
"""Rows of one piece of a table that are rejected one by one for a moment in the future."""
CLOCK_SLACK = timedelta(minutes=10)
"""A moment later than this after its receipt is rejected (DEFINITIONS, Readings)."""
_FUTURE = "lies in the future"
_CLOCK = "Look after the clock, and the offset, of whoever captured it."
_DAY = timedelta(days=1)
OFFICIAL = "official"


@dataclass
class Summary:
    """What a run did.

    Attributes:
        batch: id of the batch; None when nothing was taken and so nothing written.
        accepted: pages and table rows taken, those that were there already included.
        rejected: inputs and rows not taken, each with its reason in `rejects`.
        added, duplicates: rows new to the store and rows it had already, by fact.
        passed_over: what was left aside without being a fault (hidden files, revisit records …), by kind.
    """

    batch: str | None
    accepted: int = 0
    rejected: int = 0
    pages: int = 0
    added: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    edition: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The summary as JSON values."""
        return {**asdict(self), "rejects": [asdict(reject) for reject in self.rejects]}


def read_chunk(
    captures: list[Capture], sites: Sites, latest: datetime | None = None, own_topics: Path | None = None
) -> tuple[dict[str, pa.Table], list[tuple[int, Reject]]]:
    """Facts of some pages as Arrow tables, and the rejected ones by their place.

    Args:
        latest: a page said to be captured later is not taken.
        own_topics: the newsroom's own topics file.
    """
    found = rows.new_rows()
    rejects: list[tuple[int, Reject]] = []
    for place, capture in enumerate(captures):
        try:
            if not _read_one(found, capture, sites, latest, own_topics):
                rejects.append((place, Reject(capture.origin, rows.TOO_HIGH, rows.TOO_HIGH_HINT, capture.sha256)))
        except InputRefused as error:
            rejects.append((place, Reject(capture.origin, error.message, error.hint, capture.sha256)))
        except Exception as error:  # one page's fault must not cost the others; its bytes are kept
            told = f"Reading the page failed ({type(error).__name__})."
            rejects.append((place, Reject(capture.origin, told, "Please report it with the page.", capture.sha256)))
    return {name: schemas.table(name, records) for name, records in found.items()}, rejects


def _read_one(
    found: rows.Rows, capture: Capture, sites: Sites, latest: datetime | None, own_topics: Path | None
) -> bool:
    """Adds the facts of one page; False when its counter was left out as too high to be one."""
    if latest and capture.captured_at and capture.captured_at > latest:
        raise InputRefused(f"The moment of capture lies in the future: {capture.captured_at.isoformat()}.", _CLOCK)
    if capture.status in rows.GONE and capture.url:
        rows.add_gone(found, capture, *sites.key(capture.url))
        return True
    if capture.status is not None and not 200 <= capture.status < 300:
        raise InputRefused(f"The server answered {capture.status}, which is no page.", "Capture it again later.")
    try:
        facts, enrichment = read.read_page(capture, sites, own_topics)
    except Removed:
        if not capture.url:
            raise
        notice = replace(capture, status=rows.SAYS_REMOVED)
        rows.add_gone(found, notice, *sites.key(capture.url), layout="notice")
        return True
    return rows.add_page(found, capture, facts, enrichment)


class Batch:
    """A batch in the making, on an open writer."""

    def __init__(
        self, writer: Writer, sites: Sites, batch: str, facts: dict[str, Any], *, replay: bool = False
    ) -> None:
        self.writer = writer
        self.settings = writer.settings
        self.sites = sites
        topics.load(self.settings.topics_file)  # a fault in it is told before anything is read
        self.summary = Summary(batch)
        self.facts = facts
        self.started_at = datetime.now(UTC)
        self.incoming = None if replay else archive.Incoming(self.settings.archive, batch)
        self.tally: Counter[str] = Counter()
        self.roots: tuple[str, ...] = ()
        self.outside: list[Reject] = []
        """Rejects that reading the archive again does not find again."""
        self._chunk: list[Capture] = []
        self._pool: ProcessPoolExecutor | None = None
        self._pending: deque[tuple[list[Capture], Future[Any]]] = deque()

    # -- what comes in ---
    def page(self, capture: Capture) -> None:
        """Takes a page."""
        capture = replace(capture, origin=self.named(capture.origin))
        if self.incoming:
            self.incoming.add_page(capture)
        self.summary.pages += 1
        self._chunk.append(capture)
        if len(self._chunk) >= CHUNK:
            self._flush()

    def table(self, table: TableInput) -> None:
        """Takes a table of articles, counters or gains."""
        table = replace(table, origin=self.named(table.origin))
        if self.incoming:
            self.incoming.add_table(table.path, {"origin": table.origin, "kind": table.kind, "meter": table.meter})
        told: list[Reject] = []
        gains: list[pa.Table] = []
        for batch in table.batches(told.append):
            self._table_batch(table, batch, told, gains)
        if gains:
            self._stage({"gain": rows.summed_gains(gains)})
        self._reject(told)

    def _table_batch(self, table: TableInput, batch: Any, told: list[Reject], gains: list[pa.Table]) -> None:
        if table.kind == "articles":
            found = rows.new_rows()
            refused = rows.add_article_rows(found, batch, table, self.sites, self.settings.topics_file)
            told.extend(refused)
            self.summary.accepted += batch.num_rows - len(refused)
            self._stage({name: schemas.table(name, records) for name, records in found.items()})
            return
        batch = self._not_ahead(self._with_key(self._countable(batch, table, told), table, told), table, told)
        self.summary.accepted += batch.num_rows
        if table.kind == "counters":
            observations, distinct = rows.counter_rows(batch, table.meter)
            self._stage({"article": distinct, "observation": observations})
        else:
            found, distinct = rows.gain_rows(batch, self.sites)
            gains.append(found)
            self._stage({"article": distinct})

    def _with_key(self, batch: Any, table: TableInput, told: list[Reject]) -> Any:
        """Rows whose URL led to an article; the others are rejected."""
        known = pa.compute.and_(batch.column("site").is_valid(), batch.column("article_key").is_valid())
        if pa.compute.all(known).as_py() or not batch.num_rows:
            return batch
        without = batch.filter(pa.compute.invert(known)).column("row").to_pylist()
        reason, hint = "The row's URL names no article", "Give the site with --site."
        told.extend(Reject(table.origin, reason, hint, row=row) for row in without)
        return batch.filter(known)

    def _countable(self, batch: Any, table: TableInput, told: list[Reject]) -> Any:
        """Rows whose views an article can have had; the others are rejected."""
        fine = pa.compute.less_equal(batch.column("views"), rows.MOST_VIEWS)
        if pa.compute.all(fine).as_py() is not False:
            return batch
        beyond = batch.filter(pa.compute.invert(fine)).column("row").to_pylist()
        told.extend(Reject(table.origin, rows.TOO_HIGH, rows.TOO_HIGH_HINT, row=row) for row in beyond)
        return batch.filter(fine)

    def _not_ahead(self, batch: Any, table: TableInput, told: list[Reject]) -> Any:
        """Rows of moments that had come when they were received; the others are rejected."""
        if self.latest is None:
            return batch
        name, last = ("observed_at", self.latest) if table.kind == "counters" else ("day", self.latest.date() + _DAY)
        ahead = pa.compute.fill_null(pa.compute.greater(batch.column(name), pa.scalar(last)), False)
        if not pa.compute.any(ahead, min_count=0).as_py():
            return batch
        numbers = batch.filter(ahead).column("row").to_pylist()
        told.extend(Reject(table.origin, f"{name} {_FUTURE}", _CLOCK, row=row) for row in numbers[:MAX_ROWS_TOLD])
        if len(numbers) > MAX_ROWS_TOLD:
            told.append(Reject(table.origin, f"{name} {_FUTURE}: {len(numbers) - MAX_ROWS_TOLD} more rows", _CLOCK))
        return batch.filter(pa.compute.invert(ahead))

    @property
    def latest(self) -> datetime | None:
        """The last moment that can have come when the batch was received; None for made-up data."""
        return None if self.facts.get("demo") else self.started_at + CLOCK_SLACK

    def official(self, path: Path, origin: str) -> None:
        """Takes a file of official rates."""
        if self.incoming:
            self.incoming.add_table(path, {"origin": origin, "kind": OFFICIAL})
        found, rejects = rates.official.read(path.read_bytes(), origin)
        if rates.official.is_empty_day(rejects):  # a weekend or holiday: no fault of anybody's
            self.tally["days without rates"] += 1
            rejects = []
        if rejects and not found:
            kept = keep_bytes(self.settings, path.read_bytes())
            rejects = [Reject(one.origin, one.reason, one.hint, kept, one.row) for one in rejects]
        staged = rows.new_rows()
        rows.add_official(staged, found)
        self.summary.accepted += len(found)
        self._stage({name: schemas.table(name, records) for name, records in staged.items()})
        self._reject(rejects)

    def reject(self, *rejects: Reject) -> None:
        """Notes inputs that were refused before they came here, and so are in no archive."""
        before = len(self.summary.rejects)
        self._reject(rejects)
        self.outside += self.summary.rejects[before:]

    def _reject(self, rejects: Sequence[Reject]) -> None:
        self.summary.rejects.extend(replace(one, origin=self.named(one.origin)) for one in rejects)
        self.summary.rejected += len(rejects)

    def named(self, origin: str) -> str:
        """An origin without the folders above what was given: what people see says nothing of the machine."""
        for root in self.roots:
            if origin.startswith(root):
                return origin[len(root) :]
        return origin

    # -- reading ---
    def _flush(self) -> None:
        chunk, self._chunk = self._chunk, []
        if not chunk:
            return
        if self._pool is None and self.summary.pages >= POOL_FROM:
            self._pool = ProcessPoolExecutor(WORKERS, get_context("spawn"), _begin_worker)
        if self._pool is None:
            self._take(chunk, *read_chunk(chunk, self.sites, self.latest, self.settings.topics_file))
            return
        work = self._pool.submit(read_chunk, chunk, self.sites, self.latest, self.settings.topics_file)
        self._pending.append((chunk, work))
        if len(self._pending) > 2 * WORKERS:
            self._take_oldest()

    def _take_oldest(self) -> None:
        chunk, future = self._pending.popleft()
        try:
            tables, rejects = future.result()
        except BrokenProcessPool as error:
            raise ReadershipError(
                "A worker that reads pages died.", "Nothing was written. It may need more memory; run it again."
            ) from error
        self._take(chunk, tables, rejects)

    def _take(self, chunk: list[Capture], tables: dict[str, pa.Table], rejects: list[tuple[int, Reject]]) -> None:
        for place, reject in rejects:
            keep_bytes(self.settings, chunk[place].body)
            self._reject([reject])
        self.summary.accepted += len(chunk) - sum(reject.reason != rows.TOO_HIGH for _, reject in rejects)
        self._stage(tables)

    def _stage(self, tables: dict[str, pa.Table]) -> None:
        for name, table in tables.items():
            if table.num_rows:
                self.writer.stage(name, table)

    # -- the end ---
    def finish(self) -> Summary:
        """Archive on disk, one transaction, ledger line; the batch is acknowledged when this returns."""
        self._drain()
        self._stage_rejects()
        hashes = self._close_archive()
        done = self.writer.commit(
            self.summary.batch or "",
            {**self.facts, "accepted": self.summary.accepted, "rejected": self.summary.rejected},
            started_at=self.started_at,
            finished_at=datetime.now(UTC),
        )
        self.summary.added, self.summary.duplicates = done.added, done.duplicates
        self.summary.passed_over = dict(self.tally)
        if self.incoming:
            self._acknowledge(done, hashes)
        return self.summary

    def _drain(self) -> None:
        self._flush()
        while self._pending:
            self._take_oldest()
        self.close()

    def _stage_rejects(self) -> None:
        found = rows.new_rows()
        rows.add_rejects(found, self.summary.rejects)
        self._stage({name: schemas.table(name, records) for name, records in found.items()})

    def _close_archive(self) -> dict[str, str]:
        if not self.incoming:
            return {}
        self.facts |= {"bytes": self.incoming.bytes}
        told = [asdict(reject) for reject in self.outside[:MAX_TOLD]]
        described = {**self.facts, "started_at": self.started_at.isoformat(), "rejects": told}
        return self.incoming.close(described)

    def _acknowledge(self, done: Committed, hashes: dict[str, str]) -> None:
        facts = {
            **self.facts,
            "accepted": self.summary.accepted,
            "rejected": self.summary.rejected,
            "added": done.added,
            "duplicates": done.duplicates,
            "archive": hashes,
        }
        ledger.append(self.settings.ledger, ledger.Entry("batch", done.batch, datetime.now(UTC).isoformat(), facts))

    def close(self) -> None:
        """Ends the workers."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def drop(self) -> None:
        """Gives the batch up: nothing of it stays but the bytes in quarantine.

        Once its COMMIT has begun it may be in the database, whatever was raised: then its archive stays, and the next
        opening brings the two together.
        """
        self.close()
        if self.incoming and self.writer.sealed != self.summary.batch:
            self.incoming.drop()
        self.writer.drop_stage()


def _begin_worker() -> None:
    """A worker leaves Ctrl-C to its parent, and doesn't outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def new_id(now: datetime) -> str:
    """A batch's id: its moment and eight random letters."""
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


@contextmanager
def batch(
    writer: Writer, sites: Sites, facts: dict[str, Any], *, batch_id: str | None = None, replay: bool = False
) -> Iterator[Batch]:
    """A batch that is dropped whole when anything goes wrong before its end."""
    made = Batch(writer, sites, batch_id or new_id(datetime.now(UTC)), facts, replay=replay)
    try:
        yield made
    except BaseException:
        made.drop()
        raise
    finally:
        made.close()


def keep_bytes(settings: Settings, body: bytes) -> str:
    """Puts bytes into quarantine under their SHA-256, which is returned."""
    digest = hashlib.sha256(body).hexdigest()
    path = settings.quarantine / digest
    if not path.exists():
        settings.quarantine.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(body)
        fresh.replace(path)
    return digest


def keep_stream(settings: Settings, limit: int) -> Callable[[BinaryIO], str]:
    """`keep` of sources.open_inputs: quarantine for at most `limit` bytes of a refused input."""

    def keep(stream: BinaryIO) -> str:
        return keep_bytes(settings, stream.read(limit))

    return keep


# -- again, from the archive ---
def replay(writer: Writer, sites: Sites, batch_id: str) -> Summary:
    """Loads a batch again from its archive; what the store has already is not added twice.

    Raises:
        StoreDamaged: the archive of the batch is gone or can't be read.
    """
    folder = writer.settings.archive / batch_id
    if not folder.exists():
        raise ArchiveDamaged(
            f"Batch {batch_id} is in the ledger, but neither in the database nor in the archive.",
            "Restore a backup with `readership restore`.",
        )
    described = archive.described(folder)
    facts = {key: value for key, value in described.items() if key not in ("tables", "rejects", "started_at")}
    with batch(writer, sites, facts, batch_id=batch_id, replay=True) as again:
        again.started_at = datetime.fromisoformat(described["started_at"])
        again.reject(*(Reject(**one) for one in described.get("rejects", [])))
        for capture in archive.pages(folder):
            again.page(capture)
        for table in described["tables"]:
            _replay_table(again, folder, table, facts)
        return again.finish()


def _replay_table(again: Batch, folder: Path, table: dict[str, Any], facts: dict[str, Any]) -> None:
    if table["kind"] == OFFICIAL:
        again.official(folder / "tables" / table["file"], table["origin"])
        return
    for one in archived_table(folder, table, facts, again.settings, again.sites):
        if isinstance(one, TableInput):
            again.table(replace(one, origin=table["origin"]))
        elif isinstance(one, Reject):
            again.reject(one)


def archived_table(
    folder: Path, table: dict[str, Any], facts: dict[str, Any], settings: Settings, sites: Sites
) -> Iterator[Any]:
    """An archived table as it was read when it came; one rewritten by a takedown has our own columns."""
    ours = table.get("ours", False)
    return open_inputs(
        [folder / "tables" / table["file"]],
        column_map={} if ours else facts.get("column_map") or {},
        limits=Limits.of(settings),
        key_of=sites.key,
        site=None if ours else facts.get("site"),
        meter=(table["meter"] if ours and table["kind"] == "gains" else facts.get("meter")),
    )


def live_batches(settings: Settings) -> dict[str, ledger.Entry]:
    """The acknowledged batches that were not undone."""
    return ledger.live(ledger.read(settings.ledger)[0])
