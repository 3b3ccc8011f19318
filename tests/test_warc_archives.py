"""WARC files shaped like Common Crawl's and the Wayback Machine's: old captures at their true moments."""

from __future__ import annotations

import base64
import gzip
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newsrooms import rows
from readership import settings, sources
from readership.models import Basis, Capture
from readership.pipeline.ingest import ingest
from stores import page, url

AGENT = "CCBot/2.0 (https://commoncrawl.org/faq/)"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def html(key: int, views: int) -> bytes:
    """The own sample page as a browser would get it."""
    lines = "".join(f"<p>{line}</p>" for line in page(key, views).decode().splitlines() if line.strip())
    return f"<!doctype html><html><head><meta charset='utf-8'></head><body>{lines}</body></html>".encode()


def member(kind: str, facts: dict[str, str], block: bytes, version: str = "WARC/1.0") -> bytes:
    """One record as a gzip member of its own, headers in the order given."""
    head = "".join(f"{name}: {value}\r\n" for name, value in {"WARC-Type": kind, **facts}.items())
    return gzip.compress(
        f"{version}\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n", mtime=0
    )


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{named}\r\n".encode() + body


def common_crawl(captures: list[tuple[int, str, int]], **more: str) -> bytes:
    """A file of their crawl: warcinfo, then request, response and metadata of each page, bodies stored inflated."""
    out = [member("warcinfo", {"WARC-Date": "2024-04-12T10:00:00Z", "WARC-Record-ID": "<urn:uuid:0>",
                               "Content-Type": "application/warc-fields", "WARC-Filename": "CC-MAIN-00000.warc.gz"},
                  b"isPartOf: CC-MAIN-2024-18\r\nsoftware: Apache Nutch 1.19\r\nrobots: checked\r\n")]  # fmt: skip
    for n, (key, moment, views) in enumerate(captures):
        body = html(key, views)
        facts = {"WARC-Date": moment, "WARC-Record-ID": f"<urn:uuid:{n}r>", "WARC-Target-URI": url(key),
                 "WARC-IP-Address": "203.0.113.5", "WARC-Warcinfo-ID": "<urn:uuid:0>"}  # fmt: skip
        asked = f"GET / HTTP/1.1\r\nUser-Agent: {AGENT}\r\n\r\n".encode()
        out.append(member("request", facts | {"Content-Type": "application/http; msgtype=request"}, asked))
        block = http(body, Content_Type="text/html; charset=utf-8", X_Crawl_Content_Encoding="gzip",
                     X_Crawl_Content_Length="4711", Content_Length=str(len(body)))  # fmt: skip
        out.append(member("response", facts | {
            "Content-Type": "application/http; msgtype=response", "WARC-Payload-Digest": sha1(body),
            "WARC-Block-Digest": sha1(block), "WARC-Identified-Payload-Type": "text/html", **more}, block))  # fmt: skip
        out.append(member("metadata", facts | {"Content-Type": "application/warc-fields"},
                          b"fetchTimeMs: 310\r\ncharset-detected: UTF-8\r\nlanguages-cld2: {}\r\n"))  # fmt: skip
    return b"".join(out)


def wayback(captures: list[tuple[int, str, int]], unchanged: str) -> bytes:
    """A file of theirs: a look-up of the name, robots.txt, chunked answers, and a revisit of the last page."""
    info = {"WARC-Date": captures[0][1], "Content-Type": "application/warc-fields"}
    out = [member("warcinfo", info, b"software: Heritrix/3.4.0\r\nformat: WARC File Format 1.0\r\n"),
           member("response", {"WARC-Target-URI": "dns:el.kz", "WARC-Date": captures[0][1], "Content-Type": "text/dns"},
                  b"20240501000000\nel.kz. 300 IN A 203.0.113.5\n"),
           member("response", {"WARC-Target-URI": "https://el.kz/robots.txt", "WARC-Date": captures[0][1],
                               "Content-Type": "application/http; msgtype=response"},
                  http(b"User-agent: *\n", Content_Type="text/plain"))]  # fmt: skip
    for key, moment, views in captures:
        body = html(key, views)
        half = len(body) // 2
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))
        facts = {
            "WARC-Target-URI": url(key),
            "WARC-Date": moment,
            "WARC-Payload-Digest": sha1(body),
            "WARC-Record-ID": f"<urn:uuid:{key}{views}>",
            "Content-Type": "application/http; msgtype=response",
        }
        out.append(member("response", facts, http(chunked, Content_Type="text/html", Transfer_Encoding="chunked")))
    key, moment, views = captures[-1]
    out.append(member("revisit", {
        "WARC-Target-URI": url(key), "WARC-Date": unchanged, "WARC-Payload-Digest": sha1(html(key, views)),
        "WARC-Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        "WARC-Refers-To-Target-URI": url(key), "WARC-Refers-To-Date": moment, "WARC-Truncated": "length",
        "Content-Type": "application/http; msgtype=response"}, http(b"", Content_Type="text/html")))  # fmt: skip
    return b"".join(out)


