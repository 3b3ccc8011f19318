"""The editor's figures: what is usual, what can be compared, what is left out; and all of it in few points."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import plotly.graph_objects as go
import pytest

from readership import figures
from readership.figures import article, day, style
from readership.figures.time import MAX_NOTES
from readership.i18n import LANGUAGES, Language
from test_figures import at_age, cohort, curve, day_band, gained, observations, published, revisions, shares, week

ENGLISH = Language("en")
NASTY = "<img src=x onerror=alert(1)>"


def usual(**more: object) -> str:
    return day.how_usual(day.newest(day_band(**more)), ENGLISH)  # type: ignore[arg-type]


def points(fig: go.Figure) -> int:
    return sum(len(trace.x) for trace in fig.data)


# -- how usual the day is ---
@pytest.mark.parametrize(
    ("views", "words"),
    [
        (112, "12 % above a usual Friday at this hour"),
        (88, "12 % below a usual Friday at this hour"),
        (100, "as on a usual Friday at this hour"),
        (250, "2.5 times a usual Friday at this hour"),
    ],
)
def test_the_day_is_set_beside_its_weekday_at_the_same_hour(views: int, words: str) -> None:
    sentence = usual(views=(50, views, None))
    assert words in sentence
    assert sentence.startswith(f"Friday, 3 May 2024, by 01:40: {views} views,")
    assert sentence.endswith("(median of 8 weeks: 100; middle half 80–130).")


def test_what_is_unknown_says_why() -> None:
    assert "only 3 of the 8 weeks before were being read, and 4 are needed" in usual(median=None, n=3)
    assert usual(views=(None, None, None)) == "No views are known of the newest day."
    assert "%" not in usual(median=None, n=3)


def test_nothing_usual_is_no_infinity() -> None:
    sentence = usual(median=0)
    assert "a usual Friday has none at this hour" in sentence
    assert "inf" not in sentence


def test_a_whole_day_ends_at_24_and_not_at_0() -> None:
    row = dict(day.newest(day_band()) or {}, cut_at=pd.Timestamp("2024-05-04"))
    assert "by 24:00" in day.how_usual(row, ENGLISH)


def test_the_day_is_drawn_at_the_minutes_it_was_counted_and_not_beyond() -> None:
    line = figures.day_so_far(day_band(), ENGLISH).fig.data[-1]
    assert list(line.x) == [0, 1, pytest.approx(100 / 60)]
    assert list(line.y) == [0, 50, 112]


# -- an article among its kind ---
def stats(**changes: object) -> dict[str, object]:
    row = {
        "age_class": "recent",
        "age_h": 24,
        "views_at_age": 720,
        "index": 1.8,
        "percentile": 0.83,
        "cohort_n": 43,
        "cohort_basis": "site, language, section",
    }
    return row | changes


def test_an_article_stands_among_its_kind_in_words() -> None:
    assert article.standing(stats(), ENGLISH) == (
        "1.8 times the median of 43 articles like it at 24 h; above 83 % of them. "
        "Like it: same site, language and section."
    )


def test_a_wider_cohort_is_said() -> None:
    assert "fewer than 20 share its language too" in article.standing(stats(cohort_basis="site"), ENGLISH)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"age_class": None}, "Without a time of publication"),
        ({"age_h": pd.NA}, "was not read near any age"),
        ({"index": float("nan")}, "720 views at 24 h; fewer than 20 articles"),
    ],
)
def test_an_article_that_cannot_be_compared_says_why(changes: dict[str, object], words: str) -> None:
    sentence = article.standing(stats(**changes), ENGLISH)
    assert words in sentence
    assert "times" not in sentence


@pytest.mark.parametrize(("percentile", "words"), [(1.0, "above all of them"), (0.0, "below all of them")])
def test_the_ends_are_all_and_none(percentile: float, words: str) -> None:
    assert words in article.standing(stats(percentile=percentile), ENGLISH)


def test_ages_at_which_a_side_is_unknown_have_no_point() -> None:
    low, _high, median, own = figures.beside_kind(cohort(), ENGLISH).fig.data
    assert list(low.x) == list(median.x) == [1, 3]
    assert list(own.x) == [1, 24]
    assert "At 1 age of the grid its views are unknown." in figures.beside_kind(cohort(), ENGLISH).subtitle


def test_a_long_life_is_drawn_without_gaps_in_few_points() -> None:
    moments = pd.date_range("2024-05-01", periods=5000, freq="30min")
    rows = pd.DataFrame(
        {"from_at": [pd.NaT, *moments[:-1]], "at": moments, "total": range(5000), "gained": 1, "epoch": 1, "views": 5}
    ).assign(spread=lambda frame: frame.index == 2500)
    ways = article.segments(rows, 400)
    assert len(ways) == 400
    assert list(ways["from_at"][1:]) == list(ways["at"][:-1]), "each piece begins where the one before ended"
    assert list(ways["low"][1:]) == list(ways["high"][:-1])
    assert ways["spread"].sum() == 1, "a piece with one spread interval is spread"
    drawn = figures.article_curve(rows, observations()[:0], revisions()[:0], ENGLISH).fig
    assert points(drawn) <= style.MAX_POINTS


def test_moments_stand_on_the_newsrooms_clock() -> None:
    fig = figures.article_curve(curve(), observations(), revisions(), ENGLISH, "Asia/Almaty").fig
    marks = next(trace for trace in fig.data if trace.name == "readings")
    assert "1 May 2024, 15:00" in marks.hovertext[0], "10:00 UTC"


# -- two questions ---
def test_added_up_ends_with_the_sum_and_leaves_the_unknown_out() -> None:
    rows = gained()
    rows.loc[2, "views"] = pd.NA
    figure = figures.views_gained(rows, "day", ENGLISH, cumulative=True)
    (line,) = figure.fig.data
    assert list(line.y) == [100, 300, None, 700, 1200]
    assert "In 1 bucket nothing was read." in figure.subtitle


@pytest.mark.parametrize(
    ("figure", "question"),
    [
        (figures.views_gained(gained(), "day", ENGLISH), "Read in the period"),
        (figures.views_by_publication(published(), "day", ENGLISH), "Published in the period"),
        (figures.views_at_age(at_age(), "day", "median", ENGLISH), "Published in the period"),
    ],
)
def test_each_figure_says_which_question_it_answers(figure: figures.Figure, question: str) -> None:
    assert figure.subtitle.startswith(question)


def test_young_articles_are_hatched_and_not_a_fall() -> None:
    figure = figures.views_by_publication(published(), "day", ENGLISH, young=date(2024, 5, 4)).fig
    (hatched,) = [trace for trace in figure.data if trace.marker.pattern.shape]
    assert [x.day for x in hatched.x] == [4, 5]


def test_at_one_age_the_denominator_is_said_and_days_too_young_are_shaded() -> None:
    figure = figures.views_at_age(at_age(), "day", "mean", ENGLISH, (date(2024, 5, 1), date(2024, 5, 9)))
    assert "mean of views at the age of 24 h" in figure.subtitle
    assert "known for 10 of 15 articles" in figure.subtitle
    (shade,) = figure.fig.layout.shapes
    assert shade.x0.startswith("2024-05-05"), "half a day before 6 May, as bars stand on their start"
    assert "in all" not in figure.alt, "means don't add up"
    assert not figures.views_at_age(at_age(), "day", "sum", ENGLISH, (None, date(2024, 5, 6))).fig.layout.shapes


def test_the_highest_figure_is_written_on_it() -> None:
    texts = [note.text for note in figures.views_gained(gained(), "day", ENGLISH).fig.layout.annotations]
    assert texts == ["500"]


@pytest.mark.parametrize("n", [300, 9000])
def test_two_years_of_hours_stay_below_2000_points(n: int) -> None:
    rows = gained(n).assign(views=pd.array([7] * n, dtype="Int64"))
    rows.loc[n // 3, "views"] = 10**6
    fig = figures.views_gained(rows, "hour", ENGLISH).fig
    assert points(fig) <= style.MAX_POINTS
    assert max(sum(filter(None, ys)) for ys in zip(*(t.y for t in fig.data[:2]), strict=False)) >= 10**6


# -- notes ---
def test_notes_stand_where_their_moment_is_on_the_bars() -> None:
    noted = ((datetime(2024, 5, 2, 12), f"{NASTY} relaunch"),)
    fig = figures.views_gained(gained(), "day", ENGLISH, notes=noted).fig
    (line,) = fig.layout.shapes
    assert line.x0 == "2024-05-02 00:00:00", "noon is the middle of the bar of the day"
    assert "&lt;img" in fig.layout.annotations[-1].text
    assert "2 May 2024, 12:00" in fig.layout.annotations[-1].hovertext
    assert "<img" not in fig.to_json()


def test_only_the_newest_notes_are_drawn() -> None:
    noted = tuple((datetime(2024, 5, 1 + n % 5, n % 24), str(n)) for n in range(100))
    assert len(figures.views_gained(gained(), "day", ENGLISH, notes=noted).fig.layout.shapes) == MAX_NOTES


def test_an_article_shows_the_notes_of_its_life_only() -> None:
    noted = ((datetime(2024, 5, 2), "within"), (datetime(2030, 1, 1), "long after"))
    fig = figures.article_curve(curve(), observations(), revisions(), ENGLISH, "UTC", noted).fig
    texts = [note.text for note in fig.layout.annotations]
    assert "within" in texts
    assert "long after" not in texts


# -- publishing ---
def test_one_loud_hour_does_not_take_the_colour_from_the_others() -> None:
    rows = week().astype({"views_per_hour": float})
    rows.loc[30, "views_per_hour"] = 1e6
    figure = figures.hour_weekday(rows, "views_per_hour", ENGLISH)
    assert figure.fig.data[0].zmax < 100
    assert "1,000,000" in figure.subtitle


def test_the_clock_says_when_most_is_published_and_read() -> None:
    rows = week().assign(articles_published=0)
    rows.loc[rows["hour"] == 9, "articles_published"] = 3
    figure = figures.publishing_clock(rows, ENGLISH)
    assert figure.alt.startswith("Most is published 09:00–10:00 (100 % of the articles), most is read 23:00–00:00")
    assert sum(share for share in figure.fig.data[1].y) == pytest.approx(1)


@pytest.mark.parametrize("code", LANGUAGES)
def test_weekdays_and_hours_have_names(code: str) -> None:
    rows = shares().assign(value=["1", "7"], articles=[3, 2])
    figure = figures.output_and_result(rows, "weekday", Language(code))
    assert list(figure.fig.layout.yaxis.ticktext) == [Language(code).weekdays("wide")[n] for n in (0, 6)]
    assert figures.output_and_result(rows, "hour", ENGLISH).fig.layout.yaxis.ticktext[1] == "07:00–08:00"


def test_articles_without_a_group_are_counted() -> None:
    rows = pd.concat([shares().assign(articles=[3, 2]), pd.DataFrame({"value": [None], "articles": [4]})])
    assert "4 articles in none of them are not drawn." in figures.output_and_result(rows, "section", ENGLISH).subtitle
