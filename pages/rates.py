"""Rates: which currency figures did the pages' headers show?"""

from readership import figures
from readership.ui import draw, fetch, groups, language, nothing, page, say, show, stop, table

selection = page("Rates", "Which currency figures did the headers of our pages show, and when?")
rows = fetch("header_rates", selection)
if nothing(rows, selection):
    stop()
for name, captures in groups(rows, "currency", "quote"):
    show(draw(figures.header_rates, captures, language()), captures, f"rate-{name}")
table(
    fetch("header_latest"),
    "latest-rates",
    ["currency", "value", "quote", "change", "change_percent", "captured_at", "site", "certain"],
    title=say("Last figures of each site"),
)
