"""The collector at work: one job after another for a few sites, each answer spooled and remembered before the next."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from readership import parse
from readership.errors import InputRefused, Removed
from readership.models import Basis, Capture, PageFacts, Site
from readership.pipeline.collect import plan
from readership.pipeline.collect.clock import Clock
from readership.pipeline.collect.polite import Hosts, host_of, in_trouble
from readership.pipeline.collect.spool import Spool
from readership.pipeline.collect.state import ALIVE_EVERY, MOST_ARTICLES, Job, State
from readership.sites import Sites
from readership.sources import addresses, feeds
from readership.sources.web import Answer, FetchFailed, Web

FACTS = ("title", "body", "published", "views", "section", "authors", "rates", "photo_credit")
"""Facts whose absence is counted, besides `article` itself."""
_FINE = frozenset({"read", "unchanged", "gone", "moved"})
_WALLS = frozenset({401, 402, 403, 407, 451})
_GONE = frozenset({404, 410})
_DEEPEST_INDEX = 3
_LONGEST_NAP = 60.0
_RECOUNT = 300.0
_LOOKED_AT = 100
_TRACKING = re.compile(r"utm_|fbclid$|gclid$|yclid$|ysclid$|_openstat$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request for an article ended.

    Attributes:
        kind: `read`, `unchanged` (304: no reading can be claimed), `gone`, `moved`, `no article`, `wall`, `server`,
            `answer` (any other status), or a FetchFailed kind.
    """

    kind: str
    said: str = ""
    facts: PageFacts | None = None


