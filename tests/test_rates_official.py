"""Official feeds of rates: both forms of the National Bank, the ECB's, CSV, and every way they are known to fail."""

from __future__ import annotations

import re
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readership.models import OfficialRate
from readership.rates import official
from readership.rates.official import on_day, read

FEEDS = Path(__file__).parents[1] / "data" / "samples" / "rates"
DAY = (
    "<rates><date>{date}</date><item><fullname>{name}</fullname><title>{title}</title>"
    "<description>{value}</description><quant>{quant}</quant><index></index><change>{change}</change></item></rates>"
)
GOOD = {
    "date": "24.04.2024",
    "name": "ДОЛЛАР США",
    "title": "USD",
    "value": "444.32",
    "quant": "1",
    "change": "-0.78",
}
CSV_HEAD = "date,currency,value,quant\n"


def sample(name: str) -> tuple[list[OfficialRate], list[str]]:
    rates, rejects = read((FEEDS / name).read_bytes(), name)
    return rates, [reject.reason for reject in rejects]


def nbk(**changes: str) -> bytes:
    return DAY.format(**(GOOD | changes)).encode()


def known(rates: list[OfficialRate], day: date) -> dict[str, Decimal]:
    return {rate.currency: rate.value for rate in rates if rate.day == day}


@pytest.mark.parametrize("name", ["nbk-2024-04-24.xml", "nbk-current.xml"])
def test_both_forms_of_the_national_bank_give_the_known_figures(name: str) -> None:
    rates, reasons = sample(name)
    figures = known(rates, date(2024, 4, 24))
    assert {code: figures[code] for code in ("USD", "EUR", "RUB")} == {
        "USD": Decimal("444.32"), "EUR": Decimal("473.33"), "RUB": Decimal("4.76"),
    }  # fmt: skip
    assert reasons == []
    assert {(rate.source, rate.quote) for rate in rates} == {("NBK", "KZT")}


def test_quant_and_value_are_kept_apart_as_decimals() -> None:
    rates, _ = sample("nbk-2024-04-24.xml")
    uzs = next(rate for rate in rates if rate.currency == "UZS")
    assert (uzs.value, uzs.quant, uzs.per_unit) == (Decimal("3.5"), Decimal(100), Decimal("0.035"))
    usd = next(rate for rate in rates if rate.currency == "USD")
    assert usd.change == Decimal("-0.78")


def test_a_carried_weekend_is_taken_and_an_empty_one_explained() -> None:
    rates, reasons = sample("nbk-2024-04-27.xml")
    assert (len(rates), reasons, rates[0].change) == (3, [], Decimal("0.00"))
    rates, (reason,) = sample("nbk-2024-04-28.xml")
    assert rates == []
    assert "no rates for 2024-04-28" in reason


def test_the_ecbs_daily_and_history_files_quote_the_euro() -> None:
    daily, _ = sample("eurofxref-daily.xml")
    history, _ = sample("eurofxref-hist.xml")
    assert {(rate.currency, rate.quant) for rate in daily} == {("EUR", Decimal(1))}
    assert set(daily) < set(history)
    assert {rate.day for rate in history} == {date(2024, 4, day) for day in (22, 23, 24)}
    assert next(rate.value for rate in daily if rate.quote == "USD") == Decimal("1.0653")


def test_csv_names_its_source_and_quote() -> None:
    rates, reasons = sample("rates.csv")
    assert reasons == []
    assert {(rate.source, rate.quote) for rate in rates} == {("own desk", "KZT")}
    assert rates[-1].per_unit == Decimal("0.035")


def test_csv_of_four_columns_is_tenge_and_named_after_its_file() -> None:
    (rate,), _ = read(b"\xef\xbb\xbfdate;currency;value;quant\r\n24.04.2024;USD;444,32;1\r\n", "old.zip!a/desk.csv")
    assert rate == OfficialRate("desk", date(2024, 4, 24), "USD", "KZT", Decimal("444.32"), Decimal(1))


def test_spelling_of_the_full_name_does_not_matter() -> None:
    names = ["ДОЛЛАР США", "Доллар  сша", "", "US DOLLAR", "ДОЛЛАР <b>США</b>"]
    assert len({tuple(read(nbk(name=name), "x")[0]) for name in names}) == 1


