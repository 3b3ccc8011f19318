"""What the collector remembers between requests and restarts: one SQLite file, written after every answer.

Instants are seconds since 1970 (REAL). A request is noted before it is made, so that a collector killed in the midst of
one doesn't come back too soon.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readership.errors import StoreDamaged, StoreTooNew

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE IF NOT EXISTS host (
            host TEXT PRIMARY KEY, next_at REAL NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, held_apart REAL
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS robots (
            origin TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, read_at REAL NOT NULL, until REAL NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS document (
            site TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL, kind TEXT NOT NULL, depth INTEGER NOT NULL,
            next_at REAL NOT NULL, read_at REAL, form TEXT, etag TEXT, modified TEXT,
            unchanged INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, said TEXT,
            PRIMARY KEY (site, url)
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS article (
            site TEXT NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL, found_at REAL NOT NULL,
            published_at REAL, born_at REAL, read_at REAL, full_at REAL, ok_at REAL, next_at REAL,
            tier INTEGER NOT NULL, speed REAL NOT NULL DEFAULT 0, views INTEGER, views_at REAL, etag TEXT,
            modified TEXT, outcome TEXT, status INTEGER, failures INTEGER NOT NULL DEFAULT 0,
            gone INTEGER NOT NULL DEFAULT 0, said TEXT, PRIMARY KEY (site, key)
        ) WITHOUT ROWID""",
        "CREATE INDEX IF NOT EXISTS article_next ON article (site, next_at)",
        """CREATE TABLE IF NOT EXISTS request (
            site TEXT NOT NULL, at REAL NOT NULL, host TEXT NOT NULL, what TEXT NOT NULL, tier INTEGER NOT NULL,
            url TEXT NOT NULL, outcome TEXT, status INTEGER, said TEXT
        )""",
        "CREATE INDEX IF NOT EXISTS request_at ON request (site, at)",
        """CREATE TABLE IF NOT EXISTS site (
            site TEXT PRIMARY KEY, since REAL NOT NULL, paused INTEGER NOT NULL DEFAULT 0, ok_at REAL, ok_url TEXT,
            trouble TEXT, trouble_since REAL, trouble_what TEXT, said TEXT
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS fact_hour (
            site TEXT NOT NULL, hour INTEGER NOT NULL, fact TEXT NOT NULL, pages INTEGER NOT NULL,
            found INTEGER NOT NULL, PRIMARY KEY (site, hour, fact)
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS alarm (
            site TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL, since REAL NOT NULL, seen_at REAL NOT NULL,
            said TEXT NOT NULL, PRIMARY KEY (site, kind, about)
        ) WITHOUT ROWID""",
    ),
    (
        # Who paused a site and when, how long answers take, and whether a collector is at work.
        "ALTER TABLE site ADD COLUMN paused_at REAL",
        "ALTER TABLE site ADD COLUMN paused_by TEXT",
        "ALTER TABLE request ADD COLUMN took REAL",
        """CREATE TABLE run (
            one INTEGER PRIMARY KEY CHECK (one = 1), started_at REAL NOT NULL, seen_at REAL NOT NULL, ended_at REAL
        )""",
    ),
)
"""What made the file, in order; `PRAGMA user_version` says how many of them it has had. One that was released is never
edited. Files of before there were steps have version 0 and the tables of the first, which is why that one says IF NOT
EXISTS."""
MOST_ARTICLES, MOST_DOCUMENTS = 100_000, 2_000
"""Articles and sitemaps remembered for one site."""
KEEP_DAYS = 40
ALIVE_EVERY = 30.0
"""Seconds between two signs of life of a running collector."""
BUSY = 45.0
"""Seconds a host is held for a request whose end is never noted."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to request: an `article` or a `document`, with its row."""

    what: str
    site: str
    url: str
    row: dict[str, Any]


