"""Pages from files, folders, zips and WARC files: what is yielded, with which URL and moment, and what is counted."""

import gzip
import io
import os
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from readership import sources
from readership.errors import UsageError
from readership.models import Basis, Capture, Reject
from readership.sources import TableInput

MAY = datetime(2024, 5, 1, 5, 0, tzinfo=UTC)


def read(*paths: Path, **options) -> list:
    """Everything the paths hold, and a check that the progress bar ends exactly full."""
    told: list[int] = []
    found = []
    for thing in sources.open_inputs(paths, advance=told.append, **options):
        if isinstance(thing, TableInput):
            list(thing.batches())
        found.append(thing)
    assert sum(told) == sources.total(paths)
    assert all(step > 0 for step in told)
    return found


def page(path: Path, text: str = "<html><body>Қазақстан</body></html>") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_folder_is_walked_in_order_of_names_and_hidden_files_are_counted(tmp_path):
    for name in ("b.html", "a.txt", "sub/c.htm", ".hidden.html", "Thumbs.db", ".git/x.html", "Page_files/style.css"):
        page(tmp_path / name)
    (tmp_path / "link.html").symlink_to(tmp_path / "b.html")
    tally: Counter[str] = Counter()
    found = read(tmp_path, tally=tally)
    assert [Path(f.origin).name for f in found] == ["a.txt", "b.html", "c.htm"]
    assert tally == {"hidden files": 3, "page assets": 1, "links": 1}


def test_nothing_is_read_before_it_is_asked_for(tmp_path):
    for i in range(3):
        page(tmp_path / f"{i}.html")
    things = sources.open_inputs([tmp_path])
    next(things)
    (tmp_path / "1.html").unlink()
    assert isinstance(next(things), Reject)
    assert isinstance(next(things), Capture)


def test_url_and_moment_given_for_a_single_page(tmp_path):
    [found] = read(page(tmp_path / "a.html"), url="https://el.kz/a_1/", captured_at=MAY)
    assert (found.url, found.captured_at, found.captured_at_basis) == ("https://el.kz/a_1/", MAY, Basis.GIVEN)


def test_a_page_of_which_nobody_says_anything_has_no_url_and_no_moment(tmp_path):
    [found] = read(page(tmp_path / "a.html"))
    assert (found.url, found.captured_at, found.captured_at_basis) == (None, None, Basis.UNKNOWN)


def test_moment_from_the_file_only_when_asked_for(tmp_path):
    path = page(tmp_path / "a.html")
    os.utime(path, (MAY.timestamp() + 0.7, MAY.timestamp() + 0.7))
    [found] = read(path, captured_at="mtime")
    assert (found.captured_at, found.captured_at_basis) == (MAY, Basis.GIVEN)


@pytest.mark.parametrize("paths", ["two", "folder", "zip"])
def test_one_url_for_many_pages_is_a_wrong_call(tmp_path, paths):
    two = [page(tmp_path / "a.html"), page(tmp_path / "b.html")]
    given = {"two": two, "folder": [tmp_path], "zip": [zipped(tmp_path / "a.zip", {"a.html": "<html>"})]}[paths]
    with pytest.raises(UsageError):
        sources.open_inputs(given, url="https://el.kz/a_1/")


def test_a_moment_without_offset_and_an_unknown_column_are_wrong_calls(tmp_path):
    with pytest.raises(UsageError):
        sources.open_inputs([tmp_path], captured_at=datetime(2024, 5, 1))
    with pytest.raises(UsageError, match="viewz"):
        sources.open_inputs([tmp_path], column_map={"Hits": "viewz"})


def test_manifest_gives_url_and_moment_to_files_beside_and_below(tmp_path):
    page(tmp_path / "a.html")
    page(tmp_path / "sub/b.html")
    page(tmp_path / "c.html")
    (tmp_path / "manifest.csv").write_text(
        "file,url,captured_at\na.html,https://el.kz/a_1/,2024-05-01T10:00:00+05:00\n"
        "sub/b.html,https://el.kz/b_2/,\nc.html,https://el.kz/c_3/,2024-05-01T10:00:00\n"
    )
    found = read(tmp_path)
    rejects = [f for f in found if isinstance(f, Reject)]
    captures = {Path(f.origin).name: f for f in found if isinstance(f, Capture)}
    assert (captures["a.html"].url, captures["a.html"].captured_at) == ("https://el.kz/a_1/", MAY)
    assert (captures["b.html"].url, captures["b.html"].captured_at) == ("https://el.kz/b_2/", None)
    assert captures["c.html"].captured_at is None
    assert [(r.row, "offset" in r.reason) for r in rejects] == [(3, True)]


