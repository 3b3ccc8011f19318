"""What a publish changes in an edition: rows that go and rows that come, so that the rest needn't be written again.

The rollups make the rows that touched articles have now as `fresh_…`. Beside the rows that they have in the edition
(`held_…`, with their place `held`) that leaves `gone_…` and `new_…`; of a table that is empty yet all are new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import duckdb

TEXT_TABLES = ("article_text", "provenance", "article_author", "article_topic", "article_country", "article_dimension")
"""What hangs on an article's texts alone: it is compared only where texts came or may have changed places."""
_BY_TEXT = ("article_revision", "article_author", "article_topic", "article_country")
_REPEATED = ("aside",)
"""Tables in which one row may stand twice; of touched articles all of it is taken out and put in again."""

Sql = Callable[..., duckdb.DuckDBPyConnection]
"""Runs a statement put together from fixed words."""


def touched(sql: Sql, *, full: bool) -> None:
    """Fills `touched`: articles with facts of batches that the edition doesn't know, or all."""
    sql("CREATE TEMP TABLE new_batch AS SELECT batch FROM facts.batch EXCEPT SELECT batch FROM batch")
    if full:
        sql("CREATE TEMP TABLE touched AS SELECT DISTINCT article FROM facts.article")
        return
    sql("CREATE TEMP TABLE touched AS", _of_new_batches(("article", "capture", "observation", "gain", *_BY_TEXT)))


def reworked(sql: Sql, *, full: bool) -> None:
    """Fills `reworked`: touched articles that are new, have new texts, several whose order may be another now, or
    authors renamed; or all."""
    if full:
        sql("CREATE TEMP TABLE reworked AS SELECT article FROM touched")
        return
    several = "UNION SELECT article FROM article WHERE revisions > 1 AND article IN (SELECT article FROM touched)"
    renamed = "UNION SELECT article FROM renamed"  # people.py
    sql("CREATE TEMP TABLE reworked AS", _of_new_batches(("article", *_BY_TEXT)), several, renamed)


def _of_new_batches(facts: Iterable[str]) -> str:
    return " UNION ".join(
        f"SELECT f.article FROM facts.{name} AS f JOIN new_batch AS n ON n.batch = f.batch"  # noqa: S608
        for name in facts
    )


def compare(sql: Sql, names: Iterable[str]) -> None:
    """Fills held, gone and new rows of tables by article."""
    for name in names:
        among = "reworked" if name in TEXT_TABLES else "touched"
        which = f"WHERE article IN (SELECT article FROM {among})"  # noqa: S608
        sql("CREATE TEMP TABLE", f"held_{name}", "AS SELECT rowid AS held, * FROM", name, which)
        here, there = f"held_{name} AS h", f"(SELECT * FROM fresh_{name} {which}) AS f"  # noqa: S608
        same = " AND ".join(f"h.{column} IS NOT DISTINCT FROM f.{column}" for column in columns(sql, name))
        condition = "FALSE" if name in _REPEATED else same
        sql("CREATE TEMP TABLE", f"gone_{name}", "AS SELECT h.* FROM", here, "ANTI JOIN", there, "ON", condition)
        sql("CREATE TEMP TABLE", f"new_{name}", "AS SELECT f.* FROM", there, "ANTI JOIN", here, "ON", condition)


def regrouped(sql: Sql) -> None:
    """Fills `regrouped`: articles with other topics, countries … than before, so that all their views move."""
    sql(
        "CREATE TEMP TABLE regrouped AS SELECT article FROM gone_article_dimension",
        "UNION SELECT article FROM new_article_dimension",
    )


def intervals(which: str) -> str:
    """Intervals (`held` or `fresh`) of touched articles that count for sums otherwise than before."""
    changed = {"held": "gone", "fresh": "new"}[which]
    of = "(SELECT article FROM regrouped)"
    columns = "article, meter, from_s, to_s, gained"
    return (
        f"(SELECT {columns} FROM {changed}_interval WHERE article NOT IN {of} "  # noqa: S608
        f"UNION ALL SELECT {columns} FROM {which}_interval WHERE article IN {of})"
    )


def dimensions(which: str) -> str:
    """Topics, countries … of touched articles, as they were (`held`) or are (`fresh`); before they are replaced."""
    if which == "held":
        return "(SELECT * FROM article_dimension WHERE article IN (SELECT article FROM touched))"
    return (
        "(SELECT * FROM fresh_article_dimension WHERE article IN (SELECT article FROM reworked) UNION ALL BY NAME "
        "SELECT * FROM article_dimension WHERE article IN (SELECT article FROM touched "
        "WHERE article NOT IN (SELECT article FROM reworked)))"
    )


