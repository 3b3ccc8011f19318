"""Views over time, written slowly and plainly: what the store's rollups must agree with to the last view.

Written from the definitions alone, before looking at any of the store's code: whole views, whole seconds since 1970 UTC
(`int`), no SQL, no numpy, no shared helper. Shares, velocities and indexes are exact `Fraction`s. Where the definitions
leave room, the docstring says which reading this file takes ("Reading taken: …").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 24 * HOUR
PUBLICATION_REACH = 48 * HOUR
AGES = tuple(h * HOUR for h in (1, 3, 6, 12, 24)) + tuple(d * DAY for d in (2, 3, 7, 14, 30, 90))

# ---------------------------------------------------------------------------------------------------------- readings


@dataclass(frozen=True)
class Reading:
    """One counter value; `at` is None when nobody knows the moment."""

    at: int | None
    views: int


@dataclass(frozen=True)
class Judged:
    """A reading and what became of it: `kept`, `suspect`, `tie`, `unknown-moment`; epochs count from 1."""

    at: int | None
    views: int
    status: str
    epoch: int | None = None


def largest_of_each_moment(readings: Iterable[Reading]) -> list[tuple[int, int]]:
    """(moment, largest value), in time order; readings without a moment stay out."""
    largest: dict[int, int] = {}
    for reading in readings:
        if reading.at is not None and reading.views >= largest.get(reading.at, 0):
            largest[reading.at] = reading.views
    return sorted(largest.items())


def judge(readings: Iterable[Reading]) -> list[Judged]:
    """Every distinct reading with its status; the order they come in never matters, repeats count once."""
    distinct = set(readings)
    line = largest_of_each_moment(distinct)
    verdicts = _walk(line)
    judged = []
    for reading in distinct:
        if reading.at is None:
            judged.append(Judged(None, reading.views, "unknown-moment"))
        elif (reading.at, reading.views) in verdicts:
            status, epoch = verdicts[reading.at, reading.views]
            judged.append(Judged(reading.at, reading.views, status, epoch))
        else:
            judged.append(Judged(reading.at, reading.views, "tie"))
    return sorted(judged, key=lambda j: (j.at is None, j.at or 0, j.views))


def _walk(line: list[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, int | None]]:
    verdicts: dict[tuple[int, int], tuple[str, int | None]] = {}
    last_kept: tuple[int, int] | None = None
    epoch = 1
    for k, (at, views) in enumerate(line):
        if (at, views) in verdicts:  # already told to be a stale copy
            continue
        if last_kept is not None:
            t_p, p = last_kept
            if views >= p and _taken_back(line, k, p):
                verdicts[at, views] = ("suspect", None)
                continue
            if views < p:
                recovery = _recovery(line, k, t_p, p)
                if recovery is not None:
                    for stale in line[k:recovery]:
                        verdicts[stale] = ("suspect", None)
                    continue
                epoch += 1
        verdicts[at, views] = ("kept", epoch)
        last_kept = (at, views)
    return verdicts


def _taken_back(line: list[tuple[int, int]], k: int, p: int) -> bool:
    views = line[k][1]
    if views < 10 * max(p, 100) or k + 1 == len(line):
        return False
    following = line[k + 1][1]
    return p <= following and 2 * following < views


def _recovery(line: list[tuple[int, int]], k: int, t_p: int, p: int) -> int | None:
    for m in range(k + 1, len(line)):
        at, views = line[m]
        if at - t_p <= PUBLICATION_REACH and views >= p:
            return m
    return None


# ------------------------------------------------------------------------------------------------------------- curve


@dataclass(frozen=True)
class Interval:
    """(from_at, to_at] gained `gained`; `start_total` is V* at from_at."""

    from_at: int
    to_at: int
    start_total: int
    gained: int

    @property
    def length(self) -> int:
        """Seconds."""
        return self.to_at - self.from_at

    def reached(self, x: int) -> int:
        """Views gained from from_at to x, x inside the interval."""
        return self.gained * (x - self.from_at) // self.length

    def within(self, start: int, end: int) -> int:
        """Views gained in [start, end) by this interval alone."""
        a, b = max(start, self.from_at), min(end, self.to_at)
        return self.reached(b) - self.reached(a) if a < b else 0

    def overlap(self, start: int, end: int) -> int:
        """Seconds of [start, end) that the interval covers."""
        return max(0, min(end, self.to_at) - max(start, self.from_at))


@dataclass(frozen=True)
class Curve:
    """One article under one meter.

    Attributes:
        kept: (moment, V*) at every kept reading, in time order, without the publication.
        intervals: gap-free between the first and the last point.
        baseline: views that no bucket gets.
        published: the publication moment when it is known to the minute or second.
        from_zero: the publication counted as a reading of 0.
    """

    kept: tuple[tuple[int, int], ...]
    intervals: tuple[Interval, ...]
    baseline: int
    published: int | None
    from_zero: bool

    @property
    def total(self) -> int:
        """V* of the last kept reading; 0 when there is none."""
        return self.kept[-1][1] if self.kept else 0


def curve(readings: Iterable[Reading], published: int | None = None, reach: int = PUBLICATION_REACH) -> Curve:
    """Totals, intervals and baseline. `published` is None for a day-only or unknown publication.

    A publication at the very moment of the first reading ties with it: the larger value counts, all of it is baseline.
    """
    counted = [(j.at, j.views) for j in judge(readings) if j.status == "kept" and j.at is not None]
    totals: list[tuple[int, int]] = []
    for k, (at, views) in enumerate(counted):
        totals.append((at, views if k == 0 else totals[-1][1] + max(0, views - counted[k - 1][1])))
    from_zero = published is not None and bool(totals) and 0 < totals[0][0] - published <= reach
    points = [(published, 0), *totals] if from_zero and published is not None else totals
    steps = [Interval(a, b, v, w - v) for (a, v), (b, w) in pairwise(points)]
    baseline = 0 if from_zero or not totals else totals[0][1]
    return Curve(tuple(totals), tuple(steps), baseline, published, from_zero)


def gain_curve(rows: Iterable[tuple[int, int, int]]) -> Curve:
    """(from, to, views) rows of a tool that counts events: intervals of their own, nothing before them, no reading."""
    total, steps = 0, []
    for from_at, to_at, views in sorted(rows):
        steps.append(Interval(from_at, to_at, total, views))
        total += views
    return Curve((), tuple(steps), 0, None, False)


def total_at(c: Curve, x: int) -> int | None:
    """F(x) where the curve is defined: from its first point to its last; None outside."""
    if c.kept and x == c.kept[0][0] and not c.from_zero:
        return c.kept[0][1]
    for step in c.intervals:
        if step.from_at <= x <= step.to_at:
            return step.start_total + step.reached(x)
    return None


def gained(c: Curve, start: int, end: int) -> int:
    """v(b) of b = [start, end)."""
    return sum(step.within(start, end) for step in c.intervals)


def observed(c: Curve, start: int, end: int) -> int:
    """The part of v(b) from intervals no longer than b."""
    return sum(step.within(start, end) for step in c.intervals if step.length <= end - start)


def observed_share(curves: Iterable[Curve], start: int, end: int) -> Fraction | None:
    """Of all these curves together; None where nothing was gained."""
    group = list(curves)
    views = sum(gained(c, start, end) for c in group)
    return Fraction(sum(observed(c, start, end) for c in group), views) if views else None


def covered_seconds(curves: Iterable[Curve], start: int, end: int) -> int:
    """Seconds of [start, end) inside any interval of any of these curves (a second counts once)."""
    parts = sorted(
        (max(start, s.from_at), min(end, s.to_at)) for c in curves for s in c.intervals if s.overlap(start, end) > 0
    )
    seconds, reached = 0, start
    for a, b in parts:
        seconds += max(0, b - max(a, reached))
        reached = max(reached, b)
    return seconds


def covered(curves: Iterable[Curve], start: int, end: int) -> Fraction:
    """Share of the bucket's time that intervals cover at all."""
    return Fraction(covered_seconds(curves, start, end), end - start)


