"""The running app in Chromium: every page, light and dark, nothing sent out, nothing logged as an error."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from common import NASTY, ROOT, readership
from readership.ui.shell import PAGES

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# On a deep link Streamlit's page asks below its own path first where the server's base is, and gets a 404 there.
PROBE = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")


@dataclass
class Server:
    """A running app: its address, data folder and log."""

    url: str
    data: Path
    log: Path

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass
class Watch:
    """What a page asked for and said while it was open."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def start(data: Path, log: Path) -> tuple[subprocess.Popen[bytes], Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"READERSHIP_DATA": str(data), "PYTHONPATH": path, "READERSHIP_LANGUAGE": ""}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    server = Server(f"http://127.0.0.1:{port}", data, log)
    for _ in range(120):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(server.url + "/healthz", timeout=2).close()
            return process, server
        except OSError:
            time.sleep(0.25)
    process.kill()
    raise AssertionError(f"The app did not start:\n{server.words()[-3000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # A copy, since a test loads pages into it.
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(newsroom, folder / "data")
    process, running = start(folder / "data", folder / "server.log")
    yield running
    stop(process)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


Open = Callable[..., tuple[Page, Watch]]


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Open]:
    """Opens an address in a browser of its own and waits until the page is drawn."""
    contexts = []

    def go(
        path: str, *, at: Server = server, scheme: str = "light", width: int = 1440, locale: str = "en-US"
    ) -> tuple[Page, Watch]:
        context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, locale=locale)  # type: ignore[arg-type]
        contexts.append(context)
        page, watch = context.new_page(), Watch()
        page.on("request", lambda request: _note(request, at.url, watch))
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("console", lambda note: _hear(note.type, note.text, note.location.get("url", ""), watch))
        page.goto(at.url + path)
        settled(page)
        return page, watch

    yield go
    for context in contexts:
        context.close()


def _note(request: Request, base: str, watch: Watch) -> None:
    address = request.url.replace("ws://", "http://", 1)
    if not address.startswith((base, "data:", "blob:")):
        watch.outside.append(request.url)


def _hear(kind: str, words: str, place: str, watch: Watch) -> None:
    if kind == "error" and not PROBE.search(urlsplit(place).path):
        watch.errors.append(f"{words} {place}")


def settled(page: Page) -> None:
    page.wait_for_selector(READY, timeout=30_000)
    expect(page.get_by_test_id("stMain")).to_be_visible()
    page.wait_for_timeout(400)
    page.wait_for_selector(READY, timeout=30_000)


def sound(page: Page, watch: Watch, server: Server) -> None:
    assert watch.outside == []
    assert watch.errors == []
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0
    log = server.words()
    assert not re.search(r"Traceback|ERROR|CRITICAL|page failed", log), log[-3000:]


def path_of(file: str) -> str:
    return "/" if file == PAGES[0].file else f"/{file}?article=el.kz/900000" if file == "article" else f"/{file}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("file", [entry.file for entry in PAGES])
def test_every_page_is_drawn_quietly(visit: Open, server: Server, file: str, scheme: str) -> None:
    page, watch = visit(path_of(file), scheme=scheme)
    expect(page.locator("h1")).to_have_count(1)
    page.wait_for_timeout(600)
    sound(page, watch, server)
    colour = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert colour == {"light": "rgb(253, 252, 249)", "dark": "rgb(20, 24, 29)"}[scheme]


def test_the_first_request_of_a_fresh_server_may_be_any_page(visit: Open, newsroom: Path, tmp_path: Path) -> None:
    """A page served without its router would have neither navigation nor strip nor bar."""
    process, fresh = start(newsroom, tmp_path / "log")
    try:
        page, watch = visit("/articles?period=all", at=fresh)
        expect(page.locator("h1")).to_have_text("Articles")
        expect(page.get_by_role("link", name="Overview")).to_be_visible()
        expect(page.locator(".st-key-strip_rates")).to_contain_text("USD")
        expect(page.locator(".st-key-bar_words")).to_contain_text("all dates")
        sound(page, watch, fresh)
    finally:
        stop(process)


