"""A sketch says what Plotly's own figure says for the same calls, and is taken where one is wanted."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from readership.figures.sketch import Sketch


def drawn(fig: Any) -> Any:
    fig.update_layout(height=300, margin={"l": 8, "r": 8}, legend={"orientation": "h"}, colorway=["#111111"])
    fig.update_layout({"title": {"text": "a"}}, barmode="stack")
    fig.update_layout(margin={"l": 3}, title_font_size=9)
    fig.update_xaxes(showgrid=False, nticks=6, title="below")
    fig.update_xaxes(nticks=None, range=[0, 1], tickvals=[1, 2])
    fig.update_yaxes(title="", rangemode="tozero")
    fig.add_scatter(x=[1, None], y=[2.5, 3], mode="lines", line={"width": 0}, fill=None, marker_color="#222222")
    fig.add_bar(x=[date(2024, 5, 1)], y=[1.0], hovertext=["a"], marker={"color": ["#333333"]})
    fig.add_heatmap(z=[[1, None]], x=["a", "b"], showscale=False)
    fig.add_treemap(labels=["a"], parents=[""], values=[1])
    fig.add_scattergeo(lat=[1], lon=[2])
    fig.update_geos(projection_type="natural earth", lataxis_range=[-57, 84], showland=True)
    fig.add_annotation(x=1, y=2, text="t", showarrow=False, font={"size": 12, "color": None})
    fig.add_vline(x=1, line={"color": "#444444", "width": 1})
    fig.add_hline(y=2, line_color="#555555")
    fig.add_vrect(x0="2024-05-01", x1="2024-05-02", fillcolor="#666666", line_width=0, layer="below")
    return fig


def as_sent(fig: Any) -> Any:
    return json.loads(pio.to_json(fig, validate=False))


def test_it_says_what_plotly_s_own_figure_says() -> None:
    assert as_sent(drawn(Sketch())) == as_sent(drawn(go.Figure()))


def test_what_plotly_would_refuse_is_found_by_looking_at_it() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        _ = Sketch().add_scatter(x=[1], nonsense=1).data


def test_it_is_taken_for_a_figure_and_copies_are_apart() -> None:
    sketch = drawn(Sketch())
    twin = copy.deepcopy(sketch)
    assert go.Figure(twin).layout.height == 300
    twin.add_bar(x=[1], y=[1])
    assert len(twin.data) == len(sketch.data) + 1
    assert sketch["layout"].barmode == "stack"


def test_what_is_neither_trace_nor_part_is_no_attribute() -> None:
    with pytest.raises(AttributeError):
        Sketch().nothing_of_the_kind()
