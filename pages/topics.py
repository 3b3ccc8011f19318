"""Topics: what are our articles about, and which of it is read?"""

import streamlit as st

from readership import figures
from readership.ui import (
    counting,
    draw,
    group_hours,
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
)

selection = page("Topics", "What are our articles about, and which of it is read? Choose a row to see one topic.")
rows = group_rows(selection, "topic")
if no_groups(rows, selection, "topic"):
    stop()
index = group_index(selection, "topic")
one = the_one(selection, "topic")
if one:
    one_group(selection, "topic", one, index)
bars, tiles = st.columns(2, gap="medium")
with bars:
    show(draw(figures.breakdown, rows, counting(), language()), rows, "topics")
with tiles:
    show(draw(figures.treemap, rows, index, language()), rows, "topics-treemap")
group_table(rows, index, selection, "topic")
group_trends(selection, "topic")
ages, hours = st.columns(2, gap="medium")
with ages:
    show(draw(figures.performance, index, language()), index, "topics-index")
with hours:
    cells = group_hours(selection, "topic")
    show(draw(figures.group_hours, cells, language()), cells, "topics-hours")
