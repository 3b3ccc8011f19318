"""What every command uses: the line for the person, the result for the program, moments, a command's entry."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from readership.errors import UsageError

Command = Callable[[argparse.Namespace], int]
PARTLY = 1
"""Exit code of a run in which something was rejected."""


def say(text: str) -> None:
    """One line for the person at the terminal, control characters shown, never sent."""
    print(
        "".join(char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in text), file=sys.stderr
    )


def show(value: Any) -> None:
    """A result as JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def moment(text: str | None) -> datetime | Literal["mtime"] | None:
    """`mtime`, or an RFC 3339 moment with its offset."""
    if text is None:
        return None
    if text == "mtime":
        return "mtime"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"“{text[:40]}” is no moment.", "Write it as 2024-05-01T10:00:00+05:00, or mtime.") from None
    if found.tzinfo is None:
        raise UsageError(f"“{text[:40]}” has no offset.", "Write it as 2024-05-01T10:00:00+05:00.")
    return found


def instant(text: str | None) -> datetime | None:
    """An RFC 3339 moment with its offset."""
    found = moment(text)
    if isinstance(found, str):
        raise UsageError("mtime is no moment here.", "Write it as 2024-05-01T10:00:00+05:00.")
    return found


def tell(summary: Any, *, as_json: bool) -> int:
    """What a run took and rejected; returns the exit code."""
    if as_json:
        show(summary.as_json())
    else:
        new = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.added.items() if count)
        say(f"Batch {summary.batch}: {summary.accepted} taken, {summary.rejected} rejected; new rows: {new or 'none'}.")
        for kind, count in summary.passed_over.items():
            say(f"  passed over: {count} {kind}")
        for reject in summary.rejects[:20]:
            row = f" row {reject.row}" if reject.row else ""
            say(f"  {reject.origin}{row}: {reject.reason}{'' if reject.reason.endswith('.') else '.'} {reject.hint}")
        if len(summary.rejects) > 20:
            say(f"  … and {len(summary.rejects) - 20} more: readership query rejects --param batch={summary.batch}")
        if summary.edition:
            say(f"Edition {summary.edition} is published.")
    return PARTLY if summary.rejected else 0


def command(commands: Any, name: str, run: Command, text: str) -> Any:
    """A command added to a parser; returns its own parser for the arguments."""
    made = commands.add_parser(name, help=text, description=text)
    made.set_defaults(run=run)
    return made
