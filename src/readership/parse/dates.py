"""Dates and times of day as pages print them in English, Russian and Kazakh.

A day without a year, and a time told from now ("two hours ago"), are recognised but have no value: the year is
never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from readership.models import Published

_FORMS = (
    "january jan январь января январе янв қаңтар қаңтары қаңтарда қаңтардың қаң yanvar",
    "february feb февраль февраля феврале фев февр ақпан ақпаны ақпанда ақпанның ақп fevral",
    "march mar март марта марте мар наурыз наурызы наурызда наурыздың нау mart",
    "april apr апрель апреля апреле апр сәуір сәуірі сәуірде сәуірдің сәу aprel",
    "may май мая мае мамыр мамыры мамырда мамырдың мам",
    "june jun июнь июня июне июн маусым маусымы маусымда маусымның мау iyun",
    "july jul июль июля июле июл шілде шілдесі шілдеде шілденің шіл iyul",
    "august aug август августа августе авг тамыз тамызы тамызда тамыздың там avgust",
    "september sept sep сентябрь сентября сентябре сен сент қыркүйек қыркүйегі қыркүйекте қыркүйектің"
    " қыр sentabr sentyabr",
    "october oct октябрь октября октябре окт қазан қазаны қазанда қазанның қаз oktabr oktyabr",
    "november nov ноябрь ноября ноябре ноя нояб қараша қарашасы қарашада қарашаның қар noyabr",
    "december dec декабрь декабря декабре дек желтоқсан желтоқсаны желтоқсанда желтоқсанның жел dekabr",
)
MONTHS = {word: number for number, forms in enumerate(_FORMS, 1) for word in forms.split()}
WEEKDAYS = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
        "пн",
        "вт",
        "ср",
        "чт",
        "пт",
        "сб",
        "вс",
        "дүйсенбі",
        "сейсенбі",
        "сәрсенбі",
        "бейсенбі",
        "жұма",
        "сенбі",
        "жексенбі",
        "дс",
        "сс",
        "ср",
        "бс",
        "жм",
        "сб",
        "жс",
    ]
)
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![^\W\d_])"
_YEAR = r"(?:19|20)\d\d"
_TIME = (
    r"(?P<h{0}>[01]?\d|2[0-4])[:{1}](?P<mi{0}>[0-5]\d)(?::(?P<s{0}>[0-5]\d)(?!\d))?"
    r"(?:\s?(?P<ap{0}>[ap])\.?\s?m\b\.?)?"
    r"(?:\s*\(?(?P<utc{0}>utc|gmt)\s?(?P<off{0}>[+\-−]\d{{1,2}}(?::?\d\d)?)?\)?)?"
)
_NUMBER = re.compile(r"(?<![\d.:/])\d+", re.ASCII)
# Dates that begin with a figure, tried only where a number stands.
_FROM_FIGURE = re.compile(
    rf"(?P<iy>{_YEAR})(?P<is>[-./])(?P<im>\d{{1,2}})(?P=is)(?P<id>\d{{1,2}})(?!\d*[./-]\d)"
    rf"|(?P<d>\d{{1,2}})(?P<ds>[./-])(?P<m>\d{{1,2}})(?P=ds)(?P<y>{_YEAR}|\d\d(?![\d/:%-]|[.,]\d))"
    rf"|(?P<ky>{_YEAR})\s*(?:жылғы|жылдың|жылы|жыл|ж\.)?,?\s*(?P<kd>\d{{1,2}})[\s\-–]+(?P<km>{_MONTH})"
    rf"|(?P<td>\d{{1,2}})(?:st|nd|rd|th|-?(?:го|е|ші|шы|ы|і))?[\s.\-–/]{{0,3}}(?:of\s)?(?P<tm>{_MONTH})\.?"
    rf"(?:[\s,.\-–/]{{0,3}}(?P<ty>{_YEAR}))?",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([^\W\d_]{3,12})\.?,?\s$")
_FROM_MONTH = re.compile(
    rf"(?P<um>{_MONTH})\.?,?\s(?P<ud>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)(?:[\s,]{{1,2}}(?P<uy>{_YEAR}))?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s,|•·/–—\-T]{0,5}(?:(?:года|г\.?|жылы|жыл|ж\.|at|в|o['’]clock|сағат)[\s,|•·/–—-]{0,4}){0,2}"
    + _TIME.format("", "."),
    re.IGNORECASE,
)
_AFTER_YEAR = re.compile(r"\s?(?:года\b|г\.|жылы?\b|ж\.)", re.IGNORECASE)
_WEEKDAY = "(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")(?![^\W\d_])"
# "9:02 AM EDT, Wed May 10, 2023": the letters of a zone say nothing sure, so they are passed over.
_BEFORE = re.compile(
    _TIME.format("", "") + rf"(?:\s[a-z]{{1,3}}t\b|\smsk\b)?[\s,|•·/–—-]{{0,5}}(?:{_WEEKDAY}[\s,.]{{1,3}})?(?:on\s)?$",
    re.IGNORECASE,
)
# "15.42 GMT, 3 November 2022": with a dot only before the letters of a zone.
_BEFORE_DOTTED = re.compile(_TIME.format("", ".") + r"[\s,|•·/–—-]{0,5}(?:on\s)?$", re.IGNORECASE)
_ALONE = re.compile(r"(?<![\d.,:])" + _TIME.format("", "") + r"(?![\d%:])", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:(?:\d{1,3}|an?|one|two|three|few|несколько|бірнеше)\s*"
    r"(?:(?:second|sec|minute|min|hour|hr|day|week|month|year)s?\s+ago|[hmdw]\s+ago"
    r"|(?:секунд|минут|мин|час|ч|дн|день|дня|дней|недел|месяц|год|лет)\w{0,3}\.?\s+назад"
    r"|(?:секунд|минут|мин|сағат|күн|апта|ай|жыл)\s+бұрын)"
    r"|just now|только что|час назад|жаңа ғана|(?:yesterday|today|сегодня|вчера|позавчера|бүгін|кеше)\b"
    r"(?:[\s,]{1,2}(?:at\s|в\s|сағат\s)?\d{1,2}:\d\d)?)",
    re.IGNORECASE,
)
_RELATIVE_STEMS = (
    "ago",
    "now",
    "назад",
    "бұрын",
    "yesterday",
    "today",
    "егодня",
    "вчера",
    "только",
    "бүгін",
    "кеше",
    "ғана",
)
_ISO = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)(?:[T\s]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\s*",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A date, a time or both as they stand in a line.

    Attributes:
        start, end: its place in the line.
        year, month, day: None where not printed (or not readable without guessing).
        clock: hour, minute, second or None.
        offset: of a printed UTC offset.
        numeric: written in figures alone.
        either: first figure, second figure and year of `05/10/2023`, when day and month can't be told apart.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: tuple[int, int, int | None] | None = None
    offset: timedelta | None = None
    numeric: bool = False
    either: tuple[int, int, int] | None = None

    @property
    def full(self) -> bool:
        """Year, month and day are known."""
        return self.year is not None and self.month is not None and self.day is not None


def find(text: str) -> list[Printed]:
    """Every date in a short line, in order, each with the time beside it."""
    found: list[Printed] = []
    end = 0
    for number in _NUMBER.finditer(text):
        if number.start() < end or not (match := _at(text, number.start())):
            continue
        printed = _printed(match, text, end)
        if printed is not None:
            found.append(printed)
            end = printed.end
    return found


def clock_alone(text: str) -> Printed | None:
    """A time of day without a date."""
    match = _ALONE.search(text) if ":" in text else None
    if not match or not (read := _clock(match)):
        return None
    return Printed(match.start(), match.end(), clock=read[0], offset=read[1])


def relative(text: str) -> tuple[int, int] | None:
    """The place of a time told from now ("2 hours ago", "вчера, 14:20"); it has no value."""
    low = text.lower()
    if not any(map(low.__contains__, _RELATIVE_STEMS)):
        return None
    match = _RELATIVE.search(text)
    return match.span() if match else None


def iso(text: str) -> Printed | None:
    """A whole ISO 8601 / RFC 3339 value as machines write it, None when it is none."""
    match = _ISO.fullmatch(text[:40])
    if not match or not _is_day(int(match[1]), int(match[2]), int(match[3])):
        return None
    clock = None
    if match[4] is not None:
        clock = (int(match[4]), int(match[5]), int(match[6]) if match[6] else None)
        if clock[0] > 23 or clock[1] > 59 or (clock[2] or 0) > 59:
            return None
    offset = timedelta(0) if match[7] == "Z" else _offset(match[7]) if match[7] else None
    return Printed(0, len(text), int(match[1]), int(match[2]), int(match[3]), clock, offset, True)


def published(printed: Printed, zone: str | None) -> Published | None:
    """The moment, in the site's zone by the offset of that day; None unless year, month and day are known.

    A local time that happened twice takes the earlier instant and is marked ambiguous.
    """
    if printed.year is None or printed.month is None or printed.day is None:
        return None
    day = date(printed.year, printed.month, printed.day)
    if printed.clock is None:
        return Published(day.isoformat(), day, None, "day")
    hour, minute, second = printed.clock
    precision: Literal["minute", "second"] = "second" if second else "minute"
    naive = datetime(day.year, day.month, day.day, hour, minute, second or 0)  # noqa: DTZ001 (as printed)
    if printed.offset is not None:
        return _with_offset(naive.replace(tzinfo=timezone(printed.offset)), zone, precision)
    if zone is None:
        return Published(_isoformat(naive), day, None, precision)
    local = naive.replace(tzinfo=_zone(zone))
    twice = local.utcoffset() != local.replace(fold=1).utcoffset() and _exists(local)
    return Published(_isoformat(local), day, _utc(local), precision, twice)


def _with_offset(moment: datetime, zone: str | None, precision: Literal["minute", "second"]) -> Published:
    instant = _utc(moment)
    if zone is not None and instant is not None:
        moment = instant.astimezone(_zone(zone))
    return Published(_isoformat(moment), moment.date(), instant, precision)


def _utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # within hours of year 1 or 9999
        return None


def _exists(local: datetime) -> bool:
    """A local time skipped when clocks went forward has two offsets too, but never happened."""
    moment = _utc(local)
    return moment is not None and moment.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def _isoformat(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


@lru_cache(64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _at(text: str, start: int) -> re.Match[str] | None:
    if match := _FROM_FIGURE.match(text, start):
        return match
    word = _WORD_BEFORE.search(text, max(0, start - 16), start)
    return _FROM_MONTH.match(text, word.start()) if word and word[1].lower() in MONTHS else None


def _printed(match: re.Match[str], text: str, floor: int) -> Printed | None:
    parts = _day_parts(match)
    if parts is None:
        return None
    year, month, day, either = parts
    start, end = match.span()
    clock, offset = None, None
    after = _AFTER.match(text, end)
    if after and (read := _clock(after)):
        (clock, offset), end = read, after.end()
    elif tail := _AFTER_YEAR.match(text, end):
        end = tail.end()
    window = max(floor, start - 40)
    before = None if clock or text.find(":", window, start) < 0 else _BEFORE.search(text, window, start)
    if clock is None and before is None and text.find(".", window, start) >= 0:
        before = _BEFORE_DOTTED.search(text, window, start)
        before = before if before and before["utc"] else None
    if before and (read := _clock(before)):
        (clock, offset), start = read, before.start()
    if either and after and after["ap"]:  # who writes AM and PM writes the month first
        (month, day, year), either = either, None
    numeric = match.re is _FROM_FIGURE and (match["iy"] or match["d"]) is not None
    return Printed(start, end, year, month, day, clock, offset, numeric, either)


_Day = tuple[int | None, int | None, int | None, tuple[int, int, int] | None]


def _day_parts(match: re.Match[str]) -> _Day | None:
    """Year, month, day (None where unknown) and the open case; None when it is no date at all."""
    g = match.group
    if match.re is _FROM_FIGURE:
        if g("iy"):
            return _checked(int(g("iy")), int(g("im")), int(g("id")))
        if g("d"):
            return _figures(int(g("d")), int(g("m")), _full_year(g("y")), g("ds"))
        year, month, day = ("ky", "km", "kd") if g("kd") else ("ty", "tm", "td")
    else:
        year, month, day = "uy", "um", "ud"
    return _checked(int(g(year)) if g(year) else None, MONTHS[g(month).lower()], int(g(day)))


def _figures(first: int, second: int, year: int, mark: str) -> _Day | None:
    """`10.05.2023` is day first; with slashes it depends on the country, so that stays open when both can be."""
    if mark == "/" and first != second and first <= 12 and second <= 12:
        return None, None, None, (first, second, year)
    return _checked(year, first, second) if second > 12 >= first else _checked(year, second, first)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _checked(year: int | None, month: int, day: int) -> _Day | None:
    return (year, month, day, None) if _is_day(year or 2000, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _clock(match: re.Match[str]) -> tuple[tuple[int, int, int | None], timedelta | None] | None:
    hour, minute = int(match["h"]), int(match["mi"])
    second = int(match["s"]) if match["s"] else None
    if match["ap"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["ap"] in "pP" else 0)
    if hour == 24:
        return None
    offset = None
    if match["utc"]:
        offset = _offset(match["off"]) if match["off"] else timedelta(0)
    return (hour, minute, second), offset


def _offset(text: str) -> timedelta | None:
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] in "-−" else offset
