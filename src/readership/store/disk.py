"""The file system: what was written forced to disk, and its errors in plain words."""

from __future__ import annotations

import errno
import os
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


def sync(path: Path) -> None:
    """Forces a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
