"""The selection bar: the reader's filter as widgets, in words, and in the URL.

The URL is the selection's own (`Selection.to_url`), the same that exports and the command line speak; only a rolling
period (`period=28d`) is the bar's. The widgets are not bound to the URL by Streamlit, which would give them a second
dialect; the choice lives in the session and is written to the URL after each change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from readership.i18n import mark
from readership.queries import MODES, URL_NAMES, VALUES, Selection
from readership.queries.clock import clock
from readership.queries.comparison import Comparison
from readership.queries.selection import LISTED, MAX_TEXT
from readership.queries.selection import SEVERAL as SEVERAL
from readership.ui import context, names
from readership.ui.context import say
from readership.ui.data import ASKED, fetch
from readership.ui.kept import Kept
from readership.ui.periods import DEFAULT as DEFAULT
from readership.ui.periods import OWN, span
from readership.ui.periods import PERIODS as PERIODS
from readership.ui.text import one_line, plain

_CHOICE = "readership_choice"
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
    "age_class": ("ages", mark("Age class")),
    "state": ("states", mark("State")),
}
_INLINE = ("topic", "country", "section", "language")
_FOLDED = ("section", "language")
"""Of these, the ones that stand in the menu where the window is narrow (`static/page.css` shows one or the other)."""
_RARER = ("author", "source", "credit", "site", "age_class", "state")
_NOT = "\0"
"""Stands before a value in a filter's list that is to be left out; no value from outside has it."""
_WIDEST = 16
"""Letters of a name in a list; the sentence below has it whole."""
_LONGEST = 500
"""Values of a field that are listed at most, as the query `options` has it."""
COMPARE = "compare"
_OURS = {"period", COMPARE, *URL_NAMES.values(), *(f"no_{URL_NAMES[name]}" for name in VALUES)}


@dataclass(frozen=True)
class Choice:
    """What the reader chose: a period by name, the selection (with days of its own only for the period `own`), and what
    it is compared with (None: key figures with the period before, nothing else; drawn by `ui/compare.py`).

    Attributes:
        unread: what the URL asked for that can't be read, as `name=value`; nothing is shown while there is any.
    """

    period: str
    selection: Selection
    compare: Comparison | None = None
    unread: tuple[str, ...] = ()

    def resolved(self, tomorrow: date, week_start: int = 1) -> Selection:
        """The selection with the period's days filled in, counted back from the last day with figures.

        Args:
            week_start: 1 Monday … 7 Sunday; `bar.resolved` takes both from the chosen sites' clock.
        """
        if self.period == OWN:
            return self.selection
        since, until = span(self.period, tomorrow, week_start)
        return replace(self.selection, since=since, until=until)

    def to_url(self) -> dict[str, list[str]]:
        """URL parameters; the default choice has none."""
        params: dict[str, list[str]] = {} if self.period in (DEFAULT, OWN) else {"period": [self.period]}
        for name, value in self.selection.to_url():
            params.setdefault(name, []).append(value)
        for name, _, value in (one.partition("=") for one in self.unread):
            params.setdefault(name, []).append(value)
        return params | ({COMPARE: [str(self.compare)]} if self.compare else {})


def from_url(params: Mapping[str, list[str]]) -> Choice:
    """The choice that a URL makes; what can't be read is told by its `unread`."""
    chosen, unread = Selection.from_url(params)
    period, compare = (params.get("period") or [""])[-1], None
    try:
        compare = Comparison.read(params[COMPARE][-1]) if params.get(COMPARE) else None
    except ValueError:
        unread.append(f"{COMPARE}={params[COMPARE][-1]}"[:80])
    own = bool(chosen.since or chosen.until)
    if period and (period not in PERIODS or (period == OWN and not own)):
        unread.append(f"period={period}"[:80])
        period = ""
    return Choice(OWN if own else period or DEFAULT, chosen, compare, tuple(unread))


def current() -> Choice:
    """The choice of this session: from the URL at first and after Back or Forward, else from the widgets."""
    state = st.session_state
    if _CHOICE not in state or context.by_history():
        _set(from_url(params()))
    else:
        state[_CHOICE] = _from_widgets(_stored())
    return _stored()


def selection() -> Selection:
    """The selection that pages ask their questions under."""
    return resolved(current_or_default())


