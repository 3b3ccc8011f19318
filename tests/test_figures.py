"""Figures keep their promises: honest edges, literal text, few points, words in every language, colours that hold."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

import drawn_groups
from readership import figures
from readership.figures import style
from readership.figures.time import round_ticks
from readership.i18n import LANGUAGES, Language

ENGLISH = Language("en")
NASTY = '<img src=x onerror=alert(1)><b>bold</b> "quoted" & $x$'


def published(n: int = 5) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "bucket": pd.date_range("2024-05-01", periods=n, freq="D"),
            "articles": 2,
            "views": pd.array([100 * (i + 1) for i in range(n)], dtype="Int64"),
            "views_unknown": 1,
            "oldest_reading": pd.Timestamp("2024-05-20"),
        }
    )


def gained(n: int = 5, open_end: int = 1) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "bucket": pd.date_range("2024-05-01", periods=n, freq="D"),
            "label": "",
            "views": pd.array([100 * (i + 1) for i in range(n)], dtype="Int64"),
            "observed_share": [0.25] * n,
            "covered_share": [1.0] * n,
            "baseline": 7,
            "complete": [i < n - open_end for i in range(n)],
        }
    )


def rates(n: int = 4, site: str = "el.kz") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": pd.date_range("2024-04-24", periods=n, freq="D"),
            "site": site,
            "currency": "USD",
            "quote": "KZT",
            "header": [443.85 + i for i in range(n)],
            "captures": 2,
            "figures": 1,
            "certain": True,
            "official": [444.32 + i for i in range(n)],
            "official_day": pd.date_range("2024-04-24", periods=n, freq="D"),
            "source": "NBK",
            "difference": -0.47,
            "difference_percent": -0.1,
        }
    )


def beside_topic(n: int = 4) -> pd.DataFrame:
    return rates(n).assign(articles=3, gained=700)


def curve() -> pd.DataFrame:
    moments = pd.to_datetime(["2024-05-01 10:00", "2024-05-01 10:30", "2024-05-03 10:00", "2024-05-04 10:00"])
    return pd.DataFrame(
        {
            "from_at": [pd.NaT, *moments[:-1]],
            "at": moments,
            "total": [100, 150, 400, 400],
            "gained": [0, 50, 250, 0],
            "spread": [False, False, True, True],
            "epoch": [1, 1, 1, 2],
            "views": [100, 150, 400, 20],
        }
    )


def observations() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "observed_at": pd.to_datetime(["2024-05-01 10:00", "2024-05-02 10:00", None]),
            "views": pd.array([100, 9000, 70], dtype="Int64"),
            "status": ["kept", "suspect", "unknown-moment"],
        }
    )


def revisions() -> pd.DataFrame:
    seen = pd.to_datetime(["2024-05-01 10:00", "2024-05-02 11:00"])
    return pd.DataFrame(
        {"seen_at": seen, "title": ["a", NASTY], "title_changed": [False, True], "body_changed": [False, False]}
    )


def week() -> pd.DataFrame:
    rows = [(d, h, 10 * d + h, 1) for d in range(1, 8) for h in range(24) if (d, h) != (7, 3)]
    return pd.DataFrame(rows, columns=["weekday", "hour", "views_per_hour", "articles_published"])


def cohort() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age_h": [1, 3, 24],
            "views": pd.array([50, None, 400], dtype="Int64"),
            "median": pd.array([40, 100, None], dtype="Int64"),
            "q1": pd.array([20, 60, None], dtype="Int64"),
            "q3": pd.array([80, 200, None], dtype="Int64"),
            "n": pd.array([25, 43, None], dtype="Int64"),
            "basis": ["site, language, section", "site", None],
        }
    )


def day_band(views: tuple[int | None, ...] = (50, 112, None), median: int | None = 100, n: int = 8) -> pd.DataFrame:
    day = pd.Timestamp("2024-05-03")
    return pd.DataFrame(
        {
            "day": day,
            "hour": [0, 1, 2],
            "views": pd.array(list(views), dtype="Int64"),
            "median": pd.array([median] * 3, dtype="Int64"),
            "q1": pd.array([median and 80] * 3, dtype="Int64"),
            "q3": pd.array([median and 130] * 3, dtype="Int64"),
            "n": n,
            "cut_at": [day + pd.Timedelta(hours=1), day + pd.Timedelta(minutes=100), day + pd.Timedelta(hours=3)],
        }
    )


def at_age(n: int = 5) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "bucket": pd.date_range("2024-05-01", periods=n, freq="D"),
            "age_h": 24,
            "articles": 3,
            "views": [100.0 * (i + 1) for i in range(n)],
            "known": 2,
            "unknown": 1,
        }
    )


def names(n: int = 3) -> pd.DataFrame:
    return pd.DataFrame({"name": [f"{NASTY} {i}" for i in range(n)], "views": [float(n - i) for i in range(n)]})


def shares() -> pd.DataFrame:
    return pd.DataFrame({"value": ["News", NASTY], "share_of_articles": [0.6, 0.4], "share_of_views": [0.5, 0.5]})


DRAWN: dict[str, Callable[[Language], figures.Figure]] = {
    "views_by_publication": lambda language: figures.views_by_publication(published(), "day", language),
    "views_gained": lambda language: figures.views_gained(gained(), "day", language),
    "rate_history": lambda language: figures.rate_history(rates(), "quote", language),
    "rate_difference": lambda language: figures.rate_difference(rates(), "quote", language),
    "rate_beside_topic": lambda language: figures.rate_beside_topic(beside_topic(), "USD in KZT", "Economy", language),
    "article_curve": lambda language: figures.article_curve(curve(), observations(), revisions(), language),
    "hour_weekday": lambda language: figures.hour_weekday(week(), "views_per_hour", language),
    "ranked": lambda language: figures.ranked(names(), "name", "views", language, title="T", subtitle="S"),
    "big_numbers": lambda language: figures.big_numbers([("Views", 5, "+25 %")], language),
    "beside_kind": lambda language: figures.beside_kind(cohort(), language),
    "day_so_far": lambda language: figures.day_so_far(day_band(), language),
    "publishing_clock": lambda language: figures.publishing_clock(week(), language),
    "views_at_age": lambda language: figures.views_at_age(at_age(), "day", "sum", language),
    "output_and_result": lambda language: figures.output_and_result(shares(), "section", language),
}
EMPTY: dict[str, Callable[[Language], figures.Figure]] = {
    "views_by_publication": lambda language: figures.views_by_publication(published(0), "day", language),
    "views_gained": lambda language: figures.views_gained(gained(0, 0), "day", language),
    "rate_history": lambda language: figures.rate_history(rates(0), "quote", language),
    "rate_difference": lambda language: figures.rate_difference(rates(0), "quote", language),
    "rate_beside_topic": lambda language: figures.rate_beside_topic(beside_topic(0), "USD in KZT", "Economy", language),
    "article_curve": lambda language: figures.article_curve(curve()[:0], observations()[:0], revisions()[:0], language),
    "hour_weekday": lambda language: figures.hour_weekday(week()[:0], "views_per_hour", language),
    "ranked": lambda language: figures.ranked(names(0), "name", "views", language, title="T", subtitle="S"),
    "big_numbers": lambda language: figures.big_numbers([("Views", None, "")], language),
    "beside_kind": lambda language: figures.beside_kind(cohort()[:0], language),
    "day_so_far": lambda language: figures.day_so_far(day_band()[:0], language),
    "publishing_clock": lambda language: figures.publishing_clock(week()[:0], language),
    "views_at_age": lambda language: figures.views_at_age(at_age(0), "day", "sum", language),
    "output_and_result": lambda language: figures.output_and_result(shares()[:0], "section", language),
}
DRAWN |= drawn_groups.DRAWN
EMPTY |= drawn_groups.EMPTY


def bars(figure: figures.Figure, name: str) -> go.Bar:
    return next(trace for trace in figure.fig.data if trace.name == name)


def test_every_figure_of_the_package_is_drawn_here() -> None:
    assert set(DRAWN) == set(EMPTY) == set(figures.__all__) - {"Figure"}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_says_its_finding_in_every_language(name: str, code: str) -> None:
    figure = DRAWN[name](Language(code))
    assert figure.alt
    assert "{" not in figure.alt + figure.title + figure.subtitle
    if code != "en" and name not in ("big_numbers", "ranked"):
        assert figure.alt != DRAWN[name](ENGLISH).alt


@pytest.mark.parametrize("name", EMPTY)
def test_no_rows_draw_an_empty_figure_with_words(name: str) -> None:
    figure = EMPTY[name](ENGLISH)
    assert figure.alt
    json.loads(figure.fig.to_json())


@pytest.mark.parametrize("name", DRAWN)
def test_text_from_outside_reaches_plotly_escaped(name: str) -> None:
    spec = DRAWN[name](ENGLISH).fig.to_json()
    assert "<img" not in spec
    assert "\\u003cimg" not in spec


def test_observed_and_spread_parts_add_to_the_views() -> None:
    figure = figures.views_gained(gained(), "day", ENGLISH)
    inside, spread = bars(figure, "observed in it"), bars(figure, "spread over it")
    assert [a + b for a, b in zip(inside.y, spread.y, strict=True)] == [100, 200, 300, 400, 500]
    assert list(inside.y) == [25, 50, 75, 100, 125]


def test_buckets_that_are_not_over_are_hatched_and_others_are_not() -> None:
    hatched = bars(figures.views_gained(gained(5, open_end=2), "day", ENGLISH), "not over, or not fully read yet")
    assert [pd.Timestamp(x).day for x in hatched.x] == [4, 5]
    assert hatched.marker.pattern.shape == "/"
    assert len(figures.views_gained(gained(5, open_end=0), "day", ENGLISH).fig.data) == 2


def test_the_unknown_leaves_a_gap_and_is_no_zero() -> None:
    rows = published(3)
    rows.loc[1, "views"] = pd.NA
    drawn = figures.views_by_publication(rows, "day", ENGLISH).fig.data[0]
    assert list(drawn.y) == [100, None, 300]
    assert "—" in drawn.hovertext[1]
    grid = figures.hour_weekday(week(), "views_per_hour", ENGLISH).fig.data[0]
    assert grid.z[6][3] is None


def test_the_baseline_is_said_to_be_in_no_bucket() -> None:
    assert "35 views that were there before a first reading" in figures.views_gained(gained(), "day", ENGLISH).subtitle


def test_a_suspect_reading_is_marked_and_off_the_line() -> None:
    figure = DRAWN["article_curve"](ENGLISH)
    assert list(bars(figure, "suspect readings, left out").y) == [9000]
    assert 9000 not in list(bars(figure, "readings").y)


def test_a_restart_and_an_edit_are_marked_on_the_curve() -> None:
    words = [note.text for note in DRAWN["article_curve"](ENGLISH).fig.layout.annotations]
    assert words == ["title edited", "counter restarted"]


@pytest.mark.parametrize("draw", [lambda n: figures.views_by_publication(published(n), "day", ENGLISH),
                                  lambda n: figures.views_gained(gained(n), "day", ENGLISH),
                                  lambda n: figures.rate_history(rates(n), "quote", ENGLISH),
                                  lambda n: figures.rate_difference(rates(n), "unit", ENGLISH)])  # fmt: skip
def test_never_more_than_2000_points_a_figure(draw: Callable[[int], figures.Figure]) -> None:
    assert sum(len(trace.x) for trace in draw(9000).fig.data) <= style.MAX_POINTS


def test_thinning_keeps_the_extremes_and_the_order() -> None:
    rows = pd.DataFrame({"v": [1.0] * 10_000})
    rows.loc[7123, "v"], rows.loc[2222, "v"] = 99.0, -99.0
    kept = style.thin(rows, "v")
    assert len(kept) <= style.MAX_POINTS
    assert {99.0, -99.0} <= set(kept["v"])
    assert kept.index.is_monotonic_increasing


def test_sums_in_words_are_of_all_rows_not_of_the_thinned() -> None:
    rows = published(9000)
    assert ENGLISH.number(int(rows["views"].sum())) in figures.views_by_publication(rows, "day", ENGLISH).alt


@pytest.mark.parametrize(
    ("top", "ticks"),
    [(0, [0]), (1, [0, 1]), (7, [0, 2, 4, 6]), (480, [0, 200, 400]), (98_765, [0, 25_000, 50_000, 75_000])],
)
def test_ticks_are_round_whole_numbers(top: float, ticks: list[int]) -> None:
    assert round_ticks(top) == ticks


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_stand_out_on_both_pages_and_texts_are_readable() -> None:
    config = tomllib.loads((Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml").read_text("utf-8"))
    assert tuple(config["theme"]["chartCategoricalColors"]) == style.PALETTE
    for mode in ("light", "dark"):
        theme = config["theme"][mode]
        for colour in style.PALETTE:
            assert contrast(colour, theme["backgroundColor"]) >= 3, (mode, colour)
        assert contrast(theme["textColor"], theme["secondaryBackgroundColor"]) >= 7
        assert contrast(theme["linkColor"], theme["backgroundColor"]) >= 4.5


def test_the_usual_range_stands_behind_days_only() -> None:
    band = pd.DataFrame({"day": pd.date_range("2024-05-01", periods=5), "median": 200, "q1": 100, "q3": 300})
    names = [trace.name for trace in figures.views_gained(gained(), "day", ENGLISH, (None, None), band).fig.data]
    assert "median" in names
    assert "median" not in [
        t.name for t in figures.views_gained(gained(), "week", ENGLISH, (None, None), band).fig.data
    ]


def test_output_and_result_names_the_group_that_gets_more_than_it_gives() -> None:
    assert figures.output_and_result(shares(), "topic", ENGLISH).alt.endswith(
        "has 40.0 % of the articles and 50.0 % of the views."
    )
