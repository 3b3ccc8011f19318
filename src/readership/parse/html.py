"""HTML: what machines are told (JSON-LD, OpenGraph, `<time>`, itemprop), then the line rules on the visible text."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from readership.errors import NotAnArticle
from readership.models import PageFacts, Provenance, Published, Site
from readership.parse import authors, dates, layouts
from readership.parse.article import facts, hints_of, normalise, read_article
from readership.parse.frame import GENERIC, Found, Hints
from readership.parse.lines import plain
from readership.sites import Sites

# Beyond these the time of the HTML parser grows with the square; no page for people comes near.
_MAX_DEPTH = 4_000
_MANY_TAGS = 8_000
_MAX_ATTRIBUTES = 1_000
_LONG_TAG = 8_000
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# Elements without an end, or whose end may be left out: they don't nest.
_VOID = frozenset(
    {
        "p",
        "li",
        "td",
        "tr",
        "th",
        "dd",
        "dt",
        "option",
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    }
)
_DROP = (
    "script, style, noscript, template, iframe, select, textarea, "
    "object, footer, dialog, video, audio, canvas, datalist"
)
_BLOCKS = (
    "address|article|aside|blockquote|br|button|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure"
    "|form|h[1-6]|header|hr|label|legend"
    "|li|main|menu|nav|ol|p|pre|section|summary|table|tbody|thead|tfoot|tr|td|th|ul|time"
)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^>]*)?>")
_INLINE = re.compile(r"</?(?:b|strong|i|em|u|font|sup|sub|mark|wbr|small|s|abbr|span|a|bdi)(?:\s[^>]*)?>")
_OTHER = re.compile(r"<[^>]*>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKED = re.compile(r"<(h1|figcaption)(?:\s[^>]*)?>")
# Inline elements that touch are set apart by style sheets: their texts are not one word.
_TOUCHING = tuple(f"</{name}><" for name in ("span", "a", "b", "i", "strong", "em", "button", "small"))
_WHITES = "\t\r\n\f"
_WHITE = re.compile(r"[ \t\r\n\f]+")
# Counters whose only label is an icon or a box's name.
_ICONS = (
    '[class*="eye" i], [class*="view" i], [class*="hits" i], [class*="prosmotr" i], [class*="comment" i], '
    'use[href*="eye"], use[href*="view"], use[href*="comment"]'
)
_ICON_NAME = re.compile(
    r"(?<![a-z])(?:(?P<view>eye|views?|viewcount|hits|pageviews|prosmotr\w*)|comments?)(?![a-z])", re.IGNORECASE
)
_ICON_TEXT = 60
# Readers' comments and other articles, by the names that most sites give these blocks.
_OTHERS = (
    "#comments, .comments, .Comments, .comment-list, .comments-area, #disqus_thread, .related, .related-news, "
    ".related-posts, "
    ".read-also, .similar-news, .other-news, .recommended, aside"
)
_OWN = 'a[rel~="author"], address, a[data-component="section"], [itemprop="author"]'
_MARGIN = 600
_MENUS = 'nav, [role="navigation"], [class*="menu" i], [id*="menu" i], [data-component^="nav"]'
# Author and section as markup names them, surest first.
_AUTHORS = (
    '[rel~="author"]',
    '[itemprop="author"]',
    '[class*="author-name" i], [class*="author__name" i], [class*="author_name" i], [class*="authorname" i]',
    '[class*="byline" i], [class*="author" i], [data-component*="byline"]',
)
_SECTIONS = 'a[rel~="category"], [itemprop="articleSection"], a[data-component="section"], a[data-link-name*="section"]'
_ARTICLE_TYPES = frozenset(
    {
        "Article",
        "NewsArticle",
        "BlogPosting",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "LiveBlogPosting",
        "TechArticle",
        "VideoObject",
        "Report",
        "ReviewNewsArticle",
        "BackgroundNewsArticle",
        "AdvertiserContentArticle",
    }
)


# Accounts, not people.
_NOBODY = frozenset(
    {"super user", "admin", "administrator", "editor", "редакция", "редактор", "redaktor", "root", "author", "автор"}
)


@dataclass
class Told:
    """What the markup tells machines; each value with where it stood."""

    titles: list[str] = field(default_factory=list)
    published: tuple[str, Provenance] | None = None
    updated: tuple[str, Provenance] | None = None
    section: tuple[str, Provenance] | None = None
    authors: tuple[tuple[str, ...], Provenance] | None = None
    views: tuple[int, Provenance] | None = None
    body: str = ""
    language: str | None = None
    url: str | None = None


def read(text: str, url: str | None, sites: Sites) -> PageFacts:
    """Facts of an HTML page.

    Raises:
        NotAnArticle: markup beyond measure, or no article in it.
    """
    _guard(text)
    tree = LexborHTMLParser(text)
    told = _told(tree)
    url = url or told.url
    site = sites.of_url(url) if url else None
    layout = layouts.named(site.layout) if site else GENERIC
    _clean(tree)
    text, tags = visible((tree.body.html if tree.body is not None else None) or "")
    hints = _hints(url, told)
    found = read_article(text, tags, hints, site, layout)
    if not found.authors or found.section is None:
        _from_blocks(told, tree)
    _apply(found, told, site)

    return facts(found, url, site, sites, layout.name, told.language)


def _hints(url: str | None, told: Told) -> Hints:
    return hints_of(url, frozenset(plain(title) for title in told.titles))


def _guard(text: str) -> None:
    if _attributes(text) > _MAX_ATTRIBUTES:
        raise NotAnArticle("The page has a tag with thousands of attributes.")
    if text.count("<") > _MANY_TAGS and _depth(text) > _MAX_DEPTH:
        raise NotAnArticle("The page nests its elements thousands deep.")


def _attributes(text: str) -> int:
    """About how many attributes the page's fullest long tag has. A long run without brackets covers a whole block."""
    most, at, step = 0, 0, _LONG_TAG // 2
    while at < len(text) - step:
        if text.find("<", at, at + step) >= 0 or text.find(">", at, at + step) >= 0:
            at += step
            continue
        start = max(text.rfind("<", 0, at), text.rfind(">", 0, at))
        end = min((place for place in (text.find("<", at), text.find(">", at)) if place >= 0), default=len(text))
        if start >= 0 and text[start] == "<":
            bare = _QUOTED.sub("", text[start:end])
            most = max(most, sum(bare.count(mark) for mark in " \t\n/="))
        at = end + 1
    return most


