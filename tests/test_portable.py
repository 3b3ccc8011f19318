"""The store's statements stay portable: as sqlglot trees they hold nothing that Spark refuses or answers otherwise.

sqlglot's own `unsupported_level=RAISE` lets every one of these constructs through, so the tree itself is walked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types

from readership.store import database

FOLDERS = ("rollups", "merge", "migrations")
ORDERED_INSIDE = (exp.GroupConcat,)
"""Aggregates whose ORDER BY survives the way to Spark (LISTAGG … WITHIN GROUP)."""
NODES: dict[type[exp.Expression], str] = {
    exp.PercentileCont: "quantile by interpolation or engine",
    exp.PercentileDisc: "quantile by interpolation or engine",
    exp.ApproxQuantile: "quantile by interpolation or engine",
    exp.Quantile: "quantile by interpolation or engine",
    exp.Median: "quantile by interpolation or engine",
    exp.GenerateSeries: "generated series",
    exp.DateBin: "time_bucket",
    exp.ArrayOverlaps: "&&",
    exp.DayOfWeekIso: "isodow",
    exp.PrimaryKey: "key or index",
    exp.PrimaryKeyColumnConstraint: "key or index",
    exp.UniqueColumnConstraint: "key or index",
    exp.ForeignKey: "key or index",
    exp.Anonymous: "function that sqlglot doesn't know",
    exp.Pragma: "statement that sqlglot doesn't know",
    exp.Command: "statement that sqlglot doesn't know",
}
WHOLE = {
    exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.INT, exp.DataType.Type.BIGINT,
}  # fmt: skip
ROUNDED = (exp.Floor, exp.Ceil, exp.Round, exp.UnixSeconds, exp.TimeToUnix, exp.IntDiv)
FLOATS = {exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE}


def complaints(sql: str) -> list[str]:
    """What a statement holds that is refused."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    found = [reason for node in tree.walk() for reason in _of_node(node)]
    found += _types(annotate_types(tree.copy(), dialect="duckdb"))
    return [*found, *_way_to_spark(sql)]


def _of_node(node: exp.Expression) -> Iterator[str]:
    for kind, reason in NODES.items():
        if isinstance(node, kind):
            yield reason
    if isinstance(node, exp.Div | exp.IntDiv | exp.Mod) and not _never_zero(node.expression):
        yield "division without nullif"
    elif isinstance(node, exp.Join):
        yield from _join(node)
    elif isinstance(node, exp.Group) and node.args.get("all"):
        yield "GROUP BY ALL"
    elif isinstance(node, exp.Func) and isinstance(node.this, exp.Order) and not isinstance(node, ORDERED_INSIDE):
        yield "aggregate with ORDER BY inside"
    elif isinstance(node, exp.Var | exp.Literal) and str(node.this).lower() == "isodow":
        yield "isodow"
    elif isinstance(node, exp.Create) and str(node.kind).upper() in ("INDEX", "SEQUENCE"):
        yield "key or index"
    elif isinstance(node, exp.DataType) and node.this == exp.DataType.Type.TIMESTAMPTZ:
        yield "instant with a zone"
    elif isinstance(node, exp.Merge) and not node.args["using"].find(exp.Qualify):
        yield "MERGE without QUALIFY in its source"


def _never_zero(divisor: exp.Expression) -> bool:
    divisor = divisor.unnest()
    return isinstance(divisor, exp.Nullif) or (isinstance(divisor, exp.Literal) and float(divisor.this) != 0)


def _join(join: exp.Join) -> Iterator[str]:
    if str(join.args.get("method") or "").upper() == "ASOF":
        yield "ASOF join"
    shared = {column.name.lower() for column in join.args.get("using") or ()}
    select = join.parent_select
    if shared and select and any(c.table and c.name.lower() in shared for c in select.find_all(exp.Column)):
        yield "USING followed by a qualified column"


def _types(tree: exp.Expression) -> Iterator[str]:
    """Floats that become whole numbers without floor, ceil or round: DuckDB rounds, Spark cuts off."""
    for cast in tree.find_all(exp.Cast):
        if cast.to.this in WHOLE and not isinstance(cast.this.unnest(), ROUNDED) and _is_float(cast.this):
            yield "float becomes a whole number"
    for division in tree.find_all(exp.IntDiv):
        if any(_is_float(side) for side in (division.this, division.expression)):
            yield "float becomes a whole number"


def _is_float(node: exp.Expression) -> bool:
    """Floats as far as the tree tells: by type, or by a `/` or a literal with a point in its arithmetic."""
    if node.type and node.type.this in FLOATS:
        return True
    inner = node.unnest()
    if isinstance(inner, exp.Div):
        return True
    if isinstance(inner, exp.Literal):
        return not inner.is_string and not inner.is_int
    return isinstance(inner, exp.Binary | exp.Neg) and any(
        _is_float(side) for side in (inner.this, inner.args.get("expression")) if isinstance(side, exp.Expression)
    )


def _way_to_spark(sql: str) -> list[str]:
    try:
        there = sqlglot.transpile(
            sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE, identify=False
        )
        trees = [sqlglot.parse_one(one, dialect="spark") for one in there]
    except sqlglot.errors.SqlglotError as error:
        return [f"no way to Spark: {str(error)[:80]}"]
    return ["no way to Spark: Command"] if any(tree.find(exp.Command) for tree in trees) else []


