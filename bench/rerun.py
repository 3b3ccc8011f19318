"""CPU of reruns, in a process of its own: `python -m bench.rerun TURNS` prints page, how, milliseconds."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from streamlit.testing.v1 import AppTest

from bench.measures import ROOT
from readership import queries
from readership.ui import shell
from readership.ui.server import SCRIPT

_spent = [0.0]


def _watched(fetch: Any) -> Any:
    def call(*given: Any, **more: Any) -> Any:
        began = time.process_time()
        try:
            return fetch(*given, **more)
        finally:
            _spent[0] += time.process_time() - began

    return call


def _cpu(app: AppTest) -> float:
    _spent[0] = 0.0
    began = time.process_time()
    app.run()
    return (time.process_time() - began - _spent[0]) * 1000


def main(turns: int) -> None:
    """Each page: the same again, and with another text searched for (so that its queries run anew)."""
    queries.fetch = _watched(queries.fetch)
    for entry in shell.PAGES:
        app = AppTest.from_file(str(SCRIPT), default_timeout=120)
        app.run()
        app.switch_page(str(ROOT / "pages" / f"{entry.file}.py")).run()
        if app.exception:
            print(f"# {entry.file}: {app.exception[0].value}", file=sys.stderr)
            continue
        print(f"rerun\t{entry.file}\tnothing changed\t{statistics.median(_cpu(app) for _ in range(turns)):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
