"""The same story in several languages: articles joined by countries, numbers, names and time, with a score."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from readership.enrich import authors

WINDOW = timedelta(hours=72)
"""Articles further apart in time are never joined."""
ENOUGH = 0.55
_COMMON = 40
"""A mark that more articles of one window share says too little to look for pairs by it."""
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[  ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_NAME = re.compile(r"\b[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w’'-]{3,}")
_ENDING = re.compile(
    r"(?:['’]s|(?:ның|нің|дың|дің|тың|тің|ға|ге|қа|ке|мен|бен|пен|дан|ден|тан|тен|нан|нен|да|де|та|те|ды|ді|ты|ті|ны|ні)"
    r"|(?:ого|ому|ыми|ами|ах|ей|ой|ом|ем|ым|ую|ою|ия|ии|ию|а|у|е|ы|и|я|ю))$"
)


@dataclass(frozen=True, slots=True)
class Story:
    """What joining needs of an article.

    Attributes:
        article: its id.
        language: en, ru or kk; None is joined with any.
        published: aware; None is never joined.
        countries: ISO 3166-1 alpha-2 that it names.
        numbers, names: as from `marks`.
        site: pairs are looked for on one site only.
    """

    article: int
    language: str | None
    published: datetime | None
    countries: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    site: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles told to be one story, the smaller id first, with a score of 0..1 and what they share."""

    first: int
    second: int
    score: float
    shared: tuple[str, ...]


def marks(title: str, body: str) -> tuple[frozenset[str], frozenset[str]]:
    """(numbers, names) of a text, alike in every language: `1 556,5` and `1556.5`; `Темирбаева` and `Temirbayev`."""
    text = f"{title}\n{body}"
    numbers = (re.sub(r"[  ]", "", found).replace(",", ".") for found in _NUMBER.findall(text))
    names = (_skeleton(found) for found in _NAME.findall(text))
    return frozenset(n for n in numbers if len(n) > 1), frozenset(name for name in names if len(name) > 3)


def _stem(word: str) -> str:
    return _ENDING.sub("", word) if len(word) > 5 else word


@lru_cache(maxsize=100_000)
def _skeleton(word: str) -> str:
    """The consonants of a name's stem in Latin letters, enough to tell people and places apart in three scripts."""
    sound = authors.key(_stem(word.lower()))
    return re.sub(r"[aeiou]", "", sound[0])[:8] + "·" + sound[0][0] if sound else ""


def pairs(stories: Iterable[Story], *, enough: float = ENOUGH) -> Iterator[Pair]:
    """Pairs of articles in different languages that tell one story, best for each article in each other language.

    Only articles within `WINDOW` that share a mark are compared: the work grows with the articles, not their square.
    """
    dated = sorted(
        (story for story in stories if story.published), key=lambda story: (story.site, _moment(story), story.article)
    )
    found: list[Pair] = []
    for site_stories in _by_site(dated):
        found.extend(_site_pairs(site_stories, enough))
    yield from _best(found, {story.article: story.language for story in dated})


def _moment(story: Story) -> datetime:
    return story.published.astimezone(UTC) if story.published else datetime.max.replace(tzinfo=UTC)


def _by_site(dated: list[Story]) -> Iterator[list[Story]]:
    start = 0
    while start < len(dated):
        end = bisect_left(dated, dated[start].site + "\0", lo=start, key=lambda story: story.site)
        yield dated[start:end]
        start = end


def _site_pairs(stories: list[Story], enough: float) -> Iterator[Pair]:
    """Walks the site's articles in time order with an index of the marks of those still inside the window."""
    marked = [story.numbers | story.names for story in stories]
    moments = [_moment(story) for story in stories]
    rarity = Counter(mark for found in marked for mark in found)
    weight = {mark: math.log(1 + len(stories) / times) for mark, times in rarity.items()}
    whole = [math.fsum(map(weight.__getitem__, found)) for found in marked]
    index: dict[str, deque[int]] = defaultdict(deque)
    oldest = 0
    for position, story in enumerate(stories):
        while moments[position] - moments[oldest] > WINDOW:
            for mark in marked[oldest]:
                index[mark].popleft()
            oldest += 1
        near: Counter[int] = Counter()
        for mark in marked[position]:
            held = index[mark]
            if len(held) <= _COMMON:
                near.update(held)
            held.append(position)
        for other, shared in near.items():
            if shared > 1 and _other_language(story, stories[other]):
                common = marked[other] & marked[position]
                least = min(whole[other], whole[position])
                overlap = math.fsum(map(weight.__getitem__, common)) / least if least else 0.0
                pair = _scored(stories[other], story, common, overlap)
                if pair.score >= enough:
                    yield pair


def _other_language(one: Story, other: Story) -> bool:
    return one.language is None or other.language is None or one.language != other.language


def _scored(one: Story, other: Story, shared: frozenset[str], overlap: float) -> Pair:
    union = one.countries | other.countries
    places = len(one.countries & other.countries) / len(union) if union else 0.5
    apart = abs(_moment(one) - _moment(other)) / WINDOW
    score = 0.6 * overlap + 0.3 * places + 0.1 * (1 - apart)
    first, second = sorted((one.article, other.article))
    return Pair(first, second, round(score, 3), tuple(sorted(shared)))


def _best(found: list[Pair], languages: dict[int, str | None]) -> Iterator[Pair]:
    """One partner a language, the best first, so that a story isn't told twice in a language."""
    taken: set[tuple[int, str | None]] = set()
    for pair in sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)):
        claims = {(pair.first, languages[pair.second]), (pair.second, languages[pair.first])}
        if not claims & taken:
            taken |= claims
            yield pair


def groups(found: Iterable[Pair]) -> dict[int, int]:
    """article → the smallest article id of its story, over all joined pairs."""
    parent: dict[int, int] = {}

    def root(article: int) -> int:
        while parent.setdefault(article, article) != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for pair in found:
        one, other = sorted((root(pair.first), root(pair.second)))
        parent[other] = one
    return {article: root(article) for article in parent}
