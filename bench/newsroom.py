"""A big made-up newsroom, straight into the fact tables: seeded, by columns, no page is written or read.

For measuring what happens on millions of observations. Articles are made one by one (their ids are hashes), everything
that there is per observation in whole columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from readership.pipeline.batches import new_id
from readership.settings import Settings
from readership.store import ledger
from readership.store.ids import article_id, fingerprint
from readership.store.schemas import FACTS
from readership.store.writer import Writer, writer

SITES = ("el.kz", "inform.kz", "24.kg")
SECTIONS = ("Society", "Economy", "Politics", "Sport", "Culture", "World", "Science", "Regions")
LANGUAGES = ("en", "ru", "kk")
COUNTRIES = ("KZ", "RU", "CN", "UZ", "KG", "US", "TR", "DE", "AZ", "IN", "FR", "GB", "JP", "TJ", "TM")
TOPICS = tuple(f"topic-{number:02d}" for number in range(17))
WORDS = (
    "bridge", "school", "winter", "market", "road", "river", "harvest", "train", "museum", "budget", "city",
    "festival", "doctor", "water", "steppe", "court", "exhibition", "library", "station", "airport", "energy",
    "gas", "wheat", "team", "stadium", "theatre", "village", "mountain", "lake", "forum",
)  # fmt: skip
CHUNK = 2_000_000
"""Observations made in one go."""


@dataclass(frozen=True, slots=True)
class Big:
    """How big: articles spread over `days` up to `until`, with `observations` among them, some many and most few."""

    articles: int = 100_000
    observations: int = 2_000_000
    days: int = 540
    seed: int = 2026
    until: datetime = datetime(2026, 6, 1, tzinfo=UTC)


def fill(settings: Settings, big: Big) -> str:
    """Writes the newsroom into the store as one batch with its ledger line (nothing is archived); the batch's id."""
    began = datetime.now(UTC)
    batch = new_id(began)
    with writer(settings) as store:
        made = _articles(big)
        _stage_articles(store, made, big)
        for table in observations(made, big):
            store.stage("observation", table)
        facts = {"command": "bench", "accepted": big.observations, "rejected": 0}
        done = store.commit(batch, facts, started_at=began, finished_at=datetime.now(UTC))
    line = {**facts, "added": done.added, "duplicates": {}, "archive": {}}
    ledger.append(settings.ledger, ledger.Entry("batch", batch, began.isoformat(), line))
    return batch


@dataclass(frozen=True, slots=True)
class Articles:
    """Columns of the made-up articles, one value an article; moments in epoch seconds."""

    ids: np.ndarray
    sites: np.ndarray
    keys: list[str]
    published: np.ndarray
    totals: np.ndarray
    readings: np.ndarray


def _articles(big: Big) -> Articles:
    rng = np.random.default_rng(big.seed)
    sites = rng.choice(len(SITES), big.articles, p=(0.7, 0.2, 0.1))
    keys = [str(100_000 + number) for number in range(big.articles)]
    ids = np.array([article_id(SITES[site], key) for site, key in zip(sites, keys, strict=True)], dtype=np.int64)
    until = int(big.until.timestamp())
    published = until - rng.integers(3600, big.days * 86400, big.articles)
    share = rng.lognormal(0, 0.8, big.articles)
    readings = np.maximum(1, (share / share.sum() * big.observations).astype(np.int64))
    readings[: max(0, big.observations - int(readings.sum()))] += 1
    return Articles(ids, sites, keys, published, rng.lognormal(6, 1.3, big.articles), readings)


def observations(made: Articles, big: Big) -> Iterator[pa.Table]:
    """Readings of counters that rise and flatten, at moments spread evenly over the logarithm of the age."""
    until = int(big.until.timestamp())
    edges = np.searchsorted(np.cumsum(made.readings), np.arange(0, int(made.readings.sum()) + CHUNK, CHUNK))
    for low, high in zip(edges[:-1], np.maximum(edges[1:], edges[:-1] + 1), strict=True):
        part = slice(int(low), int(min(high, len(made.ids))))
        count = made.readings[part]
        article = np.repeat(np.arange(len(count)), count)
        rank = np.arange(len(article)) - np.repeat(np.cumsum(count) - count, count) + 1
        horizon = np.minimum(until - made.published[part], 120 * 86400)[article]
        age = (1800 * (horizon / 1800.0) ** (rank / count[article])).astype(np.int64)
        views = (made.totals[part][article] * (1 - np.exp(-((age / 200_000.0) ** 0.6)))).astype(np.int64)
        yield pa.table({
            "article": made.ids[part][article],
            "meter": pa.DictionaryArray.from_arrays(np.zeros(len(article), np.int8), ["public"]).cast(pa.string()),
            "observed_at": pa.array(((made.published[part][article] + age) * 1_000_000).astype("datetime64[us]")),
            "views": views,
            "capture": pa.nulls(len(article), pa.string()),
        })  # fmt: skip


