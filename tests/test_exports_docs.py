"""docs/exports.md names everything that a request can say and every field of a proof."""

from __future__ import annotations

import re

import pyarrow as pa

from common import ROOT
from exporting import asked
from readership import exports, queries
from readership.api import exports as route
from readership.exports import figures, sheet

DOC = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
NAMED = {word for part in re.findall(r"`([^`\n]+)`", DOC) for word in re.split(r"[,\s=:]+", part)}


def test_every_name_of_the_selection_is_documented() -> None:
    several = {queries.URL_NAMES[name] for name in queries.VALUES}
    assert {*queries.URL_NAMES.values(), *(f"no_{name}" for name in several), *route._OWN} - NAMED == set()


def test_every_format_is_documented() -> None:
    assert set(exports.TABLES) - NAMED == set()
    assert all(form.upper() in DOC for form in figures.MEDIA)
    assert f"{sheet.MAX_ROWS:,}" in DOC
    assert f"{sheet.MAX_TEXT:,}" in DOC


def test_every_field_of_a_proof_is_documented() -> None:
    with exports.table_of_batches([pa.record_batch({"a": [1]})], asked(), "csv") as made:
        assert made.proof is not None
        assert set(made.proof.as_dict()) - {"sha256_of"} - NAMED == set()
