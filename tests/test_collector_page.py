"""The Data page's part on collecting: what it tells of sites, what is late, and stop and go for those who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from newsroom_site import NewsSite, SimulatedClock, Story, curve, entry, served
from readership import settings
from readership.accounts import people
from readership.accounts.people import LOCAL, Role
from readership.errors import Refused
from readership.figures.collecting import requests_by_hour
from readership.i18n import LANGUAGES, Language
from readership.pipeline import collect as collector
from readership.pipeline.collect.state import State
from readership.pipeline.collect.status import file_of
from readership.ui import collector as panel
from readership.ui.server import SCRIPT
from test_rates_page import ROOT, said

Collected = Callable[..., settings.Settings]


@pytest.fixture
def site() -> Iterator[NewsSite]:
    now = datetime.now(UTC) - timedelta(hours=2)
    made = [Story(73000 + n, now - timedelta(hours=1), curve(now, 500, 5, 1)) for n in range(3)]
    with served(NewsSite(SimulatedClock(now), made)) as one:
        yield one


@pytest.fixture
def own(tmp_path: Path, site: NewsSite) -> settings.Settings:
    """A data folder that was collected for an hour, an hour ago."""
    made = settings.load({"READERSHIP_DATA": str(tmp_path), "READERSHIP_SITES": str(tmp_path / "sites.toml")})
    assert made.sites_file is not None
    made.sites_file.write_text(entry(site))
    collector.collect(made, minutes=60, clock=site.clock, seed=1)
    return made


def opened(data: Path, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(data))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    app.switch_page(str(ROOT / "pages" / "data.py")).run()
    assert not app.exception, app.exception
    return app


def table(app: AppTest, column: str) -> pd.DataFrame:
    (found,) = [one.value for one in app.dataframe if column in one.value]
    return found


def paused(own: settings.Settings) -> bool:
    return bool(collector.status(own)["sites"][0]["state"] == "paused")


def test_without_a_collector_the_page_says_how_to_begin(tmp_path, monkeypatch):
    app = opened(tmp_path, monkeypatch)
    assert "No site has been collected yet" in said(app)
    assert not file_of(settings.load({"READERSHIP_DATA": str(tmp_path)})).exists(), "looking leaves nothing behind"


def test_sites_are_told_with_health_last_reading_and_what_is_late(own, site, monkeypatch):
    app = opened(own.data, monkeypatch)
    row = table(app, "health").iloc[0]
    assert (row["site"], row["health"], row["articles"], row["behind"]) == ("127.0.0.1", "fine", 3, 3)
    assert "3 articles have waited more than five minutes" in said(app)
    assert list(table(app, "late_minutes")["address"]) == sorted(site.base + one.path for one in site.stories)
    assert "No collector is at work; the last one ended" in said(app).replace("\n", " ")
    assert [one.value for one in app.subheader if "Captures by hour" in one.value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_alarms_stand_above_everything_in_every_language(own, monkeypatch, language):
    state = State(file_of(own))
    state.do("INSERT INTO alarm VALUES ('127.0.0.1', 'layout', 'views', 1, 2, 'views is **missing** from 20 pages.')")
    state.close()
    app = opened(own.data, monkeypatch, language)
    (alarm,) = [one.value for one in app.warning if "missing" in one.value]
    assert "**" not in alarm, "what a page says is no Markdown"
    assert table(app, "health")["health"].iloc[0] == Language(language).say("changed layout")


def test_an_admin_pauses_a_site_and_lets_it_go_on(own, monkeypatch):
    app = opened(own.data, monkeypatch)
    app.button(key="collect_stop_of_127.0.0.1").click().run()
    assert paused(own)
    assert table(app, "health")["paused_by"].iloc[0] == "local"
    app.button(key="collect_go_of_127.0.0.1").click().run()
    assert not paused(own)


def test_somebody_who_is_no_admin_sees_no_button_and_changes_nothing(own, monkeypatch):
    app = opened(own.data, monkeypatch)
    monkeypatch.setattr(people, "LOCAL", replace(LOCAL, role=Role.ANALYST))
    app.button(key="collect_stop_of_127.0.0.1").click().run()
    assert not paused(own), "a button of before the role was taken away does nothing"
    assert [one.value for one in app.warning if "needs the role" in one.value]
    again = opened(own.data, monkeypatch)
    assert not [one for one in again.button if str(one.key).startswith("collect_")]
    assert len(table(again, "health")) == 1


def test_the_callback_asks_by_itself(own, monkeypatch):
    asked: list[Role] = []

    def refuse(role: Role) -> None:
        asked.append(role)
        raise Refused("no")

    monkeypatch.setattr(panel.who, "require", refuse)
    panel._set(("127.0.0.1",), False)
    assert asked == [Role.ADMIN]
    assert not paused(own)


def test_a_memory_of_a_newer_version_is_one_plain_line_on_the_page(own, monkeypatch):
    state = State(file_of(own))
    state.do("PRAGMA user_version = 99")
    state.close()
    app = opened(own.data, monkeypatch)
    assert [one.value for one in app.warning if "newer Readership" in one.value]
    assert not [one for one in app.dataframe if "health" in one.value]


def test_hours_are_stacked_by_what_came_of_the_requests_and_run_to_now():
    now = datetime(2026, 10, 3, 12, 30, tzinfo=UTC)
    hour = now.replace(minute=0) - timedelta(hours=5)
    rows = pd.DataFrame([
        {"site": "a", "hour": hour, "captures": 4, "unchanged": 2, "failed": 0},
        {"site": "b", "hour": hour, "captures": 1, "unchanged": 0, "failed": 3},
    ])  # fmt: skip
    figure = requests_by_hour(rows, now, "Asia/Almaty", Language("en"))
    assert [list(bar.y) for bar in figure.fig.data] == [[5], [2], [3]]
    assert str(figure.fig.data[0].x[0])[:16].replace("T", " ") == "2026-10-03 12:00"
    assert list(figure.fig.layout.xaxis.range) == ["2026-10-01 18:00:00", "2026-10-03 18:00:00"]
    assert "5 captures, 2 unchanged, 3 failed" in figure.alt
