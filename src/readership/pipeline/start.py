"""The first data: our samples and a demo newsroom, so that a fresh machine shows a living dashboard."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from readership.errors import UsageError
from readership.pipeline import demo as newsroom
from readership.pipeline.batches import Summary
from readership.pipeline.ingest import Options, import_rates, ingest
from readership.pipeline.publish import publish
from readership.settings import Settings

Tell = Callable[[str], None]


def _silent(_: str) -> None:
    """Nobody listens."""


def demo(
    settings: Settings, *, articles: int = 1500, months: int = 18, seed: int = 2026, until: datetime | None = None,
    tell: Tell = _silent,
) -> Summary:  # fmt: skip
    """Writes the demo newsroom as pages and takes them in through the real pipeline; its batches are marked as demo.

    Raises:
        UsageError: the data folder holds something else than demo data.
    """
    moment = (until or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = newsroom.write_pages(folder, articles=articles, months=months, seed=seed, until=moment)
        newsroom.write_rates(folder, articles=articles, months=months, seed=seed, until=moment)
        tell(f"{pages} demo pages written; reading them …")
        archives = sorted(folder.glob("*.zip"))
        if not archives:
            raise UsageError("The demo wrote no pages.")
        summary = ingest(settings, archives, Options(demo=True, publish=False, command="demo"))
        summary.edition = import_rates(settings, sorted(folder.glob("*.csv"))).edition
    return summary


def samples(settings: Settings, folder: Path, tell: Tell = _silent) -> Summary | None:
    """Takes the shipped sample pages in; None when they are not there."""
    pages = sorted(path for path in folder.glob("*") if path.suffix in (".txt", ".html"))
    if not pages:
        return None
    tell("Reading the sample pages …")
    summary = ingest(settings, pages, Options(publish=False, command="samples"))
    summary.edition = publish(settings).number
    return summary
