"""Currency figures over time: what headers printed beside what was official, with gaps drawn as gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from readership.figures.groups import outline
from readership.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    PALETTE,
    Figure,
    canvas,
    literal,
    moment_axis,
    numbers,
    records,
    thin,
)
from readership.i18n import Language, known

Days = tuple[date | None, date | None]
HEADER_DAYS = 1
"""A header's figure stands for the day of its capture and for no other."""
OFFICIAL_DAYS = 10
"""An official rate holds until the next one, for at most so many days (NBK's weekends and holidays)."""
_POINTS = 1000
_PANEL = 660
_COLOURS = tuple(colour for colour in PALETTE if colour != ORANGE)


def rate_history(rows: pd.DataFrame, base: str, language: Language, days: Days = (None, None)) -> Figure:
    """One pair over time: a line a site for its headers, and one for the official rate.

    Args:
        rows: the query `rate_days` for one currency and quote, in `base`.
        base: `quote`, `unit` or `index`.
        days: the chosen days, which the axis covers to its ends.
    """
    fig = canvas(height=300, legend=True)
    official = _official(rows)
    if len(official):
        _official_line(fig, official, language)
    sites = list(_sites(rows))
    for colour, (site, part) in zip(_repeated(_COLOURS), sites, strict=False):
        shown = thin(_broken(part, HEADER_DAYS), "header", _POINTS // len(sites))
        _header_line(fig, str(site), shown, colour, language)
    fig.update_yaxes(rangemode="normal")
    _day_axis(fig, rows["day"], language, days)
    return Figure(fig, _title(rows, base, language), _subtitle(rows, base, language), _finding(rows, language))


def rate_difference(rows: pd.DataFrame, base: str, language: Language, days: Days = (None, None)) -> Figure:
    """How far headers stood above or below the official rate of their day.

    Args:
        rows: the query `rate_days` for one currency and quote, in `base`.
    """
    fig = canvas(height=190, legend=False)
    both = rows[rows["difference"].notna()]
    sites = list(_sites(both))
    for colour, (site, part) in zip(_repeated(_COLOURS), sites, strict=False):
        shown = thin(part, "difference", _POINTS // len(sites))
        fig.add_scatter(
            x=list(shown["day"]),
            y=numbers(shown["difference"]),
            mode="markers",
            marker={"size": 5, "color": colour},
            name=literal(site),
            hovertext=[_hover_difference(row, language) for row in records(shown)],
            hoverinfo="text",
        )
    fig.add_hline(y=0, line={"color": GREY, "width": 1})
    fig.update_yaxes(rangemode="normal")
    fig.update_layout(showlegend=len(sites) > 1)
    _day_axis(fig, rows["day"], language, days)
    title = language.say("Header less official rate, {pair}", pair=_pair(rows, language))
    subtitle = " ".join([
        _unit(rows, base, language),
        language.say_n("Known on {n} day.", "Known on {n} days.", both["day"].nunique()),
    ])  # fmt: skip
    return Figure(fig, title, subtitle, _finding_difference(both, language))


def rate_beside_topic(
    rows: pd.DataFrame, pair: str, topic: str, language: Language, days: Days = (None, None)
) -> Figure:
    """A rate above the articles of a topic and their views, day by day: three panels, one axis of days.

    Args:
        rows: the query `rate_markers`.
        pair, topic: their names for readers.
    """
    say = language.say
    fig = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.44, 0.28, 0.28])
    fig.update_layout(canvas(height=430).layout)
    line = "official" if rows["official"].notna().any() else "header"
    known_ones = rows[rows[line].notna()]
    shown = thin(_broken(known_ones, OFFICIAL_DAYS if line == "official" else HEADER_DAYS), line, _PANEL)
    fig.add_scatter(
        x=list(shown["day"]), y=numbers(shown[line]), mode="lines+markers", row=1, col=1,
        line={"color": ORANGE if line == "official" else BLUE, "width": 1.5, "shape": "hv"}, marker={"size": 3},
        hovertext=[_hover_value(row, line, language) for row in records(shown)], hoverinfo="text",
    )  # fmt: skip
    for place, name, words in ((2, "articles", say("articles published")), (3, "gained", say("views gained"))):
        days_shown = thin(rows, name, _PANEL)
        outlined = len(days_shown) < len(rows)
        looks = {**outline(BLUE), "fill": "tozeroy", "fillcolor": BLUE} if outlined else {"marker_color": BLUE}
        (fig.add_scatter if outlined else fig.add_bar)(
            x=list(days_shown["day"]), y=numbers(days_shown[name]), row=place, col=1, hoverinfo="text",
            hovertext=[f"<b>{language.day(row['day'])}</b><br>{words}: {language.number(row[name])}"
                       for row in records(days_shown)],
            **looks,
        )  # fmt: skip
    fig.update_xaxes(showgrid=False, fixedrange=True)
    fig.update_yaxes(automargin=True, fixedrange=True, zeroline=False, nticks=4)
    fig.update_yaxes(rangemode="normal", row=1, col=1)
    fig.update_yaxes(rangemode="tozero", row=2, col=1)
    fig.update_yaxes(rangemode="tozero", row=3, col=1)
    for place, words in enumerate((pair, say("articles published"), say("views gained")), 1):
        fig.add_annotation(
            x=0, xref="paper", xanchor="left", y=1, yref=f"y{'' if place == 1 else place} domain", yanchor="bottom",
            text=literal(words), showarrow=False, font={"size": 12},
        )  # fmt: skip
    fig.update_layout(margin={"t": 24})
    _day_axis(fig, rows["day"], language, days)
    subtitle = say(
        "{rate} beside the articles of the topic “{topic}” and the views gained by all of them. They stand together "
        "here; that one causes the other is not said, and can't be told from this.",
        rate=say("The official rate") if line == "official" else say("The rate printed in headers"),
        topic=topic,
    )
    return Figure(
        fig, say("{pair} beside the topic {topic}", pair=pair, topic=topic), subtitle, _finding_topic(rows, language)
    )