STATEMENTS = [
    pytest.param(statement, id=f"{folder}/{name}:{number}")
    for folder in FOLDERS
    for name in database.scripts(folder)
    if name.endswith(".sql")
    for number, statement in enumerate(database.script(folder, name), 1)
]


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) > 40


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_of_the_store_is_portable(statement: str) -> None:
    assert complaints(statement) == []


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT list(x ORDER BY k DESC) FROM t", "aggregate with ORDER BY inside"),
        ("SELECT list(x ORDER BY k, j) FROM t", "aggregate with ORDER BY inside"),
        ("SELECT array_agg(x ORDER BY k) FROM t", "aggregate with ORDER BY inside"),
        ("SELECT first(x ORDER BY k) FROM t", "aggregate with ORDER BY inside"),
        ("SELECT last(x ORDER BY k) FROM t", "aggregate with ORDER BY inside"),
        ("SELECT any_value(x ORDER BY k) FROM t", "aggregate with ORDER BY inside"),
        ("SELECT * FROM a ASOF JOIN b ON a.x >= b.x", "ASOF join"),
        ("SELECT * FROM a ASOF LEFT JOIN b ON a.x >= b.x", "ASOF join"),
        ("SELECT quantile_cont(x, 0.5) FROM t", "quantile by interpolation or engine"),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t", "quantile by interpolation or engine"),
        ("SELECT median(x) FROM t", "quantile by interpolation or engine"),
        ("SELECT * FROM generate_series(1, 3)", "generated series"),
        ("SELECT unnest(range(a, b)) FROM t", "generated series"),
        ("SELECT time_bucket(INTERVAL '1 day', x) FROM t", "time_bucket"),
        ("SELECT a && b FROM t", "&&"),
        ("SELECT a / b FROM t", "division without nullif"),
        ("SELECT a // b FROM t", "division without nullif"),
        ("SELECT a % b FROM t", "division without nullif"),
        ("SELECT a / 0 FROM t", "division without nullif"),
        ("SELECT a / (b + nullif(c, 0)) FROM t", "division without nullif"),
        ("SELECT isodow(d) FROM t", "isodow"),
        ("SELECT extract(isodow FROM d) FROM t", "isodow"),
        ("SELECT date_part('isodow', d) FROM t", "isodow"),
        ("SELECT a, sum(b) FROM t GROUP BY ALL", "GROUP BY ALL"),
        ("SELECT t.k FROM t JOIN u USING (k)", "USING followed by a qualified column"),
        ("SELECT a FROM t JOIN u USING (k) WHERE u.k = 1", "USING followed by a qualified column"),
        ("SELECT CAST(a / nullif(b, 0) AS BIGINT) FROM t", "float becomes a whole number"),
        ("SELECT (0.5 * a)::INTEGER FROM t", "float becomes a whole number"),
        ("SELECT CAST(sqrt(a) AS BIGINT) FROM t", "float becomes a whole number"),
        ("SELECT (a * 1.5) // 2 FROM t", "float becomes a whole number"),
        ("CREATE TABLE t (a BIGINT PRIMARY KEY)", "key or index"),
        ("CREATE TABLE t (a BIGINT, PRIMARY KEY (a))", "key or index"),
        ("CREATE TABLE t (a BIGINT UNIQUE)", "key or index"),
        ("CREATE INDEX i ON t (a)", "key or index"),
        ("CREATE SEQUENCE s", "key or index"),
        ("CREATE TABLE t (a TIMESTAMP WITH TIME ZONE)", "instant with a zone"),
        ("SELECT some_function_of_duckdb(a) FROM t", "function that sqlglot doesn't know"),
        ("EXPLAIN ANALYZE SELECT 1", "statement that sqlglot doesn't know"),
        ("PRAGMA database_size", "statement that sqlglot doesn't know"),
        (
            "MERGE INTO t USING (SELECT * FROM u) AS s ON t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)",
            "MERGE without QUALIFY in its source",
        ),
    ],
)
def test_a_refused_construct_is_caught(sql: str, reason: str) -> None:
    assert reason in complaints(sql)
    hidden = f"CREATE TEMP TABLE x AS SELECT * FROM ({sql}) AS q"
    if sql.startswith("SELECT"):
        assert reason in complaints(hidden), "also below another statement"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT date_trunc('month', d), sum(a) FILTER (WHERE b > 1) AS s FROM t GROUP BY date_trunc('month', d)",
        "SELECT * FROM t QUALIFY row_number() OVER (PARTITION BY a ORDER BY b DESC, c) = 1",
        "SELECT arg_max(a, b) FROM t",
        "SELECT string_agg(a, '; ' ORDER BY b) FROM t GROUP BY c",
        "SELECT a // nullif(b, 0), a // 3600, a % 7, CAST(floor(a / nullif(b, 0)) AS BIGINT) FROM t",
        "SELECT lag(a) OVER (PARTITION BY b ORDER BY c), first_value(a) OVER (PARTITION BY b ORDER BY c) FROM t",
        "SELECT a FROM t JOIN u USING (k) WHERE k = 1 AND t.b = 2",
        "SELECT CAST(epoch(a) AS BIGINT) FROM t",
    ],
)
def test_what_carries_over_is_let_through(sql: str) -> None:
    assert complaints(sql) == []
