"""Which table this is, by its columns: our own kinds, and the exports of common tools, from their headers.

Headers as the tools write them: Google Analytics 4 (UI: `Page path and screen class`, `Views`; Data API: `pagePath`,
`screenPageViews`), Universal Analytics (`Page`, `Pageviews`, `ga:…`), Matomo (`Actions.getPageUrls` as CSV), Plausible
(`imported_pages` of its data export).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from readership.errors import InputRefused
from readership.sources import instants

Kind = Literal["articles", "counters", "gains"]
ARTICLES = ("site", "article_key", "url", "language", "section", "title", "published_at", "body")
OURS = frozenset({*ARTICLES, "observed_at", "views", "day"})


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read.

    Attributes:
        kind: what its rows are.
        meter: what counted; `public` for the counter printed on pages.
        columns: our column → the table's own (index into its header).
        unused: columns of the table that nothing is read from, as written.
        nth: `day` holds numbers counted from this day.
        fixed_day: the day of every row, when the table has no column of days.
        tool: an export of a tool: it prints totals, and groups digits.
    """

    kind: Kind
    meter: str
    columns: Mapping[str, int]
    unused: tuple[str, ...] = ()
    nth: date | None = None
    fixed_day: date | None = None
    tool: bool = False


@dataclass(frozen=True, slots=True)
class _Tool:
    meter: str
    page: tuple[str, ...]
    views: tuple[str, ...]
    host: tuple[str, ...] = ("hostname", "host name", "ga:hostname")
    day: tuple[str, ...] = ("date",)
    nth: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()  # one of these must be there as well
    hint: str = "Export it with the date as a dimension, one row a page and day."


_TOOLS = (
    _Tool("plausible", ("page",), ("pageviews",), beside=frozenset({"visitors", "visits"})),
    _Tool(
        "google-analytics",
        ("full page url", "fullpageurl", "page location", "pagelocation", "page path and screen class",
         "page path + query string and screen class", "page path + query string", "page path", "pagepath",
         "pagepathplusquerystring", "unifiedpagepathscreen"),
        ("views", "screenpageviews"),
        nth=("nth day", "nthday"),
    ),
    _Tool(
        "google-analytics", ("page", "ga:pagepath"), ("pageviews", "ga:pageviews"),
        day=("date", "ga:date", "day index"),
    ),
    _Tool(
        "matomo", ("metadata_url", "metadata: url", "url", "page url", "label"), ("nb_hits", "pageviews"),
        beside=frozenset({"label", "page url", "metadata_url", "metadata: url"}),
        hint="Export it flat, for a range of dates with the period “day”.",
    ),
)  # fmt: skip


def names(header: Sequence[str]) -> list[str]:
    """Names of columns for comparing: without BOM and spaces around, in small letters."""
    return [re.sub(r"\s+", " ", name.strip("\ufeff \t\r\n\u00a0")).casefold() for name in header]


def recognise(
    header: Sequence[str], comments: Iterable[str], column_map: Mapping[str, str], meter: str | None
) -> Layout:
    """The layout of a table with this header.

    Args:
        header: names of its columns as written.
        comments: lines before the header (Google Analytics says its range of dates there).
        column_map: their name → ours.
        meter: what counted, for gains of no known tool.

    Raises:
        InputRefused: the columns make no table that can be read, with the reason.
    """
    own = names(header)
    mapped = _mapped(own, column_map)
    if len(set(own)) < len(own):
        own, mapped = _first_only(own), _first_only(mapped)
    said = list(comments)
    layout = _canonical(mapped, meter) or _tool(own, mapped, said, meter)
    if layout is None:
        raise _unknown(own, header)
    used = set(layout.columns.values())
    unused = tuple(name.strip() for i, name in enumerate(header) if i not in used)
    return replace(layout, unused=unused, tool=layout.tool or (layout.kind == "gains" and bool(said)))


def _mapped(own: list[str], column_map: Mapping[str, str]) -> list[str]:
    ours = dict(zip(names(list(column_map)), column_map.values(), strict=True))
    # A column that is given away under our name must not stay in the place of the one that is mapped to it.
    taken = set(ours.values())
    return [ours.get(name, f"their {name}" if name in taken else name) for name in own]


