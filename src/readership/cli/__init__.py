"""The command line: `readership …`. Output for people goes to standard error, results to standard output.

Each group of commands is a module with `add(commands)`; `GROUPS` lists them in the order of the help.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from readership.cli import access, alerts, asking, keeping, reading, report, sql, views, words
from readership.cli.common import Command, say
from readership.errors import ReadershipError

GROUPS = (reading, asking, sql, report, views, keeping, access, words, alerts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code (0 done, 1 something was rejected or wrong, 2 usage, 3 busy, 4 damaged,
    5 nothing published, 6 disk full)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "run"):
        parser.print_help()
        return 2
    try:
        with _ended_by_signal():
            run: Command = options.run
            return run(options)
    except ReadershipError as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": error.message, "hint": error.hint}, ensure_ascii=False))
        say(f"readership: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("readership: stopped; what was not acknowledged yet is not kept.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: what is half done is taken back first. Exit code 143."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        say("readership: asked to end; what was not acknowledged yet is not kept.")
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="readership", description="Readership analytics for newsrooms.")
    commands = parser.add_subparsers(title="commands", metavar="")
    for group in GROUPS:
        group.add(commands)
    return parser
