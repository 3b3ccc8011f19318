"""What an export says of itself: what was asked of which edition, what its columns mean, and a hash of its rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Any
from urllib.parse import urlencode

from readership.exports import text
from readership.i18n import Language
from readership.queries import Edition, Query, Selection
from readership.queries.comparison import Comparison

_WHOLE = 1_000
"""Characters of a permalink that go into a header."""
NO_LIMIT = 2**63 - 1
"""The largest BIGINT: NULL means no rows in questions that rank before they cut."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer.

    Attributes:
        meaning: its definition from the query's head, "" when the head doesn't name it.
    """

    name: str
    meaning: str

    @property
    def local(self) -> bool:
        """Moments of this column are local: the head says `TIMESTAMP local …`."""
        return re.match(r"TIMESTAMP\s+local\b", self.meaning) is not None

    @property
    def day(self) -> bool:
        """It holds days."""
        return re.match(r"DATE\b", self.meaning) is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to an edition, before its rows are read.

    Attributes:
        parameters: those given; the query's others keep their defaults.
        made_at: when the export is made, aware.
        language: in which it says what was selected.
        words: the selection in words, by who knows the names of its values; by its codes when empty.
        added: columns that a page or a comparison adds to the answer, each with its meaning.
        compare: what the answer is set beside.
        remarks: what else must be known to read the rows.
    """

    query: Query
    selection: Selection
    edition: Edition
    made_at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict)
    language: Language = field(default_factory=lambda: Language("en"))
    words: str = ""
    added: tuple[Column, ...] = ()
    compare: Comparison | None = None
    remarks: tuple[str, ...] = ()

    @property
    def all_parameters(self) -> dict[str, str | None]:
        """Every parameter of the query with the value it has; None is NULL, or no limit."""
        given = {name: None if value in (None, NO_LIMIT) else str(value) for name, value in self.parameters.items()}
        return {parameter.name: parameter.default for parameter in self.query.parameters} | given

    def whole(self) -> Asked:
        """The same question without the limit that a page sets by default; a limit that was asked for stays."""
        limits = {one.name for one in self.query.parameters if one.name == "limit" and one.default is not None}
        lifted = dict.fromkeys(limits - set(self.parameters), NO_LIMIT)
        return replace(self, parameters={**self.parameters, **lifted}) if lifted else self

    def unlimited(self) -> Asked:
        """The same question without any limit of rows."""
        return replace(self, parameters={name: value for name, value in self.parameters.items() if name != "limit"})

    @property
    def permalink(self) -> str:
        """The selection and its comparison as a page's URL holds them: `?topic=…`, "" for everything."""
        pairs = [*self.selection.to_url(), *([("compare", str(self.compare))] if self.compare else [])]
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def local(self) -> frozenset[str]:
        """Columns whose moments are local."""
        return frozenset(column.name for column in definitions(self.query) if column.local)

    @property
    def days(self) -> frozenset[str]:
        """Columns of days."""
        return frozenset(column.name for column in definitions(self.query) if column.day)

    def key(self, *more: str) -> str:
        """A hash of everything that the rows depend on; `more` is what the file depends on besides."""
        parts = [
            version(), self.edition.schema, self.edition.number, self.edition.built_at, self.query.sql,
            self.selection.to_url(), sorted(self.all_parameters.items()), self.language.code, self.words,
            str(self.compare), more,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]

    def proof(self, names: Sequence[str], rows: int, sha256: str, remarks: Sequence[str] = ()) -> Proof:
        """The proof, once the rows are known."""
        day = self.language.day
        return Proof(
            query=self.query.name,
            purpose=self.query.purpose,
            columns=columns(self.query, names, self.added),
            selection=self.words or self.selection.words(self.language.translate, day),
            permalink=self.permalink,
            parameters=self.all_parameters,
            edition=self.edition.number,
            as_of=self.edition.as_of,
            demo=self.edition.demo,
            rows=rows,
            sha256=sha256,
            made_at=self.made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            version=version(),
            remarks=(*_sentences(self.query), *self.remarks, *remarks),
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands in, or beside, every export.

    Attributes:
        selection: in words; `permalink` is the same as a query string.
        as_of: newest reading of the edition, RFC 3339, or None.
        rows: how many the export holds (a figure: how many it draws).
        sha256: of the rows as JSON Lines, whatever the format: the same rows have the same hash in all of them.
        made_at: RFC 3339, UTC.
        remarks: what else must be known to read the columns.
    """

    query: str
    purpose: str
    columns: tuple[Column, ...]
    selection: str
    permalink: str
    parameters: Mapping[str, str | None]
    edition: int
    as_of: str | None
    demo: bool
    rows: int
    sha256: str
    made_at: str
    version: str
    remarks: tuple[str, ...] = ()

    def but(self, *remarks: str) -> Proof:
        """The proof with more remarks."""
        return replace(self, remarks=self.remarks + remarks)

    def as_dict(self) -> dict[str, Any]:
        """The proof as JSON holds it."""
        return {
            "query": self.query,
            "purpose": self.purpose,
            "selection": self.selection,
            "permalink": self.permalink,
            "parameters": dict(self.parameters),
            "edition": self.edition,
            "as_of": self.as_of,
            "demo": self.demo,
            "rows": self.rows,
            "sha256": self.sha256,
            "sha256_of": "the rows as JSON Lines",
            "columns": [{"name": column.name, "meaning": column.meaning} for column in self.columns],
            "remarks": list(self.remarks),
            "made_at": self.made_at,
            "version": self.version,
        }

    def to_json(self, **more: Any) -> str:
        """The proof as one JSON text without invisible characters; `more` is what a file adds about itself."""
        return as_json(self.as_dict() | more)

    def lines(self, language: Language) -> Iterator[tuple[str, str]]:
        """Name and value pairs for people, one a line."""
        say = language.say
        yield say("Question"), f"{self.query}: {self.purpose}"
        yield say("Selection"), self.selection
        yield say("Link"), self.permalink
        for name, value in self.parameters.items():
            yield say("Parameter"), f"{name} = {'NULL' if value is None else value}"
        yield say("Edition"), f"{self.edition}{' · ' + say('demo data') if self.demo else ''}"
        yield say("As of"), self.as_of or say("unknown")
        yield say("Rows"), str(self.rows)
        yield say("SHA-256 of the rows as JSON Lines"), self.sha256
        yield say("Made"), f"{self.made_at} · Readership {self.version}"
        for remark in self.remarks:
            yield say("Remark"), remark

    def header(self, **more: Any) -> str:
        """The proof in short, ASCII, for an HTTP header."""
        facts = {
            "query": self.query, "edition": self.edition, "as_of": self.as_of, "rows": self.rows,
            "sha256": self.sha256, "selection": self.permalink[:_WHOLE], **more,
        }  # fmt: skip
        return json.dumps(facts, separators=(",", ":"))

    def caption(self, language: Language) -> str:
        """One line to stand under a figure: what was selected, which edition, as of when."""
        edition = language.say("edition {number}", number=self.edition)
        moment = self.as_of and datetime.fromisoformat(self.as_of).astimezone(UTC)
        known = language.say("as of {moment} UTC", moment=language.local(moment)) if moment else ""
        demo = language.say("demo data") if self.demo else ""
        return text.one_line(" · ".join(part for part in (self.selection, edition, known, demo) if part))


def as_json(value: Any) -> str:
    """Any JSON value as text, indented, invisible characters written as escapes."""
    written = json.dumps(value, ensure_ascii=False, indent=1)
    return "\n".join(text.visible(line) for line in written.split("\n")) + "\n"


@cache
def definitions(query: Query) -> tuple[Column, ...]:
    """The columns that a query's head names, in its order."""
    return tuple(Column(name, meaning) for part in _parts(query) for name, meaning in _defined(part))


def columns(query: Query, names: Sequence[str], added: Sequence[Column] = ()) -> tuple[Column, ...]:
    """The columns of an answer, and those added to it, each with its definition."""
    known = {column.name: column for column in (*added, *definitions(query))}
    return tuple(known.get(name, Column(name, "")) for name in names)


def _sentences(query: Query) -> tuple[str, ...]:
    """What a head says of all of its columns together."""
    return tuple(part for part in _parts(query) if not _defined(part))


def _parts(query: Query) -> tuple[str, ...]:
    """The head's definitions; a `;` between quotes is none that parts them."""
    parts: list[str] = []
    for part in query.columns:
        if parts and parts[-1].count('"') % 2:
            parts[-1] += f"; {part}"
        else:
            parts.append(part)
    return tuple(parts)


def _defined(part: str) -> list[tuple[str, str]]:
    """`name meaning`, or `name, name meaning` for several; none when the part speaks of all columns."""
    found = re.fullmatch(r"([a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*)(?: (.*))?", part, re.DOTALL)
    if found is None or (found[1] == "all" and found[2]):
        return []
    return [(name, found[2] or "") for name in found[1].split(", ")]


@cache
def version() -> str:
    """The version of Readership that runs; `source` when it isn't installed."""
    try:
        return version_of("readership")
    except PackageNotFoundError:
        return "source"
