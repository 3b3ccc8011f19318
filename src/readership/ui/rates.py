"""Parts of the Rates and Data pages: which pair in which base, changes, markers, and captures dated by their rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from readership import figures
from readership.figures.rates import base_names, pair_name
from readership.i18n import known
from readership.queries import Selection
from readership.ui import bar, context, names
from readership.ui.context import say, say_n
from readership.ui.data import draw, fetch
from readership.ui.series import switch
from readership.ui.show import show, table
from readership.ui.text import plain

TOPIC = "economy-business-finance"
CHANGES = [
    "kind", "site", "day", "value", "over", "before_day", "before", "change", "change_percent",
]  # fmt: skip
CAPTURED = [
    "captured_at", "site", "currency", "value", "quote", "previous_at", "change", "change_percent", "captures", "low",
    "high", "certain", "official", "official_day",
]  # fmt: skip
MATCHED = [
    "title", "site", "published_local", "usd", "eur", "rub", "quote", "candidates", "day", "first_day", "last_day",
    "deviation_percent", "source", "captured_at_basis",
]  # fmt: skip
CLASHES = [
    "captured_at", "site", "currency", "value", "official", "official_day", "difference_percent", "certain",
    "captures", "captured_at_basis", "title",
]  # fmt: skip
NO_RATES = "none"
RATE_COLUMNS = ("official", "quote", "official_day")


@dataclass(frozen=True)
class Pair:
    """A currency, what it is quoted in, and the base to show it in.

    Attributes:
        quote: ISO 4217 code, or "" where the site's quote currency is not known.
        base: `quote`, `unit` or `index`, as the query `rate_days` has them.
    """

    currency: str
    quote: str
    base: str

    @property
    def known_quote(self) -> str | None:
        """The quote currency, None when not known."""
        return self.quote or None


def no_rates(pairs: pd.DataFrame) -> bool:
    """Whether there is no figure at all; says then what is missing and how it gets here."""
    if not pairs["captures"].sum():
        st.info(say("No header rates captured yet."), icon=":material/currency_exchange:")
    if pairs.empty:
        st.text(say("Official rates come from files of a bank:"))
        st.code("readership rates import FILE", language=None)
    return pairs.empty


def rate_choice(pairs: pd.DataFrame) -> Pair:
    """The reader's choice of a pair and of the base it is shown in."""
    language, options = context.current().language, _options(pairs)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="rate_choice"):
        chosen = st.selectbox(
            say("Currency"),
            list(options),
            key="rate_pair",
            format_func=options.__getitem__,
            width=380,
            persist_state="session",
        )
        currency, _, quote = str(chosen or next(iter(options))).partition("/")
        base = switch("base", base_names(currency, quote or None, language))
    return Pair(currency, quote, base)


def _options(pairs: pd.DataFrame) -> dict[str, str]:
    """Pairs as `USD/KZT`, each with its words."""
    language = context.current().language
    found = {}
    for row in pairs.to_dict("records"):
        quote = row["quote"] if known(row["quote"]) else ""
        parts = [f"{pair_name(row['currency'], quote or None, language)} · {language.currency(row['currency'])}"]
        parts += [say("in headers")] if row["captures"] else []
        parts += [say("official: {sources}", sources=row["sources"])] if row["official_days"] else []
        found[f"{row['currency']}/{quote}"] = plain(", ".join(parts)).replace("\\", "")
    return found


def rate_figures(selection: Selection, pair: Pair) -> None:
    """History and difference; below, when the reader asks for it, the rate beside a topic's articles."""
    rows = fetch("rate_days", selection, currency=pair.currency, quote=pair.quote, base=pair.base)
    if rows.empty:
        words = plain(bar.in_words(selection))
        st.info(say("No figure of this currency in the period: {words}", words=words), icon=":material/filter_alt_off:")
        return
    language, days = context.current().language, (selection.since, selection.until)
    show(draw(figures.rate_history, rows, pair.base, language, days), rows, "rate-history")
    if rows["difference"].notna().any():
        show(draw(figures.rate_difference, rows, pair.base, language, days), rows, "rate-difference")
    if st.toggle(say("Show articles and views of the topic economy beside it"), key="rate_markers"):
        _markers(selection, pair)


