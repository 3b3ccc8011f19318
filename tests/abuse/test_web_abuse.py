"""Abuse of fetching (TRUST 8-12, 21): addresses, rebinding, redirects, bombs, drips, entities, loops, deep pages."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from newsroom_site import NewsSite, SimulatedClock, entry, served, stories
from readership import settings
from readership.errors import InputRefused
from readership.pipeline import collect as collector
from readership.sources import addresses, feeds, robots
from readership.sources.web import Bounds, FetchFailed, Web

SMALL = Bounds(raw=1_000_000, inflated=3_000_000, seconds=1.5)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with served(NewsSite(SimulatedClock(), stories(3, 1))) as made:
        yield made


def web(site: NewsSite | None = None, **options: Any) -> Web:
    return Web("Readership/test", now, allowed=[f"127.0.0.1:{site.port}"] if site else [], **options)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(FetchFailed) as told:
        call()
    return told.value.kind


class Trap:
    """A port of this machine that counts who connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.port = self.socket.getsockname()[1]

    def touched(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except TimeoutError:
            return False
        return True


@pytest.fixture
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.socket.close()


# -- 8: addresses ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "１２７.０.０.１",
        "①②⑦.⓪.⓪.①",
        "127.0.0.1%00.example.org",
        "%31%32%37.0.0.1",
        "user@127.0.0.1",
        "example.org@127.0.0.1",
        "example.org:80@127.0.0.1",
        "127.0.0.1\\@example.org",
    ],
)
def test_every_way_to_write_this_machine_is_refused_before_connecting(host, trap):
    assert refused(lambda: web().get(f"http://{host}:{trap.port}/")) == "refused"
    assert not trap.touched()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "0.1.2.3",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001:0::1",
        "100::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:c0a8:101::1",
        "fe80::1%eth0",
    ],
)
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(address):
    assert not addresses.public(address)
    assert refused(lambda: web(resolve=lambda *_: [address]).get("http://example.org/")) == "refused"
    assert refused(lambda: web(resolve=lambda *_: ["93.184.215.14", address]).get("http://example.org/")) == "refused"


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address):
    assert addresses.public(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "http://",
        "http:///x",
        "https://example.org:22/",
        "http://exa mple.org/",
        "http://[::1",
        "http://example.org:99999/",
        "",
        "http://" + "a" * 3000 + ".org/",
        "http://example.org/" + "a" * 3000,
        "data:text/html,x",
    ],
)
def test_what_is_no_plain_address_of_the_web_is_refused(url):
    assert refused(lambda: web(resolve=lambda *_: pytest.fail("looked up")).get(url)) == "refused"


def test_only_the_very_address_and_port_of_the_entry_are_allowed(site, trap):
    assert web(site).get(f"{site.base}/rss.xml").status == 200
    assert refused(lambda: web(site).get(f"http://127.0.0.1:{trap.port}/")) == "refused"
    assert refused(lambda: web(site).get(f"http://localhost:{trap.port}/")) == "refused"
    assert not trap.touched()


# -- 9: redirects and rebinding --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{trap}/",
        "http://[::1]:{trap}/",
        "http://2130706433:{trap}/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user:secret@example.org/",
        "javascript:alert(1)",
        "http://10.0.0.1/",
        "//169.254.169.254/latest/meta-data/",
    ],
)
def test_a_redirect_to_what_may_not_be_asked_ends_there(site, trap, target):
    site.overrides["/go"] = (302, {"Location": target.format(trap=trap.port)}, b"")
    assert refused(lambda: web(site).get(f"{site.base}/go")) == "refused"
    assert not trap.touched()


def test_twenty_hops_are_cut_at_five(site):
    for n in range(20):
        site.overrides[f"/{n}"] = (302, {"Location": f"/{n + 1}"}, b"")
    site.overrides["/20"] = (200, {}, b"at last")
    assert refused(lambda: web(site).get(f"{site.base}/0")) == "redirects"
    assert len(site.log) == 6
    assert web(site).get(f"{site.base}/15").body == b"at last"


