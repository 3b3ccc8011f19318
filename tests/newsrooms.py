"""Random newsrooms for the comparison with the reference: drafts, a store filled with them, an edition read back.

Times are whole seconds since 1970; zones and weeks are those of `SITES`. Nothing here knows how the store counts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

import reference as ref
from readership import queries, settings
from readership.models import Site
from readership.store import edition, schemas
from readership.store.ids import article_id
from readership.store.writer import locked, writer

NOW = datetime(2025, 2, 1, tzinfo=UTC)
PUBLIC, TOOL = "public", "tool"
FAILING = "the reference and the edition differ"


def site(name: str, zone: str, week_start: int = 1) -> Site:
    """A site of which only name, zone and week matter."""
    return Site(name, (name,), zone, None, None, (), week_start, ("en",), None, "generic", ())


SITES = (
    site("almaty.test", "Asia/Almaty"),
    site("berlin.test", "Europe/Berlin", 7),
    site("kolkata.test", "Asia/Kolkata"),
)
CHANGES = {
    "almaty.test": [datetime(2024, 2, 29, 18, tzinfo=UTC)],
    "berlin.test": [datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2024, 10, 27, 1, tzinfo=UTC)],
    "kolkata.test": [datetime(2024, 5, 5, 18, 30, tzinfo=UTC)],
}
ZONES = {one.name: one.zone for one in SITES}
WEEKS = {one.name: one.week_start for one in SITES}


@dataclass(frozen=True)
class Draft:
    """One article: publications as printed (a moment or a bare day) and its readings, in the order they arrive."""

    key: str
    site: str
    section: str = "a"
    published: tuple[int | date, ...] = ()
    readings: tuple[ref.Reading, ...] = ()
    gains: tuple[tuple[int, int, int], ...] = ()

    @property
    def id(self) -> int:
        """The store's id."""
        return article_id(self.site, self.key)

    @property
    def zone(self) -> str:
        """The site's zone."""
        return ZONES[self.site]

    def day_of(self, printed: int | date) -> date:
        """The local day of a publication."""
        return printed if isinstance(printed, date) else ref.local(printed, self.zone).date()

    @property
    def first_published(self) -> int | date | None:
        """The earliest ever printed; of one day a moment before the bare day."""
        return min(
            self.published,
            key=lambda p: (self.day_of(p), isinstance(p, date), 0 if isinstance(p, date) else p),
            default=None,
        )

    def curve(self) -> ref.Curve:
        """What the reference makes of the counter."""
        first = self.first_published
        return ref.curve(self.readings, None if isinstance(first, date) else first)

    def article(self) -> ref.Article:
        """The article as the reference's group measures want it."""
        first = self.first_published
        day = None if first is None else self.day_of(first)
        return ref.Article(self.id, self.site, self.curve(), day, None, self.section)


# ------------------------------------------------------------------------------------------------------- random drafts

GAPS = (
    (1, 59), (60, 3599), (3600, 3600), (3601, 6 * 3600), (86399, 86401), (86400, 90000), (40 * 3600, 60 * 3600),
    (172799, 172801), (604799, 608401), (3 * 86400, 30 * 86400),
)  # fmt: skip


def draft(rng: random.Random, key: str) -> Draft:
    """A random article with everything that goes wrong with counters."""
    place = rng.choice(SITES).name
    start = int(rng.choice(CHANGES[place]).timestamp()) + rng.randrange(-5 * 86400, 2 * 86400)
    if rng.random() < 0.3:
        start -= start % 1800
    readings = counter(rng, start)
    first = min((r.at for r in readings if r.at is not None), default=start)
    return Draft(
        key, place, rng.choice("ab"), publications(rng, first, ZONES[place]), readings,
        gains(rng, start) if rng.random() < 0.25 else (),
    )  # fmt: skip


def counter(rng: random.Random, start: int) -> tuple[ref.Reading, ...]:
    """Readings with falls, leaps, repeats, ties and unknown moments, in any order."""
    at, views, found = start, rng.choice((0, 3, 150, 5000, 10**7)), []
    climb = rng.choice((2, 40, 3000, 10**6))
    for _ in range(rng.choice((0, 1, 2, 3, 6, 10, 14))):
        found.append(ref.Reading(at, views))
        roll = rng.random()
        if roll < 0.08:
            found.append(ref.Reading(at, rng.randrange(views + 2)))
        elif roll < 0.14:
            found.append(ref.Reading(None, rng.randrange(views + 1)))
        elif roll < 0.2:
            found.append(found[-1])
        low, high = rng.choice(GAPS)
        at += rng.randint(low, high)
        views = _next(rng, views, climb)
    if rng.random() < 0.5:
        rng.shuffle(found)
    return tuple(found)


