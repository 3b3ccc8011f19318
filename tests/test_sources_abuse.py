"""Inputs that mean harm (TRUST, abuse 12-14): refused with a reason, within bounds of time and memory."""

import gzip
import io
import resource
import stat
import struct
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from readership import sources
from readership.models import Capture, Reject
from readership.sources import Limits, TableInput

SMALL = Limits(max_page=1_000_000, max_archive=50_000_000, max_members=1000)


@pytest.fixture(autouse=True)
def bounded():
    """Each test: at most 10 s of CPU and 300 MB more at the peak than before."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert time.process_time() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def read(path: Path, **options) -> list:
    """Everything an input holds; what breaks tables off stands beside them."""
    found: list = []
    for thing in sources.open_inputs([path], **options):
        found.append(thing)
        if isinstance(thing, TableInput):
            list(thing.batches(found.append))
    return found


def zipped(path: Path, members: list[tuple[zipfile.ZipInfo | str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


FINE = ("fine.html", b"<html>fine</html>")


@pytest.mark.parametrize(
    "name",
    ["../evil.html", "a/../../evil.html", "/etc/evil.html", "C:\\evil.html", "..\\evil.html", "\\\\host\\evil.html"],
)
def test_names_that_lead_out_of_the_archive(tmp_path, name):
    found = read(zipped(tmp_path / "a.zip", [(name, b"<html>evil</html>"), FINE]))
    assert [type(f) for f in found] == [Reject, Capture]
    assert "leads out" in found[0].reason
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip"]
    assert not list(tmp_path.parent.glob("evil*"))


def test_names_that_lead_out_in_a_member_that_must_be_unpacked(tmp_path):
    table = b"site,article_key,observed_at,views\nel.kz,1,,1\n"
    found = read(zipped(tmp_path / "a.zip", [("../../evil.csv", table), ("fine.csv", table)]))
    assert [type(f) for f in found] == [Reject, TableInput]


def test_symbolic_links_and_devices_in_archives(tmp_path):
    link, device = zipfile.ZipInfo("link.html"), zipfile.ZipInfo("device.html")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    device.external_attr = (stat.S_IFCHR | 0o666) << 16
    found = read(zipped(tmp_path / "a.zip", [(link, b"/etc/passwd"), (device, b"x"), FINE]))
    assert [type(f) for f in found] == [Reject, Reject, Capture]
    assert "symbolic link" in found[0].reason


def test_links_in_folders_are_not_followed(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.html").write_text("<html>secret</html>")
    (tmp_path / "in/link.html").symlink_to(tmp_path / "secret.html")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    assert read(tmp_path / "in") == []


def test_an_encrypted_member_and_one_of_unknown_compression(tmp_path):
    path = zipped(tmp_path / "a.zip", [("secret.html", b"x"), ("odd.html", b"x"), FINE])
    data = bytearray(path.read_bytes())
    first = data.find(b"PK\x01\x02")
    data[first + 8] |= 1
    data[data.find(b"PK\x01\x02", first + 4) + 10] = 99
    path.write_bytes(data)
    found = read(path)
    assert [type(f) for f in found] == [Reject, Reject, Capture]
    assert "encrypted" in found[0].reason
    assert "compression" in found[1].reason


def ten_gigabytes(path: Path) -> Path:
    """A zip of 10 members that each inflate to 1 GB, made without deflating 10 GB: one member, named ten times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(10_000_000)
    packed = b"".join([*(packer.compress(zeros) for _ in range(10)), packer.flush()])
    body, directory = b"", b""
    for i in range(10):
        name = f"{i}.html".encode()
        sizes = struct.pack("<IIIHH", 0, len(packed), 1_000_000_000, len(name), 0)
        offset = len(body)
        body += b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name + packed
        head = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
        directory += head + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 10, 10, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path


def test_a_zip_of_ten_gigabytes_is_refused_before_anything_is_inflated(tmp_path):
    start = time.process_time()
    path = ten_gigabytes(tmp_path / "bomb.zip")
    made = time.process_time() - start
    found = read(path)
    assert [type(f) for f in found] == [Reject]
    assert "10000 MB" in found[0].reason
    assert time.process_time() - start - made < 0.5


def test_a_zip_within_the_size_but_of_a_ratio_that_no_text_has(tmp_path):
    found = read(zipped(tmp_path / "a.zip", [("zeros.html", bytes(30_000_000)), FINE]))
    assert [type(f) for f in found] == [Reject]
    assert "bomb" in found[0].reason


def test_an_archive_that_honestly_inflates_to_more_than_is_taken(tmp_path):
    noise = b"".join(struct.pack("<I", (i * 2654435761) & 0xFFFFFFFF) for i in range(30_000))
    found = read(zipped(tmp_path / "a.zip", [("a.html", noise), FINE]), limits=Limits(max_archive=100_000))
    assert [type(f) for f in found] == [Reject]


