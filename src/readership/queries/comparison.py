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
"""Columns that are compared, each with what makes it known on a side: `read`, `written`, `observed` (read, and what is
unknown in a row stays so), or `` for always."""


GROUPED: Mapping[str, tuple[str | tuple[str, ...], Measures]] = {
    "group_views": (
        "value",
        {"articles": "written", "share_of_articles": "written", "gained": "read", "share_of_views": ""},
    ),
    "publishing": ("value", {"articles": "written", "share_of_articles": "written", "median_24h": ""}),
    "release_dependence": ("source", {"articles": "written", "share_of_articles": "written"}),
    "hour_weekday": (("weekday", "hour"), {"views_per_hour": "observed", "articles_published": "written"}),
}
"""Questions whose rows are keyed, each with its key and what stands beside another period: not views to date, which had
another time to grow."""
OVER_TIME = {"views_gained": "read", "views_by_publication": "", "views_at_age": ""}
"""Questions whose rows are buckets of time, each with what makes its views known."""
COUNTED = {"release_trend": ("articles", "own", "cited", "credited")}
"""Questions that count articles in buckets of their publication: a bucket without a row has none."""
TREND, BY_ARTICLE = "group_trend", "articles_gained"
"""Groups over time; single articles, by the views that each gained."""
COMPARED = (*GROUPED, *OVER_TIME, *COUNTED, TREND, BY_ARTICLE)
"""All questions that have a comparison."""


def answer(
    name: str, beside: Beside, selection: Selection, ask: Ask, parameters: Mapping[str, Any]
) -> tuple[pd.DataFrame, float]:
    """Rows of one of `COMPARED` with what they are compared with, and (over time) how much of that has no place."""
    if name in GROUPED:
        others = [ask(name, side.selection, **parameters) for side in beside.others]
        return joined(ask(name, beside.own, **parameters), others, beside.others, *GROUPED[name]), 0.0
    if name == BY_ARTICLE:
        others = [ask(name, side.selection, **parameters) for side in beside.others]
        return by_article(ask(name, beside.own, **parameters), others, beside.others), 0.0
    if name == TREND:
        return trend(beside, selection, ask, parameters)
    grain = str(parameters.get("grain") or ("week" if name in COUNTED else "day"))
    given = {**parameters, "grain": of_others(beside, grain)}
    others = [ask(name, side.selection, **given) for side in beside.others]
    if name in COUNTED:
        rows = ask(name, beside.own, **parameters)
        return counted(rows, others, beside, grain, COUNTED[name])
    return aligned(ask(name, selection, **parameters), others, beside, grain, needs=OVER_TIME[name])


def of_others(beside: Beside, grain: str) -> str:
    """The bucket in which other sides are asked for: days, which are put in the places of this period's own."""
    return grain if grain == "hour" or not beside.comparison.is_period else "day"


def joined(
    rows: pd.DataFrame,
    others: Sequence[pd.DataFrame],
    sides: Sequence[Side],
    on: str | tuple[str, ...],
    measures: Measures,
) -> pd.DataFrame:
    """The rows with what the other side has for the same `on`, the change and a note; what only that side has, below.

    Adds to each measure `_then` (mean of four for `mean4`), `_change_percent` (unknown against 0 or the unknown) and
    `_note` (`new` against 0). A value that the other side doesn't list counts 0 there when that side is known, and is
    unknown otherwise.
    """
    names = [on] if isinstance(on, str) else list(on)
    out = _with_missing(rows, others, names, measures)
    for measure, needs in measures.items():
        parts = [
            _then(_keys(out, names), other, side, names, measure, needs)
            for other, side in zip(others, sides, strict=True)
        ]
        changed(out, measure, _mean(parts, out.index))
    return out


def by_article(rows: pd.DataFrame, others: Sequence[pd.DataFrame], sides: Sequence[Side]) -> pd.DataFrame:
    """Articles with what each gained in the other period, the change and a note.

    An article that was not published then gained nothing then, and is new. Unknown is what came before its own first
    reading, when that found views already: part of them may be of the other period.

    Args:
        rows: of `articles_gained`: those of the own period alone are listed.
        others: the same of the other sides, of these articles or of all.
    """
    out = rows.copy()
    parts = []
    for other, side in zip(others, sides, strict=True):
        assert side.shift is not None
        listed = dict(zip(other["article"], other["gained"].astype("Float64"), strict=True))
        then = out["article"].map(listed).astype("Float64").fillna(0)
        parts.append(then.where(_was_read(out, side.shift) & side.read_known))
    changed(out, "gained", _mean(parts, out.index))
    return out


