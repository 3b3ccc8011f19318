"""The outside source that a text names, and what is none."""

from __future__ import annotations

import time

import pytest

from readership.enrich import organisations
from readership.enrich.cited import cited_source

OWN = ("El.kz", "Kazinform")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The delegations met, El.kz cites MFA. Officials left.", "MFA"),
        ("El.kz cites the National Bank of Kazakhstan.", "National Bank of Kazakhstan"),
        (
            "Prices rose, El.kz reports, citing the press service of the Ministry of Energy.",
            "press service of the Ministry of Energy",
        ),
        ("Prices rose, according to the Ministry of Health.", "Ministry of Health"),
        ("Prices rose, Reuters reports.", "Reuters"),
        ("Prices rose, reports Reuters.", "Reuters"),
        ("Prices rose, the dpa news agency reported on Monday.", "dpa news agency"),
        (
            "The press service of the Ministry of Energy said on Monday that it is so.",
            "press service of the Ministry of Energy",
        ),
        ("Kazinform reports with reference to the press service of Akorda.", "press service of Akorda"),
        ("В городе пожар, передает корреспондент El.kz со ссылкой на МВД.", "МВД"),
        ("Об этом сообщает пресс-служба МЧС РК.", "пресс-служба МЧС РК"),
        ("Об этом сообщили в пресс-центре ГКНБ.", "пресс-центре ГКНБ"),
        ("Рост продолжится, сообщает «Интерфакс».", "Интерфакс"),
        ("Рост продолжится, передает агентство «Хабар 24».", "Хабар 24"),
        ("Рост продолжится, сообщает Агентство статистики.", "Агентство статистики"),
        ("По данным Казгидромета, ожидаются дожди.", "Казгидромета"),
        ("Согласно данным Бюро национальной статистики, цены выросли.", "Бюро национальной статистики"),
        ("El.kz ақпараттық порталы ІІМ-ге сілтеме жасап хабарлайды.", "ІІМ"),
        ("Жаңбыр жауады, деп хабарлайды ҚазАқпарат.", "ҚазАқпарат"),
        ("Жаңбыр жауады, деп хабарлайды El.kz Ақорда баспасөз қызметіне сілтеме жасап.", "Ақорда баспасөз қызметіне"),
        ("ҚР ІІМ-нің мәліметінше, жол жабылды.", "ҚР ІІМ"),
    ],
)
def test_named_source(text: str, source: str) -> None:
    found = cited_source(text, OWN)
    assert found is not None
    assert found[0] == source
    assert found[0] in found[1].text
    assert found[1].where == "body paragraph 1"


@pytest.mark.parametrize(
    "text",
    [
        "The delegations met on Monday, El.kz reports. Officials left.",
        "Делегации встретились в понедельник, передает El.kz.",
        "Делегациялар кездесті, деп хабарлайды El.kz.",
        "Kazinform reports that prices rose.",
        "Построят центр, сообщили в министерстве.",
        "По информации ведомства, рост продолжится.",
        "По словам министра Иванова, рост продолжится.",
        "Сообщает министр Иванов. Сообщил Иван Петров.",
        "The plan is good, said the minister.",
        "Prices rose, according to the minister.",
        "Prices rose, according to Ivan Petrov.",
        "It is forbidden according to Kazakh law.",
        "He told Reuters that prices grow.",
        "As Kazinform reported earlier, the law was adopted.",
        "Он передал Петрову книгу.",
        "",
    ],
)
def test_own_reporting_and_speakers_are_no_source(text: str) -> None:
    assert cited_source(text, OWN) is None


def test_the_first_source_counts_and_its_paragraph_is_named() -> None:
    found = cited_source("Prices rose.\nThey fell, Reuters reports.\nSo says the MFA, according to TASS.", OWN)
    assert found is not None
    assert (found[0], found[1].where) == ("Reuters", "body paragraph 2")


@pytest.mark.parametrize(
    "unit", ["according to ", "Reuters reports, ", "сообщает ", "сілтеме жасап ", "a", "A ", "«", ", Aa "]
)
def test_long_texts_end_in_time(unit: str) -> None:
    started = time.process_time()
    cited_source(unit * (1_000_000 // len(unit)), OWN)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A ferry will start, state-run Anadolu Agency reported on Dec. 13.", "Anadolu Agency"),
        ("Anadolu Agency reported that a ferry will start.", "Anadolu Agency"),
        ("The state news agency IRNA reported on Monday that it rained.", "IRNA"),
        ("Prices rose, Russian news agency TASS reported.", "TASS"),
        ("Reuters reported on Monday that prices rose.", "Reuters"),
        ("Жол жабылды, деп хабарлайды El.kz Zakon.kz порталына сілтеме жасап.", "Zakon.kz"),
        ("Zakon.kz порталының мәліметінше, жол жабылды.", "Zakon.kz"),
        ("«Хабар 24» телеарнасына сілтеме жасап.", "Хабар 24"),
        ("«ТАСС» агенттігіне сілтеме жасап хабарлайды El.kz.", "ТАСС"),
        ("ҚазАқпарат агенттігінің хабарлауынша, жол жабылды.", "ҚазАқпарат"),
        ("Tengrinews.kz сайтына сілтеме жасап хабарлайды.", "Tengrinews.kz"),
        ("Жол жабылды, деп жазады Forbes басылымы.", "Forbes"),
        ("Статистика агенттігінің мәліметінше, баға өсті.", "Статистика агенттігінің"),
        ("По данным портала Inbusiness.kz, цены выросли.", "Inbusiness.kz"),
        ("Kazakhstan reported that 200 people fell ill.", None),
        ("Smith reported that he is well.", None),
        ("The ministry of the neighbours reported on Monday that it rained.", None),
    ],
)
def test_names_of_media_stand_alone(text: str, source: str | None) -> None:
    found = cited_source(text, OWN)
    assert (found[0] if found else None) == source


@pytest.mark.parametrize(
    "text",
    [
        "Поезд пустят, сообщает корреспондент «Газеты.uz».",
        "Рост продолжится, пишет «Казахстанской правде» министр.",
        "Рост продолжится, передает корреспондент «Казахстанской правды».",
        "О ремонте сообщили «Вечернему Бишкеку».",
        "Об этом сообщает «Вечерний Бишкек».",
        "Жол жабылды, деп хабарлайды «Егемен Қазақстанның» тілшісі.",
    ],
)
def test_own_name_in_any_case_is_no_source(text: str) -> None:
    own = ("Газета.uz", "Казахстанская правда", "Вечерний Бишкек", "Егемен Қазақстан")
    assert cited_source(text, own) is None
    assert cited_source("Поезд пустят, сообщает «Вестник Ташкента».", own) is not None


@pytest.mark.parametrize(
    ("text", "own", "organisation"),
    [
        ("Жүргізушілер абай болсын, деп жазады El.kz Қазгидрометке сілтеме жасап.", "El.kz", "kz-kazhydromet"),
        ("Түнде су көтерілді, деп жазады Egemen Qazaqstan ТЖМ-ге сілтеме жасап.", "Egemen Qazaqstan", "kz-emergencies"),
        ("Делегация работала в Астане, передает El.kz со ссылкой на Акорду.", "El.kz", "kz-akorda"),
        ("300 компьютер беріледі, деп хабарлайды El.kz Оқу-ағарту министрлігіне сілтеме жасап.", "El.kz", "kz-moe"),
    ],
)
def test_a_site_that_writes_with_reference_to_another_cites_that_one(text: str, own: str, organisation: str) -> None:
    found = cited_source(text, (own,))
    assert found
    assert own not in found[0]
    assert organisations.resolve(found[0]) == organisation
