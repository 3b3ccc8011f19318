"""IPTC Media Topics of a text, from plain lists of terms. Rules and figures: docs/classification.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path

from readership.enrich import alphabet, tables
from readership.enrich.lexicon import Entry, Lexicon
from readership.errors import UsageError
from readership.models import TopicScore

LANGUAGES = ("en", "ru", "kk")
_LONGEST_ENDING = 7
_TITLE, _LEAD, _REST = 1.5, 1.2, 1.0
_HALF = 3.0
"""Points at which a topic's score is 0.5."""
_FAINT = 0.3
"""A topic with less than this share of the best topic's points is left out."""
_TOLD = 4.0
"""Points from which a second-level topic is told: one sure term, or two others."""


class _AnyEnding(frozenset[bytes]):
    """Endings of a term written with `*`: whatever follows, up to a length that an ending may have."""

    def __contains__(self, ending: object) -> bool:
        return isinstance(ending, bytes) and len(ending) <= _LONGEST_ENDING


_ANY = _AnyEnding()
_EXACT = frozenset({b""})


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its slug, IPTC qcode ("" for a newsroom's own), the slug above it ("" on top), names by language."""

    slug: str
    qcode: str
    parent: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a language that speaks for (or, with a negative weight, against) a topic."""

    text: str
    topic: str
    weight: float
    language: str

    @property
    def case(self) -> str:
        """`upper` for a term listed in capitals (WHO), `title` for one listed with a capital, else ""."""
        letters = "".join(filter(str.isalpha, self.text))
        if len(letters) > 1 and letters.isupper():
            return "upper"
        return "title" if self.text[0].isupper() else ""


@dataclass(frozen=True)
class Topics:
    """Topics and their terms: the package's, with a newsroom's own laid over them."""

    topics: dict[str, Topic]
    terms: tuple[Term, ...]
    details: tuple[Term, ...] = ()
    """Terms of the second level: they count for their topic alone, and only where the one above is told."""
    _lexicon: list[Lexicon[Sense]] = field(default_factory=list, compare=False, repr=False)

    @property
    def lexicons(self) -> tuple[Lexicon[Sense], Lexicon[Sense]]:
        """All terms, and those of the second level, behind one automaton each; built at first use."""
        if not self._lexicon:
            self._lexicon.extend(Lexicon(_entries(terms), itemgetter(0)) for terms in (self.terms, self.details))
        return self._lexicon[0], self._lexicon[1]

    def name(self, slug: str, language: str) -> str:
        """The topic's display name, its English one or its slug where the language has none."""
        topic = self.topics.get(slug)
        return topic.names.get(language) or topic.names.get("en") or slug if topic else slug

    def lineage(self, slug: str) -> list[str]:
        """The topic and those above it, itself first."""
        found: list[str] = []
        while slug and slug not in found:
            found.append(slug)
            slug = self.topics[slug].parent
        return found

    def score(self, title: str, body: str, *, language: str | None = None) -> tuple[TopicScore, ...]:
        """Topics of a text, best first, then those of the second level (`sport/football`), best first."""
        whole = f"{title}\n{body}"
        folded = alphabet.fold(whole)
        terms, details = self.lexicons
        told = self._ranked(*_tally(terms.scan(folded, language), whole, len(title)))
        return told + self._detailed(told, *_tally(details.scan(folded, language), whole, len(title))) if told else ()

    def _detailed(
        self, told: tuple[TopicScore, ...], points: dict[str, float], words: dict[str, dict[str, None]]
    ) -> tuple[TopicScore, ...]:
        above = {topic.topic for topic in told}
        sure = {slug: value for slug, value in points.items() if value >= _TOLD and self.topics[slug].parent in above}
        best: dict[str, float] = defaultdict(float)
        for slug, value in sure.items():
            best[self.topics[slug].parent] = max(best[self.topics[slug].parent], value)
        kept = [
            slug
            for slug, value in sure.items()
            if slug not in above and value >= _FAINT * best[self.topics[slug].parent]
        ]
        kept.sort(key=lambda slug: (-sure[slug], slug))
        return tuple(_scored(slug, sure[slug], words[slug]) for slug in kept)

    def _ranked(self, points: dict[str, float], words: dict[str, dict[str, None]]) -> tuple[TopicScore, ...]:
        totals: dict[str, float] = defaultdict(float)
        shown: dict[str, dict[str, None]] = defaultdict(dict)
        if any(self.topics[slug].parent for slug in points):
            for slug, value in points.items():
                for above in self.lineage(slug):
                    totals[above] += value
                    shown[above].update(words[slug])
        else:
            totals, shown = points, words
        best = max(totals.values(), default=0.0)
        kept = [slug for slug, value in totals.items() if value > 0 and value >= _FAINT * best]
        kept.sort(key=lambda slug: (-totals[slug], len(self.lineage(slug)), slug))
        return tuple(_scored(slug, totals[slug], shown[slug]) for slug in kept)


def _scored(slug: str, points: float, words: dict[str, None]) -> TopicScore:
    return TopicScore(slug, round(points / (points + _HALF), 3), tuple(words))


def _tally(
    hits: list[tuple[int, int, list[Sense]]], whole: str, title: int
) -> tuple[dict[str, float], dict[str, dict[str, None]]]:
    points: dict[str, float] = defaultdict(float)
    words: dict[str, dict[str, None]] = defaultdict(dict)
    seen: dict[int, int] = {}
    lead = whole.find("\n", title + 1)
    lead = min(lead if lead > 0 else len(whole), title + 300)
    for start, end, terms in hits:
        place = _TITLE if start < title else _LEAD if start < lead else _REST
        for _, key, topic, weight, case in terms:
            if case and not (whole[start:end].isupper() if case == "upper" else whole[start].isupper()):
                continue
            if key in seen:
                times = seen[key] = seen[key] + 1
                points[topic] += weight * place / times
            else:
                seen[key] = 1
                points[topic] += weight * place
            words[topic][whole[start:end]] = None
    return points, words


Sense = tuple[str, int, str, float, str]
"""What the scan needs of a term: language, number, topic, weight, case."""


def _entries(terms: Iterable[Term]) -> Iterator[Entry[Sense]]:
    for number, term in enumerate(terms):
        stem = term.text.rstrip("*+")
        endings = (
            _ANY if term.text.endswith("*") else frozenset({b"", b"s", b"es"}) if term.text.endswith("+") else _EXACT
        )
        for form in _softened(stem) if term.language == "kk" and endings is _ANY else (stem,):
            yield Entry(alphabet.word(form), endings, (term.language, number, term.topic, term.weight, term.case))


_SOFT = {"п": "б", "к": "г", "қ": "ғ"}


def _softened(stem: str) -> tuple[str, ...]:
    """A Kazakh stem, and as it is before a vowel: мектеп, мектеб(і)."""
    soft = _SOFT.get(stem[-1])
    return (stem, stem[:-1] + soft) if soft else (stem,)


def load(own: Path | None = None) -> Topics:
    """The package's topics, with a newsroom's own file laid over them.

    The own file is tab-separated, one instruction a line, `#` for comments:
    `topic  SLUG  PARENT|-  NAME_EN  NAME_RU  NAME_KK` adds a topic or renames one for display (empty = as before);
    `term  LANGUAGE  TERM  TOPIC  WEIGHT` adds a term (`*` at its end takes any ending, `+` a plural);
    `drop  LANGUAGE  TERM  TOPIC` removes one.

    Raises:
        UsageError: the file can't be read, or a line of it has another shape; the line is named.
    """
    if own is None:
        return _shipped()
    try:
        known = own.stat()
    except OSError:
        raise UsageError(f"The topics file {own.name} can't be read.", "It must be a UTF-8 text file.") from None
    return _with_own(own, known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=4)
def _with_own(own: Path, _changed: int, _size: int) -> Topics:
    """An own file is read once while it stays the same: every page is scored with it."""
    return _merged(_shipped(), _own_lines(own), own.name)


def names(own: Path | None = None) -> dict[str, dict[str, str]]:
    """Display names by slug and language, a newsroom's renames among them; raises as `load`."""
    return {slug: dict(topic.names) for slug, topic in load(own).topics.items()}


def _own_lines(own: Path) -> list[str]:
    try:
        return own.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"The topics file {own.name} can't be read.", "It must be a UTF-8 text file.") from None


