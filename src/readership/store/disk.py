"""The file system: what was written forced to disk, and its errors in plain words."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from readership.errors import DiskFull, ReadershipError

FULL = ("The disk is full.", "Free some room and run it again: nothing is lost, and nothing is counted twice.")


@contextmanager
def plainly() -> Iterator[None]:
    """Turns the file system's errors into ours; also a decorator."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise translated(error) from error


def translated(error: OSError) -> ReadershipError:
    """Our error for one of the file system's; no path of the machine is in it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(*FULL)
    return ReadershipError(
        f"The file system refused: {error.strerror or type(error).__name__}.",
        "What was stored before is whole. Look after the disk (or who may write there), then run it again.",
    )


def copy(source: Path, target: Path) -> None:
    """Copies a file's bytes within the kernel. Where the file system can, both share their blocks until one is written
    (XFS, Btrfs, NFS 4.2), and no byte moves."""
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
        return
    with source.open("rb") as reading, target.open("wb") as writing:
        left = os.fstat(reading.fileno()).st_size
        try:
            while left and (done := os.copy_file_range(reading.fileno(), writing.fileno(), left)):
                left -= done
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise
    if left:  # the file system can't: EXDEV, EINVAL, ENOSYS …, or a file that says it is empty
        shutil.copyfile(source, target)


def sync(path: Path) -> None:
    """Forces a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
