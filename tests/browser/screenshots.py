"""Writes docs/screenshots: every page, light and dark. `python tests/browser/screenshots.py BASE_URL [SITE/KEY]`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

OUT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PAGES = ("overview", "articles", "topics", "countries", "authors", "sources", "publishing", "rates", "data")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
WIDTH, TALLEST = 1440, 3200


def main() -> None:
    """Takes them all from a running app."""
    base = sys.argv[1].rstrip("/")
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        for scheme in ("light", "dark"):
            for page in PAGES:
                path = "/" if page == "overview" else f"/{page}"
                _take(browser, base + path, scheme, OUT / f"{page}-{scheme}.png")
            if len(sys.argv) > 2:
                _take(browser, f"{base}/article?article={sys.argv[2]}", scheme, OUT / f"article-{scheme}.png")
        browser.close()


def _take(browser: Browser, url: str, scheme: str, out: Path) -> None:
    context = browser.new_context(viewport={"width": WIDTH, "height": 1000}, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(2500)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": min(max(int(height), 900), TALLEST)})
    page.wait_for_timeout(1500)
    image = Image.open(io.BytesIO(page.screenshot()))
    image = image.resize((image.width * 5 // 8, image.height * 5 // 8), Image.Resampling.LANCZOS)
    image.quantize(255).save(out, optimize=True)
    context.close()


if __name__ == "__main__":
    main()
