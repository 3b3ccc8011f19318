"""Organisations, authors and stories: one thing under one name, whatever the script."""

from datetime import UTC, datetime, timedelta

import pytest

from readership.enrich import authors, enrich, organisations, stories, tables


@pytest.mark.parametrize(
    ("names", "identity"),
    [
        (("MFA", "МИД", "СІМ", "пресс-служба МИД РК", "ҚР СІМ", "Ministry of Foreign Affairs of Kazakhstan"), "kz-mfa"),
        (("Akorda", "Акорда", "Ақорда", "press service of Akorda", "akorda.kz"), "kz-akorda"),
        (("МИД России", "Russian Foreign Ministry"), "ru-mfa"),
        (("ҚазАқпарат", "Казинформ", "inform.kz"), "kz-kazinform"),
        (("Kazhydromet", "Казгидромет", "Қазгидромет"), "kz-kazhydromet"),
        # as texts cite them: with an article, in Russian and Kazakh cases
        (("Акорду", "Акорды", "Ақордаға", "пресс-службой Акорды"), "kz-akorda"),
        (("пресс-службу МИД РК", "Министерством иностранных дел", "СІМ-ге", "Сыртқы істер министрлігіне"), "kz-mfa"),
        (("the Mazhilis", "Мәжіліске", "Мажилиса"), "kz-mazhilis"),
        (("Ұлттық банкке", "Ұлттық банктің", "Нацбанка", "Национальному банку"), "kz-nbk"),
        (("Ұлттық статистика бюросына",), "kz-stat"),
    ],
)
def test_every_form_of_an_organisation_is_one(names: tuple[str, ...], identity: str) -> None:
    assert {organisations.resolve(name) for name in names} == {identity}


def test_an_unknown_name_is_not_resolved() -> None:
    assert organisations.resolve("A. Nobody") is None
    assert organisations.resolve("Министерства") is None
    assert organisations.resolve("полиции") is None
    assert organisations.resolve("") is None
    assert organisations.resolve(None) is None


def test_no_form_stands_for_two_organisations() -> None:
    forms: dict[str, str] = {}
    for identity, _, _, *cells in tables.rows("organisations.tsv"):
        for form in {form.strip().casefold() for cell in cells for form in cell.split(";") if form.strip()}:
            assert forms.setdefault(form, identity) == identity, form


def test_an_author_is_one_in_three_scripts() -> None:
    names = ("By Aigerim Zhaksybekova", "Айгерим Жаксыбекова", "Айгерім Жақсыбекова", "ERLAN SADYKOV")
    assert authors.canonical(names) == ("Aigerim Zhaksybekova", "Erlan Sadykov")
    assert authors.key("Қанат Әбілов") == authors.key("Kanat Abilov") == authors.key("Abilov Qanat")


def test_authors_are_merged_over_an_archive_by_their_most_frequent_name() -> None:
    merged = authors.merge([("Zhanar Sultan", 2), ("Жанар Сұлтан", 5), ("Ж. Сұлтан", 1), ("Жандос Сұлтанов", 1)])
    assert merged["Zhanar Sultan"] == merged["Ж. Сұлтан"] == "Жанар Сұлтан"
    assert merged["Жандос Сұлтанов"] == "Жандос Сұлтанов"


def test_an_initial_that_fits_two_people_joins_neither() -> None:
    merged = authors.merge([("Жанар Сұлтан", 5), ("Жандос Сұлтан", 5), ("Ж. Сұлтан", 1)])
    assert merged["Ж. Сұлтан"] == "Ж. Сұлтан"


def test_enrichment_holds_names_and_organisations() -> None:
    found = enrich(
        "Talks in Astana", "Officials of Kazakhstan met.", photo_credit="МИД", authors=("By Anna Kim", "ANNA KIM")
    )
    assert (found.credit_org, found.authors, found.language) == ("kz-mfa", ("Anna Kim",), "en")
    assert [mention.country for mention in found.countries] == ["KZ"]


NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
TEXTS = {
    "ru": (
        "Темирбаев посетил Пловдив",
        "Посол Виктор Темирбаев встретился с мэром Пловдива Димитровым. Подарено 30 книг, товарооборот 64,6 млн.",
    ),
    "en": (
        "Temirbayev visits Plovdiv",
        "Ambassador Viktor Temirbayev met the mayor of Plovdiv Dimitrov. He gave 30 books; trade was 64.6 million.",
    ),
    "kk": (
        "Темірбаев Пловдивке барды",
        "Елші Виктор Темірбаев Пловдив әкімі Димитровпен кездесті. 30 кітап сыйланды, сауда 64,6 млн.",
    ),
}


def story(
    article: int, language: str, text: tuple[str, str], *, hours: float = 0, countries: str = "KZ BG"
) -> stories.Story:
    numbers, names = stories.marks(*text)
    return stories.Story(article, language, NOON + timedelta(hours=hours), frozenset(countries.split()), numbers, names)


def test_one_story_in_three_languages_is_joined() -> None:
    told = [story(number, language, text) for number, (language, text) in enumerate(TEXTS.items(), 1)]
    other = ("Выставка в Риме", "В Риме открыли выставку Рафаэля, 120 картин показали Бернини и Карраччи.")
    found = list(stories.pairs([*told, story(9, "ru", other, countries="IT")]))
    assert {(pair.first, pair.second) for pair in found} == {(1, 2), (1, 3), (2, 3)}
    assert all(0.55 <= pair.score <= 1 for pair in found)
    assert stories.groups(found) == {1: 1, 2: 1, 3: 1}


def test_stories_far_apart_in_time_or_in_one_language_are_not_joined() -> None:
    assert not list(stories.pairs([story(1, "ru", TEXTS["ru"]), story(2, "en", TEXTS["en"], hours=100)]))
    assert not list(stories.pairs([story(1, "ru", TEXTS["ru"]), story(2, "ru", TEXTS["ru"])]))


def test_a_story_has_one_partner_a_language() -> None:
    near = [story(1, "ru", TEXTS["ru"]), story(2, "en", TEXTS["en"]), story(3, "en", TEXTS["en"], hours=20)]
    assert {(pair.first, pair.second) for pair in stories.pairs(near)} == {(1, 2)}
