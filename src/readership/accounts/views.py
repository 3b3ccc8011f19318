"""Saved views: a page with its selection and comparison under a name, for one person or for all."""

from __future__ import annotations

import json
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from readership.accounts import state
from readership.accounts.people import Person, Role, require
from readership.accounts.state import moment as _at
from readership.accounts.state import seconds as _s
from readership.errors import Refused, UsageError
from readership.settings import Settings

Scope = Literal["all", "personal"]
MAX_NAME, MAX_ADDRESS, MAX_VIEWS, MAX_PAGE = 80, 8000, 500, 40
_VIEWS = "SELECT id, name, scope, owner, pinned, page, address, created_s FROM view"
_FIELDS = ("id", "name", "scope", "owner", "pinned", "page", "address", "created")
_GONE = UsageError("That view isn't there any more, or isn't yours.", "Nothing was changed.")


@dataclass(frozen=True, slots=True)
class View:
    """A saved view.

    Attributes:
        id: what `?view=` names; stays the same through export and import.
        scope: `all` see it, or its owner alone (`personal`).
        pinned: listed first.
        page: file name of the page, without `.py`.
        address: the page's query string without `?`: selection, comparison, the page's own switches.
        created: aware, UTC, whole seconds.
    """

    id: str
    name: str
    scope: Scope
    owner: str
    pinned: bool
    page: str
    address: str
    created: datetime

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The address as names and their values."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.address, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found


def listed(settings: Settings, owner: str) -> list[View]:
    """Views for all and the owner's own: pinned first, then by name.

    Raises:
        StoreBusy, StoreDamaged, StoreTooNew.
    """
    views = _found(settings, _VIEWS + " WHERE scope = 'all' OR owner = ?", owner)
    return sorted(views, key=lambda view: (not view.pinned, view.name.casefold(), view.id))


def every(settings: Settings) -> list[View]:
    """All views of everybody, in the order of an export."""
    return sorted(_found(settings, _VIEWS), key=lambda view: (view.scope, view.owner, view.name.casefold(), view.id))


def named(settings: Settings, view: str, owner: str) -> View | None:
    """The view of this id when the owner may see it, else None.

    Raises:
        StoreBusy, StoreDamaged, StoreTooNew.
    """
    found = _found(settings, _VIEWS + " WHERE id = ? AND (scope = 'all' OR owner = ?)", view, owner)
    return found[0] if found else None


def add(
    settings: Settings, by: Person, name: str, page: str, address: str, *, scope: Scope = "personal",
    pinned: bool = False, now: datetime,
) -> View:  # fmt: skip
    """A new view.

    Args:
        now: aware.

    Raises:
        UsageError: a name or address that can't be kept, a name taken already, or too many views.
        Refused: for all, by somebody who may only keep their own. StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    _may(by, scope)
    made = View(
        secrets.token_hex(5), _name(name), _scope(scope), by.key, pinned, _page(page), _address(address), _whole(now)
    )
    with state.writing(settings) as connection:
        _room(connection, by.key)
        _free(connection, made)
        _put(connection, made)
    return made


def change(
    settings: Settings, by: Person, view: str, *, name: str | None = None, pinned: bool | None = None,
    page: str | None = None, address: str | None = None,
) -> View:  # fmt: skip
    """Another name, pin, page or address for a view; what is None stays.

    Raises:
        UsageError: it isn't there, or isn't theirs; or as in `add`. Refused: as in `add`.
    """
    with state.writing(settings) as connection:
        old = _theirs(connection, by, view)
        made = View(
            old.id,
            old.name if name is None else _name(name),
            old.scope,
            old.owner,
            old.pinned if pinned is None else pinned,
            old.page if page is None else _page(page),
            old.address if address is None else _address(address),
            old.created,
        )
        _free(connection, made)
        _put(connection, made)
    return made


def remove(settings: Settings, by: Person, view: str) -> None:
    """Delete a view.

    Raises:
        UsageError: it isn't there, or isn't theirs. Refused, StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    with state.writing(settings) as connection:
        old = _theirs(connection, by, view)
        connection.execute("DELETE FROM view WHERE id = ?", (old.id,))


def may_change(by: Person, view: View) -> bool:
    """Whether they may rename, pin or delete it: its owner (an analyst, when it is for all), and admins."""
    if by.limit:
        return False
    if view.owner != by.key:
        return view.scope == "all" and by.may(Role.ADMIN)
    return view.scope == "personal" or by.may(Role.ANALYST)


# -- as text ----------------------------------------------------------------------------------------------------------
def as_text(views: Iterable[View]) -> str:
    """Views as JSON Lines, in the order given, keys always in the same order: made to be kept in git."""
    return "".join(f"{json.dumps(_written(view), ensure_ascii=False)}\n" for view in views)


def _written(view: View) -> dict[str, Any]:
    row = {name: getattr(view, name) for name in _FIELDS}
    return row | {"created": view.created.isoformat().replace("+00:00", "Z")}


def from_text(text: str) -> list[View]:
    """The views of such a text.

    Raises:
        UsageError: names the line that can't be read, or that repeats another.
    """
    views: list[View] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            views.append(_line(line, number))
    for names in ([view.id for view in views], [(view.scope, view.owner, view.name) for view in views]):
        if len(set(names)) < len(names):
            raise UsageError("Two of the views have the same id, or the same name.", "Nothing was changed.")
    return views


