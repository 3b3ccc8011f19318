"""Documents that name articles: sitemaps, news sitemaps, indexes, RSS of all versions, Atom, JSON Feed, pages."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime

import pytest

from readership.errors import InputRefused
from readership.sources import feeds
from readership.sources.feeds import Link

BASE = "https://a.org/where/x.xml"
AT = datetime(2024, 5, 1, 5, 0, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def read(text: str | bytes, **options: object) -> feeds.Found:
    return feeds.read(text.encode() if isinstance(text, str) else text, BASE, **options)  # type: ignore[arg-type]


def test_a_sitemap_names_pages_with_their_last_change():
    found = read(
        f"<urlset {NS}><url><loc> https://a.org/1 </loc><lastmod>2024-05-01T10:00:00+05:00</lastmod></url></urlset>"
    )
    assert (found.form, found.pages) == ("sitemap", [Link("https://a.org/1", None, AT)])


def test_a_news_sitemap_dates_its_articles_and_pictures_are_no_pages():
    found = read(
        f"<urlset {NS} {NEWS}><url><image:image><image:loc>https://a.org/1.jpg</image:loc></image:image>"
        "<loc>https://a.org/1</loc><n:news><n:publication_date>2024-05-01T05:00:00Z</n:publication_date></n:news></url></urlset>"
    )
    assert (found.form, found.pages) == ("news", [Link("https://a.org/1", AT)])


def test_an_index_names_sitemaps_packed_or_not():
    text = f"<sitemapindex {NS}><sitemap><loc>https://a.org/s1.xml.gz</loc><lastmod>2024-05-01</lastmod></sitemap></sitemapindex>"
    for body in (text.encode(), gzip.compress(text.encode())):
        found = feeds.read(body, BASE)
        assert (found.form, found.pages, found.sitemaps) == ("index", [], [Link("https://a.org/s1.xml.gz")])


@pytest.mark.parametrize(
    "text",
    [
        '<rss version="2.0"><channel><link>https://a.org/</link><item><title>t</title><link>https://a.org/1</link>'
        "<pubDate>Wed, 01 May 2024 10:00:00 +0500</pubDate></item></channel></rss>",
        '<rss version="2.0"><channel><item><guid>https://a.org/1</guid>'
        "<pubDate>Wed, 01 May 2024 05:00:00 GMT</pubDate></item>"
        "</channel></rss>",
        '<rss version="2.0"><channel><item><guid isPermaLink="false">tag:7</guid><link><![CDATA[https://a.org/1]]></link>'
        "<pubDate>Wed, 01 May 2024 05:00:00 GMT</pubDate></item></channel></rss>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://a.org/</link></channel>'
        "<item><link>https://a.org/1</link><dc:date>2024-05-01T05:00:00Z</dc:date></item></rdf:RDF>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://a.org/"/><entry><link rel="self" href="/no"/>'
        '<link rel="alternate" href="/1"/><published>2024-05-01T05:00:00Z</published></entry></feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "7", "url": "/1", '
        '"date_published": "2024-05-01T05:00:00Z"}]}',
    ],
    ids=["rss", "guid", "cdata", "rdf", "atom", "json"],
)
def test_feeds_of_every_kind_name_articles_and_their_moment(text):
    found = read(text)
    assert found.form == "feed"
    assert [(link.url, link.published) for link in found.pages] == [("https://a.org/1", AT)]


def test_a_feed_in_another_charset_is_read():
    text = '<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><link>https://a.org/Привет</link></item></channel></rss>'
    assert [link.url for link in read(text.encode("cp1251")).pages] == ["https://a.org/Привет"]


def test_a_section_page_names_the_links_that_fit_each_once():
    page = (
        '<a href="/news/1">x</a><a href="https://a.org/news/1">x</a><a href="/about">x</a><a href="news/2?x=1">x</a>'
        '<a href="javascript:void(0)">x</a><a>x</a><a href="//b.org/news/3">x</a><a href="http://[">x</a>'
    )
    found = read(page, pattern=re.compile(r"/news/\d"))
    assert [link.url for link in found.pages] == [
        "https://a.org/news/1",
        "https://a.org/where/news/2?x=1",
        "https://b.org/news/3",
    ]


def test_a_plain_list_of_urls_is_a_sitemap():
    assert [link.url for link in read("https://a.org/1\r\nhttps://a.org/2\n\nnothing\n").pages] == [
        "https://a.org/1",
        "https://a.org/2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>not here</body></html>",
        "",
        "nothing",
        '{"items": 7}',
        "[1]",
        "<urlset><url>",
        "<opml/>",
    ],
)
def test_what_is_no_such_document_is_refused_with_a_reason(text):
    with pytest.raises(InputRefused) as told:
        read(text)
    assert told.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-01T10:00:00+05:00", AT),
        ("2024-05-01T05:00:00Z", AT),
        ("Wed, 01 May 2024 05:00:00 GMT", AT),
        ("2024-05-01", None),
        ("2024-05-01T05:00:00", None),
        ("yesterday", None),
        ("", None),
        ("9" * 100, None),
        ("Wed, 01 May 2024 05:00:00 -0000", None),
    ],
)
def test_a_moment_without_its_offset_is_no_moment(text, moment):
    assert feeds.moment(text) == moment


def test_links_beyond_the_bound_are_left_out(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_LINKS", 3)
    assert (
        len(
            read(
                f"<urlset {NS}>" + "".join(f"<url><loc>https://a.org/{n}</loc></url>" for n in range(9)) + "</urlset>"
            ).pages
        )
        == 3
    )
