"""Pages of the demo as sites print them: page texts in each layout, and HTML with JSON-LD."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape

from readership.pipeline.demo.newsroom import Odd, Story, Visit, Wording
from readership.pipeline.demo.prose import words

_NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Page:
    """All that one saved page shows: the story, its wording then, the counter, header rates, and the capture's day."""

    story: Story
    visit: Visit
    wording: Wording
    published: datetime
    views: int
    rates: dict[str, Decimal]
    captured_day: date

    @property
    def words(self) -> dict[str, str]:
        """Labels of the page's language."""
        return words(self.story.language)

    @property
    def counter(self) -> str:
        """The counter as printed: every seventh story groups thousands by a no-break space."""
        grouped = int(self.story.key.lstrip("a")) % 7 == 0
        return f"{self.views:,}".replace(",", _NBSP) if grouped else str(self.views)

    @property
    def credit(self) -> str:
        """The credit with its label, "" when the photo has none."""
        return f"Фото: {self.story.credit}" if self.story.credit else ""

    def dotted(self, template: str = "%d.%m.%Y %H:%M") -> str:
        """The publication moment in digits."""
        return self.published.strftime(template)

    def spelled(self) -> str:
        """The publication day with its month in words."""
        return f"{self.published.day} {self.words['months'][self.published.month - 1]} {self.published.year}"


def render(page: Page) -> tuple[str, str]:
    """The page's bytes as text, and the file ending that fits it."""
    if page.visit.odd is Odd.GONE:
        return "\n".join(page.words["removed"]) + "\n", "txt"
    if page.visit.layout == "html":
        return _html(page), "html"
    return _LAYOUTS[page.visit.layout](page), "txt"


