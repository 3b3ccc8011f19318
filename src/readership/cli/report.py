"""The command that writes a report, and mails it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readership import settings as settings_module
from readership.cli.asking import selected, selection_options
from readership.cli.common import command, say
from readership.errors import UsageError


def add(commands: Any) -> None:
    """Add this group's commands."""
    made = command(commands, "report", _report, "Write a report of a selection: PDF, HTML or XLSX; mail it if wanted.")
    made.add_argument("--out", metavar="FILE", help="report.pdf, report.html or report.xlsx")
    made.add_argument("--lang", metavar="CODE", default="", help="language of the report: en, ru or kk")
    made.add_argument("--mail", action="append", default=[], metavar="ADDRESS", help="send it there; may be repeated")
    made.add_argument("--format", choices=("pdf", "html", "xlsx"), help="when it is only mailed; pdf by default")
    selection_options(made)


def _report(options: argparse.Namespace) -> int:
    from readership import i18n, queries
    from readership.exports import mail, report

    form = options.format or (Path(options.out).suffix.lstrip(".").lower() if options.out else "pdf")
    if form not in report.FORMS or not (options.out or options.mail):
        raise UsageError("Where should the report go?", "Give --out report.pdf (or .html, .xlsx), or --mail ADDRESS.")
    settings = settings_module.load()
    edition = queries.published(settings)
    language = i18n.choose(options.lang, settings.language)
    now = datetime.now(UTC)
    told = report.collected(
        edition, selected(options), language=language, zone=queries.main_zone(edition), own_topics=settings.topics_file,
        now=now,
    )  # fmt: skip
    data = report.made(told, form)
    if options.out:
        _write(Path(options.out), data)
        say(f"{options.out}: {len(data):,} bytes.")
    if options.mail:
        file = mail.Attachment(
            report.name(told, form, edition.number, data), report.MEDIA[form].partition(";")[0], data
        )
        mail.send(settings, options.mail, f"{told.title}: {told.subtitle}", "\n\n".join(told.sentences) + "\n", [file])
        say(f"Sent to {len(options.mail)} address{'es' if len(options.mail) > 1 else ''}.")
    return 0


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path.name} can't be written: {error.strerror}.") from None
