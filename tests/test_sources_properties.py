"""Whatever the bytes: a capture, a table or a reject, never an exception; and what is written as CSV is read again."""

import csv
import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readership import sources
from readership.models import Capture, Reject
from readership.sources import TableInput, columns, instants

BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = [
    "a.txt", "a.html", "a.mht", "a", "a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.zip", "a.warc", "a.warc.gz",
    "a.csv.gz", "a.html.gz", "manifest.csv", "a.php",
]  # fmt: skip


def read(path: Path, **options) -> tuple[list, list[dict], list[Reject]]:
    rejects: list[Reject] = []
    rows: list[dict] = []
    found = list(sources.open_inputs([path], key_of=lambda url: ("el.kz", url), meter="m", **options))
    for thing in found:
        assert isinstance(thing, Capture | TableInput | Reject)
        if isinstance(thing, TableInput):
            rows += [row for batch in thing.batches(rejects.append) for row in batch.to_pylist()]
    return found, rows, rejects


def seeds(folder: Path) -> dict[str, bytes]:
    """A sound file of every kind, to be damaged."""
    counters = b"site,article_key,observed_at,views\nel.kz,007,2024-05-01T10:00:00Z,5\nel.kz,8,,6\n"
    pq.write_table(pa.table({"url": ["https://el.kz/a"], "observed_at": [""], "views": [1]}), folder / "seed.parquet")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", "<html>a</html>")
        archive.writestr("a.csv", counters)
        archive.writestr("manifest.csv", "file,url\na.html,https://el.kz/a\n")
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://el.kz/\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
    record = head + b"Content-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(http), http)
    return {
        "a.html": b"<html><body>text</body></html>",
        "a.mht": b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\n\r\nx",
        "a.csv": counters,
        "g.csv": b"# Start date: 20240101\n# End date: 20240131\nPage path and screen class,Nth day,Views\n/a,0000,5\n",
        "a.jsonl": b'{"site":"el.kz","article_key":"007","observed_at":"","views":5}\n',
        "a.parquet": (folder / "seed.parquet").read_bytes(),
        "a.zip": packed.getvalue(),
        "a.warc": record * 3,
        "a.warc.gz": gzip.compress(record) * 3,
        "a.csv.gz": gzip.compress(counters),
    }


@pytest.mark.parametrize("name", NAMES)
@BOUNDED
@given(data=st.binary(max_size=2000))
def test_random_bytes_never_raise(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    read(tmp_path / name)


SOUND = ["a.html", "a.mht", "a.csv", "g.csv", "a.jsonl", "a.parquet", "a.zip", "a.warc", "a.warc.gz", "a.csv.gz"]


@pytest.mark.parametrize("name", SOUND)
@BOUNDED
@given(draw=st.data())
def test_sound_files_with_damage_never_raise(tmp_path, name, draw):
    data = bytearray(seeds(tmp_path)[name])
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(data) - 1))
        change = draw.draw(st.sampled_from(["flip", "cut", "insert", "zero"]))
        if change == "flip":
            data[at] ^= 1 << draw.draw(st.integers(0, 7))
        elif change == "cut":
            del data[max(at, 1) :]
        elif change == "insert":
            data[at:at] = draw.draw(st.binary(max_size=30))
        else:
            data[at : at + 4] = b"\xff" * len(data[at : at + 4])
    (tmp_path / name).write_bytes(data)
    read(tmp_path / name)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=8)
titles = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
    lambda m: m.replace(microsecond=0)
)


@BOUNDED
@given(
    rows=st.lists(st.tuples(words, st.none() | moments, st.integers(0, 10**15)), min_size=1, max_size=30),
    delimiter=st.sampled_from(",;\t"),
)
def test_counters_written_as_csv_are_read_again(tmp_path, rows, delimiter):
    with (tmp_path / "c.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["site", "article_key", "observed_at", "views"])
        writer.writerows(["el.kz", key, moment.isoformat() if moment else "", views] for key, moment, views in rows)
    _, found, rejects = read(tmp_path / "c.csv")
    assert rejects == []
    assert [(row["article_key"], row["observed_at"], row["views"]) for row in found] == rows


@BOUNDED
@given(rows=st.lists(st.tuples(words, titles, titles), min_size=1, max_size=20))
def test_articles_written_as_csv_are_read_again(tmp_path, rows):
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["site", "article_key", "title", "body"])
        writer.writerows(["el.kz", *row] for row in rows)
    _, found, rejects = read(tmp_path / "a.csv")
    assert len(found) + len(rejects) == len(rows)
    taken = {row["row"]: (row["article_key"], row["title"], row["body"] or "") for row in found}
    for number, (key, title, body) in enumerate(rows, 1):
        if title.strip():
            assert (taken[number][0], taken[number][1]) == (key, _trimmed(title))
            assert taken[number][2] == _trimmed(body)


def _trimmed(text: str) -> str:
    return text.strip(" \t\n\v\f\x1c\x1d\x1e\x1f\x85").strip()


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(
        r"\A(19|20)\d\d-[01]\d-[0-3]\d[T ][0-2]\d(:[0-6]\d(:[0-6]\d(\.\d{1,6})?)?)?(Z|[+-][01]\d(:?[0-6]\d)?)?\Z"
    )
)
def test_one_rule_for_moments_alone_and_in_columns(text):
    alone = instants.instant(text)
    values, checks = columns.moments(pa.array([text]))
    beside, _ = columns.moments(pa.array([text, "nonsense"]))
    assert values[0] == beside[0]
    assert values[0].as_py() == (None if isinstance(alone, str) else alone)
    assert bool(checks) == isinstance(alone, str)
