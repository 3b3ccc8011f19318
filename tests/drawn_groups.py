"""Rows for the figures of groups, and each of these figures drawn with and without rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from readership import figures
from readership.figures.groups import Span
from readership.i18n import Language

NASTY = '<img src=x onerror=alert(1)><b>bold</b> "quoted" & $x$'
SPAN = Span(date(2024, 5, 1), date(2024, 5, 29), date(2024, 5, 22))


def views(values: tuple[str, ...] = ("sport", "health")) -> pd.DataFrame:
    """Rows as of `group_views` with names: 10 articles in all, 2,000 views; the first in 6, the second in 8 of them."""
    return pd.DataFrame(
        {
            "value": values,
            "articles": [6, 8],
            "articles_fractional": [4.0, 6.0],
            "share_of_articles": [0.6, 0.8],
            "views_full": pd.array([1000, 1500], dtype="Int64"),
            "views_fractional": [750.0, 1250.0],
            "share_of_views": [0.5, 0.75],
            "views_unknown": 0,
            "median_views": pd.array([100, 180], dtype="Int64"),
            "name": [f"{NASTY} A", "B"],
        }
    )


def index() -> pd.DataFrame:
    """Rows as of `group_index` with names."""
    return pd.DataFrame(
        {
            "value": ["sport", "health", "few"],
            "articles": [6, 8, 4],
            "indexed": [5, 8, 4],
            "median_index": [1.5, 0.8, 9.0],
            "q1_index": [0.0, 0.5, 9.0],
            "q3_index": [2.0, 1.0, 9.0],
            "over_median": [4, 1, 4],
            "under_median": [1, 7, 0],
            "name": [NASTY, "B", "C"],
        }
    )


def trend() -> pd.DataFrame:
    """Rows as of `group_trend` with names: three weeks of two groups, of which one has no row in the second."""
    weeks = pd.to_datetime(["2024-05-06", "2024-05-06", "2024-05-13", "2024-05-20", "2024-05-20"])
    return pd.DataFrame(
        {
            "bucket": weeks,
            "value": ["sport", "health", "sport", "sport", "health"],
            "views": pd.array([10, 30, 20, 40, 60], dtype="Int64"),
            "share": [0.25, 0.75, 1.0, 0.4, 0.6],
            "articles": 1,
            "name": [NASTY, "B", NASTY, NASTY, "B"],
        }
    )


def hours() -> pd.DataFrame:
    """Rows as of `group_hours` with names."""
    return pd.DataFrame(
        {
            "value": ["sport", "sport", "health"],
            "hour": [9, 20, 9],
            "articles": [3, 2, 5],
            "views": pd.array([300, 9000, 600], dtype="Int64"),
            "median_views": pd.array([100, 4500, 120], dtype="Int64"),
            "name": [NASTY, NASTY, "B"],
        }
    )


def pairs() -> pd.DataFrame:
    """Rows as of `country_pairs` with names."""
    return pd.DataFrame(
        {
            "a": ["KG", "KG", "RU"],
            "b": ["RU", "UZ", "UZ"],
            "articles": [9, 4, 1],
            "jaccard": [0.5, 0.25, 0.05],
            "views": pd.array([900, 400, pd.NA], dtype="Int64"),
            "articles_a": [12, 12, 15],
            "articles_b": [15, 8, 8],
            "a_name": ["Kyrgyzstan", "Kyrgyzstan", NASTY],
            "b_name": [NASTY, "Uzbekistan", "Uzbekistan"],
        }
    )


def sources() -> pd.DataFrame:
    """Rows as of `release_dependence` with names."""
    return pd.DataFrame(
        {
            "source": [None, "kz-mfa", "x"],
            "articles": [5, 4, 1],
            "cited": [0, 3, 1],
            "credited": [0, 2, 0],
            "share_of_articles": [0.5, 0.4, 0.1],
            "views": pd.array([500, 400, pd.NA], dtype="Int64"),
            "share_of_views": [0.5, 0.4, None],
            "name": [None, "Ministry", NASTY],
        }
    )


def releases() -> pd.DataFrame:
    """Rows as of `release_trend`."""
    weeks = pd.to_datetime(["2024-05-06", "2024-05-13"])
    return pd.DataFrame({"bucket": weeks, "articles": [4, 6], "own": [1, 2], "cited": [2, 3], "credited": [1, 1]})


Draw = Callable[[Language], figures.Figure]


def drawn(rows: Callable[[pd.DataFrame], pd.DataFrame]) -> dict[str, Draw]:
    """Every figure of groups, of what `rows` leaves of the rows above."""
    countries = views(("KG", "SG"))
    return {
        "breakdown": lambda language: figures.breakdown(rows(views()), "full", language),
        "treemap": lambda language: figures.treemap(rows(views()), rows(index()), language),
        "group_trend": lambda language: figures.group_trend(rows(trend()), "views", "week", SPAN, language),
        "performance": lambda language: figures.performance(rows(index()), language),
        "group_hours": lambda language: figures.group_hours(rows(hours()), language),
        "reach": lambda language: figures.reach(rows(views()), rows(index()), language),
        "world_map": lambda language: figures.world_map(rows(countries), "views_full", ("SG",), language),
        "country_network": lambda language: figures.country_network(rows(pairs()), language),
        "country_matrix": lambda language: figures.country_matrix(rows(pairs()), language),
        "releases": lambda language: figures.releases(rows(sources()), language),
        "release_trend": lambda language: figures.release_trend(rows(releases()), "week", SPAN, language),
    }


DRAWN = drawn(lambda rows: rows)
EMPTY = drawn(lambda rows: rows[:0])
