"""Reclassify: new word lists applied to the whole store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from readership import sites as site_entries
from readership.enrich import enrich, topics
from readership.pipeline import recover, rows
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.sites import Sites
from readership.store import schemas

CHUNK = 2_000
"""Revisions read and classified at a time."""


def _nothing(_: int) -> None:
    """Progress nobody watches."""


def reclassify(settings: Settings, advance: Callable[[int], None] = _nothing) -> int:
    """Classifies every stored text again with the present lists, in one transaction, and publishes; returns how many.

    Language, countries, topics, authors' canonical names, organisations and cited source are made anew; what was
    printed stays as it was read.

    Raises:
        UsageError: the newsroom's own topics file can't be read.
        StoreBusy, StoreDamaged, DiskFull: everything stays as it was.
    """
    known = site_entries.load(settings.sites_file)
    lists = topics.load(settings.topics_file)
    done = 0
    with recover.opened(settings, known) as (store, _):
        for chunk in store.revisions(CHUNK):
            found = rows.new_rows()
            for revision in chunk:
                _classify(found, revision, known, lists)
            for name, records in found.items():
                store.stage(name, schemas.table(name, records))
            done += len(chunk)
            advance(len(chunk))
        store.replace_mentions()
    publish(settings, full=True)
    return done


def _classify(found: rows.Rows, revision: dict[str, Any], known: Sites, lists: topics.Topics) -> None:
    site = known.named(revision["site"])
    printed = tuple(revision["printed"] or ())
    enrichment = enrich(
        revision["title"] or "",
        revision["body"] or "",
        declared_language=revision["language"],
        own_names=(*site.own_names, site.name) if site else (),
        photo_credit=revision["photo_credit"],
        authors=printed,
        own_topics=lists,
    )
    rows.add_mentions(found, revision["article"], revision["revision"], printed, enrichment)
    found["article_revision"].append({
        "article": revision["article"],
        "revision": revision["revision"],
        "language": enrichment.language,
        "credit_org": enrichment.credit_org,
        "cited_source": enrichment.cited_source,
        "source_org": enrichment.source_org,
    })  # fmt: skip
