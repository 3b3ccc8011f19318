"""The selection in Chromium: URL, reload, Back and Forward, links, what is left out; and a person's tasks in clicks."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from test_browser import Open, Server, chromium, settled, sound, start, stop, visit

from common import readership

pytestmark = pytest.mark.browser
__all__ = ["chromium", "visit"]
MAX_CLICKS = 6


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsroom with enough articles for two topics and a country in one month."""
    data = tmp_path_factory.mktemp("big")
    made = readership(data, "demo", "--articles", "400", "--months", "4", "--json")
    assert made.returncode == 0, made.stderr[-2000:]
    return data


@pytest.fixture(scope="module")
def server(big: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    process, running = start(big, tmp_path_factory.mktemp("log") / "server.log")
    yield running
    stop(process)


class Hand:
    """Clicks like a person and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def done(self) -> int:
        settled(self.page)
        return self.clicks


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def period(page: Page, name: str) -> Locator:
    return page.locator(".st-key-bar_w_period").get_by_text(name, exact=True)


def option(page: Page, start: str) -> Locator:
    """An option of the list that is open, by the beginning of its label."""
    return page.get_by_role("option", name=re.compile(f"^{re.escape(start)}")).first


def words(page: Page) -> str:
    return page.locator(".st-key-bar_words").get_by_test_id("stCaptionContainer").inner_text().replace("\u2060", "")


def searching(page: Page, wish: str) -> None:
    page.wait_for_function("wish => location.search === wish", arg=wish, timeout=20_000)
    settled(page)


def choose(page: Page, box: str, start: str, wish: str) -> None:
    """Chooses an option, and once more when the address doesn't say so: a page that is being drawn on a busy machine
    may close the list under the hand."""
    for _ in range(2):
        page.get_by_role("combobox", name=box).click()
        option(page, start).click()
        page.keyboard.press("Escape")
        with suppress(PlaywrightTimeout):
            page.wait_for_function("wish => location.search === wish", arg=wish, timeout=10_000)
            break
    searching(page, wish)


# -- the URL and the browser's history ---
def test_back_undoes_each_change_and_forward_does_it_again(visit: Open, server: Server) -> None:
    page, watch = visit("/")
    first = words(page)
    period(page, "Everything").click()
    searching(page, "?period=all")
    choose(page, "Topic", "Sport", "?period=all&topic=sport")
    filtered = words(page)
    assert "Sport" in filtered
    page.go_back()
    searching(page, "?period=all")
    assert words(page) == "Selected: all dates"
    page.go_back()
    searching(page, "")
    assert words(page) == first
    assert (
        page.locator(".st-key-bar_w_period [aria-checked=true], .st-key-bar_w_period [aria-pressed=true]").count() <= 1
    )
    page.go_forward()
    searching(page, "?period=all")
    page.go_forward()
    searching(page, "?period=all&topic=sport")
    assert words(page) == filtered
    expect(page.locator(".st-key-bar_w_topic")).to_contain_text("Sport")
    sound(page, watch, server)


def test_a_new_change_after_back_starts_from_what_back_showed(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all")
    period(page, "90 days").click()
    searching(page, "?period=90d")
    page.go_back()
    searching(page, "?period=all")
    choose(page, "Language", "Kazakh", "?period=all&language=kk")
    sound(page, watch, server)


def steps(page: Page) -> int:
    return int(page.evaluate("history.length"))


def to(page: Page, name: str) -> None:
    """Another page by the navigation."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_function("wish => location.pathname === wish", arg=f"/{name.lower()}")
    settled(page)


def test_a_page_is_one_step_and_back_leads_to_the_one_before_with_its_selection(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all")
    before = steps(page)
    # The second page has a parameter of its own, which the third one's address must not have.
    to(page, "Countries")
    assert page.evaluate("location.search") == "?period=all"
    page.locator(".st-key-group_home").get_by_text("with the others").click()
    searching(page, "?period=all&home=with")
    to(page, "Articles")
    period(page, "90 days").click()
    searching(page, "?period=90d")
    assert steps(page) == before + 4
    for path, wish in (("/articles", "?period=all"), ("/countries", "?period=all&home=with"),
                       ("/countries", "?period=all"), ("/", "?period=all")):  # fmt: skip
        page.go_back()
        searching(page, wish)
        assert page.evaluate("location.pathname") == path
        assert words(page) == "Selected: all dates"
    page.go_forward()
    searching(page, "?period=all")
    expect(page.locator("h1")).to_have_text("Countries")
    sound(page, watch, server)


def test_an_article_is_one_step_and_back_leads_to_the_list_it_was_chosen_in(visit: Open, server: Server) -> None:
    page, watch = visit("/articles?period=all&language=en")
    before = steps(page)
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 52)
    page.wait_for_function("location.pathname === '/article'")
    settled(page)
    assert steps(page) == before + 1
    page.go_back()
    page.wait_for_function("location.pathname === '/articles'")
    settled(page)
    assert query(page) == {"period": ["all"], "language": ["en"]}
    assert "English" in words(page)
    sound(page, watch, server)


def test_back_undoes_a_switch_and_the_interface_language(visit: Open, server: Server) -> None:
    page, watch = visit("/countries?period=all")
    page.locator(".st-key-group_home").get_by_text("with the others").click()
    page.wait_for_function("location.search.includes('home=with')")
    settled(page)
    page.locator(".st-key-strip_language").get_by_text("RU", exact=True).click()
    page.wait_for_function("location.search.includes('lang=ru')")
    settled(page)
    expect(page.locator("h1")).to_have_text("Страны")
    page.go_back()
    page.wait_for_function("!location.search.includes('lang=')")
    settled(page)
    expect(page.locator("h1")).to_have_text("Countries")
    page.go_back()
    searching(page, "?period=all")
    sound(page, watch, server)


def test_two_tabs_have_each_their_own_history(visit: Open, server: Server) -> None:
    (one, _), (other, watch) = visit("/?period=all"), visit("/?period=90d")
    period(one, "7 days").click()
    searching(one, "?period=7d")
    assert query(other) == {"period": ["90d"]}
    one.go_back()
    searching(one, "?period=all")
    settled(other)
    assert query(other) == {"period": ["90d"]}
    sound(other, watch, server)


def test_a_link_shows_the_same_after_reload_and_on_a_fresh_server(
    visit: Open, server: Server, big: Path, tmp_path: Path
) -> None:
    link = "/topics?period=last-month&topic=sport&topic=health&no_language=kk&mode=any&text=-zzz"
    page, watch = visit(link)
    told, table = words(page), page.locator("h1").inner_text()
    assert "not Kazakh" in told
    page.reload()
    settled(page)
    assert words(page) == told
    sound(page, watch, server)
    process: subprocess.Popen[bytes]
    process, fresh = start(big, tmp_path / "log")
    try:
        again, watch = visit(urlsplit(page.url).path + "?" + urlsplit(page.url).query, at=fresh)
        assert (words(again), again.locator("h1").inner_text()) == (told, table)
        sound(again, watch, fresh)
    finally:
        stop(process)


def test_a_screen_on_the_wall_keeps_its_address_and_says_its_selection(visit: Open, server: Server) -> None:
    page, watch = visit("/?board=1&topic=sport")
    assert query(page) == {"board": ["1"], "topic": ["sport"]}
    expect(page.get_by_text(re.compile("Selected: .*Sport"))).to_be_visible()
    sound(page, watch, server)


# -- choosing ---
def test_a_value_is_left_out_by_keyboard_alone(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all")
    page.get_by_role("combobox", name="Language").focus()
    page.keyboard.type("not Kaz")
    page.keyboard.press("Enter")
    searching(page, "?period=all&no_language=kk")
    assert words(page) == "Selected: all dates; language: not Kazakh"
    sound(page, watch, server)


def test_the_counts_of_the_options_are_what_choosing_brings(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all")
    page.get_by_role("combobox", name="Language").click()
    kazakh, without = (option(page, start).inner_text() for start in ("Kazakh", "not Kazakh"))
    has = int(re.sub(r"\D", "", kazakh))
    assert has == int(re.sub(r"\D", "", without)) > 0
    option(page, "Kazakh").click()
    searching(page, "?period=all&language=kk")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(f"{has}")
    sound(page, watch, server)


def test_age_class_and_state_are_in_the_menu(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all")
    page.locator(".st-key-bar_more").get_by_role("button").first.click()
    page.get_by_role("combobox", name="Age class").click()
    option(page, "archive").click()
    page.wait_for_function("location.search.includes('age_class=archive')")
    settled(page)
    assert "age class: archive" in words(page)
    sound(page, watch, server)


def test_what_a_link_gets_wrong_is_said_and_can_be_left(visit: Open, server: Server) -> None:
    page, watch = visit("/?since=yesterday&section=Nowhere")
    expect(page.get_by_text(re.compile("since=\u2060?yesterday"))).to_be_visible()
    assert page.get_by_test_id("stMetricValue").count() == 0
    page.get_by_role("button", name="Go on without it").click()
    searching(page, "?section=Nowhere")
    expect(page.get_by_text(re.compile("section=\u2060?Nowhere")).first).to_be_visible()
    page.get_by_role("button", name="Reset selection").first.click()
    searching(page, "")
    assert page.get_by_test_id("stMetricValue").count() > 0
    sound(page, watch, server)


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_bar_is_two_lines_and_the_sentence_with_reset_beside_it(
    visit: Open, server: Server, width: int, language: str
) -> None:
    page, _ = visit(f"/?lang={language}&topic=sport&no_topic=health&country=KZ&compare=weekday", width=width)
    heights = [page.locator(f".st-key-{key}").bounding_box() for key in ("bar", "bar_more_row", "bar_words")]
    assert all(box is not None and box["height"] <= most for box, most in zip(heights, (45, 75, 90), strict=True))
    reset = page.locator(".st-key-bar_reset button").bounding_box()
    assert reset
    assert reset["x"] + reset["width"] <= width


def test_in_a_narrow_window_filters_that_have_no_room_stand_in_the_menu(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=all&language=en", width=800)
    expect(page.get_by_role("combobox", name="Language")).to_have_count(0)
    page.locator(".st-key-bar_more").get_by_role("button").first.click()
    folded = page.locator(".st-key-bar_folded")
    expect(folded).to_contain_text("English")
    page.get_by_role("combobox", name="Language").click()
    option(page, "Russian").click()
    searching(page, "?period=all&language=en&language=ru")
    assert words(page) == "Selected: all dates; language: English or Russian"
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(folded).to_be_hidden()
    expect(page.locator(".st-key-bar_w_language")).to_contain_text("English")
    sound(page, watch, server)


# -- a person's tasks ---
def test_two_topics_and_one_country_last_month(visit: Open, server: Server) -> None:
    page, watch = visit("/")
    hand = Hand(page)
    hand.click(period(page, "Last month"))
    settled(page)
    hand.click(page.get_by_role("combobox", name="Topic"))
    hand.click(page.get_by_role("option").first)
    hand.click(page.get_by_role("option").first)
    # By its place: while a list is open, all else is hidden from who does not see it.
    hand.click(page.locator(".st-key-bar_w_country input"))
    hand.click(page.get_by_role("option").first)
    assert hand.done() <= MAX_CLICKS
    page.wait_for_function("location.search.includes('country=')")
    settled(page)
    chosen = query(page)
    assert (chosen["period"], len(chosen["topic"]), len(chosen["country"])) == (["last-month"], 2, 1)
    sound(page, watch, server)


def test_compared_with_the_same_weekdays_before(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=last-month&topic=sport")
    hand = Hand(page)
    hand.click(page.get_by_role("combobox", name="Compare with"))
    hand.click(page.get_by_role("option", name="the same weekdays before"))
    assert hand.done() <= MAX_CLICKS
    page.wait_for_function("location.search.includes('compare=weekday')")
    expect(page.get_by_text("the same weekdays before").first).to_be_visible()
    sound(page, watch, server)


def taken(page: Page, hand: Hand, form: str) -> Download:
    """A file of the chart of views, by its menu."""
    figure = page.locator(".st-key-figure_views-gained")
    figure.scroll_into_view_if_needed()
    hand.click(figure.get_by_role("button", name=re.compile("Export")).first)
    with page.expect_download(timeout=60_000) as download:
        hand.click(page.get_by_role("link", name=form, exact=True))
    return download.value


def test_the_chart_as_svg_and_the_rows_as_xlsx(visit: Open, server: Server, tmp_path: Path) -> None:
    for form, kind in (("SVG", "svg"), ("XLSX", "xlsx")):
        page, watch = visit("/?period=last-month&topic=sport&compare=weekday")
        hand = Hand(page)
        file = tmp_path / f"taken.{kind}"
        taken(page, hand, form).save_as(file)
        assert hand.done() <= MAX_CLICKS
        if kind == "svg":
            assert file.read_text("utf-8").lstrip().startswith(("<svg", "<?xml"))
        else:
            sheets = zipfile.ZipFile(io.BytesIO(file.read_bytes())).namelist()
            assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= set(sheets)
        assert watch.outside == []


def test_an_exports_proof_says_the_selection_as_the_page_does(visit: Open, server: Server, tmp_path: Path) -> None:
    page, _ = visit("/?period=last-month&topic=sport")
    hand = Hand(page)
    taken(page, hand, "CSV").save_as(tmp_path / "rows.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "rows.csv").read_text("utf-8-sig"))))
    assert len(rows) > 20


def test_the_link_is_the_address(visit: Open, server: Server) -> None:
    """To send what is shown, the address is enough; nothing has to be clicked."""
    page, _ = visit("/?period=last-month&topic=sport&compare=weekday")
    other, watch = visit("/?" + urlsplit(page.url).query)
    assert words(other) == words(page)
    sound(other, watch, server)
