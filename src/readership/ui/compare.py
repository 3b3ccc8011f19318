"""What the selection is compared with: the control in the bar, its words, and the answers of both sides joined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from readership.exports.beside import LABELS
from readership.i18n import mark
from readership.queries import Selection, comparison
from readership.queries.comparison import (
    CHANGE,
    DIMENSIONS,
    GROUPED,
    NONE,
    NOTE,
    PERIODS,
    THEN,
    Beside,
    Comparison,
    Measures,
)
from readership.ui import bar, context, names
from readership.ui.context import say
from readership.ui.data import ASKED, computed, fetch

OWN_DAYS, OTHER, ONLY_FIGURES = "custom", "value", "default"
DEFAULT = Comparison("previous")
"""What key figures stand beside when nothing was chosen."""
_KEY, _PENDING, _FIRST, _LAST, _DIMENSION, _VALUE = (
    f"compare_{name}" for name in ("choice", "pending", "first", "last", "dimension", "value")
)
_DAY = timedelta(days=1)
_VALUES_OF = {
    "topic": mark("Topic"),
    "country": mark("Country"),
    "section": mark("Section"),
    "language": mark("Language"),
    "source": mark("Cited source"),
    "author": mark("Author"),
    "credit": mark("Photo credit"),
    "site": mark("Site"),
}
assert set(_VALUES_OF) == set(DIMENSIONS)
assert tuple(LABELS) == PERIODS


# -- the control ------------------------------------------------------------------------------------------------------
def control(choice: bar.Choice) -> None:
    """The choice of a comparison, with days or a value of one's own where it needs them; stands in the bar."""
    pending = st.session_state.get(_PENDING)
    kind = pending[0] if pending and pending[1] == choice else _kind(choice.compare)
    st.session_state[_KEY] = kind
    labels = {ONLY_FIGURES: say("nothing but key figures"), NONE: say("nothing at all"), **_period_labels()}
    labels |= {OWN_DAYS: say("other days …"), OTHER: say("another topic, country …")}
    st.selectbox(
        say("Compare with"), list(labels), key=_KEY, format_func=labels.__getitem__, on_change=_chosen, width=220
    )
    if kind == OWN_DAYS:
        _days(choice)
    elif kind == OTHER:
        _value(choice)


def _period_labels() -> dict[str, str]:
    return {name: say(label) for name, label in LABELS.items()}


def _kind(chosen: Comparison | None) -> str:
    return chosen.kind if chosen else ONLY_FIGURES


def _chosen() -> None:
    kind = st.session_state[_KEY]
    st.session_state.pop(_PENDING, None)
    if kind in (OWN_DAYS, OTHER):
        st.session_state[_PENDING] = (kind, bar.current_or_default())
    else:
        bar.compare_with(None if kind == ONLY_FIGURES else Comparison(kind))


def _days(choice: bar.Choice) -> None:
    now = choice.compare
    first, last = (now.since, now.until - _DAY) if now and now.since and now.until else (None, None)
    for key, value, label in ((_FIRST, first, say("First other day")), (_LAST, last, say("Last other day"))):
        if value is not None or key not in st.session_state:
            st.session_state[key] = value
        st.date_input(label, value=None, format="YYYY-MM-DD", width=165, key=key, on_change=_days_chosen)


def _days_chosen() -> None:
    first, last = st.session_state.get(_FIRST), st.session_state.get(_LAST)
    if isinstance(first, date) and isinstance(last, date):
        low, high = sorted((first, last))
        bar.compare_with(Comparison(OWN_DAYS, low, high + _DAY))


def _value(choice: bar.Choice) -> None:
    now = choice.compare if choice.compare and choice.compare.kind == OTHER else None
    if now:
        st.session_state[_DIMENSION] = now.dimension
    elif _DIMENSION not in st.session_state:
        st.session_state[_DIMENSION] = _likely(choice)
    st.selectbox(
        say("Other"), list(_VALUES_OF), key=_DIMENSION, format_func=lambda name: say(_VALUES_OF[name]), width=150,
        on_change=_dimension_chosen,
    )  # fmt: skip
    dimension = st.session_state[_DIMENSION]
    options = _options(choice, dimension, now)
    st.session_state[_VALUE] = now.value if now and now.dimension == dimension else None
    st.selectbox(
        say(_VALUES_OF[dimension]), options, key=_VALUE, format_func=lambda value: names.of(dimension, value),
        placeholder=say("choose"), width=190, on_change=_value_chosen,
    )  # fmt: skip


