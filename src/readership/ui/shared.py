"""What links show: a page of figures of one selection, or one figure alone; and the form that makes links.

A visitor never runs the pages that people with a login see. What can be shared is listed here, one by one: figures that
follow from the link's selection alone, without the days before it, the articles beside it or the newest hours.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from readership import figures
from readership.accounts import links, login
from readership.accounts.people import Limit, Role
from readership.errors import ReadershipError, Refused
from readership.figures import Figure
from readership.i18n import mark
from readership.queries import Selection
from readership.ui import bar, context, names, who
from readership.ui.article import article_facts, article_head, article_id
from readership.ui.context import say
from readership.ui.data import draw, fetch
from readership.ui.parts import fitting_grain
from readership.ui.show import show, table
from readership.ui.text import one_line, plain

Drawn = tuple[Figure, pd.DataFrame]
TABLE = ["published_local", "title", "views", "section", "authors", "url"]
MAX_ROWS, DAYS = 200, 30
_MADE, _PROBLEM = "link_made", "link_problem"


def _views_gained(selection: Selection) -> Drawn:
    bucket = fitting_grain(selection)
    rows = fetch("views_gained", selection, grain=bucket)
    days = (selection.since, selection.until)
    return draw(figures.views_gained, rows, bucket, context.current().language, days), rows


def _hours(measure: str) -> Callable[[Selection], Drawn]:
    def drawn(selection: Selection) -> Drawn:
        rows = fetch("hour_weekday", selection)
        return draw(figures.hour_weekday, rows, measure, context.current().language), rows

    return drawn


def _clock(selection: Selection) -> Drawn:
    rows = fetch("hour_weekday", selection)
    return draw(figures.publishing_clock, rows, context.current().language), rows


def _groups(dimension: str) -> Callable[[Selection], Drawn]:
    def drawn(selection: Selection) -> Drawn:
        rows = _group_rows(selection, dimension)
        return draw(figures.breakdown, rows, "full", context.current().language), rows

    return drawn


def _map(selection: Selection) -> Drawn:
    rows = _group_rows(selection, "country")
    return draw(figures.world_map, rows, "views_full", selection.countries, context.current().language), rows


def _group_rows(selection: Selection, dimension: str) -> pd.DataFrame:
    return names.named(fetch("group_views", selection, dimension=dimension, home="without"), dimension)


def _sources(selection: Selection) -> Drawn:
    rows = names.named(fetch("release_dependence", selection), "source", "source")
    return draw(figures.releases, rows, context.current().language), rows


def _output(selection: Selection) -> Drawn:
    rows = fetch("publishing", selection, by="section")
    return draw(figures.output_and_result, rows, "section", context.current().language), rows


FIGURES: dict[str, tuple[str, Callable[[Selection], Drawn]]] = {
    "views-gained": (mark("Views gained"), _views_gained),
    "hours-read": (mark("When we are read"), _hours("views_per_hour")),
    "hours-published": (mark("When we publish"), _hours("articles_published")),
    "publishing-clock": (mark("Publishing clock"), _clock),
    "output-and-result": (mark("Output and result by section"), _output),
    "topics": (mark("Topics"), _groups("topic")),
    "authors": (mark("Authors"), _groups("author")),
    "countries-map": (mark("Map of countries"), _map),
    "countries": (mark("Countries"), _groups("country")),
    "sources": (mark("Sources"), _sources),
}
"""What can be shown through a link: names in links, for people, and how each is made."""
PAGES = {
    "overview": mark("Overview"),
    "articles": mark("Articles"),
    "topics": mark("Topics"),
    "countries": mark("Countries"),
    "authors": mark("Authors"),
    "sources": mark("Sources"),
    "publishing": mark("Publishing"),
}
"""Names for people of the pages of `links.PAGES`."""


# -- what a visitor sees -----------------------------------------------------------------------------------------------
def shared_head() -> Selection:
    """Title, selection in words, as-of moment; of an embed nothing but its one figure, and the end.

    Returns:
        The link's selection.
    """
    asking, run = who.reader(), context.current()
    limit = _limit(asking.limit)
    selection = links.limited(asking, Selection())
    if limit.figure:
        _alone(limit.figure, selection)
        st.stop()
    st.title(plain(asking.name) or say(PAGES[limit.page]), anchor=False)
    st.caption(say("Selected: {words}", words=plain(bar.in_words(selection))))
    if run.edition is None:
        st.info(say("Nothing has been published yet, so there is nothing to show."), icon=":material/inbox:")
        return selection
    st.caption(_as_of())
    _count(limit.link)
    return selection


def _limit(limit: Limit | None) -> Limit:
    """The link's limit, known to this version."""
    known = limit and limit.page in PAGES and (limit.figure is None or limit.figure in FIGURES)
    if limit is None or not known:
        raise Refused("This link was made by another version.", "Ask for a new one where you got it.")
    return limit


def _alone(figure: str, selection: Selection) -> None:
    if context.current().edition is None:
        st.info(say("Nothing has been published yet, so there is nothing to show."), icon=":material/inbox:")
        return
    drawn, rows = FIGURES[figure][1](selection)
    show(drawn, rows, figure)
    st.caption(f"{plain(bar.in_words(selection))} · {_as_of()}")
    _count(_limit(who.reader().limit).link)


