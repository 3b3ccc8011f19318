"""Exports of pages: what stands in a page's `Export` menus, and a page's parts for the route that makes files of them.

An address of the route names a page, its URL parameters and the reader's switches on it. The route runs the page once
more, in a session of its own that nobody watches, and takes what the page shows: so a picture or a computed table is
exactly the page's, with nothing kept between the reader's look and the export.
"""

from __future__ import annotations

import runpy
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, add_script_run_ctx
from streamlit.runtime.state import SafeSessionState, SessionState

from readership import exports, queries
from readership.accounts import links, people
from readership.accounts.people import Person, Role
from readership.errors import UsageError
from readership.exports import Column, Naming, NoSuchPage, Part
from readership.exports.beside import left_out, meaning
from readership.figures import Figure
from readership.figures.ranks import called
from readership.i18n import Language
from readership.queries import Selection, comparison
from readership.queries.catalogue import used_macros
from readership.ui import bar, choices, compare, context, names, periods, who
from readership.ui.context import say
from readership.ui.data import Origin, origin
from readership.ui.text import plain

_PARTS = "readership_parts"
SWITCHES = ("against_", "grain_", "group_", "rate_", "series_")
"""Beginnings of the keys of widgets whose choice changes what a page shows; they are URL parameters of its exports."""
PAGE_PARAMETERS = ("article", "lang", who.LINK, *choices.SWITCHES, *choices.CHARTS)
"""What a page's URL may hold besides the selection and the bar's own."""
TABLES = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet", "jsonl": "JSON Lines"}
PICTURES = {"png": "PNG ×2", "svg": "SVG", "pdf": "PDF", "html": "HTML"}
WITHOUT = ("sql", "admin")
"""Pages without an archive of all that they show; each of their tables has its menu."""
_LONGEST = 200


# -- what a page shows -------------------------------------------------------------------------------------------------
def taken(name: str, rows: pd.DataFrame, figure: Figure | None = None, *, whole: pd.DataFrame | None = None) -> bool:
    """Whether this run of the page is for an export, which has taken the part; else it is to be drawn.

    Args:
        whole: rows of the query whose whole answer is a part besides, when the page shows less of it.
    """
    parts: list[Part] | None = st.session_state.get(_PARTS)
    if parts is None:
        return False
    for of, part, drawn in ((whole, f"{name}-all", None), (rows, name, figure)):
        if of is not None and (from_query := origin(of)):
            parts.append(_part(part, of, from_query, drawn))
    return True


def _part(name: str, rows: pd.DataFrame, of: Origin, figure: Figure | None) -> Part:
    run = context.current()
    assert run.edition is not None  # Rows come from one.
    named = tuple((Column(name, f"name of {value} in the reader's language")) for _, value, name in of.named)
    beside = tuple(Column(name, found) for name in map(str, rows.columns) if (found := meaning(name)))
    asked = exports.Asked(
        of.question,
        of.selection,
        run.edition,
        datetime.now(UTC),
        dict(of.params),
        run.language,
        words=say("not filtered") if of.own else _words(of.selection, is_compared=bool(beside)),
        remarks=(*of.remarks, *left_out(rows.attrs.get(compare.LEFT, 0.0), run.language)),
        added=(*named, *beside, *(Column(*pair) for pair in of.added)),
        compare=compare.current() if beside or of.compare else None,
    )
    return Part(name, asked, rows, figure, of.computed, tuple(_naming(*one) for one in of.named))


def _words(selection: Selection, *, is_compared: bool) -> str:
    """The selection in the reader's words, and what it is compared with."""
    words = bar.in_words(selection)
    with_what = compare.compared_with(bar.selection()) if is_compared else ""
    return f"{words}; {say('compared with: {words}', words=with_what)}" if with_what else words


def _naming(dimension: str, value: str, name: str) -> Naming:
    if dimension in ("weekday", "hour"):
        return Naming(value, name, partial(called, dimension=dimension, language=context.current().language))
    return Naming(value, name, _named(dimension, context.current().language))


def _named(dimension: str, language: Language) -> Any:
    return lambda one: names.of(dimension, one, language)


def is_taken() -> bool:
    """Whether this run of the page is for an export, so that all is to be given that a reader would open or look up."""
    return _PARTS in st.session_state


# -- a page run for its parts ------------------------------------------------------------------------------------------
def parts(page: str, parameters: Mapping[str, Sequence[str]], person: Person) -> list[Part]:
    """What a page shows a person under these URL parameters: its figures and tables in order.

    Raises:
        UsageError: no such page or parameter, or a value that can't be read. Refused: not for this person.
        NoEdition: nothing is published.
    """
    from readership.ui.shell import PAGES, SHARED

    pages = (SHARED,) if person.limit else PAGES
    entry = next((entry for entry in pages if entry.file == page), None)
    if entry is None:
        raise NoSuchPage(f"There is no page “{page[:40]}”.", f"There are {', '.join(one.file for one in pages)}.")
    people.require(person, entry.role)
    found: list[Part] = []
    state = {_PARTS: found, context.PAGE: page, who.TAKEN: person, **_switched(parameters)}
    others = {name: list(values) for name, values in parameters.items() if name not in state}
    _checked(others)
    session = _run(str(entry.path), urlencode(others, doseq=True), state)
    if found:
        _obeyed(session, others, _switched(parameters))
    return found


