"""Countries: names in every form, and the rules that tell a country from a look-alike."""

import time

import pytest

from own_news import NEWS
from readership.enrich import alphabet, countries, dateline, inflection


def named(text: str, language: str | None, title: str = "") -> set[str]:
    return {mention.country for mention in countries.find(title, text, language=language)}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("kk", "Болгарияның астанасында кездесу өтті.", {"BG"}),
        ("ru", "Переговоры прошли в Турции.", {"TR"}),
        ("kk", "Бұл туралы түрік баспасөзі жазды.", {"TR"}),
        ("en", "The UAE and the U.S. signed it.", {"AE", "US"}),
        ("ru", "ОАЭ и США подписали документ.", {"AE", "US"}),
        ("kk", "БАӘ мен АҚШ құжатқа қол қойды.", {"AE", "US"}),
        ("ru", "Казахстанско-немецкий центр открыли в Новой Зеландии.", {"KZ", "DE", "NZ"}),
        ("ru", "Гостей из Южной Кореи и КНДР разместили отдельно.", {"KR", "KP"}),
        ("ru", "Датчанки обыграли француженок, а поляки — немцев.", {"DK", "FR", "PL", "DE"}),
        ("kk", "Шымкенттегілер мен ташкенттік қонақтар жиналды.", {"KZ", "UZ"}),
        ("en", "Traders in Tbilisi, Guangzhou and Cape Town agreed.", {"GE", "CN", "ZA"}),
        ("en", "TÜRKİYE AND KAZAKHSTAN SIGN ACCORD", {"TR", "KZ"}),
        ("ru", "Посол Kазахстана прибыл в Мaдрид.", {"KZ", "ES"}),  # Latin K and a among Cyrillic letters
    ],
)
def test_names_are_found_in_every_form(language: str, text: str, expected: set[str]) -> None:
    assert named(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Того же мнения держатся соседи, мали и велики."),
        ("ru", "Едкий чад стоял над мангалом, а перу поэта нет равных."),
        ("ru", "Грузовик перегрузили, финишировал он через неделю; модели дорожали."),
        ("ru", "В салат идут пекинская капуста и болгарский перец."),
        ("ru", "На курсах изучают английский язык и японский язык."),
        ("ru", "Судно ушло в Индийский океан через Мексиканский залив."),
        ("ru", "Электрик Поляков и слесарь Немцев вышли на смену."),
        ("ru", "Активистка Дания Ахметова помогла соседям."),
        ("ru", "Евросоюз и ООН выступили с заявлением."),
        ("kk", "Заңды қабылдады, жалғыз ғана дауыс қарсы болды."),
        ("kk", "Қыран бүркіт, мыс қазан, қуба бел."),
        ("kk", "Ол қазақ тілін үйренді."),
        ("en", "Carve the turkey, then put the china away and polish the table."),
        ("en", "He kept a guinea pig and wore a Panama hat on the Indian Ocean."),
        ("en", "Michael Jordan met Chad Smith and Paris Hilton."),
        ("en", "She speaks the French language and likes French fries."),
        ("en", "He asked us who could help it."),
    ],
)
def test_look_alikes_name_no_country(language: str, text: str) -> None:
    assert named(text, language) == set()


def test_the_state_of_georgia_is_told_from_the_country() -> None:
    assert named("Georgia's governor spoke in Atlanta.", "en") == {"US"}
    assert named("Georgia's parliament met in Tbilisi.", "en") == {"GE"}
    assert named("Officials in Georgia agreed.", "en") == {"GE"}


def test_a_town_in_a_state_is_in_that_states_country() -> None:
    assert named("Police in Cuba, Missouri, found it.", "en") == {"US"}
    assert named("A court in London, Ontario, agreed.", "en") == {"CA"}


def test_the_two_congos_are_told_apart() -> None:
    assert named("Talks in Kinshasa: Congolese officials and the Congo agreed.", "en") == {"CD"}
    assert named("Talks in Brazzaville: Congolese officials agreed.", "en") == {"CG"}


def test_a_person_named_once_in_full_stays_a_person() -> None:
    assert named("Jordan won. Michael Jordan was pleased, and Jordan left.", "en") == set()
    assert named("Jordan closed its border, officials in Amman said.", "en") == {"JO"}


def test_evidence_says_where_how_often_and_in_which_words() -> None:
    found = countries.find("Турция ждёт гостей", "Анкара готова. Турецкие отели полны, едут и из Ирана.", language="ru")
    turkey = next(mention for mention in found if mention.country == "TR")
    assert (turkey.mentions, turkey.in_title, turkey.first_position) == (3, True, 0)
    assert turkey.words == ("Турция", "Анкара", "Турецкие")
    assert found[0] is turkey
    assert turkey.salience == 1.0
    assert 0 < found[1].salience < 1


def test_positions_count_from_the_title_over_a_newline() -> None:
    title, body = "Без стран", "Потом был Париж."
    (mention,) = countries.find(title, body, language="ru")
    assert f"{title}\n{body}"[mention.first_position :].startswith("Париж")


def test_the_dateline_says_where_a_story_is_from() -> None:
    (mention,) = countries.find(
        "Rates rise", "The central bank raised rates.", language="en", placed="TOKYO, March 2 -"
    )
    assert mention.country == "JP"
    assert mention.about
    assert dateline.country("PORTLAND, Ore., Feb 26 -", "") == "US"
    assert dateline.country("CAMBRIDGE, Mass., March 2 -", "") == "US"
    assert dateline.country("Nowhere at all", "") is None
    assert dateline.country(None, "ALMATY (Reuters) - A bank said") == "KZ"


def test_our_own_news_keep_their_countries() -> None:
    wrong = [title for language, _, expected, title, body in NEWS if named(body, language, title) != expected]
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize(
    "text", ["", " ", "\x00\ufeff", "İ" * 50, "😀 Турция 😀", "a" * 100_000, "(" * 5_000, "Chad " * 20_000]
)
def test_odd_texts_are_read_in_bounded_time(text: str) -> None:
    begin = time.perf_counter()
    countries.find(text, text, language=None)
    assert time.perf_counter() - begin < 5


def test_folding_keeps_positions() -> None:
    for text in ("Ёлка, É — «И»", "İstanbul'da", "ABC\r\nдеф", "½ ﬁ ß"):
        assert len(alphabet.fold(text)) == len(text) + 2


def test_kazakh_suffixes_agree_with_the_stem() -> None:
    back, front = alphabet.word("лардың"), alphabet.word("лердің")
    assert back in inflection.kazakh("қазақ")
    assert front not in inflection.kazakh("қазақ")
    assert front in inflection.kazakh("түрік")