def _depth(text: str) -> int:
    depth = deepest = 0
    for closing, name in _TAG.findall(text):
        if closing:
            depth = max(0, depth - 1)
        elif name.lower() not in _VOID:
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > _MAX_DEPTH:
                    break
    return deepest


# --- visible text ----------------------------------------------------------------------------------------------------


def _clean(tree: LexborHTMLParser) -> None:
    """Drop what readers don't see, other articles, comments and menus; label counters that have only an icon."""
    for unseen in reversed(tree.css(_DROP)):  # inner ones first: an outer one takes them with it
        unseen.decompose()
    for block in reversed(tree.css(_OTHERS)):
        if block.css_first("h1") is None and not _is_byline(block):
            block.decompose()
    for menu in reversed(tree.css(_MENUS)):
        if not _is_path(menu) and _is_menu(menu):
            menu.decompose()
    _label_icons(tree)


def _is_byline(block: LexborNode) -> bool:
    """A margin that holds the article's own author, time or section."""
    return block.tag == "aside" and block.css_first(_OWN) is not None and len(block.text()) <= _MARGIN


def _is_menu(node: LexborNode) -> bool:
    if node.tag == "nav":
        return True
    text = node.text()
    return len(text) < 4_000 and not any(map(str.isdecimal, text)) and node.css_first("h1, article, main") is None


def _is_path(node: LexborNode) -> bool:
    """A menu that shows where the page stands (breadcrumb)."""
    said = " ".join(value or "" for value in node.attributes.values()).lower()
    return "crumb" in said or "path" in said


def visible(markup: str) -> tuple[str, dict[int, str]]:
    """Text of a parsed and written markup as lines, one a block, and which of them are headings and captions."""
    marked = _COMMENT.sub("", markup) if "<!--" in markup else markup
    for white in _WHITES:  # faster by far than translate() on other than Latin text
        marked = marked.replace(white, " ")
    for touching in _TOUCHING:
        marked = marked.replace(touching, " <")  # with a space the end itself is not needed any more
    marked = _MARKED.sub("\n\x02\\1\x03", marked)
    marked = _OTHER.sub(" ", _INLINE.sub("", _BLOCK.sub("\n", marked)))
    kept: list[str] = []
    tags: dict[int, str] = {}
    for raw in entities.unescape(marked).split("\n"):
        if not (line := raw.strip()):
            continue
        if line[0] == "\x02":
            tag, _, line = line[1:].partition("\x03")
            if not (line := line.strip()):
                continue
            tags[len(kept) + 1] = tag
        kept.append(" ".join(line.split()))
    return normalise("\n".join(kept)), tags