def _obeyed(session: Mapping[str, Any], parameters: Mapping[str, Sequence[str]], switched: Mapping[str, Any]) -> None:
    """Refuse what the page didn't take up, which drew its default instead."""
    wrong = [name for name, value in switched.items() if session[name] != value]
    for name in (name for name in choices.CHARTS if name in parameters):
        keys = {f"series_{name}", *(key for key in session if name == "bucket" and str(key).startswith("grain_"))}
        wrong += [] if parameters[name][-1] in {session[key] for key in keys & set(session)} else [name]
    wrong += [name for name, values in choices.SWITCHES.items() if not {*parameters.get(name, ())} <= {*values}]
    if wrong:
        raise UsageError(
            f"This page has no such choice: {', '.join(name[:40] for name in wrong[:10])}.",
            "Take the address from the page's own menus.",
        )


def _switched(parameters: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The switches among the parameters, as the session holds them."""
    found: dict[str, Any] = {}
    for name, values in parameters.items():
        if name.startswith(SWITCHES):
            if len(values) != 1 or len(values[0]) > _LONGEST:
                raise UsageError(f"Can't read {name[:40]}.", "Give it once, at most 200 characters.")
            found[name] = {"True": True, "False": False}.get(values[0], values[0])
    return found


def _checked(parameters: Mapping[str, list[str]]) -> None:
    """What a page would leave out in silence is refused here: the answer would be wider than what was asked."""
    ours = {name: values for name, values in parameters.items() if name in bar._OURS and name != "period"}
    if strange := sorted(set(parameters) - set(ours) - {"period", *PAGE_PARAMETERS}):
        raise UsageError(f"Unknown parameter: {', '.join(name[:40] for name in strange[:10])}.", "See docs/exports.md.")
    queries.from_arguments(ours)
    if parameters.get("period", [bar.DEFAULT])[-1] not in periods.PERIODS:
        raise UsageError(f"Can't read period={parameters['period'][-1][:40]}.", f"One of {', '.join(periods.PERIODS)}.")
    if bar.COMPARE in parameters:
        comparison.from_text(parameters[bar.COMPARE][-1])
    if unread := bar.from_url(dict(parameters)).unread:
        raise UsageError(f"Can't read {', '.join(unread[:10])}.", "See docs/urls.md.")


def _run(path: str, query: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """Run a page in a thread and session of its own; what the session holds at its end.

    Raises:
        ReadershipError: what the page raises; UsageError for a switch that it hasn't.
    """
    faults: list[BaseException] = []
    session = SessionState()

    def work() -> None:
        try:
            _in_session(path, query, session, state)
        except StopException:
            pass  # The page ended early: nothing below would have had anything to show.
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=work, name="readership-page")
    thread.start()
    thread.join()
    if faults and isinstance(faults[0], StreamlitAPIException):
        raise UsageError("A switch of this page has no such choice.", "Take the address from the page's own menus.")
    if faults:
        raise faults[0]
    return dict(session.filtered_state)


def _in_session(path: str, query: str, session: SessionState, state: Mapping[str, Any]) -> None:
    requests = ScriptRequests()

    def drop(_message: ForwardMsg) -> None:
        """Nobody looks; but here is where `st.stop()` and `st.rerun()` take effect."""
        if requests.on_scriptrunner_yield():
            raise StopException

    run = ScriptRunContext(
        session_id=f"export-{threading.get_ident()}",
        _enqueue=drop,
        query_string=query,
        session_state=SafeSessionState(session, lambda: None),
        uploaded_file_mgr=MemoryUploadedFileManager("/nowhere"),
        main_script_path=path,
        user_info={},
        fragment_storage=MemoryFragmentStorage(),
        pages_manager=PagesManager(path),
        script_requests=requests,
    )
    add_script_run_ctx(threading.current_thread(), run)
    run.reset(query_string=query)
    run.on_script_start()
    for name, value in state.items():
        session[name] = value
    runpy.run_path(path, run_name="readership_page")


# -- addresses ---------------------------------------------------------------------------------------------------------
Pairs = list[tuple[str, str]]


def _address(path: str, pairs: Pairs) -> str:
    return f"{_base()}/export/{path}?{urlencode(pairs)}"


def _base() -> str:
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""


def _stamp() -> Pairs:
    """What every address ends with: the reader's language, and the edition that the page shows."""
    run = context.current()
    return [("lang", run.language.code), ("edition", str(run.edition.number if run.edition else 0))]


def _asked(of: Origin) -> Pairs:
    """The question as the route reads it, without the page's limit."""
    own = [(name, str(value)) for name, value in of.params if value is not None and name != "limit"]
    beside = [(bar.COMPARE, of.compare)] if of.compare else []
    return [*of.selection.to_url(), *beside, *own, *_visit(), *_stamp()]


def _visit() -> Pairs:
    """The link by which a visitor came: their exports go through the same door."""
    return [(who.LINK, st.query_params[who.LINK])] if who.LINK in st.query_params else []


def _shown() -> Pairs:
    """The page as it is: its URL and the reader's switches."""
    known = {*bar._OURS, *PAGE_PARAMETERS} - {"lang"}
    url = [(name, value) for name in st.query_params if name in known for value in st.query_params.get_all(name)]
    switches = {
        str(name): str(value)
        for name, value in st.session_state.items()
        if str(name).startswith(SWITCHES) and isinstance(value, str | bool) and name != "group_mode"
    }
    return [*url, *sorted(switches.items()), *_visit(), *_stamp()]


def _files(name: str, of: Origin, *, picture: bool = False) -> tuple[str, Pairs]:
    """Where the files of a part lie, without their ending, and their parameters."""
    if picture or of.named or of.computed or isinstance(of.selection, comparison.Ended):
        return f"page/{st.session_state.get(context.PAGE, 'overview')}/{name}", _shown()
    return of.query, _asked(of)


# -- menus -------------------------------------------------------------------------------------------------------------
def menu(name: str, rows: pd.DataFrame, figure: Figure | None = None, *, whole: pd.DataFrame | None = None) -> None:
    """The menu of one figure or table: its files, and the question as SQL.

    Args:
        name: the part's.
        whole: rows of the query whose whole answer is offered besides, when the page shows less of it.
    """
    of = origin(rows)
    if of is None or not context.has_edition() or not links.may_ask(who.reader(), of.query):
        return
    with st.popover(
        say("Export"), icon=":material/download:", type="tertiary", key=f"export_{name}", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        if whole is not None and (all_of := origin(whole)):
            _tables(say("All rows, as a table"), f"{name}-all", *_files(f"{name}-all", all_of))
        is_part = of.computed and of.own is None
        words = say("The rows shown, as a table") if is_part else say("All rows, as a table")
        _tables(words, name, *_files(name, of))
        if figure is not None:
            _pictures(name, *_files(name, of, picture=True))
        if of.own is None:
            _sql(name, of)


def _tables(words: str, key: str, path: str, pairs: Pairs) -> None:
    st.caption(words)
    with st.container(horizontal=True, gap="xsmall", key=f"export_tables_{key}"):
        for form, label in TABLES.items():
            _link(label, f"{path}.{form}", pairs)
            if form == "csv":
                _link(say("CSV for Excel"), f"{path}.{form}", [*pairs, ("bom", "1")])
        _link(say("Proof"), f"{path}.proof.json", pairs)


def _pictures(name: str, path: str, pairs: Pairs) -> None:
    st.caption(say("The figure"))
    able = exports.pictures_available()
    with st.container(horizontal=True, gap="xsmall", key=f"export_figure_{name}"):
        for form, label in PICTURES.items():
            if able or form == "html":
                _link(label, f"{path}.{form}", pairs)
    if not able:
        st.caption(_no_chromium())


def _no_chromium() -> str:
    return say(
        "PNG, SVG and PDF are made with Chromium, which this server lacks: its admin can install it (apt install "
        "chromium). The figure's own tool bar saves an SVG in your browser."
    )


def _link(label: str, path: str, pairs: Pairs) -> None:
    st.link_button(label, _address(path, pairs), type="tertiary")


def page_menu() -> None:
    """The menu of the whole page: all of its figures and tables in one archive."""
    page = st.session_state.get(context.PAGE)
    if page in (None, *WITHOUT) or _PARTS in st.session_state or context.current().edition is None:
        return
    if page == "article" and "article" not in st.query_params:
        return
    with st.popover(
        say("Export page"), icon=":material/folder_zip:", type="tertiary", key="export_page", on_change="rerun"
    ) as opened:
        if opened.open:
            st.caption(say("All figures and tables of this page with their proof, in one zip"))
            able = exports.pictures_available()
            for table, picture in (("xlsx", "png"), ("csv", "svg"), ("parquet", "pdf")):
                form = picture if able else "html"
                label = say("{tables} and {figures}", tables=TABLES[table], figures=PICTURES[form])
                _link(label, f"page/{page}.zip", [*_shown(), ("tables", table), ("figures", form)])
            if not able:
                st.caption(_no_chromium())


def _sql(name: str, of: Origin) -> None:
    """The question as SQL that can be run as it stands, and the macros that it names."""
    query = queries.named(of.query)
    with st.expander(say("Show SQL"), key=f"export_sql_{name}", type="compact"):
        st.caption(plain(f"{query.name}: {query.purpose}"))
        run = context.current()
        assert run.edition is not None  # Rows come from one.
        text = queries.as_sql(of.query, of.selection, run.edition, **dict(of.params))
        st.code(text, language="sql", height=280)
        if used := used_macros(query):
            st.caption(plain(say("Macros, which are in the edition: {names}", names=", ".join(used))))
        if who.person().may(Role.ANALYST):
            label = say("Open on the page SQL")
            st.link_button(label, _base() + f"/sql?{urlencode({'sql': text})}", type="tertiary", icon=":material/code:")
