"""What a publish changes in an edition: rows that go and rows that come, so that the rest needn't be written again.

The rollups make the rows that touched articles have now as `fresh_…`. Beside the rows that they have in the edition
(`held_…`, with their place `held`) that leaves `gone_…` and `new_…`; of a table that is empty yet all are new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import duckdb

AMONG = {
    "article": "described", "article_revision": "described",
    "article_text": "reworked", "provenance": "reworked", "article_author": "reworked", "article_topic": "reworked",
    "article_country": "reworked", "article_dimension": "reworked",
    "interval": "reread_before", "aside": "reread_before", "article_age": "reread_before", "article_meter": "recounted",
}  # fmt: skip
"""Tables by article, and of which touched articles their rows may be others than before: of those that something but a
counter was read of, those whose texts came or may have changed places, those whose counters are walked again, or those
whose counters are walked again or go on."""
_BY_TEXT = ("article_revision", "article_author", "article_topic", "article_country")
_BY_READING = ("interval", "aside", "article_age", "article_meter")
_REPEATED = ("aside",)
"""Tables in which one row may stand twice; of articles among which they are compared all of it is put in again."""

Sql = Callable[..., duckdb.DuckDBPyConnection]
"""Runs a statement put together from fixed words."""


def touched(sql: Sql, *, full: bool) -> None:
    """Fills `touched`: articles with facts of batches that the edition doesn't know, or all; and `arriving_batch`, the
    batches whose facts come to what is there, none when all is made again."""
    unknown = "SELECT batch FROM facts.batch EXCEPT SELECT batch FROM batch"
    sql("CREATE TEMP TABLE new_batch AS", unknown)
    sql("CREATE TEMP TABLE arriving_batch AS SELECT batch FROM new_batch", "WHERE FALSE" if full else "")
    if full:
        sql("CREATE TEMP TABLE touched AS SELECT DISTINCT article FROM facts.article")
        return
    sql("CREATE TEMP TABLE touched AS", _of_new_batches(("article", "capture", "observation", "gain", *_BY_TEXT)))


def reworked(sql: Sql, *, full: bool) -> None:
    """Fills `described`, touched articles with new facts that are not readings, and of them `reworked`: those that are
    new, have new texts, several whose order may be another now, or authors renamed; or all."""
    if full:
        for name in ("described", "reworked"):
            sql("CREATE TEMP TABLE", name, "AS SELECT article FROM touched")
        return
    renamed = "UNION SELECT article FROM renamed"  # people.py
    sql("CREATE TEMP TABLE described AS", _of_new_batches(("article", "capture", *_BY_TEXT)), renamed)
    several = "UNION SELECT article FROM article WHERE revisions > 1 AND article IN (SELECT article FROM described)"
    sql("CREATE TEMP TABLE reworked AS", _of_new_batches(("article", *_BY_TEXT)), several, renamed)


def _of_new_batches(facts: Iterable[str]) -> str:
    return " UNION ".join(
        f"SELECT f.article FROM facts.{name} AS f JOIN new_batch AS n ON n.batch = f.batch"  # noqa: S608
        for name in facts
    )


def compare(sql: Sql, names: Iterable[str]) -> None:
    """Fills held, gone and new rows of tables by article."""
    for name in names:
        which = f"WHERE article IN (SELECT article FROM {AMONG[name]})"  # noqa: S608
        sql("CREATE TEMP TABLE", f"held_{name}", "AS SELECT rowid AS held, * FROM", name, which)
        # What counters that go on gain is new, whoever is walked again.
        fresh = f"fresh_{name} AS f" if name in _BY_READING else f"(SELECT * FROM fresh_{name} {which}) AS f"  # noqa: S608
        here = f"held_{name} AS h"
        same = " AND ".join(f"h.{column} IS NOT DISTINCT FROM f.{column}" for column in columns(sql, name))
        condition = "FALSE" if name in _REPEATED else same
        sql("CREATE TEMP TABLE", f"gone_{name}", "AS SELECT h.* FROM", here, "ANTI JOIN", fresh, "ON", condition)
        sql("CREATE TEMP TABLE", f"new_{name}", "AS SELECT f.* FROM", fresh, "ANTI JOIN", here, "ON", condition)


def regrouped(sql: Sql) -> None:
    """Fills `regrouped`: articles with other topics, countries … than before, so that what they had gained moves."""
    sql(
        "CREATE TEMP TABLE regrouped AS SELECT article FROM gone_article_dimension",
        "UNION SELECT article FROM new_article_dimension",
    )


@dataclass(frozen=True, slots=True)
class Move:
    """Views that come (sign 1) or go (sign -1): of intervals, for the dimensions' values, both named by queries.

    Attributes:
        only_dimensions: the views themselves stay, only the values they count for are others.
    """

    sign: int
    intervals: str
    dimensions: str
    only_dimensions: bool = False


def moves(sql: Sql) -> Iterator[Move]:
    """All that changes sums; ask before rows are replaced.

    Intervals that came or went count for what their articles have now; what articles had gained before comes to the
    topics, countries … that are new to them, and goes from those that they lost.
    """
    now = (
        "(SELECT * FROM fresh_article_dimension WHERE article IN (SELECT article FROM reworked) UNION ALL BY NAME "
        "SELECT * FROM article_dimension WHERE article IN (SELECT article FROM touched "
        "WHERE article NOT IN (SELECT article FROM reworked)))"
    )
    sql("CREATE TEMP TABLE gained_before AS SELECT * FROM interval WHERE article IN (SELECT article FROM regrouped)")
    found = [
        ("new_interval", Move(1, "new_interval", now)),
        ("gone_interval", Move(-1, "gone_interval", now)),
        ("new_article_dimension", Move(1, "gained_before", "new_article_dimension", only_dimensions=True)),
        ("gone_article_dimension", Move(-1, "gained_before", "gone_article_dimension", only_dimensions=True)),
    ]
    return (move for name, move in found if _some(sql, name))


def replace(sql: Sql, names: Iterable[str]) -> None:
    """Takes gone rows out of tables and puts new rows in."""
    for name in names:
        if _some(sql, f"gone_{name}"):
            sql("DELETE FROM", name, "WHERE rowid IN (SELECT held FROM", f"gone_{name})")
        sql("INSERT INTO", name, "BY NAME SELECT * FROM", f"new_{name}")


def note(sql: Sql, name: str, piece: str, sign: int) -> None:
    """Adds sums (or takes them away) to what changes in a table of sums: `change_…`."""
    signed = [f"{sign} * {one} AS {one}" if is_sum(one) else one for one in columns(sql, piece)]
    sql("CREATE TEMP TABLE IF NOT EXISTS", f"change_{name}", "AS SELECT * FROM", piece, "LIMIT 0")
    sql("INSERT INTO", f"change_{name}", "BY NAME SELECT", ", ".join(signed), "FROM", piece)


def add_up(sql: Sql, name: str, sorted_by: str) -> None:
    """Changes the rows of a table of sums that are not what they were; those without views go."""
    keys = [one for one in columns(sql, name) if not is_sum(one)]
    sums = [one for one in columns(sql, name) if is_sum(one)]
    added = ", ".join(f"CAST(sum({one}) AS BIGINT) AS {one}" for one in sums)
    by = ", ".join(keys)
    sql(
        "CREATE TEMP TABLE", f"moved_{name}", "AS SELECT", by, ",", added, "FROM", f"change_{name}", "GROUP BY", by,
        "HAVING", " OR ".join(f"sum({one}) <> 0" for one in sums),
    )  # fmt: skip
    # Of many articles' rows those of a few are found much faster by the article alone than by all keys at once.
    few = f"WHERE article IN (SELECT article FROM moved_{name})" if "article" in keys else ""  # noqa: S608
    same = " AND ".join(f"m.{one} = t.{one}" for one in keys)
    sql(
        "CREATE TEMP TABLE", f"held_{name}", "AS SELECT t.* FROM (SELECT rowid AS held, * FROM", name, few,
        ") AS t SEMI JOIN", f"moved_{name}", "AS m ON", same,
    )  # fmt: skip
    sql("DELETE FROM", name, "WHERE rowid IN (SELECT held FROM", f"held_{name})")
    total = ", ".join(f"m.{one} + coalesce(t.{one}, 0) AS {one}" for one in sums)
    sql(
        "INSERT INTO", name, "BY NAME SELECT * FROM (SELECT", ", ".join(f"m.{one}" for one in keys), ",", total, "FROM",
        f"moved_{name}", "AS m LEFT JOIN", f"held_{name}", "AS t ON", same, ") WHERE views <> 0 ORDER BY", sorted_by,
    )  # fmt: skip


_TOGETHER = {"position": "min", "captures": "sum", "example_article": "min"}
"""How captures of one moment whose headers agree become one row of `header_rate`; all other columns are its keys."""


def rates(sql: Sql) -> None:
    """Puts header rates of new batches together with those of the same moment that are there."""
    keys = [one for one in columns(sql, "header_rate") if one not in _TOGETHER]
    same = " AND ".join(f"m.{one} IS NOT DISTINCT FROM t.{one}" for one in keys)
    sql(
        "CREATE TEMP TABLE held_header_rate AS SELECT t.rowid AS held, t.* FROM header_rate AS t",
        "SEMI JOIN fresh_header_rate AS m ON", same,
    )  # fmt: skip
    sql("DELETE FROM header_rate WHERE rowid IN (SELECT held FROM held_header_rate)")
    together = ", ".join(f"{how}({one}) AS {one}" for one, how in _TOGETHER.items())
    sql(
        "INSERT INTO header_rate BY NAME SELECT", ", ".join(keys), ",", together, "FROM (SELECT * EXCLUDE (held) FROM",
        "held_header_rate UNION ALL BY NAME SELECT * FROM fresh_header_rate) GROUP BY", ", ".join(keys),
    )  # fmt: skip


def stirred(sql: Sql) -> None:
    """Fills `stirred`: sites and meters of touched articles, and all sites of a meter that views were imported for."""
    sql(
        "CREATE TEMP TABLE stirred AS",
        "SELECT a.site, m.meter FROM article_meter AS m JOIN article AS a ON a.article = m.article",
        "WHERE m.article IN (SELECT article FROM touched)",
        "UNION SELECT a.site, m.meter FROM article_meter AS m JOIN article AS a ON a.article = m.article",
        "WHERE m.meter IN (SELECT g.meter FROM facts.gain AS g JOIN new_batch AS n ON n.batch = g.batch)",
        "UNION SELECT a.site, g.meter FROM gone_article_meter AS g JOIN article AS a ON a.article = g.article",
    )


def spans(sql: Sql) -> None:
    """Fills `span` and `latest`, what `read_span` and `newest_reading` are made from: their own rows and those of
    touched articles, while none of these reaches less far than before."""
    shrunk = sql(
        "SELECT count(*) FROM gone_article_meter AS g LEFT JOIN new_article_meter AS n",
        "ON n.article = g.article AND n.meter = g.meter AND n.start_s <= g.start_s AND n.last_s >= g.last_s",
        "WHERE g.last_s IS NOT NULL AND n.article IS NULL",
    ).fetchall()[0][0]
    source = "article_meter" if shrunk else "new_article_meter"
    read = f"FROM {source} AS m JOIN article AS a ON a.article = m.article"
    merged = "" if shrunk else "UNION ALL SELECT site, meter, from_s, to_s FROM read_span"
    newest = "" if shrunk else "UNION ALL SELECT site, meter, at_s FROM newest_reading"
    sql("CREATE TEMP TABLE span AS SELECT a.site, m.meter, m.start_s, m.last_s", read, merged)
    sql("CREATE TEMP TABLE latest AS SELECT a.site, m.meter, m.last_s", read, newest)


def columns(sql: Sql, name: str) -> list[str]:
    """Names of a table's columns."""
    return [row[0] for row in sql("SELECT * FROM", name, "LIMIT 0").description]


def is_sum(column: str) -> bool:
    """Whether a column of a table of sums is added up."""
    return column == "views" or column.startswith("observed")


def _some(sql: Sql, name: str) -> bool:
    return bool(sql("SELECT EXISTS (FROM", f"{name})").fetchall()[0][0])
