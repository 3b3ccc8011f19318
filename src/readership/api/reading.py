"""What a request's URL asks: the selection and a query's own parameters, read strictly; for every route."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from readership import queries
from readership.errors import UsageError
from readership.queries import Query, Selection, comparison
from readership.queries.comparison import Comparison

_ONCE = [name for field, name in queries.URL_NAMES.items() if field not in queries.VALUES]
_LONGEST = {"text": queries.selection.MAX_TEXT, "meter": 40}


def parameters(query: Query, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The query's own parameters; a name that the selection has too (`site`) means the query's."""
    found: dict[str, str] = {}
    for parameter in query.parameters:
        if parameter.name in given:
            value = single(parameter.name, given[parameter.name])
            listed = choices(parameter)
            if listed and value not in listed:
                raise UsageError(f"Can't read {parameter.name}={value[:60]}.", f"It is one of {', '.join(listed)}.")
            found[parameter.name] = value
    return found


def compared(given: dict[str, list[str]]) -> Comparison | None:
    """What the answer is to stand beside; takes `compare` out of what is given."""
    if "compare" not in given:
        return None
    found = comparison.from_text(single("compare", given.pop("compare")))
    return None if found.kind == comparison.NONE else found


def choices(parameter: queries.Parameter) -> tuple[str, ...]:
    """The values that a head lists: `grain = 'day' or 'hour', 'week'`; none when any value goes."""
    listed = re.match(r"or ('[^']*'(?:, '[^']*')*)", parameter.meaning)
    if parameter.default is None or listed is None:
        return ()
    return (parameter.default, *re.findall(r"'([^']*)'", listed[1]))


def selection(given: Mapping[str, Sequence[str]]) -> Selection:
    """The selection, or an error that names what is not known or can't be read: never a wider answer than asked."""
    several = [queries.URL_NAMES[name] for name in queries.VALUES]
    names = {*queries.URL_NAMES.values(), *(f"no_{name}" for name in several)}
    if strange := sorted(set(given) - names):
        raise UsageError(
            f"Unknown parameter{'s' if len(strange) > 1 else ''}: {', '.join(name[:40] for name in strange[:10])}.",
            "The selection's names and the query's own are in docs/exports.md and `readership query --list`.",
        )
    for name, values in given.items():
        if name in _ONCE:
            single(name, values)
        elif len(values) > queries.selection.MAX_VALUES or not all(0 < len(value) <= 200 for value in values):
            raise UsageError(f"Can't read {name}.", "At most 200 values, each of 1 to 200 characters.")
        if name in _LONGEST and len(values[0]) > _LONGEST[name]:
            raise UsageError(f"{name} is too long.", f"At most {_LONGEST[name]} characters.")
    return queries.from_arguments({name: list(values) for name, values in given.items()})


def single(name: str, values: Sequence[str]) -> str:
    """The one value of a parameter that may be there once."""
    if len(values) != 1:
        raise UsageError(f"{name} is there {len(values)} times.", "Give it once.")
    return values[0]


def wishes(accepted: str) -> list[str]:
    """Languages of an Accept-Language header in the order written, which is the order wanted in practice."""
    return [part.split(";", 1)[0].strip() for part in accepted[:200].split(",")][:10]


def known(header: str, etag: str) -> bool:
    """Whether If-None-Match (RFC 9110, 13.1.2: weak comparison) names the tag."""
    return etag.removeprefix("W/") in {part.strip().removeprefix("W/") for part in header.split(",")}
