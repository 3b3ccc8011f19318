"""What fault tests start from."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import stores

FULL = os.environ.get("READERSHIP_FAULTS") == "full"
"""The whole of it; otherwise a short form in every run."""


@dataclass(frozen=True)
class Ground:
    """Before: a store; given: what is to be taken; after: what an undisturbed run makes of both."""

    data: Path
    given: tuple[Path, ...]
    before: stores.Sums
    after: stores.Sums
    sums: dict[str, object]
    seconds: float

    def copy(self, folder: Path) -> Path:
        """A data folder of its own to break."""
        return Path(shutil.copytree(self.data, folder))

    def proven(self, data: Path) -> None:
        """Takes the input again, undisturbed: everything is there, once, and published."""
        stores.taken(stores.settings_of(data), *self.given)
        assert stores.facts(data) == self.after
        assert stores.sums(data) == self.sums
