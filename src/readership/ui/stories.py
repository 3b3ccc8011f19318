"""Stories that several articles tell, mostly in several languages: their versions, and views added up."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from readership.i18n import UNKNOWN
from readership.queries import Selection
from readership.ui import context
from readership.ui.choices import WITH, choice, switch
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.show import table


def stories_added() -> bool:
    """Whether the reader wants the versions of a story added up; draws the switch."""
    words = (say("an article each"), say("one story, views added"))
    switch("versions", say("Versions in other languages"), words)
    return choice("versions") == "added"


def story_table(selection: Selection, limit: int, name: str = "stories") -> None:
    """Stories by the views of their versions in all languages, articles that stand alone among them."""
    rows = _told(fetch("stories", selection, alone=WITH, limit=limit))
    order = ["views", "title", "articles", "views_by_language", "unread", "published_at", "certainty"]
    table(rows, name, order, opens=True)
    st.caption(
        say(
            "Versions are articles of one site within 72 hours that share countries, numbers and names; only those of "
            "the selection are added. {n} of {all} rows are told in several languages.",
            n=context.current().language.number(int((rows["articles"] > 1).sum())),
            all=context.current().language.number(len(rows)),
        )
    )


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `stories` with languages by name, and how sure the joining is."""
    out = rows.assign(views_by_language=rows["views_by_language"].map(_by_language, na_action="ignore"))
    out = out.rename(columns={"score": "certainty"})
    out.attrs = dict(rows.attrs)
    return out


def _by_language(cell: str) -> str:
    """`en: 1200; ru: –` as readers write it."""
    language, parts = context.current().language, []
    for part in str(cell).split("; "):
        code, _, views = part.partition(": ")
        parts.append(f"{language.language_name(code)} {language.number(int(views)) if views.isdigit() else UNKNOWN}")
    return ", ".join(parts)


def same_story(article: int) -> None:
    """The versions of one article's story in other languages, each with its views, and what they add up to."""
    rows = fetch("article_story", article=article).rename(columns={"score": "certainty"})
    if rows.empty:
        return
    language = context.current().language
    others = rows[~rows["is_self"].astype(bool)]
    others = others.assign(language=others["language"].map(language.language_name, na_action="ignore"))
    order = ["language", "title", "total", "published_day", "certainty"]
    table(others, "same-story", order, title=say("The same story in other languages"), opens=True)
    st.caption(say("Views of all versions together: {views}.", views=language.number(rows["story_views"].iloc[0])))
