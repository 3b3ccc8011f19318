"""What runs an analyst's SQL: a process of its own with hard limits, started by `analyst.py` and ended with the answer.

It is run as a file, not as a module of the package, so that it loads nothing but DuckDB and Arrow. It reads its task
as one JSON object and answers with one JSON line, then the rows as an Arrow stream.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

ROWS_A_BATCH = 2_048

TABLE_FUNCTIONS = {"unnest", "range", "generate_series", "json_each", "json_tree", "repeat", "repeat_row"}
"""Functions that may stand after FROM; the edition's own macros besides."""

DENIED = re.compile(
    r"^(?:__.*|duckdb_.*|pragma_.*|read_.*|parquet_.*|inet_.*|enable_.*|disable_.*|verify_.*|has_.*_privilege|pg_(?!typeof$).*"
    r"|json_(?:execute|serialize|deserialize)_.*|current_(?:setting|database|catalog|query|query_id|schemas|connection_id"
    r"|transaction_id)|getvariable|setval|currval|nextval|setseed|write_log|sleep_ms|(?:force_)?checkpoint"
    r"|(?:copy|import)_database|database_(?:list|size)|(?:table|metadata|storage)_info|show|show_.*|functions|collations|platform"
    r"|user_agent|version|extension_versions|in_search_path|add_parquet_key|get_block_size|which_secret|query|query_table"
    r"|txid_current|(?:col|obj|shobj)_description)$"
)
"""Functions that tell of, or reach for, something else than the edition's rows."""


class Denied(Exception):
    """A question that isn't allowed; the words are for the person who asked."""


def main() -> None:
    """One question from standard input, its answer to standard output."""
    task: dict[str, Any] = json.load(sys.stdin)
    out = sys.stdout.buffer
    try:
        _limit(task)
        head, rows = _answer(task)
    except Denied as denied:
        head, rows = {"denied": str(denied)}, b""
    except (duckdb.Error, pa.ArrowException, MemoryError, OSError) as error:
        head, rows = _failed(error, task["edition"]), b""
    out.write(json.dumps(head).encode() + b"\n" + rows)


def _limit(task: dict[str, Any]) -> None:
    """The limits that hold whatever DuckDB thinks of them: memory, seconds of CPU, no files written."""
    for kind, most in (
        # What is written to is bounded by DATA; libraries and reserved addresses alone take a gigabyte of AS.
        (resource.RLIMIT_DATA, task["memory_mb"] << 20),
        (resource.RLIMIT_AS, 3 * task["memory_mb"] << 20),
        (resource.RLIMIT_CPU, task["cpu_s"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _answer(task: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    with _opened(task) as connection:
        check(task["sql"], connection)
        reader = connection.sql(task["sql"]).to_arrow_reader(ROWS_A_BATCH)
        batches, whole = _taken(reader, task["rows"], task["bytes"])
        schema = _named_once(reader.schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        for batch in batches:
            stream.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    return {"whole": whole}, sink.getvalue().to_pybytes()


def _opened(task: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The edition, attached under a name that tells nothing, and every door to the outside closed for good."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "memory_limit": f"{task['duckdb_mb']}MB",
            "threads": task["threads"],
            "temp_directory": "",
        },
    )
    connection.execute("ATTACH $path AS edition (READ_ONLY)", {"path": task["edition"]})
    connection.execute("USE edition")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def check(sql: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Let one SELECT pass that reads the edition's tables with functions that only compute.

    Raises:
        Denied: anything else.
        duckdb.Error: it can't be parsed.
    """
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        raise Denied("One statement at a time." if statements else "There is nothing to run.")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise Denied(f"Only SELECT can be run here, not {statements[0].type.name.replace('_', ' ')}.")
    found = connection.execute("SELECT json_serialize_sql($sql::VARCHAR)", {"sql": sql}).fetchone()
    tree = json.loads(found[0]) if found else {"error": True}
    if tree.get("error"):
        raise Denied("This form of SELECT can't be looked through before it is run, so it isn't run.")
    named = {str(key).lower() for node in _nodes(tree) for key in _ctes(node)}
    # Outside its scope such a name would mean the system's view again.
    if taken := named & _system_views(connection):
        raise Denied(f"A part of a question can't be called {min(taken)}.")
    _check_names(tree, _tables(connection) | named, _macros(connection))


def _check_names(tree: Any, tables: set[str], macros: set[str]) -> None:
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "BASE_TABLE":
            _check_table(node, tables)
        elif kind == "SHOW_REF" and node.get("query") is None:
            raise Denied("SHOW isn't possible here; the tables are listed beside.")
        elif kind == "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in TABLE_FUNCTIONS | macros:
                raise Denied(f"The table function {name} can't be used here.")
        elif "function_name" in node:
            name = str(node["function_name"]).lower()
            if DENIED.match(name) and name not in macros:
                raise Denied(f"The function {name} can't be used here.")


def _check_table(node: dict[str, Any], known: set[str]) -> None:
    name = str(node.get("table_name", "")).lower()
    catalogue, schema = str(node.get("catalog_name") or ""), str(node.get("schema_name") or "")
    if name not in known or catalogue not in ("", "edition") or schema not in ("", "main", "edition"):
        raise Denied(f"There is no table {'.'.join(part for part in (catalogue, schema, name) if part)[:80]} here.")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree, without recursion: deep nesting is somebody's first attack."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _ctes(node: dict[str, Any]) -> list[str]:
    names = node.get("cte_map")
    found = [one["key"] for one in names["map"]] if isinstance(names, dict) else []
    # A recursive one names itself in its own node.
    return [*found, *([node["cte_name"]] if node.get("cte_name") else [])]


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return _first(
        connection,
        "SELECT lower(table_name) FROM duckdb_tables() WHERE database_name = 'edition' AND NOT internal "
        "UNION SELECT lower(view_name) FROM duckdb_views() WHERE database_name = 'edition' AND NOT internal",
    )


def _macros(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return _first(
        connection,
        "SELECT lower(function_name) FROM duckdb_functions() WHERE database_name = 'edition' AND NOT internal",
    )


def _system_views(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return _first(connection, "SELECT lower(view_name) FROM duckdb_views() WHERE internal")


def _first(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    return {row[0] for row in connection.execute(sql).fetchall()}


def _taken(reader: pa.RecordBatchReader, rows: int, size: int) -> tuple[list[pa.RecordBatch], bool]:
    """Batches up to so many rows and bytes, and whether that was all."""
    batches: list[pa.RecordBatch] = []
    for batch in reader:
        if batch.num_rows > rows or batch.nbytes > size:
            kept = min(rows, batch.num_rows) if batch.nbytes <= size else 0
            return [*batches, batch.slice(0, kept)], False
        batches.append(batch)
        rows, size = rows - batch.num_rows, size - batch.nbytes
    return batches, True


def _named_once(schema: pa.Schema) -> pa.Schema:
    """Columns of one name told apart, as `views`, `views_2`."""
    taken: set[str] = set()
    for place, name in enumerate(schema.names):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        schema = schema.set(place, schema.field(place).with_name(free))
    return schema


def _failed(error: BaseException, path: str) -> dict[str, Any]:
    said = str(error).replace(path, "the edition")
    if isinstance(error, (MemoryError, duckdb.OutOfMemoryException)) or "Out of Memory" in said:
        return {"limit": "memory"}
    if isinstance(error, duckdb.PermissionException):
        return {"denied": "This reaches for something outside the edition."}
    return {"wrong": said[:1_000]}


if __name__ == "__main__":
    main()
