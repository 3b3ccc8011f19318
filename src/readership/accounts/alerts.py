"""Alert rules, what fired and what is still to be delivered: kept in state.sqlite."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from readership.accounts import state
from readership.accounts.people import Person, Role, require
from readership.accounts.state import moment as _at
from readership.accounts.state import seconds as _s
from readership.errors import UsageError
from readership.queries import Selection
from readership.settings import Settings

Kind = Literal["spike", "drop", "silence", "volume", "rate"]
KINDS: tuple[Kind, ...] = get_args(Kind)
THRESHOLDS: dict[Kind, tuple[float, float, float]] = {
    "spike": (1.0, 1.0, 100.0),
    "drop": (0.0, 0.0, 0.95),
    "silence": (1.0, 1.0, 100.0),
    "volume": (1.0, 1.0, 1.0),
    "rate": (1.0, 0.01, 100.0),
}
"""By kind: the threshold by default, the least and the most (docs/alerts.md says what each means)."""
MAX_NAME, MAX_RULES, MAX_TARGETS, COOLDOWN_H = 80, 200, 10, 6.0
_TARGET = re.compile(r"mail:\S{3,200}|(?:webhook|slack):https?://\S{3,1000}|telegram:https?://\S{3,1000}#-?\w{1,64}")
_RULES = (
    "SELECT id, name, kind, selection, threshold, targets, cooldown_h, owner, created_s, is_on "
    "FROM alert_rule ORDER BY id"
)
_LOG = (
    "SELECT id, rule, rule_name, kind, subject, title, why, link, edition, as_of_s, fired_s "
    "FROM alert ORDER BY id DESC LIMIT ?"
)
_DUE = """
    SELECT d.id, d.target, d.tries,
        a.id, a.rule, a.rule_name, a.kind, a.subject, a.title, a.why, a.link, a.edition, a.as_of_s, a.fired_s
    FROM alert_delivery AS d JOIN alert AS a ON a.id = d.alert
    WHERE d.sent_s IS NULL AND d.next_s > 0 AND d.next_s <= ? ORDER BY d.id LIMIT ?
"""
_GONE = UsageError("That rule isn't there any more.", "Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Rule:
    """When to tell, and whom.

    Attributes:
        threshold: what it means depends on the kind.
        targets: `mail:…`, `webhook:…`, `slack:…`, `telegram:URL#chat`; the log is always written.
        cooldown_h: hours of readings for which one subject fires once.
    """

    id: int
    name: str
    kind: Kind
    selection: Selection
    threshold: float
    targets: tuple[str, ...]
    cooldown_h: float
    owner: str
    created: datetime
    is_on: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in an edition.

    Attributes:
        subject: what one cool-down is of: an article, a section, a currency …
        why: a sentence with the figures, the threshold and the as-of time.
        link: path and query string of the view.
        as_of: newest reading behind it, aware.
        once: the subject fires once and never again; else it may after the rule's cool-down.
    """

    subject: str
    title: str
    why: str
    link: str
    as_of: datetime
    once: bool = True


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding that fired, as logged, and how its deliveries stand (`sent`, `waiting`, `failed`, by target)."""

    id: int
    rule: int
    rule_name: str
    kind: str
    subject: str
    title: str
    why: str
    link: str
    edition: int
    as_of: datetime
    fired: datetime
    deliveries: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert that is to go to a target."""

    id: int
    target: str
    tries: int
    alert: Alert


def rules(settings: Settings) -> list[Rule]:
    """All rules, the oldest first."""
    with state.reading(settings) as connection:
        found = connection.execute(_RULES) if connection else ()
        return [_rule(row) for row in found]


