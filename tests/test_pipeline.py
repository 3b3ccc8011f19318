"""The pipeline: what comes in twice, is taken back, forgotten, lost, damaged, backed up. Every store is a real one."""

from __future__ import annotations

import json
import random
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import stores
from readership import queries
from readership.errors import ArchiveDamaged, InputRefused, UsageError
from readership.pipeline import keep, purge, recover, takeback
from readership.pipeline.ingest import Options, ingest
from readership.pipeline.publish import publish
from readership.settings import Settings
from readership.store import archive, edition, ledger
from readership.store.ids import article_id
from readership.store.writer import Writer

KEYS = range(101, 107)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three batches: pages; the same and later ones; counters with some of the same moments."""
    data, work = tmp_path_factory.mktemp("made") / "data", tmp_path_factory.mktemp("inputs")
    settings = stores.settings_of(data)
    stores.taken(settings, stores.folder(work / "one", stores.copies(KEYS, 2)), publish=False)
    stores.taken(settings, stores.zipped(work / "two.zip", stores.copies(KEYS, 3)), publish=False)
    stores.taken(settings, stores.counters(work / "counters.csv", [*KEYS, 900]))
    return data


@pytest.fixture
def settings(made: Path, tmp_path: Path) -> Settings:
    """A copy of it to break."""
    return stores.settings_of(Path(shutil.copytree(made, tmp_path / "data")))


def batches(settings: Settings) -> list[str]:
    return list(ledger.live(ledger.read(settings.ledger)[0]))


def entries(settings: Settings) -> list[ledger.Entry]:
    return ledger.read(settings.ledger)[0]


# -- the same again


@pytest.mark.parametrize("how", ["same", "renamed", "shuffled", "zipped", "overlapping"])
def test_pages_that_came_before_add_nothing(settings: Settings, tmp_path: Path, how: str) -> None:
    before, total = stores.facts(settings.data), stores.sums(settings.data)
    found = stores.copies(KEYS, 2)
    if how == "renamed":
        found = [(f"other-{name}", *rest) for name, *rest in found]  # type: ignore[misc]
    if how == "shuffled":
        random.Random(1).shuffle(found)
    if how == "overlapping":
        found = stores.copies(KEYS, 2, start=1)
    given = stores.zipped(tmp_path / "x.zip", found) if how == "zipped" else stores.folder(tmp_path / "x", found)
    stores.taken(settings, given)
    assert stores.facts(settings.data) == before
    assert stores.sums(settings.data) == total


@pytest.mark.parametrize("how", ["same", "renamed", "shuffled", "parquet", "overlapping"])
def test_tables_that_came_before_add_nothing(settings: Settings, tmp_path: Path, how: str) -> None:
    names = ("site", "article_key", "observed_at", "views")
    rows: list[tuple[object, ...]] = [
        ("el.kz", str(key), f"2024-07-0{day}T00:00:00Z", key * day) for key in KEYS for day in (1, 2)
    ]
    rows += [("el.kz", "101", "", 77), ("el.kz", "102", "", 78)]
    stores.taken(settings, stores.table(tmp_path / "first.csv", names, rows), publish=False)
    before = stores.facts(settings.data)
    path = tmp_path / ("second.csv" if how == "renamed" else "first.csv")
    if how == "shuffled":
        random.Random(1).shuffle(rows)
    if how == "overlapping":
        rows = rows[3:]
    stores.table(path, names, rows)
    if how == "parquet":
        columns = {name: [None if row[at] == "" else row[at] for row in rows] for at, name in enumerate(names)}
        path = tmp_path / "first.parquet"
        pq.write_table(pa.table(columns), path)
    stores.taken(settings, path, publish=False)
    assert stores.facts(settings.data) == before


def test_articles_of_a_renamed_table_add_nothing(settings: Settings, tmp_path: Path) -> None:
    names, rows = ("site", "article_key", "title", "body"), [("el.kz", "5", "A title of five words", "A body.")]
    stores.taken(settings, stores.table(tmp_path / "a.csv", names, rows), publish=False)
    before = stores.facts(settings.data)
    stores.taken(settings, stores.table(tmp_path / "b.csv", names, rows), publish=False)
    assert stores.facts(settings.data) == before


# -- gone pages, wrong clocks


def vanished(settings: Settings) -> dict[str, datetime | None]:
    current = queries.current(settings)
    assert current is not None
    with duckdb.connect(str(current.path), read_only=True) as found:
        return dict(found.execute("SELECT article_key, vanished_at FROM article").fetchall())


@pytest.mark.parametrize(
    "text", ["404\nPage not found\nThe material was removed.\n", "Страница не найдена\n", "404\nБет табылмады\n"]
)
def test_a_saved_deletion_notice_marks_its_article_as_vanished(settings: Settings, tmp_path: Path, text: str) -> None:
    (tmp_path / "gone.txt").write_text(text)
    options = Options(url=stores.url(101), captured_at=datetime(2024, 6, 2, 3, tzinfo=UTC))
    summary = ingest(settings, [tmp_path / "gone.txt"], options)
    assert (summary.accepted, summary.rejected) == (1, 0)
    found = vanished(settings)
    assert found.pop("101") == datetime(2024, 6, 2, 3)
    assert set(found.values()) == {None}


def test_a_notice_for_an_article_never_seen_makes_no_article(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text("404\nPage not found\n")
    ingest(
        settings, [tmp_path / "gone.txt"], Options(url=stores.url(5555), captured_at=datetime(2024, 6, 2, tzinfo=UTC))
    )
    assert "5555" not in vanished(settings)


def test_a_notice_without_url_is_rejected_and_kept(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text("404\nPage not found\n")
    summary = ingest(settings, [tmp_path / "gone.txt"])
    assert "not there any more" in summary.rejects[0].reason
    assert (settings.quarantine / str(summary.rejects[0].sha256)).read_text() == "404\nPage not found\n"


def test_moments_that_have_not_come_are_rejected_with_a_reason(settings: Settings, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    soon, late = now + timedelta(minutes=9), now + timedelta(minutes=30)
    names = ("site", "article_key", "observed_at", "views")
    rows = [("el.kz", "101", soon.isoformat(), 5000), ("el.kz", "101", late.isoformat(), 5001)]
    table = stores.table(tmp_path / "clock.csv", names, rows)
    found = [("a.txt", stores.url(101), late.isoformat(), stores.page(101, 5002))]
    summary = ingest(settings, [table, stores.folder(tmp_path / "pages", found)])
    assert summary.added["observation"] == 1
    assert len(summary.rejects) == 2
    assert all("future" in reject.reason for reject in summary.rejects)


def test_a_page_that_breaks_the_reader_costs_only_itself(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from readership.pipeline import batches as module

    read_page = module.read.read_page

    def fail(capture, sites, own_topics):  # type: ignore[no-untyped-def]
        if b"story 201" in capture.body:
            raise RecursionError
        return read_page(capture, sites, own_topics)

    monkeypatch.setattr(module.read, "read_page", fail)
    summary = ingest(settings, [stores.folder(tmp_path / "in", stores.copies([201, 202], 1))])
    assert (summary.accepted, summary.rejected) == (1, 1)
    assert (settings.quarantine / str(summary.rejects[0].sha256)).read_bytes() == stores.page(201, 100 + 201 % 13)


# -- undo


def test_an_undone_batch_leaves_what_others_brought_too(settings: Settings, tmp_path: Path) -> None:
    first, second, third = batches(settings)
    done = takeback.undo(settings, first)
    assert second in done.reloaded
    other = stores.settings_of(tmp_path / "other")
    stores.taken(other, stores.zipped(tmp_path / "two.zip", stores.copies(KEYS, 3)), publish=False)
    stores.taken(other, stores.counters(tmp_path / "counters.csv", [*KEYS, 900]))
    assert stores.facts(settings.data) == stores.facts(other.data)
    assert stores.sums(settings.data) == stores.sums(other.data)
    assert keep.check(settings).problems == []
    with pytest.raises(UsageError, match="no batch"):
        takeback.undo(settings, first)
    assert batches(settings) == [second, third]


def test_undo_of_the_only_bringer_takes_all_of_it(settings: Settings) -> None:
    takeback.undo(settings, batches(settings)[2])
    assert stores.facts(settings.data)["observation"][0] == 18
    assert "900" not in vanished(settings)


@pytest.mark.parametrize("dies", ["delete_facts", "delete_batch"])
def test_an_undo_that_dies_is_seen_through_by_the_next_opening(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    shutil.copytree(settings.data, tmp_path / "twin")
    twin = stores.settings_of(tmp_path / "twin")
    first = batches(settings)[0]
    takeback.undo(twin, first)
    through = getattr(Writer, dies)

    def die(store: Writer, batch: str) -> int:
        if dies == "delete_facts":
            through(store, batch)
        raise KeyboardInterrupt

    monkeypatch.setattr(Writer, dies, die)
    with pytest.raises(KeyboardInterrupt):
        takeback.undo(settings, first)
    monkeypatch.undo()
    publish(settings)
    assert stores.facts(settings.data) == stores.facts(twin.data)
    assert stores.sums(settings.data) == stores.sums(twin.data)


def test_undo_refuses_when_shared_facts_could_not_come_back(settings: Settings) -> None:
    first, second, _ = batches(settings)
    shutil.rmtree(settings.archive / second)
    before = stores.facts(settings.data)
    with pytest.raises(ArchiveDamaged, match="shares facts"):
        takeback.undo(settings, first)
    assert stores.facts(settings.data) == before


# -- takedown


def holders(settings: Settings, words: bytes) -> list[str]:
    """Files of the data folder whose bytes, unpacked, hold some words."""
    found = []
    for path in settings.data.rglob("*"):
        if path.is_file() and path.suffix != ".duckdb":
            data = path.read_bytes()
            if path.name == archive.PAGES:
                data = b"".join(capture.body for capture in archive.pages(path.parent))
            if path.suffix == ".parquet":
                data = str(pq.read_table(path).to_pydict()).encode()
            if words in data:
                found.append(path.name)
    return found


def tables(settings: Settings, work: Path) -> None:
    """Tables in which article 101 stands beside others."""
    stores.taken(settings, stores.table(work / "articles.csv", ("url", "title", "body"), [
        (stores.url(101), "SECRET title of the article", "SECRET body"), (stores.url(301), "Another title", "Body"),
    ]), publish=False)  # fmt: skip
    pq.write_table(
        pa.table(
            {"site": ["el.kz"] * 2, "article_key": ["101", "302"], "title": ["SECRET title again", "A plain title"]}
        ),
        work / "articles.parquet",
    )
    stores.taken(settings, work / "articles.parquet", publish=False)
    gains = stores.table(work / "gains.csv", ("Seite", "day", "views"), [
        ("/en/x_101/", "2024-05-11", 7), ("/en/x_303/", "2024-05-11", 9),
    ])  # fmt: skip
    ingest(settings, [gains], Options(column_map={"Seite": "url"}, site="el.kz", meter="tool", publish=False))


def test_a_forgotten_article_is_nowhere_and_stays_out(settings: Settings, tmp_path: Path) -> None:
    tables(settings, tmp_path)
    publish(settings)
    assert holders(settings, b"railway of story 101")
    assert holders(settings, b"SECRET")
    done = takeback.forget(settings, "el.kz", "101")
    assert done.pages == 2 + 3 + 3 + 1 + 1 + 1
    assert holders(settings, b"railway of story 101") == []
    assert holders(settings, b"SECRET") == []
    assert [path.name for path in settings.editions.glob("[0-9]*.duckdb")] == [f"{done.edition:06d}.duckdb"]
    assert "101" not in vanished(settings)
    summary = ingest(settings, [stores.folder(tmp_path / "again", stores.copies([101, 102], 4))])
    assert summary.added["capture"] == 1
    assert "101" not in vanished(settings)
    with duckdb.connect(str(settings.store)) as store:
        for name in ("article", "capture", "observation", "article_revision", "gain"):
            rows = store.execute(
                f"SELECT count(*) FROM {name} WHERE article = ?", [article_id("el.kz", "101")]
            ).fetchall()
            assert rows == [(0,)], name
        orphans = "SELECT count(*) FROM header_rate WHERE capture NOT IN (SELECT capture FROM capture)"
        assert store.execute(orphans).fetchall() == [(0,)]
    assert keep.check(settings).problems == []


def test_a_store_made_again_after_a_takedown_is_the_same(settings: Settings, tmp_path: Path) -> None:
    tables(settings, tmp_path)
    takeback.forget(settings, "el.kz", "101")
    before, total = stores.facts(settings.data), stores.sums(settings.data)
    settings.store.unlink()
    report = keep.check(settings, repair=True)
    assert report.problems == []
    assert stores.facts(settings.data) == before
    assert stores.sums(settings.data) == total


@pytest.mark.parametrize("dies", ["delete_article", "_purge", "publish"])
def test_a_takedown_that_dies_is_seen_through(settings: Settings, monkeypatch: pytest.MonkeyPatch, dies: str) -> None:
    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr({"delete_article": Writer, "_purge": purge, "publish": takeback}[dies], dies, die)
    with pytest.raises(KeyboardInterrupt):
        takeback.forget(settings, "el.kz", "101")
    monkeypatch.undo()
    publish(settings)
    assert "101" not in vanished(settings)
    assert holders(settings, b"railway of story 101") == []
    assert len(list(settings.editions.glob("[0-9]*.duckdb"))) == 1
    assert ledger.unfinished(entries(settings)) == []
    assert keep.check(settings).problems == []


def test_an_unknown_article_can_not_be_forgotten(settings: Settings) -> None:
    with pytest.raises(UsageError, match="no article"):
        takeback.forget(settings, "el.kz", "none")


def test_an_archive_that_changed_is_found_after_a_takedown_too(settings: Settings) -> None:
    takeback.forget(settings, "el.kz", "101")
    path = settings.archive / batches(settings)[1] / archive.PAGES
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert any("has changed" in problem for problem in keep.check(settings).problems)


# -- lost and damaged


def test_a_lost_database_comes_back_whole(settings: Settings) -> None:
    before, total = stores.facts(settings.data), stores.sums(settings.data)
    settings.store.unlink()
    report = keep.check(settings)
    assert report.problems == []
    assert len(report.mended) == 3
    assert stores.facts(settings.data) == before
    publish(settings, full=True)
    assert stores.sums(settings.data) == total


def test_rejects_come_back_with_a_store_made_again(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.html").write_text("<html><body></body></html>")
    (tmp_path / "in" / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "in" / "rows.csv").write_text("site,article_key,observed_at,views\nel.kz,1,2024-05-01T00:00:00Z,many\n")
    assert ingest(settings, [tmp_path / "in"]).rejected == 3
    before = stores.facts(settings.data)["reject"]
    assert before[0] == 3
    settings.store.unlink()
    publish(settings)
    assert stores.facts(settings.data)["reject"] == before


def test_a_lost_ledger_line_comes_back(settings: Settings) -> None:
    before, known = stores.facts(settings.data), batches(settings)
    lines = settings.ledger.read_bytes().splitlines(keepends=True)
    settings.ledger.write_bytes(lines[0] + lines[1][:40])
    report = keep.check(settings)
    assert report.problems == []
    assert sorted(batches(settings)) == sorted(known)
    assert stores.facts(settings.data) == before


def test_a_lost_undo_line_does_not_bring_the_batch_back(settings: Settings) -> None:
    takeback.undo(settings, batches(settings)[2])
    before = stores.facts(settings.data)
    lines = settings.ledger.read_bytes().splitlines(keepends=True)
    settings.ledger.write_bytes(b"".join(lines[:-1]))
    assert keep.check(settings).problems == []
    assert stores.facts(settings.data) == before


def test_a_damaged_database_is_found_and_made_again(settings: Settings) -> None:
    before, total = stores.facts(settings.data), stores.sums(settings.data)
    data = bytearray(settings.store.read_bytes())
    for at in range(12288, len(data), 4096):
        data[at + 100 : at + 110] = b"0123456789"
    settings.store.write_bytes(data)
    report = keep.check(settings)
    assert any("--repair" in problem for problem in report.problems)
    report = keep.check(settings, repair=True)
    assert report.problems == []
    assert any("made again" in line for line in report.mended)
    assert stores.facts(settings.data) == before
    assert stores.sums(settings.data) == total


def test_rows_that_went_missing_are_found_and_come_back(settings: Settings) -> None:
    before = stores.facts(settings.data)
    with duckdb.connect(str(settings.store)) as store:
        store.execute("DELETE FROM observation WHERE views % 3 = 0")
    assert any("rows of observation" in problem for problem in keep.check(settings).problems)
    assert keep.check(settings, repair=True).problems == []
    assert stores.facts(settings.data) == before


def test_a_repair_that_can_not_succeed_changes_nothing(settings: Settings) -> None:
    shutil.rmtree(settings.archive / batches(settings)[0])
    with duckdb.connect(str(settings.store)) as store:
        store.execute("DELETE FROM observation WHERE views % 3 = 0")
    before = stores.facts(settings.data)
    report = keep.check(settings, repair=True)
    assert any("could not be made again" in problem for problem in report.problems)
    assert stores.facts(settings.data) == before


def test_a_damaged_edition_is_found_and_made_anew(settings: Settings) -> None:
    total = stores.sums(settings.data)
    now = edition.pointer(settings.editions)
    assert now is not None
    path = settings.editions / now.file
    data = bytearray(path.read_bytes())
    for at in range(12288, len(data), 4096):
        data[at + 100] ^= 0xFF
    path.write_bytes(data)
    assert any("can't be read" in problem for problem in keep.check(settings).problems)
    assert keep.check(settings, repair=True).problems == []
    assert stores.sums(settings.data) == total


def test_an_archive_that_changed_or_went_is_named(settings: Settings) -> None:
    first, second, _ = batches(settings)
    path = settings.archive / first / archive.PAGES
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    shutil.rmtree(settings.archive / second)
    problems = " ".join(keep.check(settings).problems)
    assert f"pages.zip of batch {first} has changed" in problems
    assert f"archive of batch {second} is gone" in problems


def test_an_unread_archive_that_nobody_was_told_of_is_put_aside(settings: Settings) -> None:
    folder = settings.archive / "20240101T000000-deadbeef"
    folder.mkdir()
    (folder / archive.PAGES).write_bytes(b"no zip")
    before = stores.facts(settings.data)
    report = keep.check(settings)
    assert any(recover.REFUSED in line for line in report.mended)
    assert keep.check(settings).problems == []
    assert stores.facts(settings.data) == before


# -- backup and restore


def test_a_backup_restored_is_the_same(settings: Settings, tmp_path: Path) -> None:
    written = {"sites.toml": "# our own sites\n", "people.toml": "# our people\n", "link.key": "a key of the links"}
    for name, words in written.items():
        (settings.data / name).write_text(words)
    (settings.data / "link.key").chmod(0o600)
    own = stores.settings_of(settings.data)
    keep.backup(own, tmp_path / "all.tar")
    other = stores.settings_of(tmp_path / "restored")
    report = keep.restore(other, tmp_path / "all.tar")
    assert report.problems == []
    assert (report.batches, stores.facts(other.data), stores.sums(other.data)) == (
        3, stores.facts(settings.data), stores.sums(settings.data),
    )  # fmt: skip
    assert {name: (other.data / name).read_text() for name in written} == written
    assert (other.data / "link.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="holds a store"):
        keep.restore(other, tmp_path / "all.tar")
    with pytest.raises(UsageError, match="there already"):
        keep.backup(settings, tmp_path / "all.tar")


def test_a_backup_holds_its_files_once_each_and_nothing_half_done(settings: Settings, tmp_path: Path) -> None:
    (settings.archive / ".incoming-dead").mkdir()
    (settings.archive / ".incoming-dead" / "x").write_text("x")
    keep.backup(settings, tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        names = tar.getnames()
    assert len(names) == len(set(names))
    assert not [name for name in names if "incoming" in name]
    assert {"store/ledger.jsonl", "store/readership.duckdb", keep.CONTENTS} <= set(names)


@pytest.mark.parametrize("damage", ["cut", "flipped", "no tar", "missing"])
def test_a_damaged_backup_is_refused_and_changes_nothing(settings: Settings, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "all.tar"
    keep.backup(settings, path)
    data = bytearray(path.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
    elif damage == "no tar":
        data = bytearray(b"hello")
    path.write_bytes(data)
    if damage == "missing":
        path.unlink()
    other = stores.settings_of(tmp_path / "restored")
    with pytest.raises(InputRefused, match="not a whole backup"):
        keep.restore(other, path)
    assert not other.store.exists()
    assert not list(other.data.glob("*"))


def test_batches_are_listed_with_their_state(settings: Settings) -> None:
    first = batches(settings)[0]
    takeback.undo(settings, first)
    listed = keep.batch_list(settings)
    assert {row["batch"]: row["state"] for row in listed}[first] == "undone"
    assert json.dumps(keep.batch_show(settings, first), default=str)
    with pytest.raises(UsageError):
        keep.batch_show(settings, "none")
