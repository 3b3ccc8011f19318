"""Official rates from the banks' own servers, only when somebody asks: saved as they came, taken in as a file would be.

A bank is asked one thing at a time, with a pause after each answer and a longer one after trouble; what was had is not
asked for again. Answers lie in `data/rates/<source>`, with `state.json` beside them: what was asked, what came, what
still has to be taken in, and until when the bank wants to be left alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from readership.errors import StoreBusy, UsageError
from readership.pipeline.batches import Summary
from readership.pipeline.collect import agent
from readership.pipeline.collect.clock import Clock
from readership.pipeline.collect.polite import in_trouble, retry_after
from readership.pipeline.ingest import import_rates
from readership.rates import official
from readership.settings import Settings
from readership.sources import addresses
from readership.sources.addresses import Resolver
from readership.sources.web import Answer, Bounds, FetchFailed, Web
from readership.store import disk

SOURCES = ("nbk", "ecb")
APART_S = 1.0
"""Seconds between the end of an answer and the next request."""
PATIENCE_S = 120.0
"""Seconds waited for a bank that asks for time; when it asks for more, the run ends and a later one goes on."""
FAILURES = 3
"""Failures in a row after which a run ends."""
FIRST = date(1993, 11, 15)
"""The tenge's first day."""
_ZONE = ZoneInfo("Asia/Almaty")
_ECB = "stats/eurofxref/eurofxref"


@dataclass
class Report:
    """What a run did.

    Attributes:
        asked: requests made.
        had: documents with rates that were new.
        empty: days for which the bank has no rates (weekends, or not yet).
        unchanged: documents that the bank said are as before.
        known: days that needed no request.
        failures: what went wrong, a line each.
        ended: why the run ended early; empty when it didn't.
        summary: of the import; None when there was nothing to take in.
    """

    asked: int = 0
    had: int = 0
    empty: int = 0
    unchanged: int = 0
    known: int = 0
    failures: list[str] = field(default_factory=list)
    ended: str = ""
    summary: Summary | None = None

    @property
    def whole(self) -> bool:
        """Whether all that was wanted was had."""
        return not self.failures and not self.ended

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return vars(self) | {"summary": self.summary.as_json() if self.summary else None}


@dataclass(frozen=True)
class _Document:
    """Something to ask for: file name, path below the base URL, and the day it is of (None for several)."""

    name: str
    path: str
    day: date | None = None


@disk.plainly()
def fetch(
    settings: Settings,
    since: date,
    *,
    source: str = "nbk",
    base_url: str | None = None,
    clock: Clock | None = None,
    bounds: Bounds | None = None,
    resolve: Resolver = addresses.system,
) -> Report:
    """Asks a bank for its rates since a day, saves the answers and takes them in.

    Args:
        source: nbk or ecb.
        base_url: scheme, host and port of a mirror; that of the settings when None.

    Raises:
        UsageError: a day, source or URL that can't be used.
        StoreBusy: another run asks the same bank, or another process writes; answers are kept for the next run.
        StoreDamaged, DiskFull: as at import.
    """
    clock = clock or Clock()
    today = clock.now().astimezone(_ZONE).date()
    wanted = _wanted(source, since, today)
    base = _base(base_url or (settings.nbk_url if source == "nbk" else settings.ecb_url))
    with _alone(settings.data / "rates" / source) as folder:
        shelf = _Shelf(folder)
        web = Web(
            agent(), clock.now, resolve=resolve, allowed=_named(base, resolve), bounds=bounds,
            stopped=lambda: clock.stopped,
        )  # fmt: skip
        run = _Run(shelf, web, clock, base, today)
        try:
            run.go(wanted)
        finally:
            web.close()
        run.report.summary = _taken_in(settings, shelf)
    return run.report


def _wanted(source: str, since: date, today: date) -> list[_Document]:
    if source not in SOURCES:
        raise UsageError(f"There is no source “{source[:20]}”.", f"Choose one of {', '.join(SOURCES)}.")
    if not FIRST <= since <= today:
        raise UsageError(
            f"Rates since {since.isoformat()} can't be had.", f"Give a day from {FIRST.isoformat()} to today."
        )
    if source == "ecb":
        return [_ecb((today - since).days)]
    days = (since + timedelta(days=step) for step in range((today - since).days + 1))
    return [_Document(f"{day.isoformat()}.xml", f"rss/get_rates.cfm?fdate={day:%d.%m.%Y}", day) for day in days]


