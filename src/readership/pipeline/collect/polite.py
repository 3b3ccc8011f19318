"""Asking a host: whether it allows it, when, and how long it is left alone after trouble."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from readership.pipeline.collect import plan
from readership.pipeline.collect.clock import Clock
from readership.pipeline.collect.state import State
from readership.sources import robots
from readership.sources.mht import http_date
from readership.sources.web import Answer, FetchFailed, Web

PATIENCE = 60.0
"""Seconds waited for a host in the midst of a job; what takes longer is done later."""
LONGEST_RETRY = 30 * plan.DAY
_ROBOTS_FRESH = plan.DAY
_HOST_TROUBLE = frozenset({"unreachable", "timeout", "certificate"})


def host_of(url: str) -> str:
    """The host of a normal URL, the grain of politeness."""
    return urlsplit(url).hostname or ""


def in_trouble(status: int) -> bool:
    """Whether an answer means that the host, not the page, has trouble or had enough of us."""
    return status >= 500 or status == 429


def retry_after(answer: Answer, now: datetime) -> float:
    """Seconds that an answer asks to wait (RFC 9110, 10.2.3: seconds or a date), 0 when it doesn't."""
    said = (answer.header("retry-after") or "").strip()
    if said.isdigit():
        return min(float(said[:12]), LONGEST_RETRY)
    moment = http_date(said) if said else None
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_RETRY) if moment else 0.0


@dataclass
class _Held:
    host: str
    number: int
    at: float


class Hosts:
    """The hosts of one site, asked one request at a time.

    Args:
        least: seconds between the end of an answer and the next request, whatever robots.txt says.
    """

    def __init__(self, site: str, state: State, clock: Clock, web: Web, least: float, dice: random.Random) -> None:
        self.site, self.least = site, least
        self._state, self._clock, self._web, self._dice = state, clock, web, dice
        self._held: _Held | None = None

    def now(self) -> float:
        """Seconds since 1970 by the collector's clock."""
        return self._clock.now().timestamp()

    def get(self, what: str, tier: int, url: str, headers: dict[str, str]) -> Answer:
        """One answer, every hop allowed by its host's robots.txt and at the pace the host wants.

        Raises:
            FetchFailed: also kind `robots` (not allowed) and `later` (the host must be left alone for now).
        """
        return self._asked(what, tier, url, headers, obey=True)

    def _asked(self, what: str, tier: int, url: str, headers: dict[str, str], *, obey: bool) -> Answer:
        def permit(hop: str) -> None:
            self._let_go(None, "redirects")
            if obey:
                self._obey(hop)
            self._hold(what, tier, hop)

        try:
            answer = self._web.get(url, headers, permit)
        except FetchFailed as error:
            self._let_go(None, error.kind, error.message)
            raise
        self._let_go(answer, "")
        return answer

    def settle(self, what: str, outcome: str, said: str = "") -> None:
        """Says how the last request ended."""
        self._state.do(
            "UPDATE request SET outcome = ?, said = ? WHERE rowid = "
            "(SELECT max(rowid) FROM request WHERE site = ? AND what = ?)", outcome, said[:300], self.site, what,
        )  # fmt: skip

    # -- holding a host ----------------------------------------------------------------------------------------------
    def _hold(self, what: str, tier: int, url: str) -> None:
        host, until = host_of(url), self.now() + PATIENCE
        apart = self._apart(host)
        while (number := self._state.hold(self.site, host, what, tier, url, self.now(), apart)) is None:
            wait = self._state.open_at(host) - self.now()
            if self._clock.stopped:
                raise FetchFailed("stopped", "The collector was told to stop.")
            if self.now() + wait > until:
                raise FetchFailed("later", "The host is left alone for now.")
            self._clock.sleep(max(wait, 0.001))
        self._held = _Held(host, number, self.now())

    def _let_go(self, answer: Answer | None, kind: str, said: str = "") -> None:
        held, self._held = self._held, None
        if held is None:
            return
        now, apart = self.now(), self._apart(held.host)
        failed: bool | None = None
        if answer is not None:
            failed = in_trouble(answer.status)
            apart = max(apart, retry_after(answer, self._clock.now()))
        elif kind in _HOST_TROUBLE:
            failed = True
        if failed:
            apart = max(apart, plan.back_off(self._state.failures(held.host) + 1, self._dice))
        with self._state.at_once():
            self._state.release(held.host, now + apart, failed=failed)
            self._state.do(
                "UPDATE request SET outcome = ?, status = ?, said = ?, took = ? WHERE rowid = ?",
                kind or None, answer and answer.status, said[:300], max(0.0, now - held.at), held.number,
            )  # fmt: skip

    def _apart(self, host: str) -> float:
        """Seconds between two requests to a host."""
        known = self._state.rows(
            "SELECT kind, text FROM robots WHERE origin IN (?, ?)", f"https://{host}", f"http://{host}"
        )
        known += self._state.rows(
            "SELECT kind, text FROM robots WHERE origin LIKE ? ESCAPE '!'", f"http%://{_like(host)}:%"
        )
        return max([self.least, *(robots.Rules(row["kind"], row["text"]).delay_s for row in known)])

    # -- robots.txt --------------------------------------------------------------------------------------------------
    def _obey(self, url: str) -> None:
        """Raises FetchFailed when the host doesn't allow a URL."""
        rules = self._rules(url)
        if rules.kind == "nothing":
            raise FetchFailed("robots", "Its robots.txt can't be had, so nothing else is asked for.")
        if not rules.allows(url):
            raise FetchFailed("robots", "Its robots.txt does not allow it.")

    def _rules(self, url: str) -> robots.Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._state.one("SELECT * FROM robots WHERE origin = ?", origin)
        if known and known["until"] > self.now():
            return robots.Rules(known["kind"], known["text"])
        return self._read_rules(origin, known["failures"] if known else 0)

    def _read_rules(self, origin: str, failures: int) -> robots.Rules:
        try:
            answer = self._asked("robots", plan.DOCUMENT_TIER, f"{origin}/robots.txt", {}, obey=False)
        except FetchFailed as error:
            if error.kind in ("later", "stopped"):
                raise
            # RFC 9309, 2.3.1.2: more than five redirects count as no file.
            rules = robots.read(404 if error.kind == "redirects" else None)
            self._keep_rules(origin, rules, failures)
            if rules.kind == "nothing":
                raise
            return rules
        rules = robots.read(answer.status, answer.body)
        self.settle("robots", "no rules now" if rules.kind == "nothing" else "read")
        self._keep_rules(origin, rules, failures)
        if rules.kind == "nothing":
            raise FetchFailed("robots", f"Its robots.txt answered {answer.status}, so nothing else is asked for.")
        return rules

    def _keep_rules(self, origin: str, rules: robots.Rules, failures: int) -> None:
        now = self.now()
        failed = rules.kind == "nothing"
        # Asked for again as soon as the host is asked again at all.
        until = max(self._state.open_at(host_of(origin)), now + 1) if failed else now + _ROBOTS_FRESH
        self._state.do(
            "INSERT OR REPLACE INTO robots (origin, kind, text, read_at, until, failures) VALUES (?, ?, ?, ?, ?, ?)",
            origin, rules.kind, rules.text, now, until, failures + 1 if failed else 0,
        )  # fmt: skip
        with suppress(FetchFailed):
            self._widen(host_of(origin))

    def _widen(self, host: str) -> None:
        """A crawl-delay just learnt holds for the request just made."""
        wanted = self.now() + self._apart(host)
        if self._state.open_at(host) < wanted:
            self._state.do("UPDATE host SET next_at = ? WHERE host = ?", wanted, host)


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
