"""Smaller parts of pages: key figures, the choice of a bucket, rows in groups."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pandas as pd
import streamlit as st

from readership.figures import big_numbers, day_so_far
from readership.figures.day import how_usual, newest
from readership.figures.ranks import called
from readership.figures.style import records
from readership.i18n import UNKNOWN, known, mark
from readership.queries import Selection
from readership.queries.comparison import GROUPED, Beside
from readership.ui import choices, compare, context
from readership.ui.context import say
from readership.ui.data import ASKED, ORIGIN, draw, fetch
from readership.ui.show import exportable, table
from readership.ui.text import plain

AGE = "24"


def lead(today: pd.DataFrame) -> None:
    """The page's first sentence: how usual the newest day is so far.

    Args:
        today: the query `band` by the hour.
    """
    st.markdown(f"#### {plain(how_usual(newest(today), context.current().language))}")


def key_figures(facts: pd.DataFrame, selection: Selection) -> None:
    """The period in four figures beside what the reader compares with, where the two can be compared.

    Args:
        facts: the one row of the query `key_figures`.
        selection: the same; asked again for the comparison.
    """
    chosen = compare.of_figures()
    both = compare.beside(selection, chosen) if chosen else None
    compared = _compared(selection, both)
    row, language = facts.iloc[0], context.current().language
    if both:
        st.caption(plain(say("Beside {other}", other=_other_words(both, compared["gained"]))))
    with st.grid(4, min_column_width=190, key="key_figures"):
        _metric(say("Articles published"), language.number(row["articles"]), _change(compared["articles"]))
        _metric(
            say("Views gained in the period"),
            language.number(row["gained"]),
            _change(compared["gained"]),
            note=say(
                "From differences between readings; {views} views were there before a first reading, in no period.",
                views=language.number(row["baseline"]),
            ),
        )
        _at_age(selection, both)
        _to_date(row, both, compared["views"])
    _let_paint()


PAINT_S, _PAINTED = 0.25, "readership_painted"
"""How long the browser gets to draw the key figures of a session's first page."""


def _let_paint() -> None:
    """Wait a moment, once a session: what figures are drawn with is large, and nothing is drawn while it is read in."""
    if _PAINTED not in st.session_state:
        st.session_state[_PAINTED] = True
        time.sleep(PAINT_S)


def _to_date(row: pd.Series, both: Beside | None, compared: Mapping[str, Any]) -> None:
    """Views to date: articles of another period had another time to be read, so only values are compared."""
    language = context.current().language
    growing = (say("still growing"), say("so not compared; {n} without views", n=language.number(row["views_unknown"])))
    is_fair = both is not None and not both.comparison.is_period
    _metric(
        say("Views of these articles to date"),
        language.number(row["views"]),
        _change(compared) if is_fair else growing,
        note=say(
            "Articles without views: no page of theirs that was captured at a known moment shows a counter. "
            "They are not zero."
        ),
    )


Compared = Mapping[str, Mapping[str, Any]]
"""Rows of the query `compare` by measure."""


def _compared(selection: Selection, both: Beside | None) -> Compared:
    """The comparison by measure; all unknown when nothing is compared."""
    if both is None:
        return _rows(selection, None)
    chosen = both.comparison
    if not chosen.is_period:
        return _of_values(selection, both)
    if chosen.kind == "custom":
        return _rows(selection, "custom", other_since=str(chosen.since), other_until=str(chosen.until))
    return _rows(selection, chosen.kind)


def _of_values(selection: Selection, both: Beside) -> Compared:
    """The same rows for another value in the same dates."""
    own, other = _rows(selection, "previous"), _rows(both.others[0].selection, "previous")
    found = {}
    for measure in ("articles", "gained", "views"):
        now, then = own[measure]["value"], other[measure]["value"]
        change = now - then if known(now) and known(then) else None
        found[measure] = {
            "value": now, "other": then, "change": change, "note": None, "other_since": selection.since or True,
            "cut_at": None,
        }  # fmt: skip
    return found


def _other_words(both: Beside, row: Mapping[str, Any]) -> str:
    """What stands beside, its days as far as they count, and when both are cut."""
    words = compare.in_words(both.comparison)
    days = _days(row) if both.comparison.is_period else ""
    if both.comparison.kind == "custom":
        return days or words
    return f"{words}: {days}" if days else words


_ROW = ("value", "other", "change", "note", "other_since", "other_until", "cut_at")


def _rows(selection: Selection, against: str | None, **days: str) -> Compared:
    """The comparison by measure; of an edition without any reading, which has no rows, all is unknown."""
    unknown: dict[str, Any] = dict.fromkeys(_ROW)
    if against is None:
        return defaultdict(lambda: unknown)
    rows = fetch("compare", selection, against=against, **days)
    return defaultdict(lambda: unknown, {row["measure"]: row for row in records(rows)})


