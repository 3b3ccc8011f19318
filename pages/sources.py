"""Sources: how much is our own reporting, and how much comes from outside?"""

import streamlit as st

from readership import figures
from readership.ui import (
    chooses_source,
    compared_with,
    draw,
    grain,
    language,
    nothing,
    page,
    release_figures,
    release_rows,
    release_table,
    release_trend,
    show,
    stop,
)

selection = page("Sources", "How much is our own reporting, and how much comes from outside sources?")
rows = release_rows(selection)
if nothing(rows, selection):
    stop()
release_figures(selection)
bucket = grain("releases", selection)
left, right = st.columns(2, gap="medium")
with left:
    release_trend(selection, bucket)
with right:
    show(
        draw(figures.releases, rows, language(), beside=compared_with(selection)),
        rows,
        "sources",
        click=chooses_source(),
    )
release_table(rows, selection)
