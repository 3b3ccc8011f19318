"""The report: its figures are the queries' own, its texts literal, its pages few and readable in three languages."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from streamlit.testing.v1 import AppTest

from common import NASTY, readership
from readership import queries, settings
from readership.exports import report
from readership.i18n import LANGUAGES, Language
from readership.queries import Edition, Selection
from readership.ui.server import SCRIPT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> Edition:
    found = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert found
    return found


def written(edition: Edition, selection: Selection | None = None, language: str = "en") -> report.Report:
    return report.collected(
        edition, selection or Selection(), language=Language(language), zone="Asia/Almaty", own_topics=None, now=NOW
    )


def text_of(pdf: bytes) -> tuple[list[str], pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document], document


def flat(words: str) -> str:
    return re.sub(r"\s+", " ", words)


# -- figures -----------------------------------------------------------------------------------------------------------
def test_its_figures_are_the_queries_answers(edition: Edition) -> None:
    selection = Selection(since=date(2026, 9, 1), until=date(2026, 11, 23))
    told = written(edition, selection)
    facts = queries.fetch("key_figures", selection, edition).iloc[0]
    assert f"{facts['articles']} articles were published; they have {facts['views']:,} views to date." in told.sentences
    assert any(
        sentence.startswith(f"{facts['gained']:,} views were gained in this time") for sentence in told.sentences
    )
    table = next(one for one in told.tables if one.name == "articles")
    rows = queries.fetch("articles", selection, edition, order="views", limit=10)
    assert [row[4] for row in table.values] == rows["total"].dropna().tolist()
    topics = queries.fetch("group_views", selection, edition, dimension="topic", limit=8)
    table = next(one for one in told.tables if one.name == "topic")
    assert [row[1:3] for row in table.values] == list(zip(topics["articles"], topics["views_full"], strict=True))


def test_a_change_is_said_with_both_sides(edition: Edition) -> None:
    selection = Selection(since=date(2026, 10, 25), until=date(2026, 11, 23))
    rows = queries.fetch("compare", selection, edition, against="previous").set_index("measure")
    change, other = rows.loc["gained", ["change_percent", "other"]]
    (sentence,) = [one for one in written(edition, selection).sentences if "the period before" in one]
    word = "more" if change > 0 else "fewer"
    assert f"{abs(change):,.0f} % " in sentence.replace("\u00a0", " ")
    assert f"{word} than the {other:,.0f} of the period before" in sentence


def test_without_dates_it_is_of_the_28_days_to_the_newest_reading(edition: Edition) -> None:
    told = dict(written(edition).proof)
    assert re.fullmatch(r"\?since=2026-\d\d-\d\d&until=2026-\d\d-\d\d", told["Link"])
    since, until = (date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", told["Link"]))
    assert (until - since).days == 28


def test_an_empty_selection_is_said_and_no_figure_is_made_up(edition: Edition) -> None:
    told = written(edition, Selection(since=date(1999, 1, 1), until=date(1999, 2, 1)))
    assert told.sentences == ("Nothing in this selection was published or read in this time.",)
    assert told.charts == ()
    assert not [table for table in told.tables if table.name in ("articles", "topic", "country")]
    pages, _ = text_of(report.made(told, "pdf"))
    assert "Nothing in this selection" in pages[0]


def test_unknown_views_are_never_zero(edition: Edition) -> None:
    told = written(edition, Selection(since=date(2026, 9, 1), until=date(2026, 11, 23)))
    facts = queries.fetch("key_figures", Selection(since=date(2026, 9, 1), until=date(2026, 11, 23)), edition).iloc[0]
    said = [one for one in told.sentences if "no views are known" in one]
    assert bool(said) == bool(facts["views_unknown"])


# -- forms -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_has_two_to_four_pages_with_every_letter(edition: Edition, language: str) -> None:
    told = written(edition, Selection(since=date(2026, 9, 1), until=date(2026, 11, 23)), language)
    pages, document = text_of(report.made(told, "pdf"))
    assert 2 <= len(pages) <= 4
    words = flat(" ".join(pages))
    for sentence in (told.title, told.subtitle, *told.sentences[:2], *(table.title for table in told.tables)):
        assert flat(sentence).replace("\u00a0", " ") in words.replace("\u00a0", " "), sentence
    for page in document:
        picture = page.render(scale=1).to_pil().convert("L")
        dark = sum(picture.histogram()[:128])
        assert dark > 500, "a blank page"
        # A letter without a glyph is drawn as a box; pdfium gives U+FFFD or nothing for it.
        assert "\ufffd" not in page.get_textpage().get_text_range()


def test_kazakh_letters_are_in_the_fonts_it_brings(edition: Edition) -> None:
    told = written(edition, Selection(since=date(2026, 9, 1), until=date(2026, 11, 23)), "kk")
    words = " ".join(text_of(report.made(told, "pdf"))[0])
    assert set("әғқңөұүһі") - set("һ") <= set(words.lower())


@pytest.mark.parametrize("form", report.FORMS)
def test_nasty_titles_stand_literally_in_every_form(edition: Edition, form: str) -> None:
    told = written(edition, Selection(since=date(2026, 11, 1), until=date(2026, 11, 23)))
    assert {title for title in NASTY if len(title) < 110} <= {
        str(row[0]) for table in told.tables if table.name == "articles" for row in table.values
    }
    data = report.made(told, form)
    if form == "pdf":
        words = flat(" ".join(text_of(data)[0]))
        assert all(flat(title)[:40] in words for title in NASTY)
    elif form == "html":
        assert b"<img" not in data
        assert b"<b>HTML" not in data
        assert b"&lt;b&gt;HTML&lt;/b&gt;" in data
    else:
        book = openpyxl.load_workbook(io.BytesIO(data))
        cells = [cell for row in book["articles"].iter_rows() for cell in row]
        assert set(NASTY) <= {cell.value for cell in cells}
        assert "f" not in {cell.data_type for cell in cells}


def test_typst_markup_in_a_text_is_set_as_it_stands(edition: Edition) -> None:
    from dataclasses import replace

    evil = '#read("/etc/passwd") $x$ *b* _i_ @ref <label> `raw` \\ [c] = head'
    words = flat(" ".join(text_of(report.made(replace(written(edition), sentences=(evil,)), "pdf"))[0]))
    assert evil in words


def test_the_html_reaches_for_nothing_outside(edition: Edition) -> None:
    page = report.made(written(edition), "html").decode()
    tags = " ".join(re.findall(r"<[^>]+>", page)).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"src=|href|url\(|@import|<script|//", tags + "".join(re.findall(r"<style>.*?</style>", page, re.S))
    )
    assert "default-src 'none'" in page
    assert page.count("<svg") == len(written(edition).charts)
    assert page.count('role="img" aria-label="') == len(written(edition).charts)


def test_the_workbook_has_numbers_as_numbers_and_its_proof(edition: Edition) -> None:
    told = written(edition, Selection(since=date(2026, 9, 1), until=date(2026, 11, 23)))
    book = openpyxl.load_workbook(io.BytesIO(report.made(told, "xlsx")))
    assert book.sheetnames == ["report", *(table.name for table in told.tables), "proof"]
    for table in told.tables:
        rows = list(book[table.name].iter_rows(values_only=True))
        assert rows[0] == table.head
        assert len(rows) == len(table.values) + 1
    assert isinstance(book["articles"]["E2"].value, int)
    assert book["articles"].freeze_panes == "A2"
    assert f"{told.proofs[0].query} {told.proofs[0].sha256[:16]}" in str([*book["proof"].values])


def test_an_unknown_form_is_refused(edition: Edition) -> None:
    with pytest.raises(Exception, match="There is no report as"):
        report.made(written(edition), "docx")


# -- command, mail, page -----------------------------------------------------------------------------------------------
def test_the_command_writes_the_form_that_the_file_s_name_says(newsroom: Path, tmp_path: Path) -> None:
    for form, start in (("pdf", b"%PDF-"), ("html", b"<!doctype html>"), ("xlsx", b"PK")):
        out = tmp_path / f"report.{form}"
        done = readership(newsroom, "report", "--since", "2026-09-01", "--lang", "ru", "--out", str(out))
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(start)
    assert "Отчёт" in (tmp_path / "report.html").read_text() or 'lang="ru"' in (tmp_path / "report.html").read_text()


def test_the_command_says_what_is_missing(newsroom: Path, tmp_path: Path) -> None:
    assert readership(newsroom, "report").returncode == 2
    assert readership(newsroom, "report", "--out", str(tmp_path / "report.docx")).returncode == 2
    assert readership(tmp_path, "report", "--out", str(tmp_path / "report.pdf")).returncode == 5
    assert "No mail server" in readership(newsroom, "report", "--mail", "desk@example.org").stderr


class _Mails(Message):
    got: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.got.append(message)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Mails]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mails = _Mails()
    mails.got.clear()
    server = Controller(mails, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in {"HOST": "127.0.0.1", "PORT": str(port), "TLS": "none"}.items():
        monkeypatch.setenv(f"READERSHIP_SMTP_{name}", value)
    monkeypatch.setenv("READERSHIP_MAIL_FROM", "readership@desk.example")
    yield mails
    server.stop()


def test_a_report_is_mailed_with_its_file(newsroom: Path, post: _Mails) -> None:
    done = readership(newsroom, "report", "--mail", "a@desk.example", "--mail", "b@desk.example", "--lang", "kk")
    assert done.returncode == 0, done.stderr
    (mail,) = post.got
    assert mail["to"] == "a@desk.example, b@desk.example"
    (file,) = [part for part in mail.walk() if part.get_filename()]
    assert file.get_content_type() == "application/pdf"
    pages, _ = text_of(file.get_payload(decode=True))
    assert 2 <= len(pages) <= 4


def test_a_mail_address_that_would_add_a_header_is_refused(newsroom: Path, post: _Mails) -> None:
    done = readership(newsroom, "report", "--mail", "a@desk.example\nBcc: x@evil.example")
    assert done.returncode == 2
    assert post.got == []


def test_the_page_writes_the_report_of_its_selection(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    app = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert not app.exception
    app.button("report_write").click().run()
    assert not app.exception
    labels = [button.proto.label for button in app.get("download_button")]
    assert any(label.startswith("Download the report (") for label in labels)
