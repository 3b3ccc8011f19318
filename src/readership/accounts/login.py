"""From a login (the claims of an OIDC id token) to a person with a role; and Streamlit's login cookie for routes.

Streamlit does the login itself (`st.login`, Authlib) and keeps the claims in a signed cookie for 30 days. The cookie is
only told who somebody was when they logged in: who they are now and what they may is looked up here, each time.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer

from readership.accounts import sessions
from readership.accounts.people import Person, Role
from readership.errors import Refused, UsageError
from readership.settings import Settings

COOKIE, COOKIE_DAYS = "_streamlit_user", 31
"""Streamlit 1.67's cookie of the claims and how long it takes one (its 30 days and one of grace)."""
MIN_SECRET, MAX_CHUNKS, MAX_CLAIM = 32, 20, 255
WELL_KNOWN = "/.well-known/openid-configuration"
CLOCKS_S = 300
"""Seconds by which the issuer's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How login is set up in this process.

    Attributes:
        secret: what Streamlit signs its cookies with.
        origin: scheme, host and port under which people reach the dashboard.
        issuers: of whom an id token may be.
        auth: the table [auth] as it stands, for Streamlit.
    """

    secret: str
    origin: str
    issuers: frozenset[str]
    auth: dict[str, Any]


def setup(settings: Settings) -> Setup | None:
    """The set-up; None while login is off. Read once in a process: a file that goes away doesn't open the doors.

    Raises:
        UsageError: login is on, and something it needs is missing or weak.
    """
    if settings.login == "off":
        return None
    return _setup(settings.login, settings.secrets_file, settings.issuer)


@cache
def _setup(login: str, secrets: Path | None, issuer: str) -> Setup | None:
    auth = _toml(secrets, "The secrets file").get("auth") if secrets and secrets.exists() else None
    if auth is None and login != "on":
        return None
    if not isinstance(auth, dict):
        raise UsageError("Login is on, but the secrets have no table [auth].", "docs/access.md says what it holds.")
    secret = str(auth.get("cookie_secret", ""))
    if len(secret) < MIN_SECRET:
        raise UsageError(
            f"[auth] needs a cookie_secret of at least {MIN_SECRET} random characters.", "See docs/access.md."
        )
    return Setup(secret, _origin(str(auth.get("redirect_uri", ""))), _issuers(auth, issuer), auth)


def _origin(redirect: str) -> str:
    """The origin of the redirect URI: https, or http on this very machine."""
    parts = urlsplit(redirect)
    if not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
        raise UsageError("[auth] needs a redirect_uri that begins with https:// (http:// only on this machine).")
    if parts.path != "/oauth2callback" and not parts.path.endswith("/oauth2callback"):
        raise UsageError("[auth]'s redirect_uri must end with /oauth2callback.")
    return f"{parts.scheme}://{parts.netloc}"


def _issuers(auth: Mapping[str, Any], issuer: str) -> frozenset[str]:
    """Whose tokens are taken: those named, else the addresses that the metadata stands under (OIDC Discovery, 4)."""
    if issuer:
        return frozenset(issuer.split())
    tables = [auth, *(value for value in auth.values() if isinstance(value, dict))]
    found = {str(table["server_metadata_url"]) for table in tables if "server_metadata_url" in table}
    if not found:
        raise UsageError("[auth] needs a server_metadata_url.", "See docs/access.md.")
    return frozenset(url.removesuffix(WELL_KNOWN) for url in found)


def may_stand(settings: Settings, address: str) -> None:
    """Nothing, when a server may listen at this address ("" for all of the machine's).

    Raises:
        UsageError: everybody on the network would be admin there, or login is set up wrongly.
    """
    if setup(settings) is None and not settings.open_to_all and not is_loopback(address):
        raise UsageError(
            "Login is off, and other machines reach this address: everybody there would be admin.",
            "Turn login on (docs/access.md), listen at 127.0.0.1, or set READERSHIP_OPEN_TO_ALL=1.",
        )
    roles(settings)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


