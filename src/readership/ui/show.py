"""What pages show things with: a figure with its table and download, a table, key figures, an empty state."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from readership.figures import Figure
from readership.i18n import UNKNOWN
from readership.queries import Selection
from readership.ui import bar, columns, context
from readership.ui.context import is_board, say
from readership.ui.text import one_line, plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MAX_TABLE_ROWS = 500


def page(title: str, question: str, *, without_edition: bool = False) -> Selection:
    """Head of a page: its name and the question it answers. Ends with a hint when nothing is published.

    Returns:
        The reader's selection.
    """
    if not is_board():
        st.title(say(title), anchor=False)
        st.caption(say(question))
    if context.current().edition is None:
        _no_edition()
        if not without_edition:
            stop()
        return Selection()
    return bar.selection()


def stop() -> None:
    """End the page here; nothing below would have anything to show."""
    st.stop()


def _no_edition() -> None:
    st.info(say("Nothing has been published yet, so there is nothing to show."), icon=":material/inbox:")
    st.text(say("Load saved article pages, or fill the dashboard with demo data:"))
    st.code("readership ingest PATH\nreadership demo", language=None)


def nothing(rows: pd.DataFrame, selection: Selection, *, count: str | None = None) -> bool:
    """Whether there are no rows (or `count` adds to 0); says then what was selected, and the way back."""
    if not rows.empty and (count is None or rows[count].sum()):
        return False
    words = bar.in_words(selection)
    st.info(say("Nothing matches this selection: {words}", words=plain(words)), icon=":material/filter_alt_off:")
    if bar.current_or_default() != bar.Choice(bar.DEFAULT, Selection()):
        st.button(say("Reset selection"), on_click=bar.reset, key="nothing_reset")
    return True


def show(figure: Figure, rows: pd.DataFrame, name: str, **chart: Any) -> None:
    """A figure with its title, what it counts, and below it its rows as a table and a file.

    Args:
        rows: exactly what the figure draws.
        name: short ASCII name; key of the widgets and name of files.
        chart: what `st.plotly_chart` takes besides (`on_select` …).
    """
    with st.container(key=f"figure_{name}", gap="xsmall"):
        st.subheader(figure.title, anchor=False)
        st.caption(plain(figure.subtitle))
        st.plotly_chart(figure.fig, key=f"chart_{name}", alt=figure.alt, config=_config(name), **chart)
        with st.expander(say("Figures as a table"), key=f"open_{name}", on_change="rerun", type="compact") as opened:
            if opened.open:
                _grid(rows, f"rows_{name}", None)
                download(rows, name)


def _config(name: str) -> dict[str, Any]:
    """Plotly's tool bar: pictures made in the browser, nothing sent anywhere."""
    return {
        "showSendToCloud": False,
        "plotlyServerURL": "",
        "topojsonURL": f"/{st.get_option('server.baseUrlPath').strip('/')}/assets/topojson/".replace("//", "/"),
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": f"readership-{name}", "scale": 2},
        "scrollZoom": False,
    }


def table(
    rows: pd.DataFrame,
    name: str,
    order: Sequence[str] | None = None,
    *,
    title: str = "",
    opens: bool = False,
    downloads: bool = True,
    **more: Any,
) -> None:
    """A table in the columns of `order`, with its download; a chosen row opens its article when `opens`."""
    if title:
        st.subheader(title, anchor=False)
    if rows.empty:
        st.caption(say("None at the moment."))
        return
    if opens:
        more |= {"on_select": lambda: _open(rows, f"table_{name}"), "selection_mode": "single-row"}
    _grid(rows, f"table_{name}", order, **more)
    if downloads:
        downloading(rows, name)


def downloading(rows: pd.DataFrame, name: str) -> None:
    """The rows' file, made when it is asked for."""
    with st.expander(say("Download"), key=f"open_{name}", on_change="rerun", type="compact") as opened:
        if opened.open:
            download(rows, name)


def _grid(rows: pd.DataFrame, key: str, order: Sequence[str] | None, **more: Any) -> None:
    st.dataframe(
        columns.readable(rows),
        key=key,
        hide_index=True,
        column_order=order,
        column_config=columns.config(rows),
        placeholder=UNKNOWN,
        **more,
    )


def _open(rows: pd.DataFrame, key: str) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen:
        st.session_state[context.OPEN] = tuple(rows.iloc[chosen[0]][["site", "article_key"]])


def download(rows: pd.DataFrame, name: str) -> None:
    """The rows as a CSV file. Its name holds the content's hash: Streamlit may mix up files of one length."""
    run = context.current()
    data = csv(rows)
    digest = hashlib.sha256(data).hexdigest()[:12]
    number = run.edition.number if run.edition else 0
    st.download_button(
        say("CSV, {n} rows", n=run.language.number(len(rows))),
        data,
        file_name=f"readership-{name}-{number}-{digest}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"csv_{name}",
        icon=":material/download:",
    )


def csv(rows: pd.DataFrame) -> bytes:
    """CSV in UTF-8; a text that a spreadsheet would run as a formula gets an apostrophe, numbers stay numbers."""
    safe = rows.copy()
    for name in safe.columns:
        if not (pd.api.types.is_numeric_dtype(safe[name]) or pd.api.types.is_datetime64_any_dtype(safe[name])):
            safe[name] = safe[name].map(_cell, na_action="ignore")
    out = io.StringIO()
    safe.to_csv(out, index=False, lineterminator="\r\n")
    return out.getvalue().encode("utf-8")


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return "'" + text if value.startswith(_FORMULA) or text.startswith(_FORMULA) else text