def test_manifest_of_json_lines_serves_a_file_given_by_itself(tmp_path):
    path = page(tmp_path / "a.html")
    (tmp_path / "manifest.jsonl").write_text('{"file": "a.html", "url": "https://el.kz/a_1/"}\n')
    assert [f.url for f in read(path)] == ["https://el.kz/a_1/"]


def test_files_by_their_bytes_not_their_names_alone(tmp_path):
    page(tmp_path / "noextension")
    page(tmp_path / "index.php")
    page(tmp_path / "article_73882", "Plain text of an article")
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "image.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "style.css").write_text("a {}")
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(b"<html>packed</html>"))
    found = {Path(f.origin).name: f for f in read(tmp_path)}
    taken = {name for name, f in found.items() if isinstance(f, Capture)}
    assert taken == {"noextension", "index.php", "article_73882", "page.html.gz"}
    assert found["page.html.gz"].body == b"<html>packed</html>"
    assert "PNG" in found["image.html"].reason
    assert "empty" in found["empty.html"].reason


def test_missing_file_and_pipe_are_rejected_and_the_rest_goes_on(tmp_path):
    os.mkfifo(tmp_path / "pipe.html")
    found = read(tmp_path / "none.html", tmp_path / "pipe.html", page(tmp_path / "a.html"))
    assert [type(f) for f in found] == [Reject, Reject, Capture]


def test_page_saved_by_a_browser_as_mht_has_its_url_and_moment(tmp_path):
    (tmp_path / "a.mht").write_bytes(
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://el.kz/a_1/\r\n"
        b"Date: Wed, 1 May 2024 05:00:00 GMT\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: image/png\r\n\r\nx\r\n"
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<p>=D2=9A</p>\r\n--b--\r\n"
    )
    [found] = read(tmp_path / "a.mht")
    assert found.body.strip() == "<p>Қ</p>".encode()
    assert (found.url, found.captured_at, found.content_type) == ("https://el.kz/a_1/", MAY, "text/html; charset=utf-8")


def test_refused_bytes_are_handed_to_quarantine(tmp_path):
    (tmp_path / "image.html").write_bytes(b"\x89PNG\r\n\x1a\n")
    kept = []
    [found] = read(tmp_path / "image.html", keep=lambda file: kept.append(file.read()) or "digest")
    assert kept == [b"\x89PNG\r\n\x1a\n"]
    assert found.sha256 == "digest"


# Zip archives


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_zip_with_pages_a_table_a_warc_and_its_own_manifest(tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        {
            "pages/a.html": "<html>a</html>",
            "pages/manifest.csv": "file;url;captured_at\na.html;https://el.kz/a_1/;2024-05-01T10:00:00+05:00\n",
            "__MACOSX/._a.html": "x",
            "counters.csv": "site,article_key,observed_at,views\nel.kz,007,2024-05-01T10:00:00Z,3\n",
            "crawl.warc.gz": warc(tmp_path / "x.warc.gz", [("https://el.kz/w_1/", b"<html>w</html>", {})]).read_bytes(),
        },
    )
    tally: Counter[str] = Counter()
    rows = []
    found = []
    for thing in sources.open_inputs([path], tally=tally):
        found.append(thing)
        if isinstance(thing, TableInput):
            assert thing.path.exists()
            rows += [row for batch in thing.batches() for row in batch.to_pylist()]
    assert [f.origin for f in found] == [f"{path}!pages/a.html", f"{path}!counters.csv", f"{path}!crawl.warc.gz#0"]
    assert (found[0].url, found[0].captured_at) == ("https://el.kz/a_1/", MAY)
    assert rows[0]["article_key"] == "007"
    assert not found[1].path.exists()
    assert tally == {"hidden files": 1}


