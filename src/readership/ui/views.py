"""The menu of saved views in the bar: keep this page with its selection, open, pin, rename and delete views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urljoin

import streamlit as st

from readership.accounts import views as kept
from readership.accounts.people import Role
from readership.accounts.views import View
from readership.errors import DiskFull, ReadershipError, Refused, StoreBusy, UsageError
from readership.ui import bar, context, who
from readership.ui.context import say
from readership.ui.text import one_line, plain

VIEW = "view"
"""Name in a URL of the view that it opens."""
_OPEN, _EDITING, _PROBLEM = "view_open", "view_editing", "view_problem"
_NAME, _SCOPE, _RENAME = "view_name", "view_scope", "view_rename"
_NOT_KEPT = {VIEW, "link", "lang", "board"}
"""What of an address belongs to who looks at it, not to a view."""
_SWITCHED = ("group_", "series_", "grain_", "choice_seen_")
"""Beginnings of the keys of switches (`ui/choices.py`): a view has its own, from its address."""
SHOWN = 40


def control(_choice: bar.Choice) -> None:
    """The menu; views are read when it is opened."""
    with st.popover(say("Saved views"), key="views", icon=":material/bookmarks:", on_change="rerun") as opened:
        if opened.open:
            _menu()
    if words := st.session_state.pop(_PROBLEM, None):
        st.toast(plain(words), icon=":material/error:")


def _menu() -> None:
    by = who.reader()
    try:
        found = kept.listed(context.current().settings, by.key)
    except ReadershipError as problem:
        st.caption(_words(problem))
        return
    if not found:
        st.caption(say("No view is kept yet."))
    for view in found[:SHOWN]:
        _line(view, may_change=kept.may_change(by, view))
    _form(may_share=by.may(Role.ANALYST))


def _line(view: View, *, may_change: bool) -> None:
    whose = say("for all") if view.scope == "all" else say("only for me")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"view_{view.id}"):
        st.button(
            plain(view.name), key=f"view_go_{view.id}", type="tertiary", on_click=_choose, args=(view.id,),
            width="stretch", icon=":material/keep:" if view.pinned else None, help=whose,
        )  # fmt: skip
        if may_change:
            st.button(
                "", key=f"view_pin_{view.id}", type="tertiary", on_click=_pin, args=(view.id, not view.pinned),
                icon=":material/keep_off:" if view.pinned else ":material/keep:",
                help=say("Unpin") if view.pinned else say("Pin: list it first"),
            )  # fmt: skip
            st.button(
                "", key=f"view_edit_{view.id}", type="tertiary", on_click=_edit, args=(view,),
                icon=":material/edit:", help=say("Rename, link, delete"),
            )  # fmt: skip
    if may_change and st.session_state.get(_EDITING) == view.id:
        _editor(view)


def _editor(view: View) -> None:
    with st.container(border=True, gap="small", key="view_editor"):
        st.text_input(say("Name"), key=_RENAME, max_chars=kept.MAX_NAME)
        st.code(urljoin(str(st.context.url), f"./?{VIEW}={view.id}"), language=None, wrap_lines=True)
        with st.container(horizontal=True, gap="small"):
            st.button(say("Rename"), key="view_rename_do", on_click=_rename, args=(view.id,), type="primary")
            st.button(say("Make it what is shown now"), key="view_update", on_click=_update, args=(view.id,))
            st.button(say("Delete"), key="view_delete", on_click=_delete, args=(view.id,), icon=":material/delete:")


def _form(*, may_share: bool) -> None:
    labels = {"personal": say("only for me"), "all": say("for all")}
    with st.form("view_form", border=False, clear_on_submit=False):
        st.text_input(
            say("Keep this page and its selection as"), key=_NAME, max_chars=kept.MAX_NAME, placeholder=say("a name")
        )
        if may_share:
            st.segmented_control(
                say("Who sees it"), list(labels), key=_SCOPE, default="personal", format_func=labels.__getitem__,
                required=True,
            )  # fmt: skip
        st.form_submit_button(say("Keep this view"), on_click=_save)


# -- callbacks --------------------------------------------------------------------------------------------------------
def _save() -> None:
    state = st.session_state

    def do() -> None:
        scope: kept.Scope = "all" if state.get(_SCOPE) == "all" else "personal"
        by = who.require(Role.ANALYST if scope == "all" else Role.READER)
        name, page = one_line(state.get(_NAME) or ""), str(state.get(context.PAGE, "overview"))
        kept.add(context.current().settings, by, name, page, _address(), scope=scope, now=datetime.now(UTC))
        state[_NAME] = ""

    _try(do)


def _address() -> str:
    """What is shown now, as a query string."""
    others = {name: values for name, values in bar.params().items() if name not in _NOT_KEPT and name not in bar._OURS}
    return urlencode(others | bar.current_or_default().to_url(), doseq=True)


def _choose(view: str) -> None:
    st.session_state[_OPEN] = view


def _pin(view: str, pinned: bool) -> None:
    _try(lambda: kept.change(context.current().settings, who.require(Role.READER), view, pinned=pinned))


def _edit(view: View) -> None:
    state = st.session_state
    state[_EDITING] = None if state.get(_EDITING) == view.id else view.id
    state[_RENAME] = view.name


def _rename(view: str) -> None:
    name = one_line(st.session_state.get(_RENAME) or "")
    if _try(lambda: kept.change(context.current().settings, who.require(Role.READER), view, name=name)):
        st.session_state[_EDITING] = None


def _update(view: str) -> None:
    page, address = str(st.session_state.get(context.PAGE, "overview")), _address()
    by = who.require(Role.READER)
    if _try(lambda: kept.change(context.current().settings, by, view, page=page, address=address)):
        st.session_state[_EDITING] = None


def _delete(view: str) -> None:
    if _try(lambda: kept.remove(context.current().settings, who.require(Role.READER), view)):
        st.session_state[_EDITING] = None


def _try(do: Callable[[], object]) -> bool:
    """Whether it was done; if not, why is said in the next run."""
    try:
        do()
    except ReadershipError as problem:
        st.session_state[_PROBLEM] = _words(problem)
        return False
    return True


def _words(problem: ReadershipError) -> str:
    """What went wrong, in the reader's language; the details are English and for the command line."""
    match problem:
        case Refused():
            return say("Nothing was changed: you may not do this.")
        case UsageError():
            return say(
                "Nothing was changed: a view needs a name that no other has, in one line of at most {n} characters, "
                "and must still be there.",
                n=kept.MAX_NAME,
            )
        case StoreBusy():
            return say("Nothing was changed: somebody else is writing at this moment. Try again.")
        case DiskFull():
            return say("Nothing was changed: there is no room, or the data folder can't be written to.")
        case _:
            return say("Views can't be read. The figures are not touched; a backup brings the views back.")


