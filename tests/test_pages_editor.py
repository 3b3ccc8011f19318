"""The editor's pages: comparisons, two questions and one switch, an article among its kind, notes on charts."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from readership import queries, settings
from readership.accounts import annotations
from readership.queries import Selection
from readership.ui.columns import COLUMNS
from readership.ui.compare import LABELS as AGAINST
from readership.ui.server import SCRIPT
from test_pages import bare, opened, sound

LIFE = "el.kz"


@pytest.fixture
def app(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


@pytest.fixture
def state(newsroom: Path) -> Iterator[settings.Settings]:
    """The newsroom's settings; what a test writes into its state is gone afterwards."""
    own = settings.load({"READERSHIP_DATA": str(newsroom)})
    yield own
    for path in newsroom.glob("state.sqlite*"):
        path.unlink()


def control(app: AppTest, key: str):  # type: ignore[no-untyped-def]
    return next(found for found in app.get("segmented_control") if found.key == key)


def subtitles(app: AppTest) -> str:
    return bare(" ".join(caption.value for caption in app.caption))


def words(app: AppTest) -> str:
    return bare(" ".join(text.value for text in app.markdown))


def fetched(data: Path, name: str, **params: object):  # type: ignore[no-untyped-def]
    edition = queries.current(settings.load({"READERSHIP_DATA": str(data)}))
    assert edition
    return queries.fetch(name, Selection(), edition, **params)


def test_the_overview_begins_with_how_usual_now_is(app: AppTest) -> None:
    app.run()
    sound(app)
    assert re.search(r"by \d\d:\d\d: [\d,]+ views, .* (at this hour|4 are needed)", words(app))


@pytest.mark.parametrize("against", AGAINST)
def test_every_comparison_says_its_days_or_that_it_is_unknown(app: AppTest, against: str) -> None:
    app.run()
    app.selectbox(key="compare_choice").set_value(against).run()
    sound(app)
    gained = app.metric[1]
    assert gained.delta == "not comparable" or re.fullmatch(r"[+-]?\d+ %|×[\d.,]+", gained.delta)
    assert "Infinity" not in gained.delta
    assert "nan" not in gained.delta


@pytest.mark.parametrize(("against", "shifts"), [("previous", [7]), ("mean4", [7, 14, 21, 28])])
def test_means_at_one_age_are_of_all_articles_known_at_it(
    app: AppTest, newsroom: Path, against: str, shifts: list[int]
) -> None:
    app.query_params["period"] = "7d"
    app.run()
    app.selectbox(key="compare_choice").set_value(against).run()
    since = date.fromisoformat(str(app.session_state["readership_run"].tomorrow)) - timedelta(days=7)
    now, then = (mean_at_24h(newsroom, [since - timedelta(days=shift) for shift in part]) for part in ([0], shifts))
    shown = app.metric[2]
    assert shown.value == (f"{now[0]:,.0f}" if now[1] else "—")
    assert f"then {then[0]:,.0f} ({then[1]} articles)" in shown.proto.delta_description


def mean_at_24h(data: Path, weeks: list[date]) -> tuple[float, int]:
    """Mean views at 24 h of the articles of the weeks that begin on these days, and their number."""
    edition = queries.current(settings.load({"READERSHIP_DATA": str(data)}))
    assert edition
    views = known = 0
    for since in weeks:
        chosen = Selection(since=since, until=since + timedelta(days=7))
        rows = queries.fetch("views_at_age", chosen, edition, age="24", grain="day")
        views, known = views + rows["views"].sum(), known + rows["known"].sum()
    return (views / known if known else 0), int(known)


def test_growing_totals_are_never_compared(app: AppTest) -> None:
    app.run()
    assert app.metric[3].label == "Views of these articles to date"
    assert app.metric[3].delta == "still growing"


