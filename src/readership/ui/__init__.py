"""What pages are made of. The only Streamlit in the package; pages use these names and lay them out, no more."""

from readership.ui.annotations import notes
from readership.ui.article import article_facts, article_figures, article_head, article_id, asked_article, in_common
from readership.ui.context import has_edition, is_board, language, say, say_n, zone
from readership.ui.data import draw, fetch
from readership.ui.groups import (
    counting,
    country_figures,
    country_map,
    group_hours,
    group_index,
    group_rows,
    group_table,
    group_trends,
    no_groups,
    one_group,
    release_figures,
    release_rows,
    release_table,
    release_trend,
    the_one,
)
from readership.ui.parts import board, grain, groups, key_figures, lead, movers, of_all, with_names
from readership.ui.series import beside, switch, views_over_time
from readership.ui.show import nothing, page, show, stop, table
from readership.ui.text import plain
from readership.ui.upload import undo_batch, upload

__all__ = [
    "article_facts",
    "article_figures",
    "article_head",
    "article_id",
    "asked_article",
    "beside",
    "board",
    "counting",
    "country_figures",
    "country_map",
    "draw",
    "fetch",
    "grain",
    "group_hours",
    "group_index",
    "group_rows",
    "group_table",
    "group_trends",
    "groups",
    "has_edition",
    "in_common",
    "is_board",
    "key_figures",
    "language",
    "lead",
    "movers",
    "no_groups",
    "notes",
    "nothing",
    "of_all",
    "one_group",
    "page",
    "plain",
    "release_figures",
    "release_rows",
    "release_table",
    "release_trend",
    "say",
    "say_n",
    "show",
    "stop",
    "switch",
    "table",
    "the_one",
    "undo_batch",
    "upload",
    "views_over_time",
    "with_names",
    "zone",
]