def replace(sql: Sql, names: Iterable[str]) -> None:
    """Takes gone rows out of tables and puts new rows in."""
    for name in names:
        if _some(sql, f"gone_{name}"):
            sql("DELETE FROM", name, "WHERE rowid IN (SELECT held FROM", f"gone_{name})")
        sql("INSERT INTO", name, "BY NAME SELECT * FROM", f"new_{name}")


def note(sql: Sql, name: str, piece: str, sign: int) -> None:
    """Adds sums (or, for what was there before, takes them away) to what changes in a table of sums."""
    signed = [f"{sign} * {one} AS {one}" if is_sum(one) else one for one in columns(sql, piece)]
    sql("CREATE TEMP TABLE IF NOT EXISTS", f"change_{name}", "AS SELECT * FROM", piece, "LIMIT 0")
    sql("INSERT INTO", f"change_{name}", "BY NAME SELECT", ", ".join(signed), "FROM", piece)


def add_up(sql: Sql, name: str) -> None:
    """Changes the rows of a table of sums that are not what they were; those without views go."""
    keys = [one for one in columns(sql, name) if not is_sum(one)]
    sums = [one for one in columns(sql, name) if is_sum(one)]
    added = ", ".join(f"CAST(sum({one}) AS BIGINT) AS {one}" for one in sums)
    by = ", ".join(keys)
    sql(
        "CREATE TEMP TABLE", f"moved_{name}", "AS SELECT", by, ",", added, "FROM", f"change_{name}", "GROUP BY", by,
        "HAVING", " OR ".join(f"sum({one}) <> 0" for one in sums),
    )  # fmt: skip
    same = " AND ".join(f"m.{one} = t.{one}" for one in keys)
    sql(
        "CREATE TEMP TABLE", f"held_{name}", "AS SELECT t.rowid AS held, t.* FROM", name, "AS t SEMI JOIN",
        f"moved_{name}", "AS m ON", same,
    )  # fmt: skip
    sql("DELETE FROM", name, "WHERE rowid IN (SELECT held FROM", f"held_{name})")
    sql(
        "INSERT INTO", name, "BY NAME SELECT", by, ",", added, "FROM (SELECT * EXCLUDE (held) FROM", f"held_{name}",
        "UNION ALL BY NAME SELECT * FROM", f"moved_{name}", ") GROUP BY", by, "HAVING sum(views) <> 0 ORDER BY", by,
    )  # fmt: skip


def stirred(sql: Sql) -> None:
    """Fills `stirred`: sites and meters of touched articles, and all sites of a meter that views were imported for."""
    sql(
        "CREATE TEMP TABLE stirred AS SELECT DISTINCT a.site, m.meter FROM article_meter AS m",
        "JOIN article AS a ON a.article = m.article WHERE m.article IN (SELECT article FROM touched)",
        "OR m.meter IN (SELECT g.meter FROM facts.gain AS g JOIN new_batch AS n ON n.batch = g.batch)",
        "UNION SELECT a.site, g.meter FROM gone_article_meter AS g JOIN article AS a ON a.article = g.article",
    )


def spans(sql: Sql) -> None:
    """Fills `span`, what `read_span` is merged from: its own rows and those of touched articles, while none of these
    reaches less far than before."""
    shrunk = sql(
        "SELECT count(*) FROM gone_article_meter AS g LEFT JOIN new_article_meter AS n",
        "ON n.article = g.article AND n.meter = g.meter AND n.start_s <= g.start_s AND n.last_s >= g.last_s",
        "WHERE g.last_s IS NOT NULL AND n.article IS NULL",
    ).fetchall()[0][0]
    source = "article_meter" if shrunk else "new_article_meter"
    carried = "" if shrunk else " UNION ALL SELECT site, meter, from_s, to_s FROM read_span"
    sql(
        "CREATE TEMP TABLE span AS SELECT a.site, m.meter, m.start_s, m.last_s FROM", source,
        "AS m JOIN article AS a ON a.article = m.article", carried,
    )  # fmt: skip


def columns(sql: Sql, name: str) -> list[str]:
    """Names of a table's columns."""
    return [row[0] for row in sql("SELECT * FROM", name, "LIMIT 0").description]


def is_sum(column: str) -> bool:
    """Whether a column of a table of sums is added up."""
    return column == "views" or column.startswith("observed")


def _some(sql: Sql, name: str) -> bool:
    return bool(sql("SELECT EXISTS (FROM", f"{name})").fetchall()[0][0])