def test_without_dates_there_is_nothing_to_compare_with(app: AppTest) -> None:
    app.query_params["period"] = "all"
    app.run()
    sound(app)
    assert [metric.delta for metric in app.metric][:3] == ["", "", ""]
    assert not any("Beside" in caption.value for caption in app.caption)


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
@pytest.mark.parametrize("shape", ["bucket", "sum"])
def test_read_in_the_period_by_any_bucket(app: AppTest, grain: str, shape: str) -> None:
    app.run()
    control(app, "series_shape").set_value(shape)
    control(app, "grain_series_read_day").set_value(grain).run()
    sound(app)
    assert "Read in the period: views gained" in subtitles(app)
    assert ("Added up from the first day." in subtitles(app)) == (shape == "sum")


@pytest.mark.parametrize("shape", ["bucket", "sum"])
@pytest.mark.parametrize("age", ["now", "24", "168"])
def test_published_in_the_period_to_date_or_at_one_age(app: AppTest, age: str, shape: str) -> None:
    app.run()
    control(app, "series_shape").set_value(shape)
    control(app, "series_chart").set_value("published").run()
    app.selectbox(key="series_age").set_value(age).run()
    sound(app)
    wanted = "views to date" if age == "now" else "views at the age of"
    assert re.search(f"Published in the period: .*{wanted}", subtitles(app))


def test_a_fixed_age_takes_sum_mean_and_median(app: AppTest) -> None:
    app.run()
    control(app, "series_chart").set_value("published").run()
    app.selectbox(key="series_age").set_value("24").run()
    for basis in ("median", "mean", "sum"):
        control(app, "series_basis").set_value(basis).run()
        sound(app)
        assert f"Published in the period: {basis} of views" in subtitles(app)


def test_a_link_keeps_what_the_charts_show(app: AppTest) -> None:
    asked = {"chart": "published", "bucket": "week", "age": "24", "basis": "mean"}
    app.query_params.update(asked | {"shape": "bucket"})
    app.run()
    sound(app)
    assert "Published in the period: mean of views at the age of 24 h, by week" in subtitles(app)
    assert {name: app.query_params[name] for name in asked} == asked
    assert "shape" not in app.query_params, "what is so by default needs no name"
    control(app, "series_chart").set_value("read").run()
    assert "Read in the period: views gained" in subtitles(app)
    assert "chart" not in app.query_params


def test_a_link_that_means_nothing_shows_the_default(app: AppTest) -> None:
    app.query_params["chart"], app.query_params["bucket"] = "<b>", "century"
    app.run()
    sound(app)
    assert "Read in the period: views gained by day" in subtitles(app)
    assert "chart" not in app.query_params


def test_a_bucket_chosen_for_a_month_does_not_hold_for_a_year(app: AppTest) -> None:
    app.run()
    control(app, "grain_series_read_day").set_value("hour").run()
    assert app.query_params["bucket"] == "hour"
    control(app, "bar_w_period").set_value("365d").run()
    assert "Read in the period: views gained by week" in subtitles(app)
    assert "bucket" not in app.query_params


@pytest.mark.parametrize("by", ["section", "language", "weekday", "hour"])
def test_output_and_result_by_each_group(app: AppTest, by: str) -> None:
    opened(app, "publishing")
    control(app, "series_by").set_value(by).run()
    sound(app)
    table = app.dataframe[-1].value
    assert table["name"].notna().any()
    assert table["share_of_articles"].sum() == pytest.approx(1)


@pytest.mark.parametrize("order", ["published", "views", "read", "title"])
def test_articles_stand_beside_their_states_in_the_same_order(app: AppTest, newsroom: Path, order: str) -> None:
    app.query_params["period"] = "all"
    opened(app, "articles", period="all")
    control(app, "series_order").set_value(order).run()
    sound(app)
    shown = app.dataframe[-1].value
    rows = fetched(newsroom, "articles", order=order)
    states = fetched(newsroom, "states", order=order).set_index("article")
    assert list(shown["article_key"]) == list(rows["article_key"])
    compared = shown[shown["index"].notna()]
    for article, index in zip(compared["article"], compared["index"], strict=True):
        assert index == pytest.approx(states.loc[article, "index"])


