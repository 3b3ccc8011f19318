"""Lines around an article in the many ways that pages print them, in English, Russian and Kazakh."""

from __future__ import annotations

import pytest

from readership import parse, sites
from readership.models import Capture, PageFacts

URL = "https://example.org/a"
VLAST = "https://vlast.kz/novosti/58214-x.html"
TITLE, TITLE_RU, TITLE_KK = (
    "Ministers agree on direct flights",
    "В городе закрыли мост на ремонт",
    "Мектепте жаңа сабақ басталды",
)
BODY = (
    "The delegations met in the capital on Monday and reviewed trade worth 64.6 million dollars in 2022.\n"
    "The first plane is expected to leave the capital in the spring of next year, they said.\n"
)
BODY_RU = (
    "Делегации встретились в столице в понедельник и обсудили торговлю на 64,6 миллиона долларов за год.\n"
    "Первый самолет, как ожидается, вылетит из столицы весной следующего года, сказали они.\n"
)


def read(text: str, url: str = URL) -> PageFacts:
    return parse.read(Capture(text.encode(), "test", url=url), sites.load())


def markup(head: str = "", above: str = "", meta: str = "") -> PageFacts:
    page = (
        f"<!DOCTYPE html><html><head><title>{TITLE}</title>{head}</head><body>{above}<article><h1>{TITLE}</h1>{meta}"
        f"<p>{BODY.splitlines()[0]}</p><p>{BODY.splitlines()[1]}</p></article></body></html>"
    )
    return parse.read(Capture(page.encode(), "test", url=URL), sites.load())


@pytest.mark.parametrize(
    "count",
    ["23 комментария", "1 комментарий", "0 комментариев", "12 comments", "Be the first to comment", "Пікірлер: 12",
     "5 пікір", "Обсудить 4", "3 отзыва", "2 ответа", "3 жауап", "Комментировать", "14 opinions"],
)  # fmt: skip
def test_a_count_of_comments_is_no_title(count: str) -> None:
    facts = read(f"Город\n1.2K просмотров\n{count}\n\n{TITLE_RU}\n\n{BODY_RU}")
    assert (facts.title, facts.views, facts.body) == (TITLE_RU, None, BODY_RU.strip())


@pytest.mark.parametrize(
    "section",
    ["Business & Economy", "Politics and Society", "Russian Politics & Diplomacy", "Экономика и бизнес",
     "Культура и спорт", "Саясат және қоғам", "Wild Nature", "Дом и сад", "Біздің адамдар"],
)  # fmt: skip
def test_a_section_of_the_menu_printed_again_is_no_title(section: str) -> None:
    menu = f"HERALD\nWorld\n{section}\nSport of the day\nMilitary"
    facts = read(f"{menu}\n\n{section}\n\n25 Apr 2023, 10:38\n\n{TITLE}\n\n{BODY}")
    assert (facts.title, facts.section) == (TITLE, section)


@pytest.mark.parametrize("section", ["Business & Economy", "Наука и техника", "Қоғам және мәдениет"])
def test_joined_sections_are_sections(section: str) -> None:
    facts = read(f"{section}\n\n25 Apr 2023, 10:38\n\n{TITLE}\n\n{BODY}")
    assert (facts.title, facts.section) == (TITLE, section)


def test_last_entry_of_a_menu_is_not_the_section() -> None:
    facts = read(f"Вестник\nНовости\nРасклад\nМнения\n\n{TITLE_RU}\n\nОбщество\n14:25, 17 января 2024\n\n{BODY_RU}")
    assert facts.section == "Общество"
    menu = '<div id="menu-top"><ul><li><a>Nation</a></li><li><a>Business</a></li></ul></div>'
    assert markup(above=menu).section is None
    byline = '<p class="byline">By <a rel="author">Dana Serik</a> in <a rel="category tag">Nation</a> on 4 May 2023</p>'
    facts = markup(above="<ul><li>World</li><li>Opinions</li></ul>", meta=byline)
    assert (facts.section, facts.authors) == ("Nation", ("Dana Serik",))