def test_a_redirect_to_itself_is_asked_for_once(site):
    site.overrides["/a"] = (301, {"Location": "/a"}, b"")
    assert refused(lambda: web(site).get(f"{site.base}/a")) == "redirects"
    assert len(site.log) == 1


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(site, trap):
    """DNS rebinding: the first look-up gives the allowed address, any later one another."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    fetcher = web(site, resolve=rebinding)
    assert fetcher.get(f"http://news.example.org:{site.port}/rss.xml").address == "127.0.0.1"
    assert len(asked) == 1
    fetcher.close()
    again = web(site, resolve=rebinding)
    assert refused(lambda: again.get(f"http://news.example.org:{site.port}/rss.xml")) == "refused"


def test_a_proxy_of_the_environment_is_not_used(site, trap, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    assert web(site).get(f"{site.base}/rss.xml").status == 200
    assert not trap.touched()


# -- 10: bodies ------------------------------------------------------------------------------------------------------
def endless(length: str | None) -> Callable[[Any], None]:
    """An answer that would be ten gigabytes."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        if length:
            handler.send_header("Content-Length", length)
        else:
            handler.send_header("Connection", "close")
        handler.end_headers()
        block = b"x" * 65_536
        try:
            for _ in range(10 * 2**30 // len(block)):
                handler.wfile.write(block)
        except OSError:
            return

    return answer


@pytest.mark.parametrize("length", [str(10 * 2**30), None])
def test_ten_gigabytes_are_cut_at_the_bound(site, length):
    site.overrides["/big"] = endless(length)
    started = time.monotonic()
    assert refused(lambda: web(site).get(f"{site.base}/big")) == "too large"
    assert time.monotonic() - started < 5


def test_a_gzip_bomb_is_cut_at_the_bound(site):
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    site.overrides["/bomb"] = (200, {"Content-Encoding": "gzip"}, bomb)
    assert len(bomb) < 1_000_000
    assert refused(lambda: web(site, bounds=SMALL).get(f"{site.base}/bomb")) == "too large"
    site.overrides["/ok"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"fine"))
    assert web(site).get(f"{site.base}/ok").body == b"fine"


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd"])
def test_a_coding_nobody_asked_for_is_not_unpacked(site, coding):
    site.overrides["/x"] = (200, {"Content-Encoding": coding}, gzip.compress(b"x"))
    assert refused(lambda: web(site).get(f"{site.base}/x")) == "broken"


@pytest.mark.parametrize("part", ["headers", "body", "nothing"])
def test_a_drip_ends_at_the_deadline(site, part):
    def drip(handler: Any) -> None:
        try:
            if part == "body":
                handler.send_response(200)
                handler.send_header("Content-Length", "100000")
                handler.end_headers()
            elif part == "headers":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for n in range(200):
                if part == "nothing":
                    time.sleep(0.05)
                else:
                    handler.wfile.write(b"x" if part == "body" else f"X-{n}: y\r\n".encode())
                    handler.wfile.flush()
                    time.sleep(0.05)
        except OSError:
            return

    site.overrides["/drip"] = drip
    started = time.monotonic()
    assert refused(lambda: web(site, bounds=SMALL).get(f"{site.base}/drip")) == "timeout"
    assert 1.0 < time.monotonic() - started < 3


def test_a_resolver_that_never_answers_ends_at_the_deadline():
    started = time.monotonic()
    answer = threading.Event()

    def silent(*_: object) -> list[str]:
        answer.wait(30)
        return []

    fetcher = web(resolve=silent, bounds=SMALL)
    assert refused(lambda: fetcher.get("http://example.org/")) == "timeout"
    assert time.monotonic() - started < 3
    answer.set()


def test_headers_without_end_are_cut(site):
    def shout(handler: Any) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 5_000_000)
        except OSError:
            return

    site.overrides["/shout"] = shout
    assert refused(lambda: web(site).get(f"{site.base}/shout")) == "broken"


# -- 11: XML and sitemaps --------------------------------------------------------------------------------------------
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n > 1 else b"&a;" * 10) for n in range(1, 12))
    + b"]><urlset><url><loc>&a11;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>&e;</loc></url></urlset>',
        b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1/x"> %e;]><urlset/>',
        b'<!DOCTYPE x [<!ENTITY e "'
        + b"x" * 100_000
        + b'">]><rss><item><link>'
        + b"&e;" * 10_000
        + b"</link></item></rss>",
        b"<urlset>" + b"<url>" * 1_000_000,
        b"<rss><channel>" + b"<x a='1'>" * 500_000,
        gzip.compress(bytes(40_000_000)),
        b'{"items": ' + b"[" * 1_000_000,
        b"<html>" + b"<div>" * 100_000,
        b"\xff\xfe" + b"\x00\xd8" * 1000,
        b'<?xml version="1.0" encoding="no-such"?><urlset/>',
        b"",
    ],
    ids=range(12),
)
def test_documents_made_to_hurt_are_refused_within_a_second(body):
    started = time.monotonic()
    with pytest.raises(InputRefused):
        feeds.read(body, "https://example.org/sitemap.xml")
    assert time.monotonic() - started < 1


def test_a_document_type_alone_is_no_reason_to_refuse():
    old = (
        b'<!DOCTYPE rss SYSTEM "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss><channel><item><link>https://a.org/x'
        b"</link></item></channel></rss>"
    )
    assert [link.url for link in feeds.read(old, "https://a.org/").pages] == ["https://a.org/x"]


def collected(tmp_path: Path, site: NewsSite, minutes: float = 60, **table: Any) -> collector.Report:
    (tmp_path / "sites.toml").write_text(entry(site, **table))
    bounds = Bounds(seconds=2.0)
    return collector.collect(
        settings.load({"READERSHIP_DATA": str(tmp_path)}), minutes=minutes, clock=site.clock, bounds=bounds, seed=1
    )


