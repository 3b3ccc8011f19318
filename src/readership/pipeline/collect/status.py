"""What the collector's state says to people: how each site is doing, what comes next, what went wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership.errors import UsageError
from readership.pipeline.collect import plan
from readership.pipeline.collect.state import BUSY, State
from readership.settings import Settings

NEXT = 50
"""Coming requests that are listed."""
ERROR_DAYS, HOURS = 7, 48
_FINE = "('read', 'unchanged', 'gone', 'moved', 'redirects')"
_INSTANTS = frozenset(
    {"since", "until", "at", "last_at", "first_at", "ok_at", "due_at", "next_at", "hour", "read_at", "seen_at"}
)


def file_of(settings: Settings) -> Path:
    """The collector's state file."""
    return settings.data / "collect" / "collect.sqlite"


def status(settings: Settings, now: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
    """How collecting goes, as rows; instants are aware, UTC. Empty lists when nothing was ever collected.

    * `sites`: site, state (`collecting`, `paused`, `trouble`), trouble, since, said, ok_at, ok_url (what was read last,
      and when), articles, behind (those whose turn passed more than 5 minutes ago), requests (last hour), next_at.
    * `hours`: site, hour, requests, captures, unchanged, failed of the last 48 hours.
    * `errors`: site, kind, requests, first_at, last_at, url, said of the last 7 days.
    * `alarms`: site, kind, about, since, seen_at, said.
    * `next`: site, url, what, due_at, tier, the first 50.
    * `documents`: site, url, form, read_at, next_at, failures, said.
    * `hosts`: host, until, failures: hosts that are left alone for more than a minute.
    """
    moment = (now or datetime.now(UTC)).timestamp()
    with _read_only(settings) as ask:
        found = {
            "sites": ask(_SITES, moment, moment - 5 * plan.MINUTE, moment - plan.HOUR),
            "hours": ask(_PER_HOUR, moment - HOURS * plan.HOUR),
            "errors": ask(_ERRORS, moment - ERROR_DAYS * plan.DAY, moment - BUSY),
            "alarms": ask("SELECT site, kind, about, since, seen_at, said FROM alarm ORDER BY site, kind, about"),
            "next": ask(_COMING, NEXT),
            "documents": ask(
                "SELECT site, url, coalesce(form, kind) AS form, read_at, next_at, failures, said FROM document "
                "ORDER BY site, depth, url LIMIT 500"
            ),
            "hosts": ask(
                "SELECT host, next_at AS until, failures FROM host WHERE next_at > ? ORDER BY host", moment + 60
            ),
        }
    return {name: [_told(row) for row in rows] for name, rows in found.items()}


_SITES = """
SELECT site, CASE WHEN paused THEN 'paused' WHEN trouble IS NOT NULL THEN 'trouble' ELSE 'collecting' END AS state,
    trouble, trouble_since AS since, said, ok_at, ok_url,
    (SELECT count(*) FROM article WHERE article.site = site.site) AS articles,
    (SELECT count(*) FROM article WHERE article.site = site.site AND next_at < ?2) AS behind,
    (SELECT count(*) FROM request WHERE request.site = site.site AND at > ?3) AS requests,
    (SELECT min(max(a.next_at, coalesce(h.next_at, 0), ?1)) FROM article AS a LEFT JOIN host AS h USING (host)
     WHERE a.site = site.site) AS next_at
FROM site ORDER BY site
"""
_PER_HOUR = f"""
SELECT site, CAST(at / 3600 AS INTEGER) * 3600.0 AS hour, count(*) AS requests,
    sum(what = 'article' AND outcome IN ('read', 'gone', 'no article')) AS captures,
    sum(coalesce(outcome, '') = 'unchanged') AS unchanged,
    sum(coalesce(outcome, 'cut off') NOT IN {_FINE}) AS failed
FROM request WHERE at >= ?1 GROUP BY site, hour ORDER BY site, hour
"""  # noqa: S608 - a constant of this module
_ERRORS = f"""
SELECT site, coalesce(outcome, 'cut off') AS kind, count(*) AS requests, min(at) AS first_at, max(at) AS last_at,
    url, said
FROM request WHERE at >= ?1 AND coalesce(outcome, 'cut off') NOT IN {_FINE} AND (outcome IS NOT NULL OR at < ?2)
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

    def ask(sql: str, *values: Any) -> list[dict[str, Any]]:
        try:
            return [dict(row) for row in db.execute(sql, values).fetchall()]
        except sqlite3.OperationalError:  # a collector that has just begun has no tables yet
            return []

    try:
        yield ask
    finally:
        db.close()


def pause(settings: Settings, site: str) -> None:
    """Stops a site's collecting, now and after restarts, until `resume`.

    Raises:
        UsageError: the site was never collected.
    """
    _set_paused(settings, site, 1)


def resume(settings: Settings, site: str) -> None:
    """Lets a site be collected again.

    Raises:
        UsageError: the site was never collected.
    """
    _set_paused(settings, site, 0)


def _set_paused(settings: Settings, site: str, paused: int) -> None:
    state = State(file_of(settings))
    try:
        if not state.do("UPDATE site SET paused = ? WHERE site = ?", paused, site):
            raise UsageError(f"“{site}” was never collected.", "`readership collect --dry-run` names the sites.")
    finally:
        state.close()
