"""Currency figures on the pages: what the strip says and doesn't, the Rates page, captures dated by their rates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from common import ROOT
from newsrooms import Newsroom, rows
from readership import figures
from readership.figures.rates import sparkline
from readership.i18n import LANGUAGES, Language
from readership.models import Basis, Capture
from readership.parse import read
from readership.pipeline.ingest import Options, import_rates, ingest
from readership.sites import load
from readership.ui import shell, strip
from readership.ui.server import SCRIPT
from stores import folder, page, settings_of, url
from test_rate_queries import EL, KG, WEDNESDAY, Facts, official, printed, written
from test_rate_queries import read as reading

SEED = ROOT.parent / "shared" / "pages" / "seed.txt"
FEEDS = ROOT / "data" / "samples" / "rates"
ENGLISH = Language("en")
DIGIT = re.compile(r"\d")


def opened(data: Path, monkeypatch: pytest.MonkeyPatch, name: str = "rates", **params: str) -> AppTest:
    """A page of the app over a data folder, after its first run."""
    monkeypatch.setenv("READERSHIP_DATA", str(data))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for key, value in ({"period": "all"} | params).items():
        app.query_params[key] = value
    app.run()
    app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
    assert not app.exception, app.exception
    assert not app.error, [one.value for one in app.error]
    return app


def bare(text: str) -> str:
    """What a reader sees of escaped text."""
    return text.replace("\\", "").replace("\u2060", "").replace("**", "")


def said(app: AppTest) -> str:
    """Everything the strip and the page say in words."""
    kinds = (app.markdown, app.caption, app.info, app.header, app.subheader, app.text)
    return "\n".join(bare(str(one.value)) for kind in kinds for one in kind)


Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A published data folder with these facts."""

    def make(*facts: Facts) -> Path:
        room = Newsroom(tmp_path, sites=(EL, KG))
        room.add([*facts, written(WEDNESDAY, "w")])
        room.publish(macros=True)
        return tmp_path

    return make


# -- the seed page -----------------------------------------------------------------------------------------------------
def seed_text() -> list[Any]:
    shared = pytest.mark.skipif(not SEED.exists(), reason="the shared seed page is not beside this repository")
    return [
        pytest.param(lambda: page(73882, 1556), id="own sample"),
        pytest.param(SEED.read_bytes, marks=shared, id="seed page"),
    ]


