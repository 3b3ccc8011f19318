"""A collector that is killed at any moment goes on without losing or doubling anything."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsroom_site import NewsSite, Story, curve, entry, served
from newsrooms import rows
from readership import settings
from readership.pipeline import collect as collector
from readership.pipeline.collect.state import State
from readership.pipeline.collect.status import file_of
from readership.pipeline.keep import check
from readership.store import edition

ARTICLES = 250
KILLS = 40 if os.environ.get("READERSHIP_FAULTS") == "full" else 6
CHILD = """
import sys
from readership import settings
from readership.pipeline import collect
collect.collect(settings.load({"READERSHIP_DATA": sys.argv[1]}), minutes=5, take_in_s=float(sys.argv[2]))
"""

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def killed(data: Path, site: NewsSite, after: float, take_in_s: float) -> None:
    """Starts a collector, waits until it has asked for something, or takes in what was left; kills it."""
    seen = len(site.log)
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(data), str(take_in_s)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 5
    while len(site.log) == seen and child.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert child.poll() is None
    time.sleep(after)
    child.kill()
    child.wait()


def test_a_collector_killed_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path):
    now = datetime.now(UTC)
    published = [now - timedelta(minutes=10 * n + 3) for n in range(ARTICLES)]
    site = NewsSite(collector.Clock(), [Story(73000 + n, at, curve(at, 500, 5, 1)) for n, at in enumerate(published)])
    dice = random.Random(7)
    with served(site):
        # In haste, as only the owner's own site may be asked, so that every kill hits something.
        named = [site.base + story.path for story in site.stories]
        (tmp_path / "sites.toml").write_text(
            entry(site, own_site=True, min_interval_s=0.03, requests_per_hour=36_000, urls=named)
        )
        for _ in range(KILLS):
            if len({path for _, path, _ in site.log}) <= ARTICLES:  # else there is nothing left to interrupt
                # Some die while they mostly read, some while they mostly take in and publish.
                killed(tmp_path, site, dice.uniform(0.0, 2.0), dice.choice((0.3, 0.3, 60)))
                print(len(site.log), "requests before a kill")
        made = settings.load({"READERSHIP_DATA": str(tmp_path)})
        finish(made)
    read = Counter(rows(made.store, "SELECT article, observed_at, views FROM observation"))
    printed = Counter(path for _, path, status in site.log if "river" in path and status == 200)
    state = State(file_of(made))
    known = state.rows("SELECT key, read_at, outcome FROM article")
    assert len(known) == ARTICLES
    assert all(row["outcome"] == "read" for row in known)
    assert set(read.values()) == {1}
    assert len({article for article, _, _ in read}) == ARTICLES
    # What the site gave out and the store lacks, a kill took between the answer's first byte and the spool: one each.
    assert sum(printed.values()) - KILLS <= len(read) <= sum(printed.values())
    assert check(made).sound
    assert not list((made.data / "collect" / "spool").iterdir())
    pointer = edition.pointer(made.editions)
    assert pointer is not None
    assert rows(made.editions / pointer.file, "SELECT count(*) FROM article_meter") == [(ARTICLES,)]


def finish(made: settings.Settings) -> None:
    """Runs until every article was read; after each kill one more request may have to be made again."""
    collector.collect(made, once=True)
    while any(row["what"] == "article" and row["due_at"] < datetime.now(UTC) for row in collector.status(made)["next"]):
        collector.collect(made, once=True)
