"""Alerts: what each rule finds and leaves alone, cool-downs, deliveries that are neither lost nor doubled."""

from __future__ import annotations

import csv
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from streamlit.testing.v1 import AppTest

from common import readership
from readership import alerts, queries
from readership import settings as settings_module
from readership.accounts import alerts as kept
from readership.accounts import people
from readership.accounts.alerts import Finding, Rule
from readership.accounts.people import Person, Role
from readership.alerts import deliver, rules
from readership.errors import Refused, UsageError
from readership.queries import Selection
from readership.settings import Settings
from readership.ui.server import SCRIPT

T = datetime(2026, 6, 20, 10, tzinfo=UTC)
"""The newest reading: a Saturday, 15:00 in Astana."""
NOW = T + timedelta(minutes=5)


def newsroom(folder: Path, *, spike: bool, low: bool) -> Settings:
    """Ten weeks of two articles a day at el.kz, read at 1, 2, 4 and 24 hours; Sport fell silent ten days ago, and
    24.kg stopped publishing a week ago."""
    articles: list[tuple[object, ...]] = []
    readings: list[tuple[object, ...]] = []

    def write(site: str, key: int, section: str, at: datetime, views: dict[float, int]) -> None:
        host = {"el.kz": "https://el.kz/en/story_{}/", "24.kg": "https://24.kg/news/{}_story/"}[site]
        told = f"Story {key} of {section} & <b>friends</b>"
        articles.append((site, key, host.format(key), "en", section, told, at.isoformat(), "A body of words."))
        readings.extend(
            (site, key, (at + timedelta(hours=hours)).isoformat(), number)
            for hours, number in views.items()
            if at + timedelta(hours=hours) <= T
        )

    usual = {1.0: 100, 2.0: 150, 4.0: 200, 24.0: 400}
    for day in range(70):
        for turn, hour in enumerate((3, 7)):
            at = T.replace(hour=hour) - timedelta(days=day)
            write(
                "el.kz",
                1000 + 2 * day + turn,
                "News",
                at,
                {k: v // 40 for k, v in usual.items()} if low and not day else usual,
            )
        if day >= 8:
            write("24.kg", 5000 + day, "World", T.replace(hour=5) - timedelta(days=day), {1.0: 10})
    for number in range(25):
        at = T - timedelta(days=10, hours=2 * number)
        write("el.kz", 3000 + number, "Sport", at, {1.0: 50})
    write("el.kz", 9000, "News", T - timedelta(hours=2), {1.0: 100, 2.0: 5_000 if spike else 120})
    write("24.kg", 5999, "World", T - timedelta(days=8), {2.0: 12, 191.9: 20})
    _csv(folder / "articles.csv", "site article_key url language section title published_at body", articles)
    _csv(folder / "counters.csv", "site article_key observed_at views", readings)
    done = readership(folder / "data", "ingest", str(folder / "articles.csv"), str(folder / "counters.csv"))
    assert done.returncode == 0, done.stderr
    return settings_module.load({"READERSHIP_DATA": str(folder / "data"), "READERSHIP_URL": "https://desk.example"})


def _csv(path: Path, names: str, rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names.split(), *rows])


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return newsroom(tmp_path_factory.mktemp("busy"), spike=True, low=False)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return newsroom(tmp_path_factory.mktemp("quiet"), spike=False, low=True)


@pytest.fixture
def own(busy: Settings, tmp_path: Path) -> Settings:
    """The busy newsroom's edition with a state of its own."""
    return settings_module.load(
        {
            "READERSHIP_DATA": str(tmp_path),
            "READERSHIP_EDITIONS": str(busy.editions),
            "READERSHIP_URL": "https://desk.example",
        }
    )


def rule(kind: kept.Kind, threshold: float | None = None, **fields: Any) -> Rule:
    limit = kept.THRESHOLDS[kind][0] if threshold is None else threshold
    return Rule(1, "A rule", kind, Selection(**fields), limit, (), 6.0, "local", NOW, True)


def found(settings: Settings, asked: Rule) -> list[Finding]:
    return alerts.found(settings, asked)


# -- what is found -----------------------------------------------------------------------------------------------------
def test_a_spike_is_told_with_its_velocity_threshold_and_link(busy: Settings) -> None:
    (one,) = found(busy, rule("spike"))
    assert one.title == "Story 9000 of News & <b>friends</b>"
    assert one.why.startswith("Read 4,900 times an hour")
    assert "never passed 100." in one.why
    assert one.why.endswith("As of 2026-06-20 10:00 UTC.")
    assert one.link == "article?article=el.kz%2F9000"
    assert one.as_of == T


