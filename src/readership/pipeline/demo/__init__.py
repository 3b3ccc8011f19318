"""A made-up newsroom written as saved pages: what `readership demo` feeds to the real pipeline.

Everything is drawn from a seed: the same arguments give the same bytes. Each article has one true curve of views, and
every counter on its pages is read off that curve, so that figures can be compared with the truth (`truth`).
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from readership.errors import UsageError
from readership.pipeline.demo.layouts import Page, render
from readership.pipeline.demo.newsroom import Newsroom, Odd, Story, Visit, build

PAGES = "demo-pages.zip"
RATES = "demo-rates.csv"
_SOURCE = "demo"


def write_pages(folder: Path, *, articles: int = 1500, months: int = 18, seed: int = 2026, until: datetime) -> int:
    """Writes the newsroom's saved pages into `folder` as one zip with a `manifest.csv` (file, url, captured_at).

    Args:
        folder: an existing folder; `demo-pages.zip` in it is written anew.
        articles: how many stories, at least 1.
        months: how many months up to `until` they are spread over, at least 1.
        seed: equal seeds give equal bytes.
        until: aware; no page is saved after it.

    Returns:
        How many pages were saved (captures).

    Raises:
        UsageError: a number is too small or `until` has no zone.
    """
    room = _room(articles, months, seed, until)
    rows = []
    with zipfile.ZipFile(folder / PAGES, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, story, visit, text in _pages(room, seed):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED, 1)
            rows.append((name, _url(story, visit), _moment(visit)))
        manifest = zipfile.ZipInfo("manifest.csv", (1980, 1, 1, 0, 0, 0))
        archive.writestr(manifest, _csv(("file", "url", "captured_at"), rows), zipfile.ZIP_DEFLATED, 1)
    return len(rows)


def write_rates(folder: Path, *, articles: int = 1500, months: int = 18, seed: int = 2026, until: datetime) -> int:
    """Writes the made-up official rates of the demo's working days as `demo-rates.csv`; returns its rows.

    Columns as `rates.official` reads them; the source is named `demo`, so that nobody takes it for a bank's.
    """
    room = _room(articles, months, seed, until)
    rows = [
        (day.isoformat(), code, str(value), "1", quote, _SOURCE)
        for quote, days in room.market.official.items()
        for day, rates in days.items()
        if day.weekday() < 5 and day <= room.until.date()
        for code, value in rates.items()
    ]
    text = _csv(("date", "currency", "value", "quant", "quote", "source"), rows)
    (folder / RATES).write_text(text, "utf-8")
    return len(rows)


def truth(
    *, articles: int = 1500, months: int = 18, seed: int = 2026, until: datetime
) -> dict[tuple[str, str], Callable[[datetime], int]]:
    """By (site, article key): the true cumulative views at an aware moment, resets and misreadings left out."""
    return {(story.site, story.key): story.curve.at for story in _room(articles, months, seed, until).stories}


def _room(articles: int, months: int, seed: int, until: datetime) -> Newsroom:
    if articles < 1 or months < 1:
        raise UsageError("The demo needs at least one article and one month.")
    if until.tzinfo is None:
        raise UsageError("The demo's end needs a zone.", "Give it with an offset, as 2026-11-22T15:00:00Z.")
    return build(articles, months, seed, until)


def _pages(room: Newsroom, seed: int) -> Iterator[tuple[str, Story, Visit, str]]:
    dice = random.Random(f"{seed} pages")  # noqa: S311
    for story in room.stories:
        previous = None
        for number, visit in enumerate(story.visits, 1):
            views = _printed(story, visit, previous, dice)
            text, ending = render(_page(room, story, visit, views))
            name = f"{story.site}/{story.published:%Y-%m}/{story.key}-{number:02d}.{ending}"
            yield name, story, visit, text
            previous = visit


def _printed(story: Story, visit: Visit, previous: Visit | None, dice: random.Random) -> int:
    """The counter on the page: off the curve, except where the copy is odd."""
    if visit.odd is Odd.JUMP:
        return story.counter(visit.moment) * 10 + dice.randrange(10)
    if visit.odd is Odd.STALE and previous:
        return story.counter(story.visits[0].moment)
    return story.counter(visit.moment)


def _page(room: Newsroom, story: Story, visit: Visit, views: int) -> Page:
    day = visit.moment.astimezone(story.zone).date()
    shown = day - timedelta(days=25) if visit.odd is Odd.OLD_HEADER else day
    quote = "KGS" if story.site == "24.kg" else "KZT"
    return Page(
        story=story,
        visit=visit,
        wording=story.wording(visit.moment),
        published=story.published.astimezone(story.zone),
        views=views,
        rates=room.market.header[quote][shown],
        captured_day=day,
    )


def _url(story: Story, visit: Visit) -> str:
    if visit.layout != "amp":
        return story.url
    return story.url.replace(f"el.kz/{story.language}/", f"el.kz/{story.language}/amp/").rstrip("/")


def _moment(visit: Visit) -> str:
    known = visit.odd is not Odd.NO_MOMENT
    return visit.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if known else ""


def _csv(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
