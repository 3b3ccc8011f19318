"""The outlines of countries that Plotly draws maps with, so that neither Chromium nor a page fetches them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import plotly.graph_objects as go

from readership.errors import ReadershipError

# The same file that pages load from /assets (readership.ui.server): it lies beside the package, not in it.
_FILE = Path(__file__).resolve().parents[3] / "static" / "topojson" / "world_110m.json"
_GEO = ("choropleth", "scattergeo")


def needed(fig: go.Figure) -> bool:
    """Whether a figure has a map."""
    return any(trace.type in _GEO for trace in fig.data)


@cache
def script() -> str:
    """A script that hands Plotly the outlines; "" when the file is not there."""
    try:
        outlines = _FILE.read_text(encoding="utf-8")
    except OSError:
        return ""
    return "var PlotlyGeoAssets={topojson:{world_110m:" + outlines.strip().replace("<", "\\u003c") + "}};"


def check(fig: go.Figure) -> None:
    """Refuse to draw a map without outlines: it would come out as an empty sea.

    Raises:
        ReadershipError: they are not there.
    """
    if needed(fig) and not script():
        raise ReadershipError(
            "The outlines of countries are not on this server, so that the map can't be exported.",
            "Run Readership from its own folder, in which `static/topojson` lies.",
        )
