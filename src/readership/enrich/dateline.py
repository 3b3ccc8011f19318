"""Where a story was filed: `LONDON, March 3 -`, `Almaty (Reuters) -`, `АСТАНА. КАЗИНФОРМ –`."""

from __future__ import annotations

import re
from functools import cache

from readership.enrich import alphabet, tables

_HEAD = re.compile(
    r"\s*([A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w .,'’/-]{2,40}?)\s*(?:\((?:Reuters|AP|AFP|UPI|Xinhua|TASS|dpa)\)\s*[-–—]"
    r"|[.,]\s*(?:КАЗИНФОРМ|КазТАГ|ҚазАқпарат|Kazinform|/.{2,14}/)\s*[-–—]?)"
)
_STATES = re.compile(
    r"\b(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Ore|Okla|Pa|Penn|Tenn|Tex|Va|Vt"
    r"|Wash|Wis|Wyo|Ohio|Iowa|Utah|Texas|Maine|Idaho|Hawaii|Alaska|N\.?Y|N\.?J|N\.?H|N\.?C|S\.?C|N\.?D|S\.?D|N\.?M|R\.?I|W\.?Va|D\.?C)\b\.?"
)


def country(placed: str | None, body: str) -> str | None:
    """The country of the dateline, None without one or when its place isn't known."""
    if placed is None:
        match = _HEAD.match(body[:80])
        if match is None:
            return None
        placed = match.group(1)
    return _country(placed.strip())


@cache
def _places() -> dict[bytes, str]:
    places: dict[bytes, str] = {}
    for place, _, kind, word in tables.place_words():
        if kind in ("name", "city", "region"):
            places.setdefault(alphabet.word(word.strip("~!*%^=+")), place)
    return places


def _country(placed: str) -> str | None:
    places = _places()
    parts = [part.strip() for part in re.split(r"[,/]| - ", placed) if part.strip()]
    if any(_STATES.fullmatch(part) for part in parts[1:]):
        return "US"
    found = [places.get(alphabet.word(part).strip()) for part in parts[:3]]
    named = [place for place in found if place]
    return named[-1] if len(named) > 1 and found[1] else (named[0] if named else None)