def _days(row: Mapping[str, Any]) -> str:
    """The days compared with, and when both are cut."""
    language = context.current().language
    if not known(row["other_since"]):
        return ""
    days = language.days(row["other_since"], row["other_until"] - timedelta(days=1))
    if not known(row["cut_at"]):
        return days
    return say("{days}, both cut at {time}", days=days, time=f"{row['cut_at']:%H:%M}")


Change = tuple[str, str] | None
"""How a figure differs, and from what."""


def _change(row: Mapping[str, Any]) -> Change:
    """A row of the query `compare` in two short texts; why there is no figure when there is none."""
    language = context.current().language
    if not known(row["other_since"]):
        return None
    if not known(row["other"]):
        return say("not comparable"), say("not known then")
    beside = say("then {views}", views=language.number(round(row["other"])))
    if known(row["note"]) and row["note"] == "partial":
        beside += " " + say("(not all sites were read then)")
    if not known(row["change"]):
        return say("not comparable"), beside
    if not row["other"]:
        return (say("new") if row["value"] else say("none")), beside
    return _signed(row["change"] / row["other"]), beside


def _signed(change: float) -> str:
    """A relative change as text that starts with a plain sign, as `st.metric` wants it; from tenfold on, a factor."""
    language, whole = context.current().language, round(change, 2)
    if change >= 9:
        return f"×{language.number(change + 1, 1 if change < 99 else 0)}"
    return language.signed_percent(whole).replace("−", "-").replace("±", "")


def _at_age(selection: Selection, both: Beside | None) -> None:
    """Mean views at one age: what can be compared although younger articles have had less time."""
    language, days = context.current().language, [fetch("views_at_age", selection, grain="day", age=AGE)]
    sides = both.others if both else ()
    others = [fetch("views_at_age", side.selection, grain="day", age=AGE) for side in sides]
    (mean, of), (before, before_of) = _mean(days), _mean(others)
    change: Change = None
    if others:
        beside = say("then {views} ({n} articles)", views=language.number(before), n=language.number(before_of))
        change = (_signed((mean - before) / before) if mean is not None and before else say("not comparable"), beside)
    _metric(
        say("Mean views at 24 h"),
        language.number(None if mean is None else round(mean)),
        change,
        note=say(
            "Of {n} articles published in the period whose views at the age of 24 hours are known; days that are not "
            "older than that are left out.",
            n=language.number(of),
        ),
    )


def _mean(parts: Sequence[pd.DataFrame]) -> tuple[float | None, int]:
    """Mean over all articles with known views, and how many these are."""
    views, articles = (float(sum(part[name].sum() for part in parts)) for name in ("views", "known"))
    return (views / articles if articles else None), int(articles)


def _metric(label: str, value: str, change: Change, *, note: str | None = None) -> None:
    words, beside = change or (None, None)
    arrows: dict[str, Literal["up", "down"]] = {"+": "up", "×": "up", "-": "down"}
    st.metric(
        label,
        value,
        delta=words,
        delta_color="off",
        delta_arrow=arrows.get((words or " ")[0], "off"),
        delta_description=beside,
        border=True,
        height="stretch",
        help=note,
    )


MOVING = {
    "rising": (mark("Rising"), ["gained_24h", "gained_before", "title"]),
    "falling": (mark("Falling"), ["gained_24h", "gained_before", "title"]),
    "new": (mark("New"), ["gained_24h", "title", "section"]),
    "vanished": (mark("Gone"), ["vanished_at", "title", "url"]),
}


def movers(rows: pd.DataFrame) -> None:
    """Four short lists of what moves, each row opening its article.

    Args:
        rows: the query `movers`.
    """
    run = context.current()
    if not exportable(say("What moves"), rows, "movers"):
        return
    st.caption(
        say(
            "Views of the 24 hours before {moment} beside those of the 24 hours before; rising and falling only where "
            "readings cover at least half of both.",
            moment=run.language.moment(run.as_of, run.zone),
        )
    )
    with st.grid(2, min_column_width=420, key="movers"):
        for kind, (label, order) in MOVING.items():
            part = rows[rows["kind"] == kind]
            with st.container(gap="xsmall"):
                st.markdown(f"**{say(label)}**")
                table(part, f"movers-{kind}", order, opens=True, downloads=False)


