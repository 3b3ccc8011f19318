"""What the tests of exports share: a question to an edition that needs no file, and readers of every format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from readership import exports, queries
from readership import settings as settings_module
from readership.accounts import alerts, links, sessions, tokens, views
from readership.accounts.people import Person, Role
from readership.i18n import Language
from readership.pipeline.collect.state import State
from readership.pipeline.collect.status import NEXT, file_of
from readership.queries import Edition, Selection
from readership.settings import Settings

MADE = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
EDITION = Edition(
    number=7, path=Path("none"), as_of="2026-11-22T15:40:00+00:00", built_at="2026-11-22T15:45:00+00:00", demo=True,
    schema="s", articles=1,
)  # fmt: skip


def asked(
    query: str = "articles",
    selection: Selection | None = None,
    edition: Edition = EDITION,
    language: str = "en",
    **parameters: Any,
) -> exports.Asked:
    """A question as a page or the route puts it."""
    return exports.Asked(
        queries.named(query), selection or Selection(), edition, MADE, parameters, Language(language)
    )  # fmt: skip


def written(batches: Any, form: str, question: exports.Asked | None = None, **options: Any) -> bytes:
    """The bytes of batches in a format."""
    with exports.table_of_batches(batches, question or asked(), form, **options) as made:
        return made.read()


def rows_of_csv(data: bytes) -> list[list[str]]:
    """Cells as any reader of RFC 4180 sees them."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def rows_of_xlsx(data: bytes, sheet: int = 0) -> list[list[Any]]:
    """Cells as a spreadsheet has them."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def rows_of_jsonl(data: bytes) -> list[dict[str, Any]]:
    """Objects, numbers with a point as decimals so that no digit is lost."""
    return [json.loads(line, parse_float=Decimal) for line in data.decode().split("\n")[:-1]]


def rows_of_parquet(data: bytes) -> list[dict[str, Any]]:
    """Rows with their types."""
    found: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
    return found


def proof_in(data: bytes, form: str) -> dict[str, Any]:
    """The proof that a file holds."""
    if form == "parquet":
        return dict(json.loads(pq.read_metadata(io.BytesIO(data)).metadata[b"readership.proof"]))
    return {str(row[0]): row[1] for row in rows_of_xlsx(data, 1)}


def taken_back(value: str) -> str:
    """A CSV's text without the apostrophes that the export set."""
    value = re.sub(r"^'('*(?:[ \u00a0]*[=+\-@＝＋－＠]|\t))", r"\1", value)
    return re.sub(r"([;\t\n])'('*[ \u00a0]*[=+\-@＝＋－＠])", r"\1\2", value)


def agree(screen: pd.DataFrame, made: Mapping[str, bytes]) -> None:
    """The rows of a page, and those of the same files in all formats, agree cell for cell."""
    plain, typed = rows_of_jsonl(made["jsonl"]), rows_of_parquet(made["parquet"])
    text_cells, sheet_cells = rows_of_csv(made["csv"]), rows_of_xlsx(made["xlsx"])
    assert list(screen.columns) == text_cells[0] == sheet_cells[0]
    assert all(list(screen.columns) == list(row) for row in typed)
    assert len(screen) == len(plain) == len(typed) == len(text_cells) - 1 == len(sheet_cells) - 1
    for row in range(len(screen)):
        for place, column in enumerate(screen.columns):
            seen = screen.iloc[row, place]
            wanted = None if pd.isna(seen) else seen
            value = typed[row][column]
            assert (value is None) == (wanted is None)
            assert (plain[row][column] is None) == (wanted is None)
            if value is None:
                assert text_cells[row + 1][place] == ""
                assert sheet_cells[row + 1][place] is None
            elif isinstance(value, str):
                assert value == wanted == plain[row][column]
                assert taken_back(text_cells[row + 1][place]) == taken_back(exports.visible(value))
                assert sheet_cells[row + 1][place] == exports.visible(value)
            elif isinstance(value, bool):
                assert value == bool(wanted) == plain[row][column] == sheet_cells[row + 1][place]
                assert text_cells[row + 1][place] == str(value).lower()
            elif isinstance(value, date):
                moment = pd.Timestamp(value).tz_localize(None) if isinstance(value, datetime) else pd.Timestamp(value)
                assert moment == wanted
                assert text_cells[row + 1][place] == plain[row][column]
                assert pd.Timestamp(plain[row][column]).tz_localize(None) == wanted
                # A sheet's moments are fractions of days.
                assert abs(pd.Timestamp(sheet_cells[row + 1][place]) - wanted) < pd.Timedelta(milliseconds=1)
            else:
                assert float(value) == float(wanted) == float(plain[row][column])
                assert Decimal(text_cells[row + 1][place]) == plain[row][column]
                assert float(sheet_cells[row + 1][place]) == float(wanted)


