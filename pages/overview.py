"""Overview: how are our articles doing?"""

import streamlit as st

from readership import figures
from readership.ui import (
    board,
    fetch,
    fitting_grain,
    grain,
    is_board,
    key_figures,
    language,
    nothing,
    page,
    say,
    show,
    stop,
    table,
)

selection = page("Overview", "How are our articles doing?")
days = (selection.since, selection.until)
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
if is_board():
    board(facts, fetch("articles", selection, order="views", limit=7))
    stop()
bucket = fitting_grain(selection)
key_figures(
    facts,
    fetch("views_by_publication", selection, grain=bucket),
    fetch("views_gained", selection, grain=bucket),
)

bucket = grain("gained", selection, ("hour", "day", "week", "month"))
gained = fetch("views_gained", selection, grain=bucket)
show(figures.views_gained(gained, bucket, language(), days), gained, "views-gained")

bucket = grain("publication", selection)
published = fetch("views_by_publication", selection, grain=bucket)
show(figures.views_by_publication(published, bucket, language(), days), published, "views-by-publication")

newest, most_read = st.columns(2, gap="medium")
with newest:
    rows = fetch("articles", selection, order="published", limit=10)
    table(rows, "newest", ["published_local", "views", "title", "section"], title=say("Newest articles"), opens=True)
with most_read:
    rows = fetch("articles", selection, order="views", limit=10)
    table(
        rows, "most-read", ["views", "title", "section", "published_day"], title=say("Most read articles"), opens=True
    )