def test_zip_in_a_zip_is_read_and_one_deeper_is_not(tmp_path):
    inner = zipped(tmp_path / "i.zip", {"a.html": "<html>a</html>"}).read_bytes()
    middle = zipped(tmp_path / "m.zip", {"i.zip": inner, "b.html": "<html>b</html>"}).read_bytes()
    found = read(zipped(tmp_path / "o.zip", {"m.zip": middle, "c.html": "<html>c</html>"}))
    assert [type(f) for f in found] == [Reject, Capture, Capture]
    assert "zip" in found[0].reason
    assert [f.body for f in found[1:]] == [b"<html>b</html>", b"<html>c</html>"]


# WARC


def warc(path: Path, pages: list[tuple[str, bytes, dict[str, str]]], status: str = "200 OK") -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for url, body, headers in pages:
            http = StatusAndHeaders(
                status, list(({"Content-Type": "text/html"} | headers).items()), protocol="HTTP/1.1"
            )
            writer.write_record(
                writer.create_warc_record(
                    url, "response", io.BytesIO(body), http_headers=http,
                    warc_headers_dict={"WARC-Date": "2024-05-01T05:00:00Z"},
                )
            )  # fmt: skip
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_warc_records_are_captures_with_url_moment_status_and_charset(tmp_path, name):
    headers = {"Content-Type": "text/html; charset=windows-1251"}
    path = warc(tmp_path / name, [("https://el.kz/a_1/", "<p>Привет</p>".encode("cp1251"), headers)], "404 Not Found")
    [found] = read(path)
    assert found == Capture(
        "<p>Привет</p>".encode("cp1251"), f"{path}#0", "https://el.kz/a_1/", MAY, Basis.WARC,
        "text/html; charset=windows-1251", 404,
    )  # fmt: skip


def test_chunked_and_compressed_bodies_are_unpacked(tmp_path):
    packed = gzip.compress(b"<p>hello</p>")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    pages = [
        ("https://el.kz/1", packed, {"Content-Encoding": "gzip"}),
        ("https://el.kz/2", chunked, {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
        ("https://el.kz/3", b"<p>hello</p>", {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
    ]
    assert [f.body for f in read(warc(tmp_path / "a.warc", pages))] == [b"<p>hello</p>"] * 3


def test_records_that_are_no_pages_are_counted_not_rejected(tmp_path):
    pages = [
        ("https://el.kz/logo.png", b"\x89PNG", {"Content-Type": "image/png"}),
        ("https://el.kz/robots.txt", b"User-agent: *", {"Content-Type": "text/plain"}),
        ("https://el.kz/a_1/", b"<p>a</p>", {}),
    ]
    path = warc(tmp_path / "a.warc", pages)
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=False)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_revisit_record(
                "https://el.kz/a_1/", "sha1:AAAA", "https://el.kz/a_1/", "2024-05-01T05:00:00Z", http
            )
        )
    tally: Counter[str] = Counter()
    assert [f.body for f in read(path, tally=tally)] == [b"<p>a</p>"]
    assert tally == {"records that are no pages": 2, "revisit records": 1}


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_cut_warc_yields_what_came_before_and_says_where_it_broke(tmp_path, name):
    path = warc(
        tmp_path / name, [(f"https://el.kz/{i}", Random(i).randbytes(300).hex().encode(), {}) for i in range(4)]
    )
    data = path.read_bytes()
    whole = [int(f.origin.rpartition("#")[2]) for f in read(path)]
    # Cut between two records, or within the empty lines that part them, the file has lost nothing.
    sound = {start - i for start in whole for i in range(5)}
    for cut in set(range(whole[2] + 1, len(data) - 5)) - sound:
        path.write_bytes(data[:cut])
        found = read(path)
        assert all(isinstance(f, Capture) and len(f.body) == 600 for f in found[:-1])
        assert isinstance(found[-1], Reject), cut
        last_or_next = whole[len(found) - 2 : len(found)]
        assert any(f"byte {place}:" in found[-1].reason for place in last_or_next), cut


def test_a_page_that_cannot_be_unpacked_costs_only_itself(tmp_path):
    pages = [
        ("https://el.kz/1", gzip.compress(b"x" * 5000)[:30], {"Content-Encoding": "gzip"}),
        ("https://el.kz/2", b"5\r\nhel", {"Transfer-Encoding": "chunked"}),
        ("https://el.kz/3", b"??", {"Content-Encoding": "secret"}),
        ("https://el.kz/4", b"<p>fine</p>", {}),
    ]
    assert [type(f) for f in read(warc(tmp_path / "a.warc", pages))] == [Reject, Reject, Reject, Capture]
