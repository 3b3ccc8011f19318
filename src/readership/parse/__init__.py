"""What one page says: page text or HTML in, page facts out. Pure: no clock, no network, no files."""

from __future__ import annotations

import re

from readership.errors import NotAnArticle
from readership.models import Capture, PageFacts
from readership.parse import article, charset, html
from readership.sites import Sites

__all__ = ["NotAnArticle", "read"]

_MARKUP = re.compile(
    r"<(?:!doctype html|html|head|body|article|div|meta|script|p|h1|span|main|section)\b", re.IGNORECASE
)
_MAX_BYTES = 64 * 1024 * 1024


def read(capture: Capture, sites: Sites) -> PageFacts:
    """Facts of a captured page.

    Raises:
        NotAnArticle: with a reason; never anything else.
    """
    if len(capture.body) > _MAX_BYTES:
        raise NotAnArticle("The page is too large to read.")
    text = charset.decode(capture.body, capture.content_type)
    if is_html(text, capture.content_type):
        return html.read(text, capture.url, sites)
    return article.read_text(text, capture.url, sites)


def is_html(text: str, content_type: str | None) -> bool:
    """Markup, by its first characters; the declared type only settles doubt."""
    start = text[:4096].lstrip()
    low = start[:200].lower()
    if low.startswith(("<!doctype html", "<html", "<head", "<body")):
        return True
    marks = len(_MARKUP.findall(start))
    if content_type and "html" in content_type.lower():
        return marks >= 1
    return start.startswith("<") and marks >= 2
