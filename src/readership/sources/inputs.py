"""Paths → captures, tables and rejects, one at a time, in the order of their names."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from readership.errors import InputRefused, UsageError
from readership.models import Basis, Capture, Reject
from readership.sources import archives, layouts, manifest, mht, warc
from readership.sources.limits import Job, KeyOf, Limits, Progress, _nothing
from readership.sources.manifest import Entry, Manifest
from readership.sources.sniff import HEAD, Sniffed, sniff
from readership.sources.streams import head_of, inflate_head
from readership.sources.tables import TableInput, open_table

Found = Capture | TableInput | Reject

_SYSTEM = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"})
_DEEPEST = 100
"""Folders within folders."""


def open_inputs(
    paths: Sequence[Path],
    *,
    url: str | None = None,
    captured_at: datetime | Literal["mtime"] | None = None,
    column_map: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    key_of: KeyOf | None = None,
    site: str | None = None,
    meter: str | None = None,
    advance: Callable[[int], None] = _nothing,
    keep: Callable[[BinaryIO], str] | None = None,
    tally: Counter[str] | None = None,
) -> Iterator[Found]:
    """What files, folders, zip archives, WARC files and tables hold; each thing is read when it is asked for.

    Args:
        paths: files and folders; folders are walked in the order of names.
        url: the URL of the one page that is given.
        captured_at: the moment of all pages that don't record their own, or `mtime` for each file's own time.
        column_map: a table's column name → ours, for tables with other names.
        limits: bounds; the default ones when None.
        key_of: URL → (site, article key), asked for tables that have URLs.
        site: the host of exports that print paths without one.
        meter: what counted, for tables of views per day of no known tool.
        advance: told bytes as they are read; all together they are `total(paths)`.
        keep: given the bytes of a refused input, keeps them and returns their SHA-256 for the reject.
        tally: counts what is passed over without a reject: `hidden files`, `page assets`, `links`, `revisit records`,
            `records that are no pages`, `total rows`, `front page rows`, `sections not used`; and `rows rejected`.

    Raises:
        UsageError: the arguments contradict one another; raised at the call, before anything is read.
    """
    given = {theirs: ours.strip() for theirs, ours in (column_map or {}).items()}
    unknown = sorted(set(given.values()) - layouts.OURS)
    if unknown:
        raise UsageError(f"There is no column “{unknown[0]}”.", f"Ours are {', '.join(sorted(layouts.OURS))}.")
    if isinstance(captured_at, datetime):
        if captured_at.tzinfo is None:
            raise UsageError("The moment of capture has no offset.", "Write it as 2024-05-01T10:00:00+05:00.")
        captured_at = captured_at.astimezone(UTC).replace(microsecond=0)
    if url is not None and (len(paths) != 1 or _many(paths[0])):
        raise UsageError(
            "A URL can be given for a single page only.", "Put a manifest.csv (file, url) beside the pages."
        )
    job = Job(
        limits or Limits(), url, captured_at, given, key_of, site, meter, advance, keep,
        Counter() if tally is None else tally,
    )  # fmt: skip
    return _inputs(paths, job)


def _many(path: Path) -> bool:
    return path.is_dir() or (path.is_file() and zipfile.is_zipfile(path))


def total(paths: Sequence[Path]) -> int:
    """Bytes of the files that `open_inputs` will go through, for a progress bar."""
    return sum(_size(path) for given in paths for path in _files(given))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if path.is_file():
            yield path
        return
    folders = [path]
    while folders:
        folder = folders.pop()
        for entry in _entries(folder):
            if _passed_over(entry) is None and entry.name not in manifest.NAMES:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _passed_over(entry: os.DirEntry[str]) -> str | None:
    """Under which count a folder's entry is passed over, None when it is to be read."""
    if entry.is_symlink():
        return "links"
    return _hidden(entry.name) or ("page assets" if entry.is_dir() and _assets(entry.name) else None)


def _hidden(name: str) -> str | None:
    return "hidden files" if name.startswith((".", "~$")) or name.lower() in _SYSTEM else None


def _assets(name: str) -> bool:
    """The folder in which a browser puts images and scripts of a page it saves."""
    return name.lower().endswith(("_files", ".files"))


@dataclass(frozen=True, slots=True)
class _At:
    """Where an input stands.

    Attributes:
        name: its file name, for its extension.
        origin: for people.
        said: what a manifest says of it.
        changed: when the file was last changed.
        depth: how many zips it is inside.
    """

    name: str
    origin: str
    said: Entry
    changed: datetime | None
    depth: int = 0


