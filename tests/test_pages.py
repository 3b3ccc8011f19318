"""Every page opens, with figures and without; the selection holds in widgets, words and URL; text is literal."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from common import NASTY, ROOT
from readership import queries, settings
from readership.accounts import people
from readership.i18n import LANGUAGES, Language
from readership.queries import Selection
from readership.ui import bar, exported, shell, text
from readership.ui.columns import COLUMNS
from readership.ui.server import SCRIPT

ARTICLE = "el.kz/900000"


@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


@pytest.fixture
def empty_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(tmp_path))
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


def opened(app: AppTest, page: str, **params: str | list[str]) -> AppTest:
    """The app after its start and a change to the page."""
    app.run()
    for name, value in params.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    return app


def sound(app: AppTest) -> None:
    assert not app.exception, app.exception
    assert not app.error, [element.value for element in app.error]


def bare(markdown: str) -> str:
    """What a reader sees of escaped text."""
    return markdown.replace("\\", "").replace("\u2060", "")


def params(app: AppTest) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in dict(app.query_params).items()}


PAGES = [entry.file for entry in shell.PAGES]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_shows_something(app: AppTest, page: str) -> None:
    sound(opened(app, page, article=ARTICLE))
    assert app.title
    assert len(app.dataframe) + len(app.metric) + len(app.get("plotly_chart")) > 0, [info.value for info in app.info]


@pytest.mark.parametrize("compare", ["none", "weekday"])
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("articles", "By publication date an article is in one period"),
        ("overview", "The lists of articles below count views up to this moment"),
        ("topics", "Figures below that name no comparison"),
        ("countries", "Figures below that name no comparison"),
    ],
)
def test_what_shows_one_side_of_a_comparison_says_so(app: AppTest, page: str, words: str, compare: str) -> None:
    app.query_params["compare"] = compare  # before the first run: later the session's choice counts
    sound(opened(app, page))
    assert any(one.value.startswith(words) for one in app.caption) == (compare == "weekday")


def test_of_another_value_its_own_articles_stand_below(app: AppTest) -> None:
    app.query_params["compare"], app.query_params["topic"] = "topic:sport", "health"
    sound(opened(app, "articles"))
    assert "Beside them: Topic: Sport" in [bare(one.value) for one in app.subheader]


@pytest.mark.parametrize("compare", ["topic:economy-business-finance", "previous"])
def test_the_figures_of_a_single_topic_have_what_stands_beside(app: AppTest, newsroom: Path, compare: str) -> None:
    own = Selection(since=date(2026, 10, 1), until=date(2026, 10, 10), topics=("education",))
    before = replace(own, since=date(2026, 9, 22), until=date(2026, 10, 1))
    for name, value in [*own.to_url(), ("compare", compare)]:
        app.query_params[name] = value
    sound(opened(app, "topics"))
    edition = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert edition
    other = replace(own, topics=(compare[6:],)) if compare.startswith("topic:") else before
    count = len(queries.fetch("articles", other, edition))
    assert count > 0
    assert {card.label: card.delta for card in app.metric}["Articles"] == f"beside: {count}"


@pytest.mark.parametrize(
    ("compare", "lang"), [("topic:sport", "en"), ("mean4", "ru"), ("2026-09-01..2026-09-15", "kk")]
)
def test_a_proof_says_selection_and_comparison_as_the_page_does(app: AppTest, lang: str, compare: str) -> None:
    given = {"period": "28d", "topic": "health", "compare": compare, "lang": lang}
    for name, value in given.items():
        app.query_params[name] = value
    sound(opened(app, "sources", lang=lang))
    found = exported.parts("sources", {name: [value] for name, value in given.items()}, people.LOCAL)
    words = {part.asked.words for part in found if part.asked.compare}
    assert len(words) == 1
    said = Language(lang).say("Selected: {words}", words=words.pop())
    assert said in [bare(one.value) for one in app.caption]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_looks_intended_without_an_edition(empty_app: AppTest, page: str) -> None:
    sound(opened(empty_app, page))
    assert "Nothing has been published yet" in empty_app.info[0].value
    assert "readership demo" in empty_app.code[0].value


@pytest.mark.parametrize("page", ["overview", "articles", "publishing"])
def test_an_empty_selection_is_said_and_can_be_left(app: AppTest, page: str) -> None:
    opened(app, page)
    app.text_input(key="bar_w_text").set_value("nosuchword").run()
    sound(app)
    assert any("Nothing matches" in info.value and "nosuchword" in info.value for info in app.info)
    app.button(key="nothing_reset").click().run()
    sound(app)
    assert not app.info
    assert params(app) == {}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_speaks_every_language(app: AppTest, page: str, code: str) -> None:
    app.query_params["lang"] = code
    sound(opened(app, page, article=ARTICLE, lang=code))
    english = next(entry.title for entry in shell.PAGES if entry.file == page)
    assert (app.title[0].value == english) == (code == "en")


def test_a_page_that_runs_alone_shows_the_same(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    alone = AppTest.from_file(str(ROOT / "pages" / "overview.py"), default_timeout=60)
    alone.query_params["period"] = "all"
    alone.run()
    sound(alone)
    assert alone.metric[0].value == "43"


def test_a_single_article_makes_whole_pages(app: AppTest) -> None:
    app.query_params["text"] = "onerror"
    app.run()
    sound(app)
    assert app.metric[0].value == "1"


def test_the_url_makes_the_selection(app: AppTest) -> None:
    app.query_params["period"] = "all"
    app.query_params["language"] = ["en", "kk"]
    app.run()
    sound(app)
    assert app.multiselect(key="bar_w_language").value == ["en", "kk"]
    assert params(app) == {"period": ["all"], "language": ["en", "kk"]}


def test_a_choice_in_the_bar_reaches_url_words_and_figures(app: AppTest) -> None:
    app.run()
    before = app.metric[0].value
    app.multiselect(key="bar_w_language").set_value(["kk"]).run()
    sound(app)
    assert params(app) == {"language": ["kk"]}
    assert any("language: Kazakh" in bare(caption.value) for caption in app.caption)
    assert app.metric[0].value != before


def test_the_selection_survives_a_change_of_page(app: AppTest) -> None:
    app.run()
    app.multiselect(key="bar_w_language").set_value(["kk"]).run()
    for page in ("articles", "data", "overview"):
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
        sound(app)
    assert app.multiselect(key="bar_w_language").value == ["kk"]
    assert params(app) == {"language": ["kk"]}


def test_back_in_the_browser_brings_the_old_selection_back(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    app.run()
    app.multiselect(key="bar_w_language").set_value(["kk"]).run()
    del app.query_params["language"]
    monkeypatch.setattr(bar.context, "by_history", lambda: True)
    app.run()
    sound(app)
    assert app.multiselect(key="bar_w_language").value == []


def test_own_dates_begin_with_the_days_shown_before(app: AppTest) -> None:
    app.run()
    app.get("segmented_control")[1].set_value("own").run()
    sound(app)
    first, last = app.date_input(key="bar_w_first"), app.date_input(key="bar_w_last")
    assert (last.value - first.value).days == 27
    last.set_value(date(2026, 11, 10)).run()
    sound(app)
    assert params(app)["until"] == ["2026-11-11"], "the last day is included, the URL is half-open"


def test_days_in_the_wrong_order_are_swapped(app: AppTest) -> None:
    app.query_params["since"], app.query_params["until"] = "2026-11-01", "2026-11-10"
    app.run()
    app.date_input(key="bar_w_first").set_value(date(2026, 11, 20)).run()
    sound(app)
    assert params(app) == {"since": ["2026-11-09"], "until": ["2026-11-21"]}


def test_titles_from_outside_are_never_read_as_markdown(app: AppTest) -> None:
    for n, title in enumerate(NASTY):
        opened(app, "article", article=f"el.kz/90000{n}")
        sound(app)
        shown = app.header[0].value
        assert "[link](" not in shown
        assert "<b>" not in shown
        assert ":red[" not in shown
        assert "$x" not in shown.replace("\\$", "")
        assert bare(shown).split() == title.split()


def test_an_article_that_is_not_there_is_said(app: AppTest) -> None:
    opened(app, "article", article="el.kz/nothing")
    sound(app)
    assert "There is no article" in app.info[0].value


def test_the_data_page_lists_what_was_rejected_and_why(app: AppTest) -> None:
    opened(app, "data")
    sound(app)
    rejected = app.dataframe[-1].value
    assert "empty.html" in " ".join(rejected["origin"])
    assert rejected["reason"].str.len().min() > 10


def test_currency_figures_stand_above_every_page_with_their_capture(app: AppTest) -> None:
    for page in PAGES:
        opened(app, page, article=ARTICLE)
        assert [element.value for element in app.markdown if element.value.startswith("**USD**")], page
        assert [caption.value for caption in app.caption if "captured" in caption.value], page


def test_demo_data_is_called_so(app: AppTest) -> None:
    app.run()
    assert any("demo data" in element.value for element in app.markdown)


def test_the_newsroom_language_overrides_the_browser(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READERSHIP_LANGUAGE", "ru")
    app.query_params["lang"] = "kk"
    app.run()
    assert app.title[0].value == "Обзор"
    assert not [control for control in app.get("segmented_control") if "EN" in control.options]


def test_a_screen_on_the_wall_has_nothing_to_click(app: AppTest) -> None:
    app.query_params["board"] = "1"
    app.run()
    sound(app)
    assert len(app.get("plotly_chart")) == 2
    assert not [*app.button, *app.multiselect, *app.text_input, *app.dataframe, *app.get("segmented_control")]


def test_a_new_edition_is_shown_once_it_is_there(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timer's fragment asks for a run of the whole app exactly when the pointer names another edition."""
    app.run()
    edition = queries.current(settings.load())
    assert edition
    asked: list[str] = []
    monkeypatch.setattr(shell.st, "rerun", lambda scope: asked.append(scope))
    monkeypatch.setattr(shell.context, "current", lambda: type("Run", (), {"edition": edition}))
    shell.renew.__wrapped__()
    assert asked == []
    newer = type("Edition", (), {"number": edition.number + 1})
    monkeypatch.setattr(shell.context, "newest_edition", lambda: newer)
    shell.renew.__wrapped__()
    assert asked == ["app"]


