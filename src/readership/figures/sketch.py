"""A Plotly figure written down as plain dictionaries, without the checks that Plotly makes at every property.

Checking is most of the time that a figure takes, and what our figures say is fixed by our own code: tests hold each of
them against Plotly's schema (`figure.data` and `figure.layout` are checked objects). Everything that takes a
`plotly.graph_objects.Figure` takes a `Sketch`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from plotly.basedatatypes import BaseFigure


class Sketch(BaseFigure):  # type: ignore[misc]
    """A figure with one pair of axes: `add_scatter`, `add_bar` …, `update_layout`, `update_xaxes` … as Plotly has them.

    Keywords with underscores reach into parts (`marker_color`), None takes a property away, titles may be texts.
    """

    _traces: list[dict[str, Any]]
    _plan: dict[str, Any]
    _checked: go.Figure | None

    def __init__(self) -> None:
        # Not BaseFigure's own: that makes the checked objects which this class does without.
        put = partial(object.__setattr__, self)
        put("_traces", [])
        put("_plan", {})
        put("_checked", None)
        put("_grid_str", None)
        put("_grid_ref", None)

    def __getattr__(self, name: str) -> Callable[..., Sketch]:
        """`add_scatter`, `add_choropleth` …: a trace of that type; `update_geos` …: a part of the layout."""
        kind, _, what = name.partition("_")
        if kind == "add" and what:
            return partial(self._trace, what)
        if kind == "update" and what.endswith("s"):
            return partial(self._part, what.removesuffix("s"))
        raise AttributeError(name)

    def _trace(self, kind: str, /, **properties: Any) -> Sketch:
        self._traces.append({"type": kind, **_merged({}, properties)})
        return self._changed()

    def _part(self, name: str, /, **properties: Any) -> Sketch:
        _merged(self._plan.setdefault(name, {}), properties)
        return self._changed()

    def update_layout(self, given: Mapping[str, Any] | None = None, /, **properties: Any) -> Sketch:
        """Put properties into the layout."""
        _merged(self._plan, {**(given or {}), **properties})
        return self._changed()

    def update_xaxes(self, **properties: Any) -> Sketch:
        """Put properties into the axis below."""
        return self._part("xaxis", **properties)

    def update_yaxes(self, **properties: Any) -> Sketch:
        """Put properties into the axis at the side."""
        return self._part("yaxis", **properties)

    def add_annotation(self, **properties: Any) -> Sketch:
        """A text at a place."""
        self._plan.setdefault("annotations", []).append(_merged({}, properties))
        return self._changed()

    def add_shape(self, **properties: Any) -> Sketch:
        """A line or an area."""
        self._plan.setdefault("shapes", []).append(_merged({}, properties))
        return self._changed()

    def add_vline(self, x: Any, **properties: Any) -> Sketch:
        """A line from the lower to the upper end."""
        return self.add_vrect(x, x, type="line", **properties)

    def add_vrect(self, x0: Any, x1: Any, **properties: Any) -> Sketch:
        """An area from the lower to the upper end."""
        place = {"type": "rect", "x0": x0, "x1": x1, "y0": 0, "y1": 1, "xref": "x", "yref": "y domain"}
        return self.add_shape(**place | properties)

    def add_hline(self, y: Any, **properties: Any) -> Sketch:
        """A line from the left to the right end."""
        place = {"type": "line", "x0": 0, "x1": 1, "y0": y, "y1": y, "xref": "x domain", "yref": "y"}
        return self.add_shape(**place | properties)

    def to_dict(self) -> dict[str, Any]:
        """The figure as Plotly's schema has it; to be read, not changed."""
        return {"data": self._traces, "layout": {"template": _template(pio.templates.default), **self._plan}}

    def to_plotly_json(self) -> dict[str, Any]:
        """The same."""
        return self.to_dict()

    @property
    def data(self) -> Any:
        """The traces as checked objects, to look at."""
        return self._real().data

    @property
    def layout(self) -> Any:
        """The layout as a checked object, to look at."""
        return self._real().layout

    @property
    def frames(self) -> tuple[()]:
        """None: these figures don't move."""
        return ()

    def __getitem__(self, name: str) -> Any:
        return self._real()[name]

    def __deepcopy__(self, _memo: object) -> Sketch:
        twin = Sketch()
        twin._traces.extend(copy.deepcopy(self._traces))
        twin._plan.update(copy.deepcopy(self._plan))
        return twin

    def __repr__(self) -> str:
        return f"Sketch({[trace['type'] for trace in self._traces]})"

    def _changed(self) -> Sketch:
        object.__setattr__(self, "_checked", None)
        return self

    def _real(self) -> go.Figure:
        if self._checked is None:
            object.__setattr__(self, "_checked", go.Figure(copy.deepcopy(self.to_dict())))
        return self._checked


def _merged(into: dict[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties put into a part: by their paths, None taken away, a title's text in its place."""
    for path, value in properties.items():
        *parts, name = path.split("_")
        place = into
        for part in parts:
            place = place.setdefault(part, {})
        if value is None:
            place.pop(name, None)
        elif name == "title" and isinstance(value, str):
            place.setdefault(name, {})["text"] = value
        elif isinstance(value, Mapping):
            _merged(place.setdefault(name, {}), value)
        else:
            place[name] = value
    return into


@cache
def _template(name: str) -> dict[str, Any]:
    """What figures leave to the page's theme."""
    described: dict[str, Any] = pio.templates[name].to_plotly_json() if name else {}
    return described
