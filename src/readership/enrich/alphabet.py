"""One byte a letter: how a text is folded before any word list is looked up in it.

Small letters, ё as е, Latin letters without their marks, everything that is not a letter or digit a space. Positions
are kept: byte i of `fold(text)` stands for character i - 1 of the text (a space is put before it for its first word).
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import Any

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяё" + "әғқңөұүһі" + "їєґў"
_LATIN = {
    "a": "àáâãäåāăąæ", "c": "çćč", "d": "ďđ", "e": "èéêëēėęě", "g": "ğ", "i": "ìíîïīı", "l": "ł", "n": "ñńň",
    "o": "òóôõöøōœ", "r": "ř", "s": "śšşșß", "t": "ťțţ", "u": "ùúûüūůű", "y": "ýÿ", "z": "źžż",
}  # fmt: skip
_MARKED = "".join(_LATIN.values())
_ENCODE: Any = codecs.charmap_build(
    "".join(map(chr, range(128))) + _CYRILLIC + _MARKED + "\ufffe" * (128 - len(_CYRILLIC) - len(_MARKED))
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789" + _CYRILLIC


def _raw(text: str) -> bytes:
    return codecs.charmap_encode(text, "replace", _ENCODE)[0]


def _table() -> bytes:
    table = bytearray(b" " * 256)
    for letter in _LETTERS:
        byte = _raw(letter)[0]
        table[byte] = byte
    table[_raw("ё")[0]] = _raw("е")[0]
    for plain, marked in _LATIN.items():
        for letter in marked:
            table[_raw(letter)[0]] = ord(plain)
    return bytes(table)


_TABLE = _table()
_CYR = _raw("а")[0], _raw("ў")[0]
_CYR_CLASS = b"[" + bytes((_CYR[0],)) + b"-" + bytes((_CYR[1],)) + b"]"
_MIXED = re.compile(rb"[a-z0-9]*(?:[a-z]" + _CYR_CLASS + rb"|" + _CYR_CLASS + rb"[a-z])[^ ]*")
# Every byte as what it is: so that a word of two alphabets is told by two neighbours, without a search by letters.
_ALPHABETS = bytes(
    ord("l") if 97 <= byte <= 122 else ord("c") if _CYR[0] <= byte <= _CYR[1] else ord(" ") for byte in range(256)
)
_TWINS = ("acehikmoptxyb", "асеһікмортхув")
_TO_CYRILLIC = bytes.maketrans(_TWINS[0].encode(), _raw(_TWINS[1]))
_TO_LATIN = bytes.maketrans(_raw(_TWINS[1]), _TWINS[0].encode())


def _unmix(match: re.Match[bytes]) -> bytes:
    """A word written in two scripts is read in the one it has most letters of (look-alikes: a, c, e, o, p, x …)."""
    word = match.group()
    latin = sum(97 <= byte <= 122 for byte in word)
    cyrillic = sum(_CYR[0] <= byte <= _CYR[1] for byte in word)
    return word.translate(_TO_LATIN if latin > cyrillic else _TO_CYRILLIC)


@lru_cache(maxsize=4)  # countries and topics read the same text one after the other
def fold(text: str) -> bytes:
    """The text in the house's alphabet, one byte a character, with a space before and after it."""
    small = text.lower()
    if len(small) != len(text):  # İ grows when made small
        small = "".join(letter.lower()[0] for letter in text)
    folded = _raw(f" {small} ").translate(_TABLE)
    if text.isascii():
        return folded
    alphabets = folded.translate(_ALPHABETS)
    return _MIXED.sub(_unmix, folded) if b"lc" in alphabets or b"cl" in alphabets else folded


def word(text: str) -> bytes:
    """A word-list entry, folded, without the spaces around it."""
    return _raw(text.lower()).translate(_TABLE)
