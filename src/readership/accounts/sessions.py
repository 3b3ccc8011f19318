"""Who has been here: last seen, with which role, and since when older logins are ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from readership.accounts import state
from readership.accounts.people import Person, Role
from readership.accounts.state import moment as _at
from readership.accounts.state import seconds as _s
from readership.errors import UsageError
from readership.settings import Settings

EVERY_S = 60
"""Seconds between two notes that somebody is here."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as last seen: with which role, when first and last (aware, UTC), and when they were logged out."""

    key: str
    name: str
    email: str
    role: Role
    first: datetime
    last: datetime
    ended: datetime | None


def seen(settings: Settings, person: Person, email: str, now: datetime) -> int:
    """Note that the person is here; logins of before the second returned are ended (0: none are).

    Raises:
        StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    moment = _s(now)
    with state.reading(settings) as connection:
        row = (
            connection
            and connection.execute(
                "SELECT name, email, role, last_s, ended_s FROM seen WHERE person = ?", (person.key,)
            ).fetchone()
        )
    ended = int(row[4] or 0) if row else 0
    if not row or row[:3] != (person.name, email, person.role.name) or moment - row[3] >= EVERY_S:
        _note(settings, person, email, moment)
    return ended


def _note(settings: Settings, person: Person, email: str, moment: int) -> None:
    with state.writing(settings) as connection:
        connection.execute(
            "INSERT INTO seen (person, name, email, role, first_s, last_s) "
            "VALUES (:key, :name, :email, :role, :at, :at) "
            "ON CONFLICT (person) DO UPDATE SET name = :name, email = :email, role = :role, last_s = :at",
            {"key": person.key, "name": person.name, "email": email, "role": person.role.name, "at": moment},
        )


def listed(settings: Settings) -> list[Seen]:
    """Everybody who has been here, the last one first."""
    asked = (
        "SELECT person, name, email, role, first_s, last_s, ended_s FROM seen ORDER BY last_s DESC, person LIMIT 5000"
    )
    with state.reading(settings) as connection:
        return [_read(row) for row in (connection.execute(asked) if connection else ())]


def _read(row: tuple[Any, ...]) -> Seen:
    person, name, email, role, first, last, ended = row
    return Seen(
        person,
        name,
        email,
        Role[role],
        _at(first),
        _at(last),
        None if ended is None else _at(ended),
    )


def end(settings: Settings, key: str, now: datetime) -> None:
    """End all logins that the person has at this moment, in every browser.

    Raises:
        UsageError: nobody of this key has been here.
    """
    with state.writing(settings) as connection:
        done = connection.execute("UPDATE seen SET ended_s = ? WHERE person = ?", (_s(now) + 1, key))
        if done.rowcount != 1:
            raise UsageError("Nobody of that name has been here.", "Nothing was changed.")
