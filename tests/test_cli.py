"""The command line: every kind of input through `readership ingest`, exit codes, `--json`, words for people."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import stores
from readership import cli

COUNTERS = ("site", "article_key", "observed_at", "views")
ROWS: list[tuple[object, ...]] = [
    ("el.kz", "101", "2024-05-11T00:00:00+05:00", 10), ("el.kz", "101", "2024-05-12T00:00:00+05:00", 25),
]  # fmt: skip


class House:
    """The command line on a data folder of its own."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data = data
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def ingest(self, *arguments: object) -> dict[str, Any]:
        code, out, _ = self("ingest", *arguments, "--json")
        found: dict[str, Any] = json.loads(out)
        assert code == (1 if found["rejected"] else 0)
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.data / "store" / "readership.duckdb"), read_only=True) as store:
            return store.execute(sql).fetchall()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> House:
    monkeypatch.setenv("READERSHIP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("READERSHIP_THREADS", "2")
    return House(tmp_path / "data", capsys)


def test_one_page_with_url_and_moment(house: House, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(stores.page(101, 815))
    found = house.ingest(tmp_path / "a.txt", "--url", stores.url(101), "--captured-at", "2024-05-10T12:00:00+06:00")
    assert (found["accepted"], found["edition"]) == (1, 1)
    assert house.rows("SELECT observed_at, views FROM observation") == [(datetime(2024, 5, 10, 6), 815)]
    assert house.rows("SELECT captured_at_basis, origin FROM capture") == [("given", "a.txt")]


def test_the_files_own_time_when_asked_for(house: House, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(stores.page(101, 815))
    os.utime(path, (1715320000, 1715320000))
    house.ingest(path, "--url", stores.url(101), "--captured-at", "mtime")
    assert house.rows("SELECT captured_at FROM capture") == [
        (datetime.fromtimestamp(1715320000, UTC).replace(tzinfo=None),)
    ]


def test_a_page_without_a_moment_has_an_unknown_one(house: House, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(stores.page(101, 815))
    house.ingest(tmp_path / "a.txt")
    assert house.rows("SELECT observed_at, views FROM observation") == [(None, 815)]


def test_a_folder_a_zip_and_a_warc(house: House, tmp_path: Path) -> None:
    stores.folder(tmp_path / "in", stores.copies([101], 1))
    stores.zipped(tmp_path / "in" / "more.zip", stores.copies([102], 1))
    warc(
        tmp_path / "in" / "crawl.warc.gz",
        [(stores.url(103), 200, stores.page(103, 9)), (stores.url(102), 404, b"gone")],
    )
    found = house.ingest(tmp_path / "in")
    assert (found["accepted"], found["pages"], found["rejected"]) == (4, 4, 0)
    assert [row[0] for row in house.rows("SELECT article_key FROM article ORDER BY 1")] == ["101", "102", "103"]
    assert house.rows("SELECT count(*) FROM capture WHERE status = 404") == [(1,)]


def warc(path: Path, pages: list[tuple[str, int, bytes]]) -> None:
    """A WARC file of responses."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, body in pages:
            headers = StatusAndHeaders(
                f"{status} X", [("Content-Type", "text/plain; charset=utf-8")], protocol="HTTP/1.1"
            )
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(body), http_headers=headers,
                    warc_headers_dict={"WARC-Date": "2024-05-10T09:00:00Z"},
                )
            )  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "csv in a zip", "parquet", "jsonl"])
def test_counters_in_every_form(house: House, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"c.{form.split()[0]}"
    if form == "parquet":
        pq.write_table(pa.table({name: [row[at] for row in ROWS] for at, name in enumerate(COUNTERS)}), path)
    elif form == "jsonl":
        path.write_text("\n".join(json.dumps(dict(zip(COUNTERS, row, strict=True))) for row in ROWS))
    else:
        stores.table(path, COUNTERS, ROWS)
    if "zip" in form:
        with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
            archive.write(path, "inside/c.csv")
        path = tmp_path / "c.zip"
    found = house.ingest(path)
    assert found["added"]["observation"] == 2
    assert house.rows("SELECT DISTINCT meter FROM observation") == [("public",)]
    facts = stores.facts(house.data)
    (house.data / "store" / "readership.duckdb").unlink()
    assert house("check")[0] == 0
    assert stores.facts(house.data) == facts


def test_articles_from_a_table(house: House, tmp_path: Path) -> None:
    rows = [(stores.url(101), "A title of it", "2024-05-10T10:00:00+05:00", "Society"), ("", "No name", "", "")]
    found = house.ingest(stores.table(tmp_path / "a.csv", ("url", "title", "published_at", "section"), rows))
    assert (found["accepted"], found["rejected"]) == (1, 1)
    assert found["rejects"][0]["row"] == 2
    assert house.rows("SELECT title, section FROM article_revision") == [("A title of it", "Society")]


EXPORTS: dict[str, tuple[tuple[str, ...], tuple[object, ...], str]] = {
    "google": (("Page path and screen class", "Date", "Views"), ("/en/x_101/", "20240511", 7), "google-analytics"),
    "matomo": (("label", "date", "nb_hits"), ("/en/x_101/", "2024-05-11", 7), "matomo"),
    "plausible": (
        ("date", "hostname", "page", "visits", "visitors", "pageviews"), ("2024-05-11", "el.kz", "/en/x_101/", 5, 4, 7),
        "plausible",
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", EXPORTS)
def test_exports_of_tools_are_gains_of_their_own_meter(house: House, tmp_path: Path, tool: str) -> None:
    names, row, meter = EXPORTS[tool]
    found = house.ingest(stores.table(tmp_path / "export.csv", names, [row]), "--site", "el.kz")
    assert found["added"]["gain"] == 1, found
    assert house.rows("SELECT meter, views, to_at - from_at FROM gain")[0][:2] == (meter, 7)
    assert house.rows("SELECT article_key FROM article") == [("101",)]
    facts = stores.facts(house.data)
    (house.data / "store" / "readership.duckdb").unlink()
    assert house("check")[0] == 0
    assert stores.facts(house.data) == facts


def test_other_names_are_mapped(house: House, tmp_path: Path) -> None:
    path = stores.table(tmp_path / "c.csv", ("Сайт", "ID", "When", "Просмотры"), ROWS)
    mapped = ["Сайт=site", "ID=article_key", "When=observed_at", "Просмотры=views"]
    found = house.ingest(path, *(word for pair in mapped for word in ("--map", pair)))
    assert found["added"]["observation"] == 2


def test_files_of_official_rates_are_no_pages(house: House, tmp_path: Path) -> None:
    path = tmp_path / "rates.xml"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?><rates><generator>x</generator><title>Official rates</title>'
        "<date>24.04.2024</date><item><fullname>USD</fullname><title>USD</title><description>444.32</description>"
        "<quant>1</quant><index></index><change>0.5</change></item></rates>"
    )
    found = house.ingest(path)
    assert found["accepted"] == 0
    assert "readership rates import" in found["rejects"][0]["hint"]
    code, out, _ = house("rates", "import", path, "--json")
    assert (code, json.loads(out)["added"]) == (0, {"official_rate": 1})


def test_what_is_refused_is_kept_with_its_reason(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    stores.folder(folder, stores.copies([101], 1))
    bad = {
        "menu.html": b"<html><body><ul><li>Home</li></ul></body></html>",
        "image.txt": b"\x89PNG\r\n\x1a\n\0\0\0",
        "void.txt": b"",
    }
    for name, body in bad.items():
        (folder / name).write_bytes(body)
    found = house.ingest(folder)
    assert (found["accepted"], found["rejected"]) == (1, 3)
    for reject in found["rejects"]:
        assert reject["reason"]
        assert str(tmp_path) not in reject["origin"]
        assert (house.data / "quarantine" / reject["sha256"]).read_bytes() == bad[reject["origin"].rpartition("/")[2]]
    code, _, err = house("ingest", folder)
    assert code == 1
    assert "3 rejected" in err
    assert house.rows("SELECT count(*) FROM reject") == [(6,)]


# -- exit codes


def test_exit_codes_tell_what_happened(house: House, tmp_path: Path) -> None:
    assert house("publish")[0] == 5
    assert house("query", "articles")[0] == 5
    code, out, err = house("ingest", tmp_path / "none.txt", "--json")
    assert (code, json.loads(out)["rejects"][0]["reason"]) == (1, "There is no such file.")
    code, out, err = house("ingest", tmp_path, "--captured-at", "yesterday", "--json")
    assert (code, "no moment" in json.loads(out)["error"]) == (2, True)
    assert "readership: “yesterday” is no moment." in err
    assert house("ingest", tmp_path, "--map", "x")[0] == 2
    assert house("ingest", tmp_path, "--map", "x=nothing")[0] == 2
    assert house("batch", "undo", "none")[0] == 2
    assert house("article", "forget", "el.kz", "none")[0] == 2
    assert house("restore", tmp_path / "none.tar")[0] in (1, 2)
    assert house()[0] == 2
    with pytest.raises(SystemExit) as usage:
        house("no-such-command")
    assert usage.value.code == 2


def test_a_damaged_store_is_exit_4_and_one_line_with_the_remedy(house: House, tmp_path: Path) -> None:
    path = stores.table(tmp_path / "c.csv", COUNTERS, ROWS)
    house.ingest(path)
    (house.data / "store" / "readership.duckdb").write_bytes(b"garbage" * 1000)
    code, _, err = house("ingest", path)
    assert code == 4
    assert err.count("\n") == 1
    assert "check --repair" in err
    assert house("check")[0] == 4
    assert house("check", "--repair")[0] == 0
    assert house("ingest", path)[0] == 0


def test_a_folder_that_can_not_be_written_is_one_line(house: House, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    code, _, err = house("ingest", stores.table(tmp_path / "c.csv", COUNTERS, ROWS))
    assert code == 1
    assert err.count("\n") == 1
    assert str(tmp_path) not in err


def test_batches_can_be_listed_shown_and_undone(house: House, tmp_path: Path) -> None:
    batch = house.ingest(stores.table(tmp_path / "c.csv", COUNTERS, ROWS))["batch"]
    assert json.loads(house("batch", "list", "--json")[1])[0]["batch"] == batch
    assert json.loads(house("batch", "show", batch)[1])["tables"][0]["kind"] == "counters"
    assert house("batch", "undo", batch)[0] == 0
    assert house.rows("SELECT count(*) FROM observation") == [(0,)]
    assert house("article", "forget", "el.kz", "101")[0] == 2


def test_control_characters_in_names_are_shown_not_sent(house: House, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.txt"
    path.write_bytes(b"\0\0\0")
    assert "\x1b" not in house("ingest", path)[2]
