"""A simulated news site on loopback: sitemaps, feeds, robots.txt, counters that grow by true curves, edits, deletions,
and failures on demand. Its time is the clock it is given, so a month passes in seconds."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from readership.pipeline.collect import Clock

START = datetime(2026, 10, 1, tzinfo=UTC)
ZONE = "Asia/Almaty"


class SimulatedClock(Clock):
    """A clock that stands still until somebody sleeps."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__()
        self._now, self._lock = start, threading.Lock()

    def now(self) -> datetime:
        """The simulated moment."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Time passes; nobody waits."""
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Lets time pass."""
        with self._lock:
            self._now += timedelta(seconds=max(seconds, 0.0))


@dataclass
class Story:
    """One article: how it is truly read, and what happens to it."""

    key: int
    published: datetime
    curve: Callable[[datetime], int]
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def path(self) -> str:
        """Its page."""
        return f"/en/story-of-the-river_{self.key}/"


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class NewsSite:
    """The site. What is asked for is logged as (moment, path, status); tests change any field while it runs.

    Attributes:
        robots: text of robots.txt, or the status it answers with.
        overrides: answers of its own by path; an exception class cuts the connection.
        status: answer of every page but robots.txt while it is set.
        counter: whether pages print their counter (a change of layout takes it away).
        printed: counters that went out, by story: (moment, views).
        latency: simulated seconds an answer takes.
    """

    clock: Clock
    stories: list[Story] = field(default_factory=list)
    robots: str | int = "User-agent: *\nDisallow: /private/\n"
    overrides: dict[str, Answer | Callable[[Any], None]] = field(default_factory=dict)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    counter: bool = True
    latency: float = 0.2
    log: list[tuple[datetime, str, int]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    printed: dict[int, list[tuple[datetime, int]]] = field(default_factory=dict)
    port: int = 0

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def visible(self) -> list[Story]:
        """Stories that are out and not deleted, newest first."""
        now = self.clock.now()
        out = [s for s in self.stories if s.published <= now and not (s.deleted_at and s.deleted_at <= now)]
        return sorted(out, key=lambda s: s.published, reverse=True)

    def answer(self, path: str, sent: dict[str, str]) -> Answer:
        """The answer to one request."""
        if path == "/robots.txt":
            return (self.robots, {}, b"") if isinstance(self.robots, int) else (200, {}, self.robots.encode())
        if self.status is not None:
            return self.status, self.headers, b"not now"
        status, headers, body = self._page(path)
        if status == 200:
            etag = '"' + hashlib.sha256(body).hexdigest()[:20] + '"'
            headers = {"ETag": etag, **headers}
            if sent.get("if-none-match") == etag:
                return 304, headers, b""
        return status, headers, body

    def _page(self, path: str) -> Answer:
        makers: dict[str, Callable[[], Answer]] = {
            "/sitemap.xml": self._index,
            "/sitemap-1.xml.gz": self._sitemap,
            "/news.xml": self._news,
            "/rss.xml": self._rss,
            "/atom.xml": self._atom,
            "/feed.json": self._feed,
            "/en/": self._section,
        }
        if path in makers:
            return makers[path]()
        story = next((s for s in self.stories if s.path == path), None)
        now = self.clock.now()
        if story is None or story.published > now:
            return 404, {"Content-Type": "text/html"}, b"<html><body><h1>404</h1></body></html>"
        if story.deleted_at and story.deleted_at <= now:
            return 410, {"Content-Type": "text/html"}, b"<html><body><h1>Gone</h1></body></html>"
        self.printed.setdefault(story.key, []).append((now, story.curve(now)))
        return 200, {"Content-Type": "text/html; charset=utf-8"}, self.html(story, now).encode()

    def html(self, story: Story, now: datetime) -> str:
        """A story's page."""
        edited = story.edited_at is not None and story.edited_at <= now
        title = f"The river rose in district {story.key}" + (", officials say" if edited else "")
        views = f'<span class="views">{story.curve(now)}</span>' if self.counter else ""
        facts = {"@type": "NewsArticle", "headline": title, "datePublished": story.published.isoformat()}
        text = "".join(
            f"<p>Paragraph {n} tells how the water came to the fields of district {story.key}.</p>" for n in range(4)
        )
        moment = story.published.astimezone(ZoneInfo(ZONE)).strftime("%d.%m.%Y %H:%M")
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<script type="application/ld+json">{json.dumps(facts)}</script></head>'
            f"<body><main><article><h1>{title}</h1>"
            f'<div class="meta"><time datetime="{story.published.isoformat()}">{moment}</time> {views}</div>'
            f'<div class="text">{text}</div></article></main></body></html>'
        )

    # -- where it says what it has -----------------------------------------------------------------------------------
    def _index(self) -> Answer:
        listed = f"<sitemap><loc>{self.base}/sitemap-1.xml.gz</loc></sitemap>"
        listed += f"<sitemap><loc>{self.base}/sitemap.xml</loc></sitemap>"  # an index that names itself
        return 200, {}, _xml("sitemapindex", listed)

    def _sitemap(self) -> Answer:
        listed = "".join(f"<url><loc>{self.base}{s.path}</loc></url>" for s in self.visible())
        return 200, {"Content-Type": "application/gzip"}, gzip.compress(_xml("urlset", listed), mtime=0)

    def _news(self) -> Answer:
        listed = "".join(
            f"<url><loc>{self.base}{s.path}</loc><news:news><news:publication_date>{s.published.isoformat()}"
            f"</news:publication_date></news:news></url>"
            for s in self.visible()[:20]
        )
        return 200, {}, _xml("urlset", listed, ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"')

    def _rss(self) -> Answer:
        items = "".join(
            f"<item><title>{escape('A & B')}</title><link>{self.base}{s.path}?utm_source=rss</link>"
            f"<pubDate>{format_datetime(s.published)}</pubDate></item>"
            for s in self.visible()[:20]
        )
        return 200, {}, f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()

    def _atom(self) -> Answer:
        entries = "".join(
            f'<entry><link rel="self" href="/x"/><link href="{s.path}"/>'
            f"<published>{s.published.isoformat()}</published></entry>"
            for s in self.visible()[:20]
        )
        return 200, {}, f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()

    def _feed(self) -> Answer:
        items = [{"url": self.base + s.path, "date_published": s.published.isoformat()} for s in self.visible()[:20]]
        return 200, {}, json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()

    def _section(self) -> Answer:
        links = "".join(f'<li><a href="{s.path}#comments">x</a></li>' for s in self.visible()[:20])
        return 200, {}, f'<html><body><a href="/about">about</a><ul>{links}</ul></body></html>'.encode()


def _xml(root: str, listed: str, more: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{more}>{listed}</{root}>'
    ).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: NewsSite

    def do_GET(self) -> None:
        site = self.site
        moment = site.clock.now()
        if isinstance(site.clock, SimulatedClock):
            site.clock.pass_by(site.latency)
        site.agents.add(self.headers.get("user-agent", ""))
        own = site.overrides.get(self.path)
        if callable(own):
            site.log.append((moment, self.path, 0))
            self.close_connection = True
            own(self)
            return
        sent = {name.lower(): value for name, value in self.headers.items()}
        status, headers, body = own or site.answer(self.path, sent)
        site.log.append((moment, self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no news."""


@contextmanager
def served(site: NewsSite) -> Iterator[NewsSite]:
    """The site, listening on a free port of 127.0.0.1."""
    handler = type("Handler", (_Handler,), {"site": site, "wbufsize": -1})
    server = _Server(("127.0.0.1", 0), handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def entry(site: NewsSite, **collect: Any) -> str:
    """The site's entry for sites.toml; without more it is found by its RSS."""
    wanted: dict[str, Any] = {"feeds": [f"{site.base}/rss.xml"], "allow": [f"127.0.0.1:{site.port}"]} | collect
    lines = [f"{name} = {json.dumps(value)}" for name, value in wanted.items() if value is not None]
    head = f'["127.0.0.1"]\nzone = "{ZONE}"\nkey_pattern = \'_(?P<key>\\d+)/?(?:\\?|$)\'\nlanguages = ["en"]\n'
    return head + '["127.0.0.1".collect]\n' + "\n".join(lines) + "\n"


def story_page(site: NewsSite) -> tuple[str, bytes]:
    """Path and page of a story, for a server of another kind."""
    published = site.clock.now() - timedelta(hours=1)
    one = Story(73555, published, curve(published, 500, 5, 1))
    return one.path, site.html(one, site.clock.now()).encode()


def attention(moment: datetime) -> float:
    """Hours of attention up to a moment: at noon of Almaty an hour counts for 1.6, at midnight for 0.4."""
    hours = moment.timestamp() / 3600 + 5
    return hours - 0.6 * 24 / math.tau * math.sin(math.tau * hours / 24)


def curve(published: datetime, views: float, pace_h: float, steady: float) -> Callable[[datetime], int]:
    """Cumulative views that grow fast, then slower, by day more than by night; exact, whole, never falling."""

    since = attention(published)

    def at(moment: datetime) -> int:
        if moment <= published:
            return 0
        hours = attention(moment) - since
        fresh = views * (1 - (1 + hours / pace_h) ** -1.3)
        return int(fresh + steady * hours)

    return at


def stories(count: int, days: int, seed: int = 1, start: datetime = START) -> list[Story]:
    """Stories over a time: some edited, some deleted, each with its own curve."""
    dice = random.Random(seed)
    made = []
    for n in range(count):
        published = (start + timedelta(seconds=dice.randrange(3600, days * 86400 - 3600))).replace(second=0)
        one = Story(
            73000 + n, published, curve(published, dice.lognormvariate(6, 1), dice.uniform(2, 12), dice.uniform(0, 2))
        )
        if n % 6 == 1:
            one.edited_at = published + timedelta(hours=dice.uniform(1, 30))
        if n % 9 == 2:
            one.deleted_at = published + timedelta(hours=dice.uniform(20, 100))
        made.append(one)
    return made
