"""Parts of the page of one article."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from readership.i18n import known
from readership.ui import context
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.parts import facts_list
from readership.ui.text import one_line, plain


def asked_article() -> pd.DataFrame:
    """The one row of the article that the URL names (`?article=<site>/<key>`); ends the page when there is none."""
    site, _, key = (st.query_params.get("article") or "").partition("/")
    if not key:
        st.info(say("Choose an article in one of the tables to see its page."), icon=":material/article:")
        st.stop()
    rows = fetch("article", site=site, article_key=key)
    if rows.empty:
        st.info(say("There is no article {name} in this edition.", name=plain(f"{site}/{key}")))
        st.stop()
    return rows


def article_id(facts: pd.DataFrame) -> int:
    """The id under which the article's other questions are asked."""
    return int(facts["article"].iloc[0])


def article_head(facts: pd.DataFrame) -> None:
    """The article's own title, its section and day, and a way to the page itself."""
    row, language = facts.iloc[0], context.current().language
    st.header(plain(row["title"]), anchor=False, divider="gray")
    with st.container(horizontal=True, vertical_alignment="center", key="article_head"):
        st.text(" · ".join(one_line(row[name]) for name in ("site", "section", "published_local") if known(row[name])))
        if known(row["url"]) and str(row["url"]).lower().startswith(("https://", "http://")):
            st.link_button(say("Open the page"), row["url"], type="tertiary", icon=":material/open_in_new:")
    with st.grid(4, min_column_width=160, key="article_figures"):
        for label, name in (
            (say("Views"), "views"),
            (say("Readings"), "readings"),
            (say("Before the first reading"), "baseline"),
        ):
            st.metric(label, language.number(row[name]), border=True)
        st.metric(say("Last reading"), language.moment(row["observed_at"], context.current().zone), border=True)


def article_facts(facts: pd.DataFrame) -> None:
    """What the page says, fact by fact; unknown stays unknown."""
    row, language = facts.iloc[0], context.current().language
    st.subheader(say("What the page says"), anchor=False)
    code = row["language"]
    facts_list(
        (
            (say("Title"), row["title"]),
            (say("Authors"), row["authors"]),
            (say("Section"), row["section"]),
            (say("Language"), language.language_name(code) if known(code) else None),
            (say("Published"), row["published_local"]),
            (say("Photo credit"), row["photo_credit"]),
            (say("Cited source"), row["cited_source"]),
            (say("Article key"), row["article_key"]),
            (say("Link"), row["url"]),
        )
    )
