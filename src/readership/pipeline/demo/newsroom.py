"""The demo's stories: who published what and when, how it was read, and when somebody saved the page."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import log
from typing import Any
from zoneinfo import ZoneInfo

from readership.pipeline.demo.curve import Curve, Rhythm, Wave
from readership.pipeline.demo.market import Market, market
from readership.pipeline.demo.prose import Voice, words

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_YOUNG = timedelta(days=14)
_TICK = timedelta(minutes=5)
HOME = ZoneInfo("Asia/Almaty")
# Site, language, share of the newsroom's output, the site's id counter at the window's start.
_DESKS = (
    ("el.kz", "ru", 33, 168_000), ("el.kz", "en", 29, 168_000), ("el.kz", "kk", 24, 168_000),
    ("inform.kz", "en", 2, 4_310_000), ("inform.kz", "ru", 2, 4_310_000), ("24.kg", "en", 2, 331_000),
    ("24.kg", "ru", 1, 331_000), ("kt.kz", "en", 3, 1_377_970_000), ("egemen.kz", "kk", 2, 396_000),
    ("zhaikpress.kz", "ru", 2, 352_000),
)  # fmt: skip
ZONES = {"24.kg": ZoneInfo("Asia/Bishkek"), "zhaikpress.kz": ZoneInfo("Asia/Oral")}
_OWN = {
    ("inform.kz", "en"): "Kazinform", ("inform.kz", "ru"): "Казинформ", ("24.kg", "en"): "24.kg news agency",
    ("24.kg", "ru"): "24.kg", ("kt.kz", "en"): "Kazakhstan Today", ("egemen.kz", "kk"): "Egemen Qazaqstan",
    ("zhaikpress.kz", "ru"): "«Жайық Пресс»",
}  # fmt: skip
_PULL = {"ru": 1.7, "kk": 1.2, "en": 0.75}
# Chance that a story is published in an hour of the local day, and on a weekday (Monday first).
_DESK_HOURS = (0, 0, 0, 0, 0, 0, 0.2, 0.6, 1.2, 2, 2.2, 2, 1.8, 1.5, 1.7, 1.9, 1.8, 1.5, 1.2, 0.9, 0.6, 0.4, 0.2, 0.1)
_DESK_DAYS = (1.12, 1.15, 1.15, 1.12, 1.06, 0.7, 0.7)
_LATIN = dict(
    zip("абвгдеёзийклмнопрстуфхцыэәғіңөұүқһ", "abvgdeezijklmnoprstufhcyeaginouuqh", strict=True),
    ж="zh", ч="ch", ш="sh", щ="shch", ю="yu", я="ya", ь="", ъ="",
)  # fmt: skip


class Odd(StrEnum):
    """What is wrong with a saved copy, if anything."""

    NO = ""
    JUMP = "the counter shows a digit too many"
    STALE = "a cached copy with an older counter"
    OLD_HEADER = "the header was cached weeks ago"
    NO_MOMENT = "nobody noted when it was saved"
    GONE = "the page had been removed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One saving of a page: its moment (aware, UTC, whole seconds), the layout it came in, what is odd about it."""

    moment: datetime
    layout: str
    odd: Odd = Odd.NO


@dataclass(frozen=True, slots=True)
class Wording:
    """Title and paragraphs as they stood from a moment on."""

    since: datetime
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One article of the demo newsroom, with the truth about its readers.

    Attributes:
        key, url: as the site makes them.
        section, credit, authors: as printed; None or empty where the page has none.
        cited: the outside source its text names, in the form the sentence needs.
        published: aware, UTC, whole minutes.
        wordings: the first at publication, later ones after edits.
        curve: true cumulative views; the printed counter starts anew at `reset`.
        visits: copies saved, in time order.
        traps: names of misleading furniture its pages carry (`minutes`, `day-on-top`).
    """

    site: str
    language: str
    key: str
    url: str
    section: str
    credit: str | None
    authors: tuple[str, ...]
    cited: str | None
    published: datetime
    wordings: tuple[Wording, ...]
    curve: Curve
    reset: datetime | None = None
    visits: tuple[Visit, ...] = ()
    traps: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its printed times."""
        return ZONES.get(self.site, HOME)

    def wording(self, moment: datetime) -> Wording:
        """The wording that readers saw at a moment."""
        return next(w for w in reversed(self.wordings) if w.since <= moment or w is self.wordings[0])

    def counter(self, moment: datetime) -> int:
        """The counter as an intact page prints it at a moment."""
        lost = self.curve.at(self.reset) if self.reset and moment >= self.reset else 0
        return self.curve.at(moment) - lost


