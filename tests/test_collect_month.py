"""The proof: a month of a simulated site, collected by its clock; true curves against those rebuilt from readings."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from newsroom_site import NewsSite, SimulatedClock, Story, entry, served, stories
from newsrooms import rows
from readership import settings
from readership.pipeline import collect as collector
from readership.store import edition
from readership.store.ids import article_id

DAYS, STORIES = 30, 24
HOUR, DAY = 3600, 86_400
ALMATY = 5 * HOUR
"""Seconds of Asia/Almaty ahead of UTC in 2026."""
STAGES = (("under 6 h", 6 * HOUR, 900), ("6 to 48 h", 48 * HOUR, HOUR), ("2 to 30 d", 30 * DAY, DAY))

pytestmark = pytest.mark.slow
Intervals = list[tuple[int, int, int, int]]


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def stage(age: float) -> str:
    return next((name for name, limit, _ in STAGES if age < limit), "older")


@dataclass
class Month:
    """The collected month: the site with all it knows of itself, and the edition made of what was read."""

    site: NewsSite
    report: collector.Report
    store: Path
    edition: Path
    status: dict[str, list[dict[str, Any]]]
    intervals: dict[int, Intervals] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        keys = {self.id(story): story.key for story in self.site.stories}
        asked = "SELECT article, from_s, to_s, start_total, gained FROM interval ORDER BY article, from_s"
        for article, *one in rows(self.edition, asked):
            self.intervals[keys[article]].append(tuple(one))  # type: ignore[arg-type]

    @property
    def found(self) -> list[Story]:
        """Stories that were read at all."""
        return [story for story in self.site.stories if story.key in self.site.printed]

    def id(self, story: Story) -> int:
        """The store's id of a story."""
        return article_id("127.0.0.1", str(story.key))

    def buckets(self, size: int, shift: int = 0) -> Iterator[tuple[Story, int, int, int]]:
        """(story, bucket's start, true views, rebuilt views), clipped to what was observed of the story."""
        for story in self.found:
            one = self.intervals[story.key]
            first, last = one[0][0], one[-1][1]
            start = (first + shift) // size * size - shift
            while start < last:
                low, high = max(start, first), min(start + size, last)
                true = [story.curve(datetime.fromtimestamp(at, UTC)) for at in (low, high)]
                yield story, start, true[1] - true[0], rebuilt(one, high) - rebuilt(one, low)
                start += size


def rebuilt(intervals: Intervals, at: int) -> int:
    """F of DEFINITIONS: the rebuilt curve at a moment within the observed span."""
    start, end, total, gained = next(one for one in intervals if at <= one[1])
    return total + gained * (at - start) // (end - start)


@pytest.fixture(scope="module")
def month() -> Iterator[Month]:
    clock = SimulatedClock()
    site = NewsSite(clock, stories(STORIES, DAYS))
    with tempfile.TemporaryDirectory() as folder, served(site):
        (Path(folder) / "sites.toml").write_text(entry(site, sitemaps=[f"{site.base}/sitemap.xml"]))
        made = settings.load({"READERSHIP_DATA": folder})
        report = collector.collect(made, minutes=DAYS * 1440, clock=clock, take_in_s=10 * DAY, seed=1)
        pointer = edition.pointer(made.editions)
        assert pointer is not None
        yield Month(site, report, made.store, made.editions / pointer.file, collector.status(made, clock.now()))


def test_every_counter_that_was_printed_is_a_reading_once_and_nothing_else_is(month):
    asked = "SELECT article, observed_at, views FROM observation"
    read = Counter(
        (article, seconds(moment.replace(tzinfo=UTC)), views) for article, moment, views in rows(month.store, asked)
    )
    unchanged = Counter(path for _, path, status in month.site.log if status == 304)
    printed = Counter(
        (month.id(story), seconds(moment), views)
        for story in month.found
        for moment, views in month.site.printed[story.key]
    )
    assert set(read.values()) == {1}
    # The site counts pages that it made and answered 304 to; these printed nothing.
    silent = sum(count for path, count in unchanged.items() if path.startswith("/en/"))
    assert len(printed - read) == silent
    assert not read - printed


