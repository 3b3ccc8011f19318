"""Articles: which articles are these, and how is each read?"""

from readership.ui import fetch, nothing, page, stop, table

selection = page("Articles", "Which articles are these, and how is each read? Choose a row to open its page.")
rows = fetch("articles", selection)
if nothing(rows, selection):
    stop()
table(
    rows,
    "articles",
    ["published_local", "title", "section", "language", "authors", "views", "observed_at", "readings", "site", "url"],
    opens=True,
    height=640,
)
