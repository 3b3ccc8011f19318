"""What a file is: by its name, and by its first bytes, which have the last word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

HEAD = 4096
"""Bytes of a file that are looked at."""

Kind = Literal["page", "mht", "csv", "jsonl", "parquet", "zip", "warc"]

_BY_EXTENSION: dict[str, Kind] = {
    ".txt": "page", ".html": "page", ".htm": "page", ".xhtml": "page", ".mht": "mht", ".mhtml": "mht",
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".parquet": "parquet", ".pq": "parquet", ".zip": "zip", ".wacz": "zip", ".warc": "warc",
}  # fmt: skip

# (offset, bytes, what it is): https://en.wikipedia.org/wiki/List_of_file_signatures and the formats' own documents.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"SQLite format 3\0", "a SQLite database"),
    (8, b"DUCK", "a DuckDB database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "a zip archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"WARC/", "a WARC file"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program"),
    (0, b"\xca\xfe\xba\xbe", "a macOS program"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (0, b"\x89PNG\r\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"RIFF", "a WebP image or a sound"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\0", "an xz file"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a", "a RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"Obj\x01", "an Avro file"),
)
# Signatures that a text may begin with too; they count only beside bytes that no text has.
_WORDS = frozenset({b"MZ", b"PAR1", b"GIF8", b"RIFF", b"BZh", b"DUCK", b"ARROW1"})
_OFFICE = frozenset({".xlsx", ".xlsm", ".docx", ".pptx", ".odt", ".ods", ".epub", ".jar", ".apk"})
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FEED = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|rates|gesmes:|feed|urlset)\b", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|meta|title|div|p|h1)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is.

    Attributes:
        kind: how it is read; None when it isn't, `reason` and `hint` then say why.
        gzipped: its bytes are gzip, `kind` is what is inside.
    """

    kind: Kind | None
    reason: str = ""
    hint: str = ""
    gzipped: bool = False


def magic(head: bytes) -> str | None:
    """What the first bytes say a file is, None for text and for what is not known."""
    for offset, signature, label in _MAGIC:
        if head.startswith(signature, offset) and (signature not in _WORDS or _CONTROL.search(head)):
            return label
    return None


def utf16(head: bytes) -> str | None:
    """`utf-16` (with a BOM), `utf-16-le` or `utf-16-be` when the bytes look like it."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    half = len(head) // 2
    for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if half >= 4 and zeros.count(0) > 0.4 * half and head.count(0) <= zeros.count(0) + half // 100:
            return codec
    return None


def binary(head: bytes) -> bool:
    """Whether bytes without a known signature are no text either."""
    return b"\0" in head and utf16(head) is None


def sniff(name: str, head: bytes, inner: bytes | None = None) -> Sniffed:
    """Tell what a file is.

    Args:
        name: its name; only the extension counts.
        head: its first bytes, at most `HEAD`.
        inner: the first bytes of what a gzip file inflates to, None when that can't be read.
    """
    if not head:
        return Sniffed(None, "The file is empty.")
    suffix = PurePosixPath(name.lower()).suffix
    label = magic(head)
    if suffix != ".gz" and label != "a gzip file":
        return _plain(suffix, head, label)
    if label != "a gzip file":
        return Sniffed(None, "Named .gz, but it is no gzip file.", "Check how it was downloaded.")
    return _gzipped(name, suffix, inner)


def _gzipped(name: str, suffix: str, inner: bytes | None) -> Sniffed:
    if inner is None:
        return Sniffed(None, "The gzip file can't be read.", "It may be cut short: fetch it again.")
    inside = PurePosixPath(name.lower().removesuffix(".gz")).suffix if suffix == ".gz" else suffix
    if not inner:
        return Sniffed(None, "The gzip file holds nothing.")
    found = _plain(inside, inner, magic(inner))
    if found.kind in ("zip", "parquet"):
        return Sniffed(None, f"A {found.kind} file inside gzip is not read.", "Unpack it first.")
    return Sniffed(found.kind, found.reason, found.hint, gzipped=True)


def _plain(suffix: str, head: bytes, label: str | None) -> Sniffed:
    kind = _BY_EXTENSION.get(suffix)
    if kind is None:
        return _unnamed(suffix, head, label)
    due = {"zip": "a zip archive", "parquet": "a Parquet file", "warc": "a WARC file"}.get(kind)
    if label == due and (label or not (kind in ("csv", "jsonl") and binary(head))):
        return Sniffed(kind)
    really = f"it is {label}" if label else f"it is not {due}" if due else "its bytes are no text"
    return Sniffed(None, f"Named {suffix}, but {really}.", "Give it with the right name, or export it again.")


def _unnamed(suffix: str, head: bytes, label: str | None) -> Sniffed:
    by_label: dict[str | None, Kind] = {
        "a zip archive": "zip", "a WARC file": "warc", "a Parquet file": "parquet"
    }  # fmt: skip
    if suffix in _OFFICE:
        return Sniffed(None, f"{suffix} documents are not read.", "Save the table as CSV, or the page as HTML.")
    if label in by_label:
        return Sniffed(by_label[label])
    if label:
        return Sniffed(None, f"It is {label}: neither a page nor a table.")
    if binary(head):
        return Sniffed(None, "Its bytes are no text, and of no kind that is known.")
    if _FEED.match(head) and not _PAGE.search(head):
        return Sniffed(None, "It is an XML feed, not a page.", "Official rates are taken by `readership rates import`.")
    if suffix == "" or not suffix[1:].isalpha() or _MARKUP.search(head):
        return Sniffed("page")
    return Sniffed(None, f"Files named {suffix} are not read.", "Pages end in .html or .txt, tables in .csv or .jsonl.")
