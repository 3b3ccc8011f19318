"""Zip archives, member by member: nothing is unpacked by its own name, and nothing beyond the limits is inflated."""

from __future__ import annotations

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from readership.errors import DiskFull, InputRefused
from readership.sources.limits import Limits

BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, struct.error,
    OverflowError, KeyError, IndexError, AttributeError,
)  # fmt: skip
"""What zipfile raises on archives and members that are damaged, encrypted or of unknown compression."""

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_CHUNK = 1 << 20
_DIRECTORY_ENTRY = 46


def open_zip(path: Path, limits: Limits) -> zipfile.ZipFile:
    """A zip whose directory keeps the limits.

    Raises:
        InputRefused: it is damaged, a bomb, or has more members than are taken. Nothing was inflated.
    """
    try:
        _check_directory(path, limits)
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        reason = f"The zip archive can't be read: {' '.join(str(error).split())[:120].rstrip('.')}."
        raise InputRefused(reason, "It may be cut short: fetch it again.") from None
    try:
        _check_members(archive.infolist(), path.stat().st_size, limits)
    except InputRefused:
        archive.close()
        raise
    return archive


def _check_directory(path: Path, limits: Limits) -> None:
    """Before zipfile reads the whole directory into memory, see how long it says it is."""
    with path.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if not end:
        return
    # Only the size counts for zipfile; the count may lie.
    least = end[5] // _DIRECTORY_ENTRY if end[5] > limits.max_members * 512 else 0
    if max(end[3], end[4], least) > limits.max_members:
        raise InputRefused(
            f"The zip archive has more than {limits.max_members} members.", "Split it into several archives."
        )


def _check_members(members: list[zipfile.ZipInfo], stored: int, limits: Limits) -> None:
    if len(members) > limits.max_members:
        raise InputRefused(f"The zip archive has more than {limits.max_members} members.", "Split it.")
    inflated = sum(member.file_size for member in members)
    if inflated > limits.max_archive:
        raise InputRefused(
            f"The zip archive inflates to {inflated // 1_000_000} MB, more than the {limits.max_archive // 1_000_000} "
            "MB that are taken.",
            "Split it, or raise READERSHIP_MAX_ARCHIVE_MB.",
        )
    if limits.bomb(inflated, stored) or _overlap(members):
        raise InputRefused(
            f"The zip archive is a bomb: {inflated // 1_000_000} MB from {stored // 1000} kB.", "Nothing was unpacked."
        )


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Whether members share bytes, as in David Fifield's “A better zip bomb” (2019)."""
    end = 0
    for start, size in sorted((member.header_offset, member.compress_size) for member in members):
        if start < end:
            return True
        end = start + size
    return False


def refusal(member: zipfile.ZipInfo, limits: Limits) -> tuple[str, str] | None:
    """(reason, hint) why a member is not taken, None when it may be."""
    name = member.orig_filename.replace("\\", "/")
    if "\0" in name or name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        return "The member's name leads out of the archive.", "Pack the files with names relative to their folder."
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "The member is a symbolic link.", "Pack the file itself."
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "The member is no regular file.", ""
    if member.flag_bits & 1:
        return "The member is encrypted.", "Pack it without a password."
    if member.compress_type not in _METHODS:
        return "The member's compression is not known.", "Pack it with ordinary zip compression."
    if limits.bomb(member.file_size, member.compress_size):
        return "The member inflates to far more than it can honestly hold.", ""
    return None


def moment(member: zipfile.ZipInfo) -> datetime | None:
    """The modification time of a member; None when only a local time without zone is there, as in most zips.

    The Unix time stands in the “extended timestamp” field (0x5455) of PKWARE's appnote, section 4.6.
    """
    extra, at = member.extra, 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 0x5455 and size >= 5 and at + 9 <= len(extra) and extra[at + 4] & 1:
            return datetime.fromtimestamp(struct.unpack_from("<i", extra, at + 5)[0], UTC)
        at += 4 + size
    return None


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """At most so many bytes of a member."""
    with archive.open(member) as file:
        return file.read(most)


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, limits: Limits) -> Path:
    """A member as a file of a private folder, under a name of ours.

    Raises:
        InputRefused: it inflates to more than it says, or is damaged.
        DiskFull: there is no room for it.
    """
    path = folder / "member"
    try:
        with archive.open(member) as source, path.open("wb") as target:
            _copy(source, target, member, limits)
    except BROKEN as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("No room to unpack a member of the archive.", "Make room, and ingest it again.") from None
        raise InputRefused(f"The member can't be unpacked: {' '.join(str(error).split())[:120].rstrip('.')}.") from None
    return path


def _copy(source: IO[bytes], target: IO[bytes], member: zipfile.ZipInfo, limits: Limits) -> None:
    inflated = 0
    while data := source.read(_CHUNK):
        inflated += len(data)
        if inflated > min(limits.max_archive, member.file_size):
            raise ValueError("it inflates to more than it says")
        target.write(data)


def names(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """Members that are files, in the archive's order."""
    return (member for member in archive.infolist() if not member.is_dir())
