"""WARC files (ISO 28500): each response or resource of text is a capture, with the URL and moment of its record."""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from fastwarc.stream_io import BrotliReader, ZstdReader
from fastwarc.warc import ArchiveIterator, WarcRecordType

from readership.models import Basis, Capture, Reject
from readership.sources.limits import Job, Progress
from readership.sources.mht import http_date
from readership.sources.sniff import binary, magic

_TEXT = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
_WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
_MAX_HEADER = 1 << 16
_CHUNK = 1 << 20
_MOST_MARKS = 300_000
"""Marks of earlier records that are remembered, at about 150 bytes each; the oldest go first."""


class _DamagedError(Exception):
    """The record is cut short, so nothing after it can be trusted."""


class _UnreadableError(Exception):
    """The record's payload can't be decoded; the next record can be read."""


def captures(path: Path, origin: str, job: Job, progress: Progress) -> Iterator[Capture | Reject]:
    """Captures of a WARC file, gzip or plain; where it breaks, one reject says at which byte.

    A revisit record says that the page was, at its moment, what an earlier record of the file holds: it is a capture
    with that payload. Revisits of what the file doesn't hold are counted and passed over.
    """
    position, place = 0, "at byte 0"
    size = path.stat().st_size
    inflated = 0
    with path.open("rb") as file, path.open("rb") as again:
        earlier = _Earlier(again, job)
        try:
            for record in _records(file):
                position = record.stream_pos
                place = f"at byte {position}"
                progress.to(position)
                inflated += record.content_length
                if job.limits.bomb(inflated, size) and inflated > job.limits.max_archive:
                    raise _DamagedError("it inflates to more than is taken")
                found = _record(record, f"{origin}#{position}", job, earlier)
                if found is not None:
                    yield found
                place = f"after the record at byte {position}"
            _check_end(path, position)
        except (_DamagedError, OSError, ValueError, UnicodeError, EOFError) as error:
            reason = f"The WARC breaks off {place}: {' '.join(str(error).split())[:160].rstrip('.')}."
            yield Reject(origin, reason, "What stood before was taken. Fetch the file again.", _kept(path, job))
    progress.done()


def _records(file: BinaryIO) -> Iterator[Any]:
    """Records from a file's place on; its bytes are not decoded."""
    # fastwarc's own decoding hides truncation, and half-read payloads break its place in the file: 'none' here.
    return iter(ArchiveIterator(
        file, record_types=WarcRecordType.any_type, parse_http=False, auto_decode="none", max_header_len=_MAX_HEADER,
        fsspec_args=False,
    ))  # fmt: skip