def _stage_articles(store: Writer, made: Articles, big: Big) -> None:
    rng = np.random.default_rng(big.seed + 1)
    count = len(made.ids)
    revisions = pa.array([fingerprint(number) for number in made.ids.tolist()])
    store.stage("article", pa.table({"article": made.ids, "site": _taken(SITES, made.sites), "article_key": made.keys}))
    moment = pa.array((made.published * 1_000_000).astype("datetime64[us]"))
    titles = _sentences(rng, count, 7)
    bodies = _sentences(rng, count, 60)
    store.stage("article_revision", _table("article_revision", {
        "article": made.ids, "revision": revisions, "language": _taken(LANGUAGES, rng.integers(0, 3, count)),
        "section": _taken(SECTIONS, rng.integers(0, len(SECTIONS), count)), "title": titles, "lead": titles,
        "body": bodies, "body_sha256": revisions, "published_at": moment, "published_day": moment.cast(pa.date32()),
        "published_precision": pa.array(["minute"] * count),
    }))  # fmt: skip
    store.stage("capture", _table("capture", {
        "capture": revisions, "article": made.ids, "revision": revisions, "captured_at": moment,
        "captured_at_basis": pa.array(["given"] * count), "layout": pa.array(["table"] * count),
    }))  # fmt: skip
    _stage_mentions(store, made, revisions, rng)


def _stage_mentions(store: Writer, made: Articles, revisions: pa.Array, rng: np.random.Generator) -> None:
    for name, words, most in (
        ("article_topic", TOPICS, 3),
        ("article_country", COUNTRIES, 4),
        ("article_author", WORDS, 2),
    ):
        column = name.removeprefix("article_")
        for turn in range(most):
            who = np.flatnonzero(rng.random(len(made.ids)) < 0.8 / (turn + 1))
            which = (rng.zipf(1.5, len(who)) + turn * 5) % len(words)
            rows = {"article": made.ids[who], "revision": revisions.take(who), column: _taken(tuple(words), which)}
            extra: dict[str, Any] = {"score": np.full(len(who), 0.8), "about": np.full(len(who), turn == 0),
                                     "mentions": np.full(len(who), 2, np.int32), "salience": np.full(len(who), 0.5),
                                     "ordinal": np.full(len(who), turn + 1, np.int32)}  # fmt: skip
            store.stage(name, _table(name, {**rows, **{k: v for k, v in extra.items() if k in FACTS[name].names}}))


def _sentences(rng: np.random.Generator, count: int, words: int) -> pa.Array:
    """Texts out of a few thousand ready ones: as long as real ones, and cheap to make."""
    ready = [" ".join(rng.choice(WORDS, words)).capitalize() for _ in range(min(count, 2000))]
    return _taken(tuple(ready), rng.integers(0, len(ready), count))


def _taken(words: tuple[str, ...], places: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(places))


def _table(name: str, columns: dict[str, Any]) -> pa.Table:
    """Columns of a fact with NULL in those that are not given."""
    schema = FACTS[name]
    count = len(columns["article"])
    given = [
        columns.get(column) if column in columns else pa.nulls(count, schema.field(column).type)
        for column in schema.names
    ]
    return pa.table(given, names=schema.names)


def new_readings(big: Big, count: int, seed: int = 1) -> pa.Table:
    """One later reading of `count` articles as a table of counters: site, article_key, observed_at, views."""
    made = _articles(big)
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(made.ids), min(count, len(made.ids)), replace=False)
    at = (big.until + timedelta(hours=1)).astimezone(UTC)
    return pa.table({
        "site": _taken(SITES, made.sites[chosen]), "article_key": pa.array(made.keys).take(pa.array(chosen)),
        "observed_at": pa.array([at] * len(chosen), pa.timestamp("us", "UTC")),
        "views": (made.totals[chosen] * 1.1).astype(np.int64) + 5,
    })  # fmt: skip


