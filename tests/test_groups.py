"""Topics, countries, authors, sources: what tables add up to, switches, names, the map, clicks, questions."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import drawn_groups as given
from common import ROOT
from readership import enrich, figures, queries, settings
from readership.exports import naming
from readership.figures.map import clicked
from readership.figures.network import layout
from readership.i18n import LANGUAGES, Language
from readership.queries import Selection
from readership.ui import bar, names
from readership.ui.columns import COLUMNS
from readership.ui.groups import _source
from readership.ui.server import SCRIPT

ENGLISH = Language("en")
PAGES = ("topics", "countries", "authors", "sources")


@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


def opened(app: AppTest, page: str, **params: str | list[str]) -> AppTest:
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def params(app: AppTest) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in dict(app.query_params).items()}


def words(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption).replace("\\", "").replace("\u2060", "")


def asked(newsroom: Path, name: str, selection: Selection | None = None, **parameters: Any) -> pd.DataFrame:
    edition = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert edition
    return queries.fetch(name, selection or Selection(), edition, **parameters)


def shown(app: AppTest) -> pd.DataFrame:
    """The page's own table of groups."""
    return next(frame.value for frame in app.dataframe if {"name", "share_of_articles"} <= set(frame.value.columns))


# -- what tables add up to ---
@pytest.mark.parametrize(("page", "dimension"), [("topics", "topic"), ("countries", "country"), ("authors", "author")])
def test_under_the_table_stands_what_its_rows_add_up_to(app: AppTest, page: str, dimension: str) -> None:
    table = shown(opened(app, page, period="all", home="with"))
    said = re.search(
        r"Sum of rows: ([\d,]+) articles, ([\d,]+) views. Distinct: ([\d,]+) articles, .* row: ([\d,]+)", words(app)
    )
    assert said
    articles, views, distinct, several = (int(part.replace(",", "")) for part in said.groups())
    assert articles == table["articles"].sum()
    assert views == table["views_full"].sum()
    assert distinct <= articles
    assert (several > 0) == (distinct < articles), dimension


def test_divided_among_groups_the_rows_add_up_to_the_distinct_total(app: AppTest) -> None:
    table = shown(opened(app, "topics", period="all", count="fractional"))
    said = re.search(r"distinct total: ([\d,]+) articles, ([\d,]+) views", words(app))
    assert said
    articles, views = (int(part.replace(",", "")) for part in said.groups())
    assert table["articles_fractional"].sum() == pytest.approx(articles)
    assert table["views_fractional"].sum() == pytest.approx(views)


def test_the_counting_switch_is_kept_in_the_url(app: AppTest) -> None:
    opened(app, "topics", period="all")
    assert "count" not in params(app)
    control = next(one for one in app.get("segmented_control") if one.key == "group_count")
    control.set_value("fractional").run()
    assert params(app)["count"] == ["fractional"]
    assert "divided among its rows" in words(app)
    next(one for one in app.get("segmented_control") if one.key == "group_count").set_value("full").run()
    assert "count" not in params(app)


def test_all_of_several_topics_is_no_more_than_any_of_them(app: AppTest) -> None:
    chosen = ["economy-business-finance", "politics-government"]
    opened(app, "topics", period="all", topic=chosen)
    any_of = shown(app)["articles"].max()
    control = next(one for one in app.get("segmented_control") if one.key == "group_mode")
    assert not control.disabled
    control.set_value("all").run()
    assert params(app)["mode"] == ["all"]
    assert shown(app)["articles"].max() < any_of
    assert "topic: Economy, business and finance and Politics and government" in words(app)


def test_the_mode_has_no_effect_without_a_choice_and_says_so(app: AppTest) -> None:
    opened(app, "topics", period="all")
    control = next(one for one in app.get("segmented_control") if one.key == "group_mode")
    assert control.disabled


def test_the_home_country_is_set_apart_until_it_is_asked_for(app: AppTest) -> None:
    def sites(code: str) -> int:
        table = shown(app)
        return int(table.loc[table["value"] == code, "articles"].sum())

    opened(app, "countries", period="all")
    apart = sites("KZ")
    next(one for one in app.get("segmented_control") if one.key == "group_home").set_value("with").run()
    assert sites("KZ") > apart
    assert params(app)["home"] == ["with"]


# -- the selection: names, what is left out ---
def test_values_are_named_in_the_readers_language(app: AppTest) -> None:
    opened(app, "topics", period="all", topic="sport", no_country="RU", lang="kk")
    assert "Спорт" in words(app)
    assert "Ресей" in words(app)
    assert "RU" not in words(app)


