"""The same story in several languages: which articles a publish looks at again, and the tables that keep the answer.

Who tells one story is no matter of the store: the caller hands in a `Joining`. Articles are compared site by site in
blocks of a week with the 72 hours before it; a pair is kept with the block of its later article, so that a new article
asks for one or two blocks only and the answer is the same whether blocks are made one by one or all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from readership.store import people

BLOCK_S = 7 * 86_400
REACH_S = 72 * 3_600
"""How far back the earlier article of a pair may lie."""
_AT_ONCE = 8
_TEXTS = 1_000


@dataclass(frozen=True, slots=True)
class Telling:
    """One article as the joining sees it: id, language, publication in epoch seconds, countries, and the numbers and
    names that its text is known again by."""

    article: int
    language: str | None
    published_s: int
    countries: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Joining:
    """How articles are told to be one story, and names one person.

    Attributes:
        marks: title, body → numbers and names of a text, each on one line.
        pairs: articles of one site and block → (article, other article, score 0..1).
        groups: all pairs → article → the story it belongs to.
        naming: names as printed → canonical names; None leaves them as each article has them.
    """

    marks: Callable[[str, str], tuple[frozenset[str], frozenset[str]]]
    pairs: Callable[[list[Telling]], Iterable[tuple[int, int, float]]]
    groups: Callable[[Iterable[tuple[int, int, float]]], dict[int, int]]
    naming: people.Naming | None = None


Block = tuple[str, int]


def all_blocks(connection: duckdb.DuckDBPyConnection) -> set[Block]:
    """(site, block) of all articles."""
    days = "SELECT DISTINCT site, published_s // 86400 FROM article WHERE published_s IS NOT NULL"
    return _blocks(connection, days, 86_400)


def retold_blocks(connection: duckdb.DuckDBPyConnection) -> set[Block]:
    """(site, block) of articles that are told otherwise than before, as they were and as they are; call it when what
    changes is known (store/changes.py) and not made yet. New readings alone retell nothing."""
    connection.execute(
        "CREATE TEMP TABLE retold AS "
        "SELECT article, site, published_s, language, title FROM new_article UNION ALL BY NAME "
        "SELECT article, site, published_s, language, title FROM gone_article"
    )
    return _blocks(
        connection,
        "SELECT site, published_s FROM retold WHERE published_s IS NOT NULL AND (article IN ("
        "SELECT article FROM (SELECT DISTINCT * FROM retold) GROUP BY article HAVING count(*) > 1 "
        "UNION SELECT article FROM new_article WHERE article NOT IN (SELECT article FROM gone_article))) "
        "UNION SELECT site, published_s FROM fresh_article WHERE published_s IS NOT NULL AND article IN ("
        "SELECT article FROM new_article_text UNION SELECT article FROM gone_article_text "
        "UNION SELECT article FROM new_article_country UNION SELECT article FROM gone_article_country)",
        1,
    )


def _blocks(connection: duckdb.DuckDBPyConnection, query: str, unit_s: int) -> set[Block]:
    """Blocks of what a query finds, site and time in units of so many seconds that a block is whole in, and later ones
    within reach."""
    rows = connection.execute(query).fetchall()
    return {(site, (at * unit_s + later) // BLOCK_S) for site, at in rows for later in (0, REACH_S)}


def mark(connection: duckdb.DuckDBPyConnection, joining: Joining) -> None:
    """Keeps the marks of the articles of `reworked`: texts are read once, however often their block is told again."""
    connection.execute("DELETE FROM story_mark WHERE article IN (SELECT article FROM reworked)")
    connection.execute(
        "SELECT a.article, coalesce(a.title, ''), coalesce(t.body, '') FROM article AS a "
        "LEFT JOIN article_text AS t ON t.article = a.article "
        "WHERE a.published_s IS NOT NULL AND a.article IN (SELECT article FROM reworked)"
    )
    articles: list[int] = []
    numbers: list[str] = []
    names: list[str] = []
    while rows := connection.fetchmany(_TEXTS):
        for article, title, body in rows:
            of_text = joining.marks(title, body)
            articles.append(article)
            numbers.append("\n".join(sorted(of_text[0])))
            names.append("\n".join(sorted(of_text[1])))
    if articles:
        marks = pa.table({"article": pa.array(articles, pa.int64()), "numbers": numbers, "names": names})
        connection.register("mark_rows", marks)
        connection.execute("INSERT INTO story_mark BY NAME SELECT * FROM mark_rows")
        connection.unregister("mark_rows")


def make(connection: duckdb.DuckDBPyConnection, joining: Joining, blocks: set[Block]) -> None:
    """Makes the pairs of these blocks again, and the stories of all that these pairs join now or joined before."""
    connection.execute("CREATE TEMP TABLE retold_block (site VARCHAR, block BIGINT)")
    connection.executemany("INSERT INTO retold_block VALUES (?, ?)", [list(one) for one in sorted(blocks)] or [["", 0]])
    connection.execute(
        "CREATE TEMP TABLE parted AS SELECT p.article, p.other FROM story_pair AS p "
        "SEMI JOIN retold_block AS b ON b.site = p.site AND b.block = p.block"
    )
    connection.execute(
        "DELETE FROM story_pair USING retold_block AS b WHERE b.site = story_pair.site AND b.block = story_pair.block"
    )
    rows: list[dict[str, object]] = []
    for site, first, last in _runs(sorted(blocks)):
        tellings = _tellings(connection, site, first, last)
        for block in range(first, last + 1):
            rows.extend(_pairs(joining, site, block, tellings))
    _add(connection, rows)
    _group(connection, joining)


def _runs(blocks: list[Block]) -> Iterator[tuple[str, int, int]]:
    """(site, first block, last block) of blocks in a row, a few at a time: so many weeks are held at once."""
    at = 0
    while at < len(blocks):
        site, first = blocks[at]
        last = first
        while at + 1 < len(blocks) and blocks[at + 1] == (site, last + 1) and last - first < _AT_ONCE - 1:
            at, last = at + 1, last + 1
        yield site, first, last
        at += 1


def _pairs(joining: Joining, site: str, block: int, tellings: list[Telling]) -> Iterator[dict[str, object]]:
    low, high = block * BLOCK_S, (block + 1) * BLOCK_S
    near = [telling for telling in tellings if low - REACH_S <= telling.published_s < high]
    if len({telling.language for telling in near}) < 2:
        return
    begin = {telling.article: telling.published_s for telling in near}
    for one, other, score in joining.pairs(near):
        if max(begin[one], begin[other]) >= low:
            yield {"site": site, "block": block, "article": one, "other": other, "score": score}


def _tellings(connection: duckdb.DuckDBPyConnection, site: str, first: int, last: int) -> list[Telling]:
    low, high = first * BLOCK_S - REACH_S, (last + 1) * BLOCK_S
    rows = connection.execute(
        "WITH near AS (SELECT article, language, published_s FROM article "
        "WHERE site = ? AND published_s >= ? AND published_s < ?), "
        "named AS (SELECT article, list(country) AS countries FROM article_country "
        "WHERE article IN (SELECT article FROM near) GROUP BY article) "
        "SELECT n.article, n.language, n.published_s, c.countries, m.numbers, m.names FROM near AS n "
        "LEFT JOIN named AS c ON c.article = n.article "
        "LEFT JOIN story_mark AS m ON m.article = n.article ORDER BY n.published_s, n.article",
        [site, low, high],
    ).fetchall()
    return [
        Telling(article, language, at, tuple(sorted(countries or ())), _words(numbers), _words(names))
        for article, language, at, countries, numbers, names in rows
    ]


def _words(text: str | None) -> frozenset[str]:
    return frozenset((text or "").splitlines())


def _add(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.register("pair_rows", pa.Table.from_pylist(rows))
        connection.execute("INSERT INTO story_pair BY NAME SELECT * FROM pair_rows")
        connection.execute("INSERT INTO parted SELECT article, other FROM pair_rows")
        connection.unregister("pair_rows")


def _group(connection: duckdb.DuckDBPyConnection, joining: Joining) -> None:
    """Stories of the articles whose pairs came or went, and of all that stood in one story with these."""
    connection.execute(
        "CREATE TEMP TABLE regrouping AS WITH met AS (SELECT article FROM parted UNION SELECT other FROM parted) "
        "SELECT article FROM met UNION SELECT s.article FROM story AS s WHERE s.story IN ("
        "SELECT t.story FROM story AS t JOIN met AS m ON m.article = t.article)"
    )
    pairs = connection.execute(
        "SELECT article, other, score FROM story_pair WHERE article IN (SELECT article FROM regrouping) "
        "ORDER BY article, other"
    ).fetchall()
    best: dict[int, float] = {}
    for one, other, score in pairs:
        best[one] = max(score, best.get(one, 0.0))
        best[other] = max(score, best.get(other, 0.0))
    stories = joining.groups(pairs)
    connection.execute("DELETE FROM story WHERE article IN (SELECT article FROM regrouping)")
    if stories:
        articles = sorted(stories)
        rows = pa.table({
            "article": pa.array(articles, pa.int64()),
            "story": pa.array([stories[article] for article in articles], pa.int64()),
            "score": pa.array([best[article] for article in articles], pa.float64()),
        })  # fmt: skip
        connection.register("story_rows", rows)
        connection.execute("INSERT INTO story BY NAME SELECT * FROM story_rows")
        connection.unregister("story_rows")
