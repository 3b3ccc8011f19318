"""Links for others show one selection and nothing beyond: in pages, figures, exports, and whatever the URL asks for."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from readership import queries
from readership import settings as settings_module
from readership.accounts import links, people, state
from readership.accounts.people import Person, Role
from readership.api import access
from readership.cli import main
from readership.errors import Refused, UsageError
from readership.queries import Selection
from readership.settings import Settings
from readership.ui import shared
from readership.ui.server import SCRIPT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ED = Person("issuer ed", "Ed", Role.READER)
WHOLE = Selection(
    since=date(2024, 1, 1), sections=("Society", "News"), text='"a phrase" -word', mode="all", no_topics=("x",)
)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return settings_module.load({"READERSHIP_DATA": str(tmp_path)})


def made(
    own: Settings, chosen: Selection = WHOLE, *, page: str = "overview", figure: str | None = None, days: int = 3
) -> str:
    return links.add(own, chosen, ED, title="For\nyou", page=page, figure=figure, days=days, now=NOW)[1]


# -- the link itself ---------------------------------------------------------------------------------------------------
def test_a_link_grants_its_selection_for_its_days(own: Settings) -> None:
    text = made(own, figure="views-gained")
    visitor = links.visitor(own, text, NOW + timedelta(days=2))
    assert visitor.role is Role.VISITOR
    assert visitor.limit
    assert (visitor.limit.page, visitor.limit.figure) == ("overview", "views-gained")
    assert links.limited(visitor, Selection()) == WHOLE
    with pytest.raises(Refused, match="isn't valid"):
        links.visitor(own, text, NOW + timedelta(days=3))


def test_a_forged_link_is_refused(own: Settings) -> None:
    text, other = made(own), made(own, Selection())
    link, expiry, sign = text.split(".")
    for forged in (
        "", "x", f"{link}.{int(expiry) + 86400}.{sign}", f"{link}.{expiry}.{'A' * 43}", f"{link}.{expiry}",
        f"{other.split('.')[0]}.{expiry}.{sign}", f"{text}\n", text.swapcase(), f"{'A' * 12}.{expiry}.{sign}",
        f"{text}\u0660",
    ):  # fmt: skip
        with pytest.raises(Refused, match="isn't valid"):
            links.visitor(own, forged, NOW)


@pytest.mark.parametrize(
    "change",
    ["selection = '[]'", "expires_s = expires_s + 86400", "page = 'articles'", "figure = NULL", "id = 'AAAAAAAAAAAA'"],
)
def test_a_row_that_was_widened_is_refused(own: Settings, change: str) -> None:
    """Who can write into the database, but doesn't have the key, opens nothing."""
    text = made(own, figure="views-gained")
    with sqlite3.connect(own.state) as connection:
        connection.execute(f"UPDATE link SET {change}")
    with pytest.raises(Refused):
        links.visitor(own, text, NOW)


def test_the_key_is_for_this_user_alone_and_apart_from_the_database(own: Settings) -> None:
    text = made(own)
    path = own.data / "link.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() not in own.state.read_bytes()
    assert text.split(".")[2].encode() not in own.state.read_bytes()
    path.write_bytes(b"short")
    with pytest.raises(Refused):
        links.visitor(own, text, NOW)


def test_a_link_is_ended_by_its_maker_and_by_admins(own: Settings) -> None:
    texts = [made(own), made(own)]
    first, second = (links.visitor(own, text, NOW).limit for text in texts)
    assert first
    assert second
    with pytest.raises(UsageError, match="isn't yours"):
        links.revoke(own, first.link, Person("issuer eve", "Eve", Role.ANALYST), NOW)
    links.revoke(own, first.link, ED, NOW)
    links.revoke(own, second.link, people.LOCAL, NOW)
    for text in texts:
        with pytest.raises(Refused, match="isn't valid"):
            links.visitor(own, text, NOW)
    with pytest.raises(UsageError):
        links.revoke(own, first.link, ED, NOW)
    assert [link.revoked for link in links.listed(own)] == [NOW, NOW]
    assert links.listed(own, "issuer eve") == []


def test_what_cannot_be_shared_is_no_link(own: Settings) -> None:
    visitor = links.visitor(own, made(own), NOW)
    for call in (
        {"page": "admin"},
        {"page": "data"},
        {"figure": "movers"},
        {"figure": "topics"},
        {"days": 0},
        {"days": 9999},
    ):
        with pytest.raises(UsageError):
            made(own, **call)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        links.add(own, Selection(), visitor, title="", page="overview", figure=None, days=1, now=NOW)


def test_a_visitor_may_do_nothing(own: Settings) -> None:
    visitor = links.visitor(own, made(own), NOW)
    for role in (Role.READER, Role.ANALYST, Role.ADMIN):
        with pytest.raises(Refused, match="no more"):
            people.require(visitor, role)