def add(
    settings: Settings,
    person: Person | None,
    name: str,
    kind: str,
    *,
    selection: Selection | None = None,
    threshold: float | None = None,
    targets: Sequence[str] = (),
    cooldown_h: float = COOLDOWN_H,
    now: datetime,
) -> Rule:
    """A new rule, on.

    Raises:
        Refused: the person is no admin. UsageError: a value that can't be taken.
    """
    owner = require(person, Role.ADMIN).key
    called = " ".join(name.split())
    if not called or len(called) > MAX_NAME or not called.isprintable():
        raise UsageError(f"A rule needs a name of 1 to {MAX_NAME} characters.")
    known = _kind(kind)
    values = (called, known, selection or Selection(), _threshold(known, threshold), _targets(targets))
    if not 0 <= cooldown_h <= 24 * 90:
        raise UsageError("A cool-down is 0 to 2160 hours.")
    moment = now.astimezone(UTC).replace(microsecond=0)
    with state.writing(settings) as connection:
        if connection.execute("SELECT count(*) FROM alert_rule").fetchone()[0] >= MAX_RULES:
            raise UsageError(f"There are {MAX_RULES} rules already.", "Remove one first.")
        cursor = connection.execute(
            "INSERT INTO alert_rule (name, kind, selection, threshold, targets, cooldown_h, owner, created_s, is_on) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (
                called,
                known,
                json.dumps(values[2].to_url()),
                values[3],
                json.dumps(values[4]),
                cooldown_h,
                owner,
                _s(moment),
            ),
        )
        return Rule(int(cursor.lastrowid or 0), *values, cooldown_h, owner, moment, True)


def turn(settings: Settings, person: Person | None, rule: int, *, on: bool) -> None:
    """Turn a rule on or off.

    Raises:
        Refused: the person is no admin. UsageError: it isn't there any more.
    """
    require(person, Role.ADMIN)
    with state.writing(settings) as connection:
        _one(connection.execute("UPDATE alert_rule SET is_on = ? WHERE id = ?", (int(on), rule)))


def remove(settings: Settings, person: Person | None, rule: int) -> None:
    """Take a rule away; its log stays, what is undelivered is not sent any more.

    Raises:
        Refused: the person is no admin. UsageError: it isn't there any more.
    """
    require(person, Role.ADMIN)
    with state.writing(settings) as connection:
        _one(connection.execute("DELETE FROM alert_rule WHERE id = ?", (rule,)))
        connection.execute(
            "UPDATE alert_delivery SET next_s = 0, error = 'The rule was removed.' "
            "WHERE sent_s IS NULL AND alert IN (SELECT id FROM alert WHERE rule = ?)",
            (rule,),
        )


def fire(settings: Settings, rule: Rule, found: Iterable[Finding], edition: int, now: datetime) -> list[Alert]:
    """Log what is new and put it out for delivery, in one transaction: what is on cool-down is left out.

    The same edition asked twice fires once; a cool-down is counted in the readings' time, not in the clock's.
    """
    fired = []
    with state.writing(settings) as connection:
        for one in found:
            as_of = _s(one.as_of)
            last = connection.execute(
                "SELECT max(as_of_s) FROM alert WHERE rule = ? AND subject = ?", (rule.id, one.subject)
            ).fetchone()[0]
            if last is not None and (one.once or as_of < last + max(1, rule.cooldown_h * 3600)):
                continue
            fired.append(_logged(connection, rule, one, edition, now))
    return fired


def _logged(connection: sqlite3.Connection, rule: Rule, one: Finding, edition: int, now: datetime) -> Alert:
    cursor = connection.execute(
        "INSERT INTO alert (rule, rule_name, kind, subject, title, why, link, edition, as_of_s, fired_s) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            rule.id,
            rule.name,
            rule.kind,
            one.subject,
            one.title,
            one.why,
            one.link,
            edition,
            _s(one.as_of),
            _s(now),
        ),
    )
    alert = int(cursor.lastrowid or 0)
    connection.executemany(
        "INSERT INTO alert_delivery (alert, target, tries, next_s, sent_s, error) VALUES (?, ?, 0, ?, NULL, '')",
        [(alert, target, _s(now)) for target in rule.targets],
    )
    return Alert(
        alert, rule.id, rule.name, rule.kind, one.subject, one.title, one.why, one.link, edition, one.as_of, now,
    )  # fmt: skip


