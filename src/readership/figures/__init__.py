"""Figures: a query's rows in, a Plotly figure with its words out. Pure: no clock, no files, no state.

Every figure says in its subtitle which question it answers and what is unknown, and in its `alt` the main finding, in
the reader's language. Colours hold on paper and on slate alike, so that one figure serves both themes and exports.
"""

from readership.figures.article import article_curve, beside_kind
from readership.figures.big import big_numbers
from readership.figures.day import day_so_far
from readership.figures.groups import breakdown, group_hours, group_trend, performance, reach, treemap
from readership.figures.map import world_map
from readership.figures.network import country_matrix, country_network
from readership.figures.ranks import output_and_result, ranked
from readership.figures.rates import rate_beside_topic, rate_difference, rate_history
from readership.figures.releases import release_trend, releases
from readership.figures.style import Figure
from readership.figures.time import views_at_age, views_by_publication, views_gained
from readership.figures.week import hour_weekday, publishing_clock

__all__ = [
    "Figure",
    "article_curve",
    "beside_kind",
    "big_numbers",
    "breakdown",
    "country_matrix",
    "country_network",
    "day_so_far",
    "group_hours",
    "group_trend",
    "hour_weekday",
    "output_and_result",
    "performance",
    "publishing_clock",
    "ranked",
    "rate_beside_topic",
    "rate_difference",
    "rate_history",
    "reach",
    "release_trend",
    "releases",
    "treemap",
    "views_at_age",
    "views_by_publication",
    "views_gained",
    "world_map",
]