# -- opening ----------------------------------------------------------------------------------------------------------
def follow(pages: Mapping[str, st.Page], here: str) -> None:
    """Open the view that a click chose, or that the address names (`?view=…`); called before the bar is read.

    Args:
        pages: the pages that this reader may open, by file name; here: the file name of the page that is shown.
    """
    asked = st.session_state.pop(_OPEN, None) or st.query_params.get(VIEW)
    if not asked:
        return
    view = _found(str(asked))
    if view is None or view.page not in pages:
        _without_view()
        st.warning(say("There is no such view any more, or it is somebody else's."), icon=":material/bookmark_remove:")
        return
    params = {name: values for name, values in view.parameters.items() if name not in _NOT_KEPT}
    bar.choose(params)
    for key in [key for key in st.session_state if str(key).startswith(_SWITCHED)]:
        del st.session_state[key]
    if view.page == here:
        language = {"lang": [wish]} if (wish := st.session_state.get(context.LANGUAGE)) else {}
        st.query_params.from_dict(language | params)
    else:
        st.switch_page(pages[view.page], query_params=params)


def _found(view: str) -> View | None:
    try:
        return kept.named(context.current().settings, view[:40], who.reader().key)
    except ReadershipError:
        return None


def _without_view() -> None:
    if VIEW in st.query_params:
        del st.query_params[VIEW]
