"""Comparisons: what they are called, which days they mean, where both sides end, and that cards, charts and tables
say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

import reference as ref
from newsrooms import Draft, Newsroom, at, facts_of
from readership import queries
from readership.errors import UsageError
from readership.exports.beside import left_out
from readership.i18n import Language
from readership.queries import Selection, comparison
from readership.queries.comparison import PERIODS, Comparison, Side, aligned, joined, resolve, shifts

PLACE, ZONE = "almaty.test", "Asia/Almaty"
NOW = at("2024-03-20T14:30:00", ZONE)
TODAY, DAY = date(2024, 3, 20), timedelta(days=1)
HOUR = 3600


# -- its name ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text", [*PERIODS, "none", "2024-01-01..2024-02-01", "topic:sport", "country:KZ", "author:A: B", "source:а"]
)
def test_a_comparison_is_read_as_it_is_written(text: str) -> None:
    assert str(Comparison.read(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2024-02-01..2024-01-01", "2024-01-01..2024-01-01", "2024-01-01..", "..", "topic:", "views:1",
     "topic", "2024-02-30..2024-03-01", f"topic:{'x' * 201}"],
)  # fmt: skip
def test_what_is_no_comparison_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"|isoformat|day"):
        Comparison.read(text)
    with pytest.raises(UsageError, match="compare="):
        comparison.from_text(text)


def test_every_dimension_of_a_comparison_is_one_of_the_selection() -> None:
    assert set(comparison.DIMENSIONS) == set(queries.URL_NAMES.values()) & set(comparison.DIMENSIONS)
    assert {queries.URL_NAMES[field] for field in comparison.DIMENSIONS.values()} == set(comparison.DIMENSIONS)


# -- its days ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "since", "until", "wanted"),
    [
        ("previous", "2024-03-11", "2024-03-21", ["2024-03-01..2024-03-11"]),
        ("weekday", "2024-03-11", "2024-03-21", ["2024-02-26..2024-03-07"]),
        ("weekday", "2024-03-11", "2024-03-18", ["2024-03-04..2024-03-11"]),
        ("month", "2024-03-01", "2024-04-01", ["2024-02-01..2024-03-01"]),
        ("month", "2024-03-31", "2024-04-01", ["2024-02-29..2024-03-01"]),
        ("month", "2024-01-01", "2024-03-01", ["2023-11-01..2024-01-01"]),
        ("year", "2024-03-01", "2024-03-08", ["2023-03-03..2023-03-10"]),
        ("year-calendar", "2024-02-29", "2024-03-01", ["2023-02-28..2023-03-01"]),
        ("mean4", "2024-03-20", "2024-03-21", ["2024-03-13..2024-03-14", "2024-03-06..2024-03-07",
                                               "2024-02-28..2024-02-29", "2024-02-21..2024-02-22"]),
        ("2024-01-01..2024-01-05", "2024-03-01", "2024-03-03", ["2024-01-01..2024-01-05"]),
    ],
)  # fmt: skip
def test_other_periods_by_hand(kind: str, since: str, until: str, wanted: list[str]) -> None:
    found = shifts(Comparison.read(kind), date.fromisoformat(since), date.fromisoformat(until))
    assert [f"{one.since}..{one.until}" for one in found] == wanted


@pytest.mark.parametrize("kind", PERIODS)
@pytest.mark.parametrize("length", [1, 2, 7, 10, 28, 31, 90])
def test_other_periods_are_those_of_the_reference(kind: str, length: int) -> None:
    names = {"year": "year-364", "mean4": "weekday×4"}
    for start in (date(2024, 2, 27), date(2024, 3, 1), date(2023, 12, 31)):
        found = shifts(Comparison(kind), start, start + length * DAY)
        assert [(one.since, one.until) for one in found] == ref.compare_ranges(
            start, start + length * DAY, names.get(kind, kind)
        )


# -- joining, by hand -------------------------------------------------------------------------------------------------
def side(**known: bool) -> Side:
    return Side(Selection(), None, **known)


def values(column: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else value for value in column]


def test_joined_rows_by_hand() -> None:
    rows = pd.DataFrame({"value": ["a", "b", "c"], "articles": [6, 2, 0], "gained": [10, None, 5]})
    other = pd.DataFrame({"value": ["a", "d"], "articles": [4, 3], "gained": [8, None]})
    out = joined(rows, [other], [side()], "value", {"articles": "written", "gained": "read"})
    assert list(out["value"]) == ["a", "b", "c", "d"]
    assert values(out["articles_then"]) == [4, 0, 0, 3]
    assert values(out["articles_change_percent"]) == [50, None, None, -100]
    assert values(out["articles_note"]) == [None, "new", None, None]
    assert values(out["gained_then"]) == [8, 0, 0, 0]
    assert values(out["gained_change_percent"]) == [25, None, None, None]
    assert list(rows.columns) == ["value", "articles", "gained"], "what came in is left as it was"


def test_the_unknown_is_never_nothing() -> None:
    rows = pd.DataFrame({"value": ["a"], "articles": [6], "share": [0.5]})
    other = pd.DataFrame({"value": ["a"], "articles": [4], "share": [None]})
    out = joined(rows, [other], [side(written_known=False)], "value", {"articles": "written", "share": ""})
    assert values(out["articles_then"]) == values(out["articles_note"]) == values(out["share_then"]) == [None]
    one_of_two = joined(rows, [other, other], [side(), side(written_known=False)], "value", {"articles": "written"})
    assert values(one_of_two["articles_then"]) == [None], "a mean of which a part is unknown"


def test_a_mean_of_several_counts_absence_as_nothing_where_it_is_known() -> None:
    rows = pd.DataFrame({"value": ["a"], "articles": [6]})
    others = [pd.DataFrame({"value": [name], "articles": [n]}) for name, n in (("a", 4), ("b", 9), ("a", 2), ("a", 2))]
    out = joined(rows, others, [side()] * 4, "value", {"articles": "written"})
    assert values(out["articles_then"]) == [2, 9 / 4]


def test_a_key_nobody_knows_is_one_too() -> None:
    rows = pd.DataFrame({"source": ["x", None], "articles": [1, 2]})
    other = pd.DataFrame({"source": [None, "x"], "articles": [8, 4]})
    out = joined(rows, [other], [side()], "source", {"articles": "written"})
    assert values(out["articles_then"]) == [4, 8]


# -- a newsroom that a hand can check ---------------------------------------------------------------------------------
def hourly(key: str, start: str, gains: list[int], section: str = "a") -> Draft:
    """An article published and read 0 at `start`, then read each hour."""
    first = at(start, ZONE)
    readings, views = [ref.Reading(first, 0)], 0
    for k, gain in enumerate(gains, start=1):
        views += gain
        readings.append(ref.Reading(first + k * HOUR, views))
    return Draft(key, PLACE, section, (first,), tuple(readings))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> queries.Edition:
    """T is Wednesday 20 March, 14:30.

    The 13th (Wednesday before): article 1 gains 10 an hour from 00:00 to 24:00, so 145 by 14:30.
    The 20th: article 2 gains 20 an hour from 00:00 to 14:30, so 290; article 3, section b, 5 an hour from 12:30.
    Long before, on 1 February, article 0 was read twice, so that something is known.
    """
    drafts = [
        hourly("0", "2024-02-01T00:00:00", [1, 1], "b"),
        hourly("1", "2024-03-13T00:00:00", [10] * 24),
        Draft("2", PLACE, "a", (at("2024-03-20T00:00:00", ZONE),), (
            ref.Reading(at("2024-03-20T00:00:00", ZONE), 0), ref.Reading(NOW, 290),
        )),
        hourly("3", "2024-03-20T12:30:00", [5, 5], "b"),
        # Published on the 13th after 14:30: not on the other side of a day that is cut there.
        hourly("4", "2024-03-13T20:00:00", [7, 7], "b"),
    ]  # fmt: skip
    house = Newsroom(tmp_path_factory.mktemp("compare"))
    house.add(facts_of(one) for one in drafts)
    house.publish(macros=True)
    found = queries.current(house.settings)
    assert found
    return found


def asker(edition: queries.Edition) -> comparison.Ask:
    def ask(name: str, selection: Selection, **parameters: Any) -> pd.DataFrame:
        return queries.fetch(name, selection, edition, **parameters)

    return ask


TODAYS = Selection(since=TODAY, until=TODAY + DAY)


def by_section(edition: queries.Edition, kind: str, selection: Selection = TODAYS) -> dict[str, tuple[Any, ...]]:
    ask, both = asker(edition), resolve(Comparison.read(kind), selection, asker(edition))
    rows = ask("group_views", both.own, dimension="section")
    others = [ask("group_views", one.selection, dimension="section") for one in both.others]
    out = joined(rows, others, both.others, "value", {"articles": "written", "gained": "read"})
    names = ["articles", "articles_then", "gained", "gained_then"]
    return {row["value"]: tuple(values(pd.Series([row[name] for name in names]))) for _, row in out.iterrows()}


def test_today_stands_beside_the_same_part_of_the_same_weekday(edition: queries.Edition) -> None:
    assert by_section(edition, "weekday") == {"a": (1, 1, 290, 145), "b": (1, 0, 10, 0)}
    (change,) = joined_change(edition, "weekday", "a")
    assert change == pytest.approx(100)


def joined_change(edition: queries.Edition, kind: str, section: str) -> list[Any]:
    ask, both = asker(edition), resolve(Comparison.read(kind), TODAYS, asker(edition))
    rows = ask("group_views", both.own, dimension="section")
    others = [ask("group_views", one.selection, dimension="section") for one in both.others]
    out = joined(rows, others, both.others, "value", {"gained": "read"})
    return list(out.loc[out["value"] == section, "gained_change_percent"])


def test_a_whole_day_stands_beside_a_whole_day(edition: queries.Edition) -> None:
    thirteenth = Selection(since=date(2024, 3, 13), until=date(2024, 3, 14))
    found = by_section(edition, "2024-02-01..2024-02-02", thirteenth)
    assert found == {"a": (1, 0, 240, 0), "b": (1, 1, 14, 2)}


def test_the_period_before_anything_was_known_is_unknown(edition: queries.Edition) -> None:
    assert by_section(edition, "year") == {"a": (1, None, 290, None), "b": (1, None, 10, None)}


def test_four_weeks_before_of_which_one_is_before_all_is_unknown_and_else_their_mean(edition: queries.Edition) -> None:
    # 13 March cut: 145; 6 March, 28 and 21 February: nothing, but 1 February was read before them.
    assert by_section(edition, "mean4")["a"] == (1, 0.25, 290, 36.25)


def test_one_section_beside_another_in_the_same_dates(edition: queries.Edition) -> None:
    ask = asker(edition)
    both = resolve(Comparison.read("section:b"), Selection(TODAY, TODAY + DAY, sections=("a",)), ask)
    (other,) = both.others
    assert (both.own.sections, other.selection.sections, other.shift) == (("a",), ("b",), None)
    rows = [ask("views_gained", one, grain="day") for one in (both.own, other.selection)]
    out, left = aligned(rows[0], rows[1:], both, "day")
    assert (values(out["views"]), values(out["views_then"]), left) == ([290], [10], 0)


def test_without_a_first_day_no_period_lies_before(edition: queries.Edition) -> None:
    both = resolve(Comparison("weekday"), Selection(), asker(edition))
    assert (both.own, both.others) == (Selection(), ())


def test_hours_stand_beside_the_same_hours_up_to_the_minute(edition: queries.Edition) -> None:
    ask, both = asker(edition), resolve(Comparison("weekday"), TODAYS, asker(edition))
    rows = ask("views_gained", TODAYS, grain="hour")
    other = ask("views_gained", both.others[0].selection, grain="hour")
    out, left = aligned(rows, [other], both, "hour")
    assert left == 0
    hours = dict(zip(out["bucket"].dt.hour, values(out["views_then"]), strict=True))
    assert [hours[k] for k in range(14)] == [10] * 14
    assert hours[14] == 5, "the hour of T only to T"
    assert [hours.get(k) for k in range(15, 24)] == [None] * 9


SELECTIONS = {
    "all": Selection(),
    "section": Selection(sections=("a",)),
    "read": Selection(question="read"),
}


@pytest.mark.parametrize("kind", [*PERIODS, "2024-02-01..2024-02-11"])
@pytest.mark.parametrize(("chosen", "length", "ahead"), [("all", 20, 0), ("section", 31, 11), ("read", 7, 0)])
def test_cards_charts_and_tables_say_the_same(
    edition: queries.Edition, kind: str, chosen: str, length: int, ahead: int
) -> None:
    """The period ends with today, or 11 days later."""
    until = TODAY + DAY + ahead * DAY
    selection = replace(SELECTIONS[chosen], since=until - length * DAY, until=until)
    ask, compared = asker(edition), Comparison.read(kind)
    both = resolve(compared, selection, ask)
    custom = {"other_since": str(compared.since), "other_until": str(compared.until)} if compared.since else {}
    cards = ask("compare", selection, against=compared.kind, **custom).set_index("measure")
    for grain in ("hour", "day", "week", "month") if chosen == "all" else ("day", "month"):
        rows = ask("views_gained", selection, grain=grain)
        others = [ask("views_gained", one.selection, grain="hour" if grain == "hour" else "day") for one in both.others]
        out, left = aligned(rows, others, both, grain)
        then = out["views_then"].sum(min_count=1)
        if pd.isna(cards.loc["gained", "other"]):
            assert pd.isna(then)
        elif len(both.others) == 1:
            assert (0 if pd.isna(then) else then) + left == cards.loc["gained", "other"]
        if grain in ("week", "month"):
            assert left == 0, "whole months beside whole months"
    rows = ask("group_views", both.own, dimension="section")
    others = [ask("group_views", one.selection, dimension="section") for one in both.others]
    out = joined(rows, others, both.others, "value", {"articles": "written", "gained": "read"})
    if selection.question == "published":
        assert out["articles"].sum() == cards.loc["articles", "value"]
        wanted = cards.loc["articles", "other"]
        assert pd.isna(wanted) or out["articles_then"].sum() == pytest.approx(wanted)
    elif not pd.isna(cards.loc["gained", "other"]):
        assert out["gained_then"].sum() == pytest.approx(cards.loc["gained", "other"])


# -- the hours of the week, groups over time, counts, single articles --------------------------------------------------
def cells_of(edition: queries.Edition, kind: str) -> dict[tuple[int, int], tuple[Any, ...]]:
    both = resolve(Comparison.read(kind), TODAYS, asker(edition))
    rows, _left = comparison.answer("hour_weekday", both, TODAYS, asker(edition), {})
    names = [f"{name}{end}" for name in ("views_per_hour", "articles_published") for end in ("", "_then", "_note")]
    return {
        (row["weekday"], row["hour"]): tuple(values(pd.Series([row[n] for n in names]))) for _, row in rows.iterrows()
    }


def test_a_field_of_the_week_stands_beside_the_same_field_up_to_the_minute(edition: queries.Edition) -> None:
    found = cells_of(edition, "weekday")
    assert found[3, 0] == (20, 10, None, 1, 1, None)
    assert found[3, 12] == (22, 10, None, 1, 0, "new")
    assert found[3, 14] == (13, 5, None, 0, 0, None), "the hour of T only to T, on both sides"
    assert found[3, 20] == (None, None, None, 0, 0, None), "article 4 was published after the cut"
    assert found[2, 10][:3] == (None, None, None), "nobody was read on a Tuesday: unknown, not 0"


def test_fields_of_a_period_before_anything_was_read_are_unknown(edition: queries.Edition) -> None:
    assert {cell[1] for cell in cells_of(edition, "year").values()} == {None}
    assert {cell[4] for cell in cells_of(edition, "year").values()} == {None}


@pytest.mark.parametrize("kind", ["previous", "weekday", "month", "2024-02-01..2024-02-11"])
@pytest.mark.parametrize("chosen", ["all", "section"])
def test_fields_and_counts_add_up_to_the_cards_on_both_sides(edition: queries.Edition, kind: str, chosen: str) -> None:
    selection = replace(SELECTIONS[chosen], since=TODAY - 19 * DAY, until=TODAY + DAY)
    ask, compared = asker(edition), Comparison.read(kind)
    both = resolve(compared, selection, ask)
    custom = {"other_since": str(compared.since), "other_until": str(compared.until)} if compared.since else {}
    cards = ask("compare", selection, against=compared.kind, **custom).set_index("measure")
    if pd.isna(cards.loc["gained", "other"]):
        pytest.skip("nothing was known then")
    for side, column in ((both.own, "value"), (both.others[0].selection, "other")):
        hours = ask("hour_weekday", side)
        assert hours["views"].sum() == cards.loc["gained", column]
        assert hours["articles_published"].sum() == cards.loc["articles", column]
    for grain in ("day", "week", "month"):
        rows, left = comparison.answer("release_trend", both, selection, ask, {"grain": grain})
        assert rows["articles"].sum() == cards.loc["articles", "value"]
        assert rows["articles_then"].sum() + left == cards.loc["articles", "other"]


def trend_of(edition: queries.Edition, kind: str, **more: Any) -> dict[str, tuple[Any, ...]]:
    both = resolve(Comparison.read(kind), TODAYS, asker(edition))
    rows, _left = comparison.answer(
        "group_trend", both, TODAYS, asker(edition), {"dimension": "section", "grain": "day", **more}
    )
    names = ["views", "views_then", "share", "share_then"]
    return {row["value"]: tuple(values(pd.Series([row[n] for n in names]))) for _, row in rows.iterrows()}


def test_groups_over_time_have_the_same_part_of_the_other_day(edition: queries.Edition) -> None:
    assert trend_of(edition, "weekday") == {"a": (290, 145, 290 / 300, 1), "b": (10, 0, 10 / 300, 0)}
    assert trend_of(edition, "year") == {"a": (290, None, 290 / 300, None), "b": (10, None, 10 / 300, None)}


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_groups_over_time_equal_those_asked_of_the_other_period(edition: queries.Edition, grain: str) -> None:
    selection = Selection(TODAY - 13 * DAY, TODAY + DAY)
    ask, both = asker(edition), resolve(Comparison("weekday"), selection, asker(edition))
    rows, left = comparison.answer("group_trend", both, selection, ask, {"dimension": "section", "grain": grain})
    other = ask("group_trend", both.others[0].selection, dimension="section", grain="day")
    assert left == 0
    then = {"a": 0, "b": 0} | other.groupby("value")["views"].sum().to_dict()
    assert rows.groupby("value")["views_then"].sum().to_dict() == {value: then[value] for value in set(rows["value"])}
    own = ask("group_trend", selection, dimension="section", grain=grain)
    assert rows["views"].sum() == own["views"].sum(), "the own side is what it is without a comparison"


def test_one_group_can_stand_beside_each_of_the_others(edition: queries.Edition) -> None:
    ask, both = asker(edition), resolve(Comparison.read("section:b"), TODAYS, asker(edition))
    rows = ask("group_trend", TODAYS, dimension="section", grain="day")
    whole = ask("views_gained", TODAYS, grain="day")
    own = rows[rows["value"] == "a"]
    found, _left = comparison.trended(own, whole, [(rows, whole)], both, "day", instead="b")
    assert found[["value", "views", "views_then", "share_then"]].to_dict("records") == [
        {"value": "a", "views": 290, "views_then": 10, "share_then": 10 / 300}
    ]


def test_counts_of_a_day_without_articles_are_none_and_not_unknown(edition: queries.Edition) -> None:
    selection = Selection(date(2024, 3, 13), date(2024, 3, 16))
    ask, both = asker(edition), resolve(Comparison.read("2024-03-05..2024-03-08"), selection, asker(edition))
    rows, left = comparison.answer("release_trend", both, selection, ask, {"grain": "day"})
    assert (values(rows["articles"]), values(rows["articles_then"]), left) == ([2, 0, 0], [0, 0, 0], 0)
    early = resolve(Comparison("year"), selection, ask)
    rows, _left = comparison.answer("release_trend", early, selection, ask, {"grain": "day"})
    assert set(values(rows["articles_then"])) == {None}


def test_single_articles_by_hand() -> None:
    days = pd.to_datetime
    rows = pd.DataFrame(
        {
            "article": [1, 2, 3, 4, 5],
            "gained": [10, 10, 10, 10, 10],
            "published_day": days(["2024-01-01", "2024-03-12", "2024-01-01", None, "2024-01-01"]),
            # Of 3 views were there at its first reading, in the middle of the other period; of 4 long before it.
            "known_from": days([None, None, "2024-03-06", "2024-01-05", None]),
            "read_to": days(["2024-03-20", "2024-03-20", "2024-03-20", "2024-03-20", "2024-02-01"]),
        }
    )
    other = pd.DataFrame({"article": [1, 3, 9], "gained": [20, 7, 99]})
    shift = comparison.Shift(date(2024, 3, 4), date(2024, 3, 11), 7)
    found = comparison.by_article(rows, [other], [Side(Selection(), shift)])
    assert values(found["gained_then"]) == [20, 0, None, 0, None]
    assert values(found["gained_note"]) == [None, "new", None, "new", None]
    assert values(found["gained_change_percent"]) == [-50, None, None, None, None]
    assert list(found["article"]) == [1, 2, 3, 4, 5], "what was read then alone is in no row"
    unknown = comparison.by_article(rows, [other], [Side(Selection(), shift, read_known=False)])
    assert set(values(unknown["gained_then"])) == {None}


def test_articles_gained_add_up_to_the_card_however_few_are_listed(edition: queries.Edition) -> None:
    thirteenth = Selection(date(2024, 3, 13), date(2024, 3, 14), question="read")
    rows = asker(edition)("articles_gained", thirteenth)
    assert (list(rows["gained"]), set(rows["of_gained"]), set(rows["of_articles"])) == ([240, 14], {254}, {2})
    first = asker(edition)("articles_gained", thirteenth, articles=str(rows["article"].iloc[1]))
    assert (list(first["gained"]), list(first["of_gained"])) == ([14], [254])


def test_what_has_no_place_is_said_in_the_reader_s_language() -> None:
    assert left_out(0, Language("en")) == ()
    assert left_out(1234.0, Language("en"))[0].startswith("1,234 of the other side stand in no bucket")
    assert "no bucket" not in left_out(3.0, Language("ru"))[0] + left_out(3.0, Language("kk"))[0]


# -- places of days ---------------------------------------------------------------------------------------------------
def placed(kind: str, since: str, until: str, grain: str) -> tuple[dict[str, Any], float]:
    """The other period's days with 1 view each, by the own bucket that they stand beside."""
    low, high = date.fromisoformat(since), date.fromisoformat(until)
    sides = tuple(Side(Selection(), one) for one in shifts(Comparison.read(kind), low, high))
    both = comparison.Beside(Comparison.read(kind), Selection(), sides, low, high)
    starts = pd.date_range(low, high - DAY)
    if grain == "month":
        starts = pd.DatetimeIndex(sorted({day.replace(day=1) for day in starts}))
    rows = pd.DataFrame({"bucket": starts, "views": 1})
    others = []
    for one in both.others:
        assert one.shift
        days = pd.date_range(one.shift.since, one.shift.until - DAY)
        others.append(pd.DataFrame({"bucket": days, "views": 1}))
    out, left = aligned(rows, others, both, grain)
    return {str(b.date()): n for b, n in zip(out["bucket"], values(out["views_then"]), strict=True)}, left


def test_the_days_of_a_longer_month_have_no_place_by_the_day_but_by_the_month() -> None:
    days, left = placed("month", "2023-02-01", "2023-03-01", "day")
    assert (len(days), set(days.values()), left) == (28, {1}, 3)
    assert placed("month", "2023-02-01", "2023-03-01", "month") == ({"2023-02-01": 31}, 0)


def test_the_last_days_of_a_longer_month_stand_beside_nothing() -> None:
    days, left = placed("month", "2023-03-01", "2023-04-01", "day")
    assert (days["2023-03-28"], days["2023-03-29"], left) == (1, None, 0)


def test_two_months_stand_beside_two_months_each_by_its_own() -> None:
    assert placed("month", "2023-02-01", "2023-04-01", "month") == ({"2023-02-01": 31, "2023-03-01": 31}, 0)


def test_a_leap_day_a_year_ago_has_no_day_beside() -> None:
    days, left = placed("year-calendar", "2025-02-27", "2025-03-02", "day")
    assert (days, left) == ({"2025-02-27": 1, "2025-02-28": 1, "2025-03-01": 1}, 1)