def test_sitemaps_in_a_circle_and_without_end_are_read_once_each_and_to_a_depth(tmp_path, site):
    def index(*names: str) -> bytes:
        listed = "".join(f"<sitemap><loc>{site.base}/{name}.xml</loc></sitemap>" for name in names)
        return f"<sitemapindex>{listed}</sitemapindex>".encode()

    for n in range(10):
        site.overrides[f"/deep{n}.xml"] = (200, {}, index(f"deep{n + 1}", "deep0", f"deep{n}", f"deep{max(n - 1, 0)}"))
    collected(tmp_path, site, 30, feeds=None, sitemaps=[f"{site.base}/deep0.xml"])
    asked = [path for _, path, _ in site.log if path.startswith("/deep")]
    assert asked == [f"/deep{n}.xml" for n in range(4)]


def test_a_sitemap_of_sitemaps_elsewhere_leads_nowhere(tmp_path, site, trap):
    listed = f"<sitemap><loc>http://127.0.0.1:{trap.port}/x.xml</loc></sitemap><sitemap><loc>http://other.example/x</loc></sitemap>"
    site.overrides["/i.xml"] = (200, {}, f"<sitemapindex>{listed}</sitemapindex>".encode())
    collected(tmp_path, site, 60, feeds=None, sitemaps=[f"{site.base}/i.xml"])
    assert not trap.touched()


# -- 12: pages -------------------------------------------------------------------------------------------------------
def test_pages_made_to_hurt_are_rejected_and_the_others_are_read(tmp_path, site):
    one, two, three = site.stories
    head = b"<!doctype html><html><head><title>t</title></head><body>"
    deep = head + b"<div>" * 100_000 + b"text" + b"</div>" * 100_000
    wide = head + b"<p " + b" ".join(b"a%d=x" % n for n in range(1_000_000)) + b">text</p>"
    site.overrides[one.path] = (200, {"Content-Type": "text/html"}, deep)
    site.overrides[two.path] = (200, {"Content-Type": "text/html"}, wide)
    site.clock.pass_by(86_400)
    started = time.monotonic()
    report = collected(tmp_path, site, 10)
    assert time.monotonic() - started < 20
    assert report.counts["article: read"] >= 1
    assert report.counts["article: no article"] == report.rejected == 2
    assert report.rows["observation"] == 1
    read = {path for _, path, status in site.log if status == 200}
    assert {one.path, two.path, three.path} <= read


# -- 21: what hosts ask for ------------------------------------------------------------------------------------------
def test_a_robots_file_made_to_hurt_is_read_quickly():
    agents = "".join(f"User-agent: bot{n}\n" for n in range(20_000))
    rules = "".join(f"Disallow: /{n}*a*b*c*d*e\n" for n in range(20_000))
    started = time.monotonic()
    found = robots.read(
        200, (agents + rules + "User-agent: *\nDisallow: /x" + "*a" * 900 + "\nDisallow: /private/").encode()
    )
    assert found.allows("https://example.org/" + "a" * 2000)
    assert time.monotonic() - started < 2
    assert not robots.read(200, b"User-agent: *\nDisallow: /private/" + b"\n" * 10).allows(
        "https://example.org/private/x"
    )


def articles(site: NewsSite) -> list[tuple[datetime, str, int]]:
    return [one for one in site.log if one[1].startswith("/en/")]


@pytest.mark.parametrize(
    "robots_txt", ["User-agent: *\nDisallow: /", "User-agent: Readership\nDisallow: /en/", 500, 503, 429]
)
def test_what_robots_txt_does_not_allow_is_never_asked_for(tmp_path, site, robots_txt):
    site.robots = robots_txt
    site.clock.pass_by(86_400)
    for _ in range(3):
        collected(tmp_path, site, 120)
    assert articles(site) == []
    if robots_txt != "User-agent: Readership\nDisallow: /en/":
        assert {path for _, path, _ in site.log} == {"/robots.txt"}


@pytest.mark.parametrize("robots_txt", [404, 403, "User-agent: *\nAllow: /", "User-agent: other\nDisallow: /"])
def test_a_host_without_rules_for_us_is_read(tmp_path, site, robots_txt):
    site.robots = robots_txt
    site.clock.pass_by(86_400)
    collected(tmp_path, site, 10)
    assert len({path for _, path, _ in articles(site)}) == 3


def test_crawl_delay_is_kept_also_across_a_restart(tmp_path, site):
    site.robots = "User-agent: *\nCrawl-delay: 17\n"
    site.clock.pass_by(86_400)
    for _ in range(6):
        collected(tmp_path, site, 0.4)
    moments = [moment for moment, _, _ in site.log]
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments)]
    assert len(gaps) > 3
    assert min(gaps) >= 17


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_kept_also_across_a_restart(tmp_path, site, form):
    site.clock.pass_by(86_400)
    site.status = 503
    until = site.clock.now() + timedelta(hours=7)
    site.headers = {"Retry-After": "25200" if form == "seconds" else format_datetime(until, usegmt=True)}
    for _ in range(12):
        collected(tmp_path, site, 30)
    assert [path for _, path, _ in site.log] == ["/robots.txt", "/rss.xml"]
    for _ in range(4):
        collected(tmp_path, site, 30)
    assert len(site.log) == 3
    assert site.log[2][0] >= until
