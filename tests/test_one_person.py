"""One person under one name over the whole archive, in whatever script a byline is; made bit by bit or at once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import stores
from readership import queries
from readership.pipeline.publish import publish
from readership.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stores.settings_of(tmp_path / "data")


def written(path: Path, first: int, *authors: str) -> Path:
    """Pages with a byline each."""
    found = [
        (
            f"{n}.txt",
            stores.url(n),
            f"2024-05-1{n}T05:00:00+00:00",
            stores.page(n, 100) + f"\nAuthor: {author}\n".encode(),
        )
        for n, author in enumerate(authors, first)
    ]
    return stores.folder(path, found)


def authors_of(settings: Settings) -> list[tuple[str, str]]:
    edition = queries.current(settings)
    assert edition
    with duckdb.connect(str(edition.path), read_only=True) as opened:
        return opened.execute(
            "SELECT a.article_key, w.author FROM article_author AS w JOIN article AS a ON a.article = w.article "
            "ORDER BY a.article_key, w.ordinal"
        ).fetchall()


def test_three_scripts_are_one_person(settings: Settings, tmp_path: Path) -> None:
    stores.taken(
        settings, written(tmp_path / "a", 1, "Әсел Досмайыл", "Асель Досмаил", "Asel Dosmail", "Асель Досмаил")
    )
    assert {author for _, author in authors_of(settings)} == {"Асель Досмаил"}
    edition = queries.current(settings)
    assert edition
    rows = queries.fetch("group_views", queries.Selection(), edition, dimension="author")
    assert list(rows["articles"]) == [4]
    chosen = queries.fetch("articles", queries.Selection(authors=("Асель Досмаил",)), edition)
    assert len(chosen) == 4


def test_a_name_that_becomes_more_frequent_names_the_older_articles_too(settings: Settings, tmp_path: Path) -> None:
    stores.taken(settings, written(tmp_path / "a", 1, "Ilya Vorontsov", "Наргиз Бекова"))
    assert authors_of(settings) == [("1", "Ilya Vorontsov"), ("2", "Наргиз Бекова")]
    stores.taken(settings, written(tmp_path / "b", 3, "Илья Воронцов", "Илья Воронцов"))
    bit_by_bit = authors_of(settings)
    assert [author for _, author in bit_by_bit] == ["Илья Воронцов", "Наргиз Бекова", "Илья Воронцов", "Илья Воронцов"]
    publish(settings, full=True)
    assert authors_of(settings) == bit_by_bit


def test_the_same_surname_alone_joins_nobody(settings: Settings, tmp_path: Path) -> None:
    stores.taken(settings, written(tmp_path / "a", 1, "Асель Досмаил", "Айгерим Досмаил", "А. Досмаил"))
    assert len({author for _, author in authors_of(settings)}) == 3, "an initial that fits two people fits none"
