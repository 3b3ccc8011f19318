"""Answers of any length: little memory, all rows, the same order, and errors that come late in plain words."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from common import ROOT
from exporting import asked, rows_of_jsonl
from readership import exports, queries
from readership import settings as settings_module
from readership.errors import DiskFull, NoEdition, UsageError
from readership.queries import Edition, Selection
from readership.queries import edition as edition_module


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> Edition:
    found = queries.current(settings_module.load({"READERSHIP_DATA": str(newsroom)}))
    assert found is not None
    return found


def test_every_question_has_the_same_rows_apart_as_on_a_page(edition: Edition) -> None:
    for query in queries.catalogue():
        page = queries.stream(query.name, Selection(), edition)
        apart = queries.stream(query.name, Selection(), edition, rows=100, frugal=True)
        assert cells_of(apart) == cells_of(page), query.name


def cells_of(batches: Iterator[pa.RecordBatch]) -> list[str]:
    """Rows in an order of their own; sums of floats are the same to 12 digits whatever the threads."""
    rows = pa.Table.from_batches(batches).to_pylist()
    return sorted(
        str([float(f"{value:.12g}") if isinstance(value, float) else value for value in row.values()]) for row in rows
    )


def test_the_same_question_to_the_same_edition_gives_the_same_hash(edition: Edition) -> None:
    for query in queries.catalogue():
        digests = set()
        for _ in range(3):
            with exports.table(asked(query.name, edition=edition), "csv") as made:
                digests.add(made.sha256)
        assert len(digests) == 1, query.name


def test_a_connection_apart_reaches_nothing_but_the_edition(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with edition.apart() as connection:
        for sql in (
            f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/other.duckdb'",
            "CREATE TABLE edition.x AS SELECT 1",
            "SET memory_limit = '8GB'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
            "LOAD httpfs",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_a_connection_apart_leaves_nothing_behind(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    batches = queries.stream("articles", Selection(), edition, rows=10, frugal=True)
    assert next(batches).num_rows
    assert len(list(tmp_path.iterdir())) == 1
    del batches
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    list(queries.stream("articles", Selection(), edition, frugal=True))
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_fit_is_asked_again_with_the_memory_of_pages(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_with: list[bool] = []
    real = queries.stream

    def tight(*args: object, frugal: bool = False, **more: object) -> object:
        asked_with.append(frugal)
        batches = real(*args, frugal=frugal, **more)  # type: ignore[arg-type]
        yield next(batches)
        if frugal:
            raise queries.OutOfRoom("The question articles takes more memory than it may have.")
        yield from batches

    monkeypatch.setattr(queries, "stream", tight)
    with exports.table(asked(edition=edition), "jsonl") as made:
        rows = rows_of_jsonl(made.read())
    assert asked_with == [True, False]
    assert len(rows) == len({row["article"] for row in rows}) == edition.articles


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (OSError("Out of Memory Error: failed to pin block"), queries.OutOfRoom, "more memory"),
        (pa.ArrowInvalid("Conversion Error: Could not convert"), UsageError, "can't take"),
        (OSError("IO Error: Could not write file: No space left on device"), DiskFull, "no room"),
    ],
)
def test_errors_that_come_with_a_later_batch_are_ours(
    edition: Edition, said: Exception, kind: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Reader:
        schema = pa.schema([])

        def __next__(self) -> pa.RecordBatch:
            raise said

    monkeypatch.setattr(queries, "_batches", lambda *_args: iter(lambda: queries._next(Reader()), None))
    with pytest.raises(kind, match=words):
        list(queries.stream("articles", Selection(), edition, frugal=True))


def test_an_edition_that_is_gone_is_said_so(edition: Edition, tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(NoEdition, match="can't be opened"):
        list(queries.stream("articles", Selection(), replace(edition, path=tmp_path / "x'y.duckdb"), frugal=True))


MEASURE = """
import sys
sys.path[:0] = sys.argv[2:]
from exporting import asked
from readership import exports, queries, settings

def peak():
    # Not ru_maxrss: a process starts with that of the one that started it.
    lines = open("/proc/self/status").read().split("VmHWM:")
    return int(lines[1].split()[0]) / 1024

edition = queries.current(settings.load({"READERSHIP_DATA": sys.argv[1]}))
with exports.table(asked(edition=edition, limit="1000"), "csv") as made:
    made.read()
before = peak()
with exports.table(asked(edition=edition, order="title"), "csv") as made:
    size = sum(map(len, made))
    print(peak() - before, size, made.proof.rows)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured by /proc")
def test_a_million_articles_are_sorted_and_exported_in_200_mb(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    path = tmp_path / "editions" / "000001.duckdb"
    shutil.copy(edition.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO article BY NAME SELECT a.* REPLACE (a.article + n.range * 7919 AS article, "
            "a.article_key || '_' || n.range AS article_key, a.title || ' ' || hash(n.range) AS title) "
            "FROM article AS a, range(1, 1000000 // (SELECT count(*) FROM article) + 1) AS n"
        )
    pointer = json.loads((edition.path.parent / edition_module.POINTER).read_text()) | {"file": path.name, "number": 1}
    (tmp_path / "editions" / edition_module.POINTER).write_text(json.dumps(pointer))
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), str(ROOT / "tests"), str(ROOT / "src")],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    # Started by `-c`, DuckDB takes the process for a person's and may draw its progress before them.
    grown, size, rows = (float(word) for word in run.stdout.split()[-3:])
    assert rows >= 990_000
    assert size > 100_000_000
    assert grown <= 200, f"{grown:.0f} MB"


def test_the_limit_is_what_the_budget_allows() -> None:
    assert edition_module.APART_MB <= 128