class _Earlier:
    """Where in the file earlier pages stand, by payload digest, by record id, and by URL with moment.

    Attributes:
        basis: how the moments of the records are known, by what the file says of its maker.
    """

    def __init__(self, file: BinaryIO, job: Job) -> None:
        self._file, self._job = file, job
        self._places: dict[bytes, int] = {}
        self._left = job.limits.max_archive
        self.basis = Basis.WARC

    def remember(self, record: Any, position: int) -> None:
        """Notes where a page stands."""
        headers = record.headers
        for mark in _marks(headers, "WARC-Payload-Digest", "WARC-Record-ID", "WARC-Target-URI", "WARC-Date"):
            self._places.setdefault(mark, position)
        while len(self._places) > _MOST_MARKS:
            del self._places[next(iter(self._places))]

    def page(self, record: Any) -> Capture | None:
        """The page that a revisit speaks of; None when it is not in the file, or too much was repeated already."""
        names = ("WARC-Payload-Digest", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
        places = (self._places.get(mark) for mark in _marks(record.headers, *names))
        place = next((place for place in places if place is not None), None)
        if place is None or self._left <= 0:
            return None
        self._file.seek(place)
        before = next(_records(self._file))
        found = _content(before, "", self._job) if _agree(before.headers, record.headers) else None
        if not isinstance(found, Capture):
            return None
        self._left -= len(found.body)
        return found


def _agree(before: Any, revisit: Any) -> bool:
    """Whether the digests of two records, where both have one of the same kind, are the same."""
    one, two = (str(headers.get("WARC-Payload-Digest") or "").lower() for headers in (before, revisit))
    return one == two or one.partition(":")[0] != two.partition(":")[0]


def _marks(headers: Any, digest: str, record_id: str, uri: str, moment: str) -> list[bytes]:
    """Short marks of what a record's headers call its payload."""
    named = [(kind, headers.get(name)) for kind, name in (("digest", digest), ("id", record_id))]
    if headers.get(uri) and headers.get(moment):
        named.append(("page", f"{headers.get(moment)} {headers.get(uri)}"))
    return [blake2b(f"{kind} {text}".encode(), digest_size=8).digest() for kind, text in named if text]


def _check_end(path: Path, position: int) -> None:
    """Notice a gzip member cut short at the very end, which fastwarc takes for the end of the file."""
    with path.open("rb") as file:
        file.seek(position)
        data = file.read(_CHUNK)
        if not data.startswith(b"\x1f\x8b"):
            return
        inflater = zlib.decompressobj(31)
        while data:
            try:
                inflater.decompress(data, _CHUNK)
            except zlib.error as error:
                raise _DamagedError(str(error)) from None
            data = inflater.unconsumed_tail or inflater.unused_data or file.read(_CHUNK)
            if inflater.eof and data:
                inflater = zlib.decompressobj(31)
    if not inflater.eof:
        raise _DamagedError("the gzip file is cut short")


def _kept(path: Path, job: Job) -> str | None:
    if job.keep is None:
        return None
    with path.open("rb") as file:
        return job.keep(file)


def _record(record: Any, origin: str, job: Job, earlier: _Earlier) -> Capture | Reject | None:
    length = str(record.headers.get("Content-Length") or "").strip()
    # A header that the end of the file cuts off comes out of fastwarc as a record of length 0.
    if not re.fullmatch("[0-9]{1,18}", length) or record.headers.get("WARC-Type") is None:
        raise _DamagedError("the record's header is cut short")
    if record.record_type == WarcRecordType.warcinfo:
        earlier.basis = _basis(record)
        return None
    if not record.record_type & _WANTED:
        _skip(record)
        return None
    if record.record_type == WarcRecordType.revisit:
        return _revisit(record, origin, job, earlier)
    position = record.stream_pos
    found = _content(record, origin, job)
    if isinstance(found, Capture):
        earlier.remember(record, position)
        return replace(found, captured_at_basis=_told_by(earlier, found.captured_at_basis))
    return found


def _basis(record: Any) -> Basis:
    """`http` for a file of our own collector, who asked for the pages itself; `warc` for anybody else's."""
    start = record.reader.read(min(record.content_length, _MAX_HEADER))
    if (
        len(start) < min(record.content_length, _MAX_HEADER)
        or record.reader.consume(left := record.content_length - len(start)) < left
    ):
        raise _DamagedError("the last record is cut short")
    return Basis.HTTP if re.search(rb"(?im)^software:\s*Readership/", start) else Basis.WARC


def _told_by(earlier: _Earlier, basis: Basis) -> Basis:
    return earlier.basis if basis is Basis.WARC else basis


def _revisit(record: Any, origin: str, job: Job, earlier: _Earlier) -> Capture | None:
    _skip(record)
    before = earlier.page(record)
    if before is None:
        job.tally["revisit records"] += 1
        return None
    captured_at, basis = _moment(record, {})
    url, basis = _url(record) or before.url, _told_by(earlier, basis)
    return replace(before, origin=origin, url=url, captured_at=captured_at, captured_at_basis=basis)


def _skip(record: Any) -> None:
    """Read over a record, so that a cut is noticed here."""
    left = record.content_length
    if record.reader.consume(left) < left:
        raise _DamagedError("the last record is cut short")


def _content(record: Any, origin: str, job: Job) -> Capture | Reject | None:
    block = record.content_length
    start = record.reader.read(min(block, job.limits.max_page + _MAX_HEADER))
    if len(start) < min(block, job.limits.max_page + _MAX_HEADER):
        raise _DamagedError("the last record is cut short")
    cut = len(start) < block
    if cut:
        record.reader.consume(block - len(start))
    declared = str(record.headers.get("Content-Type") or "").lower()
    http = declared.startswith("application/http") or (not declared and start.startswith(b"HTTP/"))
    status, headers, payload = _http(start) if http else (None, {"content-type": declared}, start)
    if not _is_text(headers, payload, record, status):
        job.tally["records that are no pages"] += 1
        return None
    if cut:
        return Reject(origin, f"The page is larger than {job.limits.max_page // 1_000_000} MB.")
    try:
        body = _decoded(payload, headers, job.limits.max_page) if http else payload
    except _UnreadableError as error:
        return Reject(origin, str(error), sha256=_keep_bytes(start, job))
    captured_at, basis = _moment(record, headers)
    content_type = headers.get("content-type") or None
    return Capture(body, origin, _url(record), captured_at, basis, content_type, status)


def _keep_bytes(data: bytes, job: Job) -> str | None:
    return job.keep(io.BytesIO(data)) if job.keep else None


def _http(block: bytes) -> tuple[int | None, dict[str, str], bytes]:
    """(status, headers in small letters, payload) of an HTTP message; a later header of one name wins."""
    ends = [(block.find(mark), len(mark)) for mark in (b"\r\n\r\n", b"\n\n")]
    end, length = min(((at, n) for at, n in ends if at >= 0), default=(len(block), 0))
    lines = block[: min(end, _MAX_HEADER)].decode("latin-1").splitlines()
    words = lines[0].split(None, 2) if lines else []
    status = int(words[1]) if len(words) > 1 and re.fullmatch("[1-5][0-9][0-9]", words[1]) else None
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return status, headers, block[end + length :]


def _is_text(headers: dict[str, str], payload: bytes, record: Any, status: int | None) -> bool:
    if status is not None and (300 <= status < 400 or status < 200):
        return False
    url = _url(record) or ""
    if url.startswith("dns:") or url.partition("?")[0].endswith("/robots.txt"):
        return False
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media:
        return media in _TEXT
    encoded = headers.get("content-encoding") or headers.get("transfer-encoding")
    return bool(encoded) or (magic(payload[:512]) is None and not binary(payload[:512]))


def _url(record: Any) -> str | None:
    uri = record.headers.get("WARC-Target-URI")
    # Some writers of WARC 1.0 put the URL into angle brackets.
    uri = uri.strip().removeprefix("<").removesuffix(">") if isinstance(uri, str) else ""
    with contextlib.suppress(ValueError):
        return uri if uri and urlsplit(uri) else None
    return None


def _moment(record: Any, headers: dict[str, str]) -> tuple[datetime | None, Basis]:
    said = record.record_date
    if isinstance(said, datetime) and said.tzinfo is not None:
        return said.astimezone(UTC).replace(microsecond=0), Basis.WARC
    moment = http_date(headers.get("date"))
    return (moment, Basis.HTTP) if moment else (None, Basis.UNKNOWN)


def _decoded(payload: bytes, headers: dict[str, str], largest: int) -> bytes:
    """The payload without chunks and compression.

    Raises:
        _UnreadableError: it is not what the headers say, or inflates to more than the limit.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        payload = _unchunked(payload)
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")):
        payload = _inflated(payload, coding.strip(), largest)
    if len(payload) > largest:
        raise _UnreadableError(f"The page is larger than {largest // 1_000_000} MB.")
    return payload


def _unchunked(payload: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        line = payload.find(b"\n", at, at + 1024)
        size_text = payload[at:line].partition(b";")[0].strip() if line >= 0 else b""
        try:
            size = int(size_text, 16)
        except ValueError:
            if at == 0:  # many writers store the body unchunked, and the header as it came
                return payload
            raise _UnreadableError("Its chunks can't be read.") from None
        if size <= 0:
            return b"".join(parts)
        start = line + 1
        if start + size > len(payload):
            raise _UnreadableError("Its last chunk is cut short.")
        parts.append(payload[start : start + size])
        at = start + size + (2 if payload[start + size : start + size + 2] == b"\r\n" else 1)


def _inflated(payload: bytes, coding: str, largest: int) -> bytes:
    if coding in ("", "identity", "none"):
        return payload
    if coding in ("gzip", "x-gzip", "deflate"):
        return _unzlibbed(payload, coding, largest)
    if coding not in ("br", "zstd"):
        raise _UnreadableError(f"Its content encoding “{coding[:40]}” is not known.")
    reader = (BrotliReader if coding == "br" else ZstdReader)(io.BytesIO(payload))
    try:
        return _bounded(reader.read(largest + 1), largest)
    except (OSError, ValueError) as error:
        raise _UnreadableError(f"Its {coding} bytes can't be read: {str(error)[:80]}.") from None


def _unzlibbed(payload: bytes, coding: str, largest: int) -> bytes:
    if coding != "deflate" and not payload.startswith(b"\x1f\x8b"):
        return payload  # stored inflated, the header as it came
    # “deflate” is zlib by RFC 9110, and raw deflate by habit.
    raw = coding == "deflate" and not (
        len(payload) > 1 and payload[0] & 15 == 8 and int.from_bytes(payload[:2]) % 31 == 0
    )
    inflater = zlib.decompressobj(-15 if raw else 47)
    try:
        data = inflater.decompress(payload, largest + 1)
    except zlib.error as error:
        raise _UnreadableError(f"Its {coding} bytes can't be read: {str(error)[:80]}.") from None
    if len(data) <= largest and not inflater.eof:
        raise _UnreadableError(f"Its {coding} bytes are cut short.")
    return _bounded(data, largest)


def _bounded(data: bytes, largest: int) -> bytes:
    if len(data) > largest:
        raise _UnreadableError(f"The page inflates to more than {largest // 1_000_000} MB.")
    return data
