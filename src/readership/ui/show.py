"""What pages show things with: a figure with its table and download, a table, key figures, an empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from readership.figures import Figure
from readership.i18n import UNKNOWN
from readership.queries import Selection
from readership.ui import bar, columns, context, exported
from readership.ui.context import is_board, say
from readership.ui.text import plain

Click = Callable[[str], dict[str, Any]]
"""What a click on a figure does: by the figure's name, what its chart is to be told."""
_TURN = "turn_chart_"


def page(title: str, question: str, *, without_edition: bool = False) -> Selection:
    """Head of a page: its name and the question it answers. Ends with a hint when nothing is published.

    Returns:
        The reader's selection.
    """
    if not is_board():
        with _head():
            st.title(say(title), anchor=False)
            exported.page_menu()
        st.caption(say(question))
    if context.current().edition is None:
        _no_edition()
        if not without_edition:
            stop()
        return Selection()
    return bar.selection()


def _head() -> Any:
    """A row with a title at its beginning and a menu at its end."""
    return st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small")


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


def show(figure: Figure, rows: pd.DataFrame, name: str, *, click: Click | None = None, **chart: Any) -> None:
    """A figure with its title, its exports, what it counts, and below it its rows as a table.

    Args:
        rows: exactly what the figure draws, of `fetch` or marked by `computed`.
        name: short ASCII name, its own on the page; key of the widgets and name of files.
        click: what a click does (`ui/drill.py`).
        chart: what `st.plotly_chart` takes besides (`on_select` …).
    """
    if exported.taken(name, rows, figure):
        return
    with st.container(key=f"figure_{name}", gap="xsmall"):
        with _head():
            st.subheader(figure.title, anchor=False)
            exported.menu(name, rows, figure)
        st.caption(plain(figure.subtitle))
        chart |= click(name) if click else {}
        st.plotly_chart(figure.fig, key=chart_key(name), alt=figure.alt, config=_config(name), **chart)
        with st.expander(say("Figures as a table"), key=f"open_{name}", on_change="rerun", type="compact") as opened:
            if opened.open:
                _grid(rows, f"rows_{name}", None)


def chart_key(name: str) -> str:
    """The key under which the figure's chart stands at present."""
    turn = st.session_state.get(f"{_TURN}{name}", 0)
    return f"chart_{name}-{turn}" if turn else f"chart_{name}"


def unmark(name: str) -> None:
    """Forget what is marked in a chart, which stands anew under another key: a click on the same place counts again."""
    st.session_state[f"{_TURN}{name}"] = st.session_state.get(f"{_TURN}{name}", 0) + 1


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
    key: str = "",
    downloads: bool = True,
    whole: pd.DataFrame | None = None,
    **more: Any,
) -> None:
    """A table in the columns of `order`, with its exports; a chosen row opens its article when `opens`.

    Args:
        rows: of `fetch`, or marked by `computed`.
        name: short ASCII name, its own on the page; name of files, and of the widget unless `key` is another.
        downloads: False for a part of a table whose exports stand elsewhere (`exportable`).
        whole: rows of the query whose whole answer is offered besides, when the rows are computed of fewer.
    """
    if downloads and exported.taken(name, rows, whole=whole):
        return
    if title or downloads:
        with _head():
            st.subheader(title or "\u200b", anchor=False)
            if downloads and not rows.empty:
                exported.menu(name, rows, whole=whole)
    if rows.empty:
        st.caption(say("None at the moment."))
        return
    widget = f"table_{key or name}"
    if opens:
        more |= {"on_select": lambda: _open(rows, widget), "selection_mode": "single-row"}
    _grid(rows, widget, order, **more)


def exportable(title: str, rows: pd.DataFrame, name: str) -> bool:
    """Title and exports of rows that are shown in several tables below; False when nothing is to be shown now."""
    if exported.taken(name, rows):
        return False
    with _head():
        st.subheader(title, anchor=False)
        if len(rows):
            exported.menu(name, rows)
    return True


def _grid(rows: pd.DataFrame, key: str, order: Sequence[str] | None, **more: Any) -> None:
    shown = columns.readable(rows)
    shown.attrs = {}  # What rows carry is for us; it would go to the browser.
    st.dataframe(
        shown,
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
