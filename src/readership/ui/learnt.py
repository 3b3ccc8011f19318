"""Sections learnt, when a newsroom asked for it: how well, and what is guessed. Never in the place of a printed one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from readership.errors import ReadershipError
from readership.pipeline import sections
from readership.queries import Query, Selection
from readership.ui import context, exported
from readership.ui.context import say
from readership.ui.data import fetch, own
from readership.ui.show import table
from readership.ui.text import plain

GUESSES = 200
QUALITY = Query(
    "section_quality",
    "one row a section of a site and language: how well it is found again in articles that the model has not seen.",
    (
        "site VARCHAR canonical host", "language VARCHAR ISO 639-1", "section VARCHAR as printed",
        "articles BIGINT that print it", "precision DOUBLE share right of those guessed",
        "recall DOUBLE share found of those that print it",
    ),
    (),
    "",
)  # fmt: skip


def learnt_sections(selection: Selection) -> None:
    """Quality of the learnt sections and guesses for articles that print none; nothing while nothing was learnt."""
    try:
        report = sections.show(context.current().settings)
    except ReadershipError:
        return
    with st.expander(say("Sections guessed for articles that print none"), key="learnt", on_change="rerun") as opened:
        if opened.open or exported.is_taken():
            for model in report["models"]:
                _quality(model, str(report["learnt_at"]))
            rows = fetch("section_guesses", selection, limit=GUESSES)
            order = ["title", "guessed_section", "chance", "site", "language"]
            table(rows, "section-guesses", order, title=say("Guesses, the surest first"))


def _quality(model: dict[str, Any], learnt_at: str) -> None:
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
    about = {"site": model["site"], "language": model["language"]}
    rows = own(
        QUALITY,
        [about | one for one in model["quality"]],
        say("Learnt at {moment}; no edition holds it.", moment=learnt_at),
    )
    name = f"sections-{model['site']}-{model['language']}".replace(".", "-")
    table(rows, name, ["section", "articles", "precision", "recall"])