# -- who has which role ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Roles:
    """people.toml as read: roles by (issuer, subject), by e-mail, by a claim's value; None is nobody any more."""

    subjects: Mapping[tuple[str, str], Role | None]
    emails: Mapping[str, Role | None]
    claims: Mapping[str, Role | None]


def roles(settings: Settings) -> Roles:
    """The list as it stands at this moment; empty when there is none.

    Raises:
        UsageError: it can't be read, or names somebody twice.
    """
    path = settings.people_file
    try:
        facts = path.stat() if path else None
    except FileNotFoundError:
        facts = None
    if path is None or facts is None:
        return Roles({}, {}, {})
    return _roles(path, facts.st_mtime_ns, facts.st_size, facts.st_ino)


@lru_cache(maxsize=4)
def _roles(path: Path, _changed: int, _size: int, _inode: int) -> Roles:
    listed = _toml(path, "The list of people")
    people = listed.get("person", [])
    claims = listed.get("claim", {})
    if not isinstance(people, list) or not isinstance(claims, dict) or set(listed) - {"person", "claim"}:
        raise UsageError("The list of people holds tables [[person]] and one [claim], nothing else.")
    subjects: dict[tuple[str, str], Role | None] = {}
    emails: dict[str, Role | None] = {}
    for entry in people:
        _enter(entry, subjects, emails)
    return Roles(subjects, emails, {str(value): _role(name) for value, name in claims.items()})


def _enter(entry: Any, subjects: dict[tuple[str, str], Role | None], emails: dict[str, Role | None]) -> None:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise UsageError("A person in the list is a table of texts.")
    role = _role(entry.get("role", ""))
    if set(entry) == {"issuer", "subject", "role"}:
        _once(subjects, (entry["issuer"], entry["subject"]), role)
    elif set(entry) == {"email", "role"}:
        address = plain_address(entry["email"])
        if address is None:
            raise UsageError(
                f"The list of people has an address that isn't plain ASCII: {ascii(entry['email'])[:80]}.",
                "Such addresses have twins that look the same; name that person by issuer and subject.",
            )
        _once(emails, address, role)
    else:
        raise UsageError("A person in the list has either email and role, or issuer, subject and role.")


def _once(table: dict[Any, Role | None], key: Any, role: Role | None) -> None:
    if key in table:
        raise UsageError("The list of people names somebody twice.", f"It is {str(key)[:120]}.")
    table[key] = role


def _role(name: Any) -> Role | None:
    if name == "none":
        return None
    try:
        return Role.named(str(name))
    except ValueError as error:
        raise UsageError(f"In the list of people {error}.", "There are reader, analyst, admin and none.") from None


def plain_address(text: str) -> str | None:
    """An e-mail address in lower case; None unless it is one of printable ASCII, which alone has no twins.

    Full-width letters, the Kelvin sign, ß and long s all fold to ASCII, Cyrillic letters look like it: an address with
    any of them is never taken for another, nor for itself.
    """
    address = text.strip()
    # What NFKC or case folding would change to ASCII isn't ASCII now; asked in these words so that a reader sees it.
    if not address.isascii() or unicodedata.normalize("NFKC", address) != address:
        return None
    return address.lower() if re.fullmatch(r"[!-?A-~]+@[A-Za-z0-9.-]+", address) else None