def test_without_an_edition_pages_say_what_to_do(visit: Open, tmp_path: Path) -> None:
    process, fresh = start(tmp_path / "nothing", tmp_path / "log")
    try:
        for file in ("overview", "data"):
            page, watch = visit(path_of(file), at=fresh)
            expect(page.get_by_text("readership demo")).to_be_visible()
            sound(page, watch, fresh)
    finally:
        stop(process)


def test_answers_carry_the_security_headers(server: Server) -> None:
    for path in ("/", "/articles", "/healthz", "/_stcore/health"):
        with urllib.request.urlopen(server.url + path, timeout=5) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "http" not in policy.replace("'self'", ""), "no other origin is allowed"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert "camera=()" in answer.headers["Permissions-Policy"]


def test_the_servers_own_figures_stay_inside(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(server.url + "/_stcore/metrics", timeout=5)
    assert refused.value.code == 404


@pytest.mark.parametrize("n", range(len(NASTY)))
def test_a_title_with_markup_is_shown_as_it_stands(visit: Open, server: Server, n: int) -> None:
    page, watch = visit(f"/article?article=el.kz/90000{n}")
    shown = page.locator("h2").first.inner_text().replace("\u2060", "")
    assert shown.split() == NASTY[n].split()
    heading = page.locator("h2").first
    assert heading.locator("img, a, b, strong, .katex, span[style*=color]").count() == 0
    sound(page, watch, server)


def test_the_selection_stands_in_the_url_and_survives_reload_and_pages(visit: Open, server: Server) -> None:
    page, watch = visit("/")
    page.get_by_role("radio", name="Everything").or_(page.get_by_role("button", name="Everything")).first.click()
    page.wait_for_function("location.search.includes('period=all')")
    box = page.get_by_label("Words in title or lead")
    box.fill("onerror")
    box.press("Enter")
    page.wait_for_function("location.search.includes('text=onerror')")
    settled(page)
    page.reload()
    settled(page)
    assert parse_qs(urlsplit(page.url).query) == {"period": ["all"], "text": ["onerror"]}
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("1")
    page.get_by_role("link", name="Articles").click()
    page.wait_for_function("location.pathname == '/articles' && location.search.includes('text=onerror')")
    settled(page)
    page.get_by_role("button", name="Reset selection").first.click()
    page.wait_for_function("location.search == ''")
    sound(page, watch, server)


def test_a_row_opens_its_article(visit: Open, server: Server) -> None:
    page, watch = visit("/articles?text=onerror&period=all")
    grid = page.get_by_test_id("stDataFrame").first
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 52)
    page.wait_for_function("location.pathname == '/article'", timeout=10_000)
    settled(page)
    assert parse_qs(urlsplit(page.url).query)["article"] == ["el.kz/900000"]
    expect(page.locator("h2").first).to_contain_text("HTML")
    sound(page, watch, server)


def test_the_interface_follows_browser_switch_and_url(visit: Open, server: Server) -> None:
    page, watch = visit("/", locale="kk-KZ")
    expect(page.locator("h1")).to_have_text("Шолу")
    page.locator(".st-key-strip_language").get_by_text("RU", exact=True).click()
    expect(page.locator("h1")).to_have_text("Обзор")
    page.wait_for_function("location.search.includes('lang=ru')")
    page.get_by_role("link", name="Материалы").click()
    expect(page.locator("h1")).to_have_text("Материалы")
    sound(page, watch, server)


def test_a_screen_on_the_wall_shows_no_controls(visit: Open, server: Server) -> None:
    page, watch = visit("/?board=1", scheme="dark")
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(2)
    assert page.get_by_test_id("stTopNavLink").count() == 0
    assert page.locator(".st-key-bar").count() == 0
    sound(page, watch, server)


def test_the_map_is_drawn_without_the_net_and_a_click_on_it_filters(visit: Open, server: Server) -> None:
    page, watch = visit("/countries?period=all&home=with")
    area = page.locator(".st-key-chart_countries-map path.choroplethlocation").first
    expect(area).to_be_visible(timeout=15_000)
    assert len(area.get_attribute("d") or "") > 100, "the first country by views has a shape"
    for wanted in (["KZ"], None):
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(300)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_function("wish => location.search.includes('country=KZ') === wish", arg=bool(wanted))
        settled(page)
        assert parse_qs(urlsplit(page.url).query).get("country") == wanted
        expect(page.locator(".st-key-one_head")).to_have_count(len(wanted or []))
        page.wait_for_timeout(800)
    sound(page, watch, server)


