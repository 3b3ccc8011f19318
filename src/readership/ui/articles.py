"""Tables of articles, and what stands beside single articles when the reader compares.

In two periods the same articles may have been read: each then has what it gained in both. By publication date an
article is in one period or in the other. Of two values each has its own articles, in a table of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pandas as pd
import streamlit as st

from readership.queries import Selection, comparison
from readership.queries.comparison import BY_ARTICLE, CHANGE, NOTE, THEN, Beside
from readership.ui import compare, context
from readership.ui.context import say
from readership.ui.data import ORIGIN, computed, fetch
from readership.ui.parts import of_all
from readership.ui.rates import article_rows, columns_with_rates
from readership.ui.series import beside
from readership.ui.show import table
from readership.ui.text import plain

SHOWN = [
    "published_local", "title", "views", "index", "percentile", "age_class", "spike_state", "evergreen_state",
    "velocity", "section", "language", "authors", "observed_at", "readings", "site", "url",
]  # fmt: skip
FEW = ["views", "title", "published_day", "section"]
GAINED = ("gained", f"gained{THEN}", f"gained{CHANGE}", f"gained{NOTE}")
_MEANING = "BIGINT of the query articles_gained: views gained in the dates"


def article_table(selection: Selection, facts: pd.DataFrame, order: str, currency: str | None, limit: int) -> None:
    """The articles of the selection; beside another period with what each gained in both, beside another value with the
    articles of that value below.

    Args:
        facts: the one row of the query `key_figures`.
        order: as the query `articles` has it.
        currency: of the official rate to show, or None.
    """
    both = compare.beside(selection)
    said(selection, both)
    rows = article_rows(selection, currency, order=order, limit=limit)
    of_all(rows, facts)
    shown = with_gained(_with_states(rows, selection, order, limit), selection, both, order=order, limit=limit)
    columns = columns_with_rates(_with_gained_columns(SHOWN, shown), currency)
    table(shown, "articles", columns, opens=True, height=_height(shown), whole=_whole(selection, both, rows, order))
    if both and not both.comparison.is_period:
        other = both.others[0].selection
        rows = article_rows(other, currency, order=order, limit=limit)
        title = say("Beside them: {words}", words=compare.in_words(both.comparison))
        shown = _with_states(rows, other, order, limit)
        columns = columns_with_rates(SHOWN, currency)
        table(shown, "articles-beside", columns, title=plain(title), opens=True, height=_height(shown), whole=rows)


def _height(rows: pd.DataFrame) -> int | Literal["content"]:
    """Pixels of a table that is scrolled; a short one is as high as its rows."""
    return 640 if len(rows) > 15 else "content"


def most_read(selection: Selection, name: str) -> None:
    """The ten articles with most views; those that gained most, when what each gained stands beside another period."""
    both = compare.beside(selection)
    if both and _has_both(selection, both):
        rows = _gained(selection, both, order="gained", limit=10)
        table(rows, name, [*_known(GAINED, rows), "title", "published_day", "section"], opens=True)
        return
    said(selection, both)
    table(fetch("articles", selection, order="views", limit=10), name, FEW, opens=True)
    if both and not both.comparison.is_period:
        title = say("Beside them: {words}", words=compare.in_words(both.comparison))
        rows = fetch("articles", both.others[0].selection, order="views", limit=10)
        table(rows, f"{name}-beside", FEW, title=plain(title), opens=True)


def said(selection: Selection, both: Beside | None) -> None:
    """Why nothing stands beside single articles, or what does."""
    if both is None:
        return
    if not both.comparison.is_period:
        st.caption(say("Each value has its own articles; one that has both stands in both tables."))
    elif selection.question != "read":
        st.caption(
            say(
                "By publication date an article is in one period or in the other, so nothing stands beside single "
                "articles. Choose “read in the period” to see what each gained in both."
            )
        )


def with_gained(rows: pd.DataFrame, selection: Selection, both: Beside | None, **asked: Any) -> pd.DataFrame:
    """The rows of articles with what each gained in the period and in the other one, where both can be told."""
    if both is None or not _has_both(selection, both):
        return rows
    found = _gained(selection, both, **asked)
    more = found[["article", *_known(GAINED, found)]]
    return computed(rows.merge(more, on="article", how="left"), rows, gained=_MEANING)


def _has_both(selection: Selection, both: Beside) -> bool:
    return both.comparison.is_period and selection.question == "read"


def _gained(selection: Selection, both: Beside, **asked: Any) -> pd.DataFrame:
    rows = fetch(BY_ARTICLE, both.own, **asked)
    ids = ",".join(map(str, rows["article"])) or "0"  # which no article has
    others = [fetch(BY_ARTICLE, side.selection, articles=ids) for side in both.others]
    _sums(rows, others, both)
    return compare.marked(comparison.by_article(rows, others, both.others), rows, others, both)


def _sums(rows: pd.DataFrame, others: list[pd.DataFrame], both: Beside) -> None:
    """What all articles of each side gained together: some were read in one of the periods alone."""
    if rows.empty or any(other.empty or not side.read_known for other, side in zip(others, both.others, strict=True)):
        return
    number, sides = context.current().language.number, [rows, *others]
    articles, views = ([float(side[name].iloc[0]) for side in sides] for name in ("of_articles", "of_gained"))
    n = len(others)
    st.caption(
        plain(
            say(
                "In all, {articles} articles gained {views} views; beside them ({words}) {then_articles} gained "
                "{then_views}. Articles that were read then alone are in no row.",
                articles=number(articles[0]),
                views=number(views[0]),
                words=compare.told(both),
                then_articles=number(sum(articles[1:]) / n, 1),
                then_views=number(sum(views[1:]) / n, 1),
            )
        )
    )


def _known(names: tuple[str, ...], rows: pd.DataFrame) -> list[str]:
    """The columns that the rows have, a note only where there is one."""
    return [name for name in names if name in rows and (not name.endswith(NOTE) or rows[name].notna().any())]


def _with_gained_columns(order: list[str], rows: pd.DataFrame) -> list[str]:
    place = order.index("views") + 1
    return [*order[:place], *_known(GAINED, rows), *order[place:]]


def _with_states(rows: pd.DataFrame, selection: Selection, order: str, limit: int) -> pd.DataFrame:
    return beside(rows, fetch("states", selection, order=order, limit=limit))


def _whole(selection: Selection, both: Beside | None, rows: pd.DataFrame, order: str) -> pd.DataFrame:
    """Rows of the question whose whole answer is offered: the compared one, where there is a comparison."""
    if both is None or not _has_both(selection, both):
        return rows
    whole = fetch(BY_ARTICLE, selection, order=order, limit=1)
    whole.attrs = dict(whole.attrs) | {ORIGIN: replace(whole.attrs[ORIGIN], compare=str(both.comparison))}
    return whole
