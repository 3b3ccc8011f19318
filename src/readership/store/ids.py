"""Ids that need no sequence: the same on every machine and in every run."""

from __future__ import annotations

import hashlib


def article_id(site: str, article_key: str) -> int:
    """Id of an article: the first 53 bits of SHA-256 over site, NUL and key, so that browsers hold it exactly.

    Two of a million articles share an id with a chance of 1 in 18,000; the store looks for it at every load and refuses
    the newcomer by name.
    """
    digest = hashlib.sha256(f"{site}\0{article_key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def fingerprint(*parts: object) -> str:
    """SHA-256, hex, over parts told apart by a NUL; None and the empty string differ."""
    text = "\0".join("\1" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
