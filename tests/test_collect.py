"""The collector: what is found, when it is read again, what it keeps to, what it remembers, what it tells."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsroom_site import START, NewsSite, SimulatedClock, Story, curve, entry, served
from newsrooms import rows
from readership import settings, sites
from readership.errors import ReadershipError, StoreBusy, StoreDamaged, StoreTooNew, UsageError
from readership.models import Collecting
from readership.pipeline import collect as collector
from readership.pipeline.collect import alarms, plan
from readership.pipeline.collect.spool import Spool
from readership.pipeline.collect.state import STEPS, State
from readership.pipeline.collect.status import file_of
from readership.pipeline.collect.work import tidy
from readership.sources.web import Answer

HOUR, DAY = 60.0, 1440.0
"""Minutes."""


def story(n: int, age_h: float = 1.0, views: float = 500, now: datetime = START) -> Story:
    published = now - timedelta(hours=age_h)
    return Story(73000 + n, published, curve(published, views, 5, 1))


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with served(NewsSite(SimulatedClock(), [story(n) for n in range(3)])) as made:
        yield made


@pytest.fixture
def data(tmp_path: Path) -> settings.Settings:
    return settings.load({"READERSHIP_DATA": str(tmp_path), "READERSHIP_SITES": str(tmp_path / "sites.toml")})


def run(data: settings.Settings, site: NewsSite, minutes: float | None = 30, **options: Any) -> collector.Report:
    table = options.pop("table", {})
    assert data.sites_file is not None
    data.sites_file.write_text(entry(site, **table))
    return collector.collect(data, minutes=minutes, clock=site.clock, **({"seed": 1, "take_in_s": 86_400} | options))


def asked(site: NewsSite, since: int = 0) -> Counter[str]:
    return Counter(path for _, path, _ in site.log[since:])


def of(data: settings.Settings, site: NewsSite) -> dict[str, Any]:
    (row,) = collector.status(data, site.clock.now())["sites"]
    return row


def at_work(data: settings.Settings) -> State:
    return State(file_of(data))


# -- finding ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "table",
    [
        {"feeds": ["/rss.xml"]},
        {"feeds": ["/atom.xml"]},
        {"feeds": ["/feed.json"]},
        {"sitemaps": ["/sitemap.xml"]},
        {"sitemaps": ["/news.xml"]},
        {"pages": ["/en/"], "links": r"^/en/.*_\d+/"},
        {"feeds": ["/rss.xml", "/atom.xml"], "sitemaps": ["/sitemap.xml"]},
    ],
    ids=lambda table: "+".join(table),
)
def test_articles_are_found_wherever_a_site_names_them_and_each_is_one(data, site, table):
    whole = {
        name: [site.base + url for url in value] if isinstance(value, list) else value for name, value in table.items()
    }
    report = run(data, site, once=True, table={"feeds": None} | whole)
    assert {path for path in asked(site) if "_730" in path} == {one.path for one in site.stories}
    assert max(asked(site).values()) == 1
    assert report.counts["article: read"] == 3


def test_a_feed_whose_links_are_not_the_site_s_says_so(data, site):
    assert data.sites_file is not None
    data.sites_file.write_text(entry(site).replace('["127.0.0.1"', '["river.kz"'))
    collector.collect(data, once=True, clock=site.clock, seed=1)
    (row,) = collector.status(data, site.clock.now())["documents"]
    assert "none of them is an article of this site" in row["said"]


def test_a_list_of_urls_is_enough(data, site):
    run(data, site, once=True, table={"feeds": None, "urls": [site.base + site.stories[1].path]})
    assert set(asked(site)) == {"/robots.txt", site.stories[1].path}


def test_links_to_other_sites_are_left_alone(data, site):
    other = "<rss><channel><item><link>https://example.org/a_73001/</link></item></channel></rss>"
    site.overrides["/rss.xml"] = (200, {}, other.encode())
    run(data, site, once=True)
    assert set(asked(site)) == {"/robots.txt", "/rss.xml"}


@pytest.mark.parametrize(
    ("url", "tidied"),
    [
        ("https://a.org/x?utm_source=rss&id=7", "https://a.org/x?id=7"),
        ("https://a.org/x?id=7", "https://a.org/x?id=7"),
        ("https://a.org/x?fbclid=abc", "https://a.org/x"),
        ("https://a.org/?p=12&q=", "https://a.org/?p=12&q="),
    ],
)
def test_tracking_is_cut_from_links_and_nothing_else_is(url, tidied):
    assert tidy(url) == tidied


# -- reading again ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hours", "minutes"),
    [(0, 15), (5.99, 15), (6, 60), (47.99, 60), (48, 1440), (719.9, 1440), (720, 43_200), (9000, 43_200)],
)
def test_an_article_is_read_again_by_its_age(hours, minutes):
    assert plan.interval(hours * 3600) == minutes * 60


def test_young_articles_come_before_old_ones_and_fast_before_slow_ones(data, site):
    site.stories = [
        story(0, 30),
        story(1, 2, views=100),
        story(2, 2, views=90_000),
        story(3, 100),
        story(4, 30, views=90_000),
    ]
    run(data, site, 90, table={"requests_per_hour": 300})
    since = len(site.log)
    site.clock.pass_by(4 * 3600)  # everything but the oldest is overdue
    run(data, site, 1)
    order = [path for _, path, _ in site.log[since:] if "_730" in path]
    assert order == [site.stories[n].path for n in (2, 1, 4, 0)]


def test_the_hourly_budget_is_never_passed_and_goes_to_the_young(data, site):
    site.stories = [story(n, 1) for n in range(3)] + [story(n, 40) for n in range(3, 15)]
    run(data, site, 4 * HOUR, table={"requests_per_hour": 20})
    moments = [moment for moment, _, _ in site.log]
    assert max(sum(start <= m < start + timedelta(hours=1) for m in moments) for start in moments) <= 20
    young = sum(asked(site)[one.path] for one in site.stories[:3])
    old = sum(asked(site)[one.path] for one in site.stories[3:])
    assert young > old
    assert of(data, site)["behind"] > 0


def test_the_clock_of_a_feed_is_the_age_of_what_was_never_read(data, site):
    """An old article that a feed dates as old waits for the young one, although neither was read yet."""
    site.stories = [story(0, 200), story(1, 1)]
    run(data, site, once=True)
    order = [path for _, path, _ in site.log if "_730" in path]
    assert order == [site.stories[1].path, site.stories[0].path]


# -- politeness ------------------------------------------------------------------------------------------------------
def gaps(site: NewsSite) -> list[float]:
    return [(after - before).total_seconds() for before, after in pairwise(moment for moment, _, _ in site.log)]


def test_requests_are_a_second_apart_after_restarts_too(data, site):
    for _ in range(5):
        run(data, site, 0.05)
    assert len(gaps(site)) > 3
    assert min(gaps(site)) >= 1


def test_an_owner_may_let_requests_be_closer_on_the_own_site(data, site):
    run(data, site, 1, table={"own_site": True, "min_interval_s": 0.3})
    assert 0.3 <= min(gaps(site)) < 1


def test_an_unchanged_page_is_asked_for_with_its_etag_and_is_no_reading(data, site):
    site.stories = [Story(73000, START - timedelta(hours=1), lambda _: 77)]
    report = run(data, site, 3 * HOUR)
    assert report.counts["article: read"] == 1
    assert report.counts["article: unchanged"] == 11
    assert report.rows["observation"] == 1


def test_once_a_day_a_page_is_read_whatever_its_etag_says(data, site):
    site.stories = [Story(73000, START - timedelta(hours=1), lambda _: 77)]
    run(data, site, 3.2 * DAY)
    page = [status for _, path, status in site.log if path == site.stories[0].path]
    assert page.count(200) == 3


def test_a_host_in_trouble_is_left_alone_ever_longer_and_read_when_it_is_back(data, site):
    run(data, site, 30)
    began = len(site.log)
    site.status = 500
    run(data, site, DAY)
    waits = gaps(site)[began:]
    assert len(site.log) - began < 20
    assert max(waits) > 3600
    assert waits[-1] > 10 * waits[0]
    site.status = None
    since = len(site.log)
    run(data, site, 10 * HOUR)
    assert all(asked(site, since)[one.path] for one in site.stories)
    assert of(data, site)["state"] == "collecting"


def test_back_off_is_not_the_same_for_all():
    waits = {plan.back_off(4, random.Random(seed)) for seed in range(20)}
    assert len(waits) == 20
    assert min(waits) >= 240
    assert max(waits) <= 720


def test_a_page_that_always_fails_does_not_keep_the_others_from_being_read(data, site):
    bad = site.stories[0].path
    site.overrides[bad] = (500, {}, b"broken")
    run(data, site, 6 * HOUR)
    assert asked(site)[bad] < 12
    assert all(asked(site)[one.path] > 15 for one in site.stories[1:])


def test_robots_txt_is_read_once_a_day(data, site):
    run(data, site, 2.5 * DAY)
    assert asked(site)["/robots.txt"] == 3


# -- what is kept ----------------------------------------------------------------------------------------------------
def test_gone_articles_vanish_and_are_asked_for_three_times_more_at_most(data, site):
    run(data, site, 20)
    site.stories[0].deleted_at = site.clock.now()
    since = len(site.log)
    run(data, site, 8 * DAY)
    assert asked(site, since)[site.stories[0].path] == plan.GONE_READINGS
    found = rows(data.store, "SELECT status, captured_at FROM capture WHERE status = 410 ORDER BY captured_at")
    assert len(found) == plan.GONE_READINGS
    assert all(moment is not None for _, moment in found)


def test_a_page_that_moves_within_its_key_is_read_and_one_that_leads_elsewhere_is_not_taken_for_it(data, site):
    one, two, three = site.stories
    site.overrides[one.path] = (301, {"Location": one.path.replace("river", "lake")}, b"")
    site.overrides[one.path.replace("river", "lake")] = (
        200,
        {"Content-Type": "text/html"},
        site.html(one, site.clock.now()).encode(),
    )
    site.overrides[two.path] = (302, {"Location": "/en/"}, b"")
    report = run(data, site, once=True)
    assert report.counts["article: read"] == 2
    assert report.counts["article: moved"] == 1
    keys = {key for (key,) in rows(data.store, "SELECT article_key FROM article")}
    assert keys == {str(one.key), str(three.key)}


def test_answers_are_kept_as_warc_with_status_and_headers_until_they_are_taken_in(data, site, monkeypatch):
    site.overrides[site.stories[0].path] = (404, {"Content-Type": "text/html", "Set-Cookie": "a=b"}, b"<h1>gone</h1>")

    def busy(*_: object, **__: object) -> None:
        raise StoreBusy("Somebody writes.")

    told: list[str] = []
    monkeypatch.setattr(collector, "ingest", busy)
    run(data, site, once=True, tell=told.append)
    (path,) = (data.data / "collect" / "spool").iterdir()
    with path.open("rb") as file:
        answers = {
            record.rec_headers["WARC-Target-URI"]: (record.http_headers, record.content_stream().read())
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    assert set(answers) == {site.base + one.path for one in site.stories}
    headers, body = answers[site.base + site.stories[0].path]
    assert (headers.get_statuscode(), headers["content-type"], body) == ("404", "text/html", b"<h1>gone</h1>")
    assert "set-cookie" not in headers
    assert any("waits in the spool" in line for line in told)
    monkeypatch.undo()
    report = run(data, site, once=True)
    assert report.rows["observation"] == 2
    assert not list((data.data / "collect" / "spool").iterdir())


def answer(n: int = 0) -> Answer:
    return Answer(f"https://a.org/{n}", 200, "OK", (("content-type", "text/html"),), b"<p>x</p>" * 500, b"", START)


@pytest.mark.parametrize("cut", [1, 8, 100, 300])
def test_a_torn_spool_file_is_cut_to_its_last_whole_answer(tmp_path, cut):
    spool = Spool(tmp_path, "Readership/0")
    spool.add(answer(1), "https://a.org/1")
    (torn,) = tmp_path.iterdir()
    whole = torn.stat().st_size
    spool.add(answer(2), "https://a.org/2")
    torn.write_bytes(torn.read_bytes()[: whole + cut])
    (path,) = Spool(tmp_path, "Readership/0").whole()
    assert path.stat().st_size == whole
    with path.open("rb") as file:
        assert [r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(file) if r.rec_type == "response"] == [
            "https://a.org/1"
        ]


def test_what_was_taken_in_but_not_dropped_before_the_end_is_not_taken_twice(data, site, monkeypatch):
    site.overrides[site.stories[0].path] = (
        200,
        {"Content-Type": "text/html"},
        b"<html><body>please log in</body></html>",
    )
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(data, site, once=True)
    monkeypatch.undo()
    count = "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM capture), (SELECT count(*) FROM reject)"
    before = rows(data.store, count)
    assert before == [(1, 2, 1)]
    assert list((data.data / "collect" / "spool").iterdir())
    report = run(data, site, once=True)
    assert rows(data.store, count) == before
    assert report.edition == 1
    assert not list((data.data / "collect" / "spool").iterdir())


def test_an_article_that_was_taken_down_is_never_asked_for_again(data, site):
    from readership.pipeline.takeback import forget

    run(data, site, 20)
    forget(data, "127.0.0.1", str(site.stories[0].key))
    since = len(site.log)
    run(data, site, 3 * HOUR)
    assert asked(site, since)[site.stories[0].path] == 0
    assert asked(site, since)[site.stories[1].path] > 3


def test_an_answer_that_waits_while_its_article_is_taken_down_is_not_archived(data, site, monkeypatch):
    from readership.pipeline.takeback import forget
    from readership.store import archive

    run(data, site, 20)

    def busy(*_: object, **__: object) -> None:
        raise StoreBusy("Somebody writes.")

    monkeypatch.setattr(collector, "ingest", busy)
    run(data, site, 60)
    monkeypatch.undo()
    forget(data, "127.0.0.1", str(site.stories[0].key))
    run(data, site, once=True)
    pages = [page.url for folder in data.archive.iterdir() for page in archive.pages(folder)]
    assert len(pages) > 5
    assert site.base + site.stories[0].path not in pages


def test_nothing_new_publishes_nothing(data, site):
    site.stories = [Story(73000, START - timedelta(hours=1), lambda _: 77)]
    assert run(data, site, 30).edition == 1
    assert run(data, site, 3 * HOUR).edition is None


# -- running ---------------------------------------------------------------------------------------------------------
def test_a_dry_run_says_the_plan_and_asks_nobody(data, site):
    assert data.sites_file is not None
    data.sites_file.write_text(entry(site))
    found = collector.collect(data, dry_run=True, clock=site.clock).plan
    assert [(row["what"], row["url"]) for row in found] == [("document", f"{site.base}/rss.xml")]
    run(data, site, once=True)
    since = len(site.log)
    found = collector.collect(data, dry_run=True, clock=site.clock).plan
    assert {row["url"] for row in found} == {f"{site.base}/rss.xml", *(site.base + one.path for one in site.stories)}
    assert all(row["due_at"].tzinfo and row["apart_s"] == 1 and row["requests_per_hour"] == 600 for row in found)
    assert len(site.log) == since


def test_once_reads_everything_once_and_ends(data, site):
    run(data, site, None, once=True)
    assert max(asked(site).values()) == 1
    assert len(site.log) == 5


def test_a_paused_site_is_left_alone_until_it_is_resumed(data, site):
    run(data, site, 20)
    collector.pause(data, "127.0.0.1")
    since = len(site.log)
    run(data, site, 3 * HOUR)
    assert len(site.log) == since
    assert of(data, site)["state"] == "paused"
    collector.resume(data, "127.0.0.1")
    run(data, site, 10)
    assert len(site.log) > since
    with pytest.raises(UsageError):
        collector.pause(data, "nobody.example")


def test_a_pause_is_obeyed_by_a_collector_at_work_and_says_whose_it_is(data, site):
    """Paused from outside in the midst of a run: nothing more is asked for, then or after a restart."""
    at: list[int] = []

    def stop(handler: Any) -> None:
        collector.pause(data, "127.0.0.1", "Aigerim", site.clock.now())
        at.append(len(site.log))

    site.overrides["/en/"] = stop
    run(data, site, 3 * HOUR, table={"pages": [site.base + "/en/"], "links": "x"})
    assert len(site.log) == at[0], "it went on after the pause"
    run(data, site, HOUR)
    assert len(site.log) == at[0]
    row = of(data, site)
    assert (row["health"], row["paused_by"], row["since"]) == ("paused", "Aigerim", row["paused_at"])
    collector.resume(data, "127.0.0.1")
    assert (of(data, site)["paused_by"], of(data, site)["paused_at"]) == (None, None)


def test_what_was_never_collected_is_not_paused_and_leaves_no_file(data):
    with pytest.raises(UsageError):
        collector.pause(data, "nobody.example")
    assert not file_of(data).exists()


def test_a_second_collector_is_told_that_one_runs(data, site):
    with collector._alone(data), pytest.raises(StoreBusy):
        run(data, site, once=True)


def test_several_sites_are_read_at_the_same_time_and_a_slow_one_holds_up_none(data):
    first, second = (
        NewsSite(collector.Clock(), [story(n, 3, now=datetime.now(UTC)) for n in range(2)]) for _ in range(2)
    )

    def slow(handler: Any) -> None:
        time.sleep(3)

    with served(first), served(second):
        second.overrides["/rss.xml"] = slow
        assert data.sites_file is not None
        table = {"own_site": True, "min_interval_s": 0}
        other = entry(second, **table).replace('["127.0.0.1"', '["localhost.example"')
        other = other.replace("http://127.0.0.1", "http://localhost.example")
        data.sites_file.write_text(entry(first, **table) + other)
        report = collector.collect(data, once=True, resolve=lambda *_: ["127.0.0.1"])
    pages = [moment for moment, path, _ in first.log if "_730" in path]
    began = next(moment for moment, path, _ in second.log if path == "/rss.xml")
    assert len(pages) == 2
    assert (max(pages) - began).total_seconds() < 2.5
    assert report.rows["observation"] == 2
    assert {row["site"]: row["trouble"] for row in collector.status(data)["sites"]}["localhost.example"] == "broken"


HANGING = """
import sys
from readership import settings
from readership.pipeline import collect
print("ready", flush=True)
collect.collect(settings.load({"READERSHIP_DATA": sys.argv[1]}), tell=lambda line: print(line, flush=True))
"""


def test_a_term_signal_ends_it_in_the_midst_of_a_request(data):
    site = NewsSite(collector.Clock(), [])
    with served(site):
        site.overrides["/rss.xml"] = lambda _: time.sleep(15)
        assert data.sites_file is not None
        data.sites_file.write_text(entry(site, own_site=True, min_interval_s=0))
        child = subprocess.Popen([sys.executable, "-c", HANGING, str(data.data)], stdout=subprocess.PIPE, text=True)
        while not any(path == "/rss.xml" for _, path, _ in site.log):
            time.sleep(0.05)
            assert child.poll() is None
        started = time.monotonic()
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=10)
    assert time.monotonic() - started < 5
    assert child.returncode == 0
    assert "Stopped" in out


# -- telling ---------------------------------------------------------------------------------------------------------
def test_a_site_that_is_down_shows_since_when_and_what_was_seen_last(data, site):
    run(data, site, 60)
    last, began = of(data, site)["ok_at"], site.clock.now()
    site.status = 503
    run(data, site, 5 * HOUR)
    row = of(data, site)
    assert (row["state"], row["trouble"]) == ("trouble", "server")
    assert began <= row["since"] <= began + timedelta(minutes=20)
    assert row["ok_at"] == last
    assert row["ok_url"].startswith(site.base)
    assert "503" in row["said"]
    found = collector.status(data, site.clock.now())
    assert found["errors"][0]["kind"] == "server"
    assert found["hosts"][0]["failures"] > 1


def test_a_wall_and_a_page_without_an_article_have_their_own_names(data, site):
    run(data, site, 20)
    site.overrides |= {one.path: (403, {}, b"pay") for one in site.stories}
    run(data, site, HOUR)
    assert of(data, site)["trouble"] == "wall"
    wall = b"<html><body><p>Please enable JavaScript</p></body></html>"
    site.overrides |= {one.path: (200, {"Content-Type": "text/html"}, wall) for one in site.stories}
    run(data, site, 3 * HOUR)
    assert of(data, site)["trouble"] == "no article"


def test_a_host_whose_name_leads_nowhere_is_unreachable(data, site):
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(host)

    assert data.sites_file is not None
    data.sites_file.write_text(entry(site, allow=[]).replace("127.0.0.1", "gone.example"))
    collector.collect(data, minutes=60, clock=site.clock, resolve=nowhere, seed=1)
    assert of(data, site)["trouble"] == "unreachable"
    assert site.log == []


def test_hours_count_captures_and_errors(data, site):
    run(data, site, 2 * HOUR)
    hours = collector.status(data, site.clock.now())["hours"]
    assert sum(row["captures"] for row in hours) == sum(asked(site)[one.path] for one in site.stories)
    assert sum(row["requests"] for row in hours) == len(site.log)
    assert sum(row["failed"] for row in hours) == 0


@pytest.mark.parametrize(
    ("change", "health"),
    [
        ({"status": 503}, "down"),
        ({"robots": "User-agent: *\nDisallow: /\n"}, "forbidden"),
        ({"latency": 9.0}, "slow"),
        ({}, "fine"),
    ],
    ids=["errors of the server", "robots.txt", "slow answers", "nothing wrong"],
)
def test_health_is_one_word_with_since_when(data, site, change, health):
    run(data, site, 20)
    began = site.clock.now()
    for name, value in change.items():
        setattr(site, name, value)
    run(data, site, 26 * HOUR)
    row = of(data, site)
    assert row["health"] == health
    assert (row["since"] is not None) == (health in ("down", "forbidden"))
    assert row["since"] is None or row["since"] >= began.replace(microsecond=0)
    assert row["ok_at"] is not None, "what was seen last is told in every case"


def test_a_wall_before_one_page_is_not_the_site_s(data, site):
    site.stories = [story(n) for n in range(6)]
    run(data, site, 20)
    site.overrides[site.stories[0].path] = (403, {}, b"pay")
    run(data, site, 3 * HOUR)
    assert of(data, site)["health"] == "fine"
    assert [row["kind"] for row in collector.status(data, site.clock.now())["errors"]] == ["wall"]
    site.overrides |= {one.path: (403, {}, b"pay") for one in site.stories}
    run(data, site, 3 * HOUR)
    assert of(data, site)["health"] == "walled"


def test_articles_that_wait_are_listed_with_how_late_they_are(data, site):
    run(data, site, 20)
    site.clock.pass_by(3600)
    behind = collector.status(data, site.clock.now())["behind"]
    assert {row["url"] for row in behind} == {site.base + one.path for one in site.stories}
    assert all(2700 <= row["late_s"] <= 3600 for row in behind)
    assert of(data, site)["behind"] == 3


def test_the_run_is_known_while_it_lasts_and_after_it_ended(data, site):
    seen: list[bool] = []
    site.overrides["/en/"] = lambda _: seen.append(bool(collector.status(data, site.clock.now())["run"][0]["running"]))
    run(data, site, 20, table={"pages": [site.base + "/en/"], "links": "x"})
    assert seen
    assert all(seen)
    (ended,) = collector.status(data, site.clock.now())["run"]
    assert not ended["running"]
    assert ended["ended_at"] is not None


# -- its memory ------------------------------------------------------------------------------------------------------
def test_a_memory_of_before_there_were_steps_is_brought_up_and_keeps_what_it_holds(data, site):
    old = sqlite3.connect(prepared(data))
    for statement in STEPS[0]:
        old.execute(statement)
    old.execute("INSERT INTO site (site, since, paused) VALUES ('127.0.0.1', 1, 1)")
    old.execute("INSERT INTO request (site, at, host, what, tier, url) VALUES ('127.0.0.1', 1, 'h', 'article', 0, 'u')")
    old.commit()
    old.close()
    assert of(data, site)["state"] == "paused", "asking for the status is enough"
    run(data, site, 60)
    assert site.log == []
    found = sqlite3.connect(file_of(data))
    assert found.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    assert found.execute("SELECT since FROM site").fetchone() == (1.0,)
    found.close()


def test_a_memory_of_a_newer_version_is_left_alone_and_says_so(data, site):
    run(data, site, 20)
    newer = sqlite3.connect(file_of(data))
    newer.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    newer.close()
    before = file_of(data).read_bytes()
    for ask in (
        lambda: run(data, site, 20),
        lambda: collector.status(data),
        lambda: collector.pause(data, "127.0.0.1"),
    ):
        with pytest.raises(StoreTooNew, match="newer Readership"):
            ask()
    assert file_of(data).read_bytes() == before


def test_a_memory_that_is_no_database_is_one_plain_line(data):
    prepared(data).write_bytes(b"not a database, not at all" * 400)
    with pytest.raises(StoreDamaged, match="can't be read"):
        collector.status(data)


def prepared(data: settings.Settings) -> Path:
    path = file_of(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_a_state_that_is_not_there_yet_is_empty(data):
    found = collector.status(data)
    assert set(found) == {"sites", "hours", "errors", "alarms", "behind", "next", "documents", "hosts", "run"}
    assert not any(found.values())
    assert not file_of(data).exists()


def test_a_fact_that_is_read_no_more_raises_an_alarm_that_ends_when_it_is_back(data, site):
    site.stories = [story(n, 1) for n in range(6)]
    told: list[str] = []
    run(data, site, 6 * HOUR, tell=told.append)
    assert collector.status(data)["alarms"] == []
    site.counter = False
    began = site.clock.now()
    run(data, site, 8 * HOUR, tell=told.append, take_in_s=7200)
    (alarm,) = collector.status(data)["alarms"]
    assert (alarm["kind"], alarm["about"]) == ("layout", "views")
    assert began < alarm["since"] < began + timedelta(hours=8)
    assert sum(line.startswith("Alarm") for line in told) == 1
    site.counter = True
    run(data, site, 2 * DAY)
    assert collector.status(data)["alarms"] == []


@pytest.mark.parametrize(
    ("days", "low", "high"),
    [
        ([10] * 28, 10.0, 10.0),
        ([0, 20] * 14, 0.0, 30.0),
        ([8, 12] * 14, 7.0, 14.0),
        ([0] * 27 + [28], 0.0, 11.392),
    ],
)
def test_the_usual_volume_is_a_band_around_the_mean_and_never_below_nothing(days, low, high):
    assert alarms.band(days) == pytest.approx((low, high), abs=0.01)


@pytest.mark.parametrize(
    ("week", "alarm"), [(9, False), (13, False), (14, False), (15, True), (6, True), (7, False), (0, True)]
)
def test_a_week_far_from_usual_raises_an_alarm(tmp_path, week, alarm):
    known = sites.load(None).named("el.kz")
    state = State(tmp_path / "collect.sqlite")
    now = START.timestamp()
    state.begin_site("el.kz", now - 60 * 86_400)
    midday = now - now % 86_400 + 3600
    for back in range(1, 36):
        for n in range(week if back <= 7 else (8, 12)[back % 2]):
            moment = midday - back * 86_400
            state.add_article("el.kz", f"{back}-{n}", "https://el.kz/x", "el.kz", moment, moment, 0)
    assert bool(alarms.volume(state, known, now)) == alarm
    state.do("UPDATE site SET since = ?", now - 30 * 86_400)
    assert alarms.volume(state, known, now) == []


# -- entries ---------------------------------------------------------------------------------------------------------
def test_an_entry_says_how_it_is_collected(tmp_path):
    (tmp_path / "s.toml").write_text('["el.kz".collect]\nfeeds = ["https://el.kz/rss"]\nrequests_per_hour = 30\n')
    site = sites.load(tmp_path / "s.toml").named("el.kz")
    assert site.collect == Collecting(feeds=("https://el.kz/rss",), requests_per_hour=30)
    assert site.layout == "elkz"
    assert any("https://el.kz/rss" in line for line in sites.explain(sites.load(tmp_path / "s.toml"), "el.kz"))


@pytest.mark.parametrize(
    "line",
    [
        "feeds = 'https://el.kz/rss'",
        "feeds = ['/rss']",
        "feed = ['https://el.kz/rss']",
        "min_interval_s = 0.5",
        "min_interval_s = -1",
        "own_site = 1",
        "requests_per_hour = 0",
        "requests_per_hour = true",
        "pages = ['https://el.kz/']",
        "links = 'x'",
        "pages = ['https://el.kz/']\nlinks = '('",
        "pages = ['https://el.kz/']\nlinks = '(a+)+b'",
        "allow = ['localhost:80']",
        "allow = ['10.0.0.1']",
    ],
)
def test_an_entry_that_can_not_be_meant_is_refused_with_what_to_do(tmp_path, line):
    (tmp_path / "s.toml").write_text(f'["el.kz".collect]\n{line}\n')
    with pytest.raises(UsageError) as told:
        sites.load(tmp_path / "s.toml")
    assert "el.kz" in str(told.value)


def test_nothing_to_collect_is_said(data, site):
    with pytest.raises(UsageError):
        collector.collect(settings.load({"READERSHIP_DATA": str(data.data)}))
    assert data.sites_file is not None
    data.sites_file.write_text(entry(site))
    with pytest.raises(UsageError):
        collector.collect(data, sites=["el.kz"], clock=site.clock)
    data.sites_file.write_text(entry(site, feeds=["http://user@127.0.0.1/rss"]))
    with pytest.raises(ReadershipError):
        collector.collect(data, clock=site.clock)