def sparkline(rows: pd.DataFrame, *, width: int = 108, height: int = 24, length: int = 30) -> str:
    """The last days' figures of one site and pair as a small SVG; "" with fewer than two. Days without one are gaps.

    Args:
        rows: day and value, in order, from the query `header_trend`.
        length: days that the width stands for, the last one at the right edge.
    """
    values = [(row["day"], float(row["value"])) for row in records(rows) if known(row["value"])]
    if len(values) < 2:
        return ""
    low, high = min(value for _, value in values), max(value for _, value in values)
    last, span = values[-1][0], high - low or 1.0
    points = [
        (
            width - 3 - (width - 6) * (last - day).days / max(length - 1, 1),
            3 + (height - 6) * (high - value) / span,
            day,
        )
        for day, value in values
    ]
    drawn = "".join(_stretch(run) for run in _runs(points))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'fill="none" stroke="{BLUE}" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round">{drawn}'
        f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="2.2" fill="{BLUE}"/></svg>'
    )


Point = tuple[float, float, Any]


def _runs(points: Sequence[Point]) -> Iterable[list[Point]]:
    """The points, parted where a day is missing."""
    run: list[Point] = []
    for point in points:
        if run and (point[2] - run[-1][2]).days > HEADER_DAYS:
            yield run
            run = []
        run.append(point)
    yield run


def _stretch(run: Sequence[Point]) -> str:
    if len(run) == 1:
        return f'<circle cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="0.9" fill="{BLUE}"/>'
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in run)}"/>'


# -- lines --------------------------------------------------------------------------------------------------------
def _repeated(colours: Sequence[str]) -> Iterable[str]:
    while True:
        yield from colours


def _sites(rows: pd.DataFrame) -> Iterable[tuple[Any, pd.DataFrame]]:
    """The rows with a header figure, a part a site, in the query's order."""
    printed = rows[rows["header"].notna() & rows["site"].notna()]
    for site in dict.fromkeys(printed["site"]):
        yield site, printed[printed["site"] == site]


def _official(rows: pd.DataFrame) -> pd.DataFrame:
    """The official rate once a day, whatever the sites."""
    known_ones = rows[rows["official"].notna()]
    return known_ones.drop_duplicates("day").sort_values("day", kind="stable")


