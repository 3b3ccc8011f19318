"""Questions about currency figures, on stores small enough to be checked by hand, and on random ones by brute force."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from newsrooms import Facts, Newsroom, site
from readership import queries
from readership.errors import UsageError
from readership.models import OfficialRate
from readership.queries import Selection
from readership.rates import OfficialDays, on_day
from readership.store.ids import article_id

EL = replace(site("el.test", "Asia/Almaty"), quote_currency="KZT", rate_order=("USD", "EUR", "RUB"))
KG = replace(site("kg.test", "Asia/Bishkek"), quote_currency="KGS")
NOBODY = "nobody.test"
"""A site without an entry: its quote currency is not known."""
TRIPLE = {"USD": 443.85, "EUR": 474.3, "RUB": 4.8}
WEDNESDAY = date(2024, 4, 24)


def moment(text: str) -> datetime:
    """An Almaty wall-clock time as naive UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC).replace(tzinfo=None)


def printed(
    at: str | datetime | None,
    figures: dict[str, float | str],
    *,
    key: str = "1",
    place: str = "el.test",
    quote: str | None = "KZT",
    copy: int = 0,
    certain: bool = True,
    labelled: bool = False,
    basis: str | None = None,
) -> Facts:
    """One capture of an article with its header."""
    when = moment(at) if isinstance(at, str) else at
    article, basis = article_id(place, key), basis or ("given" if when else "unknown")
    capture = f"{place}/{key}/{when}/{sorted(figures.items())}/{copy}"
    known = {"captured_at": when, "captured_at_basis": basis}
    return {
        "article": [{"article": article, "site": place, "article_key": key}],
        "article_revision": [{"article": article, "revision": "r", "title": f"T{key}", "body": "b"}],
        "capture": [{"capture": capture, "article": article, "origin": "page", "revision": "r", **known}],
        "header_rate": [
            {
                "capture": capture, "site": place, "currency": code, "value": Decimal(str(value)), "quote": quote,
                "labelled": labelled, "certain": certain, "position": n, **known,
            }
            for n, (code, value) in enumerate(figures.items(), 1)
        ],
    }  # fmt: skip


def official(
    day: date, figures: dict[str, float | str], *, source: str = "NBK", quote: str = "KZT", quant: int = 1
) -> Facts:
    """Official rates of a day."""
    return {
        "official_rate": [
            {"source": source, "day": day, "currency": code, "quote": quote, "value": Decimal(str(value)),
             "quant": Decimal(quant), "change": None}
            for code, value in figures.items()
        ]
    }  # fmt: skip


def read(at: str, key: str = "1", views: int = 10) -> Facts:
    """A reading of a counter, which makes an edition's as-of."""
    article = article_id("el.test", key)
    return {
        "article": [{"article": article, "site": "el.test", "article_key": key}],
        "observation": [
            {"article": article, "meter": "public", "observed_at": moment(at), "views": views, "capture": f"o{at}"}
        ],
    }


def written(day: date, key: str, place: str = "el.test") -> Facts:
    """An article published on a day."""
    article = article_id(place, key)
    row = {"article": article, "revision": "r", "title": f"T{key}", "body": "b", "published_day": day,
           "published_local": day.isoformat(), "published_precision": "day"}  # fmt: skip
    return {"article": [{"article": article, "site": place, "article_key": key}], "article_revision": [row]}


Ask = Callable[..., list[dict[str, Any]]]
Made = Callable[..., Ask]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Publishes facts; what it gives answers questions as rows, NULL as None."""

    def make(*facts: Facts) -> Ask:
        room = Newsroom(tmp_path, sites=(EL, KG), now=datetime(2024, 6, 1, tzinfo=UTC))
        room.add(facts)
        room.publish(macros=True)
        edition = queries.current(room.settings)
        assert edition

        def ask(name: str, selection: Selection | None = None, **params: Any) -> list[dict[str, Any]]:
            return plain(queries.fetch(name, selection or Selection(), edition, **params))

        return ask

    return make


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None for unknown, days as dates, figures as they are."""

    def cell(name: str, value: Any) -> Any:
        if pd.isna(value):
            return None
        if isinstance(value, pd.Timestamp):
            return value.to_pydatetime() if name.endswith("_at") else value.date()
        return round(value, 9) if isinstance(value, float) else value

    return [{str(name): cell(str(name), value) for name, value in row.items()} for row in frame.to_dict("records")]


