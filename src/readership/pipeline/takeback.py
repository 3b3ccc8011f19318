"""Taking data back: a whole batch (undo), or one article everywhere (forget, for takedowns)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from readership import sites as site_entries
from readership.errors import InputRefused, UsageError
from readership.models import Capture
from readership.pipeline import batches, read, recover, rows
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.sites import Sites
from readership.sources import Limits, TableInput, open_inputs
from readership.store import archive, ledger


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


def undo(settings: Settings, batch: str) -> TakenBack:
    """Takes a batch back: its facts go, those that later batches brought too stay; its input stays archived.

    Raises:
        UsageError: there is no such batch, or it was undone before.
    """
    known = site_entries.load(settings.sites_file)
    with recover.opened(settings, known) as (store, _):
        live = batches.live_batches(settings)
        if batch not in live:
            raise UsageError(f"There is no batch {batch}.", "`readership batch list` names them.")
        ledger.append(settings.ledger, ledger.Entry("undo", batch, datetime.now(UTC).isoformat()))
        gone = store.delete_batch(batch)
        folder = settings.archive / batch
        if folder.exists():
            folder.rename(settings.archive / f"{recover.UNDONE}{batch}")
        order = list(live)
        later = [one for one in order[order.index(batch) + 1 :] if _shared(live[one])]
        for one in later:
            batches.replay(store, known, one)
    return TakenBack(gone, tuple(later), edition=publish(settings, full=True).number)


def _shared(entry: ledger.Entry) -> bool:
    """A batch that met facts already there may have shared them with the one that goes."""
    duplicates = entry.facts.get("duplicates")
    return duplicates is None or (sum(duplicates.values()) if isinstance(duplicates, dict) else duplicates) > 0


def forget(settings: Settings, site: str, article_key: str) -> TakenBack:
    """Takes an article down everywhere: store, archive, every edition; later ingests leave it out too.

    Backups made before still hold it: the caller is told to make new ones.

    Raises:
        UsageError: the store knows no such article.
    """
    known = site_entries.load(settings.sites_file)
    with recover.opened(settings, known) as (store, _):
        if not store.has_article(site, article_key):
            raise UsageError(f"There is no article {article_key} of {site}.", "`readership query articles` names them.")
        facts = {"site": site, "article_key": article_key}
        moment = datetime.now(UTC)
        ledger.append(settings.ledger, ledger.Entry("forget", batches.new_id(moment), moment.isoformat(), facts))
        gone = store.delete_article(site, article_key)
        pages = sum(_purge(folder, settings, known, site, article_key) for folder in _archived(settings))
    published = publish(settings, full=True)
    for path in settings.editions.glob("[0-9]*.duckdb"):
        if path.name != published.file:
            path.unlink(missing_ok=True)
    return TakenBack(gone, pages=pages, edition=published.number)


def _archived(settings: Settings) -> list[Path]:
    """All archive folders, those of undone batches too."""
    if not settings.archive.exists():
        return []
    return sorted(path for path in settings.archive.iterdir() if (path / archive.BATCH).exists())


def _purge(folder: Path, settings: Settings, known: Sites, site: str, key: str) -> int:
    """Takes an article's pages and rows out of one archived batch."""

    def other(capture: Capture) -> bool:
        try:
            facts, _ = read.read_page(capture, known)
        except InputRefused:
            return not capture.url or known.key(capture.url) != (site, key)
        found = (facts.site or rows.UNKNOWN_SITE, facts.article_key or rows.keyless(facts))
        return found != (site, key)

    gone = archive.rewrite_pages(folder, other)
    described = archive.described(folder)
    for table in described["tables"]:
        gone += _purge_table(folder, table, described, settings, known, (site, key))
    archive.describe(folder, described)
    return gone


def _purge_table(
    folder: Path, table: dict[str, Any], facts: dict[str, Any], settings: Settings, known: Sites, gone: tuple[str, str]
) -> int:
    """Rewrites an archived table without an article's rows, as Parquet of our own columns; returns how many went."""
    if table["kind"] == batches.OFFICIAL:
        return 0
    path = folder / "tables" / table["file"]
    found = open_inputs(
        [path], column_map=facts.get("column_map") or {}, limits=Limits.of(settings), key_of=known.key,
        site=facts.get("site"), meter=facts.get("meter"),
    )  # fmt: skip
    parts = [pa.Table.from_batches(list(one.batches())) for one in found if isinstance(one, TableInput)]
    if not parts:
        return 0
    table_rows = pa.concat_tables(parts)
    keep = [
        (row["site"], row["article_key"]) != gone and not (row.get("url") and known.key(row["url"]) == gone)
        for row in table_rows.select(
            [name for name in ("site", "article_key", "url") if name in table_rows.column_names]
        ).to_pylist()
    ]
    if all(keep):
        return 0
    fresh = path.with_suffix(".kept.parquet")
    pq.write_table(table_rows.filter(pa.array(keep)).drop_columns(["row"]), fresh)
    path.unlink()
    table["file"] = fresh.name
    return len(keep) - sum(keep)
