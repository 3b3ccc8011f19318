"""What is kept between runs: bounded, made once, and nothing of a failure."""

from __future__ import annotations

import threading
import time

import pytest

from readership.ui.kept import Kept


def test_the_least_recently_used_goes() -> None:
    kept: Kept[int] = Kept(2)
    kept.get("a", lambda: 1)
    kept.get("b", lambda: 2)
    kept.get("a", lambda: 0)
    kept.get("c", lambda: 3)
    assert [kept.get(key, lambda: 9) for key in ("a", "c")] == [1, 3]
    assert kept.get("b", lambda: 9) == 9


def test_values_that_weigh_too_much_together_go_and_a_giant_is_not_kept() -> None:
    kept: Kept[str] = Kept(100, len, limit=10)
    for key in "abc":
        kept.get(key, lambda: "12345")
    assert len(kept) == 2
    assert kept.get("giant", lambda: "x" * 11) == "x" * 11
    assert len(kept) == 0
    kept.get("d", lambda: "1234567890")
    assert len(kept) == 1, "what went no longer weighs"


def test_several_readers_at_once_make_a_value_once() -> None:
    kept: Kept[int] = Kept(10)
    made: list[int] = []

    def slow() -> int:
        time.sleep(0.05)
        made.append(1)
        return 7

    found: list[int] = []
    readers = [threading.Thread(target=lambda: found.append(kept.get("k", slow))) for _ in range(8)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert found == [7] * 8
    assert made == [1]


def test_a_failure_is_not_kept() -> None:
    kept: Kept[int] = Kept(10)
    with pytest.raises(ZeroDivisionError):
        kept.get("k", lambda: 1 // 0)
    assert kept.get("k", lambda: 3) == 3
