"""Counters and decimals as pages print them, and nothing that is not literally there."""

from __future__ import annotations

import re
from decimal import Decimal

# A whole number, thousands set apart by one kind of mark (spaces of all widths are plain ones by now).
WHOLE = r"\d{1,3}(?P<sep{0}>[ ,.'’])\d{{3}}(?:(?P=sep{0})\d{{3}})*(?!\d)|\d+"
_WHOLE = re.compile(r"(\d{1,3}(?:([ ,.'’])\d{3}(?:\2\d{3})*)?|\d+)", re.ASCII)
_DECIMAL = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+\.\d+", re.ASCII)
_MAX_DIGITS = 15


def whole(text: str) -> int | None:
    """The integer that a counter shows (`57321`, `1 556`, `1,556`, `1.556`); None when it is none."""
    text = text.strip()
    if not text or len(text) > 2 * _MAX_DIGITS or not _WHOLE.fullmatch(text):
        return None
    digits = "".join(ch for ch in text if "0" <= ch <= "9")
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def decimal(text: str) -> Decimal | None:
    """The value of a figure (`447.9`, `447,9`, `12 650,5`); None when it is none."""
    text = text.strip()
    if not text or len(text) > 2 * _MAX_DIGITS or not _DECIMAL.fullmatch(text):
        return None
    plain = text.replace(" ", "").replace("'", "").replace("’", "")
    if "," in plain and "." in plain:
        plain = plain.replace(",", "")
    return Decimal(plain.replace(",", "."))
