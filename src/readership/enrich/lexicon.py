"""Word lists as one automaton: every entry of every language is looked for in a single pass over the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import BytesAhoCorasick, MatchKind

Payload = TypeVar("Payload")
WHOLE = frozenset({b""})


@dataclass(frozen=True, slots=True)
class Entry(Generic[Payload]):
    """A stem and what may stand between it and the end of its word.

    Attributes:
        stem: folded (`alphabet.word`), may hold several words.
        endings: folded; `b""` among them when the stem alone is a word.
        payload: what the entry means.
    """

    stem: bytes
    endings: frozenset[bytes]
    payload: Payload


class Lexicon(Generic[Payload]):
    """Entries behind an Aho-Corasick automaton, leftmost-longest; a stem whose ending doesn't fit gives way to a shorter."""

    def __init__(self, entries: Iterable[Entry[Payload]]) -> None:
        by_stem: dict[bytes, list[tuple[frozenset[bytes], Payload]]] = {}
        for entry in entries:
            by_stem.setdefault(b" " + entry.stem, []).append((entry.endings, entry.payload))
        stems = sorted(by_stem)
        self._senses = [by_stem[stem] for stem in stems]
        self._lengths = [len(stem) for stem in stems]
        self._shorter = _shorter(stems)
        self._automaton = BytesAhoCorasick(stems, matchkind=MatchKind.LeftmostLongest)

    def scan(self, folded: bytes) -> list[tuple[int, int, list[Payload]]]:
        """(first, end, payloads) of each entry found, in order; positions are the text's, `end` is that of the whole word."""
        found: list[tuple[int, int, list[Payload]]] = []
        senses, shorter, lengths, find = self._senses, self._shorter, self._lengths, folded.find
        for index, start, end in self._automaton.find_matches_as_indexes(folded):
            while True:
                stop = find(b" ", end)
                ending = folded[end:stop]
                payloads = [payload for endings, payload in senses[index] if ending in endings]
                if payloads:
                    found.append((start, stop - 1, payloads))
                    break
                index = shorter[index]
                if index < 0:
                    break
                end = start + lengths[index]
        return found


def _shorter(stems: list[bytes]) -> list[int]:
    """For each stem (sorted), the index of the longest other stem that it begins with, or -1."""
    result: list[int] = []
    open_stems: list[int] = []
    for index, stem in enumerate(stems):
        while open_stems and not stem.startswith(stems[open_stems[-1]]):
            open_stems.pop()
        result.append(open_stems[-1] if open_stems else -1)
        open_stems.append(index)
    return result
