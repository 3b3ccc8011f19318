"""The second side of a comparison in figures: drawn where it belongs, said in words, and unknown where it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from drawn_groups import NASTY, SPAN, trend
from readership import figures
from readership.figures.style import GREEN
from readership.i18n import Language

ENGLISH = Language("en")
THEN = f"{NASTY} weeks before"


def compared(rows: pd.DataFrame, measure: str, then: list[Any]) -> pd.DataFrame:
    """The rows with the columns of a comparison, as `queries.comparison` writes them."""
    now, other = rows[measure].astype("Float64"), pd.array(then, dtype="Float64")
    change = 100 * (now - other) / pd.Series(other).where(pd.Series(other) != 0)
    note = pd.Series(["new" if value == 0 and mine > 0 else None for value, mine in zip(then, now, strict=True)])
    return rows.assign(
        **{f"{measure}_then": other, f"{measure}_change_percent": change, f"{measure}_note": note.astype("str")}
    )


def week() -> pd.DataFrame:
    """10 an hour, on Monday at 0 25 and at 1 unknown; beside it 10, on Monday at 2 40, at 3 unknown, at 4 nothing."""
    rows = pd.DataFrame([(day, hour, 10.0, 1) for day in range(1, 8) for hour in range(24)])
    rows.columns = pd.Index(["weekday", "hour", "views_per_hour", "articles_published"])
    rows.loc[0, "views_per_hour"], rows.loc[1, "views_per_hour"] = 25, None
    then = [10.0] * 168
    then[2], then[4] = 40, 0
    out = compared(rows, "views_per_hour", [*then[:3], None, *then[4:]])
    return compared(out, "articles_published", [1] * 168)


def test_fields_of_the_week_are_coloured_by_the_difference_and_say_both() -> None:
    figure = figures.hour_weekday(week(), "views_per_hour", ENGLISH, beside=THEN)
    grid, marks = figure.fig.data
    assert list(grid.z[0][:6]) == [15, None, -30, None, 10, 0], "unknown on either side is no field"
    assert grid.zmin == -grid.zmax < 0
    assert [marks.hovertext[place].split("<br>")[1:] for place in (0, 1, 3, 4)] == [
        ["25 now, 10 beside", "+150 %"],
        ["— now, 10 beside"],
        ["10 now, — beside"],
        ["10 now, 0 beside", "new"],
    ]
    assert figure.alt == (
        "Most more than beside it: 15, on Monday, 00:00–01:00; most less: 30, on Monday, 02:00–03:00."
    )
    assert "weeks before" in figure.subtitle
    alone = figures.hour_weekday(week(), "views_per_hour", ENGLISH)
    assert alone.fig.data[0].z[0][0] == 25
    assert "beside" not in alone.alt


def test_fields_that_all_have_more_or_the_same_are_not_said_to_have_less() -> None:
    same = week().assign(articles_published_then=1)
    words = figures.hour_weekday(same, "articles_published", ENGLISH, beside=THEN).alt
    assert words == "No hour has more or less than beside it."
    more = figures.hour_weekday(same.assign(articles_published_then=0), "articles_published", ENGLISH, beside=THEN).alt
    assert more == "Most more than beside it: 1, on Monday, 00:00–01:00; none less."
    unknown = same.assign(articles_published_then=None)
    assert figures.hour_weekday(unknown, "articles_published", ENGLISH, beside=THEN).alt == (
        "No hour is known on both sides."
    )


def test_hours_of_the_day_have_the_shares_of_both_sides() -> None:
    published, read, published_then, read_then = figures.publishing_clock(week(), ENGLISH, beside=THEN).fig.data
    assert sum(read_then.y) == pytest.approx(1) == sum(published_then.y)
    assert read_then.y[2] == max(read_then.y)
    assert (len(published.y), len(read.y)) == (24, 24)
    assert len(figures.publishing_clock(week(), ENGLISH).fig.data) == 2


def test_each_small_figure_has_a_line_of_the_other_side() -> None:
    rows = compared(trend(), "views", [5, None, 500, 7, 0])
    figure = figures.group_trend(rows, "views", "week", SPAN, ENGLISH, beside=THEN)
    lines = [trace for trace in figure.fig.data if trace.type == "scatter"]
    found = {trace.hovertext[0].split("</b>")[0]: list(trace.y) for trace in lines}
    assert sorted(found.values(), key=len) == [[None, 0], [5, 500, 7]]
    assert [trace.showlegend for trace in lines] == [True, False], "named once"
    assert figure.fig.layout.yaxis.range[1] >= 500, "the scale reaches both sides"
    assert all("<img" not in str(trace) for trace in figure.fig.data)
    assert not [t for t in figures.group_trend(rows, "views", "week", SPAN, ENGLISH).fig.data if t.type == "scatter"]


def countries() -> pd.DataFrame:
    """Twice as much, half of it, a twentieth, new, unknown then, and a small country (a dot) that stayed the same."""
    rows = pd.DataFrame({"value": ["KZ", "UZ", "RU", "DE", "FR", "SG"], "name": ["A", "B", "C", NASTY, "E", "F"]})
    rows = rows.assign(articles=1, views_full=9, views_fractional=9.0, gained=[20, 10, 1, 5, 5, 8])
    return compared(compared(rows, "gained", [10, 20, 20, 0, None, 8]), "articles", [1] * 6)


def test_countries_are_coloured_by_the_change_and_the_unknown_by_none() -> None:
    figure = figures.world_map(countries(), "gained", (), ENGLISH, beside=THEN)
    areas = [trace for trace in figure.fig.data if trace.type == "choropleth"]
    by_colour = {str(trace.coloraxis or trace.colorscale[0][1]): trace for trace in areas}
    changed = by_colour["coloraxis"]
    assert dict(zip(changed.customdata, changed.z, strict=True)) == {"KZ": 1, "UZ": -1, "RU": -2}
    assert list(by_colour[GREEN].customdata) == ["DE"]
    (unknown,) = [trace for name, trace in by_colour.items() if name not in ("coloraxis", GREEN)]
    assert list(unknown.customdata) == ["FR"]
    (dot,) = [trace for trace in figure.fig.data if trace.type == "scattergeo"]
    assert (list(dot.customdata), list(dot.marker.color)) == (["SG"], [0])
    assert (
        changed.hovertext[0]
        == "<b>A</b><br>Views gained: 20 now, 10 beside<br>+100 %<br>Articles: 1 now, 1 beside<br>±0 %"
    )
    assert figure.alt == "5 countries have figures on both sides; from A (+10) to C (-19)."
    assert "<img" not in str(figure.fig.data)


def test_without_another_side_the_map_is_of_the_measure() -> None:
    (areas, dots) = figures.world_map(countries(), "views_full", (), ENGLISH).fig.data
    assert (areas.type, dots.type) == ("choropleth", "scattergeo")
    assert len(areas.customdata) == 5


def test_own_reporting_and_sources_have_the_other_side_too() -> None:
    days = pd.to_datetime(["2024-05-06", "2024-05-13"])
    rows = pd.DataFrame({"bucket": days, "articles": [5, 4], "own": [2, 1], "cited": [2, 2], "credited": [1, 1]})
    rows = compared(compared(rows, "articles", [9, None]), "own", [3, None])
    figure = figures.release_trend(rows, "week", SPAN, ENGLISH, beside=THEN)
    own, every = figure.fig.data[-2:]
    assert (list(own.y), list(every.y)) == ([3, None], [9, None])
    sources = pd.DataFrame({"source": ["x", "y"], "name": ["X", NASTY], "articles": [4, 2], "cited": [4, 0],
                            "credited": [0, 2], "share_of_articles": [0.5, 0.25]})  # fmt: skip
    strokes = figures.releases(compared(sources, "articles", [1, None]), ENGLISH, beside=THEN).fig.data[-1]
    assert list(strokes.x) == [1, None]
