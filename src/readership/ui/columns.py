"""How each column of a query is named and written in a table, in one place."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd
import streamlit as st

from readership.i18n import mark
from readership.queries.comparison import CHANGE, NOTE, THEN
from readership.ui import context
from readership.ui.context import say
from readership.ui.kept import Kept

Kind = Literal[
    "text", "word", "number", "decimal", "rate", "share", "change", "day", "moment", "local", "wall", "link", "flag"
]


@dataclass(frozen=True)
class Column:
    """A column's name for readers and how its cells are written."""

    label: str
    kind: Kind = "text"
    width: Literal["small", "medium", "large"] | int | None = None


COLUMNS: dict[str, Column] = {
    "title": Column(mark("Title"), width=340),
    "site": Column(mark("Site"), width="small"),
    "article_key": Column(mark("Article key"), width="small"),
    "url": Column(mark("Link"), "link", "small"),
    "language": Column(mark("Language"), width="small"),
    "section": Column(mark("Section"), width="small"),
    "authors": Column(mark("Authors")),
    "published_at": Column(mark("Published (instant)"), "moment"),
    "published_day": Column(mark("Day published"), "day"),
    "published_local": Column(mark("Published"), "wall", 130),
    "observed_at": Column(mark("Read at"), "moment"),
    "views": Column(mark("Views"), "number"),
    "total": Column(mark("Views counted"), "number"),
    "gained": Column(mark("Views gained"), "number"),
    "baseline": Column(mark("Before first reading"), "number"),
    "readings": Column(mark("Readings"), "number"),
    "photo_credit": Column(mark("Photo credit")),
    "cited_source": Column(mark("Cited source")),
    "articles": Column(mark("Articles"), "number"),
    "views_unknown": Column(mark("Articles without views"), "number"),
    "oldest_reading": Column(mark("Oldest last reading"), "moment"),
    "bucket": Column(mark("From"), "local"),
    "bucket_end": Column(mark("To"), "local"),
    "observed_share": Column(mark("Observed share"), "share"),
    "covered_share": Column(mark("Time covered"), "share"),
    "status": Column(mark("Status"), "word"),
    "epoch": Column(mark("Epoch"), "number"),
    "field": Column(mark("Fact")),
    "where_found": Column(mark("Where it stood")),
    "found": Column(mark("What stood there"), width="large"),
    "seen_at": Column(mark("Seen"), "moment"),
    "title_changed": Column(mark("Title changed"), "flag"),
    "body_changed": Column(mark("Text changed"), "flag"),
    "captured_at": Column(mark("Captured"), "moment"),
    "currency": Column(mark("Currency"), width="small"),
    "value": Column(mark("Value"), "rate"),
    "quote": Column(mark("Quoted in"), width="small"),
    "previous": Column(mark("Previous"), "rate"),
    "change": Column(mark("Change"), "rate"),
    "change_percent": Column(mark("Change, %"), "decimal"),
    "captures": Column(mark("Captures"), "number"),
    "disagree": Column(mark("Captures that disagree"), "number"),
    "certain": Column(mark("Label certain"), "flag"),
    "batch": Column(mark("Batch")),
    "started_at": Column(mark("Started"), "moment"),
    "command": Column(mark("Command")),
    "inputs": Column(mark("Inputs"), "number"),
    "accepted": Column(mark("Accepted"), "number"),
    "rejected": Column(mark("Rejected"), "number"),
    "duplicates": Column(mark("Already there"), "number"),
    "state": Column(mark("State"), "word"),
    "origin": Column(mark("Origin"), width="large"),
    "row_number": Column(mark("Row"), "number"),
    "finished_at": Column(mark("Finished"), "moment"),
    "bytes": Column(mark("Bytes"), "number"),
    "demo": Column(mark("Demo"), "flag"),
    "zone": Column(mark("Time zone")),
    "suspect": Column(mark("Suspect readings"), "number"),
    "moment_unknown": Column(mark("Views of unknown moment"), "number"),
    "moment_unknown_views": Column(mark("Views of unknown moment"), "number"),
    "languages": Column(mark("Languages")),
    "revisions": Column(mark("Revisions"), "number"),
    "vanished_at": Column(mark("Gone since"), "moment"),
    "label": Column(mark("Hour, as told apart")),
    "complete": Column(mark("Over"), "flag"),
    "from_at": Column(mark("From"), "moment"),
    "hours": Column(mark("Hours"), "decimal"),
    "spread": Column(mark("Spread"), "flag"),
    "per_hour": Column(mark("Views an hour"), "decimal"),
    "captured_at_basis": Column(mark("How the moment is known"), "word"),
    "labelled": Column(mark("Labelled by the page"), "flag"),
    "official_source": Column(mark("Source of the official rate")),
    "position": Column(mark("Place in the header"), "number"),
    "reason": Column(mark("Reason"), width="large"),
    "hint": Column(mark("What to do"), width="medium"),
    "sha256": Column("SHA-256"),
    "observations": Column(mark("Counter readings"), "number"),
    "newest_capture": Column(mark("Newest capture"), "moment"),
    "newest_reading": Column(mark("Newest reading"), "moment"),
    "newest_published": Column(mark("Newest article"), "moment"),
    "gained_24h": Column(mark("Gained in 24 h"), "number"),
    "gained_before": Column(mark("Gained in the 24 h before"), "number"),
    "kind": Column(mark("Kind"), "word"),
    "covered": Column(mark("Well read"), "flag"),
    "since": Column(mark("Since"), "moment"),
    "threshold_basis": Column(mark("Threshold of"), "word"),
    "threshold_articles": Column(mark("Articles behind it"), "number"),
    "best_day_mean": Column(mark("Mean of its best days"), "decimal"),
    "cut_at": Column(mark("Counted up to"), "local"),
    "buckets": Column(mark("Hours in the range"), "number"),
    "observed_hours": Column(mark("Hours observed"), "number"),
    "views_per_hour": Column(mark("Views an observed hour"), "decimal"),
    "share_of_articles": Column(mark("Share of articles"), "share"),
    "share_of_views": Column(mark("Share of views"), "share"),
    "views_full": Column(mark("Views, full"), "number"),
    "views_fractional": Column(mark("Views, divided among groups"), "number"),
    "median_views": Column(mark("Median views"), "number"),
    "about": Column(mark("About it"), "number"),
    "in_title": Column(mark("In the title"), "number"),
    "name": Column(mark("Name")),
    "live_days": Column(mark("Days alive"), "number"),
    "velocity": Column(mark("Views an hour"), "decimal"),
    "threshold": Column(mark("Threshold"), "decimal"),
    "views_7d": Column(mark("Views in 7 days"), "number"),
    "weekday": Column(mark("Weekday"), "number"),
    "hour": Column(mark("Hour"), "number"),
    "articles_published": Column(mark("Articles published"), "number"),
    "at": Column(mark("Moment"), "moment"),
    "day": Column(mark("Day"), "day"),
    "median": Column(mark("Median"), "number"),
    "q1": Column(mark("Lower quartile"), "number"),
    "q3": Column(mark("Upper quartile"), "number"),
    "n": Column(mark("Days compared"), "number"),
    "articles_fractional": Column(mark("Articles, divided"), "number"),
    "indexed": Column(mark("Articles with an index"), "number"),
    "median_index": Column(mark("Same-age index, median"), "decimal"),
    "q1_index": Column(mark("Index, lower quartile"), "decimal"),
    "q3_index": Column(mark("Index, upper quartile"), "decimal"),
    "over_median": Column(mark("Over the median"), "number"),
    "under_median": Column(mark("Under the median"), "number"),
    "share": Column(mark("Share"), "share"),
    "a": Column(mark("Code")),
    "b": Column(mark("Code")),
    "a_name": Column(mark("Country")),
    "b_name": Column(mark("Country")),
    "jaccard": Column(mark("Of those that name either"), "share"),
    "articles_a": Column(mark("Articles, first country"), "number"),
    "articles_b": Column(mark("Articles, second country"), "number"),
    "source": Column(mark("Source")),
    "cited": Column(mark("Cited in the text"), "number"),
    "credited": Column(mark("Photo credited"), "number"),
    "own": Column(mark("Own reporting"), "number"),
    "official": Column(mark("Official rate"), "rate"),
    "index": Column(mark("× median of its kind"), "decimal"),
    "percentile": Column(mark("Above … of its kind"), "share"),
    "age_h": Column(mark("Age, hours"), "number"),
    "age_class": Column(mark("Age class"), "word"),
    "spike_state": Column(mark("Spike"), "word"),
    "evergreen_state": Column(mark("Evergreen"), "word"),
    "cohort_n": Column(mark("Articles of its kind"), "number"),
    "cohort_basis": Column(mark("Same"), "word"),
    "basis": Column(mark("Same"), "word"),
    "known": Column(mark("Known"), "number"),
    "unknown": Column(mark("Unknown"), "number"),
    "shared_topics": Column(mark("Topics in common")),
    "shared_countries": Column(mark("Countries in common")),
    "days_apart": Column(mark("Days apart"), "number"),
    "score": Column(mark("Nearness"), "decimal"),
    "median_24h": Column(mark("Median views at 24 h"), "number"),
    "articles_known_24h": Column(mark("Articles known at 24 h"), "number"),
    "official_day": Column(mark("Official day"), "day"),
    "previous_at": Column(mark("Previous capture"), "moment"),
    "day_before": Column(mark("Day captured before"), "day"),
    "day_value": Column(mark("Value that day"), "rate"),
    "day_change": Column(mark("Change since that day"), "rate"),
    "day_change_percent": Column(mark("Change since that day, %"), "decimal"),
    "low": Column(mark("Lowest of that moment"), "rate"),
    "high": Column(mark("Highest of that moment"), "rate"),
    "stale": Column(mark("Old"), "flag"),
    "matched_day": Column(mark("Matched day"), "day"),
    "candidates": Column(mark("Candidate days"), "number"),
    "first_day": Column(mark("First day"), "day"),
    "last_day": Column(mark("Last day"), "day"),
    "header": Column(mark("Header"), "rate"),
    "figures": Column(mark("Different figures"), "number"),
    "difference": Column(mark("Difference"), "rate"),
    "difference_percent": Column(mark("Difference, %"), "decimal"),
    "over": Column(mark("Change over"), "word"),
    "before_day": Column(mark("Compared with"), "day"),
    "before": Column(mark("Value then"), "rate"),
    "sites": Column(mark("Sites"), "number"),
    "official_days": Column(mark("Official days"), "number"),
    "sources": Column(mark("Sources of official rates")),
    "usd": Column("USD", "rate"),
    "eur": Column("EUR", "rate"),
    "rub": Column("RUB", "rate"),
    "deviation_percent": Column(mark("Largest deviation, %"), "decimal"),
    "example": Column(mark("Article")),
    "story": Column(mark("Story"), "number"),
    "titles": Column(mark("Titles"), width="large"),
    "views_by_language": Column(mark("Views by language"), width="medium"),
    "unread": Column(mark("Versions without views"), "number"),
    "certainty": Column(mark("How surely one story"), "share"),
    "story_views": Column(mark("Views of all versions"), "number"),
    "is_self": Column(mark("This article"), "flag"),
    "guessed_section": Column(mark("Section, guessed")),
    "chance": Column(mark("Chance"), "share"),
    "precision": Column(mark("Right of those guessed"), "share"),
    "recall": Column(mark("Found of those printed"), "share"),
    "health": Column(mark("Health"), "word"),
    "said": Column(mark("What was seen")),
    "ok_at": Column(mark("Last read"), "moment"),
    "ok_url": Column(mark("What was read last"), "link"),
    "behind": Column(mark("Articles behind"), "number"),
    "requests": Column(mark("Requests"), "number"),
    "unchanged": Column(mark("Unchanged"), "number"),
    "failed": Column(mark("Failed"), "number"),
    "seconds": Column(mark("Seconds an answer takes"), "decimal"),
    "next_at": Column(mark("Next reading"), "moment"),
    "paused_by": Column(mark("Paused by")),
    "error": Column(mark("Error"), "word"),
    "first_at": Column(mark("First"), "moment"),
    "last_at": Column(mark("Last"), "moment"),
    "due_at": Column(mark("Its turn"), "moment"),
    "late_minutes": Column(mark("Minutes late"), "number"),
    "what": Column(mark("What"), "word"),
    "form": Column(mark("Form"), "word"),
    "address": Column(mark("Address"), width="large"),
    "read_at": Column(mark("Read"), "moment"),
    "failures": Column(mark("Failures in a row"), "number"),
    "email": Column(mark("E-mail")),
    "role": Column(mark("Role"), "word"),
    "first_seen": Column(mark("First seen"), "moment"),
    "last_seen": Column(mark("Last seen"), "moment"),
    "logged_out": Column(mark("Logged out"), "moment"),
    "shows": Column(mark("Shows")),
    "selection": Column(mark("Selection"), width="large"),
    "made_by": Column(mark("Made by")),
    "made_at": Column(mark("Made"), "moment"),
    "valid_until": Column(mark("Valid until"), "moment"),
    "opened": Column(mark("Opened"), "number"),
    "opened_at": Column(mark("Last opened"), "moment"),
    "number": Column(mark("Number"), "number"),
    "what_for": Column(mark("What for")),
    "used_at": Column(mark("Last used"), "moment"),
    "scope": Column(mark("Who sees it"), "word"),
    "page": Column(mark("Page")),
}

