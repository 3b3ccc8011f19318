"""Cut and flipped files: one plain line that names the remedy, never a traceback, never other totals."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from ground import FULL, Ground
from test_kills import killed_at

import stores

TURNS = 100 if FULL else 6
LOOP = """
import io, json, random, sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
sys.path.insert(0, sys.argv[4])
import stores
from readership import cli
data, name, turns = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
whole = {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.suffix != ".lock"}
path = data / name
rng = random.Random(name)

def restored():
    for old in data.rglob("*"):
        if old.is_file() and old not in whole and old.suffix != ".lock":
            old.unlink()
    for old, body in whole.items():
        old.parent.mkdir(parents=True, exist_ok=True)
        if not old.exists() or old.read_bytes() != body:
            old.write_bytes(body)

def said(*words):
    err = io.StringIO()
    with redirect_stderr(err), redirect_stdout(io.StringIO()):
        code = cli.main(list(words))
    return code, err.getvalue()

for turn in range(2 * turns):
    body = bytearray(whole[path])
    at = rng.randrange(len(body))
    if turn % 2:
        body = body[:at]
    else:
        body[at] ^= 1 << rng.randrange(8)
    path.write_bytes(body)
    print(json.dumps({"at": at, "turn": turn}), flush=True)
    code, err = said("check")
    mended = None
    if code:
        mended = said("check", "--repair")
    told = {"at": at, "turn": turn, "code": code, "err": err, "mended": mended, "facts": stores.facts(data)}
    print(json.dumps(told), flush=True)
    restored()
"""


def damaged(data: Path, name: str, wanted: stores.Sums) -> None:
    """Damages a file in many ways, one after the other, in a process of its own: a crash would be seen."""
    done = subprocess.run(
        [sys.executable, "-c", LOOP, str(data), name, str(TURNS), str(Path(__file__).parents[1])],
        env=stores.environment(data), capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout[-300:], done.stderr[-3000:])
    for line in done.stdout.splitlines():
        found = json.loads(line)
        if "code" not in found:
            continue
        assert {name: tuple(value) for name, value in found["facts"].items()} == wanted, found
        assert "Traceback" not in found["err"]
        if found["code"]:
            assert found["code"] == 4, found
            assert "readership check --repair" in found["err"], found
            assert found["mended"][0] == 0, found


def test_a_damaged_database_never_shows_other_facts(ground: Ground, tmp_path: Path) -> None:
    damaged(ground.copy(tmp_path / "data"), "store/readership.duckdb", ground.before)


def test_a_damaged_ledger_never_shows_other_facts(ground: Ground, tmp_path: Path) -> None:
    data = ground.copy(tmp_path / "data")
    stores.taken(stores.settings_of(data), *ground.given, publish=False)
    damaged(data, "store/ledger.jsonl", ground.after)


def test_a_damaged_log_never_shows_other_facts(ground: Ground, tmp_path: Path) -> None:
    data = ground.copy(tmp_path / "data")
    killed_at(data, "statement=CHECKPOINT", "ingest", *ground.given)
    assert (data / "store" / "readership.duckdb.wal").stat().st_size > 1000
    damaged(data, "store/readership.duckdb.wal", ground.after)


@pytest.mark.parametrize("turn", range(10 if FULL else 2))
def test_a_damaged_edition_is_said_in_one_line(ground: Ground, tmp_path: Path, turn: int) -> None:
    data = ground.copy(tmp_path / "data")
    path = next((data / "editions").glob("[0-9]*.duckdb"))
    body = bytearray(path.read_bytes())
    rng = random.Random(turn)
    if turn % 2:
        body = body[: rng.randrange(len(body))]
    else:
        for at in range(12288 + rng.randrange(4096), len(body), 4096):
            body[at] ^= 0xFF
    path.write_bytes(body)
    done = stores.run(data, "query", "articles", "--format", "csv")
    said = stores.plain(done)
    assert done.returncode in (4, 5), said
    assert "readership publish" in said or "readership check" in said
    assert stores.run(data, "check", "--repair").returncode == 0
    assert stores.run(data, "query", "articles", "--format", "csv").returncode == 0
