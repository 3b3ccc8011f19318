"""Articles: which articles are these, and how is each read?"""

from readership.ui import (
    article_table,
    fetch,
    nothing,
    page,
    rate_column,
    say,
    stop,
    stories_added,
    story_table,
    switch,
    without_comparison,
)

LIMIT = 500

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
if stories_added():
    without_comparison(lists=True)
    story_table(selection, LIMIT)
    stop()
article_table(selection, facts, order, rate_column(), LIMIT)
