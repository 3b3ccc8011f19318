"""Countries: which countries do our articles speak of, and how are those read?"""

from readership import figures
from readership.ui import (
    chooses,
    country_figures,
    country_map,
    draw,
    group_index,
    group_rows,
    group_table,
    group_trends,
    language,
    no_groups,
    one_group,
    page,
    show,
    stop,
    the_one,
)

selection = page("Countries", "Which countries do our articles speak of, and how are those read?")
rows = group_rows(selection, "country")
if no_groups(rows, selection, "country"):
    stop()
index = group_index(selection, "country")
one = the_one(selection, "country")
country_map(selection)
if one:
    one_group(selection, "country", one)
group_table(rows, index, selection, "country")
group_trends(selection, "country")
country_figures(selection)
show(draw(figures.performance, index, language()), index, "countries-index", click=chooses("country"))