WORDS = {
    "rising": mark("rising"),
    "falling": mark("falling"),
    "new": mark("new"),
    "vanished": mark("gone"),
    "strong": mark("strong"),
    "still-strong": mark("still strong"),
    "back": mark("back"),
    "evergreen": mark("evergreen"),
    "candidate": mark("candidate"),
    "unknown": mark("unknown"),
    "kept": mark("kept"),
    "suspect": mark("suspect"),
    "tie": mark("tie"),
    "unknown-moment": mark("moment unknown"),
    "section": mark("section"),
    "site": mark("site"),
    "header": mark("header"),
    "official": mark("official"),
    "day": mark("day"),
    "week": mark("week"),
    "month": mark("month"),
    "year": mark("year"),
    "matched-rates": mark("matched by rates"),
    "given": mark("given"),
    "warc": mark("by the archive"),
    "http": mark("by the answer"),
    "printed": mark("printed on the page"),
    "recent": mark("recent"),
    "archive": mark("archive"),
    "no": mark("no"),
    "site, language, section": mark("site, language, section"),
    "site, language": mark("site, language"),
    "fine": mark("fine"),
    "paused": mark("paused"),
    "down": mark("down"),
    "slow": mark("slow"),
    "walled": mark("behind a wall"),
    "forbidden": mark("forbidden by robots.txt"),
    "changed": mark("changed layout"),
    "trouble": mark("trouble"),
    "server": mark("server error"),
    "unreachable": mark("no connection"),
    "certificate": mark("certificate not taken"),
    "timeout": mark("too slow"),
    "wall": mark("wall"),
    "no article": mark("no article on the page"),
    "robots": mark("robots.txt"),
    "refused": mark("address refused"),
    "too large": mark("too large"),
    "broken": mark("broken off"),
    "redirects": mark("redirects"),
    "answer": mark("other answer"),
    "cut off": mark("cut off"),
    "article": mark("article"),
    "document": mark("list of articles"),
    "feed": mark("feed"),
    "sitemap": mark("sitemap"),
    "news": mark("news sitemap"),
    "index": mark("index of sitemaps"),
    "page": mark("section page"),
    "READER": mark("reader"),
    "ANALYST": mark("analyst"),
    "ADMIN": mark("admin"),
    "open": mark("open"),
    "expired": mark("expired"),
    "revoked": mark("revoked"),
    "personal": mark("personal"),
    "all": mark("for all"),
}
"""States and kinds, which the queries give in English."""