def _official_line(fig: go.Figure, official: pd.DataFrame, language: Language) -> None:
    shown = thin(_broken(official, OFFICIAL_DAYS), "official", _POINTS)
    sources = dict.fromkeys(str(name) for name in official["source"].dropna())
    fig.add_scatter(
        x=list(shown["day"]),
        y=numbers(shown["official"]),
        mode="lines+markers",
        line={"color": ORANGE, "width": 1.5, "shape": "hv"},
        marker={"size": 3},
        name=language.say("official ({sources})", sources=literal(", ".join(sources))),
        hovertext=[_hover_official(row, language) for row in records(shown)],
        hoverinfo="text",
    )


def _header_line(fig: go.Figure, site: str, shown: pd.DataFrame, colour: str, language: Language) -> None:
    fig.add_scatter(
        x=list(shown["day"]),
        y=numbers(shown["header"]),
        mode="lines+markers",
        line={"color": colour, "width": 1.5},
        marker={"size": 4, "symbol": ["circle" if _plain(row) else "x-thin-open" for row in records(shown)]},
        name=language.say("header of {site}", site=literal(site)),
        hovertext=[_hover_header(row, language) for row in records(shown)],
        hoverinfo="text",
    )


def _plain(row: dict[str, Any]) -> bool:
    """Whether nothing is odd about a day's figure: its label is certain and all captures agree."""
    return not (known(row["certain"]) and not row["certain"])


def _broken(rows: pd.DataFrame, reach: int) -> pd.DataFrame:
    """The rows with an empty one after each that the next follows by more than `reach` days, so that lines break."""
    days = pd.to_datetime(rows["day"])
    after = days.diff().shift(-1) > pd.Timedelta(days=reach)
    if not after.any():
        return rows
    gaps = pd.DataFrame({"day": days[after] + pd.Timedelta(days=reach)})
    return pd.concat([rows.assign(day=days), gaps], ignore_index=True).sort_values("day", kind="stable")


def _day_axis(fig: go.Figure, column: pd.Series, language: Language, days: Days) -> None:
    """Ticks over the days, the axis to the ends of the chosen ones."""
    present = pd.to_datetime(column)
    first = [pd.Timestamp(days[0])] if days[0] else [present.min()]
    last = [pd.Timestamp(days[1] - timedelta(days=1))] if days[1] else [present.max()]
    ends = pd.Series([*first, *last]).dropna()
    if len(ends) < 2:
        return
    moment_axis(fig, ends, language)
    edge = max((ends.max() - ends.min()) * 0.01, pd.Timedelta(hours=12))
    fig.update_xaxes(range=[str(ends.min() - edge), str(ends.max() + edge)])


# -- words --------------------------------------------------------------------------------------------------------
def pair_name(currency: str, quote: Any, language: Language) -> str:
    """`USD in KZT`; the code alone where the quote currency is not known."""
    return language.say("{currency} in {quote}", currency=currency, quote=quote) if known(quote) else currency


def base_names(currency: str, quote: Any, language: Language) -> dict[str, str]:
    """The bases a rate can be shown in, by the names of the query `rate_days`."""
    say = language.say
    quoted = str(quote) if known(quote) else say("quote currency")
    return {
        "quote": say("{quote} per {currency}", quote=quoted, currency=currency),
        "unit": say("{currency} per {quote}", quote=quoted, currency=currency),
        "index": say("index = 100 at the start"),
    }


def _first(rows: pd.DataFrame) -> tuple[str, Any]:
    return (str(rows["currency"].iloc[0]), rows["quote"].iloc[0]) if len(rows) else ("", None)


def _pair(rows: pd.DataFrame, language: Language) -> str:
    return pair_name(*_first(rows), language)


def _title(rows: pd.DataFrame, base: str, language: Language) -> str:
    currency, quote = _first(rows)
    words = base_names(currency, quote, language).get(base, "") if currency else ""
    name = language.currency(currency)
    return f"{name[:1].upper()}{name[1:]} · {words}"


def _unit(rows: pd.DataFrame, base: str, language: Language) -> str:
    currency, quote = _first(rows)
    if base == "index":
        return language.say("Index: each line is 100 on its first day in the period.")
    return language.say("In {unit}.", unit=base_names(currency, quote, language).get(base, ""))


