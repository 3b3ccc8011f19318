"""A report as bytes: PDF by typst with the fonts it brings, HTML in one file, XLSX with a sheet a table."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, datetime
from html import escape
from importlib import resources
from typing import Any

import typst
import xlsxwriter

from readership.errors import ReadershipError, UsageError
from readership.exports.report.facts import Report, Table

MEDIA = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMS = tuple(MEDIA)
_STYLE = """
body{font:16px/1.45 Georgia,'Libertinus Serif',serif;max-width:46em;margin:2em auto;padding:0 1em}
body{color:#222;background:#fff}
h1{margin:0}h2{margin:1.6em 0 .4em;font-size:1.2em}.subtitle,.note,footer{color:#555}.note,footer{font-size:.85em}
svg{width:100%;height:auto}table{border-collapse:collapse;width:100%;font-size:.9em;border-bottom:1px solid #222}
th,td{text-align:left;padding:.2em .5em;vertical-align:top}thead{border-top:1px solid #222;border-bottom:1px solid #999}
.number{text-align:right;font-variant-numeric:tabular-nums}figure{margin:0}dt{font-weight:bold}dd{margin:0 0 .4em}
@media(prefers-color-scheme:dark){svg{background:#fff;border-radius:4px}body{color:#ddd;background:#161616}
.subtitle,.note,footer{color:#aaa}table{border-color:#aaa}}
"""


class NotDrawn(ReadershipError):
    """The report couldn't be set."""


def made(report: Report, form: str) -> bytes:
    """The report as pdf, html or xlsx.

    Raises:
        UsageError: no such form. NotDrawn: typst couldn't set it.
    """
    if form not in MEDIA:
        raise UsageError(f"There is no report as “{form[:20]}”.", f"Choose one of {', '.join(FORMS)}.")
    return {"pdf": _pdf, "html": _html, "xlsx": _xlsx}[form](report)


def name(report: Report, form: str, edition: int, data: bytes) -> str:
    """The file's name, told apart by its content."""
    return f"readership-report-{report.language}-{edition}-{hashlib.sha256(data).hexdigest()[:8]}.{form}"


def _pdf(report: Report) -> bytes:
    template = resources.files("readership.exports.report").joinpath("report.typ").read_bytes()
    told = {
        "title": report.title, "subtitle": report.subtitle, "sentences": report.sentences, "language": report.language,
        "charts": [{"title": one.title, "svg": one.svg, "alt": one.alt, "note": one.note} for one in report.charts],
        "tables": [
            {"title": one.title, "head": one.head, "rows": one.rows, "numbers": one.numbers, "note": one.note}
            for one in report.tables
        ],
        "definitions": report.definitions, "proof": report.proof, "labels": dict(report.labels),
    }  # fmt: skip
    try:
        # The fonts that typst brings have every Cyrillic letter we need; those of the machine would change its pages.
        found = typst.compile(
            template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"report": json.dumps(told, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise NotDrawn("The report couldn't be set as PDF.", "Take it as HTML, and report this.") from error
    assert isinstance(found, bytes)
    return found


def _html(report: Report) -> bytes:
    parts = [
        f'<!doctype html><html lang="{report.language}"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(report.title)} · {escape(report.subtitle)}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{escape(report.title)}</h1><p class="subtitle">{escape(report.subtitle)}</p>',
        *(f"<p>{escape(sentence)}</p>" for sentence in report.sentences),
    ]
    for chart in report.charts:
        label = escape(chart.alt, quote=True)
        parts.append(
            f'<h2>{escape(chart.title)}</h2><figure role="img" aria-label="{label}">{chart.svg}'
            f'<figcaption class="note">{escape(chart.note)}</figcaption></figure>'
        )
    parts += [_html_table(one) for one in report.tables]
    for label, pairs in (("definitions", report.definitions), ("proof", report.proof)):
        told = "".join(f"<dt>{escape(key)}</dt><dd>{escape(words)}</dd>" for key, words in pairs)
        parts.append(f"<h2>{escape(report.labels[label])}</h2><dl>{told}</dl>")
    return "".join([*parts, "</body></html>\n"]).encode()


def _html_table(table: Table) -> str:
    styles = [' class="number"' if right else "" for right in table.numbers]
    head = "".join(
        f'<th scope="col"{style}>{escape(cell)}</th>' for cell, style in zip(table.head, styles, strict=True)
    )
    rows = "".join(
        f"<tr>{''.join(f'<td{style}>{escape(cell)}</td>' for cell, style in zip(row, styles, strict=True))}</tr>"
        for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return f"<h2>{escape(table.title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"


def _xlsx(report: Report) -> bytes:
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        first = book.add_worksheet("report")
        first.set_column(0, 0, 110, wrap)
        for line, words in enumerate((report.title, report.subtitle, *report.sentences)):
            first.write_string(line, 0, words, bold if line == 0 else wrap)
        for table in report.tables:
            _sheet(book.add_worksheet(table.name), table, bold, day)
        last = book.add_worksheet("proof")
        last.set_column(0, 0, 30)
        last.set_column(1, 1, 110, wrap)
        for line, (key, words) in enumerate((*report.proof, *report.definitions)):
            last.write_string(line, 0, key, bold)
            last.write_string(line, 1, words, wrap)
    return out.getvalue()


def _sheet(sheet: Any, table: Table, bold: Any, day: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, len(table.head), 18)
    for column, cell in enumerate(table.head):
        sheet.write_string(0, column, cell, bold)
    for line, row in enumerate(table.values, 1):
        for column, value in enumerate(row):
            _cell(sheet, line, column, value, day)


def _cell(sheet: Any, line: int, column: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_string(line, column, f"{value.isoformat()}Z")
    elif isinstance(value, date):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(line, column, value)
    else:
        sheet.write_number(line, column, float(value))
