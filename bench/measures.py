"""The measurements: each a function that returns rows of what was measured."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from bench.newsroom import Big, add_captures, fill, new_readings
from readership import settings as settings_module
from readership import sites as site_entries
from readership.models import Basis, Capture
from readership.pipeline.demo import write_pages
from readership.pipeline.ingest import Options, ingest
from readership.pipeline.publish import publish
from readership.pipeline.read import read_page
from readership.settings import Settings
from readership.store import archive

ROOT = Path(__file__).resolve().parents[1]
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Measured:
    """One row: what, how much, of what, what DESIGN asks for ("" when it asks for nothing)."""

    what: str
    value: float
    unit: str
    must: str = ""


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder that goes."""
    with tempfile.TemporaryDirectory(prefix="readership-bench-") as name:
        yield Path(name)


def settings_of(data: Path) -> Settings:
    return settings_module.load({"READERSHIP_DATA": str(data)})


@contextmanager
def clock(into: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    into.append(time.perf_counter() - began)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# -- pages


def demo_captures(folder: Path, articles: int) -> list[Capture]:
    """Pages of a demo newsroom, as ingest gets them."""
    write_pages(folder, articles=articles, months=6, seed=1, until=UNTIL)
    found = []
    with zipfile.ZipFile(folder / "demo-pages.zip") as pages:
        manifest = pages.read("manifest.csv").decode().splitlines()[1:]
        for line in manifest:
            name, url, moment = line.split(",")
            at = datetime.fromisoformat(moment) if moment else None
            found.append(Capture(pages.read(name), name, url or None, at, Basis.GIVEN if at else Basis.UNKNOWN))
    return found


def padded(capture: Capture, size: int) -> Capture:
    """An HTML page grown to a real page's size by what real pages are full of: menus, scripts, styles."""
    menu = "".join(
        f'<li class="menu-{n}"><a href="/en/section-{n}/" data-n="{n}">Section {n}</a></li>' for n in range(400)
    )
    style = "".join(f".menu-{n} a:hover {{ color: #0{n % 9}f; padding: {n}px }}\n" for n in range(700))
    script = "".join(f"window.dataLayer.push({{event: 'slot-{n}', size: [{n}, {n + 90}]}});\n" for n in range(700))
    body = capture.body.decode()
    head = body.replace("</head>", f"<style>{style}</style><script>{script}</script></head>", 1)
    grown = head.replace("<main>", f"<nav><ul>{menu}</ul></nav><main>", 1)
    fill_up = max(0, size - len(grown.encode()))
    grown = grown.replace("</body>", f"<script>/* {'x' * fill_up} */</script></body>", 1)
    return Capture(
        grown.encode(), capture.origin, capture.url, capture.captured_at, capture.captured_at_basis, "text/html"
    )


def pages(short: bool) -> list[Measured]:
    """Parse and enrichment on one core, by page text and by HTML."""
    known = site_entries.load(None)
    with workspace() as folder:
        found = demo_captures(folder, 60 if short else 300)
    text = [one for one in found if one.origin.endswith(".txt") and one.url][: 600 if short else 4000]
    html = [padded(one, 115_000) for one in found if one.origin.endswith(".html")][: 60 if short else 400]
    rows = []
    for label, captures, must in (("page text", text, "≥ 2,000"), ("HTML", html, "≥ 400")):
        for capture in captures[:20]:
            read_page(capture, known)
        best = min(timed(lambda captures=captures: [_read(one, known) for one in captures]) for _ in range(3))
        size = sum(len(one.body) for one in captures) / len(captures) / 1000
        rows.append(
            Measured(f"parse + enrich, {label} of {size:.1f} kB, one core", len(captures) / best, "pages/s", must)
        )
    return rows


def _read(capture: Capture, known: site_entries.Sites) -> None:
    from readership.errors import InputRefused

    try:
        read_page(capture, known)
    except InputRefused:
        return


def ingest_pages(short: bool) -> list[Measured]:
    """Pages of a zip through the whole pipeline, archive and fsync included, without publishing."""
    with workspace() as folder:
        write_pages(folder, articles=150 if short else 1500, months=6, seed=1, until=UNTIL)
        settings = settings_of(folder / "data")
        took: list[float] = []
        with clock(took):
            summary = ingest(settings, [folder / "demo-pages.zip"], Options(publish=False, demo=True))
        first = timed(lambda: publish(settings))
    return [
        Measured(f"ingest of {summary.pages:,} pages from a zip, 2 cores", summary.pages / took[0], "pages/s"),
        Measured("their first publish", first, "s"),
    ]


# -- tables


def counters(short: bool) -> list[Measured]:
    """Counters from a CSV table into an empty and a filled store, archive and fsync included; and the same again."""
    rows = 500_000 if short else 5_000_000
    sizes = (0, 2_000_000) if short else (0, 20_000_000)
    found = []
    with workspace() as folder:
        table = _counter_table(folder, rows)
        for size in sizes:
            settings = settings_of(folder / f"data-{size}")
            if size:
                fill(settings, Big(articles=size // 20, observations=size))
            for again in ("", ", the same again"):
                seconds = timed(lambda settings=settings: ingest(settings, [table], Options(publish=False)))
                where = f"into {size:,}" if size else "into an empty store"
                label = f"counters from CSV, {rows:,} rows {where}{again}"
                found.append(Measured(label, rows / seconds, "rows/s", "≥ 500,000"))
            shutil.rmtree(settings.data)
    return found


def _counter_table(folder: Path, rows: int) -> Path:
    big = Big(articles=rows // 20, observations=rows, seed=7)
    from bench.newsroom import SITES, _articles, observations

    made = _articles(big)
    parts = list(observations(made, big))
    by_id = pa.table({
        "article": made.ids, "site": pa.array(SITES).take(pa.array(made.sites)), "article_key": made.keys
    })  # fmt: skip
    joined = pa.concat_tables(parts).select(["article", "observed_at", "views"]).join(by_id, "article")
    moments = pa.compute.strftime(joined.column("observed_at").cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
    table = pa.table({
        "site": joined.column("site"), "article_key": joined.column("article_key"), "observed_at": moments,
        "views": joined.column("views"),
    })  # fmt: skip
    path = folder / "counters.csv"
    pa_csv.write_csv(table, path)
    return path


def publishing(short: bool) -> list[Measured]:
    """A full publish of a big store, and one after 10,000 new readings."""
    size = 2_000_000 if short else 20_000_000
    found = []
    with workspace() as folder:
        settings = settings_of(folder / "data")
        big = Big(articles=size // 20, observations=size)
        found.append(
            Measured(
                f"filling a store with {size:,} observations (bench/newsroom.py)",
                timed(lambda: fill(settings, big)),
                "s",
            )
        )
        found.append(
            Measured(f"full publish of {size:,} observations", timed(lambda: publish(settings, full=True)), "s")
        )
        path = folder / "new.csv"
        pa_csv.write_csv(new_readings(big, 10_000), path)
        ingest(settings, [path], Options(publish=False))
        found.append(
            Measured("publish after 10,000 new readings on it", timed(lambda: publish(settings)), "s", "≤ 5 on 20 M")
        )
        add_captures(settings, big)
        found.append(
            Measured("publish after 10,000 new captures on it", timed(lambda: publish(settings)), "s", "≤ 5 on 20 M")
        )
        edition = max(settings.editions.glob("[0-9]*.duckdb"))
        found.append(Measured("size of its edition", edition.stat().st_size / 1e6, "MB"))
    return found


# -- the app


@contextmanager
def demo_data(articles: int, months: int) -> Iterator[tuple[Path, float]]:
    """A data folder with a demo newsroom, and how long making it took."""
    with workspace() as folder:
        environment = os.environ | {"READERSHIP_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT / "src")}
        words = [sys.executable, "-m", "readership.cli", "demo", "--articles", str(articles), "--months", str(months)]
        seconds = timed(lambda: subprocess.run(words, env=environment, check=True, capture_output=True))
        yield folder / "data", seconds


def demo(short: bool) -> list[Measured]:
    """`readership demo`, from nothing to a published edition."""
    size = (150, 6) if short else (1500, 18)
    with demo_data(*size) as (data, seconds):
        pages = sum(1 for folder in (data / "archive").iterdir() for _ in archive.pages(folder))
    label = f"readership demo: {size[0]:,} articles, {size[1]} months, {pages:,} pages"
    return [Measured(label, seconds, "s", "< 60" if not short else "")]


def cold_start(short: bool) -> list[Measured]:
    """`readership serve` until its health route answers, and until the first page does."""
    with demo_data(60, 3) as (data, _):
        best = min(_served(data) for _ in range(2 if short else 5))
    return [Measured("readership serve to the first healthy answer", best, "s")]


def _served(data: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"READERSHIP_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}
    words = [sys.executable, "-m", "readership.cli", "serve", "--port", str(port), "--headless"]
    began = time.perf_counter()
    with subprocess.Popen(
        words, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            while time.perf_counter() - began < 60:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                        if answer.status == 200:
                            return time.perf_counter() - began
                except (urllib.error.URLError, OSError):
                    time.sleep(0.02)
        finally:
            server.terminate()
    raise RuntimeError("The server never answered.")


def reruns(short: bool) -> list[Measured]:
    """CPU of reruns of each page without their queries (bench/rerun.py)."""
    with demo_data(150 if short else 1500, 6 if short else 18) as (data, _):
        words = [sys.executable, "-m", "bench.rerun", "5" if short else "15"]
        environment = os.environ | {"READERSHIP_DATA": str(data), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("rerun\t")]
    return [
        Measured(
            f"rerun of {page}, CPU without queries ({how})", float(ms), "ms", "≤ 15" if "edition" in how else "≤ 60"
        )
        for _, page, how, ms in lines
    ]


def first_page(short: bool) -> list[Measured]:
    """The overview in a browser (bench/first.py)."""
    from bench import first

    return first.first_page(short)


def page_questions(short: bool) -> list[Measured]:
    """What pages ask, on a big edition, and beside polars, pandas and SQLite."""
    from bench import questions

    return questions.questions(short)


MEASURES: dict[str, Callable[[bool], list[Measured]]] = {
    "pages": pages, "ingest": ingest_pages, "counters": counters, "publish": publishing, "queries": page_questions,
    "demo": demo,
    "start": cold_start, "rerun": reruns, "first": first_page,
}  # fmt: skip
