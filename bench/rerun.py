"""CPU of reruns, in a process of its own: `python -m bench.rerun TURNS` prints page, how, milliseconds.

Counted is what the script itself takes, without its queries, from its first line to its last: AppTest's reading of the
answers is left out. Beside it the fragment that looks for a new edition, which is all that runs while nobody does
anything.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from typing import Any

from streamlit.testing.v1 import AppTest

from bench.measures import ROOT
from readership import queries
from readership.ui import shell
from readership.ui.server import SCRIPT

WORDS = list("аоиентсрвлкмдпуяыьзбгчйхжш")
"""Searched for one after the other, so that no answer and no figure is at hand."""
_spent, _script = [0.0], [0.0]


def _watched(fetch: Any) -> Any:
    def call(*given: Any, **more: Any) -> Any:
        began = time.process_time()
        try:
            return fetch(*given, **more)
        finally:
            _spent[0] += time.process_time() - began

    return call


def _timed(run: Any) -> Any:
    def call() -> None:
        began, _spent[0] = time.process_time(), 0.0
        try:
            run()
        finally:
            _script[0] = (time.process_time() - began - _spent[0]) * 1000

    return call


def _cpu(app: AppTest, words: str | None = None) -> float:
    if words is not None:
        app.text_input(key="bar_w_text").set_value(words)
    app.run()
    return _script[0]


def _told(page: str, how: str, turns: list[float]) -> None:
    print(f"rerun\t{page}\t{how}\t{statistics.median(turns):.1f}")


def _renewal(turns: int) -> list[float]:
    """The fragment's own work: is there a newer edition?"""
    found = []
    for _ in range(turns):
        began = time.process_time()
        shell.context.newest_edition()
        found.append((time.process_time() - began) * 1000)
    return found


def main(turns: int) -> None:
    """Each page: the same again, and with other words searched for, so that its queries and figures are made anew."""
    queries.fetch, shell.run = _watched(queries.fetch), _timed(shell.run)
    _told("every page", "looking for a new edition", _renewal(turns))
    for entry in shell.PAGES:
        app = AppTest.from_file(str(SCRIPT), default_timeout=120)
        app.run()
        app.switch_page(str(ROOT / "pages" / f"{entry.file}.py")).run()
        if app.exception:
            print(f"# {entry.file}: {app.exception[0].value}", file=sys.stderr)
            continue
        gc.collect()
        gc.freeze()  # as the server does after its start
        _told(entry.file, "nothing changed", [_cpu(app) for _ in range(turns)])
        if entry.bar:
            _told(entry.file, "other words searched for", [_cpu(app, word) for word in WORDS[:turns]])


if __name__ == "__main__":
    main(int(sys.argv[1]))
