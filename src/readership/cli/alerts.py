"""The command for alerts: run, list, add, on, off, remove, log, test."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from readership import settings as settings_module
from readership.accounts import people
from readership.cli.common import PARTLY, command, say, show
from readership.errors import ReadershipError, UsageError


def add(commands: Any) -> None:
    """Add this group's commands."""
    from readership.accounts.alerts import KINDS

    whole = command(commands, "alerts", _run, "Tell people when something is unusual; without more, as `alerts run`.")
    whole.set_defaults(json=False)
    group = whole.add_subparsers(metavar="")
    made = command(group, "run", _run, "Ask every rule of the current edition; log, mail and post what fires.")
    made.add_argument("--json", action="store_true")
    made = command(group, "list", _list, "The rules.")
    made.add_argument("--json", action="store_true")
    made = command(group, "add", _add, "A new rule.")
    made.add_argument("name")
    made.add_argument("--kind", required=True, choices=KINDS)
    made.add_argument("--selection", default="", metavar="URL", help="as in a page's address: site=el.kz&section=Sport")
    made.add_argument("--threshold", type=float, help="what it means depends on the kind: docs/alerts.md")
    made.add_argument(
        "--to", action="append", default=[], metavar="TARGET", help="mail:…, webhook:…, slack:…, telegram:…"
    )
    made.add_argument("--cooldown", type=float, default=6.0, metavar="HOURS")
    for name, text in (("on", "Turn a rule on."), ("off", "Turn a rule off."), ("remove", "Take a rule away.")):
        made = command(group, name, _CHANGES[name], text)
        made.add_argument("rule", type=int)
    made = command(group, "log", _log, "What fired, the newest first.")
    made.add_argument("--limit", type=int, default=50)
    made.add_argument("--json", action="store_true")
    made = command(group, "test", _test, "What a rule finds now; nothing is logged, nobody is told.")
    made.add_argument("rule", type=int)


def after_publish(settings: settings_module.Settings) -> None:
    """Alerts of a new edition, when there are rules; what goes wrong here is said and spoils nothing."""
    from readership import alerts
    from readership.accounts import alerts as kept

    try:
        if any(rule.is_on for rule in kept.rules(settings)):
            _told(alerts.run(settings))
    except ReadershipError as error:
        say(f"Alerts were not looked at: {error}")


def _run(options: argparse.Namespace) -> int:
    from readership import alerts

    report = alerts.run(settings_module.load())
    if options.json:
        show({"fired": [_fired(one) for one in report.fired], "delivered": report.delivered,
              "failed": report.failed, "broken": report.broken})  # fmt: skip
    else:
        _told(report)
    return PARTLY if report.failed or report.broken else 0


def _told(report: Any) -> None:
    for one in report.fired:
        say(f"{one.rule_name}: {one.title}. {one.why}")
    for line in (*report.failed, *report.broken):
        say(f"  {line}")
    say(f"Alerts: {len(report.fired)} fired, {report.delivered} delivered, {len(report.failed)} to be tried again.")


def _list(options: argparse.Namespace) -> int:
    from readership.accounts import alerts as kept

    rules = kept.rules(settings_module.load())
    if options.json:
        show([_ruled(one) for one in rules])
        return 0
    for one in rules:
        print(f"{one.id}  {'on ' if one.is_on else 'off'}  {one.kind:8} {one.name}: {one.selection.words()}; "
              f"threshold {one.threshold:g}, to {', '.join(_shown(one.targets)) or 'the log'}")  # fmt: skip
    return 0


def _ruled(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "kind": one.kind, "selection": one.selection.words(), "on": one.is_on,
        "threshold": one.threshold, "cooldown_h": one.cooldown_h, "to": _shown(one.targets),
    }  # fmt: skip


def _shown(targets: Sequence[str]) -> list[str]:
    from readership.accounts import alerts as kept

    return [kept.shown(target) for target in targets]


def _add(options: argparse.Namespace) -> int:
    from readership import queries
    from readership.accounts import alerts as kept

    given = parse_qs(options.selection.lstrip("?"), strict_parsing=True) if options.selection else {}
    rule = kept.add(
        settings_module.load(), people.LOCAL, options.name, options.kind, selection=queries.from_arguments(given),
        threshold=options.threshold, targets=options.to, cooldown_h=options.cooldown, now=datetime.now(UTC),
    )  # fmt: skip
    say(f"Rule {rule.id}, “{rule.name}”, is on: {rule.selection.words()}.")
    return 0


def _turn(options: argparse.Namespace, *, on: bool) -> int:
    from readership.accounts import alerts as kept

    kept.turn(settings_module.load(), people.LOCAL, options.rule, on=on)
    say(f"Rule {options.rule} is {'on' if on else 'off'}.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from readership.accounts import alerts as kept

    kept.remove(settings_module.load(), people.LOCAL, options.rule)
    say(f"Rule {options.rule} is gone; its log stays.")
    return 0


_CHANGES = {
    "on": lambda options: _turn(options, on=True),
    "off": lambda options: _turn(options, on=False),
    "remove": _remove,
}


def _log(options: argparse.Namespace) -> int:
    from readership.accounts import alerts as kept

    found = kept.log(settings_module.load(), options.limit)
    if options.json:
        show([_fired(one) for one in found])
        return 0
    for one in found:
        print(f"{one.fired:%Y-%m-%d %H:%M} UTC  {one.rule_name}: {one.title}\n    {one.why}")
        for target, standing in one.deliveries:
            print(f"    {target}: {standing}")
    return 0


def _fired(one: Any) -> dict[str, Any]:
    return {
        "rule": one.rule_name, "kind": one.kind, "subject": one.subject, "title": one.title, "why": one.why,
        "link": one.link, "edition": one.edition, "as_of": one.as_of.isoformat(), "fired": one.fired.isoformat(),
        "deliveries": dict(one.deliveries),
    }  # fmt: skip


def _test(options: argparse.Namespace) -> int:
    from readership import alerts
    from readership.accounts import alerts as kept

    settings = settings_module.load()
    rule = next((one for one in kept.rules(settings) if one.id == options.rule), None)
    if rule is None:
        raise UsageError(f"There is no rule {options.rule}.", "`readership alerts list` shows them.")
    found = alerts.found(settings, rule)
    for one in found:
        print(f"{one.title}\n    {one.why}")
    say(f"{len(found)} would fire now, if none were on cool-down.")
    return 0
