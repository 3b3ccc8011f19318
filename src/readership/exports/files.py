"""A finished export: bytes in a temporary file that has no name, with their hash, and the name they are given."""

from __future__ import annotations

import errno
import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import IO

from readership.errors import DiskFull
from readership.exports.proof import Proof, as_json

CHUNK = 256 << 10
IN_MEMORY = 4 << 20
"""Exports up to this size never touch the disk; larger ones lie where TMPDIR says until they are closed."""


@dataclass(frozen=True)
class Export:
    """A file to give away; close it when it is sent.

    Attributes:
        name: `readership-<query>-<edition>-<first 8 of sha256>.<ending>`.
        sha256: of the file's bytes.
        proof: of its rows; a zip of several holds theirs instead.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    proof: Proof | None
    file: IO[bytes]

    def __iter__(self) -> Iterator[bytes]:
        """The bytes from the first on, in pieces."""
        self.file.seek(0)
        while piece := self.file.read(CHUNK):
            yield piece

    def read(self) -> bytes:
        """All bytes at once: for small ones."""
        return b"".join(self)

    def sidecar(self) -> str:
        """The proof as the JSON text that is laid beside the file."""
        about = {"name": self.name, "bytes": self.size, "sha256": self.sha256}
        return self.proof.to_json(file=about) if self.proof else as_json({"file": about})

    def close(self) -> None:
        """Let the bytes go."""
        self.file.close()

    def __enter__(self) -> Export:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def finished(
    write: Callable[[IO[bytes]], Proof | None], *, what: str, edition: int, ending: str, media_type: str
) -> Export:
    """The export that `write` fills a fresh temporary file with.

    Args:
        what: short ASCII name of the question, for the file's name.

    Raises:
        DiskFull: there is no room for the temporary file.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the export closes it
    try:
        proof = write(file)
        size, digest = _measured(file)
    except BaseException as error:
        with suppress(OSError):
            file.close()
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise full() from error
        raise
    return Export(f"readership-{what}-{edition}-{digest[:8]}.{ending}", media_type, size, digest, proof, file)


def put(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], moment: datetime, *, level: int | None = 4
) -> None:
    """Add a member to an archive, dated by the moment's wall clock; `level` None for bytes that are packed already."""
    info = zipfile.ZipInfo(name, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second))
    info.compress_type = zipfile.ZIP_STORED if level is None else zipfile.ZIP_DEFLATED
    info._compresslevel = level  # type: ignore[attr-defined]  # public only since Python 3.13
    info.external_attr = 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)


def full() -> DiskFull:
    """The error to raise when a temporary file can't grow."""
    return DiskFull(
        "There is no room on the server for this export.", "Nothing was changed; select less, or try again later."
    )


def _measured(file: IO[bytes]) -> tuple[int, str]:
    file.seek(0)
    hashed = hashlib.sha256()
    while piece := file.read(CHUNK):
        hashed.update(piece)
    return file.tell(), hashed.hexdigest()
