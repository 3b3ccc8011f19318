"""Small stores for tests: pages of our own, a data folder filled with them, and what store and edition add up to."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from readership import settings as settings_module
from readership.pipeline.ingest import Options, ingest
from readership.settings import Settings
from readership.store.schemas import FACTS

ROOT = Path(__file__).resolve().parents[1]
DAY_0 = datetime(2024, 5, 10, 4, tzinfo=UTC)


def page(key: int, views: int, title: str = "", body: str = "") -> bytes:
    """A page text in el.kz's full layout, with a header of rates and a counter."""
    title = title or f"Story number {key} of the steppe railway"
    body = body or (
        f"The railway of story {key} was opened on Friday in Astana, the ministry said in a long statement.\n\n"
        "Trains will run twice a day, and tickets cost as much as before, passengers were told at the station."
    )
    meta = f"Photo: Akorda 10.05.2024 09:02 {views}"
    return f"443.85\n474.3\n4.8\n\nSociety\n\n{title}\n\n{title}\n{meta}\n\n{body}\n".encode()


def url(key: int) -> str:
    """The page's URL."""
    return f"https://el.kz/en/story-of-the-railway_{key}/"


Copy = tuple[str, str, str, bytes]
"""File, URL, moment of capture, bytes."""


def copies(keys: Iterable[int], rounds: int = 3, start: int = 0) -> list[Copy]:
    """Some captures of each article, six hours apart, with counters that rise."""
    return [
        (
            f"{key}-{turn}.txt",
            url(key),
            (DAY_0 + timedelta(hours=6 * turn + 1, minutes=key % 60)).isoformat(),
            page(key, 100 + 37 * turn + key % 13),
        )
        for key in keys
        for turn in range(start, start + rounds)
    ]


def folder(path: Path, found: Sequence[Copy]) -> Path:
    """Pages as files with a manifest beside them."""
    path.mkdir(parents=True, exist_ok=True)
    for name, _, _, body in found:
        (path / name).write_bytes(body)
    (path / "manifest.csv").write_text(_manifest(found), encoding="utf-8")
    return path


def zipped(path: Path, found: Sequence[Copy]) -> Path:
    """The same as one zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, _, _, body in found:
            archive.writestr(name, body)
        archive.writestr("manifest.csv", _manifest(found))
    return path


def _manifest(found: Sequence[Copy]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([("file", "url", "captured_at"), *((name, at, when) for name, at, when, _ in found)])
    return text.getvalue()


def table(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    return path


def counters(path: Path, keys: Iterable[int], rounds: int = 3) -> Path:
    """Counter readings of articles as a table."""
    rows = [
        ("el.kz", key, (DAY_0 + timedelta(days=3 + turn)).isoformat(), 900 + 11 * turn + key % 7)
        for key in keys
        for turn in range(rounds)
    ]
    return table(path, ("site", "article_key", "observed_at", "views"), rows)


def settings_of(data: Path) -> Settings:
    """Settings of a data folder."""
    return settings_module.load({"READERSHIP_DATA": str(data), "READERSHIP_THREADS": "2", "READERSHIP_LOCK_WAIT": "20"})


def taken(settings: Settings, *paths: Path, publish: bool = True) -> str:
    """Ingests; the batch's id."""
    summary = ingest(settings, list(paths), Options(publish=publish))
    assert summary.batch
    return summary.batch


Sums = dict[str, tuple[int, str]]


def facts(data: Path, *, but: Sequence[str] = ()) -> Sums:
    """Rows of each fact table and a fingerprint of them, whatever batch brought them and from which file.

    Args:
        but: columns that don't count.
    """
    found: Sums = {}
    with duckdb.connect(str(data / "store" / "readership.duckdb"), read_only=True) as store:
        for name, schema in FACTS.items():
            columns = ", ".join(column for column in schema.names if column not in ("origin", "hint", *but))
            hashed = "CAST(sum(CAST(hash(t) AS HUGEINT)) AS VARCHAR)"
            sql = f"SELECT count(*), {hashed} FROM (SELECT {columns} FROM {name}) AS t"
            found[name] = store.execute(sql).fetchall()[0]
    return found


def sums(data: Path) -> dict[str, object]:
    """What the current edition adds up to."""
    from readership import queries

    current = queries.current(settings_of(data))
    assert current is not None
    asked = {
        "articles": "SELECT count(*) FROM article",
        "total": "SELECT sum(total) FROM article_meter",
        "days": "SELECT sum(views) FROM article_day",
        "hours": "SELECT sum(views) FROM site_hour",
        "rates": "SELECT count(*) FROM header_rate",
        "vanished": "SELECT count(vanished_at) FROM article",
        "rejects": "SELECT count(*) FROM reject",
    }
    with duckdb.connect(str(current.path), read_only=True) as edition:
        return {name: edition.execute(sql).fetchall()[0][0] for name, sql in asked.items()}


def environment(data: Path, **more: str) -> dict[str, str]:
    """Environment of a child process that runs the command line on a data folder."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    return os.environ | {"READERSHIP_DATA": str(data), "PYTHONPATH": path, "READERSHIP_THREADS": "2"} | more


def command(*arguments: object) -> list[str]:
    """The command line as a child process."""
    return [sys.executable, "-m", "readership.cli", *map(str, arguments)]


def run(data: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        command(*arguments), env=environment(data, **more), capture_output=True, text=True, timeout=180, check=False
    )


def plain(done: subprocess.CompletedProcess[str]) -> str:
    """Standard error of a command, which must be lines for people: no traceback, no signal."""
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    assert done.returncode >= 0, f"ended by signal {-done.returncode}"
    return done.stderr
