"""The button that writes the selection's report: a file made when it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from readership.exports import report
from readership.ui import bar, context
from readership.ui.context import say

_MADE = "report_made"


def report_button() -> None:
    """A menu with the report's forms; the file is made first, then offered, for it takes a second or two."""
    with st.popover(say("Report"), icon=":material/article:", key="report"):
        st.caption(say("A few pages on the selection: figures in sentences, charts, tables, definitions."))
        form = st.segmented_control(
            say("Form"), report.FORMS, default="pdf", format_func=str.upper, key="report_form", required=True
        )
        st.button(say("Write the report"), on_click=_write, args=(form,), key="report_write")
        found = st.session_state.get(_MADE)
        if found and found[0] == _asked(form):
            _, name, data = found
            label = say("Download the report ({size} kB)", size=context.current().language.number(len(data) / 1000))
            st.download_button(
                label, data, file_name=name, mime=report.MEDIA[form], on_click="ignore", key="report_file"
            )


def _asked(form: str) -> tuple[object, ...]:
    """What a report depends on: another selection, edition or language wants another."""
    run = context.current()
    return form, run.edition.number if run.edition else 0, bar.selection(), run.language.code


def _write(form: str) -> None:
    run = context.current()
    assert run.edition  # the page ends before this when nothing is published
    told = report.collected(
        run.edition, bar.selection(), language=run.language, zone=run.zone, own_topics=run.settings.topics_file,
        now=datetime.now(UTC),
    )  # fmt: skip
    data = report.made(told, form)
    st.session_state[_MADE] = (_asked(form), report.name(told, form, run.edition.number, data), data)
