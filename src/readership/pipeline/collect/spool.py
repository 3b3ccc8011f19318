"""Answers as WARC files (ISO 28500) until they are taken into the store.

One answer is one gzip member, on disk before the state says that it was had. A file that was being written when its
collector died is cut back to its last whole member.
"""

from __future__ import annotations

import io
import os
import secrets
import threading
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from readership.sources.web import Answer

_OPEN, _WHOLE, _FRESH = ".open", ".warc.gz", ".new"
_NOT_KEPT = frozenset({"transfer-encoding", "connection", "keep-alive", "set-cookie", "set-cookie2", "content-length"})
_CHUNK = 1 << 20


class Spool:
    """A folder of WARC files; used by several threads."""

    def __init__(self, folder: Path, agent: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._agent = folder, agent
        self._lock = threading.Lock()
        self._file: Any = None
        for unfinished in folder.glob(f"*{_FRESH}"):
            unfinished.unlink()
        for torn in sorted(folder.glob(f"*{_OPEN}")):
            _mend(torn)
        self._left = any(folder.glob(f"*{_WHOLE}"))

    def add(self, answer: Answer, url: str) -> None:
        """Writes one answer, under the URL it is an answer for."""
        with self._lock:
            if self._file is None:
                self._begin(answer.at)
            kept = [(name, value) for name, value in answer.headers if name not in _NOT_KEPT]
            kept.append(("content-length", str(len(answer.raw))))
            line = f"{answer.status} {answer.reason}".strip()
            self._write("response", url, answer, StatusAndHeaders(line, kept, protocol="HTTP/1.1"))

    def _begin(self, now: datetime) -> None:
        # A name of its own for ever: by it, files that a batch holds already are told from those that wait.
        name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        self._file = (self.folder / f"{name}{_OPEN}").open("wb")
        writer = WARCWriter(self._file, gzip=True)
        writer.write_record(writer.create_warcinfo_record(
            f"{name}{_WHOLE}", {"software": self._agent, "format": "WARC File Format 1.0", "robots": "obey"}
        ))  # fmt: skip

    def _write(self, kind: str, url: str, answer: Answer, http: StatusAndHeaders) -> None:
        moment = answer.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        facts = {"WARC-Date": moment} | ({"WARC-IP-Address": answer.address} if answer.address else {})
        writer = WARCWriter(self._file, gzip=True)
        writer.write_record(writer.create_warc_record(
            url, kind, payload=io.BytesIO(answer.raw), length=len(answer.raw), http_headers=http,
            warc_headers_dict=facts,
        ))  # fmt: skip
        self._file.flush()

    def whole(self) -> list[Path]:
        """Ends the file that is being written; all files that are ready to be taken in."""
        with self._lock:
            if self._file is not None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                Path(self._file.name).rename(self._file.name.removesuffix(_OPEN) + _WHOLE)
                self._file = None
            found = sorted(self.folder.glob(f"*{_WHOLE}"))
            self._left = bool(found)
        return found

    def drop(self, paths: Iterable[Path]) -> None:
        """Drops files that were taken in."""
        for path in paths:
            path.unlink()
        self._left = False

    @property
    def waiting(self) -> bool:
        """Whether anything is to be taken in."""
        return self._file is not None or self._left


def purge(path: Path, unwanted: Callable[[str], bool]) -> None:
    """Takes the answers for some URLs out of a whole file; the file is replaced in one rename."""
    fresh = path.with_suffix(_FRESH)
    dropped = False
    with path.open("rb") as source, fresh.open("wb") as target:
        writer = WARCWriter(target, gzip=True)
        for record in ArchiveIterator(source):
            if record.rec_type == "response" and unwanted(record.rec_headers["WARC-Target-URI"]):
                dropped = True
            else:
                writer.write_record(record)
    fresh.replace(path) if dropped else fresh.unlink()


def _mend(path: Path) -> None:
    """Cuts a file back to its last whole member and makes it ready."""
    end = _whole_bytes(path)
    if end == 0:
        path.unlink()
        return
    os.truncate(path, end)
    path.rename(path.with_suffix(_WHOLE))


def _whole_bytes(path: Path) -> int:
    """Bytes of the whole gzip members at a file's start."""
    end = read = 0
    inflater = zlib.decompressobj(31)
    with path.open("rb") as file:
        data = b""
        while data or (data := file.read(_CHUNK)):
            size = len(data)
            try:
                inflater.decompress(data)
            except zlib.error:
                break
            data = inflater.unused_data
            read += size - len(data)
            if inflater.eof:
                end, inflater = read, zlib.decompressobj(31)
    return end
