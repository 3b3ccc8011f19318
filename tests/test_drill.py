"""What a click on a figure lists adds up to what was clicked, and what it chooses is what it stands for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import reference as ref
from newsrooms import Draft, Newsroom, at, facts_of
from readership import figures, queries, settings
from readership.errors import UsageError
from readership.i18n import Language
from readership.queries import Selection
from readership.ui import drill
from readership.ui.drill import Listed
from readership.ui.server import SCRIPT
from test_pages import bare, opened, params, sound


def edition_of(data: Path) -> queries.Edition:
    found = queries.current(settings.load({"READERSHIP_DATA": str(data)}))
    assert found
    return found


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> queries.Edition:
    return edition_of(newsroom)


def last(edition: queries.Edition, days: int, **more: Any) -> Selection:
    """The last days that have figures."""
    rows = queries.fetch("compare_newest", Selection(), edition)
    until = rows["day"].max().date() + timedelta(days=1)
    return Selection(since=until - timedelta(days=days), until=until, **more)


def number(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


# -- sums -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("grain", "days"), [("hour", 2), ("day", 20), ("week", 60), ("month", 120)])
@pytest.mark.parametrize("more", [{}, {"languages": ("kk", "ru")}], ids=["all", "language"])
def test_the_articles_behind_a_bucket_add_up_to_it_exactly(
    edition: queries.Edition, grain: str, days: int, more: dict[str, Any]
) -> None:
    selection = last(edition, days, **more)
    rows = queries.fetch("views_gained", selection, edition, grain=grain)
    assert number(rows["views"].sum()) > 0
    for row in rows.to_dict("records"):
        found = queries.fetch(
            "bucket_articles", selection, edition, grain=grain, bucket=str(row["bucket"]), label=row["label"] or None
        )
        assert found["views"].sum() == number(row["views"])
        assert found["baseline"].sum() == row["baseline"]
        assert not found["article"].duplicated().any()
        assert ((found["views"] > 0) | (found["baseline"] > 0)).all()


def test_every_bucket_ever_adds_up_to_what_articles_have(edition: queries.Edition) -> None:
    """Baseline and all buckets are V*: nothing is listed twice and nothing is left out."""
    listed: dict[int, int] = {}
    for row in queries.fetch("views_gained", Selection(), edition, grain="month").to_dict("records"):
        found = queries.fetch("bucket_articles", Selection(), edition, grain="month", bucket=str(row["bucket"]))
        for article, views, baseline in zip(found["article"], found["views"], found["baseline"], strict=True):
            listed[article] = listed.get(article, 0) + int(views) + int(baseline)
    totals = queries.fetch("articles", Selection(), edition)
    wanted = {a: int(t) for a, t in zip(totals["article"], totals["total"], strict=True) if not pd.isna(t) and t > 0}
    assert listed == wanted


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("age", [None, "24"])
def test_the_articles_published_in_a_bucket_add_up_to_it(edition: queries.Edition, grain: str, age: str | None) -> None:
    selection = last(edition, 60)
    name, asked = ("views_at_age", {"age": age}) if age else ("views_by_publication", {})
    for row in queries.fetch(name, selection, edition, grain=grain, **asked).to_dict("records"):
        found = queries.fetch("bucket_published", selection, edition, grain=grain, bucket=str(row["bucket"]), age=age)
        assert len(found) == row["articles"]
        assert found["views"].sum() == number(row["views"])


@pytest.mark.parametrize("days", [21, None])
def test_the_articles_behind_a_field_of_the_week_add_up_to_it(edition: queries.Edition, days: int | None) -> None:
    selection = last(edition, days) if days else Selection()
    rows = queries.fetch("hour_weekday", selection, edition)
    shown = rows[(rows["views"].fillna(0) > 0) | (rows["articles_published"] > 0)]
    assert len(shown) > 10
    for row in shown.iloc[::9].to_dict("records"):
        cell = {"weekday": row["weekday"], "hour": row["hour"]}
        read = queries.fetch("cell_articles", selection, edition, **cell)
        out = queries.fetch("cell_articles", selection, edition, what="published", **cell)
        assert read["views"].sum() == number(row["views"])
        assert len(out) == row["articles_published"]
        assert out["published"].all()


@pytest.mark.parametrize(("days", "cumulative"), [(20, True), (20, False), (60, False)])
def test_a_point_of_a_line_stands_for_its_own_bucket(edition: queries.Edition, days: int, cumulative: bool) -> None:
    """Sums added up, and more buckets than bars can show: what is written on each point lists that bucket."""
    selection = last(edition, days)
    rows = queries.fetch("views_gained", selection, edition, grain="hour")
    fig = figures.views_gained(rows, "hour", Language("en"), cumulative=cumulative).fig.to_dict()
    line = next(one for one in fig["data"] if one.get("customdata"))
    assert line["type"] == "scatter"
    assert "markers" in line["mode"]
    assert len(line["customdata"]) == len(line["x"]) > 400
    by_bucket = {(str(row["bucket"]), row["label"]): number(row["views"]) for row in rows.to_dict("records")}
    told = [tuple(one) for one in line["customdata"]]
    assert [start for start, _label in told] == [str(pd.Timestamp(x)) for x in line["x"]]
    best = sorted(told, key=lambda one: by_bucket[one])[-3:]
    for bucket, label in best:
        found = queries.fetch("bucket_articles", selection, edition, grain="hour", bucket=bucket, label=label or None)
        assert found["views"].sum() == by_bucket[bucket, label] > 0


@pytest.mark.parametrize("more", [{}, {"languages": ("ru",)}], ids=["all", "language"])
def test_the_articles_behind_each_hour_of_the_newest_day_add_up_to_the_line(
    edition: queries.Edition, more: dict[str, Any]
) -> None:
    """A click on the day so far lists an hour of it even when the chosen dates are others."""
    rows = queries.fetch("band", Selection(**more), edition, grain="hour")
    drawn = figures.day_so_far(rows, Language("en")).fig.to_dict()["data"][-1]
    assert len(drawn["customdata"]) == len(drawn["y"]) > 2
    own = drill.of_the_day(Selection(since=date(2020, 1, 1), until=date(2020, 1, 2), **more))
    before = 0
    for (bucket, label), value in list(zip(drawn["customdata"], drawn["y"], strict=True))[1:]:
        found = queries.fetch("bucket_articles", own, edition, grain="hour", bucket=bucket, label=label or None)
        assert found["views"].sum() == value - before
        before = value
    assert before > 0


@pytest.mark.parametrize("by", ["weekday", "hour"])
@pytest.mark.parametrize("more", [{}, {"languages": ("kk",)}, {"question": "read"}], ids=["all", "language", "read"])
def test_the_articles_behind_a_weekday_or_hour_of_output_add_up_to_it(
    edition: queries.Edition, by: str, more: dict[str, Any]
) -> None:
    selection = last(edition, 40, **more)
    rows = queries.fetch("publishing", selection, edition, by=by).dropna(subset="value")
    assert len(rows) > 1
    for row in rows.to_dict("records"):
        found = queries.fetch("published_when", selection, edition, **{by: row["value"]})
        assert len(found) == row["articles"] == found["of_articles"].iloc[0]
        assert found["views"].sum() == number(row["views"])
        assert found["views"].isna().sum() == row["views_unknown"]


def test_a_limit_cuts_the_list_and_not_its_sums(edition: queries.Edition) -> None:
    selection = last(edition, 60)
    rows = queries.fetch("views_gained", selection, edition, grain="month").dropna(subset="views")
    row = max(rows.to_dict("records"), key=lambda one: one["views"])
    few = queries.fetch("bucket_articles", selection, edition, grain="month", bucket=str(row["bucket"]), limit=2)
    assert len(few) == 2
    assert set(few["of_views"]) == {row["views"]}
    assert few["of_articles"].iloc[0] > 2
    assert few["views"].is_monotonic_decreasing


def test_the_hour_that_comes_twice_is_two_lists(tmp_path: Path) -> None:
    """29 February 2024 in Almaty has 23:00 (+06) and 23:00 (+05): 60 views in each, and 7 more in the second."""
    start = at("2024-02-29T22:00:00", "Asia/Almaty")
    hourly = tuple(ref.Reading(start + k * 3600, 60 * k) for k in range(5))
    second = (ref.Reading(start + 2 * 3600, 0), ref.Reading(start + 3 * 3600, 7))
    house = Newsroom(tmp_path)
    house.add(
        facts_of(one)
        for one in (
            Draft("1", "almaty.test", "a", (start,), hourly),
            Draft("2", "almaty.test", "a", (start + 2 * 3600,), second),
        )
    )
    house.publish(macros=True)
    own, selection = edition_of(tmp_path), Selection(since=date(2024, 2, 29), until=date(2024, 3, 1))
    rows = queries.fetch("views_gained", selection, own, grain="hour")
    twice = rows[rows["bucket"].dt.hour == 23]
    assert list(twice["views"]) == [60, 67]
    for label, wanted in zip(twice["label"], ([60], [60, 7]), strict=True):
        found = queries.fetch(
            "bucket_articles", selection, own, grain="hour", bucket="2024-02-29 23:00:00", label=label
        )
        assert list(found["views"]) == wanted


def test_a_bucket_that_the_dates_cut_lists_what_lies_in_them(edition: queries.Edition) -> None:
    selection = last(edition, 10)
    assert selection.since
    selection = replace(selection, since=selection.since + timedelta(days=2))
    for row in queries.fetch("views_gained", selection, edition, grain="month").to_dict("records"):
        found = queries.fetch("bucket_articles", selection, edition, grain="month", bucket=str(row["bucket"]))
        assert found["views"].sum() == number(row["views"])


@pytest.mark.parametrize("bad", [{"grain": "year"}, {"bucket": "yesterday"}, {"limit": "many"}])
def test_what_cannot_be_read_is_refused(edition: queries.Edition, bad: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        queries.fetch("bucket_articles", Selection(), edition, **({"bucket": "2026-11-01", "grain": "day"} | bad))


# -- clicks -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("topics", "topics"),
        ("topics", "topics-treemap"),
        ("authors", "authors-reach"),
        ("authors", "authors-index"),
        ("topics", "topics-hours"),
        ("publishing", "output-and-result"),
        ("sources", "sources"),
    ],
)
def test_what_is_drawn_says_what_a_click_on_it_chooses(
    app: AppTest, page: str, name: str, edition: queries.Edition
) -> None:
    """Every point carries a value that the selection knows; that a click chooses it is held in the browser."""
    opened(app, page, period="all")
    sound(app)
    found = [chart for chart in app.get("plotly_chart") if f"chart_{name}" in chart.proto.id]
    if not found:
        pytest.skip(f"this newsroom draws no {name}")
    data = json.loads(found[0].proto.spec)["data"]
    given = [one for part in data for one in part.get("customdata", part.get("ids", [])) or []]
    if not given:
        pytest.skip(f"nothing to draw in {name}")
    values = {value for one in given for value in (one if isinstance(one, list) else [one])}
    known = set(queries.fetch("options", Selection(), edition)["value"]) | {"source", "credit"}
    assert values <= known, values - known


@pytest.mark.parametrize(
    ("page", "name", "asked"),
    [
        ("overview", "day-so-far", {}),
        ("publishing", "output-and-result", {"by": "weekday"}),
        ("publishing", "output-and-result", {"by": "hour"}),
    ],
)
def test_a_figure_of_buckets_answers_clicks(app: AppTest, page: str, name: str, asked: dict[str, str]) -> None:
    opened(app, page, period="all", **asked)
    sound(app)
    (chart,) = [one for one in app.get("plotly_chart") if one.proto.id.endswith(f"chart_{name}")]
    assert list(chart.proto.selection_mode)


def test_the_same_bucket_can_be_clicked_again_once_its_list_is_closed(app: AppTest, edition: queries.Edition) -> None:
    """The chart stands anew with nothing marked: else the second click would only take the mark away."""

    def drawn() -> list[str]:
        return [one.proto.id for one in app.get("plotly_chart") if "chart_views-gained" in one.proto.id]

    opened(app, "overview", period="28d")
    first = drawn()
    app.session_state["drill_listed"] = Listed(
        "gone", "", "gained", "bucket_articles", Selection(), (), name="views-gained"
    )
    app.run()
    sound(app)
    assert "drill_listed" not in app.session_state
    assert len(first) == len(drawn()) == 1
    assert drawn() != first
    assert drawn()[0].endswith("chart_views-gained-1")


def test_a_list_is_shown_until_it_is_closed_or_the_page_is_left(app: AppTest, edition: queries.Edition) -> None:
    selection = last(edition, 28)
    rows = queries.fetch("views_gained", selection, edition, grain="day")
    best = max(rows.dropna(subset="views").to_dict("records"), key=lambda row: row["views"])
    asked = (("bucket", str(best["bucket"])), ("grain", "day"))
    app.run()
    app.session_state["drill_listed"] = Listed("overview", "<b>1</b>", "gained", "bucket_articles", selection, asked)
    app.run()
    sound(app)
    assert any(f"{int(best['views']):,} views gained then" in bare(words.value) for words in app.caption)
    app.switch_page(str(SCRIPT.parents[3] / "pages" / "articles.py")).run()
    sound(app)
    assert "drill_listed" not in app.session_state
    assert params(app) == {}