def test_a_selection_that_this_version_cannot_read_is_refused_not_widened() -> None:
    with pytest.raises(Refused, match="another version"):
        links.selection_of((("section", "News"), ("mood", "sad")))
    with pytest.raises(Refused, match="another version"):
        links.selection_of((("since", "yesterday"),))


def test_pages_and_figures_have_their_names_and_drawers() -> None:
    assert set(links.PAGES) == set(shared.PAGES)
    assert {figure for figures in links.PAGES.values() for figure in figures} == set(shared.FIGURES)
    assert set(links.PLAIN) <= {query.name for query in queries.catalogue()}


def test_links_on_the_command_line(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(own.data))
    assert main(["link", "add", "--page", "topics", "--select", "section=News", "--select", "section=Society"]) == 0
    text = capsys.readouterr().out.strip().removeprefix("/?link=")
    visitor = links.visitor(own, text, datetime.now(UTC))
    assert links.limited(visitor, Selection()) == Selection(sections=("News", "Society"))
    for wrong in (
        ["--select", "mood=sad"],
        ["--select", "since=soon"],
        ["--select", "x"],
        ["--page", "sql"],
        ["--figure", "x"],
    ):
        assert main(["link", "add", *wrong]) == 2, wrong
    assert main(["link", "list"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["valid"]
    assert main(["link", "revoke", listed["id"]]) == 0
    with pytest.raises(Refused):
        links.visitor(own, text, datetime.now(UTC))


# -- routes ------------------------------------------------------------------------------------------------------------
def request(query: str) -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []})


