"""The figures of docs/classification.md, pinned a little below, on labelled news that are not in this repository."""

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from readership.enrich import countries, topics

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "quality"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="no labelled news here: ../shared/quality is absent")

CLASSES = {
    "sport": "sport",
    "economy-business-finance": "business",
    "labour": "business",
    "science-technology": "science-technology",
    "environment": "science-technology",
    "health": "science-technology",
}
"""IPTC topic → class of AG's corpus; every other topic is `world`."""


def texts(name: str) -> Iterator[dict[str, Any]]:
    path = FOLDER / name
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def held_back(key: str) -> bool:
    """The half that word lists and weights were not tuned on."""
    return bool(hashlib.sha1(key.encode()).digest()[0] & 1)


def micro_f1(rows: list[tuple[set[str], set[str]]]) -> float:
    both = sum(len(found & wanted) for found, wanted in rows)
    return 2 * both / sum(len(found) + len(wanted) for found, wanted in rows)


def accuracy(rows: list[tuple[str | None, str]]) -> float:
    return sum(found == wanted for found, wanted in rows) / len(rows)


def best_topic(text: dict[str, Any], language: str) -> str | None:
    found = topics.score(text["title"], text["body"], language=language)
    return found[0].topic if found else None


@pytest.fixture(scope="module")
def reuters() -> dict[bool, list[tuple[set[str], set[str]]]]:
    rows: dict[bool, list[tuple[set[str], set[str]]]] = {False: [], True: []}
    for text in texts("reuters-dev.jsonl.gz"):
        found = countries.find(text["title"], text["body"], language="en", placed=text["dateline"])
        about = {mention.country for mention in found if mention.about}
        rows[held_back(text["title"] + text["body"][:50])].append((about - {"US"}, set(text["countries"]) - {"US"}))
    return rows


@pytest.mark.parametrize("half", [False, True], ids=["tuned on", "held back"])
def test_what_reuters_stories_are_about(reuters: dict[bool, list[tuple[set[str], set[str]]]], half: bool) -> None:
    assert micro_f1(reuters[half]) >= 0.88


def test_classes_of_ag_news() -> None:
    rows: dict[bool, list[tuple[str | None, str]]] = {False: [], True: []}
    for text in texts("agnews-dev.jsonl.gz"):
        topic = best_topic(text, "en")
        rows[held_back(text["title"])].append((topic and CLASSES.get(topic, "world"), text["class"]))
    assert accuracy(rows[False]) >= 0.81
    assert accuracy(rows[True]) >= 0.81


def test_countries_and_topics_of_news_in_three_languages() -> None:
    news = list(texts("news-dev.jsonl"))
    found = [
        {mention.country for mention in countries.find(text["title"], text["body"], language=text["lang"])}
        for text in news
    ]
    assert micro_f1([(named, set(text["countries"])) for named, text in zip(found, news, strict=True)]) >= 0.985
    assert accuracy([(best_topic(text, text["lang"]), text["topic"]) for text in news]) >= 0.92


def rate(work: Callable[[dict[str, Any]], object], news: list[dict[str, Any]]) -> float:
    begin = time.process_time()
    for text in news:
        work(text)
    return len(news) / (time.process_time() - begin)


def test_speed() -> None:
    """News a second on one core, countries and topics together; the best of three, since others may be at work here."""
    news = list(texts("reuters-dev.jsonl.gz"))[:2000]

    def work(text: dict[str, Any]) -> None:
        countries.find(text["title"], text["body"], language="en", placed=text["dateline"])
        topics.score(text["title"], text["body"], language="en")

    work(news[0])
    assert max(rate(work, news) for _ in range(3)) >= 5000
