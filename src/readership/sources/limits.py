"""How much one input may be, and what one run over inputs shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal

from readership.models import Reject
from readership.settings import Settings

MB = 1_000_000

KeyOf = Callable[[str], tuple[str, str] | None]
"""URL → (site, article key), None when the URL names no article; `Sites.key` in the house."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds, in bytes unless said otherwise, that keep one input from taking the machine.

    Attributes:
        max_page: one page, raw or inflated.
        max_archive: everything one zip or gzip inflates to.
        max_members: members of one zip, a count.
        max_ratio: inflated bytes per stored byte, above which what inflates to over 10 MB is a bomb.
        max_row_rejects: rows of one table rejected one by one, a count; the rest is summed up by reason.
    """

    max_page: int = 10 * MB
    max_archive: int = 2048 * MB
    max_members: int = 1_000_000
    max_ratio: int = 200
    max_row_rejects: int = 10_000

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings name."""
        return cls(max_page=settings.max_page_mb * MB, max_archive=settings.max_archive_mb * MB)

    def bomb(self, inflated: int, stored: int) -> bool:
        """Whether so few stored bytes can't honestly inflate to so many."""
        return inflated > 10 * MB and inflated > self.max_ratio * max(stored, 1)


def _nothing(_: int) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every part of one run over inputs needs; see `open_inputs` for the fields' meaning."""

    limits: Limits
    url: str | None = None
    captured_at: datetime | Literal["mtime"] | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)
    key_of: KeyOf | None = None
    site: str | None = None
    meter: str | None = None
    advance: Callable[[int], None] = _nothing
    keep: Callable[[BinaryIO], str] | None = None
    tally: Counter[str] = field(default_factory=Counter)


class Progress:
    """Bytes of one file told to the caller: never backwards, and the whole size in the end."""

    def __init__(self, size: int, advance: Callable[[int], None]) -> None:
        self._size, self._advance, self._told = size, advance, 0

    def to(self, offset: int) -> None:
        """The file has been read up to this byte."""
        ahead = min(offset, self._size) - self._told
        if ahead > 0:
            self._told += ahead
            self._advance(ahead)

    def done(self) -> None:
        """Nothing more will be read from the file."""
        self.to(self._size)


class RowRejects:
    """Row rejects of one table: the first ones each with its row, the rest one a reason with their number."""

    def __init__(self, origin: str, job: Job, reject: Callable[[Reject], None]) -> None:
        self._origin, self._job, self._reject = origin, job, reject
        self._told = 0
        self._rest: Counter[tuple[str, str]] = Counter()

    def add(self, rows: Iterable[tuple[int, str]], reason: str, hint: str) -> None:
        """Reject rows (number, what stood there) for one reason."""
        for row, text in rows:
            self._job.tally["rows rejected"] += 1
            if self._told >= self._job.limits.max_row_rejects:
                self._rest[reason, hint] += 1
                continue
            self._told += 1
            said = f"{reason}: “{text[:80]}”" if text else reason
            self._reject(Reject(self._origin, said, hint, row=row))

    def close(self) -> None:
        """Say how many rows were rejected beyond those named one by one."""
        for (reason, hint), count in self._rest.items():
            self._reject(Reject(self._origin, f"{reason}: {count} more rows", hint))
        self._rest.clear()
