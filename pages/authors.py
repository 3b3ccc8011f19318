"""Authors: who writes how much, and how is it read?"""

import streamlit as st

from readership import figures
from readership.ui import (
    chooses,
    compared_with,
    counting,
    draw,
    group_index,
    group_rows,
    group_table,
    group_trends,
    language,
    no_groups,
    one_group,
    page,
    show,
    stop,
    the_one,
    without_comparison,
)

selection = page("Authors", "Who writes how much, and how is it read? Choose a row to see one author's page.")
rows = group_rows(selection, "author")
if no_groups(rows, selection, "author"):
    stop()
index = group_index(selection, "author")
one = the_one(selection, "author")
if one:
    one_group(selection, "author", one)
group_table(rows, index, selection, "author")
without_comparison()
left, right = st.columns(2, gap="medium")
with left:
    show(draw(figures.reach, rows, index, language()), rows, "authors-reach", click=chooses("author"))
    if one:
        topics = group_rows(selection, "topic")
        drawn = draw(figures.breakdown, topics, counting(), language(), beside=compared_with(selection))
        show(drawn, topics, "author-topics", click=chooses("topic"))
with right:
    show(draw(figures.performance, index, language()), index, "authors-index", click=chooses("author"))
group_trends(selection, "author")
