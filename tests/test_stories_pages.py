"""Topics of both levels, a newsroom's own names, stories and learnt sections, as readers meet them on the pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import stores
from readership import queries, settings
from readership.i18n import LANGUAGES, Language
from readership.pipeline import sections
from readership.pipeline.publish import publish
from readership.queries import Selection
from readership.ui import names
from readership.ui.server import SCRIPT
from test_groups import opened

TOLD = {
    "en": "Aktau port handles record grain|The port of Aktau loaded 412 thousand tonnes of grain in April, up 18% on "
    "last year, its director Serik Abdrakhmanov said. Most of it went to Iran and Azerbaijan.",
    "ru": "Порт Актау отгрузил рекордный объём зерна|Порт Актау отгрузил в апреле 412 тысяч тонн зерна, на 18% больше, "
    "сообщил директор Серик Абдрахманов. Большая часть ушла в Иран и Азербайджан.",
    "kk": "Ақтау порты рекордтық астық жөнелтті|Ақтау порты сәуірде 412 мың тонна астық жөнелтті, бұл 18%-ға көп, деді "
    "директоры Серік Абдрахманов. Көбі Иран мен Әзербайжанға кетті.",
}
OWN = "\n".join((
    "topic\tsport\t-\tGames\tИгры\t",
    "topic\tsport/kokpar\tsport\tKokpar\tКокпар\tКөкпар",
    "term\ten\tkokpar*\tsport/kokpar\t5",
))  # fmt: skip


@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return app_on(newsroom, monkeypatch)


def app_on(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(data))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


def words(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.caption, *app.header, *app.subheader]).replace("\\", "")


def table_with(app: AppTest, *columns: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if set(columns) <= set(frame.value.columns))


def asked(data: Path, name: str, selection: Selection | None = None, **parameters: object) -> pd.DataFrame:
    edition = queries.current(settings.load({"READERSHIP_DATA": str(data)}))
    assert edition
    return queries.fetch(name, selection or Selection(), edition, **parameters)


# -- two levels ---
def test_the_page_of_a_topic_shows_what_is_below_it_and_adds_that_up(app: AppTest, newsroom: Path) -> None:
    detail = asked(newsroom, "group_views", dimension="subtopic").iloc[0]["value"]
    above = names.parent(detail)
    below = asked(newsroom, "group_views", Selection(topics=(above,)), dimension="subtopic", under=above)
    assert set(below["value"].map(names.parent)) == {above}
    opened(app, "topics", period="all", topic=above)
    assert f"Within {Language('en').say(names._named('topic', above, Language('en')))}" in words(app)
    sums = asked(newsroom, "group_sums", Selection(topics=(above,)), dimension="subtopic", under=above).iloc[0]
    assert sums["sum_articles"] == below["articles"].sum()
    assert f"Sum of rows: {sums['sum_articles']:,} articles" in words(app)


def test_a_second_level_topic_has_a_page_and_a_way_up(app: AppTest, newsroom: Path) -> None:
    row = asked(newsroom, "group_views", dimension="subtopic").iloc[0]
    opened(app, "topics", period="all", topic=row["value"])
    assert app.metric[0].value == Language("en").number(row["articles"])
    assert names._named("topic", row["value"], Language("en")) in words(app)
    app.button(key="up_topic").click().run()
    assert app.query_params["topic"] in (names.parent(row["value"]), [names.parent(row["value"])])


def test_the_level_switch_shows_the_second_level_and_stands_in_the_url(app: AppTest) -> None:
    opened(app, "topics", period="all")
    next(one for one in app.get("segmented_control") if one.key == "group_level").set_value("second").run()
    assert not app.exception
    assert app.query_params["level"] in ("second", ["second"])
    assert all("/" in value for value in table_with(app, "name", "share_of_articles")["value"])


def test_both_levels_can_be_chosen_in_the_bar(app: AppTest) -> None:
    options = opened(app, "topics", period="all").multiselect(key="bar_w_topic").options
    assert any(names.UNDER in option for option in options)
    assert any(names.UNDER not in option for option in options)


# -- a newsroom's own topics ---
@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """A newsroom with a topics file of its own, in which the sport is called Games and kokpar stands below it."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "topics.tsv").write_text(OWN)
    body = "The kokpar match was won by the team from Almaty, the federation said after the championship final."
    pages = [
        ("1.txt", stores.url(1), "2024-05-10T05:00:00+00:00", stores.page(1, 100, "Kokpar final was played", body))
    ]
    stores.taken(settings.load({"READERSHIP_DATA": str(data)}), stores.folder(tmp_path / "in", pages))
    return data


