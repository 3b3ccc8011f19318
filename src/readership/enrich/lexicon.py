"""Word lists as one automaton: every entry of every language is looked for in a single pass over the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import BytesAhoCorasick, MatchKind

Payload = TypeVar("Payload")
WHOLE = frozenset({b""})
_REMEMBERED = 50_000
"""Writings a language whose meaning is kept; beyond it the memory starts anew."""


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
        self._known: dict[str | None, dict[bytes, tuple[int, list[Payload]] | None]] = {}
        self._automaton = BytesAhoCorasick(stems, matchkind=MatchKind.LeftmostLongest)

    def scan(self, folded: bytes, spoken: str | None = None) -> list[tuple[int, int, list[Payload]]]:
        """(first, end, payloads) of each entry found, in order; positions are the text's, `end` the whole word's.

        Args:
            folded: `alphabet.fold(text)`.
            spoken: only payloads of this language; of all when None.
        """
        found: list[tuple[int, int, list[Payload]]] = []
        known, find = self._memory(spoken), folded.find
        for index, start, end in self._automaton.find_matches_as_indexes(folded):
            written = folded[start : find(b" ", end)]
            try:
                meaning = known[written]
            except KeyError:
                meaning = known[written] = self._meaning(index, written, spoken)
            if meaning is not None:
                found.append((start, start + meaning[0], meaning[1]))
        return found

    def _memory(self, spoken: str | None) -> dict[bytes, tuple[int, list[Payload]] | None]:
        known = self._known.setdefault(spoken, {})
        if len(known) > _REMEMBERED:
            known.clear()
        return known

    def _meaning(self, index: int, written: bytes, spoken: str | None) -> tuple[int, list[Payload]] | None:
        """Length of the words that an entry stands in, and what it means there.

        Stem `index` is the longest that `written` (a space, then its words to the end of the last) begins with, so
        that the bytes alone decide: the answer is the same wherever they stand.
        """
        while index >= 0:
            length = self._lengths[index]
            stop = written.find(b" ", length)
            stop = stop if stop >= 0 else len(written)
            ending = written[length:stop]
            payloads = [payload for endings, payload in self._senses[index] if ending in endings]
            if payloads:
                payloads.extend(self._inner(index, 0, stop, written, set(map(self._language, payloads))))
                of_language = [payload for payload in payloads if spoken is None or self._language(payload) == spoken]
                return (stop - 1, of_language) if of_language else None
            index = self._shorter[index]
        return None

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
