"""Sections learnt: off until someone runs `readership sections learn`; guesses never stand for a printed section."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from readership.enrich import sections
from readership.errors import NoEdition, ReadershipError
from readership.pipeline.publish import publish
from readership.queries import current, fetch
from readership.queries.selection import Selection
from readership.settings import Settings
from readership.store import guesses


def learn(settings: Settings) -> dict[str, Any]:
    """Learns a model of each site's sections from the published articles, keeps its quality and guesses, publishes.

    Returns:
        what `show` returns.

    Raises:
        NoEdition: nothing is published.
        ReadershipError: scikit-learn is not installed, or no site has two sections with enough articles.
    """
    edition = current(settings)
    if edition is None:
        raise NoEdition("There is nothing to learn from yet.", "Run `readership ingest` first.")
    rows = fetch("section_texts", Selection(), edition)
    columns = ("article", "site", "language", "section", "text")
    examples = [
        sections.Example(int(article), site, language, section if isinstance(section, str) else None, text)
        for article, site, language, section, text in zip(*(rows[name] for name in columns), strict=True)
    ]
    learnt = sections.learn(examples)
    if not learnt:
        raise ReadershipError(
            "No site has two sections to tell apart.", f"A section is learnt from {sections.FEWEST} articles on."
        )
    report = _report(learnt)
    _keep(settings, learnt, report)
    publish(settings)
    return show(settings)


def _report(learnt: list[sections.Learnt]) -> dict[str, Any]:
    models = [{**asdict(one), "guesses": len(one.guesses)} for one in learnt]
    return {"learnt_at": datetime.now(UTC).replace(microsecond=0).isoformat(), "models": models}


def _keep(settings: Settings, learnt: list[sections.Learnt], report: dict[str, Any]) -> None:
    found = [(article, *guess) for one in learnt for article, guess in sorted(one.guesses.items())]
    table = pa.table({
        "article": pa.array([row[0] for row in found], pa.int64()),
        "section": pa.array([row[1] for row in found], pa.string()),
        "chance": pa.array([row[2] for row in found], pa.float64()),
    })  # fmt: skip
    path = guesses.path(settings)
    fresh = path.with_suffix(".new")
    pq.write_table(table, fresh)
    fresh.replace(path)
    fresh.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    fresh.replace(_quality(settings))


def _quality(settings: Settings) -> Path:
    return guesses.path(settings).with_suffix(".json")


def show(settings: Settings) -> dict[str, Any]:
    """When sections were learnt, and how well: `learnt_at`, and for each site and language a model's figures.

    Raises:
        ReadershipError: none were learnt.
    """
    try:
        found: dict[str, Any] = json.loads(_quality(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ReadershipError("No sections were learnt.", "Run `readership sections learn`.") from None
    return found