def test_an_article_says_how_it_stands_and_what_is_near(app: AppTest, newsroom: Path) -> None:
    rows = fetched(newsroom, "articles", order="views")
    for key in rows.loc[rows["site"] == LIFE, "article_key"].head(6):
        opened(app, "article", article=f"{LIFE}/{key}")
        sound(app)
        assert re.search("times the median of|can't be compared|nothing to compare|no age at which", words(app))
        assert len(app.get("plotly_chart")) == 2
        assert "Related articles" in [heading.value for heading in app.subheader]


def test_every_column_of_answers_asked_by_parts_has_a_name(newsroom: Path) -> None:
    for name, params in (("views_gained", {}), ("views_by_publication", {}), ("views_at_age", {}), ("related", {})):
        assert set(fetched(newsroom, name, **params).columns) - set(COLUMNS) - {"article"} == set()


# -- notes ---
def write(app: AppTest, text: str, at: datetime = datetime(2026, 11, 10, 12)) -> None:
    app.datetime_input(key="note_at").set_value(at)
    app.text_input(key="note_text").set_value(text)
    button(app, "Add the note").click().run()


def button(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(found for found in app.button if found.label == label)


def drawn(app: AppTest) -> list[str]:
    """What is written on the first chart."""
    layout = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]
    return [note["text"] for note in layout.get("annotations", [])]


def test_a_note_is_written_shown_changed_and_taken_away(app: AppTest, state: settings.Settings) -> None:
    app.run()
    write(app, "Front page <b>relaunched</b>")
    sound(app)
    (note,) = annotations.listed(state)
    assert note.at == datetime(2026, 11, 10, 7, tzinfo=UTC), "12:00 in Almaty"
    assert "Front page &lt;b&gt;relaunched&lt;/b&gt;" in drawn(app)
    assert "Front page <b>relaunched</b>" in words(app)
    assert app.text_input(key="note_text").value == ""

    app.button(key=f"note_edit_{note.id}").click().run()
    assert app.text_input(key="note_text").value == note.text
    app.text_input(key="note_text").set_value("Relaunch")
    control(app, "note_scope").set_value("personal")
    button(app, "Save the change").click().run()
    sound(app)
    (changed,) = annotations.listed(state)
    assert (changed.id, changed.text, changed.scope, changed.at) == (note.id, "Relaunch", "personal", note.at)
    assert "Relaunch" in drawn(app)

    app.button(key=f"note_edit_{note.id}").click().run()
    button(app, "Take it away").click().run()
    sound(app)
    assert annotations.listed(state) == []
    assert "Relaunch" not in drawn(app)


def test_a_note_outside_the_chosen_days_is_not_drawn(app: AppTest, state: settings.Settings) -> None:
    app.run()
    write(app, "Long before", datetime(2020, 1, 1, 12))
    assert len(annotations.listed(state)) == 1
    assert "Long before" not in drawn(app)


def test_a_note_without_words_is_refused_in_words(app: AppTest, state: settings.Settings) -> None:
    app.run()
    write(app, "   ")
    sound(app)
    assert any("a note needs a moment and words" in warning.value for warning in app.warning)
    assert annotations.listed(state) == []


def test_notes_that_cannot_be_read_leave_the_page_whole(app: AppTest, state: settings.Settings) -> None:
    state.state.write_bytes(b"no database" * 500)
    app.run()
    sound(app)
    assert "The notes can't be read" in subtitles(app)
    assert len(app.metric) == 4


def test_a_note_waits_for_another_writer_and_says_so(
    app: AppTest, state: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()
    write(app, "First")
    monkeypatch.setattr("readership.accounts.state.WAIT_S", 0.05)
    holder = sqlite3.connect(state.state, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        write(app, "Second")
        sound(app)
        assert any("somebody else is writing" in warning.value for warning in app.warning)
        assert app.text_input(key="note_text").value == "Second", "what was typed is kept"
    finally:
        holder.close()