def test_a_choice_outlives_new_counts_and_another_language(app: AppTest) -> None:
    """The browser answers with labels, in which counts and language change under it."""
    opened(app, "topics", period="all", topic="sport")
    for code in ("ru", "kk", "en"):
        next(one for one in app.get("segmented_control") if one.key == "strip_language").set_value(code).run()
        next(one for one in app.get("segmented_control") if one.key == "bar_w_period").set_value("28d").run()
        assert params(app)["topic"] == ["sport"], code
        next(one for one in app.get("segmented_control") if one.key == "bar_w_period").set_value("all").run()
        assert app.multiselect(key="bar_w_topic").value == ["sport"]


def test_what_is_left_out_is_said_and_left_out(app: AppTest) -> None:
    opened(app, "topics", period="all", no_topic="sport")
    assert "topic: not Sport" in words(app)
    assert "sport" not in set(shown(app)["value"])
    assert params(app)["no_topic"] == ["sport"]


def test_topics_and_countries_in_the_bar_are_counted_under_the_rest(app: AppTest, newsroom: Path) -> None:
    opened(app, "topics", period="all", language="kk")
    counts = asked(newsroom, "options", Selection(languages=("kk",)), field="topic").set_index("value")["articles"]
    assert f"{names_of('topic', 'sport')} ({counts['sport']})" in app.multiselect(key="bar_w_topic").options
    assert app.multiselect(key="bar_w_country").options


def names_of(dimension: str, value: str, code: str = "en") -> str:
    return names._named(dimension, value, Language(code))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_topic_country_and_organisation_has_a_name_in_every_language(newsroom: Path, code: str) -> None:
    found = {(dimension, slug) for dimension, table in (("topic", naming.known_topics(None).topics),) for slug in table}
    assert len(found) >= 17
    for dimension, value in found:
        assert names_of(dimension, value, code) != value
    for value in asked(newsroom, "group_views", dimension="country")["value"]:
        assert names_of("country", value, code) != value
    for value, by_language in naming.organisations().items():
        assert names_of("source", value, code) == (by_language.get(code) or value)


def test_a_newsrooms_own_topic_is_shown_by_its_own_name() -> None:
    assert names_of("topic", "steppe-railways") == "steppe-railways"
    assert names_of("source", "Somebody Else") == "Somebody Else"


# -- the page of a single one ---
@pytest.mark.parametrize(("page", "dimension"), [("topics", "topic"), ("countries", "country"), ("authors", "author")])
def test_a_single_chosen_value_has_a_page_of_its_own(app: AppTest, newsroom: Path, page: str, dimension: str) -> None:
    row = asked(newsroom, "group_views", dimension=dimension).iloc[0]
    opened(app, page, period="all", **{dimension: row["value"]})
    assert [metric.label for metric in app.metric] == [
        "Articles",
        "Views of these articles",
        "Share of attention",
        "Same-age index, median",
    ]
    assert app.metric[0].value == ENGLISH.number(row["articles"])
    assert app.metric[2].value == ENGLISH.percent(row["share_of_views"], 1), "of all views without this filter"
    app.button(key=f"all_{dimension}").click().run()
    assert dimension not in params(app)
    assert not app.metric


def test_shares_of_a_chosen_group_are_of_the_selection_without_it(app: AppTest) -> None:
    opened(app, "topics", period="all", topic="sport")
    charts = {chart.proto.id.split("-")[-1]: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}
    shares = [value for trace in charts["share"]["data"] for value in _unpacked(trace["y"])]
    assert 0 < max(shares) < 1


def _unpacked(column: Any) -> list[float]:
    if isinstance(column, dict):
        import base64

        return [float(v) for v in np.frombuffer(base64.b64decode(column["bdata"]), dtype=column["dtype"])]
    return [float(value) for value in column if value is not None]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_of_groups_speak_every_language(app: AppTest, page: str, code: str) -> None:
    opened(app, page, period="all", lang=code)
    assert len(app.get("plotly_chart")) >= 2
    assert not app.error


def test_no_groups_leave_the_switches_that_may_bring_some(app: AppTest) -> None:
    opened(app, "countries", period="all", text="nosuchword")
    assert any("Nothing matches" in info.value for info in app.info)
    assert [one for one in app.get("segmented_control") if one.key == "group_home"]


