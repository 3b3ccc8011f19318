"""Bring the catalogues up to the messages in the code: `python -m readership.i18n.update` (for developers).

New messages are added untranslated, gone ones dropped; nothing is guessed from similar messages. The test of the
catalogues says which messages still want words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = Path(__file__).with_name("catalogues")
# Functions that take messages, and where: `page(title, question)` holds two, `say_n(one, many, n)` two forms of one.
SINGLE = {"say": 1, "mark": 1, "_": 1, "page": 2}
PLURAL = "say_n"
# What readers of pages see. The command line and the store speak English.
SPEAKING = ("ui", "figures", "queries", "exports", "alerts")


def messages() -> Iterator[tuple[Path, int, str | tuple[str, ...]]]:
    """Every message of package and pages: file, line, message (or its two forms).

    Read from the syntax tree, since Babel's own extraction doesn't see into f-strings before Python 3.12.
    """
    folders = [ROOT / "pages", *(ROOT / "src" / "readership" / name for name in SPEAKING)]
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from ((path, node.lineno, message) for message in _said(node))


def _said(call: ast.Call) -> Iterator[str | tuple[str, ...]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [part.value for part in call.args[:2] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if name == PLURAL and len(texts) == 2:
        yield tuple(texts)
    yield from texts[: SINGLE.get(name, 0)]


def template() -> Catalog:
    """A catalogue of the messages alone."""
    found = Catalog(project="Readership", fuzzy=False)
    for path, line, message in messages():
        found.add(message, locations=[(path.name, line)])
    return found


def main() -> None:
    """Rewrite the `.po` files."""
    fresh = template()
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem)
        catalogue.update(fresh, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        with path.open("wb") as out:
            write_po(out, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)


if __name__ == "__main__":
    main()
