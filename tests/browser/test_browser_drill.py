"""Clicks on figures, comparisons and saved views in Chromium."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from test_browser import Open, Server, chromium, server, settled, sound, visit

__all__ = ["chromium", "server", "visit"]
pytestmark = pytest.mark.browser


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def bar(page: Page, name: str, place: int, trace: int = 0) -> None:
    """Click a bar of a chart."""
    bars = page.locator(f".st-key-chart_{name} .barlayer .trace").nth(trace).locator(".point path")
    bars.nth(place).scroll_into_view_if_needed()
    bars.nth(place).click(force=True)


def test_a_bucket_lists_the_articles_behind_it_and_closes(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=28d")
    charts = page.locator(".st-key-chart_views-gained .barlayer .trace").first.locator(".point path")
    place = max(range(charts.count()), key=lambda n: (charts.nth(n).bounding_box() or {"height": 0})["height"])
    bar(page, "views-gained", place)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("views gained then, by")
    shown = re.search(r"([\d,]+) views gained then", dialog.inner_text())
    assert shown
    expect(dialog.get_by_test_id("stDataFrame")).to_be_visible()
    dialog.get_by_text("Export").click()
    expect(page.get_by_role("link", name="CSV", exact=True)).to_be_visible()
    address = page.get_by_role("link", name="CSV", exact=True).first.get_attribute("href") or ""
    assert "bucket_articles.csv" in address
    body = page.request.get(address if address.startswith("http") else server.url + address).text()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert sum(int(row["views"]) for row in rows) == int(shown[1].replace(",", ""))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settled(page)
    bar(page, "views-gained-1", place)
    expect(dialog).to_contain_text(shown[0])
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settled(page)
    sound(page, watch, server)


def test_points_of_lines_list_their_bucket(visit: Open, server: Server) -> None:
    page, watch = visit("/?period=28d&shape=sum")
    for name in ("views-gained", "day-so-far"):
        points = page.locator(f".st-key-chart_{name} .scatterlayer .trace .point")
        expect(points.last).to_be_attached()
        points.last.scroll_into_view_if_needed()
        place = points.nth(points.count() - 2).evaluate(
            "one => (({x, y, width, height}) => [x + width / 2, y + height / 2])(one.getBoundingClientRect())"
        )
        page.mouse.move(*place)
        page.mouse.click(*place)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("views gained then, by")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        settled(page)
    sound(page, watch, server)


def test_a_bar_a_tile_and_a_field_choose_or_list(visit: Open, server: Server) -> None:
    page, watch = visit("/topics?period=all")
    bar(page, "topics", 0)
    page.wait_for_function("location.search.includes('topic=')")
    settled(page)
    first = query(page)["topic"]
    page.go_back()
    page.wait_for_function("!location.search.includes('topic=')")
    settled(page)
    page.locator(".st-key-chart_topics-treemap .treemaplayer .slice path").first.click(force=True)
    page.wait_for_function("location.search.includes('topic=')")
    assert len(query(page)["topic"]) == len(first) == 1
    settled(page)
    sound(page, watch, server)

    page, watch = visit("/publishing?period=all")
    marks = page.locator(".st-key-chart_hours-read .scatterlayer .point")
    expect(marks).to_have_count(168)
    marks.nth(36).scroll_into_view_if_needed()
    marks.nth(36).click(force=True)
    expect(page.get_by_role("dialog")).to_contain_text("Tuesday")
    sound(page, watch, server)


def test_a_comparison_is_chosen_drawn_kept_in_the_url_and_undone_by_back(visit: Open, server: Server) -> None:
    page, watch = visit("/")
    page.get_by_label("Compare with").click()
    page.get_by_role("option", name="the same weekdays before").click()
    page.wait_for_function("location.search.includes('compare=weekday')")
    settled(page)
    expect(page.locator(".st-key-chart_views-gained .legendtext", has_text="the same weekdays before")).to_have_count(1)
    page.reload()
    settled(page)
    expect(page.locator(".st-key-chart_views-gained .legendtext", has_text="the same weekdays before")).to_have_count(1)
    page.go_back()
    page.wait_for_function("!location.search.includes('compare=')")
    sound(page, watch, server)


def test_a_view_is_kept_opened_by_link_renamed_and_deleted(visit: Open, server: Server) -> None:
    page, watch = visit("/topics?period=90d&compare=month")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Keep this page and its selection as").fill("<b>Last</b> :red[90] days")
    page.get_by_role("button", name="Keep this view").click()
    line = page.locator('[class*="st-key-view_go_"]')
    expect(line).to_contain_text("90] days")
    assert line.locator("b, strong, span[style*=color]").count() == 0
    page.locator('[class*="st-key-view_edit_"] button').first.click()
    link = page.locator(".st-key-view_editor code").inner_text().strip()
    page.get_by_label("Name", exact=True).fill("Quarter")
    page.get_by_role("button", name="Rename").click()
    expect(line).to_contain_text("Quarter")
    sound(page, watch, server)

    other, watch = visit(link.removeprefix(server.url))
    other.wait_for_function("location.pathname == '/topics' && location.search.includes('compare=month')")
    settled(other)
    assert query(other) == {"period": ["90d"], "compare": ["month"]}
    expect(other.locator("h1")).to_have_text("Topics")
    sound(other, watch, server)

    page.locator('[class*="st-key-view_edit_"] button').first.click()
    page.get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)
    sound(page, watch, server)
