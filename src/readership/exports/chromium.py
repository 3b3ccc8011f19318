"""The one Chromium that draws figures: started when the first figure is asked for, stopped with the process."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import threading
from collections.abc import Coroutine
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal

import plotly.graph_objects as go

from readership.errors import ReadershipError
from readership.exports import maps

Picture = Literal["png", "svg", "pdf"]
START_S, DRAW_S, STOP_S = 60, 60, 10
INSTALL = (
    "Install Chromium on the server (`apt install chromium`, or `choreo_get_chrome` of the Python environment), or set "
    "BROWSER_PATH to one. HTML needs none, and the figure's own tool bar saves PNG and SVG in your browser."
)
_MISSING, _SILENT = "This server has no Chromium to draw PNG, SVG and PDF with.", "Chromium did not start."
# What the drawing page may load: the two scripts beside it. A figure that names an address gets nothing from there.
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src file: 'unsafe-inline' "
    "'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src file: data: blob:\">"
)


def available() -> bool:
    """Whether a Chromium is found: what a page asks before it offers pictures."""
    from choreographer.browsers.chromium import Chromium

    found = Chromium.find_browser(skip_local=False)
    return found is not None and Path(found).is_file()


def draw(figure: go.Figure, form: Picture, *, width: int, height: int, scale: float = 1) -> bytes:
    """The figure as the bytes of a picture.

    Args:
        width, height: CSS pixels; a PNG has `scale` times as many.

    Raises:
        ReadershipError: there is no Chromium, or it does not answer; the hint says what to install.
    """
    options = {"format": form, "width": width, "height": height, "scale": scale}
    return _SERVER.run(figure.to_dict(), options)


def stop() -> None:
    """Stop Chromium if it runs; the next figure starts it again."""
    _SERVER.stop()


class _Server:
    """A loop in a thread of its own with one open Kaleido. Kaleido's own server waits for ever once Chromium died."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._kaleido: Any = None

    def run(self, figure: dict[str, Any], options: dict[str, Any]) -> bytes:
        """Draw one figure; one after another, whoever asks."""
        with self._guard:
            for last in (False, True):
                self._start()
                try:
                    picture: bytes = self._wait(self._kaleido.calc_fig(figure, opts=options), DRAW_S)
                    return picture
                except Exception as error:
                    self._close()
                    if last:
                        raise ReadershipError("Chromium could not draw this figure.", INSTALL) from error
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Close Chromium and end the thread."""
        with self._guard:
            self._close()

    def _start(self) -> None:
        if self._kaleido is not None:
            return
        if not available():
            raise ReadershipError(_MISSING, INSTALL)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="readership-chromium", daemon=True)
        self._thread.start()
        try:
            self._kaleido = self._wait(_opened(), START_S)
        except Exception as error:
            self._close()
            raise ReadershipError(_SILENT, INSTALL) from error
        atexit.register(self.stop)

    def _close(self) -> None:
        kaleido, self._kaleido = self._kaleido, None
        if kaleido is not None:
            atexit.unregister(self.stop)
            with suppress(Exception):  # it may be gone already; then nothing is left to close
                self._wait(kaleido.close(), STOP_S)
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_S)
            if not self._thread.is_alive():
                self._loop.close()
        self._loop = self._thread = None

    def _wait(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        assert self._loop is not None
        done = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return done.result(seconds)
        except concurrent.futures.TimeoutError:
            done.cancel()
            raise


async def _opened() -> Any:
    from kaleido import Kaleido

    kaleido = Kaleido(n=1, timeout=DRAW_S, page_generator=_page())
    await kaleido.open()
    return kaleido


@cache
def _page() -> Any:
    from kaleido import PageGenerator

    page = PageGenerator(mathjax=False)
    page.header = page.header.replace("<head>", f"<head>{_POLICY}<script>{maps.script()}</script>", 1)
    return page


_SERVER = _Server()
