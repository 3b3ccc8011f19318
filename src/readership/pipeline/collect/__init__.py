"""The collector: reads sites again and again, politely and safely, and takes what it read into the store.

Found articles, what each host wants, and when everything has its turn stand in `data/collect/collect.sqlite`; answers
wait in `data/collect/spool` as WARC files until the next taking-in. docs/collect.md says what each setting means.
"""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from readership import sites as site_entries
from readership.errors import StoreBusy, UsageError
from readership.models import Site
from readership.pipeline import batches, recover
from readership.pipeline.collect import alarms
from readership.pipeline.collect.clock import Clock
from readership.pipeline.collect.spool import Spool, purge
from readership.pipeline.collect.state import State
from readership.pipeline.collect.status import file_of, pause, resume, status
from readership.pipeline.collect.work import Worker
from readership.pipeline.ingest import Options, ingest
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.sites import Sites
from readership.sources import addresses
from readership.sources.addresses import Resolver
from readership.sources.web import Bounds, Web
from readership.store import archive, disk, ledger

__all__ = ["Clock", "Report", "collect", "pause", "resume", "status"]

TAKE_IN_S = 300
"""Seconds between two takings-in (and editions) while the collector runs."""
COMMAND = "collect"
WORKERS = 8
"""Sites read at the same time."""


@dataclass
class Report:
    """What a run did.

    Attributes:
        counts: `article: read`, `article: unchanged`, `document: read`, `found` … → how many.
        batches: ids of the batches taken in.
        edition: number of the last edition published; None when nothing was new.
        rows: rows new to the store, by fact.
        rejected: captures that ingest refused.
        plan: of a dry run: site, what, url, due_at, requests_per_hour, apart_s.
    """

    counts: Counter[str] = field(default_factory=Counter)
    batches: list[str] = field(default_factory=list)
    edition: int | None = None
    rows: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    plan: list[dict[str, Any]] = field(default_factory=list)


def _nothing_more(_settings: Settings) -> None:
    pass


def _silent(_: str) -> None:
    """Nobody listens."""


@disk.plainly()
def collect(
    settings: Settings,
    *,
    sites: Sequence[str] | None = None,
    once: bool = False,
    minutes: float | None = None,
    dry_run: bool = False,
    clock: Clock | None = None,
    tell: Callable[[str], None] = _silent,
    take_in_s: float = TAKE_IN_S,
    resolve: Resolver = addresses.system,
    bounds: Bounds | None = None,
    seed: int | None = None,
    published: Callable[[Settings], None] = _nothing_more,
) -> Report:
    """Collects the sites whose entries say how.

    Args:
        sites: names of the sites; all that have a table `collect` when None.
        once: read what is due now, then end.
        minutes: end after this time. Neither: for ever, until SIGTERM, SIGINT or `clock.stop()`.
        dry_run: ask nobody for anything; say what would be asked for.
        tell: given a line now and then.
        take_in_s: seconds between two takings-in.
        seed: of the jitter in back-offs, for tests.
        published: called after each new edition; whatever it does must not raise.

    Raises:
        UsageError: no site to collect, or an entry that can't be used.
        StoreBusy: a collector runs already.
        StoreDamaged, DiskFull: as at ingest; what was read stays in the spool.
    """
    known = site_entries.load(settings.sites_file)
    chosen = _chosen(known, sites)
    clock = clock or Clock()
    if dry_run:
        return Report(plan=_planned(settings, chosen, clock.now()))
    run = _Run(settings, known, chosen, clock, tell, take_in_s, resolve, bounds, seed, published)
    with _alone(settings), _stoppable(clock):
        return run.go(once, None if minutes is None else clock.now().timestamp() + minutes * 60)


def agent() -> str:
    """The name under which requests are made."""
    try:
        number = version("readership")
    except PackageNotFoundError:
        number = "0"
    return f"Readership/{number}"


def _chosen(known: Sites, names: Sequence[str] | None) -> list[Site]:
    able = [site for site in known.all if site.collect is not None]
    if names is not None:
        wanted = {name.lower() for name in names}
        if unknown := sorted(wanted - {site.name for site in able}):
            raise UsageError(f"“{unknown[0]}” has no table collect in its site entry.", "See docs/collect.md.")
        able = [site for site in able if site.name in wanted]
    if not able:
        raise UsageError(
            "No site is to be collected.", "Add a table [name.collect] to your sites.toml: docs/collect.md."
        )
    for site in able:
        _check_urls(site)
    return able


