"""The selection bar: the reader's filter as widgets, in words, and in the URL.

The URL is the selection's own (`Selection.to_url`), the same that exports and the command line speak; only a rolling
period (`period=28d`) is the bar's. The widgets are not bound to the URL by Streamlit, which would give them a second
dialect; the choice lives in the session and is written to the URL after each change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import streamlit as st

from readership.i18n import mark
from readership.queries import MODES, URL_NAMES, VALUES, Selection
from readership.queries.comparison import Comparison
from readership.queries.selection import MAX_TEXT
from readership.ui import context, names
from readership.ui.context import say
from readership.ui.data import fetch
from readership.ui.text import one_line, plain

PERIODS: dict[str, tuple[str, int | None]] = {
    "7d": (mark("7 days"), 7),
    "28d": (mark("28 days"), 28),
    "90d": (mark("90 days"), 90),
    "365d": (mark("12 months"), 365),
    "all": (mark("Everything"), None),
    "own": (mark("Own dates"), None),
}
DEFAULT = "28d"
_CHOICE, _WRITTEN, _PAGE = "readership_choice", "readership_url", "readership_page"
_LABELS = "readership_bar_labels"
_WIDGET = "bar_"
_FIELDS = {
    "section": ("sections", mark("Section")),
    "language": ("languages", mark("Language")),
    "site": ("sites", mark("Site")),
    "topic": ("topics", mark("Topic")),
    "country": ("countries", mark("Country")),
    "author": ("authors", mark("Author")),
    "source": ("sources", mark("Cited source")),
    "credit": ("credits", mark("Photo credit")),
}
_INLINE = ("topic", "country", "section", "language")
_RARER = ("author", "source", "credit", "site")
SEVERAL = ("topics", "countries", "authors", "sources", "credits")
"""Fields of which an article may have several values (or, for the last two, that are counted like them)."""
COMPARE = "compare"
_OURS = {"period", COMPARE, *URL_NAMES.values(), *(f"no_{URL_NAMES[name]}" for name in VALUES)}


@dataclass(frozen=True)
class Choice:
    """What the reader chose: a period by name, the selection (with days of its own only for the period `own`), and what
    it is compared with (None: key figures with the period before, nothing else; drawn by `ui/compare.py`)."""

    period: str
    selection: Selection
    compare: Comparison | None = None

    def resolved(self, tomorrow: date) -> Selection:
        """The selection with the period's days filled in, counted back from the last day with figures."""
        if self.period == "own":
            return self.selection
        length = PERIODS[self.period][1]
        since = tomorrow - timedelta(days=length) if length else None
        return replace(self.selection, since=since, until=tomorrow if length else None)

    def to_url(self) -> dict[str, list[str]]:
        """URL parameters; the default choice has none."""
        params: dict[str, list[str]] = {} if self.period in (DEFAULT, "own") else {"period": [self.period]}
        for name, value in self.selection.to_url():
            params.setdefault(name, []).append(value)
        return params | ({COMPARE: [str(self.compare)]} if self.compare else {})


def from_url(params: Mapping[str, list[str]]) -> Choice:
    """The choice that a URL makes; what can't be read is left out."""
    selection, _unknown = Selection.from_url(params)
    compare = _compare(params)
    if selection.since or selection.until:
        return Choice("own", selection, compare)
    wish = (params.get("period") or [DEFAULT])[-1]
    return Choice(wish if wish in PERIODS and wish != "own" else DEFAULT, selection, compare)


def _compare(params: Mapping[str, list[str]]) -> Comparison | None:
    try:
        return Comparison.read(params[COMPARE][-1]) if params.get(COMPARE) else None
    except ValueError:
        return None


def current() -> Choice:
    """The choice of this session: from the URL at first, from the widgets later, from the URL again after Back."""
    state, params = st.session_state, _params()
    if _CHOICE not in state:
        _set(from_url(params))
        return _stored()
    moved, ours = _from_widgets(_stored()), _ours(params)
    # Only when no widget changed can a URL other than the one written be the reader's doing (Back, Forward);
    # otherwise it is an older one that the browser had not replaced yet.
    went_back = moved == _stored() and state.get(_WRITTEN, ours) != ours and state.get(_PAGE) == st.context.url
    if went_back:
        _set(from_url(params))
    else:
        state[_CHOICE] = moved
    return _stored()


def selection() -> Selection:
    """The selection that pages ask their questions under."""
    return current_or_default().resolved(context.current().tomorrow)


def current_or_default() -> Choice:
    """The session's choice; when a page runs without the router, that of the URL."""
    choice: Choice | None = st.session_state.get(_CHOICE)
    return choice or from_url(_params())


