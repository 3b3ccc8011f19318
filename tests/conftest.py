"""Fixtures that several test modules share."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from common import NASTY, readership


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small demo newsroom, articles with nasty titles among it, and a rejected page."""
    data = tmp_path_factory.mktemp("newsroom")
    made = readership(data, "demo", "--articles", "40", "--months", "3", "--json")
    assert made.returncode == 0, made.stderr[-2000:]
    inputs = tmp_path_factory.mktemp("inputs")
    names = ("site", "article_key", "url", "language", "section", "title", "published_at", "body")
    moment = "2026-11-20T10:00:00+05:00"
    articles: list[tuple[object, ...]] = [
        ("el.kz", f"90000{n}", f"https://el.kz/en/nasty_90000{n}/", "en", "News", title, moment, "Body.")
        for n, title in enumerate(NASTY)
    ]
    _write(inputs / "articles.csv", names, articles)
    readings: list[tuple[object, ...]] = [
        ("el.kz", f"90000{n}", f"2026-11-2{day}T12:00:00+05:00", 1_000_000 * day + n)
        for n in range(len(NASTY))
        for day in (0, 1)
    ]
    _write(inputs / "counters.csv", ("site", "article_key", "observed_at", "views"), readings)
    (inputs / "empty.html").write_text("<html><body></body></html>")
    made = readership(data, "ingest", str(inputs), "--json")
    assert made.returncode == 1, made.stderr[-2000:]
    return data


def _write(path: Path, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
