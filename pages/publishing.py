"""Publishing: do we publish when we are read, and what does our output bring?"""

import streamlit as st

from readership import figures
from readership.ui import draw, fetch, language, nothing, page, show, stop

selection = page("Publishing", "Do we publish when we are read, and what does our output bring?")
hours = fetch("hour_weekday", selection)
sections = fetch("group_views", selection, dimension="section")
if nothing(sections, selection):
    stop()
read, published = st.columns(2, gap="medium")
with read:
    show(draw(figures.hour_weekday, hours, "views_per_hour", language()), hours, "hours-read")
    show(draw(figures.output_and_result, sections, "section", language()), sections, "by-section")
with published:
    show(draw(figures.hour_weekday, hours, "articles_published", language()), hours, "hours-published")
    languages = fetch("group_views", selection, dimension="language")
    show(draw(figures.output_and_result, languages, "language", language()), languages, "by-language")