def _first_only(columns: list[str]) -> list[str]:
    seen: set[str] = set()
    for column in columns:
        if column in seen and column in OURS:
            raise InputRefused(f"Two columns are named “{column}”.", "Keep one of them.")
        seen.add(column)
    return [name if columns.index(name) == i else f"{name} again {i}" for i, name in enumerate(columns)]


def _canonical(columns: list[str], meter: str | None) -> Layout | None:
    have = {name: i for i, name in enumerate(columns) if name in OURS}
    if not ("url" in have or {"site", "article_key"} <= have.keys()):
        return None
    address: dict[str, int] = {name: have[name] for name in ("site", "article_key", "url") if name in have}
    if {"observed_at", "views"} <= have.keys():
        return Layout("counters", "public", {**address, **{name: have[name] for name in ("observed_at", "views")}})
    if {"day", "views"} <= have.keys():
        if meter is None:
            raise InputRefused("Views per day need the name of what counted them.", "Say --meter NAME.")
        return Layout("gains", meter, {**address, **{name: have[name] for name in ("day", "views")}})
    return Layout("articles", "", have) if "title" in have else None


def _tool(own: list[str], mapped: list[str], comments: list[str], meter: str | None) -> Layout | None:
    at = {name: i for i, name in enumerate(own)}
    for tool in _TOOLS:
        page = next((at[name] for name in tool.page if name in at), None)
        views = next((at[name] for name in tool.views if name in at), None)
        if page is None or views is None or (tool.beside and not tool.beside & at.keys()):
            continue
        columns = {"url": page, "views": views}
        host = next((at[name] for name in tool.host if name in at), None)
        if host is not None:
            columns["site"] = host
        elif "site" in mapped:
            columns["site"] = mapped.index("site")
        return _dated(tool, Layout("gains", meter or tool.meter, columns, tool=True), at, mapped, comments)
    return None


def _dated(tool: _Tool, layout: Layout, at: Mapping[str, int], mapped: list[str], comments: list[str]) -> Layout:
    # A column that the tool itself names “Day” is GA4's day of the month: only one that was mapped counts.
    given = [i for i, name in enumerate(mapped) if name == "day" and at.get("day") != i]
    day = given[0] if given else next((at[name] for name in tool.day if name in at), None)
    if day is not None:
        return replace(layout, columns={**layout.columns, "day": day})
    first, last = _range(comments)
    nth = next((at[name] for name in tool.nth if name in at), None)
    if nth is not None and first is not None:
        return replace(layout, columns={**layout.columns, "day": nth}, nth=first)
    if first is not None and first == last:
        return replace(layout, fixed_day=first)
    raise InputRefused("The export has views of pages, but no day for them.", tool.hint)


def _range(comments: list[str]) -> tuple[date | None, date | None]:
    """First and last day that the lines before the header name; None when they name none."""
    said = " ".join(comments)
    for form in (r"Start date:\s*(\d{8})\b.*?End date:\s*(\d{8})\b", r"\b(\d{8})\s*-\s*(\d{8})\b"):
        found = re.search(form, said, re.IGNORECASE | re.DOTALL)
        if found:
            return instants.day(found[1]), instants.day(found[2])
    found = re.search(r"Start date:\s*(\d{8})\b", said, re.IGNORECASE)
    return (instants.day(found[1]) if found else None), None


def _unknown(own: list[str], header: Sequence[str]) -> InputRefused:
    if {"name", "visitors", "pageviews"} <= set(own):
        return InputRefused(
            "Plausible's table of top pages has no day for its views.",
            "Take Plausible's data export (Site settings, Imports & Exports): its imported_pages has days.",
        )
    if {"date", "visitors"} <= set(own):
        return InputRefused("The export has days, but no pages.", "Export views per page and day (imported_pages).")
    if {"views", "pageviews", "nb_hits", "screenpageviews"} & set(own):
        return InputRefused(
            f"The columns are not recognised: {_listed(header)}.",
            "Readings need observed_at, views and url (or site, article_key); views of a day need day, views and url. "
            "Give other names with --map theirs=ours.",
        )
    return InputRefused(
        f"The columns are not recognised: {_listed(header)}.",
        "Articles need title and url (or site, article_key), readings observed_at and views. "
        "Give other names with --map theirs=ours.",
    )


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(name.strip()[:40] for name in header[:12])
    return shown + (", …" if len(header) > 12 else "")
