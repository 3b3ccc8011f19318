"""Opening DuckDB files: settings, migrations, errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import duckdb

from readership.errors import DiskFull, ReadershipError, StoreBusy, StoreDamaged, StoreTooNew
from readership.settings import Settings
from readership.store import disk

WRITER_CONFIG = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


_NO_ROOM = re.compile(r"No space left|disk quota|disk (?:is )?full|max_temp_directory_size", re.IGNORECASE)
_LOCKED = re.compile(r"could not set lock|conflicting lock", re.IGNORECASE)
"""Not any “lock”: DuckDB names the *block* of a damaged file."""
_TEMPORARY = re.compile(r"CREATE TEMP (?P<kind>TABLE|VIEW) (?P<name>\w+)")


def connect(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """A read-write connection for the one process that holds the writer's lock.

    Raises:
        StoreDamaged, DiskFull, StoreBusy: in plain words.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temp = path.parent / "tmp"
    config: dict[str, str | bool | int | float | list[str]] = {
        **WRITER_CONFIG,
        "memory_limit": f"{max(settings.memory_limit_mb, 256)}MB",
        "temp_directory": str(temp),
        "preserve_insertion_order": False,
    }
    if settings.threads:
        config["threads"] = settings.threads
    with plainly(path):
        connection = duckdb.connect(str(path), config=config)
        connection.execute("SET TimeZone = 'UTC'")
    return connection


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Turns DuckDB's errors into ours."""
    try:
        yield
    except duckdb.Error as error:
        raise translated(error, path) from error


def translated(error: duckdb.Error, path: Path) -> ReadershipError:
    """Our error for one of DuckDB's."""
    text = str(error)
    if _NO_ROOM.search(text):
        return DiskFull(*disk.FULL)
    if isinstance(error, duckdb.OutOfMemoryException):
        return ReadershipError(
            "The work needs more memory than it may use.", "Raise READERSHIP_MEMORY_MB and run it again."
        )
    if _LOCKED.search(text):
        return StoreBusy(f"{path.name} is in use by another process.", "Wait until it has ended, then try again.")
    return StoreDamaged(
        f"{path.name} can't be used ({type(error).__name__}).",
        "Run `readership check --repair`: it makes the store again from the archive.",
    )


def statements(text: str) -> list[str]:
    """The statements of an SQL file without their comment lines; a semicolon at a line's end closes one."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip() for part in re.split(r";[ \t]*(?:\n|$)", code) if part.strip()]


def script(folder: str, name: str) -> list[str]:
    """Statements of one of the package's SQL files."""
    return statements(resources.files("readership.store").joinpath(folder, name).read_text("utf-8"))


def made(folder: str, name: str) -> list[tuple[str, str]]:
    """(`TABLE` or `VIEW`, name) of the temporary tables and views that one of the package's SQL files makes; the last
    one first, as a view goes before what it reads."""
    found = (_TEMPORARY.match(statement) for statement in script(folder, name))
    return [(one["kind"], one["name"]) for one in reversed([one for one in found if one])]


def scripts(folder: str) -> list[str]:
    """Names of the package's SQL files of a folder, in order."""
    return sorted(item.name for item in resources.files("readership.store").joinpath(folder).iterdir())


def migrate(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Brings the store's tables up to date; each migration and its record are one transaction.

    Returns the names of those applied.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name VARCHAR, applied_at TIMESTAMP)")
    done = {row[0] for row in connection.execute("SELECT name FROM migration").fetchall()}
    known = [name for name in scripts("migrations") if name.endswith(".sql")]
    if done - set(known):
        raise StoreTooNew(
            f"The store was written by a newer Readership (it has {sorted(done - set(known))[0]}).",
            "Use that version, or restore a backup made by this one.",
        )
    applied = [name for name in known if name not in done]
    for name in applied:
        connection.execute("BEGIN")
        try:
            for statement in script("migrations", name):
                connection.execute(statement)
            connection.execute("INSERT INTO migration VALUES (?, now()::TIMESTAMP)", [name])
            connection.execute("COMMIT")
        except duckdb.Error:
            connection.execute("ROLLBACK")
            raise
    return applied
