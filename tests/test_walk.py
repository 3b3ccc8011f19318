"""The walk over falling counters against the reference, case by case and over thousands of random counters."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference as ref
from readership.store.walk import walk

HOUR = 3600
CASES = 20_000


def verdicts(times: list[int], values: list[int]) -> list[str]:
    return ["kept" if verdict.kept else "suspect" for verdict in walk(times, values)]


def expected(times: list[int], values: list[int]) -> list[tuple[str, int | None]]:
    judged = ref.judge(ref.Reading(at, views) for at, views in zip(times, values, strict=True))
    return [(one.status, one.epoch) for one in judged]


def compare(times: list[int], values: list[int]) -> None:
    found = walk(times, values)
    for verdict, (status, epoch) in zip(found, expected(times, values), strict=True):
        assert (verdict.kept, verdict.epoch + 1 if verdict.kept else None) == (status == "kept", epoch), (times, values)


@pytest.mark.parametrize(
    ("values", "gaps_h", "what"),
    [
        ([5, 9], 1, "kept kept"),
        ([100, 1000, 499], 1, "kept suspect kept"),  # ten times, then less than half: a misreading
        ([100, 1000, 500], 1, "kept kept kept"),  # exactly half is no misreading: a fall with a new epoch
        ([100, 999, 100], 1, "kept kept kept"),
        ([7, 1000, 7], 1, "kept suspect kept"),  # below 100 the floor counts
        ([7, 999, 7], 1, "kept kept kept"),
        ([100, 1000, 99], 1, "kept kept kept"),  # the next one fell below the old value: no misreading
        ([100, 1000], 1, "kept kept"),  # nothing follows
        ([50, 20, 50], 24, "kept suspect kept"),  # back exactly 48 h after the last kept reading
        ([50, 20, 50], 24.001, "kept kept kept"),
        ([50, 20, 10, 60], 12, "kept suspect suspect kept"),
        ([50, 20, 10, 49], 12, "kept kept suspect kept"),  # never 50 again, so 20 begins anew and 10 is stale beside it
        ([50, 20, 900, 1], 1, "kept suspect kept kept"),
        ([50, 20, 1000, 60], 1, "kept suspect suspect kept"),  # the way back is itself a misreading
    ],
)
def test_cases_by_hand(values: list[int], gaps_h: float, what: str) -> None:
    times = [round(k * gaps_h * HOUR) for k in range(len(values))]
    assert verdicts(times, values) == what.split()
    compare(times, values)


def test_no_reading_and_one_reading() -> None:
    assert walk([], []) == []
    assert verdicts([5], [0]) == ["kept"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 60, HOUR, 24 * HOUR - 1, 24 * HOUR, 24 * HOUR + 1, 48 * HOUR, 48 * HOUR + 1]),
            st.one_of(
                st.integers(0, 30), st.sampled_from([99, 100, 499, 500, 501, 999, 1000, 1001, 9999, 10000, 4999])
            ),
        ),
        max_size=12,
    )
)
@settings(max_examples=500, deadline=None)
def test_the_walk_agrees_with_the_reference(steps: list[tuple[int, int]]) -> None:
    times, at = [], 0
    for gap, _ in steps:
        at += gap
        times.append(at)
    compare(times, [views for _, views in steps])


def test_thousands_of_random_counters() -> None:
    rng = random.Random(20240229)
    suspects = epochs = 0
    for _ in range(CASES):
        times, values, at, views = [], [], 0, rng.choice((0, 90, 1000))
        for _ in range(rng.randrange(1, 14)):
            at += rng.choice((60, HOUR, 20 * HOUR, 24 * HOUR, 24 * HOUR + 1, 47 * HOUR, 49 * HOUR))
            views = rng.choice(
                (views, views + 7, views * 10, views * 12 + 1000, views // 2, max(0, views - 1), views // 11)
            )
            times.append(at)
            values.append(min(views, 10**12))
        compare(times, values)
        found = walk(times, values)
        suspects += sum(not one.kept for one in found)
        epochs += found[-1].epoch
    assert suspects > CASES / 10, "the random counters must hold suspect readings"
    assert epochs > CASES / 10, "the random counters must start new epochs"
