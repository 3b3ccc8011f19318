"""HTML: what machines are told, what readers see, and which of the two is believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from readership import parse, sites
from readership.errors import NotAnArticle
from readership.models import Capture, PageFacts

URL = "https://tengrinews.kz/markets/trade-grows-with-georgia-512345/"
TITLE = "Trade grows with Georgia"
TEXT = "<p>Exports to Georgia rose by 12 percent in the first quarter, the ministry said.</p><p>Wine and nuts lead.</p>"


def page(head: str = "", above: str = "", meta: str = "", text: str = TEXT, below: str = "", lang: str = "en") -> bytes:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{TITLE} - Tengrinews.kz</title>{head}</head><body>{above}'
        f"<article><h1>{TITLE}</h1><div>{meta}</div><div>{text}</div></article>{below}</body></html>"
    ).encode()


def ld(**facts: Any) -> str:
    return (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": TITLE} | facts)}</script>'
    )


def read(body: bytes, url: str | None = URL) -> PageFacts:
    return parse.read(Capture(body, "test", url=url), sites.load())


def local(facts: PageFacts) -> str | None:
    return facts.published.local if facts.published else None


def test_json_ld_gives_date_authors_section_and_views() -> None:
    statistic = {"interactionType": "https://schema.org/ViewAction", "userInteractionCount": 1556}
    facts = read(
        page(
            ld(
                datePublished="2023-05-10T03:02:00Z",
                dateModified="2023-05-10T10:00:00+06:00",
                author=[{"@type": "Person", "name": "Aida S."}],
                articleSection="Markets",
                interactionStatistic=statistic,
            )
        )
    )
    assert local(facts) == "2023-05-10T09:02+06:00"
    assert facts.updated is not None
    assert facts.updated.local == "2023-05-10T10:00+06:00"
    assert (facts.authors, facts.section, facts.views) == (("Aida S.",), "Markets", 1556)
    assert facts.provenance["published"].where == "json-ld datePublished"


def test_article_is_found_in_a_graph_and_beside_broken_json() -> None:
    graph = {"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "datePublished": "2023-05-10T09:02"}]}
    broken = '<script type="application/ld+json">{"@type": </script>'
    facts = read(page(broken + f'<script type="application/ld+json">{json.dumps(graph)}</script>'))
    assert local(facts) == "2023-05-10T09:02+06:00"


@pytest.mark.parametrize(
    ("head", "meta", "where"),
    [
        (
            '<meta property="article:published_time" content="2023-05-10T09:02:00+06:00">',
            "",
            "og article:published_time",
        ),
        ('<meta itemprop="datePublished" content="2023-05-10T09:02+06:00">', "", "meta datepublished"),
        ("", '<span itemprop="datePublished" content="2023-05-10T09:02+06:00">x</span>', "itemprop datePublished"),
        ("", '<time datetime="2023-05-10T09:02+06:00">now</time>', "time datetime"),
        ("", "<span>10.05.2023 09:02</span>", "line 2"),
    ],
)
def test_date_from_each_place_that_may_hold_it(head: str, meta: str, where: str) -> None:
    facts = read(page(head, meta=meta))
    assert local(facts) == "2023-05-10T09:02+06:00"
    assert facts.provenance["published"].where == where


def test_printed_clock_is_believed_where_the_machine_only_mislabels_its_offset() -> None:
    facts = read(page(ld(datePublished="2023-05-10T09:02:00Z"), meta="<span>10.05.2023 09:02</span>"))
    assert local(facts) == "2023-05-10T09:02+06:00"


def test_time_elements_of_other_articles_are_not_taken() -> None:
    times = '<time datetime="2024-01-01T10:00">x</time><time datetime="2024-01-02T10:00">y</time>'
    below = f"<section><h2>Latest news</h2>{times}</section>"
    assert local(read(page(below=below))) is None


def test_icons_label_their_counters() -> None:
    facts = read(page(meta='<i class="fa fa-eye"></i> 1&nbsp;556 <i class="icon-comment"></i> 3'))
    assert facts.views == 1556
    assert read(page(meta='<i class="icon-comment"></i> 3')).views is None
    assert read(page(meta='<span class="preview-box">27</span>')).views is None


def test_menus_comments_and_related_blocks_are_not_the_article() -> None:
    facts = read(
        page(
            above="<header><nav><a>News</a><a>Politics</a></nav></header>",
            below='<div class="comments"><p>I have read this text and I do not agree with it at all.</p></div>'
            "<aside><p>Another story is here, to be read by everyone who comes today.</p></aside><footer>x</footer>",
        )
    )
    assert facts.section is None
    assert facts.body.split("\n")[-1] == "Wine and nuts lead."


def test_header_rates_in_boxes_and_tables() -> None:
    boxes = "<div><span>USD</span><span>447.9</span><span>+0.1</span> <span>EUR</span><span>482.1</span></div>"
    table = "<table><tr><td>1 USD</td><td>447,9</td></tr><tr><td>1 EUR</td><td>482,1</td></tr></table>"
    for above in (boxes, table):
        assert {rate.currency: float(rate.value) for rate in read(page(above=above)).rates} == {
            "USD": 447.9,
            "EUR": 482.1,
        }


def test_breadcrumb_gives_the_section() -> None:
    crumbs = '<nav class="breadcrumb"><a>Home</a> / <a>Economy</a></nav>'
    assert read(page(above=crumbs)).section == "Economy"


def test_site_and_key_from_canonical_when_no_url_was_given() -> None:
    facts = read(page(f'<link rel="canonical" href="{URL}">'), None)
    assert (facts.site, facts.article_key) == ("tengrinews.kz", "512345")


def test_declared_charset_of_markup() -> None:
    body = page(
        '<meta charset="windows-1251">', text="<p>Вино и орехи везут из Грузии по железной дороге каждый день.</p>"
    )
    assert "орехи" in read(body.decode().encode("cp1251")).body


def test_declared_language_is_kept() -> None:
    assert read(page(lang="kk-KZ")).declared_language == "kk"


@pytest.mark.parametrize("body", [b"<html><body></body></html>", b"<html><body><script>var a=1</script></body></html>"])
def test_pages_without_text_are_refused(body: bytes) -> None:
    with pytest.raises(NotAnArticle):
        read(body)


def test_inline_markup_does_not_break_words_or_lines() -> None:
    facts = read(
        page(text="<p>Exp<b>orts</b> to <a href=x>Georgia</a> rose by <i>12</i> percent in the first quarter.</p>")
    )
    assert facts.body == "Exports to Georgia rose by 12 percent in the first quarter."
