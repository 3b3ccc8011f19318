"""Tables as files: the same cells in every format, formulas as texts, the proof in each, memory that stays."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ROOT
from exporting import (
    EDITION,
    HARD,
    MADE,
    agree,
    asked,
    proof_in,
    rows_of_csv,
    rows_of_jsonl,
    rows_of_parquet,
    rows_of_xlsx,
    taken_back,
    written,
)
from readership import exports, queries
from readership import settings as settings_module
from readership.errors import DiskFull, UsageError
from readership.exports import cells, files, proof, sheet, text
from readership.queries import Selection

GOLDEN_CSV = (
    '"article","title","authors","value","share","published_day","published_at","known","words"\r\n'
    '1,"Қазақстан: «жаңалық»","a\\u0000b",443.850000,0.1,2024-02-29,"2024-02-29T23:59:59Z",true,"[""я"", ""\\""""]"\r\n'
    '4611686018427387904,"\'=HYPERLINK(""http://x"")","\\ufeffstart",,0.30000000000000004,1900-02-01,,false,"[]"\r\n'
    '-7,"say ""hi"", twice\nand \\u0041","abc\\u202etxt",-0.000001,,,"1899-12-31T00:00:00Z",,\r\n'
    ',,"one\ntwo\\u000dthree",999999999999.999999,,9999-12-31,"2026-01-01T00:00:00.250000Z",true,"[null]"\r\n'
    '1000000000000000,"","\'\t\'=tab",0.000000,1e+22,1900-03-01,"2000-01-01T00:00:00Z",false,"[""=1""]"\r\n'
)


# -- the same cells everywhere -----------------------------------------------------------------------------------------
def test_csv_is_rfc_4180_to_the_byte() -> None:
    assert written([HARD], "csv").decode() == GOLDEN_CSV


def test_csv_begins_with_a_byte_order_mark_only_when_wanted() -> None:
    assert written([HARD], "csv", bom=True) == b"\xef\xbb\xbf" + GOLDEN_CSV.encode()


def test_json_lines_and_parquet_hold_every_value_as_it_is() -> None:
    lines, columns = rows_of_jsonl(written([HARD], "jsonl")), rows_of_parquet(written([HARD], "parquet"))
    assert [list(row) for row in lines] == [HARD.schema.names] * 5
    for line, typed, given_row in zip(lines, columns, HARD.to_pylist(), strict=True):
        assert typed["title"] == line["title"] == given_row["title"]
        assert typed["authors"] == line["authors"] == given_row["authors"]
        assert typed["article"] == line["article"] == given_row["article"]
        assert typed["known"] == line["known"] == given_row["known"]
        assert typed["value"] == given_row["value"]
        assert line["value"] == given_row["value"]
        assert line["words"] == typed["words"]
        assert (line["published_day"] and date.fromisoformat(line["published_day"])) == typed["published_day"]
        assert (line["published_at"] and datetime.fromisoformat(line["published_at"])) == typed["published_at"]
        assert (typed["published_at"] and typed["published_at"].replace(tzinfo=None)) == given_row["published_at"]
    assert [row["share"] for row in columns] == [0.1, 0.1 + 0.2, None, None, 1e22]
    assert [row["share"] for row in lines] == [
        Decimal("0.1"),
        Decimal("0.30000000000000004"),
        None,
        None,
        Decimal("1e22"),
    ]


def test_xlsx_holds_typed_cells() -> None:
    found = rows_of_xlsx(written([HARD], "xlsx"))
    assert found[0] == HARD.schema.names
    assert found[1] == [
        1, "Қазақстан: «жаңалық»", "a\\u0000b", 443.85, 0.1, datetime(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59),
        True, '["я", "\\""]',
    ]  # fmt: skip
    # More digits than a spreadsheet keeps, and days before its calendar: texts, to the last digit.
    assert found[2][0] == "4611686018427387904"
    assert found[2][5] == "1900-02-01"
    assert found[4][3] == "999999999999.999999"
    assert found[5][0] == "1000000000000000"
    assert found[3][3] == -0.000001
    assert found[5][5] == datetime(1900, 3, 1)
    assert found[2][1] == '=HYPERLINK("http://x")'
    assert found[4][2] == "one\ntwo\\u000dthree"
    assert [row[4] for row in found[1:]] == [0.1, 0.1 + 0.2, None, None, 1e22]


