"""Fetching one answer: what is sent, what comes back, what a URL becomes, what robots.txt means."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from newsroom_site import NewsSite, SimulatedClock, served, stories
from readership.sources import addresses, robots
from readership.sources.web import FetchFailed, Web, inflated

AT = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with served(NewsSite(SimulatedClock(AT), stories(3, 1))) as made:
        yield made


def web(site: NewsSite, **options: Any) -> Web:
    return Web("Readership/test", lambda: AT, allowed=[f"127.0.0.1:{site.port}"], **options)


def test_an_answer_has_status_headers_moment_and_address(site):
    answer = web(site).get(site.base + site.stories[0].path)
    assert (answer.status, answer.at, answer.address, answer.hops) == (200, AT, "127.0.0.1", ())
    assert answer.header("content-type") == "text/html; charset=utf-8"
    assert b"river" in answer.body
    assert site.agents == {"Readership/test"}


def test_conditions_are_sent_and_304_has_no_body(site):
    first = web(site).get(f"{site.base}/rss.xml")
    again = web(site).get(f"{site.base}/rss.xml", {"if-none-match": first.header("etag") or ""})
    assert (again.status, again.body) == (304, b"")


def test_a_redirect_is_followed_and_each_hop_is_asked_about(site):
    site.overrides["/a"] = (301, {"Location": "/b#x"}, b"")
    site.overrides["/b"] = (307, {"Location": f"{site.base}/c"}, b"")
    site.overrides["/c"] = (200, {}, b"here")
    hops: list[str] = []
    answer = web(site).get(f"{site.base}/a", permit=hops.append)
    assert (answer.body, answer.url) == (b"here", f"{site.base}/c")
    assert answer.hops == (f"{site.base}/a", f"{site.base}/b")
    assert hops == [*answer.hops, answer.url]


def test_a_hop_that_is_not_permitted_is_not_made(site):
    site.overrides["/a"] = (301, {"Location": "/b"}, b"")

    def permit(url: str) -> None:
        if url.endswith("/b"):
            raise FetchFailed("robots", "no")

    with pytest.raises(FetchFailed):
        web(site).get(f"{site.base}/a", permit=permit)
    assert [path for _, path, _ in site.log] == ["/a"]


def test_an_answer_that_breaks_off_is_no_answer(site):
    def cut(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")

    site.overrides["/cut"] = cut
    with pytest.raises(FetchFailed) as told:
        web(site).get(f"{site.base}/cut")
    assert told.value.kind == "broken"


def test_a_server_that_is_not_there_is_unreachable(site):
    fetcher = Web("x", lambda: AT, allowed=["127.0.0.1:1025"])
    with pytest.raises(FetchFailed) as told:
        fetcher.get("http://127.0.0.1:1025/")
    assert told.value.kind == "unreachable"


@pytest.mark.parametrize(
    ("raw", "coding", "body"),
    [
        (b"x", "", b"x"),
        (b"x", "identity", b"x"),
        (gzip.compress(b"x"), "gzip", b"x"),
        (zlib.compress(b"x"), "deflate", b"x"),
        (b"", "gzip", b""),
        (gzip.compress(b"x"), "X-GZIP", b"x"),
    ],
)
def test_codings_are_undone(raw, coding, body):
    assert inflated(raw, coding, 10) == body


@pytest.mark.parametrize(
    ("raw", "coding"),
    [
        (gzip.compress(b"x" * 99)[:-9], "gzip"),
        (b"plain", "gzip"),
        (b"x", "br"),
        (gzip.compress(b"x" * 11), "gzip"),
    ],
)
def test_codings_that_are_broken_or_too_large_are_refused(raw, coding):
    with pytest.raises(FetchFailed):
        inflated(raw, coding, 10)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTPS://El.KZ", "https://el.kz/"),
        ("https://el.kz:443/a", "https://el.kz/a"),
        ("http://el.kz:8080/a#b", "http://el.kz:8080/a"),
        ("https://қазақ.kz/жаңа", "https://xn--80aa3avd4q.kz/%D0%B6%D0%B0%D2%A3%D0%B0"),
        ("https://el.kz/a b?q=ж", "https://el.kz/a%20b?q=%D0%B6"),
        ("https://el.kz/%D0%B6?a=1&b=%20", "https://el.kz/%D0%B6?a=1&b=%20"),
        ("http://[2606:2800::1]/", "http://[2606:2800::1]/"),
        ("https://el.kz./", "https://el.kz/"),
    ],
)
def test_a_url_is_asked_for_in_its_plain_form(url, asked):
    if "xn--" in asked:
        asked = asked.replace("xn--80aa3avd4q", "қазақ".encode("idna").decode())
    assert addresses.normal(url) == asked
    assert addresses.normal(asked) == asked


@pytest.mark.parametrize(
    ("text", "url", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\nDisallow:", "/x", True),
        ("", "/x", True),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: readership\nDisallow: /\n\nUser-agent: *\nAllow: /", "/x", False),
        ("User-agent: READERSHIP/1.0\nAllow: /\n\nUser-agent: *\nDisallow: /", "/x", True),
        ("User-agent: other\nUser-agent: *\nDisallow: /x", "/x", False),
        ("User-agent: other\nDisallow: /x", "/x", True),
        ("User-agent: readershipbot\nDisallow: /x", "/x", True),
        ("\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x", False),
        ("user-agent : *\ndisallow : /x # no", "/x", False),
        ("User-agent: *\nDisallow: /%D0%B6", "/ж", False),
        ("User-agent: *\nCrawl-delay: 1\nUser-agent: readership\nDisallow: /x", "/x", False),
    ],
)
def test_robots_txt_is_read_as_the_standard_says(text, url, allowed):
    assert robots.read(200, text.encode()).allows("https://a.org" + url) is allowed


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "rules"),
        (204, "rules"),
        (404, "all"),
        (401, "all"),
        (403, "all"),
        (410, "all"),
        (500, "nothing"),
        (503, "nothing"),
        (429, "nothing"),
        (None, "nothing"),
        (301, "all"),
    ],
)
def test_the_status_of_robots_txt_says_what_its_absence_means(status, kind):
    assert robots.read(status, b"").kind == kind


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nRequest-rate: 1/5", 5),
        ("User-agent: other\nCrawl-delay: 10", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: -3", 0),
        ("User-agent: *\nCrawl-delay: 10\nUser-agent: readership\nCrawl-delay: 3", 3),
        ("User-agent: *\nCrawl-delay: nan", 0),
    ],
)
def test_a_crawl_delay_is_seconds(text, delay):
    assert robots.read(200, text.encode()).delay_s == delay
