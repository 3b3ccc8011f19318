"""No figure of any page sends more than some 2,000 points, and each says its main finding in the reader's language."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import drawn_groups as given
from common import ROOT
from readership import figures
from readership.figures.groups import Span
from readership.i18n import Language
from readership.ui import shell
from readership.ui.server import SCRIPT

MOST = 2000
ENGLISH = Language("en")
PLACES = ("x", "y", "z", "values", "locations", "labels", "lat")
NOTHING_TO_FIND = (
    "No hour is known in this period.",
    "No hour is known on both sides.",
    "No hour has more or less than beside it.",
    "No hour has enough articles.",
    "No figure is known in this period.",
    "No views are known in this period.",
    "No country has figures on both sides.",
    "No two countries are named by the same article.",
    "Too few articles can be compared with others of their age.",
    "There is no age at which both are known.",
    "On no day are a header figure and an official rate known.",
)
"""What a figure may say instead of a figure: that there is none, and why."""
TABLES_ALONE = {"articles", "data", "sql", "admin", "shared"}
"""Pages without figures: Data has one once a site is collected (tests/test_collector_page.py), Shared those of a link
(tests/test_links.py)."""

WALK: dict[str, tuple[dict[str, str], ...]] = {
    "overview": (
        {"bucket": "hour"},
        {"bucket": "hour", "shape": "sum", "lang": "ru"},
        {"compare": "previous", "period": "28d", "bucket": "hour"},
        {"compare": "previous", "period": "28d", "chart": "published", "bucket": "day", "age": "24"},
        {"chart": "published", "bucket": "week"},
        {"chart": "published", "bucket": "month", "shape": "sum"},
        {"board": "1"},
    ),
    "article": ({"article": "el.kz/900000"}, {"article": "el.kz/900000", "lang": "kk"}),
    "topics": ({"bucket": "day"}, {"compare": "previous", "period": "28d", "lang": "ru"}, {"topic": "sport"}),
    "countries": ({"bucket": "day", "measure": "articles"}, {"compare": "previous", "period": "28d", "lang": "ru"}),
    "authors": ({"bucket": "day"}, {"compare": "previous", "period": "7d", "lang": "ru"}),
    "sources": ({"bucket": "day"}, {"compare": "previous", "period": "28d", "lang": "kk"}),
    "publishing": ({"by": "hour"}, {"compare": "previous", "period": "28d", "by": "weekday", "lang": "ru"}),
    "rates": ({}, {"base": "index", "lang": "ru"}),
}
"""What is opened of each page, everything that was published unless a period is named."""


def length(cells: Any) -> int:
    """How many cells an array of a chart's specification has: a list, a list of lists, or packed bytes."""
    if isinstance(cells, dict) and "bdata" in cells:
        return len(base64.b64decode(cells["bdata"])) // np.dtype(cells["dtype"]).itemsize
    if isinstance(cells, list | tuple | np.ndarray):
        return sum(length(cell) if isinstance(cell, list | tuple | np.ndarray) else 1 for cell in cells)
    return 0


def points(chart: dict[str, Any]) -> int:
    """All points of all traces, unseen ones that can be clicked among them."""
    return sum(max(length(trace.get(place)) for place in PLACES) for trace in chart["data"])


