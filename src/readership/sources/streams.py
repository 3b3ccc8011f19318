"""Bytes of a table as UTF-8, whatever they were: charset found, gzip inflated with a bound, progress told."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from readership.errors import InputRefused
from readership.sources.limits import Limits, Progress
from readership.sources.sniff import binary, utf16

SAMPLE = 1 << 18
_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20


class Inflated:
    """A file that may be gzip, read forward only, never more than the limits allow.

    Raises:
        InputRefused: on reading, beyond the limits.
    """

    def __init__(self, path: Path, gzipped: bool, limits: Limits, progress: Progress | None = None) -> None:
        self._raw = path.open("rb")
        self._file: BinaryIO = gzip.GzipFile(fileobj=self._raw) if gzipped else self._raw  # type: ignore[assignment]
        self._gzipped, self._limits, self._progress, self._inflated = gzipped, limits, progress, 0

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        data = self._file.read(_CHUNK if size < 0 else size)
        self._inflated += len(data)
        at = self._raw.tell()
        if self._progress is not None:
            self._progress.to(at)
        if self._gzipped and (self._inflated > self._limits.max_archive or self._limits.bomb(self._inflated, at)):
            raise InputRefused(
                f"The gzip file inflates to more than is taken ({self._inflated // 1_000_000} MB from {at} bytes).",
                "Unpack it first, or raise READERSHIP_MAX_ARCHIVE_MB.",
            )
        return data

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    def __enter__(self) -> Inflated:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _mostly_wrong(data: bytes) -> bool:
    """Whether more of the bytes beyond ASCII are wrong in UTF-8 than are right."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return wrong > len(text) - wrong - len(text.encode("ascii", "ignore"))


class Utf8:
    """A stream of bytes in any charset as a stream of UTF-8, in the form that Arrow reads.

    UTF-8 and UTF-16 are recognised by BOM and form; where the first bytes beyond ASCII are mostly no UTF-8, it is
    Windows-1251. Single bytes that are wrong become U+FFFD, and `damaged` says so.
    """

    def __init__(self, source: Inflated) -> None:
        self._source = source
        head = source.read(SAMPLE)
        if binary(head):
            raise InputRefused("Its bytes are no text.", "Give it with the right name, or export it again.")
        self._codec = utf16(head)
        self._decoder = codecs.getincrementaldecoder(self._codec or "utf-8")("replace" if self._codec else "strict")
        self._ascii = True
        self.damaged = False
        self.closed = False
        self._ready, self._at = self._utf8(head).removeprefix(codecs.BOM_UTF8), 0

    def _utf8(self, data: bytes) -> bytes:
        if self._codec is None and self._ascii and data.isascii():
            return data
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            text = self._decode_otherwise(data)
        self._ascii = False
        self.damaged = self.damaged or (self._codec is not None and "\ufffd" in text)
        return text.encode("utf-8", "replace")

    def _decode_otherwise(self, data: bytes) -> str:
        data = self._decoder.getstate()[0] + data
        self._codec = "windows-1251" if self._ascii and _mostly_wrong(data) else "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._codec)("replace")
        return self._decoder.decode(data, final=not data)

    def read(self, size: int = -1) -> bytes:
        """Bytes of UTF-8; not always as many as asked for, none at the end."""
        while self._at >= len(self._ready):
            data = self._source.read(_CHUNK if size < 0 else size)
            self._ready, self._at = self._utf8(data), 0
            if not data:
                break
        return self._take(len(self._ready) if size < 0 else self._at + size)

    def _take(self, end: int) -> bytes:
        # A place in the bytes, not shorter and shorter bytes: lines would otherwise cost their square.
        part = self._ready[self._at : end]
        self._at += len(part)
        return part

    def lines(self) -> Iterator[bytes]:
        """Lines with their ends; what was not yet asked for stays for `read`."""
        while line := self._line():
            yield line

    def _line(self) -> bytes:
        searched = self._at
        while (end := self._ready.find(b"\n", searched)) < 0:
            left = len(self._ready) - self._at
            if left > _LONGEST_LINE:
                raise InputRefused("A line is longer than 16 MB.", "Check that it is a table.")
            data = self._source.read(_CHUNK)
            self._ready, self._at, searched = self._ready[self._at :] + self._utf8(data), 0, left
            if not data:
                return self._take(len(self._ready))
        return self._take(end + 1)

    def unread(self, data: bytes) -> None:
        """Put bytes back in front."""
        self._ready, self._at = data + self._ready[self._at :], 0

    def close(self) -> None:
        """The source is closed by whoever opened it."""
        self.closed = True

    def readable(self) -> bool:
        """Always, as Arrow asks."""
        return True

    def writable(self) -> bool:
        """Never, as Arrow asks."""
        return False

    def seekable(self) -> bool:
        """Never, as Arrow asks."""
        return False


def head_of(path: Path, size: int, limits: Limits) -> tuple[bytes, bytes | None]:
    """(first bytes of a file, first bytes of what it inflates to when it is gzip, else None)."""
    with path.open("rb") as file:
        head = file.read(size)
    if not head.startswith(b"\x1f\x8b"):
        return head, None
    return head, inflate_head(head, size)


def inflate_head(head: bytes, size: int) -> bytes | None:
    """The first bytes of what gzip bytes inflate to; None when they are no gzip."""
    try:
        return zlib.decompressobj(31).decompress(head, size)
    except zlib.error:
        return None