@pytest.mark.parametrize("start", ["﻿", "﻿\n\n", '\n<?xml version="1.0" encoding="utf-8"?>\n'])
def test_byte_order_marks_and_blank_lines_before_the_prolog_are_understood(start: str) -> None:
    rates, rejects = read(start.encode() + nbk(), "x")
    assert (len(rates), rejects) == (1, [])


def test_utf_16_is_understood() -> None:
    assert len(read(('<?xml version="1.0" encoding="utf-16"?>' + nbk().decode()).encode("utf-16"), "x")[0]) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": "0"}, "rate is zero"),
        ({"value": "0.00"}, "rate is zero"),
        ({"value": ""}, "rate is missing"),
        ({"value": "444,32"}, "no number"),
        ({"value": "-4"}, "no number"),
        ({"value": "NaN"}, "no number"),
        ({"value": "1e5"}, "no number"),
        ({"value": "٤٤٤"}, "no number"),
        ({"quant": ""}, "quant is missing"),
        ({"quant": "0"}, "quant is zero"),
        ({"title": ""}, "currency is missing"),
        ({"title": "ДОЛЛАР"}, "no ISO 4217"),
        ({"title": "US"}, "no ISO 4217"),
        ({"title": "ZZZ"}, "no ISO 4217"),
        ({"title": "XXX"}, "no ISO 4217"),
        ({"date": ""}, "day is missing"),
        ({"date": "31.02.2024"}, "no day"),
        ({"date": "2404.2024"}, "no day"),
        ({"date": "24.04.0024"}, "can't be right"),
    ],
)
def test_a_row_that_says_nothing_usable_is_rejected_with_its_reason(change: dict[str, str], says: str) -> None:
    rates, (reject,) = read(nbk(**change), "feed.xml")
    assert rates == []
    assert says in reject.reason
    assert reject.origin == "feed.xml"


def test_other_rows_stand_when_one_is_rejected() -> None:
    both = nbk(value="0").replace(b"</rates>", nbk(title="EUR", value="473.33").split(b"</date>")[1])
    rates, (reject,) = read(both, "x")
    assert [rate.currency for rate in rates] == ["EUR"]
    assert reject.row == 1


def test_an_unreadable_change_is_unknown_and_not_zero() -> None:
    assert [read(nbk(change=text), "x")[0][0].change for text in ("", "n/a", "+0.51")] == [None, None, Decimal("0.51")]


def test_two_values_for_one_day_give_neither() -> None:
    two = nbk().replace(b"</rates>", nbk(value="445").split(b"</date>")[1])
    rates, (reject,) = read(two, "x")
    assert rates == []
    assert "different values" in reject.reason
    same = nbk().replace(b"</rates>", nbk().split(b"</date>")[1])
    assert len(read(same, "x")[0]) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        (b"\0" * 64, "empty"),
        (b"<!DOCTYPE html><html><body>444.32 Service unavailable</body></html>", "HTML"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<HTML><p>USD 444.32<br></HTML>', "HTML"),
        (b"<rates><date>24.04.2024</date><item>", "broken"),
        (b"<rates/>", "day is missing"),
        (b"<rates><date>24.04.2024</date></rates>", "no rates for 2024-04-24"),
        (b"<rss><channel></channel></rss>", "no rates"),
        (b"<rss/>", "form"),
        (b"<feed><entry>USD 444.32</entry></feed>", "form"),
        (b"<Envelope><Cube><Cube currency='USD' rate='1.1'/></Cube></Envelope>", "no day"),
        (b"PAR1\0\0\0\0", "neither"),
        (b"\x89PNG\xff\xfe\x00", "neither"),
        (b"date,currency,value\n2024-04-24,USD,444.32\n", "no column quant"),
        (b"USD 444.32", "neither"),
        (b"date,currency,value,quant,value\n", "twice"),
    ],
)
def test_a_document_that_is_no_feed_gives_one_reason_and_no_rate(data: bytes, says: str) -> None:
    rates, (reject,) = read(data, "x")
    assert rates == []
    assert says in reject.reason
    assert reject.row is None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2024-04-24,USD,444.32", "cells"),
        ("2024-04-24,USD,,1", "rate is missing"),
        ("2024-04-24,USD,444.32,", "quant is missing"),
        ("2024-13-24,USD,444.32,1", "no day"),
        ("24/04/2024,USD,444.32,1", "no day"),
        ("2024-04-24,dollar,444.32,1", "ISO 4217"),
        ("2024-04-24,KZT,1,1", "in itself"),
        ('2024-04-24,USD,"1,234.5",1', "no number"),
    ],
)
def test_a_csv_row_that_can_not_be_read_is_rejected(row: str, says: str) -> None:
    rates, (reject,) = read((CSV_HEAD + row + "\n").encode(), "x.csv")
    assert rates == []
    assert says in reject.reason


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rates><date>&j;</date></rates>"
)
EXTERNAL = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rates><date>&x;</date></rates>'