@pytest.mark.parametrize("text", seed_text())
def test_an_undated_page_is_shown_undated_and_matched_once_official_rates_are_there(
    text: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = tmp_path / "data", tmp_path / "seed.txt"
    file.write_bytes(text())
    own = settings_of(data)
    ingest(own, [file], Options(url=url(73882)))
    strip = said(opened(data, monkeypatch))
    assert "USD 443.85" in strip
    assert "EUR 474.30" in strip
    assert "RUB 4.80" in strip
    assert "el.kz header, captured at an unknown moment, from 1 capture" in strip
    assert "official rate not known" in strip
    assert not re.search("[▲▼=]", strip)
    undated = opened(data, monkeypatch, "data")
    (rows,) = [one.value for one in undated.dataframe if "candidates" in one.value]
    assert list(rows["captured_at_basis"]) == ["unknown"]
    assert not [one for one in undated.checkbox if one.key == "use_matched"]

    import_rates(own, sorted(FEEDS.glob("nbk-2024-*.xml")))
    strip = said(opened(data, monkeypatch))
    assert re.search(r"fits the official rates of \d\d Apr 2024 \(matched-rates, \d candidate days?\)", strip)
    assert "captured at an unknown moment" in strip, "a matched day is no moment"
    dated = opened(data, monkeypatch, "data")
    (rows,) = [one.value for one in dated.dataframe if "candidates" in one.value]
    assert list(rows["captured_at_basis"]) == ["matched by rates"]
    assert rows["last_day"].iloc[0].date() >= WEDNESDAY
    assert rows["first_day"].iloc[0].date() <= WEDNESDAY


def test_a_weekend_without_rates_is_no_fault_and_gives_no_rate(tmp_path: Path) -> None:
    own = settings_of(tmp_path / "data")
    sunday = tmp_path / "nbk.xml"
    sunday.write_text("<rates><date>28.04.2024</date></rates>")
    done = import_rates(own, [sunday, *sorted(FEEDS.glob("nbk-2024-04-24*.xml"))])
    assert (done.rejected, done.passed_over) == (0, {"days without rates": 1})
    days = rows(own.store, "SELECT DISTINCT day FROM official_rate")
    assert date(2024, 4, 28) not in {day for (day,) in days}
    assert days


def test_matched_days_are_used_only_after_the_reader_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    own = settings_of(data)
    file = tmp_path / "seed.txt"
    file.write_bytes(page(73882, 1556))
    ingest(own, [file], Options(url=url(73882)))
    import_rates(own, sorted(FEEDS.glob("nbk-2024-*.xml")))
    app = opened(data, monkeypatch, "data", question="read")
    assert app.checkbox(key="use_matched").value is False
    app.checkbox(key="use_matched").check().run()
    assert dict(app.query_params)["matched"] in ("True", ["True"])
    app.switch_page(str(ROOT / "pages" / "articles.py")).run()
    assert "captures without a moment dated by their rates" in said(app)


# -- the strip ---------------------------------------------------------------------------------------------------------
def test_without_header_rates_the_strip_says_so_and_shows_no_number(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made(official(WEDNESDAY, {"USD": 444.32}))
    app = opened(data, monkeypatch)
    strip = [bare(one.value) for one in app.caption if "header rates" in one.value]
    assert strip == ["No header rates captured yet."]
    assert not [one for one in app.markdown if "USD" in one.value]


@pytest.mark.parametrize(
    ("before", "words"), [(440.0, "▲ up 3.85"), (450.0, "▼ down 6.15"), (443.85, "= unchanged"), (None, "")]
)
def test_a_change_has_arrow_word_and_the_day_it_is_against(
    made: Made, monkeypatch: pytest.MonkeyPatch, before: float | None, words: str
) -> None:
    facts = [printed("2024-04-24T10:00", {"USD": 443.85})]
    if before:
        facts.append(printed("2024-04-22T10:00", {"USD": before}, copy=1))
        facts.append(printed("2024-04-24T09:55", {"USD": 443.85}, copy=2))
    strip = said(opened(made(*facts), monkeypatch))
    assert f"USD 443.85 KZT {words}".strip() in strip
    assert ("since 22 Apr" in strip) == bool(before)
    if not before:
        assert not re.search("[▲▼=]", strip)


def test_the_strip_names_moment_captures_official_day_and_what_is_wrong(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(
        made(
            printed("2024-04-24T10:00", {"USD": 443.85, "EUR": 474.3}, key="1", certain=False),
            printed("2024-04-24T10:00", {"USD": 441.0, "EUR": 474.3}, key="2", certain=False),
            printed("2024-04-24T10:00", {"USD": 441.0, "EUR": 474.3}, key="3", certain=False),
            official(date(2024, 4, 20), {"USD": 444.32}),
            reading("2024-04-29T10:00", key="4"),
        ),
        monkeypatch,
    )
    strip = said(app)
    assert "USD 441.00" in strip
    assert "captured 24 Apr 2024, 10:00, from 2 captures" in strip
    assert "official 444.32 (20 Apr, NBK)" in strip
    assert "official rate not known" in strip, "the euro has none"
    assert "old: more than 48 hours before the newest reading" in strip
    assert "captures of this moment differ: USD 441.00–443.85" in strip
    assert "labels uncertain" in strip


@pytest.mark.parametrize(("code", "number", "moment"), [
    ("en", "1,443.85", "24 Apr 2024, 10:00"), ("ru", "1 443,85", "24 апр. 2024"), ("kk", "1 443,85", "24 сәу."),
])  # fmt: skip
def test_the_strip_is_written_the_way_each_language_writes(
    made: Made, monkeypatch: pytest.MonkeyPatch, code: str, number: str, moment: str
) -> None:
    strip = said(opened(made(printed("2024-04-24T10:00", {"USD": 1443.85})), monkeypatch, lang=code))
    assert number in strip.replace("\u00a0", " ").replace("\u202f", " ")
    assert moment in strip.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_currency_with_captures_on_two_days_has_a_small_line_with_words(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(
        made(printed("2024-04-23T10:00", {"USD": 440}), printed("2024-04-24T10:00", {"USD": 443.85, "EUR": 474})),
        monkeypatch,
    )
    images = app.get("image")
    assert len(images) == 1, "one figure makes no line"


def popovers(app: AppTest) -> list[str]:
    """What their buttons say."""
    return [one.proto.popover.label for one in app.get("popover")]


def two_sites() -> list[Facts]:
    """Tenge in three captures of one site, som in one of another."""
    return [
        *(printed("2024-04-24T10:00", {"USD": 443.85}, copy=copy) for copy in range(3)),
        written(WEDNESDAY, "2"),
        printed("2024-04-24T12:30", {"USD": 88.85, "EUR": 95.1}, place="kg.test", quote="KGS"),
        official(WEDNESDAY, {"USD": 444.32}),
    ]


def test_of_several_sites_the_largest_stands_in_the_strip_and_the_others_a_click_away(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(made(*two_sites()), monkeypatch)
    assert "USD 443.85 KZT" in said(app)
    assert "KGS" not in said(app)
    assert "1 more site" in popovers(app)


def test_the_strip_is_of_the_sites_that_are_chosen(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(made(*two_sites()), monkeypatch, site="kg.test")
    shown = said(app)
    assert "USD 88.85 KGS" in shown
    assert "kg.test header, captured 24 Apr 2024, 12:30, from 1 capture" in shown
    assert "official rate not known" in shown, "nobody imported som"
    assert "443.85" not in shown
    assert not [label for label in popovers(app) if "more site" in label]


def test_a_figure_captured_earlier_than_the_others_says_so(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = said(opened(made(
        printed("2024-04-22T09:15", {"USD": 440, "EUR": 470}), printed("2024-04-24T10:00", {"USD": 443.85}, copy=1)
    ), monkeypatch))  # fmt: skip
    assert "captured 24 Apr 2024, 10:00, from 1 capture" in shown
    assert "captured 22 Apr 2024, 09:15 · official rate not known" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(443.85, "443.85"), (4.8, "4.80"), (0.1, "0.10"), (0.0402, "0.0402"), (0.00201, "0.00201"), (0, "0.00"),
     (float("nan"), "—"), (None, "—"), (-0.004, "-0.004")],
)  # fmt: skip
def test_two_decimals_unless_they_would_show_nothing(value: float | None, shown: str) -> None:
    assert strip.amount(value, ENGLISH) == shown


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_change_is_never_told_by_its_sign_alone(code: str) -> None:
    for change in (1.5, -1.5, 0.0):
        arrow, words = strip.in_words(change, Language(code)).split(" ", 1)
        assert arrow in "▲▼="
        assert re.search(r"[^\W\d]{2}", words)


def test_nothing_from_a_header_is_read_as_markdown(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(made(printed("2024-04-24T10:00", {"USD": 443.85}), official(
        WEDNESDAY, {"USD": 444}, source="**b** [x](http://127.0.0.9)")), monkeypatch)  # fmt: skip
    shown = [one.value for one in app.caption if "127" in one.value]
    assert shown
    assert "](" not in shown[0]


# -- the page ----------------------------------------------------------------------------------------------------------
def newsroom_rates() -> list[Facts]:
    return [
        printed("2024-04-22T10:00", {"USD": 440, "EUR": 470}),
        printed("2024-04-23T10:00", {"USD": 442, "EUR": 472}),
        printed("2024-04-26T10:00", {"USD": 446, "EUR": 476}),
        official(date(2024, 4, 22), {"USD": 441, "EUR": 471, "AMD": 1.14}),
        official(date(2024, 4, 26), {"USD": 445, "EUR": 475, "AMD": 1.15}),
        official(date(2024, 4, 26), {"EUR": 1.07}, source="ECB", quote="USD"),
    ]


def test_any_pair_can_be_chosen_in_any_base(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(made(*newsroom_rates()), monkeypatch)
    assert [option.split(" · ")[0] for option in app.selectbox(key="rate_pair").options] == [
        "USD in KZT", "EUR in KZT", "AMD in KZT", "EUR in USD",
    ]  # fmt: skip
    for pair in ("AMD/KZT", "EUR/USD", "USD/KZT"):
        app.selectbox(key="rate_pair").set_value(pair).run()
        assert not app.exception
        currency, quote = pair.split("/")
        for base, words in (
            ("unit", f"{currency} per {quote}"),
            ("index", "index = 100"),
            ("quote", f"{quote} per {currency}"),
        ):
            app.segmented_control(key="series_base").set_value(base).run()
            assert not app.exception
            assert any(words in one.value for one in app.subheader), (pair, base)


def test_gaps_between_captures_are_gaps_in_the_line(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(made(*newsroom_rates()), monkeypatch)
    spec = app.get("plotly_chart")[0].proto.spec
    assert "header of el.test" in spec
    assert "official (NBK)" in spec


def test_the_converter_says_which_day_s_rate_it_used_and_nothing_without_one(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(made(*newsroom_rates()), monkeypatch)
    app.number_input(key="convert_amount").set_value(20.0).run()
    app.selectbox(key="convert_from").set_value("USD").run()
    app.selectbox(key="convert_to").set_value("KZT").run()
    app.date_input(key="convert_day").set_value(date(2024, 4, 24)).run()
    assert "20.00 USD = 8,820.00 KZT" in said(app)
    assert "official rate of 22 Apr 2024 (NBK), which held on 24 Apr 2024" in said(app)
    app.selectbox(key="convert_to").set_value("USD").run()
    assert "Choose two different currencies." in said(app)


def test_the_converter_puts_nothing_in_the_place_of_an_unknown_rate(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(made(*newsroom_rates(), official(date(2024, 1, 1), {"USD": 450})), monkeypatch)
    app.date_input(key="convert_day").set_value(date(2024, 2, 1)).run()
    assert "No official rate of these currencies is known for 1 Feb 2024" in said(app)
    assert not app.header


def test_without_official_rates_nothing_is_converted_or_compared(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(made(printed("2024-04-24T10:00", {"USD": 443.85})), monkeypatch)
    assert "nothing can be converted" in said(app)
    assert "No official rates of these days are imported." in said(app)
    assert len(app.get("plotly_chart")) == 1


def test_markers_come_on_request_and_say_what_they_don_t_mean(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(made(*newsroom_rates()), monkeypatch)
    charts = len(app.get("plotly_chart"))
    assert "causes" not in said(app)
    app.toggle(key="rate_markers").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == charts + 1
    assert "that one causes the other is not said" in said(app)


def test_clashes_are_listed_on_the_data_page_and_only_when_there_are_any(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(
        made(printed("2024-04-24T10:00", {"USD": 500}), official(WEDNESDAY, {"USD": 444})), monkeypatch, "data"
    )
    assert "Headers that don't fit the day of their capture" in said(app)
    (rows,) = [one.value for one in app.dataframe if "difference_percent" in one.value]
    assert list(rows["value"]) == [500.0]


def test_without_clashes_the_data_page_says_nothing_of_them(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(
        made(printed("2024-04-24T10:00", {"USD": 444}), official(WEDNESDAY, {"USD": 444})), monkeypatch, "data"
    )
    assert "don't fit" not in said(app)


def test_articles_show_the_official_rate_of_their_day_when_asked_for(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(made(*newsroom_rates()), monkeypatch, "articles")
    assert "official" not in app.dataframe[-1].value
    app.selectbox(key="rate_column").set_value("USD").run()
    assert not app.exception
    rows = app.dataframe[-1].value
    told = rows[rows["article_key"] == "w"].iloc[0]
    assert (told["official"], told["official_day"].date(), told["quote"]) == (441.0, date(2024, 4, 22), "KZT")


# -- figures -----------------------------------------------------------------------------------------------------------
def days_of(*days: int, **columns: Any) -> pd.DataFrame:
    """Rows as `rate_days` gives them, on days of April 2024."""
    moments = pd.to_datetime([datetime(2024, 4, day) for day in days])
    base = {
        "day": moments, "site": "el.kz", "currency": "USD", "quote": "KZT", "header": 440.0, "captures": 1,
        "figures": 1, "certain": True, "official": 441.0, "official_day": moments, "source": "NBK",
        "difference": -1.0, "difference_percent": -0.2,
    }  # fmt: skip
    return pd.DataFrame(base | columns)


def test_a_header_line_breaks_after_a_day_and_an_official_one_after_ten() -> None:
    fig = figures.rate_history(days_of(1, 2, 4, 14, 25), "quote", ENGLISH).fig
    lines = {trace.name: list(trace.y) for trace in fig.data}
    assert lines["header of el.kz"] == [440.0, 440.0, None, 440.0, None, 440.0, None, 440.0]
    assert lines["official (NBK)"] == [441.0, 441.0, 441.0, 441.0, None, 441.0]


def test_the_axis_runs_to_the_ends_of_the_chosen_days() -> None:
    fig = figures.rate_history(days_of(10, 11), "quote", ENGLISH, (date(2024, 3, 1), date(2024, 5, 1))).fig
    first, last = fig.layout.xaxis.range
    assert pd.Timestamp(first) <= pd.Timestamp("2024-03-01")
    assert pd.Timestamp(last) >= pd.Timestamp("2024-04-30")


def test_days_with_uncertain_labels_are_marked_and_counted() -> None:
    figure = figures.rate_history(days_of(1, 2, certain=[True, False]), "quote", ENGLISH)
    (line,) = [trace for trace in figure.fig.data if trace.name == "header of el.kz"]
    assert list(line.marker.symbol) == ["circle", "x-thin-open"]
    assert "On 1 day the labels are uncertain" in figure.subtitle


def test_a_sparkline_has_a_gap_for_each_missing_day_and_none_for_one_figure() -> None:
    rows = pd.DataFrame({"day": pd.to_datetime(["2024-04-01", "2024-04-02", "2024-04-04", "2024-04-05"]),
                         "value": [1.0, 2.0, 2.0, 1.0]})  # fmt: skip
    drawn = sparkline(rows)
    assert drawn.count("<polyline") == 2
    assert sparkline(rows.head(1)) == sparkline(rows.head(0)) == ""


# -- nothing is made up ------------------------------------------------------------------------------------------------
PIECES = st.sampled_from([
    "443.85", "474.3", "4.8", "84,8", "USD", "EUR", "RUB", "$", "€", "usd/kzt 447.9", "eur/kzt 482.16",
    "KZT/USD = 0.00201 0%", "usd +0.65%", "USD 443.85 ▲ 0.5", "100 RUB = 480", "1 USD = 443.85 KZT", "+1.2", "−0.4%",
    "курс", "News", "Society", "12:30", "2024", "0", "0.0", "—", "", "USD —", "USD n/a", "EUR:", "| 4.8 |",
])  # fmt: skip
SITES = load()


@hypothesis_settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(PIECES, min_size=1, max_size=4).map(" ".join), max_size=8),
    st.sampled_from(["https://el.kz/en/a_1/", "https://24.kg/english/1_a/", "https://www.kt.kz/a_1.html", None]),
)
def test_no_header_yields_a_rate_that_does_not_stand_in_it(lines: list[str], address: str | None) -> None:
    title = "Builders finish the long bridge over the river"
    body = "The bridge was opened on Monday, the ministry said in a statement that was sent to the newsroom.\n"
    text = "\n".join([*lines, "", title, "", title, "Photo: Akorda 10.05.2024 09:02", "", body])
    found = read(Capture(text.encode(), "x.txt", url=address, captured_at_basis=Basis.UNKNOWN), SITES).rates
    # "12 650.5" may be one number, and so may "480 443.85".
    forms = (r"\d+(?:[.,]\d+)?", r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
    numbers = [number for line in lines for form in forms for number in re.findall(form, line)]
    there = {Decimal(number.replace(",", ".").replace(" ", "")) for number in numbers}
    for rate in found:
        assert rate.value > 0
        assert {rate.value * quant for quant in (1, 10, 100, 1000)} & there, (rate, lines)
    if not any(DIGIT.search(line) for line in lines):
        assert found == ()
    assert len({rate.currency for rate in found}) == len(found)


def test_a_folder_of_captures_shows_only_what_was_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From bytes to the strip: pages without a header, with percentages only, and turned round give no figure."""
    plain = page(1, 100).decode().split("\n", 4)[4]
    headers = {1: "", 2: "usd +0.65%\neur -0.2%\n\n", 3: "KZT/USD = 0.00201 0%\n\n"}
    copies = [
        (f"{key}.txt", url(key), f"2024-05-1{key}T10:00:00+05:00", (text + plain).encode())
        for key, text in headers.items()
    ]
    ingest(settings_of(tmp_path / "data"), [folder(tmp_path / "in", copies)])
    assert "No header rates captured yet." in said(opened(tmp_path / "data", monkeypatch))


def test_a_house_with_nothing_but_an_undated_page_opens_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "seed.txt"
    file.write_bytes(page(73882, 1556))
    ingest(settings_of(tmp_path / "data"), [file], Options(url=url(73882)))
    for entry in shell.PAGES:
        app = opened(tmp_path / "data", monkeypatch, entry.file, article="el.kz/73882")
        assert "USD 443.85" in said(app), entry.file
