"""The frame of every page: navigation, header strip, selection bar, renewal; and the one table of pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from readership.accounts.people import Person, Role
from readership.errors import ReadershipError
from readership.i18n import LANGUAGES, Language, mark
from readership.ui import bar, choices, compare, context, drill, header, login, views, who
from readership.ui.context import is_board, say

FOLDER = Path(__file__).resolve().parents[3] / "pages"
RENEW_S = 20


@dataclass(frozen=True)
class Entry:
    """A page: its file in `pages/`, its name in the navigation, and whether the selection bar stands above it.

    Attributes:
        hidden: opened from other pages and by its URL only.
        role: who may open it; anybody else is told so, and nothing of the page is run.
    """

    file: str
    title: str
    bar: bool = True
    hidden: bool = False
    role: Role = Role.READER

    @property
    def path(self) -> Path:
        """The page's file."""
        return FOLDER / f"{self.file}.py"


PAGES = (
    Entry("overview", mark("Overview")),
    Entry("articles", mark("Articles")),
    Entry("article", mark("Article"), bar=False, hidden=True),
    Entry("topics", mark("Topics")),
    Entry("countries", mark("Countries")),
    Entry("authors", mark("Authors")),
    Entry("sources", mark("Sources")),
    Entry("publishing", mark("Publishing")),
    Entry("rates", mark("Rates")),
    Entry("data", mark("Data"), bar=False),
    Entry("sql", mark("SQL"), bar=False, role=Role.ANALYST),
    Entry("admin", mark("Admin"), bar=False, role=Role.ADMIN),
)
SHARED = Entry("shared", mark("Shared"), bar=False, hidden=True, role=Role.VISITOR)
"""The only page that a visitor's link opens, whatever the address names."""


def run() -> None:
    """One run of the app: everything that surrounds a page, then the page."""
    st.set_page_config(layout="wide", menu_items=None)
    now = context.start()
    who.forget()
    try:
        asking = who.reader()
    except ReadershipError as error:
        login.door(error)
        return
    if asking.limit:
        _visit()
        return
    board = is_board()
    links = {entry: _link(entry, asking) for entry in PAGES}
    page = st.navigation(list(links.values()), position="hidden" if board else "top")
    _follow(links)
    entry = next(entry for entry, link in links.items() if link.url_path == page.url_path)
    st.session_state[context.PAGE] = entry.file
    views.follow({one.file: link for one, link in links.items() if asking.may(one.role)}, entry.file)
    choices.follow()
    chosen = bar.current() if now.edition else None
    if not board:
        header.draw(sharing=bool(chosen and entry.bar and asking.may(entry.role)))
        if chosen and entry.bar:
            bar.draw(compare.control, views.control)
    if chosen:
        bar.write_url(without=() if entry.file == "article" else ("article",))
    renew()
    if not board:
        drill.listed()
    if board and chosen:
        st.caption(bar.described(chosen))
    if not asking.may(entry.role):
        login.not_yours(entry.role)
    elif chosen and chosen.unread and entry.bar:
        bar.refuse(chosen)
    else:
        page.run()


def _visit() -> None:
    """A visitor's run: the one page, under every address, without navigation, strip and bar."""
    title, addresses = say(SHARED.title), (SHARED.file, *(entry.file for entry in PAGES))
    pages = [
        st.Page(SHARED.path, title=title, url_path=address, default=address == SHARED.file, visibility="hidden")
        for address in addresses
    ]
    page = st.navigation(pages, position="hidden")
    renew()
    st.session_state[context.PAGE] = SHARED.file
    page.run()


def _link(entry: Entry, asking: Person) -> st.Page:
    return st.Page(
        entry.path,
        title=say(entry.title),
        url_path=entry.file,
        default=entry is PAGES[0],
        visibility="visible" if asking.may(entry.role) and not entry.hidden else "hidden",
    )


def _follow(links: dict[Entry, st.Page]) -> None:
    """Go where a click in a table led; here, since the table's own callback can't change pages."""
    if target := st.session_state.pop(context.OPEN, None):
        entry = next(entry for entry in PAGES if entry.file == "article")
        # With the choice: without it, the address would be left empty for a moment.
        st.switch_page(links[entry], query_params=bar.link(article="/".join(target)))


@st.fragment(run_every=RENEW_S)  # type: ignore[untyped-decorator]
def renew() -> None:
    """Ask now and then for a newer edition, and run once more when there is one; the reader's place stays."""
    newest, shown = context.newest_edition(), context.current().edition
    if newest and (shown is None or newest.number != shown.number):
        st.rerun(scope="app")


def warm() -> None:
    """Load what every page needs, before the first reader comes."""
    import plotly.graph_objects as go

    from readership import figures

    go.Figure(go.Scatter(x=[0], y=[0])).to_json()
    for code in LANGUAGES:
        Language(code).say(PAGES[0].title)
        Language(code).moment(datetime(2024, 1, 1, tzinfo=UTC), "UTC")
    assert figures
    context.newest_edition()
