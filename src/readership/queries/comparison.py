"""One period, or one value, beside another: what is compared, under which selections, and how two answers are joined.

A `Comparison` is part of the reader's choice. `resolve` turns it and a selection into the selections of both sides; a
query is asked under each of them; `joined` and `aligned` put the answers beside each other. DEFINITIONS' Compare: the
other period is cut where the newest reading cuts the own one; nothing to something is "new"; the unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from readership.errors import UsageError
from readership.queries.selection import URL_NAMES, Selection

PERIODS = ("previous", "weekday", "month", "year", "year-calendar", "mean4")
"""Other periods by name, the same as the query `compare` has."""
NONE = "none"
"""In a URL: compare with nothing, key figures neither."""
DIMENSIONS = {
    URL_NAMES[field]: field
    for field in ("topics", "countries", "sections", "languages", "sources", "authors", "credits", "sites")
}
"""What one value can be set against another of: its name in a URL, and the selection's field."""
MAX_VALUE = 200
THEN, CHANGE, NOTE = "_then", "_change_percent", "_note"
"""Endings of the columns that a join adds to a measure: the other side, the change in percent of it, `new`."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a selection is set beside.

    Attributes:
        kind: one of `PERIODS`, `custom` (days of one's own), `value` (another value of a dimension) or `none`.
        since, until: of `custom`: local days, half-open.
        dimension, value: of `value`: `topic`, `country` … and which.
    """

    kind: str
    since: date | None = None
    until: date | None = None
    dimension: str = ""
    value: str = ""

    @classmethod
    def read(cls, text: str) -> Comparison:
        """The comparison that a URL's `compare=` or an export's parameter means.

        Raises:
            ValueError: it means none.
        """
        if text in (*PERIODS, NONE):
            return cls(text)
        first, dots, last = text.partition("..")
        if dots:
            since, until = date.fromisoformat(first), date.fromisoformat(last)
            if since >= until:
                raise ValueError(text)
            return cls("custom", since, until)
        dimension, colon, value = text.partition(":")
        if not colon or dimension not in DIMENSIONS or not value or len(value) > MAX_VALUE:
            raise ValueError(text)
        return cls("value", dimension=dimension, value=value)

    def __str__(self) -> str:
        """As `read` takes it: `weekday`, `2026-09-01..2026-10-01`, `topic:sport`."""
        if self.kind == "custom":
            return f"{self.since}..{self.until}"
        return f"{self.dimension}:{self.value}" if self.kind == "value" else self.kind

    @property
    def is_period(self) -> bool:
        """It sets a period beside another; else one value beside another, in the same dates."""
        return self.kind not in ("value", NONE)


def from_text(text: str) -> Comparison:
    """As `Comparison.read`, for command line and routes.

    Raises:
        UsageError: names the value.
    """
    try:
        return Comparison.read(text)
    except ValueError:
        raise UsageError(
            f"Can't read compare={text[:60]}.",
            f"It is one of {', '.join(PERIODS)}, two days as 2026-09-01..2026-10-01 (the second is the day after the "
            f"last), or another value, as topic:sport ({', '.join(DIMENSIONS)}).",
        ) from None


@dataclass(frozen=True, slots=True)
class Ended(Selection):
    """A selection whose dates end at a moment of each site: half of a comparison, never a reader's own.

    Attributes:
        ends: site, day before which all days count, and the epoch seconds from and to which that day counts.
    """

    ends: tuple[tuple[str, date, int, int], ...] = ()

    def parameter(self) -> dict[str, Any]:
        """The selection's, with its ends."""
        names = ("site", "day", "from_s", "at_s")
        found = _plain(self).parameter()
        return found | {"ends": [dict(zip(names, end, strict=True)) for end in self.ends] or None}

    def to_url(self) -> list[tuple[str, str]]:
        """The selection's, with its ends as they tell two questions apart; no page reads these."""
        return [*_plain(self).to_url(), *(("end", f"{site}@{at_s}") for site, _day, _from, at_s in self.ends)]


@dataclass(frozen=True, slots=True)
class Shift:
    """How the other period lies to the own one: `days` and `months` before, or (`days` None) from its first day on."""

    since: date
    until: date
    days: int | None = None
    months: int = 0

    def place(self, day: date, own_since: date) -> tuple[date, bool]:
        """The own day beside which a day of the other period stands; whether it is that day's only one."""
        if self.months:
            wanted = _months_later(day, self.months)
            return wanted, wanted.day == day.day
        return own_since + (day - self.since), True


