"""What a report says: sentences, charts, tables and definitions, written once in a language and drawn in any form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from readership import queries
from readership.exports import naming
from readership.exports.proof import Asked, Proof
from readership.exports.report import charts
from readership.exports.tables import answer, proof_of
from readership.exports.text import visible
from readership.i18n import Language, mark
from readership.queries import Edition, Selection

TOP, GROUPS, MOVERS, RATES, MAX_TITLE = 10, 8, 5, 12, 110


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; `numbers` says which columns are set to the right.

    Attributes:
        name: short ASCII name, for sheets.
        values: the same cells as numbers and days where they are some, for spreadsheets.
        note: what stands under it.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Any, ...], ...]
    numbers: tuple[bool, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as SVG, with what it shows said in `alt`."""

    title: str
    svg: str
    alt: str
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; every text is in its language and literal."""

    title: str
    subtitle: str
    sentences: tuple[str, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    definitions: tuple[tuple[str, str], ...]
    proof: tuple[tuple[str, str], ...]
    proofs: tuple[Proof, ...]
    language: str
    labels: Mapping[str, str]


class Writer:
    """Asks an edition and writes down what it answers."""

    def __init__(
        self,
        edition: Edition,
        selection: Selection,
        language: Language,
        zone: str,
        own_topics: Path | None,
        now: datetime,
    ) -> None:
        self.edition, self.selection, self.language, self.zone = edition, selection, language, zone
        self.now, self.own_topics = now, own_topics
        self.proofs: list[Proof] = []

    def say(self, text: str, **values: object) -> str:
        """A message in the report's language."""
        return self.language.say(text, **values)

    def rows(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        """The answer to a question, and its proof kept."""
        asked = Asked(queries.named(name), self.selection, self.edition, self.now, parameters, self.language)
        batches = list(answer(asked, frugal=False))
        self.proofs.append(proof_of(batches, asked))
        return [row for batch in batches for row in batch.to_pylist()]

    def number(self, value: Any) -> str:
        """A whole number, or that it is unknown."""
        return self.say("unknown") if value is None else self.language.number(value)

    def named(self, dimension: str, value: str) -> str:
        """A value as readers call it."""
        return visible(naming.named(dimension, value, self.language, self.own_topics))


def collected(
    edition: Edition, selection: Selection, *, language: Language, zone: str, own_topics: Path | None, now: datetime
) -> Report:
    """The report of a selection; without dates, of the 28 days up to the newest reading.

    Raises:
        NoEdition, UsageError: as `queries.fetch`.
    """
    writer = Writer(edition, _dated(selection, edition, zone), language, zone, own_topics, now)
    daily = writer.rows("views_gained", grain="day")
    topics = writer.rows("group_views", dimension="topic", limit=GROUPS)
    articles = writer.rows("articles", order="views", limit=TOP)
    say = writer.say
    return Report(
        title=say("Readership report"),
        subtitle=_period(writer),
        sentences=tuple(_sentences(writer, daily, topics, articles)),
        charts=tuple(_charts(writer, daily, topics)),
        tables=tuple(_tables(writer, topics, articles)),
        definitions=tuple((say(name), say(meaning)) for name, meaning in _definitions()),
        proof=tuple(_proof(writer)),
        proofs=tuple(writer.proofs),
        language=language.code,
        labels={"definitions": say("What the numbers mean"), "proof": say("Where they come from")},
    )


def _dated(selection: Selection, edition: Edition, zone: str) -> Selection:
    if selection.since or selection.until or edition.as_of is None:
        return selection
    tomorrow = datetime.fromisoformat(edition.as_of).astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return replace(selection, since=tomorrow - timedelta(days=28), until=tomorrow)


def _period(writer: Writer) -> str:
    chosen, language = writer.selection, writer.language
    if chosen.since and chosen.until:
        return language.days(chosen.since, chosen.until - timedelta(days=1))
    if chosen.since:
        return writer.say("since {day}", day=language.day(chosen.since))
    if chosen.until:
        return writer.say("until {day}", day=language.day(chosen.until - timedelta(days=1)))
    return writer.say("all dates")


# -- sentences ---------------------------------------------------------------------------------------------------------
Rows = Sequence[Mapping[str, Any]]


def _sentences(writer: Writer, daily: Rows, topics: Rows, articles: Rows) -> list[str]:
    facts = writer.rows("key_figures")
    row: Mapping[str, Any] = facts[0] if facts else {}
    if not row.get("articles") and not row.get("gained"):
        return [writer.say("Nothing in this selection was published or read in this time.")]
    compared = {one["measure"]: one for one in writer.rows("compare", against="previous")}
    found = [
        writer.language.say_n(
            "{n} article was published; it has {views} views to date.",
            "{n} articles were published; they have {views} views to date.",
            int(row["articles"]), views=writer.number(row["views"]),
        ),
        _gained(writer, row, compared.get("gained", {})),
        *_best_day(writer, daily),
        *_first_topic(writer, topics),
        *_first_article(writer, articles),
        *_unknown(writer, row),
    ]  # fmt: skip
    return [one for one in found if one]


def _gained(writer: Writer, row: Mapping[str, Any], compared: Mapping[str, Any]) -> str:
    """Views gained in the period, by articles of any age, beside the period before."""
    gained, change = writer.number(row["gained"]), compared.get("change_percent")
    if compared.get("note") == "new":
        return writer.say(
            "{gained} views were gained in this time; in the period before there were none.", gained=gained
        )
    if compared.get("other") is None or change is None:
        return writer.say(
            "{gained} views were gained in this time; what the period before had is unknown.", gained=gained
        )
    words = {
        "gained": gained,
        "other": writer.number(compared["other"]),
        "change": writer.language.percent(abs(change) / 100),
    }
    if round(change, 1) == 0:
        return writer.say("{gained} views were gained in this time, as many as in the period before.", **words)
    if change > 0:
        return writer.say(
            "{gained} views were gained in this time, {change} more than the {other} of the period before.", **words
        )
    return writer.say(
        "{gained} views were gained in this time, {change} fewer than the {other} of the period before.", **words
    )


def _best_day(writer: Writer, daily: Rows) -> list[str]:
    known = [row for row in daily if row["views"]]
    if len(known) < 2:
        return []
    best = max(known, key=lambda row: (row["views"], _day(row["bucket"])))
    day = writer.language.day(_day(best["bucket"]))
    return [writer.say("The best day was {day} with {views} views.", day=day, views=writer.number(best["views"]))]


def _first_topic(writer: Writer, topics: Rows) -> list[str]:
    if not topics or not topics[0]["share_of_views"]:
        return []
    first = topics[0]
    name, share = writer.named("topic", first["value"]), writer.language.percent(first["share_of_views"])
    return [
        writer.say(
            "Most read was the topic {topic}: {share} of the views are of articles on it.", topic=name, share=share
        )
    ]


def _first_article(writer: Writer, articles: Rows) -> list[str]:
    if not articles or not articles[0]["total"]:
        return []
    first = articles[0]
    title, views = _title(first), writer.number(first["total"])
    return [writer.say("Most read of what was published: “{title}”, {views} views.", title=title, views=views)]


def _unknown(writer: Writer, row: Mapping[str, Any]) -> list[str]:
    found = []
    if row["views_unknown"]:
        found.append(writer.language.say_n(
            "Of {n} article no views are known; it is not counted as zero.",
            "Of {n} articles no views are known; they are not counted as zero.", int(row["views_unknown"]),
        ))  # fmt: skip
    if row["baseline"]:
        found.append(
            writer.say(
                "{views} views were there before a first reading and belong to no day.",
                views=writer.number(row["baseline"]),
            )
        )
    return found


# -- charts and tables -------------------------------------------------------------------------------------------------
def _charts(writer: Writer, daily: Rows, topics: Rows) -> list[Chart]:
    say, found = writer.say, []
    if any(row["views"] for row in daily):
        bars = [(writer.language.short_day(_day(row["bucket"])), row["views"], _observed(row)) for row in daily]
        note = say(
            "All articles, by the local day on which they were read. Lighter: spread between readings further apart."
        )
        best = max((row for row in daily if row["views"]), key=lambda row: row["views"])
        alt = say(
            "Views gained by day; most, {views}, on {day}.",
            views=writer.number(best["views"]), day=writer.language.day(_day(best["bucket"])),
        )  # fmt: skip
        found.append(Chart(say("Views gained by day"), charts.columns(bars, writer.number), alt, note))
    shown = [(writer.named("topic", row["value"]), row["views_full"]) for row in topics if row["views_full"]]
    if shown:
        note = say("Articles published in this time; one with several topics counts in each.")
        alt = say("Views by topic; most, {views}, for {topic}.", views=writer.number(shown[0][1]), topic=shown[0][0])
        found.append(Chart(say("Views by topic"), charts.bars(shown, writer.number), alt, note))
    return found


def _observed(row: Mapping[str, Any]) -> float | None:
    return None if row["observed_share"] is None else float(row["observed_share"])


def _tables(writer: Writer, topics: Rows, articles: Rows) -> list[Table]:
    found = [_article_table(writer, articles), _movers(writer), _group_table(writer, "topic", topics)]
    countries = writer.rows("group_views", dimension="country", limit=GROUPS)
    found += [_group_table(writer, "country", countries), _rates(writer)]
    return [table for table in found if table and table.rows]


def _article_table(writer: Writer, articles: Rows) -> Table:
    say = writer.say
    rows = [row for row in articles if row["total"] is not None]
    return Table(
        "articles", say("Most read of what was published"),
        (say("Title"), say("Site"), say("Section"), say("Day published"), say("Views")),
        tuple((_title(row), visible(row["site"]), visible(row["section"] or "–"),
               _day_words(writer, row["published_day"]), writer.number(row["total"])) for row in rows),
        tuple((row["title"], row["site"], row["section"], _day(row["published_day"]), row["total"]) for row in rows),
        (False, False, False, False, True),
    )  # fmt: skip


def _movers(writer: Writer) -> Table:
    say = writer.say
    kinds = {"rising": say("rising"), "falling": say("falling")}
    rows = [row for row in writer.rows("movers", limit=MOVERS) if row["kind"] in kinds]
    return Table(
        "movers", say("Rising and falling in the last 24 hours"),
        (say("Title"), say("Direction"), say("Last 24 hours"), say("24 hours before")),
        tuple((_title(row), kinds[row["kind"]], writer.number(row["gained_24h"]), writer.number(row["gained_before"]))
              for row in rows),
        tuple((row["title"], kinds[row["kind"]], row["gained_24h"], row["gained_before"]) for row in rows),
        (False, False, True, True),
    )  # fmt: skip


def _group_table(writer: Writer, dimension: str, rows: Rows) -> Table:
    say = writer.say
    title, head = {
        "topic": (say("Topics"), say("Topic")),
        "country": (say("Countries that articles name"), say("Country")),
    }[dimension]
    share = writer.language.percent
    return Table(
        dimension, title, (head, say("Articles"), say("Views"), say("Share of views")),
        tuple((writer.named(dimension, row["value"]), writer.number(row["articles"]), writer.number(row["views_full"]),
               say("unknown") if row["share_of_views"] is None else share(row["share_of_views"])) for row in rows),
        tuple((writer.named(dimension, row["value"]), row["articles"], row["views_full"], row["share_of_views"])
              for row in rows),
        (False, True, True, True),
        say("Articles with several values count in each row, so rows add up to more than the total."),
    )  # fmt: skip


def _rates(writer: Writer) -> Table:
    say, fixed = writer.say, writer.language.fixed
    rows = [row for row in writer.rows("header_latest") if row["certain"]][:RATES]
    return Table(
        "rates", say("Currency figures in page headers"),
        (say("Site"), say("Currency"), say("Value"), say("Captured"), say("Official")),
        tuple((visible(row["site"]), row["currency"], f"{fixed(row['value'], 2)} {row['quote'] or ''}".strip(),
               _moment(writer, row["captured_at"]),
               say("unknown") if row["official"] is None else fixed(row["official"], 2))
              for row in rows),
        tuple((row["site"], row["currency"], row["value"], row["captured_at"], row["official"]) for row in rows),
        (False, False, True, False, True),
        say("As captured, not of the day on which an article was published."),
    )  # fmt: skip


# -- definitions and proof ---------------------------------------------------------------------------------------------
def _definitions() -> Sequence[tuple[str, str]]:
    return (
        (
            mark("Views gained"),
            mark("Differences between readings of a public counter, spread over the time between them."),
        ),
        (mark("Views to date"), mark("What the counter had gained at its newest reading, from the first on.")),
        (mark("Share of views"), mark("Views of the articles in the row / views of all articles of the selection.")),
        (
            mark("What public pages can't tell"),
            mark("How long people read, where they are, and where they go next is not known and not estimated."),
        ),
    )


def _proof(writer: Writer) -> list[tuple[str, str]]:
    say, edition = writer.say, writer.edition
    as_of = datetime.fromisoformat(edition.as_of) if edition.as_of else None
    told: dict[str, Callable[[], str]] = {
        say("Selection"): lambda: visible(_in_words(writer)),
        say("Link"): lambda: Asked(queries.named("articles"), writer.selection, edition, writer.now).permalink or "–",
        say("Edition"): lambda: f"{edition.number}{say(' (demo data)') if edition.demo else ''}",
        say("Newest reading"): lambda: writer.language.moment(as_of, writer.zone) if as_of else say("unknown"),
        say("Written"): lambda: writer.language.moment(writer.now.astimezone(UTC), writer.zone),
        say("SHA-256 of the rows (first 16 digits)"): lambda: _hashes(writer),
    }
    return [(name, words()) for name, words in told.items()]


def _hashes(writer: Writer) -> str:
    return "; ".join(f"{one.query} {one.sha256[:16]}" for one in writer.proofs)


def _in_words(writer: Writer) -> str:
    chosen = writer.selection
    named: dict[str, Any] = {
        f"{prefix}{field}": tuple(
            writer.named(queries.URL_NAMES[field], value) for value in getattr(chosen, f"{prefix}{field}")
        )
        for field in queries.VALUES
        for prefix in ("", "no_")
    }
    return replace(chosen, **named).words(writer.language.translate, writer.language.day)


# -- cells -------------------------------------------------------------------------------------------------------------
def _title(row: Mapping[str, Any]) -> str:
    title = visible(str(row["title"] or row["article_key"]))
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"


def _day(value: Any) -> date | None:
    return None if value is None else pd.Timestamp(value).date()


def _day_words(writer: Writer, value: Any) -> str:
    day = _day(value)
    return writer.say("unknown") if day is None else writer.language.day(day)


def _moment(writer: Writer, value: Any) -> str:
    if value is None:
        return writer.say("unknown")
    return writer.language.moment(pd.Timestamp(value).tz_localize(UTC).to_pydatetime(), writer.zone)
