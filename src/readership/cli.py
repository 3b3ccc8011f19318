"""The command line: `readership …`. Output for people goes to standard error, results to standard output."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from readership import settings as settings_module
from readership.errors import NoEdition, ReadershipError, UsageError

Command = Callable[[argparse.Namespace], int]
PARTLY = 1
"""Exit code of a run in which something was rejected."""
SUFFIX = {"csv": "csv", "json": "json", "parquet": "parquet"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code (0 done, 1 something was rejected or wrong, 2 usage, 3 busy, 4 damaged,
    5 nothing published, 6 disk full)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "run"):
        parser.print_help()
        return 2
    try:
        with _ended_by_signal():
            run: Command = options.run
            return run(options)
    except ReadershipError as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": error.message, "hint": error.hint}, ensure_ascii=False))
        say(f"readership: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("readership: stopped; what was not acknowledged yet is not kept.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: what is half done is taken back first. Exit code 143."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        say("readership: asked to end; what was not acknowledged yet is not kept.")
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def say(text: str) -> None:
    """One line for the person at the terminal, control characters shown, never sent."""
    print(
        "".join(char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in text), file=sys.stderr
    )


def show(value: Any) -> None:
    """A result as JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


# -- parse ---
def _parse(options: argparse.Namespace) -> int:
    from readership import sites
    from readership.models import Basis, Capture
    from readership.pipeline.read import facts_json, read_page

    path = Path(options.file)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name} can't be read: {error.strerror}.") from None
    captured = _moment(options.captured_at)
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


def _moment(text: str | None) -> datetime | Literal["mtime"] | None:
    """`mtime`, or an RFC 3339 moment with its offset."""
    if text is None:
        return None
    if text == "mtime":
        return "mtime"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"“{text[:40]}” is no moment.", "Write it as 2024-05-01T10:00:00+05:00, or mtime.") from None
    if moment.tzinfo is None:
        raise UsageError(f"“{text[:40]}” has no offset.", "Write it as 2024-05-01T10:00:00+05:00.")
    return moment


def _instant(text: str | None) -> datetime | None:
    moment = _moment(text)
    if isinstance(moment, str):
        raise UsageError("mtime is no moment here.", "Write it as 2024-05-01T10:00:00+05:00.")
    return moment


# -- ingest, publish, demo ---
def _ingest(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from readership import sources
    from readership.pipeline.ingest import Options, ingest

    paths = [Path(path) for path in options.paths]
    chosen = Options(
        url=options.url, captured_at=_moment(options.captured_at), column_map=_mapping(options.map), site=options.site,
        meter=options.meter,
    )  # fmt: skip
    if options.progress:
        return _tell(
            ingest(settings_module.load(), paths, chosen, _Shares(sources.total(paths)).add), as_json=options.json
        )
    quiet = options.json or not sys.stderr.isatty()
    with tqdm(total=sources.total(paths), unit="B", unit_scale=True, disable=quiet, file=sys.stderr) as bar:
        summary = ingest(settings_module.load(), paths, chosen, bar.update)
    return _tell(summary, as_json=options.json)


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


def _tell(summary: Any, *, as_json: bool) -> int:
    if as_json:
        show(summary.as_json())
    else:
        new = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.added.items() if count)
        say(f"Batch {summary.batch}: {summary.accepted} taken, {summary.rejected} rejected; new rows: {new or 'none'}.")
        for kind, count in summary.passed_over.items():
            say(f"  passed over: {count} {kind}")
        for reject in summary.rejects[:20]:
            row = f" row {reject.row}" if reject.row else ""
            say(f"  {reject.origin}{row}: {reject.reason}{'' if reject.reason.endswith('.') else '.'} {reject.hint}")
        if len(summary.rejects) > 20:
            say(f"  … and {len(summary.rejects) - 20} more: readership query rejects --param batch={summary.batch}")
        if summary.edition:
            say(f"Edition {summary.edition} is published.")
    return PARTLY if summary.rejected else 0


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

    done = publish(settings_module.load(), full=options.full)
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
        settings, sites=options.site, once=options.once, minutes=options.minutes, dry_run=options.dry_run, tell=say
    )
    if options.dry_run or options.json:
        show({**vars(report), "counts": dict(report.counts), "rows": dict(report.rows)})
    return PARTLY if report.rejected else 0


def _demo(options: argparse.Namespace) -> int:
    from readership.pipeline.start import demo

    summary = demo(
        settings_module.load(), articles=options.articles, months=options.months, seed=options.seed,
        until=_instant(options.until), tell=say,
    )  # fmt: skip
    if options.json:
        show(summary.as_json())
    else:
        say(f"Demo newsroom: {summary.accepted} pages taken, {summary.rejected} rejected; edition {summary.edition}.")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from readership.pipeline.publish import outdated, publish
    from readership.pipeline.recover import nothing
    from readership.pipeline.start import demo, samples

    settings = settings_module.load()
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


