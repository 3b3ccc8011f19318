"""The ledger: what is on disk whole counts, what is torn or changed does not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from readership.store import ledger
from readership.store.ledger import Entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "ledger.jsonl"


def lines(path: Path, count: int) -> list[Entry]:
    entries = [
        Entry("batch", f"b{n}", f"2024-05-0{n + 1}T00:00:00+00:00", {"added": {"capture": n}}) for n in range(count)
    ]
    for entry in entries:
        ledger.append(path, entry)
    return entries


def test_what_was_written_is_read_in_order(path: Path) -> None:
    entries = lines(path, 4)
    assert ledger.read(path) == (entries, 0)


def test_a_file_that_is_not_there_holds_nothing(path: Path) -> None:
    assert ledger.read(path) == ([], 0)


def test_every_truncation_keeps_the_whole_lines_before_it(path: Path) -> None:
    entries = lines(path, 3)
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        found, broken = ledger.read(path)
        assert found == entries[: len(found)]
        assert len(found) >= data[:length].count(b"\n")
        assert broken <= 1


def test_no_flipped_bit_changes_what_a_line_says(path: Path) -> None:
    entries = lines(path, 3)
    data = path.read_bytes()
    rng = random.Random(3)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        found, _ = ledger.read(path)
        assert all(entry in entries for entry in found)
        assert len(found) >= 1


def test_a_torn_line_is_closed_off_by_the_next_one(path: Path) -> None:
    entries = lines(path, 2)
    path.write_bytes(path.read_bytes()[:-9])
    after = Entry("batch", "after", "2024-06-01T00:00:00+00:00")
    ledger.append(path, after)
    assert ledger.read(path) == ([entries[0], after], 1)


def test_undone_batches_are_not_live_and_forgotten_articles_are_known(path: Path) -> None:
    lines(path, 3)
    ledger.append(path, Entry("undo", "b1", "2024-06-01T00:00:00+00:00"))
    ledger.append(path, Entry("forget", "f1", "2024-06-01T00:00:00+00:00", {"site": "el.kz", "article_key": "7"}))
    entries, _ = ledger.read(path)
    assert list(ledger.live(entries)) == ["b0", "b2"]
    assert ledger.undone(entries) == {"b1"}
    assert ledger.forgotten(entries) == {("el.kz", "7")}
    assert [entry.batch for entry in ledger.unfinished(entries)] == ["f1"]
    ledger.append(path, Entry("purged", "f1", "2024-06-01T00:00:00+00:00", {"archive": {"b0": {"x": "1"}}}))
    entries, _ = ledger.read(path)
    assert ledger.unfinished(entries) == []
    assert ledger.amended(entries).archive == {"b0": {"x": "1"}}