def test_clicks_choose_and_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    state = bar.Choice("all", Selection())
    monkeypatch.setattr(bar, "current_or_default", lambda: state)
    taken: list[bar.Choice] = []
    monkeypatch.setattr(bar, "_set", taken.append)
    bar.toggle("country", "RU")
    assert taken[-1].selection.countries == ("RU",)
    state = taken[-1]
    bar.toggle("country", "RU")
    assert taken[-1].selection.countries == ()
    state = bar.Choice("all", Selection(countries=("RU", "UZ")))
    bar.toggle("country", "UZ")
    assert taken[-1].selection.countries == ("UZ",)


def test_a_row_of_sources_filters_by_what_it_is() -> None:
    rows = given.sources()
    assert _source(rows.iloc[0]) is None
    assert _source(rows.iloc[1]) == ("source", "kz-mfa")
    assert _source(pd.Series({"source": "pixabay", "cited": 0})) == ("credit", "pixabay")


# -- figures ---
def test_counting_chooses_the_shares_that_are_drawn() -> None:
    def drawn(counting: str) -> list[list[float]]:
        return [list(trace.x) for trace in figures.breakdown(given.views(), counting, ENGLISH).fig.data]

    assert drawn("full") == [[0.8, 0.6], [0.75, 0.5]]
    articles, views = drawn("fractional")
    assert articles == pytest.approx([0.6, 0.4])
    assert views == pytest.approx([0.625, 0.375])


def test_areas_of_the_treemap_add_up_to_the_distinct_total() -> None:
    tiles = figures.treemap(given.views(), given.index(), ENGLISH).fig.data[0]
    assert sum(tiles.values) == 2000
    assert tiles.text[1] == "62.5 %"
    assert len(set(tiles.marker.colors)) == 2, "over and under the median in different colours"


def test_a_week_without_views_leaves_a_gap_and_one_that_is_not_over_is_faint() -> None:
    figure = figures.group_trend(given.trend(), "views", "week", given.SPAN, ENGLISH)
    sport, health = figure.fig.data[1], figure.fig.data[0]
    assert [len(trace.x) for trace in (sport, health)] == [3, 2]
    assert len(set(sport.marker.color)) == 2
    assert sport.marker.color[2] != sport.marker.color[0]
    assert figure.fig.layout.xaxis.range[1] >= "2024-05-29"
    assert figure.alt.startswith("B gained most: 90 views")


def test_days_of_years_stay_under_the_limit_of_points() -> None:
    days = pd.date_range("2020-01-01", periods=900)
    rows = pd.concat(
        pd.DataFrame({"bucket": days, "value": f"v{n}", "views": 1, "share": 0.1, "articles": 1, "name": f"v{n}"})
        for n in range(6)
    )
    figure = figures.group_trend(rows, "views", "day", given.SPAN, ENGLISH)
    assert sum(len(trace.x) for trace in figure.fig.data) <= 2000


def test_groups_with_few_comparable_articles_are_left_out_and_counted() -> None:
    figure = figures.performance(given.index(), ENGLISH)
    assert list(figure.fig.data[-1].x) == [1.5, 0.8]
    assert "1 more group" in figure.subtitle
    assert all(x > 0 for trace in figure.fig.data for x in trace.x), "a quartile of 0 has no place on a log axis"


def test_a_field_with_few_articles_is_empty() -> None:
    grid = figures.group_hours(given.hours(), ENGLISH).fig.data[0]
    row = dict(zip(("health", "sport"), grid.z, strict=True))
    assert row["sport"][20] is None
    assert row["sport"][9] == 100
    assert row["health"][9] == 120


def test_the_map_draws_areas_small_places_and_what_is_unread_apart() -> None:
    rows = pd.concat([given.views(("KG", "SG")), given.views(("RU", "XX")).assign(views_full=pd.NA)])
    figure = figures.world_map(rows, "views_full", ("KG",), ENGLISH)
    areas, unread, dots = figure.fig.data
    assert list(areas.locations) == ["KGZ"]
    assert areas.z[0] == math.log10(1000)
    assert list(unread.locations) == ["RUS"]
    assert list(dots.customdata) == ["SG"]
    assert areas.marker.line.width == (2.5,)
    assert "1 place is not on the map" in figure.subtitle


def test_every_country_that_can_be_named_is_on_the_map() -> None:
    from babel import Locale

    from readership.figures.map import _places

    listed = json.loads((ROOT / "static/topojson/world_110m.json").read_text())["objects"]["countries"]["geometries"]
    drawn = {area["id"] for area in listed}
    for code, (three, place) in _places().items():
        assert (three in drawn) == (place is None), code
    missing = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()} - set(_places())
    assert {"KZ", "FR", "CD", "XK", "PS", "SG", "HK"} & missing == set()
    assert len(missing) < 25


