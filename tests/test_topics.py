"""Topics: several with scores and words, and a newsroom's own file laid over the package's lists."""

from pathlib import Path

import pytest

from own_news import NEWS
from readership.enrich import tables, topics
from readership.errors import UsageError


def slugs(title: str, body: str, language: str, lists: topics.Topics | None = None) -> list[str]:
    return [found.topic for found in (lists or topics.load()).score(title, body, language=language)]


def test_several_topics_come_best_first_with_the_words_that_led_to_them() -> None:
    found = topics.score(
        "Футбольный матч", "Чемпионат прошёл спокойно. Полиция задержала двоих, суд их оштрафовал.", language="ru"
    )
    assert [topic.topic for topic in found if topics.level(topic.topic) == 1] == ["sport", "crime-law-justice"]
    assert found[0].score > found[1].score > 0
    assert "матч" in found[0].words
    assert "суд" in found[1].words


def test_a_text_without_terms_has_no_topic() -> None:
    assert topics.score("", "xyz", language="en") == ()


def test_acronyms_count_only_in_capitals() -> None:
    assert slugs("", "The WHO and the FDA spoke.", "en") == ["health"]
    assert slugs("", "Those who came.", "en") == []


def test_a_terms_language_is_kept_apart() -> None:
    assert slugs("", "сот", "ru") == []
    assert slugs("", "сот", "kk")[:1] == ["crime-law-justice"]


def test_our_own_news_keep_their_topics() -> None:
    wrong = [title for language, topic, _, title, body in NEWS if slugs(title, body, language)[:1] != [topic]]
    assert len(wrong) <= 4, wrong


def test_the_lists_have_the_iptc_top_level_and_no_unknown_topic() -> None:
    lists = topics.load()
    top = [topic for topic in lists.topics.values() if not topic.parent]
    assert len(top) == 17
    assert all(
        topic.qcode.startswith("medtop:") and set(topic.names) == {"en", "ru", "kk"} for topic in lists.topics.values()
    )
    assert {term.topic for term in lists.terms} <= set(lists.topics)


def test_no_term_is_listed_twice_for_a_topic() -> None:
    for language in topics.LANGUAGES:
        keys = [(text.lower(), slug) for text, slug, _ in tables.rows(f"terms_{language}.tsv")]
        assert len(keys) == len(set(keys)), language


def own(folder: Path, text: str) -> Path:
    path = folder / "topics.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_newsroom_adds_renames_and_drops(tmp_path: Path) -> None:
    lists = topics.load(
        own(
            tmp_path,
            "# ours\ntopic\tnuclear\teconomy-business-finance\tNuclear power\tАтомная энергетика\tАтом\n"
            "topic\tsport\t-\t\tСпортивная жизнь\t\n"
            "term\tru\tядерн*\tnuclear\t5\n"
            "drop\tru\tматч*\tsport\n",
        )
    )
    assert slugs("", "Ядерный проект", "ru", lists) == ["economy-business-finance", "nuclear"]
    assert lists.name("sport", "ru") == "Спортивная жизнь"
    assert lists.name("sport", "en") == "Sport"
    assert slugs("", "матч", "ru", lists) == []
    assert slugs("", "матч", "ru") == ["sport"]


@pytest.mark.parametrize(
    "line",
    [
        "term\tru\tслово\tno-such-topic\t1",
        "term\tde\tWort\tsport\t1",
        "term\tru\tслово\tsport\theavy",
        "nonsense",
        "topic\t\t\t",
        "drop\tru\tнет такого\tsport",
        "topic\tnew\tno-such-parent\tNew",
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match="Line 2"):
        topics.load(own(tmp_path, "# first\n" + line))


def test_an_unreadable_file_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        topics.load(tmp_path / "absent.tsv")
    (tmp_path / "topics.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="can't be read"):
        topics.load(tmp_path / "topics.tsv")


def test_the_second_level_is_told_below_its_topic_with_its_own_words() -> None:
    found = topics.score("Футбольный матч", "Вратарь отбил пенальти, судья назначил штраф.", language="ru")
    assert found[0].topic == "sport"
    (football,) = [topic for topic in found if topic.topic == "sport/football"]
    assert "пенальти" in football.words
    assert topics.load().topics["sport/football"].parent == "sport"


@pytest.mark.parametrize(
    ("title", "body", "language", "slug"),
    [
        ("Boxer wins title", "The heavyweight won by knockout.", "en", "sport/boxing"),
        ("Voters elect parliament", "Polling stations closed.", "en", "politics-government/election"),
        ("Землетрясение", "Магнитуда толчков составила 5,1.", "ru", "disaster-accident-emergency/earthquake"),
        ("Торговые войны", "Растут пошлины, экономика страдает.", "ru", "economy-business-finance/trade"),
        ("Мектепте жаңа сынып", "Оқушылар мен мұғалімдер тойлады.", "kk", "education/school"),
        ("Сот үкім шығарды", "Прокурор қылмысты дәлелдеді.", "kk", "crime-law-justice/judiciary"),
    ],
)  # fmt: skip
def test_children_in_three_languages(title: str, body: str, language: str, slug: str) -> None:
    assert slug in slugs(title, body, language)


def test_a_child_is_not_told_without_its_topic() -> None:
    found = slugs("Suleimenova's tale", "The school bell rang: an egg, a hen, a wolf.", "en")
    assert all(slug.split("/")[0] in found for slug in found)


def test_children_leave_the_top_level_as_it_was() -> None:
    lists = topics.load()
    bare = topics.Topics(lists.topics, lists.terms)
    for language, _, _, title, body in NEWS:
        found = lists.score(title, body, language=language)
        top = [topic for topic in found if topics.level(topic.topic) == 1]
        assert top == list(bare.score(title, body, language=language))


def test_every_second_level_topic_has_terms_in_every_language() -> None:
    told = {(slug, language) for slug, language, _, _ in tables.details()}
    children = [slug for slug in topics.load().topics if topics.level(slug) == 2]
    assert told == {(slug, language) for slug in children for language in topics.LANGUAGES}
    assert all(topics.load().topics[slug].qcode.startswith("medtop:") for slug in children)


def test_an_own_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    own = tmp_path / "topics.tsv"
    own.write_text("topic\tsport\t-\tGames\n")
    assert topics.names(own)["sport"]["en"] == "Games"
    own.write_text("topic\tsport\t-\tSports and games\n")
    assert topics.names(own)["sport"]["en"] == "Sports and games"
    assert topics.names()["sport"]["en"] == "Sport"
