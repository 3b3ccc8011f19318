"""Publishing: do we publish when we are read, and what does our output bring?"""

import streamlit as st

from readership import figures
from readership.ui import (
    compared_columns,
    draw,
    fetch,
    language,
    nothing,
    page,
    published_by,
    say,
    show,
    stop,
    switch,
    table,
    with_names,
)

RESULT = ["name", "articles", "share_of_articles", "views", "share_of_views", "median_24h", "articles_known_24h"]

selection = page("Publishing", "Do we publish when we are read, and what does our output bring?")
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
hours = fetch("hour_weekday", selection)
show(draw(figures.publishing_clock, hours, language()), hours, "publishing-clock")
published, read = st.columns(2, gap="medium")
with published:
    show(draw(figures.hour_weekday, hours, "articles_published", language()), hours, "hours-published")
with read:
    show(draw(figures.hour_weekday, hours, "views_per_hour", language()), hours, "hours-read")

by = switch(
    "by",
    {"section": say("Section"), "language": say("Language"), "weekday": say("Weekday"), "hour": say("Hour")},
)
rows = published_by(selection, by)
drawn, told = st.columns(2, gap="medium")
with drawn:
    show(draw(figures.output_and_result, rows, by, language()), rows, "output-and-result")
with told:
    order = compared_columns(RESULT, rows, "articles", "median_24h")
    table(with_names(rows, by), "publishing", order, title=say("Output and result in figures"))
