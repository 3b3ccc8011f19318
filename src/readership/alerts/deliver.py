"""Deliveries of alerts: mail, and webhooks in the shapes of Slack, Telegram, or plain JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from readership.accounts.alerts import Alert, Delivery
from readership.errors import ReadershipError
from readership.exports import mail
from readership.settings import Settings
from readership.sources import addresses, web

AGENT = "Readership alerts"


class NotDelivered(ReadershipError):
    """A webhook didn't take the alert."""


def deliver(settings: Settings, delivery: Delivery, *, resolve: addresses.Resolver = addresses.system) -> None:
    """Send one alert to its target.

    Raises:
        ReadershipError: it was not taken; the message holds no secret of the target.
    """
    kind, _, where = delivery.target.partition(":")
    if kind == "mail":
        alert = delivery.alert
        mail.send(settings, [where], f"{alert.rule_name}: {alert.title}", text(settings, alert))
        return
    _post(settings, *_shaped(kind, where, settings, delivery.alert), resolve)


def text(settings: Settings, alert: Alert) -> str:
    """The alert in plain text, with its link when the dashboard's address is known."""
    link = address(settings, alert)
    return f"{alert.title}\n\n{alert.why}\n" + (f"\n{link}\n" if link else "")


def address(settings: Settings, alert: Alert) -> str:
    """The view's address; "" when READERSHIP_URL is not set."""
    return f"{settings.url}/{alert.link}" if settings.url else ""


def _shaped(kind: str, where: str, settings: Settings, alert: Alert) -> tuple[str, dict[str, Any]]:
    if kind == "slack":
        return where, {"text": text(settings, alert)}
    if kind == "telegram":
        url, _, chat = where.rpartition("#")
        return url, {"chat_id": chat, "text": text(settings, alert), "disable_web_page_preview": True}
    return where, {
        "rule": alert.rule_name, "kind": alert.kind, "subject": alert.subject, "title": alert.title, "why": alert.why,
        "url": address(settings, alert), "edition": alert.edition, "as_of": alert.as_of.isoformat(),
    }  # fmt: skip


def _post(settings: Settings, url: str, told: dict[str, Any], resolve: addresses.Resolver) -> None:
    poster = web.Web(
        AGENT, lambda: datetime.now(UTC), resolve=resolve, allowed=settings.webhooks, bounds=web.Bounds(seconds=10)
    )
    try:
        answer = poster.post(url, json.dumps(told, ensure_ascii=False).encode(), {"content-type": "application/json"})
    except web.FetchFailed as error:
        raise NotDelivered(f"The webhook can't be reached ({error.kind}).", error.hint) from None
    finally:
        poster.close()
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"The webhook answered {answer.status}.")
