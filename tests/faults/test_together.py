"""Several at once: writers in turn, readers all the while, and an end that is asked for."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from pathlib import Path

from ground import FULL, Ground

import stores
from readership import queries
from readership.pipeline import keep


def start(data: Path, *arguments: object) -> subprocess.Popen[str]:
    """A command in the background."""
    return subprocess.Popen(
        stores.command(*arguments), env=stores.environment(data, READERSHIP_LOCK_WAIT="120"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_four_ingests_at_once_equal_the_serial_result(tmp_path: Path) -> None:
    inputs = [
        stores.zipped(tmp_path / f"{n}.zip", stores.copies(range(100 + 10 * n, 130 + 10 * n), 2, start=n % 2))
        for n in range(4)
    ]
    serial, data = tmp_path / "serial", tmp_path / "data"
    for one in inputs:
        stores.taken(stores.settings_of(serial), one)
    children = [start(data, "ingest", one) for one in inputs]
    for child in children:
        _, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    # Of a revision that several batches bring, the first one's provenance (the counter's text) is kept.
    order = ("provenance",)
    assert stores.facts(data, but=order) == stores.facts(serial, but=order)
    assert stores.sums(data) == stores.sums(serial)
    assert keep.check(stores.settings_of(data)).problems == []


SEEN = (
    "SELECT (SELECT count(*) FROM article), (SELECT sum(total) FROM article_meter), "
    "(SELECT sum(views) FROM article_day), (SELECT sum(views) FROM site_hour), (SELECT sum(gained) FROM interval)"
)


def test_readers_see_only_whole_editions(ground: Ground, tmp_path: Path) -> None:
    data = ground.copy(tmp_path / "data")
    settings = stores.settings_of(data)
    seen: dict[int, set[tuple[object, ...]]] = {}
    faults: list[BaseException] = []
    end = threading.Event()

    def read() -> None:
        while not end.is_set():
            try:
                current = queries.current(settings)
                assert current is not None
                with current.cursor() as cursor:
                    row = cursor.execute(SEEN).fetchall()[0]
                seen.setdefault(current.number, set()).add(row)
            except BaseException as error:
                faults.append(error)
                return
            time.sleep(0.1)

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(20 if FULL else 3):
            pages = stores.zipped(tmp_path / f"{turn}.zip", stores.copies(range(200, 220), 1, start=turn))
            child = start(data, "ingest", pages)
            _, err = child.communicate(timeout=120)
            assert child.returncode == 0, err
    finally:
        end.set()
        for thread in threads:
            thread.join(30)
    assert not faults, faults[0]
    assert len(seen) >= 3
    for number, rows in seen.items():
        assert len(rows) == 1, number
        _, _, days, hours, gained = next(iter(rows))
        assert days == hours == gained


def test_an_ingest_asked_to_end_ends_in_order(ground: Ground, tmp_path: Path) -> None:
    data = ground.copy(tmp_path / "data")
    given = stores.zipped(tmp_path / "many.zip", stores.copies(range(1000, 3000), 4))
    child = start(data, "ingest", given)
    until = time.monotonic() + 60
    while not _children(child.pid) and child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert child.poll() is None, child.communicate()
    time.sleep(1.5)  # a worker that is told to end while Python starts it prints a traceback of Python's own
    workers = _children(child.pid)
    began = time.monotonic()
    child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert child.returncode == 143
    assert "Traceback" not in err, err
    assert not list((data / "archive").glob(".incoming*"))
    assert keep.check(stores.settings_of(data)).problems == []
    assert stores.facts(data) == ground.before
    assert _gone(workers)


def test_workers_do_not_outlive_a_killed_ingest(ground: Ground, tmp_path: Path) -> None:
    data = ground.copy(tmp_path / "data")
    given = stores.zipped(tmp_path / "many.zip", stores.copies(range(1000, 3000), 4))
    child = start(data, "ingest", given)
    until = time.monotonic() + 60
    while len(_children(child.pid)) < 2 and child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.5)
    workers = _children(child.pid)
    child.kill()
    child.communicate(timeout=30)
    assert workers
    assert _gone(workers)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _gone(pids: list[int]) -> bool:
    """Whether all of them end within some seconds."""
    for _ in range(100):
        if not any(_alive(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
