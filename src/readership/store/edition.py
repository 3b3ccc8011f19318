"""Editions: read-only copies of what pages need, made from the facts by store/rollups, published by one rename."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from readership.errors import StoreDamaged
from readership.models import Site
from readership.settings import Settings
from readership.store import calendar, changes, database, disk, guesses, people, stories, words
from readership.store.walk import walk

POINTER = "current.json"
PUBLICATION_COUNTS_S = 48 * 3600
"""A publication with a time of day is a reading of 0 when the first reading follows within this (DEFINITIONS)."""
AGE_GRID_H = (1, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160)
"""Ages at which views are kept, hours (DEFINITIONS, Same-age index)."""
BY_ARTICLE = (
    "article", "article_text", "provenance", "article_revision", "article_author", "article_topic", "article_country",
    "article_dimension", "interval", "aside", "article_meter", "article_age",
)  # fmt: skip
MADE_WHOLE = ("newest_reading", "read_span", "spike_threshold", "article_state", "matched_capture")
PART_READINGS = 2_000_000
"""Readings whose articles are made at a time when everything is made again: some 2 GB on the way."""
SUMS = {
    "counted_day": "day_piece", "site_hour": "hour_piece", "shared_site_hour": "shared_hour_piece",
    "dimension_day": "dimension_piece",
    "dimension_hour": "dimension_hour_piece",
}  # fmt: skip
"""Tables of sums, and what 40_pieces.sql makes for each out of intervals: the same keys, and sums that change it."""
BY_DIMENSION = ("dimension_day", "dimension_hour")
"""Of these the tables that change, too, when articles have other topics, countries … than before."""
SORTED_BY = {
    "article": "published_s DESC", "interval": "to_s", "counted_day": "on_own, on_shared, day", "article_age": "age_h",
    "dimension_day": "dimension, value, on_own, on_shared, site, meter, day",
    "dimension_hour": "dimension, value, on_own, on_shared, site, meter, slot",
}  # fmt: skip
"""Orders that let a question skip what lies outside its dates; other tables of sums by their keys."""


@dataclass(frozen=True, slots=True)
class Published:
    """What the pointer says of an edition.

    Attributes:
        number: rises by one with each publish.
        file: name of the DuckDB file beside the pointer.
        as_of: newest reading of any site, RFC 3339 UTC; None when nothing was read.
        built_at: when it was made, RFC 3339 UTC.
        schema: fingerprint of the tables and rollups it was made with.
        demo: holds demo data.
        articles, touched: articles in it, and how many of them this publish worked on.
        words: fingerprint of the macros in it; empty in pointers of versions that had it in `schema`.
    """

    number: int
    file: str
    as_of: str | None
    built_at: str
    schema: str
    demo: bool
    articles: int
    touched: int
    words: str = ""


def pointer(editions: Path) -> Published | None:
    """What is published now; None when nothing is, or its file is gone."""
    try:
        found = Published(**json.loads((editions / POINTER).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if (editions / found.file).exists() else None


def problem(path: Path) -> str | None:
    """What is wrong with an edition's file, None when it opens and its tables can be read."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
            for (name,) in names:
                connection.execute(" ".join(["SELECT bit_xor(hash(t)) FROM", name, "AS t"])).fetchall()
    except duckdb.Error as error:
        return type(error).__name__
    return None


def schema_of() -> str:
    """Fingerprint of the tables and rollups: another one asks for a full rebuild."""
    made = [statement for name in database.scripts("rollups") for statement in database.script("rollups", name)]
    return _fingerprint([*made, str(AGE_GRID_H)])


def words_of(macros: Sequence[str]) -> str:
    """Fingerprint of the macros: another one asks for these to be replaced, and for nothing else."""
    return _fingerprint(macros)


