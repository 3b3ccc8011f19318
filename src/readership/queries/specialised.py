"""A question's SQL for one selection: its macros written out, without what the selection doesn't ask for.

DuckDB plans a text afresh each time it is asked, and a macro's `s['since']` costs 0.3 ms wherever it stands: the whole
selection is folded to get at one field. Written out with a parameter a field, and without the conditions and branches
that unset fields make superfluous, a question is planned in a tenth of the time. The macros of an edition stay what
analysts write and what a question's SQL shows (standalone.py); tests/test_specialised.py holds that both answer alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from readership.queries.catalogue import macros

PREFIX = "selection_"
"""Of the parameters that stand for the selection's fields."""
PICKED = "selection_articles"
"""The table of what `filtered` gives, when it is known already (picks.py)."""

_FROM_PICKED = "SELECT p.article FROM selection_articles AS p"
_MACRO = re.compile(
    r"CREATE MACRO (?P<name>\w+)\((?P<parameters>[^)]*)\) AS (?P<table>TABLE\b)?(?P<body>.*)", re.DOTALL
)
_TWINS = re.compile(r"\b(selected_articles|gained_by_article|gained_by_day|gained_by_slot)\(")
"""Macros with a twin for selections that end at a moment of each site (macros.sql)."""
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_COMPARED = re.compile(r"\$(\w+)::VARCHAR (=|<>) '([^']*)'")
_REACH = re.compile(r"\(SELECT (\w+)\.(\w+) FROM reach AS \1\)")
_Known = tuple[tuple[str, str], ...]
_TOKENS = r"'(?:[^']|'')*'|[(\[{]|[)\]}]"


@dataclass(frozen=True, slots=True)
class _Macro:
    name: str
    parameters: tuple[str, ...]
    is_table: bool
    body: str


def to_end(sql: str) -> str:
    """The text with the twins of its macros, for a selection that ends at a moment of each site."""
    return _TWINS.sub(r"\1_to_end(", sql)


def specialised(sql: str, values: Mapping[str, Any], *, picked: bool) -> tuple[str, dict[str, Any]]:
    """The text for one selection and other parameters, and the values that are left in it.

    Args:
        sql: in which `$selection::selection` is given to macros or asked for a field.
        values: of all parameters, `selection` among them.
        picked: the articles that the filters leave are in the table PICKED.
    """
    selection = values["selection"]
    asked = {name: _asked(value) for name, value in selection.items() if value is not None}
    text = _written(sql, tuple(sorted(asked.items())), tuple(sorted(_decisive(sql, values).items())), picked)
    found = {PREFIX + name: value for name, value in selection.items()} | {**values}
    return text, named_in(text, found)


@lru_cache(maxsize=1024)
def reach_first(text: str) -> tuple[str, str] | None:
    """The text that gives the days of the expression `reach`, and the rest, which takes them as parameters.

    DuckDB guesses far too few rows between two days that a subquery gives, joins in the wrong order for that, and reads
    what days that it knows let it skip.
    """
    if not text.startswith("WITH ") or not _REACH.search(text):
        return None
    expressions = _split(text[len("WITH ") : _main_select(text)], ",")
    number = next(n for n, expression in enumerate(expressions) if expression.startswith("reach "))
    first = f"WITH {', '.join(expressions[: number + 1])}\nSELECT * FROM reach"
    return _without_unused(first), _without_unused(_REACH.sub(r"$reach_\2::DATE", text))