def test_the_map_that_is_served_is_small_and_says_its_licence() -> None:
    folder = ROOT / "static" / "topojson"
    assert (folder / "world_110m.json").stat().st_size <= 300_000
    assert "MIT" in (folder / "LICENSE.md").read_text()


@pytest.mark.parametrize(
    ("points", "country"),
    [
        ([], None),
        ([{"location": "KGZ"}], "KG"),
        ([{"customdata": "SG", "lat": 1.3}], "SG"),
        ([{"customdata": ["SG"]}], "SG"),
        ([{"customdata": "<b>", "location": "XYZ"}], None),
    ],
)
def test_a_click_on_the_map_names_a_country_or_none(points: list[dict[str, Any]], country: str | None) -> None:
    assert clicked(points) == country


def test_the_network_lies_the_same_every_time_and_pairs_lie_near() -> None:
    edges = [(0, 1, 9.0), (1, 2, 9.0), (3, 4, 9.0), (4, 5, 1.0)]
    places = layout(6, edges)
    assert np.array_equal(places, layout(6, edges))
    assert places.min() >= 0
    assert places.max() <= 1
    far = np.linalg.norm(places[0] - places[3])
    assert np.linalg.norm(places[0] - places[1]) < far
    assert len({(round(x, 2), round(y, 2)) for x, y in places}) == 6


@pytest.mark.parametrize("nodes", [0, 1, 2])
def test_small_networks_have_places_too(nodes: int) -> None:
    assert np.isfinite(layout(nodes, [(0, 1, 1.0)] if nodes == 2 else [])).all()


def test_the_matrix_reads_the_same_both_ways() -> None:
    grid = np.array(figures.country_matrix(given.pairs(), ENGLISH).fig.data[0].z, dtype=float)
    assert np.array_equal(grid, grid.T, equal_nan=True)
    assert np.isnan(np.diag(grid)).all()
    assert np.nansum(grid) == 28


def test_a_source_that_is_cited_and_credited_is_counted_once() -> None:
    cited, both, credited = figures.releases(given.sources(), ENGLISH).fig.data
    assert list(cited.x) == [2, 1]
    assert list(both.x) == [1, 0]
    assert list(credited.x) == [1, 0]


# -- questions ---
def test_a_photo_credited_to_the_site_itself_is_its_own() -> None:
    own = enrich.enrich("Title", "Body.", own_names=("El.kz",), photo_credit="EL.KZ")
    other = enrich.enrich("Title", "Body.", own_names=("Zakon.kz",), photo_credit="El.kz")
    assert own.credit_org == "own"
    assert other.credit_org == "kz-elkz"


def test_own_reporting_and_outside_sources_are_all_articles(newsroom: Path) -> None:
    sums = asked(newsroom, "release_sums").iloc[0]
    rows = asked(newsroom, "release_dependence")
    assert sums["none"] + sums["distinct_articles"] == sums["all_articles"]
    assert sums["sum_articles"] == rows.loc[rows["source"].notna(), "articles"].sum()
    assert sums["none"] == rows.loc[rows["source"].isna(), "articles"].sum()
    assert "own" not in set(rows["source"])
    trend = asked(newsroom, "release_trend", grain="month")
    assert (trend["own"] + trend["cited"] + trend["credited"] == trend["articles"]).all()


def test_the_median_index_of_a_group_is_that_of_its_articles(newsroom: Path) -> None:
    by_article = asked(newsroom, "states", limit=10_000).set_index("article")["index"]
    for dimension in ("topic", "author"):
        rows = asked(newsroom, "group_index", dimension=dimension).set_index("value")
        for value in list(rows.index)[:6]:
            field = {"topic": "topics", "author": "authors"}[dimension]
            own = asked(newsroom, "states", Selection(**{field: (value,)}), limit=10_000)["article"]
            known = sorted(by_article[by_article.index.isin(own)].dropna())
            row = rows.loc[value]
            assert row["indexed"] == len(known)
            assert row["over_median"] == sum(one > 1 for one in known)
            if known:
                assert row["median_index"] == pytest.approx(known[math.ceil(len(known) / 2) - 1])


def test_only_the_newest_articles_are_compared_when_there_are_many(newsroom: Path) -> None:
    assert asked(newsroom, "group_index", dimension="language", most=5)["articles"].sum() == 5


@pytest.mark.parametrize("name", ["group_index", "group_hours", "group_trend", "country_pairs", "release_trend"])
def test_every_column_of_groups_has_a_name_for_readers(name: str, newsroom: Path) -> None:
    assert set(asked(newsroom, name).columns) - set(COLUMNS) == set()