@pytest.mark.parametrize(
    "data",
    [
        BILLION,
        EXTERNAL,
        b"<a>" * 10_000_000,
        b"<rates>" + b"<a/>" * 2_000_000 + b"</rates>",
        b"<rates>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</rates>",
        b"<rates " + b" ".join(b'a%d="1"' % n for n in range(1_100_000)) + b"/>",
        b"<" * 1_000_000,
        b"<!--" * 200_000,
        b"x" * (official.MAX_BYTES + 1),
    ],
    ids=["entities", "external", "open", "wide", "deep", "attributes", "brackets", "comments", "large"],
)
def test_bombs_are_refused_within_a_second(data: bytes) -> None:
    start = time.perf_counter()
    rates, rejects = read(data, "x")
    assert rates == []
    assert len(rejects) == 1
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("data", [BILLION, EXTERNAL, b'<!DOCTYPE r [<!ENTITY v "444.32">]>' + nbk(value="&v;")])
def test_entities_are_refused_as_such_even_harmless_ones(data: bytes) -> None:
    rates, (reject,) = read(data, "x")
    assert rates == []
    assert "document type" in reject.reason


def test_a_file_of_nothing_but_bad_rows_is_left_after_a_thousand() -> None:
    rates, rejects = read((CSV_HEAD + "x,\n" * 100_000 + "2024-04-24,USD,444.32,1\n").encode(), "x")
    assert (rates, len(rejects)) == ([], 1001)
    assert "More than 1,000" in rejects[-1].reason


def test_a_day_takes_the_last_rate_before_it_for_at_most_ten_days() -> None:
    friday = OfficialRate("NBK", date(2024, 4, 26), "USD", "KZT", Decimal("443.15"), Decimal(1))
    days = {friday.day: friday}
    assert on_day(days, date(2024, 4, 28)) == friday
    assert on_day(days, date(2024, 5, 6)) == friday
    assert on_day(days, date(2024, 5, 7)) is None
    assert on_day(days, date(2024, 4, 25)) is None
    assert on_day({}, date.min) is None


def numbers_in(data: bytes) -> set[Decimal]:
    text = data.decode("utf-8", "replace").replace(",", ".") + " " + data.decode("utf-8", "replace")
    return {Decimal(found) for found in re.findall(r"(?=(?<![0-9.])([0-9]+(?:\.[0-9]+)?))", text)}


def assert_nothing_invented(data: bytes) -> None:
    rates, _ = read(data, "x")
    printed = numbers_in(data)
    for rate in rates:
        assert rate.value in printed
        assert rate.value > 0
        assert rate.quant in printed or rate.source == "ECB"
        assert rate.currency.encode() in data or rate.source == "ECB"


FILES = sorted(path for path in FEEDS.iterdir() if path.suffix in (".xml", ".csv"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise_or_invent(data: bytes) -> None:
    assert_nothing_invented(data)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_no_damage_to_a_feed_makes_it_raise_or_invent(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    put = data.draw(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"", b"0", b"<item/>", b"</item>", b"&x;", b"-"]))
    )
    assert_nothing_invented(whole[:start] + put + whole[end:])


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["date", "title", "value", "quant"]), st.text(max_size=12), min_size=1))
def test_no_missing_or_odd_field_is_filled_in(changes: dict[str, str]) -> None:
    escaped = {key: re.sub(r"[<>&\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", text) for key, text in changes.items()}
    rates, rejects = read(nbk(**escaped), "x")
    assert len(rates) + len(rejects) == 1
    for rate in rates:
        assert str(rate.currency) == (GOOD | escaped)["title"].strip()
        assert rate.value == Decimal((GOOD | escaped)["value"].strip())
        assert rate.quant == Decimal((GOOD | escaped)["quant"].strip())
