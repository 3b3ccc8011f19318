"""Figures as PNG, SVG, PDF and as a page that opens offline; each says under the drawing what was selected and when.

The proof is in the file: PNG as a text chunk, SVG in `metadata`, PDF in its document information, HTML as JSON.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import struct
import textwrap
import zlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from typing import IO, Any, Literal, Protocol

import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from readership.errors import UsageError
from readership.exports import cells, chromium, maps, tables, text
from readership.exports.files import Export, finished
from readership.exports.proof import Asked, Proof
from readership.i18n import Language

Format = Literal["png", "svg", "pdf", "html"]
MEDIA = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "html": "text/html; charset=utf-8"}
WIDTH, HEIGHT, SCALE = 960, 320, 2
KEYWORD = "readership.proof"
_INK, _PALE = "#1c1f23", "#5b6168"
_WRAP = {"title": 78, "subtitle": 115, "caption": 128}
"""Characters a line, for the widest of the fonts below."""
_LINE = 25
_FONT = "'Source Sans 3', 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"


class Drawing(Protocol):
    """A figure with its words, as `readership.figures` makes them."""

    @property
    def fig(self) -> go.Figure: ...
    @property
    def title(self) -> str: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def alt(self) -> str: ...


def of_drawing(drawing: Drawing, rows: pd.DataFrame | None, asked: Asked, form: str, *, name: str = "") -> Export:
    """A figure as a file.

    Args:
        rows: exactly what it draws; they are counted and hashed for the proof. None: it draws the whole answer, which
            is asked once more.
        asked: the question that the rows answer.
        name: short ASCII name for the file, the query's when empty.

    Raises:
        UsageError: no such format.
        ReadershipError: a picture was asked for and there is no Chromium.
    """
    if form not in MEDIA:
        raise UsageError(f"There is no format “{form[:20]}”.", f"Choose one of {', '.join(MEDIA)}.")
    maps.check(drawing.fig)
    proof = tables.proof_of(tables.answer(asked) if rows is None else cells.from_frame(rows), asked)
    data = _page(drawing, proof, asked.language) if form == "html" else _picture(drawing, proof, form, asked.language)

    def write(file: IO[bytes]) -> Proof:
        file.write(data)
        return proof

    what = name or asked.query.name
    return finished(write, what=what, edition=asked.edition.number, ending=form, media_type=MEDIA[form])


def _picture(drawing: Drawing, proof: Proof, form: str, language: Language) -> bytes:
    whole, height = composed(drawing, proof.caption(language))
    kind: chromium.Picture = "png" if form == "png" else "svg" if form == "svg" else "pdf"
    drawn = chromium.draw(whole, kind, width=WIDTH, height=height, scale=SCALE if form == "png" else 1)
    return _SEALS[form](drawn, drawing, proof)


def composed(drawing: Drawing, caption: str) -> tuple[go.Figure, int]:
    """The figure on white with its title above and the caption below, and its height in pixels."""
    fig = go.Figure(deepcopy(drawing.fig))
    layout = fig.layout
    head, head_height = _head(drawing)
    foot = textwrap.wrap(caption, _WRAP["caption"]) or [""]
    foot_height = 14 * len(foot) + 10
    top = (layout.margin.t or 8) + head_height
    height = int(layout.height or HEIGHT) + head_height + foot_height
    _leave_room(fig, len(foot))
    fig.update_layout(
        template=_template(), width=WIDTH, height=height, paper_bgcolor="white", plot_bgcolor="white",
        font={"family": _FONT, "color": _INK}, margin={"l": 16, "r": 16, "t": top, "b": foot_height + 8},
        title={"text": head, "x": 0, "xref": "container", "xanchor": "left", "y": 1 - 26 / height, "yref": "container",
               "yanchor": "top", "pad": {"l": 16}, "font": {"size": 19}},
    )  # fmt: skip
    # From the upper edge of the drawing, whose place is known; the lower one moves with the labels of the axis.
    fig.add_annotation(
        text=_lines(foot), x=1, xref="paper", xanchor="right", y=1, yref="paper", yanchor="bottom",
        yshift=-(height - top - 8), align="right", showarrow=False, font={"size": 11, "color": _PALE},
    )  # fmt: skip
    return fig, height


@cache
def _template() -> go.layout.Template:
    """White paper; what a figure leaves to the page's theme gets the house's blue."""
    scale = [[0, "#eef4f9"], [1, "#1f7ab8"]]
    axis = {"gridcolor": "#e4e8ec", "linecolor": "#c9cfd5", "zerolinecolor": "#c9cfd5"}
    return go.layout.Template(
        layout={"xaxis": axis, "yaxis": axis, "colorscale": {"sequential": scale}, "paper_bgcolor": "white"},
        data={"heatmap": [{"colorscale": scale}], "choropleth": [{"colorscale": scale}]},
    )


def _head(drawing: Drawing) -> tuple[str, int]:
    title = textwrap.wrap(text.one_line(drawing.title), _WRAP["title"])
    sub = textwrap.wrap(text.one_line(drawing.subtitle), _WRAP["subtitle"])
    small = f'<span style="font-size:13px;color:{_PALE}">{_lines(sub)}</span>'
    return f"{_lines(title)}<br>{small}" if sub else _lines(title), _LINE * (len(title) + len(sub)) + 24


def _lines(lines: list[str]) -> str:
    """Lines for Plotly, which reads a little HTML, so that they come out as they stand."""
    return "<br>".join(html.escape(line) for line in lines)


def _leave_room(fig: go.Figure, lines: int) -> None:
    """Empty lines below the labels of the lower axes: margins grow with an axis' title, never with an annotation."""
    room = "<br>".join(["\u00a0"] * lines)
    for axis in fig.select_xaxes():
        words = f"{axis.title.text}<br>{room}" if axis.title.text else room
        axis.update(automargin=True, title={"text": words, "font": {"size": 11}, "standoff": 12})