# ---------------------------------------------------------------------------------------------------------- calendar


@dataclass(frozen=True)
class Bucket:
    """[start, end) and its name on a wall clock: day (of a week or month the first), hour and offset."""

    start: int
    end: int
    day: date
    hour: int | None = None
    offset: int | None = None


def instant(at: datetime) -> int:
    """Seconds since 1970 of an aware moment."""
    return int(at.timestamp())


def local(at: int, zone: str) -> datetime:
    """The wall clock at a moment."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))


def _name(grain: str, week_start: int) -> Callable[[datetime], tuple[date, int | None, int | None]]:
    def offset(at: datetime) -> int:
        shift = at.utcoffset()
        assert shift is not None
        return int(shift.total_seconds())

    return {
        "hour": lambda at: (at.date(), at.hour, offset(at)),
        "day": lambda at: (at.date(), None, None),
        "week": lambda at: (at.date() - timedelta(days=(at.isoweekday() - week_start) % 7), None, None),
        "month": lambda at: (at.date().replace(day=1), None, None),
    }[grain]


@lru_cache(maxsize=64)
def buckets(zone: str, grain: str, first: date, last: date, week_start: int = 1) -> tuple[Bucket, ...]:
    """All whole buckets that touch the local days first … last.

    Found by looking at the wall clock every quarter of an hour. A change of offset starts a new hour bucket, so the
    repeated hour is two.
    """
    name = _name(grain, week_start)
    margin = {"hour": 2, "day": 2, "week": 9, "month": 33}[grain]
    t = instant(datetime.combine(first - timedelta(days=margin), time(0), UTC))
    end = instant(datetime.combine(last + timedelta(days=margin + 1), time(0), UTC))
    cuts: list[tuple[int, tuple[date, int | None, int | None]]] = []
    while t < end:
        called = name(local(t, zone))
        if not cuts or cuts[-1][1] != called:
            cuts.append((t, called))
        t += 15 * 60
    whole = [Bucket(a, b, *called) for (a, called), (b, _) in pairwise(cuts[1:])]
    low, high = name(_noon(first))[0], name(_noon(last))[0]
    return tuple(b for b in whole if low <= b.day <= high)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def bucket_of(at: int, zone: str, grain: str, week_start: int = 1) -> Bucket:
    """The bucket that a moment lies in."""
    day = local(at, zone).date()
    return next(b for b in buckets(zone, grain, day, day, week_start) if b.start <= at < b.end)


def by_bucket(c: Curve, zone: str, grain: str, week_start: int = 1) -> dict[Bucket, int]:
    """Views gained in every bucket of the zone that the curve's span touches, zeros included."""
    if not c.intervals:
        return {}
    first, last = local(c.intervals[0].from_at, zone).date(), local(max(s.to_at for s in c.intervals), zone).date()
    return {b: gained(c, b.start, b.end) for b in buckets(zone, grain, first, last, week_start)}


