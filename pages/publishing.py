"""Publishing: do we publish when we are read?"""

import streamlit as st

from readership import figures
from readership.ui import fetch, language, nothing, page, show, stop

selection = page("Publishing", "Do we publish when we are read?")
hours = fetch("hour_weekday", selection)
if nothing(hours, selection):
    stop()
read, published = st.columns(2, gap="medium")
with read:
    show(figures.hour_weekday(hours, "views", language()), hours, "hours-read")
with published:
    show(figures.hour_weekday(hours, "articles_published", language()), hours, "hours-published")
