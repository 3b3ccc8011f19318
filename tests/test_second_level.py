"""Topics of the second level in the selection: any, all and only of them, against sets done by hand."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from readership import queries, settings
from readership.queries import MODES, Selection

Told = dict[int, set[str]]


def edition_of(data: Path) -> queries.Edition:
    edition = queries.current(settings.load({"READERSHIP_DATA": str(data)}))
    assert edition
    return edition


@pytest.fixture(scope="module")
def told(newsroom: Path) -> Told:
    """Topics of both levels by article."""
    found: Told = defaultdict(set)
    with edition_of(newsroom).cursor() as edition:
        for article, topic in edition.execute("SELECT article, topic FROM article_topic").fetchall():
            found[article].add(topic)
    assert any("/" in topic for topics in found.values() for topic in topics)
    return found


def chosen(newsroom: Path, selection: Selection) -> set[int]:
    rows = queries.fetch("articles", selection, edition_of(newsroom), limit=100_000)
    return set(rows["article"])


def fits(topics: set[str], wanted: set[str], mode: str) -> bool:
    """What the three modes mean: a topic above or below a wanted one is no other topic."""
    if mode == "any":
        return bool(topics & wanted)
    if mode == "all":
        return wanted <= topics
    lines = {one for one in topics for w in wanted if one.startswith(f"{w}/") or w.startswith(f"{one}/")}
    detailed = any("/" in one for one in wanted)
    asked = topics if detailed else {one for one in topics if "/" not in one}
    return bool(topics & wanted) and asked <= wanted | lines


@pytest.mark.parametrize("mode", MODES)
def test_second_level_topics_are_chosen_as_topics_are(newsroom: Path, told: Told, mode: str) -> None:
    rng, every = random.Random(4), sorted({topic for topics in told.values() for topic in topics})
    hits = 0
    for _ in range(30):
        wanted = set(rng.sample(every, rng.choice((1, 1, 2, 3))))
        expected = {article for article, topics in told.items() if fits(topics, wanted, mode)}
        assert chosen(newsroom, Selection(topics=tuple(wanted), mode=mode)) == expected, (wanted, mode)
        hits += bool(expected)
    assert hits > 3


def test_a_second_level_topic_joins_other_fields(newsroom: Path, told: Told) -> None:
    detail = next(topic for topics in told.values() for topic in topics if "/" in topic)
    both = chosen(newsroom, Selection(topics=(detail,), countries=("KZ",)))
    assert both == chosen(newsroom, Selection(topics=(detail,))) & chosen(newsroom, Selection(countries=("KZ",)))
    assert both


def test_a_second_level_topic_can_be_left_out(newsroom: Path, told: Told) -> None:
    detail = next(topic for topics in told.values() for topic in topics if "/" in topic)
    kept = chosen(newsroom, Selection(no_topics=(detail,)))
    assert kept == chosen(newsroom, Selection()) - {article for article, topics in told.items() if detail in topics}