def test_a_route_gives_a_visitor_the_links_selection_whatever_was_asked(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readership.accounts.login.now", lambda: NOW)
    text = made(own)
    visitor = access.person(request(f"link={text}&section=Politics&since=2000-01-01"), own)
    asked = Selection(sections=("Politics",), since=date(2000, 1, 1))
    assert access.limited(visitor, asked) == WHOLE
    assert access.limited(people.LOCAL, asked) == asked
    access.may(visitor, "articles")
    for query in (
        "freshness",
        "batches",
        "rejects",
        "movers",
        "band",
        "key_figures",
        "article",
        "options",
        "section_texts",
    ):
        with pytest.raises(Refused) as told:
            access.may(visitor, query)
        assert access.refused(told.value).status_code == 403
    for bad in (f"link={text}&link={text}", "link=", "link=x"):
        with pytest.raises(Refused):
            access.person(request(bad), own)


# -- nothing beyond: everything else changed, the answers the same -----------------------------------------------------
@pytest.fixture(scope="module")
def editions(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[queries.Edition, queries.Edition]:
    """An edition, and a copy in which all that is not the link's has other titles, authors, figures and topics."""
    current = queries.current(settings_module.load({"READERSHIP_DATA": str(newsroom)}))
    assert current
    path = tmp_path_factory.mktemp("changed") / "000001.duckdb"
    shutil.copy(current.path, path)
    with duckdb.connect(path) as connection:
        connection.execute(
            "CREATE TEMP TABLE other AS SELECT article FROM article WHERE section IS DISTINCT FROM ?", [SECTION]
        )
        where = "WHERE article IN (FROM other)"
        connection.execute(f"UPDATE article SET title = 'LEAK', authors = 'LEAK', url = 'LEAK', lead = 'LEAK' {where}")
        connection.execute(f"UPDATE article_meter SET views = views + 7919, total = total + 7919 {where}")
        for table, column in (("interval", "gained"), ("counted_day", "views"), ("article_age", "views")):
            connection.execute(f"UPDATE {table} SET {column} = {column} + 7919 {where}")
        for table in ("dimension_day", "dimension_hour"):
            others = f"WHERE dimension <> 'section' OR value <> '{SECTION}'"
            connection.execute(f"UPDATE {table} SET views = views + 7919 {others}")
        connection.execute(f"UPDATE article_dimension SET value = 'LEAK' {where}")
    return current, replace(current, path=path, number=current.number + 1000)


SECTION = "Society"
LIMITED = Selection(sections=(SECTION,), since=date(2026, 9, 1), until=date(2026, 11, 15))
PARAMETERS = {"group_trend": {"dimension": "topic"}, "group_views": {"dimension": "author"}}


@pytest.mark.parametrize("query", [*links.PLAIN, "within"])
def test_what_visitors_may_ask_says_nothing_of_other_articles(
    editions: tuple[queries.Edition, queries.Edition], query: str
) -> None:
    known, changed = (queries.fetch(query, LIMITED, edition, **PARAMETERS.get(query, {})) for edition in editions)
    if query not in ("country_pairs", "stories", "within"):
        assert len(known)
    assert known.to_csv() == changed.to_csv()
    assert "LEAK" not in changed.to_csv()


def test_the_change_would_be_seen(editions: tuple[queries.Edition, queries.Edition]) -> None:
    """What is not among the plain questions does look beyond; so the comparison above can fail."""
    differing = [
        name for name in ("movers", "articles", "group_index")
        if not queries.fetch(name, Selection(), editions[0]).equals(queries.fetch(name, Selection(), editions[1]))
    ]  # fmt: skip
    assert "articles" in differing
    assert "movers" in differing


@pytest.mark.parametrize("query", ["articles", "stories"])
def test_rows_of_articles_lie_in_the_links_days(editions: tuple[queries.Edition, queries.Edition], query: str) -> None:
    rows = queries.fetch(query, LIMITED, editions[0])
    days = rows["published_day"] if "published_day" in rows else rows["published_at"].dt.date
    assert all(str(LIMITED.since) <= str(day)[:10] < "2026-11-16" for day in days)


# -- pages -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def app(newsroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(tmp_path))
    monkeypatch.setenv("READERSHIP_EDITIONS", str(newsroom / "editions"))
    monkeypatch.setattr("readership.accounts.login.now", lambda: NOW)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


def drawn(app: AppTest) -> set[str]:
    return {chart.proto.id.split("chart_")[-1] for chart in app.get("plotly_chart")}


def titles(app: AppTest) -> list[str]:
    return [str(title) for frame in app.dataframe if "title" in frame.value for title in frame.value["title"]]


@pytest.mark.parametrize("page", list(links.PAGES))
def test_every_page_of_a_link_opens_and_shows_its_figures(app: AppTest, own: Settings, page: str) -> None:
    app.query_params["link"] = made(own, LIMITED, page=page)
    app.run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "For you"
    assert len(app.metric) == 3
    assert len(app.get("plotly_chart")) == len(links.PAGES[page])
    assert titles(app)
    assert not app.multiselect
    assert [button.label for button in app.button] == []


def test_a_changed_address_widens_nothing(app: AppTest, own: Settings) -> None:
    app.query_params["link"] = made(own, LIMITED, page="articles")
    app.run()
    shown, numbers = titles(app), [metric.value for metric in app.metric]
    for name, value in (
        ("section", "Politics"),
        ("period", "all"),
        ("since", "2000-01-01"),
        ("board", "1"),
        ("text", "a"),
    ):
        app.query_params[name] = value
        app.run()
        assert (titles(app), [metric.value for metric in app.metric]) == (shown, numbers), name
    del app.query_params["link"]
    app.run()
    assert titles(app) == shown, "a session that came by a link stays a visitor's"


def test_an_article_opens_only_when_it_is_the_links(
    app: AppTest, own: Settings, editions: tuple[queries.Edition, object]
) -> None:
    every = queries.fetch("articles", Selection(), editions[0])
    inside = queries.fetch("articles", LIMITED, editions[0]).iloc[0]
    outside = every[~every["article"].isin(queries.fetch("articles", LIMITED, editions[0])["article"])].iloc[0]
    app.query_params["link"] = made(own, LIMITED, page="articles")
    app.query_params["article"] = f"{inside['site']}/{inside['article_key']}"
    app.run()
    assert not app.exception
    assert app.header
    app.query_params["article"] = f"{outside['site']}/{outside['article_key']}"
    app.run()
    assert not app.header
    assert "isn't part of this link" in app.info[0].value
    assert str(outside["title"]) not in str(app.main)


@pytest.mark.parametrize("figure", list(shared.FIGURES))
def test_an_embed_is_one_figure_and_no_more(app: AppTest, own: Settings, figure: str) -> None:
    app.query_params["link"] = made(own, LIMITED, page=links.page_of(figure), figure=figure)
    app.query_params["article"] = "el.kz/900000"
    app.run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert len(app.title) + len(app.metric) + len(app.dataframe) + len(app.button) + len(app.header) == 0


def test_a_link_that_ends_ends_what_is_open(app: AppTest, own: Settings) -> None:
    text = made(own, LIMITED)
    app.query_params["link"] = text
    app.run()
    assert len(app.metric) == 3
    links.revoke(own, text.split(".")[0], people.LOCAL, NOW)
    app.run()
    assert len(app.metric) + len(app.dataframe) + len(app.get("plotly_chart")) == 0
    assert "isn't valid" in app.info[0].value
    assert links.listed(own)[0].uses == 1


def test_a_reader_makes_a_link_of_what_is_selected(app: AppTest, own: Settings) -> None:
    app.query_params["section"] = SECTION
    app.run()
    app.button(key="share").click().run()
    app.text_input(key="share_title").set_value("For the *partner*")
    next(button for button in app.button if button.label == "Make the link").click().run()
    assert not app.exception
    (link,) = links.listed(own)
    assert ("section", SECTION) in link.selection
    assert (link.title, link.page, link.figure, link.owner) == ("For the *partner*", "overview", None, "local")
    assert f"?link={link.id}." in app.session_state["link_made"][0]


def test_state_keeps_what_was_there_before_links(own: Settings) -> None:
    with state.writing(own) as connection:
        assert connection.execute("SELECT count(*) FROM link").fetchone() == (0,)
