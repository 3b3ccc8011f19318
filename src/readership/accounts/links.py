"""Links for others: one selection, on one page or as one figure; signed, expiring, revocable, listed.

A link's text is `id.expiry.signature`. The signature (HMAC-SHA-256) covers all that the link grants: neither its
text nor its row in state.sqlite can be widened without the key, which lies in a file of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from readership.accounts import state
from readership.accounts.people import Limit, Person, Role
from readership.accounts.state import moment as _at
from readership.accounts.state import seconds as _s
from readership.errors import DiskFull, Refused, UsageError
from readership.queries import Selection
from readership.settings import Settings

MAX_DAYS, MAX_TITLE, KEY_BYTES = 3660, 120, 32
_SHAPE = re.compile(r"([A-Za-z0-9_-]{12})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")
_LINKS = (
    "SELECT id, title, page, figure, selection, made_by, owner, created_s, expires_s, revoked_s, used_s, uses FROM link"
)
PLAIN = (
    "articles", "country_pairs", "group_sums", "group_trend", "group_views", "hour_weekday", "publishing",
    "release_dependence", "release_sums", "release_trend", "stories", "views_by_publication", "views_gained",
)  # fmt: skip
"""Questions that a visitor may ask: each answers from the selection's articles and days alone (tests/test_links.py
changes everything else and compares). Not among them: what compares with other days, articles or batches."""

PAGES = {
    "overview": ("views-gained", "hours-read", "hours-published"),
    "articles": (),
    "topics": ("topics",),
    "countries": ("countries-map", "countries"),
    "authors": ("authors",),
    "sources": ("sources",),
    "publishing": ("publishing-clock", "output-and-result"),
}
"""Pages that a link can show, each with its figures, any of which a link can show alone."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as listed. Moments are aware, UTC.

    Attributes:
        figure: the one figure that it embeds; None for a page.
        selection: name and value pairs as in a URL.
        owner: key of who made it.
    """

    id: str
    title: str
    page: str
    figure: str | None
    selection: tuple[tuple[str, str], ...]
    made_by: str
    owner: str
    created: datetime
    expires: datetime
    revoked: datetime | None
    used: datetime | None
    uses: int

    def is_open(self, now: datetime) -> bool:
        """Whether it can be used."""
        return self.revoked is None and now < self.expires


def page_of(figure: str) -> str:
    """The page that a figure stands on.

    Raises:
        UsageError: no such figure.
    """
    for page, figures in PAGES.items():
        if figure in figures:
            return page
    known = ", ".join(name for figures in PAGES.values() for name in figures)
    raise UsageError(f"No figure called “{figure[:40]}” can be shared.", f"There are {known}.")


def add(
    settings: Settings, selection: Selection, by: Person, *, title: str, page: str, figure: str | None, days: int,
    now: datetime,
) -> tuple[Link, str]:  # fmt: skip
    """A new link and its text.

    Raises:
        UsageError: other than 1 to 3660 days, or no such page or figure. Refused: a visitor can't make links.
        StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    if by.limit:
        raise Refused("A link can't make links.", "Nothing was changed.")
    if page not in PAGES or (figure and page != page_of(figure)):
        raise UsageError(f"No page called “{page[:40]}” can be shared so.", f"There are {', '.join(PAGES)}.")
    if not 1 <= days <= MAX_DAYS:
        raise UsageError(f"A link is valid for 1 to {MAX_DAYS} days.")
    called = " ".join("".join(char if char.isprintable() else " " for char in title).split())[:MAX_TITLE]
    link = Link(
        secrets.token_urlsafe(9), called, page, figure, tuple(selection.to_url()), by.name, by.key, _at(_s(now)),
        _at(_s(now + timedelta(days=days))), None, None, 0,
    )  # fmt: skip
    with state.writing(settings) as connection:
        connection.execute(
            "INSERT INTO link (id, title, page, figure, selection, made_by, owner, created_s, expires_s, uses) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                link.id,
                called,
                page,
                figure,
                _pairs(link),
                by.name,
                by.key,
                _s(link.created),
                _s(link.expires),
            ),
        )
    return link, text_of(settings, link)


def text_of(settings: Settings, link: Link) -> str:
    """What stands after `?link=`; it can be made again for any link that is listed."""
    return f"{link.id}.{_s(link.expires)}.{_signature(_key(settings), link)}"


