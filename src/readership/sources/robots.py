"""robots.txt by RFC 9309: what a host allows, and how far apart it wants requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from protego import Protego

TOKEN = "readership"  # noqa: S105 - the product token of RFC 9309, no secret
LARGEST = 500 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""
_AGENT = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*([a-z_-]+|\*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows.

    Attributes:
        kind: `rules` (its text says), `all` (it has no robots.txt), `nothing` (it can't tell now).
        text: the robots.txt, "" unless `rules`.
    """

    kind: Literal["rules", "all", "nothing"]
    text: str = ""

    def allows(self, url: str) -> bool:
        """Whether this agent may ask for a URL."""
        if self.kind != "rules":
            return self.kind == "all"
        return bool(self._parsed().can_fetch(url, TOKEN))

    @property
    def delay_s(self) -> float:
        """Seconds between requests that the host asks for (Crawl-delay, Request-rate), 0 when it asks for none."""
        if self.kind != "rules":
            return 0.0
        parsed = self._parsed()
        rate = parsed.request_rate(TOKEN)
        return max(parsed.crawl_delay(TOKEN) or 0.0, rate.seconds / rate.requests if rate else 0.0)

    def _parsed(self) -> Protego:
        return _parse(self.text)


@lru_cache(64)
def _parse(text: str) -> Protego:
    return Protego.parse(text)


def read(status: int | None, body: bytes = b"") -> Rules:
    """Rules of an answer.

    Args:
        status: of the answer; None when there was none. Beyond RFC 9309, 429 counts as “not now”, not as “no file”.
    """
    if status is None or status >= 500 or status == 429:
        return Rules("nothing")
    if 200 <= status < 300:
        return Rules("rules", _own_groups(body[:LARGEST].decode("utf-8", "replace")))
    return Rules("all")


def _own_groups(text: str) -> str:
    """The text with all other agents under one name: a million names would otherwise multiply with a million rules."""
    return "\n".join(map(_own_line, text.removeprefix("\ufeff").splitlines()))


def _own_line(line: str) -> str:
    found = _AGENT.match(line)
    if found is None:
        return line[:2_000]
    name = (found[1] or "").lower()
    return f"User-agent: {name if name in ('*', TOKEN) else 'another'}"