def resolved(choice: Choice) -> Selection:
    """The choice's selection with its days, by the clock and the week of the chosen sites."""
    run = context.current()
    if run.edition is None:
        return choice.resolved(run.tomorrow)
    own = clock(choice.selection, run.edition)
    return choice.resolved(run.day_in(own.zone) + timedelta(days=1), own.week_start)


def current_or_default() -> Choice:
    """The session's choice; when a page runs without the router, that of the URL."""
    choice: Choice | None = st.session_state.get(_CHOICE)
    return choice or from_url(params())


def write_url(without: Collection[str] = ()) -> None:
    """Put the choice into the URL beside what else stands there (`lang`, `board`, a page's own).

    Args:
        without: parameters that mean nothing on this page.

    Streamlit's page adds an entry to the browser's history for each such change (what follows from one act of the
    reader is one: `start_page`), and asks for a run when the reader goes Back or Forward to it (`context.by_history`).
    """
    kept = {name: values for name, values in params().items() if name not in _OURS and name not in without}
    wanted = kept | link()
    if wanted != params():
        st.query_params.from_dict(wanted)


def link(**more: str) -> dict[str, list[str]]:
    """URL parameters of another page under the choice as it is now, with parameters of that page's own."""
    wish = st.session_state.get(context.LANGUAGE)
    own = {name: [value] for name, value in more.items()}
    return ({"lang": [wish]} if wish else {}) | current_or_default().to_url() | own


def is_default() -> bool:
    """Nothing is chosen but the default period."""
    return current_or_default() == Choice(DEFAULT, Selection())


def reset() -> None:
    """Back to the default period and no filter."""
    _set(Choice(DEFAULT, Selection()))


def leave_out_unread() -> None:
    """Go on without what the URL asked for and can't be read."""
    _set(replace(current_or_default(), unread=()))


def change(**fields: Any) -> None:
    """Other values for fields of the selection, the rest as chosen: for callbacks of figures and tables."""
    choice = current_or_default()
    _set(replace(choice, selection=replace(choice.selection, **fields), unread=()))


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


def _stored() -> Choice:
    choice: Choice = st.session_state[_CHOICE]
    return choice


def _set(choice: Choice) -> None:
    st.session_state[_CHOICE] = choice
    for key in [key for key in st.session_state if isinstance(key, str) and key.startswith(_WIDGET + "w_")]:
        del st.session_state[key]


def params() -> dict[str, list[str]]:
    """The URL's parameters, each with all its values."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _key(name: str) -> str:
    return f"{_WIDGET}w_{name}"


def _widget(name: str, fallback: Any) -> Any:
    return st.session_state.get(_key(name), fallback)


def _from_widgets(choice: Choice) -> Choice:
    """The stored choice with what the widgets that are on the page say."""
    chosen = choice.selection
    period = _widget("period", choice.period) or choice.period
    changes: dict[str, Any] = {}
    for name, (field, _) in _FIELDS.items():
        values = _values(name, _widget(name, _listed(chosen, field)))
        changes[field] = tuple(value for value in values if not value.startswith(_NOT))
        changes[f"no_{field}"] = tuple(value.removeprefix(_NOT) for value in values if value.startswith(_NOT))
    changes["text"] = one_line(_widget("text", chosen.text) or "")[:MAX_TEXT]
    changes["in_body"] = bool(_widget("in_body", chosen.in_body))
    changes["mode"] = _widget("mode", chosen.mode) or chosen.mode
    changes["question"] = _widget("question", chosen.question) or chosen.question
    since, until = _days(period, choice)
    moved = replace(choice, period=period, selection=replace(chosen, since=since, until=until, **changes))
    return moved if moved == choice else replace(moved, unread=())


def _listed(chosen: Selection, field: str) -> list[str]:
    """A field's values as its list has them: those that are wanted, then those that are left out."""
    return [*getattr(chosen, field), *(_NOT + value for value in getattr(chosen, f"no_{field}"))]


def _days(period: str, choice: Choice) -> tuple[date | None, date | None]:
    """First day and the day after the last of a period of one's own."""
    if period != OWN:
        return None, None
    if choice.period != OWN:
        before = resolved(choice)
        return before.since, before.until
    first = _widget("first", choice.selection.since)
    last = _widget("last", _before(choice.selection.until))
    if first and last and first > last:
        first, last = last, first
    return first, last + timedelta(days=1) if last else None


