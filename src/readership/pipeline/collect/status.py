"""What the collector's state says to people: how each site is doing, what is next, what went wrong, what is paused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership.errors import UsageError
from readership.pipeline.collect import plan
from readership.pipeline.collect.state import BUSY, STEPS, State, readable, version_of
from readership.settings import Settings

NEXT, DOCUMENTS = 50, 500
"""Coming requests and lists of articles that are listed."""
ERROR_DAYS, HOURS = 7, 48
SLOW_S = 5.0
"""Seconds: a site whose answers take longer, half of them, is slow."""
SILENT = 180.0
"""Seconds without a sign of life after which a collector counts as gone."""
FINE = ("read", "unchanged", "gone", "moved", "redirects")
_FINE = str(FINE)
_OF_PAGES = frozenset({"wall", "no article", "answer", "too large", "redirects", "refused"})
FEW = 5
"""Newest articles of a site by which trouble of single pages is told from the site's."""
_INSTANTS = frozenset(
    {
        "since",
        "until",
        "at",
        "last_at",
        "first_at",
        "ok_at",
        "due_at",
        "next_at",
        "hour",
        "read_at",
        "seen_at",
        "paused_at",
        "started_at",
        "ended_at",
    }
)


def file_of(settings: Settings) -> Path:
    """The collector's state file."""
    return settings.data / "collect" / "collect.sqlite"


def status(settings: Settings, now: datetime | None = None, *, whole: bool = False) -> dict[str, list[dict[str, Any]]]:
    """How collecting goes, as rows; instants are aware, UTC. Empty lists when nothing was ever collected.

    * `sites`: site, state (`collecting`, `paused`, `trouble`), health (see `health`), trouble, since, said, ok_at,
      ok_url (what was read last, and when), articles, behind (those whose turn passed more than 5 minutes ago),
      requests (last hour), seconds (an answer's median of the last hour), next_at, paused_at, paused_by.
    * `hours`: site, hour, requests, captures, unchanged, failed of the last 48 hours.
    * `errors`: site, kind, requests, first_at, last_at, url, said of the last 7 days.
    * `alarms`: site, kind, about, since, seen_at, said.
    * `behind`: site, url, due_at, late_s, tier, the 50 that wait longest.
    * `next`: site, url, what, due_at, tier, the first 50.
    * `documents`: site, url, form, read_at, next_at, failures, said.
    * `hosts`: host, until, failures: hosts that are left alone for more than a minute.
    * `run`: started_at, seen_at, ended_at (None while it is at work, or was killed), running, of the newest collector.

    Args:
        whole: all rows of `behind`, `next` and `documents`, however many.

    Raises:
        StoreTooNew, StoreDamaged.
    """
    moment = (now or datetime.now(UTC)).timestamp()
    listed, documents = (-1, -1) if whole else (NEXT, DOCUMENTS)  # SQLite's LIMIT has none below 0.
    late = moment - 5 * plan.MINUTE
    with _read_only(settings) as ask:
        found = {
            "sites": ask(_SITES, moment, late, moment - plan.HOUR),
            "hours": ask(_PER_HOUR, moment - HOURS * plan.HOUR),
            "errors": ask(_ERRORS, moment - ERROR_DAYS * plan.DAY, moment - BUSY),
            "alarms": ask("SELECT site, kind, about, since, seen_at, said FROM alarm ORDER BY site, kind, about"),
            "behind": ask(_BEHIND, late, moment, listed),
            "next": ask(_COMING, listed),
            "documents": ask(
                "SELECT site, url, coalesce(form, kind) AS form, read_at, next_at, failures, said FROM document "
                "ORDER BY site, depth, url LIMIT ?",
                documents,
            ),
            "hosts": ask(
                "SELECT host, next_at AS until, failures FROM host WHERE next_at > ? ORDER BY host", moment + 60
            ),
            "run": ask(
                "SELECT started_at, seen_at, ended_at, ended_at IS NULL AND seen_at > ? AS running FROM run",
                moment - SILENT,
            ),
        }
        took = ask(
            "SELECT site, took FROM site JOIN request USING (site) WHERE at > ? AND took IS NOT NULL",
            moment - plan.HOUR,
        )
        newest = {row["site"]: ask(_NEWEST, row["site"], FEW) for row in found["sites"]}
    for row in found["sites"]:
        row["seconds"] = _middle([one["took"] for one in took if one["site"] == row["site"]])
        alarms = [one for one in found["alarms"] if one["site"] == row["site"]]
        row["health"], row["since"] = health(row, alarms, [one["outcome"] for one in newest[row["site"]]])
    return {name: [_told(row) for row in rows] for name, rows in found.items()}


def health(row: dict[str, Any], alarms: list[dict[str, Any]], newest: list[str | None]) -> tuple[str, float | None]:
    """How a site is doing in one word, and since when.

    `paused`; by its trouble `down` (no connection, server errors, a bad certificate, answers that break off), `slow`
    (no whole answer in time), `walled` (login, payment, not for us), `forbidden` (its robots.txt), `changed` (pages
    without an article, or a layout alarm), `trouble` (anything else); `slow` also when half of the last hour's answers
    took longer than 5 seconds; else `fine`. Trouble with single pages is the site's once most of its newest are in it.

    Args:
        row: of `sites`.
        alarms: of the site.
        newest: outcomes of its last articles, at most `FEW`.
    """
    if row["state"] == "paused":
        return "paused", row["paused_at"]
    failed = sum(outcome not in FINE for outcome in newest if outcome)
    if row["trouble"] and (row["trouble"] not in _OF_PAGES or 2 * failed > len(newest)):
        return _HEALTH.get(row["trouble"], "trouble"), row["since"]
    if layout := [one["since"] for one in alarms if one["kind"] == "layout"]:
        return "changed", min(layout)
    return ("slow" if (row["seconds"] or 0.0) > SLOW_S else "fine"), None


