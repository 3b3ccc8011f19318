"""The API's description (OpenAPI 3.1), made from the catalogue of queries and the selection's names."""

from __future__ import annotations

from typing import Any

from readership import queries
from readership.api import reading
from readership.exports.proof import version
from readership.queries import Parameter, Query
from readership.queries.comparison import COMPARED, PERIODS
from readership.queries.selection import LISTED, MAX_TEXT, MAX_VALUES

_DAYS, _FLAGS = ("since", "until"), ("in_body", "matched")
_MEANINGS = {
    "since": "First local day (RFC 3339 full-date).",
    "until": "The day after the last (half-open).",
    "question": "Whether articles were published in the days, or read in them.",
    "meter": "The counter whose views are meant.",
    "mode": "How several values of a several-valued field are meant.",
    "text": 'Words that must stand in title or lead; "a phrase" together; -word must not stand.',
    "in_body": "Look for the words in the body too.",
    "matched": "Captures without a moment count on the day that their header's rates match.",
}
_ENUMS = {"question": list(queries.QUESTIONS), "mode": list(queries.MODES)}


def document(root: str, rows: int, most: int) -> dict[str, Any]:
    """The document.

    Args:
        root: what the server's addresses begin with, "" at the top.
        rows, most: of a page, by default and at most.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Readership",
            "version": version(),
            "description": "The questions that Readership's pages ask, with the same selection. "
            "An ETag holds as long as the edition that was asked.",
        },
        "servers": [{"url": root or "/"}],
        "security": [{}, {"token": []}, {"link": []}],
        "paths": {
            "/api/v1/": {"get": _plain("index", "What can be asked, and of which edition.")},
            "/api/v1/openapi.json": {"get": _plain("openapi", "This document.")},
            **{f"/api/v1/{query.name}": {"get": _operation(query, rows, most)} for query in queries.catalogue()},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`readership token add` makes one."},
                "link": {"type": "apiKey", "in": "query", "name": "link", "description": "A shared link's text."},
            },
            "schemas": {"Error": _ERROR, "Answer": _ANSWER},
            "parameters": _selection(),
        },
    }


_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
}
_ANSWER = {
    "type": "object",
    "required": ["query", "edition", "as_of", "selection", "permalink", "parameters", "columns", "rows", "next"],
    "properties": {
        "query": {"type": "string"},
        "purpose": {"type": "string"},
        "edition": {"type": "integer"},
        "as_of": {"type": ["string", "null"], "description": "Newest reading, RFC 3339."},
        "demo": {"type": "boolean"},
        "selection": {"type": "string", "description": "In words."},
        "permalink": {"type": "string", "description": "The selection as a page's URL holds it."},
        "parameters": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "meaning"],
                "properties": {"name": {"type": "string"}, "meaning": {"type": "string"}},
            },
        },
        "remarks": {"type": "array", "items": {"type": "string"}, "description": "What else to know of the rows."},
        "rows": {"type": "array", "items": {"type": "object"}},
        "next": {"type": ["string", "null"], "description": "Address of the next page of this edition."},
    },
}


def _operation(query: Query, rows: int, most: int) -> dict[str, Any]:
    own = {parameter.name for parameter in query.parameters}
    return {
        "operationId": query.name,
        "summary": query.purpose,
        "description": "Columns: " + "; ".join(query.columns),
        "parameters": [
            *(_parameter(one) for one in query.parameters),
            *({"$ref": f"#/components/parameters/{name}"} for name in _selection() if name not in own),
            *([_COMPARE] if query.name in COMPARED else []),
            _number("rows", "Rows of the page.", rows, 1, most),
            _number("from", "Rows before the page.", 0, 0, 2**40),
            {**_number("edition", "Answer from this edition only (409 when it is not current).", None, 0, 2**40)},
        ],
        "responses": {
            "200": {
                "description": "The rows.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
            },
            "304": {"description": "As the ETag in If-None-Match says."},
            **_errors("400", "401", "403", "409", "503"),
        },
    }


_COMPARE = {
    "name": "compare",
    "in": "query",
    "description": "What stands beside each row, as `…_then`, `…_change_percent`, `…_note`: "
    f"{', '.join(PERIODS)}, days as 2026-09-01..2026-10-01 (half-open), or a value as topic:sport.",
    "schema": {"type": "string", "maxLength": 240},
}


def _plain(name: str, summary: str) -> dict[str, Any]:
    body = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"operationId": name, "summary": summary, "responses": {"200": body, **_errors("401", "403", "503")}}


def _errors(*statuses: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": _STATUSES[status], "content": content} for status in statuses}


_STATUSES = {
    "400": "A parameter is not known or can't be read.",
    "401": "Nobody is logged in, or the token isn't valid.",
    "403": "The person may not ask this.",
    "409": "Another edition has been published meanwhile.",
    "503": "Nothing is published, or the server is busy.",
}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if listed := reading.choices(parameter):
        schema["enum"] = list(listed)
    if parameter.default is not None:
        schema["default"] = parameter.default
    return {"name": parameter.name, "in": "query", "description": parameter.meaning, "schema": schema}


def _number(name: str, meaning: str, default: int | None, least: int, most: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    if default is not None:
        schema["default"] = default
    return {"name": name, "in": "query", "description": meaning, "schema": schema}


def _selection() -> dict[str, Any]:
    """The selection's parameters by their names in URLs."""
    found = {}
    for field, name in queries.URL_NAMES.items():
        if field in queries.VALUES:
            found[name] = _values(name, field, f"Only these: {name}.")
            found[f"no_{name}"] = _values(f"no_{name}", field, f"Without these: {name}.")
        else:
            found[name] = {"name": name, "in": "query", "description": _MEANINGS[name], "schema": _schema(name)}
    return found


def _values(name: str, field: str, meaning: str) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
    if field in LISTED:
        one["enum"] = list(LISTED[field])
    many = {"type": "array", "items": one, "maxItems": MAX_VALUES}
    return {"name": name, "in": "query", "description": meaning, "schema": many, "style": "form", "explode": True}


def _schema(name: str) -> dict[str, Any]:
    if name in _DAYS:
        return {"type": "string", "format": "date"}
    if name in _FLAGS:
        return {"type": "string", "enum": ["True", "False"]}
    if name in _ENUMS:
        return {"type": "string", "enum": _ENUMS[name]}
    return {"type": "string", "maxLength": MAX_TEXT if name == "text" else 40}
