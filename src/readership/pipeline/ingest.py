"""Ingest: paths in, one batch, a new edition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from readership import sites as site_entries
from readership import sources
from readership.errors import StoreBusy, UsageError
from readership.models import Capture, Reject
from readership.pipeline import batches, recover, rows
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.sources import Limits, TableInput
from readership.store import disk
from readership.store.writer import require_room

Captured = datetime | Literal["mtime"] | None
_QUARANTINE_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """How inputs are to be read: those of `readership ingest`."""

    url: str | None = None
    captured_at: Captured = None
    column_map: Mapping[str, str] = field(default_factory=dict)
    site: str | None = None
    meter: str | None = None
    demo: bool = False
    publish: bool = True
    command: str = "ingest"


def _nothing(_: int) -> None:
    """Progress nobody watches."""


@disk.plainly()
def ingest(
    settings: Settings, paths: Sequence[Path], options: Options | None = None, advance: Callable[[int], None] = _nothing
) -> batches.Summary:
    """Takes everything that the paths hold into the store as one batch, and publishes.

    Args:
        advance: told bytes as they are read (together `sources.total(paths)`).

    Raises:
        StoreBusy, StoreDamaged, DiskFull, UsageError. What can't be read is no error: it is in the summary's rejects,
        its bytes in quarantine.
    """
    options = options or Options()
    if options.meter == rows.PUBLIC:
        told = f"“{rows.PUBLIC}” is the counter printed on pages."
        raise UsageError(told, "Name the tool that counted with --meter.")
    known = site_entries.load(settings.sites_file)
    require_room(settings, sources.total(paths))
    with recover.opened(settings, known) as (store, _):
        facts: dict[str, Any] = {
            "command": options.command,
            "inputs": len(paths),
            "demo": options.demo,
            "column_map": dict(options.column_map),
            "site": options.site,
            "meter": options.meter,
        }
        with batches.batch(store, known, facts) as made:
            made.roots = tuple(f"{path.parent}/" for path in paths)
            found = sources.open_inputs(
                paths,
                url=options.url,
                captured_at=options.captured_at,
                column_map=options.column_map,
                limits=Limits.of(settings),
                key_of=known.key,
                site=options.site,
                meter=options.meter,
                advance=advance,
                keep=batches.keep_stream(settings, _QUARANTINE_LIMIT),
                tally=made.tally,
            )
            for one in found:
                if isinstance(one, Capture):
                    made.page(one)
                elif isinstance(one, TableInput):
                    made.table(one)
                elif isinstance(one, Reject):
                    made.reject(one)
            summary = made.finish()
    if options.publish:
        summary.edition = _published(settings)
    return summary


def _published(settings: Settings) -> int | None:
    """The new edition's number; None when another run holds the store: that run publishes this batch with its own."""
    try:
        return publish(settings).number
    except StoreBusy:
        return None


@disk.plainly()
def import_rates(settings: Settings, paths: Sequence[Path]) -> batches.Summary:
    """Takes files of official rates (National Bank of Kazakhstan, ECB, CSV) as one batch, and publishes."""
    known = site_entries.load(settings.sites_file)
    files = sorted(
        file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if not file.is_dir()
    )
    require_room(settings, sources.total(paths))
    with recover.opened(settings, known) as (store, _):
        facts: dict[str, Any] = {"command": "rates import", "inputs": len(files)}
        with batches.batch(store, known, facts) as made:
            made.roots = tuple(f"{path.parent}/" for path in paths)
            for file in files:
                if file.is_file():
                    made.official(file, str(file))
                else:
                    made.reject(Reject(str(file), "There is no such file.", "Check the name."))
            summary = made.finish()
    summary.edition = _published(settings)
    return summary
