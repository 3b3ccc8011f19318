"""Pages from the reader's machine, and batches taken back: both by a child process, never in the server.

The server writes what came to a private folder under names of its own and starts `readership ingest` on it; it never
opens a byte of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import streamlit as st

from readership.settings import Settings
from readership.ui import context
from readership.ui.context import say, say_n
from readership.ui.text import one_line

SUFFIXES = (".html", ".htm", ".txt", ".zip", ".warc", ".warc.gz", ".csv", ".jsonl", ".parquet")
MAX_FILES = 500
TIMEOUT_S = 1800


def upload() -> None:
    """The form: choose files, load them, see what came of each."""
    run = context.current()
    with st.form("upload", border=True):
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
        _load(run.settings, chosen[:MAX_FILES], one_line(address))
    elif started:
        st.warning(say("Choose at least one file first."))


def undo_batch(batches: pd.DataFrame) -> None:
    """Take one batch back: its articles, readings and rates go, its ledger line stays."""
    names = [str(name) for name in batches["batch"]]
    with st.popover(say("Undo a batch"), icon=":material/undo:"):
        batch = st.selectbox(say("Batch"), names, index=None, key="undo_batch", placeholder=say("choose"))
        sure = st.checkbox(say("Take everything back that this batch brought"), key="undo_sure")
        if st.button(say("Undo"), disabled=not (batch and sure), key="undo_do"):
            with st.spinner(say("Taking the batch back …")):
                _tell(*_run(context.current().settings, ["batch", "undo", str(batch)]))


def _load(settings: Settings, files: Sequence[Any], address: str) -> None:
    with _private_folder(settings) as folder, st.status(say("Loading …"), expanded=True) as status:
        bar = st.progress(0.0)
        for number, file in enumerate(files, start=1):
            _store(folder, number, file)
            bar.progress(0.3 * number / len(files), text=say("Received {n} of {all}", n=number, all=len(files)))
        arguments = ["ingest", "--json", *(["--url", address] if address else []), str(folder)]
        bar.progress(0.3, text=say("Reading pages …"))
        code, out, err = _run(settings, arguments)
        bar.progress(1.0, text=say("Done"))
        status.update(
            state="complete" if code == 0 else "error", label=say("Loaded") if code == 0 else say("Not loaded")
        )
        _tell(code, out, err)


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


def _run(settings: Settings, arguments: list[str]) -> tuple[int, str, str]:
    """Run the command line in a child; its exit code, output and last words."""
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module, arguments as a list)
        [sys.executable, "-m", "readership.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=_environment(settings),
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        out, err = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return 1, out, say("It took too long and was ended; what was loaded completely is kept.")
    return process.returncode, out, err


def _environment(settings: Settings) -> dict[str, str]:
    import os

    return dict(os.environ) | {"READERSHIP_DATA": str(settings.data), "PYTHONPATH": ":".join(filter(None, sys.path))}


def _tell(code: int, out: str, err: str) -> None:
    """The child's summary, its rejects with their reasons, or its last words."""
    summary = _summary(out)
    if summary:
        st.text(
            say_n("{n} input was taken.", "{n} inputs were taken.", int(summary.get("accepted", 0)))
            + " "
            + say_n("{n} was rejected.", "{n} were rejected.", int(summary.get("rejected", 0)))
        )
        for reject in summary.get("rejects", [])[:50]:
            name = Path(str(reject.get("origin", ""))).name
            st.text(one_line(f"{name}: {reject.get('reason', '')} {reject.get('hint', '')}"))
    if code:
        st.error(say("The command ended with code {code}.", code=code))
        st.text(one_line(err.strip().splitlines()[-1] if err.strip() else ""))
    elif not summary:
        st.success(say("Done"))


def _summary(out: str) -> dict[str, Any]:
    try:
        found = json.loads(out.strip().splitlines()[-1]) if out.strip() else {}
    except json.JSONDecodeError:
        found = {}
    return found if isinstance(found, dict) else {}
