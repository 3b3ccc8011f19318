"""The pages' questions on a big edition, and the same answers from polars, pandas and SQLite."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.parquet as pq

from bench import answers
from bench.measures import Measured, settings_of, timed, workspace
from bench.newsroom import Big, fill
from readership import queries
from readership.pipeline.publish import publish
from readership.settings import Settings

PAGES_ASK = [
    "article", "article_cohort", "article_curve", "article_stats", "articles", "band", "evergreen", "freshness",
    "hour_weekday", "key_figures", "movers", "options", "publishing", "spikes", "states", "stories", "views_at_age",
    "views_by_publication", "views_gained",
]  # fmt: skip
OVERVIEW = ("key_figures", "band", "movers", "spikes", "views_gained", "hour_weekday", "evergreen", "articles")


def questions(short: bool) -> list[Measured]:
    """Times of the pages' questions with several selections, and beside peers.

    READERSHIP_BENCH_DATA names a data folder that bench/newsroom.py filled and that is published; else one is made.
    """
    size, given = 200_000 if short else 20_000_000, os.environ.get("READERSHIP_BENCH_DATA")
    with workspace() as folder:
        settings = settings_of(Path(given) if given else folder / "data")
        prepared = 0.0
        if not given:
            fill(settings, Big(articles=size // 20, observations=size))
            prepared = timed(lambda: publish(settings, full=True))
        edition = queries.current(settings)
        if edition is None:
            raise RuntimeError("Nothing is published there.")
        times = list(answers.page_queries(edition, PAGES_ASK, 3))
        beside, ratio = answers.beside_peers(edition, folder, 3)
        raw = answers.raw_to_answer(_raw(settings, folder))
    scale = f"{edition.articles:,} articles"
    return [*_of_pages(times, scale), *_of_peers(beside, ratio, scale), *_of_raw(raw, prepared, scale)]


def _of_pages(times: list[tuple[str, str, float]], scale: str) -> list[Measured]:
    took = sorted(ms for _, _, ms in times)
    overview = sum(ms for name, what, ms in times if name in OVERVIEW and what == "nothing")
    slow = sorted(times, key=lambda row: -row[2])[:5]
    return [
        Measured(f"page queries, {scale}, {len(times)} of query and selection: median", median(took), "ms", "≤ 50"),
        Measured("page queries: nine of ten take at most", took[len(took) * 9 // 10], "ms"),
        Measured("page queries: share over 250 ms", 100 * sum(ms > 250 for ms in took) / len(took), "%", "0"),
        *(Measured(f"slowest page queries: {name}, {what}", ms, "ms", "≤ 250") for name, what, ms in slow),
        Measured("the Overview's queries together, nothing selected", overview, "ms", "≤ 200"),
    ]


def _of_peers(beside: dict[str, dict[str, float]], ratio: float, scale: str) -> list[Measured]:
    told = [(question, engine, ms) for question, row in beside.items() for engine, ms in row.items()]
    rows = [Measured(f"{question}, {scale}: {engine}", ms, "ms") for question, engine, ms in told]
    return [*rows, Measured("time beside the best of polars, pandas, SQLite, geometric mean", ratio, "×", "≤ 0.5")]


def _of_raw(raw: dict[str, float], prepared: float, scale: str) -> list[Measured]:
    ours = [Measured(f"raw readings to all prepared tables, {scale}: Readership", prepared, "s")] if prepared else []
    return [
        *ours,
        *(Measured(f"raw readings to views by site alone, {scale}: {who}", s, "s") for who, s in raw.items()),
    ]


def _raw(settings: Settings, folder: Path) -> Path:
    """Articles and readings of the store as Parquet files."""
    with duckdb.connect(str(settings.store), read_only=True) as store:
        for name, columns in (("article", ["article", "site"]), ("observation", ["article", "observed_at", "views"])):
            pq.write_table(store.table(name).select(*columns).to_arrow_table(), folder / f"{name}.parquet")
    return folder