def _likely(choice: bar.Choice) -> str:
    """The dimension of which a value is chosen: that is what another one stands beside best."""
    return next((name for name, field in DIMENSIONS.items() if getattr(choice.selection, field)), "topic")


def _options(choice: bar.Choice, dimension: str, now: Comparison | None) -> list[str]:
    others = bar.resolved(choice).without(DIMENSIONS[dimension])
    found = [str(value) for value in fetch("options", others, field=dimension)["value"]]
    if now and now.dimension == dimension and now.value not in found:
        found.append(now.value)
    return found


def _dimension_chosen() -> None:
    if bar.current_or_default().compare is not None:
        bar.compare_with(None)
    st.session_state[_PENDING] = (OTHER, bar.current_or_default())


def _value_chosen() -> None:
    value = st.session_state.get(_VALUE)
    if value:
        bar.compare_with(Comparison(OTHER, dimension=st.session_state[_DIMENSION], value=str(value)))


# -- both sides -------------------------------------------------------------------------------------------------------
def current() -> Comparison | None:
    """The comparison that charts and tables draw; None for none."""
    chosen = bar.current_or_default().compare
    return chosen if chosen and chosen.kind != NONE else None


def of_figures() -> Comparison | None:
    """The comparison of key figures: the chosen one, else the period before; None when the reader wants none."""
    chosen = bar.current_or_default().compare or DEFAULT
    return None if chosen.kind == NONE else chosen


def beside(selection: Selection, chosen: Comparison | None = None) -> Beside | None:
    """Both sides of the comparison (the reader's by default); None when nothing is compared, or nothing lies before."""
    wanted = chosen or current()
    if wanted is None:
        return None
    found = comparison.resolve(wanted, selection, fetch)
    return found if found.others else None


def own(selection: Selection) -> Selection:
    """The selection that the own side is asked under: cut like the other side, when the reader compares."""
    both = beside(selection)
    return both.own if both else selection


def columns(order: Sequence[str], rows: pd.DataFrame, *measures: str) -> list[str]:
    """The columns of a table with, after each of the measures, those that a comparison added to the rows; a note only
    where there is one."""
    out: list[str] = []
    for name in order:
        out.append(name)
        if name in measures and f"{name}{THEN}" in rows:
            has_note = bool(rows[f"{name}{NOTE}"].notna().any())
            out += [f"{name}{ending}" for ending in (THEN, CHANGE, *((NOTE,) if has_note else ()))]
    return out


def grouped(
    name: str, selection: Selection, on: str | tuple[str, ...], measures: Measures, **params: Any
) -> pd.DataFrame:
    """Rows of a query, with what the other side has for the same `on` when the reader compares."""
    both = beside(selection)
    if both is None:
        return fetch(name, selection, **params)
    rows = fetch(name, both.own, **params)
    others = [fetch(name, side.selection, **params) for side in both.others]
    return marked(comparison.joined(rows, others, both.others, on, measures), rows, others, both)


def over_time(
    name: str, selection: Selection, rows: pd.DataFrame, grain: str, *, needs: str = "read", **params: Any
) -> tuple[pd.DataFrame, float]:
    """Rows of a query over time, with what the other side had in the same place of its period; and what has none."""
    both = beside(selection)
    if both is None:
        return rows, 0.0
    by = comparison.of_others(both, grain)
    others = [fetch(name, side.selection, grain=by, **params) for side in both.others]
    found, left = comparison.aligned(rows, others, both, grain, needs=needs)
    return marked(found, rows, others, both, left), left


def counted(name: str, selection: Selection, grain: str) -> tuple[pd.DataFrame, float]:
    """As `over_time`, for a question that counts articles by their publication; asks the own side too."""
    both = beside(selection)
    if both is None:
        return fetch(name, selection, grain=grain), 0.0
    rows = fetch(name, both.own, grain=grain)
    others = [fetch(name, side.selection, grain=comparison.of_others(both, grain)) for side in both.others]
    found, left = comparison.counted(rows, others, both, grain, comparison.COUNTED[name])
    return marked(found, rows, others, both, left), left


