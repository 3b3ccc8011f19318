"""A page's question as one SQL text that can be run anywhere on an edition: its parameters written into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from readership.queries.catalogue import Query
from readership.queries.selection import Selection

# What holds no parameters is passed over: texts, quoted names, comments.
_TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$(?P<name>[a-z_]\w*)""")


def sql(query: Query, selection: Selection, parameters: Mapping[str, Any]) -> str:
    """The query's text without its head, each `$name` replaced by its value as a literal.

    Args:
        parameters: those given; the query's others keep their defaults.
    """
    values: dict[str, Any] = {parameter.name: parameter.default for parameter in query.parameters} | dict(parameters)
    values["selection"] = selection.parameter()
    text = _TOKENS.sub(lambda found: _written(found, values), query.sql)
    return re.sub(r"\A(?:--[^\n]*\n)+", "", text).strip()


def _written(found: re.Match[str], values: Mapping[str, Any]) -> str:
    name = found["name"]
    return literal(values[name]) if name in values else found[0]


def literal(value: Any) -> str:
    """A value as DuckDB's SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int, float, Decimal)):
        return str(value).upper() if isinstance(value, bool) else str(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(name))}: {literal(one)}" for name, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(literal, value)) + "]"
    return _text(str(value))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