def _fingerprint(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def build(
    settings: Settings,
    sites: Sequence[Site],
    macros: Sequence[str],
    now: datetime,
    *,
    full: bool = False,
    joining: stories.Joining | None = None,
) -> Published:
    """Makes the next edition and moves the pointer to it; the caller holds the writer's lock.

    The previous edition is copied and only articles with new facts are worked on, unless `full`, the shape changed, or
    facts were taken away since. `joining` says which articles tell one story; without it there are no stories.

    Raises:
        DiskFull, StoreDamaged: the edition published before stays in place.
    """
    settings.editions.mkdir(parents=True, exist_ok=True)
    before = pointer(settings.editions)
    number = _next_number(settings.editions, before)
    building = settings.editions / f".building-{number:06d}.duckdb"
    _sweep(settings.editions)
    schema = schema_of()
    try:
        basis = before if before and not full and before.schema == schema else None
        facts = _fill_on(settings, building, basis, sites, macros, now, joining) if basis else None
        if facts is None:
            _sweep(settings.editions)
            facts = _fill(settings, building, None, sites, macros, now, joining)
        if facts is None:
            raise AssertionError("a full build never asks for a full build")
        published = Published(
            number, f"{number:06d}.duckdb", _text(facts["as_of"]), now.isoformat(), schema, *_counts(facts),
            words_of(macros),
        )  # fmt: skip
        _move(settings.editions, building, published)
    except BaseException:
        _sweep(settings.editions)
        raise
    _drop_old(settings, published)
    return published


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _fill_on(
    settings: Settings,
    building: Path,
    basis: Published,
    sites: Sequence[Site],
    macros: Sequence[str],
    now: datetime,
    joining: stories.Joining | None,
) -> dict[str, object] | None:
    """Fills the file on what was published before; None when that can't be used."""
    try:
        return _fill(settings, building, basis, sites, macros, now, joining)
    except StoreDamaged:
        return None  # a damaged edition is no loss: the facts make another; damaged facts will say so themselves


def _counts(facts: dict[str, object]) -> tuple[bool, int, int]:
    return bool(facts["demo"]), int(str(facts["articles"])), int(str(facts["touched"]))


def _next_number(editions: Path, before: Published | None) -> int:
    numbers = [int(path.stem) for path in editions.glob("[0-9]*.duckdb") if path.stem.isdigit()]
    return max([*numbers, before.number if before else 0]) + 1


def _fill(
    settings: Settings,
    building: Path,
    basis: Published | None,
    sites: Sequence[Site],
    macros: Sequence[str],
    now: datetime,
    joining: stories.Joining | None,
) -> dict[str, object] | None:
    """Fills the file; None when an incremental build finds that facts were taken away."""
    if basis:
        disk.copy(settings.editions / basis.file, building)
    connection = database.connect(building, settings)
    try:
        with database.plainly(building):
            connection.execute("ATTACH $path AS facts (READ_ONLY)", {"path": str(settings.store)})
            maker = _Maker(connection, sites, now, full=basis is None, joining=joining, zone=settings.zone)
            if basis is None:
                maker.run("00_tables.sql")
            elif maker.facts_went():
                return None
            facts = maker.make()
            guesses.put(connection, settings)
            if basis is None or basis.words != words_of(macros):
                words.put(connection, macros)
            connection.execute("DETACH facts")
            connection.execute("CHECKPOINT")
    finally:
        connection.close()
    return facts


class _Maker:
    """One run over the rollups, on a connection where `facts` is attached."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sites: Sequence[Site],
        now: datetime,
        *,
        full: bool,
        joining: stories.Joining | None = None,
        zone: str = "",
    ) -> None:
        self.connection = connection
        self.sites = sites
        self.now = now
        self.full = full
        self.joining = joining
        self.zone = zone

    def run(self, name: str) -> None:
        """Runs one rollup file."""
        for statement in database.script("rollups", name):
            self.connection.execute(statement)

    def sql(self, *parts: str) -> duckdb.DuckDBPyConnection:
        """Runs a statement put together from fixed words of this module."""
        return self.connection.execute(" ".join(parts))

    def value(self, *parts: str) -> object:
        rows = self.sql(*parts).fetchall()
        return rows[0][0] if rows else None

    def put(self, name: str, rows: pa.Table, *, temporary: bool = True) -> None:
        self.connection.register("put_rows", rows)
        if temporary:
            self.sql("CREATE OR REPLACE TEMP TABLE", name, "AS SELECT * FROM put_rows")
        else:
            self.sql("DELETE FROM", name)
            self.sql("INSERT INTO", name, "BY NAME SELECT * FROM put_rows")
        self.connection.unregister("put_rows")

    def facts_went(self) -> bool:
        """Facts that this edition was made from are not there any more, or were changed in place."""
        lost = self.value(
            "SELECT (SELECT count(*) FROM (SELECT batch, accepted FROM batch EXCEPT SELECT batch, accepted FROM "
            "facts.batch)) + (SELECT count(*) FROM article WHERE article NOT IN (SELECT article FROM facts.article))"
        )
        return bool(lost) or self._sites_changed()

    def _sites_changed(self) -> bool:
        """Zones, slots or week starts are other than when this edition's hours and days were counted."""
        rows = self._sites(*self._range())
        now = {str(row["site"]): _of_time(row) for row in rows}
        then = self.sql("SELECT site, zone, phase_s, slot_s, week_start FROM site").fetchall()
        newsroom = self.sql("SELECT zone, week_start, is_shared FROM newsroom").fetchall()
        return newsroom != [self._newsroom(rows)] or any(
            name in now and now[name] != tuple(rest) for name, *rest in then
        )

    def make(self) -> dict[str, object]:
        people.make(self.connection, self.joining.naming if self.joining else None)
        touched = self._touch()
        self._reference()
        if touched and self.full:
            self._make_all()
        elif touched:
            self._make_touched()
            self._put_changes()
        self._small_tables(touched)
        return self._meta(touched)

    def _make_touched(self) -> None:
        """Makes the rows that touched articles have now: `fresh_…`."""
        self.run("10_articles.sql")
        self.run("15_reread.sql")
        self.run("20_readings.sql")
        self._judge()
        self.run("30_intervals.sql")

    def _touch(self) -> int:
        """Articles with facts of batches that this edition does not know yet."""
        changes.touched(self.sql, full=self.full)
        if not self.full:
            people.touch(self.connection)
        changes.reworked(self.sql, full=self.full)
        return int(str(self.value("SELECT count(*) FROM touched")))

    def _reference(self) -> None:
        """Sites and the calendar of their zones; made again when an instant lies outside."""
        low, high = self._range()
        rows = self._sites(low, high)
        shape = pa.schema([
            ("site", pa.string()), ("zone", pa.string()), ("phase_s", pa.int64()), ("slot_s", pa.int64()),
            ("home_country", pa.string()), ("quote_currency", pa.string()), ("week_start", pa.int32()),
        ])  # fmt: skip
        self.put("site", pa.Table.from_pylist(rows, schema=shape), temporary=False)
        newsroom = self._newsroom(rows)
        names = ("zone", "week_start", "is_shared")
        self.put("newsroom", pa.Table.from_pylist([dict(zip(names, newsroom, strict=True))]), temporary=False)
        grid = self._grid([str(row["zone"]) for row in rows], low, high)
        clocks = {(str(row["zone"]), int(str(row["week_start"]))) for row in rows} | {newsroom[:2]}
        self._calendar(clocks, low, high, grid)
        self.put("grid", pa.table({"slot_s": [grid.slot_s], "phase_s": [grid.phase_s]}))
        self.put("age_grid", pa.table({"age_h": pa.array(AGE_GRID_H, pa.int32())}))
        self.put("limits", pa.table({"publication_counts_s": pa.array([PUBLICATION_COUNTS_S], pa.int64())}))

    def _grid(self, zones: Sequence[str], low: int, high: int) -> calendar.Grid:
        """The slots that all hours are counted in."""
        return calendar.grid([*zones, *([self.zone] if self.zone else [])], low, high)

    def _newsroom(self, rows: Sequence[dict[str, object]]) -> tuple[str, int, bool]:
        """The newsroom's zone and week start, by default those of the site with most articles; and whether they are
        needed because the sites don't all have the same ones."""
        counts = self._article_counts()
        largest = sorted(rows, key=lambda row: (-counts[str(row["site"])], str(row["site"])))
        zone = self.zone or (str(largest[0]["zone"]) if largest else "UTC")
        week = next((int(str(row["week_start"])) for row in largest if row["zone"] == zone), 1)
        return zone, week, len({(row["zone"], row["week_start"]) for row in rows}) > 1

    @cache  # noqa: B019 (one maker a publish)
    def _article_counts(self) -> dict[str, int]:
        counted = "SELECT site, count(DISTINCT article) FROM facts.article GROUP BY site"
        return dict(self.sql(counted).fetchall())

    def _sites(self, low: int, high: int) -> list[dict[str, object]]:
        """Rows of `site`: the sites that facts are there of; a host without an entry has UTC."""
        known = {site.name: site for site in self.sites}
        names = sorted(self._article_counts())
        grid = self._grid([known[name].zone if name in known else "UTC" for name in names], low, high)
        found: list[dict[str, object]] = []
        for name in names:
            site = known.get(name)
            found.append(
                {
                    "site": name,
                    "zone": site.zone if site else "UTC",
                    "phase_s": grid.phase_s,
                    "slot_s": grid.slot_s,
                    "home_country": site.home_country if site else None,
                    "quote_currency": site.quote_currency if site else None,
                    "week_start": site.week_start if site else 1,
                }
            )
        return found

    def _range(self) -> tuple[int, int]:
        ((first, last),) = self.sql(
            "SELECT min(low), max(high) FROM ("
            "SELECT min(observed_at) AS low, max(observed_at) AS high FROM facts.observation UNION ALL "
            "SELECT min(published_at), max(published_at) FROM facts.article_revision UNION ALL "
            "SELECT min(captured_at), max(captured_at) FROM facts.capture UNION ALL "
            "SELECT min(from_at), max(to_at) FROM facts.gain)"
        ).fetchall()
        return calendar.span(first, last, self.now)

    def _calendar(self, clocks: set[tuple[str, int]], low: int, high: int, grid: calendar.Grid) -> None:
        """The calendar of zones and week starts, unless the one that is there has all of them for long enough."""
        covered = self.sql(
            "SELECT zone, min(from_s), max(to_s) FROM calendar GROUP BY zone HAVING min(from_s) <= $low".replace(
                "$low", str(int(low))
            )
        ).fetchall()
        enough = {row[0] for row in covered if row[2] >= high - 60 * calendar.DAY}
        there = set(self.sql("SELECT DISTINCT zone, week_start FROM calendar_week").fetchall())
        if clocks <= there and {zone for zone, _ in clocks} <= enough:
            return
        tables = [calendar.hours(zone, low, high, grid) for zone in sorted({zone for zone, _ in clocks})]
        weeks = [calendar.weeks(zone, low, high, week_start, grid) for zone, week_start in sorted(clocks)]
        self.put("calendar", pa.concat_tables(tables), temporary=False)
        self.put("calendar_week", pa.concat_tables(weeks), temporary=False)
        self.put("calendar_day", pa.concat_tables([calendar.days(table) for table in tables]), temporary=False)

    def _judge(self) -> None:
        """Walks the counters that ever fell and stores the verdicts."""
        rows = self.connection.sql(
            "SELECT s.article, s.meter, s.at_s, s.views FROM stepped AS s "
            "JOIN irregular AS i ON i.article = s.article AND i.meter = s.meter ORDER BY s.article, s.meter, s.at_s"
        ).to_arrow_table()
        if not rows.num_rows:
            return
        columns = [rows.column(name).to_pylist() for name in ("article", "meter", "at_s", "views")]
        articles, meters, times, values = columns
        kept: list[bool] = []
        epochs: list[int] = []
        start = 0
        for end in range(1, len(articles) + 1):
            if end == len(articles) or (articles[end], meters[end]) != (articles[start], meters[start]):
                for verdict in walk(times[start:end], values[start:end]):
                    kept.append(verdict.kept)
                    epochs.append(verdict.epoch)
                start = end
        verdicts = pa.table({
            "article": rows.column("article"), "meter": rows.column("meter"), "at_s": rows.column("at_s"),
            "kept": pa.array(kept, pa.bool_()), "epoch": pa.array(epochs, pa.int32()),
        })  # fmt: skip
        self.connection.register("verdict_rows", verdicts)
        self.sql("INSERT INTO verdict SELECT * FROM verdict_rows")
        self.connection.unregister("verdict_rows")

    def _make_all(self) -> None:
        """Fills the empty tables: articles in order of publication, so many at a time that what is made on the way fits
        into memory. Days and intervals of one part lie together, and in their order within it."""
        for part in range(self._parts()):
            chosen = f"AS SELECT article FROM part WHERE part = {part}"  # noqa: S608
            for name in ("touched", "described", "reworked"):
                self.sql("CREATE OR REPLACE TEMP TABLE", name, chosen)
            self._make_touched()
            self._put_part()
            self._forget("40_pieces.sql", "30_intervals.sql", "20_readings.sql", "15_reread.sql", "10_articles.sql")
        self.sql("CREATE OR REPLACE TEMP TABLE touched AS SELECT article FROM part")
        for name in SUMS:
            if not self._of_articles(name):
                changes.add_up(self.sql, name, self._order(name))
        if self.joining:
            stories.make(self.connection, self.joining, stories.all_blocks(self.connection))

    def _parts(self) -> int:
        """Fills `part`: which turn each article has, of how many."""
        readings = int(str(self.value("SELECT count(*) FROM facts.observation")))
        parts = max(1, math.ceil(readings / PART_READINGS))
        self.sql(
            "CREATE TEMP TABLE part AS SELECT t.article, ntile(", str(parts), ") OVER (ORDER BY p.at, t.article) - 1",
            "AS part FROM touched AS t LEFT JOIN (SELECT article, min(published_at) AS at FROM facts.article_revision",
            "GROUP BY article) AS p ON p.article = t.article",
        )  # fmt: skip
        return parts

    def _put_part(self) -> None:
        """Adds the rows of articles that the tables don't have yet."""
        self._pieces("fresh_interval", "fresh_article_dimension")
        for name, piece in SUMS.items():
            if self._of_articles(name):
                self.sql(
                    "INSERT INTO", name, "BY NAME SELECT * FROM", piece, "WHERE views <> 0 ORDER BY", self._order(name)
                )
            else:
                changes.note(self.sql, name, piece, 1)
        for name in BY_ARTICLE:
            sorted_by = ["ORDER BY", SORTED_BY[name]] if name in SORTED_BY else []
            self.sql("INSERT INTO", name, "BY NAME SELECT * FROM", f"fresh_{name}", *sorted_by)
        if self.joining:
            stories.mark(self.connection, self.joining)

    def _of_articles(self, name: str) -> bool:
        return "article" in changes.columns(self.sql, name)

    def _forget(self, *names: str) -> None:
        """Drops what rollup files made on the way."""
        for script in names:
            for kind, name in database.made("rollups", script):
                self.sql("DROP", kind, "IF EXISTS", name)

    def _put_changes(self) -> None:
        """Changes the rows that new facts change."""
        changes.compare(self.sql, BY_ARTICLE)
        changes.regrouped(self.sql)
        moved: set[str] = set()
        for move in changes.moves(self.sql):
            self._pieces(move.intervals, move.dimensions)
            names = BY_DIMENSION if move.only_dimensions else tuple(SUMS)
            for name in names:
                changes.note(self.sql, name, SUMS[name], move.sign)
            moved.update(names)
        blocks = stories.retold_blocks(self.connection)
        changes.replace(self.sql, BY_ARTICLE)
        for name in sorted(moved):
            changes.add_up(self.sql, name, self._order(name))
        if self.joining:
            stories.mark(self.connection, self.joining)
        if self.joining and blocks:
            stories.make(self.connection, self.joining, blocks)

    def _order(self, name: str) -> str:
        keys = ", ".join(one for one in changes.columns(self.sql, name) if not changes.is_sum(one))
        return SORTED_BY.get(name, keys)

    def _pieces(self, intervals: str, dimensions: str) -> None:
        """Expands intervals into hour pieces and adds these up."""
        self._forget("40_pieces.sql")
        self.sql(
            "CREATE OR REPLACE TEMP TABLE moving AS SELECT i.article, i.meter, a.site, i.from_s, i.to_s, i.gained,",
            "s.phase_s, s.slot_s FROM", intervals, "AS i JOIN subject AS a ON a.article = i.article",
            "JOIN site AS s ON s.site = a.site",
        )  # fmt: skip
        columns = "d.article, d.dimension, d.value"
        self.sql("CREATE OR REPLACE TEMP TABLE moving_dimension AS SELECT", columns, "FROM", dimensions, "AS d")
        self._ladder()
        self.run("40_pieces.sql")

    def _ladder(self) -> None:
        """n < 2^rung for every rung that the longest interval needs."""
        most = self.value(
            "SELECT max(least((to_s + phase_s - 1) // slot_s - (from_s + phase_s) // slot_s + 1, gained)) FROM moving",
            "WHERE gained > 0 AND from_s IS NOT NULL AND to_s > from_s",
        )
        rungs = range(1, math.ceil(math.log2(max(int(str(most or 2)), 2)) + 1e-9) + 2)
        self.put(
            "ladder",
            pa.table(
                {
                    "rung": pa.array([rung for rung in rungs for _ in range(2**rung)], pa.int32()),
                    "n": pa.array([n for rung in rungs for n in range(2**rung)], pa.int64()),
                }
            ),
        )

    def _small_tables(self, touched: int) -> None:
        """What is small enough to be made whole each time."""
        self.run("50_rates.sql")
        changes.rates(self.sql)
        self._stir(touched)
        self.run("70_states.sql")
        self.sql("DELETE FROM official_rate")
        self.sql(
            "INSERT INTO official_rate BY NAME SELECT source, day, currency, quote, value, quant, change",
            "FROM facts.official_rate QUALIFY row_number() OVER",
            "(PARTITION BY source, day, currency, quote ORDER BY batch DESC, value) = 1",
        )
        self.run("80_matched.sql")
        for name in MADE_WHOLE:
            self.sql("DELETE FROM", name)
            self.sql("INSERT INTO", name, "BY NAME SELECT * FROM", f"fresh_{name}")
        for name in ("batch", "reject"):
            self.sql("DELETE FROM", name)
            self.sql("INSERT INTO", name, "BY NAME SELECT * FROM", f"facts.{name}")

    def _stir(self, touched: int) -> None:
        """What the states need to know of this run: `stirred`, `span` and `latest`."""
        if touched and not self.full:
            changes.stirred(self.sql)
            changes.spans(self.sql)
            return
        every = "FROM article_meter AS m JOIN article AS a ON a.article = m.article"
        some = "WHERE FALSE" if not touched else ""
        self.sql("CREATE TEMP TABLE latest AS SELECT a.site, m.meter, m.last_s", every)
        self.sql("CREATE TEMP TABLE stirred AS SELECT DISTINCT a.site, m.meter", every, some)
        self.sql("CREATE TEMP TABLE span AS SELECT a.site, m.meter, m.start_s, m.last_s", every)

    def _meta(self, touched: int) -> dict[str, object]:
        newest = self.value("SELECT max(last_s) FROM article_meter")
        facts: dict[str, object] = {
            "as_of": datetime.fromtimestamp(int(str(newest)), UTC).isoformat() if newest is not None else None,
            "built_at": self.now.isoformat(),
            "demo": bool(self.value("SELECT coalesce(max(demo), FALSE) FROM batch")),
            "articles": self.value("SELECT count(*) FROM article"),
            "touched": touched,
        }
        rows = [{"name": name, "value": None if value is None else str(value)} for name, value in facts.items()]
        self.put("meta", pa.Table.from_pylist(rows), temporary=False)
        return facts


def _of_time(row: dict[str, object]) -> tuple[object, ...]:
    return row["zone"], row["phase_s"], row["slot_s"], row["week_start"]


def _move(editions: Path, building: Path, published: Published) -> None:
    """Puts the file under its name and the pointer to it, each in one rename, each forced to disk."""
    disk.sync(building)
    building.rename(editions / published.file)
    fresh = editions / f".{POINTER}.new"
    fresh.write_text(json.dumps(asdict(published)))
    disk.sync(fresh)
    fresh.replace(editions / POINTER)
    disk.sync(editions)


def _sweep(editions: Path) -> None:
    for path in editions.glob(".building-*"):
        path.unlink(missing_ok=True)
    shutil.rmtree(editions / "tmp", ignore_errors=True)  # what a killed publish had spilled


def _drop_old(settings: Settings, published: Published) -> None:
    """Old editions beyond the last few go; a reader that has one open keeps it."""
    numbered = sorted(path for path in settings.editions.glob("[0-9]*.duckdb") if path.name != published.file)
    for path in numbered[: max(0, len(numbered) - settings.keep_editions)]:
        path.unlink(missing_ok=True)