def trend(
    selection: Selection, rows: pd.DataFrame, grain: str, dimension: str, home: str, *, apart: str = ""
) -> tuple[pd.DataFrame, float]:
    """Rows of `group_trend` with what the same groups have on the other side; and what has no place.

    Args:
        selection: under which the rows were asked.
        apart: field of the selection that the rows are of values of, when these are chosen: then another value of it
            stands beside each of them, and not the articles that have both.
    """
    both = beside(selection)
    if both is None:
        return rows, 0.0
    chosen, by = both.comparison, comparison.of_others(both, grain)
    is_other = bool(apart) and chosen.kind == OTHER and DIMENSIONS[chosen.dimension] == apart
    of = bar_level(chosen.value) if is_other and apart == "topics" else dimension
    sides = [selection if is_other else side.selection for side in both.others]
    others = [
        (
            fetch("group_trend", side, dimension=of, grain=by, home=home, top=comparison.ALL_GROUPS),
            fetch("views_gained", side, grain=by),
        )
        for side in sides
    ]
    whole = fetch("views_gained", selection, grain=grain)
    instead = chosen.value if is_other else ""
    found, left = comparison.trended(rows, whole, others, both, grain, instead=instead)
    return marked(found, rows, [one for pair in others for one in pair], both, left), left


def bar_level(topic: str) -> str:
    """The level of a topic: `topic`, or `subtopic` for one below another."""
    return "subtopic" if names.parent(topic) else "topic"


def hours_of_week(selection: Selection) -> pd.DataFrame:
    """The rows of `hour_weekday`, beside what the reader compares with."""
    return grouped("hour_weekday", selection, *GROUPED["hour_weekday"])


def marked(
    found: pd.DataFrame, rows: pd.DataFrame, others: Sequence[pd.DataFrame], both: Beside, left: float = 0.0
) -> pd.DataFrame:
    """The rows, carrying the questions that they answer: figures are kept by these.

    Args:
        left: of the other side, in no bucket; exports say it.
    """
    asked = (rows.attrs.get(ASKED), str(both.comparison), *(other.attrs.get(ASKED) for other in others))
    out = computed(found, rows)
    out.attrs = dict(out.attrs) | {ASKED: asked, LEFT: left}
    return out


LEFT = "left"
"""Under this name rows carry how much of the other side stands in no bucket."""


# -- words ------------------------------------------------------------------------------------------------------------
def in_words(chosen: Comparison) -> str:
    """What is compared with, a few words in the reader's language."""
    if chosen.kind == OTHER:
        return f"{say(_VALUES_OF[chosen.dimension])}: {names.of(chosen.dimension, chosen.value)}"
    if chosen.kind == OWN_DAYS and chosen.since and chosen.until:
        return context.current().language.days(chosen.since, chosen.until - _DAY)
    return say(LABELS[chosen.kind]) if chosen.kind in LABELS else say("nothing at all")


def told(both: Beside) -> str:
    """The same, with the days of the other period."""
    words, side = in_words(both.comparison), both.others[0]
    if side.shift is None or both.comparison.kind == OWN_DAYS:
        return words
    days = context.current().language.days(side.shift.since, side.shift.until - _DAY)
    more = " …" if len(both.others) > 1 else ""
    return f"{words}: {days}{more}"


def compared_with(selection: Selection, left: float = 0.0) -> str:
    """What charts and tables of the selection are compared with; empty when with nothing.

    Args:
        left: how much of the other side stands in no bucket, which is said too.
    """
    both = beside(selection)
    words = told(both) if both else ""
    if not left:
        return words
    number = context.current().language.number(round(left))
    return say("{words}; {n} of it on days that have no day beside", words=words, n=number)


def described(selection: Selection, chosen: Comparison) -> str:
    """What a comparison of the selection is with: its days too, once they are known."""
    both = beside(selection, chosen) if context.current().edition else None
    return told(both) if both else in_words(chosen)


def without_comparison(*, lists: bool = False) -> None:
    """Say, while the reader compares, that some of what follows has no other side.

    Args:
        lists: it is lists of articles.
    """
    if current() is None:
        return
    if lists:
        st.caption(say("The lists of articles below count views up to this moment: of the selection alone."))
    else:
        st.caption(say("Figures below that name no comparison show the selection alone."))
