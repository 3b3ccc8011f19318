"""What the fault tests start from: a small published store, an input for it, and what it adds up to afterwards."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from ground import Ground

import stores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are `faults`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A store of one batch and an input of pages and counters."""
    work = tmp_path_factory.mktemp("ground")
    data, done = work / "data", work / "done"
    stores.taken(stores.settings_of(data), stores.zipped(work / "first.zip", stores.copies(range(100, 110), 2)))
    given = (
        stores.zipped(work / "second.zip", stores.copies(range(105, 165), 4)),
        stores.counters(work / "counters.csv", range(100, 300), 5),
    )
    shutil.copytree(data, done)
    began = time.monotonic()
    assert stores.run(done, "ingest", *given).returncode == 0
    seconds = time.monotonic() - began
    return Ground(data, given, stores.facts(data), stores.facts(done), stores.sums(done), seconds)
