"""Text from outside is shown as it stands: never as Markdown, HTML, LaTeX, an icon or a link."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_JOINER = "\u2060"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def one_line(text: Any) -> str:
    """Text without control characters, bidi overrides and line breaks."""
    return _INVISIBLE.sub(" ", unicodedata.normalize("NFC", str(text))).strip()


def plain(text: Any) -> str:
    """Text for a place where Streamlit reads Markdown, so that it comes out literally.

    A backslash takes the meaning from all ASCII punctuation. Emoji codes, arrows and bare addresses are found by
    Streamlit after the backslashes are gone, so an invisible word joiner parts their signs as well.
    """
    joined = re.sub(r"([:@<>~=-])(?=\S)", rf"\1{_JOINER}", one_line(text))
    joined = re.sub(r"(?i)\b(www)\.", rf"\1{_JOINER}.", joined)
    return _PUNCTUATION.sub(r"\\\1", joined)
