"""Killed at random moments, nothing that was acknowledged is lost, nothing is half there, nothing is there twice."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ground import FULL, Ground

import stores
from readership.pipeline import keep
from readership.store import edition, ledger

POINTS = Path(__file__).with_name("points.py")


def killed_at(data: Path, chosen: object, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A command that kills itself at one of its points."""
    return subprocess.run(
        [sys.executable, str(POINTS), str(chosen), *map(str, arguments)], env=stores.environment(data),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def killed_after(data: Path, seconds: float, *arguments: object) -> None:
    """A command that is killed from outside after some time."""
    child = subprocess.Popen(
        stores.command(*arguments), env=stores.environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(10)


def points_of(data: Path, *arguments: object) -> int:
    counted = killed_at(data, "-", *arguments)
    found = re.search(r"points=(\d+)", counted.stderr)
    assert found, counted.stderr[-2000:]
    return int(found[1])


def looked_at(ground: Ground, data: Path) -> None:
    """The next opening finds all or nothing of the batch, within five seconds, and has nothing to complain of."""
    began = time.monotonic()
    report = keep.check(stores.settings_of(data))
    assert time.monotonic() - began < 5 + 2 * ground.seconds
    assert [line for line in report.problems if "No edition" not in line] == []
    facts = stores.facts(data)
    assert facts in (ground.before, ground.after)
    acknowledged = len(ledger.live(ledger.read(stores.settings_of(data).ledger)[0]))
    assert acknowledged == (2 if facts == ground.after else 1)
    now = edition.pointer(stores.settings_of(data).editions)
    assert now is not None
    assert edition.problem(data / "editions" / now.file) is None


def test_ingest_killed_at_its_points(ground: Ground, tmp_path: Path) -> None:
    last = points_of(ground.copy(tmp_path / "counted"), "ingest", *ground.given)
    rng = random.Random(11)
    for turn in range(40 if FULL else 4):
        data = ground.copy(tmp_path / str(turn))
        assert killed_at(data, rng.randint(1, last), "ingest", *ground.given).returncode == -signal.SIGKILL
        looked_at(ground, data)
        ground.proven(data)


def test_ingest_killed_at_random_moments(ground: Ground, tmp_path: Path) -> None:
    rng = random.Random(12)
    for turn in range(20 if FULL else 2):
        data = ground.copy(tmp_path / str(turn))
        killed_after(data, rng.uniform(0.3, 1) * ground.seconds, "ingest", *ground.given)
        looked_at(ground, data)
        ground.proven(data)


@pytest.mark.parametrize("word", ["COMMIT", "CHECKPOINT", "INSERT INTO batch", "DETACH"])
def test_ingest_killed_at_the_moments_that_matter(ground: Ground, tmp_path: Path, word: str) -> None:
    data = ground.copy(tmp_path / "data")
    assert killed_at(data, f"statement={word}", "ingest", *ground.given).returncode == -signal.SIGKILL
    looked_at(ground, data)
    ground.proven(data)


def test_publish_killed_at_its_points(ground: Ground, tmp_path: Path) -> None:
    ready = ground.copy(tmp_path / "ready")
    stores.taken(stores.settings_of(ready), *ground.given, publish=False)
    before = edition.pointer(ready / "editions")
    done = Ground(ready, ground.given, ground.before, ground.after, ground.sums, ground.seconds)
    last = points_of(done.copy(tmp_path / "counted"), "publish")
    rng = random.Random(13)
    for turn in range(20 if FULL else 3):
        data = done.copy(tmp_path / str(turn))
        assert killed_at(data, rng.randint(1, last), "publish").returncode == -signal.SIGKILL
        now = edition.pointer(data / "editions")
        assert now == before or stores.sums(data) == ground.sums
        assert stores.run(data, "publish").returncode == 0
        assert stores.sums(data) == ground.sums
        assert not list((data / "editions").glob(".building-*"))


def test_backup_killed_leaves_no_backup_or_a_whole_one(ground: Ground, tmp_path: Path) -> None:
    data = ground.copy(tmp_path / "data")
    rng = random.Random(14)
    began = time.monotonic()
    assert stores.run(data, "backup", tmp_path / "timed.tar").returncode == 0
    seconds = time.monotonic() - began
    for turn in range(20 if FULL else 2):
        target = tmp_path / f"{turn}.tar"
        killed_after(data, rng.uniform(0.5, 1) * seconds, "backup", target)
        if not target.exists():
            assert stores.run(data, "backup", target).returncode == 0
        other = stores.settings_of(tmp_path / f"restored-{turn}")
        assert keep.restore(other, target).problems == []
        assert stores.facts(other.data) == ground.before