def board(today: pd.DataFrame, moving: pd.DataFrame, fast: pd.DataFrame) -> None:
    """A newsroom screen: the day so far, as large as it gets, and the articles that move. Nothing to click.

    Args:
        today: the query `band` by the hour; moving: `movers`; fast: `spikes`.
    """
    run = context.current()
    language = run.language
    st.title(plain(how_usual(newest(today), language)), anchor=False)
    day = Selection(since=run.today, until=run.tomorrow)
    compared = _rows(day, "weekday")
    numbers = [
        (label, compared[measure]["value"], " · ".join(_change(compared[measure]) or ()))
        for measure, label in (("gained", say("Views gained today")), ("articles", say("Articles published today")))
    ]
    left, right = st.columns([3, 2], gap="large")
    with left:
        figure = big_numbers(numbers, language)
        st.plotly_chart(figure.fig, key="board_numbers", alt=figure.alt, config={"staticPlot": True})
        curve = draw(day_so_far, today, language, 620, 20)
        st.plotly_chart(curve.fig, key="board_day", alt=curve.alt, config={"staticPlot": True})
    with right:
        _headlines(say("Read unusually fast now"), fast, "velocity", say("an hour"))
        rising = moving[moving["kind"].isin(["new", "rising"])].sort_values(
            "gained_24h", ascending=False, kind="stable"
        )
        _headlines(say("Most gained in 24 hours"), rising, "gained_24h", "")
    moment = say("As of {moment} ({zone})", moment=language.moment(run.as_of, run.zone), zone=plain(run.zone))
    st.caption(f"{moment} · {say('Beside')} {plain(_days(compared['gained']))}")


def _headlines(title: str, rows: pd.DataFrame, measure: str, unit: str) -> None:
    """The first titles, large, with their figure."""
    if rows.empty:
        return
    st.subheader(title, anchor=False, divider="gray")
    for row in rows.head(6).to_dict("records"):
        words = f"**{plain(context.current().language.number(row[measure]))}** {plain(unit)}".strip()
        st.markdown(f"## {words} · {plain(row['title'])}")


def fitting_grain(selection: Selection) -> str:
    """The bucket that keeps a figure of the chosen days readable: about a dozen to sixty of them."""
    if selection.since is None:
        return "month"
    days = ((selection.until or context.current().tomorrow) - selection.since).days
    return "day" if days <= 62 else "week" if days <= 400 else "month"


def grain(name: str, selection: Selection, options: Sequence[str] = ("day", "week", "month")) -> str:
    """The reader's choice of a bucket for one figure; at first the one that fits the chosen days."""
    labels = {"hour": say("Hour"), "day": say("Day"), "week": say("Week"), "month": say("Month")}
    default = fitting_grain(selection)
    # A slot for each default: what was chosen for a month doesn't hold for a year.
    return choices.one_of(
        "bucket",
        {name: labels[name] for name in options},
        default=default,
        slot=f"{name}_{default}",
        label=say("Bucket"),
    )


def groups(rows: pd.DataFrame, *columns: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows, one group a combination of the columns' values under a short name; the group with most rows first."""
    parts = list(rows.groupby(list(columns), sort=False, dropna=False))
    for values, part in sorted(parts, key=lambda pair: -len(pair[1])):
        name = "-".join(str(value).lower() for value in values)
        part.attrs = {ASKED: (rows.attrs.get(ASKED), columns, name)}
        yield name, part


def side_by_side(*spans: int, at_least: int) -> list[Any]:
    """Places for `with`, side by side as wide as their spans, or below each other where there is no room for that.

    Args:
        at_least: pixels that a span of one takes at least.
    """
    grid = st.grid(sum(spans), min_column_width=at_least, gap="medium")
    return [grid.cell(column_span=span) for span in spans]


def of_all(rows: pd.DataFrame, facts: pd.DataFrame) -> None:
    """How many of the selection's articles stand in the table below, when these are not all."""
    number, whole = context.current().language.number, int(facts["articles"].iloc[0])
    if len(rows) < whole:
        st.caption(say("The first {n} of {all} articles.", n=number(len(rows)), all=number(whole)))


def published_by(selection: Selection, by: str) -> pd.DataFrame:
    """The rows of the query `publishing`, beside what the reader compares with."""
    return compare.grouped("publishing", selection, *GROUPED["publishing"], by=by)


def with_names(rows: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """The rows with the names of their groups for readers, instead of the values."""
    names = rows["value"].map(
        lambda value: called(str(value), dimension, context.current().language), na_action="ignore"
    )
    out = rows.assign(name=names)
    out.attrs = {**rows.attrs, ORIGIN: replace(rows.attrs[ORIGIN], named=((dimension, "value", "name"),))}
    return out


def facts_list(facts: Sequence[tuple[str, Any]]) -> None:
    """Names and values under each other; values from outside come out literally."""
    for label, value in facts:
        with st.container(horizontal=True, gap="small"):
            st.caption(label, width=170)
            st.markdown(plain(value) if known(value) else UNKNOWN, width="stretch")
