"""The admin page: who has been here, links, tokens and health; each action done, and refused to whoever isn't admin."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from common import ROOT
from readership import settings as settings_module
from readership.accounts import links, people, sessions, tokens, views
from readership.accounts.people import Person, Role
from readership.pipeline import health
from readership.queries import Selection
from readership.settings import Settings
from readership.ui.server import SCRIPT


@pytest.fixture
def own(newsroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A newsroom of its own, its editions those of the shared one."""
    shutil.copytree(newsroom / "store", tmp_path / "store")
    shutil.copytree(newsroom / "archive", tmp_path / "archive")
    monkeypatch.setenv("READERSHIP_DATA", str(tmp_path))
    monkeypatch.setenv("READERSHIP_EDITIONS", str(newsroom / "editions"))
    return settings_module.load()


@pytest.fixture
def app(own: Settings) -> AppTest:
    assert own
    app = AppTest.from_file(str(SCRIPT), default_timeout=120).run()
    return app.switch_page(str(ROOT / "pages" / "admin.py"))


def pressed(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def now() -> datetime:
    return datetime.now(UTC)


def test_health_tells_edition_store_ledger_and_room(app: AppTest, own: Settings) -> None:
    app.run()
    assert not app.exception
    shown = {metric.label: metric.value for metric in app.metric}
    found = health.facts(own)
    assert shown["Edition"] == str(found.edition)
    assert shown["Ledger"] == f"{found.batches} batches"
    assert set(shown) == {"Edition", "Store", "Ledger", "Free room"}
    assert not app.warning


def test_a_damaged_ledger_and_a_missing_edition_are_said(
    app: AppTest, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own.ledger.open("ab") as file:
        file.write(b"torn")
    monkeypatch.setenv("READERSHIP_EDITIONS", str(own.data / "nothing"))
    app.run()
    said = " ".join(warning.value for warning in app.warning)
    assert "The ledger has 1 damaged line" in said
    assert "No edition can be read" in said


def test_the_long_check_runs_in_a_child_and_tells_what_it_found(app: AppTest, own: Settings) -> None:
    pressed(app.run(), "Check everything")
    assert any("batches" in text.value or "sound" in text.value for text in app.text), [text.value for text in app.text]
    assert own.store.exists()


def test_logins_of_a_person_are_ended(app: AppTest, own: Settings) -> None:
    rita = Person("https://id.example rita", "Rita <b>", Role.READER)
    sessions.seen(own, rita, "rita@news.example", now())
    app.run()
    assert "Rita <b>" in str(app.dataframe[0].value)
    app.selectbox(key="choose_people").set_value(rita.key).run()
    pressed(app, "End them")
    assert sessions.seen(own, rita, "rita@news.example", now()) >= int(now().timestamp()) - 5


def test_links_of_all_are_listed_and_revoked(app: AppTest, own: Settings) -> None:
    rita = Person("https://id.example rita", "Rita", Role.READER)
    chosen = Selection(sections=("Society",))
    one, text = links.add(own, chosen, rita, title="T", page="topics", figure=None, days=1, now=now())
    app.run()
    (row,) = next(frame.value for frame in app.dataframe if "opened_at" in frame.value).to_dict("records")
    assert (row["title"], row["shows"], row["made_by"], row["state"]) == ("T", "Topics", "Rita", "open")
    assert "Society" in row["selection"]
    assert text not in str(app.main)
    app.selectbox(key="choose_links").set_value(one.id).run()
    pressed(app, "Revoke")
    assert links.listed(own)[0].revoked


def test_views_of_all_are_listed_and_deleted(app: AppTest, own: Settings) -> None:
    anna = Person("https://id.example anna", "Anna", Role.ANALYST)
    mine = views.add(own, anna, "Mine", "topics", "section=Society", now=now())
    ours = views.add(own, anna, "Ours", "topics", "section=Society", scope="all", now=now())
    app.run()
    rows = next(frame.value for frame in app.dataframe if "scope" in frame.value).to_dict("records")
    assert {(row["name"], row["scope"], row["made_by"]) for row in rows} == {
        ("Mine", "personal", anna.key), ("Ours", "for all", anna.key),
    }  # fmt: skip
    assert app.selectbox(key="choose_views").options == [f"Ours · {anna.key}"]
    app.selectbox(key="choose_views").set_value(ours.id).run()
    pressed(app, "Delete")
    assert [view.id for view in views.every(own)] == [mine.id]


def test_a_token_is_shown_once_and_revoked(app: AppTest, own: Settings) -> None:
    app.run()
    app.text_input(key="token_name").set_value("nightly")
    app.selectbox(key="token_role").set_value("ANALYST")
    pressed(app, "Make a token")
    text = next(code.value for code in app.code if code.value.startswith("rdt_"))
    assert tokens.person(own, text, now()).role is Role.ANALYST
    app.run()
    assert text not in str(app.main)
    app.selectbox(key="choose_tokens").set_value(1).run()
    pressed(app, "Revoke")
    assert tokens.listed(own)[0].revoked


def test_a_token_without_a_name_is_not_made(app: AppTest, own: Settings) -> None:
    pressed(app.run(), "Make a token")
    assert tokens.listed(own) == []
    assert app.warning


@pytest.mark.parametrize("role", [Role.READER, Role.ANALYST])
def test_no_action_is_done_for_less_than_an_admin(
    app: AppTest, own: Settings, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page with its buttons is there already; the person's role is another at the moment of the click."""
    chosen = Selection()
    one, _text = links.add(own, chosen, people.LOCAL, title="T", page="topics", figure=None, days=1, now=now())
    app.run()
    app.selectbox(key="choose_links").set_value(one.id).run()
    monkeypatch.setattr(people, "LOCAL", Person("local", "local", role))
    for button in list(app.button):
        if button.label in ("Revoke", "Make a token", "Check everything"):
            button.click()
    app.run()
    assert links.listed(own)[0].revoked is None
    assert tokens.listed(own) == []
    assert app.title[0].value == "Not for your role"


def test_room_is_low_only_when_both_say_so() -> None:
    def low(free: int, room: int) -> bool:
        return health.Health(1, now(), 0, 0, 0, now() - timedelta(1), 0, 0, 0, 0, free, room).is_low

    assert low(10**8, 10**11)
    assert not low(5 * 10**9, 10**12)
    assert not low(10**8, 10**9)
