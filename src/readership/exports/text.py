"""Texts from outside in files that people open: nothing invisible, nothing that runs."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

# Control characters (C0 and C1, DEL), line and paragraph separators, bidi embeddings, overrides and isolates, the byte
# order mark, interlinear marks and the two non-characters that XML can't hold. Marks that words are spelled with
# (zero-width joiners, LRM, RLM) are none of these.
_ALWAYS = "\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
INVISIBLE = re.compile(f"[{_ALWAYS}]")
_INVISIBLE_ARROW = f"[{_ALWAYS}]"
_IN_JSON = f"[\t\n{_ALWAYS}]"

# What a spreadsheet takes for a formula, in its own and in full width, blanks before it or not; apostrophes that stand
# there already get one more, so that taking one away gives the text back. A cell can also begin in the middle of a
# text: Excel in Russian or Kazakh takes `;` for the separator, and then quotes after a comma for letters.
_FORMULA = "'*[ \u00a0]*[=+\\-@＝＋－＠]"
_START = f"^({_FORMULA}|'*\t)"
_INSIDE = f"([;\t\n])({_FORMULA})"
GUARD = "'"


def visible(text: str) -> str:
    """The text with invisible characters written as `\\u202e`; line feeds and tabs stay, CR LF becomes LF."""
    return INVISIBLE.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`visible`, and all blanks and line breaks as single blanks."""
    return " ".join(visible(text).split())


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def all_visible(column: pa.Array) -> pa.Array:
    """`visible` for a column of strings."""
    return _escaped(pc.replace_substring(column, "\r\n", "\n"), _INVISIBLE_ARROW)


def like_formulas(column: pa.Array) -> pa.Array:
    """Which of the strings start like a formula."""
    return pc.match_substring_regex(column, _START)


def guarded(column: pa.Array) -> pa.Array:
    """Strings in which nothing starts like a formula: an apostrophe stands before what would."""
    if not pc.any(pc.match_substring_regex(column, f"{_START}|{_INSIDE}")).as_py():
        return column
    column = pc.replace_substring_regex(column, _START, rf"{GUARD}\1")
    return pc.replace_substring_regex(column, _INSIDE, rf"\1{GUARD}\2")


def json_strings(column: pa.Array) -> pa.Array:
    """Strings as JSON writes them, quotes included; invisible characters as escapes, the value exactly as it is."""
    text = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    text = pc.replace_substring(pc.replace_substring(text, "\n", "\\n"), "\t", "\\t")
    return pc.binary_join_element_wise('"', _escaped(text, _IN_JSON), '"', "")


def _escaped(column: pa.Array, pattern: str) -> pa.Array:
    found = pc.match_substring_regex(column, pattern)
    if not pc.any(found).as_py():
        return column
    # Rare: each character that is there at all costs one pass over the column.
    there = {char for text in column.filter(found).to_pylist() for char in INVISIBLE.findall(text)}
    for char in sorted(there):
        column = pc.replace_substring(column, char, f"\\u{ord(char):04x}")
    return column
