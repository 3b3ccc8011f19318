"""Saved views: kept, listed, opened, changed by who may, written as text and taken from it, in every backup."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from readership import settings
from readership.accounts import state, views
from readership.accounts.people import LOCAL, Limit, Person, Role
from readership.errors import Refused, UsageError
from readership.ui.server import SCRIPT
from stores import copies, folder, run, settings_of, taken
from test_pages import params, sound

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
READER, OTHER = Person("r", "Rea", Role.READER), Person("o", "Oth", Role.READER)
ANALYST = Person("a", "Ana", Role.ANALYST)
VISITOR = Person("v", "link", Role.READER, Limit("x", (), "overview"))


@pytest.fixture
def own(tmp_path: Path) -> settings.Settings:
    return settings_of(tmp_path)


def kept(own: settings.Settings, by: Person = READER, name: str = "Sport", **more: object) -> views.View:
    given: dict[str, object] = {"page": "topics", "address": "topic=sport&compare=weekday"} | more
    return views.add(own, by, name, now=NOW, **given)  # type: ignore[arg-type]


def test_a_view_is_its_owners_until_it_is_for_all(own: settings.Settings) -> None:
    mine, ours = kept(own), kept(own, ANALYST, "Ours", scope="all")
    assert [view.name for view in views.listed(own, "r")] == ["Ours", "Sport"]
    assert [view.name for view in views.listed(own, "o")] == ["Ours"]
    assert views.named(own, mine.id, "r") == mine
    assert views.named(own, mine.id, "o") is None
    assert views.named(own, ours.id, "o") == ours
    assert mine.parameters == {"topic": ["sport"], "compare": ["weekday"]}
    assert mine.created == NOW


def test_nothing_is_there_before_the_first_and_no_file_is_made(own: settings.Settings) -> None:
    assert views.listed(own, "r") == []
    assert not own.state.exists()


def test_pinned_views_come_first_then_names(own: settings.Settings) -> None:
    for name in ("b", "A", "c"):
        kept(own, name=name)
    last = next(view for view in views.listed(own, "r") if view.name == "c")
    views.change(own, READER, last.id, pinned=True)
    assert [view.name for view in views.listed(own, "r")] == ["c", "A", "b"]


def test_only_analysts_keep_views_for_all_and_only_admins_change_those_of_others(own: settings.Settings) -> None:
    with pytest.raises(Refused):
        kept(own, READER, scope="all")
    ours, mine = kept(own, ANALYST, scope="all"), kept(own)
    boss = Person("b", "Boss", Role.ADMIN)
    second = Person("a2", "Ana two", Role.ANALYST)
    for by, view in ((READER, ours), (second, ours), (OTHER, mine), (boss, mine)):
        with pytest.raises((Refused, UsageError)):
            views.change(own, by, view.id, name="Taken")
        with pytest.raises((Refused, UsageError)):
            views.remove(own, by, view.id)
    assert {view.name for view in views.every(own)} == {"Sport"}
    views.change(own, boss, ours.id, name="By the boss")
    views.remove(own, boss, ours.id)
    views.remove(own, READER, mine.id)
    assert views.every(own) == []


def test_a_demoted_analyst_no_longer_changes_what_all_see(own: settings.Settings) -> None:
    ours = kept(own, ANALYST, scope="all")
    with pytest.raises(Refused):
        views.change(own, Person("a", "Ana", Role.READER), ours.id, pinned=True)


def test_a_visitor_keeps_nothing(own: settings.Settings) -> None:
    with pytest.raises(Refused):
        kept(own, VISITOR)


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 81, "two\nlines", "a\x00b", "\u202eevil", "zero\u200bwidth", "\ufeff"]
)
def test_a_name_that_cannot_be_seen_or_is_too_long_is_refused(own: settings.Settings, name: str) -> None:
    with pytest.raises(UsageError):
        kept(own, name=name)
    assert views.listed(own, "r") == []


@pytest.mark.parametrize("name", ["<b>x</b>", ":red[x] **y** $z$", "=1+1", "Аймақтар — күн", "x" * 80])
def test_any_name_that_can_be_seen_is_kept_as_it_is(own: settings.Settings, name: str) -> None:
    assert kept(own, name=name).name == name


def test_a_name_is_taken_once_among_those_who_see_it(own: settings.Settings) -> None:
    kept(own)
    with pytest.raises(UsageError):
        kept(own, name="SPORT")
    kept(own, OTHER)
    kept(own, ANALYST, scope="all")
    with pytest.raises(UsageError):
        kept(own, LOCAL, scope="all")


@pytest.mark.parametrize(("page", "address"), [("../x", ""), ("", ""), ("p" * 41, ""), ("topics", "x=" + "y" * 9000)])
def test_a_page_or_address_that_is_none_is_refused(own: settings.Settings, page: str, address: str) -> None:
    with pytest.raises(UsageError):
        kept(own, page=page, address=address)


def test_an_address_never_names_a_view_or_a_link(own: settings.Settings) -> None:
    view = kept(own, address="?topic=a%26b&topic=%D0%B0&view=abc&link=secret&text=")
    assert parse_qs(view.address, keep_blank_values=True) == {"topic": ["a&b", "а"], "text": [""]}


def test_nobody_fills_the_file(own: settings.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_VIEWS", 2)
    kept(own, name="1")
    kept(own, name="2")
    with pytest.raises(UsageError):
        kept(own, name="3")
    kept(own, OTHER, name="3")


def test_text_and_back_is_the_same_whatever_the_order(own: settings.Settings, tmp_path: Path) -> None:
    for name in ("Спорт", "b", 'quote " and \\', "a"):
        kept(own, name=name)
    kept(own, ANALYST, "for all", scope="all", pinned=True)
    text = views.as_text(views.every(own))
    assert [json.loads(line)["scope"] for line in text.splitlines()] == ["all"] + ["personal"] * 4
    assert "Спорт" in text, "a diff in git shows letters"
    there, lines = settings_of(tmp_path / "there"), text.splitlines()
    random.Random(1).shuffle(lines)
    assert views.take(there, views.from_text("\n".join(lines))) == (5, 0)
    assert views.as_text(views.every(there)) == text
    assert views.take(there, views.from_text(text)) == (0, 0)


def test_taking_changes_by_id_and_names_may_be_exchanged(own: settings.Settings) -> None:
    first, second = kept(own, name="one"), kept(own, name="two")
    text = views.as_text(views.every(own)).replace('"one"', '"x"').replace('"two"', '"one"').replace('"x"', '"two"')
    assert views.take(own, views.from_text(text)) == (0, 2)
    assert {view.id: view.name for view in views.every(own)} == {first.id: "two", second.id: "one"}


@pytest.mark.parametrize(
    "change",
    [{"scope": "nobody"}, {"id": "../../x"}, {"name": "a\nb"}, {"pinned": "yes"}, {"page": "a/b"}, {"created": "today"},
     {"owner": ""}, {"more": 1}, {"created": "2026-11-22T10:00:00"}],
)  # fmt: skip
def test_a_line_that_is_no_view_is_refused_and_nothing_is_taken(
    own: settings.Settings, change: dict[str, object]
) -> None:
    kept(own)
    (line,) = views.as_text(views.every(own)).splitlines()
    bad = json.dumps(json.loads(line) | change)
    with pytest.raises(UsageError):
        views.from_text(bad)
    with pytest.raises(UsageError):
        views.from_text(line + "\n" + line)


def test_a_taken_name_stops_all_of_a_text(own: settings.Settings) -> None:
    kept(own)
    (line,) = views.as_text(views.every(own)).splitlines()
    row = json.loads(line)
    text = "\n".join(json.dumps(row | {"id": f"new{n}0", "name": name}) for n, name in enumerate(("fresh", "sport")))
    with pytest.raises(UsageError):
        views.take(own, views.from_text(text))
    assert [view.name for view in views.every(own)] == ["Sport"]


def test_a_file_from_before_views_gets_their_table(own: settings.Settings) -> None:
    own.data.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(own.state) as before:
        before.execute(state.STEPS[0])
        before.execute("PRAGMA user_version = 1")
    assert views.listed(own, "r") == []
    kept(own)
    assert len(views.listed(own, "r")) == 1


def test_views_are_in_the_backup_and_come_back(tmp_path: Path) -> None:
    own = settings_of(tmp_path / "data")
    taken(own, folder(tmp_path / "pages", copies([1])))
    view = kept(own, name="Күн")
    assert run(own.data, "backup", tmp_path / "b.tar").returncode == 0
    back = tmp_path / "back"
    done = run(back, "restore", tmp_path / "b.tar")
    assert done.returncode == 0, done.stderr
    assert views.every(settings_of(back)) == [view]


def test_the_command_line_lists_writes_and_takes(own: settings.Settings, tmp_path: Path) -> None:
    view = kept(own, name="Күн")
    text = tmp_path / "views.jsonl"
    assert run(own.data, "views", "export", text).returncode == 0
    assert run(own.data, "views", "export").stdout == text.read_text(encoding="utf-8") == views.as_text([view])
    assert json.loads(run(own.data, "views", "list", "--json").stdout)[0]["name"] == "Күн"
    assert view.id in run(own.data, "views", "list").stdout
    assert run(tmp_path / "other", "views", "import", text).returncode == 0
    assert views.every(settings_of(tmp_path / "other")) == [view]
    text.write_text("{}\n", encoding="utf-8")
    refused = run(own.data, "views", "import", text)
    assert refused.returncode == 2
    assert "Line 1 is no saved view" in refused.stderr
    assert run(own.data, "views", "import", tmp_path / "none").returncode == 2


# -- on pages ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    yield AppTest.from_file(str(SCRIPT), default_timeout=60)
    for path in newsroom.glob("state.sqlite*"):
        path.unlink()


def test_a_link_opens_the_view_with_its_page_selection_comparison_and_switches(app: AppTest, newsroom: Path) -> None:
    own = settings_of(newsroom)
    address = "period=90d&topic=sport&no_language=kk&compare=month&count=fractional"
    view = views.add(own, LOCAL, "V", "topics", address, now=NOW)
    app.query_params["view"] = view.id
    app.run()
    sound(app)
    assert app.title[0].value == "Topics"
    assert params(app) == parse_qs(address)
    chosen = app.session_state["readership_choice"]
    assert (chosen.period, chosen.selection.topics, str(chosen.compare)) == ("90d", ("sport",), "month")
    assert app.session_state["group_count"] == "fractional"


def test_a_link_to_a_view_of_the_same_page_keeps_the_readers_language(app: AppTest, newsroom: Path) -> None:
    view = views.add(settings_of(newsroom), LOCAL, "V", "overview", "period=7d&lang=kk", now=NOW)
    app.query_params["lang"] = "ru"
    app.query_params["view"] = view.id
    app.run()
    sound(app)
    assert params(app) == {"period": ["7d"], "lang": ["ru"]}


def test_a_view_that_is_not_there_or_somebody_elses_is_said(app: AppTest, newsroom: Path) -> None:
    theirs = views.add(settings_of(newsroom), OTHER, "V", "topics", "topic=sport", now=NOW)
    for name in ("nothing", theirs.id, "'; DROP TABLE view", "x" * 5000):
        app.query_params["view"] = name
        app.run()
        sound(app)
        assert "There is no such view" in app.warning[0].value
        assert params(app) == {}


def test_views_that_cannot_be_read_leave_the_page_whole(app: AppTest, newsroom: Path) -> None:
    settings_of(newsroom).state.write_bytes(b"no database" * 500)
    app.query_params["view"] = "abcd1234"
    app.run()
    sound(app)
    assert len(app.metric) == 4
