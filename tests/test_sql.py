"""Analysts' SQL: answers, their limits said, the tables explained, the command and the page."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from common import readership
from readership import queries, settings
from readership.errors import UsageError
from readership.queries import Edition, Selection, analyst, standalone
from readership.ui.server import SCRIPT


@pytest.fixture(scope="module")
def edition(newsroom: Path) -> Edition:
    found = queries.current(settings.load({"READERSHIP_DATA": str(newsroom)}))
    assert found
    return found


def test_an_answer_is_the_edition_s(edition: Edition) -> None:
    answer = analyst.run("SELECT site, count(*) AS articles FROM article GROUP BY site ORDER BY site", edition)
    with edition.cursor() as plain:
        wanted = plain.execute("SELECT site, count(*) FROM article GROUP BY site ORDER BY site").fetchall()
    assert [tuple(row.values()) for row in answer.rows.to_pylist()] == wanted
    assert answer.whole


def test_columns_of_one_name_are_told_apart(edition: Edition) -> None:
    assert analyst.run("SELECT 1 AS a, 2 AS a, 3 AS a_2", edition).rows.schema.names == ["a", "a_2", "a_2_2"]


def test_an_answer_is_cut_at_ten_thousand_rows_and_says_so(edition: Edition) -> None:
    cut = analyst.run("SELECT * FROM range(10001)", edition)
    assert (cut.rows.num_rows, cut.whole) == (10_000, False)
    whole = analyst.run("SELECT * FROM range(10000)", edition)
    assert (whole.rows.num_rows, whole.whole) == (10_000, True)


def test_a_fault_in_the_question_is_said_in_duckdb_s_words_without_a_path(edition: Edition) -> None:
    with pytest.raises(analyst.SqlRefused, match="titel") as refused:
        analyst.run("SELECT titel FROM article", edition)
    assert str(edition.path.parent) not in str(refused.value)


def test_every_table_and_column_of_an_edition_is_explained(edition: Edition) -> None:
    with edition.cursor() as plain:
        there = set(
            plain.execute(
                "SELECT table_name, column_name FROM duckdb_columns() "
                "WHERE database_name = current_database() AND NOT internal"
            ).fetchall()
        )
    told = analyst.tables()
    assert {(one.table, one.column) for one in told if one.column} == there
    assert {one.table for one in told if not one.column} == {table for table, _ in there}
    assert all(one.meaning for one in told)


@pytest.mark.parametrize("name", [query.name for query in queries.catalogue()])
def test_a_page_s_question_can_be_run_as_sql_with_its_parameters_written_in(edition: Edition, name: str) -> None:
    selection = Selection(since=date(2026, 9, 1), topics=("04000000", "11000000"), text='it\'s -"no $selection"')
    if name in ("article", "articles"):
        selection = Selection()
    answer = analyst.run(queries.as_sql(name, selection, edition), edition)
    rows = queries.fetch(name, selection, edition)
    assert answer.rows.num_rows == min(len(rows), analyst.ROWS)
    assert len(answer.rows.schema.names) == len(rows.columns)


def test_literals_are_quoted() -> None:
    assert standalone.literal("it's") == "'it''s'"
    assert standalone.literal({"a'b": [date(2026, 1, 2), None, True, 1.5]}) == (
        "{'a''b': [DATE '2026-01-02', NULL, TRUE, 1.5]}"
    )


def test_the_command_answers_as_csv_and_json_lines(newsroom: Path) -> None:
    done = readership(newsroom, "sql", "SELECT 1 AS one, '=1+1' AS formula")
    assert done.stdout.splitlines() == ['"one","formula"', '1,"\'=1+1"']
    done = readership(newsroom, "sql", "--format", "jsonl", "SELECT 'Ақорда' AS name, NULL AS nothing")
    assert json.loads(done.stdout) == {"name": "Ақорда", "nothing": None}


def test_the_command_refuses_what_is_no_select(newsroom: Path, tmp_path: Path) -> None:
    done = readership(newsroom, "sql", f"COPY article TO '{tmp_path}/x.csv'")
    assert (done.returncode, done.stdout) == (UsageError.exit_code, "")
    assert "Only SELECT" in done.stderr
    assert not list(tmp_path.iterdir())
    assert "Give --out" in readership(newsroom, "sql", "--format", "xlsx", "SELECT 1").stderr


def test_the_command_needs_an_edition(tmp_path: Path) -> None:
    assert readership(tmp_path, "sql", "SELECT 1").returncode == 5


@pytest.fixture
def page(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    app = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    return app.switch_page("../../../pages/sql.py").run()


def test_the_page_answers_and_offers_the_rows(page: AppTest) -> None:
    page.text_area("sql_text").set_value("SELECT 7 AS n, [1, 2] AS list, '**bold**' AS title")
    page.button[-1].click() if not page.button(key="FormSubmitter:sql-Run") else page.button(
        key="FormSubmitter:sql-Run"
    ).click()
    page.run()
    assert not page.exception
    rows = next(table.value for table in page.dataframe if "n" in table.value)
    assert rows.to_dict("records") == [{"n": 7, "list": "[1, 2]", "title": "**bold**"}]
    assert len(page.get("download_button")) == 5, "four formats and their proof"


def test_the_page_says_why_a_question_was_refused(page: AppTest) -> None:
    page.text_area("sql_text").set_value("DROP TABLE article")
    page.button(key="FormSubmitter:sql-Run").click().run()
    assert "Only SELECT" in page.code[0].value
    assert not page.exception
