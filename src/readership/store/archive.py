"""The archive: every batch's raw input, in a folder of its own, so that the store can be made again from it.

`archive/<batch>/pages.zip` holds the pages with a `manifest.jsonl` (one line a page: file, url, captured_at …)
that `readership ingest` reads again; `tables/` holds tables as they came; `batch.json` says what the batch was. A
folder is filled under `.incoming-…` and renamed when all of it is on disk.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership.errors import ArchiveDamaged
from readership.models import Basis, Capture
from readership.store import disk

PAGES, MANIFEST, BATCH = "pages.zip", "manifest.jsonl", "batch.json"
INCOMING = ".incoming-"
_UNREADABLE = (
    OSError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, EOFError, RuntimeError,
)  # fmt: skip
"""What reading a damaged zip raises; RuntimeError when a flipped bit says that a member is encrypted."""


class Incoming:
    """A batch's folder while it is being filled."""

    def __init__(self, archive: Path, batch: str) -> None:
        self.batch = batch
        self.archive = archive
        self.folder = archive / f"{INCOMING}{batch}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._pages: zipfile.ZipFile | None = None
        self._manifest: list[str] = []
        self.tables: list[dict[str, Any]] = []
        self.bytes = 0

    def add_page(self, capture: Capture) -> None:
        """Keeps one page with all that is known of its coming."""
        if self._pages is None:
            self._pages = zipfile.ZipFile(self.folder / PAGES, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        name = f"{len(self._manifest):07d}.page"
        self._pages.writestr(zipfile.ZipInfo(name), capture.body, compress_type=zipfile.ZIP_DEFLATED, compresslevel=1)
        self._manifest.append(json.dumps(_described(name, capture), ensure_ascii=False))
        self.bytes += len(capture.body)

    def add_table(self, path: Path, facts: dict[str, Any]) -> Path:
        """Keeps a table's file as it came; `facts` say how it was read, and its `origin` by what name.

        A member of a zip comes in a file without a name.
        """
        folder = self.folder / "tables"
        folder.mkdir(exist_ok=True)
        name = str(facts["origin"]).replace("!", "/").rpartition("/")[2]
        kept = folder / f"{len(self.tables):04d}-{_safe(name)}"
        shutil.copyfile(path, kept)
        self.tables.append({"file": kept.name, **facts})
        self.bytes += kept.stat().st_size
        return kept

    def close(self, facts: dict[str, Any]) -> dict[str, str]:
        """Puts all on disk under the batch's own name; returns SHA-256 by file."""
        if self._pages is not None:
            self._pages.writestr(MANIFEST, "\n".join(self._manifest))
            self._pages.close()
        (self.folder / BATCH).write_text(json.dumps({**facts, "tables": self.tables}, ensure_ascii=False, indent=1))
        hashes = hashes_of(self.folder)
        for path in _files(self.folder):
            disk.sync(path)
        disk.sync(self.folder)
        self.folder.rename(self.archive / self.batch)
        disk.sync(self.archive)
        return hashes

    def drop(self) -> None:
        """Takes the unfinished folder away."""
        if self._pages is not None:
            with suppress(OSError, ValueError):  # a full disk can't take the zip's directory either
                self._pages.close()
        whole = self.archive / self.batch
        if whole.exists():  # in one step, so that a half-deleted folder is never taken for a whole one
            whole.rename(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


def _described(name: str, capture: Capture) -> dict[str, Any]:
    return {
        "file": name,
        "url": capture.url,
        "captured_at": capture.captured_at and capture.captured_at.astimezone(UTC).isoformat(),
        "captured_at_basis": str(capture.captured_at_basis),
        "origin": capture.origin,
        "content_type": capture.content_type,
        "status": capture.status,
    }


def pages(folder: Path) -> Iterator[Capture]:
    """The archived pages of one batch, as they came.

    Raises:
        ArchiveDamaged: the archive can't be read.
    """
    path = folder / PAGES
    if not path.exists():
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for line in archive.read(MANIFEST).decode().splitlines():
                record = json.loads(line)
                yield _capture(record, archive.read(record["file"]))
    except _UNREADABLE as error:
        raise ArchiveDamaged(
            f"The archive of batch {folder.name} can't be read ({type(error).__name__}).",
            "Restore `archive/` from a backup, then run `readership check --repair`.",
        ) from error


def _capture(record: dict[str, Any], body: bytes) -> Capture:
    moment = record["captured_at"]
    return Capture(
        body=body,
        origin=record["origin"],
        url=record["url"],
        captured_at=datetime.fromisoformat(moment) if moment else None,
        captured_at_basis=Basis(record["captured_at_basis"]),
        content_type=record["content_type"],
        status=record["status"],
    )


def described(folder: Path) -> dict[str, Any]:
    """What `batch.json` says of a batch."""
    try:
        facts: dict[str, Any] = json.loads((folder / BATCH).read_text())
    except (OSError, ValueError) as error:
        raise ArchiveDamaged(
            f"The archive of batch {folder.name} has no readable description.", "Restore `archive/` from a backup."
        ) from error
    return facts


def describe(folder: Path, facts: dict[str, Any]) -> None:
    """Writes `batch.json` anew, in one rename."""
    fresh = folder / f".{BATCH}.new"
    fresh.write_text(json.dumps(facts, ensure_ascii=False, indent=1))
    disk.sync(fresh)
    fresh.replace(folder / BATCH)
    disk.sync(folder)


def rewrite_pages(folder: Path, keep: Callable[[Capture], bool]) -> int:
    """Takes the pages out that `keep` refuses; returns how many. The file is replaced in one rename."""
    path, fresh = folder / PAGES, folder / f".{PAGES}.new"
    if not path.exists():
        return 0
    dropped, lines = 0, []
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for number, capture in enumerate(pages(folder)):
            if not keep(capture):
                dropped += 1
                continue
            name = f"{number:07d}.page"
            target.writestr(name, capture.body)
            lines.append(json.dumps(_described(name, capture), ensure_ascii=False))
        target.writestr(MANIFEST, "\n".join(lines))
    disk.sync(fresh)
    fresh.replace(path) if dropped else fresh.unlink()
    disk.sync(folder)
    return dropped


def hashes_of(folder: Path) -> dict[str, str]:
    """SHA-256 by relative name of all files of a batch."""
    return {str(path.relative_to(folder)): sha256_of(path) for path in _files(folder)}


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(archive: Path) -> list[str]:
    """Takes away folders of batches that died before they were whole; returns their names."""
    if not archive.exists():
        return []
    dead = sorted(path for path in archive.iterdir() if path.name.startswith(INCOMING))
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in dead]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _safe(name: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in name)[-80:]
