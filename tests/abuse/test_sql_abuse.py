"""TRUST.md abuse 15 and 16: analysts' SQL reaches nothing but the edition's rows, and ends when it is told to."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from readership import queries, settings
from readership.queries import Edition, analyst

SECRET = "SECRET-OF-THE-SERVER"

REACHING = {
    "file": "SELECT * FROM read_text('{file}')",
    "file by name": "SELECT * FROM '{file}'",
    "file as bytes": "SELECT * FROM read_blob('{file}')",
    "csv": "SELECT * FROM read_csv('{file}', header = false)",
    "parquet": "SELECT * FROM parquet_metadata('{file}')",
    "glob": "SELECT * FROM glob('/*')",
    "sniff": "FROM sniff_csv('{file}')",
    "hidden in a subquery": "SELECT (SELECT max(content) FROM read_text('{file}'))",
    "hidden in a cte": "WITH a AS (SELECT * FROM read_text('{file}')) SELECT * FROM a",
    "hidden in a join": "SELECT * FROM article LEFT JOIN read_text('{file}') ON true",
    "hidden in a lateral": "SELECT * FROM site, LATERAL (SELECT * FROM read_text('{file}'))",
    "hidden in a describe": "SELECT * FROM (DESCRIBE SELECT * FROM read_text('{file}'))",
    "query()": "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "query_table()": "SELECT * FROM query_table('{file}')",
    "serialized": "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "network": "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    "extension": "INSTALL httpfs",
    "load": "LOAD parquet",
    "set": "SET enable_external_access = true",
    "set threads": "SET threads = 64",
    "reset": "RESET lock_configuration",
    "pragma": "PRAGMA database_list",
    "call": "CALL pragma_version()",
    "copy to": "COPY article TO '{out}'",
    "copy from": "COPY article FROM '{file}'",
    "export": "EXPORT DATABASE '{out}'",
    "attach": "ATTACH '{out}' AS other",
    "attach edition for writing": "ATTACH '{edition}' AS other (READ_WRITE)",
    "use": "USE system",
    "set variable": "SET VARIABLE x = 1",
    "variables": "SELECT getvariable('x')",
    "settings": "SELECT current_setting('temp_directory')",
    "settings table": "SELECT * FROM duckdb_settings()",
    "settings view": "SELECT * FROM pg_catalog.pg_settings",
    "databases": "SELECT path FROM duckdb_databases()",
    "databases view": "SELECT * FROM duckdb_databases",
    "schema of the system": "SELECT * FROM system.main.duckdb_databases",
    "a view behind a part of its name": (
        "SELECT * FROM (WITH duckdb_databases AS (SELECT 1 AS x) SELECT x FROM duckdb_databases), duckdb_databases"
    ),
    "secrets": "SELECT * FROM duckdb_secrets()",
    "environment": "SELECT getenv('HOME')",
    "logs": "SELECT * FROM duckdb_logs()",
    "information schema": "SELECT * FROM information_schema.schemata",
    "show": "SHOW DATABASES",
    "write": "INSERT INTO article (article) VALUES (1)",
    "delete": "DELETE FROM article",
    "create": "CREATE TABLE x AS SELECT 1",
    "temporary": "CREATE TEMP TABLE x AS SELECT 1",
    "drop": "DROP TABLE article",
    "stacked": "SELECT 1; SELECT 2",
    "stacked after a comment": "SELECT 1 /* ; */; DROP TABLE article --",
    "prepare": "PREPARE x AS SELECT 1",
    "python variable": "SELECT * FROM task",
    "explain": "EXPLAIN ANALYZE SELECT 1",
    "checkpoint": "CHECKPOINT",
    "log": "SELECT write_log('x')",
    "sleep": "SELECT sleep_ms(100)",
    "nothing": " ; ",
    "nul": "SELECT 1\0",
}

ENDLESS = {
    "cross join": "SELECT count(*) FROM range(10000000) a, range(10000000) b, range(100) c",
    "repeat": "SELECT length(repeat('x', 2000000000))",
    "repeated repeats": "SELECT string_agg(repeat('x', 1000000)) FROM range(100000)",
    "list of a billion": "SELECT list(x) FROM range(1000000000) AS t(x)",
    "recursion": "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
    "sort": "SELECT x FROM range(1000000000) AS t(x) ORDER BY hash(x) LIMIT 5 OFFSET 500000000",
    "deep": "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
    "wide": "SELECT " + ", ".join(f"repeat('x', 900000) AS c{n}" for n in range(3_000)),
}


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> Edition:
    found = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert found
    return found


@pytest.mark.parametrize("name", REACHING)
def test_nothing_but_rows_of_the_edition_is_reached(name: str, edition: Edition, tmp_path: Path) -> None:
    file, out = tmp_path / "secret.csv", tmp_path / "out"
    file.write_text(SECRET)
    before = edition.path.stat()
    sql = REACHING[name].replace("{file}", str(file)).replace("{out}", str(out)).replace("{edition}", str(edition.path))
    with pytest.raises(analyst.SqlRefused) as refused:
        analyst.run(sql, edition)
    assert SECRET not in str(refused.value)
    assert str(edition.path.parent) not in str(refused.value).replace(sql, "")
    assert not out.exists()
    assert (edition.path.stat().st_size, edition.path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.mark.parametrize("name", ENDLESS)
def test_a_question_without_end_is_ended(name: str, edition: Edition) -> None:
    began = time.monotonic()
    with pytest.raises((analyst.SqlEnded, analyst.SqlRefused)):
        analyst.run(ENDLESS[name], edition)
    assert time.monotonic() - began <= 6 + 1  # a second for a machine that does other things besides
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_000_000  # kB, of the largest child so far


def test_a_billion_rows_are_ten_thousand_and_it_says_so(edition: Edition) -> None:
    answer = analyst.run("SELECT * FROM range(1000000000)", edition)
    assert (answer.rows.num_rows, answer.whole) == (10_000, False)


def test_the_child_knows_nothing_of_our_environment(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READERSHIP_SECRET", SECRET)
    seen: list[dict[str, str]] = []
    real = analyst.subprocess.Popen

    def spy(*arguments: object, **named: object) -> object:
        seen.append(named["env"])  # type: ignore[arg-type]
        return real(*arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(analyst.subprocess, "Popen", spy)
    analyst.run("SELECT 1", edition)
    assert seen
    assert SECRET not in str(seen)
