"""Commands that bring data in and show it: parse, ingest, publish, collect, demo, serve."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from readership import settings as settings_module
from readership.cli.alerts import after_publish
from readership.cli.common import PARTLY, command, instant, moment, say, show, tell
from readership.errors import UsageError


def _parse(options: argparse.Namespace) -> int:
    from readership import sites
    from readership.models import Basis, Capture
    from readership.pipeline.read import facts_json, read_page

    path = Path(options.file)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name} can't be read: {error.strerror}.") from None
    captured = moment(options.captured_at)
    if captured == "mtime":
        captured = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    capture = Capture(
        body=body, origin=str(path), url=options.url, captured_at=captured if isinstance(captured, datetime) else None,
        captured_at_basis=Basis.GIVEN if captured else Basis.UNKNOWN,
    )  # fmt: skip
    found = settings_module.load()
    facts, enrichment = read_page(capture, sites.load(found.sites_file), found.topics_file)
    show(facts_json(facts, enrichment))
    return 0


def _ingest(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from readership import sources
    from readership.pipeline.ingest import Options, ingest

    paths = [Path(path) for path in options.paths]
    chosen = Options(
        url=options.url, captured_at=moment(options.captured_at), column_map=_mapping(options.map), site=options.site,
        meter=options.meter,
    )  # fmt: skip
    settings = settings_module.load()
    if options.progress:
        summary = ingest(settings, paths, chosen, _Shares(sources.total(paths)).add)
    else:
        quiet = options.json or not sys.stderr.isatty()
        with tqdm(total=sources.total(paths), unit="B", unit_scale=True, disable=quiet, file=sys.stderr) as bar:
            summary = ingest(settings, paths, chosen, bar.update)
    if summary.edition:
        after_publish(settings)
    return tell(summary, as_json=options.json)


class _Shares:
    """Says on standard error which share of the bytes has been read, a JSON line a hundredth: for a program's bar."""

    def __init__(self, total: int) -> None:
        self._total, self._read, self._said = max(total, 1), 0, -1

    def add(self, size: int) -> None:
        """So many bytes more have been read."""
        self._read += size
        if (hundredth := 100 * self._read // self._total) > self._said:
            self._said = hundredth
            print(json.dumps({"progress": hundredth / 100}), file=sys.stderr, flush=True)


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        theirs, sign, ours = pair.rpartition("=")
        if not sign or not theirs or not ours:
            raise UsageError(f"“{pair[:60]}” is no mapping.", "Write --map theirs=ours.")
        found[theirs] = ours
    return found


def _publish(options: argparse.Namespace) -> int:
    from readership.pipeline.publish import publish

    settings = settings_module.load()
    done = publish(settings, full=options.full)
    after_publish(settings)
    say(f"Edition {done.number} is published: {done.articles} articles, {done.touched} worked on, as of {done.as_of}.")
    return 0


def _collect(options: argparse.Namespace) -> int:
    from readership.pipeline import collect as collector

    settings = settings_module.load()
    if options.pause or options.resume:
        act = collector.pause if options.pause else collector.resume
        for site in options.site or [row["site"] for row in collector.status(settings)["sites"]]:
            act(settings, site)
            say(f"{site}: collecting {'is paused' if options.pause else 'goes on'}.")
        return 0
    if options.status:
        show(collector.status(settings))
        return 0
    report = collector.collect(
        settings,
        sites=options.site,
        once=options.once,
        minutes=options.minutes,
        dry_run=options.dry_run,
        tell=say,
        published=after_publish,
    )
    if options.dry_run or options.json:
        show({**vars(report), "counts": dict(report.counts), "rows": dict(report.rows)})
    return PARTLY if report.rejected else 0


def _demo(options: argparse.Namespace) -> int:
    from readership.pipeline.start import demo

    summary = demo(
        settings_module.load(), articles=options.articles, months=options.months, seed=options.seed,
        until=instant(options.until), tell=say,
    )  # fmt: skip
    if options.json:
        show(summary.as_json())
    else:
        say(f"Demo newsroom: {summary.accepted} pages taken, {summary.rejected} rejected; edition {summary.edition}.")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from readership.accounts import login
    from readership.pipeline.publish import outdated, publish
    from readership.pipeline.recover import nothing
    from readership.pipeline.start import demo, samples

    settings = settings_module.load()
    login.may_stand(settings, options.host)
    if nothing(settings) and not options.empty:
        samples(settings, Path("data/samples"), tell=say)
        demo(settings, tell=say)
    elif not nothing(settings) and outdated(settings):
        say("The edition was made by another version; publishing anew …")
        publish(settings)
    address = ["--server.port", str(options.port), "--server.address", options.host]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *address]
    if options.headless:
        command += ["--server.headless", "true"]
    say(f"Readership is at http://{options.host}:{options.port}/ (Ctrl-C ends it).")
    with subprocess.Popen(command) as server:  # noqa: S603
        try:
            return server.wait()
        finally:
            if server.poll() is None:
                server.terminate()


def add(commands: Any) -> None:
    """Add this group's commands."""
    made = command(commands, "parse", _parse, "Print the facts of one saved page as JSON.")
    made.add_argument("file")
    made.add_argument("--url", help="the page's URL")
    made.add_argument("--captured-at", metavar="T", help="moment of capture (RFC 3339), or mtime")
    made = command(commands, "ingest", _ingest, "Take pages, archives, WARC files and tables into the store; publish.")
    made.add_argument("paths", nargs="+")
    made.add_argument("--url", help="URL of the one page given")
    made.add_argument("--captured-at", metavar="T", help="moment of capture (RFC 3339), or mtime")
    made.add_argument(
        "--map", action="append", default=[], metavar="THEIRS=OURS", help="a table's column name for ours"
    )
    made.add_argument("--site", help="site of rows whose URLs have no host")
    made.add_argument("--meter", help="name of the counter that imported views come from")
    made.add_argument("--json", action="store_true", help="print the summary as JSON")
    made.add_argument("--progress", action="store_true", help="say the share read on standard error, as JSON lines")
    made = command(commands, "publish", _publish, "Make the next edition from the store.")
    made.add_argument("--full", action="store_true", help="make everything again")
    made = command(commands, "collect", _collect, "Read the sites again and again, as their entries say.")
    made.add_argument("--site", action="append", help="only this site (its entry's name); may be repeated")
    made.add_argument("--once", action="store_true", help="what is due now, then end")
    made.add_argument("--minutes", type=float, help="end after so many minutes")
    made.add_argument("--dry-run", action="store_true", help="print the plan, ask nobody")
    made.add_argument("--status", action="store_true", help="print coverage, errors and what is next")
    made.add_argument("--pause", action="store_true", help="stop reading until --resume (all sites, or --site)")
    made.add_argument("--resume", action="store_true")
    made.add_argument("--json", action="store_true", help="print the report as JSON")
    made = command(commands, "demo", _demo, "Write a demo newsroom as pages and take it in.")
    made.add_argument("--articles", type=int, default=1500)
    made.add_argument("--months", type=int, default=18)
    made.add_argument("--seed", type=int, default=2026)
    made.add_argument("--until", metavar="T", help="the newsroom's now (RFC 3339); the clock's when left out")
    made.add_argument("--json", action="store_true")
    made = command(commands, "serve", _serve, "Serve the dashboard; with no data yet, on samples and a demo newsroom.")
    made.add_argument("--port", type=int, default=8501)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--empty", action="store_true", help="start without demo data")
    made.add_argument("--headless", action="store_true", help="open no browser")
