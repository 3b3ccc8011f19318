"""The questions: one .sql file each; its head says purpose, columns and parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from readership.errors import UsageError

_MADE = re.compile(r"CREATE (?:MACRO|VIEW) (\w+)")
_HEAD = re.compile(r"^-- (?P<key>[a-z_0-9]+): (?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter besides the selection: its name, default (None = NULL) and meaning."""

    name: str
    default: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question: name, purpose, columns in words, parameters, SQL text."""

    name: str
    purpose: str
    columns: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    sql: str


@cache
def catalogue() -> tuple[Query, ...]:
    """All questions, by name."""
    folder = resources.files("readership.queries")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql") and item.name != "macros.sql")
    return tuple(_parsed(name.removesuffix(".sql"), folder.joinpath(name).read_text("utf-8")) for name in names)


def named(name: str) -> Query:
    """One question.

    Raises:
        UsageError: there is none of that name.
    """
    for query in catalogue():
        if query.name == name:
            return query
    raise UsageError(f"There is no query “{name[:60]}”.", "`readership query --list` explains each.")


@cache
def macros() -> tuple[str, ...]:
    """Statements that an edition is published with."""
    text = resources.files("readership.queries").joinpath("macros.sql").read_text("utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return tuple(part.strip() for part in re.split(r";[ \t]*(?:\n|$)", code) if part.strip())


def used_macros(query: Query) -> tuple[str, ...]:
    """The macros and views of macros.sql that a question names, by name."""
    made = {found[1] for body in macros() if (found := _MADE.match(body))}
    code = "\n".join(line for line in query.sql.splitlines() if not line.startswith("--"))
    return tuple(sorted(made & set(re.findall(r"[a-z_]\w*", code))))


def _parsed(name: str, text: str) -> Query:
    head: dict[str, str] = {}
    for line in text.splitlines():
        found = _HEAD.match(line)
        if not found:
            break
        head[found["key"]] = found["text"]
    if name not in head or "columns" not in head:
        raise ValueError(f"{name}.sql lacks its head")
    columns = tuple(part.strip() for part in head["columns"].split(";"))
    parameters = tuple(_parameter(part.strip()) for part in head.get("parameters", "").split(";") if part.strip())
    return Query(name, head[name], columns, parameters, text)


def _parameter(text: str) -> Parameter:
    found = re.match(r"(?P<name>\w+) = (?:'(?P<text>[^']*)'|(?P<word>[\w.]+))\s*(?P<meaning>.*)$", text)
    if not found:
        raise ValueError(f"can't read the parameter “{text}”")
    word = found["text"] if found["text"] is not None else found["word"]
    return Parameter(found["name"], None if word == "NULL" else word, found["meaning"])
