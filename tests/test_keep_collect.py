"""Backup and restore of what the collector remembers and of answers that wait to be taken in."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsroom_site import START, NewsSite, SimulatedClock, Story, curve, entry, served
from newsrooms import rows
from readership import settings
from readership.accounts import annotations
from readership.accounts.people import LOCAL
from readership.pipeline import collect as collector
from readership.pipeline import keep
from readership.pipeline.collect import state as memory
from readership.pipeline.collect.status import file_of


@pytest.fixture
def site() -> Iterator[NewsSite]:
    began = START - timedelta(hours=1)
    with served(
        NewsSite(SimulatedClock(), [Story(73000 + n, began, curve(began, 500, 5, 1)) for n in range(3)])
    ) as made:
        yield made


def folder(path: Path) -> settings.Settings:
    path.mkdir(exist_ok=True)
    return settings.load({"READERSHIP_DATA": str(path), "READERSHIP_SITES": str(path / "sites.toml")})


def collected(own: settings.Settings, site: NewsSite, minutes: float) -> collector.Report:
    assert own.sites_file is not None
    own.sites_file.write_text(entry(site))
    return collector.collect(own, minutes=minutes, clock=site.clock, seed=1, take_in_s=86_400)


def test_a_restored_collector_goes_on_where_it_was(site, tmp_path):
    own = folder(tmp_path / "a")
    collected(own, site, 40)
    keep.backup(own, tmp_path / "kept.tar")
    asked = len(site.log)
    other = folder(tmp_path / "b")
    keep.restore(other, tmp_path / "kept.tar")
    before, after = (collector.status(one, site.clock.now()) for one in (own, other))
    assert after == before
    collected(other, site, 5)
    assert len(site.log) == asked, "nothing had its turn, so nothing is asked for again"


def test_answers_that_wait_are_in_the_backup_and_are_taken_in_after_it(site, tmp_path, monkeypatch):
    own = folder(tmp_path / "a")
    collected(own, site, 20)
    with monkeypatch.context() as patch:
        patch.setattr(collector._Run, "_take_in", lambda self: None)
        collected(own, site, 20)
    waiting = list((file_of(own).parent / "spool").iterdir())
    assert waiting
    keep.backup(own, tmp_path / "kept.tar")
    other = folder(tmp_path / "b")
    keep.restore(other, tmp_path / "kept.tar")
    collected(other, site, 1)
    told = sum(len(views) for views in site.printed.values())
    assert rows(other.store, "SELECT count(*) FROM capture") == [(told,)]


def test_a_file_that_goes_while_it_is_copied_is_no_trouble(site, tmp_path, monkeypatch):
    own = folder(tmp_path / "a")
    collected(own, site, 20)
    spool = file_of(own).parent / "spool"
    (spool / "x.warc.gz").write_bytes(b"x")
    read = Path.read_bytes

    def gone(path: Path) -> bytes:
        if path.name == "x.warc.gz":
            path.unlink()
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", gone)
    keep.backup(own, tmp_path / "kept.tar")
    with tarfile.open(tmp_path / "kept.tar") as tar:
        assert "collect/collect.sqlite" in tar.getnames()
        assert not [name for name in tar.getnames() if name.endswith("x.warc.gz")]


def test_a_restore_over_an_old_log_of_a_database_does_not_play_it_into_the_new_one(site, tmp_path):
    own = folder(tmp_path / "a")
    collected(own, site, 20)
    annotations.add(own, START, "kept", scope="personal", owner=LOCAL.key, now=START)
    keep.backup(own, tmp_path / "kept.tar")
    other = folder(tmp_path / "b")
    for path in (other.state, file_of(other)):
        path.parent.mkdir(exist_ok=True)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).write_bytes(b"of another database")
    keep.restore(other, tmp_path / "kept.tar")
    for path in (other.state, file_of(other)):
        assert not [left for left in path.parent.glob(f"{path.name}-*") if left.read_bytes().startswith(b"of another")]
    assert [note.text for note in annotations.listed(other, owner=LOCAL.key)] == ["kept"]
    with sqlite3.connect(file_of(other)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(memory.STEPS),)