def _was_read(rows: pd.DataFrame, shift: Shift) -> pd.Series:
    """Whether all views that an article gained in a period are known."""
    low, high = pd.Timestamp(shift.since), pd.Timestamp(shift.until)
    first, day, last = (pd.to_datetime(rows[name]) for name in ("known_from", "published_day", "read_to"))
    return (day >= high) | ((first.isna() | (first < low)) & (last >= low))


def _with_missing(
    rows: pd.DataFrame, others: Sequence[pd.DataFrame], names: list[str], measures: Measures
) -> pd.DataFrame:
    """The rows and, below, those that only another side has: nothing of what is counted, the rest unknown."""
    there = pd.concat([other[names] for other in others]) if others else rows[names].iloc[:0]
    only = there[~_keys(there, names).isin(set(_keys(rows, names)))].drop_duplicates()
    counted: dict[str, Any] = {name: 0 for name, needs in measures.items() if needs in _COUNTS}
    return _with(rows, only.assign(**counted))


_COUNTS = ("read", "written")
"""What a side that is known has none of where it has no row."""


def _then(keys: pd.Series, other: pd.DataFrame, side: Side, names: list[str], measure: str, needs: str) -> pd.Series:
    if not _is_known(side, needs):
        return pd.Series(pd.NA, index=keys.index, dtype="Float64")
    nothing = 0 if needs in _COUNTS else pd.NA
    listed = dict(zip(_keys(other, names), other[measure].astype("Float64").fillna(nothing), strict=True))
    return keys.map(listed).astype("Float64").fillna(nothing)


