"""Articles: which articles are these, and how is each read?"""

from readership.ui import (
    article_rows,
    beside,
    columns_with_rates,
    fetch,
    nothing,
    of_all,
    page,
    rate_column,
    say,
    stop,
    stories_added,
    story_table,
    switch,
    table,
    without_comparison,
)

LIMIT = 500
SHOWN = [
    "published_local", "title", "views", "index", "percentile", "age_class", "spike_state", "evergreen_state",
    "velocity", "section", "language", "authors", "observed_at", "readings", "site", "url",
]  # fmt: skip

selection = page("Articles", "Which articles are these, and how is each read? Choose a row to open its page.")
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
order = switch(
    "order",
    {
        "published": say("Newest first"),
        "views": say("Most read first"),
        "read": say("Last reading first"),
        "title": say("By title"),
    },
)
without_comparison(articles=True)
if stories_added():
    story_table(selection, LIMIT)
    stop()
currency = rate_column()
rows = article_rows(selection, currency, order=order, limit=LIMIT)
states = fetch("states", selection, order=order, limit=LIMIT)
of_all(rows, facts)
shown = beside(rows, states)
table(shown, "articles", columns_with_rates(SHOWN, currency), opens=True, height=640, whole=rows)