def asked(path: Path) -> set[str]:
    """The queries that a page asks."""
    return set(re.findall(r'fetch\(\s*"(\w+)"', path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name", sorted({name for entry in shell.PAGES for name in asked(entry.path)} - {"key_figures", "article_stats"})
)
def test_every_column_that_pages_show_has_a_name_for_readers(name: str, newsroom: Path) -> None:
    edition = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert edition
    columns = set(queries.fetch(name, Selection(), edition).columns)
    assert columns - set(COLUMNS) - {"article"} == set()


MARKS = (
    "**b**", "[a](http://x)", "![a](http://x)", ":red[a]", "$x$", "<b>", "`c`", "# h", "- li", "1. li", ":tada:", "->",
    "www.a.kz", "~x~",
)  # fmt: skip


@pytest.mark.parametrize("nasty", MARKS)
def test_no_mark_keeps_its_meaning_in_plain_text(nasty: str) -> None:
    safe = text.plain(nasty)
    assert bare(safe) == nasty
    assert safe != nasty


def test_the_bar_keeps_what_it_has_no_widget_for() -> None:
    chosen = bar.from_url({"author": ["A"], "no_section": ["B"], "meter": ["ga"], "since": ["2026-01-01"]})
    assert chosen.period == "own"
    assert chosen.to_url() == {"author": ["A"], "no_section": ["B"], "meter": ["ga"], "since": ["2026-01-01"]}


def test_a_period_counts_back_from_the_last_day_with_figures() -> None:
    days = bar.Choice("7d", Selection()).resolved(date(2026, 11, 23))
    assert (days.since, days.until) == (date(2026, 11, 16), date(2026, 11, 23))
    everything = bar.Choice("all", Selection()).resolved(date(2026, 11, 23))
    assert (everything.since, everything.until) == (None, None)
