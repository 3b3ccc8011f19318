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
    assert [topic.topic for topic in found] == ["sport", "crime-law-justice"]
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
    assert slugs("", "сот", "kk") == ["crime-law-justice"]


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
