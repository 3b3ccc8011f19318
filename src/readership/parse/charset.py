"""Bytes to text: byte-order marks, UTF-8, declared charsets, Cyrillic single-byte ones, then a statistical guess."""

from __future__ import annotations

import codecs
import re

from readership.errors import NotAnArticle

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"SQLite format 3", b"PAR1", b"BZh",
    b"7z\xbc\xaf", b"RIFF", b"\x7fELF", b"Rar!",
    b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0", b"wOFF", b"wOF2", b"OggS", b"ID3",
)  # fmt: skip
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_HEAD = 4096
_SAMPLE = 16_384


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page.

    Raises:
        NotAnArticle: the bytes are empty, a binary file, or in no charset that fits.
    """
    if not body.strip():
        raise NotAnArticle("The page is empty.")
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    if body.startswith(_MAGIC) or body[8:12] == b"DUCK":
        raise NotAnArticle("The file is binary, not a page.", "Give page text or HTML.")
    if b"\0" in body[:_HEAD]:
        return _wide(body)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        damaged = _damaged_utf8(body, error)
    return damaged if damaged is not None else _legacy(body, content_type)


def _wide(body: bytes) -> str:
    """UTF-16 without its mark: the zero bytes stand on one side."""
    head = body[:_HEAD]
    # The upper byte of Latin is 0, of Cyrillic 4.
    even, odd = (head[side::2].count(0) + head[side::2].count(4) for side in (0, 1))
    if max(even, odd) * 5 > len(head) * 2 and min(even, odd) * 10 < max(even, odd):
        return body.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    if head.count(0) * 100 < len(head) and b"\0" not in head[:64]:
        return decode(body.replace(b"\0", b""))
    raise NotAnArticle("The file is binary, not a page.", "Give page text or HTML.")


def _damaged_utf8(body: bytes, error: UnicodeDecodeError) -> str | None:
    """UTF-8 with a cut end or a few broken bytes; None when it is something else."""
    sample = body[: 10 * _SAMPLE].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    wide = sum(1 for ch in sample[:_SAMPLE] if ch > "\x7f" and ch != "\ufffd")
    if error.start >= len(body) - 3 or broken * 20 < wide:
        return body.decode("utf-8", "replace")
    return None


def _legacy(body: bytes, content_type: str | None) -> str:
    for name in (_from_type(content_type), _declared(body)):
        if name and (text := _try(body, name)) is not None:
            return text
    high = [byte for byte in body[: 4 * _SAMPLE] if byte >= 0x80]
    letters = sum(byte >= 0xC0 for byte in high)
    if letters * 10 >= len(high) * 8 and letters * 4 >= min(len(body), 4 * _SAMPLE) // 4:
        return body.decode(_cyrillic(high), "replace")
    return _guessed(body)


def _cyrillic(high: list[int]) -> str:
    """Small letters are most of a text: 0xE0-0xFF in windows-1251, 0xC0-0xDF in KOI8-R."""
    if sum(byte >= 0xE0 for byte in high) * 2 < sum(byte >= 0xC0 for byte in high):
        return "koi8-r"
    return "windows-1251"


def _from_type(content_type: str | None) -> str | None:
    match = _DECLARED.search(content_type.encode("ascii", "ignore")) if content_type else None
    return match[1].decode("ascii") if match else None


def _declared(body: bytes) -> str | None:
    match = _DECLARED.search(body[:_HEAD])
    return match[1].decode("ascii") if match else None


def _try(body: bytes, name: str) -> str | None:
    try:
        if codecs.lookup(name).name in {"utf-8", "utf-16", "utf-32"}:  # refuted by the bytes already
            return None
        text = body.decode(name, "replace")
    except (LookupError, ValueError, TypeError):  # an unknown name, or a codec that makes no text
        return None
    return text if text.count("\ufffd") * 50 <= len(text) else None


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_SAMPLE]).best()
    if best is None:
        raise NotAnArticle("The page is in no charset that fits.", "Say it with the content type, or save it as UTF-8.")
    return body.decode(best.encoding, "replace")
