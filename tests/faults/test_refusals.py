"""Writes, syncs, renames and statements that fail, and disks that fill: the state is that before or that after."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ground import FULL, Ground
from points import Points, fail

import stores
from readership.errors import ReadershipError
from readership.pipeline.ingest import ingest


def test_every_kth_write_fails(ground: Ground, tmp_path: Path) -> None:
    counted = Points(fail)
    with pytest.MonkeyPatch.context() as patch:
        data = ground.copy(tmp_path / "counted")
        counted.install(patch.setattr, str(data))
        ingest(stores.settings_of(data), ground.given)
    assert counted.count > 100
    every = range(1, min(counted.count, 500) + 1)
    chosen = every if FULL else random.Random(21).sample(every, 6) + _kinds(counted.names)
    for at in chosen:
        data = ground.copy(tmp_path / str(at))
        refused = _failing(ground, data, at)
        facts = stores.facts(data) if refused else ground.after
        assert facts in (ground.before, ground.after), at
        assert stores.sums(data)["articles"]
        ground.proven(data)


def _kinds(names: list[str]) -> list[int]:
    """The last point of each kind: the ledger's sync, the pointer's replace, a file's write."""
    return [len(names) - names[::-1].index(name) for name in ("fsync", "rename", "replace", "write")]


def _failing(ground: Ground, data: Path, at: int) -> bool:
    """Whether an ingest was refused when its k-th point fails; it may only ever be refused in our own words."""
    with pytest.MonkeyPatch.context() as patch:
        Points(fail, at).install(patch.setattr, str(data))
        try:
            ingest(stores.settings_of(data), ground.given)
        except ReadershipError:
            return True
    return False


# -- a disk that fills

DRIVER = """
import sys
from readership.store import writer
writer.ROOM_FACTOR, writer.ROOM_FLOOR = 0, 0  # the look for room beforehand would be right, and end the test
from readership import cli
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    if os.geteuid() != 0:
        pytest.skip("a small disk can be mounted by root only")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk can't be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_disk_that_fills_costs_nothing_that_was_there(ground: Ground, disk: Path, tmp_path: Path) -> None:
    big = stores.counters(tmp_path / "big.csv", range(1000, 31000), 5)
    data = disk / "data"
    for turn in range(20 if FULL else 3):
        subprocess.run(["mount", "-o", "remount,size=24m", str(disk)], check=True)
        ground.copy(data)
        before = stores.sums(data)
        (disk / "filler").write_bytes(b"\0" * (turn * 7 % 20) * 1_000_000)
        done = subprocess.run(
            [sys.executable, "-c", DRIVER, "ingest", str(big)], env=stores.environment(data), capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        said = stores.plain(done)
        assert done.returncode == 6, said
        assert "full" in said
        assert said.count("\n") == 1
        assert stores.sums(data) == before
        subprocess.run(["mount", "-o", "remount,size=400m", str(disk)], check=True)
        assert stores.run(data, "ingest", big).returncode == 0
        assert stores.facts(data)["observation"][0] == ground.before["observation"][0] + 150_000
        assert stores.run(data, "check").returncode == 0
        subprocess.run(["rm", "-rf", str(data), str(disk / "filler")], check=True)


def test_too_little_room_is_told_before_anything_is_written(ground: Ground, disk: Path) -> None:
    data = ground.copy(disk / "data")
    done = stores.run(data, "ingest", *ground.given)
    assert done.returncode == 6
    assert "free disk are needed" in stores.plain(done)
    assert stores.facts(data) == ground.before
