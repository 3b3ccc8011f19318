"""Overview: how are our articles doing?"""

import streamlit as st

from readership import figures
from readership.ui import fetch, grain, key_figures, language, nothing, page, say, show, stop, table

selection = page("Overview", "How are our articles doing?")
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
key_figures(facts, fetch("views_by_publication", selection, grain="day"))

bucket = grain("publication")
published = fetch("views_by_publication", selection, grain=bucket)
show(figures.views_by_publication(published, bucket, language()), published, "views-by-publication")

newest, most_read = st.columns(2, gap="medium")
with newest:
    table(
        fetch("articles", selection, order="published", limit=10),
        "newest",
        ["published_local", "title", "section", "views"],
        title=say("Newest articles"),
        opens=True,
    )
with most_read:
    table(
        fetch("articles", selection, order="views", limit=10),
        "most-read",
        ["views", "title", "section", "published_day"],
        title=say("Most read articles"),
        opens=True,
    )