HARD = pa.record_batch(
    {
        "article": pa.array([1, 2**62, -7, None, 10**15]),
        "title": pa.array(
            ["Қазақстан: «жаңалық»", '=HYPERLINK("http://x")', 'say "hi", twice\nand \\u0041', None, ""]),
        "authors": pa.array(["a\x00b", "\ufeffstart", "abc\u202etxt", "one\r\ntwo\rthree", "\t=tab"]),
        "value": pa.array([Decimal("443.85"), None, Decimal("-0.000001"), Decimal("999999999999.999999"), 0],
                          pa.decimal128(18, 6)),
        "share": pa.array([0.1, 0.1 + 0.2, float("nan"), float("inf"), 1e22]),
        "published_day": pa.array([date(2024, 2, 29), date(1900, 2, 1), None, date(9999, 12, 31), date(1900, 3, 1)]),
        "published_at": pa.array([datetime(2024, 2, 29, 23, 59, 59), None, datetime(1899, 12, 31),
                                  datetime(2026, 1, 1, 0, 0, 0, 250_000), datetime(2000, 1, 1)], pa.timestamp("us")),
        "known": pa.array([True, False, None, True, False]),
        "words": pa.array([["я", '"'], [], None, [None], ["=1"]]),
    }
)  # fmt: skip
"""Rows with everything that has ever gone wrong in a table."""


FORMULA = '=HYPERLINK("http://127.0.0.9")'
LATE = NEXT + 20
"""Articles that wait for the collector: more than a page lists."""


def furnished(data: Path) -> Settings:
    """A data folder with all that no edition holds: the collector's state, people, links, tokens, views, alerts."""
    own, now = settings_module.load({"READERSHIP_DATA": str(data)}), datetime.now(UTC).replace(microsecond=0)
    _collected(own, now.timestamp())
    rita = Person("id rita", FORMULA, Role.ADMIN)
    sessions.seen(own, rita, "rita@news.example", now)
    links.add(own, Selection(sections=("Спорт",)), rita, title=FORMULA, page="topics", figure=None, days=1, now=now)
    tokens.add(own, FORMULA, Role.READER, days=1, by=rita.name, now=now)
    views.add(own, rita, "Вид", "topics", "topic=sport", now=now)
    rule = alerts.add(own, rita, "Rate", "rate", threshold=1.0, now=now)
    alerts.fire(own, rule, [alerts.Finding("USD", "USD ▲", FORMULA, "rates", now)], 1, now)
    return own


def _collected(own: Settings, at: float) -> None:
    state = State(file_of(own))
    state.do("INSERT INTO site (site, since, said) VALUES ('el.kz', ?, ?)", at, FORMULA)
    for n in range(LATE):
        asked = (
            "INSERT INTO article (site, key, url, host, found_at, next_at, tier) VALUES ('el.kz', ?, ?, 'h', ?, ?, 0)"
        )
        state.do(asked, str(n), f"https://el.kz/жаңалық_{n}/", at, at - 900 - n)
    state.do(
        "INSERT INTO document (site, url, host, kind, depth, next_at, said) VALUES ('el.kz', 'u', 'h', ?, 0, ?, ?)",
        "feed", at, FORMULA,
    )  # fmt: skip
    state.do(
        "INSERT INTO request VALUES ('el.kz', ?, 'el.kz', 'article', 0, 'https://el.kz/x', 'server', 500, ?, 1.5)",
        at - 60, FORMULA,
    )  # fmt: skip
    state.close()