def test_a_row_of_a_group_filters_and_the_way_back_leaves(visit: Open, server: Server) -> None:
    page, watch = visit("/authors?period=all")
    grid = page.get_by_test_id("stDataFrame").first
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 52)
    page.wait_for_function("location.search.includes('author=')")
    settled(page)
    name = parse_qs(urlsplit(page.url).query)["author"][0]
    expect(page.locator(".st-key-one_head")).to_contain_text(name)
    page.get_by_role("button", name="All authors").click()
    page.wait_for_function("!location.search.includes('author=')")
    sound(page, watch, server)


@pytest.mark.parametrize("file", ["overview", "articles", "article", "data"])
def test_a_phone_shows_no_sideways_scroll(visit: Open, server: Server, file: str) -> None:
    page, watch = visit(path_of(file), width=390)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    sound(page, watch, server)


def test_figures_have_words_for_who_does_not_see_them(visit: Open, server: Server) -> None:
    page, _watch = visit("/?period=all")
    figures = page.get_by_role("figure")
    expect(figures.first).to_be_visible()
    assert all(re.search(r"\d", figures.nth(n).get_attribute("aria-label") or "") for n in range(figures.count()))


def test_one_switch_for_two_questions_and_a_note_on_the_chart(visit: Open, server: Server) -> None:
    page, watch = visit("/")
    switches, chart = page.locator(".st-key-series_switches"), page.locator(".st-key-figure_views-gained")
    expect(chart).to_contain_text("Read in the period")
    page.get_by_text("Notes on the chart (0)").click()
    page.get_by_label("What happened").fill("<b>Relaunch</b>")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("Notes on the chart (1)")).to_be_visible()
    expect(chart.locator("svg .annotation-text", has_text="<b>Relaunch</b>")).to_have_count(1)
    switches.get_by_text("Published in the period").click()
    expect(page.locator(".st-key-figure_views-by-publication")).to_contain_text("Published in the period")
    expect(chart).to_have_count(0)
    sound(page, watch, server)


def test_a_new_edition_comes_by_itself_and_leaves_the_reader_in_place(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all")
    switches, main = page.locator(".st-key-series_switches"), page.get_by_test_id("stMain")
    switches.get_by_text("Week", exact=True).click()
    settled(page)
    page.wait_for_timeout(1000)
    main.evaluate("e => e.scrollTo(0, 700)")
    before = _edition(server)
    made = readership(server.data, "publish", "--full")
    assert made.returncode == 0, made.stderr
    expect(page.locator(".st-key-strip")).to_contain_text(f"edition {before + 1}", timeout=30_000)
    settled(page)
    assert abs(main.evaluate("e => e.scrollTop") - 700) <= 2
    expect(page.locator(".st-key-figure_views-gained")).to_contain_text("views gained by week")
    sound(page, watch, server)


def test_pages_are_loaded_in_the_browser_and_taken_back(visit: Open, server: Server, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(
        "site,article_key,observed_at,views\nel.kz,900000,2026-11-21T15:00:00+05:00,2500000\n", encoding="utf-8"
    )
    page, watch = visit("/data")
    before = _edition(server)
    page.locator('input[type="file"]').set_input_files([str(table), _blank(tmp_path)])
    page.get_by_text("blank.html").wait_for()
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("1 was rejected")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile("^blank.html: "))).to_be_visible()
    assert _edition(server) > before
    assert not list((server.data / "work").glob("*")), "the uploads are gone from the work folder"
    sound(page, watch, server)
    page.get_by_role("button", name="Undo a batch").click()
    page.get_by_role("combobox", name="Batch").click()
    page.get_by_role("option").first.click()
    page.get_by_text("Take everything back that this batch brought").click()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("is undone")).to_be_visible(timeout=60_000)
    assert _edition(server) > before + 1
    sound(page, watch, server)


def _blank(folder: Path) -> str:
    path = folder / "blank.html"
    path.write_text("<html><body></body></html>", encoding="utf-8")
    return str(path)


def _edition(server: Server) -> int:
    import json

    with urllib.request.urlopen(server.url + "/healthz", timeout=5) as answer:
        return int(json.load(answer)["edition"])
