"""Taking data back: a whole batch (undo), or one article everywhere (forget, for takedowns)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from readership import sites as site_entries
from readership.errors import ArchiveDamaged, UsageError
from readership.pipeline import batches, purge, recover
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.store import disk, ledger


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What went.

    Attributes:
        facts: rows taken out of the store.
        reloaded: batches loaded again because they had brought some of the same facts.
        pages: archived pages taken out (forget).
        edition: number of the edition published without them.
    """

    facts: int
    reloaded: tuple[str, ...] = ()
    pages: int = 0
    edition: int | None = None


@disk.plainly()
def undo(settings: Settings, batch: str) -> TakenBack:
    """Takes a batch back: its facts go, those that others brought too stay; its input stays archived.

    Raises:
        UsageError: there is no such batch, or it was undone before. ArchiveDamaged: a batch that shares facts with it
        could not be loaded again.
    """
    known = site_entries.load(settings.sites_file)
    with recover.opened(settings, known) as (store, _):
        if batch not in batches.live_batches(settings):
            raise UsageError(f"There is no batch {batch}.", "`readership batch list` names them.")
        _require_archives(settings, batch)
        ledger.append(settings.ledger, ledger.Entry("undo", batch, datetime.now(UTC).isoformat()))
        gone, reloaded = recover.take_out(store, known, batch)
        recover.set_aside(settings, batch)
    return TakenBack(gone, tuple(reloaded), edition=publish(settings, full=True).number)


def _require_archives(settings: Settings, batch: str) -> None:
    for one in recover.sharing(settings, batch):
        if not (settings.archive / one).exists():
            raise ArchiveDamaged(
                f"Batch {batch} shares facts with {one}, whose archive is gone.",
                "Nothing was taken back. Restore `archive/` from a backup first.",
            )


@disk.plainly()
def forget(settings: Settings, site: str, article_key: str) -> TakenBack:
    """Takes an article down everywhere: store, archive, every edition; later ingests leave it out too.

    Said again after it was cut short, it goes on. Backups made before still hold the article.

    Raises:
        UsageError: the store knows no such article.
    """
    known = site_entries.load(settings.sites_file)
    with recover.opened(settings, known) as (store, _):
        entries, _ = ledger.read(settings.ledger)
        if not store.has_article(site, article_key) and (site, article_key) not in ledger.forgotten(entries):
            raise UsageError(f"There is no article {article_key} of {site}.", "`readership query articles` names them.")
        moment = datetime.now(UTC)
        facts = {"site": site, "article_key": article_key}
        entry = ledger.Entry("forget", batches.new_id(moment), moment.isoformat(), facts)
        ledger.append(settings.ledger, entry)
        gone, pages = purge.facts_and_archive(store, known, entry)
    return TakenBack(gone, pages=pages, edition=publish(settings, full=True).number)