@dataclass(frozen=True)
class Newsroom:
    """All of the demo: stories in order of publication, and the rates of their days."""

    stories: tuple[Story, ...]
    market: Market
    since: datetime
    until: datetime


@lru_cache(maxsize=2)
def build(articles: int, months: int, seed: int, until: datetime) -> Newsroom:
    """The demo newsroom for a seed: equal arguments give equal newsrooms."""
    until = until.astimezone(UTC).replace(microsecond=0)
    since = until - timedelta(days=round(months * 30.44))
    rhythm = Rhythm(since, until + _DAY, HOME, _dice(seed, "rhythm"))
    moments = _publication_moments(since, until, articles, _dice(seed, "desk"))
    stories = [_Draft(number, moment, seed, rhythm, since, until).story() for number, moment in enumerate(moments)]
    _make_events(stories, until, _dice(seed, "events"))
    stories = [replace(story, visits=_visits(story, until, _dice(seed, f"visits {story.key}"))) for story in stories]
    _make_oddities(stories, until, _dice(seed, "oddities"))
    rates = market(_day(since) - _DAY * 30, _day(until) + _DAY, _dice(seed, "market"))
    return Newsroom(tuple(stories), rates, since, until)


def _dice(seed: int, purpose: str) -> random.Random:
    # One stream a purpose, so that a change in one part leaves the others as they were.
    return random.Random(f"{seed} {purpose}")  # noqa: S311


def _day(moment: datetime) -> date:
    return moment.astimezone(HOME).date()


def _publication_moments(since: datetime, until: datetime, articles: int, dice: random.Random) -> list[datetime]:
    whole = since.replace(minute=0, second=0) + _HOUR
    hours = [whole + _HOUR * n for n in range(int((until - whole) / _HOUR) + 1)]
    weights = [_desk_weight(hour, until) for hour in hours]
    chosen = dice.choices(hours, weights, k=articles)
    # At least 20 minutes old, so that somebody can have saved it by `until`.
    moments = (hour + timedelta(minutes=dice.randrange(60)) for hour in chosen)
    last = until - timedelta(minutes=20)
    return sorted(min(moment, last).replace(second=0) for moment in moments)


def _desk_weight(hour: datetime, until: datetime) -> float:
    local = hour.astimezone(HOME)
    fresh = 2.5 if until - hour <= 2 * _DAY else 1.0
    return _DESK_HOURS[local.hour] * _DESK_DAYS[local.weekday()] * fresh


