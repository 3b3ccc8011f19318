"""What pages are made of. The only Streamlit in the package; pages use these names and lay them out, no more."""

from readership.ui.admin import admin_health, admin_links, admin_people, admin_tokens, admin_views
from readership.ui.alerts import admin_alerts
from readership.ui.annotations import notes
from readership.ui.article import article_facts, article_figures, article_head, article_id, asked_article, in_common
from readership.ui.articles import article_table
from readership.ui.collector import collecting
from readership.ui.compare import columns as compared_columns
from readership.ui.compare import compared_with, hours_of_week, without_comparison
from readership.ui.context import has_edition, is_board, language, say, say_n, zone
from readership.ui.converter import converter
from readership.ui.data import draw, fetch
from readership.ui.drill import chooses, chooses_source, lists_day, lists_hours, lists_published_when
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
    topic_level,
)
from readership.ui.learnt import learnt_sections
from readership.ui.parts import (
    board,
    grain,
    groups,
    key_figures,
    lead,
    movers,
    published_by,
    side_by_side,
    with_names,
)
from readership.ui.rates import (
    clashes,
    matched,
    no_rates,
    rate_captures,
    rate_changes,
    rate_choice,
    rate_column,
    rate_figures,
)
from readership.ui.report import report_button
from readership.ui.series import switch, views_over_time
from readership.ui.shared import shared_article, shared_figures, shared_head, shared_rows
from readership.ui.show import nothing, page, show, stop, table
from readership.ui.sql import ask as ask_sql
from readership.ui.sql import tables as sql_tables
from readership.ui.stories import same_story, stories_added, story_table
from readership.ui.text import plain
from readership.ui.upload import undo_batch, upload

__all__ = [
    "admin_alerts",
    "admin_health",
    "admin_links",
    "admin_people",
    "admin_tokens",
    "admin_views",
    "article_facts",
    "article_figures",
    "article_head",
    "article_id",
    "article_table",
    "ask_sql",
    "asked_article",
    "board",
    "chooses",
    "chooses_source",
    "clashes",
    "collecting",
    "compared_columns",
    "compared_with",
    "converter",
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
    "hours_of_week",
    "in_common",
    "is_board",
    "key_figures",
    "language",
    "lead",
    "learnt_sections",
    "lists_day",
    "lists_hours",
    "lists_published_when",
    "matched",
    "movers",
    "no_groups",
    "no_rates",
    "notes",
    "nothing",
    "one_group",
    "page",
    "plain",
    "published_by",
    "rate_captures",
    "rate_changes",
    "rate_choice",
    "rate_column",
    "rate_figures",
    "release_figures",
    "release_rows",
    "release_table",
    "release_trend",
    "report_button",
    "same_story",
    "say",
    "say_n",
    "shared_article",
    "shared_figures",
    "shared_head",
    "shared_rows",
    "show",
    "side_by_side",
    "sql_tables",
    "stop",
    "stories_added",
    "story_table",
    "switch",
    "table",
    "the_one",
    "topic_level",
    "undo_batch",
    "upload",
    "views_over_time",
    "with_names",
    "without_comparison",
    "zone",
]