def _check_urls(site: Site) -> None:
    assert site.collect is not None
    for url in (*site.collect.sitemaps, *site.collect.feeds, *site.collect.pages, *site.collect.urls):
        try:
            addresses.normal(url)
        except addresses.AddressRefused as error:
            raise UsageError(f"Site entry “{site.name}”: collect can't use {url[:100]}: {error.message}") from None


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    folder = file_of(settings).parent
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(folder / "collect.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusy("A collector runs already on this data folder.", "Stop it, or leave it to its work.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _stoppable(clock: Clock) -> Iterator[None]:
    """SIGTERM and SIGINT end the run in an orderly way; where signals can't be caught, `clock.stop()` does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: clock.stop()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _planned(settings: Settings, chosen: Sequence[Site], now: datetime) -> list[dict[str, Any]]:
    """What would be requested, in order: what the state knows, and for new sites what their entries name."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for site in chosen:
        assert site.collect is not None
        documents = (*site.collect.sitemaps, *site.collect.feeds, *site.collect.pages)
        for what, urls in (("document", documents), ("article", site.collect.urls)):
            for url in map(addresses.normal, urls):
                known[site.name, url] = {"site": site.name, "what": what, "url": url, "due_at": now}
    paces = {site.name: site.collect for site in chosen}
    for row in status(settings, now)["next"]:
        if row["site"] in paces:
            known[row["site"], row["url"]] = {name: row[name] for name in ("site", "what", "url", "due_at")}
    for row in known.values():
        pace = paces[row["site"]]
        assert pace is not None
        row |= {"requests_per_hour": pace.requests_per_hour, "apart_s": pace.min_interval_s}
    return sorted(known.values(), key=lambda row: (row["due_at"], row["what"] == "article", row["url"]))


class _Run:
    """One run: workers that read, and the taking-in of what they read."""

    def __init__(
        self, settings: Settings, known: Sites, chosen: Sequence[Site], clock: Clock, tell: Callable[[str], None],
        take_in_s: float, resolve: Resolver, bounds: Bounds | None, seed: int | None,
        published: Callable[[Settings], None],
    ) -> None:  # fmt: skip
        self.published = published
        self.settings, self.known, self.chosen, self.clock, self.tell = settings, known, chosen, clock, tell
        self.every, self.resolve, self.bounds, self.seed = take_in_s, resolve, bounds, seed
        self.report = Report()
        self.spool = Spool(file_of(settings).parent / "spool", agent())
        self.unpublished = file_of(settings).parent / "unpublished"
        self.next_take_in = 0.0
        self.failed: list[BaseException] = []

    def go(self, once: bool, until: float | None) -> Report:
        """Reads until the end, then takes in what is left."""
        self._let_go()
        try:
            return self._go(once, until)
        finally:
            self._end()

    def _go(self, once: bool, until: float | None) -> Report:
        self._go_on()
        self._take_in()
        self.next_take_in = self.now() + self.every
        if len(self.chosen) == 1:
            self._work(self.chosen, self._between, once, until)
        else:
            self._work_together(once, until)
        if self.failed:
            raise self.failed[0]
        if self.clock.stopped:
            self.tell("Stopped; what was read is kept and will be taken in at the next start.")
        else:
            self._take_in()
        return self.report

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    def _let_go(self) -> None:
        state = State(file_of(self.settings))
        try:
            state.begin_run(self.now())
            state.let_go(self.now())
            state.trim(self.now())
        finally:
            state.close()

    def _end(self) -> None:
        state = State(file_of(self.settings))
        try:
            state.end_run(self.now())
        finally:
            state.close()

    # -- reading -----------------------------------------------------------------------------------------------------
    def _work(
        self, chosen: Sequence[Site], between: Callable[[], float | None], once: bool, until: float | None
    ) -> None:
        state = State(file_of(self.settings))
        worker = Worker(
            self.known, chosen, state, self.spool, self.clock, self._web_of,
            random.Random(self.seed), self._forgotten,  # noqa: S311 - jitter, no secret
        )  # fmt: skip
        try:
            worker.run(between, until=until, once=once)
        finally:
            worker.close()
            state.close()
            self.report.counts.update(worker.counts)

    def _work_together(self, once: bool, until: float | None) -> None:
        """Several sites at a time, each in the hands of one thread, so that a slow one holds up none."""
        parts = [part for n in range(WORKERS) if (part := self.chosen[n::WORKERS])]
        threads = [threading.Thread(target=self._guarded, args=(part, once, until)) for part in parts]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            try:
                self._between()
            except BaseException as error:
                self.failed.insert(0, error)
                self.clock.stop()
                break
            threads[0].join(0.5) if threads[0].is_alive() else self.clock.sleep(0.5)
        for thread in threads:
            thread.join()

    def _guarded(self, part: Sequence[Site], once: bool, until: float | None) -> None:
        try:
            self._work(part, lambda: None, once, until)
        except BaseException as error:
            self.failed.append(error)
            self.clock.stop()

    def _web_of(self, site: Site) -> Web:
        assert site.collect is not None
        return Web(
            agent(), self.clock.now, resolve=self.resolve, allowed=site.collect.allow, bounds=self.bounds,
            stopped=lambda: self.clock.stopped,
        )  # fmt: skip

    def _forgotten(self) -> set[tuple[str, str]]:
        """Articles that were taken down: never asked for again."""
        return ledger.forgotten(ledger.read(self.settings.ledger)[0])

    # -- taking in ---------------------------------------------------------------------------------------------------
    def _between(self) -> float | None:
        """Takes in what was read when it is time; when it will be time again, if there is anything to take in."""
        if self.now() >= self.next_take_in:
            self._take_in()
            self.next_take_in = self.now() + self.every
        return self.next_take_in if self.spool.waiting else None

    def _take_in(self) -> None:
        """One batch of all that waits; whoever writes the store just now is given way, and it is tried again later."""
        self._evaluate()
        paths = self.spool.whole()
        if not paths:
            return
        if gone := self._forgotten():
            for path in paths:
                purge(path, lambda url: self.known.key(url) in gone)
        try:
            self.unpublished.touch()
            done = ingest(self.settings, paths, Options(command=COMMAND, publish=False))
            self.spool.drop(paths)
            self._taken_in(done)
        except StoreBusy as error:
            self.tell(f"{error.message} What was read waits in the spool.")

    def _taken_in(self, done: batches.Summary) -> None:
        self.report.rejected += done.rejected
        self.report.rows.update(done.added)
        if done.batch:
            self.report.batches.append(done.batch)
        new = sum(number for name, number in done.added.items() if name != "reject")
        if new:
            self._publish()
        self.unpublished.unlink(missing_ok=True)
        edition = f"edition {self.report.edition}" if new else "nothing new"
        self.tell(f"{done.accepted} captures taken in, {done.rejected} rejected; {edition}.")

    def _publish(self) -> None:
        self.report.edition = publish(self.settings).number
        self.published(self.settings)

    def _evaluate(self) -> None:
        state = State(file_of(self.settings))
        try:
            before = {(row["site"], row["kind"], row["about"]) for row in state.rows("SELECT * FROM alarm")}
            for site in self.chosen:
                for alarm in alarms.evaluate(state, site, self.now()):
                    if (alarm.site, alarm.kind, alarm.about) not in before:
                        self.tell(f"Alarm: {alarm.site}: {alarm.said}")
        finally:
            state.close()

    def _go_on(self) -> None:
        """Finishes what a run before had no time for: files taken in but not dropped, an edition not published."""
        if not self.unpublished.exists() or not self.settings.store.exists():
            return
        with recover.opened(self.settings, self.known):
            pass
        self._drop_taken()
        self._publish()
        self.unpublished.unlink()

    def _drop_taken(self) -> None:
        """Drops files that are in the last batch of the collector already."""
        live = batches.live_batches(self.settings)
        last = next((batch for batch in reversed(live) if live[batch].facts.get("command") == COMMAND), None)
        if last is None:
            return
        taken = {Path(page.origin.partition("#")[0]).name for page in archive.pages(self.settings.archive / last)}
        for path in self.spool.whole():
            if path.name in taken:
                path.unlink()
