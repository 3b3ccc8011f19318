"""The small database of what people make, `state.sqlite`: opened for a moment, changed in one transaction, closed.

It is apart from the store, so that nobody who writes a note waits for an ingest. SQLite in WAL mode: readers never
wait. Whoever adds a table adds a statement at the end of `STEPS`; one that was released is never edited.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from readership.errors import DiskFull, StoreBusy, StoreDamaged, StoreTooNew
from readership.settings import Settings

WAIT_S = 5.0
STEPS = (
    """CREATE TABLE annotation (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at_s INTEGER NOT NULL,
        scope TEXT NOT NULL CHECK (scope IN ('site', 'personal')), owner TEXT NOT NULL,
        text TEXT NOT NULL CHECK (text <> ''), created_s INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE seen (
        person TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
        first_s INTEGER NOT NULL, last_s INTEGER NOT NULL, ended_s INTEGER
    ) STRICT""",
    """CREATE TABLE token (
        id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
        made_by TEXT NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL, revoked_s INTEGER, used_s INTEGER
    ) STRICT""",
    """CREATE TABLE link (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, page TEXT NOT NULL, figure TEXT, selection TEXT NOT NULL,
        made_by TEXT NOT NULL, owner TEXT NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL,
        revoked_s INTEGER, used_s INTEGER, uses INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE view (
        id TEXT PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''),
        scope TEXT NOT NULL CHECK (scope IN ('all', 'personal')), owner TEXT NOT NULL, pinned INTEGER NOT NULL,
        page TEXT NOT NULL, address TEXT NOT NULL, created_s INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE alert_rule (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL CHECK (name <> ''), kind TEXT NOT NULL,
        selection TEXT NOT NULL, threshold REAL NOT NULL, targets TEXT NOT NULL, cooldown_h REAL NOT NULL,
        owner TEXT NOT NULL, created_s INTEGER NOT NULL, is_on INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE alert (
        id INTEGER PRIMARY KEY AUTOINCREMENT, rule INTEGER NOT NULL, rule_name TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, title TEXT NOT NULL, why TEXT NOT NULL, link TEXT NOT NULL, edition INTEGER NOT NULL,
        as_of_s INTEGER NOT NULL, fired_s INTEGER NOT NULL, UNIQUE (rule, subject, as_of_s)
    ) STRICT""",
    """CREATE TABLE alert_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL, target TEXT NOT NULL, tries INTEGER NOT NULL,
        next_s INTEGER NOT NULL, sent_s INTEGER, error TEXT NOT NULL
    ) STRICT""",
)
"""What made the tables, in order; `PRAGMA user_version` says how many of them a file has had."""

_KINDS = {
    sqlite3.SQLITE_BUSY: StoreBusy("Somebody else is writing at this moment.", "Nothing was changed; try again."),
    sqlite3.SQLITE_LOCKED: StoreBusy("Somebody else is writing at this moment.", "Nothing was changed; try again."),
    sqlite3.SQLITE_FULL: DiskFull("There is no room to write.", "Nothing was changed; make room and try again."),
    sqlite3.SQLITE_READONLY: DiskFull("The data folder can't be written to.", "Nothing was changed."),
    sqlite3.SQLITE_CANTOPEN: DiskFull("The data folder can't be written to.", "Nothing was changed."),
}


@contextmanager
def reading(settings: Settings) -> Iterator[sqlite3.Connection | None]:
    """A connection to ask questions; None while nobody has made anything, which creates no file either.

    Raises:
        StoreBusy, StoreDamaged, StoreTooNew.
    """
    if not settings.state.exists():
        yield None
        return
    yield from _opened(settings, "BEGIN")


@contextmanager
def writing(settings: Settings) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are kept together, or not at all when the block raises.

    Raises:
        StoreBusy: another writer took longer than five seconds. DiskFull: no room. StoreDamaged: the file is no
            database. StoreTooNew: a newer Readership made it.
    """
    # The lock before the first look: what a writer reads is what it changes.
    yield from _opened(settings, "BEGIN IMMEDIATE")


def seconds(moment: datetime) -> int:
    """An aware moment as it is kept: whole seconds since the epoch."""
    return int(moment.timestamp())


def moment(seconds: int) -> datetime:
    """A kept moment: aware, UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _opened(settings: Settings, begin: str) -> Iterator[sqlite3.Connection]:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        if not settings.state.exists():
            settings.state.touch(mode=0o600)
        with closing(sqlite3.connect(settings.state, timeout=WAIT_S, isolation_level=None)) as connection:
            _prepare(connection)
            yield from _transaction(connection, begin)
    except sqlite3.Error as error:
        raise _ours(error) from error
    except OSError as error:
        raise DiskFull("The data folder can't be written to.", "Nothing was changed.") from error


def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    connection.execute(begin)
    try:
        yield connection
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _prepare(connection: sqlite3.Connection) -> None:
    """WAL, and the steps that the file has not had yet."""
    connection.execute("PRAGMA journal_mode = WAL")
    if _version(connection) == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    done = _version(connection)  # again: another process may have been here meanwhile
    if done > len(STEPS):
        connection.rollback()
        raise StoreTooNew("Notes and views were written by a newer Readership.", "Start that version.")
    for step in STEPS[done:]:
        connection.execute(step)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    connection.commit()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _ours(error: sqlite3.Error) -> Exception:
    # The low byte is the kind; what is above it says more than we need.
    code = getattr(error, "sqlite_errorcode", None)
    kind = _KINDS.get(code & 0xFF) if isinstance(code, int) else None
    return kind or StoreDamaged(
        f"state.sqlite can't be read ({type(error).__name__}).",
        "Notes are lost to view until it is brought back from a backup; the figures are not touched.",
    )