def add_captures(settings: Settings, big: Big, count: int = 10_000, seed: int = 1) -> str:
    """A batch of pages captured an hour or two after `big.until`: nine of ten of known articles, mostly young ones, the
    others new; of those not a week old one in five has another text; each page with a reading and three header rates.
    The batch's id."""
    began = datetime.now(UTC)
    batch = new_id(began)
    made, rng = _articles(big), np.random.default_rng(seed)
    at = int(big.until.timestamp()) + 3600 * (1 + seed)
    known = np.argsort(-made.published)[np.unique((len(made.ids) * rng.random(count * 9 // 10) ** 3).astype(np.int64))]
    fresh = _fresh(rng, count - len(known), at, seed)
    ids = np.concatenate([made.ids[known], fresh.ids])
    told = np.flatnonzero((rng.random(len(known)) < 0.2) & (made.published[known] > at - 7 * 86_400))
    revisions = [fingerprint(number) for number in ids.tolist()]
    for place in told:
        revisions[place] = fingerprint(int(ids[place]), seed)
    moments = pa.array(((at + np.sort(rng.integers(0, 3000, count))) * 1_000_000).astype("datetime64[us]"))
    captures = pa.array([fingerprint(number, seed, "capture") for number in ids.tolist()])
    with writer(settings) as store:
        _stage_articles(store, fresh, big)
        _stage_told_anew(store, rng, made.published[known][told], ids[told], [revisions[place] for place in told])
        store.stage("capture", _table("capture", {
            "capture": captures, "article": ids, "revision": pa.array(revisions), "captured_at": moments,
            "captured_at_basis": pa.array(["given"] * count), "layout": pa.array(["table"] * count),
        }))  # fmt: skip
        totals = np.concatenate([made.totals[known] * 1.1 + 5, fresh.totals / 10]).astype(np.int64)
        store.stage("observation", pa.table({
            "article": ids, "meter": pa.array(["public"] * count), "observed_at": moments, "views": totals,
            "capture": captures,
        }))  # fmt: skip
        sites = np.concatenate([made.sites[known], fresh.sites])
        store.stage("header_rate", _header_rates(captures, _taken(SITES, sites), moments))
        facts = {"command": "bench", "accepted": count, "rejected": 0}
        done = store.commit(batch, facts, started_at=began, finished_at=datetime.now(UTC))
    line = {**facts, "added": done.added, "duplicates": {}, "archive": {}}
    ledger.append(settings.ledger, ledger.Entry("batch", batch, began.isoformat(), line))
    return batch


def _fresh(rng: np.random.Generator, count: int, at: int, seed: int) -> Articles:
    sites = rng.choice(len(SITES), count, p=(0.7, 0.2, 0.1))
    keys = [f"{900_000_000 + seed * 1_000_000 + number}" for number in range(count)]
    ids = np.array([article_id(SITES[site], key) for site, key in zip(sites, keys, strict=True)], dtype=np.int64)
    published = at - rng.integers(600, 86_400, count)
    return Articles(ids, sites, keys, published, rng.lognormal(6, 1.3, count), np.ones(count, np.int64))


def _stage_told_anew(
    store: Writer, rng: np.random.Generator, published: np.ndarray, ids: np.ndarray, revisions: list[str]
) -> None:
    moment = pa.array((published * 1_000_000).astype("datetime64[us]"))
    store.stage("article_revision", _table("article_revision", {
        "article": ids, "revision": pa.array(revisions), "title": _sentences(rng, len(ids), 7),
        "language": _taken(LANGUAGES, rng.integers(0, 3, len(ids))),
        "section": _taken(SECTIONS, rng.integers(0, len(SECTIONS), len(ids))), "body": _sentences(rng, len(ids), 60),
        "body_sha256": pa.array(revisions), "published_at": moment, "published_day": moment.cast(pa.date32()),
        "published_precision": pa.array(["minute"] * len(ids)),
    }))  # fmt: skip


def _header_rates(captures: pa.Array, sites: pa.Array, moments: pa.Array) -> pa.Table:
    """Three currencies a capture, always the same figures."""
    each = pa.array(np.repeat(np.arange(len(captures)), 3))
    count = len(each)
    values = [Decimal("443.85"), Decimal("474.30"), Decimal("4.80")] * len(captures)
    return pa.table({
        "capture": captures.take(each), "site": sites.take(each), "captured_at": moments.take(each),
        "captured_at_basis": pa.array(["given"] * count), "currency": pa.array(["USD", "EUR", "RUB"] * len(captures)),
        "value": pa.array(values, pa.decimal128(18, 6)), "quote": pa.array(["KZT"] * count),
        "labelled": pa.array([True] * count), "certain": pa.array([True] * count),
        "position": pa.array([1, 2, 3] * len(captures), pa.int32()),
    })  # fmt: skip
