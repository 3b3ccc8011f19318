"""Alert rules and their log, on the admin page; each action asks by itself who wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import streamlit as st

from readership import queries
from readership.accounts import alerts as kept
from readership.accounts.alerts import Alert, Kind, Rule
from readership.accounts.people import Role
from readership.i18n import UNKNOWN, mark
from readership.settings import Settings
from readership.ui import bar, context, exported, who
from readership.ui.admin import act
from readership.ui.context import say
from readership.ui.data import as_it_is, own
from readership.ui.show import exportable
from readership.ui.text import one_line

LABELS: dict[Kind, str] = {
    "spike": mark("Spike: an article is read much faster than its like"),
    "drop": mark("Drop: a day has fewer views than usual by now"),
    "silence": mark("Silence: a section has had nothing new for unusually long"),
    "volume": mark("Volume: a site publishes unusually many or few articles"),
    "rate": mark("Rate: a currency moved since the day before"),
}
MEANINGS: dict[Kind, str] = {
    "spike": mark("how many times the threshold of its section (1 or more)"),
    "drop": mark("how far below the lower quartile, as a share (0 to 0.95)"),
    "silence": mark("how many times its usual longest pause (1 or more)"),
    "volume": mark("always 1: the usual range is learnt"),
    "rate": mark("per cent against the day before"),
}

SHOWN = 200
FIRED = queries.Query(
    "alerts",
    "one row an alert that fired, the newest first.",
    (
        "fired_at TIMESTAMP when", "rule VARCHAR its name", "kind VARCHAR spike, drop, silence, volume or rate",
        "subject VARCHAR what it is about: a key of the article, section, site or currency",
        "title VARCHAR what happened", "why VARCHAR figures, threshold and as-of time",
        "deliveries VARCHAR each target with how its delivery stands", "view VARCHAR path and query string of the page",
    ),
    (),
    "",
)  # fmt: skip


def admin_alerts() -> None:
    """The rules, a form for a new one, and what fired."""
    who.require(Role.ADMIN)
    st.subheader(say("Alerts"), anchor=False)
    settings = context.current().settings
    rules = kept.rules(settings)
    if not rules:
        st.caption(say("No rules yet: nobody is told anything."))
    for rule in rules:
        _rule(rule)
    _new()
    _log(settings)


def _rule(rule: Rule) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"alert_rule_{rule.id}"):
        told = ", ".join(kept.shown(target) for target in rule.targets) or say("the log")
        words = say(
            "{name}: {kind}; {selection}; threshold {threshold}; goes to {targets}",
            name=rule.name, kind=say(LABELS[rule.kind]), selection=bar.in_words(rule.selection),
            threshold=f"{rule.threshold:g}", targets=told,
        )  # fmt: skip
        st.text(one_line(words), width="stretch")
        label = say("Turn off") if rule.is_on else say("Turn on")
        st.button(label, on_click=act, args=(_turn, rule.id, not rule.is_on), key=f"alert_turn_{rule.id}")
        st.button(say("Remove"), on_click=act, args=(_remove, rule.id), key=f"alert_remove_{rule.id}", type="tertiary")


def _turn(settings: Settings, rule: int, on: bool) -> None:
    kept.turn(settings, who.person(), rule, on=on)


def _remove(settings: Settings, rule: int) -> None:
    kept.remove(settings, who.person(), rule)


def _new() -> None:
    with st.expander(say("New rule"), key="alert_new"), st.form("alert_form", border=False, clear_on_submit=True):
        name = st.text_input(say("Name"), max_chars=kept.MAX_NAME, key="alert_name")
        kind = st.selectbox(
            say("What to watch"), kept.KINDS, format_func=lambda one: say(LABELS[one]), key="alert_kind"
        )
        st.caption("  \n".join(f"{say(LABELS[one]).partition(':')[0]}: {say(MEANINGS[one])}" for one in kept.KINDS))
        threshold = st.number_input(say("Threshold"), value=None, min_value=0.0, key="alert_threshold")
        address = st.text_input(
            say("Selection, as in a page's address; empty for everything"), placeholder="site=el.kz", key="alert_of"
        )
        targets = st.text_area(
            say("Who is told, one a line; empty for the log alone"),
            placeholder="mail:desk@example.org\nslack:https://…\ntelegram:https://…/sendMessage#CHAT",
            key="alert_targets",
        )
        hours = st.number_input(say("Cool-down, hours"), value=kept.COOLDOWN_H, min_value=0.0, key="alert_cooldown")
        if st.form_submit_button(say("Add"), key="alert_add"):
            act(_add, name, kind, threshold, address, targets, hours)
            st.rerun()


def _add(settings: Settings, name: str, kind: str, *rest: Any) -> None:
    threshold, address, targets, hours = rest
    chosen = queries.from_arguments(parse_qs(address.strip().lstrip("?"), keep_blank_values=True))
    kept.add(
        settings, who.person(), name, kind, selection=chosen, threshold=threshold, targets=targets.splitlines(),
        cooldown_h=hours, now=datetime.now(UTC),
    )  # fmt: skip


def _logged(one: Alert) -> dict[str, Any]:
    return {
        "fired_at": one.fired, "rule": one.rule_name, "kind": one.kind, "subject": one.subject, "title": one.title,
        "why": one.why, "deliveries": "; ".join(": ".join(pair) for pair in one.deliveries), "view": one.link,
    }  # fmt: skip


def _log(settings: Settings) -> None:
    fired = kept.log(settings, -1 if exported.is_taken() else SHOWN)
    if not fired:
        st.caption(say("Nothing has fired yet."))
        return
    if not exportable("", own(FIRED, [_logged(one) for one in fired], as_it_is(datetime.now(UTC))), "alert-log"):
        return
    moment = context.current().language.moment
    rows = pd.DataFrame(
        {
            say("When"): [moment(one.fired, context.zone()) for one in fired],
            say("Rule"): [one_line(one.rule_name) for one in fired],
            say("What"): [one_line(one.title) for one in fired],
            say("Why"): [one_line(one.why) for one in fired],
            say("Deliveries"): [one_line("; ".join(": ".join(pair) for pair in one.deliveries)) for one in fired],
            say("View"): [f"/{one.link}" for one in fired],
        }
    )
    st.dataframe(
        rows, key="alert_log", hide_index=True, placeholder=UNKNOWN,
        column_config={say("View"): st.column_config.LinkColumn(display_text=say("open"))},
    )  # fmt: skip
