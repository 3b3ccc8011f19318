"""The sample pages: complete, and each fact that is expected of a page really stands on it."""

from __future__ import annotations

import csv
import importlib
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readership import sites

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
SHARED = Path(__file__).parents[2] / "shared" / "pages"
EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
ROWS = list(csv.DictReader((SAMPLES / "manifest.csv").read_text("utf-8").splitlines()))


def text_of(file: str) -> str:
    data = (SAMPLES / file).read_bytes()
    return data.decode("cp1251" if b'charset="windows-1251"' in data else "utf-8")


def row_of(name: str) -> dict[str, str]:
    return next(row for row in ROWS if Path(row["file"]).stem == name)


def test_manifest_folder_and_expectations_name_the_same_pages() -> None:
    pages = {path.name for path in SAMPLES.iterdir() if path.suffix in (".txt", ".html")}
    assert {row["file"] for row in ROWS} == pages
    assert {Path(file).stem for file in pages} == set(EXPECTED)
    assert len(pages) >= 25
    assert {file.rpartition(".")[2] for file in pages} == {"txt", "html"}


def test_moments_are_rfc_3339_or_unknown_and_after_publication() -> None:
    assert any(not row["captured_at"] for row in ROWS)
    for row in ROWS:
        published = EXPECTED[Path(row["file"]).stem]["published"]
        if row["captured_at"] and published and len(published) > 20:
            assert datetime.fromisoformat(row["captured_at"]) > datetime.fromisoformat(published), row["file"]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_expected_facts_stand_on_the_page(name: str) -> None:
    row, facts = row_of(name), EXPECTED[name]
    text = text_of(row["file"])
    assert facts["url"] == row["url"]
    assert facts["article_key"] in row["url"]
    for field in ("title", "section", "photo_credit", "cited_source"):
        assert facts[field] is None or facts[field] in text, field
    for author in facts["authors"]:
        assert author in text
    digits = re.sub(r"(?<=\d)[ \u00a0](?=\d)", "", text)
    assert facts["views"] is None or str(facts["views"]) in digits
    for value in facts["rates"].values():
        assert f"{value}" in text


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_offsets_are_those_of_the_sites_zone_on_that_day(name: str) -> None:
    published = EXPECTED[name]["published"]
    site = sites.load().named(EXPECTED[name]["site"])
    if published is None or site is None or len(published) < 20:
        return
    moment = datetime.fromisoformat(published)
    assert moment.replace(tzinfo=ZoneInfo(site.zone)).utcoffset() == moment.utcoffset()


def test_every_kind_of_layout_and_trap_is_there() -> None:
    facts = EXPECTED.values()
    assert {fact["language"] for fact in facts} == {"en", "ru", "kk"}
    assert len({fact["site"] for fact in facts}) >= 8
    assert any(fact["views"] is None for fact in facts)
    assert any(fact["published"] is None for fact in facts)
    assert any(fact["published"] and len(fact["published"]) == 10 for fact in facts)
    assert any(fact["authors"] for fact in facts)
    assert any("\u00a0" in text_of(row["file"]) for row in ROWS)


def test_no_sentence_of_the_shared_pages_was_copied() -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder of shared pages is not beside this repository")
    ours = "\n".join(text_of(row["file"]) for row in ROWS)
    for path in SHARED.glob("*.txt"):
        for sentence in re.split(r"(?<=[.!?])\s+|\n", path.read_text("utf-8")):
            assert len(sentence) < 40 or sentence not in ours, sentence


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_parse_reads_the_expected_facts(name: str) -> None:
    parse = importlib.import_module("readership.parse")
    if not hasattr(parse, "read"):
        pytest.skip("parse is not built yet")
    from readership.models import Capture

    row, facts = row_of(name), EXPECTED[name]
    moment = datetime.fromisoformat(row["captured_at"]) if row["captured_at"] else None
    page = parse.read(Capture((SAMPLES / row["file"]).read_bytes(), row["file"], row["url"], moment), sites.load())
    read = {
        "site": page.site,
        "url": page.url,
        "article_key": page.article_key,
        "section": page.section,
        "title": page.title,
        "authors": list(page.authors),
        "photo_credit": page.photo_credit,
        "published": page.published.local if page.published else None,
        "views": page.views,
        "rates": {rate.currency: float(rate.value) for rate in page.rates},
    }
    assert read == {key: facts[key] for key in read}
