"""The selection's own rules: periods, what is left out, age class and state, counts, and what a URL can get wrong."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from common import ROOT
from readership import queries, settings
from readership.queries import Selection
from readership.queries.comparison import Comparison
from readership.queries.selection import LISTED, VALUES
from readership.ui import bar, choices, periods, views, who
from readership.ui.server import SCRIPT
from test_pages import bare, params

SUNDAY = date(2026, 11, 22)


@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> queries.Edition:
    found = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert found
    return found


def opened(app: AppTest, **params: str | list[str]) -> AppTest:
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def warned(app: AppTest) -> str:
    return bare(" ".join(element.value for element in app.warning))


def articles(edition: queries.Edition, **fields: object) -> set[int]:
    rows = queries.fetch("articles", Selection(**fields), edition, limit=100_000)  # type: ignore[arg-type]
    return set(rows["article"])


# -- periods ---
@pytest.mark.parametrize(
    ("name", "week_start", "since", "until"),
    [
        ("today", 1, "2026-11-22", "2026-11-23"),
        ("yesterday", 1, "2026-11-21", "2026-11-22"),
        ("this-week", 1, "2026-11-16", "2026-11-23"),
        ("this-week", 7, "2026-11-22", "2026-11-23"),
        ("this-week", 6, "2026-11-21", "2026-11-23"),
        ("last-week", 1, "2026-11-09", "2026-11-16"),
        ("last-week", 7, "2026-11-15", "2026-11-22"),
        ("this-month", 1, "2026-11-01", "2026-11-23"),
        ("last-month", 1, "2026-10-01", "2026-11-01"),
        ("7d", 1, "2026-11-16", "2026-11-23"),
        ("28d", 1, "2026-10-26", "2026-11-23"),
        ("90d", 1, "2026-08-25", "2026-11-23"),
        ("365d", 1, "2025-11-23", "2026-11-23"),
    ],
)
def test_a_period_is_half_open_and_ends_with_the_last_day_with_figures(
    name: str, week_start: int, since: str, until: str
) -> None:
    span = periods.span(name, date(2026, 11, 23), week_start)
    assert span == (date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("today", "first", "after"),
    [("2026-01-31", "2025-12-01", "2026-01-01"), ("2024-03-01", "2024-02-01", "2024-03-01")],
)
def test_last_month_is_whole_over_new_year_and_leap_days(today: str, first: str, after: str) -> None:
    tomorrow = date.fromordinal(date.fromisoformat(today).toordinal() + 1)
    assert periods.span("last-month", tomorrow, 1) == (date.fromisoformat(first), date.fromisoformat(after))


def test_every_period_survives_the_url() -> None:
    for name in periods.PERIODS:
        if name != periods.OWN:
            assert bar.from_url(bar.Choice(name, Selection()).to_url()) == bar.Choice(name, Selection())


def test_a_reading_at_midnight_ends_the_day_before(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bar.context.Run(settings.load(), None, None, "Asia/Almaty")  # type: ignore[arg-type]
    for moment, day in (("2026-11-22T19:00:00+00:00", 22), ("2026-11-22T19:00:01+00:00", 23)):
        monkeypatch.setattr(
            bar.context.Run, "as_of", property(lambda _, at=moment: bar.context.datetime.fromisoformat(at))
        )
        assert run.today == date(2026, 11, day)


# -- the URL ---
def test_every_field_survives_the_url() -> None:
    values = {
        name: LISTED.get(name.removeprefix("no_"), ("a", "б,ю&="))
        for field in VALUES
        for name in (field, f"no_{field}")
    }
    chosen = Selection(since=SUNDAY, question="read", mode="all", text='"a b" -c', in_body=True, **values)  # type: ignore[arg-type]
    choice = bar.Choice(bar.OWN, chosen, Comparison("weekday"))
    assert bar.from_url(choice.to_url()) == choice


def test_only_the_strange_values_of_a_list_are_unreadable() -> None:
    _, unread = Selection.from_url({"state": ["rising", "sinking"], "no_age_class": ["young"]})
    assert unread == ["state=sinking", "no_age_class=young"]


WRONG = {
    "period": "aeon", "since": "yesterday", "question": "why", "mode": "most", "state": "sinking",
    "no_age_class": "old", "compare": "apples", "in_body": "perhaps",
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cant_be_read_is_named_and_selects_nothing(app: AppTest, name: str) -> None:
    opened(app, language="en", **{name: WRONG[name]})
    assert f"{name}={WRONG[name]}" in warned(app)
    assert not app.metric, "no figure of a wider selection than asked for"
    assert not app.get("plotly_chart")
    assert params(app) == {"language": ["en"], name: [WRONG[name]]}, "a reload says it again"
    app.button(key="bar_leave_out").click().run()
    assert not app.exception
    assert not warned(app)
    assert app.metric
    assert params(app) == {"language": ["en"]}


def test_a_change_in_the_bar_leaves_out_what_cant_be_read(app: AppTest) -> None:
    opened(app, period="aeon")
    control = next(one for one in app.get("segmented_control") if one.key == "bar_w_period")
    control.set_value("all").run()
    assert not warned(app)
    assert app.metric
    assert params(app) == {"period": ["all"]}


@pytest.mark.parametrize("name", ["section", "topic", "country", "author", "source", "credit", "site", "language"])
def test_a_value_that_no_article_has_is_named(app: AppTest, name: str) -> None:
    opened(app, period="all", **{name: "Nowhere", f"no_{name}": "Nobody"})
    assert f"{name}=Nowhere" in warned(app)
    assert f"no_{name}=Nobody" in warned(app)
    assert any("Nothing matches" in info.value for info in app.info)


def test_a_meter_that_counts_nothing_is_named(app: AppTest) -> None:
    assert "meter=clicks" in warned(opened(app, meter="clicks"))


def test_a_value_that_others_have_in_other_days_is_no_mistake(app: AppTest) -> None:
    opened(app, topic="sport", since="2020-01-01", until="2020-01-02")
    assert not warned(app)


# -- what is left out ---
def test_a_value_is_left_out_in_the_bar(app: AppTest) -> None:
    opened(app, period="all")
    box = app.multiselect(key="bar_w_language")
    with_it = int(app.metric[0].value)
    kazakh = next(one for one in box.options if one.startswith("not Kazakh"))
    fewer = int(re.sub(r"\D", "", kazakh))
    box.set_value([kazakh]).run()
    assert params(app) == {"period": ["all"], "no_language": ["kk"]}
    assert int(app.metric[0].value) == with_it - fewer > 0
    assert any("language: not Kazakh" in bare(caption.value) for caption in app.caption)


def test_wanted_and_left_out_stand_side_by_side(app: AppTest) -> None:
    opened(app, period="all", language="en", no_topic="sport", topic="weather")
    box = app.multiselect(key="bar_w_topic")
    assert [value.replace("\0", "not ") for value in box.value] == ["weather", "not sport"]
    assert params(app)["no_topic"] == ["sport"]


@pytest.mark.parametrize("field", VALUES)
def test_leaving_out_is_the_rest_of_choosing(edition: queries.Edition, field: str) -> None:
    name = queries.URL_NAMES[field]
    query = "options_standing" if field in LISTED else "options"
    values = queries.fetch(query, Selection(), edition, field=name)
    assert len(values), f"the newsroom has no {name} to test with"
    value = (values["value"].iloc[0],)
    wanted, left = articles(edition, **{field: value}), articles(edition, **{f"no_{field}": value})
    assert wanted
    assert wanted | left == articles(edition)
    assert not wanted & left


@pytest.mark.parametrize("field", VALUES)
def test_each_option_counts_what_choosing_it_brings(edition: queries.Edition, field: str) -> None:
    name, rest = (
        queries.URL_NAMES[field],
        {"languages": ("en", "kk")} if field != "languages" else {"topics": ("sport",)},
    )
    query = "options_standing" if field in LISTED else "options"
    for row in queries.fetch(query, Selection(**rest), edition, field=name).head(5).itertuples():  # type: ignore[arg-type]
        assert len(articles(edition, **rest, **{field: (row.value,)})) == row.articles, row.value


# -- age class and state ---
def test_age_classes_part_the_articles_whose_age_is_known(edition: queries.Edition) -> None:
    states = queries.fetch("states", Selection(), edition, limit=100_000)
    for age in LISTED["ages"]:
        assert articles(edition, ages=(age,)) == set(states.loc[states["age_class"] == age, "article"]), age


@pytest.mark.parametrize("state", LISTED["states"])
def test_a_state_is_that_of_the_table(edition: queries.Edition, state: str) -> None:
    rows = queries.fetch("states", Selection(), edition, limit=100_000)
    has = (rows["spike_state"] == state) | (rows["evergreen_state"] == state)
    assert articles(edition, states=(state,)) == set(rows.loc[has.fillna(False), "article"])


def test_any_all_and_only_of_states(edition: queries.Edition) -> None:
    pair = ("evergreen", "candidate")  # no article is both
    each = [articles(edition, states=(one,)) for one in pair]
    assert articles(edition, states=pair) == each[0] | each[1]
    assert articles(edition, states=pair, mode="all") == each[0] & each[1]
    assert articles(edition, states=pair, mode="only") <= each[0] | each[1]


def test_age_and_state_filter_views_too(edition: queries.Edition) -> None:
    def gained(**fields: object) -> int:
        return int(queries.fetch("views_gained", Selection(**fields), edition)["views"].sum())  # type: ignore[arg-type]

    assert gained(ages=("archive",)) + gained(no_ages=("archive",)) == gained()
    assert 0 < gained(ages=("archive",)) < gained()


# -- words ---
def test_the_mode_is_told_only_where_it_counts() -> None:
    words = Selection(mode="all", topics=("a", "b"), sections=("c", "d"), no_states=("back",), ages=("new",)).words()
    assert words == "all dates; section: c or d; topic: a and b; age class: new; state: not back"


# -- reset ---
def test_reset_is_always_there_and_asleep_when_nothing_is_chosen(app: AppTest) -> None:
    opened(app)
    assert app.button(key="bar_reset").disabled
    app.multiselect(key="bar_w_language").set_value(["kk"]).run()
    assert not app.button(key="bar_reset").disabled
    app.button(key="bar_reset").click().run()
    assert params(app) == {}


# -- the document ---
def test_every_name_in_a_url_is_documented() -> None:
    """docs/urls.md: parameters, periods, and the values of those that have a list."""
    text = (ROOT / "docs" / "urls.md").read_text(encoding="utf-8")
    named = {word for part in re.findall(r"`([^`\n]+)`", text) for word in re.split(r"[,\s=?&:]+", part)}
    own = {"lang", "board", "article", who.LINK, views.VIEW, *choices.SWITCHES, *choices.CHARTS}
    wanted = bar._OURS | own | {*periods.PERIODS} - {periods.OWN}
    wanted |= {value for values in (*choices.SWITCHES.values(), *LISTED.values()) for value in values}
    wanted |= {*queries.MODES, *queries.QUESTIONS, *queries.comparison.PERIODS}
    asked = r"query_params(?:\.get\(|\.get_all\(|\[)\s*\"(\w+)\""
    for path in (*(ROOT / "src" / "readership" / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py")):
        wanted |= set(re.findall(asked, path.read_text(encoding="utf-8")))
    assert wanted - named == set()


def test_a_link_is_the_same_on_a_fresh_server(app: AppTest, newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"period": ["last-month"], "topic": ["sport", "weather"], "no_country": ["RU"], "mode": ["all"]}
    for name, values in asked.items():
        app.query_params[name] = values
    app.run()
    again = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for name, values in params(app).items():
        again.query_params[name] = values
    again.run()
    assert urlencode(params(app), doseq=True) == urlencode(params(again), doseq=True)
    assert params(again) == asked
    told = [[bare(one.value) for one in run.caption if "Selected" in one.value] for run in (app, again)]
    assert told[0] == told[1] != []
