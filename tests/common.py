"""What several test modules use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NASTY = (
    "<b>HTML</b> <img src=x onerror=alert(1)> & more",
    ":red[red] $x^2$ **bold** [link](http://127.0.0.9/x) ![image](http://127.0.0.9/x.png) :tada: -> www.example.org",
    '=HYPERLINK("http://127.0.0.9/x")',
)
"""Titles as an attacker would print them; each has the article key 90000 and its place."""


def readership(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on a data folder."""
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "readership.cli", *arguments],
        env=os.environ | {"READERSHIP_DATA": str(data), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
