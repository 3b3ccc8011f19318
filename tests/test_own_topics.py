"""A newsroom's own topics file: read with the pages, and laid over the archive by reclassify."""

from dataclasses import replace
from pathlib import Path

import pytest

import stores
from readership import settings as settings_module
from readership.errors import UsageError
from readership.pipeline.ingest import ingest
from readership.pipeline.reclassify import reclassify
from readership.queries import current, fetch
from readership.queries.selection import Selection
from readership.settings import Settings

OWN = "topic\trails\teconomy-business-finance\tRails\nterm\ten\trailway*\trails\t5\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stores.settings_of(tmp_path / "data")


def topics_of(settings: Settings) -> set[str]:
    edition = current(settings)
    assert edition is not None
    return set(fetch("group_views", Selection(), edition, dimension="topic")["value"])


def test_the_file_is_found_beside_the_data(tmp_path: Path) -> None:
    assert settings_module.load({"READERSHIP_DATA": str(tmp_path)}).topics_file is None
    (tmp_path / "topics.tsv").write_text(OWN)
    assert settings_module.load({"READERSHIP_DATA": str(tmp_path)}).topics_file == tmp_path / "topics.tsv"
    named = settings_module.load({"READERSHIP_DATA": str(tmp_path), "READERSHIP_TOPICS": str(tmp_path / "other.tsv")})
    assert named.topics_file == tmp_path / "other.tsv"


def test_pages_are_read_with_the_own_topics(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "topics.tsv"
    own.write_text(OWN)
    ingest(replace(settings, topics_file=own), [stores.folder(tmp_path / "in", stores.copies([201], 1))])
    assert "rails" in topics_of(settings)


def test_reclassify_lays_them_over_the_archive(settings: Settings, tmp_path: Path) -> None:
    ingest(settings, [stores.folder(tmp_path / "in", stores.copies([201], 1))])
    assert "rails" not in topics_of(settings)
    own = tmp_path / "topics.tsv"
    own.write_text(OWN)
    reclassify(replace(settings, topics_file=own))
    assert "rails" in topics_of(settings)


def test_a_bad_file_is_told_before_anything_is_taken(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "topics.tsv"
    own.write_text("topic\tsport\t-\tGames\nterm\txx\tword\tsport\t1\n")
    with pytest.raises(UsageError, match="Line 2"):
        ingest(replace(settings, topics_file=own), [stores.folder(tmp_path / "in", stores.copies([201], 1))])
    assert current(settings) is None
