"""Abuse of exports: what articles' texts, requests and neighbours may try, and what comes of it."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from common import NASTY
from exporting import asked, rows_of_csv, rows_of_jsonl, rows_of_parquet, rows_of_xlsx, written
from readership import exports
from readership import settings as settings_module
from readership.api import exports as route
from readership.exports import figures
from readership.figures import Figure
from readership.figures.style import literal
from readership.queries import Selection

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1", "\u00a0=1", "x;=1+1", "x\n@y", "x;\t-1"]
INVISIBLE = ["a\x00b", "\ufeffa", "a\u202eb", "a\u2066b", "a\x1bb", "a\x85b", "a\u2028b", "a\x7fb"]


@pytest.fixture
def client(newsroom: Path) -> Iterator[TestClient]:
    settings = settings_module.load({"READERSHIP_DATA": str(newsroom)})
    with TestClient(Starlette(routes=route.routes(settings)), raise_server_exceptions=True) as made:
        yield made


def titles(values: list[str]) -> pa.RecordBatch:
    return pa.record_batch({"title": pa.array(values), "n": pa.array([-5] * len(values))})


# -- 1, 2: markup is text ----------------------------------------------------------------------------------------------
def test_markup_in_titles_is_exported_as_it_stands(client: TestClient) -> None:
    for form, rows in (("jsonl", rows_of_jsonl), ("parquet", rows_of_parquet)):
        found = {row["title"] for row in rows(client.get(f"/export/articles.{form}").content)}
        assert found >= set(NASTY)
    place = 6
    guarded = {title if not title.startswith("=") else f"'{title}" for title in NASTY}
    assert {row[place] for row in rows_of_csv(client.get("/export/articles.csv").content)} >= guarded
    assert {row[place] for row in rows_of_xlsx(client.get("/export/articles.xlsx").content)} >= set(NASTY)


def test_no_sheet_holds_a_formula_a_link_or_markup_of_ours(client: TestClient) -> None:
    data = client.get("/export/articles.xlsx").content
    for sheet in openpyxl.load_workbook(BytesIO(data)):
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(BytesIO(data)) as book:
        assert not [name for name in book.namelist() if "external" in name.lower()]
        for name in book.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(book.read(name))
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "title", [*NASTY, "</script><script>alert(1)</script>", "</title><svg onload=alert(1)>", "<!--"]
)
def test_a_figure_s_page_holds_no_element_from_a_text(title: str) -> None:
    rows = pd.DataFrame({"title": [title], "views": [1]})
    fig = go.Figure(go.Bar(x=[literal(title)], y=[1], hovertext=[literal(title)]))
    drawing = Figure(fig, title, title, title)
    question = asked(selection=Selection(text=title))
    with exports.figure(drawing, rows, question, "html") as made:
        page = made.read().decode()
    parser = Elements()
    parser.feed(page)
    assert {tag for tag, _ in parser.found} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "p", "figure", "dl", "dt", "dd", "script",
    }  # fmt: skip
    assert len([tag for tag, _ in parser.found if tag == "script"]) == 5
    assert not [attrs for _, attrs in parser.found if any(name.startswith("on") or name == "src" for name in attrs)]
    assert html.escape(title) in page


@pytest.mark.parametrize("title", [*NASTY, "</title><script>alert(1)</script>", "]]>", "a\x00b\u202e"])
def test_an_svg_holds_words_and_proof_as_text(title: str) -> None:
    drawing = Figure(go.Figure(), title, title, title)
    with exports.table_of_batches([titles([title])], asked(selection=Selection(text=title)), "csv") as made:
        assert made.proof is not None
        sealed = figures._seal_svg(b'<svg xmlns="http://www.w3.org/2000/svg" width="1"></svg>', drawing, made.proof)
    root = ET.fromstring(sealed)
    assert [child.tag.rpartition("}")[2] for child in root] == ["title", "desc", "metadata"]
    assert root[0].text == exports.visible(title)
    assert json.loads(root[2].text or "")["rows"] == 1


# -- 3: Plotly's own HTML ----------------------------------------------------------------------------------------------
def test_title_subtitle_and_caption_of_a_picture_are_escaped() -> None:
    nasty = '<a href="http://127.0.0.9/x">x</a><b>'
    drawing = Figure(go.Figure(go.Bar(x=["a"], y=[1])), nasty, nasty, nasty)
    whole, _height = figures.composed(drawing, nasty)
    said = whole.layout.title.text + whole.layout.annotations[-1].text
    assert "<a" not in said
    assert "<b>" not in said
    assert set(re.findall(r"<[^>]*>", said)) <= {"<br>", "</span>", '<span style="font-size:13px;color:#5b6168">'}


# -- 4: formulas -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", FORMULAS)
def test_a_text_is_never_a_formula_and_a_number_stays_one(value: str) -> None:
    cell, number = rows_of_csv(written([titles([value])], "csv"))[1]
    assert number == "-5"
    # Also in a spreadsheet that parts cells by semicolons or tabs and rows by line feeds, whatever the quotes.
    for part in re.split("[;\n\t]", cell):
        assert not re.match(r"[ \u00a0]*[=+\-@＝＋－＠]", part), cell
    assert cell[0] not in "=+-@\t\r"
    book = openpyxl.load_workbook(BytesIO(written([titles([value])], "xlsx")))
    found = book.worksheets[0]
    assert (found["A2"].data_type, found["B2"].data_type, found["B2"].value) == ("s", "n", -5)
    assert found["A2"].value == exports.visible(value)


def test_words_of_the_selection_are_no_formula_on_the_proof_s_sheet() -> None:
    data = written([titles(["a"])], "xlsx", asked(selection=Selection(text="=1+1", topics=('=HYPERLINK("x")',))))
    kinds = {cell.data_type for row in openpyxl.load_workbook(BytesIO(data))["proof"].iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    assert all(
        cell.value is None
        for row in openpyxl.load_workbook(BytesIO(data))["proof"]
        for cell in row
        if cell.data_type == "n"
    )


# -- 5: what can't be seen ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [*INVISIBLE, "a\nb", "a\r\nb", "a\rb"])
def test_one_record_stays_one_and_shows_what_is_in_it(value: str) -> None:
    batch = titles([value, "next"])
    table, lines = written([batch], "csv"), written([batch], "jsonl")
    assert len(rows_of_csv(table)) == 3
    assert len(lines.decode().splitlines()) == 2
    assert json.loads(lines.splitlines()[0])["title"] == value
    assert len(rows_of_xlsx(written([batch], "xlsx"))) == 3
    for char in set(value) - set("ab\n"):
        for data in (table.removesuffix(b"\r\n").replace(b'"\r\n', b'"\n').replace(b"-5\r\n", b"-5\n"), lines):
            assert char.encode() not in data, repr(char)
    if value in INVISIBLE:
        assert re.search(r"\\u[0-9a-f]{4}", rows_of_csv(table)[1][0])


def test_proofs_show_what_a_selection_hides() -> None:
    question = asked(selection=Selection(text="a\u202eb\x00c"))
    with exports.table_of_batches([titles(["a"])], question, "csv") as made:
        assert made.proof is not None
        assert "\u202e" not in made.sidecar()
        assert json.loads(made.sidecar())["selection"] == question.selection.words()
        assert "\u202e" not in made.proof.caption(question.language)
        assert made.proof.header().isascii()
        assert made.proof.header().isprintable()


# -- 6: two of one length ----------------------------------------------------------------------------------------------
def test_two_exports_of_one_length_go_to_their_own_readers(client: TestClient) -> None:
    first, second = (titles([letter * 2_000_000]) for letter in "ab")
    with (
        exports.table_of_batches([first], asked(), "csv") as one,
        exports.table_of_batches([second], asked(), "csv") as other,
    ):
        assert one.size == other.size
        assert one.name != other.name
        assert (b"b" in one.read(), b"a" in other.read()[20:]) == (False, False)
    wanted = {
        f"/export/articles.jsonl?text={word}&limit=1": word for word in ("HYPERLINK", "HTML", "bold") for _ in range(6)
    }
    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            for url, answer in zip(wanted, pool.map(client.get, wanted), strict=True):
                assert wanted[url] in rows_of_jsonl(answer.content)[0]["title"]


# -- 17: the search box ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "word",
    [
        "'; DROP TABLE article; --",
        "' OR 1=1 --",
        "%' OR '1'='1",
        '" UNION SELECT * FROM meta --',
        "$selection",
        "{0}%s\\",
    ],
)
def test_sql_in_a_request_is_a_word_to_look_for(client: TestClient, word: str) -> None:
    for name in ("text", "topic", "site", "no_author", "meter"):
        answer = client.get("/export/articles.jsonl", params={name: word})
        if answer.status_code == 200 and name not in ("no_author", "meter"):
            assert answer.content == b"", (name, word)
        assert answer.status_code in (200, 400)
    assert client.get("/export/rejects.csv", params={"batch": word}).status_code == 200
    assert client.get("/export/articles.csv", params={"limit": word}).status_code == 400
    assert client.get("/export/articles.csv").status_code == 200


def test_long_and_many_values_are_refused_not_cut(client: TestClient) -> None:
    # As long as a server lets a request line be, and longer than any selection.
    assert "too long" in client.get("/export/articles.csv", params={"text": "a" * 60_000}).text
    assert client.get("/export/articles.csv", params={"text": "a" * 501}).status_code == 400
    assert client.get("/export/articles.csv", params={"text": "(a+)+$" * 80}).status_code == 200
    assert client.get("/export/articles.csv", params={"topic": "a" * 201}).status_code == 400
    assert client.get("/export/articles.csv", params=[("topic", str(n)) for n in range(201)]).status_code == 400
    many = client.get("/export/articles.csv", params={f"p{n}": "1" for n in range(900)})
    assert many.status_code == 400
    assert len(many.text) <= 601


def test_nothing_of_a_request_gets_into_a_header_or_a_second_line(client: TestClient) -> None:
    hostile = "a\r\nSet-Cookie: x=1\u202e"
    answer = client.get("/export/articles.csv", params={"topic": hostile})
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-readership-proof"].isprintable()
    refused = client.get("/export/articles.csv", params={"limit": hostile, "order": "views"})
    assert refused.status_code == 400
    assert refused.text.count("\n") == 1
    assert "\u202e" not in refused.text
    unknown = client.get("/export/articles.csv", params={"<script>\n\x00": "1"})
    assert unknown.headers["content-type"].startswith("text/plain")
    assert unknown.headers["x-content-type-options"] == "nosniff"
    assert unknown.text.count("\n") == 1