class _Draft:
    """Writes one story; the dice's order of use is part of what a seed means."""

    def __init__(
        self, number: int, published: datetime, seed: int, rhythm: Rhythm, since: datetime, until: datetime
    ) -> None:
        self.dice = _dice(seed, f"story {number}")
        self.number, self.published, self.rhythm = number, published, rhythm
        self.progress = (published - since) / (until - since)
        desk = self.dice.choices(_DESKS, [row[2] for row in _DESKS])[0]
        self.site, self.language, _, first_id = desk
        self.id = first_id + number * 21 + self.dice.randrange(20)
        self.words = words(self.language)
        topics = self.words["topics"]
        self.topic = self.dice.choices(list(topics), [topic["weight"] for topic in topics.values()])[0]
        self.voice = Voice(self.language, self.dice, _day(published).month)

    def story(self) -> Story:
        topic = self.words["topics"][self.topic]
        home = topic.get("home", False) or self.dice.random() < 0.3
        title = self._title(_fitting(topic["titles"], home))
        cited = self.dice.choice(self.words["source"][self.topic]) if self.dice.random() < 0.45 else None
        paragraphs = self._paragraphs(_fitting(topic["sentences"], home), cited)
        key, url = _address(self.site, self.language, topic["section"], self.id, title)
        return Story(
            site=self.site, language=self.language, key=key, url=url, section=self._section(topic["section"]),
            credit=self._credit(), authors=self._authors(), cited=cited, published=self.published,
            wordings=self._wordings(title, paragraphs), curve=self._curve(topic["pull"]), traps=self._traps(),
        )  # fmt: skip

    def _title(self, templates: list[str]) -> str:
        titles = [self.voice.say(template) for template in self.dice.sample(templates, len(templates))]
        return next((title for title in titles if self.voice.in_season(title)), titles[0])

    def _section(self, name: str) -> str:
        # Most desks file half of what they write under plain "News".
        found: str = self.words["sections"][name if self.dice.random() < 0.7 else "news"]
        return found

    def _paragraphs(self, sentences: list[str], cited: str | None) -> tuple[str, ...]:
        sentences = [sentence for sentence in sentences if self.voice.in_season(sentence)]
        chosen = self.dice.sample(sentences, min(len(sentences), self.dice.randint(4, 7)))
        chosen.sort(key=lambda sentence: sentence[0] in "“«")  # a quotation never opens a story
        chosen[1:] = self.dice.sample(chosen[1:], len(chosen) - 1)
        own = _OWN.get((self.site, self.language), "El.kz")
        formula = self.dice.choice(self.words["cited" if cited else "reported"])
        first = self.voice.say(chosen[0]) + formula.replace("{own}", own).replace("{source}", cited or "")
        rest = [self.voice.say(sentence) + "." for sentence in chosen[1:]]
        pairs = [" ".join(rest[start : start + 2]) for start in range(1, len(rest), 2)]
        return (f"{first} {rest[0]}", *pairs, self.voice.say(self.dice.choice(self.words["closing"])))

    def _credit(self) -> str | None:
        if self.dice.random() < 0.3:
            return None
        topical: str | None = self.words["credit_of"].get(self.topic)
        return topical if topical and self.dice.random() < 0.7 else self.dice.choice(self.words["credits"])

    def _authors(self) -> tuple[str, ...]:
        signed = self.dice.random()
        count = 2 if signed < 0.04 else 1 if signed < 0.4 else 0
        return tuple(self.dice.sample(self.words["authors"], count))

    def _traps(self) -> tuple[str, ...]:
        chances = (("minutes", 0.06), ("day-on-top", 0.05))
        return tuple(name for name, chance in chances if self.dice.random() < chance)

    def _wordings(self, title: str, paragraphs: tuple[str, ...]) -> tuple[Wording, ...]:
        first = Wording(self.published, title, paragraphs)
        if self.dice.random() > 0.07:
            return (first,)
        edited = self.published + _HOUR * self.dice.uniform(1.5, 30)
        new_title = self.dice.choice(self.words["title_edits"]).replace("{title}", title)
        update = self.voice.say(self.dice.choice(self.words["updates"]))
        both = self.dice.random()
        return first, Wording(
            edited, new_title if both < 0.7 else title, (*paragraphs, update) if both > 0.4 else paragraphs
        )

    def _curve(self, pull: float) -> Curve:
        growth = 1 + 0.3 * self.progress
        views = self.dice.lognormvariate(log(480), 0.9) * pull * _PULL[self.language] * growth
        begins = self.rhythm.at(self.published)
        waves = [Wave(begins, views, self.dice.uniform(3, 9), self.dice.uniform(0.7, 1.3))]
        if self.dice.random() < 0.03:
            later = begins + self.dice.uniform(20, 300)
            waves.append(Wave(later, views * self.dice.uniform(0.5, 2.5), self.dice.uniform(2, 5), 1.1))
        return Curve(self.rhythm, self.published, tuple(waves))


def _fitting(templates: list[str], home: bool) -> list[str]:
    at_home = [t for t in templates if not any(slot in t for slot in ("{country", "{capital", "{adj"))]
    return at_home if home and len(at_home) >= 2 else templates


