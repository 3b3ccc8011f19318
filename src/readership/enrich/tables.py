"""The package's word lists, read once when first asked for. Sources and licences: data/SOURCES.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

from babel import Locale

from readership.enrich import alphabet

_NOT_COUNTRIES = frozenset(
    {
        "AC",
        "AQ",
        "BV",
        "CP",
        "CQ",
        "DG",
        "EA",
        "EU",
        "EZ",
        "HM",
        "IC",
        "IO",
        "QO",
        "TA",
        "TF",
        "UM",
        "UN",
        "XA",
        "XB",
        "ZZ",
    }
)


def text(name: str) -> str:
    """A data file's text."""
    return resources.files("readership.enrich").joinpath("data", name).read_text(encoding="utf-8")


def rows(name: str) -> Iterator[list[str]]:
    """Rows of a tab-separated data file, without comments and blank lines."""
    for line in text(name).splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


def place_words() -> Iterator[tuple[str, str, str, str]]:
    """(country, language, kind, word with its marks) of CLDR, our own lists and GeoNames."""
    own: list[tuple[str, str, str, str]] = []
    for language in ("en", "ru", "kk"):
        for country, kind, words in rows(f"countries_{language}.tsv"):
            own.extend((country, language, kind, word.strip()) for word in words.split(";"))
    for country, language, names in rows("cities.tsv"):
        own.extend((country, language, "city", name.strip()) for name in names.split(";"))
    listed = {(language, word.lstrip("~!*%^").rstrip("+=").lower()) for _, language, _, word in own}
    yield from own
    yield from (entry for entry in _cldr() if (entry[1], entry[3].lower()) not in listed)
    yield from _kazakh_twins(own, listed)


def _cldr() -> Iterator[tuple[str, str, str, str]]:
    for language in ("en", "ru", "kk"):
        for country, name in Locale(language).territories.items():
            if len(country) == 2 and country.isalpha() and country not in _NOT_COUNTRIES:
                yield from ((country, language, "name", part) for part in _parts(name))


def _parts(name: str) -> list[str]:
    if "(" in name or " - " in name or "о-в" in name:
        return []
    plain = name.replace("’", "'")
    return [plain] if "&" not in plain else [plain, plain.replace("&", "and")]


def _kazakh_twins(
    own: list[tuple[str, str, str, str]], listed: set[tuple[str, str]]
) -> Iterator[tuple[str, str, str, str]]:
    """Kazakh writes most foreign places as Russian does; what its own list lacks comes from there."""
    for country, language, kind, word in own:
        bare = word.lstrip("~!*%^").rstrip("=")
        if language == "ru" and kind in ("name", "city") and bare[0].isupper() and ("kk", bare.lower()) not in listed:
            yield country, "kk", kind, word.rstrip("=")


_INNER_RU = "ий ый ой ого его ому ему им ым ом ем ая ую ое ие ые их ых ими ыми а у е и ы ов ам ь ью я".split()  # noqa: SIM905


def details() -> Iterator[tuple[str, str, str, float]]:
    """(topic, language, term, weight) of the topics' second level."""
    for slug, language, terms in rows("details.tsv"):
        for listed in terms.split(";"):
            term, _, weight = listed.strip().partition("=")
            yield from ((slug, language, form, float(weight or 4)) for form in _inner_forms(term))


def _inner_forms(term: str) -> list[str]:
    """`торгов* войн*`: every form of the first word before the stem of the last."""
    first, star, rest = term.partition("* ")
    return [f"{first}{ending} {rest}" for ending in _INNER_RU] if star else [term]


class Traps(dict[bytes, frozenset[bytes]]):
    """Neighbours beside which a place word names no country; `heads` by the word's first three letters."""

    def __init__(self) -> None:
        super().__init__({b"*": frozenset()})
        self.heads: dict[bytes, list[tuple[bytes, tuple[bytes, ...]]]] = {}


@cache
def traps() -> tuple[Traps, Traps]:
    """(after, before): what may not follow, what may not precede."""
    sides = {"after": Traps(), "before": Traps()}
    for _, side, word, neighbours in rows("traps.tsv"):
        others = [alphabet.word(other.replace("_", "")) for other in neighbours.split() if "^" not in other]
        if word == "*":
            sides[side][b"*"] |= frozenset(others)
        elif others:
            stem = alphabet.word(word)
            sides[side].heads.setdefault(stem[:3], []).append((stem, tuple(others)))
    return sides["after"], sides["before"]


def _words(name: str) -> frozenset[bytes]:
    lines = (line for line in text(name).splitlines() if not line.startswith("#"))
    return frozenset(alphabet.word(word) for line in lines for word in line.split())


@cache
def given_names() -> frozenset[bytes]:
    """Given names and forms of address."""
    return _words("given_names.txt")


@cache
def not_surnames() -> frozenset[bytes]:
    """Capitalised words that follow a country without being a surname (`India Today`, `Jordan Monday`)."""
    return _words("not_surnames.txt")