# -- the proof inside of a picture -------------------------------------------------------------------------------------
def _seal_png(drawn: bytes, _drawing: Drawing, proof: Proof) -> bytes:
    """The proof as an international text chunk (PNG 11.3.3.4) after the header chunk."""
    chunk = b"iTXt" + KEYWORD.encode() + b"\0\0\0\0\0" + proof.to_json().encode()
    at = 8 + 25  # signature, then IHDR with its length and sum
    return drawn[:at] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + drawn[at:]


def _seal_svg(drawn: bytes, drawing: Drawing, proof: Proof) -> bytes:
    """Title, description and proof as the first elements, where SVG wants them."""
    svg = drawn.decode()
    end = svg.index(">", svg.index("<svg")) + 1
    title, alt, facts = (html.escape(text.visible(part)) for part in (drawing.title, drawing.alt, proof.to_json()))
    words = f'<title>{title}</title><desc>{alt}</desc><metadata id="{KEYWORD}">{facts}</metadata>'
    return (svg[:end] + words + svg[end:]).encode()


def _seal_pdf(drawn: bytes, drawing: Drawing, proof: Proof) -> bytes:
    """Title, description and proof as document information, in an incremental update (PDF 32000-1, 7.5.6)."""
    found = re.search(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", drawn, re.DOTALL)
    if found is None:
        return drawn
    size, root = re.search(rb"/Size (\d+)", found[1]), re.search(rb"/Root \d+ \d+ R", found[1])
    if size is None or root is None:
        return drawn
    number, base = int(size[1]), drawn.rstrip() + b"\n"
    entries = {"Title": drawing.title, "Subject": drawing.alt, "Keywords": proof.to_json(), "Creator": "Readership"}
    info = "".join(f"/{name} <{_pdf_text(value)}>" for name, value in entries.items())
    body = f"{number} 0 obj\n<<{info}>>\nendobj\n".encode()
    table = f"xref\n0 1\n0000000000 65535 f \n{number} 1\n{len(base):010} 00000 n \n".encode()
    trailer = b"trailer\n<</Size %d\n%s\n/Info %d 0 R\n/Prev %s>>\n" % (number + 1, root[0], number, found[2])
    return base + body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(base) + len(body))


def _pdf_text(value: str) -> str:
    return ("\ufeff" + text.visible(value)).encode("utf-16-be").hex()


_SEALS: dict[str, Callable[[bytes, Drawing, Proof], bytes]] = {"png": _seal_png, "svg": _seal_svg, "pdf": _seal_pdf}


# -- a page that opens offline -----------------------------------------------------------------------------------------
_START = (
    "const read=id=>JSON.parse(document.getElementById(id).textContent);const figure=read('figure');"
    "Plotly.newPlot('drawing',figure.data,figure.layout,read('settings'));"
)
_STYLE = (
    "body{margin:24px auto;max-width:1100px;padding:0 16px;font:15px/1.45 system-ui,sans-serif;color:#1c1f23;"
    "background:#fff}h1{font-size:22px;margin:0}p{margin:.4em 0;color:#5b6168}dl{display:grid;"
    "grid-template-columns:max-content 1fr;gap:2px 16px;font-size:13px}dd{margin:0;overflow-wrap:anywhere}"
)


def _page(drawing: Drawing, proof: Proof, language: Language) -> bytes:
    """The figure as one HTML file: Plotly inside, nothing loaded, nothing sent."""
    fig = go.Figure(deepcopy(drawing.fig))
    fig.update_layout(template=_template(), autosize=True, width=None, font={"family": _FONT, "color": _INK})
    facts = "".join(f"<dt>{_html(name)}</dt><dd>{_html(value)}</dd>" for name, value in proof.lines(language))
    scripts = (_library(), *([maps.script()] if maps.needed(fig) else []), _START)
    parts = (
        f'<!doctype html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">\n'
        f"<title>{_html(drawing.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_html(drawing.title)}</h1>\n<p>{_html(drawing.subtitle)}</p>\n"
        f'<figure id="drawing" role="img" aria-label="{_html(drawing.alt)}" style="margin:0"></figure>\n'
        f"<p>{_html(proof.caption(language))}</p>\n<dl>{facts}</dl>\n",
        _data("figure", fig.to_json()), _data("settings", json.dumps(_settings(proof))),
        _data(KEYWORD, proof.to_json()),
        *(f"<script>{part}</script>\n" for part in scripts), "</body>\n</html>\n",
    )  # fmt: skip
    return "".join(parts).encode()


def _settings(proof: Proof) -> dict[str, Any]:
    name = f"readership-{proof.query}-{proof.edition}-{proof.sha256[:8]}"
    return {
        "responsive": True, "displaylogo": False, "showSendToCloud": False, "plotlyServerURL": "",
        "toImageButtonOptions": {"format": "svg", "filename": name},
    }  # fmt: skip


def _data(name: str, value: str) -> str:
    """JSON in a page: no text in it can end the element."""
    safe = value.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return f'<script type="application/json" id="{name}">{safe}</script>\n'


def _html(value: str) -> str:
    return html.escape(text.one_line(value))


@cache
def _library() -> str:
    return str(get_plotlyjs())


def _policy(scripts: Sequence[str]) -> str:
    """Only the page's own scripts run, by their hashes, and nothing at all is loaded."""
    return (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


@cache
def _hash(part: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"
