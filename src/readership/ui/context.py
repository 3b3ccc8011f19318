"""What one run of the script stands on: settings, the reader's language, the edition, the clock's zone.

The router fixes it at the start of a run, so that a new edition never mixes with the old one on one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from readership import i18n, queries, settings

LANGUAGE, SWITCH = "readership_lang", "strip_language"
OPEN = "readership_open"
PAGE = "readership_shown"
"""Under this name the session knows the page that is shown, by its file."""
_RUN = "readership_run"


@dataclass(frozen=True)
class Run:
    """One run of the script.

    Attributes:
        edition: the published edition that every query of the run reads; None when nothing is published.
        zone: IANA zone in which moments are shown.
    """

    settings: settings.Settings
    language: i18n.Language
    edition: queries.Edition | None
    zone: str

    @property
    def as_of(self) -> datetime | None:
        """The newest reading of the edition; None when it has none."""
        return datetime.fromisoformat(self.edition.as_of) if self.edition and self.edition.as_of else None

    @property
    def today(self) -> date:
        """The local day of the as-of moment: the last day there can be figures for."""
        return self.day_in(self.zone)

    def day_in(self, zone: str) -> date:
        """The last day in that zone there can be figures for; a reading at midnight ends the day before."""
        moment = self.as_of - timedelta(seconds=1) if self.as_of else datetime.now(UTC)
        return moment.astimezone(ZoneInfo(zone)).date()

    @property
    def tomorrow(self) -> date:
        """The first day after `today`: where half-open ranges end."""
        return self.today + timedelta(days=1)


def start() -> Run:
    """Fix the run: called once by the router, before anything is drawn."""
    if by_history():
        for key in (LANGUAGE, SWITCH):
            st.session_state.pop(key, None)
    own = settings.load()
    edition = queries.current(own)
    run = Run(settings=own, language=language(), edition=edition, zone=_zone(edition))
    st.session_state[_RUN] = run
    _put_at_hand(run)
    return run


def current() -> Run:
    """The run as the router fixed it; a page that runs by itself fixes its own."""
    at_hand: Run | None = getattr(get_script_run_ctx(), _RUN, None)
    return at_hand or _put_at_hand(st.session_state.get(_RUN) or start())


def _put_at_hand(run: Run) -> Run:
    """Keep the run where this run of the script finds it at once: it is asked for with every text."""
    if (context := get_script_run_ctx()) is not None:
        setattr(context, _RUN, run)
    return run


def has_edition() -> bool:
    """Whether anything has been published."""
    return current().edition is not None


def zone() -> str:
    """IANA zone in which moments are shown."""
    return current().zone


def is_board() -> bool:
    """Whether a newsroom screen asked for the page (`?board=1`): large figures, nothing to click."""
    return bool(st.query_params.get("board") == "1")


def by_history() -> bool:
    """Whether this run shows an address that the reader went Back or Forward to."""
    run = get_script_run_ctx()
    return bool(run and run.is_history_navigation)


def newest_edition() -> queries.Edition | None:
    """The edition that is current at this moment, whatever the run reads."""
    return queries.current(settings.load())


def language() -> i18n.Language:
    """The interface language: the newsroom's setting, else the reader's choice (URL or switch), else the browser's."""
    wish = st.query_params.get("lang")
    if LANGUAGE not in st.session_state and wish in i18n.LANGUAGES:
        st.session_state[LANGUAGE] = wish
    return i18n.choose(settings.load().language, st.session_state.get(LANGUAGE), st.context.locale)


def say(msgid: str, **values: object) -> str:
    """The message in the interface language; values from outside must come through `plain` when Markdown is read."""
    return current().language.say(msgid, **values)


def say_n(singular: str, plural: str, n: int, **values: object) -> str:
    """The message in the form that `n` asks for."""
    return current().language.say_n(singular, plural, n, **values)


def _zone(edition: queries.Edition | None) -> str:
    """The newsroom's zone: that of the site with the most articles in the edition."""
    if edition is None:
        return "UTC"
    return str(_main_zone(str(edition.path), edition))


@st.cache_resource(show_spinner=False, max_entries=16)  # type: ignore[untyped-decorator]
def _main_zone(path: str, _edition: queries.Edition) -> str:
    return queries.main_zone(_edition)
