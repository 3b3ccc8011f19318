"""Endings: how a word-list entry may go on in English, Russian and Kazakh.

Russian words are declined by the class that their last letters show; Kazakh words take chains of suffixes (plural,
possessive, case, -лық, -дағы) whose vowels agree with the stem. Sets hold folded bytes, for `lexicon.Entry`.
"""

from __future__ import annotations

from functools import cache
from itertools import product

from readership.enrich import alphabet

Forms = list[tuple[str, frozenset[bytes]]]
_VOWELS_RU = "аеёиоуыэюя"


def endings(*words: str) -> frozenset[bytes]:
    """A set of folded endings; `""` for the stem alone."""
    return frozenset(alphabet.word(word) for word in " ".join(words).split()) | (
        frozenset({b""}) if "" in words else frozenset()
    )


ADJECTIVE_RU = endings("ий ого ому им ом ая ой ую ою ое ие их ими о")
_MASCULINE = endings("", "а у ом ем е ы и ов ев ам ами ах")
_FEMININE = endings("а ы и е у ой ою ам ами ах")
_NAME_RU = {
    "consonant": endings("", "а у ом ем е"),
    "ия": endings("я и ю ей ею"),
    "а": endings("а ы и е у ой ою"),
    "я": endings("я и е ю ей ею"),
    "ь": endings("ь и ю ью я ем е"),
    "й": endings("й я ю ем е и"),
    "ы": endings("", "ы ов ам ами ах"),
}
ENGLISH_PLURAL = endings("", "s es")


def russian_name(name: str) -> Forms:
    """Stem and endings of a noun that names one place: `Болгария`, `Казахстан`, `Лима`, `Чили`, `Нидерланды`.

    A word of several parts is declined in its last part, an adjective before it with it: `Северная Корея`.
    `=` at the end keeps the word as it is: `Алматы=`.
    """
    if name.endswith("="):
        return [(name[:-1], endings(""))]
    parts = name.replace("-", " ").split()
    if len(parts) > 1 and parts[0][-2:] in ("ая", "ый", "ий", "ой", "ое", "ые", "ие"):
        return _russian_phrase(parts)
    return _russian_noun(name)


def _russian_noun(name: str) -> Forms:
    if name.endswith("ия"):
        return [(name[:-1], _NAME_RU["ия"])]
    last = name[-1]
    if last in "аяьйы":
        return [(name[:-1], _NAME_RU[last])]
    if last in _VOWELS_RU:
        return [(name, endings(""))]
    return [(name, _NAME_RU["consonant"])]


_AGREEING = {
    "ая": ("ая", "ой", "ую"), "яя": ("яя", "ей", "юю"),
    "ый": ("ый", "ого", "ому", "ым", "ом"),
    "ий": ("ий", "ого", "его", "ому", "им", "ом"),
    "ой": ("ой", "ого", "ому", "ым", "ом"), "ое": ("ое", "ого", "ому", "ым", "ом"),
    "ые": ("ые", "ых", "ым", "ыми"), "ие": ("ие", "их", "им", "ими"),
}  # fmt: skip


def _russian_phrase(parts: list[str]) -> Forms:
    """`Новая Зеландия`: every form of the adjective before every form of the noun."""
    adjective, rest = parts[0], " ".join(parts[1:])
    firsts = [adjective[:-2] + ending for ending in _AGREEING[adjective[-2:]]]
    return [(f"{first} {stem}", ends) for first in firsts for stem, ends in _russian_noun(rest)]