@dataclass(frozen=True, slots=True)
class Side:
    """The other side of a comparison, or one of four.

    Attributes:
        shift: None when the dates are the same.
        read_known, written_known: something had been read, or published, when it began: else its figures are unknown.
    """

    selection: Selection
    shift: Shift | None
    read_known: bool = True
    written_known: bool = True


@dataclass(frozen=True, slots=True)
class Beside:
    """A comparison resolved: what the own side and the others are asked under.

    Attributes:
        since, until: the own days; None when all dates are chosen (then only values are compared).
        others: none when there is nothing to compare with: no first day.
    """

    comparison: Comparison
    own: Selection
    others: tuple[Side, ...]
    since: date | None
    until: date | None


Ask = Callable[..., pd.DataFrame]
"""`ask(name, selection, **parameters)`: rows of a query."""


def resolve(comparison: Comparison, selection: Selection, ask: Ask) -> Beside:
    """The selections of both sides, the last day of each cut at the wall-clock time of the newest reading."""
    if comparison.kind == "value":
        wanted: dict[str, Any] = {DIMENSIONS[comparison.dimension]: (comparison.value,)}
        other = replace(selection, **wanted)
        return Beside(comparison, selection, (Side(other, None),), selection.since, selection.until)
    sites = ask("compare_newest", selection) if comparison.is_period and selection.since else pd.DataFrame()
    if sites.empty or selection.since is None:
        return Beside(comparison, selection, (), selection.since, selection.until)
    until = selection.until or _day(sites["day"].max()) + timedelta(days=1)
    own = ended(selection, ask("compare_ends", selection))
    sides = tuple(_side(shift, selection, sites, ask) for shift in shifts(comparison, selection.since, until))
    return Beside(comparison, own, sides, selection.since, until)