_BESIDE = {
    THEN: mark("{measure}, beside"),
    CHANGE: mark("{measure}, change"),
    NOTE: mark("{measure}, note"),
}


_shown: Kept[tuple[pd.DataFrame, dict[str, Any]]] = Kept(500)
"""Tables as they were shown: making one takes ten times as long as telling that it is the same again."""


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with moments on the newsroom's clock and with links only where they lead to the web."""
    return _as_shown(rows)[0].copy(deep=False)


def config(rows: pd.DataFrame) -> dict[str, Any]:
    """Streamlit's column configuration for the columns of a query."""
    return dict(_as_shown(rows)[1])


def _as_shown(rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    run = context.current()
    content = hashlib.blake2b(pickle.dumps(rows, protocol=5), digest_size=16).digest()
    return _shown.get((content, run.language.code, run.zone), lambda: (_readable(rows), _configured(rows)))


def _readable(rows: pd.DataFrame) -> pd.DataFrame:
    out = rows.copy()
    for name in out.columns:
        kind = COLUMNS[name].kind if name in COLUMNS else "text"
        if kind == "moment" and pd.api.types.is_datetime64_any_dtype(out[name]):
            out[name] = _on_clock(out[name])
        elif kind == "word":
            out[name] = out[name].map(in_words, na_action="ignore")
        elif kind == "wall":
            # As printed, without the offset: `2023-05-10T09:02+06:00` is nine in the morning there.
            out[name] = out[name].str.slice(0, 16).str.replace("T", " ")
        elif kind == "link":
            out[name] = out[name].map(_web_only, na_action="ignore")
    return out


def _web_only(link: Any) -> Any:
    return link if str(link)[:8].lower().startswith(("http://", "https://")) else pd.NA


def in_words(word: Any) -> str:
    """A state or kind in the reader's language."""
    return say(WORDS.get(str(word), str(word)))


def _on_clock(moments: pd.Series) -> pd.Series:
    aware = moments if moments.dt.tz else moments.dt.tz_localize("UTC")
    return pd.Series(aware.dt.tz_convert(context.current().zone).dt.tz_localize(None))


def _configured(rows: pd.DataFrame) -> dict[str, Any]:
    return {name: _config(_fitting(named(name), rows[name])) for name in rows.columns}


def named(name: str) -> Column:
    """How a column is named and written; one that a comparison added (queries.comparison) by its measure."""
    for ending, label in _BESIDE.items():
        measure, found, _rest = name.rpartition(ending)
        if found and not _rest and measure in COLUMNS:
            words = say(label, measure=say(COLUMNS[measure].label))
            kind: Kind = {THEN: COLUMNS[measure].kind, CHANGE: "change", NOTE: "word"}[ending]
            return Column(words, kind)
    return COLUMNS.get(name) or Column(name)


def _fitting(column: Column, cells: pd.Series) -> Column:
    """The column, as text where a column of figures holds names (`value` of a section)."""
    is_text = column.kind in ("number", "decimal", "rate", "share") and pd.api.types.is_string_dtype(cells)
    return replace(column, kind="text") if is_text else column


def _config(column: Column) -> Any:
    label, width, of = say(column.label), column.width, st.column_config
    match column.kind:
        case "number":
            return of.NumberColumn(label, width=width, format="localized")
        case "decimal":
            return of.NumberColumn(label, width=width, format="%.2f")
        case "rate":
            return of.NumberColumn(label, width=width, format="%.4f")
        case "change":
            return of.NumberColumn(label, width=width, format="%+.0f %%")
        case "share":
            return of.NumberColumn(label, width=width, format="percent")
        case "day":
            return of.DateColumn(label, width=width, format="YYYY-MM-DD")
        case "moment" | "local":
            return of.DatetimeColumn(label, width=width, format="YYYY-MM-DD HH:mm")
        case "link":
            return of.LinkColumn(label, width=width, display_text=say("open page"), validate=r"^https?://")
        case "flag":
            return of.CheckboxColumn(label, width=width)
        case _:
            return of.TextColumn(label, width=width)
