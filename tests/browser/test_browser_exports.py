"""Every export button of every page in Chromium: pressed, the file taken, opened and checked."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import openpyxl
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, expect
from test_browser import Open, Server, chromium, settled, sound, start, stop, visit

from exporting import furnished, rows_of_csv, rows_of_jsonl
from readership import exports
from readership.ui import exported
from readership.ui.shell import PAGES

__all__ = ["chromium", "visit"]
pytestmark = pytest.mark.browser

ARTICLE = "el.kz/900000"
SHOWING = [entry.file for entry in PAGES]
SHORT = ("overview", "countries", "data")
"""Pages whose menus are opened in every run; READERSHIP_BROWSER=full presses every entry of every menu of all pages
(test_exports_pages.py and test_exports_own.py ask for all of them without a browser)."""
FULL = os.environ.get("READERSHIP_BROWSER") == "full"
TRIED = SHOWING if FULL else SHORT
PRESSED = "overview"
"""In the short form every entry of this page's first menu is pressed; of others the first, and the rest asked for."""


@pytest.fixture(scope="module")
def server(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The newsroom with the collector's state, people, links and what else has tables of its own."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(newsroom, folder / "data")
    furnished(folder / "data")
    process, running = start(folder / "data", folder / "server.log")
    yield running
    stop(process)


def address_of(file: str) -> str:
    return f"/{'' if file == PAGES[0].file else file}?period=all" + (f"&article={ARTICLE}" if file == "article" else "")


def menus(page: Page) -> list[str]:
    """Keys of the export menus of the page."""
    found = page.locator("[class*='st-key-export_']")
    classes = " ".join(found.nth(n).get_attribute("class") or "" for n in range(found.count())).split()
    keys = dict.fromkeys(name for name in classes if name.startswith("st-key-export_"))
    return [key for key in keys if not key.startswith(("st-key-export_tables_", "st-key-export_figure_"))]


def opened(page: Page, key: str) -> Locator:
    """The menu, open."""
    page.locator(f".{key} button").first.click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body.locator("a").first).to_be_visible(timeout=20_000)
    settled(page)
    return body


def closed(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    settled(page)


def pressed(page: Page, link: Locator, folder: Path) -> tuple[str, bytes]:
    """What comes when the link is pressed: the file's name and bytes."""
    with page.expect_download(timeout=60_000) as waiting:
        link.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.name, path.read_bytes()


def checked(name: str, data: bytes) -> None:
    """The file opens as what its ending says."""
    match name.split(".", 1)[1]:
        case "csv":
            rows = rows_of_csv(data)
            assert len({len(row) for row in rows}) == 1
        case "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(data))
            assert book.sheetnames[1] == "proof"
            assert book.worksheets[0].freeze_panes == "A2"
        case "parquet":
            assert b"readership.proof" in pq.read_metadata(io.BytesIO(data)).metadata
        case "jsonl":
            rows_of_jsonl(data)
        case "png":
            assert data.startswith(b"\x89PNG")
            assert int.from_bytes(data[16:20], "big") == 1920, "twice as fine"
        case "svg":
            assert ET.fromstring(data).tag.endswith("svg")
        case "pdf":
            assert data.startswith(b"%PDF")
        case "html":
            assert data.startswith(b"<!doctype html>")
        case "zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for file in json.loads(archive.read("proof.json"))["files"]:
                    assert hashlib.sha256(archive.read(file["name"])).hexdigest() == file["sha256"]
        case ending:
            assert ending.endswith("proof.json")
            assert json.loads(data)["sha256_of"] == "the rows as JSON Lines"


def asked_for(page: Page, server: Server, address: str) -> tuple[str, bytes]:
    """What comes when the address is asked for with the page's cookies."""
    answer = page.request.get(server.url + address, timeout=60_000)
    assert answer.ok, f"{address}: {answer.text()[:300]}"
    return unquote(answer.headers["content-disposition"]).split('"')[1], answer.body()


@pytest.mark.parametrize("file", TRIED)
def test_every_export_of_every_menu_is_a_file_that_opens(
    visit: Open, server: Server, tmp_path: Path, file: str
) -> None:
    page, watch = visit(address_of(file))
    keys = menus(page)
    assert ("st-key-export_page" in keys) == (file not in exported.WITHOUT)
    assert len(set(keys) - {"st-key-export_page"}) >= 1
    for place, key in enumerate(keys):
        body = opened(page, key)
        links = body.get_by_test_id("stLinkButton").locator("a")
        addresses = [links.nth(n).get_attribute("href") or "" for n in range(links.count())]
        files = [(n, address) for n, address in enumerate(addresses) if "/export/" in address]
        assert files, key
        if key == "st-key-export_page" and not FULL:
            files = files[:1]
        every = FULL or (file == PRESSED and place == 1)
        for count, (n, address) in enumerate(files):
            assert parse_qs(urlsplit(address).query)["edition"]
            one = pressed(page, links.nth(n), tmp_path) if every or count == 0 else asked_for(page, server, address)
            checked(*one)
        if key != "st-key-export_page" and exports.pictures_available():
            endings = {urlsplit(address).path.rpartition(".")[2] for _, address in files}
            assert endings >= {"csv", "xlsx", "parquet", "jsonl", "json"}
        closed(page)
    sound(page, watch, server)


def test_every_figure_and_table_has_a_menu(visit: Open, server: Server) -> None:
    for file in TRIED:
        page, _watch = visit(address_of(file))
        names = {key.removeprefix("st-key-export_") for key in menus(page)}
        drawn = page.locator("[class*='st-key-figure_']")
        for n in range(drawn.count()):
            classes = (drawn.nth(n).get_attribute("class") or "").split()
            figure = next(one for one in classes if one.startswith("st-key-figure_")).removeprefix("st-key-figure_")
            assert figure in names, f"{file}: {figure}"


def test_the_menu_shows_sql_that_runs_and_speaks_the_reader_s_language(visit: Open, server: Server) -> None:
    page, watch = visit("/?lang=ru")
    body = opened(page, "st-key-export_views-gained")
    addresses = [link.get_attribute("href") or "" for link in body.locator("a").all()]
    assert all("lang=ru" in address for address in addresses if "/export/" in address)
    sql = next(address for address in addresses if "/sql?" in address) if any("/sql?" in a for a in addresses) else ""
    if not sql:
        body.locator("summary, [data-testid='stExpander']").last.click()
        settled(page)
        found = [link.get_attribute("href") or "" for link in body.locator("a").all()]
        sql = next(address for address in found if "/sql?" in address)
    assert "SELECT" in parse_qs(urlsplit(sql).query)["sql"][0]
    sound(page, watch, server)
