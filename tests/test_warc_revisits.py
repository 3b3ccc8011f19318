"""WARC revisit records: the page of an earlier record, at the moment of the revisit."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from readership import sources
from readership.models import Basis, Capture
from readership.sources import Limits

URL = "https://el.kz/en/a_1/"
PAGE = b"<html><body><p>first</p></body></html>"


class Crawl:
    """A WARC file being written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("wb")
        self.writer = WARCWriter(self.file, gzip=path.suffix == ".gz")

    def response(self, url: str, body: bytes, date: str, media: str = "text/html") -> object:
        http = StatusAndHeaders("200 OK", [("Content-Type", media)], protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            url, "response", io.BytesIO(body), http_headers=http, warc_headers_dict={"WARC-Date": date}
        )
        self.writer.write_record(record)
        return record

    def revisit(self, url: str, date: str, headers: dict[str, str], status: str = "200 OK") -> None:
        http = StatusAndHeaders(status, [("Server", "x")], protocol="HTTP/1.1")
        profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
        facts = {"WARC-Date": date, "WARC-Profile": profile, **headers}
        record = self.writer.create_warc_record(url, "revisit", http_headers=http, warc_headers_dict=facts)
        self.writer.write_record(record)

    def read(self, **options: object) -> tuple[list[object], Counter[str]]:
        self.file.close()
        tally: Counter[str] = Counter()
        return list(sources.open_inputs([self.path], tally=tally, **options)), tally  # type: ignore[arg-type]


def digest_of(record: object) -> str:
    return record.rec_headers.get_header("WARC-Payload-Digest")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_revisit_is_the_earlier_page_at_its_own_moment(tmp_path, name):
    crawl = Crawl(tmp_path / name)
    first = crawl.response(URL, PAGE, "2024-05-01T05:00:00Z")
    crawl.response("https://el.kz/en/b_2/", PAGE.replace(b"first", b"other"), "2024-05-01T05:01:00Z")
    crawl.revisit(URL, "2024-05-02T05:00:00Z", {"WARC-Payload-Digest": digest_of(first)})
    found, tally = crawl.read()
    last = found[2]
    assert isinstance(last, Capture)
    assert (last.body, last.url, last.status, last.content_type) == (PAGE, URL, 200, "text/html")
    assert (last.captured_at, last.captured_at_basis) == (datetime(2024, 5, 2, 5, tzinfo=UTC), Basis.WARC)
    assert last.origin != found[0].origin
    assert tally["revisit records"] == 0


@pytest.mark.parametrize("how", ["id", "page"])
def test_a_revisit_without_a_digest_is_found_by_what_it_refers_to(tmp_path, how):
    crawl = Crawl(tmp_path / "a.warc.gz")
    first = crawl.response(URL, PAGE, "2024-05-01T05:00:00Z")
    refers = {
        "id": {"WARC-Refers-To": first.rec_headers.get_header("WARC-Record-ID")},
        "page": {"WARC-Refers-To-Target-URI": URL, "WARC-Refers-To-Date": "2024-05-01T05:00:00Z"},
    }[how]
    crawl.revisit(URL, "2024-05-02T05:00:00Z", refers, "304 Not Modified")
    found, _ = crawl.read()
    assert [(f.body, f.status) for f in found] == [(PAGE, 200)] * 2


def test_a_revisit_of_what_is_elsewhere_or_no_page_is_counted(tmp_path):
    crawl = Crawl(tmp_path / "a.warc.gz")
    image = crawl.response("https://el.kz/a.png", b"\x89PNG", "2024-05-01T05:00:00Z", "image/png")
    crawl.revisit(URL, "2024-05-02T05:00:00Z", {"WARC-Payload-Digest": "sha1:ELSEWHERE"})
    crawl.revisit("https://el.kz/a.png", "2024-05-02T05:00:00Z", {"WARC-Payload-Digest": digest_of(image)})
    found, tally = crawl.read()
    assert found == []
    assert tally["revisit records"] == 2


def test_revisits_can_not_multiply_a_page_without_end(tmp_path):
    crawl = Crawl(tmp_path / "a.warc.gz")
    first = crawl.response(URL, b"<html><p>" + b"x" * 100_000, "2024-05-01T05:00:00Z")
    for _ in range(50):
        crawl.revisit(URL, "2024-05-02T05:00:00Z", {"WARC-Payload-Digest": digest_of(first)})
    found, tally = crawl.read(limits=Limits(max_archive=1_000_000))
    assert len(found) == 11
    assert tally["revisit records"] == 40
