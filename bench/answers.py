"""The same questions asked of an edition, polars, pandas and SQLite over the same prepared tables, in one run.

The prepared tables are the edition's own (articles with totals, dimensions, sums by site and day), written out once.
A peer answers from tables that it holds ready in memory (SQLite: in a file, indexed by what is filtered by), with the
few lines that a person would write; the edition answers by `queries.fetch`, planning included. Peers give only the
columns that they are asked for here, so the comparison leans towards them. Answers are compared before they are timed.
"""

from __future__ import annotations

import math
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from readership import queries
from readership.queries import Edition, Selection

TOPIC, LANGUAGE = "topic-03", "ru"
DAYS = (date(2026, 5, 2), date(2026, 6, 1))
Answer = Callable[[], Any]
TABLES = {
    "article": "SELECT a.article, a.site, a.section, a.language, a.published_day, m.total, m.baseline "
    "FROM article AS a LEFT JOIN article_meter AS m ON m.article = a.article AND m.meter = 'public'",
    "topic": "SELECT article, value FROM article_dimension WHERE dimension = 'topic'",
    "site_day": "SELECT h.site, c.day, sum(h.views)::BIGINT AS views FROM site_hour AS h "
    "JOIN site AS s ON s.site = h.site JOIN calendar AS c ON c.zone = s.zone AND c.slot = h.slot "
    "WHERE h.meter = 'public' GROUP BY h.site, c.day",
}  # fmt: skip


def selections() -> Mapping[str, Selection]:
    """What readers choose: nothing, dates, one and several values of a dimension, words."""
    return {
        "nothing": Selection(),
        "30 days": Selection(since=DAYS[0], until=DAYS[1]),
        "a topic": Selection(topics=(TOPIC,)),
        "two topics and a country": Selection(topics=(TOPIC, "topic-05"), countries=("KZ",)),
        "a language": Selection(languages=(LANGUAGE,)),
        "words": Selection(text="bridge winter"),
    }


def page_queries(edition: Edition, names: list[str], runs: int) -> Iterator[tuple[str, str, float]]:
    """(query, selection, best of some runs in milliseconds); a run that takes over a second is not repeated."""
    some = int(queries.fetch("articles", Selection(), edition, limit=1)["article"].iloc[0])
    given: dict[str, dict[str, Any]] = {"band": {"grain": "hour"}}
    for name in names:
        takes = {parameter.name for parameter in queries.named(name).parameters}
        more = {"article": some} if "article" in takes else {}
        more |= {"limit": 20} if "limit" in takes else {}
        for what, selection in selections().items():
            yield name, what, 1000 * best(lambda n=name, s=selection, m=more: queries.fetch(
                n, s, edition, **m, **given.get(n, {})), runs)  # fmt: skip


def best(work: Answer, runs: int) -> float:
    """Seconds of the fastest run: what others on the machine do only adds."""
    fastest = math.inf
    for _ in range(runs):
        began = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - began)
        if fastest > 1:
            break
    return fastest


def tables(edition: Edition) -> dict[str, pl.DataFrame]:
    """The prepared tables."""
    with edition.cursor() as cursor:
        return {name: pl.from_arrow(cursor.sql(sql).to_arrow_table()) for name, sql in TABLES.items()}


QUESTIONS = ("key figures", "key figures of a topic", "30 days by day", "largest of a language", "sites")


def ours(edition: Edition) -> dict[str, Answer]:
    """The edition's answers, as the peers give them."""
    everything, topic = Selection(), Selection(topics=(TOPIC,))
    days, language = Selection(since=DAYS[0], until=DAYS[1], sites=("el.kz",)), Selection(languages=(LANGUAGE,))

    def figures(selection: Selection) -> tuple[int, int]:
        row = queries.fetch("key_figures", selection, edition).iloc[0]
        return int(row["articles"]), int(row["views"])

    def by_day() -> list[int]:
        return [int(n) for n in queries.fetch("views_gained", days, edition, grain="day")["views"]]

    def largest() -> list[int]:
        return [int(n) for n in queries.fetch("articles", language, edition, order="views", limit=20)["total"]]

    def sites() -> dict[str, int]:
        rows = queries.fetch("freshness", everything, edition)
        return dict(zip(rows["site"], rows["articles"], strict=True))

    return dict(
        zip(QUESTIONS, (lambda: figures(everything), lambda: figures(topic), by_day, largest, sites), strict=True)
    )


def in_polars(made: dict[str, pl.DataFrame]) -> dict[str, Answer]:
    article, topic, site_day = made["article"], made["topic"], made["site_day"]
    low, high = DAYS

    def of_topic() -> tuple[int, int]:
        chosen = article.join(topic.filter(pl.col("value") == TOPIC).unique("article"), on="article", how="semi")
        return chosen.height, int(chosen["total"].sum())

    def by_day() -> list[int]:
        some = site_day.filter((pl.col("site") == "el.kz") & (pl.col("day") >= low) & (pl.col("day") < high))
        found = dict(some.group_by("day").agg(pl.col("views").sum()).iter_rows())
        return [found.get(day, 0) for day in _days()]

    return dict(zip(QUESTIONS, (
        lambda: (article.height, int(article["total"].sum())), of_topic, by_day,
        lambda: article.filter(pl.col("language") == LANGUAGE).top_k(20, by="total")["total"].to_list(),
        lambda: dict(article.group_by("site").len().iter_rows()),
    ), strict=True))  # fmt: skip


