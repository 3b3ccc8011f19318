"""An answer beside what it is compared with: the columns that a comparison adds, for routes as for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from readership import queries
from readership.errors import UsageError
from readership.exports import cells, tables
from readership.exports.files import Export
from readership.exports.proof import Asked, Column
from readership.i18n import Language, mark
from readership.queries import Query, Selection, comparison
from readership.queries.comparison import (
    BY_ARTICLE,
    CHANGE,
    COMPARED,
    MAX_GROUPS,
    NOTE,
    THEN,
    TREND,
    Beside,
    Comparison,
)

LABELS = {
    "previous": mark("the period before"),
    "weekday": mark("the same weekdays before"),
    "month": mark("the month before"),
    "year": mark("a year ago (364 days)"),
    "year-calendar": mark("a year ago (same dates)"),
    "mean4": mark("the mean of 4 before"),
}
"""Other periods as readers call them, by the names of `queries.comparison.PERIODS`."""


def possible(query: Query, chosen: Comparison, selection: Selection, parameters: Mapping[str, Any]) -> None:
    """Nothing, when the answer can stand beside another.

    Raises:
        UsageError: it can't; says why.
    """
    if query.name not in COMPARED:
        raise UsageError(
            f"{query.name} has no comparison.",
            f"These have: {', '.join(COMPARED)}. Key figures of two periods: the question `compare`.",
        )
    if "limit" in parameters:
        raise UsageError("A limit would cut both sides differently.", "Leave out limit or compare.")
    asked = {one.name: parameters.get(one.name, one.default) for one in query.parameters}
    if query.name == TREND and not _few(asked["top"]):
        raise UsageError(f"At most {MAX_GROUPS} groups are set beside others over time.", f"Ask for top={MAX_GROUPS}.")
    if query.name == BY_ARTICLE:
        _possible_by_article(chosen, selection)
    if not chosen.is_period:
        return
    if selection.since is None:
        raise UsageError("Without a first day no period lies before.", "Give since, or compare with another value.")
    if query.name == "views_by_publication":
        raise UsageError(
            "Views to date aren't compared with another period: its articles had another time to be read.",
            "Ask views_at_age.",
        )
    if asked.get("basis", "sum") != "sum" and asked["grain"] != "day":
        raise UsageError(
            "A mean or median by week or month isn't set beside another period.", "Ask by the day, or for the sum."
        )


def _few(top: Any) -> bool:
    return str(top).isdigit() and int(str(top)) <= MAX_GROUPS


def _possible_by_article(chosen: Comparison, selection: Selection) -> None:
    """Single articles stand beside themselves: in another period, in which the same ones may have been read too."""
    if not chosen.is_period:
        raise UsageError(
            "An article has the same views on both sides of a comparison of values.",
            "Ask for the articles of the other value, without compare.",
        )
    if selection.question != "read":
        raise UsageError(
            "By publication date an article is in one period or in the other, never in both.",
            "Give question=read: what each article gained in both.",
        )


def of_query(asked: Asked, form: str, *, bom: bool = False, name: str = "") -> Export:
    """The answer with what it is compared with (`asked.compare`) as a file.

    Raises:
        UsageError: no such format, a value that the query can't take, or there is nothing to compare with.
        NoEdition: the edition can't be opened.
        DiskFull: there is no room for the file.
    """
    rows, told = answer(asked)
    return tables.of_batches(cells.from_frame(rows), told, form, bom=bom, name=name)


def answer(asked: Asked) -> tuple[pd.DataFrame, Asked]:
    """The rows of both sides put together, and the question with what is to be said of them."""
    asked = asked.whole()
    assert asked.compare is not None

    def ask(name: str, selection: Selection, **parameters: Any) -> pd.DataFrame:
        return queries.fetch(name, selection, asked.edition, **parameters)

    both = comparison.resolve(asked.compare, asked.selection, ask)
    if not both.others:
        raise UsageError("There is nothing to compare with: nothing was read under this selection.", "Select more.")
    rows, left = comparison.answer(asked.query.name, both, asked.selection, ask, asked.parameters)
    added = tuple(Column(name, found) for name in map(str, rows.columns) if (found := meaning(name)))
    say = asked.language.say
    words = asked.words or asked.selection.words(asked.language.translate, asked.language.day)
    words = f"{words}; {say('compared with: {words}', words=in_words(both, asked.language))}"
    return rows, replace(
        asked, words=words, added=(*asked.added, *added), remarks=(*asked.remarks, *left_out(left, asked.language))
    )


def left_out(left: float, language: Language) -> tuple[str, ...]:
    """The remark that some of the other side, views or articles, stands in no bucket; none when all of it does."""
    words = language.say(
        "{n} of the other side stand in no bucket: they have no day beside them.", n=language.number(left, 2)
    )
    return (words,) if left else ()


def in_words(both: Beside, language: Language) -> str:
    """What is compared with, a few words and the days of the other period."""
    chosen, side = both.comparison, both.others[0]
    if side.shift is None:
        return f"{chosen.dimension}: {chosen.value}"
    days = language.days(side.shift.since, side.shift.until - timedelta(days=1))
    if chosen.kind not in LABELS:
        return days
    return f"{language.say(LABELS[chosen.kind])}: {days}{' …' if len(both.others) > 1 else ''}"


def meaning(name: str) -> str:
    """What a column means that a comparison added; "" for any other."""
    meanings = {
        THEN: "of what it is compared with",
        CHANGE: "change in percent of that",
        NOTE: "what to know of that",
    }
    found = next((ending for ending in meanings if name.endswith(ending)), None)
    return f"{name.removesuffix(found)}, {meanings[found]}" if found else ""