# -- queries ---
def _query(options: argparse.Namespace) -> int:
    from readership import queries

    if options.list or not options.name:
        show([_explained(query) for query in queries.catalogue()]) if options.json else _list_queries()
        return 0
    given = {name: getattr(options, f"sel_{name}") for name in _selection_names()}
    selection = queries.from_arguments(given)
    parameters: dict[str, Any] = {}
    for pair in options.param:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"“{pair[:60]}” is no parameter.", "Write --param name=value.")
        parameters[name] = value
    known = {parameter.name for parameter in queries.named(options.name).parameters}
    for name in ("grain", "limit", "article"):
        value = getattr(options, name)
        if value is not None:
            if name not in known:
                raise UsageError(f"{options.name} has no parameter “{name}”.", "`readership query --list` explains it.")
            parameters[name] = value
    edition = queries.current(settings_module.load())
    if edition is None:
        raise NoEdition("Nothing has been published yet.", "Run `readership ingest` or `readership demo`.")
    if options.format == "json":
        rows = [
            row for batch in queries.stream(options.name, selection, edition, **parameters) for row in batch.to_pylist()
        ]
        _put(json.dumps(rows, ensure_ascii=False, indent=1, default=_plain), options.out)
    else:
        _write(queries.fetch(options.name, selection, edition, **parameters), options.format, options.out)
    return 0


def _plain(value: Any) -> Any:
    """JSON's value for one of DuckDB's: instants in RFC 3339 (UTC), days as days, decimals as numbers."""
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    return value.isoformat() if isinstance(value, date) else float(value)


def _selection_names() -> list[str]:
    from readership import queries

    several = [queries.URL_NAMES[name] for name in queries.VALUES]
    return [*queries.URL_NAMES.values(), *(f"no_{name}" for name in several)]


def _explained(query: Any) -> dict[str, Any]:
    return {
        "name": query.name,
        "purpose": query.purpose,
        "columns": list(query.columns),
        "parameters": {one.name: {"default": one.default, "meaning": one.meaning} for one in query.parameters},
    }


def _list_queries() -> None:
    from readership import queries

    for query in queries.catalogue():
        print(f"{query.name}\n    {query.purpose}")
        print(f"    columns: {'; '.join(query.columns)}")
        for one in query.parameters:
            print(f"    --param {one.name}={'' if one.default is None else one.default}  {one.meaning}")
    print(f"Every query takes the selection: {' '.join(f'--{name}' for name in _selection_names())}")


def _write(frame: Any, form: str, out: str | None) -> None:
    if form == "parquet":
        if not out:
            raise UsageError("Parquet needs a file.", "Give --out FILE.parquet.")
        frame.to_parquet(out, index=False)
        return
    _put(frame.to_csv(index=False), out)