def test_a_spike_below_the_rule_s_own_threshold_is_left_alone(busy: Settings, quiet: Settings) -> None:
    assert len(found(busy, rule("spike", 48))) == 1
    assert found(busy, rule("spike", 50)) == []
    assert found(busy, rule("spike", sections=("Sport",))) == []
    assert found(quiet, rule("spike")) == []


def test_a_drop_is_told_on_a_low_day_only(busy: Settings, quiet: Settings) -> None:
    (one,) = found(quiet, rule("drop", sites=("el.kz",)))
    assert one.subject == "day 2026-06-20"
    assert "As of" in one.why
    assert one.link == "?site=el.kz"
    assert found(quiet, rule("drop", 0.95, sites=("el.kz",))) == []
    assert found(busy, rule("drop", sites=("el.kz",))) == []


def test_a_silence_is_of_the_section_that_fell_silent(busy: Settings) -> None:
    (one,) = [one for one in found(busy, rule("silence")) if "Sport" in one.title]
    assert "240 hours since its last article (2026-06-10 10:00 UTC)" in one.why
    assert "at most 2 hours" in one.why
    assert not [one for one in found(busy, rule("silence")) if "News" in one.title]
    assert [same.subject for same in found(busy, rule("silence", 100, sections=("Sport",)))] == [one.subject]
    assert found(busy, rule("silence", sections=("News",))) == []


def test_a_volume_far_from_usual_is_told_and_a_usual_one_is_not(busy: Settings) -> None:
    (one,) = found(busy, rule("volume"))
    assert one.title == "24.kg publishes fewer articles than usual"
    assert "0.0 articles a day in the 7 days to 2026-06-19" in one.why


def test_unknown_is_never_an_alert(tmp_path: Path) -> None:
    (tmp_path / "articles.csv").write_text(
        "site,article_key,url,title,section,published_at,body\n"
        "el.kz,1,https://el.kz/en/a_1/,One,News,2026-06-20T10:00:00+05:00,Body.\n"
    )
    (tmp_path / "counters.csv").write_text(
        "site,article_key,observed_at,views\nel.kz,1,2026-06-20T11:00:00+05:00,10\nel.kz,1,2026-06-20T12:30:00+05:00,9000\n"
    )
    done = readership(tmp_path / "data", "ingest", str(tmp_path / "articles.csv"), str(tmp_path / "counters.csv"))
    assert done.returncode == 0, done.stderr
    settings = settings_module.load({"READERSHIP_DATA": str(tmp_path / "data")})
    assert [one for kind in kept.KINDS for one in found(settings, rule(kind))] == []