def wall_clock(day: date, at: time, zone: str) -> int:
    """The instant of a wall-clock time; of a repeated one the earlier."""
    return instant(datetime.combine(day, at, ZoneInfo(zone)).replace(fold=0))


# ------------------------------------------------------------------------------------------------- ages, publication


def views_at_age(c: Curve, age: int) -> int | None:
    """V̂ at `age` seconds: F(p + age), known only with a kept reading whose age is within a quarter of it.

    Reading taken: interpolation needs a point on either side, so nothing is known past the last
    kept reading or before the first.
    """
    if c.published is None:
        return None
    x = c.published + age
    if not any(4 * abs(at - x) <= age for at, _ in c.kept):
        return None
    return total_at(c, x)


@dataclass(frozen=True)
class Article:
    """What the group measures need of an article: `published_day` is the local day, `published` the moment."""

    id: int
    site: str
    curve: Curve
    published_day: date | None = None
    language: str | None = None
    section: str | None = None

    @property
    def published(self) -> int | None:
        """Seconds; None for a day-only or unknown publication."""
        return self.curve.published


def published_in(articles: Iterable[Article], bucket: Bucket, zone: str) -> list[Article]:
    """Articles whose publication lies in the bucket; a day-only one only in buckets of whole days."""
    inside = []
    for a in articles:
        if a.published is not None:
            inside.append((a, bucket.start <= a.published < bucket.end))
        elif a.published_day is not None and bucket.hour is None:
            inside.append((a, bucket.start <= wall_clock(a.published_day, time(12), zone) < bucket.end))
    return [a for a, yes in inside if yes]