def _as_of() -> str:
    run = context.current()
    return say("As of {moment} ({zone})", moment=run.language.moment(run.as_of, run.zone), zone=plain(run.zone))


def _count(link: str) -> None:
    """Note once a session that the link was opened; that it can't be noted is no reason to show less."""
    if st.session_state.get("link_counted") == link:
        return
    st.session_state["link_counted"] = link
    try:
        links.used(context.current().settings, link, login.now())
    except ReadershipError:
        return


def shared_figures(selection: Selection) -> None:
    """The selection in figures, and the figures of the link's page."""
    row, language = fetch("key_figures", selection).iloc[0], context.current().language
    with st.grid(4, min_column_width=190, key="shared_numbers"):
        st.metric(say("Articles"), language.number(row["articles"]), border=True)
        st.metric(say("Views gained in the period"), language.number(row["gained"]), border=True)
        st.metric(say("Views of these articles to date"), language.number(row["views"]), border=True)
    if not row["articles"]:
        return
    for name in links.PAGES[_limit(who.reader().limit).page]:
        drawn, rows = FIGURES[name][1](selection)
        show(drawn, rows, name)


def shared_article(selection: Selection) -> None:
    """The article chosen in the table, when it is one of the selection; of any other nothing."""
    site, _, key = _asked().partition("/")
    if not key:
        return
    if fetch("within", selection, site=site, article_key=key).empty:
        st.info(say("That article isn't part of this link."), icon=":material/link_off:")
        return
    facts = fetch("article", site=site, article_key=key)
    article, language, zone = article_id(facts), context.current().language, context.zone()
    article_head(facts)
    curve, observations = fetch("article_curve", article=article), fetch("article_observations", article=article)
    revisions = fetch("article_revisions", article=article)
    drawn = draw(figures.article_curve, curve, observations, revisions, language, zone, ())
    show(drawn, curve, "article-curve")
    article_facts(facts)


def _asked() -> str:
    if target := st.session_state.pop(context.OPEN, None):
        st.query_params["article"] = "/".join(target)
    return str(st.query_params.get("article") or "")


def shared_rows(selection: Selection) -> None:
    """The articles of the selection, those with most views first."""
    rows = fetch("articles", selection, order="views", limit=MAX_ROWS)
    table(rows, "articles", TABLE, title=say("Articles"), opens=True)


# -- making links ------------------------------------------------------------------------------------------------------
def share_button() -> None:
    """Opens the form that makes a link of what is selected."""
    if st.button(say("Share this"), icon=":material/link:", type="tertiary", key="share"):
        st.session_state.pop(_MADE, None)
        _dialog()


def _dialog() -> None:
    st.dialog(say("A link for others"))(_form)()


def _form() -> None:
    who.require(Role.READER)
    selection = bar.selection()
    st.caption(
        say(
            "Whoever has the link sees this selection and nothing beyond: {words}", words=plain(bar.in_words(selection))
        )
    )
    with st.form("share_form", border=False):
        st.text_input(say("Title"), max_chars=links.MAX_TITLE, key="share_title")
        pages = {f"page/{name}": say("Page: {name}", name=say(label)) for name, label in PAGES.items()}
        alone = {
            f"figure/{name}": say("Only the figure: {name}", name=say(label)) for name, (label, _) in FIGURES.items()
        }
        labels = pages | alone
        st.selectbox(say("What it shows"), list(labels), format_func=labels.__getitem__, key="share_what")
        st.number_input(say("Days it is valid"), 1, 366, DAYS, key="share_days")
        st.form_submit_button(say("Make the link"), type="primary", on_click=_make, args=(selection,))
    if problem := st.session_state.pop(_PROBLEM, None):
        st.warning(problem)
    if made := st.session_state.get(_MADE):
        st.code(made[0], language=None, wrap_lines=True)
        if made[1]:
            st.caption(say("To embed the figure in a page of yours:"))
            st.code(made[1], language="html", wrap_lines=True)


def _make(selection: Selection) -> None:
    """Make the link that the form describes; whether this person may is asked here again."""
    state, settings, now = st.session_state, context.current().settings, login.now()
    kind, _, name = str(state.get("share_what")).partition("/")
    try:
        page, figure = (name, None) if kind == "page" else (links.page_of(name), name)
        _link, text = links.add(
            settings, selection, who.require(Role.READER), title=one_line(state.get("share_title") or ""), page=page,
            figure=figure, days=int(state.get("share_days") or 0), now=now,
        )  # fmt: skip
    except ReadershipError as problem:
        state[_PROBLEM] = words_of(problem)
        return
    state[_MADE] = (address(text), embed(text) if figure else "")


def words_of(problem: ReadershipError) -> str:
    """What went wrong, in the reader's language."""
    if isinstance(problem, Refused):
        return say("You may not do this, or not any more. Nothing was changed.")
    return say("Nothing was changed: it can't be written at this moment, or isn't there any more. Try again.")


def address(text: str) -> str:
    """The address of a link's text, under the name by which this reader reached the server."""
    parts = urlsplit(str(st.context.url or ""))
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{parts.scheme}://{parts.netloc}/{base + '/' if base else ''}?link={text}"


def embed(text: str) -> str:
    """The element that shows an embed in another page."""
    return f'<iframe src="{address(text)}&amp;embed=true" width="100%" height="560" style="border:0"></iframe>'
