"""The collector's only clock: tests give another one, and a month passes in seconds."""

from __future__ import annotations

import threading
from datetime import UTC, datetime


class Clock:
    """The machine's clock, with a bell that ends every sleep."""

    def __init__(self) -> None:
        self._bell = threading.Event()

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Waits, or less when `stop` is called."""
        self._bell.wait(max(0.0, seconds))

    def stop(self) -> None:
        """Ends the run in an orderly way: nothing new is requested, what was had is taken in."""
        self._bell.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._bell.is_set()
