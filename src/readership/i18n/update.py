"""Bring the catalogues up to the messages in the code: `python -m readership.i18n.update` (for developers).

New messages are added untranslated, gone ones dropped; nothing is guessed from similar messages. The test of the
catalogues says which messages still want words.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = Path(__file__).with_name("catalogues")
# `page(title, question)` holds two messages, `say_n(one, many, n)` two forms of one.
PASSES: tuple[dict[str, tuple[int, ...]], ...] = (
    {"say": (1,), "mark": (1,), "page": (1,), "_": (1,)},
    {"page": (2,)},
    {"say_n": (1, 2)},
)


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every message of package and pages: file and line, message (or its two forms)."""
    for path in sorted([*(ROOT / "src" / "readership").rglob("*.py"), *(ROOT / "pages").glob("*.py")]):
        for keywords in PASSES:
            for line, text, _comments, _context in extract("python", io.BytesIO(path.read_bytes()), keywords):
                yield f"{path.name}:{line}", text


def template() -> Catalog:
    """A catalogue of the messages alone."""
    found = Catalog(project="Readership", fuzzy=False)
    for place, message in messages():
        found.add(message, locations=[(place.rpartition(":")[0], int(place.rpartition(":")[2]))])
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
