"""Alerts: rules are asked of each new edition, what fires is logged, then mailed and posted until it is taken."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from readership import queries
from readership.accounts import alerts as kept
from readership.accounts.alerts import Alert, Rule
from readership.alerts import deliver, rules
from readership.errors import ReadershipError
from readership.settings import Settings
from readership.sources import addresses

__all__ = ["Report", "found", "run"]

log = logging.getLogger("readership.alerts")
TRIES = (60, 300, 1800, 7200, 21600, 86400)
"""Seconds until a delivery that failed is tried again; after the last it is given up, and the log says so."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: alerts that fired, deliveries made and failed, rules that could not be asked with the reason."""

    fired: tuple[Alert, ...]
    delivered: int
    failed: tuple[str, ...]
    broken: tuple[str, ...]


def run(settings: Settings, *, now: datetime | None = None, resolve: addresses.Resolver = addresses.system) -> Report:
    """Ask every rule that is on of the current edition, log what fires, and deliver what is due.

    A rule that fails doesn't keep the others from being asked; running it again fires nothing twice, and what was
    logged but not delivered before a crash is delivered now.

    Raises:
        NoEdition: nothing is published. StoreBusy, StoreDamaged, StoreTooNew, DiskFull: of state.sqlite.
    """
    moment = now or datetime.now(UTC)
    on = [rule for rule in kept.rules(settings) if rule.is_on]
    fired, broken = _asked(settings, on, moment) if on else ([], [])
    delivered, failed = _delivered(settings, moment, resolve)
    return Report(tuple(fired), delivered, tuple(failed), tuple(broken))


def _asked(settings: Settings, on: Sequence[Rule], now: datetime) -> tuple[list[Alert], list[str]]:
    """What fires in the current edition, and the rules that could not be asked of it."""
    edition = queries.published(settings)
    fired: list[Alert] = []
    broken: list[str] = []
    for rule in on:
        try:
            asked = rules.findings(rule, edition)
        except ReadershipError as error:
            broken.append(f"{rule.name}: {error.message}")
            log.warning("rule %d can't be asked: %s", rule.id, type(error).__name__)
            continue
        fired += kept.fire(settings, rule, asked, edition.number, now)
    return fired, broken


def found(settings: Settings, rule: Rule) -> list[kept.Finding]:
    """What a rule finds in the current edition, without logging or telling anybody.

    Raises:
        NoEdition: nothing is published.
    """
    return rules.findings(rule, queries.published(settings))


def _delivered(settings: Settings, now: datetime, resolve: addresses.Resolver) -> tuple[int, list[str]]:
    done, failed = 0, []
    for delivery in kept.due(settings, now):
        try:
            deliver.deliver(settings, delivery, resolve=resolve)
        except ReadershipError as error:
            wait = TRIES[delivery.tries] if delivery.tries < len(TRIES) else None
            kept.failed(settings, delivery.id, error.message, now + timedelta(seconds=wait) if wait else None)
            failed.append(f"{kept.shown(delivery.target)}: {error.message}")
        else:
            kept.sent(settings, delivery.id, now)
            done += 1
    return done, failed