def _address(site: str, language: str, section: str, number: int, title: str) -> tuple[str, str]:
    slug = _slug(title)
    paths: dict[str, tuple[str, str]] = {
        "el.kz": (str(number), f"https://el.kz/{language}/{slug}_{number}/"),
        "inform.kz": (f"a{number}", f"https://www.inform.kz/{language}/{slug}_a{number}/amp"),
        "24.kg": (str(number), f"https://24.kg/{'english' if language == 'en' else section}/{number}_{slug}/"),
        "kt.kz": (str(number), f"https://www.kt.kz/eng/{section}/{slug}_{number}.html"),
        "egemen.kz": (str(number), f"https://egemen.kz/article/{number}-{slug}"),
        "zhaikpress.kz": (str(number), f"https://zhaikpress.kz/?p={number}"),
    }
    return paths[site]


def _slug(title: str) -> str:
    latin = "".join(_LATIN.get(letter, letter) for letter in title.lower())
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in latin)
    return "-".join(part for part in plain.split("-") if part)[:70].rstrip("-")


# --- what happens to some stories -----------------------------------------------------------------------------------


def _make_events(stories: list[Story], until: datetime, dice: random.Random) -> None:
    """Evergreens, hot news of the last hours and a second wave that is still going on; changes the list in place."""
    elkz = [n for n, story in enumerate(stories) if story.site == "el.kz"]
    for n in _between(stories, elkz, until, 40, 200, 10, dice):
        stories[n] = _with_curve(stories[n], steady=dice.uniform(0.4, 1.6))
    for n in _between(stories, elkz, until, 0.1, 1.5, 2, dice):
        stories[n] = _with_curve(stories[n], wave=Wave(_attention(stories[n]), dice.uniform(3000, 6000), 10, 1.0))
    for n in _between(stories, elkz, until, 3, 6, 1, dice):
        begins = stories[n].curve.rhythm.at(until - 9 * _HOUR)
        stories[n] = _with_curve(stories[n], wave=Wave(begins, 5200, 25, 0.9))
    evergreen = next((n for n in elkz if stories[n].curve.steady), None)
    if evergreen is not None:
        story = stories[evergreen]
        stories[evergreen] = replace(story, reset=story.published + (until - story.published) * 0.6)


def _between(
    stories: list[Story], among: list[int], until: datetime, youngest: float, oldest: float, count: int,
    dice: random.Random,
) -> list[int]:  # fmt: skip
    """Numbers of some stories whose age in days at `until` lies between two ages."""
    fitting = [n for n in among if _DAY * youngest <= until - stories[n].published <= _DAY * oldest]
    return sorted(dice.sample(fitting, min(count, len(fitting))))


def _attention(story: Story) -> float:
    return story.curve.rhythm.at(story.published)


def _with_curve(story: Story, *, steady: float = 0.0, wave: Wave | None = None) -> Story:
    waves = (*story.curve.waves, wave) if wave else story.curve.waves
    return replace(story, curve=replace(story.curve, waves=waves, steady=steady or story.curve.steady))


# --- when pages were saved ------------------------------------------------------------------------------------------

_AGES = (3.0, 6.0, 12.0, 72.0, 168.0, 336.0, 720.0, 2160.0)
_LAYOUTS = {"full": 72, "no-header": 9, "amp": 8, "html": 8, "bare": 2, "credit-first": 3}


def _visits(story: Story, until: datetime, dice: random.Random) -> tuple[Visit, ...]:
    moments = {story.published + _HOUR * age for age in _ages(story, until, dice)}
    moments = {_tick(moment) for moment in moments if moment <= until}
    if until - story.published <= _YOUNG:
        # A sweep over all young pages just before `until`.
        moments |= {_tick(until - timedelta(seconds=dice.randrange(900)))}
    moments = {moment for moment in moments if moment > story.published}
    return tuple(Visit(moment, _layout(story, n, dice)) for n, moment in enumerate(sorted(moments)))


def _tick(moment: datetime) -> datetime:
    # The crawler starts every five minutes, so several pages share a moment.
    return moment - (moment - datetime(2000, 1, 1, tzinfo=UTC)) % _TICK