def _keys(rows: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Keys of a join; an unknown one (own reporting has no source) is one of them."""
    first, *more = (_key(rows[name]).fillna("") for name in names)
    return sum((" " + one for one in more), first) if more else first


def _key(column: pd.Series) -> pd.Series:
    """Texts of one kind, whatever kind of number the column is of."""
    return (column.astype("Float64") if pd.api.types.is_numeric_dtype(column) else column).astype("str")


def _is_known(side: Side, needs: str) -> bool:
    return {"read": side.read_known, "observed": side.read_known, "written": side.written_known}.get(needs, True)


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


def counted(
    rows: pd.DataFrame, others: Sequence[pd.DataFrame], beside: Beside, grain: str, measures: Sequence[str]
) -> tuple[pd.DataFrame, float]:
    """As `aligned`, for articles counted in the buckets of their publication: where no row stands there are none.

    Args:
        rows: of the own side: `bucket` and the measures.
        others: by the day, of a comparison of values in the same buckets as `rows`.

    Returns:
        The rows, and how many articles of the other side stand in no bucket.
    """
    own = rows.assign(bucket=pd.to_datetime(rows["bucket"]))
    filled = [_each_day(other, side, measures) for other, side in zip(others, beside.others, strict=True)]
    placed = {
        name: [
            _placed(other, side, beside, grain, own, name) for other, side in zip(filled, beside.others, strict=True)
        ]
        for name in measures
    }
    buckets = sorted({bucket for found, _left in placed[measures[0]] for bucket in found.index} - set(own["bucket"]))
    more = pd.DataFrame({"bucket": buckets, **dict.fromkeys(measures, 0)})
    out = _with(own, more).sort_values("bucket", kind="stable", ignore_index=True)
    for name in measures:
        sides = zip(placed[name], beside.others, strict=True)
        parts = [_at(out["bucket"], found, beside if side.written_known else None) for (found, _left), side in sides]
        changed(out, name, _mean(parts, out.index))
    out.attrs = dict(rows.attrs)
    return out, sum(left for _found, left in placed[measures[0]]) / max(len(beside.others), 1)


def _each_day(other: pd.DataFrame, side: Side, measures: Sequence[str]) -> pd.DataFrame:
    """The other side's rows, and one of nothing for each of its days that has none."""
    rows = other[["bucket", *measures]].assign(bucket=pd.to_datetime(other["bucket"])).set_index("bucket")
    if side.shift is not None:
        ends = getattr(side.selection, "ends", ())
        until = max((day + _DAY if low < high else day for _site, day, low, high in ends), default=side.shift.until)
        days = pd.date_range(side.shift.since, min(until, side.shift.until) - _DAY, unit="us")
        rows = rows.reindex(rows.index.union(days), fill_value=0)
    return rows.rename_axis("bucket").reset_index()


def _at(buckets: pd.Series, found: pd.Series, known: Beside | None) -> pd.Series:
    """What stands at each bucket; of a comparison of values 0 where nothing does, unknown on a side that is unknown."""
    then = buckets.map(found.to_dict() if known else {}).astype("Float64")
    return then if known is None or known.comparison.is_period else then.fillna(0)


# -- groups over time -------------------------------------------------------------------------------------------------
MAX_GROUPS = 200
"""Groups of a trend that are compared at most: each is written out in all of its buckets."""
ALL_GROUPS = 2**31
"""`top` for the other side: a group that is large now may have been small then."""


def trend(beside: Beside, selection: Selection, ask: Ask, parameters: Mapping[str, Any]) -> tuple[pd.DataFrame, float]:
    """Rows of `group_trend` with what the other side has of the same groups."""
    grain = str(parameters.get("grain") or "week")
    by = of_others(beside, grain)
    others = [
        (
            ask(TREND, side.selection, **{**parameters, "grain": by, "top": ALL_GROUPS}),
            ask("views_gained", side.selection, grain=by),
        )
        for side in beside.others
    ]
    rows, whole = ask(TREND, selection, **parameters), ask("views_gained", selection, grain=grain)
    return trended(rows, whole, others, beside, grain)


def trended(
    rows: pd.DataFrame,
    whole: pd.DataFrame,
    others: Sequence[tuple[pd.DataFrame, pd.DataFrame]],
    beside: Beside,
    grain: str,
    *,
    instead: str = "",
) -> tuple[pd.DataFrame, float]:
    """Groups over time, each with the views and the share that it had in the same place of the other period.

    Args:
        rows: of `group_trend`: bucket, value, views, share, articles; of the groups that are wanted.
        whole: of `views_gained` under the same selection: in which buckets anything was being read.
        others: the same two of each other side, by the day as `aligned` takes them, of all groups.
        instead: the one group of the other side that stands beside each of these; by default the same one.

    Returns:
        A row a bucket and group: 0 where the group gained nothing while others were being read, unknown where nothing
        was. And the views of the other side, all groups together, that stand in no bucket.
    """
    own = rows.assign(bucket=pd.to_datetime(rows["bucket"]))
    start = own if len(own) else whole
    wholes = [
        _placed(whole_other, side, beside, grain, start, "views")
        for (_other, whole_other), side in zip(others, beside.others, strict=True)
    ]
    now = whole["views"].astype("Float64").groupby(pd.to_datetime(whole["bucket"])).sum(min_count=1)
    known = set(now.dropna().index).union(*(found.dropna().index for found, _left in wholes))
    out = _each_bucket(own, sorted(known | set(own["bucket"])), now)
    views, shares = [], []
    for (other, _whole), (found, _left), side in zip(others, wholes, beside.others, strict=True):
        then = _group_then(out, other, side, beside, grain, start, instead)
        all_then = out["bucket"].map(found.to_dict() if side.read_known else {}).astype("Float64")
        views.append(then.fillna(0).where(all_then.notna()))
        shares.append(views[-1] / all_then.where(all_then > 0))
    changed(out, "views", _mean(views, out.index))
    changed(out, "share", _mean(shares, out.index))
    out.attrs = dict(rows.attrs)
    return out, sum(left for _found, left in wholes) / max(len(wholes), 1)


def _each_bucket(own: pd.DataFrame, buckets: Sequence[Any], now: pd.Series) -> pd.DataFrame:
    """A row for each bucket and group: nothing gained where others were being read, unknown where nothing was."""
    grid = pd.MultiIndex.from_product([buckets, sorted(own["value"].unique())], names=["bucket", "value"]).to_frame(
        index=False
    )
    out = grid.merge(own, on=["bucket", "value"], how="left")
    total = out["bucket"].map(now.to_dict()).astype("Float64")
    out["articles"] = out["articles"].astype("Int64").where(out["articles"].notna() | total.isna(), 0)
    out["views"] = out["views"].astype("Int64").where(out["views"].notna() | total.isna(), 0)
    out["share"] = out["share"].astype("Float64").where(out["share"].notna() | ~(total > 0), 0)
    return out[list(own.columns)]


def _group_then(
    out: pd.DataFrame, other: pd.DataFrame, side: Side, beside: Beside, grain: str, start: pd.DataFrame, instead: str
) -> pd.Series:
    """The other side's views in the place of each row; unknown where it has none."""
    wanted = {instead} if instead else set(out["value"])
    listed: dict[tuple[Any, str], Any] = {}
    for value, part in other[other["value"].isin(wanted)].groupby("value"):
        found, _left = _placed(part, side, beside, grain, start, "views")
        listed |= {(bucket, str(value)): views for bucket, views in found.items()}
    keys = zip(out["bucket"], [instead] * len(out) if instead else out["value"], strict=True)
    return pd.Series(
        [listed.get((bucket, str(value)), pd.NA) for bucket, value in keys], index=out.index, dtype="Float64"
    )


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
