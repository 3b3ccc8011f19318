"""How much a text is about each country it names: 0..1, from where and how often it is named."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, field

from readership.models import CountryMention

_ABOUT = 0.45
"""From this chance on the story is about the country."""


@dataclass(slots=True)
class Evidence:
    """Mentions of one country in one text; positions are characters from the start of title + newline + body."""

    places: list[int] = field(default_factory=list)
    words: dict[str, None] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    in_title: int = 0


FEATURES = (
    "title", "title first", "dateline", "filed elsewhere", "share", "mentions", "leads mentions",
    "early", "first sentence", "city only", "adjective only", "alone", "crowd", "no dateline",
)  # fmt: skip
_WEIGHTS = (1.7, -1.2, 2.2, -2.1, 1.4, 0.5, 0.3, 2.2, 0.3, -1.8, -0.7, 1.7, 1.3, -1.6)
_BIAS = -2.5
"""Logistic weights, rounded; fitted on half of a labelled corpus, checked on the other (docs/classification.md)."""


def features(
    country: str, found: dict[str, Evidence], title: int, length: int, placed: str | None
) -> tuple[float, ...]:
    """What speaks for a country, in the order of `FEATURES`."""
    evidence = found[country]
    counts = [len(other.places) for other in found.values()]
    body = [place for place in evidence.places if place > title]
    first = body[0] - title if body else length
    in_titles = [name for name, other in found.items() if other.in_title]
    return (
        float(evidence.in_title > 0),
        float(in_titles == [country]),
        float(placed == country),
        float(placed is not None and placed != country),
        len(evidence.places) / sum(counts),
        math.log(len(evidence.places)),
        float(len(evidence.places) == max(counts)),
        1 - evidence.places[0] / max(1, length),
        float(first < 200),
        float(evidence.kinds.count("city") == len(evidence.kinds)),
        float(evidence.kinds.count("adj") == len(evidence.kinds) > 0),
        float(len(found) == 1),
        math.log(len(found)),
        float(placed is None),
    )


def rank(found: dict[str, Evidence], title: int, length: int, placed: str | None) -> tuple[CountryMention, ...]:
    """Mentions by salience; a dateline's country is added when nothing else names it."""
    if placed == "RS" and "YU" in found:  # filed from Belgrade when it was Yugoslavia's
        placed = "YU"
    if placed and placed not in found:
        found[placed] = Evidence([title + 1])
    scored = [
        (_chance(features(country, found, title, length, placed)), country, evidence)
        for country, evidence in found.items()
    ]
    scored.sort(key=lambda item: (-item[0], item[2].places[0], item[1]))
    best = scored[0][0] if scored else 1.0
    return tuple(_mention(country, evidence, chance, best) for chance, country, evidence in scored)


def _chance(row: tuple[float, ...]) -> float:
    return 1 / (1 + math.exp(-_BIAS - sum(map(operator.mul, _WEIGHTS, row))))


def _mention(country: str, evidence: Evidence, chance: float, best: float) -> CountryMention:
    return CountryMention(
        country=country,
        mentions=len(evidence.places),
        in_title=evidence.in_title > 0,
        first_position=evidence.places[0],
        salience=round(chance / best, 3),
        about=chance >= _ABOUT,
        words=tuple(evidence.words),
    )
