"""The one writer: lock with its holder's name, staging, one transaction a batch, ledger line last."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from filelock import FileLock, Timeout

from readership.errors import DiskFull, StoreBusy
from readership.settings import Settings
from readership.store import archive, database, ledger
from readership.store.ids import article_id
from readership.store.schemas import FACTS

ROOM_FACTOR, ROOM_FLOOR = 4, 64 * 1024 * 1024
"""Free space asked for before a batch: this many times its bytes, and at least this much."""

MENTIONS = ("article_author", "article_topic", "article_country")
"""Facts that enriching a text gives, made again by reclassifying."""


@dataclass
class Committed:
    """What a commit wrote: new rows and rows that were there already, by fact."""

    batch: str
    added: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Holds the writer's lock.

    Raises:
        StoreBusy: another process holds it past `lock_wait_s`; the message names it.
    """
    settings.lock.parent.mkdir(parents=True, exist_ok=True)
    holder = settings.lock.with_suffix(".json")
    lock = FileLock(str(settings.lock), timeout=settings.lock_wait_s)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusy(
            f"The store is being written by {_holder(holder)}.", "Wait until it has ended, then run this again."
        ) from None
    try:
        _sign(holder)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _sign(holder: Path) -> None:
    """Leaves a note of who holds the lock; a full disk may not take it, and that must stop nobody."""
    words = " ".join(Path(word).name if index == 0 else word for index, word in enumerate(sys.argv[:2]))
    with suppress(OSError):
        holder.write_text(json.dumps({"pid": os.getpid(), "command": words}))


def _holder(path: Path) -> str:
    try:
        facts = json.loads(path.read_text())
        return f"process {facts['pid']} ({facts['command']})"
    except (OSError, ValueError, KeyError):
        return "another process"