def shifts(comparison: Comparison, since: date, until: date) -> list[Shift]:
    """The other periods (four for `mean4`) of the days since … until, the nearest first."""
    length = (until - since).days
    if comparison.kind == "custom":
        assert comparison.since is not None
        assert comparison.until is not None
        return [Shift(comparison.since, comparison.until)]
    if comparison.kind in ("month", "year-calendar"):
        months = 12 if comparison.kind == "year-calendar" else max(1, _months_between(since, until))
        return [Shift(_months_later(since, -months), _months_later(until, -months), 0, months)]
    step = {"previous": length, "year": 364}.get(comparison.kind, 7 * -(-length // 7))
    times = 4 if comparison.kind == "mean4" else 1
    return [Shift(since - step * k * _DAY, until - step * k * _DAY, step * k) for k in range(1, times + 1)]


def _side(shift: Shift, selection: Selection, sites: pd.DataFrame, ask: Ask) -> Side:
    ends = ask(
        "compare_ends", selection, other_since=shift.since.isoformat(), other_until=shift.until.isoformat(),
        days=None if shift.days is None else str(shift.days), months=str(shift.months),
    )  # fmt: skip
    dates = replace(selection, since=shift.since, until=shift.until)
    known = ((sites[name].dropna().map(_day) <= shift.since).any() for name in ("read_since", "written_since"))
    return Side(ended(dates, ends), shift, *map(bool, known))


def ended(selection: Selection, ends: pd.DataFrame) -> Ended:
    """The selection with the rows of `compare_ends`."""
    rows = zip(ends["site"], ends["day"], ends["from_s"], ends["at_s"], strict=True)
    return Ended(
        **_fields(selection), ends=tuple((str(site), _day(day), int(low), int(high)) for site, day, low, high in rows)
    )


# -- joining ----------------------------------------------------------------------------------------------------------
Measures = Mapping[str, str]
"""Columns that are compared, each with what makes it known on a side: `read`, `written`, or `` for always."""


GROUPED: Mapping[str, tuple[str, Measures]] = {
    "group_views": (
        "value",
        {"articles": "written", "share_of_articles": "written", "gained": "read", "share_of_views": ""},
    ),
    "publishing": ("value", {"articles": "written", "share_of_articles": "written", "median_24h": ""}),
    "release_dependence": ("source", {"articles": "written", "share_of_articles": "written"}),
}
"""Questions whose rows are keyed, each with its key and what stands beside another period: not views to date, which had
another time to grow."""
OVER_TIME = {"views_gained": "read", "views_by_publication": "", "views_at_age": ""}
"""Questions whose rows are buckets of time, each with what makes its views known."""


def answer(
    name: str, beside: Beside, selection: Selection, ask: Ask, parameters: Mapping[str, Any]
) -> tuple[pd.DataFrame, float]:
    """Rows of one of `GROUPED` or `OVER_TIME` with what they are compared with, and (`aligned`) what has no place."""
    if name in GROUPED:
        on, measures = GROUPED[name]
        others = [ask(name, side.selection, **parameters) for side in beside.others]
        return joined(ask(name, beside.own, **parameters), others, beside.others, on, measures), 0.0
    grain = str(parameters.get("grain", "day"))
    by = grain if grain == "hour" or not beside.comparison.is_period else "day"
    others = [ask(name, side.selection, **{**parameters, "grain": by}) for side in beside.others]
    return aligned(ask(name, selection, **parameters), others, beside, grain, needs=OVER_TIME[name])


def joined(
    rows: pd.DataFrame, others: Sequence[pd.DataFrame], sides: Sequence[Side], on: str, measures: Measures
) -> pd.DataFrame:
    """The rows with what the other side has for the same `on`, the change and a note; what only that side has, below.

    Adds to each measure `_then` (mean of four for `mean4`), `_change_percent` (unknown against 0 or the unknown) and
    `_note` (`new` against 0). A value that the other side doesn't list counts 0 there when that side is known, and is
    unknown otherwise.
    """
    out = _with_missing(rows, others, on, measures)
    for measure, needs in measures.items():
        parts = [_then(out[on], other, side, on, measure, needs) for other, side in zip(others, sides, strict=True)]
        changed(out, measure, _mean(parts, out.index))
    return out


def _with_missing(rows: pd.DataFrame, others: Sequence[pd.DataFrame], on: str, measures: Measures) -> pd.DataFrame:
    """The rows and, below, those that only another side has: nothing of what is counted, the rest unknown."""
    there = pd.concat([other[on] for other in others]) if others else rows[on].iloc[:0]
    only = there[~_keyed(there).isin(set(_keyed(rows[on])))].drop_duplicates()
    counted: dict[str, Any] = {name: 0 for name, needs in measures.items() if needs}
    return _with(rows, only.to_frame().assign(**counted))


def _then(keys: pd.Series, other: pd.DataFrame, side: Side, on: str, measure: str, needs: str) -> pd.Series:
    if not _is_known(side, needs):
        return pd.Series(pd.NA, index=keys.index, dtype="Float64")
    listed = other.assign(**{on: _keyed(other[on])}).set_index(on)[measure].astype("Float64")
    keys = _keyed(keys)
    return keys.map((listed.fillna(0) if needs else listed).to_dict()).astype("Float64").fillna(0 if needs else pd.NA)


def _keyed(keys: pd.Series) -> pd.Series:
    """Keys of a join; an unknown one (own reporting has no source) is one of them."""
    return keys.astype("str").fillna("")


def _is_known(side: Side, needs: str) -> bool:
    return {"read": side.read_known, "written": side.written_known}.get(needs, True)


def changed(out: pd.DataFrame, measure: str, then: pd.Series) -> None:
    """Write the other side of a measure, its change and its note into the rows."""
    now = out[measure].astype("Float64")
    out[f"{measure}{THEN}"] = then
    out[f"{measure}{CHANGE}"] = 100 * (now - then) / then.where(then != 0)
    is_new = ((then == 0) & (now.fillna(0) > 0)).fillna(value=False)
    out[f"{measure}{NOTE}"] = pd.Series(pd.NA, index=out.index, dtype="str").where(~is_new.astype(bool), "new")


def _mean(parts: Sequence[pd.Series], index: pd.Index) -> pd.Series:
    """The mean where all are known."""
    if not parts:
        return pd.Series(pd.NA, index=index, dtype="Float64")
    return pd.concat(parts, axis=1).astype("Float64").mean(axis=1, skipna=False).astype("Float64")


def aligned(
    rows: pd.DataFrame,
    others: Sequence[pd.DataFrame],
    beside: Beside,
    grain: str,
    measure: str = "views",
    needs: str = "read",
) -> tuple[pd.DataFrame, float]:
    """Buckets of the own period, each with what the other had in the same place of its own.

    Args:
        rows: of the own side: `bucket` and the measure.
        others: of the other sides, by the hour for the grain `hour`, by the day for all others; so a week of this
            period stands beside the same seven days of the other, whatever weekday that begins with. Of a comparison
            of values: in the same buckets as `rows`.

    Returns:
        The rows with `_then`, `_change_percent`, `_note`; buckets that only the other side has come with unknown
        figures. And how much of the other side (a mean for `mean4`) stands in no bucket: the 31st beside a month of 30
        days, by the day.
    """
    places = [
        _placed(other, side, beside, grain, rows, measure) for other, side in zip(others, beside.others, strict=True)
    ]
    own = rows.assign(bucket=pd.to_datetime(rows["bucket"]))
    buckets = sorted({bucket for found, _out in places for bucket in found.index} - set(own["bucket"]))
    out = _with(own, pd.DataFrame({"bucket": buckets})).sort_values("bucket", kind="stable", ignore_index=True)
    first = ~out["bucket"].duplicated()  # an hour that comes twice stands once on the other side
    known = [_is_known(side, needs) for side in beside.others]
    parts = [
        out["bucket"].map(found.to_dict() if is_known else {}).astype("Float64").where(first)
        for (found, _left), is_known in zip(places, known, strict=True)
    ]
    changed(out, measure, _mean(parts, out.index))
    out.attrs = dict(rows.attrs)
    return out, sum(left for _found, left in places) / max(len(places), 1)


def _with(rows: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """The rows and some more, of which not all columns are known."""
    if more.empty:
        return rows.copy()
    empty = more.reindex(columns=rows.columns)
    typed = {name: str(kind) for name, kind in rows.dtypes.items() if pd.api.types.is_extension_array_dtype(kind)}
    wide = {name: "Float64" for name, kind in rows.dtypes.items() if kind.kind in "iuf" and name not in typed}
    flags = {name: "boolean" for name, kind in rows.dtypes.items() if kind.kind == "b" and name not in typed}
    kinds = {**typed, **wide, **flags}
    return pd.concat([rows.astype(kinds), empty.astype(kinds)], ignore_index=True)


def _placed(
    other: pd.DataFrame, side: Side, beside: Beside, grain: str, rows: pd.DataFrame, measure: str
) -> tuple[pd.Series, float]:
    """The other side's measure by own bucket (unknown where nothing of it is known), and what found no place."""
    values = other[measure].astype("Float64")
    if side.shift is None:
        return values.groupby(pd.to_datetime(other["bucket"])).sum(min_count=1), 0.0
    assert beside.since is not None
    assert beside.until is not None
    week = pd.Timestamp(rows["bucket"].iloc[0]) if len(rows) else pd.Timestamp(beside.since)
    found = [
        _place(pd.Timestamp(moment), side.shift, beside.since, beside.until, grain, week) for moment in other["bucket"]
    ]
    placed = pd.Series(found, index=values.index, dtype="datetime64[us]")
    left = values[placed.isna()].sum(min_count=1)
    return values.groupby(placed).sum(min_count=1), 0.0 if pd.isna(left) else float(left)


def _place(
    moment: pd.Timestamp, shift: Shift, since: date, until: date, grain: str, week: pd.Timestamp
) -> pd.Timestamp | None:
    day, exact = shift.place(moment.date(), since)
    if grain in ("hour", "day"):
        if not exact or day >= until:
            return None
        return pd.Timestamp(day) + timedelta(hours=moment.hour if grain == "hour" else 0)
    start = pd.Timestamp(min(day, until - _DAY))
    if grain == "month":
        return start.replace(day=1)
    return week + timedelta(days=7 * ((start - week).days // 7))


# -- small things -----------------------------------------------------------------------------------------------------
_DAY = timedelta(days=1)


def _fields(selection: Selection) -> dict[str, Any]:
    return {name: getattr(selection, name) for name in Selection.__dataclass_fields__}


def _plain(selection: Selection) -> Selection:
    return Selection(**_fields(selection))


def _day(moment: Any) -> date:
    return pd.Timestamp(moment).date()


def _months_later(day: date, months: int) -> date:
    """The same day of another month, its last one where there is none such."""
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


def _months_between(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month