def _middle(values: list[float]) -> float | None:
    """The ⌈n/2⌉-th smallest; None of none."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


_HEALTH = {
    "server": "down", "unreachable": "down", "certificate": "down", "broken": "down", "timeout": "slow",
    "wall": "walled", "robots": "forbidden", "no article": "changed",
}  # fmt: skip
_SITES = """
SELECT site, CASE WHEN paused THEN 'paused' WHEN trouble IS NOT NULL THEN 'trouble' ELSE 'collecting' END AS state,
    trouble, trouble_since AS since, said, ok_at, ok_url,
    (SELECT count(*) FROM article WHERE article.site = site.site) AS articles,
    (SELECT count(*) FROM article WHERE article.site = site.site AND next_at < ?2) AS behind,
    (SELECT count(*) FROM request WHERE request.site = site.site AND at > ?3) AS requests,
    (SELECT min(max(a.next_at, coalesce(h.next_at, 0), ?1)) FROM article AS a LEFT JOIN host AS h USING (host)
     WHERE a.site = site.site) AS next_at, paused_at, paused_by
FROM site ORDER BY site
"""
_NEWEST = """
SELECT outcome FROM request WHERE site = ?1 AND what = 'article' AND outcome IS NOT NULL ORDER BY at DESC LIMIT ?2
"""
_BEHIND = """
SELECT site, url, next_at AS due_at, CAST(?2 - next_at AS INTEGER) AS late_s, tier
FROM site JOIN article USING (site) WHERE next_at < ?1 AND NOT paused ORDER BY next_at, url LIMIT ?3
"""
_PER_HOUR = f"""
SELECT site, CAST(at / 3600 AS INTEGER) * 3600.0 AS hour, count(*) AS requests,
    sum(what = 'article' AND outcome IN ('read', 'gone', 'no article')) AS captures,
    sum(coalesce(outcome, '') = 'unchanged') AS unchanged,
    sum(coalesce(outcome, 'cut off') NOT IN {_FINE}) AS failed
FROM site JOIN request USING (site) WHERE at >= ?1 GROUP BY site, hour ORDER BY site, hour
"""  # noqa: S608 - a constant of this module
_ERRORS = f"""
SELECT site, coalesce(outcome, 'cut off') AS kind, count(*) AS requests, min(at) AS first_at, max(at) AS last_at,
    url, r.said
FROM site JOIN request AS r USING (site)
WHERE at >= ?1 AND coalesce(outcome, 'cut off') NOT IN {_FINE} AND (outcome IS NOT NULL OR at < ?2)
GROUP BY site, kind ORDER BY site, requests DESC, kind
"""  # noqa: S608 - a constant of this module
_COMING = """
SELECT site, url, what, due_at, tier FROM (
    SELECT site, url, 'document' AS what, next_at AS due_at, -1 AS tier FROM document
    UNION ALL SELECT site, url, 'article', next_at, tier FROM article WHERE next_at IS NOT NULL
) WHERE site NOT IN (SELECT site FROM site WHERE paused) ORDER BY due_at, tier, url LIMIT ?1
"""


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromtimestamp(int(value), UTC) if name in _INSTANTS and value is not None else value
        for name, value in row.items()
    }


@contextmanager
def _read_only(settings: Settings) -> Iterator[Any]:
    path = file_of(settings)
    if not path.exists():
        yield lambda *_: []
        return
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    db.row_factory = sqlite3.Row
    try:
        with readable():
            if version_of(db) < len(STEPS):
                State(path).close()  # brings it up to this version
        yield lambda sql, *values: _rows(db, sql, values)
    finally:
        db.close()


def _rows(db: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    with readable():
        return [dict(row) for row in db.execute(sql, values).fetchall()]


def pause(settings: Settings, site: str, by: str | None = None, now: datetime | None = None) -> None:
    """Stops a site's collecting, now and after restarts, until `resume`; a running collector obeys before its next
    request.

    Args:
        by: who says so, for people.

    Raises:
        UsageError: the site was never collected.
    """
    _set_paused(settings, site, 1, (now or datetime.now(UTC)).timestamp(), by)


def resume(settings: Settings, site: str) -> None:
    """Lets a site be collected again.

    Raises:
        UsageError: the site was never collected.
    """
    _set_paused(settings, site, 0, None, None)


def _set_paused(settings: Settings, site: str, paused: int, at: float | None, by: str | None) -> None:
    found = 0
    if file_of(settings).exists():
        state = State(file_of(settings))
        try:
            found = state.do(
                "UPDATE site SET paused = ?, paused_at = ?, paused_by = ? WHERE site = ?", paused, at, by, site
            )
        finally:
            state.close()
    if not found:
        raise UsageError(f"“{site}” was never collected.", "`readership collect --dry-run` names the sites.")