def _inputs(paths: Sequence[Path], job: Job) -> Iterator[Found]:
    for path in paths:
        if path.is_dir():
            yield from _folder(path, (), job, 0)
            continue
        said: Entry = Entry()
        if path.name not in manifest.NAMES:
            entries, rejects = _manifest_of(path.parent)
            said = entries.get(path.name, said)
            yield from (reject for reject in rejects if path.name in entries)
        yield from _given(path, str(path), said, job)


def _manifest_of(folder: Path) -> tuple[Manifest, list[Reject]]:
    for name in manifest.NAMES:
        path = folder / name
        try:
            if not path.is_file():
                continue
            if path.stat().st_size > manifest.LARGEST:
                return {}, [Reject(str(path), "The manifest is too large.", "Split the folder.")]
            return manifest.read(path.read_bytes(), str(path))
        except OSError as error:
            return {}, [_unreadable(path, error)]
    return {}, []


def _unreadable(path: Path, error: OSError) -> Reject:
    if error.errno == errno.ENOENT:
        return Reject(str(path), "There is no such file.", "Check the name.")
    return Reject(
        str(path), f"The file can't be read: {error.strerror or 'no reason given'}.", "Check who may read it."
    )


def _folder(folder: Path, above: tuple[tuple[str, Manifest], ...], job: Job, depth: int) -> Iterator[Found]:
    """A folder's inputs; `above` are the manifests of the folders around it with the way down from each."""
    if depth > _DEEPEST:
        yield Reject(str(folder), f"The folder is more than {_DEEPEST} folders deep.")
        return
    own, rejects = _manifest_of(folder)
    yield from rejects
    manifests = ((("", own), *above)) if own else above
    for entry in _entries(folder):
        passed = _passed_over(entry)
        if passed is not None:
            job.tally[passed] += 1
        elif entry.is_dir(follow_symlinks=False):
            inside = tuple((f"{way}{entry.name}/", said) for way, said in manifests)
            yield from _folder(Path(entry.path), inside, job, depth + 1)
        elif entry.name not in manifest.NAMES:
            said = next((m[way + entry.name] for way, m in manifests if way + entry.name in m), Entry())
            yield from _given(Path(entry.path), entry.path, said, job)


