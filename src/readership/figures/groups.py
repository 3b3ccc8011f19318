"""Topics, countries, authors and other groups of articles: how much of each, how it is read, when, and over time.

All take rows with a column `name`: the group as readers call it. An article may be in several groups.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from readership.figures.style import (
    BLUE,
    BLUE_FAINT,
    GREY,
    GREY_FAINT,
    MAX_POINTS,
    ORANGE,
    UNSEEN,
    Figure,
    canvas,
    clickable,
    in_words,
    literal,
    now_and_then,
    numbers,
    peak,
    records,
    shorten,
    thin,
)
from readership.figures.time import bucket_words, count_axis, grain_name, round_ticks
from readership.i18n import Language, known

MAX_BARS, MAX_LINES, MAX_TILES = 15, 6, 40
MIN_INDEXED = 5
"""Under so many articles of known index a group's median says little."""
MIN_CELL = 3
"""Under so many articles a cell of hour and group is left empty."""
_STEP = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Span:
    """The days that an axis covers, half-open, and the first day that is not over yet."""

    since: date | None
    until: date | None
    today: date | None


def breakdown(rows: pd.DataFrame, counting: str, language: Language, *, beside: str = "") -> Figure:
    """What share of articles and of views each group has.

    Args:
        rows: of `group_views` with `name`; the first 15 by views are drawn.
        counting: `full` counts an article in each of its groups, `fractional` divides it among them.
        beside: what the columns `share_of_articles_then` and `share_of_views_then` hold, drawn as strokes over the
            bars when each article counts in full; none when empty.
    """
    say = language.say
    shares = divided(rows) if counting == "fractional" else rows
    shown = shares.sort_values("share_of_views", ascending=False, kind="stable", na_position="last").head(MAX_BARS)
    fig = canvas(height=88 + 34 * max(len(shown), 1), legend=True)
    labels = [literal(shorten(str(name), 34)) for name in shown["name"]]
    for column, words, colour in (
        ("share_of_articles", say("share of articles"), GREY),
        ("share_of_views", say("share of views"), BLUE),
    ):
        values = numbers(shown[column])
        hover = [
            f"<b>{label}</b><br>{words}: {language.percent(x, 1)}" for label, x in zip(labels, values, strict=True)
        ]
        fig.add_bar(
            x=values,
            y=list(range(len(shown))),
            orientation="h",
            name=words,
            marker_color=colour,
            hovertext=hover,
            hoverinfo="text",
            customdata=[literal(value) for value in shown["value"]],
        )
    fig.update_layout(barmode="group", bargap=0.3)
    compared = shares_then(fig, shown, labels, beside, language) if counting == "full" else []
    listed_axis(fig, labels)
    _share_axis(fig, shown[["share_of_articles", "share_of_views", *compared]], language)
    return Figure(fig, say("Output and result"), _counted(counting, language), _balance(shown, language))


def shares_then(
    fig: go.Figure, shown: pd.DataFrame, labels: Sequence[str], beside: str, language: Language
) -> list[str]:
    """The other side of a comparison as an upright stroke on each bar; the columns that are drawn."""
    drawn = [name for name in ("share_of_articles_then", "share_of_views_then") if beside and name in shown]
    for name in drawn:
        # Two bars a group fill 70 % of its line, the first on top.
        shift = -0.175 if name.startswith("share_of_articles") else 0.175
        fig.add_scatter(
            x=numbers(shown[name]),
            y=[place + shift for place in range(len(shown))],
            mode="markers",
            marker={"symbol": "line-ns", "size": 13, "line": {"width": 3, "color": ORANGE}, "color": ORANGE},
            name=literal(shorten(beside, 60)),
            legendgroup="beside",
            showlegend=name == drawn[0],
            hovertext=[
                f"<b>{label}</b><br>{literal(beside)}: {language.percent(x, 1)}"
                for label, x in zip(labels, numbers(shown[name]), strict=True)
            ],
            hoverinfo="text",
        )
    return drawn