class Worker:
    """Collects some sites in one thread.

    Args:
        web_of: makes the fetcher of a site.
        between: called before every job and nap.
    """

    def __init__(
        self, known: Sites, chosen: Sequence[Site], state: State, spool: Spool, clock: Clock,
        web_of: Callable[[Site], Web], dice: random.Random, forgotten: Callable[[], set[tuple[str, str]]],
    ) -> None:  # fmt: skip
        self.counts: Counter[str] = Counter()
        self._known, self._state, self._spool, self._clock = known, state, spool, clock
        self._sites = {site.name: site for site in chosen}
        self._webs = {site.name: web_of(site) for site in chosen}
        self._hosts = {
            site.name: Hosts(site.name, state, clock, self._webs[site.name], _least(site), dice) for site in chosen
        }
        self._links = {s.name: re.compile(s.collect.links) for s in chosen if s.collect and s.collect.links}
        self._asked = dict.fromkeys(self._sites, 0.0)
        self._waiting: dict[str, tuple[float, dict[int, int]]] = {}
        self._forgotten = forgotten
        self._signed = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()

    def close(self) -> None:
        """Lets go of the connections."""
        for web in self._webs.values():
            web.close()

    # -- the round ---------------------------------------------------------------------------------------------------
    def run(self, between: Callable[[], float | None], *, until: float | None, once: bool) -> None:
        """Works until the moment, until nothing is left to do (`once`), or until the clock is stopped.

        Args:
            between: called before every job and nap; says when it wants to be called again.
        """
        self.begin()
        started = self.now() if once else None
        while not self._clock.stopped and (until is None or self.now() < until):
            called = between()
            self._give_sign()
            job, wake = self._choose(started)
            if job is not None:
                self._do(job)
            elif once and (wake is None or wake > self.now() + plan.MINUTE):
                return
            else:
                self._nap([wake, called, until])

    def _give_sign(self) -> None:
        if self.now() - self._signed >= ALIVE_EVERY:
            self._signed = self.now()
            self._state.alive(self._signed)

    def _nap(self, moments: list[float | None]) -> None:
        now = self.now()
        wake = min([now + _LONGEST_NAP, *(moment for moment in moments if moment is not None)])
        self._clock.sleep(max(wake - now, 0.001))

    def begin(self) -> None:
        """Brings the queue in line with the site entries."""
        now = self.now()
        for site in self._sites.values():
            assert site.collect is not None
            self._state.begin_site(site.name, now)
            named = {"sitemap": site.collect.sitemaps, "feed": site.collect.feeds, "page": site.collect.pages}
            wanted = [(addresses.normal(url), kind) for kind, urls in named.items() for url in urls]
            self._state.keep_documents(site.name, [(url, host_of(url), kind) for url, kind in wanted], now)
            self._add_links(site, [feeds.Link(url) for url in site.collect.urls], None)
        self._state.forget(self._forgotten())

    def _choose(self, started: float | None) -> tuple[Job | None, float | None]:
        """The next job, of the site that waited longest; or when to look again."""
        wakes: list[float] = []
        for name in sorted(self._sites, key=lambda name: self._asked[name]):
            job, wake = self._choose_of(self._sites[name], started)
            if job is not None:
                self._asked[name] = self.now()
                return job, None
            if wake is not None:
                wakes.append(wake)
        return None, min(wakes, default=None)

    def _choose_of(self, site: Site, started: float | None) -> tuple[Job | None, float | None]:
        now = self.now()
        row = self._state.one("SELECT paused FROM site WHERE site = ?", site.name)
        if row and row["paused"]:
            return None, None if started is not None else now + plan.MINUTE
        assert site.collect is not None
        spent = self._state.spent(site.name, now - plan.HOUR)
        tiers = plan.tiers_open(site.collect.requests_per_hour, spent, self._waiting_of(site.name))
        if tiers == plan.DOCUMENT_TIER:
            return None, now + plan.MINUTE + 1
        job = self._state.next_job(site.name, now, tiers, started)
        if job is not None:
            return job, None
        wakes = [self._state.soonest_host(site.name, now), self._state.soonest(site.name, now)]
        return None, min((wake for wake in wakes if wake is not None), default=None)

    def _waiting_of(self, site: str) -> dict[int, int]:
        """Articles by tier, counted anew every few minutes."""
        counted, found = self._waiting.get(site, (0.0, {}))
        if not 0 <= self.now() - counted < _RECOUNT:
            found = self._state.waiting(site)
            self._waiting[site] = self.now(), found
        return found

    # -- one job -----------------------------------------------------------------------------------------------------
    def _do(self, job: Job) -> None:
        row, hosts = job.row, self._hosts[job.site]
        answer: Answer | None = None
        try:
            tier = row["tier"] if job.what == "article" else plan.DOCUMENT_TIER
            answer = hosts.get(job.what, tier, job.url, self._conditions(job))
            outcome = self._taken(job, answer)
        except FetchFailed as error:
            if error.kind in ("later", "stopped"):
                return
            outcome = Outcome(error.kind, error.message)
        with self._state.at_once():
            if answer is not None:
                hosts.settle(job.what, outcome.kind, outcome.said)
            if job.what == "article":
                self._keep_article(job, answer, outcome)
            else:
                self._keep_document(row, answer, outcome)
            self._keep_site(job, outcome)
        self.counts[f"{job.what}: {outcome.kind}"] += 1

    def _conditions(self, job: Job) -> dict[str, str]:
        """Headers that ask for an answer only if the page has changed."""
        row = job.row
        if job.what == "article" and self.now() - (row["full_at"] or 0.0) >= plan.FULL_EVERY:
            return {}
        found = {"if-none-match": row["etag"], "if-modified-since": row["modified"]}
        return {name: value for name, value in found.items() if value}

    def _taken(self, job: Job, answer: Answer) -> Outcome:
        if answer.status == 304:
            return Outcome("unchanged")
        if job.what == "document":
            return self._read_document(job, answer)
        place = self._known.key(answer.url)
        if place[0] == job.site and place[1]:
            self._spool.add(answer, answer.url)
        if place != (job.site, job.row["key"]):
            if place[1] and place[0] == job.site:
                self._add_links(self._sites[job.site], [feeds.Link(answer.url)], None)
            return Outcome("moved", f"It leads to {answer.url}"[:300])
        return self._read_article(answer)

    def _read_article(self, answer: Answer) -> Outcome:
        if answer.status in _GONE:
            return Outcome("gone", f"The server answered {answer.status}.")
        if not 200 <= answer.status < 300:
            kind = "server" if in_trouble(answer.status) else "wall" if answer.status in _WALLS else "answer"
            return Outcome(kind, f"The server answered {answer.status}.")
        capture = Capture(
            answer.body, answer.url, answer.url, answer.at.replace(microsecond=0), Basis.HTTP,
            answer.header("content-type"), answer.status,
        )  # fmt: skip
        try:
            return Outcome("read", facts=parse.read(capture, self._known))
        except Removed as error:
            return Outcome("gone", error.message)
        except InputRefused as error:
            return Outcome("no article", error.message)
        except Exception as error:  # the same page is refused at ingest, with its bytes kept
            return Outcome("no article", f"Reading the page failed ({type(error).__name__}).")

    # -- documents ---------------------------------------------------------------------------------------------------
    def _read_document(self, job: Job, answer: Answer) -> Outcome:
        if not 200 <= answer.status < 300:
            return Outcome("server" if in_trouble(answer.status) else "answer", f"The server answered {answer.status}.")
        site, row = self._sites[job.site], job.row
        pattern = self._links.get(job.site) if row["kind"] == "page" else None
        try:
            found = feeds.read(answer.body, answer.url, pattern=pattern)
        except InputRefused as error:
            return Outcome("broken", error.message)
        row["form"] = found.form
        default = None if found.form == "sitemap" else self.now()
        new = self._add_links(site, found.pages, default)
        new += self._add_sitemaps(site, found.sitemaps, row["depth"] + 1)
        self.counts["found"] += new
        row["unchanged"] = -1 if new else row["unchanged"]
        said = f"{len(found.pages) + len(found.sitemaps)} links, {new} new"
        if found.pages and not new and not any(self._place(site, link.url) for link in found.pages[:_LOOKED_AT]):
            said += "; none of them is an article of this site: see its hosts and its key pattern"
        return Outcome("read", said)

    def _add_links(self, site: Site, links: Sequence[feeds.Link], default: float | None) -> int:
        """Remembers articles; how many were new. `default` is the age's start of those without a date."""
        now, gone, new = self.now(), self._forgotten(), 0
        room = MOST_ARTICLES - self._state.count_articles(site.name)
        with self._state.at_once():
            for link in links:
                place = self._place(site, link.url)
                if place is None or place[1:] in gone or new >= room:
                    continue
                said = link.published or link.modified
                born = min(said.timestamp(), now) if said else default
                tier = plan.UNKNOWN_TIER if born is None else plan.tier(now - born)
                new += self._state.add_article(site.name, place[2], place[0], host_of(place[0]), now, born, tier)
        return new

    def _place(self, site: Site, url: str) -> tuple[str, str, str] | None:
        """(URL, site, key) of a link to an article of the site, else None."""
        try:
            url = tidy(addresses.normal(url))
        except addresses.AddressRefused:
            return None
        found = self._known.of_url(url)
        name, key = self._known.key(url)
        return (url, name, key) if found is not None and found.name == site.name and key else None

    def _add_sitemaps(self, site: Site, links: Sequence[feeds.Link], depth: int) -> int:
        """Remembers the sitemaps of an index; what the site lists twice, or in a circle, is there once."""
        new, now = 0, self.now()
        if depth > _DEEPEST_INDEX:
            return 0
        with self._state.at_once():
            for link in links:
                try:
                    url = addresses.normal(link.url)
                except addresses.AddressRefused:
                    continue
                found = self._known.of_url(url)
                if found is None or found.name != site.name:
                    continue
                new += self._state.add_document(site.name, url, host_of(url), "sitemap", depth, now)
                if link.modified:
                    self._state.do(
                        "UPDATE document SET next_at = ?1 WHERE site = ?2 AND url = ?3 AND next_at > ?1 "
                        "AND read_at < ?4",
                        now, site.name, url, link.modified.timestamp(),
                    )  # fmt: skip
        return new

    def _keep_document(self, row: dict[str, Any], answer: Answer | None, outcome: Outcome) -> None:
        now = self.now()
        fine = outcome.kind in _FINE
        unchanged = row["unchanged"] + 1 if fine else row["unchanged"]
        failures = 0 if fine else row["failures"] + 1
        wait = plan.document_interval(row["form"] or row["kind"], unchanged)
        if not fine:
            wait = max(wait, min(wait * 2.0 ** min(failures, 16), 6 * plan.HOUR))
        etag, modified = _validators(answer, row)
        self._state.do(
            "UPDATE document SET read_at = ?, next_at = ?, form = ?, etag = ?, modified = ?, unchanged = ?, "
            "failures = ?, said = ? WHERE site = ? AND url = ?",
            now, now + wait, row["form"], etag, modified, unchanged,
            failures, outcome.said, row["site"], row["url"],
        )  # fmt: skip

    # -- articles ----------------------------------------------------------------------------------------------------
    def _keep_article(self, job: Job, answer: Answer | None, outcome: Outcome) -> None:
        now, row, facts = self.now(), job.row, outcome.facts
        fine = outcome.kind in _FINE
        published = (
            facts.published.instant.timestamp() if facts and facts.published and facts.published.instant else None
        )
        published = published if published is not None else row["published_at"]
        born = published if published is not None else row["born_at"] if row["born_at"] is not None else row["found_at"]
        age = max(0.0, now - born)
        failures = 0 if fine else row["failures"] + 1
        gone = row["gone"] + 1 if outcome.kind == "gone" else 0 if fine else row["gone"]
        etag, modified = _validators(answer, row)
        views, views_at, speed = _speed(row, facts, now)
        self._state.do(
            "UPDATE article SET published_at = ?, read_at = ?, full_at = ?, ok_at = ?, next_at = ?, tier = ?, "
            "speed = ?, views = ?, views_at = ?, etag = ?, modified = ?, outcome = ?, status = ?, failures = ?, "
            "gone = ?, said = ? WHERE site = ? AND key = ?",
            published, now, now if answer and answer.status == 200 else row["full_at"], now if fine else row["ok_at"],
            _next_at(now, age, outcome.kind, failures, gone), plan.tier(age), speed, views, views_at, etag, modified,
            outcome.kind, answer and answer.status, failures, gone, outcome.said, job.site, row["key"],
        )  # fmt: skip
        if outcome.kind in ("read", "no article"):
            self._count_facts(job.site, facts)

    def _count_facts(self, site: str, facts: PageFacts | None) -> None:
        found = {"article": facts is not None} | {name: facts is not None and _has(facts, name) for name in FACTS}
        for name, there in found.items():
            self._state.do(
                "INSERT INTO fact_hour (site, hour, fact, pages, found) VALUES (?, ?, ?, 1, ?) ON CONFLICT "
                "(site, hour, fact) DO UPDATE SET pages = pages + 1, found = found + excluded.found",
                site, int(self.now() // 3600), name, int(there),
            )  # fmt: skip

    def _keep_site(self, job: Job, outcome: Outcome) -> None:
        """Since when a site has which trouble; trouble with articles is not over because a feed can be read."""
        now = self.now()
        if outcome.kind in _FINE:
            self._state.do(
                "UPDATE site SET ok_at = ?, ok_url = ? WHERE site = ? AND ? = 'article'",
                now,
                job.url,
                job.site,
                job.what,
            )
            self._state.do(
                "UPDATE site SET trouble = NULL, trouble_since = NULL, trouble_what = NULL, said = NULL "
                "WHERE site = ?1 AND (trouble_what = ?2 OR ?2 = 'article')", job.site, job.what,
            )  # fmt: skip
            return
        self._state.do(
            "UPDATE site SET trouble = ?1, trouble_since = coalesce(trouble_since, ?2), trouble_what = ?3, said = ?4 "
            "WHERE site = ?5 AND (trouble_what IS NULL OR trouble_what = ?3 OR ?3 = 'article')",
            outcome.kind, now, job.what, outcome.said, job.site,
        )  # fmt: skip


def _least(site: Site) -> float:
    assert site.collect is not None
    return site.collect.min_interval_s


def _has(facts: PageFacts, name: str) -> bool:
    value = getattr(facts, name)
    return value is not None and value != "" and value != ()


def _next_at(now: float, age: float, kind: str, failures: int, gone: int) -> float | None:
    if kind == "gone":
        return None if gone >= plan.GONE_READINGS else now + plan.after_gone(age)
    if kind in ("robots", "refused", "moved"):
        return now + plan.after_gone(age)
    return now + (plan.after_trouble(age, failures) if failures else plan.interval(age))


def _speed(row: dict[str, Any], facts: PageFacts | None, now: float) -> tuple[int | None, float | None, float]:
    """Views, when they were read, and views an hour between the last two readings."""
    if facts is None or facts.views is None:
        return row["views"], row["views_at"], row["speed"]
    before, since = row["views"], row["views_at"]
    if before is None or since is None or now <= since:
        return facts.views, now, row["speed"]
    return facts.views, now, max(0.0, (facts.views - before) / (now - since) * plan.HOUR)


def _validators(answer: Answer | None, row: dict[str, Any]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to send next time."""
    if answer is None or answer.status == 304:
        return row["etag"], row["modified"]
    if answer.status != 200:
        return None, None
    return _short(answer.header("etag")), _short(answer.header("last-modified"))


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= 200 and value.isascii() and value.isprintable() else None


def tidy(url: str) -> str:
    """A URL without what only says where a reader came from."""
    parts = urlsplit(url)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    ]
    if len(kept) == parts.query.count("&") + bool(parts.query):
        return url
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))
