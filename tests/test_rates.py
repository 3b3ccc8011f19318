"""Header figures: plausible labels, change, disagreement, and the official days that fit a header."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readership import rates
from readership.models import Basis, HeaderRate, OfficialRate
from readership.rates.header import Figure

FEEDS = Path(__file__).parents[1] / "data" / "samples" / "rates"
SEED = {"USD": Decimal("443.85"), "EUR": Decimal("474.3"), "RUB": Decimal("4.8")}
AT = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)


def figures(usd: str, eur: str, rub: str) -> dict[str, Decimal]:
    return {"USD": Decimal(usd), "EUR": Decimal(eur), "RUB": Decimal(rub)}


def day_rates(day: date, values: dict[str, Decimal], source: str = "NBK") -> list[OfficialRate]:
    return [OfficialRate(source, day, code, "KZT", value, Decimal(1)) for code, value in values.items()]


def april() -> list[OfficialRate]:
    return [
        rate for path in sorted(FEEDS.glob("nbk-2024-*.xml")) for rate in rates.read(path.read_bytes(), path.name)[0]
    ]


@pytest.mark.parametrize(
    ("values", "believable"),
    [
        (figures("443.85", "474.3", "4.8"), True),
        (figures("84.8", "100.7", "1.12"), True),
        (figures("100", "80", "5"), True),  # bounds belong to the range
        (figures("100", "160", "5"), True),
        (figures("100", "79.9", "5"), False),
        (figures("100", "160.1", "5"), False),
        (figures("4.8", "474.3", "443.85"), False),
        (figures("474.3", "4.8", "443.85"), False),
        (figures("100", "110", "0.49"), False),
        (figures("100", "110", "5.1"), False),
        (figures("100", "110", "0"), False),
        (figures("NaN", "110", "5"), False),
        ({"USD": Decimal(500)}, True),
        ({}, True),
    ],
)
def test_cross_rates_tell_whether_labels_are_believable(values: dict[str, Decimal], believable: bool) -> None:
    assert rates.plausible(values) is believable


def test_implausible_triples_keep_their_values_and_lose_their_certainty() -> None:
    def header(usd: str) -> list[HeaderRate]:
        values = figures(usd, "474.3", "4.8")
        return [HeaderRate(c, v, "KZT", False, True, n) for n, (c, v) in enumerate(values.items(), 1)]

    assert [rate.certain for rate in rates.judged(header("443.85"))] == [True] * 3
    swapped = rates.judged(header("4.8"))
    assert [rate.certain for rate in swapped] == [False] * 3
    assert [rate.value for rate in swapped] == [rate.value for rate in header("4.8")]
    assert not rates.judged(header("443.85") + header("443.9"))[0].certain


def test_change_is_against_the_value_before() -> None:
    found = rates.change(Decimal("445"), Decimal("500"))
    assert found == (Decimal(-55), Decimal(-11))
    assert found.percent == found.absolute / (Decimal("445") - found.absolute) * 100  # as DEFINITIONS writes it


def test_without_a_value_before_there_is_no_change() -> None:
    assert rates.change(Decimal(5), None) is None
    assert rates.change(Decimal(5), Decimal(0)) is None


def test_captures_of_one_moment_that_differ_are_named() -> None:
    def figure(moment: datetime | None, value: str, site: str = "el.kz") -> Figure:
        return Figure(site, moment, "USD", "KZT", Decimal(value))

    later = AT + timedelta(minutes=1)
    (found,) = rates.disagreements(
        [figure(AT, "500.1"), figure(AT, "498"), figure(AT, "500.10"), figure(AT, "87", "24.kg"), figure(later, "501"),
         figure(None, "1"), figure(None, "2")]
    )  # fmt: skip
    assert (found.site, found.captured_at, found.values) == ("el.kz", AT, (Decimal(498), Decimal("500.1")))


def test_the_seeds_header_fits_days_of_april_2024() -> None:
    match = rates.OfficialDays(april()).match(SEED)
    assert match is not None
    fitting = {candidate.day: candidate for candidate in match.candidates}
    assert match.basis is Basis.MATCHED_RATES
    known = fitting[date(2024, 4, 24)].differences
    assert [round(known[code] * 100, 2) for code in ("USD", "RUB")] == [Decimal("0.11"), Decimal("0.84")]
    assert match.first <= date(2024, 4, 24) <= match.last
    assert match.candidates[0].worst == min(candidate.worst for candidate in match.candidates)


def test_all_three_must_lie_within_one_percent() -> None:
    day = date(2025, 3, 3)
    days = rates.OfficialDays(day_rates(day, figures("500", "540", "5")))
    assert days.match(figures("505", "545.4", "5.05")) is not None
    assert days.match(figures("505", "545.4", "5.06")) is None
    assert days.match(figures("494.9", "540", "5")) is None
    assert days.match({"USD": Decimal(500), "EUR": Decimal(540)}) is None


def test_nothing_matches_without_official_rates_of_all_three() -> None:
    assert rates.OfficialDays([]).match(SEED) is None
    day = date(2025, 3, 3)
    assert rates.OfficialDays(day_rates(day, {"USD": SEED["USD"], "EUR": SEED["EUR"]})).match(SEED) is None
    assert rates.OfficialDays(day_rates(day, SEED, source="demo")).match(SEED) is None
    assert rates.OfficialDays(day_rates(day, SEED, source="demo"), source="demo").match(SEED) is not None


def test_quoted_quants_are_taken_per_unit() -> None:
    day = date(2025, 3, 3)
    rows = day_rates(day, {"USD": SEED["USD"], "EUR": SEED["EUR"]})
    rows.append(OfficialRate("NBK", day, "RUB", "KZT", Decimal(480), Decimal(100)))
    assert rates.OfficialDays(rows).match(SEED) is not None


def test_a_header_that_clashes_with_its_known_day_is_told() -> None:
    days = rates.OfficialDays(april())
    assert days.agrees(SEED, date(2024, 4, 25)) is True
    assert days.agrees(SEED, date(2024, 4, 28)) is True  # a Sunday: Friday's rates carried
    assert days.agrees(figures("510", "560", "5.6"), date(2024, 4, 25)) is False
    assert days.agrees(SEED, date(2023, 5, 10)) is None
    assert days.agrees({}, date(2024, 4, 25)) is None


money = st.decimals(min_value="0.01", max_value="9999", places=2)


@given(
    st.dictionaries(st.sampled_from(["USD", "EUR", "RUB", "CNY"]), money),
    st.lists(st.tuples(money, money, money), max_size=6),
)
def test_matching_never_names_a_day_that_does_not_fit(
    header: dict[str, Decimal], table: list[tuple[Decimal, Decimal, Decimal]]
) -> None:
    start = date(2025, 1, 1)
    rows = {
        start + timedelta(days=n): dict(zip(("USD", "EUR", "RUB"), row, strict=True)) for n, row in enumerate(table)
    }
    match = rates.OfficialDays([r for day, values in rows.items() for r in day_rates(day, values)]).match(header)
    expected = {
        day
        for day, values in rows.items()
        if all(code in header and abs(header[code] - values[code]) <= values[code] / 100 for code in values)
    }
    assert ({candidate.day for candidate in match.candidates} if match else set()) == expected