def _label_icons(tree: LexborHTMLParser) -> None:
    """Put the sign of views or comments beside elements that stand for such a counter."""
    for node in tree.css(_ICONS):
        attributes = node.attributes
        found = _ICON_NAME.search(attributes.get("class") or attributes.get("href") or "")
        if found is None or len(node.text()) > _ICON_TEXT:
            continue
        sign = " 👁 " if found["view"] else " 💬 "
        if node.first_child is not None:
            node.first_child.insert_before(sign)
        else:
            node.insert_after(sign)


# --- what machines are told ------------------------------------------------------------------------------------------


def _told(tree: LexborHTMLParser) -> Told:
    told = Told()
    metas = _metas(tree)
    thing = _news(tree)
    if thing is not None:
        _from_json(told, thing)
    _from_metas(told, metas)
    _from_elements(told, tree)
    return told


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    metas: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            metas.setdefault(name.lower(), content.strip())
    return metas


def _from_metas(told: Told, metas: Mapping[str, str]) -> None:
    for name in ("og:title", "twitter:title", "title"):
        if name in metas:
            told.titles.append(_title(metas[name]))
    told.published = told.published or _meta(
        metas,
        "article:published_time",
        "datepublished",
        "pubdate",
        "publish-date",
        "dc.date.issued",
        "publication_date",
        "mediator_published_time",
        "date",
    )
    told.updated = told.updated or _meta(
        metas, "article:modified_time", "datemodified", "og:updated_time", "last-modified"
    )
    told.section = told.section or _meta(metas, "article:section", "articlesection")
    author = _meta(
        metas, "author", "article:author", "mediator_author", "dc.creator", "parsely-author", "sailthru.author"
    )
    if told.authors is None and author and not author[0].startswith("http") and author[0].lower() not in _NOBODY:
        told.authors = authors.people(author[0]) or (author[0],), author[1]
    told.url = metas.get("og:url") or told.url


def _from_blocks(told: Told, tree: LexborHTMLParser) -> None:
    """Author and section from elements whose name says so, within the article when the page marks one."""
    heading = tree.css_first("article h1")
    scope = (tree.css_first("article") if heading is not None else tree.body) or tree.root
    if scope is None:
        return
    if told.authors is None:
        told.authors = _named_authors(scope)
    if told.section is None:
        said = {" ".join(node.text().split()): node for node in scope.css(_SECTIONS)[:6]}
        if len(said) == 1 and 2 < len(name := next(iter(said))) <= 40:
            told.section = name, Provenance("markup section", name)


def _named_authors(scope: LexborNode) -> tuple[tuple[str, ...], Provenance] | None:
    for selector in _AUTHORS:
        found: list[str] = []
        for node in scope.css(selector)[:12]:
            if "comment" not in (node.attributes.get("class") or "").lower():
                found += authors.people(node.text(separator=" ")[:200])
        people = tuple(dict.fromkeys(found))
        if 0 < len(people) <= 6:
            return people, Provenance("markup author", ", ".join(people)[:200])
    return None


def _meta(metas: Mapping[str, str], *names: str) -> tuple[str, Provenance] | None:
    for name in names:
        if value := metas.get(name):
            kind = "og" if name.startswith(("og:", "article:")) else "meta"
            return value, Provenance(f"{kind} {name}", value[:200])
    return None


def _from_elements(told: Told, tree: LexborHTMLParser) -> None:
    root = tree.root
    told.language = ((root.attributes.get("lang") or "") if root else "").lower().replace("_", "-").split("-")[
        0
    ] or None
    if (title := tree.css_first("title")) is not None:
        told.titles.append(_title(title.text()))
    if (link := tree.css_first('link[rel="canonical"]')) is not None and (href := link.attributes.get("href")):
        told.url = urljoin(told.url or "", href) if told.url else href
    if told.url and not told.url.lower().startswith(("http://", "https://")):
        told.url = None
    if told.published is None:
        told.published = _time(tree, "datePublished")
    if told.updated is None:
        told.updated = _time(tree, "dateModified")


def _time(tree: LexborHTMLParser, prop: str) -> tuple[str, Provenance] | None:
    node = tree.css_first(f'[itemprop="{prop}"]')
    where = f"itemprop {prop}"
    if node is None and prop == "datePublished":
        # A lone <time> is the article's; among many only one inside <article> or <header> beside the heading.
        stamped = tree.css("time[datetime]")
        node, where = (stamped[0] if len(stamped) == 1 else tree.css_first("article time[datetime]")), "time datetime"
    if node is None:
        return None
    value = node.attributes.get("datetime") or node.attributes.get("content")
    return (value.strip(), Provenance(where, value[:200])) if value else None


def _title(text: str) -> str:
    return _WHITE.sub(" ", entities.unescape(text)).strip()