def test_own_and_renamed_topics_show_by_the_newsrooms_names(renamed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(app_on(renamed, monkeypatch), "topics", period="all", topic="sport")
    assert "Games" in words(app)
    assert "Kokpar" in set(table_with(app, "name", "share_of_articles", "value")["name"]) | set(words(app).split())
    app = opened(app_on(renamed, monkeypatch), "topics", period="all", topic="sport/kokpar", lang="ru")
    assert f"Игры{names.UNDER}Кокпар" in words(app)


def test_a_broken_topics_file_leaves_the_pages_their_names(renamed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (renamed / "topics.tsv").write_text("topic\n")
    app = opened(app_on(renamed, monkeypatch), "topics", period="all", topic="sport")
    assert "Sport" in words(app)


# -- stories ---
@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsroom with one story in three languages, read 100, 200 and 300 times, and one that stands alone."""
    folder = tmp_path_factory.mktemp("told")
    texts = [*TOLD.items(), ("en", "New library opens|A library with a reading room opened in the old town on Friday.")]
    articles = [
        ("el.kz", n, f"https://el.kz/{code}/story_{n}/", code, *text.split("|"), f"2024-05-01T1{n}:00:00+05:00")
        for n, (code, text) in enumerate(texts, 1)
    ]
    readings = [("el.kz", n, "2024-05-03T12:00:00+05:00", 100 * n) for n in range(1, 5)]
    found = settings.load({"READERSHIP_DATA": str(folder / "data")})
    columns = ("site", "article_key", "url", "language", "title", "body", "published_at")
    made = stores.table(folder / "articles.csv", columns, articles)
    counted = stores.table(folder / "counters.csv", ("site", "article_key", "observed_at", "views"), readings)
    stores.taken(found, made, counted)
    return folder / "data"


def test_versions_are_added_up_on_request(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(app_on(told, monkeypatch), "articles", period="all")
    assert len(table_with(app, "title", "views")) == 4
    next(one for one in app.get("segmented_control") if one.key == "group_versions").set_value("added").run()
    rows = table_with(app, "title", "views_by_language")
    assert list(rows["views"]) == [600, 400]
    assert rows["views_by_language"].iloc[0] == "English 100, Kazakh 300, Russian 200"
    assert rows["title"].iloc[0] == TOLD["kk"].split("|")[0], "the version that is read most"
    assert "1 of 2 rows" in words(app)


def test_only_versions_of_the_selection_are_added(told: Path) -> None:
    rows = asked(told, "stories", Selection(languages=("en", "ru")), alone="with")
    assert sorted(rows["views"]) == [300, 400]
    assert asked(told, "stories", Selection(languages=("en",))).empty


def test_an_article_names_its_versions_in_other_languages(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(app_on(told, monkeypatch), "article", article="el.kz/2")
    rows = table_with(app, "title", "certainty")
    assert set(rows["language"]) == {"English", "Kazakh"}
    assert "Views of all versions together: 600" in words(app)
    app = opened(app_on(told, monkeypatch), "article", article="el.kz/4")
    assert "all versions together" not in words(app)


# -- learnt sections ---
def test_guessed_sections_show_only_when_they_were_learnt(
    app: AppTest, newsroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn")
    assert not [one for one in opened(app, "topics", period="all").expander if "guessed" in one.label]
    data = tmp_path / "data"
    shutil.copytree(newsroom, data)
    monkeypatch.setattr("readership.enrich.sections.FEWEST", 5)
    report = sections.learn(settings.load({"READERSHIP_DATA": str(data)}))
    learnt = opened(app_on(data, monkeypatch), "topics", period="all")
    box = next(one for one in learnt.expander if "guessed" in one.label)
    assert report["models"]
    assert box is not None


# -- countries that are no more ---
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_former_country_has_a_name(code: str) -> None:
    assert Language(code).country("YU") == {"en": "Yugoslavia"}.get(code, "Югославия")
    assert Language(code).country("QQ") == "QQ"


def test_a_former_country_is_listed_and_not_on_the_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "Yugoslavia and Hungary signed a treaty in Budapest, and Yugoslav ministers spoke of trade with Kazakhstan."
    pages = [("1.txt", stores.url(1), "2024-05-10T05:00:00+00:00", stores.page(1, 100, "Yugoslavia signs", body))]
    found = settings.load({"READERSHIP_DATA": str(tmp_path / "data")})
    stores.taken(found, stores.folder(tmp_path / "in", pages))
    publish(found)
    app = opened(app_on(tmp_path / "data", monkeypatch), "countries", period="all")
    assert "Yugoslavia" in set(table_with(app, "name", "share_of_articles")["name"])
    assert "1 place is not on the map" in words(app)
    alone = opened(app_on(tmp_path / "data", monkeypatch), "countries", period="all", country="YU")
    assert "Yugoslavia" in words(alone)
