"""The first page in a real browser, beside an empty Streamlit app and one with the same figures and tables but no data.

All three run on this machine at the same time and are opened in turn, each time in a new browser context, so that
nothing is at hand. Counted from the start of the navigation.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.measures import ROOT, Measured, demo_data, workspace

EMPTY = 'import streamlit as st\n\nst.set_page_config(layout="wide")\nst.write("ready")\n'
SAME = """import json
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

page = json.loads(Path(__file__).with_name("page.json").read_text())
st.set_page_config(layout="wide")
for label in page["metrics"]:
    st.metric(label, "—", border=True)
for k, spec in enumerate(page["figures"]):
    st.plotly_chart(go.Figure(spec, skip_invalid=True), key=f"figure-{k}")
for k, columns in enumerate(page["tables"]):
    st.dataframe(pd.DataFrame(columns=columns), key=f"table-{k}")
"""
DRAWN = """wanted => document.querySelectorAll('.js-plotly-plot .main-svg').length > 0
    && document.querySelectorAll('.js-plotly-plot').length >= wanted[0]
    && [...document.querySelectorAll('.js-plotly-plot')].every(one => one.querySelector('.main-svg'))
    && document.querySelectorAll('[data-testid=stDataFrame]').length >= wanted[1]"""
CHROMIUM = "/usr/bin/chromium"


def described(data: Path) -> dict[str, Any]:
    """What stands on the overview: its key figures' names, its figures without their points, its tables' columns."""
    script = (
        "import json, sys\nfrom streamlit.testing.v1 import AppTest\nfrom readership.ui.server import SCRIPT\n"
        "app = AppTest.from_file(str(SCRIPT), default_timeout=120).run()\n"
        "figures = [json.loads(one.proto.spec) for one in app.get('plotly_chart')]\n"
        "print(json.dumps({'metrics': [one.label for one in app.metric], 'figures': figures, "
        "'tables': [list(map(str, one.value.columns)) for one in app.dataframe]}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=_environment(data), cwd=ROOT, capture_output=True, text=True, check=True
    )
    page: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    page["figures"] = [_without_points(spec) for spec in page["figures"]]
    return page


def _without_points(spec: dict[str, Any]) -> dict[str, Any]:
    traces = [{"type": trace["type"], "name": trace.get("name")} for trace in spec["data"]]
    layout = {name: value for name, value in spec["layout"].items() if name not in ("annotations", "shapes")}
    return {"data": traces, "layout": layout}


def _environment(data: Path) -> dict[str, str]:
    return os.environ | {"READERSHIP_DATA": str(data), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


@contextmanager
def served(words: list[str], environment: dict[str, str], cwd: Path) -> Iterator[str]:
    """A server on a free port, until it answers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = [word.replace("PORT", str(port)) for word in words]
    with subprocess.Popen(
        words, env=environment, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait(address)
            yield address
        finally:
            server.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("The server never answered.")


def _opened(browser: Any, address: str, first: str, wanted: tuple[int, int] | None) -> tuple[float, float]:
    """Milliseconds until the first part is seen, and until the page is complete."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    try:
        page = context.new_page()
        began = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(first, timeout=60_000)
        seen = (time.perf_counter() - began) * 1000
        if wanted:
            page.wait_for_function(DRAWN, arg=list(wanted), timeout=90_000)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        return seen, (time.perf_counter() - began) * 1000
    finally:
        context.close()


def first_page(short: bool) -> list[Measured]:
    """Milliseconds of each, and the ratios that DESIGN asks for."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        data, _ = stack.enter_context(demo_data(150 if short else 1500, 6 if short else 18))
        folder = stack.enter_context(workspace())
        page = described(data)
        (folder / "empty.py").write_text(EMPTY)
        (folder / "same.py").write_text(SAME)
        (folder / "page.json").write_text(json.dumps(page))
        streamlit = [sys.executable, "-m", "streamlit", "run", "NAME", "--server.port", "PORT", "--server.headless",
                     "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]  # fmt: skip
        plain = dict(os.environ)
        empty, same = (
            stack.enter_context(served([w.replace("NAME", name) for w in streamlit], plain, folder))
            for name in ("empty.py", "same.py")
        )
        serve = [sys.executable, "-m", "readership.cli", "serve", "--port", "PORT", "--headless"]
        ours = stack.enter_context(served(serve, _environment(data), ROOT))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        wanted = len(page["figures"]), len(page["tables"])
        figure = "[data-testid=stMetric]"
        cases = {"empty": (empty, "text=ready", None), "same": (same, figure, wanted), "ours": (ours, figure, wanted)}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
        for turn in range(3 if short else 7):
            for name, case in cases.items():
                found = _opened(browser, *case)
                if turn:  # the first opening warms each server
                    times[name].append(found)
        browser.close()
    return _rows(times)


def _rows(times: dict[str, list[tuple[float, float]]]) -> list[Measured]:
    seen = {name: statistics.median(first for first, _ in found) for name, found in times.items()}
    whole = {name: statistics.median(last for _, last in found) for name, found in times.items()}
    return [
        Measured("an empty Streamlit app in Chromium, until its text is seen", seen["empty"], "ms"),
        Measured("overview in Chromium, until header and key figures are seen", seen["ours"], "ms"),
        Measured("the same, beside the empty app", seen["ours"] / seen["empty"], "×", "≤ 1.3"),
        Measured("an app with the same figures and tables without data, until complete", whole["same"], "ms"),
        Measured("overview in Chromium, until complete", whole["ours"], "ms"),
        Measured("the same, beside the app without data", whole["ours"] / whole["same"], "×", "≤ 1.3"),
        Measured("processes that wanted the cores meanwhile (load, 1 minute)", os.getloadavg()[0], ""),
    ]