def test_a_menu_with_figures_keeps_its_rates() -> None:
    facts = markup(above='<div class="menu-top"><span>USD 447.9</span> <span>EUR 482.1</span></div>')
    assert [rate.currency for rate in facts.rates] == ["USD", "EUR"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Тимур Асанов, Власть", ("Тимур Асанов",)),
        ("Мария Орлова", ("Мария Орлова",)),
        ("Иван Петров, корреспондент", ("Иван Петров",)),
        ("Асқар Тұрапбайұлы, тілші", ("Асқар Тұрапбайұлы",)),
        ("Автор текста: Иван Петров и Мария Орлова", ("Иван Петров", "Мария Орлова")),
        ("Беседовала Мария Орлова", ("Мария Орлова",)),
        ("Материал подготовил Иван Петров", ("Иван Петров",)),
        ("Жазған: Айгүл Төлегенова мен Асқар Омар", ("Айгүл Төлегенова", "Асқар Омар")),
        ("Сұхбаттасқан Асқар ТҰРАПБАЙҰЛЫ", ("Асқар ТҰРАПБАЙҰЛЫ",)),
        ("By Thomas Ellery and Inês Caldeira in Lisbon", ("Thomas Ellery", "Inês Caldeira")),
        ("By Anna Brown, BBC correspondent", ("Anna Brown",)),
        ("Words by Anna Brown", ("Anna Brown",)),
    ],
)
def test_bylines_above_and_below_the_title(line: str, names: tuple[str, ...]) -> None:
    above = read(f"Общество\n\n{line}\n\n{TITLE_RU}\n\n12.04.2023 10:00\n\n{BODY_RU}", VLAST)
    below = read(f"Общество\n\n{TITLE_RU}\n\n{line}\n12.04.2023 10:00\n\n{BODY_RU}", VLAST)
    assert (above.title, above.authors) == (TITLE_RU, names)
    assert (below.title, below.authors) == (TITLE_RU, names)


def test_wire_signature_without_its_editors() -> None:
    facts = read(f"{TITLE}\n\n12.04.2023 10:00\n\n{BODY}\nReporting by Ann Lee and Tom Fox; Editing by Jo Roe\n")
    assert facts.authors == ("Ann Lee", "Tom Fox")


@pytest.mark.parametrize("line", ["Центральная Азия", "Нижний Новгород", "Ақ Орда", "White House", "Silk Road"])
def test_places_above_the_title_are_no_authors(line: str) -> None:
    assert read(f"Общество\n\n{line}\n\n{TITLE_RU}\n\n12.04.2023 10:00\n\n{BODY_RU}", VLAST).authors == ()


