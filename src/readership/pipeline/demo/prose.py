"""Sentences of the demo newsroom: a small grammar over word lists (`en.toml`, `ru.toml`, `kk.toml`)."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "ru", "kk")
_SLOT = re.compile(r"\{([a-z0-9_]+)(?:\.([a-z_]+))?\}")
_NUMBER = re.compile(r"\{(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?:/(\d+))?\}")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_TRIES = 6
# Neighbours are written about far more often than the rest of the world.
_NEAR = {"RU": 9, "CN": 8, "UZ": 8, "KG": 7, "TR": 6, "AZ": 4, "TJ": 4, "DE": 4, "US": 4, "KR": 3, "JP": 3}


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> dict[str, Any]:
    """The word lists of a language, its pipe-separated rows split into named forms."""
    text = resources.files(__package__).joinpath(f"{language}.toml").read_text("utf-8")
    lists: dict[str, Any] = tomllib.loads(text)
    for kind, columns in lists["columns"].items():
        lists["rows"][kind] = [dict(zip(columns, row.split("|"), strict=True)) for row in lists["rows"][kind]]
    return lists


def pick_country(language: str, dice: random.Random) -> dict[str, str]:
    """A country row, near ones more often."""
    rows: list[dict[str, str]] = words(language)["rows"]["country"]
    return dice.choices(rows, [_NEAR.get(row["code"], 2) for row in rows])[0]


@dataclass
class Voice:
    """Expands templates for one article: slots stay the same throughout it, numbers and choices are drawn anew.

    Attributes:
        month: of publication, 1 to 12: no snow in July, and what is planned comes in the months after.
    """

    language: str
    dice: random.Random
    month: int
    bound: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = words(self.language)["rows"]
        city, city2 = self.dice.sample(rows["city"], 2)
        self.bound.update(city=city, city2=city2, country=pick_country(self.language, self.dice))
        self.bound["capital"] = {"nom": self.bound["country"]["capital"]}
        self.bound["person"] = {"nom": self.dice.choice(words(self.language)["people"])}
        months = words(self.language)["in_month"]
        self.bound["month"] = {"nom": months[(self.month - 1 + self.dice.randint(1, 4)) % 12]}

    def say(self, template: str) -> str:
        """The template with everything filled in, its first letter a capital, in season where a choice allows it."""
        drawn = (self._fill(template) for _ in range(_TRIES))
        return next((text for text in drawn if self.in_season(text)), None) or self._fill(template)

    def in_season(self, text: str) -> bool:
        """Whether a text speaks of no weather that the month can't have."""
        season = words(self.language)["season"]
        wrong = {4: "cold", 5: "cold", 6: "cold", 7: "cold", 8: "cold", 11: "hot", 12: "hot", 1: "hot", 2: "hot"}
        name = wrong.get(self.month)
        return name is None or not re.search(season[name], text, re.IGNORECASE)

    def _fill(self, template: str) -> str:
        text = _CHOICE.sub(lambda found: self.dice.choice(found[1].split("|")), template)
        text = _NUMBER.sub(self._number, text)
        text = _SLOT.sub(self._slot, text)
        return text[:1].upper() + text[1:]

    def _slot(self, found: re.Match[str]) -> str:
        name, form = found[1], found[2] or "nom"
        row = self.bound["country"] if f"{name}_{form}" == "capital_loc" else self.bound.get(name)
        if name in ("adj", "capital_loc"):
            return self.bound["country"][name]
        return row[form] if row else found[0]

    def _number(self, found: re.Match[str]) -> str:
        low, high, step = found[1], found[2], found[3]
        if "." in low:
            number = f"{self.dice.uniform(float(low), float(high)):.1f}"
            return number if self.language == "en" else number.replace(".", ",")
        return str(self.dice.randrange(int(low), int(high) + 1, int(step or 1)))
