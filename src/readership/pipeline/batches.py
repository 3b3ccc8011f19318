"""Making a batch: archive, parse and enrich, one transaction, ledger line; and making it again from the archive."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from readership import rates
from readership.errors import InputRefused, StoreDamaged
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
MAX_TOLD = 1_000
"""Rejects of tables' rows told one by one in the archive's description."""
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


def read_chunk(captures: list[Capture], sites: Sites) -> tuple[dict[str, pa.Table], list[tuple[int, Reject]]]:
    """Facts of some pages as Arrow tables, and the rejected ones by their place."""
    found = rows.new_rows()
    rejects: list[tuple[int, Reject]] = []
    for place, capture in enumerate(captures):
        try:
            _read_one(found, capture, sites)
        except InputRefused as error:
            rejects.append((place, Reject(capture.origin, error.message, error.hint, capture.sha256)))
    return {name: schemas.table(name, records) for name, records in found.items()}, rejects


def _read_one(found: rows.Rows, capture: Capture, sites: Sites) -> None:
    if capture.status in rows.GONE and capture.url:
        rows.add_gone(found, capture, *sites.key(capture.url))
        return
    if capture.status is not None and not 200 <= capture.status < 300:
        raise InputRefused(f"The server answered {capture.status}, which is no page.", "Capture it again later.")
    facts, enrichment = read.read_page(capture, sites)
    rows.add_page(found, capture, facts, enrichment)


class Batch:
    """A batch in the making, on an open writer."""

    def __init__(
        self, writer: Writer, sites: Sites, batch: str, facts: dict[str, Any], *, replay: bool = False
    ) -> None:
        self.writer = writer
        self.settings = writer.settings
        self.sites = sites
        self.summary = Summary(batch)
        self.facts = facts
        self.started_at = datetime.now(UTC)
        self.incoming = None if replay else archive.Incoming(self.settings.archive, batch)
        self.tally: Counter[str] = Counter()
        self.roots: tuple[str, ...] = ()
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
        content = archive.sha256_of(table.path)
        if self.incoming:
            facts = {"origin": table.origin, "kind": table.kind, "meter": table.meter, "sha256": content}
            self.incoming.add_table(table.path, facts)
        told: list[Reject] = []
        gains: list[pa.Table] = []
        for batch in table.batches(told.append):
            self._table_batch(table, batch, content, told, gains)
        if gains:
            self._stage({"gain": rows.summed_gains(gains)})
        self.reject(*told)

    def _table_batch(
        self, table: TableInput, batch: Any, content: str, told: list[Reject], gains: list[pa.Table]
    ) -> None:
        if table.kind == "articles":
            found = rows.new_rows()
            refused = rows.add_article_rows(found, batch, table, self.sites)
            told.extend(refused)
            self.summary.accepted += batch.num_rows - len(refused)
            self._stage({name: schemas.table(name, records) for name, records in found.items()})
            return
        batch = self._with_key(batch, table, told)
        self.summary.accepted += batch.num_rows
        if table.kind == "counters":
            observations, distinct = rows.counter_rows(batch, table.meter, content)
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

    def official(self, path: Path, origin: str) -> None:
        """Takes a file of official rates."""
        if self.incoming:
            self.incoming.add_table(path, {"origin": origin, "kind": OFFICIAL, "sha256": archive.sha256_of(path)})
        found, rejects = rates.official.read(path.read_bytes(), origin)
        if rejects and not found:
            kept = keep_bytes(self.settings, path.read_bytes())
            rejects = [Reject(one.origin, one.reason, one.hint, kept, one.row) for one in rejects]
        staged = rows.new_rows()
        rows.add_official(staged, found)
        self.summary.accepted += len(found)
        self._stage({name: schemas.table(name, records) for name, records in staged.items()})
        self.reject(*rejects)

    def reject(self, *rejects: Reject) -> None:
        """Notes what was not taken."""
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
            self._pool = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))
        if self._pool is None:
            self._take(chunk, *read_chunk(chunk, self.sites))
            return
        self._pending.append((chunk, self._pool.submit(read_chunk, chunk, self.sites)))
        if len(self._pending) > 2 * WORKERS:
            self._take_oldest()

    def _take_oldest(self) -> None:
        chunk, future = self._pending.popleft()
        self._take(chunk, *future.result())

    def _take(self, chunk: list[Capture], tables: dict[str, pa.Table], rejects: list[tuple[int, Reject]]) -> None:
        for place, reject in rejects:
            keep_bytes(self.settings, chunk[place].body)
            self.reject(reject)
        self.summary.accepted += len(chunk) - len(rejects)
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
        told = [asdict(reject) for reject in self.summary.rejects if not _again(reject)][:MAX_TOLD]
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
        """Gives the batch up: nothing of it stays but the bytes in quarantine."""
        self.close()
        if self.incoming:
            self.incoming.drop()
            shutil.rmtree(self.settings.archive / self.incoming.batch, ignore_errors=True)
        self.writer.drop_stage()


def _again(reject: Reject) -> bool:
    """Rejects that reading the archive again finds again need not be written down beside it."""
    return reject.row is not None


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
        raise StoreDamaged(
            f"Batch {batch_id} is in the ledger, but neither in the database nor in the archive.",
            "Restore a backup with `readership restore`.",
        )
    described = archive.described(folder)
    facts = {key: value for key, value in described.items() if key not in ("tables", "rejects", "started_at")}
    with batch(writer, sites, facts, batch_id=batch_id, replay=True) as again:
        again.started_at = datetime.fromisoformat(described["started_at"])
        again.summary.rejects = [Reject(**one) for one in described.get("rejects", []) if not _of_pages(folder, one)]
        again.summary.rejected = len(again.summary.rejects)
        for capture in archive.pages(folder):
            again.page(capture)
        for table in described["tables"]:
            _replay_table(again, folder, table, facts)
        return again.finish()


def _of_pages(folder: Path, reject: dict[str, Any]) -> bool:
    """Rejects of archived pages come again by themselves."""
    return bool(reject["sha256"]) and (folder / archive.PAGES).exists() and reject["origin"] in _origins(folder)


def _origins(folder: Path) -> set[str]:
    return {capture.origin for capture in archive.pages(folder)}


def _replay_table(again: Batch, folder: Path, table: dict[str, Any], facts: dict[str, Any]) -> None:
    path = folder / "tables" / table["file"]
    if table["kind"] == OFFICIAL:
        again.official(path, table["origin"])
        return
    found = open_inputs(
        [path],
        column_map=facts.get("column_map") or {},
        limits=Limits.of(again.settings),
        key_of=again.sites.key,
        site=facts.get("site"),
        meter=facts.get("meter"),
    )
    for one in found:
        if isinstance(one, TableInput):
            again.table(one)
        elif isinstance(one, Reject):
            again.reject(one)


def live_batches(settings: Settings) -> dict[str, ledger.Entry]:
    """The acknowledged batches that were not undone."""
    return ledger.live(ledger.read(settings.ledger)[0])
