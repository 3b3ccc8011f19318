"""The page for analysts: a question in SQL, its answer as a table and as files, and what the tables mean beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from readership import exports
from readership.accounts.people import Role
from readership.errors import ReadershipError
from readership.i18n import UNKNOWN, mark
from readership.queries import Edition, Query, analyst
from readership.ui import context, who
from readership.ui.context import say
from readership.ui.data import own
from readership.ui.show import exportable
from readership.ui.text import one_line

_TEXT, _ANSWER = "sql_text", "sql_answer"
PROOF = "proof.json"
FORMS = ("csv", "xlsx", "parquet", "jsonl")
TABLES = Query(
    "edition_tables",
    "one row a column of the tables that can be asked.",
    ("table VARCHAR its table", "column VARCHAR its name", "meaning VARCHAR what it holds"),
    (),
    "",
)
EXAMPLES = (
    (
        mark("The most read articles"),
        "SELECT a.title, a.site, a.section, m.total, m.last_s\nFROM article AS a\nJOIN article_meter AS m\n"
        "    ON m.article = a.article AND m.meter = 'public'\nORDER BY m.total DESC\nLIMIT 20",
    ),
    (
        mark("Views gained by day"),
        "SELECT day, sum(views) AS views\nFROM article_day\nWHERE meter = 'public'\nGROUP BY day\nORDER BY day",
    ),
    (
        mark("Views 24 hours after publication, by section"),
        "SELECT a.section, count(*) AS articles, median(v.views) AS median_views\nFROM article_age AS v\n"
        "JOIN article AS a ON a.article = v.article\nWHERE v.age_h = 24 AND v.meter = 'public'\n"
        "GROUP BY a.section\nORDER BY median_views DESC",
    ),
)


@dataclass(frozen=True)
class _Asked:
    """What was asked of which edition, and what came of it."""

    sql: str
    edition: Edition
    answer: analyst.Answer | None
    error: ReadershipError | None


def ask() -> None:
    """The form and, below it, the last answer.

    Raises:
        Refused: the reader is no analyst.
    """
    who.require(Role.ANALYST)
    st.session_state.setdefault(_TEXT, str(st.query_params.get("sql", EXAMPLES[0][1]))[: analyst.MAX_SQL])
    _examples()
    with st.form("sql", border=False):
        st.text_area(say("One SELECT on the tables of the edition"), key=_TEXT, height=220, max_chars=analyst.MAX_SQL)
        sent = st.form_submit_button(say("Run"), type="primary", icon=":material/play_arrow:")
    st.caption(
        say(
            "Read-only, at most {rows} rows, {seconds} seconds and 1 GB; without access to files, network or settings.",
            rows=context.current().language.number(analyst.ROWS),
            seconds=f"{analyst.WALL_S:g}",
        )
    )
    if sent:
        st.session_state[_ANSWER] = _run(st.session_state[_TEXT])
    if _ANSWER in st.session_state:
        _show(st.session_state[_ANSWER])


def _examples() -> None:
    with st.container(horizontal=True, key="sql_examples"):
        for number, (label, sql) in enumerate(EXAMPLES):
            st.button(say(label), key=f"sql_example_{number}", on_click=_take, args=(sql,), type="tertiary")


def _take(sql: str) -> None:
    st.session_state[_TEXT] = sql


def _run(sql: str) -> _Asked:
    edition = context.current().edition
    assert edition  # the page ends before this when nothing is published
    try:
        return _Asked(sql, edition, analyst.run(sql, edition), None)
    except ReadershipError as error:
        return _Asked(sql, edition, None, error)


def _show(asked: _Asked) -> None:
    if asked.answer is None:
        st.error(say("The question was not answered."), icon=":material/error:")
        st.code(str(asked.error), language=None, wrap_lines=True)
        return
    answer, number = asked.answer, context.current().language.number
    st.caption(
        say(
            "{rows} rows in {seconds} s, from edition {edition}.",
            rows=number(answer.rows.num_rows),
            seconds=number(round(answer.seconds, 1)),
            edition=asked.edition.number,
        )
    )
    if not answer.whole:
        st.warning(say("There are more rows than these; ask for fewer, or for sums."), icon=":material/content_cut:")
    st.dataframe(_frame(answer), key="sql_rows", hide_index=True, placeholder=UNKNOWN, height=420)
    _files(asked, answer)


def _frame(answer: analyst.Answer) -> pd.DataFrame:
    """The rows as they can be shown: lists and structs as JSON texts, control characters visible."""
    rows: pd.DataFrame = pd.concat(
        [batch.to_pandas() for batch in exports.plain(answer.rows.to_batches())] or [pd.DataFrame()]
    )
    for name in rows.columns:
        if isinstance(rows[name].dtype, pd.StringDtype):
            rows[name] = rows[name].map(one_line, na_action="ignore")
    return rows


def _files(asked: _Asked, answer: analyst.Answer) -> None:
    with st.container(horizontal=True, key="sql_files"):
        for form in FORMS:
            st.download_button(
                say("Download as {format}", format=form.upper()),
                _file(asked, answer, form),
                file_name=_name(asked, form),
                on_click="ignore",
                key=f"sql_file_{form}",
                icon=":material/download:",
            )
        st.download_button(
            say("Proof"),
            _file(asked, answer, PROOF),
            file_name=_name(asked, PROOF),
            on_click="ignore",
            key="sql_file_proof",
            icon=":material/download:",
        )


def _file(asked: _Asked, answer: analyst.Answer, form: str) -> Callable[[], bytes]:
    """What makes the file when it is asked for: the rows, or their proof."""
    language, made_at = context.current().language, datetime.now(UTC)
    of = "jsonl" if form == PROOF else form

    def made() -> bytes:
        with exports.answer(answer, asked.sql, asked.edition, of, language=language, made_at=made_at) as export:
            return export.sidecar().encode() if form == PROOF else export.read()

    return made


def _name(asked: _Asked, form: str) -> str:
    """Told apart by the question: Streamlit may mix up files of one name and length."""
    digest = hashlib.sha256(f"{asked.edition.number} {asked.sql}".encode()).hexdigest()[:12]
    return f"readership-sql-{asked.edition.number}-{digest}.{form}"


def tables() -> None:
    """The tables of an edition and what their columns mean; a word narrows the list."""
    whole = [{"table": one.table, "column": one.column, "meaning": one.meaning} for one in analyst.tables()]
    if not exportable(say("Tables"), own(TABLES, whole), "sql-tables"):
        return
    wanted = st.text_input(say("Find a table or column"), key="sql_find", max_chars=100).strip().lower()
    told = [one for one in analyst.tables() if wanted in f"{one.table} {one.column} {one.meaning}".lower()]
    rows = pd.DataFrame(
        {
            say("Table"): [one.table for one in told],
            say("Column"): [one.column for one in told],
            say("Meaning"): [one.meaning for one in told],
        }
    )
    widths = {say("Table"): 130, say("Column"): 150}
    shown = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    st.dataframe(rows, key="sql_tables", hide_index=True, height=560, column_config=shown)
