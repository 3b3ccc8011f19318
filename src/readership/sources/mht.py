"""Pages that browsers save as one MIME file (RFC 2557, .mht): the HTML in it, its URL and when it was saved."""

from __future__ import annotations

import email
import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message


@dataclass(frozen=True, slots=True)
class Saved:
    """The page in an .mht file; `saved_at` is aware, UTC."""

    body: bytes
    content_type: str
    url: str | None
    saved_at: datetime | None


def read(data: bytes) -> Saved | None:
    """The first HTML (else plain text) of the file, None when there is none."""
    try:
        message = email.message_from_bytes(data)
        parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
        wanted = [part for part in parts if part.get_content_subtype() in ("html", "plain")]
        part = min(wanted, key=lambda part: part.get_content_subtype() != "html", default=None)
        return None if part is None else _saved(message, part)
    # The email package raises many kinds on broken MIME: LookupError, AttributeError and TypeError among them.
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError):
        return None


def _saved(message: Message, part: Message) -> Saved | None:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes) or not body.strip():
        return None
    url = message.get("Snapshot-Content-Location") or part.get("Content-Location")
    charset = part.get_content_charset()
    content_type = part.get_content_type() + (f"; charset={charset}" if charset else "")
    return Saved(body, content_type, str(url).strip() if url else None, http_date(message.get("Date")))


def http_date(text: object) -> datetime | None:
    """The moment of a `Date` header (RFC 5322, RFC 9110), None when it says none."""
    try:
        moment = email.utils.parsedate_to_datetime(str(text))
        # “-0000” is a time whose zone nobody says (RFC 5322).
        return None if moment.tzinfo is None else moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, TypeError):
        return None
