"""What the launcher serves beside the pages: the JSON API (`v1`)."""

from starlette.routing import Route

from readership.api import v1
from readership.settings import Settings


def routes(settings: Settings) -> list[Route]:
    """The routes to mount on the launcher."""
    return v1.routes(settings)
