"""Overview: how are our articles doing now?"""

from readership import figures
from readership.ui import (
    board,
    compared_with,
    draw,
    fetch,
    hours_of_week,
    is_board,
    key_figures,
    language,
    lead,
    lists_day,
    lists_hours,
    movers,
    nothing,
    page,
    report_button,
    say,
    show,
    side_by_side,
    stop,
    table,
    views_over_time,
    without_comparison,
)

SPIKING = ["state", "velocity", "threshold", "title", "since"]
LASTING = ["views_7d", "title", "published_day", "state"]
NEWEST = ["published_local", "views", "title", "section"]

selection = page("Overview", "How are our articles doing?")
facts = fetch("key_figures", selection)
if nothing(facts, selection, count="articles"):
    stop()
today = fetch("band", selection, grain="hour")
moving = fetch("movers", selection, limit=5)
fast = fetch("spikes", selection, limit=15)
if is_board():
    board(today, moving, fast)
    stop()
lead(today)
key_figures(facts, selection)
report_button()

over_time, day = side_by_side(2, 1, at_least=340)
with over_time:
    views_over_time(selection)
with day:
    show(draw(figures.day_so_far, today, language()), today, "day-so-far", click=lists_day(selection))
    table(fast, "spikes", SPIKING, title=say("Read unusually fast now"), opens=True)
without_comparison(lists=True)
movers(moving)

hours = hours_of_week(selection)
read, published = side_by_side(1, 1, at_least=420)
with read:
    show(
        draw(figures.hour_weekday, hours, "views_per_hour", language(), beside=compared_with(selection)),
        hours,
        "hours-read",
        click=lists_hours(selection, "read"),
    )
    rows = fetch("evergreen", selection, limit=20)
    table(rows, "evergreen", LASTING, title=say("Older and still read"), opens=True)
with published:
    show(
        draw(figures.hour_weekday, hours, "articles_published", language(), beside=compared_with(selection)),
        hours,
        "hours-published",
        click=lists_hours(selection, "published"),
    )
    rows = fetch("articles", selection, limit=10)
    table(rows, "newest", NEWEST, title=say("Newest articles"), opens=True)