class Writer:
    """The store, opened for writing by the holder of the lock; use `writer()`."""

    def __init__(self, settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
        self.settings = settings
        self.connection = connection
        self.sealed: str | None = None
        """The batch whose COMMIT was begun last: whatever fails from there on, its archive must stay."""

    # -- staging ---
    def stage(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Adds rows of one fact to the batch being made."""
        with database.plainly(self.settings.store):
            self._ensure_stage(name)
            self.connection.register("incoming_rows", rows)
            columns = ", ".join(FACTS[name].names)
            self.connection.execute(" ".join(["INSERT INTO", f"stage_{name}", "SELECT", columns, "FROM incoming_rows"]))
            self.connection.unregister("incoming_rows")

    def _ensure_stage(self, name: str) -> None:
        self.connection.register("incoming_shape", FACTS[name].empty_table())
        self.connection.execute(
            " ".join(["CREATE TEMP TABLE IF NOT EXISTS", f"stage_{name}", "AS SELECT * FROM incoming_shape"])
        )
        self.connection.unregister("incoming_shape")

    def drop_stage(self) -> None:
        """Forgets what was staged."""
        with suppress(duckdb.Error):  # an instance that died of a full disk has forgotten it
            for name in FACTS:
                self.connection.execute(" ".join(["DROP TABLE IF EXISTS", f"stage_{name}"]))

    # -- the transaction ---
    def commit(self, batch: str, facts: dict[str, Any], *, started_at: datetime, finished_at: datetime) -> Committed:
        """Merges what was staged and the batch's own row in one transaction, then checkpoints.

        The caller acknowledges the batch with a ledger line afterwards.
        """
        with database.plainly(self.settings.store):
            for name in FACTS:
                self._ensure_stage(name)
            self._leave_out_forgotten()
            self._refuse_twins()
            with self._transaction():
                done = self._merge(batch)
                self._add_batch_row(batch, facts, done, started_at, finished_at)
                self.sealed = batch
            self.drop_stage()
            self.connection.execute("CHECKPOINT")
        return done

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing of it; COMMIT is the first thing after the body."""
        self.connection.execute("BEGIN")
        try:
            yield
            self.connection.execute("COMMIT")
        except duckdb.Error:
            self._rollback()
            raise

    def _rollback(self) -> None:
        try:
            self.connection.execute("ROLLBACK")
        except duckdb.Error:
            return  # a fatal error ends the instance; reopening shows the state before

    def _merge(self, batch: str) -> Committed:
        done = Committed(batch)
        for name in FACTS:
            staged = self._count(f"stage_{name}")
            if not staged:
                continue
            added = 0
            for statement in database.script("merge", f"{name}.sql"):
                added += _first(self.connection.execute(statement, {"batch": batch}))
            done.added[name] = added
            done.duplicates[name] = staged - added
        return done

    def _count(self, table: str) -> int:
        return _first(self.connection.execute(" ".join(["SELECT count(*) FROM", table])))

    def _leave_out_forgotten(self) -> None:
        gone = ledger.forgotten(ledger.read(self.settings.ledger)[0])
        ids = [article_id(site, key) for site, key in gone]
        if not ids:
            return
        self._leave_out(ids)

    def _leave_out(self, ids: list[int]) -> None:
        self.connection.execute(
            "DELETE FROM stage_header_rate WHERE capture IN "
            "(SELECT capture FROM stage_capture WHERE article = ANY($ids))",
            {"ids": ids},
        )
        for name in _of_articles():
            self.connection.execute(
                " ".join(["DELETE FROM", f"stage_{name}", "WHERE article = ANY($ids)"]), {"ids": ids}
            )

    def _refuse_twins(self) -> None:
        """Leaves out articles whose id belongs to another article already, and says so among the rejects."""
        twins = self.connection.execute(
            "SELECT s.article, min(s.site), min(s.article_key) FROM stage_article AS s LEFT JOIN article AS t "
            "ON t.article = s.article GROUP BY s.article "
            "HAVING count(DISTINCT (s.site, s.article_key)) > 1 "
            "OR bool_or(t.site <> s.site OR t.article_key <> s.article_key)"
        ).fetchall()
        if not twins:
            return
        self._leave_out([row[0] for row in twins])
        reason = "The article's id is taken by another article"
        hint = "Report it: ids must be made longer."
        told = [{"origin": f"{site} {key}", "reason": reason, "hint": hint} for _, site, key in twins]
        self.stage("reject", pa.Table.from_pylist(told, schema=FACTS["reject"]))

    def _add_batch_row(
        self, batch: str, facts: dict[str, Any], done: Committed, started_at: datetime, finished_at: datetime
    ) -> None:
        duplicates = sum(done.duplicates.get(name, 0) for name in ("capture", "observation", "gain", "official_rate"))
        self.connection.execute("DELETE FROM batch WHERE batch = $batch", {"batch": batch})  # it is loaded again
        self.connection.execute(
            "INSERT INTO batch VALUES ($batch, $started, $finished, $command, $inputs, $bytes, $accepted, $rejected, "
            "$duplicates, $demo)",
            {
                "batch": batch,
                "started": started_at.replace(tzinfo=None),
                "finished": finished_at.replace(tzinfo=None),
                "command": facts.get("command"),
                "inputs": facts.get("inputs", 0),
                "bytes": facts.get("bytes", 0),
                "accepted": facts.get("accepted", 0),
                "rejected": facts.get("rejected", 0),
                "duplicates": duplicates,
                "demo": bool(facts.get("demo", False)),
            },
        )

    # -- texts again ---
    def revisions(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """Every stored text with what was printed beside it, some at a time, for reclassifying."""
        with database.plainly(self.settings.store), self.connection.cursor() as cursor:
            for batch in cursor.sql(
                "SELECT r.article, r.revision, a.site, r.title, r.body, r.language, r.photo_credit, n.printed "
                "FROM article_revision AS r JOIN article AS a ON a.article = r.article LEFT JOIN ("
                "SELECT article, revision, list(printed ORDER BY ordinal) AS printed FROM article_author "
                "GROUP BY article, revision) AS n ON n.article = r.article AND n.revision = r.revision"
            ).to_arrow_reader(size):
                yield batch.to_pylist()

    def replace_mentions(self) -> None:
        """Puts the staged mentions and language, source and organisation columns in the place of the stored ones.

        Everything changes in one transaction or nothing does. Mentions stay with the batch that brought their text.
        """
        with database.plainly(self.settings.store):
            for name in ("article_revision", *MENTIONS):
                self._ensure_stage(name)
            with self._transaction():
                for statement in database.script("reclassify", "replace.sql"):
                    self.connection.execute(statement).fetchall()
            self.drop_stage()
            self.connection.execute("CHECKPOINT")

    # -- what is there ---
    def batches(self) -> set[str]:
        """Batches the database holds."""
        with database.plainly(self.settings.store):
            return {row[0] for row in self.connection.execute("SELECT batch FROM batch").fetchall()}

    def rows_by_batch(self, name: str) -> dict[str, int]:
        """Rows of one fact table by batch."""
        with database.plainly(self.settings.store):
            sql = " ".join(["SELECT batch, count(*) FROM", name, "GROUP BY batch"])
            return {row[0]: int(row[1]) for row in self.connection.execute(sql).fetchall()}

    def read_all(self) -> None:
        """Reads every value of every fact, so that damage shows wherever it lies.

        Raises:
            StoreDamaged.
        """
        with database.plainly(self.settings.store):
            for name in (*FACTS, "batch"):
                self.connection.execute(" ".join(["SELECT bit_xor(hash(t)) FROM", name, "AS t"])).fetchall()

    def batch_facts(self, batch: str) -> dict[str, Any]:
        """The batch row the database holds, for a ledger line that was lost."""
        with database.plainly(self.settings.store):
            cursor = self.connection.execute(
                "SELECT command, inputs, bytes, accepted, rejected, duplicates, demo FROM batch WHERE batch = $batch",
                {"batch": batch},
            )
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def delete_facts(self, batch: str) -> int:
        """Takes all facts of a batch out in one transaction; its row stays, as the sign that it is on its way out."""
        return self._delete([(name, "batch = $batch") for name in FACTS], {"batch": batch})

    def delete_batch(self, batch: str) -> int:
        """Takes all rows of a batch out, in one transaction; returns how many went."""
        return self._delete([(name, "batch = $batch") for name in (*FACTS, "batch")], {"batch": batch})

    def delete_article(self, site: str, article_key: str) -> int:
        """Takes all rows of an article out, in one transaction; returns how many."""
        rates = ("header_rate", "capture IN (SELECT capture FROM capture WHERE article = $article)")
        rest = [(name, "article = $article") for name in _of_articles()]
        return self._delete([rates, *rest], {"article": article_id(site, article_key)})

    def _delete(self, wheres: list[tuple[str, str]], parameters: dict[str, Any]) -> int:
        deleted = 0
        with database.plainly(self.settings.store):
            with self._transaction():
                for name, where in wheres:
                    sql = " ".join(["DELETE FROM", name, "WHERE", where])
                    deleted += _first(self.connection.execute(sql, parameters))
            self.connection.execute("CHECKPOINT")
        return deleted

    def has_article(self, site: str, article_key: str) -> bool:
        """Whether the store knows the article."""
        wanted = {"article": article_id(site, article_key)}
        return bool(_first(self.connection.execute("SELECT count(*) FROM article WHERE article = $article", wanted)))


def _of_articles() -> list[str]:
    """Fact tables whose rows belong to an article."""
    return [name for name, schema in FACTS.items() if "article" in schema.names]


def _first(result: duckdb.DuckDBPyConnection) -> int:
    """The first number of a result, read to its end: DuckDB 2 refuses other work before that."""
    rows = result.fetchall()
    return int(rows[0][0]) if rows else 0


@contextmanager
def writer(settings: Settings) -> Iterator[Writer]:
    """The store opened for writing: lock taken, dead folders swept, migrations applied.

    Raises:
        StoreBusy, StoreDamaged, DiskFull.
    """
    with locked(settings):
        archive.sweep(settings.archive)
        shutil.rmtree(settings.store.parent / "tmp", ignore_errors=True)  # what a killed writer had spilled
        connection = database.connect(settings.store, settings)
        try:
            with database.plainly(settings.store):
                database.migrate(connection)
            yield Writer(settings, connection)
        finally:
            with suppress(
                duckdb.Error
            ):  # an instance that died of a full disk closes with the same error; the file is whole
                connection.close()


def require_room(settings: Settings, wanted: int) -> None:
    """Looks for room before anything is written.

    Raises:
        DiskFull: less is free than a batch of `wanted` bytes needs.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    needed = max(ROOM_FACTOR * wanted, ROOM_FLOOR)
    free = shutil.disk_usage(settings.data).free
    if free < needed:
        raise DiskFull(
            f"{needed // 2**20} MB of free disk are needed and {free // 2**20} MB are there.",
            "Nothing was written. Free some room and run it again.",
        )
