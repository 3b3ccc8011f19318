"""Commands on rates, word lists, sections and sites."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from readership import settings as settings_module
from readership.cli.common import PARTLY, command, say, show, tell
from readership.errors import UsageError


def _rates_import(options: argparse.Namespace) -> int:
    from readership.pipeline.ingest import import_rates

    return tell(import_rates(settings_module.load(), [Path(path) for path in options.paths]), as_json=options.json)


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
            tell(report.summary, as_json=False)
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


def add(commands: Any) -> None:
    """Add this group's commands."""
    group = commands.add_parser("rates", help="Official rates.").add_subparsers(required=True)
    made = command(group, "import", _rates_import, "Take files of the National Bank of Kazakhstan, the ECB, or CSV.")
    made.add_argument("paths", nargs="+")
    made.add_argument("--json", action="store_true")
    made = command(group, "fetch", _rates_fetch, "Ask a bank for its rates, politely, and take them in.")
    made.add_argument("--since", required=True, metavar="DAY", help="first day, as 2024-04-24")
    made.add_argument("--source", choices=("nbk", "ecb"), default="nbk")
    made.add_argument("--base-url", metavar="URL", help="another server that has the bank's files")
    made.add_argument("--json", action="store_true")
    made = command(commands, "classify", _classify, "Languages, countries and topics of texts in a JSON Lines file.")
    made.add_argument("--in", dest="input", required=True)
    made.add_argument("--topics", metavar="FILE", help="a newsroom's own topics, over the shipped ones")
    made.add_argument("--out")
    command(commands, "reclassify", _reclassify, "Apply the present word lists to every stored text; publish.")
    made = command(commands, "sections", _sections, "Learn a newsroom's sections (scikit-learn), or show how well.")
    made.add_argument("action", choices=("learn", "show"))
    made.add_argument("--json", action="store_true")
    group = commands.add_parser("site", help="Site entries.").add_subparsers(required=True)
    command(group, "check", _site_check, "Explain every site entry.")