def due(settings: Settings, now: datetime, most: int = 200) -> list[Delivery]:
    """Deliveries whose turn it is, the oldest first."""
    with state.reading(settings) as connection:
        rows = connection.execute(_DUE, (_s(now), most)).fetchall() if connection else []
    return [Delivery(row[0], row[1], row[2], _alert(row[3:])) for row in rows]


def sent(settings: Settings, delivery: int, now: datetime) -> None:
    """Note that a delivery was made."""
    with state.writing(settings) as connection:
        connection.execute("UPDATE alert_delivery SET sent_s = ?, error = '' WHERE id = ?", (_s(now), delivery))


def failed(settings: Settings, delivery: int, error: str, next_at: datetime | None) -> None:
    """Note why a delivery failed, and when it is tried again; None gives it up."""
    with state.writing(settings) as connection:
        connection.execute(
            "UPDATE alert_delivery SET tries = tries + 1, next_s = ?, error = ? WHERE id = ?",
            (_s(next_at) if next_at else 0, error[:300], delivery),
        )


def log(settings: Settings, most: int = 200) -> list[Alert]:
    """What fired, the newest first, each with how its deliveries stand."""
    with state.reading(settings) as connection:
        if connection is None:
            return []
        rows = connection.execute(_LOG, (most,)).fetchall()
        return [_alert(row, tuple(_standing(connection, row[0]))) for row in rows]


def _standing(connection: sqlite3.Connection, alert: int) -> Iterator[tuple[str, str]]:
    asked = "SELECT target, sent_s, next_s, error FROM alert_delivery WHERE alert = ? ORDER BY id"
    for target, sent_s, next_s, error in connection.execute(asked, (alert,)):
        word = "sent" if sent_s else "waiting" if next_s else "failed"
        yield shown(target), f"{word}: {error}" if error else word


def shown(target: str) -> str:
    """A target as it may be shown: of a webhook only its host, since the rest is a secret."""
    kind, _, rest = target.partition(":")
    return target if kind == "mail" else f"{kind}:{rest.split('/')[2] if rest.count('/') > 1 else '?'}"


def _kind(kind: str) -> Kind:
    for known in KINDS:
        if known == kind:
            return known
    raise UsageError(f"There is no kind of alert “{kind[:20]}”.", f"There are {', '.join(KINDS)}.")


def _threshold(kind: Kind, given: float | None) -> float:
    default, least, most = THRESHOLDS[kind]
    value = default if given is None else given
    if not least <= value <= most:
        raise UsageError(f"The threshold of {kind} is from {least:g} to {most:g}.")
    return float(value)


def _targets(given: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
    if len(found) > MAX_TARGETS:
        raise UsageError(f"A rule tells at most {MAX_TARGETS}.")
    for one in found:
        if not _TARGET.fullmatch(one) or not one.isprintable():
            raise UsageError(
                f"Alerts can't go to “{shown(one)[:60]}”.",
                "Write mail:name@example.org, webhook:https://…, slack:https://… or telegram:https://…/sendMessage#CHAT.",
            )
    return found


def _one(done: sqlite3.Cursor) -> None:
    if done.rowcount != 1:
        raise UsageError(_GONE.message, _GONE.hint)


def _rule(row: tuple[Any, ...]) -> Rule:
    rule, name, kind, selection, threshold, targets, cooldown_h, owner, created_s, is_on = row
    given: dict[str, list[str]] = {}
    for field, value in json.loads(selection):
        given.setdefault(field, []).append(value)
    return Rule(
        rule, name, kind, Selection.from_url(given)[0], threshold, tuple(json.loads(targets)), cooldown_h, owner,
        _at(created_s), bool(is_on),
    )  # fmt: skip


def _alert(row: tuple[Any, ...], deliveries: tuple[tuple[str, str], ...] = ()) -> Alert:
    alert, rule, rule_name, kind, subject, title, why, link, edition, as_of_s, fired_s = row
    moments = _at(as_of_s), _at(fired_s)
    return Alert(alert, rule, rule_name, kind, subject, title, why, link, edition, *moments, deliveries)