def _before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def draw(filter_: Callable[[Choice], None] | None = None, *controls: Callable[[Choice], None]) -> None:
    """The bar itself: the period, the filters, and the selection in words with its reset.

    Args:
        filter_: drawn after the filters: what else is part of the choice.
        controls: drawn after the words: what does something with the choice.
    """
    choice = current()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="bar"):
        _period(choice)
        if choice.period == OWN:
            _own_days(choice)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="bar_more_row"):
        for name in _INLINE:
            _many(name, choice)
        _text(choice)
        _more(choice)
        if filter_:
            filter_(choice)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bar_words"):
        _words(choice)
        for control in controls:
            control(choice)
    _unheard(choice)


def _more(choice: Choice) -> None:
    """The filters that are wanted less often; their values are counted only when they are looked at."""
    rarer = sum(len(_listed(choice.selection, _FIELDS[name][0])) for name in _RARER)
    label = say("More ({n})", n=rarer) if rarer else say("More")
    with st.popover(label, key="bar_more", on_change="rerun") as opened:
        st.caption(say("The second half of each list leaves out: type “not” there, then a name."))
        _question(choice)
        _mode(choice)
        st.checkbox(
            say("Look for the words in the whole text (slower)"), key=_seed("in_body", choice.selection.in_body)
        )
        if opened.open:
            with st.grid(2, key="bar_folded"):
                for name in _FOLDED:
                    _many(name, choice, width="stretch", folded=True)
            with st.grid(2, key="bar_rarer"):
                for name in _RARER:
                    _many(name, choice, width="stretch")


def _mode(choice: Choice) -> None:
    labels = mode_labels()
    st.segmented_control(
        say("Several topics, countries, authors, sources or states"),
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
        label_visibility="collapsed",
    )


def _own_days(choice: Choice) -> None:
    days = {"first": choice.selection.since, "last": _before(choice.selection.until)}
    for (name, day), label in zip(days.items(), (say("First day"), say("Last day")), strict=True):
        st.date_input(
            label, value=None, format="YYYY-MM-DD", width=160, key=_seed(name, day), label_visibility="collapsed"
        )


