"""A page's question as one SQL text that can be run anywhere on an edition: its parameters written into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# What holds no parameters is passed over: texts, quoted names, comments.
_TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$(?P<name>[a-z_]\w*)""")


def written(text: str, values: Mapping[str, Any]) -> str:
    """A query's text without its head, each `$name` of the values replaced by its value as a literal."""
    found = _TOKENS.sub(lambda token: _written(token, values), text)
    return re.sub(r"\A(?:--[^\n]*\n)+", "", found).strip()


def _written(token: re.Match[str], values: Mapping[str, Any]) -> str:
    name = token["name"]
    return literal(values[name]) if name in values else token[0]


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
