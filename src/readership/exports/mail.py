"""Mail out of the house: reports and alerts, by the mail server of the settings."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from readership.errors import ReadershipError, UsageError
from readership.settings import Settings

SECONDS, MAX_SUBJECT, MAX_RECIPIENTS = 30, 180, 50
_CONTEXT = ssl.create_default_context


class NotSent(ReadershipError):
    """The mail server didn't take the mail; nobody got it unless the message says so."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to a mail; `media_type` as `application/pdf`."""

    name: str
    media_type: str
    data: bytes


def address(text: str) -> str:
    """A mail address as it stands in a header.

    Raises:
        UsageError: it is none.
    """
    try:
        found = Address(addr_spec=text.strip())
    except (ValueError, IndexError) as error:
        raise UsageError(
            f"“{text[:80]!s}” is no mail address.".replace("\n", " "), "Write name@example.org."
        ) from error
    if not found.username or "." not in found.domain + "." or not found.domain or not text.isprintable():
        raise UsageError("That is no mail address.", "Write name@example.org.")
    return found.addr_spec


def send(
    settings: Settings, to: Sequence[str], subject: str, text: str, attachments: Sequence[Attachment] = ()
) -> None:
    """Send one mail, in plain text with attachments.

    Args:
        subject: one line; longer ones are cut.

    Raises:
        UsageError: no mail server in the settings, or an address that is none.
        NotSent: the server can't be reached, wants another login, or refuses the mail or somebody.
    """
    message = _message(settings, [address(one) for one in to[:MAX_RECIPIENTS]], subject, text, attachments)
    try:
        with _connected(settings) as server:
            refused = server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(
            "The mail server doesn't take the login.", "READERSHIP_SMTP_USER and …_PASSWORD say it."
        ) from error
    except smtplib.SMTPException as error:
        raise NotSent(f"The mail server refused the mail ({type(error).__name__}).", "Nobody got it.") from error
    except (OSError, ssl.SSLError) as error:
        raise NotSent(f"The mail server can't be reached ({type(error).__name__}).", "Nobody got it.") from error
    if refused:
        raise NotSent(f"The mail server refused {len(refused)} of {len(to)} people.", "The others got it.")


def _message(
    settings: Settings, to: Sequence[str], subject: str, text: str, attachments: Sequence[Attachment]
) -> EmailMessage:
    if not settings.smtp_host:
        raise UsageError("No mail server is set.", "Set READERSHIP_SMTP_HOST; docs/operations.md has the others.")
    if not to:
        raise UsageError("A mail needs somebody to go to.")
    sender = address(settings.mail_from or settings.smtp_user or f"readership@{settings.smtp_host}")
    message = EmailMessage()
    message["From"], message["To"] = sender, ", ".join(to)
    message["Subject"] = " ".join(subject.split())[:MAX_SUBJECT]
    message["Date"], message["Message-ID"] = formatdate(localtime=False), make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    for one in attachments:
        kind, _, subtype = one.media_type.partition("/")
        message.add_attachment(one.data, maintype=kind, subtype=subtype, filename=one.name)
    return message


def _connected(settings: Settings) -> smtplib.SMTP:
    server = _open(settings)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=_CONTEXT())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def _open(settings: Settings) -> smtplib.SMTP:
    where = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_tls == "tls":
        return smtplib.SMTP_SSL(*where, timeout=SECONDS, context=_CONTEXT())
    return smtplib.SMTP(*where, timeout=SECONDS)