def _markers(selection: Selection, pair: Pair) -> None:
    rows = fetch("rate_markers", selection, topic=TOPIC, currency=pair.currency, quote=pair.quote)
    language, days = context.current().language, (selection.since, selection.until)
    if rows.empty:
        st.caption(say("None at the moment."))
        return
    name = pair_name(pair.currency, pair.known_quote, language)
    figure = draw(figures.rate_beside_topic, rows, name, names.of("topic", TOPIC), language, days)
    show(figure, rows, "rate-beside-topic")


def rate_changes(selection: Selection, pair: Pair) -> None:
    """How much each source of the pair changed over a day, a week, a month and a year."""
    rows = fetch("rate_changes", selection, currency=pair.currency, quote=pair.quote)
    table(rows, "rate-changes", CHANGES, title=say("Changes up to the newest figure"), height="content")
    st.caption(
        say(
            "Each newest figure against the one of a day, a week, a month or a year before, or the nearest earlier one "
            "up to a week older; the day compared with is named. No such figure: —."
        )
    )


def rate_captures(selection: Selection, pair: Pair) -> None:
    """The newest captures of the pair one by one, with what they disagree about."""
    rows = fetch("header_rates", selection, currency=pair.currency, quote=pair.quote, limit=500)
    table(rows, "rate-captures", CAPTURED, title=say("Captures of the header, newest first"))


def matched() -> None:
    """Captures without a moment, the official days that their headers fit, and the reader's leave to use them."""
    rows = fetch("matched_captures")
    if rows.empty:
        return
    fitting = int((rows["candidates"] > 0).sum())
    table(rows, "matched-captures", MATCHED, title=say("Captures without a moment, dated by their header's rates"))
    st.caption(
        say_n(
            "{n} of them fits official days: USD, EUR and RUB all within 1 %. The day shown is the closest candidate.",
            "{n} of them fit official days: USD, EUR and RUB all within 1 %. The day shown is the closest candidate.",
            fitting,
        )
    )
    if fitting:
        _leave()


def _leave() -> None:
    """Whether `read in the period` may count articles by these days; off unless the reader says so."""
    key = "use_matched"
    if key not in st.session_state:
        st.session_state[key] = bar.current_or_default().selection.matched
    st.checkbox(
        say("Count them as read on that day where articles “read in the period” are asked for"),
        key=key,
        on_change=lambda: bar.change(matched=bool(st.session_state[key])),
    )


def clashes() -> None:
    """Captures of a known moment whose headers don't fit the official rates of their days."""
    rows = fetch("rate_clashes")
    if rows.empty:
        return
    table(rows, "rate-clashes", CLASHES, title=say("Headers that don't fit the day of their capture"))
    st.caption(
        say(
            "More than 1 % off the official rates of that day and of the days before and after: a cached header, a "
            "wrong clock, or wrong labels. The captures stay as they are."
        )
    )


def rate_column() -> str | None:
    """The currency whose official rate of the publication day is wanted beside articles; None for none."""
    pairs = fetch("rate_pairs")
    codes = list(dict.fromkeys(pairs[pairs["official_days"] > 0]["currency"]))
    if not codes:
        return None
    chosen = st.selectbox(
        say("Official rate of the publication day"),
        [NO_RATES, *codes],
        key="rate_column",
        format_func=lambda code: say("not shown") if code == NO_RATES else code,
        width=220,
        persist_state="session",
    )
    return None if chosen in (None, NO_RATES) else str(chosen)


def article_rows(selection: Selection, currency: str | None, **params: Any) -> pd.DataFrame:
    """Articles, with the official rate of the currency on each publication day when one is wanted."""
    if currency is None:
        return fetch("articles", selection, **params)
    return fetch("articles_with_rates", selection, currency=currency, **params)


def columns_with_rates(shown: Sequence[str], currency: str | None) -> list[str]:
    """The columns shown, those of the rate and its day after the publication when one is wanted."""
    first, *others = shown
    return [first, *(RATE_COLUMNS if currency else ()), *others]