def version_of(db: sqlite3.Connection) -> int:
    """How many steps a file has had.

    Raises:
        StoreTooNew: more than this version of Readership knows.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(STEPS):
        raise StoreTooNew("The collector's memory was written by a newer Readership.", "Start that version.")
    return version


@contextmanager
def readable() -> Iterator[None]:
    """Says plainly that the file is no database, or a broken one.

    Raises:
        StoreDamaged: instead of sqlite3's own.
    """
    try:
        yield
    except sqlite3.OperationalError:  # busy, no room: not the file's fault
        raise
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(
            f"The collector's memory can't be read ({type(error).__name__}).",
            "Stop the collector and move data/collect/collect.sqlite away, or bring it back from a backup. Without it "
            "articles are found anew; nothing that was taken in is touched.",
        ) from error


class State:
    """The file, opened by one thread.

    Raises:
        StoreTooNew: a newer Readership made it. StoreDamaged: it is no database.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        """WAL, and the steps that the file has not had yet."""
        with readable():
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            if version_of(self._db) == len(STEPS):
                return
            with self.at_once():
                for step in STEPS[version_of(self._db) :]:  # again: another process may have been here meanwhile
                    for statement in step:
                        self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {len(STEPS)}")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All changes inside, or none; inside another one, part of it."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a question."""
        return [dict(row) for row in self._db.execute(sql, values).fetchall()]

    def one(self, sql: str, *values: Any) -> dict[str, Any] | None:
        """The first row of a question."""
        row = self._db.execute(sql, values).fetchone()
        return dict(row) if row else None

    def do(self, sql: str, *values: Any) -> int:
        """A change; how many rows it touched."""
        return self._db.execute(sql, values).rowcount

    # -- what there is to read ---------------------------------------------------------------------------------------
    def begin_site(self, site: str, now: float) -> None:
        """Notes when a site began to be collected."""
        self.do("INSERT OR IGNORE INTO site (site, since) VALUES (?, ?)", site, now)

    def keep_documents(self, site: str, wanted: Iterable[tuple[str, str, str]], now: float) -> None:
        """Makes a site's documents those of its entry (url, host, kind) and the sitemaps these led to."""
        urls = list(wanted)
        with self.at_once():
            for url, host, kind in urls:
                self.add_document(site, url, host, kind, 0, now)
            kept = {url for url, _, _ in urls}
            for row in self.rows("SELECT url FROM document WHERE site = ? AND depth = 0", site):
                if row["url"] not in kept:
                    self.do("DELETE FROM document WHERE site = ? AND url = ?", site, row["url"])
            if not any(kind == "sitemap" for _, _, kind in urls):
                self.do("DELETE FROM document WHERE site = ? AND depth > 0", site)

    def add_document(self, site: str, url: str, host: str, kind: str, depth: int, now: float) -> int:
        """Remembers a document, unless it is known; 1 when it is new."""
        return self.do(
            "INSERT OR IGNORE INTO document (site, url, host, kind, depth, next_at) SELECT ?, ?, ?, ?, ?, ? "
            "WHERE (SELECT count(*) FROM document WHERE site = ?) < ?",
            site, url, host, kind, depth, now, site, MOST_DOCUMENTS,
        )  # fmt: skip

    def count_articles(self, site: str) -> int:
        """Articles remembered of a site."""
        row = self.one("SELECT count(*) AS n FROM article WHERE site = ?", site)
        return int(row["n"]) if row else 0

    def add_article(
        self, site: str, key: str, url: str, host: str, now: float, born_at: float | None, tier: int
    ) -> bool:
        """Remembers an article, unless it is known; whether it is new. `born_at` is where its age starts, if known."""
        return bool(self.do(
            "INSERT OR IGNORE INTO article (site, key, url, host, found_at, born_at, next_at, tier) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", site, key, url, host, now, born_at, now, tier,
        ))  # fmt: skip

    def forget(self, articles: Iterable[tuple[str, str]]) -> None:
        """Drops articles that were taken down."""
        with self.at_once():
            for site, key in articles:
                self.do("DELETE FROM article WHERE site = ? AND key = ?", site, key)

    # -- what is next ------------------------------------------------------------------------------------------------
    def next_job(self, site: str, now: float, tiers: int, unread_since: float | None = None) -> Job | None:
        """What a site is asked for now: documents first, then articles, young and fast ones before others.

        Args:
            tiers: only articles of lower tiers than this.
            unread_since: only what was not asked for since this moment.
        """
        before = now + 1 if unread_since is None else unread_since
        row = self.one(
            "SELECT d.* FROM document AS d LEFT JOIN host USING (host) "
            "WHERE site = ?1 AND d.next_at <= ?2 AND coalesce(host.next_at, 0) <= ?2 AND coalesce(read_at, 0) < ?3 "
            "ORDER BY d.next_at, url LIMIT 1",
            site, now, before,
        )  # fmt: skip
        if row:
            return Job("document", site, row["url"], row)
        row = self.one(
            "SELECT a.* FROM article AS a LEFT JOIN host USING (host) "
            "WHERE site = ?1 AND a.next_at <= ?2 AND coalesce(host.next_at, 0) <= ?2 AND coalesce(read_at, 0) < ?3 "
            "AND tier < ?4 ORDER BY tier, speed DESC, a.next_at, key LIMIT 1",
            site, now, before, tiers,
        )  # fmt: skip
        return Job("article", site, row["url"], row) if row else None

    def due(self, site: str, now: float) -> int:
        """How many things of a site wait for their turn."""
        row = self.one(
            "SELECT (SELECT count(*) FROM document WHERE site = ?1 AND next_at <= ?2) "
            "+ (SELECT count(*) FROM article WHERE site = ?1 AND next_at <= ?2) AS n", site, now,
        )  # fmt: skip
        return int(row["n"]) if row else 0

    def soonest_host(self, site: str, now: float) -> float | None:
        """When the first host opens that something of the site waits for."""
        row = self.one(
            "SELECT min(next_at) AS at FROM host WHERE next_at > ?2 AND host IN ("
            "SELECT host FROM document WHERE site = ?1 AND document.next_at <= ?2 UNION "
            "SELECT host FROM article WHERE site = ?1 AND article.next_at <= ?2)", site, now,
        )  # fmt: skip
        return row["at"] if row else None

    def soonest(self, site: str, now: float) -> float | None:
        """When the next thing of a site has its turn."""
        row = self.one(
            "SELECT min(at) AS at FROM (SELECT min(next_at) AS at FROM document WHERE site = ?1 AND next_at > ?2 "
            "UNION ALL SELECT min(next_at) FROM article WHERE site = ?1 AND next_at > ?2)", site, now,
        )  # fmt: skip
        return row["at"] if row else None

    # -- the run -----------------------------------------------------------------------------------------------------
    def begin_run(self, now: float) -> None:
        """Notes that a collector is at work."""
        self.do("INSERT OR REPLACE INTO run (one, started_at, seen_at) VALUES (1, ?, ?)", now, now)

    def alive(self, now: float) -> None:
        """Notes that it still is."""
        self.do("UPDATE run SET seen_at = ? WHERE seen_at < ?", now, now)

    def end_run(self, now: float) -> None:
        """Notes that it ended in an orderly way."""
        self.do("UPDATE run SET seen_at = ?, ended_at = ?", now, now)

    # -- hosts and requests ------------------------------------------------------------------------------------------
    def open_at(self, host: str) -> float:
        """From when on a host may be asked."""
        row = self.one("SELECT next_at FROM host WHERE host = ?", host)
        return float(row["next_at"]) if row else 0.0

    def hold(self, site: str, host: str, what: str, tier: int, url: str, now: float, apart: float) -> int | None:
        """Takes a host for one request and notes it; its number, or None when the host isn't free.

        Args:
            apart: seconds to wait from the next start on, should this collector die before the answer.
        """
        with self.at_once():
            if self.open_at(host) > now:
                return None
            self.do(
                "INSERT INTO host (host, next_at, held_apart) VALUES (?, ?, ?) ON CONFLICT (host) "
                "DO UPDATE SET next_at = excluded.next_at, held_apart = excluded.held_apart",
                host, now + BUSY, apart,
            )  # fmt: skip
            cursor = self._db.execute(
                "INSERT INTO request (site, at, host, what, tier, url) VALUES (?, ?, ?, ?, ?, ?)",
                (site, now, host, what, tier, url),
            )
            return cursor.lastrowid

    def release(self, host: str, next_at: float, *, failed: bool | None) -> None:
        """Lets a host go. `failed` counts a failure, or ends their run; None leaves them as they are."""
        failures = {True: "failures + 1", False: "0", None: "failures"}[failed]
        self.do(
            " ".join(["UPDATE host SET next_at = ?, held_apart = NULL, failures =", failures, "WHERE host = ?"]),
            next_at,
            host,
        )

    def let_go(self, now: float) -> None:
        """Lets go of hosts that a dead collector held; they are asked no sooner than after one from now would be."""
        self.do("UPDATE host SET next_at = ? + held_apart, held_apart = NULL WHERE held_apart IS NOT NULL", now)

    def failures(self, host: str) -> int:
        """Failures of a host in a row."""
        row = self.one("SELECT failures FROM host WHERE host = ?", host)
        return int(row["failures"]) if row else 0

    def spent(self, site: str, since: float) -> dict[int, int]:
        """Requests of a site since a moment, by tier."""
        found = self.rows(
            "SELECT tier, count(*) AS n FROM request WHERE site = ? AND at > ? GROUP BY tier", site, since
        )
        return {row["tier"]: row["n"] for row in found}

    def waiting(self, site: str) -> dict[int, int]:
        """Articles of a site by tier, and its documents as tier -1."""
        found = self.rows(
            "SELECT tier, count(*) AS n FROM article WHERE site = ?1 AND next_at IS NOT NULL GROUP BY tier "
            "UNION ALL SELECT -1, count(*) FROM document WHERE site = ?1", site,
        )  # fmt: skip
        return {row["tier"]: row["n"] for row in found}

    def trim(self, now: float) -> None:
        """Drops requests and counts that nothing asks for any more."""
        oldest = now - KEEP_DAYS * 86400
        self.do("DELETE FROM request WHERE at < ?", oldest)
        self.do("DELETE FROM fact_hour WHERE hour < ?", int(oldest // 3600))