def test_a_rate_move_is_told_from_its_threshold_on(busy: Settings, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(
        "date,currency,quote,value,quant,source\n2026-06-18,USD,KZT,500,1,nbk\n2026-06-19,USD,KZT,510,1,nbk\n"
        "2026-06-18,EUR,KZT,600,1,nbk\n2026-06-19,EUR,KZT,600.6,1,nbk\n"
    )
    data = tmp_path / "data"
    assert readership(data, "rates", "import", str(tmp_path / "rates.csv")).returncode == 0
    settings = settings_module.load({"READERSHIP_DATA": str(data)})
    (one,) = found(settings, rule("rate", 1.0))
    assert one.title == "USD moved by +2.00 % against KZT"
    assert "510.00 KZT for 1 USD on 2026-06-19 after 500.00 on 2026-06-18" in one.why
    assert found(settings, rule("rate", 2.01)) == []


# -- firing once -------------------------------------------------------------------------------------------------------
def spike_rule(settings: Settings, *targets: str, hours: float = 6) -> Rule:
    return kept.add(settings, people.LOCAL, "Spikes", "spike", targets=targets, cooldown_h=hours, now=NOW)


def test_the_same_edition_fires_once(own: Settings) -> None:
    spike_rule(own)
    assert [one.subject for one in alerts.run(own, now=NOW).fired] != []
    assert alerts.run(own, now=NOW + timedelta(days=3)).fired == ()
    assert len(kept.log(own)) == 1


def test_a_cool_down_is_counted_in_readings(own: Settings) -> None:
    one = spike_rule(own)
    at = [
        Finding("article 7", "T", "w", "x", T + timedelta(hours=hours), once=False) for hours in (0, 5.9, 6, 11.9, 12)
    ]
    assert [bool(kept.fire(own, one, [finding], 1, NOW)) for finding in at] == [True, False, True, False, True]
    assert kept.fire(own, one, [Finding("article 8", "T", "w", "x", T)], 1, NOW)


def test_what_is_told_once_is_never_told_again(own: Settings) -> None:
    one = spike_rule(own, hours=0)
    assert kept.fire(own, one, [Finding("day 1", "T", "w", "x", T)], 1, NOW)
    assert kept.fire(own, one, [Finding("day 1", "T", "w", "x", T + timedelta(days=9))], 2, NOW) == []


def test_a_rule_that_is_off_or_gone_tells_nothing(own: Settings) -> None:
    one = spike_rule(own, "mail:desk@example.org")
    kept.turn(own, people.LOCAL, one.id, on=False)
    assert alerts.run(own, now=NOW).fired == ()
    kept.turn(own, people.LOCAL, one.id, on=True)
    assert len(alerts.run(own, now=NOW).fired) == 1
    kept.remove(own, people.LOCAL, one.id)
    assert kept.due(own, NOW + timedelta(days=30)) == []
    assert [text for _, text in kept.log(own)[0].deliveries] == ["failed: The rule was removed."]


# -- who may, what may be ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", [None, Person("x", "x", Role.READER), Person("x", "x", Role.ANALYST)])
def test_only_admins_change_rules(own: Settings, person: Person | None) -> None:
    one = spike_rule(own)
    with pytest.raises(Refused):
        kept.add(own, person, "N", "spike", now=NOW)
    with pytest.raises(Refused):
        kept.turn(own, person, one.id, on=False)
    with pytest.raises(Refused):
        kept.remove(own, person, one.id)
    assert kept.rules(own) == [one]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 81}, {"kind": "storm"}, {"threshold": 0.5}, {"threshold": float("nan")},
        {"cooldown_h": -1},
        {"targets": ["desk@example.org"]}, {"targets": ["mail:"]}, {"targets": ["webhook:file:///etc/passwd"]},
        {"targets": ["telegram:https://api.telegram.org/bot1/sendMessage"]}, {"targets": ["mail:a@b.kz\nBcc: c@d.kz"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_that_can_t_be_is_refused(own: Settings, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        kept.add(own, people.LOCAL, **{"name": "N", "kind": "spike", "now": NOW} | wrong)
    assert kept.rules(own) == []


def test_a_target_is_shown_without_its_secret() -> None:
    assert kept.shown("slack:https://hooks.example/services/SECRET") == "slack:hooks.example"
    assert kept.shown("telegram:https://api.telegram.org/botSECRET/sendMessage#1") == "telegram:api.telegram.org"


# -- deliveries --------------------------------------------------------------------------------------------------------
class _Hook:
    """A server on loopback that keeps what is posted, and answers with a status of the test's choice."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(hook.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[_Hook]:
    made = _Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


def reaching(own: Settings, hook: _Hook) -> Settings:
    return settings_module.load(
        {"READERSHIP_DATA": str(own.data), "READERSHIP_EDITIONS": str(own.editions),
         "READERSHIP_WEBHOOKS": hook.address, "READERSHIP_URL": "https://desk.example"}
    )  # fmt: skip


@pytest.mark.parametrize("shape", ["webhook", "slack", "telegram"])
def test_a_webhook_gets_the_alert_in_its_shape(own: Settings, hook: _Hook, shape: str) -> None:
    settings = reaching(own, hook)
    spike_rule(settings, f"{shape}:http://{hook.address}/bot123/sendMessage" + ("#-100" if shape == "telegram" else ""))
    assert alerts.run(settings, now=NOW).delivered == 1
    (told,) = hook.got
    if shape == "webhook":
        assert told["title"] == "Story 9000 of News & <b>friends</b>"
        assert told["url"] == "https://desk.example/article?article=el.kz%2F9000"
        assert told["why"].startswith("Read 4,900 times an hour")
    else:
        assert "Story 9000" in told["text"]
        assert "https://desk.example/article" in told["text"]
        assert told.get("chat_id") == ("-100" if shape == "telegram" else None)


def test_a_webhook_inside_the_own_network_is_refused_unless_named(own: Settings, hook: _Hook) -> None:
    spike_rule(own, f"webhook:http://{hook.address}/")
    report = alerts.run(own, now=NOW)
    assert (report.delivered, hook.got) == (0, [])
    assert "refused" in report.failed[0]


def test_what_was_not_taken_is_tried_again_later_and_not_doubled(own: Settings, hook: _Hook) -> None:
    settings = reaching(own, hook)
    spike_rule(settings, f"webhook:http://{hook.address}/SECRET")
    hook.status = 500
    report = alerts.run(settings, now=NOW)
    assert report.failed == ("webhook:127.0.0.1:" + hook.address.split(":")[1] + ": The webhook answered 500.",)
    hook.status = 200
    assert alerts.run(settings, now=NOW + timedelta(seconds=30)).delivered == 0
    assert alerts.run(settings, now=NOW + timedelta(seconds=61)).delivered == 1
    assert alerts.run(settings, now=NOW + timedelta(days=9)).delivered == 0
    assert len(hook.got) == 2
    assert kept.log(settings)[0].deliveries[0][1] == "sent"


def test_a_delivery_is_given_up_after_its_last_try(own: Settings, hook: _Hook) -> None:
    settings = reaching(own, hook)
    spike_rule(settings, f"webhook:http://{hook.address}/")
    hook.status = 500
    for day in range(12):
        alerts.run(settings, now=NOW + timedelta(days=2 * day))
    assert len(hook.got) == len(alerts.TRIES) + 1
    assert kept.log(settings)[0].deliveries[0][1].startswith("failed")


def test_an_alert_logged_before_a_crash_is_delivered_by_the_next_run(
    own: Settings, hook: _Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = reaching(own, hook)
    spike_rule(settings, f"webhook:http://{hook.address}/")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deliver, "deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            alerts.run(settings, now=NOW)
    assert len(kept.log(settings)) == 1
    report = alerts.run(settings, now=NOW)
    assert (len(report.fired), report.delivered, len(hook.got)) == (0, 1, 1)


class _Mails(Message):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.got.append(message)


def test_a_mail_is_received_with_why_and_link(own: Settings) -> None:
    mails = _Mails()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mails, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings = settings_module.load(
            {"READERSHIP_DATA": str(own.data), "READERSHIP_EDITIONS": str(own.editions), "READERSHIP_URL": "https://desk.example",
             "READERSHIP_SMTP_HOST": "127.0.0.1", "READERSHIP_SMTP_PORT": str(port), "READERSHIP_SMTP_TLS": "none",
             "READERSHIP_MAIL_FROM": "readership@desk.example"}
        )  # fmt: skip
        spike_rule(settings, "mail:editor@desk.example")
        assert alerts.run(settings, now=NOW).delivered == 1
    finally:
        server.stop()
    (mail,) = mails.got
    assert mail["to"] == "editor@desk.example"
    assert "Story 9000" in mail["subject"]
    text = mail.get_payload(decode=True).decode()
    assert "Read 4,900 times an hour" in text
    assert "https://desk.example/article?article=el.kz%2F9000" in text


def test_without_a_mail_server_the_log_says_so(own: Settings) -> None:
    spike_rule(own, "mail:editor@desk.example")
    assert "No mail server" in alerts.run(own, now=NOW).failed[0]


# -- command and page --------------------------------------------------------------------------------------------------
def test_publishing_asks_the_rules_and_a_broken_one_spoils_nothing(busy: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("site,article_key,observed_at,views\nel.kz,1,2026-06-20T11:00:00+05:00,10\n")
    data = tmp_path / "data"
    made = readership(data, "alerts", "add", "Volume", "--kind", "volume", "--selection", "site=el.kz")
    assert made.returncode == 0, made.stderr
    done = readership(data, "ingest", str(tmp_path / "a.csv"))
    assert (done.returncode, "Alerts: 0 fired" in done.stderr) == (0, True), done.stderr
    assert "site: el.kz" in readership(data, "alerts", "list").stdout
    assert "Alerts: 0 fired" in readership(data, "alerts").stderr
    (data / "state.sqlite").write_bytes(b"no database at all, not even a header of one")
    done = readership(data, "ingest", str(tmp_path / "a.csv"), "--json")
    assert json.loads(done.stdout)["rejected"] == 0


def test_the_admin_page_adds_a_rule_and_shows_what_fired(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    spike_rule(own)
    alerts.run(own, now=NOW)
    monkeypatch.setenv("READERSHIP_DATA", str(own.data))
    monkeypatch.setenv("READERSHIP_EDITIONS", str(own.editions))
    app = AppTest.from_file(str(SCRIPT), default_timeout=60).run().switch_page("../../../pages/admin.py").run()
    assert not app.exception
    assert any("Story 9000 of News & <b>friends</b>" in str(table.value.to_dict()) for table in app.dataframe)
    app.text_input("alert_name").set_value("Silence of Sport")
    app.selectbox("alert_kind").set_value("silence")
    app.text_input("alert_of").set_value("section=Sport")
    app.button("alert_add").click().run()
    assert not app.exception
    added = kept.rules(own)[-1]
    assert (added.name, added.kind, added.selection) == ("Silence of Sport", "silence", Selection(sections=("Sport",)))
    app.button(f"alert_remove_{added.id}").click().run()
    assert len(kept.rules(own)) == 1


def test_findings_come_from_the_current_edition(busy: Settings) -> None:
    edition = queries.current(busy)
    assert edition
    assert rules.findings(rule("spike"), edition) == found(busy, rule("spike"))