def russian_people(word: str) -> Forms:
    """`казахстанец` (fleeting е), `болгарин`, `датчанин`, `мексиканка`, `француз`: stems and endings; `=` keeps it."""
    if word.endswith("="):
        return [(word[:-1], endings(""))]
    if word.endswith("ец"):
        bare = word[:-2]
        soft = bare + "й" if bare[-1] in _VOWELS_RU else bare
        return [(word, endings("")), (soft + "ц", endings("а у ем ом е ы ев ов ам ами ах"))]
    if word.endswith(("анин", "янин")):
        return [(word, endings("", "а у ом е")), (word[:-2], endings("", "е ам ами ах"))]
    if word.endswith("ин"):
        return [(word, endings("", "а у ом е")), (word[:-2], endings("", "ы е ам ами ах"))]
    if word.endswith("ка"):
        return [(word[:-1], endings("а и е у ой ою ам ами ах")), (word[:-2] + "ок", endings(""))]
    if word.endswith("ок"):
        return [(word, endings("")), (word[:-2] + "к", endings("а у ом е и ов ам ами ах"))]
    if word.endswith("а"):
        return [(word[:-1], _FEMININE)]
    return [(word, _MASCULINE)]


def russian_adjective(stem: str) -> Forms:
    """`казахстанск` and its endings, the first half of a compound (`казахстанско-`) among them."""
    return [(stem, ADJECTIVE_RU)]


def russian_city(name: str) -> Forms:
    """A city's name, its adjective and its people where they are regular: `Лондон`, `лондонский`, `лондонцы`."""
    forms = russian_name(name)
    bare = name.rstrip("=")
    if " " in bare:
        return forms
    if bare.endswith("ск"):
        return [*forms, (bare, ADJECTIVE_RU)]
    stem = bare[:-1] if bare[-1] in "аыи" else bare
    if stem[-1] in _VOWELS_RU + "ьйкгц":
        return forms
    return [*forms, (stem + "ск", ADJECTIVE_RU)]


_BACK, _FRONT = "аоұыуяёю", "әеөүіэ"


@cache
def _chains() -> frozenset[str]:
    """Every suffix chain taken into account, before vowel harmony."""
    plural = ["", "лар", "лер", "дар", "дер", "тар", "тер"]
    possessive = ["", "ы", "і", "сы", "сі", "м", "ым", "ім", "мыз", "міз", "ымыз", "іміз"]
    case = (  # noqa: SIM905 (far easier to read)
        " ның нің дың дің тың тің ға ге қа ке на не а е ны ні ды ді ты ті н да де та те нда нде дан ден тан тен нан нен"
        " ндан нден мен бен пен менен дағы дегі тағы тегі ндағы ндегі дағылар дегілер тағылар тегілер"
    ).split(" ")
    kin = ["", "лық", "лік", "дық", "дік", "тық", "тік", "лығ", "ліг", "дығ", "діг", "тығ", "тіг"]
    return frozenset("".join(chain) for chain in product(kin, plural, possessive, case))


def _harmonious(chain: str, wanted: str) -> bool:
    core = chain[: -len("мен")] if chain.endswith(("мен", "бен", "пен")) else chain
    return all(letter in wanted or letter not in _BACK + _FRONT for letter in core)


@cache
def _kazakh(harmony: str) -> frozenset[bytes]:
    allowed = {"back": (_BACK,), "front": (_FRONT,), "both": (_BACK, _FRONT)}[harmony]
    chains = (chain for chain in _chains() if any(_harmonious(chain, wanted) for wanted in allowed))
    return frozenset(alphabet.word(chain) for chain in chains)


def kazakh(stem: str, *, strict: bool = True) -> frozenset[bytes]:
    """Suffix chains that a Kazakh stem may take; by its last vowel when `strict`, else of either row."""
    vowel = next((letter for letter in reversed(stem.lower()) if letter in _BACK + _FRONT + "и"), "и")
    if not strict or vowel in "иую":
        return _kazakh("both")
    return _kazakh("back" if vowel in _BACK else "front")


@cache
def kazakh_kin() -> frozenset[bytes]:
    """Chains that make a place its people (`ташкенттік`), written small."""
    starts = tuple(
        alphabet.word(kin)
        for kin in ("лық", "лік", "дық", "дік", "тық", "тік", "лығ", "ліг", "дығ", "діг", "тығ", "тіг")
    )
    return frozenset(chain for chain in _kazakh("both") if chain.startswith(starts))
