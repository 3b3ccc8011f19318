"""Data: what is in the store, how fresh is it, and what was not taken?"""

import streamlit as st

from readership.ui import clashes, collecting, fetch, has_edition, matched, page, say, stop, table, undo_batch, upload

page("Data", "What is in the store, how fresh is it, and what was not taken?", without_edition=True)
upload()
if not has_edition():
    collecting()
    stop()
table(fetch("freshness"), "freshness", title=say("What is there, by site"))
collecting()
batches = fetch("batches")
table(batches, "batches", title=say("Batches"))
undo_batch(batches)
matched()
clashes()
rejects = fetch("rejects", limit=5000)
if len(rejects):
    table(rejects, "rejects", ["origin", "row_number", "reason", "hint", "batch"], title=say("Rejected inputs"))
else:
    st.caption(say("No input has been rejected."))
