# ruff: noqa: E501 (texts read better on one line)
"""The same story in several languages: found by what its versions share, kept apart from its neighbours of the same day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

import stores
from readership.enrich import countries, stories
from readership.pipeline.ingest import ingest
from readership.pipeline.publish import publish
from readership.queries import current, fetch
from readership.queries.selection import Selection
from readership.settings import Settings

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
TOLD = {
    "port": {
        "en": "Aktau port handles record grain|The port of Aktau loaded 412 thousand tonnes of grain in April, up 18% on last year, its director Serik Abdrakhmanov said. Most of it went to Iran and Azerbaijan.",
        "ru": "Порт Актау отгрузил рекордный объём зерна|Порт Актау отгрузил в апреле 412 тысяч тонн зерна, на 18% больше, сообщил директор Серик Абдрахманов. Большая часть ушла в Иран и Азербайджан.",
        "kk": "Ақтау порты рекордтық астық жөнелтті|Ақтау порты сәуірде 412 мың тонна астық жөнелтті, бұл 18%-ға көп, деді директоры Серік Абдрахманов. Көбі Иран мен Әзербайжанға кетті.",
    },
    "boxer": {
        "en": "Kazakh boxer wins final in Tashkent|Nurbek Oralbay beat Cuba's Julio La Cruz 4:1 in the 80 kg final in Tashkent.",
        "ru": "Казахстанский боксёр выиграл финал в Ташкенте|Нурбек Оралбай победил кубинца Хулио Ла Круса 4:1 в финале до 80 кг в Ташкенте.",
        "kk": "Қазақ боксшысы Ташкентте жеңді|Нұрбек Оралбай 80 кг финалында кубалық Хулио Ла Крусты Ташкентте 4:1 есебімен жеңді.",
    },
    "bridge": {
        "en": "Bridge over the Irtysh to open in June|A 1,6 km bridge near Pavlodar costing 27.4 billion tenge will open on June 12, akim Asain Baikhanov said.",
        "ru": "Мост через Иртыш откроют в июне|Мост длиной 1,6 км под Павлодаром стоимостью 27,4 млрд тенге откроют 12 июня, сказал аким Асаин Байханов.",
        "kk": "Ертіс көпірі маусымда ашылады|Павлодар маңындағы ұзындығы 1,6 км, құны 27,4 млрд теңге көпір 12 маусымда ашылады, деді әкім Асайын Байханов.",
    },
    "festival": {
        "en": "Nomad games draw 3,200 guests to Turkistan|Turkistan hosted kokpar and archery for 3,200 guests; Mongolia's Batbayar took first prize of 750 thousand.",
        "ru": "Игры кочевников собрали в Туркестане 3 200 гостей|В Туркестане на кокпар и стрельбу приехали 3 200 гостей; монгол Батбаяр получил 750 тысяч.",
        "kk": "Түркістандағы көшпенділер ойынына 3 200 қонақ келді|Түркістанда көкпар мен садақ атуға 3 200 қонақ келді; моңғол Батбаяр 750 мың жүлде алды.",
    },
    "hospital": {
        "en": "New hospital opens in Kostanay|A hospital for 560 patients opened in Kostanay; South Korea's Samsung supplied 34 scanners, doctor Aliya Nurgalieva said.",
        "ru": "В Костанае открыли больницу|Больница на 560 пациентов открылась в Костанае; южнокорейский Samsung поставил 34 аппарата, сказала врач Алия Нургалиева.",
        "kk": "Қостанайда аурухана ашылды|Қостанайда 560 науқасқа арналған аурухана ашылды; Оңтүстік Кореяның Samsung компаниясы 34 аппарат берді, деді дәрігер Әлия Нұрғалиева.",
    },
    "satellite": {
        "en": "France to build satellite for Kazakhstan|Airbus and Ghalam signed a 215.5 million euro contract in Paris; launch is set for 2027, Malik Olzhabekov said.",
        "ru": "Франция построит спутник для Казахстана|Airbus и Ghalam подписали в Париже контракт на 215,5 млн евро; запуск намечен на 2027 год, сказал Малик Олжабеков.",
        "kk": "Франция Қазақстанға спутник жасайды|Airbus пен Ghalam Парижде 215,5 млн еуроға келісімшарт жасасты; ұшыру 2027 жылы, деді Мәлік Олжабеков.",
    },
    "flood": {
        "en": "Flood in Uralsk: 1,840 people moved|Rescuers moved 1,840 people from 312 houses in Uralsk after the Ural rose to 851 cm, Bauyrzhan Syzdykov said.",
        "ru": "Паводок в Уральске: эвакуированы 1 840 человек|Спасатели вывезли 1 840 человек из 312 домов в Уральске: Урал поднялся до 851 см, сообщил Бауыржан Сыздыков.",
        "kk": "Оралда су тасқыны: 1 840 адам көшірілді|Құтқарушылар Оралда 312 үйден 1 840 адамды көшірді: Жайық 851 см-ге көтерілді, деді Бауыржан Сыздықов.",
    },
    "school": {
        "en": "Finland's teachers come to Shymkent|Helsinki sent 46 teachers to 12 schools of Shymkent for 90 days, Pekka Virtanen told parents.",
        "ru": "Учителя из Финляндии приехали в Шымкент|Хельсинки направил 46 учителей в 12 школ Шымкента на 90 дней, сказал родителям Пекка Виртанен.",
        "kk": "Финляндия мұғалімдері Шымкентке келді|Хельсинки Шымкенттің 12 мектебіне 90 күнге 46 мұғалім жіберді, деді Пекка Виртанен.",
    },
}  # fmt: skip
NEIGHBOURS = {
    "port": ("ru", "Порт Актау закрыли из-за ветра|Порт Актау закрыт для судов: ветер до 28 м/с, сообщил капитан порта Ерлан Досмагамбетов. Паромы из Азербайджана и Ирана ждут 14 часов."),
    "boxer": ("en", "Kazakh wrestler loses in Tashkent|Rizabek Aitmukhan lost to Cuba's Geannis Garzon 2:6 in the 92 kg bout in Tashkent."),
    "bridge": ("ru", "В Павлодаре ремонтируют дороги|В Павлодаре отремонтируют 43 км дорог за 9,1 млрд тенге до 25 сентября, сообщил Нурлан Касимов."),
    "festival": ("en", "Turkistan tourists may top 1.8 million|Turkistan expects 1.8 million tourists this year, 11% of them from Mongolia and Uzbekistan, Darkhan Satybaldy said."),
    "hospital": ("kk", "Қостанайда мектеп салынады|Қостанайда 900 орындық мектеп салынады, құрылысты Оңтүстік Кореяның Hyundai компаниясы 18 айда бітіреді, деді Қайрат Ахметов."),
    "satellite": ("en", "France and Kazakhstan sign uranium deal|Orano and Kazatomprom agreed in Paris on 2,300 tonnes by 2031, Meirzhan Yussupov said."),
    "flood": ("kk", "Оралда мұз еріді|Жайық мұздан 27 наурызда арылды, орташа деңгейі 420 см, деді Қазгидромет маманы Гүлнар Есенова Оралда."),
    "school": ("en", "Helsinki and Shymkent to trade|Finland's Nokian signed for 250 workers in Shymkent, Antti Korhonen said on day 3 of talks."),
}  # fmt: skip


def _story(number: int, language: str, text: str, hours: float) -> stories.Story:
    title, body = text.split("|")
    numbers, names = stories.marks(title, body)
    named = frozenset(mention.country for mention in countries.find(title, body, language=language))
    return stories.Story(number, language, NOON + timedelta(hours=hours), named, numbers, names, "a.kz")


def _newsroom() -> tuple[list[stories.Story], set[tuple[int, int]]]:
    """One crowded day: eight stories in three languages, and beside each another of the same place and people."""
    told: list[stories.Story] = []
    wanted: set[tuple[int, int]] = set()
    for hour, (name, versions) in enumerate(TOLD.items()):
        first = len(told)
        for language, text in versions.items():
            told.append(_story(len(told), language, text, hour + (len(told) - first) * 2))
        wanted |= {(one, other) for one in range(first, first + 3) for other in range(one + 1, first + 3)}
        told.append(_story(len(told), *NEIGHBOURS[name], hours=hour + 1))
    return told, wanted


def test_versions_are_joined_and_neighbours_are_not() -> None:
    told, wanted = _newsroom()
    found = {(pair.first, pair.second) for pair in stories.pairs(told)}
    assert len(wanted) == 24
    assert len(found & wanted) / len(found) >= 0.95, found - wanted
    assert len(found & wanted) / len(wanted) >= 0.85, wanted - found


def test_groups_are_whole_stories() -> None:
    told, _ = _newsroom()
    groups = stories.groups(stories.pairs(told))
    whole = [{article for article, story in groups.items() if story == first} for first in set(groups.values())]
    assert sum(len(group) == 3 for group in whole) >= 6
    assert max(map(len, whole)) == 3


def test_other_sites_are_left_alone() -> None:
    told, _ = _newsroom()
    moved = [
        stories.Story(s.article, s.language, s.published, s.countries, s.numbers, s.names, s.language or "")
        for s in told
    ]
    assert not list(stories.pairs(moved))


def _table(path: Path, languages: str) -> Path:
    """Articles of all stories in some languages, with an hour between them, and their views."""
    rows = ["site,article_key,language,title,body,published_at"]
    for hour, (name, versions) in enumerate(TOLD.items()):
        for language in languages.split():
            title, body = versions[language].split("|")
            at = (NOON + timedelta(hours=hour)).isoformat()
            rows.append(f'a.kz,{name}-{language},{language},"{title}","{body}",{at}')
    path.write_text("\n".join(rows) + "\n")
    return path


def _stored(settings: Settings) -> list[tuple[object, ...]]:
    edition = current(settings)
    assert edition is not None
    with duckdb.connect(str(edition.path), read_only=True) as connection:
        return connection.execute("SELECT * FROM story ORDER BY ALL").fetchall()


def test_stories_grow_with_new_articles_as_if_made_at_once(tmp_path: Path) -> None:
    settings = stores.settings_of(tmp_path / "data")
    ingest(settings, [_table(tmp_path / "en.csv", "en")])
    assert _stored(settings) == []
    ingest(settings, [_table(tmp_path / "others.csv", "ru kk")])
    grown = _stored(settings)
    assert len(grown) == 24
    publish(settings, full=True)
    assert _stored(settings) == grown


def test_views_are_added_across_languages(tmp_path: Path) -> None:
    settings = stores.settings_of(tmp_path / "data")
    views = tmp_path / "views.csv"
    rows = [f"a.kz,port-{language},2024-05-09T12:00:00Z,{n}" for language, n in (("en", 5), ("ru", 40), ("kk", 300))]
    views.write_text("\n".join(["site,article_key,observed_at,views", *rows]) + "\n")
    ingest(settings, [_table(tmp_path / "all.csv", "en ru kk"), views])
    edition = current(settings)
    assert edition is not None
    selection = Selection(question="published")
    meter = fetch("articles", selection, edition)
    told = fetch("stories", selection, edition)
    assert len(told) == 8
    best = told.iloc[0]
    assert (best["articles"], best["languages"]) == (3, "en; kk; ru"), meter
    assert best["views"] == 345
    assert best["views_by_language"] == "en: 5; kk: 300; ru: 40"
    article = int(meter[meter["article_key"] == "port-ru"]["article"].iloc[0])
    versions = fetch("article_story", selection, edition, article=article)
    assert versions["total"].tolist() == [300, 40, 5]
    assert set(versions["story_views"]) == {345}
    assert versions["is_self"].tolist() == [False, True, False]