def divided(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the shares that groups have when each article is divided among its own."""
    out = rows.copy()
    for share, whole, part in (
        ("share_of_views", _whole(rows, "views_full", "share_of_views"), "views_fractional"),
        ("share_of_articles", _whole(rows, "articles", "share_of_articles"), "articles_fractional"),
    ):
        out[share] = rows[part].astype("Float64") / (whole if whole else float("nan"))
    return out


def _whole(rows: pd.DataFrame, figure: str, share: str) -> float | None:
    """What the shares are of: figure over share, in any row that has both."""
    both = rows[(rows[figure].notna()) & (rows[share].astype("Float64").fillna(0) > 0)]
    return float(both[figure].iloc[0]) / float(both[share].iloc[0]) if len(both) else None


def _counted(counting: str, language: Language) -> str:
    if counting == "fractional":
        return language.say(
            "Shares of the selection's articles and of their views to date; an article is divided among its groups."
        )
    return language.say(
        "Shares of the selection's articles and of their views to date; an article counts in each of its groups."
    )


def listed_axis(fig: go.Figure, labels: Sequence[str]) -> None:
    """Names down the side, the first on top."""
    fig.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.5, -0.5],
        rangemode="normal",
        showgrid=False,
        nticks=None,
    )


def _share_axis(fig: go.Figure, shares: pd.DataFrame, language: Language) -> None:
    top = float(shares.astype("Float64").fillna(0).max().max()) if len(shares) else 0.0
    ticks = share_ticks(top)
    fig.update_xaxes(
        tickvals=ticks, ticktext=[language.percent(tick) for tick in ticks], showgrid=True, rangemode="tozero"
    )


def share_ticks(top: float) -> list[float]:
    """Round shares from 0 to a little above `top`, six at most."""
    step = next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / step <= 5), 0.5)
    return [step * n for n in range(math.ceil(top / step - 1e-9) + 1)]


def _balance(shown: pd.DataFrame, language: Language) -> str:
    """The group whose share of views exceeds its share of articles most."""
    gap = (shown["share_of_views"].astype("Float64") - shown["share_of_articles"].astype("Float64")).dropna()
    if gap.empty:
        return language.say("No figure is known in this period.")
    row = records(shown.loc[[gap.astype(float).idxmax()]])[0]
    return language.say(
        "{name} has {articles} of the articles and {views} of the views.",
        name=row["name"],
        articles=language.percent(row["share_of_articles"], 1),
        views=language.percent(row["share_of_views"], 1),
    )


def treemap(rows: pd.DataFrame, index: pd.DataFrame, language: Language) -> Figure:
    """Views as areas that add up, coloured by how the group's articles are read for their age.

    Args:
        rows: of `group_views` with `name`. Areas are always divided among an article's groups: only so they add up.
        index: of `group_index`: value, median_index, indexed.
    """
    say = language.say
    shown = rows[rows["views_fractional"].astype("Float64").fillna(0) > 0].head(MAX_TILES)
    medians = {row["value"]: row["median_index"] for row in records(index) if row["indexed"] >= MIN_INDEXED}
    whole = float(shown["views_fractional"].sum()) or 1.0
    tiles = records(shown)
    fig = canvas(height=max(64 + 34 * min(len(rows), MAX_BARS), 300))
    fig.add_treemap(
        labels=["<br>".join(map(literal, textwrap.wrap(shorten(str(row["name"]), 44), 18))) for row in tiles],
        ids=[literal(row["value"]) for row in tiles],
        parents=[""] * len(tiles),
        values=[float(row["views_fractional"]) for row in tiles],
        branchvalues="total",
        marker={"colors": [_tint(medians.get(row["value"])) for row in tiles], "line": {"width": 2}, "pad": {"t": 0}},
        text=[language.percent(row["views_fractional"] / whole, 1) for row in tiles],
        textinfo="label+text",
        textfont={"color": "#ffffff", "size": 14},
        hovertext=[_tile_hover(row, medians.get(row["value"]), whole, language) for row in tiles],
        hoverinfo="text",
        tiling={"pad": 2, "packing": "squarify"},
        root={"color": "rgba(0,0,0,0)"},
        pathbar={"visible": False},
    )
    fig.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 4}, uniformtext={"minsize": 10, "mode": "hide"})
    subtitle = say(
        "Views to date, divided among an article's groups so that areas add up. Blue: the median article is read at "
        "least a tenth more than articles of its kind at the same age; orange: a tenth less; grey: between, or unknown."
    )
    finding = _largest(tiles, whole, language)
    if not tiles:
        in_words(fig, finding)
    return Figure(fig, say("Where the views go"), subtitle, finding)


def _tint(median: Any) -> str:
    if not known(median) or 0.9 < median < 1.1:
        return "#69727b"
    return "#1a6ba3" if median >= 1.1 else "#b85316"


def _tile_hover(row: dict[str, Any], median: Any, whole: float, language: Language) -> str:
    say = language.say
    lines = [
        f"<b>{literal(row['name'])}</b>",
        say("{views} views, divided among groups", views=language.number(row["views_fractional"])),
        say("{share} of all groups", share=language.percent(row["views_fractional"] / whole, 1)),
        say("{articles} articles", articles=language.number(row["articles"])),
        say("same-age index, median: {index}", index=language.number(median, 2)),
    ]
    return "<br>".join(lines)


def _largest(tiles: list[dict[str, Any]], whole: float, language: Language) -> str:
    if not tiles:
        return language.say("No views are known in this period.")
    top = max(tiles, key=lambda row: row["views_fractional"])
    return language.say(
        "The largest part, {share} of the views, is {name}.",
        share=language.percent(top["views_fractional"] / whole, 1),
        name=top["name"],
    )


def group_trend(
    rows: pd.DataFrame, measure: str, grain: str, span: Span, language: Language, *, beside: str = ""
) -> Figure:
    """Views gained by the largest groups over time, or their share of all views gained: a small figure each, one scale.

    Args:
        rows: of `group_trend` with `name`: bucket, value, views, share.
        measure: `views` or `share`.
        grain: `day`, `week` or `month`.
        beside: what the column `…_then` of the measure holds, drawn as a line over the bars; no line when empty.
    """
    say = language.say
    totals = rows.groupby("value")["views"].sum().sort_values(ascending=False, kind="stable")
    values = list(totals.index)[:MAX_LINES]
    grid = _grid(len(values))
    compared = bool(beside) and f"{measure}_then" in rows
    fig = canvas(height=(60 + 180 if len(values) == 1 else 30 + 122 * grid.lines) + 28 * compared, legend=compared)
    most = MAX_POINTS // max(len(values), 1) // (1 + compared)
    for place, value in enumerate(values):
        whole = rows[rows["value"] == value]
        part = thin(whole, measure, most)
        _panel(fig, part, place, grid, measure, grain, span, language, outlined=len(part) < len(whole))
        if compared:
            _panel_then(fig, part, place, measure, beside, grain, language)
    _bucket_axes(fig, rows["bucket"], grid, grain, span, language)
    _panel_scale(fig, rows[rows["value"].isin(values)], measure, grid, language, compared=compared)
    by = grain_name(grain, language)
    if measure == "views":
        title = say("Views gained over time")
        subtitle = say(
            "Views gained {by}, whenever the articles were published; the largest groups. Faint: not over yet.", by=by
        )
    else:
        title = say("Share of attention")
        subtitle = say(
            "Share of all views gained {by} in this selection; an article counts in each of its groups.", by=by
        )
    return Figure(fig, title, subtitle, _leader(rows, totals, language))


@dataclass(frozen=True, slots=True)
class Grid:
    """How small figures stand: how many, in how many columns and lines, and the space that a name takes of a line."""

    count: int
    columns: int
    lines: int
    head: float

    @property
    def wide(self) -> float:
        """Share of the width that one has."""
        return 1.0 if self.columns == 1 else 0.46

    def left(self, place: int) -> float:
        """Where one begins, of the width."""
        return (1 - self.wide) * (place % self.columns)

    def top(self, place: int) -> float:
        """Where one ends, of the height, its name above."""
        return 1 - (place // self.columns + self.head) / self.lines

    def bottom(self, place: int) -> float:
        """Where one begins, of the height."""
        return max(1 - (place // self.columns + 1) / self.lines + 0.02, 0.0)


def _grid(count: int) -> Grid:
    columns = 1 if count == 1 else 2
    return Grid(count, columns, -(-max(count, 1) // columns), 0.1 if count == 1 else 0.2)


def _axes(place: int) -> tuple[str, str]:
    number = "" if place == 0 else str(place + 1)
    return f"x{number}", f"y{number}"


def _panel(
    fig: go.Figure,
    part: pd.DataFrame,
    place: int,
    grid: Grid,
    measure: str,
    grain: str,
    span: Span,
    language: Language,
    *,
    outlined: bool,
) -> None:
    """One group: bars, faint where the bucket is not over; more buckets than can be sent as an outline."""
    rows, (x, y) = records(part), _axes(place)
    name = literal(shorten(str(part["name"].iloc[0]), 34))
    over = [_over(row["bucket"], grain, span) for row in rows]
    looks: dict[str, Any] = {"marker_color": [BLUE if past else BLUE_FAINT for past in over]}
    if outlined:
        looks = {**outline(BLUE), "fill": "tozeroy", "fillcolor": BLUE}
    (fig.add_scatter if outlined else fig.add_bar)(
        x=[row["bucket"] for row in rows],
        y=[value if past or not outlined else None for value, past in zip(numbers(part[measure]), over, strict=True)],
        hovertext=[_point_hover(row, name, grain, language) for row in rows],
        hoverinfo="text",
        customdata=[[str(row["bucket"]), literal(row["value"])] for row in rows],
        xaxis=x,
        yaxis=y,
        showlegend=False,
        **looks,
    )
    fig.add_annotation(
        x=grid.left(place),
        y=grid.top(place),
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        text=name,
        showarrow=False,
    )


def outline(colour: str) -> dict[str, Any]:
    """A trace that stands for more bars than can be sent: steps, with unseen marks to click."""
    return {
        "mode": "lines+markers",
        "marker": {**UNSEEN, "color": colour},
        "line": {"color": colour, "width": 0.5, "shape": "hvh"},
    }


def _panel_then(
    fig: go.Figure, part: pd.DataFrame, place: int, measure: str, beside: str, grain: str, language: Language
) -> None:
    """The other side of a comparison: the outline of the group's bars there, each in the place of its own."""
    rows, (x, y) = records(part), _axes(place)
    name = literal(shorten(str(part["name"].iloc[0]), 34))
    fig.add_scatter(
        x=[row["bucket"] for row in rows],
        y=numbers(part[f"{measure}_then"]),
        mode="lines",
        line={"color": ORANGE, "width": 2, "shape": "hvh"},
        name=literal(shorten(beside, 60)),
        legendgroup="beside",
        showlegend=place == 0,
        hovertext=[f"<b>{name}</b><br>{_then_words(row, measure, grain, language)}" for row in rows],
        hoverinfo="text",
        connectgaps=False,
        xaxis=x,
        yaxis=y,
    )


def _then_words(row: dict[str, Any], measure: str, grain: str, language: Language) -> str:
    words = bucket_words(row["bucket"], grain, language)
    if measure == "views":
        return f"{words}<br>{now_and_then(row, measure, language)}"
    now, then = (language.percent(row[name], 1) for name in (measure, f"{measure}_then"))
    return f"{words}<br>{language.say('{now} now, {then} beside', now=now, then=then)}"


def _bucket_axes(fig: go.Figure, buckets: pd.Series, grid: Grid, grain: str, span: Span, language: Language) -> None:
    """The same days under every small figure, written under the lowest of each column."""
    bucket_axis(fig, buckets, grain, span, language, ticks=6 if grid.columns == 1 else 4)
    shared = fig.layout.xaxis.to_plotly_json()
    for place in range(grid.count):
        left, lowest = grid.left(place), place + grid.columns >= grid.count
        axis = shared | {"domain": [left, left + grid.wide], "anchor": _axes(place)[1], "showticklabels": lowest}
        fig.update_layout({f"xaxis{place + 1}" if place else "xaxis": axis})


def _panel_scale(
    fig: go.Figure, rows: pd.DataFrame, measure: str, grid: Grid, language: Language, *, compared: bool
) -> None:
    """One scale for all, so that small figures can be compared; few ticks."""
    drawn = [measure, f"{measure}_then"] if compared else [measure]
    top = float(rows[drawn].astype("Float64").fillna(0).max().max()) if len(rows) else 0.0
    every = 1 if grid.count == 1 else 2
    if measure == "views":
        ticks = [float(tick) for tick in round_ticks(top)][::every]
        texts = [language.number(tick) for tick in ticks]
    else:
        ticks = share_ticks(top)[::every]
        texts = [language.percent(tick) for tick in ticks]
    shared = fig.layout.yaxis.to_plotly_json()
    for place in range(grid.count):
        axis = shared | {
            "domain": [grid.bottom(place), grid.top(place) - 0.01],
            "anchor": _axes(place)[0],
            "tickvals": ticks,
            "ticktext": texts,
            "showticklabels": place % grid.columns == 0,
            "range": [0, max(top, ticks[-1]) * 1.05 or 1],
        }
        fig.update_layout({f"yaxis{place + 1}" if place else "yaxis": axis})


def _over(bucket: Any, grain: str, span: Span) -> bool:
    return span.today is None or pd.Timestamp(bucket) + _STEP[grain] <= pd.Timestamp(span.today)


def _point_hover(row: dict[str, Any], name: str, grain: str, language: Language) -> str:
    lines = [
        f"<b>{name}</b>",
        bucket_words(row["bucket"], grain, language),
        language.say("{views} views gained", views=language.number(row["views"])),
        language.say("share of all: {share}", share=language.percent(row["share"], 1)),
        language.say("{articles} articles", articles=language.number(row["articles"])),
    ]
    return "<br>".join(lines)


def bucket_axis(
    fig: go.Figure, buckets: pd.Series, grain: str, span: Span, language: Language, *, ticks: int = 6
) -> None:
    """Ticks at buckets, in the reader's language; the axis covers the chosen days to their ends."""
    starts = sorted({pd.Timestamp(start) for start in buckets})
    if not starts:
        fig.update_xaxes(visible=False)
        return
    marked = starts[:: max(1, -(-len(starts) // ticks))]
    write = language.month if grain == "month" else language.short_day
    half = _STEP[grain] / 2
    first = min([starts[0], *(pd.Timestamp(day) for day in (span.since,) if day)])
    last = max([starts[-1] + half, *(pd.Timestamp(day) for day in (span.until,) if day)])
    fig.update_xaxes(
        type="date",
        tickvals=[str(tick) for tick in marked],
        ticktext=[write(tick) for tick in marked],
        tickangle=0,
        range=[str(first - half), str(last)],
    )


def _leader(rows: pd.DataFrame, totals: pd.Series, language: Language) -> str:
    if totals.empty or not float(totals.iloc[0] or 0):
        return language.say("No views are known in this period.")
    name = rows.loc[rows["value"] == totals.index[0], "name"].iloc[0]
    return language.say(
        "{name} gained most: {views} views in the period.", name=name, views=language.number(int(totals.iloc[0]))
    )


def performance(rows: pd.DataFrame, language: Language) -> Figure:
    """Over and under the median of articles of the same kind at the same age, group by group.

    Args:
        rows: of `group_index` with `name`; groups with at least 5 articles of known index are drawn, 20 at most.
    """
    say = language.say
    enough = rows[rows["indexed"] >= MIN_INDEXED]
    shown = enough.head(20).sort_values(["median_index", "name"], ascending=[False, True], kind="stable")
    fig = canvas(height=56 + 27 * max(len(shown), 2))
    places = list(range(len(shown)))
    for place, row in zip(places, records(shown), strict=True):
        fig.add_scatter(
            x=[_on_log(row["q1_index"]), _on_log(row["q3_index"])],
            y=[place, place],
            mode="lines",
            line={"color": GREY_FAINT, "width": 9},
            hoverinfo="skip",
            showlegend=False,
        )
    fig.add_scatter(
        x=[_on_log(value) for value in shown["median_index"]],
        y=places,
        mode="markers",
        marker={"size": 11, "color": [BLUE if value >= 1 else ORANGE for value in shown["median_index"]]},
        hovertext=[_index_hover(row, language) for row in records(shown)],
        hoverinfo="text",
        customdata=[literal(value) for value in shown["value"]],
        showlegend=False,
    )
    if len(shown):
        fig.add_vline(x=1, line={"color": GREY, "width": 1, "dash": "dot"})
    listed_axis(
        fig, [f"{literal(shorten(str(row['name']), 34))} ({language.number(row['indexed'])})" for row in records(shown)]
    )
    ticks = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16]
    fig.update_xaxes(
        type="log", tickvals=ticks, ticktext=[f"×{language.number(tick, 3)}" for tick in ticks], showgrid=True
    )
    subtitle = say(
        "Views at an age over the median of articles of the same kind at that age. Dot: the median article; bar: the "
        "middle half; in brackets: articles whose index is known."
    )
    if len(rows) > len(shown):
        subtitle += " " + language.say_n(
            "{n} more group has too few or is in the table.",
            "{n} more groups have too few or are in the table.",
            len(rows) - len(shown),
        )
    finding = _best_and_worst(shown, language)
    if shown.empty:
        in_words(fig, finding)
    return Figure(fig, say("Over and under the same-age median"), subtitle, finding)


def _on_log(value: Any) -> float | None:
    return max(float(value), 0.06) if known(value) else None


def _index_hover(row: dict[str, Any], language: Language) -> str:
    say = language.say
    lines = [
        f"<b>{literal(row['name'])}</b>",
        say("same-age index, median: {index}", index=language.number(row["median_index"], 2)),
        say(
            "middle half: {low} to {high}",
            low=language.number(row["q1_index"], 2),
            high=language.number(row["q3_index"], 2),
        ),
        say(
            "over the median: {over}, under it: {under}, unknown: {unknown}",
            over=language.number(row["over_median"]),
            under=language.number(row["under_median"]),
            unknown=language.number(row["articles"] - row["indexed"]),
        ),
    ]
    return "<br>".join(lines)


def _best_and_worst(shown: pd.DataFrame, language: Language) -> str:
    if shown.empty:
        return language.say("Too few articles can be compared with others of their age.")
    best, worst = shown.iloc[0], shown.iloc[-1]
    return language.say(
        "Best for its age is {best} (×{high}), weakest {worst} (×{low}).",
        best=best["name"],
        high=language.number(best["median_index"], 2),
        worst=worst["name"],
        low=language.number(worst["median_index"], 2),
    )


def group_hours(rows: pd.DataFrame, language: Language) -> Figure:
    """Groups down, hours of publication across: the views that the median article has had.

    Args:
        rows: of `group_hours` with `name`: value, hour, articles, median_views.
    """
    say = language.say
    counted = rows[rows["value"].isin(rows.loc[rows["articles"] >= MIN_CELL, "value"])]
    counts = counted.groupby("value")["articles"].sum().sort_values(ascending=False, kind="stable")
    names = dict(zip(rows["value"], rows["name"], strict=True))
    cells = {(row["value"], int(row["hour"])): row for row in records(rows) if row["articles"] >= MIN_CELL}
    fig = canvas(height=84 + 27 * max(len(counts), 2))
    fig.add_heatmap(
        z=[[_median(cells.get((value, hour))) for hour in range(24)] for value in counts.index],
        x=[f"{hour:02d}" for hour in range(24)],
        y=list(range(len(counts))),
        hoverinfo="skip",
        showscale=False,
        xgap=1,
        ygap=1,
        zmin=0,
    )
    places = [(place, value, hour) for place, value in enumerate(counts.index) for hour in range(24)]
    clickable(
        fig,
        [f"{hour:02d}" for _place, _value, hour in places],
        [place for place, _value, _hour in places],
        [_hour_hover(names[value], hour, cells.get((value, hour)), language) for _place, value, hour in places],
        [literal(value) for _place, value, _hour in places],
    )
    listed_axis(fig, [literal(shorten(str(names[value]), 34)) for value in counts.index])
    fig.update_xaxes(type="category", tickvals=[f"{hour:02d}" for hour in range(0, 24, 3)], showgrid=False)
    subtitle = say(
        "Views to date of the median article, by the local hour of its publication; a field under {n} articles is "
        "empty.",
        n=language.number(MIN_CELL),
    )
    finding = _best_hour(cells, names, language)
    if not cells:
        in_words(fig, finding)
    return Figure(fig, say("Hour of publication"), subtitle, finding)


def _median(cell: dict[str, Any] | None) -> float | None:
    return float(cell["median_views"]) if cell and known(cell["median_views"]) else None


def _hour_hover(name: str, hour: int, cell: dict[str, Any] | None, language: Language) -> str:
    head = f"<b>{literal(name)}</b><br>{hour:02d}:00–{(hour + 1) % 24:02d}:00"
    if cell is None:
        return f"{head}<br>{language.say('too few articles')}"
    words = language.say(
        "{views} views in the median of {articles} articles",
        views=language.number(cell["median_views"]),
        articles=language.number(cell["articles"]),
    )
    return f"{head}<br>{words}"


def _best_hour(cells: dict[tuple[str, int], dict[str, Any]], names: dict[str, str], language: Language) -> str:
    best = peak(pd.DataFrame(list(cells.values())), "median_views") if cells else None
    if best is None:
        return language.say("No hour has enough articles.")
    return language.say(
        "The most, {views} views in the median, has {name} published from {hour}:00.",
        views=language.number(best["median_views"]),
        name=names[best["value"]],
        hour=f"{int(best['hour']):02d}",
    )


def reach(rows: pd.DataFrame, index: pd.DataFrame, language: Language) -> Figure:
    """Output against reach: articles of each author, and the views of the median one.

    Args:
        rows: of `group_views` with `name`; the 60 with most views are drawn.
        index: of `group_index`, for the colour.
    """
    say = language.say
    shown = rows[rows["median_views"].notna()].head(60)
    medians = {row["value"]: row["median_index"] for row in records(index) if row["indexed"] >= MIN_INDEXED}
    points = records(shown)
    fig = canvas(height=400)
    fig.add_scatter(
        x=numbers(shown["articles"]),
        y=numbers(shown["median_views"]),
        mode="markers+text",
        text=_labels(points),
        textposition="top center",
        marker={"size": 12, "color": [_tint(medians.get(row["value"])) for row in points], "opacity": 0.85},
        hovertext=[_reach_hover(row, medians.get(row["value"]), language) for row in points],
        hoverinfo="text",
        customdata=[literal(row["value"]) for row in points],
        cliponaxis=False,
    )
    count_axis(fig, shown["median_views"], language)
    fig.update_yaxes(title=say("views of the median article"))
    fig.update_xaxes(title=say("articles"), rangemode="tozero", nticks=8)
    subtitle = say(
        "Articles and the views to date of the median one. Blue: read at least a tenth more than articles of their "
        "kind at the same age; orange: a tenth less; grey: between, or unknown."
    )
    finding = _widest(points, language)
    if not points:
        in_words(fig, finding)
    return Figure(fig, say("Output and reach"), subtitle, finding)


def _labels(points: list[dict[str, Any]]) -> list[str]:
    """Names beside the points that have room for one, those with most views first."""
    wide = max((row["articles"] for row in points), default=1) or 1
    high = max((row["median_views"] for row in points), default=1) or 1
    taken: list[tuple[float, float]] = []
    labels = []
    for row in points:
        x, y = row["articles"] / wide, row["median_views"] / high
        free = all(abs(x - a) > 0.22 or abs(y - b) > 0.07 for a, b in taken)
        labels.append(literal(shorten(str(row["name"]), 22)) if free else "")
        if free:
            taken.append((x, y))
    return labels


def _reach_hover(row: dict[str, Any], median: Any, language: Language) -> str:
    say = language.say
    lines = [
        f"<b>{literal(row['name'])}</b>",
        say("{articles} articles", articles=language.number(row["articles"])),
        say("{views} views in all", views=language.number(row["views_full"])),
        say("{views} in the median", views=language.number(row["median_views"])),
        say("same-age index, median: {index}", index=language.number(median, 2)),
    ]
    return "<br>".join(lines)


def _widest(points: list[dict[str, Any]], language: Language) -> str:
    if not points:
        return language.say("No views are known in this period.")
    most, best = max(points, key=lambda row: row["articles"]), max(points, key=lambda row: row["median_views"])
    return language.say(
        "Most articles: {most} ({articles}). Highest median: {best} ({views} views).",
        most=most["name"],
        articles=language.number(most["articles"]),
        best=best["name"],
        views=language.number(best["median_views"]),
    )
