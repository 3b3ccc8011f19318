"""Publishing: do we publish when we are read, and what does our output bring?"""

from readership import figures
from readership.ui import (
    chooses,
    compared_columns,
    compared_with,
    draw,
    fetch,
    hours_of_week,
    language,
    lists_hours,
    lists_published_when,
    nothing,
    page,
    published_by,
    say,
    show,
    side_by_side,
    stop,
    switch,
    table,
    with_names,
)

RESULT = ["name", "articles", "share_of_articles", "views", "share_of_views", "median_24h", "articles_known_24h"]

selection = page("Publishing", "Do we publish when we are read, and what does our output bring?")
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
hours, other = hours_of_week(selection), compared_with(selection)
show(
    draw(figures.publishing_clock, hours, language(), beside=other),
    hours,
    "publishing-clock",
    click=lists_hours(selection, "published"),
)
published, read = side_by_side(1, 1, at_least=420)
with published:
    show(
        draw(figures.hour_weekday, hours, "articles_published", language(), beside=other),
        hours,
        "hours-published",
        click=lists_hours(selection, "published"),
    )
with read:
    show(
        draw(figures.hour_weekday, hours, "views_per_hour", language(), beside=other),
        hours,
        "hours-read",
        click=lists_hours(selection, "read"),
    )

by = switch(
    "by",
    {"section": say("Section"), "language": say("Language"), "weekday": say("Weekday"), "hour": say("Hour")},
)
rows = published_by(selection, by)
drawn, told = side_by_side(1, 1, at_least=420)
with drawn:
    click = chooses(by) if by in ("section", "language") else lists_published_when(selection, by)
    show(draw(figures.output_and_result, rows, by, language(), beside=other), rows, "output-and-result", click=click)
with told:
    order = compared_columns(RESULT, rows, "articles", "median_24h")
    table(with_names(rows, by), "publishing", order, title=say("Output and result in figures"))
