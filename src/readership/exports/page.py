"""A page as one zip: its tables and figures, and `proof.json` with the proof and the hash of each."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO, Any

from readership.exports.files import Export, finished, put
from readership.exports.proof import as_json, version

MEDIA = "application/zip"
_PACKED = (".png", ".xlsx", ".parquet", ".zip", ".pdf")


def of_parts(parts: Iterable[Callable[[], Export]], *, name: str, edition: int, made_at: datetime) -> Export:
    """Several exports in one archive.

    Args:
        parts: each makes one export when its turn comes; it is closed before the next is made.
        name: short ASCII name of the page.
        made_at: aware; dates the members.

    Raises:
        whatever a part raises: a page without one of its parts would look whole.
    """

    def write(file: IO[bytes]) -> None:
        members: list[dict[str, Any]] = []
        with zipfile.ZipFile(file, "w") as archive:
            for part in parts:
                with part() as export:
                    members.append(_add(archive, export, {member["name"] for member in members}, made_at))
            about = {"page": name, "edition": edition, "version": version(), "files": members}
            put(archive, "proof.json", [as_json(about).encode()], made_at)

    return finished(write, what=name, edition=edition, ending="zip", media_type=MEDIA)


def _add(archive: zipfile.ZipFile, export: Export, taken: set[str], made_at: datetime) -> dict[str, Any]:
    name = _free(export.name, taken)
    put(archive, name, export, made_at, level=None if name.endswith(_PACKED) else 4)
    proof = json.loads(export.sidecar())
    return {"name": name, "bytes": export.size, "sha256": export.sha256, "proof": proof}


def _free(name: str, taken: set[str]) -> str:
    stem, _dot, ending = name.rpartition(".")
    choices = (name, *(f"{stem}-{number}.{ending}" for number in range(2, len(taken) + 3)))
    return next(choice for choice in choices if choice not in taken)
