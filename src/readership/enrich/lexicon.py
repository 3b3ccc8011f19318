"""Word lists as one automaton: every entry of every language is looked for in a single pass over the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
    """Entries behind an Aho-Corasick automaton, leftmost-longest; where an ending doesn't fit, a shorter is tried."""

    def __init__(self, entries: Iterable[Entry[Payload]], language: Callable[[Payload], str]) -> None:
        self._language = language
        by_stem: dict[bytes, list[tuple[frozenset[bytes], Payload]]] = {}
        for entry in entries:
            by_stem.setdefault(b" " + entry.stem, []).append((entry.endings, entry.payload))
        stems = sorted(by_stem)
        self._senses = [by_stem[stem] for stem in stems]
        self._lengths = [len(stem) for stem in stems]
        self._shorter = _shorter(stems)
        self._same_word = [
            shorter if shorter >= 0 and b" " not in stem[len(stems[shorter]) :] else -1
            for stem, shorter in zip(stems, self._shorter, strict=True)
        ]
        self._automaton = BytesAhoCorasick(stems, matchkind=MatchKind.LeftmostLongest)

    def scan(self, folded: bytes) -> list[tuple[int, int, list[Payload]]]:
        """(first, end, payloads) of each entry found, in order; positions are the text's, `end` the whole word's."""
        found: list[tuple[int, int, list[Payload]]] = []
        senses, shorter, lengths, find = self._senses, self._shorter, self._lengths, folded.find
        for index, start, end in self._automaton.find_matches_as_indexes(folded):
            while True:
                stop = find(b" ", end)
                ending = folded[end:stop]
                payloads = [payload for endings, payload in senses[index] if ending in endings]
                if payloads:
                    if self._same_word[index] >= 0:
                        payloads.extend(self._inner(index, start, stop, folded, set(map(self._language, payloads))))
                    found.append((start, stop - 1, payloads))
                    break
                index = shorter[index]
                if index < 0:
                    break
                end = start + lengths[index]
        return found

    def _inner(self, index: int, start: int, stop: int, folded: bytes, spoken: set[str]) -> Iterator[Payload]:
        """What shorter stems of other languages say: one's stem is another's word (Анкар-а, Анкара)."""
        index = self._same_word[index]
        while index >= 0:
            ending = folded[start + self._lengths[index] : stop]
            for endings, payload in self._senses[index]:
                if ending in endings and self._language(payload) not in spoken:
                    yield payload
            index = self._same_word[index]


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
