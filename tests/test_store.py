"""The store: one writer, idempotent merges, migrations, archive, editions; on a real DuckDB."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
import zipfile
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

import stores
from readership.errors import ArchiveDamaged, StoreBusy, StoreDamaged, StoreTooNew
from readership.models import Basis, Capture
from readership.pipeline.publish import publish
from readership.settings import Settings, load
from readership.store import archive, database, edition, schemas
from readership.store.ids import article_id
from readership.store.writer import Committed, locked, writer

NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stores.settings_of(tmp_path / "data")


def readings(*values: tuple[int, int]) -> list[dict[str, object]]:
    one = article_id("el.kz", "1")
    return [
        {"article": one, "meter": "public", "observed_at": datetime(2024, 5, day), "views": views}
        for day, views in values
    ]


def commit(settings: Settings, batch: str, rows: list[dict[str, object]]) -> Committed:
    with writer(settings) as store:
        article = {"article": article_id("el.kz", "1"), "site": "el.kz", "article_key": "1"}
        store.stage("article", schemas.table("article", [article]))
        store.stage("observation", schemas.table("observation", rows))
        return store.commit(batch, {"accepted": len(rows)}, started_at=NOW, finished_at=NOW)


# -- merging


def test_the_same_rows_are_added_once(settings: Settings) -> None:
    rows = readings((1, 10), (2, 20), (3, 30))
    assert commit(settings, "a", rows).added["observation"] == 3
    again = commit(settings, "b", list(reversed(rows)) + readings((4, 40)))
    assert (again.added["observation"], again.duplicates["observation"]) == (1, 3)


def test_rows_repeated_inside_one_batch_are_added_once(settings: Settings) -> None:
    assert commit(settings, "a", readings((1, 10)) * 5).added["observation"] == 1


def test_two_values_of_one_moment_are_both_kept(settings: Settings) -> None:
    commit(settings, "a", readings((1, 10)))
    assert commit(settings, "b", readings((1, 11))).added["observation"] == 1


def test_a_batch_loaded_again_has_one_row(settings: Settings) -> None:
    commit(settings, "a", readings((1, 10)))
    commit(settings, "a", readings((1, 10)))
    with duckdb.connect(str(settings.store)) as store:
        assert store.execute("SELECT count(*) FROM batch").fetchall() == [(1,)]


# -- one writer


def _hold(data: str, held: Event, done: Event) -> None:
    import sys

    sys.argv = ["/somewhere/readership", "ingest", "pages"]
    with locked(load({"READERSHIP_DATA": data})):
        held.set()
        done.wait(30)


def test_a_second_writer_waits_only_so_long_and_names_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page tested before leaves its script as the main module, which a spawned process would run.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules[__name__])
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path), held, done))
    holder.start()
    try:
        assert held.wait(30)
        impatient = load({"READERSHIP_DATA": str(tmp_path), "READERSHIP_LOCK_WAIT": "1"})
        began = time.monotonic()
        with pytest.raises(StoreBusy) as busy, locked(impatient):
            pass
        assert time.monotonic() - began < 5
        assert str(holder.pid) in busy.value.message
        assert "readership ingest" in busy.value.message
        assert "somewhere" not in busy.value.message
    finally:
        done.set()
        holder.join(30)
    with locked(impatient):
        assert settings_note(impatient)["pid"] != holder.pid


def settings_note(settings: Settings) -> dict[str, object]:
    found: dict[str, object] = json.loads(settings.lock.with_suffix(".json").read_text())
    return found


# -- migrations


def test_a_migration_and_its_record_are_one_transaction(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with writer(settings):
        pass
    names, script = database.scripts, database.script
    broken = ["CREATE TABLE half (a INTEGER)", "INSERT INTO half VALUES ('no number')"]
    monkeypatch.setattr(database, "scripts", lambda folder: [*names(folder), "9999_broken.sql"])
    monkeypatch.setattr(
        database, "script", lambda folder, name: broken if name.startswith("9999") else script(folder, name)
    )
    with pytest.raises(StoreDamaged), writer(settings):
        pass
    monkeypatch.undo()
    with writer(settings) as store:
        tables = {row[0] for row in store.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        applied = [row[0] for row in store.connection.execute("SELECT name FROM migration").fetchall()]
    assert "half" not in tables
    assert applied == names("migrations")


def test_a_store_of_a_newer_version_is_left_alone(settings: Settings) -> None:
    commit(settings, "a", readings((1, 10)))
    with duckdb.connect(str(settings.store)) as store:
        store.execute("INSERT INTO migration VALUES ('8888_future.sql', now()::TIMESTAMP)")
    before = settings.store.read_bytes()
    with pytest.raises(StoreTooNew, match="newer Readership"), writer(settings):
        pass
    assert settings.store.read_bytes() == before


# -- errors in plain words


def test_the_word_block_is_no_lock() -> None:
    damaged = duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at 3")
    assert isinstance(database.translated(damaged, Path("readership.duckdb")), StoreDamaged)
    held = duckdb.IOException("IO Error: Could not set lock on file: Conflicting lock is held")
    assert isinstance(database.translated(held, Path("readership.duckdb")), StoreBusy)


# -- archive


def captures() -> list[Capture]:
    return [
        Capture(b"page one \xff\x00", "in/a.html", "https://el.kz/a_1/", NOW, Basis.GIVEN, "text/html", 200),
        Capture("сайттан".encode(), "in/b.txt", None, None, Basis.UNKNOWN),
        Capture(b"", "in/c.txt", "https://el.kz/c_3/", NOW, Basis.WARC, None, 404),
    ]


def test_the_archive_gives_pages_back_as_they_came(tmp_path: Path) -> None:
    incoming = archive.Incoming(tmp_path, "b")
    for capture in captures():
        incoming.add_page(capture)
    hashes = incoming.close({"command": "ingest"})
    assert list(archive.pages(tmp_path / "b")) == captures()
    assert hashes == archive.hashes_of(tmp_path / "b")
    assert archive.described(tmp_path / "b")["command"] == "ingest"


def test_a_batch_given_up_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    for closed in (False, True):
        incoming = archive.Incoming(tmp_path, "b")
        incoming.add_page(captures()[0])
        if closed:
            incoming.close({})
        incoming.drop()
        assert not list(tmp_path.iterdir())


def test_a_folder_that_died_unfinished_is_swept(tmp_path: Path) -> None:
    archive.Incoming(tmp_path, "dead")
    assert archive.sweep(tmp_path) == [".incoming-dead"]
    assert not list(tmp_path.iterdir())


def test_a_damaged_archive_says_so_whatever_byte_is_wrong(tmp_path: Path) -> None:
    incoming = archive.Incoming(tmp_path, "b")
    for capture in captures() * 20:
        incoming.add_page(capture)
    incoming.close({})
    path = tmp_path / "b" / archive.PAGES
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        path.write_bytes(damaged)
        try:
            found = list(archive.pages(tmp_path / "b"))
        except ArchiveDamaged:
            continue
        assert [one.body for one in found] == [one.body for one in captures() * 20]


def test_pages_taken_out_of_an_archive_are_gone_from_its_bytes(tmp_path: Path) -> None:
    incoming = archive.Incoming(tmp_path, "b")
    for capture in captures():
        incoming.add_page(capture)
    incoming.close({})
    assert archive.rewrite_pages(tmp_path / "b", lambda capture: not capture.body.startswith(b"page one")) == 1
    with zipfile.ZipFile(tmp_path / "b" / archive.PAGES) as kept:
        assert len(kept.namelist()) == 3  # two pages and the manifest
    assert list(archive.pages(tmp_path / "b")) == captures()[1:]


# -- editions


def numbered(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.editions.glob("[0-9]*.duckdb"))


def test_a_publish_moves_the_pointer_and_old_editions_go(settings: Settings) -> None:
    for day in range(1, 7):
        commit(settings, f"b{day}", readings((day, 10 * day)))
        assert publish(settings).number == day
    assert numbered(settings) == ["000003.duckdb", "000004.duckdb", "000005.duckdb", "000006.duckdb"]
    now = edition.pointer(settings.editions)
    assert now is not None
    assert now.file == "000006.duckdb"


def test_a_failed_publish_leaves_the_current_edition(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(settings, "a", readings((1, 10)))
    before = publish(settings)
    commit(settings, "b", readings((2, 20)))

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(edition, "_move", fail)
    with pytest.raises(KeyboardInterrupt):
        publish(settings)
    assert edition.pointer(settings.editions) == before
    assert numbered(settings) == [before.file]
    assert not list(settings.editions.glob(".building-*"))


def test_other_macros_are_put_into_what_is_there(settings: Settings) -> None:
    commit(settings, "a", readings((1, 10)))
    one = (
        "CREATE TYPE worn AS STRUCT(a BIGINT)",
        "CREATE MACRO twice(x) AS 2 * x",
        "CREATE VIEW seen AS SELECT 1 AS x",
    )
    other = ("CREATE MACRO twice(x) AS x + x", "CREATE MACRO rows_of(x) AS TABLE SELECT twice(x) AS y")
    with locked(settings):
        before = edition.build(settings, (), one, NOW)
        after = edition.build(settings, (), other, NOW)
    assert (after.schema, after.touched) == (before.schema, 0), "only the macros are others"
    assert after.words != before.words
    with duckdb.connect(str(settings.editions / after.file), read_only=True) as connection:
        assert connection.execute("SELECT y FROM rows_of(4)").fetchall() == [(8,)]
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()
        assert views == [("article_day",), ("shared_article_day",)], "views that stand for tables stay"
        assert connection.execute("SELECT count(*) FROM duckdb_types() WHERE type_name = 'worn'").fetchall() == [(0,)]


def test_a_damaged_edition_is_made_anew_from_the_facts(settings: Settings) -> None:
    commit(settings, "a", readings((1, 10)))
    path = settings.editions / publish(settings).file
    data = bytearray(path.read_bytes())
    for at in range(12288, len(data), 997):
        data[at] ^= 0xFF
    path.write_bytes(data)
    assert edition.problem(path)
    commit(settings, "b", readings((2, 20)))
    done = publish(settings)
    assert edition.problem(settings.editions / done.file) is None
    assert done.articles == 1


def test_a_pointer_that_names_nothing_is_no_edition(settings: Settings) -> None:
    commit(settings, "a", readings((1, 10)))
    publish(settings)
    (settings.editions / edition.POINTER).write_text("{")
    assert edition.pointer(settings.editions) is None
    assert publish(settings).number == 2