def test_screen_csv_xlsx_parquet_and_json_lines_agree_cell_for_cell(newsroom: Path) -> None:
    edition = queries.current(settings_module.load({"READERSHIP_DATA": str(newsroom)}))
    assert edition is not None
    for name in ("articles", "views_gained", "header_rates", "views_by_publication", "freshness"):
        screen = queries.fetch(name, Selection(), edition)
        question = asked(name, edition=edition)
        made = {}
        for form in ("csv", "xlsx", "parquet", "jsonl"):
            with exports.table(question, form) as export:
                made[form] = export.read()
        agree(screen, made)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from(";=+-@'\t\r\n \"\\\x00\u202e\ufeff_x&<>"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | TEXTS, min_size=1, max_size=8))
def test_any_text_survives_every_format(values: list[str | None]) -> None:
    batch = pa.record_batch({"title": pa.array(values, pa.string()), "n": pa.array(range(len(values)))})
    assert [row["title"] for row in rows_of_jsonl(written([batch], "jsonl"))] == values
    assert [row["title"] for row in rows_of_parquet(written([batch], "parquet"))] == values
    shown = [None if value is None else text.visible(value) for value in values]
    in_csv = rows_of_csv(written([batch], "csv"))[1:]
    assert [taken_back(row[0]) for row in in_csv] == [value or "" for value in shown]
    assert not any(runs(row[0]) for row in in_csv)
    in_sheet = [row[0] for row in rows_of_xlsx(written([batch], "xlsx"))[1:]]
    raw = [None if value is None else re.sub("_x005F_(x[0-9A-Fa-f]{4}_)", r"_\1", value) for value in in_sheet]
    assert [value or "" for value in raw] == [value or "" for value in shown]


def runs(value: str) -> bool:
    """Whether a spreadsheet would take a text, or what follows a separator in it, for a formula."""
    return any(re.match(r"[ \u00a0]*[=+\-@\t\r]", part) for part in re.split("[;\n]", value)[:1]) or any(
        re.match(r"[ \u00a0]*[=+\-@]", part) for part in re.split("[;\t\n]", value)
    )


def test_the_size_of_batches_changes_nothing() -> None:
    pieces = [HARD.slice(place, 1) for place in range(HARD.num_rows)]
    for form in ("csv", "jsonl"):
        assert written(pieces, form) == written([HARD], form)
    assert rows_of_xlsx(written(pieces, "xlsx")) == rows_of_xlsx(written([HARD], "xlsx"))


def test_rows_beyond_one_piece_of_work_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "ROWS", 7)
    monkeypatch.setattr(sheet, "SLICE", 3)
    batch = pa.record_batch({"article": pa.array(range(100)), "title": pa.array([f"№ {n}" for n in range(100)])})
    wanted = [[n, f"№ {n}"] for n in range(100)]
    assert rows_of_xlsx(written([batch], "xlsx"))[1:] == wanted
    assert [list(row.values()) for row in rows_of_parquet(written([batch], "parquet"))] == wanted
    assert [[int(a), b] for a, b in rows_of_csv(written([batch], "csv"))[1:]] == wanted


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl", "zip"])
def test_an_answer_without_rows_still_names_its_columns(newsroom: Path, form: str) -> None:
    edition = queries.current(settings_module.load({"READERSHIP_DATA": str(newsroom)}))
    assert edition is not None
    with exports.table(asked(selection=Selection(sites=("nowhere.kz",)), edition=edition), form) as made:
        data, facts = made.read(), made.proof
    assert facts is not None
    assert facts.rows == 0
    names = [column.name for column in facts.columns]
    assert names[:3] == ["article", "site", "article_key"]
    if form == "csv":
        assert rows_of_csv(data) == [names]
    elif form == "xlsx":
        assert rows_of_xlsx(data) == [names]
    elif form == "parquet":
        assert pq.read_table(io.BytesIO(data)).column_names == names
    elif form == "jsonl":
        assert data == b""


def test_local_moments_have_no_zone_and_instants_have_one() -> None:
    batch = pa.record_batch(
        {"bucket": pa.array([datetime(2024, 3, 1)]), "oldest_reading": pa.array([datetime(2024, 3, 1)])}
    )
    row = rows_of_jsonl(written([batch], "jsonl", asked("views_gained")))[0]
    assert row == {"bucket": "2024-03-01T00:00:00", "oldest_reading": "2024-03-01T00:00:00Z"}
    schema = pq.read_schema(io.BytesIO(written([batch], "parquet", asked("views_gained"))))
    assert schema.field("bucket").type.tz is None
    assert schema.field("oldest_reading").type.tz == "UTC"


def test_only_these_columns_of_all_questions_are_on_a_local_clock() -> None:
    found = {
        f"{query.name}.{column.name}"
        for query in queries.catalogue()
        for column in proof.definitions(query)
        if column.local
    }
    assert found >= {"views_gained.bucket"}
    assert all(name.endswith((".bucket", ".cut_at")) for name in found)