def test_members_that_share_their_bytes(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a.html", b"<html>" + bytes(range(256)) * 50), FINE])
    data = bytearray(path.read_bytes())
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    assert [type(f) for f in read(path)] == [Reject]


def test_a_member_that_inflates_to_more_than_it_says(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a.html", b"<html>" + b"a" * 5000), FINE])
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(mark)
        data[start + at : start + at + 4] = struct.pack("<I", 100)
    path.write_bytes(data)
    assert [type(f) for f in read(path)] == [Reject, Capture]


def test_too_many_members(tmp_path):
    path = zipped(tmp_path / "a.zip", [(f"{i}.html", b"x") for i in range(1001)])
    found = read(path, limits=SMALL)
    assert [type(f) for f in found] == [Reject]
    assert "1000 members" in found[0].reason


def test_a_page_larger_than_a_page_may_be(tmp_path):
    (tmp_path / "a.html").write_bytes(b"<html>" * 300_000)
    noise = b"".join(struct.pack("<I", (i * 2654435761) & 0xFFFFFFFF) for i in range(300_000))
    zipped(tmp_path / "b.zip", [("a.html", b"<html>" + noise), FINE])
    found = read(tmp_path, limits=SMALL)
    assert [type(f) for f in found] == [Reject, Reject, Capture]
    assert all("larger than 1 MB" in f.reason for f in found[:2])


def test_gzip_bombs_as_page_and_as_table(tmp_path):
    bomb = gzip.compress(bytes(400_000_000), 9)
    table = gzip.compress(b"site,article_key,observed_at,views\n" + b"el.kz,1,,1\n" * 10_000_000, 9)
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<html>") + bomb)
    (tmp_path / "b.csv.gz").write_bytes(table)
    found = read(tmp_path, limits=SMALL)
    assert [type(f) for f in found] == [Reject, TableInput, Reject]
    assert "inflates to more" in found[2].reason


def test_a_warc_record_that_inflates_without_end_costs_only_itself(tmp_path):
    with (tmp_path / "a.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for encoding, body in (("gzip", gzip.compress(bytes(300_000_000), 9)), ("", b"<p>fine</p>")):
            headers = [("Content-Type", "text/html"), ("Content-Encoding", encoding)]
            http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record("https://el.kz/a/", "response", io.BytesIO(body), http_headers=http)
            writer.write_record(record)
    found = read(tmp_path / "a.warc", limits=SMALL)
    assert [type(f) for f in found] == [Reject, Capture]


MAGIC = {
    "SQLite": b"SQLite format 3\0" + bytes(100),
    "DuckDB": b"\x12\x34\x56\x78\0\0\0\0DUCK" + bytes(100),
    "Parquet": b"PAR1\x15\x04\x15\0" + bytes(100) + b"PAR1",
    "zip": b"PK\x03\x04" + bytes(100),
    "Windows program": b"MZ\x90\0\x03\0" + bytes(100),
    "Linux program": b"\x7fELF" + bytes(100),
    "PDF": b"%PDF-1.7\n",
}


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.html", "a.txt"])
@pytest.mark.parametrize("really", MAGIC)
def test_a_file_that_is_really_something_else(tmp_path, name, really):
    (tmp_path / name).write_bytes(MAGIC[really])
    for found in (read(tmp_path / name), read(zipped(tmp_path / "a.zip", [(name, MAGIC[really])]))):
        assert [type(f) for f in found] == [Reject]
        assert really in found[0].reason


@pytest.mark.parametrize("name", ["a.parquet", "a.zip", "a.warc", "a.csv.gz", "a.warc.gz"])
def test_text_under_a_binary_name(tmp_path, name):
    (tmp_path / name).write_text("site,article_key,observed_at,views\n")
    assert [type(f) for f in read(tmp_path / name)] == [Reject]


def test_a_database_hidden_in_gzip(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(MAGIC["SQLite"]))
    [found] = read(tmp_path / "a.csv.gz")
    assert "SQLite" in found.reason


def test_words_that_look_like_signatures_are_text(tmp_path):
    (tmp_path / "a.txt").write_text("MZ is the old sign of programs; PAR1 and RIFF are words too.")
    assert [type(f) for f in read(tmp_path / "a.txt")] == [Capture]


def test_a_small_parquet_file_that_stands_for_hundreds_of_gigabytes(tmp_path):
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["x" * 200_000]))
    columns = {"site": same, "article_key": same, "observed_at": [""] * 1_000_000, "views": [1] * 1_000_000}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert [type(f) for f in found] == [TableInput, Reject]


def test_one_line_without_end(tmp_path):
    for name in ("a.csv", "a.jsonl"):
        (tmp_path / name).write_bytes(b"x" * 40_000_000)
    (tmp_path / "b.csv").write_bytes(b'site,article_key,observed_at,views\n"' + b"x" * 40_000_000)
    (tmp_path / "c.jsonl").write_bytes(b'{"site":' + b"[" * 1_000_000)
    found = read(tmp_path)
    assert [Path(f.origin).name for f in found if isinstance(f, Reject)] == ["a.csv", "a.jsonl", "b.csv", "c.jsonl"]


def test_folders_without_end(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 150)
    deep.mkdir(parents=True)
    (deep / "a.html").write_text("<html>")
    found = read(tmp_path)
    assert [type(f) for f in found] == [Reject]


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    table = b"site,article_key,observed_at,views\nel.kz,1,,1\n"
    path = zipped(tmp_path / "a.zip", [("a.csv", table), ("b.csv", table)])
    things = sources.open_inputs([path])
    first = next(things)
    assert first.path.stat().st_mode & 0o077 == 0 or first.path.parent.stat().st_mode & 0o077 == 0
    things.close()
    assert list((tmp_path / "t").iterdir()) == []