def _text(choice: Choice) -> None:
    st.text_input(
        say("Words in title or lead"),
        key=_seed("text", choice.selection.text),
        max_chars=MAX_TEXT,
        width=190,
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


def _many(name: str, choice: Choice, width: int | str = 148, *, folded: bool = False) -> None:
    """One field's filter: its values, and each again as one to leave out, with the articles that have it.

    Args:
        folded: a second one of a filter that stands in the line already, which takes over what is chosen here.
    """
    field, label = _FIELDS[name]
    wanted, left_out = _counts(name, choice), _counts(name, choice, prefix="no_")
    chosen = _listed(choice.selection, field)
    options = [*wanted, *(_NOT + value for value, articles in left_out.items() if articles)]
    options += [value for value in chosen if value not in options]
    labels = _labels(name, options, wanted, left_out)
    _remember(name, labels, chosen)
    if folded:
        st.session_state[_folded(name)] = chosen
    st.multiselect(
        say(label),
        options,
        key=_folded(name) if folded else _seed(name, chosen),
        on_change=_take_over if folded else None,
        args=(name,) if folded else None,
        format_func=labels.__getitem__,
        placeholder=say("any"),
        disabled=not options,
        filter_mode="contains",
        select_all=False,
        width=width,
    )


def _folded(name: str) -> str:
    return f"{_key(name)}_folded"


def _take_over(name: str) -> None:
    """What was chosen in the menu, into the line's filter of the same name."""
    st.session_state[_key(name)] = list(_values(name, st.session_state[_folded(name)]))


def _labels(
    name: str, options: Iterable[str], wanted: Mapping[str, int], left_out: Mapping[str, int]
) -> dict[str, str]:
    """The values as their list writes them; whole names for those that are the same when shortened."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for value in options:
        counts = left_out if value.startswith(_NOT) else wanted
        whole = names.of(name, value.removeprefix(_NOT))
        label = _label(_short(whole) if name in _INLINE else whole, value, counts)
        labels[value] = _label(whole, value, counts) if label in taken else label
        taken.add(label)
    return labels


def _label(called: str, value: str, counts: Mapping[str, int]) -> str:
    """A value with how many articles it brings, or takes away."""
    bare = value.removeprefix(_NOT)
    if bare not in counts and len(counts) >= _LONGEST:
        return called if bare == value else say("not {name}", name=called)
    articles = context.current().language.number(counts.get(bare, 0))
    return f"{called} ({articles})" if bare == value else say("not {name} (−{n})", name=called, n=articles)


def _short(name: str) -> str:
    """A name that leaves room for its count in a narrow list; of two levels mostly the second."""
    above, parted, below = name.rpartition(names.UNDER)
    start = f"{_cut(above, 5)}{parted}" if parted else ""
    return start + _cut(below, _WIDEST - len(start))


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip(' ,')}…"


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


def _counts(name: str, choice: Choice, prefix: str = "") -> dict[str, int]:
    """Values of a field and how many articles have each under the rest of the selection.

    Where several values must all be there, those chosen are part of the rest: another one comes on top of them.
    """
    field, whole = _FIELDS[name][0], resolved(choice)
    together = not prefix and choice.selection.mode == "all" and field in SEVERAL
    others = whole if together else whole.without(prefix + field)
    if field in LISTED:
        found = _options("options_standing", others, name)
        return found | dict.fromkeys(set(LISTED[field]) - set(found), 0) if not prefix else found
    # One question for all fields in which nothing is chosen.
    return _options("options", others, name, **({} if others == whole else {"field": name}))


def _options(query: str, chosen: Selection, name: str, **more: str) -> dict[str, int]:
    rows = fetch(query, chosen, **more)
    return _by_field.get(rows.attrs[ASKED], lambda: _parted(rows)).get(name, {})


def _parted(rows: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Values and their articles by field."""
    return {
        str(field): dict(zip(part["value"], part["articles"], strict=True)) for field, part in rows.groupby("field")
    }


_by_field: Kept[dict[str, dict[str, int]]] = Kept(500)


def _unheard(choice: Choice) -> None:
    """Say which chosen values no article has at all: as written in a link, of another newsroom, or gone."""
    chosen = choice.selection
    doubtful = any(
        set(getattr(chosen, prefix + field)) - set(_counts(name, choice, prefix))
        for name, (field, _) in _FIELDS.items()
        for prefix in ("", "no_")
        if getattr(chosen, prefix + field) and field not in LISTED
    )
    if not doubtful and chosen.meter == Selection().meter:
        return
    rows = fetch("unheard", Selection(**{name: getattr(chosen, name) for name in _NAMING}))
    if len(rows):
        told = ", ".join(f"{field}={value}" for field, value in zip(rows["field"], rows["value"], strict=True))
        st.warning(say("No article has what the selection names: {values}", values=plain(told)), icon=":material/help:")


def refuse(choice: Choice) -> None:
    """Say what of the URL can't be read; nothing is selected until the reader goes on without it."""
    told = plain(", ".join(choice.unread))
    st.warning(
        say("The address asks for what can't be read, so nothing is selected: {values}", values=told),
        icon=":material/link_off:",
    )
    if not context.is_board():
        st.button(say("Go on without it"), on_click=leave_out_unread, key="bar_leave_out")


_NAMING = ("meter", *(f"{prefix}{name}" for name in VALUES if name not in LISTED for prefix in ("", "no_")))
"""Fields that hold values from outside."""


def in_words(chosen: Selection) -> str:
    """The selection as a sentence in the interface language, its values by their names there."""
    language = context.current().language
    told: dict[str, Any] = {field: names.all_of(dimension, getattr(chosen, field)) for field, dimension in _both()}
    return replace(chosen, **told).words(language.translate, language.day)


def _both() -> list[tuple[str, str]]:
    """Fields of what is wanted and of what is not, each with what its values are."""
    return [(f"{prefix}{field}", name) for field, name in names.FIELDS.items() for prefix in ("", "no_")]


def _words(choice: Choice) -> None:
    st.caption(described(choice), width="content")
    st.button(
        say("Reset selection"), type="tertiary", on_click=reset, key="bar_reset", icon=":material/close:",
        disabled=is_default(),
    )  # fmt: skip


def described(choice: Choice) -> str:
    """The sentence that says what is selected, for Markdown."""
    from readership.ui import compare  # which changes the choice through this module

    words = in_words(resolved(choice))
    if choice.compare:
        words += f"; {say('compared with: {words}', words=compare.described(resolved(choice), choice.compare))}"
    return say("Selected: {words}", words=plain(words))
