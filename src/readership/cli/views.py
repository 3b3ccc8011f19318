"""Commands for saved views: listed, written as text for git, taken from it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from readership import settings as settings_module
from readership.accounts import views
from readership.cli.common import command, say, show
from readership.errors import UsageError

MAX_BYTES = 16_000_000


def _list(options: argparse.Namespace) -> int:
    found = views.every(settings_module.load())
    if options.json:
        show([dict(zip(("id", "name", "scope", "owner", "pinned", "page", "address"), row, strict=True)) for row in (
            (view.id, view.name, view.scope, view.owner, view.pinned, view.page, view.address) for view in found
        )])  # fmt: skip
        return 0
    for view in found:
        mark = "*" if view.pinned else " "
        print(f"{view.id}  {mark} {view.scope:8}  {view.name}  /{view.page}?{view.address}  ({view.owner})")
    return 0


def _export(options: argparse.Namespace) -> int:
    text = views.as_text(views.every(settings_module.load()))
    if options.target in (None, "-"):
        sys.stdout.write(text)
        return 0
    try:
        Path(options.target).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{options.target} can't be written.", "Name a file in a folder that is there.") from error
    say(f"{options.target}: {text.count(chr(10))} views.")
    return 0


def _import(options: argparse.Namespace) -> int:
    added, changed = views.take(settings_module.load(), views.from_text(_text(options.source)))
    say(f"{added} views added, {changed} changed; the others are as they were.")
    return 0


def _text(source: str) -> str:
    try:
        with sys.stdin.buffer if source == "-" else Path(source).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{source} can't be read.", "Name a file that `readership views export` wrote.") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{source} is larger than {MAX_BYTES} bytes.", "Nothing was changed.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{source} is no UTF-8 text.", "Nothing was changed.") from None


def add(commands: Any) -> None:
    """The commands of this group."""
    group = commands.add_parser("views", help="saved views: list, export, import").add_subparsers(
        title="commands", metavar="", required=True
    )
    made = command(group, "list", _list, "Saved views of everybody.")
    made.add_argument("--json", action="store_true", help="as JSON")
    made = command(group, "export", _export, "Saved views as JSON Lines in a stable order, to be kept in git.")
    made.add_argument("target", nargs="?", metavar="FILE", help="default: standard output")
    made = command(
        group, "import", _import, "Take saved views from such a text: by id, new ones added, others changed."
    )
    made.add_argument("source", metavar="FILE", help="- for standard input")
