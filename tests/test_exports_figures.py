"""Figures as files: pictures with words and proof inside, a page that opens offline, several in one zip."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import struct
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from common import ROOT
from exporting import HARD, MADE, asked, rows_of_jsonl, written
from readership import exports
from readership.errors import ReadershipError, UsageError
from readership.exports import chromium, figures, maps
from readership.figures import Figure
from readership.queries import Selection

drawn = pytest.mark.skipif(not exports.pictures_available(), reason="there is no Chromium to draw with")
ROWS = pd.DataFrame({"bucket": ["дек.", "янв."], "views": pd.array([3, None], dtype="Int64")})
CHOSEN = Selection(topics=("спорт",))


def drawing(**layout: Any) -> Figure:
    fig = go.Figure(go.Bar(x=ROWS["bucket"].tolist(), y=[3, None]))
    fig.update_layout(height=300, **layout)
    return Figure(fig, "Views “gained” & <more>", "By month", "Most in December: 3.")


def made(form: str, figure: Figure | None = None) -> bytes:
    with exports.figure(figure or drawing(), ROWS, asked(selection=CHOSEN), form, name="views-gained") as export:
        return export.read()


@pytest.fixture(scope="module", autouse=True)
def _chromium_stops() -> Iterator[None]:
    yield
    exports.stop_pictures()


def children(pid: int) -> list[int]:
    """Living children of a process."""
    command = ["ps", "-o", "pid=,stat=,comm=", "--ppid", str(pid)]
    lines = [
        line.split(None, 2) for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    ]
    return [int(one) for one, state, name in lines if "Z" not in state and name != "ps"]


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG, their sums checked."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (total,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert zlib.crc32(kind + data) == total
        yield kind, data
        at += 12 + length


# -- pictures ----------------------------------------------------------------------------------------------------------
@drawn
def test_a_png_is_twice_as_fine_and_holds_the_proof() -> None:
    from PIL import Image

    data = made("png")
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.width == 2 * figures.WIDTH
    assert image.height > 2 * 300
    assert json.loads(image.text["readership.proof"])["rows"] == 2  # type: ignore[attr-defined]
    assert [kind for kind, _ in chunks(data)][:2] == [b"IHDR", b"iTXt"]


@drawn
def test_an_svg_says_what_it_shows() -> None:
    root = ET.fromstring(made("svg"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    title, description, metadata = root[0], root[1], root[2]
    assert title.text == "Views “gained” & <more>"
    assert description.text == "Most in December: 3."
    assert json.loads(metadata.text or "")["permalink"] == "?topic=%D1%81%D0%BF%D0%BE%D1%80%D1%82"
    shown = "".join(root.itertext()).replace("\u00a0", " ")
    assert "Views “gained” & <more>" in shown.split("</metadata>")[-1]
    assert "all dates; topic: спорт · edition 7 · as of 22 Nov 2026, 15:40 UTC · demo data" in shown


@drawn
def test_a_pdf_has_its_information_and_still_opens() -> None:
    data = made("pdf")
    assert data.startswith(b"%PDF-")
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    assert data[start : start + 4] == b"xref"
    place = int(re.findall(rb"(\d{10}) 00000 n", data[start:])[0])
    info = data[place : data.index(b"endobj", place)]
    texts = {
        name.decode(): bytes.fromhex(value.decode()).decode("utf-16")
        for name, value in re.findall(rb"/(\w+) <([0-9a-f]*)>", info)
    }
    assert texts["Title"] == "Views “gained” & <more>"
    assert json.loads(texts["Keywords"])["edition"] == 7
    previous = re.findall(rb"/Prev (\d+)", data[start:])
    assert data[int(previous[0]) :].startswith(b"xref")


@drawn
def test_a_picture_fetches_nothing() -> None:
    asked_for: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_for.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/x.png"
        outside = drawing(images=[{"source": address, "x": 0, "y": 1, "sizex": 1, "sizey": 1}])
        assert made("svg", outside)
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
    assert asked_for == []


@drawn
def test_four_readers_at_once_get_their_own_pictures() -> None:
    titles = ["Алматы", "Астана", "Шымкент", "Атырау"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda title: made("svg", Figure(go.Figure(), title, "", title)), titles))
    for title, svg in zip(titles, found, strict=True):
        others = set(titles) - {title}
        assert title in svg.decode()
        assert not [other for other in others if other in svg.decode()]


@drawn
def test_chromium_starts_with_the_first_figure_stays_and_stops() -> None:
    exports.stop_pictures()
    before = set(children(os.getpid()))
    made("svg")
    running = set(children(os.getpid())) - before
    assert running
    made("svg")
    assert set(children(os.getpid())) - before == running
    exports.stop_pictures()
    assert set(children(os.getpid())) - before == set()
    exports.stop_pictures()


@drawn
def test_a_chromium_that_died_is_started_again() -> None:
    exports.stop_pictures()
    before = set(children(os.getpid()))
    made("svg")
    for pid in set(children(os.getpid())) - before:
        for child in [*children(pid), pid]:
            with suppress(ProcessLookupError):  # some end with the others
                os.kill(child, 9)
    assert made("svg").startswith(b"<svg")


@drawn
def test_a_process_that_drew_ends_by_itself() -> None:
    code = (
        "from readership.exports import chromium; import plotly.graph_objects as go; "
        "print(len(chromium.draw(go.Figure(), 'svg', width=200, height=100)))"
    )
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert int(run.stdout) > 100


def test_without_chromium_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    exports.stop_pictures()
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    assert not exports.pictures_available()
    for form in ("png", "svg", "pdf"):
        with pytest.raises(ReadershipError, match="no Chromium") as missing:
            made(form)
        assert "apt install chromium" in missing.value.hint
        assert str(tmp_path) not in str(missing.value)
    assert made("html")


def test_a_chromium_that_does_not_start_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    exports.stop_pictures()
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    monkeypatch.setattr(chromium, "START_S", 10)
    with pytest.raises(ReadershipError, match="did not start"):
        made("png")


# -- the page that opens offline ---------------------------------------------------------------------------------------
def test_the_page_loads_nothing_and_sends_nothing() -> None:
    page = made("html").decode()
    assert "<title>Views “gained” &amp; &lt;more&gt;</title>" in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy[1]
    data = dict(re.findall(r'<script type="application/json" id="([^"]*)">(.*?)</script>', page, re.DOTALL))
    settings = json.loads(data["settings"])
    assert (settings["showSendToCloud"], settings["displaylogo"]) == (False, False)
    assert json.loads(data["readership.proof"])["rows"] == 2
    assert json.loads(data["figure"])["data"][0]["type"] == "bar"
    without_library = page.replace(figures._library(), "")
    assert not re.search(r"(src|href)=|url\(|@import|https?://", without_library)


@dataclass
class Shown:
    """What a browser without network made of a page."""

    outlines: int
    text: str


def shown_offline(folder: Path, page: bytes, selector: str) -> Shown:
    """Open a page offline; it must ask for nothing and complain of nothing."""
    from playwright.sync_api import sync_playwright

    (folder / "figure.html").write_bytes(page)
    wanted: list[str] = []
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_found(), args=["--no-sandbox"])
        tab = browser.new_context(offline=True).new_page()
        tab.on("request", lambda request: wanted.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto((folder / "figure.html").as_uri())
        tab.wait_for_selector(selector, state="attached", timeout=20_000)
        shown = Shown(tab.locator(selector).count(), tab.inner_text("body"))
        browser.close()
    assert [url for url in wanted if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    return shown


@pytest.mark.browser
@drawn
def test_the_page_draws_in_a_browser_without_network(tmp_path: Path) -> None:
    shown = shown_offline(tmp_path, made("html"), "#drawing .bars path")
    assert shown.outlines >= 1
    assert "спорт" in shown.text


def _found() -> str:
    from choreographer.browsers.chromium import Chromium

    return str(Chromium.find_browser(skip_local=False))


def world() -> Figure:
    fig = go.Figure(go.Choropleth(locations=["KAZ"], z=[1], showscale=False))
    fig.update_layout(height=460)
    return Figure(fig, "Countries", "On the map", "Kazakhstan.")


@drawn
def test_a_map_is_drawn_from_outlines_of_our_own() -> None:
    svg = made("svg", world()).decode()
    paths = re.findall(r'<path[^>]* d="([^"]{200,})"', svg)
    assert len(paths) >= 1, "no land"
    assert "var PlotlyGeoAssets={" in made("html", world()).decode()
    assert "var PlotlyGeoAssets={" not in made("html").decode()


@pytest.mark.browser
@drawn
def test_a_page_with_a_map_draws_it_without_network(tmp_path: Path) -> None:
    shown = shown_offline(tmp_path, made("html", world()), "#drawing .choroplethlayer path")
    assert shown.outlines > 0


def test_a_map_without_outlines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "script", lambda: "")
    with pytest.raises(ReadershipError, match="outlines"):
        made("html", world())
    assert made("html")


# -- names, proof, layout ----------------------------------------------------------------------------------------------
def test_the_name_holds_the_hash_and_the_proof_the_rows_drawn() -> None:
    with exports.figure(drawing(), ROWS, asked(selection=CHOSEN), "html", name="views-gained") as export:
        assert export.name == f"readership-views-gained-7-{hashlib.sha256(export.read()).hexdigest()[:8]}.html"
        assert export.proof is not None
        lines = '{"bucket": "дек.", "views": 3}\n{"bucket": "янв.", "views": null}\n'
        assert export.proof.sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="no format"):
        made("gif")


def test_the_drawing_itself_is_left_as_it_was() -> None:
    figure = drawing()
    before = figure.fig.to_json()
    figures.composed(figure, "caption")
    made("html", figure)
    assert figure.fig.to_json() == before


def test_long_words_make_the_picture_higher_not_wider() -> None:
    short, low = figures.composed(drawing(), "one")
    long = Figure(drawing().fig, "title " * 40, "subtitle " * 60, "")
    tall, high = figures.composed(long, "caption " * 60)
    assert (short.layout.width, tall.layout.width) == (figures.WIDTH, figures.WIDTH)
    assert high > low + 100
    lines = re.sub(r"<(?!br>)[^>]*>", "", tall.layout.title.text).split("<br>")
    assert max(map(len, lines)) <= figures._WRAP["subtitle"]


# -- a page ------------------------------------------------------------------------------------------------------------
def test_a_page_is_one_zip_with_every_part_and_its_proof() -> None:
    question = asked(selection=CHOSEN)
    parts = [
        lambda: exports.table_of_batches([HARD], question, "csv"),
        lambda: exports.table_of_batches([HARD], question, "csv"),
        lambda: exports.table_of_batches([HARD], question, "xlsx"),
        lambda: exports.figure(drawing(), ROWS, question, "html", name="views-gained"),
    ]
    with exports.page(parts, name="overview", edition=7, made_at=MADE) as whole:
        data = whole.read()
    assert whole.name == f"readership-overview-7-{hashlib.sha256(data).hexdigest()[:8]}.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        about = json.loads(archive.read("proof.json"))
        names = [part["name"] for part in about["files"]]
        assert [*names, "proof.json"] == archive.namelist()
        assert len(set(names)) == 4
        assert names[1] == names[0].replace(".csv", "-2.csv")
        for part in about["files"]:
            assert hashlib.sha256(archive.read(part["name"])).hexdigest() == part["sha256"]
            assert part["proof"]["permalink"] == question.permalink
        assert archive.read(names[0]) == written([HARD], "csv")
    assert len(rows_of_jsonl(written([HARD], "jsonl"))) == about["files"][0]["proof"]["rows"]


def test_a_part_that_fails_fails_the_page() -> None:
    def broken() -> exports.Export:
        raise UsageError("no")

    parts = [lambda: exports.table_of_batches([HARD], asked(), "csv"), broken]
    with pytest.raises(UsageError):
        exports.page(parts, name="overview", edition=7, made_at=MADE)