def _merged(base: Topics, lines: list[str], name: str) -> Topics:
    topics, terms = dict(base.topics), {(term.language, term.text, term.topic): term for term in base.terms}
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or line.startswith("#"):
            continue
        try:
            _apply(cells, topics, terms)
        except (ValueError, KeyError, IndexError) as problem:
            raise UsageError(
                f"Line {number} of {name} can't be read: {problem}.", "See docs/classification.md for its shape."
            ) from None
    return Topics(topics, tuple(terms.values()), base.details)


def _apply(cells: list[str], topics: dict[str, Topic], terms: dict[tuple[str, str, str], Term]) -> None:
    if cells[0] == "topic":
        _topic(cells, topics)
    elif cells[0] == "term" and len(cells) == 5:
        language, text, slug = _known(cells[1:4], topics)
        terms[language, text, slug] = Term(text, slug, float(cells[4]), language)
    elif cells[0] == "drop" and len(cells) == 4:
        language, text, slug = cells[1:4]
        if terms.pop((language, text, slug), None) is None:
            raise ValueError(f"there is no term “{text}” of {slug} in {language}")
    else:
        raise ValueError("it must begin with topic, term or drop and have all its columns")


def _topic(cells: list[str], topics: dict[str, Topic]) -> None:
    slug, parent, *names = cells[1:] + [""] * 5
    if not slug:
        raise ValueError("the topic has no slug")
    before = topics.get(slug)
    above = parent.strip("-") or (before.parent if before else "")
    if (above and above not in topics) or above == slug:
        raise ValueError(f"there is no topic {above} to stand under")
    given = {language: name for language, name in zip(LANGUAGES, names, strict=False) if name}
    topics[slug] = Topic(slug, before.qcode if before else "", above, {**(before.names if before else {}), **given})


def _known(cells: list[str], topics: dict[str, Topic]) -> tuple[str, str, str]:
    language, text, slug = cells
    if language not in LANGUAGES:
        raise ValueError(f"“{language}” is not one of {', '.join(LANGUAGES)}")
    if slug not in topics:
        raise ValueError(f"there is no topic {slug}")
    if not text.strip("*+ "):
        raise ValueError("the term is empty")
    return language, text, slug


@cache
def _shipped() -> Topics:
    topics = {
        slug: Topic(slug, qcode, parent.strip("-"), {"en": en, "ru": ru, "kk": kk})
        for slug, qcode, parent, en, ru, kk in tables.rows("topics.tsv")
    }
    terms = tuple(
        Term(text, slug, float(weight), language)
        for language in LANGUAGES
        for text, slug, weight in tables.rows(f"terms_{language}.tsv")
    )
    details = tuple(Term(text, slug, weight, language) for slug, language, text, weight in tables.details())
    return Topics(topics, terms, details)


def level(slug: str) -> int:
    """1 for a topic of the top level or a newsroom's own, 2 for one below (`sport/football`)."""
    return 2 if "/" in slug else 1


def score(title: str, body: str, *, language: str | None = None) -> tuple[TopicScore, ...]:
    """Topics of a text by the package's own lists, best first."""
    return _shipped().score(title, body, language=language)