def _subtitle(rows: pd.DataFrame, base: str, language: Language) -> str:
    printed = rows[rows["header"].notna()]
    parts = [
        _unit(rows, base, language),
        language.say_n(
            "Header: the last figure captured on each of {n} day; other days are gaps.",
            "Header: the last figure captured on each of {n} days; other days are gaps.",
            printed["day"].nunique(),
        ),
    ]
    if rows["official"].notna().any():
        parts.append(language.say("Official: of its day, or of the last one before, at most ten days old."))
    else:
        parts.append(language.say("No official rates of these days are imported."))
    uncertain = int((printed["certain"] == False).sum())  # noqa: E712 - NA is neither
    if uncertain:
        parts.append(
            language.say_n(
                "On {n} day the labels are uncertain (×).", "On {n} days the labels are uncertain (×).", uncertain
            )
        )
    several = int((printed["figures"].fillna(1) > 1).sum())
    if several:
        parts.append(
            language.say_n(
                "On {n} day captures show more than one figure.",
                "On {n} days captures show more than one figure.",
                several,
            )
        )
    return " ".join(parts)


def _finding(rows: pd.DataFrame, language: Language) -> str:
    column = "header" if rows["header"].notna().any() else "official"
    present = rows[rows[column].notna()]
    if present.empty:
        return language.say("No figure has a known day.")
    last = records(present.sort_values("day", kind="stable").tail(1))[0]
    return language.say(
        "{currency}: between {low} and {high}; last {last} on {day}.",
        currency=last["currency"],
        low=language.number(present[column].min(), 4),
        high=language.number(present[column].max(), 4),
        last=language.number(last[column], 4),
        day=language.day(last["day"]),
    )


def _finding_difference(both: pd.DataFrame, language: Language) -> str:
    if both.empty:
        return language.say("On no day are a header figure and an official rate known.")
    worst = records(both.iloc[[int(both["difference_percent"].abs().to_numpy().argmax())]])[0]
    return language.say(
        "Furthest apart on {day}: {difference} %.",
        day=language.day(worst["day"]),
        difference=language.signed(worst["difference_percent"], 2),
    )


def _finding_topic(rows: pd.DataFrame, language: Language) -> str:
    return language.say(
        "{articles} articles on {n} days.",
        articles=language.number(int(rows["articles"].sum())),
        n=language.number(int((rows["articles"] > 0).sum())),
    )


def _hover_header(row: dict[str, Any], language: Language) -> str:
    if not known(row["header"]):
        return ""
    lines = [
        f"<b>{language.day(row['day'])}</b>",
        f"{literal(row['site'])}: {literal(row['currency'])} {language.number(row['header'], 6)}",
        language.say_n("{n} capture", "{n} captures", int(row["captures"])),
    ]
    if row["figures"] > 1:
        lines.append(language.say("{n} different figures that day", n=language.number(row["figures"])))
    if not _plain(row):
        lines.append(language.say("label uncertain"))
    return "<br>".join(lines)


def _hover_official(row: dict[str, Any], language: Language) -> str:
    if not known(row["official"]):
        return ""
    text = f"<b>{language.day(row['day'])}</b><br>{literal(row['currency'])} {language.number(row['official'], 6)}"
    of = language.say("official rate of {day} ({source})", day=language.day(row["official_day"]), source=row["source"])
    return f"{text}<br>{literal(of)}"


def _hover_difference(row: dict[str, Any], language: Language) -> str:
    return "<br>".join([
        f"<b>{language.day(row['day'])}</b> {literal(row['site'])}",
        language.say("header {value}", value=language.number(row["header"], 6)),
        language.say("official {value} of {day}", value=language.number(row["official"], 6),
                     day=language.day(row["official_day"])),
        f"{language.signed(row['difference'], 6)} ({language.signed(row['difference_percent'], 2)} %)",
    ])  # fmt: skip


def _hover_value(row: dict[str, Any], column: str, language: Language) -> str:
    return f"<b>{language.day(row['day'])}</b><br>{language.number(row[column], 6)}" if known(row[column]) else ""
