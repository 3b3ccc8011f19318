"""The only reader of environment and paths: every setting with a sentence, its variable and its default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

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
    zone: str = ""
    """IANA zone of the newsroom, on whose clock sites of several zones are shown together (READERSHIP_ZONE, default the
    zone of the site with most articles)."""
    language: str = ""
    """Interface language when the browser's is not wanted: en, ru or kk (READERSHIP_LANGUAGE)."""
    nbk_url: str = "https://nationalbank.kz"
    """Where the National Bank of Kazakhstan's rates are asked for, when they are (READERSHIP_NBK_URL)."""
    ecb_url: str = "https://www.ecb.europa.eu"
    """Where the European Central Bank's rates are asked for, when they are (READERSHIP_ECB_URL)."""
    login: str = ""
    """`on` or `off`; unset: on when the secrets have a table [auth] (READERSHIP_LOGIN)."""
    secrets_file: Path | None = None
    """Streamlit's secrets.toml with the table [auth] (READERSHIP_SECRETS, default `.streamlit/secrets.toml`)."""
    people_file: Path | None = None
    """Who has which role, docs/access.md (READERSHIP_PEOPLE, default `<data>/people.toml`)."""
    issuer: str = ""
    """Issuer that logins must come from; unset: the one of [auth]'s server_metadata_url (READERSHIP_ISSUER)."""
    role_claim: str = ""
    """Claim of the login whose values people.toml maps to roles; unset: none (READERSHIP_ROLE_CLAIM)."""
    login_hours: int = 168
    """Hours after which a login must be renewed (READERSHIP_LOGIN_HOURS)."""
    hosts: tuple[str, ...] = ()
    """Names under which the server is reached, by spaces; unset: any (READERSHIP_HOSTS)."""
    frame_ancestors: tuple[str, ...] = ()
    """Origins whose pages may frame embeds, by spaces; unset: none (READERSHIP_FRAME_ANCESTORS)."""
    open_to_all: bool = False
    """Whether login may be off on an address that other machines reach (READERSHIP_OPEN_TO_ALL, 1 for yes)."""

    url: str = ""
    """Address under which readers reach the dashboard, for links in mails and alerts (READERSHIP_URL)."""
    smtp_host: str = ""
    """Mail server that reports and alerts are sent by; unset: no mail is sent (READERSHIP_SMTP_HOST)."""
    smtp_port: int = 587
    """Its port (READERSHIP_SMTP_PORT)."""
    smtp_tls: str = "starttls"
    """`starttls`, `tls` from the first byte, or `none` (READERSHIP_SMTP_TLS)."""
    smtp_user: str = ""
    """Name to log in with at the mail server; unset: no login (READERSHIP_SMTP_USER)."""
    smtp_password: str = field(default="", repr=False)
    """Its password (READERSHIP_SMTP_PASSWORD)."""
    mail_from: str = ""
    """Address that mails come from (READERSHIP_MAIL_FROM, default the user at the mail server)."""
    webhooks: tuple[str, ...] = ()
    """`address:port` pairs inside the own network that alerts may be posted to, by spaces (READERSHIP_WEBHOOKS)."""

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

    @cached_property
    def link_key(self) -> Path:
        """The key that shared links are signed with; whoever has it can make links."""
        return self.data / "link.key"


_INTS = {
    "max_upload_mb": "READERSHIP_MAX_UPLOAD_MB",
    "max_page_mb": "READERSHIP_MAX_PAGE_MB",
    "max_archive_mb": "READERSHIP_MAX_ARCHIVE_MB",
    "memory_limit_mb": "READERSHIP_MEMORY_MB",
    "threads": "READERSHIP_THREADS",
    "keep_editions": "READERSHIP_KEEP_EDITIONS",
    "lock_wait_s": "READERSHIP_LOCK_WAIT",
    "login_hours": "READERSHIP_LOGIN_HOURS",
    "smtp_port": "READERSHIP_SMTP_PORT",
}


def load(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Raises:
        UsageError: a variable holds something else than a whole number, or no zone.
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
        zone=_zone(env.get("READERSHIP_ZONE", "")),
        language=env.get("READERSHIP_LANGUAGE", ""),
        nbk_url=env.get("READERSHIP_NBK_URL") or Settings.nbk_url,
        ecb_url=env.get("READERSHIP_ECB_URL") or Settings.ecb_url,
        login=_word(env, "READERSHIP_LOGIN", ("", "on", "off")),
        secrets_file=Path(env.get("READERSHIP_SECRETS") or ".streamlit/secrets.toml").expanduser().absolute(),
        people_file=Path(env.get("READERSHIP_PEOPLE") or data / "people.toml").expanduser().absolute(),
        issuer=env.get("READERSHIP_ISSUER", ""),
        role_claim=env.get("READERSHIP_ROLE_CLAIM", ""),
        hosts=tuple(env.get("READERSHIP_HOSTS", "").lower().split()),
        frame_ancestors=_origins(env.get("READERSHIP_FRAME_ANCESTORS", "")),
        open_to_all=_word(env, "READERSHIP_OPEN_TO_ALL", ("", "0", "1")) == "1",
        url=env.get("READERSHIP_URL", "").rstrip("/"),
        smtp_host=env.get("READERSHIP_SMTP_HOST", ""),
        smtp_tls=_word(env, "READERSHIP_SMTP_TLS", ("", "starttls", "tls", "none")) or "starttls",
        smtp_user=env.get("READERSHIP_SMTP_USER", ""),
        smtp_password=env.get("READERSHIP_SMTP_PASSWORD", ""),
        mail_from=env.get("READERSHIP_MAIL_FROM", ""),
        webhooks=tuple(env.get("READERSHIP_WEBHOOKS", "").split()),
        **{name: _whole(env[variable], variable) for name, variable in _INTS.items() if env.get(variable)},
    )


def _word(env: Mapping[str, str], variable: str, words: Sequence[str]) -> str:
    word = env.get(variable, "").strip().lower()
    if word not in words:
        raise UsageError(f"{variable} is {' or '.join(filter(None, words))}, not “{word[:40]}”.", "Unset it else.")
    return word


def _origins(text: str) -> tuple[str, ...]:
    """Origins for a header: scheme, host and port, nothing that could end a directive."""
    found = tuple(text.split())
    for origin in found:
        if not re.fullmatch(r"https?://[A-Za-z0-9.*\[\]:-]+", origin):
            raise UsageError(
                f"READERSHIP_FRAME_ANCESTORS holds “{origin[:60]}”, which is no origin.",
                "Write https://www.example.org.",
            )
    return found


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ValueError, OSError, KeyError):
        raise UsageError(f"READERSHIP_ZONE: “{name}” is no IANA zone.", "For example Asia/Almaty.") from None


def _whole(text: str, variable: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise UsageError(f"{variable} must be a whole number, not “{text}”.", "Unset it for the default.") from None
    if number < 0:
        raise UsageError(f"{variable} must not be negative.", "Unset it for the default.")
    return number
