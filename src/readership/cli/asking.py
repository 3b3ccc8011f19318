"""The command that asks a page's question without a browser: query."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readership import settings as settings_module
from readership.cli.common import command, show
from readership.errors import UsageError

if TYPE_CHECKING:
    from readership.queries import Selection

FORMATS = ("csv", "json", "parquet")


def _query(options: argparse.Namespace) -> int:
    from readership import queries

    if options.list or not options.name:
        show([_explained(query) for query in queries.catalogue()]) if options.json else _list_queries()
        return 0
    selection = selected(options)
    parameters: dict[str, Any] = {}
    for pair in options.param:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"“{pair[:60]}” is no parameter.", "Write --param name=value.")
        parameters[name] = value
    known = {parameter.name for parameter in queries.named(options.name).parameters}
    for name in ("grain", "limit", "article"):
        value = getattr(options, name)
        if value is not None:
            if name not in known:
                raise UsageError(f"{options.name} has no parameter “{name}”.", "`readership query --list` explains it.")
            parameters[name] = value
    edition = queries.published(settings_module.load())
    if options.format == "json":
        local = _local(options.name)
        rows = [
            {name: _moment(value, name in local) for name, value in row.items()}
            for batch in queries.stream(options.name, selection, edition, **parameters)
            for row in batch.to_pylist()
        ]
        _put(json.dumps(rows, ensure_ascii=False, indent=1, default=_plain), options.out)
    else:
        _write(queries.fetch(options.name, selection, edition, **parameters), options.format, options.out)
    return 0


def _local(name: str) -> set[str]:
    """The query's columns whose moments are on the site's clock."""
    from readership import queries
    from readership.exports.proof import definitions

    return {column.name for column in definitions(queries.named(name)) if column.local}


def _moment(value: Any, local: bool) -> Any:
    """A moment in RFC 3339, an instant with its Z, one on a site's clock without; anything else as it is."""
    if not isinstance(value, datetime):
        return value
    return value.isoformat() + ("Z" if value.tzinfo is None and not local else "")


def _plain(value: Any) -> Any:
    """JSON's value for one of DuckDB's: days as days, decimals as numbers."""
    return value.isoformat() if isinstance(value, date) else float(value)


def _selection_names() -> list[str]:
    from readership import queries

    several = [queries.URL_NAMES[name] for name in queries.VALUES]
    return [*queries.URL_NAMES.values(), *(f"no_{name}" for name in several)]


def _explained(query: Any) -> dict[str, Any]:
    return {
        "name": query.name,
        "purpose": query.purpose,
        "columns": list(query.columns),
        "parameters": {one.name: {"default": one.default, "meaning": one.meaning} for one in query.parameters},
    }


def _list_queries() -> None:
    from readership import queries

    for query in queries.catalogue():
        print(f"{query.name}\n    {query.purpose}")
        print(f"    columns: {'; '.join(query.columns)}")
        for one in query.parameters:
            print(f"    --param {one.name}={'' if one.default is None else one.default}  {one.meaning}")
    print(f"Every query takes the selection: {' '.join(f'--{name}' for name in _selection_names())}")


def _write(frame: Any, form: str, out: str | None) -> None:
    if form == "parquet":
        if not out:
            raise UsageError("Parquet needs a file.", "Give --out FILE.parquet.")
        frame.to_parquet(out, index=False)
        return
    _put(frame.to_csv(index=False), out)


def _put(text: str, out: str | None) -> None:
    text += "" if text.endswith("\n") else "\n"
    if out:
        Path(out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def add(commands: Any) -> None:
    """Add this group's commands."""
    made = command(commands, "query", _query, "Ask a page's question without a browser.")
    made.add_argument("name", nargs="?")
    made.add_argument("--list", action="store_true", help="explain every query")
    made.add_argument("--json", action="store_true", help="with --list: as JSON")
    made.add_argument("--format", choices=FORMATS, default="json")
    made.add_argument("--out", metavar="FILE")
    made.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    made.add_argument("--grain", help="hour, day, week or month")
    made.add_argument("--limit", type=int)
    made.add_argument("--article", type=int, help="an article's id")
    selection_options(made)


def selection_options(command: Any) -> None:
    """Add the selection's names as options, each as in a page's address."""
    single = {"since", "until", "question", "meter", "mode", "text", "in_body", "matched"}
    for name in _selection_names():
        several = name not in single
        command.add_argument(f"--{name.replace('_', '-')}", dest=f"sel_{name}", action="append" if several else "store")


def selected(options: argparse.Namespace) -> Selection:
    """The selection that the options mean.

    Raises:
        UsageError: a value that can't be read.
    """
    from readership import queries

    return queries.from_arguments({name: getattr(options, f"sel_{name}") for name in _selection_names()})
