"""Tokens for scripts: a random text that is a role until it expires or is revoked; only its hash is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from readership.accounts import state
from readership.accounts.people import Person, Role
from readership.accounts.state import moment as _at
from readership.accounts.state import seconds as _s
from readership.errors import Refused, UsageError
from readership.settings import Settings

PREFIX, MAX_DAYS, MAX_NAME = "rdt_", 3660, 80
_SHAPE = re.compile(r"rdt_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as listed; its text is shown once, when it is made. Moments are aware, UTC."""

    id: int
    name: str
    role: Role
    made_by: str
    created: datetime
    expires: datetime
    revoked: datetime | None
    used: datetime | None


def add(settings: Settings, name: str, role: Role, *, days: int, by: str, now: datetime) -> str:
    """A new token: its text, which nobody can be told again.

    Raises:
        UsageError: no name, a role that can't be given, or other than 1 to 3660 days.
    """
    called = " ".join(name.split())[:MAX_NAME]
    if not called or not 1 <= days <= MAX_DAYS or role < Role.READER:
        raise UsageError(f"A token needs a name, a role, and 1 to {MAX_DAYS} days.")
    text = PREFIX + secrets.token_urlsafe(32)
    with state.writing(settings) as connection:
        connection.execute(
            "INSERT INTO token (hash, name, role, made_by, created_s, expires_s) VALUES (?, ?, ?, ?, ?, ?)",
            (_hash(text), called, role.name, by, _s(now), _s(now + timedelta(days=days))),
        )
    return text


def person(settings: Settings, text: str, now: datetime) -> Person:
    """Who a token stands for.

    Raises:
        Refused: it is unknown, has expired or was revoked.
    """
    row = None
    if _SHAPE.fullmatch(text):
        with state.reading(settings) as connection:
            row = (
                connection
                and connection.execute(
                    "SELECT id, name, role, expires_s, revoked_s, used_s FROM token WHERE hash = ?", (_hash(text),)
                ).fetchone()
            )
    if not row or row[4] is not None or row[3] <= _s(now):
        raise Refused("This token isn't valid, or not any more.", "Ask an admin for a new one.")
    if _s(now) - (row[5] or 0) >= 60:
        with state.writing(settings) as connection:
            connection.execute("UPDATE token SET used_s = ? WHERE id = ?", (_s(now), row[0]))
    return Person(f"token {row[0]}", row[1], Role[row[2]])


def listed(settings: Settings) -> list[Token]:
    """All tokens ever made, the newest first."""
    asked = (
        "SELECT id, name, role, made_by, created_s, expires_s, revoked_s, used_s FROM token ORDER BY id DESC LIMIT 5000"
    )
    with state.reading(settings) as connection:
        return [_read(row) for row in (connection.execute(asked) if connection else ())]


def _read(row: tuple[Any, ...]) -> Token:
    token, name, role, made_by, created, expires, revoked, used = row
    ended, last = (None if at is None else _at(at) for at in (revoked, used))
    return Token(token, name, Role[role], made_by, _at(created), _at(expires), ended, last)


def revoke(settings: Settings, token: int, now: datetime) -> None:
    """End a token now.

    Raises:
        UsageError: there is none of this number, or it is ended already.
    """
    with state.writing(settings) as connection:
        done = connection.execute("UPDATE token SET revoked_s = ? WHERE id = ? AND revoked_s IS NULL", (_s(now), token))
        if done.rowcount != 1:
            raise UsageError(f"There is no token {token} to revoke.", "`readership token list` shows them.")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
