"""Login in Chromium: the door, each role, logout, a removed user; links and embeds as their visitors see them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from test_browser import READY, chromium

from login_house import House, running

pytestmark = pytest.mark.browser

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def house(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("login")
    shutil.copytree(newsroom, folder / "data")
    with running(folder / "data", folder / "server.log", READERSHIP_FRAME_ANCESTORS="http://127.0.0.1:*") as found:
        yield found


@pytest.fixture(autouse=True)
def as_listed(house: House) -> Iterator[None]:
    yield
    house.roles = {"rita": "reader", "anna": "analyst", "adam": "admin"}
    house.write_people()


New = Callable[[], BrowserContext]


@pytest.fixture
def new(chromium: Browser) -> Iterator[New]:
    made: list[BrowserContext] = []

    def context() -> BrowserContext:
        made.append(chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US"))
        return made[-1]

    yield context
    for one in made:
        one.close()


def settled(page: Page) -> None:
    page.wait_for_selector(READY, timeout=30_000)
    page.wait_for_timeout(400)
    page.wait_for_selector(READY, timeout=30_000)


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    settled(page)
    return page


def logged_in(house: House, context: BrowserContext, name: str) -> Page:
    """A page on which this person has gone through the provider."""
    house.provider.claims = house.claims(name)
    page = opened(context.new_page(), house.url)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".st-key-corner")).to_be_visible(timeout=30_000)
    settled(page)
    return page


def navigation(page: Page) -> set[str]:
    return {text.strip() for text in page.get_by_test_id("stTopNavLink").all_inner_texts()}


def test_the_door_is_all_there_is_before_login(house: House, new: New) -> None:
    page = opened(new().new_page(), f"{house.url}/admin")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert navigation(page) == set()
    assert (
        page.locator(".st-key-strip, .st-key-bar, [data-testid=stPlotlyChart], [data-testid=stDataFrame]").count() == 0
    )


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [("rita", set(), {"SQL", "Admin"}), ("anna", {"SQL"}, {"Admin"}), ("adam", {"SQL", "Admin"}, set())],
)
def test_each_role_sees_its_pages_and_is_told_of_the_others(
    house: House, new: New, name: str, shown: set[str], hidden: set[str]
) -> None:
    page = logged_in(house, new(), name)
    expect(page.locator(".st-key-corner")).to_contain_text(name.title())
    assert shown | {"Overview", "Articles", "Data"} <= navigation(page)
    assert not hidden & navigation(page)
    for file, label in (("sql", "SQL"), ("admin", "Admin")):
        opened(page, f"{house.url}/{file}")
        expect(page.locator("h1")).to_have_text("Not for your role" if label in hidden else label)
    opened(page, f"{house.url}/data")
    expect(page.locator("h1")).to_have_text("Data")
    expect(page.get_by_test_id("stFileUploader")).to_have_count(1 if name == "adam" else 0)


def test_logout_ends_every_browser_of_a_person(house: House, new: New) -> None:
    first, second = logged_in(house, new(), "rita"), logged_in(house, new(), "rita")
    ended = house.provider.ended
    first.locator(".st-key-corner button").first.click()
    first.get_by_role("button", name="Log out").click()
    expect(first.get_by_role("button", name="Log in")).to_be_visible(timeout=30_000)
    assert house.provider.ended == ended + 1
    assert [cookie for cookie in first.context.cookies() if cookie["name"].startswith("_streamlit_user")] == []
    opened(second, house.url)
    expect(second.get_by_text("You have logged out")).to_be_visible()
    again = logged_in(house, first.context, "rita")
    expect(again.locator(".st-key-corner")).to_contain_text("Rita")


def test_a_removed_user_is_out_at_the_next_click(house: House, new: New) -> None:
    page = logged_in(house, new(), "anna")
    del house.roles["anna"]
    house.write_people()
    page.get_by_role("link", name="Articles").click()
    expect(page.get_by_text("have no role here")).to_be_visible(timeout=20_000)
    assert page.locator("[data-testid=stDataFrame], [data-testid=stPlotlyChart]").count() == 0
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=30_000)


def test_somebody_unknown_is_not_let_in(house: House, new: New) -> None:
    house.provider.claims = house.claims("mallory")
    page = opened(new().new_page(), house.url)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("have no role here")).to_be_visible(timeout=30_000)
    assert navigation(page) == set()


def shared(page: Page, house: House, what: str | None = None) -> str:
    """The address of a link made of the section Society by the form."""
    opened(page, f"{house.url}/?section=Society&period=all")
    page.locator(".st-key-share button").click()
    dialog = page.get_by_test_id("stDialog")
    dialog.get_by_label("Title", exact=True).fill("For <b>you</b>")
    if what:
        dialog.get_by_role("combobox", name="What it shows").click()
        page.get_by_role("option", name=what).click()
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.locator("code").first).to_contain_text("?link=", timeout=20_000)
    return dialog.locator("code").first.inner_text()


def first_option(page: Page, place: str) -> None:
    """Choose it; tables are drawn late and push what stands below them, so the first click may miss."""
    for _ in range(5):
        page.locator(place).get_by_role("combobox").click()
        try:
            page.get_by_role("option").first.click(timeout=4000)
        except PlaywrightTimeout:
            continue
        return
    raise AssertionError(f"No option came up in {place}.")


def title(page: Page) -> str:
    """The page's title as a reader sees it."""
    return page.locator("h1").inner_text().replace("\u2060", "")