def write_url() -> None:
    """Put the choice into the URL beside what else stands there (`lang`, `article`, `board`)."""
    kept = {name: values for name, values in _params().items() if name not in _OURS}
    if wish := st.session_state.get(context.LANGUAGE):
        kept["lang"] = [wish]
    params = kept | _stored().to_url()
    if params != _params():
        st.query_params.from_dict(params)
    st.session_state[_WRITTEN] = _ours(params)
    st.session_state[_PAGE] = st.context.url


def reset() -> None:
    """Back to the default period and no filter."""
    _set(Choice(DEFAULT, Selection()))


def change(**fields: Any) -> None:
    """Other values for fields of the selection, the rest as chosen: for callbacks of figures and tables."""
    choice = current_or_default()
    _set(replace(choice, selection=replace(choice.selection, **fields)))


def compare_with(comparison: Comparison | None) -> None:
    """Another comparison, the rest as chosen: for callbacks."""
    _set(replace(current_or_default(), compare=comparison))


def choose(params: Mapping[str, list[str]]) -> None:
    """The choice that such a URL makes: for callbacks that open a saved view."""
    _set(from_url(params))


def toggle(dimension: str, value: str) -> None:
    """Choose this one value of a dimension, or none when it is the chosen one already."""
    field = _FIELDS[dimension][0]
    chosen = getattr(current_or_default().selection, field)
    change(**{field: () if chosen == (value,) else (value,)})


def selected(*fields: str) -> bool:
    """Whether values are chosen, or left out, in any of these fields."""
    chosen = current_or_default().selection
    return any(getattr(chosen, f"{prefix}{field}") for field in fields for prefix in ("", "no_"))


def _ours(params: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What of the URL is the bar's; a page may keep parameters of its own there."""
    return {name: values for name, values in params.items() if name in _OURS}


def _stored() -> Choice:
    choice: Choice = st.session_state[_CHOICE]
    return choice


def _set(choice: Choice) -> None:
    st.session_state[_CHOICE] = choice
    for key in [key for key in st.session_state if isinstance(key, str) and key.startswith(_WIDGET + "w_")]:
        del st.session_state[key]


def _params() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _key(name: str) -> str:
    return f"{_WIDGET}w_{name}"


def _widget(name: str, fallback: Any) -> Any:
    return st.session_state.get(_key(name), fallback)


def _from_widgets(choice: Choice) -> Choice:
    """The stored choice with what the widgets that are on the page say."""
    chosen = choice.selection
    period = _widget("period", choice.period) or choice.period
    changes: dict[str, Any] = {
        field: _values(name, _widget(name, getattr(chosen, field))) for name, (field, _) in _FIELDS.items()
    }
    changes["text"] = one_line(_widget("text", chosen.text) or "")[:MAX_TEXT]
    changes["in_body"] = bool(_widget("in_body", chosen.in_body))
    changes["mode"] = _widget("mode", chosen.mode) or chosen.mode
    changes["question"] = _widget("question", chosen.question) or chosen.question
    since, until = _days(period, choice)
    return Choice(period, replace(chosen, since=since, until=until, **changes), choice.compare)


def _days(period: str, choice: Choice) -> tuple[date | None, date | None]:
    """First day and the day after the last of a period of one's own."""
    if period != "own":
        return None, None
    if choice.period != "own":
        resolved = choice.resolved(context.current().tomorrow)
        return resolved.since, resolved.until
    first = _widget("first", choice.selection.since)
    last = _widget("last", _before(choice.selection.until))
    if first and last and first > last:
        first, last = last, first
    return first, last + timedelta(days=1) if last else None


def _before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def draw(*controls: Callable[[Choice], None]) -> None:
    """The bar itself: widgets, then the selection in words with its reset.

    Args:
        controls: drawn beside the words: what else is part of the choice, or does something with it.
    """
    choice = current()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="bar"):
        _period(choice)
        for name in _INLINE:
            _many(name, choice)
        if choice.period == "own":
            _own_days(choice)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="bar_more_row"):
        _text(choice)
        _more(choice)
        for control in controls:
            control(choice)
        _words(choice)


def _more(choice: Choice) -> None:
    """The filters that are wanted less often; their values are counted only when they are looked at."""
    with st.popover(say("More"), key="bar_more", on_change="rerun") as opened:
        _question(choice)
        _mode(choice)
        st.checkbox(
            say("Look for the words in the whole text (slower)"), key=_seed("in_body", choice.selection.in_body)
        )
        if opened.open:
            for name in _RARER:
                _many(name, choice, width="stretch")


