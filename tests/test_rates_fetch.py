"""`readership rates fetch`: polite, patient and stubborn towards a bank on the loopback that has good and bad days."""

from __future__ import annotations

import email.utils
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest
from filelock import FileLock

from newsroom_site import SimulatedClock
from readership import cli, settings
from readership.errors import StoreBusy, UsageError
from readership.pipeline import rates_fetch
from readership.pipeline.rates_fetch import APART_S, PATIENCE_S, Report
from readership.settings import Settings
from readership.sources.web import Bounds

FEEDS = Path(__file__).parents[1] / "data" / "samples" / "rates"
MONDAY = date(2024, 4, 22)
"""The samples have Monday to Friday, a carried Saturday and an empty Sunday."""
SUNDAY_NOON = datetime(2024, 4, 28, 7, tzinfo=UTC)
HTML = b"<!DOCTYPE html><html><body><h1>503</h1>Try later</body></html>"


@dataclass
class Reply:
    """One answer: status, body, headers, and seconds between single bytes for a drip."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0


@dataclass
class Bank:
    """A bank's server. `failing` has the next answers for a day (or path), used up in order."""

    clock: SimulatedClock
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)
    failing: dict[str, list[Reply]] = field(default_factory=lambda: defaultdict(list))
    etags: bool = False
    base: str = ""

    def reply(self, path: str, sent: dict[str, str]) -> Reply:
        name = self.name(path)
        self.asked.append((name, self.clock.now().timestamp(), sent))
        if self.failing[name]:
            return self.failing[name].pop(0)
        file = FEEDS / (name if name.startswith("eurofxref") else f"nbk-{name}.xml")
        if not file.exists():
            return Reply(404, b"nothing here")
        headers = {"ETag": f'"{name}"', "Last-Modified": "Mon, 22 Apr 2024 10:00:00 GMT"} if self.etags else {}
        if self.etags and sent.get("if-none-match") == f'"{name}"':
            return Reply(304, b"", headers)
        return Reply(200, file.read_bytes(), headers)

    @staticmethod
    def name(path: str) -> str:
        parts = urlsplit(path)
        if parts.path == "/rss/get_rates.cfm":
            day, month, year = parse_qs(parts.query)["fdate"][0].split(".")
            return f"{year}-{month}-{day}"
        return parts.path.rpartition("/")[2]

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.asked]

    def gaps(self) -> list[float]:
        moments = [at for _, at, _ in self.asked]
        return [later - earlier for earlier, later in pairwise(moments)]


