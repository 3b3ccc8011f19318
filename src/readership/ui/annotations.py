"""Notes on moments: the form they are written in, and how they reach the charts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from readership.accounts import annotations as kept
from readership.accounts.annotations import Annotation
from readership.accounts.people import Person, Role
from readership.errors import DiskFull, ReadershipError, Refused, StoreBusy, UsageError
from readership.figures.time import Notes
from readership.queries import Selection
from readership.ui import context, who
from readership.ui.context import say
from readership.ui.text import one_line, plain

_EDITING, _PROBLEM = "note_editing", "note_problem"
_AT, _TEXT, _SCOPE = "note_at", "note_text", "note_scope"
SHOWN = 30


def notes(selection: Selection | None = None) -> Notes:
    """The notes of the chosen days for a chart, on the newsroom's clock; none when they can't be read."""
    try:
        return tuple((_local(note.at), note.text) for note in _listed(selection or Selection()))
    except ReadershipError:
        return ()


def notes_form(selection: Selection) -> None:
    """The notes of the chosen days, and a form to write, change and take away."""
    try:
        found = _listed(selection)
    except ReadershipError as problem:
        st.caption(_words(problem))
        return
    editing = next((note for note in found if note.id == st.session_state.get(_EDITING)), None)
    label = say("Notes on the chart ({n})", n=context.current().language.number(len(found)))
    with st.expander(label, key="notes", type="compact", expanded=editing is not None, icon=":material/sticky_note_2:"):
        for note in found[-SHOWN:]:
            _line(note)
        _form(editing)
        if problem_words := st.session_state.pop(_PROBLEM, None):
            st.warning(problem_words)


def _listed(selection: Selection) -> list[Annotation]:
    owner = who.reader().key
    return kept.listed(
        context.current().settings, owner, since=_midnight(selection.since), until=_midnight(selection.until)
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(context.current().zone)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), _zone()) if day else None


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone()).replace(tzinfo=None)


def _line(note: Annotation) -> None:
    language = context.current().language
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(language.local(_local(note.at)), width=150)
        whose = say(" (only for me)") if note.scope == "personal" else ""
        st.markdown(plain(note.text + whose), width="stretch")
        if note.owner == who.reader().key and (note.scope == "personal" or who.may(Role.ANALYST)):
            st.button(say("Edit"), key=f"note_edit_{note.id}", type="tertiary", on_click=_edit, args=(note,))


def _form(editing: Annotation | None) -> None:
    labels = {"site": say("for everybody"), "personal": say("only for me")}
    if not who.may(Role.ANALYST):
        del labels["site"]
    _seed(_AT, _now())
    _seed(_SCOPE, next(iter(labels)))
    with st.form("note", border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.datetime_input(say("Moment"), key=_AT, format="YYYY-MM-DD", step=300, width=210)
        st.text_input(
            say("What happened"), key=_TEXT, max_chars=kept.MAX_TEXT, width=380,
            placeholder=say("a few words, drawn on the charts"),
        )  # fmt: skip
        st.segmented_control(
            say("Who sees it"), list(labels), key=_SCOPE, format_func=labels.__getitem__, required=True
        )
        st.form_submit_button(
            say("Save the change") if editing else say("Add the note"),
            on_click=_save,
            args=(editing.id if editing else None,),
        )
        if editing:
            st.form_submit_button(say("Take it away"), on_click=_remove, args=(editing.id,))
            st.form_submit_button(say("Leave it"), on_click=_clear)


def _seed(key: str, value: Any) -> None:
    if key not in st.session_state:
        st.session_state[key] = value


def _now() -> datetime:
    """The as-of moment on the newsroom's clock: most notes are about what is seen there."""
    return _local(context.current().as_of or datetime.now(UTC)).replace(second=0)


def _edit(note: Annotation) -> None:
    st.session_state[_EDITING] = note.id
    st.session_state[_AT], st.session_state[_TEXT], st.session_state[_SCOPE] = _local(note.at), note.text, note.scope


def _clear() -> None:
    st.session_state[_EDITING] = None
    st.session_state[_TEXT] = ""


def _save(note: int | None) -> None:
    state, settings = st.session_state, context.current().settings
    at, text, scope = state[_AT], one_line(state[_TEXT] or ""), state[_SCOPE]
    try:
        if at is None:
            raise UsageError("A note needs a moment.")
        moment = at.replace(tzinfo=_zone())
        owner = _writer(scope).key
        if note is None:
            kept.add(settings, moment, text, scope=scope, owner=owner, now=datetime.now(UTC))
        else:
            kept.change(settings, note, moment, text, scope=scope, owner=owner)
        _clear()
    except ReadershipError as problem:
        state[_PROBLEM] = _words(problem)


def _writer(scope: str) -> Person:
    """Who may write a note of this scope: their own anybody with a login, those for everybody an analyst."""
    return who.require(Role.READER if scope == "personal" else Role.ANALYST)


def _remove(note: int) -> None:
    try:
        kept.remove(context.current().settings, note, owner=who.require(Role.READER).key)
    except ReadershipError as problem:
        st.session_state[_PROBLEM] = _words(problem)
    _clear()


def _words(problem: ReadershipError) -> str:
    """What went wrong, in the reader's language; the details are English and for the command line."""
    match problem:
        case Refused():
            return say("Nothing was changed: this needs another role, or you are not logged in any more.")
        case UsageError():
            return say("Nothing was changed: a note needs a moment and words, and must still be there.")
        case StoreBusy():
            return say("Nothing was changed: somebody else is writing at this moment. Try again.")
        case DiskFull():
            return say("Nothing was changed: there is no room, or the data folder can't be written to.")
        case _:
            return say("The notes can't be read. The figures are not touched; a backup brings the notes back.")