def _mode(choice: Choice) -> None:
    labels = mode_labels()
    st.segmented_control(
        say("Several topics, countries, authors or sources"),
        list(labels),
        key=_seed("mode", choice.selection.mode),
        format_func=labels.__getitem__,
        required=True,
    )


def mode_labels() -> dict[str, str]:
    """What several chosen values of a field mean, in the order of `MODES`."""
    return dict(zip(MODES, (say("any of them"), say("all of them"), say("only these")), strict=True))


def _seed(name: str, value: Any) -> str:
    """The widget's key, its value set from the choice when the widget is not on the page yet."""
    key = _key(name)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _period(choice: Choice) -> None:
    st.segmented_control(
        say("Period"),
        list(PERIODS),
        key=_seed("period", choice.period),
        format_func=lambda p: say(PERIODS[p][0]),
        required=True,
    )


def _own_days(choice: Choice) -> None:
    st.date_input(
        say("First day"), value=None, format="YYYY-MM-DD", width=140, key=_seed("first", choice.selection.since)
    )
    st.date_input(
        say("Last day"), value=None, format="YYYY-MM-DD", width=140, key=_seed("last", _before(choice.selection.until))
    )


def _text(choice: Choice) -> None:
    st.text_input(
        say("Words in title or lead"),
        key=_seed("text", choice.selection.text),
        max_chars=MAX_TEXT,
        width=220,
        placeholder=say("all words must occur"),
    )


def _question(choice: Choice) -> None:
    labels = {"published": say("published in the period"), "read": say("read in the period")}
    st.segmented_control(
        say("Articles that were"),
        list(labels),
        key=_seed("question", choice.selection.question),
        format_func=labels.__getitem__,
        required=True,
    )


def _many(name: str, choice: Choice, width: int | str = 178) -> None:
    field, label = _FIELDS[name]
    chosen = list(getattr(choice.selection, field))
    counts = _counts(name, choice)
    if not counts and not chosen:
        return
    options = list(counts) + [value for value in chosen if value not in counts]
    number = context.current().language.number
    labels = {value: f"{names.of(name, value)} ({number(counts.get(value, 0))})" for value in options}
    _remember(name, labels, chosen)
    st.multiselect(
        say(label),
        options,
        key=_seed(name, chosen),
        format_func=labels.__getitem__,
        placeholder=say("any"),
        width=width,
    )


def _remember(name: str, labels: Mapping[str, str], chosen: list[str]) -> None:
    """Keep which value each label stood for: the browser answers with labels, and counts and languages change.

    A chosen value whose label is another now is set anew, so that the browser shows that and answers with it.
    """
    kept: dict[str, dict[str, str]] = st.session_state.setdefault(_LABELS, {})
    before = kept.get(name, {})
    if any(before.get(labels[value], value if not before else None) != value for value in chosen):
        st.session_state[_key(name)] = chosen
    kept[name] = {label: value for label, value in before.items() if value in chosen} | {
        label: value for value, label in labels.items()
    }


def _values(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """The values that a widget's answer means; a label of an earlier run stands for its value still."""
    known = st.session_state.get(_LABELS, {}).get(name, {})
    return tuple(dict.fromkeys(known.get(one, one) for one in given))


def _counts(name: str, choice: Choice) -> dict[str, int]:
    """Values of a field and how many articles have each under the rest of the selection."""
    others = choice.resolved(context.current().tomorrow).without(_FIELDS[name][0])
    rows = fetch("options", others, field=name)
    return dict(zip(rows["value"], rows["articles"], strict=True))


def in_words(chosen: Selection) -> str:
    """The selection as a sentence in the interface language, its values by their names there."""
    language = context.current().language
    told: dict[str, Any] = {field: names.all_of(dimension, getattr(chosen, field)) for field, dimension in _both()}
    return replace(chosen, **told).words(language.translate, language.day)


def _both() -> list[tuple[str, str]]:
    """Fields of what is wanted and of what is not, each with what its values are."""
    return [(f"{prefix}{field}", name) for field, name in names.FIELDS.items() for prefix in ("", "no_")]


def _words(choice: Choice) -> None:
    run = context.current()
    with st.container(horizontal=True, vertical_alignment="center", key="bar_words"):
        st.caption(say("Selected: {words}", words=plain(in_words(choice.resolved(run.tomorrow)))), width="content")
        if choice != Choice(DEFAULT, Selection()):
            st.button(say("Reset selection"), type="tertiary", on_click=reset, key="bar_reset", icon=":material/close:")