def visitor(settings: Settings, text: str, now: datetime) -> Person:
    """Who comes by a link.

    Raises:
        Refused: it is forged, unknown, expired or revoked; which of these isn't said.
    """
    refused = Refused("This link isn't valid, or not any more.", "Ask for a new one where you got it.")
    shape = _SHAPE.fullmatch(text)
    link = _named(settings, shape[1]) if shape else None
    if shape is None or link is None:
        raise refused
    genuine = hmac.compare_digest(shape[3], _signature(_key(settings), link)) and int(shape[2]) == _s(link.expires)
    if not genuine or not link.is_open(now):
        raise refused
    return Person(f"link {link.id}", link.title, Role.VISITOR, Limit(link.id, link.selection, link.page, link.figure))


def used(settings: Settings, link: str, now: datetime) -> None:
    """Note that somebody opened it."""
    with state.writing(settings) as connection:
        connection.execute("UPDATE link SET uses = uses + 1, used_s = ? WHERE id = ?", (_s(now), link))


def listed(settings: Settings, owner: str | None = None) -> list[Link]:
    """Links, the newest first; of one person, or of all."""
    with state.reading(settings) as connection:
        rows = (
            connection.execute(
                _LINKS + " WHERE :owner IS NULL OR owner = :owner ORDER BY created_s DESC, id LIMIT 5000",
                {"owner": owner},
            )
            if connection
            else ()
        )
        return [_read(row) for row in rows]


def revoke(settings: Settings, link: str, by: Person, now: datetime) -> None:
    """End a link now: its maker may, and an admin.

    Raises:
        UsageError: there is none of this id that they may end, or it is ended already.
    """
    with state.writing(settings) as connection:
        done = connection.execute(
            "UPDATE link SET revoked_s = :now WHERE id = :id AND revoked_s IS NULL AND (:all OR owner = :owner)",
            {"now": _s(now), "id": link, "all": by.may(Role.ADMIN), "owner": by.key},
        )
        if done.rowcount != 1:
            raise UsageError("That link isn't there any more, or isn't yours.", "Nothing was changed.")


# -- what a visitor may ask --------------------------------------------------------------------------------------------
def limited(person: Person, selection: Selection) -> Selection:
    """The selection that a person's question is asked under: a visitor's is the link's, whatever was asked for."""
    return selection_of(person.limit.selection) if person.limit else selection


def may_ask(person: Person, query: str) -> bool:
    """Whether the person may ask the question of this name: everybody all but visitors, who may those of `PLAIN`."""
    return person.limit is None or query in PLAIN


def selection_of(pairs: Iterable[tuple[str, str]]) -> Selection:
    """The selection of a link.

    Raises:
        Refused: it holds what this version can't read; less of a filter would show more.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    found, unknown = Selection.from_url(given)
    if unknown or sorted(found.to_url()) != sorted(pairs):
        raise Refused("This link was made by another version.", "Ask for a new one where you got it.")
    return found


def _named(settings: Settings, link: str) -> Link | None:
    with state.reading(settings) as connection:
        row = connection and connection.execute(_LINKS + " WHERE id = ?", (link,)).fetchone()
        return _read(row) if row else None


def _read(row: tuple[Any, ...]) -> Link:
    link, title, page, figure, selection, made_by, owner, created, expires, revoked, used, uses = row
    pairs = tuple((str(name), str(value)) for name, value in json.loads(selection))
    ended, last = (None if at is None else _at(at) for at in (revoked, used))
    return Link(
        link,
        title,
        page,
        figure,
        pairs,
        made_by,
        owner,
        _at(created),
        _at(expires),
        ended,
        last,
        uses,
    )


def _pairs(link: Link) -> str:
    return json.dumps(link.selection, ensure_ascii=False)


def _signature(key: bytes, link: Link) -> str:
    granted = json.dumps([link.id, _s(link.expires), link.page, link.figure, link.selection], ensure_ascii=False)
    digest = hmac.new(key, b"readership link 1 " + granted.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _key(settings: Settings) -> bytes:
    """The key, made when it is first needed; only this user can read its file."""
    path = settings.link_key
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        try:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(made, "wb") as out:
                out.write(secrets.token_bytes(KEY_BYTES))
                out.flush()
                os.fsync(out.fileno())
        key = path.read_bytes()
    except OSError as error:
        raise DiskFull("The data folder can't be written to.", "Nothing was changed.") from error
    if len(key) != KEY_BYTES:
        raise Refused("This link can't be checked at this moment.", "Tell an admin that link.key is damaged.")
    return key
