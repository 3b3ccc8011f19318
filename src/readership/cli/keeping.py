"""Commands that keep what was taken in: batches, takedown, check, backup, restore."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from readership import settings as settings_module
from readership.cli.common import command, say, show


def _batch_list(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import batch_list

    rows = batch_list(settings_module.load())
    if options.json:
        show(rows)
        return 0
    for row in rows:
        print(f"{row['batch']}  {row['at'][:19]}  {row['state']:6}  {row.get('command', ''):12}  "
              f"{row.get('accepted', 0)} taken, {row.get('rejected', 0)} rejected")  # fmt: skip
    return 0


def _batch_show(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import batch_show

    show(batch_show(settings_module.load(), options.batch))
    return 0


def _batch_undo(options: argparse.Namespace) -> int:
    from readership.pipeline.takeback import undo

    done = undo(settings_module.load(), options.batch)
    say(f"Batch {options.batch} is undone: {done.facts} rows went; edition {done.edition} is published without it.")
    if done.reloaded:
        say(f"Later batches that had brought some of the same were kept whole: {', '.join(done.reloaded)}.")
    return 0


def _forget(options: argparse.Namespace) -> int:
    from readership.pipeline.takeback import forget

    done = forget(settings_module.load(), options.site, options.article_key)
    say(f"The article is gone: {done.facts} rows, {done.pages} archived pages or rows; older editions are deleted.")
    say(f"Edition {done.edition} is published without it. Backups made before still hold it: make new ones.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import check

    report = check(settings_module.load(), repair=options.repair)
    if options.json:
        show(vars(report))
    for line in report.mended:
        say(f"mended: {line}")
    for line in report.problems:
        say(f"problem: {line}")
    say(f"{report.batches} batches and {report.rows} facts looked at: {'all sound' if report.sound else 'not sound'}.")
    return 0 if report.sound else 4


def _backup(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import backup

    size = backup(settings_module.load(), Path(options.target))
    say(f"{options.target}: {size} bytes.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import restore

    report = restore(settings_module.load(), Path(options.source))
    say(f"Restored {report.batches} batches: {'all sound' if report.sound else '; '.join(report.problems)}.")
    return 0 if report.sound else 4


def add(commands: Any) -> None:
    """Add this group's commands."""
    group = commands.add_parser("batch", help="List, show or undo ingest runs.").add_subparsers(required=True)
    made = command(group, "list", _batch_list, "All batches, newest first.")
    made.add_argument("--json", action="store_true")
    made = command(group, "show", _batch_show, "One batch: inputs, counts, rejects.")
    made.add_argument("batch")
    made = command(group, "undo", _batch_undo, "Take a batch back.")
    made.add_argument("batch")
    group = commands.add_parser("article", help="Take an article down.").add_subparsers(required=True)
    made = command(group, "forget", _forget, "Remove an article from store, archive and editions, for good.")
    made.add_argument("site")
    made.add_argument("article_key")
    made = command(commands, "check", _check, "Compare ledger, archive, database and edition.")
    made.add_argument("--repair", action="store_true", help="make the store again from the archive if need be")
    made.add_argument("--json", action="store_true")
    made = command(commands, "backup", _backup, "Write all that can't be made again into one tar file.")
    made.add_argument("target")
    made = command(commands, "restore", _restore, "Bring a backup back into an empty data folder.")
    made.add_argument("source")
