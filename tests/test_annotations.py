"""Notes are kept: in one transaction, for their readers, through backup and restore; and what goes wrong is said."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from readership import settings as own_settings
from readership.accounts import annotations, state
from readership.errors import DiskFull, StoreBusy, StoreDamaged, StoreTooNew, UsageError
from readership.pipeline import keep
from readership.settings import Settings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return own_settings.load({"READERSHIP_DATA": str(tmp_path / "data")})


def add(settings: Settings, text: str = "Relaunch", hours: int = 0, **more: str) -> annotations.Annotation:
    return annotations.add(settings, NOON + timedelta(hours=hours), text, now=NOON, **more)  # type: ignore[arg-type]


def test_reading_makes_no_file(settings: Settings) -> None:
    assert annotations.listed(settings) == []
    assert not settings.state.exists()


def test_a_note_comes_back_as_it_was_written_in_order_of_moments(settings: Settings) -> None:
    later, first = add(settings, "Елена's <b>note</b>; -- ", 5), add(settings, "First")
    assert annotations.listed(settings) == [first, later]
    assert later.text == "Елена's <b>note</b>; --"


def test_an_offset_is_the_same_instant_in_utc(settings: Settings) -> None:
    almaty = NOON.astimezone(timezone(timedelta(hours=5)))
    assert annotations.add(settings, almaty, "x", now=NOON).at == NOON
    assert annotations.listed(settings)[0].at.tzinfo is UTC


def test_the_window_is_half_open(settings: Settings) -> None:
    for hour in range(3):
        add(settings, str(hour), hour)
    found = annotations.listed(settings, since=NOON, until=NOON + timedelta(hours=2))
    assert [note.text for note in found] == ["0", "1"]


def test_personal_notes_are_for_their_owner_alone(settings: Settings) -> None:
    mine, _theirs = add(settings, "mine", scope="personal"), add(settings, "theirs", scope="personal", owner="b")
    ours = add(settings, "ours", owner="b")
    assert annotations.listed(settings) == [mine, ours]


def test_a_note_is_changed_and_taken_away_by_its_owner_only(settings: Settings) -> None:
    note = add(settings, owner="b")
    with pytest.raises(UsageError, match="isn't yours"):
        annotations.change(settings, note.id, NOON, "Mine now", scope="site")
    with pytest.raises(UsageError, match="isn't yours"):
        annotations.remove(settings, note.id)
    annotations.change(settings, note.id, NOON + timedelta(days=1), "Other words", scope="personal", owner="b")
    (changed,) = annotations.listed(settings, "b")
    assert (changed.text, changed.scope, changed.at) == ("Other words", "personal", NOON + timedelta(days=1))
    annotations.remove(settings, note.id, owner="b")
    assert annotations.listed(settings, "b") == []


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (annotations.MAX_TEXT + 1)])
def test_no_words_or_too_many_are_refused(settings: Settings, text: str) -> None:
    with pytest.raises(UsageError):
        add(settings, text)
    assert annotations.listed(settings) == []


def test_a_moment_without_offset_and_an_unknown_scope_are_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="offset"):
        annotations.add(settings, NOON.replace(tzinfo=None), "x", now=NOON)
    with pytest.raises(UsageError, match="everyone"):
        add(settings, scope="everyone")


def test_readers_do_not_wait_for_a_writer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    add(settings)
    monkeypatch.setattr(state, "WAIT_S", 0.05)
    holder = sqlite3.connect(settings.state, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert len(annotations.listed(settings)) == 1
        with pytest.raises(StoreBusy):
            add(settings)
    finally:
        holder.close()
    assert len(annotations.listed(settings)) == 1


def test_a_block_that_fails_leaves_nothing(settings: Settings) -> None:
    add(settings)
    with pytest.raises(StoreDamaged):
        _delete_and_fail(settings)
    assert len(annotations.listed(settings)) == 1


def _delete_and_fail(settings: Settings) -> None:
    with state.writing(settings) as connection:
        connection.execute("DELETE FROM annotation")
        raise sqlite3.IntegrityError("in the middle")


def test_a_damaged_file_is_said_in_a_plain_sentence(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    settings.state.write_bytes(b"no database" * 500)
    with pytest.raises(StoreDamaged, match="backup"):
        annotations.listed(settings)


def test_a_newer_file_is_left_alone(settings: Settings) -> None:
    add(settings)
    with sqlite3.connect(settings.state) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew):
        annotations.listed(settings)


def test_no_room_is_said(settings: Settings) -> None:
    settings.data.parent.mkdir(parents=True, exist_ok=True)
    settings.data.write_text("a file where the folder should be")
    with pytest.raises(DiskFull):
        add(settings)


def test_only_the_owner_of_the_process_may_read_the_file(settings: Settings) -> None:
    add(settings)
    assert stat.S_IMODE(settings.state.stat().st_mode) == 0o600


def test_notes_come_back_from_a_backup(settings: Settings, tmp_path: Path) -> None:
    kept = [add(settings, "Relaunch"), add(settings, "Only mine", 3, scope="personal")]
    with state.writing(settings):  # a write-ahead log that is still there must not be lost
        keep.backup(settings, tmp_path / "backup.tar")
    again = replace(settings, data=tmp_path / "again", editions=tmp_path / "again" / "editions")
    keep.restore(again, tmp_path / "backup.tar")
    assert annotations.listed(again) == kept
    add(again, "After")
    assert len(annotations.listed(again)) == 3