def _ages(story: Story, until: datetime, dice: random.Random) -> list[float]:
    live = (until - story.published) / _HOUR
    if dice.random() < 0.04 and live > 400:
        return [dice.uniform(60, 390), *(dice.uniform(60, live) for _ in range(2))]
    first = dice.uniform(0.3, 1.6)
    if live <= _YOUNG / _HOUR:
        return [first, *_jittered([1.5, 3, 6, 12], dice), *(24.0 * day + dice.uniform(-2, 2) for day in range(1, 14))]
    if story.curve.steady:
        daily = [24.0 * day + dice.uniform(-3, 3) for day in range(1, 22)]
        return [first, *daily, *(24.0 * day + dice.uniform(-6, 6) for day in range(28, int(live / 24) + 7, 7))]
    chosen = dice.sample(_AGES, dice.choice((1, 2, 2, 3, 3, 4, 5)))
    return [first, *_jittered([24.0, *chosen], dice)]


def _jittered(ages: list[float], dice: random.Random) -> list[float]:
    return [age * dice.uniform(0.92, 1.08) for age in ages]


def _layout(story: Story, number: int, dice: random.Random) -> str:
    if story.site != "el.kz":
        return story.site
    if number == 0:
        return "full"
    layout = dice.choices(list(_LAYOUTS), list(_LAYOUTS.values()))[0]
    return "full" if layout == "credit-first" and story.language != "ru" else layout


# --- what went wrong ------------------------------------------------------------------------------------------------


def _make_oddities(stories: list[Story], until: datetime, dice: random.Random) -> None:
    """A few misread, stale, undated and removed copies; changes the list in place."""
    seen = Counter(visit.moment for story in stories for visit in story.visits if _shows_header(story, visit))

    def beside_another(story: Story, number: int) -> bool:
        moment = story.visits[number].moment
        return _has_header(story, number) and seen[moment] > 1 and moment < until - 3 * _DAY

    plans: tuple[tuple[Odd, int, Callable[[Story, int], bool]], ...] = (
        (Odd.JUMP, 6, _may_jump), (Odd.STALE, 8, _may_be_stale), (Odd.OLD_HEADER, 3, beside_another),
        (Odd.NO_MOMENT, 14, _has_header), (Odd.GONE, 2, _is_last),
    )  # fmt: skip
    taken: set[int] = set()
    for odd, count, fits in plans:
        fitting = [(n, v) for n, story in enumerate(stories) for v in range(len(story.visits)) if fits(story, v)]
        count = max(1, round(count * min(1, len(stories) / 1000)))
        for n, v in dice.sample(fitting, min(count * 3, len(fitting))):
            if n not in taken and count:
                taken.add(n)
                count -= 1
                stories[n] = _odd(stories[n], v, odd)


def _odd(story: Story, number: int, odd: Odd) -> Story:
    visits: list[Any] = list(story.visits)
    visits[number] = replace(visits[number], odd=odd)
    return replace(story, visits=tuple(visits))


def _shows_header(story: Story, visit: Visit) -> bool:
    return story.site == "el.kz" and visit.layout == "full"


def _has_header(story: Story, number: int) -> bool:
    return _shows_header(story, story.visits[number]) and number > 0 and not story.reset


def _may_jump(story: Story, number: int) -> bool:
    # Enough views before it and a sound reading after it, so that it can be recognised.
    inner = _has_header(story, number) and number + 1 < len(story.visits)
    if not inner or story.visits[number + 1].layout != "full":
        return False
    here, after = (story.counter(story.visits[n].moment) for n in (number, number + 1))
    return here >= 120 and after < 4 * here


def _may_be_stale(story: Story, number: int) -> bool:
    if not _has_header(story, number) or number < 2 or number + 1 >= len(story.visits):
        return False
    before, after = story.visits[number - 1], story.visits[number + 1]
    grew = story.counter(before.moment) - story.counter(story.visits[0].moment) >= 20
    return grew and before.layout == after.layout == "full" and after.moment - before.moment <= 40 * _HOUR


def _is_last(story: Story, number: int) -> bool:
    return number + 1 == len(story.visits) >= 4 and story.site == "el.kz"
