"""Sections learnt, when a newsroom asked for it: how well, and what is guessed. Never in the place of a printed one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from readership.errors import ReadershipError
from readership.pipeline import sections
from readership.queries import Selection
from readership.ui import context
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.show import table
from readership.ui.text import plain

GUESSES = 200


def learnt_sections(selection: Selection) -> None:
    """Quality of the learnt sections and guesses for articles that print none; nothing while nothing was learnt."""
    try:
        report = sections.show(context.current().settings)
    except ReadershipError:
        return
    with st.expander(say("Sections guessed for articles that print none"), key="learnt", on_change="rerun") as opened:
        if opened.open:
            for model in report["models"]:
                _quality(model)
            rows = fetch("section_guesses", selection, limit=GUESSES)
            order = ["title", "guessed_section", "chance", "site", "language"]
            table(rows, "section-guesses", order, title=say("Guesses, the surest first"))


def _quality(model: dict[str, Any]) -> None:
    """One site and language: a sentence, and each section found again in articles the model had not seen."""
    language = context.current().language
    st.markdown(f"**{plain(model['site'])} · {plain(language.language_name(model['language']))}**")
    st.caption(
        say(
            "Learnt from {articles} articles; {accuracy} of them are put into their printed section when the model has "
            "not seen them (always saying the largest section: {largest}). {guesses} articles have a guess.",
            articles=language.number(model["articles"]),
            accuracy=language.percent(model["accuracy"]),
            largest=language.percent(model["largest"]),
            guesses=language.number(model["guesses"]),
        )
    )
    rows = pd.DataFrame(model["quality"]).astype({"precision": "Float64"})
    name = f"sections-{model['site']}-{model['language']}"
    table(rows, name, ["section", "articles", "precision", "recall"], downloads=False)