def only(rows: Iterable[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


# -- the strip ---------------------------------------------------------------------------------------------------------
def test_nothing_captured_gives_no_row(made: Made) -> None:
    ask = made(read("2024-04-24T10:00"), official(WEDNESDAY, TRIPLE))
    for name in ("header_latest", "header_trend", "header_rates", "rate_clashes", "matched_captures"):
        assert ask(name) == [], name


def test_the_newest_capture_stands_with_both_changes_and_their_moments(made: Made) -> None:
    ask = made(
        printed("2024-04-22T18:00", {"USD": 440}),
        printed("2024-04-22T23:55", {"USD": 441}),
        printed("2024-04-24T00:05", {"USD": 443}),
        printed("2024-04-24T00:10", {"USD": 443.5}),
    )
    row = only(ask("header_latest"))
    assert (row["value"], row["captures"], row["captured_at"]) == (443.5, 1, moment("2024-04-24T00:10"))
    assert (row["previous"], row["previous_at"], row["change"]) == (443.0, moment("2024-04-24T00:05"), 0.5)
    assert row["change_percent"] == pytest.approx(100 * 0.5 / 443)
    assert (row["day_before"], row["day_value"], row["day_change"]) == (date(2024, 4, 22), 441.0, 2.5)


def test_a_first_capture_has_no_change(made: Made) -> None:
    row = only(made(printed("2024-04-24T10:00", {"USD": 443.85}))("header_latest"))
    for name in ("previous", "previous_at", "change", "change_percent", "day_before", "day_value", "day_change",
                 "official", "official_day", "official_source", "matched_day", "stale"):  # fmt: skip
        assert row[name] is None, name


def test_captures_of_a_moment_that_differ_are_told_and_never_averaged(made: Made) -> None:
    ask = made(
        printed("2024-04-23T10:00", {"USD": 444}),
        printed("2024-04-24T10:00", {"USD": 440}, key="1"),
        printed("2024-04-24T10:00", {"USD": 446}, key="2"),
        printed("2024-04-24T10:00", {"USD": 446}, key="3"),
    )
    row = only(ask("header_latest"))
    assert (row["value"], row["captures"], row["low"], row["high"], row["disagree"]) == (446.0, 2, 440.0, 446.0, True)
    assert row["change"] == 2.0, "against the moment before, not against the other figure of this one"
    seen = ask("header_rates")
    assert [(one["value"], one["captures"], one["disagree"], one["previous"]) for one in seen] == [
        (446.0, 2, True, 444.0), (440.0, 1, True, 444.0), (444.0, 1, False, None),
    ]  # fmt: skip


def test_captures_that_agree_count_together_however_their_moment_is_known(made: Made) -> None:
    ask = made(
        printed("2024-04-24T10:00", {"USD": 444}, key="1", basis="given"),
        printed("2024-04-24T10:00", {"USD": 444}, key="2", basis="warc", labelled=True),
    )
    for name in ("header_latest", "header_rates"):
        row = only(ask(name))
        assert (row["captures"], row["disagree"], row["labelled"]) == (2, False, False), name


def test_captures_without_a_moment_have_no_change_and_say_when_they_differ(made: Made) -> None:
    ask = made(printed(None, {"USD": 440}, key="1"), printed(None, {"USD": 446}, key="2"))
    row = only(ask("header_latest"))
    assert (row["captured_at"], row["captured_at_basis"], row["previous"], row["change"]) == (
        None,
        "unknown",
        None,
        None,
    )
    assert (row["low"], row["high"], row["disagree"]) == (440.0, 446.0, True)
    assert not any(one["disagree"] for one in ask("header_rates")), "they are not of one moment"


def test_a_known_moment_is_preferred_to_none(made: Made) -> None:
    ask = made(printed(None, {"USD": 500}, key="1"), printed("2024-04-24T10:00", {"USD": 444}, key="2"))
    row = only(ask("header_latest"))
    assert (row["value"], row["disagree"], row["previous"]) == (444.0, False, None)


def test_the_seeds_header_is_undated_until_official_rates_date_it(made: Made) -> None:
    before = made(printed(None, TRIPLE))
    assert {row["captured_at_basis"] for row in before("header_latest")} == {"unknown"}
    assert only(before("matched_captures"))["captured_at_basis"] == "unknown"


def test_with_official_rates_of_april_the_seeds_header_is_matched(made: Made) -> None:
    ask = made(
        printed(None, TRIPLE),
        official(date(2024, 4, 20), {"USD": 430, "EUR": 460, "RUB": 4.6}),
        official(WEDNESDAY, {"USD": 444.32, "EUR": 473.33, "RUB": 4.76}),
        official(date(2024, 4, 25), {"USD": 443.35, "EUR": 474.9, "RUB": 4.79}),
        official(date(2024, 4, 26), {"USD": 443.35, "EUR": 474.9, "RUB": 4.79}),
    )
    capture = only(ask("matched_captures"))
    assert (capture["captured_at_basis"], capture["candidates"]) == ("matched-rates", 3)
    assert (capture["first_day"], capture["last_day"]) == (WEDNESDAY, date(2024, 4, 26))
    assert capture["day"] == date(2024, 4, 25), "of days equally near the first"
    assert capture["deviation_percent"] == pytest.approx(100 * 0.01 / 4.79)
    for row in ask("header_latest"):
        assert (row["captured_at"], row["captured_at_basis"]) == (None, "matched-rates")
        assert (row["matched_day"], row["candidates"], row["official_day"]) == (date(2024, 4, 25), 3, date(2024, 4, 25))


@pytest.mark.parametrize(("read_at", "stale"), [("2024-04-26T10:00", False), ("2024-04-26T10:01", True), (None, None)])
def test_a_figure_is_old_48_hours_before_the_newest_reading(
    made: Made, read_at: str | None, stale: bool | None
) -> None:
    facts = [printed("2024-04-24T10:00", {"USD": 444})]
    if read_at:
        facts.append(read(read_at, key="2"))
    assert only(made(*facts)("header_latest"))["stale"] is stale


def test_uncertain_labels_and_unknown_quotes_stay_so(made: Made) -> None:
    ask = made(
        printed("2024-04-24T10:00", {"USD": 4.8, "EUR": 443.85}, certain=False, place=NOBODY, quote=None),
        official(WEDNESDAY, TRIPLE),
    )
    row = only(ask("header_latest"), currency="USD")
    assert (row["certain"], row["quote"], row["official"]) == (False, None, None)
    pairs = ask("rate_pairs")
    assert only(pairs, currency="USD", quote=None)["captures"] == 1
    days = ask("rate_days", currency="USD", quote="")
    assert [(one["header"], one["official"], one["certain"]) for one in days] == [(4.8, None, False)]


def test_the_trend_has_no_row_for_a_day_without_a_capture(made: Made) -> None:
    ask = made(
        printed("2024-03-01T10:00", {"USD": 400}),
        printed("2024-04-22T10:00", {"USD": 441}),
        printed("2024-04-22T12:00", {"USD": 442}),
        printed("2024-04-24T10:00", {"USD": 444}),
    )
    assert [(row["day"].day, row["value"]) for row in ask("header_trend")] == [(22, 442.0), (24, 444.0)]


# -- official rates ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("late", "known"), [(0, True), (10, True), (11, False)])
def test_an_official_rate_is_carried_ten_days_and_names_its_own(made: Made, late: int, known: bool) -> None:
    day = WEDNESDAY + timedelta(days=late)
    ask = made(
        printed(f"{day}T10:00", {"USD": 444}), official(WEDNESDAY, {"USD": 444.32}), written(day, "w"),
    )  # fmt: skip
    wanted = (444.32, WEDNESDAY, "NBK") if known else (None, None, None)
    for name, more in (("header_latest", {}), ("header_rates", {}), ("articles_with_rates", {"currency": "USD"})):
        row = only([one for one in ask(name, **more) if one.get("article_key") in (None, "w")])
        assert (row["official"], row["official_day"], row["official_source"]) == wanted, name
    row = only(ask("rate_days"), day=day)
    assert (row["official"], row["official_day"], row["source"]) == wanted
    found = ask("convert", from_currency="USD", to_currency="KZT", day=day.isoformat())
    assert [one["rate"] for one in found] == ([444.32] if known else [])


def test_rates_are_shown_in_the_base_that_is_asked_for(made: Made) -> None:
    ask = made(
        printed("2024-04-23T10:00", {"USD": 400}),
        printed("2024-04-24T10:00", {"USD": 500}),
        official(date(2024, 4, 22), {"USD": 40_000}, quant=100),
        official(WEDNESDAY, {"USD": 420}),
    )

    def shown(base: str) -> list[tuple[Any, ...]]:
        return [(row["header"], row["official"], row["difference"]) for row in ask("rate_days", base=base)]

    assert shown("quote") == [(None, 400.0, None), (400.0, 400.0, 0.0), (500.0, 420.0, 80.0)]
    per_unit = round(1 / 420, 9)
    assert shown("unit")[:2] == [(None, 0.0025, None), (0.0025, 0.0025, 0.0)]
    assert shown("unit")[2] == (0.002, per_unit, round(0.002 - per_unit, 9))
    assert shown("index") == [(None, 100.0, None), (100.0, 100.0, 0.0), (125.0, 105.0, 20.0)]
    assert [row["difference_percent"] for row in ask("rate_days", base="index")][2] == pytest.approx(100 * 80 / 420)
    for wrong in ("price", "", "100"):
        with pytest.raises(UsageError, match="can't take one of these values"):
            ask("rate_days", base=wrong)


def test_a_pair_that_no_header_prints_is_shown_by_its_official_days(made: Made) -> None:
    ask = made(printed("2024-04-24T10:00", {"USD": 444}), official(WEDNESDAY, {"USD": 444, "AMD": 1.14}))
    assert [(row["currency"], row["captures"], row["official_days"]) for row in ask("rate_pairs")] == [
        ("USD", 1, 1), ("AMD", 0, 1),
    ]  # fmt: skip
    (row,) = ask("rate_days", currency="AMD", quote="KZT")
    assert (row["site"], row["header"], row["official"]) == (None, None, 1.14)


def test_changes_name_the_day_they_are_against_and_have_none_where_nothing_is_near(made: Made) -> None:
    ask = made(
        printed("2024-04-24T10:00", {"USD": 444}),
        printed("2024-04-23T10:00", {"USD": 440}),
        printed("2024-04-10T10:00", {"USD": 430}),  # fourteen days before: a week, and a week older at most
        printed("2024-03-16T10:00", {"USD": 420}),  # eight days before the day a month back
        official(WEDNESDAY, {"USD": 444.32}, source="demo"),
    )
    rows = ask("rate_changes", currency="USD", quote="KZT")
    told = {row["over"]: (row["before_day"], row["change"]) for row in rows if row["kind"] == "header"}
    assert told == {
        "day": (date(2024, 4, 23), 4.0), "week": (date(2024, 4, 10), 14.0), "month": (None, None), "year": (None, None),
    }  # fmt: skip
    assert {row["site"] for row in rows if row["kind"] == "official"} == {"demo"}


@pytest.mark.parametrize(
    ("start", "goal", "rate", "via", "source"),
    [
        ("USD", "KZT", 444.32, None, "NBK"),
        ("KZT", "USD", 1 / 444.32, None, "NBK"),
        ("EUR", "RUB", 473.33 / 4.76, "KZT", "NBK"),
        ("UZS", "KZT", 0.035, None, "NBK"),
        ("GBP", "CHF", 0.97 / 0.86, "EUR", "ECB"),
        ("KGS", "USD", 5.0 / 444.32, "KZT", "own desk, NBK"),
    ],
)
def test_amounts_are_converted_directly_backwards_or_through_a_third(
    made: Made, start: str, goal: str, rate: float, via: str | None, source: str
) -> None:
    ask = made(
        official(WEDNESDAY, {"USD": 444.32, "EUR": 473.33, "RUB": 4.76}),
        official(WEDNESDAY, {"UZS": 3.5}, quant=100),
        official(WEDNESDAY, {"EUR": 0.86}, source="ECB", quote="GBP"),
        official(WEDNESDAY, {"EUR": 0.97}, source="ECB", quote="CHF"),
        official(WEDNESDAY, {"KGS": 5}, source="own desk"),
        read("2024-04-24T10:00"),
    )
    (row,) = ask("convert", amount=20, from_currency=start, to_currency=goal, day="2024-04-27")
    assert row["rate"] == pytest.approx(rate, rel=1e-6)
    assert row["result"] == pytest.approx(20 * rate, rel=1e-6)
    assert (row["via"], row["source"], row["official_day"]) == (via, source, WEDNESDAY)


@pytest.mark.parametrize(("start", "goal"), [("USD", "USD"), ("USD", "XYZ"), ("GBP", "KZT"), ("", "")])
def test_what_can_t_be_converted_gives_no_row(made: Made, start: str, goal: str) -> None:
    ask = made(
        official(WEDNESDAY, {"USD": 444.32}), official(WEDNESDAY, {"CHF": 1.1}, quote="GBP", source="x"),
        read("2024-04-24T10:00"),
    )  # fmt: skip
    assert ask("convert", from_currency=start, to_currency=goal) == []


def test_articles_stand_beside_the_rate_of_their_own_site_s_quote_currency(made: Made) -> None:
    ask = made(
        written(date(2024, 4, 27), "a"),
        written(date(2024, 4, 27), "b", "kg.test"),
        written(date(2024, 4, 27), "c", NOBODY),
        official(date(2024, 4, 26), {"USD": 443.15}),
        official(date(2024, 4, 26), {"USD": 89.1}, quote="KGS", source="desk"),
    )
    rows = ask("articles_with_rates", currency="USD")
    told = {row["article_key"]: (row["official"], row["quote"], row["official_day"]) for row in rows}
    friday = date(2024, 4, 26)
    assert told == {"a": (443.15, "KZT", friday), "b": (89.1, "KGS", friday), "c": (None, None, None)}
    alike = ask("articles")
    assert [{name: row[name] for name in alike[0]} for row in rows] == alike


# -- clashes and matched days ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("figures", "clash"),
    [
        ({"USD": 444.3, "EUR": 473, "RUB": 4.8}, None),
        ({"USD": 454, "EUR": 473, "RUB": 4.8}, "USD"),
        ({"USD": 452, "EUR": 473, "RUB": 4.8}, None),  # within 1 % of the day after
        ({"USD": 444.3, "EUR": 473, "RUB": 4.9}, "RUB"),
        ({"USD": 444.3, "EUR": 473, "RUB": 5}, None),  # 4.76 without decimals
        ({"USD": 444.3, "EUR": 999, "RUB": 3}, "EUR"),
        ({"AMD": 999}, None),
    ],
)
def test_headers_off_the_days_around_their_capture_are_clashes(
    made: Made, figures: dict[str, float], clash: str | None
) -> None:
    ask = made(
        printed("2024-04-24T10:00", figures),
        official(WEDNESDAY, {"USD": 444.32, "EUR": 473.33, "RUB": 4.76, "AMD": 1.1}),
        official(date(2024, 4, 25), {"USD": 449.2, "EUR": 473.33, "RUB": 4.76, "AMD": 1.1}),
    )
    assert [row["currency"] for row in ask("rate_clashes")] == ([clash] if clash else [])


def test_without_official_rates_nothing_clashes(made: Made) -> None:
    assert made(printed("2024-04-24T10:00", {"USD": 1}))("rate_clashes") == []


def test_matched_days_count_as_read_only_when_asked_for(made: Made) -> None:
    ask = made(
        printed(None, TRIPLE, key="undated"),
        official(WEDNESDAY, {"USD": 444.32, "EUR": 473.33, "RUB": 4.76}),
    )
    april = Selection(since=date(2024, 4, 1), until=date(2024, 5, 1), question="read")
    assert ask("articles", april) == []
    assert [row["article_key"] for row in ask("articles", replace(april, matched=True))] == ["undated"]
    may = replace(april, since=date(2024, 5, 1), until=date(2024, 6, 1), matched=True)
    assert ask("articles", may) == []
    assert ask("articles", replace(april, question="published", matched=True)) == []


def test_markers_lay_days_side_by_side_and_leave_unknown_views_unknown(made: Made) -> None:
    topical = written(WEDNESDAY, "e")
    article = topical["article"][0]["article"]
    topical["article_topic"] = [
        {"article": article, "revision": "r", "topic": "economy-business-finance", "score": 0.9, "words": ""}
    ]
    ask = made(topical, printed("2024-04-25T10:00", {"USD": 444}, key="p"), official(WEDNESDAY, {"USD": 444.32}))
    rows = ask("rate_markers", currency="USD", quote="KZT")
    assert [(row["day"].day, row["articles"], row["gained"], row["header"], row["official"]) for row in rows] == [
        (24, 1, None, None, 444.32), (25, 0, None, 444.0, 444.32),
    ]  # fmt: skip


# -- nothing is made up ------------------------------------------------------------------------------------------------
CODES = ("USD", "EUR", "RUB")


def random_facts(rng: random.Random) -> tuple[list[Facts], list[OfficialRate]]:
    """Headers and official rates in disorder: undated, repeated, disputed, of other quotes, with long gaps."""
    facts: list[Facts] = []
    for n in range(rng.randrange(1, 40)):
        at = None if rng.random() < 0.3 else datetime(2024, 4, 1) + timedelta(minutes=rng.randrange(0, 50_000, 500))
        place, quote = rng.choice([("el.test", "KZT"), ("kg.test", "KGS"), (NOBODY, None)])
        codes = rng.sample(CODES, rng.randrange(1, 4))
        figures = {code: round(BASE[code] * rng.uniform(0.97, 1.03), rng.choice((0, 1, 2))) or 1 for code in codes}
        facts.append(printed(at, figures, key=str(n % 7), place=place, quote=quote, copy=n, certain=rng.random() < 0.8))
    rates = [
        OfficialRate(source, date(2024, 4, 1) + timedelta(days=day), code, quote,
                     Decimal(str(round(BASE[code] * quant * rng.uniform(0.99, 1.01), 2))), Decimal(quant))
        for source, quote in (("NBK", "KZT"), ("desk", "KGS"))
        for day in rng.sample(range(45), rng.randrange(0, 12))
        for code in rng.sample(CODES, rng.randrange(1, 4))
        for quant in (rng.choice((1, 10, 100)),)
    ]  # fmt: skip
    facts += [{"official_rate": [{name: getattr(rate, name) for name in
               ("source", "day", "currency", "quote", "value", "quant", "change")}]} for rate in rates]  # fmt: skip
    return facts, rates


BASE = {"USD": 444.0, "EUR": 474.0, "RUB": 4.8}
PLACES = {"el.test": "Asia/Almaty", "kg.test": "Asia/Bishkek", NOBODY: "UTC"}


@pytest.mark.parametrize("seed", range(8))
def test_no_store_yields_a_figure_that_was_not_put_in(made: Made, seed: int) -> None:
    facts, rates = random_facts(random.Random(seed))
    ask = made(*facts)
    rows = [row for one in facts for row in one.get("header_rate", ())]

    def held(code: str, quote: str | None, day: date | None) -> tuple[float, date] | tuple[None, None]:
        mine = {rate.day: rate for rate in rates if (rate.currency, rate.quote) == (code, quote)}
        found = on_day(mine, day) if day else None
        return (round(float(round(found.per_unit, 6)), 9), found.day) if found else (None, None)

    def local(row: dict[str, Any]) -> date:
        at: datetime = row["captured_at"]
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(PLACES[row["site"]])).date()

    seen = {(row["site"], row["currency"], row["captured_at"]) for row in rows}
    latest = ask("header_latest")
    assert {(row["site"], row["currency"]) for row in latest} == {key[:2] for key in seen}
    for row in latest:
        mine = [one for one in rows if (one["site"], one["currency"]) == (row["site"], row["currency"])]
        dated = sorted({one["captured_at"] for one in mine if one["captured_at"]})
        newest = dated[-1] if dated else None
        now = [float(one["value"]) for one in mine if one["captured_at"] == newest]
        assert row["captured_at"] == newest
        assert row["value"] in now
        assert row["captures"] == now.count(row["value"])
        assert (row["low"], row["high"], row["disagree"]) == (min(now), max(now), min(now) < max(now))
        before = [float(one["value"]) for one in mine if dated[1:] and one["captured_at"] == dated[-2]]
        assert row["previous"] in (before or [None])
        day = row["matched_day"] if newest is None else local(row)
        assert (row["official"], row["official_day"]) == held(row["currency"], row["quote"], day)
    for row in ask("rate_days"):
        mine = [one for one in rows if (one["site"], one["currency"]) == (row["site"], row["currency"])]
        that_day = [float(one["value"]) for one in mine if one["captured_at"] and local(one) == row["day"]]
        assert row["header"] in (that_day or [None])
        assert row["captures"] == (len(that_day) or None)
        assert (row["official"], row["official_day"]) == held(row["currency"], row["quote"], row["day"])


@pytest.mark.parametrize("seed", range(8))
def test_matched_days_are_those_of_the_pure_rule(made: Made, seed: int) -> None:
    facts, rates = random_facts(random.Random(1000 + seed))
    ask = made(*facts)
    judges = {"KZT": OfficialDays(rates), "KGS": OfficialDays(rates, source="desk", quote="KGS")}
    undated = [
        one["header_rate"] for one in facts if one.get("header_rate") and not one["header_rate"][0]["captured_at"]
    ]
    wanted = []
    for header in undated:
        figures = {row["currency"]: row["value"] for row in header}
        judge = judges.get(header[0]["quote"] or "")
        match = judge.match(figures) if judge and len(figures) == 3 else None
        if len(figures) == 3:
            first = match.candidates[0].day if match else None
            wanted.append((float(figures["USD"]), len(match.candidates) if match else 0, first))
    found = [(row["usd"], row["candidates"], row["day"]) for row in ask("matched_captures")]
    assert sorted(found, key=str) == sorted(wanted, key=str)
