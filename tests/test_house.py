"""Pages and launcher hold no logic: read as syntax trees, they import little and compute nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "pages").glob("*.py"))
FILES = [ROOT / "app.py", *PAGES]
ALLOWED = {"streamlit", "readership.ui", "readership.ui.server", "readership.figures", "readership"}
LAUNCHER = frozenset({"readership.settings", "readership.api", "readership.ui.exported"})
"""What the launcher puts together besides: rooms that don't know one another."""
MAX_LINES = 60
SQL = ("select ", "insert ", "update ", "delete ", "with ", "from ")
FRAME_WORK = {
    "groupby", "merge", "join", "pivot", "pivot_table", "query", "assign", "apply", "sort_values", "loc", "iloc",
    "cumsum", "sum", "mean", "rolling", "resample", "map", "fillna", "dropna", "astype",
}  # fmt: skip


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {
                f"{node.module}.{alias.name}" if node.module == "readership" else str(node.module)
                for alias in node.names
            }
    return names


def _lines_of_imports(tree: ast.Module) -> int:
    """A name a line is the formatter's doing, not the page's length."""
    found = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in found)


def complaints(source: str, more: frozenset[str] = frozenset()) -> list[str]:
    """What a page does that a page must not do."""
    tree = ast.parse(source)
    found = [f"imports {name}" for name in imported(tree) - ALLOWED - more]
    if len(source.splitlines()) - _lines_of_imports(tree) > MAX_LINES:
        found.append(f"has more than {MAX_LINES} lines")
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            found.append(f"line {node.lineno}: computes")
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            found.append(f"line {node.lineno}: defines something of its own")
        elif isinstance(node, ast.Attribute) and node.attr in FRAME_WORK:
            found.append(f"line {node.lineno}: works on a frame ({node.attr})")
        elif isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            found.append(f"line {node.value.lineno}: lets HTML in")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower().startswith(SQL):
            found.append(f"line {node.lineno}: looks like SQL")
        elif isinstance(node, ast.Attribute) and node.attr in {"markdown", "write", "html", "components"}:
            found.append(f"line {node.lineno}: writes Markdown or HTML itself ({node.attr})")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_only_lays_out(path: Path) -> None:
    assert complaints(path.read_text(encoding="utf-8"), LAUNCHER if path.stem == "app" else frozenset()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pandas",
        "import duckdb",
        "from readership import queries",
        "x = 1 + 1",
        "rows.groupby('a')",
        "q = 'SELECT 1'",
        "import streamlit as st\nst.markdown('x', unsafe_allow_html=True)",
        "def f(): pass",
        "\n" * 61,
    ],
)
def test_the_guard_sees_what_it_must(source: str) -> None:
    assert complaints(source)


def test_no_html_is_let_through_anywhere() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html"]
        assert not words, path


def test_every_page_is_in_the_table_of_pages() -> None:
    from readership.ui.shell import PAGES as ENTRIES
    from readership.ui.shell import SHARED

    assert {path.stem for path in PAGES} == {entry.file for entry in (*ENTRIES, SHARED)}


def test_no_pages_folder_beside_the_script() -> None:
    """Beside it, Streamlit would serve pages without the router until somebody has opened the start page."""
    from readership.ui.server import SCRIPT

    assert not (SCRIPT.parent / "pages").exists()