def _text(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _plain(value: Decimal) -> str:
    """Trailing zeros dropped, as the site's header does."""
    return f"{value:f}".rstrip("0").rstrip(".")


def _header(page: Page) -> str:
    return "\n".join(_plain(page.rates[code]) for code in ("USD", "EUR", "RUB"))


def _top(page: Page) -> str:
    if "day-on-top" not in page.story.traps:
        return ""
    day = page.captured_day
    weekday = page.words["weekdays"][day.weekday()].capitalize()
    return f"{weekday}, {day.day} {page.words['months'][day.month - 1]} {day.year}"


def _minutes(page: Page) -> str:
    if "minutes" not in page.story.traps:
        return ""
    count = 2 + sum(map(len, page.wording.paragraphs)) // 400
    return "\n" + page.words["minutes"].replace("{n}", str(count))


def _heading(page: Page) -> str:
    meta = " ".join(part for part in (page.credit, page.dotted(), page.counter) if part)
    return f"{page.wording.title}\n{meta}{_minutes(page)}"


def _byline(page: Page) -> str:
    return page.words["author"].replace("{name}", ", ".join(page.story.authors)) if page.story.authors else ""


def _body(page: Page) -> str:
    return "\n\n".join(page.wording.paragraphs)


def _tail(page: Page) -> str:
    return f"{page.words['share']}\n{page.words['subscribe']}"


def _full(page: Page) -> str:
    head = (_top(page), _header(page), page.story.section, page.wording.title)
    return _text(*head, _heading(page), _body(page), _byline(page), _tail(page))


def _no_header(page: Page) -> str:
    return _text(page.wording.title, _heading(page), _body(page), _byline(page), page.words["subscribe"])


def _bare(page: Page) -> str:
    return "\n".join((page.wording.title, *page.wording.paragraphs)) + "\n"


def _amp(page: Page) -> str:
    moment = f"{page.spelled()}, {page.dotted('%H:%M')} {page.counter}"
    return _text(page.wording.title, moment, _body(page), _byline(page), f"EL.KZ\n{page.words['share']}")


def _credit_first(page: Page) -> str:
    return _text(page.story.credit or "", page.wording.title, page.dotted(), _body(page))


def _inform(page: Page) -> str:
    labels = {"en": ("Go to the main site", "Currency rates:", "Main Page >", "News >", "Photo: ")}
    top, rates, home, news, photo = labels.get(
        page.story.language, ("Перейти на основной сайт", "Курсы валют:", "Главная >", "Новости >", "Фото: ")
    )
    pairs = [f"{code.lower()}/kzt {_plain(page.rates[code])}" for code in ("USD", "EUR", "RUB", "CNY")]
    menu = f"  • {home}\n      {news}\n      {page.story.section}"
    head = f"{top}\n{rates}\n{pairs[0]} {pairs[1]}\n\n{pairs[2]} {pairs[3]}\n{menu}"
    credit = photo + page.story.credit if page.story.credit else ""
    moment = f"{page.spelled()}, {page.dotted('%H:%M')}"
    return _text(head, page.wording.title, moment, _body(page), credit, _byline(page))


def _kg(page: Page) -> str:
    rates = "\n".join(f"{code} {page.rates[code]:.2f}" for code in ("USD", "EUR", "RUB"))
    return _text(rates, page.wording.title, f"{page.dotted('%H:%M')}, {page.spelled()}", _body(page))


def _kt(page: Page) -> str:
    credit = f"\nImages | {page.story.credit}" if page.story.credit else ""
    title = page.wording.title
    return _text(f"{page.dotted('%d.%m.%Y, %H:%M')} {page.views}\n{title}\n{title}{credit}", _body(page))


def _egemen(page: Page) -> str:
    month = page.words["months"][page.published.month - 1].capitalize()
    head = f"{page.story.section} • {page.published.day} {month}, {page.published.year}"
    minutes = 2 + sum(map(len, page.wording.paragraphs)) // 400
    counters = f"{page.views} рет\nкөрсетілді\n\n{minutes} мин\nоқу үшін"
    return _text(head, page.wording.title, counters, _body(page), _byline(page))


def _zhaikpress(page: Page) -> str:
    moment = f"{page.published.day}.{page.dotted('%m.%Y, %H:%M')}\nПросмотры: {page.views}"
    return _text(page.wording.title, moment, _body(page), page.credit)


_LAYOUTS = {
    "full": _full, "no-header": _no_header, "bare": _bare, "amp": _amp, "credit-first": _credit_first,
    "inform.kz": _inform, "24.kg": _kg, "kt.kz": _kt, "egemen.kz": _egemen, "zhaikpress.kz": _zhaikpress,
}  # fmt: skip


def _html(page: Page) -> str:
    story, title = page.story, escape(page.wording.title)
    rates = "".join(f"<li>{_plain(page.rates[code])}</li>" for code in ("USD", "EUR", "RUB"))
    paragraphs = "\n".join(f"<p>{escape(text)}</p>" for text in page.wording.paragraphs)
    credit = f'<span class="photo">{escape(page.credit)}</span> ' if page.credit else ""
    byline = f'<p class="author">{escape(_byline(page))}</p>\n' if story.authors else ""
    return f"""<!doctype html>
<html lang="{story.language}">
<head>
<meta charset="utf-8">
<title>{title} | El.kz</title>
<link rel="canonical" href="{escape(story.url)}">
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="{page.published.isoformat()}">
<script type="application/ld+json">{_json_ld(page)}</script>
</head>
<body>
<header><ul class="currency">{rates}</ul></header>
<main><article>
<div class="section"><a href="/{story.language}/">{escape(story.section)}</a></div>
<h1>{title}</h1>
<div class="meta">{credit}<time datetime="{page.published.isoformat()}">{page.dotted()}</time> \
<span class="views">{page.counter}</span></div>
<div class="text">
{paragraphs}
</div>
{byline}</article></main>
<footer><div>{escape(page.words["share"])}</div><div>{escape(page.words["subscribe"])}</div></footer>
</body>
</html>
"""


def _json_ld(page: Page) -> str:
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.wording.title,
        "datePublished": page.published.isoformat(),
        "inLanguage": page.story.language,
        "articleSection": page.story.section,
        "author": [{"@type": "Person", "name": name} for name in page.story.authors],
    }
    return json.dumps(article, ensure_ascii=False).replace("</", "<\\/")