def test_views_are_conserved_exactly(month):
    asked = "SELECT article, total, coalesce(baseline, 0) FROM article_meter"
    totals = {article: (total, baseline) for article, total, baseline in rows(month.edition, asked)}
    assert set(totals) == {month.id(story) for story in month.found}
    hours, days = Counter(), Counter()
    for story, _, _, views in month.buckets(HOUR):
        hours[story.key] += views
    for story, _, _, views in month.buckets(DAY, ALMATY):
        days[story.key] += views
    for story in month.found:
        total, baseline = totals[month.id(story)]
        assert total == max(views for _, views in month.site.printed[story.key])
        assert baseline + hours[story.key] == baseline + days[story.key] == total


def test_days_of_the_edition_are_those_rebuilt_from_its_intervals(month):
    asked = "SELECT article, day, views FROM article_day"
    kept = {(article, str(day)): views for article, day, views in rows(month.edition, asked) if views}
    mine = {
        (month.id(story), str(datetime.fromtimestamp(start + ALMATY, UTC).date())): views
        for story, start, _, views in month.buckets(DAY, ALMATY)
        if views
    }
    assert kept == mine


def errors(month: Month, size: int, shift: int = 0) -> dict[str, float]:
    """Sum of absolute errors by sum of true views, of buckets by the age at which they start."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for story, start, true, views in month.buckets(size, shift):
        place = sums[stage(start - story.published.timestamp())]
        for n, value in enumerate((abs(views - true), true, 1)):
            place[n] += value
    for name, (wrong, true, count) in sums.items():
        print(f"{size // HOUR:3} h buckets, articles {name:10}: {wrong / true:7.2%} of {true} views in {count} buckets")
    return {name: wrong / true for name, (wrong, true, _) in sums.items()}


def test_rebuilt_curves_are_as_exact_as_the_schedule_allows(month):
    """Hours follow while an article is read by the quarter or the hour; later only its days do."""
    hours, days = errors(month, HOUR), errors(month, DAY, ALMATY)
    assert hours["under 6 h"] < 0.02
    assert hours["6 to 48 h"] < 0.10  # six views an hour: most of it is rounding to whole views
    assert hours["2 to 30 d"] < 0.55  # read once a day, while readers come by day more than by night
    assert days["under 6 h"] < 0.01
    assert days["6 to 48 h"] < 0.03
    assert days["2 to 30 d"] < 0.04


def test_articles_are_read_as_often_as_their_age_asks(month):
    late = []
    for story in month.found:
        asked = [moment for moment, path, _ in month.site.log if path == story.path]
        for before, after in pairwise(asked):
            age = (before - story.published).total_seconds() + month.site.latency
            every = next((every for _, limit, every in STAGES if age < limit), None)
            if every and not (story.deleted_at and after > story.deleted_at):
                late.append((after - before).total_seconds() - every)
    assert len(late) > 1000
    assert min(late) >= 0
    assert max(late) < 60


def test_no_request_is_closer_than_a_second_to_the_one_before(month):
    moments = [moment for moment, _, _ in month.site.log]
    assert len(moments) > 4000
    assert min((after - before).total_seconds() for before, after in pairwise(moments)) >= 1


def test_edits_and_deletions_are_seen(month):
    known = {row[0]: row[1:] for row in rows(month.edition, "SELECT article, revisions, vanished_at FROM article")}
    end, two_days = month.site.clock.now(), timedelta(days=2)
    deleted = edited = 0
    for story in month.found:
        revisions, vanished = known[month.id(story)]
        last = min(story.deleted_at or end, end)
        if story.deleted_at is None:
            assert vanished is None
        elif story.deleted_at < end - two_days:
            deleted += 1
            assert 0 <= vanished.replace(tzinfo=UTC).timestamp() - story.deleted_at.timestamp() <= DAY + 60
        if story.edited_at and story.edited_at < last - two_days:
            edited += 1
            assert revisions == 2
    assert deleted >= 2
    assert edited >= 2


def test_all_stories_are_found_and_requests_name_who_asks(month):
    out = [story for story in month.site.stories if story.published < month.site.clock.now() - timedelta(hours=1)]
    assert {story.key for story in out} <= set(month.site.printed)
    assert all(agent.startswith("Readership/") for agent in month.site.agents)
    assert month.report.rejected == 0
    assert month.status["sites"][0]["state"] == "collecting"
    assert month.status["sites"][0]["behind"] == 0