def named_in(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the parameters that a text names, NULL where there is none."""
    return {name: values.get(name) for name in set(re.findall(r"\$([a-z]\w*)", text))}


def _decisive(sql: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Parameters that a text compares with words of its own: which of these each is, or none of them."""
    words: dict[str, set[str]] = {}
    for name, _, word in _COMPARED.findall(sql):
        words.setdefault(name, set()).add(word)
    return {
        name: given if given in those else ""
        for name, those in words.items()
        if isinstance(given := values.get(name), str)
    }


def _asked(value: Any) -> str:
    """What of a field's value the text depends on: yes, no and words of a few in full, else that it is set."""
    return str(value) if isinstance(value, bool) or value in ("published", "read") else "set"


@lru_cache(maxsize=1024)
def _written(sql: str, asked: _Known, decisive: _Known, picked: bool) -> str:
    code = re.sub(r"\(\$selection::selection\)(?=\[)|\$selection::selection", "s", re.sub(r"--[^\n]*", "", sql))
    return _with_parameters(_Writer(dict(asked), dict(decisive), picked).text(code))


# --- macros written out -----------------------------------------------------------------------------------------------


@cache
def _macros() -> dict[str, _Macro]:
    """The macros that take the selection, by name."""
    found = [match for statement in macros() if (match := _MACRO.fullmatch(statement))]
    made = [
        _Macro(m["name"], tuple(m["parameters"].split(", ")), bool(m["table"]), re.sub(r"--[^\n]*", "", m["body"]))
        for m in found
    ]
    return {macro.name: macro for macro in made if macro.parameters[0] == "s" and macro.name != "instant"}


@cache
def _call(is_table: bool) -> re.Pattern[str]:
    names = [name for name, macro in _macros().items() if macro.is_table == is_table]
    return re.compile(rf"(?<![\w.])({'|'.join(names)})\(")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes macros out for one selection: conditions first, so that what they leave out is never opened."""

    asked: Mapping[str, str]
    decisive: Mapping[str, str]
    picked: bool
    bodies: dict[tuple[str, ...], str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        while _call(is_table=False).search(text):
            text = "".join(self._opened(text, is_table=False))
        return "".join(self._opened(_pruned(_with_truths(text, self.asked, self.decisive)), is_table=True))

    def _opened(self, text: str, *, is_table: bool) -> Iterator[str]:
        start = 0
        while match := _call(is_table).search(text, start):
            end = _closing(text, match.end() - 1)
            yield f"{text[start : match.start()]}({self._body(match[1], _split(text[match.end() : end], ','))})"
            start = end + 1
        yield text[start:]

    def _body(self, name: str, arguments: list[str]) -> str:
        if self.picked and name == "filtered":
            return _FROM_PICKED
        macro, key = _macros()[name], (name, *arguments)
        if key not in self.bodies:
            body = _body(macro, arguments)
            self.bodies[key] = self.text(body) if macro.is_table else body
        return self.bodies[key]


def _body(macro: _Macro, arguments: list[str]) -> str:
    """A macro's body with its arguments; the selection is called `s` everywhere."""
    if arguments[0] != "s":
        raise ValueError(f"{macro.name} is not asked with the selection")
    body = macro.body
    for name, argument in zip(macro.parameters[1:], arguments[1:], strict=True):
        body = re.sub(rf"(?<![\w.$'\"]){name}\b(?!\s*\()", argument.replace("\\", r"\\"), body)
    return body


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens at `opening` is closed."""
    depth = 0
    for token in re.compile(_TOKENS).finditer(text, opening):
        depth += _BRACKETS.get(token[0], 0)
        if depth == 0:
            return token.start()
    raise ValueError("A bracket is not closed.")


def _split(text: str, words: str) -> list[str]:
    """The parts between those occurrences of some words that stand in no brackets."""
    parts, start = [], 0
    for token in _outside(text, words):
        parts.append(text[start : token.start()].strip())
        start = token.end()
    return [*parts, text[start:].strip()]


def _outside(text: str, words: str) -> Iterator[re.Match[str]]:
    """Occurrences of some words that stand in no brackets."""
    depth = 0
    for token in re.finditer(rf"{_TOKENS}|{words}", text):
        depth += _BRACKETS.get(token[0], 0)
        if depth == 0 and token[0] not in _BRACKETS and token[0][0] != "'":
            yield token


# --- what the selection doesn't ask for -------------------------------------------------------------------------------


def _with_truths(text: str, asked: Mapping[str, str], decisive: Mapping[str, str]) -> str:
    """Conditions on the selection and parameters alone as TRUE or FALSE."""
    text = _COMPARED.sub(lambda m: _compared(m, decisive), text)
    text = re.sub(r"\bs\['(\w+)'\] IS NULL", lambda m: _truth(m[1] not in asked), text)
    text = re.sub(r"\bs\['(\w+)'\] IS NOT NULL", lambda m: _truth(m[1] in asked), text)
    is_read = asked.get("question") == "read"
    text = text.replace("coalesce(s['question'], 'published') <> 'read'", _truth(not is_read))
    text = text.replace("s['question'] = 'read'", _truth(is_read))
    return re.sub(r"\bs\['(matched|in_body)'\]", lambda m: _truth(asked.get(m[1]) == "True"), text)


def _compared(found: re.Match[str], decisive: Mapping[str, str]) -> str:
    name, sign, word = found.groups()
    return _truth((decisive[name] == word) == (sign == "=")) if name in decisive else found[0]


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _pruned(text: str) -> str:
    """The text with its conditions simplified, innermost first, and without branches that hold no row."""
    branches = _split("".join(_folded(text)), r"\bUNION ALL\b")
    return _without_unused("\nUNION ALL ".join(_without_empty([_filtered(branch) for branch in branches])))


def _folded(text: str) -> Iterator[str]:
    """The pieces of a text, each outermost bracket among them simplified."""
    start = 0
    for token in re.finditer(_TOKENS, text):
        if token.start() < start or token[0] not in "([{":
            continue
        end = _closing(text, token.start())
        inner = _pruned(text[token.end() : end])
        yield text[start : token.start()]
        if token[0] == "(" and _holds_condition(text, token.start()):
            inner = _simplified(inner)
            yield inner if inner in _TRUTHS else f"({inner})"
        else:
            yield token[0] + inner + text[end]
        start = end + 1
    yield text[start:]


def _holds_condition(text: str, opening: int) -> bool:
    """A bracket that stands so is one condition in a longer one, not the arguments or the filter of a function."""
    before = text[max(0, opening - 12) : opening]
    return re.search(r"(?:\A|\b(?:AND|OR|NOT|WHERE|ON|WHEN|HAVING|QUALIFY)\b|\()\s*\Z", before) is not None


def _filtered(select: str) -> str:
    """A SELECT with its WHERE simplified, and without it when that is sure to be true."""
    head, *rest = _split(select, r"\bWHERE\b")
    if len(rest) != 1 or not re.match(r"(?:SELECT|WITH|FROM)\b", head):
        return select
    condition = _split(rest[0], _AFTER)[0]
    simple = _simplified(condition)
    tail = rest[0][len(condition) :]
    return f"{head}\n{tail.strip()}" if simple == "TRUE" else f"{head}\nWHERE {simple} {tail.strip()}"


def _simplified(condition: str) -> str:
    """A condition without what is sure in it; TRUE or FALSE when all of it is."""
    for word, decides in (("OR", "TRUE"), ("AND", "FALSE")):
        parts = _split(condition, rf"\b{word}\b")
        if len(parts) > 1:
            parts = [_simplified(part) for part in parts]
            open_ones = [part for part in parts if part not in _TRUTHS]
            sure = decides in parts or not open_ones
            return (decides if decides in parts else _NOT[decides]) if sure else f" {word} ".join(open_ones)
    if condition.startswith("NOT "):
        return _NOT.get(_simplified(condition[4:].strip()), condition)
    return condition


def _without_empty(branches: list[str]) -> list[str]:
    """Branches of a UNION ALL without those that are sure to be empty; one stays. In macros all name their columns."""
    filled = [branch for branch in branches if not _is_empty(branch)] or branches[:1]
    if filled[0] is not branches[0] and branches[0].startswith("WITH"):
        filled[0] = branches[0][: _main_select(branches[0])] + filled[0]
    return filled


def _without_unused(text: str) -> str:
    """The text without common table expressions that nothing after them names."""
    if not text.startswith("WITH ") or " RECURSIVE " in text:
        return text
    start = _main_select(text)
    rest = text[start:]
    kept: list[str] = []
    for expression in reversed(_split(text[len("WITH ") : start], ",")):
        if re.search(rf"\b{expression.split()[0]}\b", rest):
            kept.insert(0, expression)
            rest += expression
    return f"WITH {', '.join(kept)}\n{text[start:]}" if kept else text[start:]


def _main_select(text: str) -> int:
    """Where the SELECT after the common table expressions begins."""
    return next(_outside(text, r"\bSELECT\b")).start()


def _is_empty(select: str) -> bool:
    """No row passes; and no sum over none makes one."""
    head, *rest = _split(select, r"\bWHERE FALSE\b")
    return bool(rest) and (len(_split(rest[0], r"\bGROUP BY\b")) > 1 or not re.search(_SUMS, head))


_AFTER = r"\b(?:GROUP BY|ORDER BY|HAVING|QUALIFY|LIMIT|WINDOW)\b"
_SUMS = r"\b(?:sum|count|min|max|avg|any_value|list|bool_or|bool_and)\("
_NOT = {"TRUE": "FALSE", "FALSE": "TRUE"}
_TRUTHS = frozenset(_NOT)


# --- fields -----------------------------------------------------------------------------------------------------------


def _with_parameters(text: str) -> str:
    return re.sub(r"\bs\['(\w+)'\]", lambda m: f"${PREFIX}{m[1]}::{_types()[m[1]]}", text)


@cache
def _types() -> dict[str, str]:
    """The type of each field, as CREATE TYPE selection names it."""
    statement = next(one for one in macros() if one.startswith("CREATE TYPE selection"))
    inside = statement[statement.index("(") + 1 : statement.rindex(")")]
    return {part.split()[0]: part.split(maxsplit=1)[1] for part in _split(inside, ",")}
