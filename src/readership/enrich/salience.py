"""How much a text is about each country it names: 0..1, from where and how often it is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from readership.models import CountryMention

_ABOUT = 0.5


@dataclass(slots=True)
class Evidence:
    """Mentions of one country in one text; positions are characters from the start of title + newline + body."""

    places: list[int] = field(default_factory=list)
    words: dict[str, None] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    in_title: int = 0

    def add(self, position: int, word: str, kind: str, *, in_title: bool) -> None:
        """One more mention."""
        self.places.append(position)
        self.words.setdefault(word)
        self.kinds[kind] += 1
        self.in_title += in_title


def rank(found: dict[str, Evidence], title: int, length: int, placed: str | None) -> tuple[CountryMention, ...]:
    """Mentions by salience; a dateline's country is added when nothing else names it."""
    if placed and placed not in found:
        found[placed] = Evidence([title + 1])
    total = sum(len(evidence.places) for evidence in found.values())
    scored = [(_salience(evidence, total, title, length, country == placed), country, evidence) for country, evidence in found.items()]
    scored.sort(key=lambda item: (-item[0], item[2].places[0], item[1]))
    return tuple(
        CountryMention(country, len(evidence.places), evidence.in_title > 0, evidence.places[0], round(score, 3), score >= _ABOUT, tuple(evidence.words))
        for score, country, evidence in scored
    )


def _salience(evidence: Evidence, total: int, title: int, length: int, placed: bool) -> float:
    share = len(evidence.places) / max(1, total)
    early = 1 - evidence.places[0] / max(1, length)
    return min(1.0, 0.35 * share + 0.2 * early + 0.35 * (evidence.in_title > 0) + 0.35 * placed)