@contextmanager
def served(bank: Bank) -> Iterator[Bank]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = bank.reply(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            step = 1 if found.drip_s else max(len(found.body), 1)
            for at in range(0, len(found.body), step):
                try:
                    self.wfile.write(found.body[at : at + step])
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(found.drip_s)

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    bank.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def bank() -> Iterator[Bank]:
    with served(Bank(SimulatedClock(SUNDAY_NOON))) as found:
        yield found


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return settings.load({"READERSHIP_DATA": str(tmp_path / "data"), "READERSHIP_THREADS": "2"})


Fetch = Callable[..., Report]


@pytest.fixture
def fetch(bank: Bank, own: Settings) -> Fetch:
    def run(since: date = MONDAY, **more: object) -> Report:
        given: dict[str, object] = {"base_url": bank.base, "clock": bank.clock, "bounds": Bounds(seconds=2.0), **more}
        return rates_fetch.fetch(own, since, **given)  # type: ignore[arg-type]

    return run


def stored(
    own: Settings, sql: str = "SELECT day, value FROM official_rate WHERE currency = 'USD' ORDER BY day"
) -> list:
    with duckdb.connect(str(own.store), read_only=True) as store:
        return store.execute(sql).fetchall()


def days(own: Settings) -> list[str]:
    return [row[0].isoformat() for row in stored(own)]


WORKDAYS = ["2024-04-22", "2024-04-23", "2024-04-24", "2024-04-25", "2024-04-26"]
WITH_SATURDAY = [*WORKDAYS, "2024-04-27"]


def test_each_day_is_asked_for_saved_and_taken_in(bank: Bank, own: Settings, fetch: Fetch) -> None:
    report = fetch()
    assert bank.names == [*WITH_SATURDAY, "2024-04-28"]
    assert (report.had, report.empty, report.failures, report.ended) == (6, 1, [], "")
    assert days(own) == WITH_SATURDAY
    assert [float(value) for day, value in stored(own) if day == date(2024, 4, 24)] == [444.32]
    saved = own.data / "rates" / "nbk"
    assert (saved / "2024-04-24.xml").read_bytes() == (FEEDS / "nbk-2024-04-24.xml").read_bytes()
    assert stored(own, "SELECT count(*) FROM reject") == [(0,)], "an empty Sunday is nobody's fault"


def test_requests_stand_apart_and_say_who_asks(bank: Bank, fetch: Fetch) -> None:
    fetch()
    assert min(bank.gaps()) >= APART_S
    assert all(sent["user-agent"].startswith("Readership/") for _, _, sent in bank.asked)


def test_what_was_had_is_not_asked_for_again_and_an_open_day_is(bank: Bank, own: Settings, fetch: Fetch) -> None:
    fetch()
    bank.asked.clear()
    report = fetch()
    assert bank.names == ["2024-04-28"]
    assert (report.known, report.had) == (6, 0)
    assert report.summary is None
    bank.clock.pass_by(timedelta(days=12).total_seconds())
    bank.asked.clear()
    fetch()
    assert "2024-04-28" not in bank.names, "an old day without rates will never have any"
    assert bank.names[0] == "2024-04-29"
    assert days(own) == WITH_SATURDAY


def test_the_question_is_put_conditionally_where_the_bank_gave_a_mark(bank: Bank, fetch: Fetch) -> None:
    bank.etags = True
    first = fetch(date(2024, 4, 28), source="ecb")
    assert (first.had, bank.names) == (1, ["eurofxref-daily.xml"])
    second = fetch(date(2024, 4, 28), source="ecb")
    assert bank.asked[-1][2]["if-none-match"] == '"eurofxref-daily.xml"'
    assert bank.asked[-1][2]["if-modified-since"] == "Mon, 22 Apr 2024 10:00:00 GMT"
    assert (second.unchanged, second.had, second.summary) == (1, 0, None)


@pytest.mark.parametrize(
    ("since", "file"),
    [
        (date(2024, 4, 28), "eurofxref-daily.xml"),
        (date(2024, 4, 1), "eurofxref-hist-90d.xml"),
        (date(2020, 1, 1), "eurofxref-hist.xml"),
    ],
)
def test_the_central_bank_is_asked_for_the_smallest_file_that_reaches_back(
    bank: Bank, own: Settings, fetch: Fetch, since: date, file: str
) -> None:
    bank.failing["eurofxref-hist-90d.xml"].append(Reply(200, (FEEDS / "eurofxref-hist.xml").read_bytes()))
    fetch(since, source="ecb")
    assert bank.names == [file]
    assert stored(own, "SELECT DISTINCT source, currency FROM official_rate") == [("ECB", "EUR")]


@pytest.mark.parametrize("body", [HTML, b"", b"  \n", b"<?xml version='1.0'?><rates><date>24.04.2024</date><it"])
def test_what_is_no_document_of_rates_is_quarantined_and_asked_for_again(
    bank: Bank, own: Settings, fetch: Fetch, body: bytes
) -> None:
    bank.failing["2024-04-24"].append(Reply(200, body))
    report = fetch()
    assert days(own) == [day for day in WITH_SATURDAY if day != "2024-04-24"]
    assert len(report.failures) == 1
    assert report.failures[0].startswith("2024-04-24.xml")
    rejected = stored(own, "SELECT reason, sha256 FROM reject")
    assert len(rejected) == 1
    assert body == b"" or any(own.quarantine.rglob(f"{rejected[0][1]}*"))
    assert not report.whole
    again = fetch()
    assert again.had == 1
    assert days(own) == WITH_SATURDAY


def test_a_hiccup_of_the_server_is_waited_out(bank: Bank, own: Settings, fetch: Fetch) -> None:
    bank.failing["2024-04-23"].append(Reply(500, b"oh"))
    report = fetch()
    assert bank.names.count("2024-04-23") == 2
    assert bank.gaps()[1] >= 2 * APART_S
    assert days(own) == WITH_SATURDAY
    assert len(report.failures) == 1
    assert "500" in report.failures[0]


def test_a_server_that_keeps_failing_is_left_alone_and_the_rest_comes_later(
    bank: Bank, own: Settings, fetch: Fetch
) -> None:
    for day in WITH_SATURDAY[2:]:
        bank.failing[day] += [Reply(500), Reply(500)]
    report = fetch()
    assert bank.names == ["2024-04-22", "2024-04-23", "2024-04-24", "2024-04-24", "2024-04-25"]
    assert "3 failures in a row" in report.ended
    assert days(own) == WORKDAYS[:2], "what was had before is taken in"
    gaps = bank.gaps()[-2:]
    assert gaps[0] < gaps[1], "the pauses grow"
    bank.failing.clear()
    bank.asked.clear()
    fetch()
    assert bank.names == [*WITH_SATURDAY[2:], "2024-04-28"]
    assert days(own) == WITH_SATURDAY


@pytest.mark.parametrize("dated", [False, True])
def test_the_wait_that_a_bank_asks_for_is_kept(bank: Bank, own: Settings, fetch: Fetch, dated: bool) -> None:
    moment = SUNDAY_NOON + timedelta(seconds=90)
    wish = email.utils.format_datetime(moment, usegmt=True) if dated else "90"
    bank.failing["2024-04-22"].append(Reply(429, b"", {"Retry-After": wish}))
    fetch()
    assert bank.names[:2] == ["2024-04-22", "2024-04-22"]
    assert bank.asked[1][1] >= (moment if dated else SUNDAY_NOON + timedelta(seconds=90)).timestamp()
    assert days(own) == WITH_SATURDAY


def test_a_longer_wait_ends_the_run_and_binds_the_next_one(bank: Bank, own: Settings, fetch: Fetch) -> None:
    bank.failing["2024-04-23"].append(Reply(429, b"", {"Retry-After": str(int(PATIENCE_S) + 600)}))
    report = fetch()
    assert bank.names == ["2024-04-22", "2024-04-23"]
    assert "left alone until" in report.ended
    assert days(own) == ["2024-04-22"]
    assert "left alone until" in fetch().ended
    assert len(bank.asked) == 2, "another run asks nothing while the wait lasts"
    bank.clock.pass_by(PATIENCE_S + 700)
    assert fetch().ended == ""
    assert days(own) == WITH_SATURDAY


def test_a_drip_is_cut_off(bank: Bank, own: Settings, fetch: Fetch) -> None:
    whole = (FEEDS / "nbk-2024-04-24.xml").read_bytes()
    bank.failing["2024-04-24"].append(Reply(200, whole, drip_s=0.2))
    started = time.monotonic()
    report = fetch(date(2024, 4, 24), bounds=Bounds(seconds=0.6))
    assert time.monotonic() - started < 15
    assert "No whole answer" in report.failures[0]
    assert days(own) == WITH_SATURDAY[2:], "asked once more, it came whole"


def test_an_answer_with_another_day_s_rates_counts_for_that_day_only(bank: Bank, own: Settings, fetch: Fetch) -> None:
    friday = (FEEDS / "nbk-2024-04-26.xml").read_bytes()
    bank.failing["2024-04-28"] += [Reply(200, friday)]
    fetch(date(2024, 4, 28))
    assert days(own) == ["2024-04-26"]
    bank.asked.clear()
    fetch(date(2024, 4, 28))
    assert bank.names == ["2024-04-28"], "the day asked for is open still"


def test_answers_of_a_run_that_could_not_take_them_in_are_taken_in_by_the_next(
    bank: Bank, own: Settings, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise StoreBusy("Somebody writes.")

    with monkeypatch.context() as patched:
        patched.setattr(rates_fetch, "import_rates", busy)
        with pytest.raises(StoreBusy):
            fetch()
    asked = len(bank.asked)
    report = fetch()
    assert len(bank.asked) == asked + 1, "only the open Sunday"
    assert report.summary is not None
    assert days(own) == WITH_SATURDAY


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"documents": 3, "waiting": [], "not_before": 0}', b"\xff"])
def test_a_damaged_state_only_means_asking_again(bank: Bank, own: Settings, fetch: Fetch, damage: bytes) -> None:
    fetch()
    (own.data / "rates" / "nbk" / "state.json").write_bytes(damage)
    bank.asked.clear()
    report = fetch()
    assert len(bank.asked) == 7
    assert report.whole
    assert days(own) == WITH_SATURDAY


def test_two_runs_don_t_ask_the_same_bank_at_once(bank: Bank, own: Settings, fetch: Fetch) -> None:
    folder = own.data / "rates" / "nbk"
    folder.mkdir(parents=True)
    with FileLock(str(folder / "fetch.lock")), pytest.raises(StoreBusy):
        fetch()
    assert bank.asked == []


def test_a_stop_ends_the_run_and_keeps_what_was_had(bank: Bank, own: Settings, fetch: Fetch) -> None:
    plain = bank.reply

    def reply(path: str, sent: dict[str, str]) -> Reply:
        if len(bank.asked) == 2:
            bank.clock.stop()
        return plain(path, sent)

    bank.reply = reply  # type: ignore[method-assign]
    report = fetch()
    assert "stop" in report.ended
    assert report.failures == []
    assert days(own) in (WORKDAYS[:2], WORKDAYS[:3]), "the answer under way may have come whole"
    assert len(bank.asked) == 3


@pytest.mark.parametrize(
    ("since", "more"),
    [
        (date(2024, 4, 29), {}),
        (date(1990, 1, 1), {}),
        (MONDAY, {"source": "fed"}),
        (MONDAY, {"base_url": "ftp://bank.example"}),
        (MONDAY, {"base_url": "http://user:secret@bank.example"}),
        (MONDAY, {"base_url": "bank"}),
    ],
)
def test_what_can_t_be_asked_is_said_before_anything_is(
    bank: Bank, fetch: Fetch, since: date, more: dict[str, str]
) -> None:
    with pytest.raises(UsageError) as told:
        fetch(since, **more)
    assert told.value.hint or told.value.message
    assert "secret" not in str(told.value)
    assert bank.asked == []


def test_a_redirect_into_the_machine_is_refused(bank: Bank, own: Settings, fetch: Fetch) -> None:
    for day in WITH_SATURDAY:
        bank.failing[day] += [Reply(302, b"", {"Location": "http://127.0.0.1:9999/rates"})] * 2
    report = fetch()
    assert "not public" in report.failures[0]
    assert not own.store.exists() or days(own) == []


def test_the_command_says_what_it_did(bank: Bank, own: Settings, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(own.data))
    monkeypatch.setenv("READERSHIP_NBK_URL", bank.base)
    monkeypatch.setattr(rates_fetch, "Clock", lambda: bank.clock)
    assert cli.main(["rates", "fetch", "--since", "2024-04-22", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["had"], report["empty"], report["asked"]) == (6, 1, 7)
    assert report["summary"]["added"]["official_rate"] > 0
    bank.failing["2024-04-28"] += [Reply(500), Reply(500)]
    assert cli.main(["rates", "fetch", "--since", "2024-04-22"]) == 1
    assert "500" in capsys.readouterr().err
    assert cli.main(["rates", "fetch", "--since", "last week"]) == 2
