"""Countries that a text names or clearly means, and which of them it is about. Rules: docs/classification.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from operator import attrgetter

from readership.enrich import alphabet, dateline, inflection, tables
from readership.enrich.lexicon import Entry, Lexicon
from readership.enrich.salience import Evidence, rank
from readership.models import CountryMention

_MARKS = "~!*%^"
_LOOKS = 50
"""Places of a word at which a name beside it is looked for."""
_LANGUAGES = ("en", "ru", "kk")
_LOWERCASE_KINDS = ("adj", "people")


@dataclass(frozen=True, slots=True)
class Sense:
    """What one word of the lists may mean.

    Attributes:
        country: ISO 3166-1 alpha-2.
        kind: name, adj, people, city, region or seat (a capital's institution).
        language: the list it stands in.
        written: as listed, for words that count only in this very case; else "".
        capital: counts only with a capital letter.
        weak, person, twin, common: the marks `~`, `!`, `*`, `%` of the lists.
    """

    country: str
    kind: str
    language: str
    written: str = ""
    capital: bool = False
    weak: bool = False
    person: bool = False
    twin: bool = False
    common: bool = False
    plain: bool = field(init=False, default=False)
    """No rule below has a say: the word always names its country."""

    def __post_init__(self) -> None:
        marked = self.weak or self.person or self.twin or self.common or self.kind == "people"
        object.__setattr__(self, "plain", not marked and not (self.written and len(self.written) < 3))


@dataclass(slots=True)
class Hit:
    """A place word found: where, what it may mean, and how sure it is (2 sure, 1 only in company)."""

    start: int
    end: int
    senses: list[Sense]
    sure: int


@dataclass(slots=True)
class Text:
    """What the rules look at."""

    title: str
    whole: str
    folded: bytes
    language: str | None
    title_caps: bool
    people: dict[str, bool] = field(default_factory=dict)
    """Whether a word (its first five letters) is once beside a name in this text."""
    twins: dict[str, bool] = field(default_factory=dict)
    """Whether a word also stands in small letters."""

    def shouted(self, start: int, end: int) -> bool:
        """The word stands in capitals only because its surroundings do."""
        return (self.title_caps and start < len(self.title)) or (end - start > 3 and self.whole[start:end].isupper())


def find(
    title: str, body: str, *, language: str | None = None, placed: str | None = None
) -> tuple[CountryMention, ...]:
    """Countries of a text, most salient first.

    Args:
        title, body: plain text.
        language: en, ru, kk, or None to read it with the lists of all three.
        placed: the dateline where it is a field of its own (`LONDON, March 3`); one at the body's head is found anyway.
    """
    whole = f"{title}\n{body}"
    text = Text(title, whole, alphabet.fold(whole), language, title.isupper())
    hits = [hit for hit in _hits(text) if hit.sure]
    return rank(_evidence(text, _settled(hits)), len(title), len(whole), dateline.country(placed, body))


def _hits(text: Text) -> Iterator[Hit]:
    previous: Hit | None = None
    for start, end, senses in lexicon().scan(text.folded, text.language):
        hit = _judged(text, start, end, senses)
        if hit is None:
            continue
        if previous is not None and hit.start - previous.end <= 2:
            _city_in_state(text.whole, previous, hit)
        previous = hit
        yield hit


def _judged(text: Text, start: int, end: int, senses: list[Sense]) -> Hit | None:
    capital = text.whole[start].isupper()
    if len(senses) == 1 and senses[0].plain and not senses[0].written:
        return (
            Hit(start, end, senses, 2)
            if (capital or not senses[0].capital) and not _trapped(text, start, end)
            else None
        )
    fits = [
        sense for sense in senses
        if (text.whole.startswith(sense.written, start) if sense.written else capital or not sense.capital)
    ]  # fmt: skip
    if not fits or _trapped(text, start, end):
        return None
    if len(fits) == 1:
        return Hit(start, end, fits, _sureness(text, fits[0], start, end))
    return Hit(start, end, fits, max([_sureness(text, sense, start, end) for sense in fits]))


def _sureness(text: Text, sense: Sense, start: int, end: int) -> int:
    if sense.plain:
        return 2
    if sense.weak:
        return 1
    if sense.kind == "people" and text.whole[start].isupper() and not text.shouted(start, end):
        if not _opens_sentence(text.whole, start):
            return 0
        return 1 if text.whole[start:end].endswith(("ов", "ев", "ин")) else 2
    if sense.person and _is_person(text, start, end):
        return 0
    if (sense.twin or sense.common) and _opens_sentence(text.whole, start, text.shouted(start, end)):
        return 1 if sense.common or _has_small_twin(text, text.whole[start:end].lower()) else 2
    if sense.written and len(sense.written) < 3 and text.title_caps and start < len(text.title):
        return 1
    return 2


def _opens_sentence(whole: str, start: int, shouted: bool = False) -> bool:
    before = whole[max(0, start - 3) : start].rstrip(" \"'«“„—–-(‘")
    return shouted or not before or before[-1] in ".!?\n:…"


def _has_small_twin(text: Text, word: str) -> bool:
    if word not in text.twins:
        text.twins[word] = re.search(rf"\b{re.escape(word)}", text.whole) is not None
    return text.twins[word]


_NEXT_NAME = re.compile(r" ([A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w-]+)")
_BEFORE = re.compile(rb"([^ ]+) $")
_BEFORE_QUOTE = re.compile(rb"([^ ]+)  $")
_KK_PERSON = ("апай", "ата ", "ағай", "апа ", "әже")


def _is_person(text: Text, start: int, end: int) -> bool:
    """`Georgia Hale`, `Дания Сулейменова`, `Michael Jordan`: a name beside the word, here or anywhere in the text."""
    if text.shouted(start, end):
        return False
    word = text.whole[start:end][: 5 if text.language == "en" else min(5, end - start - 1)]
    if word not in text.people:
        places = islice(re.finditer(rf"\b{re.escape(word)}\w*", text.whole), _LOOKS)
        text.people[word] = any(_beside_name(text, match.start(), match.end()) for match in places)
    return text.people[word]


def _beside_name(text: Text, start: int, end: int) -> bool:
    before = _BEFORE.search(text.folded, max(0, start - 20), start + 1)
    if before and before.group(1) in tables.given_names() and text.whole[start - 2 : start - 1] not in ",;":
        return True
    following = text.whole[end : end + 40]
    if following.startswith(tuple(f" {word}" for word in _KK_PERSON)):
        return True
    match = _NEXT_NAME.match(following)
    if match is None or match.group(1).isupper() or _title_case(text, start):
        return False
    word = alphabet.word(match.group(1))
    return word not in tables.not_surnames() and not _is_place(word)


def _title_case(text: Text, start: int) -> bool:
    """A headline in which most words have capitals says nothing about names."""
    if start >= len(text.title):
        return False
    words = [word for word in text.title.split() if len(word) > 3]
    return sum(word[0].isupper() for word in words) > 0.6 * max(1, len(words)) and len(words) > 3


def _is_place(word: bytes) -> bool:
    return bool(lexicon().scan(b" " + word + b" "))


def _city_in_state(whole: str, city: Hit, state: Hit) -> None:
    """`Cuba, Missouri`; `London, Ontario`: the state says which country the place is in."""
    if whole[city.end : state.start] != ", " or city.senses[0].kind not in ("city", "name"):
        return
    regions = [sense for sense in state.senses if sense.kind == "region"]
    if regions and regions[0].country not in {sense.country for sense in city.senses}:
        city.senses = [Sense(regions[0].country, "city", regions[0].language)]
        city.sure = 2


def _trapped(text: Text, start: int, end: int) -> bool:
    folded = text.folded
    after, before = tables.traps()
    head = folded[start + 1 : min(start + 4, end + 1)]
    following = folded[end + 2 : folded.find(b" ", end + 2)]
    if following and following in after[b"*"]:
        return True
    if head not in after.heads and head not in before.heads:
        return False
    word = folded[start + 1 : end + 1]
    if following and _listed(after, word, following):
        return True
    if head not in before.heads:
        return False
    quoted = start > 0 and text.whole[start - 1] in '«“"„'
    match = (_BEFORE_QUOTE if quoted else _BEFORE).search(folded, max(0, start - 24), start + 1)
    return bool(match and _listed(before, word, match.group(1)))


def _listed(traps: tables.Traps, word: bytes, neighbour: bytes) -> bool:
    if word[:3] not in traps.heads:
        return False
    return any(word.startswith(stem) and neighbour.startswith(others) for stem, others in traps.heads[word[:3]])


def _settled(hits: list[Hit]) -> Iterator[tuple[Hit, Sense]]:
    """Each hit with the sense that counts; weak words and words of two countries look for company."""
    company: dict[str, int] = {}
    for hit in hits:
        country = _only_country(hit) if hit.sure == 2 else None
        if country:
            company[country] = company.get(country, 0) + 1
    for hit in hits:
        known = [sense for sense in hit.senses if sense.country in company]
        if known:
            yield hit, known[0] if len(known) == 1 else max(known, key=lambda sense: company[sense.country])
        elif hit.sure == 2:
            yield hit, next(sense for sense in hit.senses if not sense.weak)


def _only_country(hit: Hit) -> str | None:
    """The country of a word that means one only, and surely."""
    first = hit.senses[0]
    if len(hit.senses) == 1:
        return None if first.weak else first.country
    one = all(sense.country == first.country for sense in hit.senses)
    return first.country if one and not all(sense.weak for sense in hit.senses) else None


def _evidence(text: Text, settled: Iterator[tuple[Hit, Sense]]) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    title = len(text.title)
    for hit, sense in settled:
        evidence = found.get(sense.country)
        if evidence is None:
            evidence = found[sense.country] = Evidence()
        evidence.places.append(hit.start)
        evidence.words[text.whole[hit.start : hit.end]] = None
        evidence.kinds.append(sense.kind)
        evidence.in_title += hit.start < title
    return found


@cache
def lexicon() -> Lexicon[Sense]:
    """All place words of all languages behind one automaton."""
    return Lexicon(_entries(), attrgetter("language"))


def _entries() -> Iterator[Entry[Sense]]:
    for country, language, kind, word in tables.place_words():
        marks = word[: len(word) - len(word.lstrip(_MARKS))]
        bare = word[len(marks) :]
        sense = Sense(
            country, kind, language,
            written=bare.rstrip("=") if "^" in marks else "",
            capital=bare[0].isupper(),
            weak="~" in marks, person="!" in marks, twin="*" in marks, common="%" in marks,
        )  # fmt: skip
        for stem, endings in _forms(language, kind, bare, exact="^" in marks):
            yield Entry(alphabet.word(stem), endings, sense)
        if language == "kk" and sense.capital and not sense.written and len(bare) > 3:
            yield Entry(alphabet.word(bare.rstrip("=")), inflection.kazakh_kin(), replace(sense, capital=False))


def _forms(language: str, kind: str, word: str, *, exact: bool) -> inflection.Forms:
    if language == "en":
        return [(word.rstrip("+"), inflection.ENGLISH_PLURAL if word.endswith("+") else inflection.endings(""))]
    if language == "kk":
        return [(word.rstrip("="), inflection.kazakh(word, strict=kind in _LOWERCASE_KINDS))]
    if exact:
        return [(word, inflection.endings(""))]
    if kind == "adj":
        return inflection.russian_adjective(word)
    if kind == "people":
        return inflection.russian_people(word)
    return inflection.russian_city(word) if kind == "city" else inflection.russian_name(word)
