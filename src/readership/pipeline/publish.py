"""Publishing: the next edition from the store's facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from readership import sites as site_entries
from readership.enrich import authors, stories
from readership.errors import NoEdition
from readership.pipeline import purge, recover
from readership.queries import macros
from readership.settings import Settings
from readership.store import disk, edition
from readership.store.stories import Joining, Telling
from readership.store.writer import locked


@disk.plainly()
def publish(settings: Settings, *, full: bool = False, now: datetime | None = None) -> edition.Published:
    """Makes the next edition and moves the pointer to it; the one before stays in place when anything fails.

    Args:
        full: make everything again instead of what new facts touch.
        now: moment of making, for tests; the clock's when None.

    Raises:
        StoreBusy, StoreDamaged, DiskFull; NoEdition when there is no store to publish.
    """
    if recover.nothing(settings):
        raise NoEdition("There is nothing to publish yet.", "Run `readership ingest` or `readership demo` first.")
    known = site_entries.load(settings.sites_file)
    with recover.opened(settings, known) as (store, _):
        takedowns = purge.begun(store)
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    with locked(settings):
        published = edition.build(
            settings,
            known.all,
            macros(),
            moment,
            full=full or takedowns is not None,
            joining=Joining(stories.marks, _pairs, _groups, authors.merge),
        )
        if takedowns:
            purge.finish(settings, published, takedowns)
    return published


def _pairs(tellings: list[Telling]) -> Iterator[tuple[int, int, float]]:
    """Articles of one site that tell one story in several languages."""
    for pair in stories.pairs(_story(telling) for telling in tellings):
        yield pair.first, pair.second, pair.score


def _story(telling: Telling) -> stories.Story:
    published = datetime.fromtimestamp(telling.published_s, UTC)
    countries = frozenset(telling.countries)
    return stories.Story(telling.article, telling.language, published, countries, telling.numbers, telling.names)


def _groups(pairs: Iterable[tuple[int, int, float]]) -> dict[int, int]:
    return stories.groups(stories.Pair(one, other, score, ()) for one, other, score in pairs)


def outdated(settings: Settings) -> bool:
    """Whether the published edition was made in another shape, or with other macros, than this version has."""
    found = edition.pointer(settings.editions)
    return found is not None and (found.schema, found.words) != (edition.schema_of(), edition.words_of(macros()))
