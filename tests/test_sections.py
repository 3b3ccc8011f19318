"""Sections learnt from what a newsroom prints: found again, guessed apart from what is printed, and only when asked."""

import sys
from pathlib import Path

import pytest

import stores
from readership.enrich import sections
from readership.errors import ReadershipError
from readership.pipeline import sections as learning
from readership.pipeline.ingest import ingest
from readership.queries import current, fetch
from readership.queries.selection import Selection

WORDS = {"Sport": "match goal team coach referee", "Economy": "bank loan inflation market tenge"}


def examples(articles: int = 40) -> list[sections.Example]:
    return [
        sections.Example(number, "a.kz", "en", name, " ".join([*words.split()[number % 4 :], f"item {number}"]))
        for number in range(articles)
        for name, words in [list(WORDS.items())[number % 2]]
    ]


def test_sections_are_found_again_and_guessed_where_none_is_printed() -> None:
    pytest.importorskip("sklearn")
    unknown = sections.Example(99, "a.kz", "en", None, "The referee stopped the match and sent the coach away")
    (learnt,) = sections.learn([*examples(), unknown])
    assert learnt.accuracy > 0.9 > learnt.largest
    assert [(one.section, one.articles) for one in learnt.quality] == [("Economy", 20), ("Sport", 20)]
    section, chance = learnt.guesses[99]
    assert section == "Sport"
    assert sections.SURE <= chance <= 1
    assert set(learnt.guesses) == {99}


def test_shuffled_sections_are_told_to_be_unlearnable() -> None:
    pytest.importorskip("sklearn")
    mixed = [sections.Example(n, "a.kz", "en", "AB"[(n // 3) % 2], "the same words each time") for n in range(120)]
    assert sections.learn(mixed)[0].accuracy < 0.65


def test_a_section_with_few_articles_is_left_out() -> None:
    pytest.importorskip("sklearn")
    (learnt,) = sections.learn([*examples(), sections.Example(77, "a.kz", "en", "Rare", "a rare thing")])
    assert learnt.left_out == ("Rare",)
    assert sections.learn(examples(12)) == []


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sklearn", "sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.pipeline"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ReadershipError, match="pip install scikit-learn"):
        sections.learn(examples())


def test_a_store_learns_and_keeps_guesses_apart(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    settings = stores.settings_of(tmp_path / "data")
    header = "site,article_key,language,section,title,body,published_at\n"
    rows = [f"a.kz,{e.article},en,{e.section},{e.text},{e.text},2024-05-01\n" for e in examples()]
    table = tmp_path / "articles.csv"
    table.write_text(header + "".join(rows) + "a.kz,99,en,,The referee and the coach,A match and a goal,2024-05-02\n")
    with pytest.raises(ReadershipError, match="No sections were learnt"):
        learning.show(settings)
    assert ingest(settings, [table]).accepted == 41
    report = learning.learn(settings)
    assert report == learning.show(settings)
    edition = current(settings)
    assert edition is not None
    guessed = fetch("section_guesses", Selection(), edition)
    assert guessed["guessed_section"].tolist() == ["Sport"]
    assert fetch("articles", Selection(), edition)["section"].isna().sum() == 1
