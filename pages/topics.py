"""Topics: what are our articles about, and which of it is read?"""

import streamlit as st

from readership import figures
from readership.ui import (
    chooses,
    compared_with,
    counting,
    draw,
    group_hours,
    group_index,
    group_rows,
    group_table,
    group_trends,
    language,
    learnt_sections,
    no_groups,
    one_group,
    page,
    show,
    stop,
    the_one,
    topic_level,
    without_comparison,
)

selection = page("Topics", "What are our articles about, and which of it is read? Choose a row to see one topic.")
level = topic_level()
rows = group_rows(selection, level)
if no_groups(rows, selection, level):
    stop()
index = group_index(selection, level)
one = the_one(selection, "topic")
if one:
    one_group(selection, topic_level(one), one)
without_comparison()
bars, tiles = st.columns(2, gap="medium")
with bars:
    show(
        draw(figures.breakdown, rows, counting(), language(), beside=compared_with(selection)),
        rows,
        "topics",
        click=chooses(level),
    )
with tiles:
    show(draw(figures.treemap, rows, index, language()), rows, "topics-treemap", click=chooses(level))
group_table(rows, index, selection, level)
group_trends(selection, topic_level(one) if one else level)
ages, hours = st.columns(2, gap="medium")
with ages:
    show(draw(figures.performance, index, language()), index, "topics-index", click=chooses(level))
with hours:
    cells = group_hours(selection, level)
    show(draw(figures.group_hours, cells, language()), cells, "topics-hours", click=chooses(level))
learnt_sections(selection)