def _put(text: str, out: str | None) -> None:
    text += "" if text.endswith("\n") else "\n"
    if out:
        Path(out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


# -- batches, articles, safety ---
def _batch_list(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import batch_list

    rows = batch_list(settings_module.load())
    if options.json:
        show(rows)
        return 0
    for row in rows:
        print(f"{row['batch']}  {row['at'][:19]}  {row['state']:6}  {row.get('command', ''):12}  "
              f"{row.get('accepted', 0)} taken, {row.get('rejected', 0)} rejected")  # fmt: skip
    return 0


def _batch_show(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import batch_show

    show(batch_show(settings_module.load(), options.batch))
    return 0


def _batch_undo(options: argparse.Namespace) -> int:
    from readership.pipeline.takeback import undo

    done = undo(settings_module.load(), options.batch)
    say(f"Batch {options.batch} is undone: {done.facts} rows went; edition {done.edition} is published without it.")
    if done.reloaded:
        say(f"Later batches that had brought some of the same were kept whole: {', '.join(done.reloaded)}.")
    return 0


def _forget(options: argparse.Namespace) -> int:
    from readership.pipeline.takeback import forget

    done = forget(settings_module.load(), options.site, options.article_key)
    say(f"The article is gone: {done.facts} rows, {done.pages} archived pages or rows; older editions are deleted.")
    say(f"Edition {done.edition} is published without it. Backups made before still hold it: make new ones.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import check

    report = check(settings_module.load(), repair=options.repair)
    if options.json:
        show(vars(report))
    for line in report.mended:
        say(f"mended: {line}")
    for line in report.problems:
        say(f"problem: {line}")
    say(f"{report.batches} batches and {report.rows} facts looked at: {'all sound' if report.sound else 'not sound'}.")
    return 0 if report.sound else 4


def _backup(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import backup

    size = backup(settings_module.load(), Path(options.target))
    say(f"{options.target}: {size} bytes.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from readership.pipeline.keep import restore

    report = restore(settings_module.load(), Path(options.source))
    say(f"Restored {report.batches} batches: {'all sound' if report.sound else '; '.join(report.problems)}.")
    return 0 if report.sound else 4


# -- rates, classify, sites ---
def _rates_import(options: argparse.Namespace) -> int:
    from readership.pipeline.ingest import import_rates

    return _tell(import_rates(settings_module.load(), [Path(path) for path in options.paths]), as_json=options.json)


def _rates_fetch(options: argparse.Namespace) -> int:
    from readership.pipeline import rates_fetch

    try:
        since = date.fromisoformat(options.since)
    except ValueError:
        raise UsageError(f"“{options.since[:40]}” is no day.", "Write it as 2024-04-24.") from None
    report = rates_fetch.fetch(settings_module.load(), since, source=options.source, base_url=options.base_url)
    if options.json:
        show(report.as_json())
    else:
        rates_fetch.told(report, say)
        if report.summary:
            _tell(report.summary, as_json=False)
    return 0 if report.whole else PARTLY


def _classify(options: argparse.Namespace) -> int:
    from contextlib import nullcontext

    from readership.enrich.classify import classify_lines

    own = Path(options.topics) if options.topics else settings_module.load().topics_file
    try:
        out = Path(options.out).open("w", encoding="utf-8") if options.out else nullcontext(sys.stdout)  # noqa: SIM115
        with Path(options.input).open(encoding="utf-8", errors="replace") as lines, out as target:
            for line in classify_lines(lines, own_topics=own):
                target.write(line + "\n")
    except OSError as error:
        raise UsageError(f"{error.filename} can't be used: {error.strerror}.") from None
    return 0


def _reclassify(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from readership.pipeline.reclassify import reclassify

    with tqdm(unit=" texts", disable=not sys.stderr.isatty(), file=sys.stderr) as bar:
        done = reclassify(settings_module.load(), bar.update)
    say(f"{done} texts were classified again and published.")
    return 0


def _sections(options: argparse.Namespace) -> int:
    from readership.pipeline import sections

    report = (sections.learn if options.action == "learn" else sections.show)(settings_module.load())
    if options.json:
        show(report)
        return 0
    for model in report["models"]:
        print(
            f"{model['site']} {model['language']}: {model['accuracy']:.0%} of {model['articles']} articles found in "
            f"their section (always the largest: {model['largest']:.0%}); {model['guesses']} without one were guessed."
        )
        for one in model["quality"]:
            precision = "-" if one["precision"] is None else f"{one['precision']:.2f}"
            print(f"  {one['section']}: precision {precision}, recall {one['recall']:.2f}, {one['articles']} articles")
        if model["left_out"]:
            print(f"  too few articles: {', '.join(model['left_out'])}")
    return 0


def _site_check(options: argparse.Namespace) -> int:
    from readership import sites

    print("\n".join(sites.explain(sites.load(settings_module.load().sites_file))))
    return 0


# -- the parser ---
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="readership", description="Readership analytics for newsrooms.")
    commands = parser.add_subparsers(title="commands", metavar="")
    _add_reading(commands)
    _add_query(commands)
    _add_keeping(commands)
    _add_words(commands)
    return parser


def _command(commands: Any, name: str, run: Command, text: str) -> Any:
    made = commands.add_parser(name, help=text, description=text)
    made.set_defaults(run=run)
    return made


def _add_reading(commands: Any) -> None:
    made = _command(commands, "parse", _parse, "Print the facts of one saved page as JSON.")
    made.add_argument("file")
    made.add_argument("--url", help="the page's URL")
    made.add_argument("--captured-at", metavar="T", help="moment of capture (RFC 3339), or mtime")
    made = _command(commands, "ingest", _ingest, "Take pages, archives, WARC files and tables into the store; publish.")
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
    made = _command(commands, "publish", _publish, "Make the next edition from the store.")
    made.add_argument("--full", action="store_true", help="make everything again")
    made = _command(commands, "collect", _collect, "Read the sites again and again, as their entries say.")
    made.add_argument("--site", action="append", help="only this site (its entry's name); may be repeated")
    made.add_argument("--once", action="store_true", help="what is due now, then end")
    made.add_argument("--minutes", type=float, help="end after so many minutes")
    made.add_argument("--dry-run", action="store_true", help="print the plan, ask nobody")
    made.add_argument("--status", action="store_true", help="print coverage, errors and what is next")
    made.add_argument("--pause", action="store_true", help="stop reading until --resume (all sites, or --site)")
    made.add_argument("--resume", action="store_true")
    made.add_argument("--json", action="store_true", help="print the report as JSON")
    made = _command(commands, "demo", _demo, "Write a demo newsroom as pages and take it in.")
    made.add_argument("--articles", type=int, default=1500)
    made.add_argument("--months", type=int, default=18)
    made.add_argument("--seed", type=int, default=2026)
    made.add_argument("--until", metavar="T", help="the newsroom's now (RFC 3339); the clock's when left out")
    made.add_argument("--json", action="store_true")
    made = _command(commands, "serve", _serve, "Serve the dashboard; with no data yet, on samples and a demo newsroom.")
    made.add_argument("--port", type=int, default=8501)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--empty", action="store_true", help="start without demo data")
    made.add_argument("--headless", action="store_true", help="open no browser")


def _add_query(commands: Any) -> None:
    made = _command(commands, "query", _query, "Ask a page's question without a browser.")
    made.add_argument("name", nargs="?")
    made.add_argument("--list", action="store_true", help="explain every query")
    made.add_argument("--json", action="store_true", help="with --list: as JSON")
    made.add_argument("--format", choices=sorted(SUFFIX), default="json")
    made.add_argument("--out", metavar="FILE")
    made.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    made.add_argument("--grain", help="hour, day, week or month")
    made.add_argument("--limit", type=int)
    made.add_argument("--article", type=int, help="an article's id")
    single = {"since", "until", "question", "meter", "mode", "text", "in_body", "matched"}
    for name in _selection_names():
        several = name not in single
        made.add_argument(f"--{name.replace('_', '-')}", dest=f"sel_{name}", action="append" if several else "store")


def _add_keeping(commands: Any) -> None:
    group = commands.add_parser("batch", help="List, show or undo ingest runs.").add_subparsers(required=True)
    made = _command(group, "list", _batch_list, "All batches, newest first.")
    made.add_argument("--json", action="store_true")
    made = _command(group, "show", _batch_show, "One batch: inputs, counts, rejects.")
    made.add_argument("batch")
    made = _command(group, "undo", _batch_undo, "Take a batch back.")
    made.add_argument("batch")
    group = commands.add_parser("article", help="Take an article down.").add_subparsers(required=True)
    made = _command(group, "forget", _forget, "Remove an article from store, archive and editions, for good.")
    made.add_argument("site")
    made.add_argument("article_key")
    made = _command(commands, "check", _check, "Compare ledger, archive, database and edition.")
    made.add_argument("--repair", action="store_true", help="make the store again from the archive if need be")
    made.add_argument("--json", action="store_true")
    made = _command(commands, "backup", _backup, "Write all that can't be made again into one tar file.")
    made.add_argument("target")
    made = _command(commands, "restore", _restore, "Bring a backup back into an empty data folder.")
    made.add_argument("source")


def _add_words(commands: Any) -> None:
    group = commands.add_parser("rates", help="Official rates.").add_subparsers(required=True)
    made = _command(group, "import", _rates_import, "Take files of the National Bank of Kazakhstan, the ECB, or CSV.")
    made.add_argument("paths", nargs="+")
    made.add_argument("--json", action="store_true")
    made = _command(group, "fetch", _rates_fetch, "Ask a bank for its rates, politely, and take them in.")
    made.add_argument("--since", required=True, metavar="DAY", help="first day, as 2024-04-24")
    made.add_argument("--source", choices=("nbk", "ecb"), default="nbk")
    made.add_argument("--base-url", metavar="URL", help="another server that has the bank's files")
    made.add_argument("--json", action="store_true")
    made = _command(commands, "classify", _classify, "Languages, countries and topics of texts in a JSON Lines file.")
    made.add_argument("--in", dest="input", required=True)
    made.add_argument("--topics", metavar="FILE", help="a newsroom's own topics, over the shipped ones")
    made.add_argument("--out")
    _command(commands, "reclassify", _reclassify, "Apply the present word lists to every stored text; publish.")
    made = _command(commands, "sections", _sections, "Learn a newsroom's sections (scikit-learn), or show how well.")
    made.add_argument("action", choices=("learn", "show"))
    made.add_argument("--json", action="store_true")
    group = commands.add_parser("site", help="Site entries.").add_subparsers(required=True)
    _command(group, "check", _site_check, "Explain every site entry.")


if __name__ == "__main__":
    sys.exit(main())