def test_a_link_shows_its_selection_and_an_admin_ends_it(house: House, new: New) -> None:
    page = logged_in(house, new(), "adam")
    address = shared(page, house)
    visitor = opened(new().new_page(), address)
    assert title(visitor) == "For <b>you</b>"
    expect(visitor.get_by_text("section: Society")).to_be_visible()
    assert navigation(visitor) == set()
    assert visitor.locator(".st-key-bar, .st-key-strip, .st-key-share").count() == 0
    numbers = visitor.get_by_test_id("stMetricValue").all_inner_texts()
    for path in ("/", "/articles", "/admin", "/data"):
        opened(visitor, address.replace("/?", f"{path}?") + "&section=News&period=7d")
        assert title(visitor) == "For <b>you</b>"
        assert visitor.get_by_test_id("stMetricValue").all_inner_texts() == numbers, path
    opened(page, f"{house.url}/admin")
    first_option(page, ".st-key-choose_links")
    page.locator(".st-key-do_links button").click()
    expect(page.get_by_text("Done")).to_be_visible(timeout=20_000)
    opened(visitor, address)
    expect(visitor.get_by_text("isn't valid")).to_be_visible()
    assert visitor.get_by_test_id("stMetricValue").count() == 0


def test_an_embed_is_framed_alone_and_a_page_is_not(house: House, new: New) -> None:
    page = logged_in(house, new(), "anna")
    embed = shared(page, house, "Only the figure: Views gained")
    other = new().new_page()
    addresses = (f"{embed}&embed=true", house.url)
    house.provider.host = "".join(
        f'<iframe src="{address}" width="900" height="600"></iframe>' for address in addresses
    )
    other.goto(f"{house.provider.url}/host")
    framed = other.frame_locator("iframe").nth(0)
    expect(framed.get_by_test_id("stPlotlyChart")).to_have_count(1, timeout=30_000)
    assert framed.locator("h1, [data-testid=stMetric], [data-testid=stDataFrame], .st-key-bar").count() == 0
    other.wait_for_timeout(1500)
    assert other.frame_locator("iframe").nth(1).locator("[data-testid=stApp]").count() == 0, "a page isn't framed"


def test_the_session_cookie_is_not_for_scripts(house: House, new: New) -> None:
    page = logged_in(house, new(), "rita")
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "_streamlit_user"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "_streamlit_user" not in page.evaluate("document.cookie")
    assert not re.search(r"Traceback|CRITICAL|page failed", house.words()), house.words()[-2000:]