def _next(rng: random.Random, views: int, climb: int) -> int:
    roll = rng.random()
    if roll < 0.6:
        return views + rng.randrange(climb)
    if roll < 0.7:
        return views
    if roll < 0.8:
        return max(views, 100) * rng.choice((10, 11, 40)) + rng.choice((-1, 0, 1))
    if roll < 0.9:
        return views // rng.choice((2, 3, 10, 20))
    return rng.choice((0, max(0, views - 1), views // 2 + 1))


def publications(rng: random.Random, first: int, zone: str) -> tuple[int | date, ...]:
    """Printed publications around the first reading: none, a bare day, moments at and around the 48 hours, several."""
    moments = [first - d for d in (0, 1, 600, 3600, 86400, 172799, 172800, 172801, 259200, 30 * 86400, -1, -7200)]
    moments += [first - rng.randrange(172800) for _ in range(8)]
    printed: list[int | date] = []
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        moment = rng.choice(moments)
        printed.append(ref.local(moment, zone).date() if rng.random() < 0.2 else moment)
    return tuple(printed)


def gains(rng: random.Random, start: int) -> tuple[tuple[int, int, int], ...]:
    """Rows of a tool that counts events: a day or an hour each, with holes."""
    length = rng.choice((3600, 86400))
    low = start - start % length
    return tuple(
        (low + k * length, low + (k + 1) * length, rng.choice((0, 1, 7, 5000))) for k in range(9) if rng.random() < 0.8
    )


def drafts(seed: int, count: int) -> list[Draft]:
    """Random articles of all sites."""
    rng = random.Random(seed)
    return [draft(rng, f"{seed}-{k}") for k in range(count)]


# --------------------------------------------------------------------------------------------------------------- store

Facts = dict[str, list[dict[str, Any]]]


def moment(at: int | None) -> datetime | None:
    """Naive UTC, as the store keeps it."""
    return None if at is None else datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


def facts_of(one: Draft) -> Facts:
    """Rows of one article for the writer."""
    out: Facts = {
        "article": [{"article": one.id, "site": one.site, "article_key": one.key}],
        "article_revision": [
            revision_row(one, k, printed) for k, printed in enumerate(one.published or (None,))
        ],
        "capture": [],
        "observation": [],
        "gain": [
            {"article": one.id, "meter": TOOL, "from_at": moment(a), "to_at": moment(b), "views": v}
            for a, b, v in one.gains
        ],
    }  # fmt: skip
    for k, reading in enumerate(one.readings):
        name = f"{one.key}/{reading.at}/{reading.views}" + (f"/{k}" if reading.at is None else "")
        out["capture"].append({
            "capture": name, "article": one.id, "captured_at": moment(reading.at), "origin": "page",
            "revision": f"r{k % max(1, len(one.published))}",
        })  # fmt: skip
        out["observation"].append({
            "article": one.id, "meter": PUBLIC, "observed_at": moment(reading.at), "views": reading.views,
            "capture": name,
        })  # fmt: skip
    return out


def revision_row(one: Draft, k: int, printed: int | date | None) -> dict[str, Any]:
    """What one capture's page said."""
    row: dict[str, Any] = {
        "article": one.id,
        "revision": f"r{k}",
        "title": f"T{k}",
        "section": one.section,
        "body": "b",
    }
    if printed is None:
        return row
    exact = None if isinstance(printed, date) else printed
    return row | {
        "published_at": moment(exact), "published_day": one.day_of(printed), "published_local": str(printed),
        "published_precision": "day" if exact is None else "second",
    }  # fmt: skip


@dataclass
class Newsroom:
    """A store in a folder; `number` counts its batches."""

    folder: Path
    sites: Sequence[Site] = SITES
    now: datetime = NOW
    batches: list[str] = field(default_factory=list)
    zone: str = ""

    @property
    def settings(self) -> settings.Settings:
        """Settings of the folder."""
        folder = str(self.folder)
        return settings.load({"READERSHIP_DATA": folder, "READERSHIP_THREADS": "2", "READERSHIP_ZONE": self.zone})

    def add(self, all_facts: Iterable[Facts]) -> str:
        """One batch with these rows."""
        name = f"b{len(self.batches):04d}"
        self.batches.append(name)
        rows: Facts = {}
        for facts in all_facts:
            for table, more in facts.items():
                rows.setdefault(table, []).extend(more)
        with writer(self.settings) as store:
            for table, more in rows.items():
                if more:
                    store.stage(table, schemas.table(table, more))
            store.commit(name, {"accepted": 1}, started_at=self.now, finished_at=self.now)
        return name

    def publish(self, *, full: bool = False, macros: bool = False) -> Path:
        """The next edition's file."""
        words = queries.macros() if macros else ()
        with locked(self.settings):
            made = edition.build(self.settings, self.sites, words, self.now, full=full)
        return self.settings.editions / made.file

    def undo(self, batch: str) -> None:
        """Takes a batch out of the store."""
        with writer(self.settings) as store:
            store.delete_batch(batch)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of an edition."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content(path: Path) -> dict[str, list[str]]:
    """Every table of an edition, row for row, but for what says when and how it was made."""
    names = [
        r[0] for r in rows(path, "SELECT table_name FROM duckdb_tables() WHERE database_name NOT IN ('temp', 'system')")
    ]
    return {
        name: sorted(map(repr, rows(path, f'SELECT * FROM "{name}"')))
        for name in names
        if name not in ("meta", "calendar_day")
    }


def pieces(facts: Facts, rng: random.Random, count: int) -> list[Facts]:
    """The rows of one article thrown onto `count` heaps; the article's own row lies on every heap."""
    heaps: list[Facts] = [{"article": facts["article"]} for _ in range(count)]
    for table, more in facts.items():
        if table != "article":
            for row in more:
                heaps[rng.randrange(count)].setdefault(table, []).append(row)
    return heaps


def moved(one: Draft, **changes: Any) -> Draft:
    """The draft with other fields."""
    return replace(one, **changes)


def at(text: str, zone: str = "UTC") -> int:
    """Seconds of `2024-02-29T23:30` on a zone's wall clock."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def days_around(draft_list: Iterable[Draft]) -> tuple[date, date]:
    """Local days that hold all moments of the drafts, generously."""
    seconds = [r.at for d in draft_list for r in d.readings if r.at is not None]
    seconds += [p for d in draft_list for p in d.published if isinstance(p, int)]
    seconds += [s for d in draft_list for g in d.gains for s in g[:2]]
    low, high = min(seconds), max(seconds)
    day = timedelta(days=1)
    return ref.local(low, "UTC").date() - 2 * day, ref.local(high, "UTC").date() + 2 * day
