"""Figures: a query's rows in, a Plotly figure with its words out. Pure: no clock, no files, no state.

Every figure says in its subtitle which question it answers and what is unknown, and in its `alt` the main finding, in
the reader's language. Colours hold on paper and on slate alike, so that one figure serves both themes and exports.
"""

from readership.figures.article import article_curve
from readership.figures.big import big_numbers
from readership.figures.ranks import output_and_result, ranked
from readership.figures.rates import header_rates
from readership.figures.style import Figure
from readership.figures.time import views_by_publication, views_gained
from readership.figures.week import hour_weekday

__all__ = [
    "Figure",
    "article_curve",
    "big_numbers",
    "header_rates",
    "hour_weekday",
    "output_and_result",
    "ranked",
    "views_by_publication",
    "views_gained",
]
