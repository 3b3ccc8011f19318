"""Notes on moments ("the app was relaunched"), site-wide or personal, drawn on charts over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from readership.accounts import state
from readership.errors import UsageError
from readership.settings import Settings

Scope = Literal["site", "personal"]
SCOPES: tuple[Scope, ...] = ("site", "personal")
LOCAL = "local"
"""Whose notes they are until login is on."""
MAX_TEXT, MAX_NOTES = 280, 5000


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on a moment.

    Attributes:
        at: aware, UTC, whole seconds.
        scope: `site` is shown to everybody, `personal` to its owner.
        created: aware, UTC.
    """

    id: int
    at: datetime
    scope: Scope
    owner: str
    text: str
    created: datetime


def listed(
    settings: Settings, owner: str = LOCAL, since: datetime | None = None, until: datetime | None = None
) -> list[Annotation]:
    """Notes that the owner may see, by moment; from `since` to before `until` (aware).

    Raises:
        StoreBusy, StoreDamaged, StoreTooNew.
    """
    with state.reading(settings) as connection:
        if connection is None:
            return []
        rows = connection.execute(
            "SELECT id, at_s, scope, owner, text, created_s FROM annotation "
            "WHERE (scope = 'site' OR owner = :owner) AND (:since IS NULL OR at_s >= :since) "
            "AND (:until IS NULL OR at_s < :until) ORDER BY at_s, id LIMIT :most",
            {"owner": owner, "since": _seconds(since), "until": _seconds(until), "most": MAX_NOTES},
        )
        return list(_read(rows))


def add(
    settings: Settings, at: datetime, text: str, *, scope: Scope = "site", owner: str = LOCAL, now: datetime
) -> Annotation:
    """A new note.

    Args:
        at, now: aware.

    Raises:
        UsageError: no text, too long, or another scope. StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    words, moment, made = _words(text), _instant(at), _instant(now)
    with state.writing(settings) as connection:
        cursor = connection.execute(
            "INSERT INTO annotation (at_s, scope, owner, text, created_s) VALUES (?, ?, ?, ?, ?)",
            (_seconds(moment), _scope(scope), owner, words, _seconds(made)),
        )
        return Annotation(int(cursor.lastrowid or 0), moment, scope, owner, words, made)


def change(settings: Settings, note: int, at: datetime, text: str, *, scope: Scope, owner: str = LOCAL) -> None:
    """Another moment, text or scope for a note of the owner.

    Raises:
        UsageError: it isn't there, or isn't theirs; or as in `add`.
    """
    with state.writing(settings) as connection:
        done = connection.execute(
            "UPDATE annotation SET at_s = ?, scope = ?, text = ? WHERE id = ? AND owner = ?",
            (_seconds(_instant(at)), _scope(scope), _words(text), note, owner),
        )
        _one(done)


def remove(settings: Settings, note: int, *, owner: str = LOCAL) -> None:
    """Take a note of the owner away.

    Raises:
        UsageError: it isn't there, or isn't theirs. StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    with state.writing(settings) as connection:
        _one(connection.execute("DELETE FROM annotation WHERE id = ? AND owner = ?", (note, owner)))


def _one(done: sqlite3.Cursor) -> None:
    if done.rowcount != 1:
        raise UsageError("That note isn't there any more, or isn't yours.", "Nothing was changed.")


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise UsageError("A note needs words.", "Write what happened, in a few of them.")
    if len(words) > MAX_TEXT:
        raise UsageError(f"A note has at most {MAX_TEXT} characters.", f"This one has {len(words)}.")
    return words


def _scope(scope: str) -> str:
    if scope not in SCOPES:
        raise UsageError(f"A note is for {' or '.join(SCOPES)}, not “{scope[:20]}”.")
    return scope


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UsageError("The moment of a note needs its offset from UTC.")
    return moment.astimezone(UTC).replace(microsecond=0)


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _read(rows: Iterable[tuple[int, int, Scope, str, str, int]]) -> Iterable[Annotation]:
    for note, at_s, scope, owner, text, created_s in rows:
        moment, made = (datetime.fromtimestamp(s, UTC) for s in (at_s, created_s))
        yield Annotation(note, moment, scope, owner, text, made)
