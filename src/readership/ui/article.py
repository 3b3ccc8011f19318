"""Parts of the page of one article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from readership.figures.article import standing
from readership.figures.style import records
from readership.i18n import known
from readership.ui import context, names
from readership.ui.columns import in_words
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.parts import facts_list
from readership.ui.text import one_line, plain

SHORT = ("site", "section", "published_local")


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
    row = facts.iloc[0]
    st.header(plain(row["title"]), anchor=False, divider="gray")
    with st.container(horizontal=True, vertical_alignment="center", key="article_head"):
        st.text(" · ".join(one_line(row[name]).replace("T", " ") for name in SHORT if known(row[name])))
        if known(row["url"]) and str(row["url"]).lower().startswith(("https://", "http://")):
            st.link_button(say("Open the page"), row["url"], type="tertiary", icon=":material/open_in_new:")


def article_figures(facts: pd.DataFrame, stats: pd.DataFrame) -> None:
    """How it stands among its kind in a sentence, then its figures.

    Args:
        facts, stats: the one row of the queries `article` and `article_stats`.
    """
    row, told, language = facts.iloc[0], records(stats)[0], context.current().language
    st.markdown(f"#### {plain(standing(told, language))}")
    states = [in_words(told[name]) for name in ("age_class", "spike_state", "evergreen_state") if _speaks(told[name])]
    views = row["views"] if known(row["views"]) else row["moment_unknown_views"]
    with st.grid(6, min_column_width=150, key="article_figures"):
        label = say("Views") if known(row["views"]) or not known(views) else say("Views, moment unknown")
        st.metric(label, language.number(views), border=True, height="stretch")
        st.metric(say("Gained in 24 h"), language.number(told["gained_24h"]), border=True, height="stretch")
        st.metric(say("Gained in 7 d"), language.number(told["gained_7d"]), border=True, height="stretch")
        st.metric(say("Views an hour now"), language.number(told["velocity"], 1), border=True, height="stretch")
        st.metric(
            say("Readings"),
            language.number(row["readings"]),
            border=True,
            height="stretch",
            help=say(
                "{share} of its views come from readings at most a day apart; {baseline} were there before the first.",
                share=language.percent(told["observed_share"]),
                baseline=language.number(row["baseline"]),
            ),
        )
        with st.container(border=True, height="stretch"):
            st.caption(say("Last reading"))
            st.text(language.moment(row["observed_at"], context.current().zone))
            st.caption(plain(" · ".join(states)))


def _speaks(state: Any) -> bool:
    """Whether a state says something: not unknown, not "no"."""
    return known(state) and state not in ("no", "unknown")


def in_common(related: pd.DataFrame) -> pd.DataFrame:
    """Related articles with the names of the topics and countries that they share."""
    columns = {"shared_topics": "topic", "shared_countries": "country"}
    out = related.assign(
        **{name: related[name].map(_listed(kind), na_action="ignore") for name, kind in columns.items()}
    )
    out.attrs = related.attrs
    return out


def _listed(kind: str) -> Callable[[str], str]:
    return lambda values: ", ".join(names.all_of(kind, values.split("; ")))


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
