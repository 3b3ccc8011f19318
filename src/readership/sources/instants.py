"""Moments and days as text: RFC 3339, and the plain days of exports."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

# An hour alone and an offset alone (`T10Z`, `+06`) are taken because Arrow's own reader takes them: one rule for both.
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)
_DAYS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", re.ASCII),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", re.ASCII),
    re.compile(r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})", re.ASCII),
)

NAIVE = "has no offset, so its moment is not known"
NO_MOMENT = "is no moment of RFC 3339"
INSTANT_HINT = "Write it as 2024-05-01T10:00:00+05:00."


def instant(text: str) -> datetime | str:
    """The moment a text says, aware, UTC, whole seconds; else the reason why it says none."""
    found = _INSTANT.fullmatch(text.strip())
    if found is None or found[1] == "0000":
        return NO_MOMENT
    if found[7] is None:
        return NAIVE
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=_offset(found[7])).astimezone(UTC)
    except (ValueError, OverflowError):
        return NO_MOMENT


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    if int(text[3:].lstrip(":") or 0) > 59:
        raise ValueError(text)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def printed(text: str) -> str | None:
    """A publication moment in the form of `models.Published.local`, None when it is none.

    `2023-05-10`, `2023-05-10T09:02`, `2023-05-10T09:02:11+06:00`; a `Z` becomes `+00:00`.
    """
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
        zone = _offset(offset) if offset else None
    except ValueError:
        return None
    if hour is None:
        return f"{year}-{month}-{day}"
    seconds = f":{second}" if second else ""
    return f"{year}-{month}-{day}T{hour}:{minute or '00'}{seconds}{_words(zone) if zone else ''}"


def _words(zone: timezone) -> str:
    minutes = round(zone.utcoffset(None).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def day(text: str) -> date | None:
    """The day of `2024-01-31`, `20240131` or `31.01.2024`; None for others: 1/2/24 is two days at once."""
    for form in _DAYS:
        found = form.fullmatch(text.strip())
        if found:
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
