"""Rates: which currency figures did our pages' headers show, and what was official?"""

from readership.ui import (
    converter,
    fetch,
    no_rates,
    page,
    rate_captures,
    rate_changes,
    rate_choice,
    rate_figures,
    stop,
)

selection = page("Rates", "Which currency figures did the headers of our pages show, when, and what was official then?")
pairs = fetch("rate_pairs", selection)
if no_rates(pairs):
    stop()
pair = rate_choice(pairs)
rate_figures(selection, pair)
rate_changes(selection, pair)
converter(pairs)
rate_captures(selection, pair)
