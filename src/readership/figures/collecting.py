"""How collecting goes: what was read, hour by hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from readership.figures.style import BLUE, GREY_FAINT, ORANGE, Figure, canvas
from readership.i18n import Language

HOURS = 48
KINDS = ("captures", "unchanged", "failed")
_COLOURS = {"captures": BLUE, "unchanged": GREY_FAINT, "failed": ORANGE}


def requests_by_hour(rows: pd.DataFrame, now: datetime, zone: str, language: Language) -> Figure:
    """What came of the collector's requests in each of the last 48 hours, all sites together.

    Args:
        rows: `hours` of the collector's status: hour (UTC), captures, unchanged, failed.
        now: the end of the axis, aware.
        zone: in which hours are told.
    """
    say = language.say
    names = {"captures": say("captures"), "unchanged": say("unchanged"), "failed": say("failed")}
    sums = rows.groupby("hour", as_index=False)[list(KINDS)].sum()
    hours = list(pd.to_datetime(sums["hour"], utc=True).dt.tz_convert(zone).dt.tz_localize(None))
    fig = canvas(height=220, legend=True)
    for kind in KINDS:
        fig.add_bar(
            x=hours, y=[int(n) for n in sums[kind]], name=names[kind], marker_color=_COLOURS[kind], offset=0,
            width=3_600_000 * 0.86, hoverinfo="text",
            hovertext=[f"<b>{language.short_day(hour)} {hour:%H:%M}</b><br>{names[kind]}: {language.number(int(n))}"
                       for hour, n in zip(hours, sums[kind], strict=True)],
        )  # fmt: skip
    end = now.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(hours=1)
    ticks = [end - timedelta(hours=back) for back in range(HOURS, -1, -12)]
    words = [f"{language.short_day(tick)} {tick:%H:%M}" for tick in ticks]
    fig.update_xaxes(range=[str(ticks[0]), str(ticks[-1])], tickvals=ticks, ticktext=words, tickangle=0)
    fig.update_layout(barmode="stack")
    return Figure(fig, say("Captures by hour"), _subtitle(zone, language), _finding(sums, language))


def _subtitle(zone: str, language: Language) -> str:
    return language.say(
        "Requests for articles and lists of the last 48 hours, hours of {zone}: pages taken in as captures, pages that "
        "the site says are unchanged, and requests that failed. An hour without a bar: nothing was asked for.",
        zone=zone,
    )


def _finding(sums: pd.DataFrame, language: Language) -> str:
    told = {kind: language.number(int(sums[kind].sum())) for kind in KINDS}
    return language.say("{captures} captures, {unchanged} unchanged, {failed} failed in 48 hours.", **told)
