"""The demo newsroom: seeded, true to its own curves, in the layouts that sites print."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from readership import sites
from readership.errors import UsageError
from readership.pipeline import demo
from readership.pipeline.demo.newsroom import Newsroom, Odd, build
from readership.pipeline.demo.prose import LANGUAGES, Voice, words
from readership.rates.header import Figure, disagreements

UNTIL = datetime(2026, 9, 17, 9, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
def room() -> Newsroom:
    return build(1500, 18, 2026, UNTIL)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, float]:
    folder = tmp_path_factory.mktemp("demo")
    build.cache_clear()
    start = time.perf_counter()
    count = demo.write_pages(folder, until=UNTIL)
    return folder / demo.PAGES, count, time.perf_counter() - start


def manifest(archive: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(archive) as pages:
        return list(csv.DictReader(io.StringIO(pages.read("manifest.csv").decode())))


def test_a_full_demo_has_thousands_of_pages_in_seconds(written: tuple[Path, int, float]) -> None:
    archive, count, seconds = written
    rows = manifest(archive)
    assert len(rows) == count
    assert 7_000 <= count <= 8_500
    assert seconds < 8
    with zipfile.ZipFile(archive) as pages:
        assert {row["file"] for row in rows} == set(pages.namelist()) - {"manifest.csv"}


def test_moments_are_rfc_3339_never_after_the_end_and_a_few_unknown(written: tuple[Path, int, float]) -> None:
    moments = [row["captured_at"] for row in manifest(written[0])]
    known = [datetime.fromisoformat(moment) for moment in moments if moment]
    assert all(moment.utcoffset() == timedelta(0) and moment <= UNTIL for moment in known)
    assert 5 <= moments.count("") <= 30
    assert max(known) > UNTIL - timedelta(minutes=15)


def test_equal_seeds_give_equal_bytes_and_other_seeds_do_not(tmp_path: Path) -> None:
    archives = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        build.cache_clear()
        (tmp_path / name).mkdir()
        demo.write_pages(tmp_path / name, articles=60, months=2, seed=seed, until=UNTIL)
        archives.append((tmp_path / name / demo.PAGES).read_bytes())
    assert archives[0] == archives[1] != archives[2]


def test_counters_on_pages_are_read_off_the_true_curve(room: Newsroom) -> None:
    true = demo.truth(until=UNTIL)
    for story in room.stories:
        curve = true[story.site, story.key]
        readings = [curve(visit.moment) for visit in story.visits]
        assert readings == sorted(readings)
        assert curve(story.published) == 0
        if story.reset is None:
            assert readings == [story.counter(visit.moment) for visit in story.visits]


def test_full_pages_print_the_counter_of_their_moment(room: Newsroom) -> None:
    checked = 0
    for name, story, visit, text in demo._pages(room, 2026):
        if story.site == "el.kz" and visit.layout in ("full", "amp", "html") and not visit.odd:
            plain = text.replace("\N{NO-BREAK SPACE}", "").replace(",", "")
            assert f"{story.counter(visit.moment)}" in plain, name
            checked += 1
    assert checked > 5_000


def test_exactly_one_counter_starts_anew_and_stays_below(room: Newsroom) -> None:
    (story,) = [story for story in room.stories if story.reset]
    before = [story.counter(v.moment) for v in story.visits if v.moment < story.reset]
    after = [story.counter(v.moment) for v in story.visits if v.moment >= story.reset]
    assert before
    assert after
    assert after[0] < before[-1]


def test_jumps_and_stale_copies_can_be_told_by_the_definitions(room: Newsroom) -> None:
    dice = demo.random.Random(1)
    seen = Counter()
    for story in room.stories:
        for number, visit in enumerate(story.visits):
            seen[visit.odd] += 1
            if visit.odd not in (Odd.JUMP, Odd.STALE):
                continue
            before, after = story.visits[number - 1], story.visits[number + 1]
            p, following = story.counter(before.moment), story.counter(after.moment)
            shown = demo._printed(story, visit, before, dice)
            if visit.odd is Odd.JUMP:
                assert shown >= 10 * max(p, 100)
                assert p <= following < shown / 2
            else:
                assert shown < p <= following
                assert after.moment - before.moment <= timedelta(hours=48)
    assert seen[Odd.JUMP] == 6
    assert seen[Odd.STALE] == 8
    assert seen[Odd.GONE] == 2


def test_the_newsroom_looks_alive(room: Newsroom) -> None:
    zone = ZoneInfo("Asia/Almaty")
    weekdays = Counter(story.published.astimezone(zone).weekday() for story in room.stories)
    assert weekdays[1] > weekdays[6] * 1.2
    assert all(6 <= story.published.astimezone(zone).hour <= 23 for story in room.stories)
    assert {story.language for story in room.stories} == set(LANGUAGES)
    assert len({story.site for story in room.stories}) == 6
    assert sum(UNTIL - story.published <= timedelta(days=2) for story in room.stories) >= 5
    assert len({story.wordings[0].title for story in room.stories}) > 1_100
    assert any(story.authors for story in room.stories)
    assert sum(len(story.wordings) == 2 for story in room.stories) > 50


def test_readings_are_dense_when_young(room: Newsroom) -> None:
    first = [(story.visits[0].moment - story.published) for story in room.stories]
    late = sum(age > timedelta(hours=48) for age in first)
    assert sorted(first)[len(first) // 2] < timedelta(hours=2)
    assert 10 <= late <= 120  # some baselines, as an archive has


def test_rates_walk_on_working_days_and_stand_still_at_weekends(room: Newsroom) -> None:
    days = room.market.header["KZT"]
    moved = defaultdict(int)
    for day, rates in list(days.items())[1:]:
        moved[day.weekday()] += rates != days[day - timedelta(days=1)]
    assert moved[5] == moved[6] == 0
    assert moved[2] > 60
    assert all(0.8 < r["EUR"] / r["USD"] < 1.6 and 20 < r["USD"] / r["RUB"] < 200 for r in days.values())


def test_demo_rates_name_their_source_as_demo(tmp_path: Path) -> None:
    count = demo.write_rates(tmp_path, articles=20, months=1, until=UNTIL)
    rows = list(csv.DictReader(io.StringIO((tmp_path / demo.RATES).read_text("utf-8"))))
    assert len(rows) == count > 100
    assert {row["source"] for row in rows} == {"demo"}


def test_a_few_cached_headers_disagree_with_another_capture_of_their_moment(room: Newsroom) -> None:
    figures = [
        Figure("el.kz", visit.moment, "USD", "KZT", demo._page(room, story, visit, 0).rates["USD"])
        for story in room.stories
        for visit in story.visits
        if story.site == "el.kz" and visit.layout == "full"
    ]
    assert 1 <= len(disagreements(figures)) <= 3


def test_urls_hold_the_keys_that_site_entries_read_from_them(room: Newsroom) -> None:
    entries = sites.load()
    for story in room.stories:
        for visit in story.visits:
            assert entries.key(demo._url(story, visit)) == (story.site, story.key)
        assert entries.named(story.site).zone == str(story.zone)


def test_no_sentence_of_the_shared_pages_was_copied(written: tuple[Path, int, float]) -> None:
    shared = Path(__file__).parents[2] / "shared" / "pages"
    if not shared.is_dir():
        pytest.skip("the folder of shared pages is not beside this repository")
    with zipfile.ZipFile(written[0]) as pages:
        ours = "\n".join(pages.read(name).decode() for name in pages.namelist())
    for path in shared.glob("*.txt"):
        for sentence in re.split(r"(?<=[.!?])\s+|\n", path.read_text("utf-8")):
            assert len(sentence) < 40 or sentence not in ours, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_can_be_filled(language: str) -> None:
    lists = words(language)
    for seed in range(3):
        voice = Voice(language, demo.random.Random(seed), month=1 + 4 * seed)
        templates = [t for topic in lists["topics"].values() for t in topic["titles"] + topic["sentences"]]
        for template in [*templates, *lists["closing"], *lists["updates"]]:
            said = voice.say(template)
            assert not set("{}[]|") & set(said), template
    assert {topic["section"] for topic in lists["topics"].values()} <= set(lists["sections"])
    assert set(lists["source"]) == set(lists["topics"])


@pytest.mark.parametrize("wrong", [{"articles": 0}, {"months": 0}, {"until": datetime(2026, 1, 1)}])
def test_a_call_that_makes_no_sense_is_refused_in_words(wrong: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        demo.write_pages(tmp_path, **({"until": UNTIL} | wrong))


def test_one_article_is_a_newsroom_too(tmp_path: Path) -> None:
    assert demo.write_pages(tmp_path, articles=1, months=1, until=UNTIL) >= 1