def test_days_of_a_data_frame_are_days() -> None:
    frame = pd.DataFrame(
        {"published_day": pd.to_datetime(["2024-02-29"]), "published_at": pd.to_datetime(["2024-02-29"])}
    )
    row = rows_of_jsonl(written(cells.from_frame(frame), "jsonl"))[0]
    assert row == {"published_day": "2024-02-29", "published_at": "2024-02-29T00:00:00Z"}


# -- proof -------------------------------------------------------------------------------------------------------------
def test_the_hash_is_of_the_rows_whatever_the_format() -> None:
    digests, digest = set(), hashlib.sha256(written([HARD], "jsonl")).hexdigest()
    for form in exports.TABLES:
        with exports.table_of_batches([HARD], asked(), form) as made:
            assert made.proof is not None
            digests.add(made.proof.sha256)
    assert digests == {digest}


@pytest.mark.parametrize("form", list(exports.TABLES))
def test_name_size_and_hash_are_those_of_the_bytes(form: str) -> None:
    with exports.table_of_batches([HARD], asked(), form) as made:
        data = made.read()
        assert made.size == len(data)
        assert made.sha256 == hashlib.sha256(data).hexdigest()
        assert made.name == f"readership-articles-7-{made.sha256[:8]}.{form}"


def test_the_proof_says_what_was_asked_of_which_edition() -> None:
    chosen = Selection(since=date(2026, 10, 1), until=date(2026, 11, 1), topics=("economy", "спорт"))
    with exports.table_of_batches([HARD], asked(selection=chosen, order="views"), "csv") as made:
        found = json.loads(made.sidecar())
    assert found["selection"] == "published from 1 Oct 2026 to before 1 Nov 2026; topic: economy or спорт"
    assert found["permalink"] == "?since=2026-10-01&until=2026-11-01&topic=economy&topic=%D1%81%D0%BF%D0%BE%D1%80%D1%82"
    assert found["parameters"] == {"limit": None, "order": "views"}
    assert (found["edition"], found["as_of"], found["demo"], found["rows"]) == (7, "2026-11-22T15:40:00+00:00", True, 5)
    assert found["made_at"] == "2026-11-22T16:00:00Z"
    assert found["file"]["sha256"] == hashlib.sha256(written([HARD], "csv")).hexdigest()
    meanings = {column["name"]: column["meaning"] for column in found["columns"]}
    assert meanings["published_at"] == "TIMESTAMP UTC"
    assert meanings["authors"] == 'names joined by "; "'
    assert found["remarks"]


def test_parquet_and_xlsx_hold_the_proof_inside() -> None:
    inside = proof_in(written([HARD], "parquet"), "parquet")
    assert (inside["rows"], inside["edition"]) == (5, 7)
    about = proof_in(written([HARD], "xlsx"), "xlsx")
    assert about["Rows"] == "5"
    assert about["SHA-256 of the rows as JSON Lines"] == inside["sha256"]
    assert about["published_at"] == "TIMESTAMP UTC"
    assert about["Selection"] == "all dates"


def test_a_zip_holds_the_table_and_its_proof() -> None:
    with zipfile.ZipFile(io.BytesIO(written([HARD], "zip"))) as archive:
        table, sidecar = archive.namelist()
        assert archive.read(table).decode() == GOLDEN_CSV
        found = json.loads(archive.read(sidecar))
        assert sidecar == "proof.json"
        assert found["file"] == {
            "name": table, "bytes": len(GOLDEN_CSV.encode()), "sha256": hashlib.sha256(GOLDEN_CSV.encode()).hexdigest(),
        }  # fmt: skip
        assert archive.getinfo(table).date_time == MADE.timetuple()[:6]


def test_several_names_before_one_definition_share_it() -> None:
    query = queries.Query("q", "p", ("a, b BIGINT both", "c", "all NULL where unknown"), (), "")
    assert proof.columns(query, ["a", "b", "c", "d"]) == (
        exports.Column("a", "BIGINT both"), exports.Column("b", "BIGINT both"), exports.Column("c", ""),
        exports.Column("d", ""),
    )  # fmt: skip


def test_the_key_changes_with_everything_that_the_rows_depend_on() -> None:
    from dataclasses import replace

    base = asked()
    others = [
        asked("views_gained"), asked(selection=Selection(sites=("el.kz",))), asked(order="views"), asked(language="ru"),
        replace(base, edition=replace(EDITION, number=8)), replace(base, edition=replace(EDITION, built_at="x")),
    ]  # fmt: skip
    keys = {one.key("csv") for one in [base, *others]} | {base.key("xlsx")}
    assert len(keys) == len(others) + 2
    assert replace(base, made_at=MADE.replace(year=2027)).key("csv") == base.key("csv")