def _news(tree: LexborHTMLParser) -> Mapping[str, Any] | None:
    """The page's article among its JSON-LD things."""
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        raw = node.text() or ""
        if len(raw) > 1_000_000:
            continue
        try:
            value = json.loads(raw, strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(value):
            kinds = thing.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind in _ARTICLE_TYPES for kind in kinds):
                return thing
    return None


def _things(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        graph = value.get("@graph")
        for inner in (*(graph if isinstance(graph, list) else ()), value.get("mainEntity")):
            if isinstance(inner, dict):
                yield inner
    elif isinstance(value, list):
        for inner in value[:200]:
            if isinstance(inner, dict):
                yield from _things(inner)


def _from_json(told: Told, thing: Mapping[str, Any]) -> None:
    for name in ("headline", "name"):
        if isinstance(value := thing.get(name), str):
            told.titles.append(_title(value))
    told.published = _json_text(thing, "datePublished") or _json_text(thing, "uploadDate")
    told.updated = _json_text(thing, "dateModified")
    told.section = _json_text(thing, "articleSection")
    names = tuple(dict.fromkeys(_names(thing.get("author"))))
    if names:
        told.authors = names, Provenance("json-ld author", ", ".join(names)[:200])
    told.views = _json_views(thing)
    body = thing.get("articleBody")
    told.body = body if isinstance(body, str) else ""


def _json_text(thing: Mapping[str, Any], name: str) -> tuple[str, Provenance] | None:
    value = thing.get(name)
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, str) or not value.strip():
        return None
    value = _title(value)
    return value, Provenance(f"json-ld {name}", value[:200])


def _names(value: Any) -> Iterator[str]:
    """Names of people in a JSON-LD author: a text, a thing, or a list of such."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            if "Organization" in str(item.get("@type")):
                continue
            item = item.get("name")
        for name in item if isinstance(item, list) else [item]:
            if isinstance(name, str) and name.strip() and not name.startswith("http"):
                text = _title(name)[:200]
                yield from authors.people(text) or (text,)


def _json_views(thing: Mapping[str, Any]) -> tuple[int, Provenance] | None:
    statistics = thing.get("interactionStatistic")
    for item in statistics if isinstance(statistics, list) else [statistics]:
        if not isinstance(item, dict):
            continue
        kind = item.get("interactionType")
        kind = kind.get("@type") if isinstance(kind, dict) else kind
        count = item.get("userInteractionCount")
        if isinstance(kind, str) and kind.rsplit("/", 1)[-1] in {"ViewAction", "ReadAction", "WatchAction"}:
            text = str(count)
            if text.isascii() and text.isdigit() and len(text) <= 15:
                return int(text), Provenance("json-ld interactionStatistic", text)
    return None


# --- together --------------------------------------------------------------------------------------------------------


def _apply(found: Found, told: Told, site: Site | None) -> None:
    zone = site.zone if site else None
    _apply_date(found, told, zone)
    if (
        told.updated
        and (moment := _moment(told.updated[0], zone))
        and moment.local != (found.published and found.published.local)
    ):
        found.updated, found.provenance["updated"] = moment, told.updated[1]
    if told.section and found.section is None:
        found.section, found.provenance["section"] = told.section
    own = {plain(name) for name in (site.name, *site.own_names)} if site else set()
    if told.authors and not found.authors and not {plain(name) for name in told.authors[0]} & own:
        found.authors, found.provenance["authors"] = told.authors
    if told.views and found.views is None:
        found.views, found.provenance["views"] = told.views
    if len(told.body) > 2 * len(found.body):
        found.body = _paragraphs(told.body)
        found.provenance["body"] = Provenance("json-ld articleBody", found.body[:200])


def _paragraphs(text: str) -> str:
    lines = (_WHITE.sub(" ", line).strip() for line in normalise(entities.unescape(text)).split("\n"))
    return "\n".join(line for line in lines if line)


def _moment(text: str, zone: str | None) -> Published | None:
    printed = dates.iso(text)
    if printed is None:
        found = dates.find(text[:80])
        printed = found[0] if found else None
    return dates.published(printed, zone) if printed else None


def _apply_date(found: Found, told: Told, zone: str | None) -> None:
    """The machine's date, unless the page prints the same wall clock and the machine only mislabels its offset."""
    if told.published is None:
        return
    moment = _moment(told.published[0], zone)
    shown = found.published
    if moment is None or (shown and shown.precision != "day" and _same_wall_clock(told.published[0], shown)):
        return
    if moment.precision == "day" and shown is not None and shown.day == moment.day:
        return
    found.published, found.provenance["published"] = moment, told.published[1]


def _same_wall_clock(text: str, shown: Published) -> bool:
    return text[:16].replace(" ", "T") == shown.local[:16]
