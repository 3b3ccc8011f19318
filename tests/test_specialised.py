"""A question written for one selection answers as the edition's macros do, and leaves out only what is sure."""

from __future__ import annotations

import importlib
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from readership import queries, settings
from readership.queries import Ended, Selection
from readership.queries.picks import is_filtered, picks
from readership.queries.specialised import _pruned, specialised

PART = {"since": date(2026, 11, 1), "until": date(2026, 11, 15), "question": "read"}
SELECTIONS = (
    Selection(),
    Selection(**PART, matched=True),  # type: ignore[arg-type]
    Selection(
        topics=("politics-government", "sport"), no_countries=("RU",), states=("evergreen",), since=date(2026, 10, 1)
    ),
    Selection(languages=("kk", "ru"), text="a -zzz", in_body=True, no_ages=("new",), **PART),  # type: ignore[arg-type]
    Selection(topics=("economy-business-finance",), no_sites=("nowhere.test",)),
    Ended(**PART, languages=("kk", "ru"), ends=(("el.kz", date(2026, 11, 12), 1_794_430_800, 1_794_480_000),)),  # type: ignore[arg-type]
)


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> queries.Edition:
    found = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert found
    return found


ON_TIME = ("band", "compare", "group_trend", "group_views", "hour_weekday", "key_figures", "views_gained")
"""Questions that go through the most macros: asked with every selection, others with two, not the same ones."""
ASKED = [
    (query.name, SELECTIONS if query.name in ON_TIME else (SELECTIONS[n % 6], SELECTIONS[(n + 1) % 6]))
    for n, query in enumerate(one for one in queries.catalogue() if "$selection" in one.sql)
]


@pytest.mark.parametrize(("name", "selections"), ASKED, ids=[name for name, _ in ASKED])
def test_it_answers_as_the_macros_do(name: str, selections: tuple[Selection, ...], edition: queries.Edition) -> None:
    some = int(queries.fetch("articles", Selection(), edition, limit=1)["article"].iloc[0])
    given = {"article": some, "bucket": "2026-11-10", "currency": "USD"}
    more = {item.name: given[item.name] for item in queries.named(name).parameters if item.name in given}
    for selection in selections:
        with edition.cursor() as cursor:
            by_macros = cursor.execute(queries.as_sql(name, selection, edition, **more)).df()
        ours = queries.fetch(name, selection, edition, **more)
        pd.testing.assert_frame_equal(ours, by_macros, check_dtype=False, check_exact=True)


def test_what_the_filters_leave_is_worked_out_once(edition: queries.Edition) -> None:
    asked = Selection(languages=("ru",)).parameter()
    first = picks(asked, edition)
    assert first is picks(Selection(languages=("ru",), since=date(2026, 11, 1), question="read").parameter(), edition)
    assert first.num_rows == len(queries.fetch("articles", Selection(languages=("ru",)), edition))
    assert not is_filtered(Selection(since=date(2026, 11, 1), sites=("el.kz",)).parameter())


def test_what_no_article_is_asked_for_is_not_worked_out(
    edition: queries.Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(queries, "picks", lambda selection, of: asked.append(selection) or picks(selection, of))
    queries.fetch("header_latest", Selection(text="nobody asks this"), edition)
    assert asked == []
    queries.fetch("articles", Selection(text="nobody asks this"), edition)
    assert len(asked) == 1


def test_few_of_many_selections_are_kept(edition: queries.Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("readership.queries.picks")
    monkeypatch.setattr(module, "MOST", 3)
    for word in ("one", "two", "three", "four"):
        picks(Selection(text=word).parameter(), edition)
    assert len(module._kept) == 3


def test_age_classes_are_told_apart_by_meter_and_topics_by_mode(edition: queries.Edition) -> None:
    for one, other in (
        ({"ages": ("new",)}, {"ages": ("new",), "meter": "none"}),
        ({"topics": ("politics-government", "sport")}, {"topics": ("politics-government", "sport"), "mode": "all"}),
    ):
        kept = [picks(Selection(**fields).parameter(), edition) for fields in (one, other)]  # type: ignore[arg-type]
        assert kept[0] is not kept[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1 FROM t WHERE (TRUE OR x IN (SELECT y FROM u)) AND z", "SELECT 1 FROM t WHERE z"),
        ("SELECT 1 FROM t WHERE a OR (FALSE AND b)", "SELECT 1 FROM t WHERE a"),
        ("SELECT 1 FROM t WHERE NOT (TRUE AND a)", "SELECT 1 FROM t WHERE NOT (a)"),
        ("SELECT 1 FROM t WHERE d BETWEEN a AND b AND TRUE", "SELECT 1 FROM t WHERE d BETWEEN a AND b"),
        ("SELECT sum(x) FILTER (WHERE TRUE) FROM t WHERE TRUE", "SELECT sum(x) FILTER (WHERE TRUE) FROM t"),
        ("SELECT a FROM t WHERE FALSE UNION ALL SELECT a FROM u", "SELECT a FROM u"),
        (a_sum := "SELECT sum(a) FROM t WHERE FALSE UNION ALL SELECT a FROM u", a_sum),
        ("SELECT sum(a) FROM t WHERE FALSE GROUP BY b UNION ALL SELECT a FROM u", "SELECT a FROM u"),
        ("WITH c AS (SELECT 1), d AS (FROM c) SELECT 2 WHERE (FALSE AND EXISTS (FROM d))", "SELECT 2 WHERE FALSE"),
        ("SELECT bool_or(TRUE), [TRUE], f(FALSE) FROM t", "SELECT bool_or(TRUE), [TRUE], f(FALSE) FROM t"),
        ("SELECT '(TRUE OR x)' WHERE coalesce((TRUE), FALSE)", "SELECT '(TRUE OR x)' WHERE coalesce(TRUE, FALSE)"),
    ],
)
def test_only_what_is_sure_goes(text: str, expected: str) -> None:
    assert re.sub(r"\s+", " ", _pruned(text)).strip() == expected


def test_values_of_the_selection_stay_values() -> None:
    odd = "x') OR TRUE --"
    values = {"selection": Selection(sections=(odd,)).parameter()}
    text, bound = specialised("FROM chosen($selection::selection) AS a", values, picked=False)
    assert odd not in text
    assert bound["selection_sections"] == [odd]