@pytest.fixture
def own(tmp_path: Path) -> settings.Settings:
    return settings.load({"READERSHIP_DATA": str(tmp_path / "data")})


def readings(own: settings.Settings) -> list[tuple[str, int]]:
    found = rows(own.store, "SELECT observed_at, views FROM observation ORDER BY observed_at")
    return [(at.strftime("%Y-%m-%dT%H:%M:%SZ"), views) for at, views in found]


def test_a_history_is_rebuilt_from_crawls_of_two_archives_and_once_only(own, tmp_path):
    crawled = [(73882, "2024-04-12T10:15:00Z", 1200), (73882, "2024-04-20T06:00:00Z", 1480)]
    archived = [(73882, "2024-04-14T08:00:00Z", 1300)]
    (tmp_path / "CC-MAIN-00000.warc.gz").write_bytes(common_crawl(crawled))
    (tmp_path / "WEB-2024.warc.gz").write_bytes(wayback(archived, "2024-04-16T08:00:00Z"))
    files = sorted(tmp_path.glob("*.warc.gz"))
    done = ingest(own, files)
    assert (done.accepted, done.rejected) == (4, 0), done.rejects
    assert readings(own) == [
        ("2024-04-12T10:15:00Z", 1200), ("2024-04-14T08:00:00Z", 1300), ("2024-04-16T08:00:00Z", 1300),
        ("2024-04-20T06:00:00Z", 1480),
    ]  # fmt: skip
    assert rows(own.store, "SELECT DISTINCT captured_at_basis FROM capture") == [("warc",)]
    assert rows(own.store, "SELECT count(*) FROM article") == [(1,)]
    ingest(own, files)
    assert len(readings(own)) == 4


def test_the_page_of_a_crawl_keeps_address_status_and_moment(tmp_path):
    file = tmp_path / "CC-MAIN-00000.warc.gz"
    file.write_bytes(common_crawl([(73882, "2024-04-12T10:15:00Z", 1200)]))
    (found,) = sources.open_inputs([file])
    assert isinstance(found, Capture)
    assert found.url == url(73882)
    assert (found.status, found.captured_at_basis) == (200, Basis.WARC)
    assert found.captured_at == datetime.fromisoformat("2024-04-12T10:15:00+00:00")
    assert found.body == html(73882, 1200)


def test_a_deletion_in_a_crawl_says_when_an_article_was_gone(own, tmp_path):
    facts = {"WARC-Target-URI": url(73882), "WARC-Date": "2024-05-02T09:00:00Z",
             "Content-Type": "application/http; msgtype=response"}  # fmt: skip
    gone = member("response", facts, http(b"<html><h1>404</h1></html>", "404 Not Found", Content_Type="text/html"))
    file = tmp_path / "crawldiagnostics.warc.gz"
    file.write_bytes(common_crawl([(73882, "2024-04-12T10:15:00Z", 1200)]) + gone)
    ingest(own, [file])
    ((vanished,),) = rows(own.store, "SELECT captured_at FROM capture WHERE status = 404")
    assert f"{vanished:%Y-%m-%d}" == "2024-05-02"


def test_warc_1_1_with_fractions_of_seconds_is_read_to_the_second(tmp_path):
    facts: dict[str, Any] = {"WARC-Target-URI": url(73882), "WARC-Date": "2024-04-12T10:15:00.731520Z",
                             "Content-Type": "application/http; msgtype=response"}  # fmt: skip
    block = http(html(73882, 1200), Content_Type="text/html")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(member("response", facts, block, "WARC/1.1"))
    (found,) = sources.open_inputs([file])
    assert isinstance(found, Capture)
    assert found.captured_at == datetime.fromisoformat("2024-04-12T10:15:00+00:00")


def test_what_our_own_collector_asked_for_is_known_by_the_answer(tmp_path):
    info = member(
        "warcinfo", {"Content-Type": "application/warc-fields"}, b"software: Readership/1.0\r\nrobots: obey\r\n"
    )
    facts = {"WARC-Target-URI": url(73882), "WARC-Date": "2024-04-12T10:15:00Z",
             "Content-Type": "application/http; msgtype=response"}  # fmt: skip
    file = tmp_path / "a.warc.gz"
    file.write_bytes(info + member("response", facts, http(html(73882, 1200), Content_Type="text/html")))
    (found,) = sources.open_inputs([file])
    assert isinstance(found, Capture)
    assert found.captured_at_basis is Basis.HTTP