def _ecb(days: int) -> _Document:
    """The smallest of the three files that reaches back so far; the middle one has 90 days, holidays included."""
    name = "daily" if days == 0 else "hist-90d" if days <= 85 else "hist"
    return _Document(f"{name}.xml", f"{_ECB}-{name}.xml")


def _base(url: str) -> str:
    try:
        return addresses.normal(url).rstrip("/")
    except addresses.AddressRefused as error:
        raise UsageError(f"The base URL can't be used: {error.message}", error.hint) from None


def _named(base: str, resolve: Resolver) -> list[str]:
    """Addresses of the very server that was named: it may stand in the newsroom's own network."""
    parts = urlsplit(base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    with suppress(OSError):
        found = resolve(host, port)
        return [f"[{one}]:{port}" if ":" in one else f"{one}:{port}" for one in found]
    return []


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(folder / "fetch.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusy("Another run asks this bank already.", "Wait for its end.") from None
    try:
        yield folder
    finally:
        lock.release()


class _Shelf:
    """Saved answers and what is known about them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = folder / "state.json"
        self.documents: dict[str, dict[str, str]] = {}
        self.waiting: list[str] = []
        self.not_before = 0.0
        # A state that can't be read is as none: the worst that follows is asking again.
        with suppress(OSError, ValueError, AttributeError, TypeError):
            found = json.loads(self._state.read_text(encoding="utf-8"))
            self.documents = {str(name): dict(facts) for name, facts in found["documents"].items()}
            self.waiting = [str(name) for name in found["waiting"] if (folder / name).is_file()]
            self.not_before = float(found["not_before"])

    def settled(self, document: _Document, today: date) -> bool:
        """Whether there is nothing new to be had: a day's rates, or a day so old that it will never have any."""
        outcome = self.documents.get(document.name, {}).get("outcome")
        if document.day is None or outcome is None:
            return False
        return outcome == "rates" or document.day < today - timedelta(days=official.CARRY_DAYS)

    def conditions(self, document: _Document) -> dict[str, str]:
        """Headers that ask for an answer only if there is another than the one kept (RFC 9110, 13.1)."""
        facts = self.documents.get(document.name, {})
        if not (self.folder / document.name).is_file():
            return {}
        pairs = {"if-none-match": facts.get("etag"), "if-modified-since": facts.get("modified")}
        return {name: value for name, value in pairs.items() if value}

    def keep(self, document: _Document, answer: Answer, outcome: str) -> None:
        """Saves an answer and what it was; one with rates waits to be taken in."""
        _write(self.folder / document.name, answer.body)
        validators = {"etag": answer.header("etag"), "modified": answer.header("last-modified")}
        known = {name: value for name, value in validators.items() if value}
        self.documents[document.name] = {"outcome": outcome, **known}
        if outcome != "none":
            self.queue(document.name)
        self.note()

    def keep_unread(self, document: _Document, answer: Answer) -> None:
        """Saves what is no document of rates under another name; the import will say why and quarantine it."""
        name = f"unread-{document.name}"
        _write(self.folder / name, answer.body)
        self.queue(name)
        self.note()

    def queue(self, name: str) -> None:
        """Puts a file on the list of those to be taken in."""
        if name not in self.waiting:
            self.waiting.append(name)

    def note(self) -> None:
        """Writes the state down."""
        facts = {"documents": self.documents, "waiting": self.waiting, "not_before": self.not_before}
        _write(self._state, json.dumps(facts, ensure_ascii=False).encode())


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class _Run:
    """One run over the documents wanted."""

    def __init__(self, shelf: _Shelf, web: Web, clock: Clock, base: str, today: date) -> None:
        self.report = Report()
        self._shelf, self._web, self._clock, self._base, self._today = shelf, web, clock, base, today
        self._next_at = shelf.not_before
        self._failed = 0

    def go(self, wanted: list[_Document]) -> None:
        """Asks for each document that is not settled, until all are had or the bank has had enough."""
        for document in wanted:
            if self._shelf.settled(document, self._today):
                self.report.known += 1
                continue
            again = self._one(document)
            if again and not self.report.ended:
                self._one(document)
            if self.report.ended:
                return

    def _one(self, document: _Document) -> bool:
        """Asks once; whether asking once more may help."""
        try:
            answer = self._asked(document)
        except FetchFailed as error:
            if error.kind == "stopped":
                self._end("It was told to stop.")
                return False
            self._trouble(document, error.message, None)
            return error.kind in ("timeout", "unreachable", "broken")
        return self._judge(document, answer) if answer else False

    def _asked(self, document: _Document) -> Answer | None:
        def permit(_: str) -> None:
            self._wait()
            self.report.asked += 1

        try:
            return self._web.get(f"{self._base}/{document.path}", self._shelf.conditions(document), permit)
        finally:
            self._next_at = max(self._next_at, self._now() + APART_S)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _wait(self) -> None:
        """Waits for the bank's next turn; ends the run when that is too long."""
        if self._next_at - self._now() > PATIENCE_S:
            at = datetime.fromtimestamp(self._next_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            self._end(f"The bank asks to be left alone until {at}; run it again then.")
        while not self.report.ended and (left := self._next_at - self._now()) > 0:
            if self._clock.stopped:
                self._end("It was told to stop.")
            self._clock.sleep(left)
        if self.report.ended:
            raise FetchFailed("stopped", self.report.ended)

    def _end(self, why: str) -> None:
        self.report.ended = self.report.ended or why

    def _judge(self, document: _Document, answer: Answer) -> bool:
        if answer.status == 304:
            self._fine()
            self.report.unchanged += 1
            return False
        if answer.status != 200:
            said = f"the answer was {answer.status} {answer.reason}".strip()
            self._trouble(document, f"{said}.", answer)
            return in_trouble(answer.status)
        return self._read(document, answer)

    def _read(self, document: _Document, answer: Answer) -> bool:
        rates, rejects = official.read(answer.body, document.name)
        if rates:
            self._fine()
            self.report.had += 1
            # A bank may answer with another day's rates. They are taken for their own day, and this one is open still.
            own = document.day is None or any(rate.day == document.day for rate in rates)
            self._shelf.keep(document, answer, "rates" if own else "other day")
        elif official.is_empty_day(rejects):
            self._fine()
            self.report.empty += 1
            self._shelf.keep(document, answer, "none")
        else:
            self._shelf.keep_unread(document, answer)
            self._trouble(document, rejects[0].reason if rejects else "There are no rates in it.", answer)
        return False

    def _fine(self) -> None:
        self._failed = 0
        if self._shelf.not_before:
            self._shelf.not_before = 0.0
            self._shelf.note()

    def _trouble(self, document: _Document, said: str, answer: Answer | None) -> None:
        """Notes a failure; the pause grows with each in a row, and the bank's own wish counts, across runs too."""
        self._failed += 1
        self.report.failures.append(f"{document.name}: {said}")
        pause = APART_S * 2**self._failed
        wish = retry_after(answer, self._clock.now()) if answer else 0.0
        self._next_at = max(self._next_at, self._now() + max(pause, wish))
        if wish:
            self._shelf.not_before = self._next_at
            self._shelf.note()
        if self._failed >= FAILURES:
            self._end(f"{FAILURES} failures in a row; what is missing is asked for again by the next run.")


def _taken_in(settings: Settings, shelf: _Shelf) -> Summary | None:
    """Takes in what waits; it goes on waiting when that fails."""
    names = list(dict.fromkeys(shelf.waiting))
    if not names:
        return None
    summary = import_rates(settings, [shelf.folder / name for name in names])
    shelf.waiting = []
    shelf.note()
    return summary


Tell = Callable[[str], None]


def told(report: Report, tell: Tell) -> None:
    """The report in lines for people."""
    tell(
        f"{report.asked} requests: {report.had} documents with rates, {report.empty} days without, "
        f"{report.unchanged} unchanged; {report.known} days were there already."
    )
    for line in report.failures:
        tell(f"  {line}")
    if report.ended:
        tell(report.ended)
