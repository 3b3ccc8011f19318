"""Authors under one canonical name, whether printed in Latin, Russian or Kazakh letters, in full or with initials."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

_KAZAKH = dict(zip("әғқңөұүһіё", "агкноуухие", strict=True))
_SOUNDS = "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
_LATIN = {
    letter: sound.strip("-") for letter, sound in zip("абвгдежзийклмнопрстуфхцчшщъыьэюя", _SOUNDS.split(), strict=True)
}
_MARKS = str.maketrans("áàâäãåǵğéèêëíìîïıńñóòôöõúùûüýş", "aaaaaaggeeeeiiiiinnooooouuuuys")
_SAME = (
    ("shch", "sh"), ("tch", "ch"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("q", "k"), ("ts", "c"),
    ("dj", "j"), ("dzh", "j"),
    ("iya", "ia"), ("ya", "ia"), ("yu", "iu"), ("yo", "io"), ("ye", "e"), ("x", "ks"),
    ("w", "u"), ("oo", "u"), ("ee", "i"), ("y", "i"), ("ii", "i"),
)  # fmt: skip
_PATRONYMIC = re.compile(
    r"(?:ovich|evich|ovna|evna|uly|kyzy|qyzy)$|(?:ович|евич|овна|евна|ична|ұлы|улы|қызы|кызы)$", re.IGNORECASE
)
_NOISE = re.compile(r"^(?:by|author|автор|авторы|автордан|мәтін|текст|фото|photo)\s*:?\s+", re.IGNORECASE)


def _latin(word: str) -> str:
    letters = (_KAZAKH.get(letter, letter) for letter in word.lower())
    return "".join(_LATIN.get(letter, letter) for letter in letters).translate(_MARKS)


@cache
def _sound(word: str) -> str:
    """A name's letters with spellings of one sound made one: Жанар = Zhanar = Janar, Қанат = Kanat = Qanat."""
    sound = re.sub(r"[^a-z]", "", _latin(word))
    for written, one in _SAME:
        sound = sound.replace(written, one)
    return re.sub(r"(.)\1", r"\1", sound)


def _words(name: str) -> list[str]:
    spaced = re.sub(r"\.(?=\S)", ". ", _NOISE.sub("", name.strip()))
    return [word for word in re.split(r"[\s,]+", spaced) if re.search(r"\w", word)]


def printed(name: str) -> str:
    """A name as it should be shown: no `By`, no patronymic beside name and surname, capitals only in front."""
    words = _words(name)
    if len(words) > 2:
        words = [word for word in words if not _PATRONYMIC.search(word)] or words
    return " ".join(word.capitalize() if word.isupper() and len(word) > 2 else word for word in words)


def key(name: str) -> tuple[str, ...]:
    """What is the same for one person in every script and word order: the sounds of the name's words, sorted."""
    return tuple(sorted(_sound(word) for word in printed(name).split() if _sound(word)))


def canonical(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names as they should be shown, same order, a person once."""
    shown: dict[tuple[str, ...], str] = {}
    for name in names:
        neat = printed(name)
        if neat:
            shown.setdefault(key(neat), neat)
    return tuple(shown.values())


def merge(names: Iterable[tuple[str, int]]) -> dict[str, str]:
    """One canonical name for all writings of a person over an archive.

    Args:
        names: (name as printed, articles under it).

    Returns:
        printed name → canonical name: the most frequent full writing, ties by the alphabet. `A. Surname` joins
        a full name only when one person alone has that surname and initial.
    """
    counted: Counter[str] = Counter()
    for name, articles in names:
        counted[name] += articles
    groups: dict[tuple[str, ...], Counter[str]] = {}
    for name, articles in counted.items():
        groups.setdefault(key(name), Counter())[printed(name)] += articles
    homes = _homes(list(groups))
    totals: dict[tuple[str, ...], Counter[str]] = {}
    for identity, written in groups.items():
        totals.setdefault(homes[identity], Counter()).update(written if homes[identity] == identity else {})
    best = {
        identity: min(written, key=lambda name: (-written[name], name))
        for identity, written in totals.items()
        if written
    }
    return {name: best[homes[key(name)]] for name in counted if key(name)}


def _homes(keys: list[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    by_initial: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for identity in keys:
        if len(identity) == 2 and min(map(len, identity)) > 1:
            for given, surname in (identity, identity[::-1]):
                by_initial.setdefault((given[0], surname), []).append(identity)
    homes: dict[tuple[str, ...], tuple[str, ...]] = {}
    for identity in keys:
        short = [word for word in identity if len(word) == 1]
        full = [word for word in identity if len(word) > 1]
        people = by_initial.get((short[0], full[0]), []) if len(short) >= 1 and len(full) == 1 else []
        homes[identity] = people[0] if len(people) == 1 else identity
    return homes