def opened(page: str, given: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for name, value in ({} if "board" in given else {"period": "all"} | given).items():
        app.query_params[name] = value
    if "board" in given:
        app.query_params["board"] = "1"
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception, app.exception
    assert not app.error, [element.value for element in app.error]
    return app


def test_no_page_is_left_out() -> None:
    assert {entry.file for entry in shell.PAGES} <= set(WALK) | TABLES_ALONE


@pytest.mark.parametrize("page", WALK)
def test_every_figure_of_a_page_is_light_and_says_its_finding(
    page: str, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    for params in WALK[page]:
        charts = opened(page, params).get("plotly_chart")
        assert charts, (page, params)
        for chart in charts:
            where = (page, params, chart.proto.alt)
            assert points(json.loads(chart.proto.spec)) <= MOST, where
            assert_finding(chart.proto.alt, params.get("lang", "en"), where)


def assert_finding(alt: str, lang: str, where: object) -> None:
    """A sentence with a figure in it, or one that says why there is none, in the language asked for."""
    assert alt.endswith("."), where
    assert re.search(r"\d", alt) or alt in {Language(lang).say(words) for words in NOTHING_TO_FIND}, where
    assert "{" not in alt, where
    if lang != "en":
        assert re.search(r"[а-яәіңғүұқөһ]{3}", alt, re.IGNORECASE), where


# -- ten years of days: more than any page of a test newsroom has ---
YEARS = pd.date_range("2016-01-01", periods=3650)
SPAN = Span(date(2016, 1, 1), date(2026, 1, 1), date(2025, 12, 20))


def groups() -> pd.DataFrame:
    """Rows as of `group_trend`, of eight groups, with another side."""
    return pd.concat(
        pd.DataFrame({"bucket": YEARS, "value": f"v{n}", "name": f"v{n}", "views": np.arange(3650) % 97, "share": 0.1,
                      "articles": 1, "views_then": 3.0, "views_change_percent": 5.0, "views_note": None})
        for n in range(8)
    )  # fmt: skip


def own() -> pd.DataFrame:
    """Rows as of `release_trend`, with another side."""
    rows = pd.DataFrame({"bucket": YEARS, "own": 1, "cited": 2, "credited": 1, "articles": np.arange(3650) % 31})
    for name in ("own", "articles"):
        rows[f"{name}_then"], rows[f"{name}_change_percent"], rows[f"{name}_note"] = 2.0, 1.0, None
    return rows


def gained() -> pd.DataFrame:
    """Rows as of `views_gained`, none of which is ripe after the first, with another side."""
    return pd.DataFrame({"bucket": YEARS, "label": "", "views": np.arange(3650) % 89, "observed_share": 0.5,
                         "covered_share": [1.0] + [0.0] * 3649, "baseline": 0, "complete": True, "views_then": 3.0,
                         "views_change_percent": 5.0, "views_note": None})  # fmt: skip


def rates() -> pd.DataFrame:
    """Rows as of `rate_markers`."""
    return pd.DataFrame({"day": YEARS, "articles": np.arange(3650) % 7, "gained": np.arange(3650) % 53,
                         "header": 500.0, "official": np.arange(3650) % 41 + 500.0, "official_day": YEARS,
                         "source": "nbk"})  # fmt: skip


def heavy() -> Iterator[tuple[str, figures.Figure]]:
    days = (date(2016, 1, 1), date(2026, 1, 1))
    for beside in ("", "before"):
        yield "group trend", figures.group_trend(groups(), "views", "day", SPAN, ENGLISH, beside=beside)
        yield "own reporting", figures.release_trend(own(), "day", SPAN, ENGLISH, beside=beside)
        yield "views gained", figures.views_gained(gained(), "day", ENGLISH, days, beside=beside)
        yield "added up", figures.views_gained(gained(), "day", ENGLISH, days, beside=beside, cumulative=True)
    yield "rate and topic", figures.rate_beside_topic(rates(), "USD in KZT", "economy", ENGLISH, days)


def test_days_of_ten_years_stay_under_the_limit_in_every_figure_of_time() -> None:
    sent = [(name, points(figure.fig.to_plotly_json())) for name, figure in heavy()]
    assert all(n <= MOST for _name, n in sent), sent
    assert all(n > 300 for _name, n in sent), f"thinned to less than a screen shows: {sent}"


def test_highest_days_are_kept_when_days_are_left_out() -> None:
    figure = figures.group_trend(groups(), "views", "day", SPAN, ENGLISH, beside="before")
    panel = figure.fig.to_plotly_json()["data"][0]
    assert max(value for value in panel["y"] if value is not None) == 96


@pytest.mark.parametrize(
    "name", ["performance", "group_hours", "treemap", "reach", "country_network", "country_matrix"]
)
def test_a_figure_of_nothing_says_so_instead_of_an_empty_panel(name: str) -> None:
    figure = given.drawn(lambda rows: rows.head(0))[name](ENGLISH)
    said = " ".join(note["text"].replace("<br>", " ") for note in figure.fig.to_plotly_json()["layout"]["annotations"])
    assert said == figure.alt


def test_outlines_of_many_days_have_no_dots() -> None:
    trend = figures.group_trend(groups(), "views", "day", SPAN, ENGLISH)
    days = figures.views_gained(gained(), "day", ENGLISH)
    for figure in (trend, days):
        lines = [trace for trace in figure.fig.to_plotly_json()["data"] if "markers" in trace.get("mode", "")]
        assert lines
        assert all(trace["marker"]["opacity"] == 0 for trace in lines)