def _toml(path: Path, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{what} can't be read ({type(error).__name__}).", "Nobody is let in until it can.") from error


# -- from claims to a person -------------------------------------------------------------------------------------------
def person(claims: Mapping[str, Any], settings: Settings, now: datetime) -> Person:
    """Who the claims of a login mean at this moment.

    Args:
        claims: of the id token, as Streamlit keeps them; their signature was checked.
        now: aware.

    Raises:
        Refused: not logged in, of another issuer, too long ago, logged out since, or without a role.
        StoreBusy, StoreDamaged, StoreTooNew: who logged out can't be asked.
    """
    found = setup(settings)
    if found is None or not claims.get("is_logged_in"):
        raise Refused("You are not logged in, or not any more.", "Log in and try again.")
    issuer, subject = _text(claims, "iss"), _text(claims, "sub")
    if issuer not in found.issuers or not subject:
        raise Refused("This login comes from somebody who isn't trusted here.", "Log in again.")
    key, began = key_of(claims), _began(claims, settings, now)
    role = _role_of(claims, issuer, subject, settings)
    one = Person(key, _name(claims), role)
    if began < sessions.seen(settings, one, _email(claims) or "", now):
        raise Refused("You have logged out.", "Log in again.")
    return one


def key_of(claims: Mapping[str, Any]) -> str:
    """The key of a person: issuer and subject, which alone name somebody for ever (OpenID Connect Core, 5.7)."""
    return f"{_text(claims, 'iss')} {_text(claims, 'sub')}"


def _began(claims: Mapping[str, Any], settings: Settings, now: datetime) -> int:
    """When the login was, seconds since the epoch."""
    began, today = claims.get("iat"), int(now.timestamp())
    if not isinstance(began, int) or isinstance(began, bool) or began > today + CLOCKS_S:
        raise Refused("This login doesn't say when it was.", "Log in again.")
    if today - began > settings.login_hours * 3600:
        raise Refused("Your login has expired.", "Log in again.")
    return began


def _role_of(claims: Mapping[str, Any], issuer: str, subject: str, settings: Settings) -> Role:
    """The role by subject, else by e-mail, else the highest that a claim gives."""
    try:
        listed = roles(settings)
    except UsageError as error:
        raise Refused("The list of people can't be read, so nobody is let in.", "Tell an admin.") from error
    address = _email(claims)
    role: Role | None
    if (issuer, subject) in listed.subjects:
        role = listed.subjects[issuer, subject]
    elif address is not None and address in listed.emails:
        role = listed.emails[address]
    else:
        given = [listed.claims.get(value) for value in _values(claims.get(settings.role_claim))]
        role = max((one for one in given if one), default=None)
    if role is None:
        raise Refused("You are logged in, but have no role here.", "Ask an admin of this dashboard.")
    return role


def _values(value: Any) -> Iterator[str]:
    """The texts of a claim that is one or a list of them."""
    yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _email(claims: Mapping[str, Any]) -> str | None:
    """The address, when the issuer says that it is verified and it has no twins."""
    return plain_address(_text(claims, "email")) if claims.get("email_verified") is True else None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= MAX_CLAIM else ""


def _name(claims: Mapping[str, Any]) -> str:
    name = _text(claims, "name") or _text(claims, "email") or _text(claims, "sub")
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())[:80]


# -- Streamlit's cookie ------------------------------------------------------------------------------------------------
def claims(cookies: Mapping[str, str], settings: Settings) -> dict[str, Any]:
    """The claims in Streamlit's login cookie; none when it isn't there, forged, expired, or of another origin.

    The cookie is read as Streamlit 1.67 reads it (`starlette_websocket.py`), chunks and origin included.
    """
    found = setup(settings)
    text = _signed(cookies, COOKIE, found.secret) if found else None
    if found is None or text is None:
        return {}
    chunks = re.fullmatch(r"chunks-(\d{1,2})", text)
    if chunks:
        parts = [_signed(cookies, f"{COOKIE}_{n}", found.secret) for n in range(1, min(int(chunks[1]), MAX_CHUNKS) + 1)]
        # Without one of them the rest may still be JSON, and say something else.
        text = "".join(part for part in parts if part) if all(parts) else ""
    try:
        payload = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return payload if isinstance(payload, dict) and payload.get("origin") == found.origin else {}


def _signed(cookies: Mapping[str, str], name: str, secret: str) -> str | None:
    value = cookies.get(name)
    if not value:
        return None
    try:
        text = URLSafeTimedSerializer(secret, salt=name).loads(value, max_age=COOKIE_DAYS * 86400)
    except BadData:
        return None
    return text if isinstance(text, str) else None


def fingerprint(key: str) -> str:
    """A short name of a person's key for logs: tells two apart and gives nobody's subject away."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def now() -> datetime:
    """The moment of a request; the one clock of this module."""
    return datetime.now(UTC)
