"""Overview: how are our articles doing?"""

import streamlit as st

from readership import figures
from readership.ui import (
    board,
    draw,
    fetch,
    grain,
    how_usual,
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

MOVING = ["kind", "gained_24h", "gained_before", "title"]
SPIKING = ["state", "velocity", "threshold", "title"]

selection = page("Overview", "How are our articles doing?")
days = (selection.since, selection.until)
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
if is_board():
    board(facts, fetch("movers", selection))
    stop()
key_figures(facts, selection)
band = fetch("band", selection)
how_usual(band)

bucket = grain("gained", selection, ("hour", "day", "week", "month"))
gained = fetch("views_gained", selection, grain=bucket)
show(draw(figures.views_gained, gained, bucket, language(), days, band), gained, "views-gained")

bucket = grain("publication", selection)
published = fetch("views_by_publication", selection, grain=bucket)
show(draw(figures.views_by_publication, published, bucket, language(), days), published, "views-by-publication")

left, right = st.columns(2, gap="medium")
with left:
    table(fetch("movers", selection, limit=5), "movers", MOVING, title=say("What moves in 24 hours"), opens=True)
    rows = fetch("articles", selection, order="published", limit=10)
    table(rows, "newest", ["published_local", "views", "title", "section"], title=say("Newest articles"), opens=True)
with right:
    table(fetch("spikes", selection, limit=15), "spikes", SPIKING, title=say("Read unusually fast now"), opens=True)
    rows = fetch("articles", selection, order="views", limit=10)
    table(rows, "most-read", ["views", "title", "published_day"], title=say("Most read articles"), opens=True)
rows = fetch("evergreen", selection, limit=20)
table(rows, "evergreen", ["views_7d", "title", "section", "published_day", "state"], title=say("Older and still read"))