def views_by_publication(articles: Iterable[Article], bucket: Bucket, zone: str) -> tuple[int, int | None]:
    """W(b) and the oldest last kept reading behind it (None when no article was read)."""
    group = published_in(articles, bucket, zone)
    lasts = [a.curve.kept[-1][0] for a in group if a.curve.kept]
    return sum(a.curve.total for a in group), min(lasts, default=None)


def views_by_publication_at_age(
    articles: Iterable[Article], bucket: Bucket, zone: str, age: int, now: int
) -> tuple[int, int] | None:
    """(Σ V̂ at the age, articles whose V̂ is unknown); None while the bucket isn't wholly older than the age."""
    if bucket.end + age > now:
        return None
    known = [views_at_age(a.curve, age) for a in published_in(articles, bucket, zone)]
    return sum(v for v in known if v is not None), sum(v is None for v in known)


# --------------------------------------------------------------------------------------------- quantiles, index, band


def quantile(q: Fraction, values: Sequence[int | Fraction]) -> int | Fraction | None:
    """The ⌈q·n⌉-th smallest; None of nothing."""
    n = len(values)
    return sorted(values)[-(-q.numerator * n // q.denominator) - 1] if n else None


@dataclass(frozen=True)
class Index:
    """Same-age index: at `age` seconds, against `n` articles that share `by`."""

    age: int
    value: Fraction
    percentile: Fraction
    n: int
    by: tuple[str, ...]


def same_age_index(i: Article, all_articles: Sequence[Article]) -> Index | None:
    """I(a) at the largest known age of the grid, or None (unknown).

    Reading taken: the 90 days before p are [p − 90 d, p); an unknown section or language is the same as no other.
    """
    age = max((a for a in AGES if views_at_age(i.curve, a) is not None), default=None)
    if age is None or i.published is None:
        return None
    own = views_at_age(i.curve, age)
    assert own is not None
    for by in (("site", "language", "section"), ("site", "language"), ("site",)):
        values = _cohort(i, all_articles, age, by)
        if len(values) >= 20:
            median = quantile(Fraction(1, 2), values)
            if not median:
                return None
            below, equal = sum(v < own for v in values), sum(v == own for v in values)
            return Index(age, Fraction(own) / median, (below + Fraction(equal, 2)) / len(values), len(values), by)
    return None


def _cohort(i: Article, all_articles: Sequence[Article], age: int, by: tuple[str, ...]) -> list[int]:
    assert i.published is not None
    values = []
    for j in all_articles:
        if j.id == i.id or j.published is None or not i.published - 90 * DAY <= j.published < i.published:
            continue
        if any(getattr(i, name) is None or getattr(i, name) != getattr(j, name) for name in by):
            continue
        value = views_at_age(j.curve, age)
        if value is not None:
            values.append(value)
    return values


@dataclass(frozen=True)
class Band:
    """Quartiles of `days` such days."""

    low: int
    median: int
    high: int
    days: int


def baseline_band(curves: Sequence[Curve], zone: str, day: date, until: time | None = None) -> Band | None:
    """The same weekday over the 8 weeks before `day`, each cut at the wall-clock time `until` (None: whole days).

    Reading taken: a day is one of "such days" when intervals cover some of it up to the cut; one that nobody watched is
    unknown, not 0.
    """
    values = []
    for weeks in range(1, 9):
        start, end = _cut(day - timedelta(weeks=weeks), until, zone)
        if end > start and covered_seconds(curves, start, end) > 0:
            values.append(sum(gained(c, start, end) for c in curves))
    if len(values) < 4:
        return None
    low, mid, high = (quantile(Fraction(k, 4), values) for k in (1, 2, 3))
    assert isinstance(low, int)
    assert isinstance(mid, int)
    assert isinstance(high, int)
    return Band(low, mid, high, len(values))


def _cut(day: date, until: time | None, zone: str) -> tuple[int, int]:
    whole = next(b for b in buckets(zone, "day", day, day) if b.day == day)
    return whole.start, whole.end if until is None else min(whole.end, wall_clock(day, until, zone))


# ----------------------------------------------------------------------------------------------------------- compare


def compare_ranges(since: date, until: date, how: str) -> list[tuple[date, date]]:
    """Half-open ranges to compare [since, until) with.

    `how`: previous, weekday, month, year-364, year-calendar, and any with `×4` (the mean of the last four such).
    """
    kind, _, times = how.partition("×")
    return [_shifted(since, until, kind, k) for k in range(1, int(times or 1) + 1)]


def _shifted(since: date, until: date, kind: str, k: int) -> tuple[date, date]:
    n = (until - since).days
    if kind == "month":
        months = max(1, (until.year - since.year) * 12 + until.month - since.month)
        return _months(since, -k * months), _months(until, -k * months)
    if kind == "year-calendar":
        return _months(since, -12 * k), _months(until, -12 * k)
    days = {"previous": n, "weekday": 7 * -(-n // 7), "year-364": 364}[kind] * k
    return since - timedelta(days=days), until - timedelta(days=days)


def _months(day: date, by: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def change(value: int, base: int | None) -> Fraction | str:
    """Relative change; "new" against a base of 0, "—" against an unknown one."""
    if base is None:
        return "—"
    return Fraction(value - base, base) if base else "new"


# ------------------------------------------------------------------------------------- velocity, spikes, movers, states


def run_before(c: Curve, x: int) -> tuple[int, int] | None:
    """(gained, seconds) of the shortest run of intervals that ends at x and lasts an hour or more."""
    ends = [k for k, step in enumerate(c.intervals) if step.to_at == x]
    if not ends:
        return None
    views = seconds = 0
    for step in reversed(c.intervals[: ends[0] + 1]):
        views, seconds = views + step.gained, seconds + step.length
        if seconds >= HOUR:
            return views, seconds
    return None


def velocity(c: Curve, x: int, now: int) -> Fraction | None:
    """Views an hour at x; unknown when the run ended over 3 h before `now` or gained under 20."""
    run = run_before(c, x)
    if run is None or not 0 <= now - x <= 3 * HOUR or run[0] < 20:
        return None
    return Fraction(run[0] * HOUR, run[1])


def peak_velocity(c: Curve, since: int, now: int) -> Fraction | None:
    """The largest velocity at any reading in (since, now], each known as of its own moment."""
    speeds = [velocity(c, step.to_at, step.to_at) for step in c.intervals if since < step.to_at <= now]
    return max((s for s in speeds if s is not None), default=None)


def spike_threshold(articles: Sequence[Article], site: str, section: str | None, now: int) -> Fraction | None:
    """θ: the 95th percentile of the articles' peak velocities of the last 90 days; of the section, else of the site.

    Reading taken: one peak an article, over its readings of (now − 90 d, now]; articles without a known
    velocity don't count.
    """
    of_site = [a for a in articles if a.site == site]
    for group in ([a for a in of_site if section is not None and a.section == section], of_site):
        found = [peak_velocity(a.curve, now - 90 * DAY, now) for a in group]
        peaks = [p for p in found if p is not None]
        if len(peaks) >= 20:
            theta = quantile(Fraction(95, 100), peaks)
            assert theta is not None
            return Fraction(theta)
    return None


def spike_state(c: Curve, theta: Fraction | None, now: int) -> str | None:
    """`rising`, `strong`, `still strong`, `back`, or None for no spike (too old, too slow, or unknown).

    Reading taken: `still strong` needs over 2θ at a reading at least 6 h before and no fall to θ or less since; `back`
    needs such a fall after having been above, at least 6 h before now's reading. `back` is told before `strong`.
    """
    if theta is None or c.published is None or not 0 <= now - c.published <= 7 * DAY or not c.intervals:
        return None
    last = max((s.to_at for s in c.intervals if s.to_at <= now), default=None)
    speed = None if last is None else velocity(c, last, now)
    if last is None or speed is None or speed <= theta:
        return None
    history = [(s.to_at, run_before(c, s.to_at)) for s in c.intervals if s.to_at < last]
    speeds = [(at, Fraction(run[0] * HOUR, run[1])) for at, run in history if run is not None]
    fell = max((at for at, s in speeds if s <= theta), default=None)
    rose = any(s > theta and fell is not None and at < fell for at, s in speeds)
    strong_before = any(s > 2 * theta and at <= last - 6 * HOUR and (fell is None or at > fell) for at, s in speeds)
    if speed > 2 * theta and strong_before:
        return "still strong"
    if fell is not None and rose and last - _fall_start(speeds, theta, fell) >= 6 * HOUR:
        return "back"
    return "strong" if speed > 2 * theta else "rising"


def _fall_start(speeds: list[tuple[int, Fraction]], theta: Fraction, fell: int) -> int:
    """First reading of the last stretch at or below θ."""
    start = fell
    for at, speed in reversed([pair for pair in speeds if pair[0] <= fell]):
        if speed > theta:
            break
        start = at
    return start


@dataclass(frozen=True)
class Move:
    """Views of the last 24 h and of the 24 h before; `before` or `last` None when less than half of it was watched."""

    last: int | None
    before: int | None
    new: bool


def moves(c: Curve, now: int) -> Move:
    """A mover's gains at `now`. New: its first kept reading lies in the last 24 h."""
    window, earlier = (now - DAY, now), (now - 2 * DAY, now - DAY)
    new = bool(c.kept) and now - DAY < c.kept[0][0] <= now
    return Move(_half_watched(c, *window), _half_watched(c, *earlier), new)


def _half_watched(c: Curve, start: int, end: int) -> int | None:
    return gained(c, start, end) if 2 * covered_seconds([c], start, end) >= end - start else None


def age_class(published: int | None, now: int) -> str | None:
    """new ≤ 48 h, recent ≤ 7 d, else archive; None without a publication moment."""
    if published is None:
        return None
    age = now - published
    return "new" if age <= 48 * HOUR else "recent" if age <= 7 * DAY else "archive"


def evergreen(c: Curve, zone: str, now: int) -> str | None:
    """`evergreen`, `candidate`, `no`, or None (unknown: no publication moment, or too few days watched closely).

    Reading taken: days live are whole 24 h since publication; N = max(5, ⌈10 % of them⌉); a day counts when an
    interval of at most 48 h covers some of it, with the views of such intervals alone; a candidate (8 to 20 days old)
    passes the same tests.
    """
    if c.published is None or not c.kept:
        return None
    age = now - c.published
    if age < 8 * DAY:
        return "no"
    week = gained(c, now - 7 * DAY, now)
    if week < 20 or now - c.kept[-1][0] > 7 * DAY:
        return "no"
    best = best_days(c, zone, max(5, -(-(age // DAY) // 10)), now)
    if best is None:
        return None
    if week < 0.3 * float(best) ** 0.7:
        return "no"
    return "evergreen" if age > 20 * DAY else "candidate"


def best_days(c: Curve, zone: str, n: int, now: int) -> Fraction | None:
    """A: mean of the n best local days from intervals of at most 48 h; None when there are fewer such days."""
    close = [s for s in c.intervals if s.length <= 48 * HOUR and s.to_at <= now]
    if not close:
        return None
    days = buckets(zone, "day", local(close[0].from_at, zone).date(), local(close[-1].to_at, zone).date())
    values = [
        sum(s.within(b.start, b.end) for s in close) for b in days if any(s.overlap(b.start, b.end) for s in close)
    ]
    return Fraction(sum(sorted(values)[-n:]), n) if len(values) >= n else None