def _line(line: str, number: int) -> View:
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or set(row) != set(_FIELDS) or not isinstance(row["pinned"], bool):
            raise ValueError
        texts = {name: row[name] for name in _FIELDS if name != "pinned"}
        if not all(isinstance(value, str) for value in texts.values()) or not _is_id(row["id"]) or not row["owner"]:
            raise ValueError
        created = _whole(datetime.fromisoformat(row["created"]))
        scope, name, page, address = _scope(row["scope"]), _name(row["name"]), _page(row["page"]), row["address"]
        return View(row["id"], name, scope, row["owner"][:300], row["pinned"], page, _address(address), created)
    except UsageError as error:
        raise UsageError(f"Line {number}: {error.message}", "Nothing was changed.") from None
    except (ValueError, TypeError):
        raise UsageError(
            f"Line {number} is no saved view.", f"Each line is an object with {', '.join(_FIELDS)}."
        ) from None


def take(settings: Settings, views: Iterable[View]) -> tuple[int, int]:
    """Keep these views: new ones are added, those whose id is there become as written. How many of each; all or none.

    Raises:
        UsageError: a name is taken by a view of another id. StoreBusy, DiskFull, StoreDamaged, StoreTooNew.
    """
    added = changed = 0
    with state.writing(settings) as connection:
        before = {view.id: view for view in _rows(connection.execute(_VIEWS))}
        wanted = list(views)
        for view in wanted:  # first out of each other's way: two may have exchanged their names
            connection.execute("DELETE FROM view WHERE id = ?", (view.id,))
        for view in wanted:
            _free(connection, view)
            _put(connection, view)
            added += view.id not in before
            changed += view.id in before and before[view.id] != view
    return added, changed


# -- what may be kept -------------------------------------------------------------------------------------------------
def _name(name: str) -> str:
    """A name as it is kept: composed letters (NFC), single blanks.

    Raises:
        UsageError: none, too long, or with characters that are not seen.
    """
    words = " ".join(unicodedata.normalize("NFC", name).split())
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in name):
        raise UsageError("A view's name is one line of letters and signs that can be seen.", "Nothing was changed.")
    if not words:
        raise UsageError("A view needs a name.", "Nothing was changed.")
    if len(words) > MAX_NAME:
        raise UsageError(f"A view's name has at most {MAX_NAME} characters.", f"This one has {len(words)}.")
    return words


def _scope(scope: str) -> Scope:
    for known in get_args(Scope):
        if scope == known:
            found: Scope = known
            return found
    raise UsageError(f"A view is for {' or '.join(get_args(Scope))}, not “{scope[:20]}”.")


def _page(page: str) -> str:
    if not (0 < len(page) <= MAX_PAGE and page.isascii() and page.replace("_", "").isalnum()):
        raise UsageError(f"“{page[:40]}” is no page.", "Nothing was changed.")
    return page


def _address(address: str) -> str:
    """The query string as it is kept: what can be read of it, written anew; without `view`, which would name itself."""
    if len(address) > MAX_ADDRESS:
        raise UsageError("This selection is too long to be kept.", f"At most {MAX_ADDRESS} characters as an address.")
    pairs = parse_qsl(address.removeprefix("?"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in ("view", "link")]
    return urlencode(kept)


def _is_id(view: str) -> bool:
    return 4 <= len(view) <= 40 and view.isascii() and view.isalnum()


def _whole(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UsageError("The moment at which a view was made needs its offset from UTC.")
    return moment.astimezone(UTC).replace(microsecond=0)


# -- rows -------------------------------------------------------------------------------------------------------------
def _may(by: Person, scope: str) -> None:
    if by.limit:
        raise Refused("A link keeps no views.", "Nothing was changed.")
    require(by, Role.ANALYST if scope == "all" else Role.READER)


def _theirs(connection: sqlite3.Connection, by: Person, view: str) -> View:
    found = list(_rows(connection.execute(_VIEWS + " WHERE id = ?", (view,))))
    if not found or (found[0].scope == "personal" and found[0].owner != by.key):
        raise _GONE
    _may(by, found[0].scope)
    if not may_change(by, found[0]):
        raise _GONE
    return found[0]


def _free(connection: sqlite3.Connection, view: View) -> None:
    """Raises UsageError when another view that the same people see has the name."""
    others = connection.execute(
        "SELECT name FROM view WHERE id <> ? AND scope = ? AND (scope = 'all' OR owner = ?)",
        (view.id, view.scope, view.owner),
    )
    if any(name.casefold() == view.name.casefold() for (name,) in others):
        raise UsageError("There is a view of this name already.", "Take another name, or change that one.")


def _room(connection: sqlite3.Connection, owner: str) -> None:
    count = connection.execute("SELECT count(*) FROM view WHERE owner = ?", (owner,)).fetchone()[0]
    if count >= MAX_VIEWS:
        raise UsageError(f"Nobody keeps more than {MAX_VIEWS} views.", "Delete some first.")


def _put(connection: sqlite3.Connection, view: View) -> None:
    values = (
        view.id, view.name, view.scope, view.owner, int(view.pinned), view.page, view.address,
        _s(view.created),
    )  # fmt: skip
    connection.execute(
        "INSERT OR REPLACE INTO view (id, name, scope, owner, pinned, page, address, created_s) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _found(settings: Settings, asked: str, *values: str) -> list[View]:
    with state.reading(settings) as connection:
        if connection is None:
            return []
        return list(_rows(connection.execute(asked, values)))


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[View]:
    for view, name, scope, owner, pinned, page, address, created_s in rows:
        yield View(view, name, scope, owner, bool(pinned), page, address, _at(created_s))
