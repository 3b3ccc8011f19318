"""What each kind of rule looks for in an edition, and the sentence that says why it fired."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from readership import queries
from readership.accounts.alerts import Finding, Rule
from readership.queries import Edition

MOST = 50
"""Findings of one rule in one edition, at most: the first ones are the strongest."""


def findings(rule: Rule, edition: Edition) -> list[Finding]:
    """What the rule finds now; nothing where what it needs is unknown."""
    return list(_KINDS[rule.kind](rule, edition))[:MOST]


def _rows(name: str, rule: Rule, edition: Edition, **parameters: Any) -> list[dict[str, Any]]:
    return queries.records(name, rule.selection, edition, **parameters)


def _spikes(rule: Rule, edition: Edition) -> Iterator[Finding]:
    """Articles read faster than `threshold` times what 19 of 20 of their kind ever reached."""
    as_of = _as_of(edition)
    for row in _rows("spikes", rule, edition):
        if as_of is None or row["velocity"] <= rule.threshold * row["threshold"]:
            continue
        kind = "section" if row["threshold_basis"] == "section" else "site"
        yield Finding(
            subject=f"article {row['article']}",
            title=f"{row['title'] or row['article_key']}",
            why=f"Read {row['velocity']:,.0f} times an hour ({row['state']}); 95 % of its {kind}'s "
            f"{row['threshold_articles']} articles of 90 days never passed {row['threshold']:,.0f}{_factor(rule)}. "
            f"As of {_moment(as_of)}.",
            link=f"article?{urlencode({'article': '/'.join((row['site'], row['article_key']))})}",
            as_of=as_of,
            once=False,
        )


def _drops(rule: Rule, edition: Edition) -> Iterator[Finding]:
    """A day whose views so far lie more than `threshold` (a share) below the lower quartile of its weekdays by then."""
    as_of, rows = _as_of(edition), _rows("band", rule, edition)
    if as_of is None or not rows:
        return
    row = rows[-1]
    if row["views"] is None or row["q1"] is None or row["views"] >= row["q1"] * (1 - rule.threshold):
        return
    yield Finding(
        subject=f"day {_day(row['day'])}",
        title=f"Fewer views than usual on {_day(row['day'])}",
        why=f"{row['views']:,} views so far; by this time the same weekday of the {row['n']} weeks before had at least "
        f"{row['q1']:,} in three of four (median {row['median']:,}). As of {_moment(as_of)}.",
        link=f"?{urlencode(rule.selection.to_url())}",
        as_of=as_of,
    )


def _silences(rule: Rule, edition: Edition) -> Iterator[Finding]:
    """Sections without a new article for more than `threshold` times what 19 of 20 of their pauses lasted."""
    for row in _rows("silences", rule, edition):
        if row["usual_h"] is None or row["silent_h"] <= rule.threshold * row["usual_h"]:
            continue
        as_of = _aware(row["as_of"])
        yield Finding(
            subject=f"silence {row['site']} {row['section']} since {_moment(_aware(row['last_at']))}",
            title=f"Nothing new in {row['section']} ({row['site']})",
            why=f"{row['silent_h']:.0f} hours since its last article ({_moment(_aware(row['last_at']))}); 95 % of its "
            f"pauses in 8 weeks were at most {row['usual_h']:.0f} hours{_factor(rule)}. As of {_moment(as_of)}.",
            link=f"publishing?{urlencode({'site': row['site'], 'section': row['section']})}",
            as_of=as_of,
        )


def _volumes(rule: Rule, edition: Edition) -> Iterator[Finding]:
    """Sites whose articles a day, over 7 whole days, lie outside μ28 − 1.5 σ … μ28 + 2 σ."""
    for row in _rows("volumes", rule, edition):
        if row["mean_7d"] is None or row["usual_low"] <= row["mean_7d"] <= row["usual_high"]:
            continue
        word = "more" if row["mean_7d"] > row["usual_high"] else "fewer"
        as_of = _aware(row["as_of"])
        yield Finding(
            subject=f"volume {row['site']} {_day(row['day'])}",
            title=f"{row['site']} publishes {word} articles than usual",
            why=f"{row['mean_7d']:.1f} articles a day in the 7 days to {_day(row['day'])}; usual are "
            f"{row['usual_low']:.1f} to {row['usual_high']:.1f} (28 days before, mean {row['mean_28d']:.1f}). "
            f"As of {_moment(as_of)}.",
            link=f"publishing?{urlencode({'site': row['site']})}",
            as_of=as_of,
        )


def _rates(rule: Rule, edition: Edition) -> Iterator[Finding]:
    """Currencies whose figure moved by `threshold` per cent or more since the day before."""
    for row in _rows("rate_changes", rule, edition):
        if row["over"] != "day" or row["change_percent"] is None or abs(row["change_percent"]) < rule.threshold:
            continue
        day = _day(row["day"])
        where, quote = f"{row['kind']} rate of {row['site']}", row["quote"] or "an unknown currency"
        yield Finding(
            subject=f"rate {row['kind']} {row['site']} {row['currency']} {row['quote']} {day}",
            title=f"{row['currency']} moved by {row['change_percent']:+.2f} % against {quote}",
            why=f"{row['value']:.2f} {row['quote'] or ''} for 1 {row['currency']} on {day} after {row['before']:.2f} "
            f"on {_day(row['before_day'])} ({where}); the rule tells from {rule.threshold:g} %.",
            link=f"rates?{urlencode({'site': row['site']}) if row['kind'] == 'header' else ''}".rstrip("?"),
            as_of=datetime.fromisoformat(f"{day}T00:00:00+00:00"),
        )


_KINDS: Mapping[str, Callable[[Rule, Edition], Iterator[Finding]]] = {
    "spike": _spikes,
    "drop": _drops,
    "silence": _silences,
    "volume": _volumes,
    "rate": _rates,
}


def _factor(rule: Rule) -> str:
    return "" if rule.threshold == 1 else f" (the rule tells from {rule.threshold:g} times that)"


def _as_of(edition: Edition) -> datetime | None:
    return datetime.fromisoformat(edition.as_of) if edition.as_of else None


def _aware(moment: Any) -> datetime:
    found: datetime = pd.Timestamp(moment).tz_localize(UTC).to_pydatetime()
    return found


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _day(day: Any) -> str:
    return f"{pd.Timestamp(day):%Y-%m-%d}"
