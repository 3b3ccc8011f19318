"""The only reader of environment and paths: every setting with a sentence, its variable and its default."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from readership.errors import UsageError


@dataclass(frozen=True)
class Settings:
    """Where things live and how much of them is allowed. Paths are absolute."""

    data: Path
    """Folder of store, editions, archive, quarantine and state (READERSHIP_DATA, default `data`)."""
    editions: Path
    """Folder of published editions (READERSHIP_EDITIONS, default `<data>/editions`)."""
    sites_file: Path | None
    """The newsroom's own sites.toml, over the shipped one (READERSHIP_SITES, default `<data>/sites.toml` if there)."""
    max_upload_mb: int = 50
    """Largest upload in the browser, megabytes (READERSHIP_MAX_UPLOAD_MB)."""
    max_page_mb: int = 10
    """Largest single page taken, megabytes (READERSHIP_MAX_PAGE_MB)."""
    max_archive_mb: int = 2048
    """Largest inflated size of one zip archive, megabytes (READERSHIP_MAX_ARCHIVE_MB)."""
    memory_limit_mb: int = 2048
    """Memory DuckDB may use for queries, megabytes (READERSHIP_MEMORY_MB)."""
    threads: int = 0
    """Threads DuckDB may use, 0 for all cores (READERSHIP_THREADS)."""
    keep_editions: int = 3
    """Editions kept behind the current one (READERSHIP_KEEP_EDITIONS)."""
    lock_wait_s: int = 30
    """Seconds to wait for another writer (READERSHIP_LOCK_WAIT)."""
    topics_file: Path | None = None
    """The newsroom's own topics, over the shipped ones (READERSHIP_TOPICS, default `<data>/topics.tsv` if there)."""
    language: str = ""
    """Interface language when the browser's is not wanted: en, ru or kk (READERSHIP_LANGUAGE)."""
    nbk_url: str = "https://nationalbank.kz"
    """Where the National Bank of Kazakhstan's rates are asked for, when they are (READERSHIP_NBK_URL)."""
    ecb_url: str = "https://www.ecb.europa.eu"
    """Where the European Central Bank's rates are asked for, when they are (READERSHIP_ECB_URL)."""

    @cached_property
    def store(self) -> Path:
        """The store's database file."""
        return self.data / "store" / "readership.duckdb"

    @cached_property
    def ledger(self) -> Path:
        """The ledger, one JSON line a batch, outside the database."""
        return self.data / "store" / "ledger.jsonl"

    @cached_property
    def lock(self) -> Path:
        """The writer's lock file."""
        return self.data / "store" / "writer.lock"

    @cached_property
    def archive(self) -> Path:
        """Raw inputs, one folder a batch."""
        return self.data / "archive"

    @cached_property
    def quarantine(self) -> Path:
        """Bytes of rejected inputs, by SHA-256."""
        return self.data / "quarantine"

    @cached_property
    def state(self) -> Path:
        """What people make: annotations, saved views, links."""
        return self.data / "state.sqlite"


_INTS = {
    "max_upload_mb": "READERSHIP_MAX_UPLOAD_MB",
    "max_page_mb": "READERSHIP_MAX_PAGE_MB",
    "max_archive_mb": "READERSHIP_MAX_ARCHIVE_MB",
    "memory_limit_mb": "READERSHIP_MEMORY_MB",
    "threads": "READERSHIP_THREADS",
    "keep_editions": "READERSHIP_KEEP_EDITIONS",
    "lock_wait_s": "READERSHIP_LOCK_WAIT",
}


def load(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Raises:
        UsageError: a variable holds something else than a whole number.
    """
    env = dict(os.environ) if environ is None else environ
    data = Path(env.get("READERSHIP_DATA") or "data").expanduser().absolute()
    own_topics = Path(env["READERSHIP_TOPICS"]) if env.get("READERSHIP_TOPICS") else data / "topics.tsv"
    own_sites = Path(env["READERSHIP_SITES"]) if env.get("READERSHIP_SITES") else data / "sites.toml"
    return Settings(
        data=data,
        editions=Path(env.get("READERSHIP_EDITIONS") or data / "editions").expanduser().absolute(),
        sites_file=own_sites if own_sites.exists() or "READERSHIP_SITES" in env else None,
        topics_file=own_topics.expanduser().absolute() if own_topics.exists() or env.get("READERSHIP_TOPICS") else None,
        language=env.get("READERSHIP_LANGUAGE", ""),
        nbk_url=env.get("READERSHIP_NBK_URL") or Settings.nbk_url,
        ecb_url=env.get("READERSHIP_ECB_URL") or Settings.ecb_url,
        **{name: _whole(env[variable], variable) for name, variable in _INTS.items() if env.get(variable)},
    )


def _whole(text: str, variable: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise UsageError(f"{variable} must be a whole number, not “{text}”.", "Unset it for the default.") from None
    if number < 0:
        raise UsageError(f"{variable} must not be negative.", "Unset it for the default.")
    return number
