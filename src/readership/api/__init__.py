"""What the launcher serves beside the pages: exports and the JSON API."""

from starlette.routing import Route

from readership.api import exports, v1
from readership.api.exports import Pages
from readership.settings import Settings


def routes(settings: Settings, pages: Pages) -> list[Route]:
    """The routes to mount on the launcher; `pages` are what exports of pages are made of."""
    return [*exports.routes(settings, pages), *v1.routes(settings)]