# -- XLSX --------------------------------------------------------------------------------------------------------------
def test_the_sheet_is_frozen_filtered_and_named() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([HARD], "xlsx")))
    data = book.worksheets[0]
    assert (data.title, book.worksheets[1].title) == ("articles", "proof")
    assert (data.freeze_panes, data.auto_filter.ref, data.dimensions) == ("A2", "A1:I6", "A1:I6")
    assert data.column_dimensions["B"].width > 15
    assert data["F2"].number_format == "yyyy-mm-dd"
    assert data["G2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert data["B3"].quotePrefix
    assert not data["B2"].quotePrefix


def test_a_text_that_no_cell_holds_is_cut_and_said_so() -> None:
    long = "ы" * 32_767
    batch = pa.record_batch({"title": pa.array([long, long + "!", "😀" * 20_000, "short"])})
    found = [row[0] for row in rows_of_xlsx(written([batch], "xlsx"))[1:]]
    assert found[0] == long
    assert found[1] == long[: 32_767 - 8] + " … [cut]"
    assert len(found[2].encode("utf-16-le")) <= 2 * 32_767
    assert found[3] == "short"
    about = rows_of_xlsx(written([batch], "xlsx"), 1)
    assert any("2 of them" in str(row[1]) for row in about if row[0] == "Remark")


def test_more_rows_than_a_sheet_holds_are_refused_and_parquet_is_offered() -> None:
    batch = pa.record_batch({"article": pa.array(range(65_536))})
    with pytest.raises(UsageError, match="1,048,575") as refused:
        written((batch for _ in range(17)), "xlsx")
    assert "Parquet" in refused.value.hint
    assert sheet.MAX_ROWS == 1_048_575


def test_a_sheet_s_own_escapes_are_texts() -> None:
    batch = pa.record_batch({"title": pa.array(["_x0041_", "<r><t>in</t></r>", " lead and trail "])})
    data = written([batch], "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "_x005F_x0041_" in xml
    assert "&lt;r&gt;&lt;t&gt;in&lt;/t&gt;&lt;/r&gt;" in xml
    assert rows_of_xlsx(data)[3] == [" lead and trail "]


def test_libreoffice_reads_the_same_cells(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here")
    (tmp_path / "t.xlsx").write_bytes(written([HARD], "xlsx"))
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path), str(tmp_path / "t.xlsx")],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    found = rows_of_csv((tmp_path / "t.csv").read_bytes())
    assert [row[1] for row in found] == [str(row[1] or "") for row in rows_of_xlsx(written([HARD], "xlsx"))]


# -- room --------------------------------------------------------------------------------------------------------------
def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="no format"):
        written([HARD], "doc")


def test_a_full_disk_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _data: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.tempfile, "SpooledTemporaryFile", lambda max_size: Full())
    for form in exports.TABLES:
        with pytest.raises(DiskFull, match="no room"):
            written([HARD], form)


def test_closing_lets_the_file_go() -> None:
    with exports.table_of_batches([HARD], asked(), "csv") as made:
        made.read()
    with pytest.raises(ValueError, match="closed"):
        made.read()


MEASURE = """
import sys
import numpy as np, pyarrow as pa, pyarrow.compute as pc
sys.path[:0] = sys.argv[2:]
from exporting import asked
from readership import exports

def batches(total, step=50_000):
    for start in range(0, total, step):
        numbers = np.arange(start, min(start + step, total))
        keys = pa.array(numbers).cast(pa.string())
        yield pa.record_batch({
            "article": pa.array(numbers), "article_key": keys, "site": pa.array(["el.kz"] * len(numbers)),
            "title": pc.binary_join_element_wise("Заголовок статьи о важном, номер ", keys, ' и "кавычки"', ""),
            "published_at": pa.array(numbers * 1_000_000, pa.timestamp("us")), "views": pa.array(numbers * 7 % 99_991),
            "share": pa.array(numbers / 3),
        })

def peak():
    # Not ru_maxrss: a process starts with that of the one that started it.
    lines = open("/proc/self/status").read().split("VmHWM:")
    return int(lines[1].split()[0]) / 1024

with exports.table_of_batches(batches(1_000), asked(), sys.argv[1]) as made:
    made.read()
before = peak()
with exports.table_of_batches(batches(1_000_000), asked(), sys.argv[1]) as made:
    size = sum(map(len, made))
    print(peak() - before, size, made.proof.rows)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured by /proc")
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_million_rows_grow_memory_by_less_than_200_mb(form: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, form, str(ROOT / "tests"), str(ROOT / "src")],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    grown, size, rows = (float(word) for word in run.stdout.split())
    assert rows == 1_000_000
    assert size > 1_000_000
    assert grown <= 200, f"{form}: {grown:.0f} MB"