def in_pandas(made: dict[str, pl.DataFrame]) -> dict[str, Answer]:
    article, topic, site_day = (made[name].to_pandas() for name in ("article", "topic", "site_day"))
    low, high = map(pd.Timestamp, DAYS)

    def of_topic() -> tuple[int, int]:
        chosen = article[article["article"].isin(topic.loc[topic["value"] == TOPIC, "article"])]
        return len(chosen), int(chosen["total"].sum())

    def by_day() -> list[int]:
        some = site_day[(site_day["site"] == "el.kz") & (site_day["day"] >= low) & (site_day["day"] < high)]
        found = some.groupby("day")["views"].sum()
        return [int(found.get(pd.Timestamp(day), 0)) for day in _days()]

    return dict(zip(QUESTIONS, (
        lambda: (len(article), int(article["total"].sum())), of_topic, by_day,
        lambda: [int(n) for n in article.loc[article["language"] == LANGUAGE, "total"].nlargest(20)],
        lambda: article.groupby("site").size().to_dict(),
    ), strict=True))  # fmt: skip


def in_sqlite(made: dict[str, pl.DataFrame], path: Path) -> tuple[sqlite3.Connection, dict[str, Answer]]:
    connection = sqlite3.connect(path)
    for name, table in made.items():
        rows = table.with_columns(pl.col(pl.Date).cast(pl.String)) if "day" in "".join(table.columns) else table
        connection.execute(f"CREATE TABLE {name} ({', '.join(table.columns)})")
        connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * table.width)})", rows.iter_rows())
    for index in ("topic (value, article)", "article (article, total)", "article (language, total)", "article (site)",
                  "article (total)", "site_day (site, day, views)"):  # fmt: skip
        connection.execute(f"CREATE INDEX [{index}] ON {index}")
    connection.execute("ANALYZE")
    connection.commit()

    def ask(sql: str, *given: object) -> list[tuple[Any, ...]]:
        return connection.execute(sql, given).fetchall()

    def by_day() -> list[int]:
        low, high = map(str, DAYS)
        days = "SELECT day, sum(views) FROM site_day WHERE site = 'el.kz' AND day >= ? AND day < ? GROUP BY day"
        found = dict(ask(days, low, high))
        return [found.get(str(day), 0) for day in _days()]

    of_topic = (
        "SELECT count(*), sum(a.total) FROM (SELECT DISTINCT article FROM topic WHERE value = ?) AS t "
        "JOIN article AS a ON a.article = t.article"
    )
    largest = "SELECT total FROM article WHERE language = ? ORDER BY total DESC LIMIT 20"
    return connection, dict(zip(QUESTIONS, (
        lambda: ask("SELECT count(*), sum(total) FROM article")[0], lambda: ask(of_topic, TOPIC)[0], by_day,
        lambda: [n for (n,) in ask(largest, LANGUAGE)],
        lambda: dict(ask("SELECT site, count(*) FROM article GROUP BY site")),
    ), strict=True))  # fmt: skip


def _days() -> list[date]:
    return [DAYS[0] + timedelta(days=n) for n in range((DAYS[1] - DAYS[0]).days)]


def beside_peers(edition: Edition, folder: Path, runs: int) -> tuple[dict[str, dict[str, float]], float]:
    """Question → engine → milliseconds; and the geometric mean of ours over the best peer's.

    Raises:
        AssertionError: an engine answers otherwise than the edition.
    """
    made = tables(edition)
    connection, sqlite = in_sqlite(made, folder / "peer.sqlite")
    with closing(connection):
        engines = {"Readership": ours(edition), "polars": in_polars(made), "pandas": in_pandas(made), "SQLite": sqlite}
        for name, answers in engines.items():
            for question, answer in answers.items():
                told, wanted = answer(), engines["Readership"][question]()
                if told != wanted:
                    raise AssertionError(
                        f"{name} answers “{question}” otherwise: {str(told)[:200]}, {str(wanted)[:200]}"
                    )
        took = {question: {name: 1000 * best(answers[question], runs) for name, answers in engines.items()}
                for question in QUESTIONS}  # fmt: skip
    ratios = [row["Readership"] / min(row[peer] for peer in row if peer != "Readership") for row in took.values()]
    return took, statistics.geometric_mean(ratios)


def raw_to_answer(store: Path) -> dict[str, float]:
    """Seconds from raw readings (a Parquet file of them) to views by site, for counters that never fall."""
    article, observation = (store / f"{name}.parquet" for name in ("article", "observation"))

    def polars() -> Any:
        last = pl.scan_parquet(observation).group_by("article").agg(pl.col("views").max())
        return last.join(pl.scan_parquet(article), on="article").group_by("site").agg(pl.col("views").sum()).collect()

    def pandas() -> Any:
        last = pd.read_parquet(observation, columns=["article", "views"]).groupby("article")["views"].max()
        sites = pd.read_parquet(article, columns=["article", "site"]).set_index("article")["site"]
        return last.groupby(sites).sum()

    return {"polars": best(polars, 1), "pandas": best(pandas, 1)}