def _given(path: Path, origin: str, said: Entry, job: Job) -> Iterator[Found]:
    """A file on disk."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        yield _unreadable(path, error if isinstance(error, OSError) else OSError(errno.ENOENT, str(error)))
        return
    if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
        yield Reject(origin, "It is no regular file.", "Give files and folders.")
        return
    progress = Progress(found.st_size, job.advance)
    at = _At(path.name, origin, said, datetime.fromtimestamp(int(found.st_mtime), UTC))
    try:
        yield from _file(path, at, job, progress)
    except OSError as error:
        yield _unreadable(path, error)
    progress.done()


def _file(path: Path, at: _At, job: Job, progress: Progress) -> Iterator[Found]:
    """A file that can be opened by path: given, or unpacked from a zip."""
    head, inner = head_of(path, HEAD, job.limits)
    found = sniff(at.name, head, inner)
    try:
        if found.kind == "page" or found.kind == "mht":
            yield _page(_read(path, found.gzipped, job.limits), found, at, job)
        elif found.kind is None:
            raise InputRefused(found.reason, found.hint)
        elif found.kind == "zip":
            yield from _zip(path, at, job, progress)
        elif found.kind == "warc":
            yield from warc.captures(path, at.origin, job, progress)
        else:
            yield open_table(path, at.origin, found.kind, found.gzipped, job, progress)
    except InputRefused as error:
        with path.open("rb") as file:
            yield Reject(at.origin, error.message, error.hint, job.keep(file) if job.keep else None)


def _read(path: Path, gzipped: bool, limits: Limits) -> bytes:
    """A page's bytes.

    Raises:
        InputRefused: more than a page may have, or broken gzip.
    """
    try:
        with gzip.open(path) if gzipped else path.open("rb") as file:
            data = file.read(limits.max_page + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputRefused("The gzip file is damaged.", "It may be cut short: fetch it again.") from None
    return _sized(data, limits)


def _sized(data: bytes, limits: Limits) -> bytes:
    if len(data) > limits.max_page:
        raise InputRefused(
            f"The page is larger than {limits.max_page // 1_000_000} MB.", "Raise READERSHIP_MAX_PAGE_MB."
        )
    return data


def _page(data: bytes, found: Sniffed, at: _At, job: Job) -> Capture:
    url = job.url or at.said.url
    captured_at = at.changed if job.captured_at == "mtime" else job.captured_at
    assert captured_at is None or isinstance(captured_at, datetime)
    captured_at = captured_at or at.said.captured_at
    content_type = None
    if found.kind == "mht":
        saved = mht.read(data)
        if saved is None:
            raise InputRefused("No page was found in the MHT file.", "Save the page as HTML.")
        data, content_type = saved.body, saved.content_type
        url, captured_at = url or saved.url, captured_at or saved.saved_at
    basis = Basis.UNKNOWN if captured_at is None else Basis.GIVEN
    return Capture(data, at.origin, url, captured_at, basis, content_type)


# Zip archives


def _zip(path: Path, at: _At, job: Job, progress: Progress) -> Iterator[Found]:
    if at.depth > 1:
        raise InputRefused("The zip archive is inside a zip that is inside a zip.", "Unpack the outer one first.")
    with archives.open_zip(path, job.limits) as archive, tempfile.TemporaryDirectory(prefix="readership-") as folder:
        manifests, rejects = _zip_manifests(archive, at.origin, job.limits)
        yield from rejects
        for member in archives.names(archive):
            name = member.filename.replace("\\", "/")
            passed = _passed_over_member(name)
            if passed is not None:
                job.tally[passed] += 1
            elif name.rpartition("/")[2] not in manifest.NAMES:
                changed = archives.moment(member) if job.captured_at == "mtime" else None
                inside = _At(
                    name, f"{at.origin}!{_shown(name)}", _said_of(name, manifests), changed, at.depth + 1
                )  # fmt: skip
                yield from _member(archive, member, inside, Path(folder), job)
            progress.to(member.header_offset + member.compress_size)


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:300]


def _passed_over_member(name: str) -> str | None:
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    hidden = next((found for part in parts if (found := _hidden(part))), None)
    return hidden or ("page assets" if any(map(_assets, parts[:-1])) else None)


def _zip_manifests(archive: zipfile.ZipFile, origin: str, limits: Limits) -> tuple[dict[str, Manifest], list[Reject]]:
    """Manifests of an archive by the folder they stand in."""
    manifests: dict[str, Manifest] = {}
    rejects: list[Reject] = []
    for member in archives.names(archive):
        folder, _, name = member.filename.rpartition("/")
        if name not in manifest.NAMES or folder in manifests or archives.refusal(member, limits):
            continue
        where = f"{origin}!{_shown(member.filename)}"
        if member.file_size > manifest.LARGEST:
            rejects.append(Reject(where, "The manifest is too large.", "Split the archive."))
            continue
        try:
            manifests[folder], found = manifest.read(archives.read_member(archive, member, member.file_size), where)
            rejects += found
        except archives.BROKEN:
            rejects.append(Reject(where, "The manifest can't be unpacked.", "Pack it again."))
    return manifests, rejects


def _said_of(name: str, manifests: Mapping[str, Manifest]) -> Entry:
    folder = name.rpartition("/")[0]
    while manifests:
        entries = manifests.get(folder, {})
        found = entries.get(name[len(folder) + 1 :] if folder else name)
        if found is not None:
            return found
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    return Entry()


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, at: _At, folder: Path, job: Job) -> Iterator[Found]:
    refused = archives.refusal(member, job.limits)
    if refused:
        yield Reject(at.origin, *refused)
        return
    try:
        head = archives.read_member(archive, member, HEAD)
        found = sniff(at.name, head, inflate_head(head, HEAD) if head[:2] == b"\x1f\x8b" else None)
        data = archives.read_member(archive, member, job.limits.max_page + 1) if _small(found) else None
    except archives.BROKEN as error:
        yield Reject(at.origin, f"The member can't be unpacked: {' '.join(str(error).split())[:120].rstrip('.')}.")
        return
    if data is not None:
        yield _member_page(data, found, at, job)
        return
    try:
        path = archives.unpack(archive, member, folder, job.limits)
    except InputRefused as error:
        yield Reject(at.origin, error.message, error.hint)
        return
    try:
        # Progress of what is inside is told by the archive, as bytes of the archive.
        yield from _file(path, at, job, Progress(0, job.advance))
    finally:
        path.unlink(missing_ok=True)


def _small(found: Sniffed) -> bool:
    return found.kind in (None, "page", "mht") and not found.gzipped


def _member_page(data: bytes, found: Sniffed, at: _At, job: Job) -> Capture | Reject:
    try:
        if found.kind is None:
            raise InputRefused(found.reason, found.hint)
        return _page(_sized(data, job.limits), found, at, job)
    except InputRefused as error:
        return Reject(at.origin, error.message, error.hint, job.keep(io.BytesIO(data)) if job.keep else None)