@pytest.mark.parametrize(
    ("head", "meta", "names"),
    [
        ("", '<address><a rel="author">Thomas Ellery</a> and <a rel="author">Inês Caldeira</a> in Lisbon</address>',
         ("Thomas Ellery", "Inês Caldeira")),
        ("", '<aside><a rel="author">Thomas Ellery</a> <span>3 Nov 2022 15.42 GMT</span></aside>', ("Thomas Ellery",)),
        ("", '<div class="b-author"><a>Жанар Бекова</a> <a>Все материалы</a></div>', ("Жанар Бекова",)),
        ("", '<span class="post-byline">By Anna Brown &amp; Tom Reed</span>', ("Anna Brown", "Tom Reed")),
        ("", '<span itemprop="author"><span itemprop="name">Anna Brown</span></span>', ("Anna Brown",)),
        ('<meta name="author" content="Anna Brown, Tom Reed">', "", ("Anna Brown", "Tom Reed")),
        ('<meta name="author" content="admin">', "", ()),
        ('<script type="application/ld+json">{"@type":"NewsArticle","author":[{"@type":"Person","name":"Anna Brown"},'
         '{"@type":["NewsMediaOrganization"],"name":"Herald"},"Tom Reed"]}</script>', "", ("Anna Brown", "Tom Reed")),
        ('<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":["Anna Brown","Tom Reed"]}}'
         "</script>", "", ("Anna Brown", "Tom Reed")),
        ("", '<div class="author">Read more of our news</div>', ()),
    ],
)  # fmt: skip
def test_authors_in_markup(head: str, meta: str, names: tuple[str, ...]) -> None:
    facts = markup(head, meta=meta)
    assert facts.authors == names
    assert facts.body == BODY.strip()


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Суретті түсірген Ерлан ОМАР", "Ерлан ОМАР"),
        ("Суреттерді түсірген: Д. Омаров", "Д. Омаров"),
        ("Сурет Ерлан ОМАР", "Ерлан ОМАР"),
        ("Фотосын түсірген Ерлан Омар", "Ерлан Омар"),
        ("Фототілші: Ерлан ОМАР", "Ерлан ОМАР"),
        ("Фото Ивана Петрова", "Ивана Петрова"),
        ("Фото сделал Иван Петров", "Иван Петров"),
        ("Снимок: Иван Петров", "Иван Петров"),
        ("Image source, Reuters", "Reuters"),
        ("Photo credit, Getty Images", "Getty Images"),
        ("gov.kz", "gov.kz"),
        ("Фото Нового города", None),
        ("Сурет көрмесі ашылды", None),
    ],
)
def test_credits_without_a_colon(line: str, credit: str | None) -> None:
    facts = read(f"{TITLE_KK}\n\n12.04.2023 10:00\n\n{line}\n\n{BODY}")
    assert (facts.photo_credit, facts.authors, facts.body) == (credit, (), BODY.strip())


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("Thu 3 Nov 2022 15.42 GMT", "2022-11-03T15:42+00:00"),
        ("3 Nov 2022, 15.42 UTC", "2022-11-03T15:42+00:00"),
        ("15.42 GMT, 3 November 2022", "2022-11-03T15:42+00:00"),
        ("Nov 3, 2022 3.42pm GMT", "2022-11-03T15:42+00:00"),
        ("3 Nov 2022 15:42 UTC+06:00", "2022-11-03T15:42+06:00"),
        ("3 ноября 2022, 15.42", "2022-11-03T15:42"),
    ],
)
def test_clocks_with_a_dot_and_zones(line: str, local: str) -> None:
    facts = read(f"{TITLE}\n\n{line}\nLast modified on Thu 3 Nov 2022 19.10 GMT\n\n{BODY}")
    assert facts.published is not None
    assert facts.updated is not None
    assert (facts.published.local, facts.updated.local[11:16]) == (local, "19:10")
    assert facts.body == BODY.strip()


@pytest.mark.parametrize(
    "call",
    ["Поддержите журналистику, которой доверяют.", "Поддержите нашу редакцию!", "Есть новость? Пишите нам в WhatsApp",
     "Понравился материал? Поддержите нас на Patreon", "Стали свидетелем происшествия? Присылайте видео в WhatsApp",
     "Support independent journalism.", "Support our work with a donation.", "Donate to keep our newsroom free.",
     "Become a member today and read without ads.", "Тәуелсіз журналистиканы қолдаңыз.", "Бізді қолдаңыз!",
     "Нашли опечатку? Сообщите нам."],
)  # fmt: skip
def test_requests_to_the_reader_are_not_the_text(call: str) -> None:
    assert read(f"{TITLE_RU}\n\n12.04.2023 10:00\n\n{BODY_RU}{call}\n").body == BODY_RU.strip()


@pytest.mark.parametrize(
    "sentence",
    ["Support for the bill grew among members of the lower house of parliament.", "Помогите пострадавшим, просит мэр.",
     "Help arrived on Tuesday, when three lorries reached the village.", "Хотите купить дом? Советы экспертов просты."],
)  # fmt: skip
def test_sentences_that_begin_like_a_request_stay(sentence: str) -> None:
    assert read(f"{TITLE_RU}\n\n12.04.2023 10:00\n\n{BODY_RU}{sentence}\n").body.endswith(sentence)


def test_quote_currency_of_a_host_without_entry_is_the_one_its_pairs_print() -> None:
    assert [rate.quote for rate in read(f"USD/TRY 18.64\nEUR/TRY 19.82\n\n{TITLE}\n\n{BODY}").rates] == ["TRY", "TRY"]
    assert [rate.quote for rate in read(f"USD/TRY 18.64\nEUR 19.82\n\n{TITLE}\n\n{BODY}").rates] == [None, None]
