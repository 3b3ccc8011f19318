"""Pages from the reader's machine, and batches taken back: both by a child process, never in the server.

The server writes what came to a private folder under names of its own and starts `readership ingest` on it; it never
opens a byte of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import streamlit as st

from readership.accounts.people import Role
from readership.settings import Settings
from readership.ui import context, who
from readership.ui.context import say, say_n
from readership.ui.text import one_line

SUFFIXES = (".html", ".htm", ".txt", ".zip", ".warc", ".warc.gz", ".csv", ".jsonl", ".parquet")
MAX_FILES = 500
MAX_REJECTS = 50
TIMEOUT_S = 1800
_OUTCOME = "readership_outcome"


@dataclass(frozen=True)
class Outcome:
    """What came of a command: exit code, JSON summary (may be empty), last words, the reader's names of the files."""

    code: int
    summary: dict[str, Any]
    words: str
    names: dict[str, str] = field(default_factory=dict)


def upload() -> None:
    """The form: choose files, load them, see what came of each. Only admins load data."""
    if not who.may(Role.ADMIN):
        return
    run = context.current()
    with st.form("upload", border=True, clear_on_submit=True):
        chosen = st.file_uploader(
            say("Saved pages, archives or tables"),
            type=[suffix.lstrip(".") for suffix in SUFFIXES],
            accept_multiple_files=True,
            max_upload_size=run.settings.max_upload_mb,
            help=say("At most {mb} MB a file.", mb=run.settings.max_upload_mb),
        )
        address = st.text_input(
            say("Address of the page, when the file doesn't say it"), max_chars=2000, placeholder="https://"
        )
        started = st.form_submit_button(say("Load"), type="primary")
    if started and chosen:
        who.require(Role.ADMIN)
        _after(_load(run.settings, chosen[:MAX_FILES], one_line(address)))
    elif started:
        st.warning(say("Choose at least one file first."))
    _tell(st.session_state.get(_OUTCOME))


def undo_batch(batches: pd.DataFrame) -> None:
    """Take one batch back: its articles, readings and rates go, its ledger line stays."""
    if not who.may(Role.ADMIN):
        return
    names = [str(name) for name in batches["batch"]]
    with st.popover(say("Undo a batch"), icon=":material/undo:"):
        batch = st.selectbox(say("Batch"), names, index=None, key="undo_batch", placeholder=say("choose"))
        sure = st.checkbox(say("Take everything back that this batch brought"), key="undo_sure")
        if st.button(say("Undo"), disabled=not (batch and sure), key="undo_do"):
            who.require(Role.ADMIN)
            with st.spinner(say("Taking the batch back …")):
                outcome = command(context.current().settings, ["batch", "undo", str(batch)])
            _after(outcome)


def _after(outcome: Outcome) -> None:
    """Keep what came of it and run once more, so that the page shows the new edition beside it."""
    st.session_state[_OUTCOME] = outcome
    st.rerun()


def _load(settings: Settings, files: Sequence[Any], address: str) -> Outcome:
    with _private_folder(settings) as folder, st.status(say("Loading …"), expanded=True):
        bar = st.progress(0.0)
        for number, file in enumerate(files, start=1):
            _store(folder, number, file)
            bar.progress(0.5 * number / len(files), text=say("Received {n} of {all}", n=number, all=len(files)))
        bar.progress(0.5, text=say("Reading pages …"))
        arguments = ["ingest", "--json", "--progress", *(["--url", address] if address else []), str(folder)]
        outcome = command(
            settings, arguments, lambda done: bar.progress(0.5 + 0.45 * done, text=say("Reading pages …"))
        )
        bar.progress(1.0, text=say("Done"))
        return replace(outcome, names={f"{n:06d}": str(file.name) for n, file in enumerate(files, start=1)})


@contextmanager
def _private_folder(settings: Settings) -> Iterator[Path]:
    """A folder that only this process's user can enter, gone afterwards."""
    work = settings.data / "work"
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=work, prefix="upload-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _store(folder: Path, number: int, file: Any) -> None:
    """Write one upload under a name of our own; of the reader's name only a known suffix is kept."""
    name = PurePosixPath(str(file.name).lower()).name
    suffix = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(suffix)), ".bin")
    with (folder / f"{number:06d}{suffix}").open("wb") as out:
        shutil.copyfileobj(file, out, 1 << 20)


def command(settings: Settings, arguments: list[str], progress: Callable[[float], Any] | None = None) -> Outcome:
    """Run the command line in a child and wait for it, half an hour at most; `progress` is told shares of 1."""
    words: list[str] = []
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and module, arguments as a list)
            [sys.executable, "-m", "readership.cli", *arguments],
            stdout=out,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=_environment(settings),
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        ender = threading.Timer(TIMEOUT_S, process.kill)
        ender.start()
        for line in process.stderr or ():
            done = _summary(line).get("progress")
            if isinstance(done, int | float) and progress:
                progress(min(max(float(done), 0.0), 1.0))
            elif done is None:
                words.append(line)
        code = process.wait()
        late = not ender.is_alive() and code < 0
        ender.cancel()
        if late:
            return Outcome(1, {"error": say("It took too long and was ended; what was loaded completely is kept.")}, "")
        out.seek(0)
        return Outcome(code, _summary(out.read().decode("utf-8", "replace")), "".join(words).strip())


def _environment(settings: Settings) -> dict[str, str]:
    """The server's environment, with the store it shows and the package it runs from."""
    return dict(os.environ) | {
        "READERSHIP_DATA": str(settings.data),
        "READERSHIP_EDITIONS": str(settings.editions),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def _summary(out: str) -> dict[str, Any]:
    try:
        found = json.loads(out)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _tell(outcome: Outcome | None) -> None:
    """What came of the last command: counts, each reject with its reason, or its last words."""
    if outcome is None:
        return
    summary = outcome.summary
    if "accepted" in summary:
        taken, rejected = int(summary["accepted"]), int(summary["rejected"])
        words = say_n("{n} input was taken.", "{n} inputs were taken.", taken)
        words += " " + say_n("{n} was rejected.", "{n} were rejected.", rejected)
        (st.warning if rejected else st.success)(words)
        for reject in summary["rejects"][:MAX_REJECTS]:
            st.text(one_line(f"{_own_name(reject['origin'], outcome.names)}: {reject['reason']} {reject['hint']}"))
    elif outcome.code:
        st.error(say("The command ended with code {code}.", code=outcome.code))
        st.text(one_line(f"{summary.get('error', '')} {summary.get('hint', '')}".strip() or outcome.words[-500:]))
    else:
        st.success(say("Done"))
        st.text(one_line(outcome.words[-500:]))


def _own_name(origin: str, names: dict[str, str]) -> str:
    """The reader's name of a file that we had given a number."""
    name = PurePosixPath(origin).name
    return names.get(name[:6], name) + name.partition("!")[1] + name.partition("!")[2]
