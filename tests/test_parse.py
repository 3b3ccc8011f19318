"""Pages to facts: every labelled page, and layouts made to mislead."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import parse_quality
from readership import parse, sites
from readership.errors import NotAnArticle
from readership.models import Capture, PageFacts

BODY = "The delegations met in the capital on Monday and reviewed trade worth 64.6 million dollars in 2022.\n"
TITLE = "Ministers agree on direct flights"
EL_URL = "https://el.kz/en/ministers-agree-on-direct-flights_12345/"


def read(text: str | bytes, url: str | None = EL_URL, content_type: str | None = None) -> PageFacts:
    body = text.encode() if isinstance(text, str) else text
    return parse.read(Capture(body, "test", url=url, content_type=content_type), sites.load())


def rates(facts: PageFacts) -> dict[str, float]:
    return {rate.currency: float(rate.value) for rate in facts.rates}


def _pages() -> list[tuple[str, str]]:
    found = []
    for label, folder in parse_quality.FOLDERS.items():
        if (folder / "expected.json").exists():
            found += [(label, name) for name in parse_quality.expected(folder)]
    return found


@pytest.mark.parametrize(("label", "name"), _pages())
def test_every_fact_of_a_labelled_page(label: str, name: str) -> None:
    folder = parse_quality.FOLDERS[label]
    want = parse_quality.expected(folder)[name]
    have = parse_quality.read(folder, name, want["url"])
    missed = {
        fact: (value, wanted) for fact, verdict, wanted, value in parse_quality.judge(want, have) if verdict != "right"
    }
    assert not missed


def test_shared_pages_are_all_there_or_said_to_be_missing() -> None:
    folder = parse_quality.FOLDERS["shared"]
    if not folder.exists():
        pytest.skip("../shared is not here: its pages were not read")
    counts, misses = parse_quality.count(folder)
    assert not misses
    assert sum(counts.values(), Counter())["right"] >= 12 * 12


def test_each_known_value_has_provenance() -> None:
    facts = read(f"443.85\n474.3\n4.8\n\nNews\n\n{TITLE}\n\n{TITLE}\nФото: MFA 10.05.2023 09:02 1556\n\n{BODY}")
    named = {
        "title",
        "body",
        "section",
        "photo_credit",
        "published",
        "views",
        "rates.USD",
        "rates.EUR",
        "rates.RUB",
        "site",
    }
    assert named <= set(facts.provenance)
    assert facts.provenance["views"].where == "line 10"
    assert facts.provenance["published"].text == "Фото: MFA 10.05.2023 09:02 1556"
    assert facts.provenance["rates.order"].where == "site entry"
    assert facts.provenance["article_key"].where == "url"


# --- published -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("10.05.2023 09:02", "2023-05-10T09:02+06:00"),
        ("10.05.2024 09:02", "2024-05-10T09:02+05:00"),
        ("4.09.2024, 16:15", "2024-09-04T16:15+05:00"),
        ("2023-05-10 09:02", "2023-05-10T09:02+06:00"),
        ("May 10, 2023 9:02 PM", "2023-05-10T21:02+06:00"),
        ("14:20, 16 October 2017", "2017-10-16T14:20+06:00"),
        ("16:54 / 21.12.2022", "2022-12-21T16:54+06:00"),
        ("10 мая 2023 г., 09:02", "2023-05-10T09:02+06:00"),
        ("2023 жылғы 10 мамыр, сағат 09:02", "2023-05-10T09:02+06:00"),
        ("2023 жылдың 10 мамыры, 09:02", "2023-05-10T09:02+06:00"),
        ("Published 9:02 AM EDT, Wed May 10, 2023", "2023-05-10T09:02+06:00"),
        ("21 Ақпан, 2025", "2025-02-21"),
        ("Опубликовано: 5 сент. 2023, 13:00", "2023-09-05T13:00+06:00"),
        ("10 May 2023 03:02 GMT", "2023-05-10T09:02+06:00"),
        ("05/10/2023 09:02", "2023-10-05T09:02+06:00"),
        ("10 May, 09:02", None),
        ("Сегодня, 09:02", None),
        ("2 hours ago", None),
        ("5 сағат бұрын", None),
    ],
)
def test_date_line_between_title_and_text(line: str, local: str | None) -> None:
    facts = read(f"{TITLE}\n\n{line}\n\n{BODY}")
    assert (facts.published.local if facts.published else None) == local
    assert facts.title == TITLE
    assert line not in facts.body


def test_instant_is_utc_and_a_day_alone_has_none() -> None:
    timed, day = read(f"{TITLE}\n10.05.2023 09:02\n{BODY}").published, read(f"{TITLE}\n10.05.2023\n{BODY}").published
    assert timed is not None
    assert day is not None
    assert timed.instant == datetime(2023, 5, 10, 3, 2, tzinfo=UTC)
    assert (day.instant, day.precision) == (None, "day")


def test_the_hour_that_happened_twice_is_the_earlier_one_and_marked() -> None:
    twice = read(f"{TITLE}\n29.02.2024 23:30\n{BODY}").published
    once = read(f"{TITLE}\n29.02.2024 22:30\n{BODY}").published
    assert twice is not None
    assert once is not None
    assert (twice.local, twice.ambiguous, once.ambiguous) == ("2024-02-29T23:30+06:00", True, False)


def test_unknown_host_gives_local_time_without_offset_and_leaves_open_dates_open() -> None:
    known = read(f"{TITLE}\n10.05.2023 09:02\n{BODY}", "https://example.org/a").published
    assert known is not None
    assert (known.local, known.instant) == ("2023-05-10T09:02", None)
    assert read(f"{TITLE}\n05/10/2023 09:02\n{BODY}", "https://example.org/a").published is None


def test_day_above_header_figures_is_the_captures() -> None:
    facts = read(f"Wednesday, 10 May 2023\n443.85\n474.3\n4.8\n\nNews\n\n{TITLE}\n\n{BODY}")
    assert facts.published is None
    assert facts.captured_day == date(2023, 5, 10)


def test_date_of_the_next_article_is_not_this_ones() -> None:
    facts = read(f"{TITLE}\n\n{BODY}\n12.05.2023 10:00\nAnother headline about the weather in the north\n3 210")
    assert (facts.published, facts.views) == (None, None)
    assert "Another headline" not in facts.body


def test_date_under_the_text_with_more_text_below_is_not_taken() -> None:
    facts = read(
        f"{TITLE}\n\n{BODY}\n{BODY}\n12.05.2023 10:00\nWhat will the weather be like in the north of the country?\n"
    )
    assert facts.published is None


def test_date_alone_under_the_text_is_this_ones() -> None:
    facts = read(f"{TITLE}\n\n{BODY}\n12.05.2023 10:00\n")
    assert facts.published is not None
    assert facts.published.local == "2023-05-12T10:00+06:00"


def test_updated_is_told_from_published() -> None:
    facts = read(f"{TITLE}\nPublished: 10.05.2023 09:02\nUpdated: 11.05.2023 10:15\n{BODY}")
    assert facts.published is not None
    assert facts.updated is not None
    assert (facts.published.local[:10], facts.updated.local[:10]) == ("2023-05-10", "2023-05-11")


def test_days_in_prose_are_no_publication() -> None:
    facts = read(f"{TITLE}\n\n{BODY}\nThe next round of talks is planned for 14 October 2023.\n")
    assert facts.published is None


# --- counters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "views"),
    [
        ("10.05.2023 09:02 1556", 1556),
        ("10.05.2023 09:021556", 1556),
        ("10.05.2023 09:02 1 556", 1556),
        ("10.05.2023 09:02 1\u00a0556", 1556),
        ("10.05.2023 09:02 1\u202f556", 1556),
        ("10.05.2023 09:02 12,345", 12345),
        ("10.05.2023 09:02\n1556", 1556),
        ("10.05.2023 09:02\nПросмотры: 50", 50),
        ("10.05.2023 09:02\nViews: 1,556\nComments: 3", 1556),
        ("10.05.2023 09:02\nViews\n1556\nComments\n3", 1556),
        ("10.05.2023 09:02\n4236 рет\nкөрсетілді", 4236),
        ("10.05.2023 09:02 | 1 234 просмотра | 5 мин чтения", 1234),
        ("10.05.2023 09:02\n👁 77 💬 5", 77),
        ("10.05.2023 09:02\nҚаралды: 384", 384),
        ("10.05.2023 09:02 Просмотров:1556", 1556),
        ("10.05.2023 09:02\n24 мин\nоқу үшін", None),
        ("10.05.2023 09:02\n5 min read", None),
        ("10.05.2023 09:02\n3 comments", None),
        ("10.05.2023 09:02\n1.2K views", None),
        ("10.05.2023 09:02\n1,2 тыс. просмотров", None),
        ("10.05.2023 09:02\n12\n3", None),
        ("10.05.2023 09:02", None),
    ],
)
def test_views_beside_the_date(lines: str, views: int | None) -> None:
    facts = read(f"{TITLE}\n{lines}\n\n{BODY}")
    assert facts.views == views
    assert facts.published is not None


def test_labelled_views_at_the_end_but_not_those_of_others() -> None:
    assert read(f"{TITLE}\n\n{BODY}\nTags: trade\nViews: 742\nNext article\nViews: 9").views == 742
    assert read(f"{TITLE}\n\n{BODY}\nRelated news\nA bridge opens in the south\nViews: 9").views is None


# --- rates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("443.85\n474.3\n4.8", {"USD": 443.85, "EUR": 474.3, "RUB": 4.8}),
        ("443.85 474.3 4.8", {"USD": 443.85, "EUR": 474.3, "RUB": 4.8}),
        ("443,85\n+0,5%\n474,3\n-0,1%\n4,8\n0,0%", {"USD": 443.85, "EUR": 474.3, "RUB": 4.8}),
        ("443.85\n474.3", {}),
        ("+0.5%\n-0.1%\n0.2%", {}),
        ("USD +0.45%\nEUR -0.12%\nBTC 61 480", {}),
        ("USD 447.5 / EUR 486.1 / RUB 5.70", {"USD": 447.5, "EUR": 486.1, "RUB": 5.7}),
        ("$ 447.52 ↑ € 486.10 ↓ ₽ 5.70 ↑", {"USD": 447.52, "EUR": 486.1, "RUB": 5.7}),
        ("USD +0.5%\nEUR -0.1%", {}),
        ("usd/kzt 447.9 eur/kzt 482.16\nrub/kzt 5.54", {"USD": 447.9, "EUR": 482.16, "RUB": 5.54}),
        ("USD 447,9 +0,35 EUR 482,1 -0,1%", {"USD": 447.9, "EUR": 482.1}),
        ("$ 447.9\n€ 482\n₽ 5.54", {"USD": 447.9, "EUR": 482.0, "RUB": 5.54}),
        ("USD\n447.9\nEUR\n482.1", {"USD": 447.9, "EUR": 482.1}),
        ("100 RUB = 554", {"RUB": 5.54}),
        ("USD 100 RUB = 480", {"RUB": 4.8}),
        ("KZT/USD = 0.00201 0%", {}),
        ("USD/RUB 92.5", {}),
        ("USD 446.5 449.0", {}),
        ("Доллар США 447,9 Евро 482,1", {"USD": 447.9, "EUR": 482.1}),
        ("¥ 62.1\n$ 447.9", {"USD": 447.9, "CNY": 62.1}),
    ],
)
def test_header_figures(header: str, expected: dict[str, float]) -> None:
    facts = read(f"{header}\n\nNews\n\n{TITLE}\n\n{BODY}")
    assert rates(facts) == expected
    assert facts.title == TITLE


def test_implausible_triple_is_kept_but_uncertain() -> None:
    facts = read(f"4.8\n474.3\n443.85\n\nNews\n\n{TITLE}\n\n{BODY}")
    assert [rate.certain for rate in facts.rates] == [False] * 3
    assert facts.rates[0].value == Decimal("4.8")


def test_unlabelled_figures_mean_nothing_on_a_host_without_an_order() -> None:
    assert read(f"443.85\n474.3\n4.8\n\n{TITLE}\n\n{BODY}", "https://example.org/x").rates == ()


def test_figures_in_the_text_are_no_header_rates() -> None:
    assert read(f"{TITLE}\n\n{BODY}\nUSD 447.9\nEUR 482.1\n\n{BODY}").rates == ()


# --- title, section, credit, body ------------------------------------------------------------------------------------


def test_subtitle_is_not_the_title() -> None:
    facts = read(f"{TITLE}\nThe first plane will leave in the spring of next year\n10.05.2023 09:02\n\n{BODY}", None)
    assert facts.title == TITLE


def test_short_credit_above_the_title_on_elkz() -> None:
    facts = read(
        f"Из архива Минздрава\n\nНовый завод откроют весной\n\n01.09.2022 12:12\n\n{BODY}", "https://el.kz/ru/x_1"
    )
    assert (facts.title, facts.photo_credit) == ("Новый завод откроют весной", "Из архива Минздрава")


def test_byline_with_section_and_day() -> None:
    facts = read(f"{TITLE}\n\nBy Aida Haidar in Nation on 10 May 2023\n\n{BODY}", "https://astanatimes.com/2023/05/x/")
    assert (facts.section, facts.authors) == ("Nation", ("Aida Haidar",))


def test_city_beside_the_date_is_no_section() -> None:
    facts = read(
        f"{TITLE}\n\n14:20, 16 октября 2017, Бишкек - 24.kg , Анна ЯЛОВКИНА\n\n{BODY}", "https://24.kg/vlast/6_x/"
    )
    assert (facts.section, facts.authors) == (None, ("Анна ЯЛОВКИНА",))


def test_a_long_question_can_be_the_title() -> None:
    question = "Why do the prices of bread rise in the regions of Kazakhstan this spring?"
    assert read(f"{question}\n\n10.05.2023 09:02\n\n{BODY}", "https://example.org/x").title == question


def test_day_and_counter_above_the_title() -> None:
    facts = read(f"News\n10 мая 2023\n1554\n{TITLE}\n\n{BODY}")
    assert facts.published is not None
    assert (facts.published.local, facts.views, facts.section) == ("2023-05-10", 1554, "News")


def test_only_an_update_above_the_title_leaves_publication_unknown() -> None:
    facts = read(f"By Jane Roe\nUpdated 9:02 AM EDT, Wed May 10, 2023\n{TITLE}\n\n{BODY}", "https://example.org/x")
    assert facts.published is None
    assert facts.updated is not None
    assert (facts.updated.local, facts.section, facts.authors) == ("2023-05-10T09:02", None, ("Jane Roe",))


def test_site_name_behind_a_bar_is_not_part_of_the_title() -> None:
    assert read(f"{TITLE} | El.kz\n\n10.05.2023 09:02\n\n{BODY}").title == TITLE


@pytest.mark.parametrize(
    ("above", "section"),
    [
        ("Politics", "Politics"),
        ("Home > News > Society", "Society"),
        ("• Main Page >\n News >\n Politics", "Politics"),
        ("News\nPolitics\nEconomy\nSociety\nSport\nCulture", None),
        ("News Politics Economy Society Sport", None),
        ("News\nPolitics\nEconomy\nSociety\nSport\n\nEconomy", "Economy"),
        ("Weather:\nAstana: +21℃", None),
    ],
)
def test_section_above_the_title(above: str, section: str | None) -> None:
    facts = read(f"{above}\n\n{TITLE}\n\n10.05.2023 09:02\n\n{BODY}")
    assert facts.section == section
    assert facts.title == TITLE


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Фото: Akorda", "Akorda"),
        ("Photo by Reuters", "Reuters"),
        ("Images | NOC", "NOC"),
        ("Сурет: Ұлттық музей", "Ұлттық музей"),
        ("Фото gov.kz", "gov.kz"),
        ("Фото предоставлено пресс-службой КТЖ", "пресс-службой КТЖ"),
        ("A street in the old town. Photo: Dana Esimova", "Dana Esimova"),
        ("Getty Images", "Getty Images"),
        ("Photo exhibition opens in Astana", None),
    ],
)
def test_photo_credit(line: str, credit: str | None) -> None:
    assert read(f"{TITLE}\n\n10.05.2023 09:02\n{line}\n\n{BODY}").photo_credit == credit


def test_body_is_the_text_alone() -> None:
    facts = read(
        f"EL.KZ\nҚаз | Рус | Eng\n\n{TITLE}\n\n10.05.2023 09:02\n\n{BODY}\nRead also:\nA bridge opens in the south\n\n"
        f"The first plane leaves in spring, the ministry said.\n\nShare:\nTelegram Subscribe to our channel!\n"
        "Related news\nA dam is built in the north of the region, and people ask why it took so long."
    )
    assert facts.body.split("\n") == [BODY.strip(), "The first plane leaves in spring, the ministry said."]
    assert facts.lead == BODY.strip()


def test_without_url_there_is_no_site_and_no_key() -> None:
    facts = read(f"{TITLE}\n\n{BODY}", None)
    assert (facts.site, facts.url, facts.article_key) == (None, None, None)


# --- what is no article ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "Home\nNews\nPolitics\nSport\nContacts",
        "404 Not Found",
        "Page not found\n\nThe page that you look for is not here, please go back to the start.",
        "Just a moment...\n\nChecking your browser before you can go on to the site that you asked for.",
        "News\nA bridge opens\n10.05.2023 09:02\nA road closes\n10.05.2023 08:00\nA school opens\n09.05.2023 18:00",
        "Log in\nPassword\nForgot your password?\nPlease sign in to read this article and many others of the kind.",
        "443.85\n474.3\n4.8",
    ],
)
def test_pages_without_an_article_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        read(text)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", b"PK\x03\x04zip", b"\x89PNG\r\n", bytes(range(256)) * 9, b"\0" * 50])
def test_binaries_are_refused(data: bytes) -> None:
    with pytest.raises(NotAnArticle, match="binary"):
        read(data)


# --- charsets --------------------------------------------------------------------------------------------------------

RUSSIAN = (
    "Выборы пройдут осенью\n\n01.09.2022 12:12\n\nДелегации встретились в столице и обсудили торговлю, передает сайт.\n"
)
KAZAKH = "Мектепте жаңа сабақ басталды\n\n01.09.2022 12:12\n\nОқушылар енді шахмат ойнайды, деп хабарлайды сайт.\n"


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "windows-1251", "koi8-r", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_russian_in_any_charset_without_a_word_of_it(charset: str) -> None:
    facts = read(RUSSIAN.encode(charset))
    assert facts.title == "Выборы пройдут осенью"
    assert facts.published is not None


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "kz1048"])
def test_kazakh_in_charsets_that_have_its_letters(charset: str) -> None:
    declared = f"text/plain; charset={charset}"
    assert read(KAZAKH.encode(charset), content_type=declared).title == "Мектепте жаңа сабақ басталды"


def test_declared_charset_that_the_bytes_refute_is_not_believed() -> None:
    assert read(RUSSIAN.encode(), content_type="text/plain; charset=windows-1251").title == "Выборы пройдут осенью"
    assert read(RUSSIAN.encode("cp1251"), content_type="text/plain; charset=utf-8").title == "Выборы пройдут осенью"


def test_a_cut_last_letter_loses_only_itself() -> None:
    assert read(RUSSIAN.strip().encode()[:-1]).title == "Выборы пройдут осенью"


def test_layout_name_is_the_entrys() -> None:
    assert read(f"{TITLE}\n\n{BODY}").layout == "elkz"
    assert read(f"{TITLE}\n\n{BODY}", "https://example.org/x").layout == "generic"
    assert Path(parse.__file__).with_name("elkz.py").exists()


def test_a_long_credit_before_date_and_counter_on_its_line_hides_neither() -> None:
    facts = read(f"{TITLE}\nPhoto: the Ministry of Emergency Situations 28.06.2026 10:58 1 564\n\n{BODY}")
    assert facts.photo_credit == "the Ministry of Emergency Situations"
    assert facts.views == 1564
    assert facts.published
    assert facts.published.day == date(2026, 6, 28)
