"""Whatever comes in, the parser neither raises anything but NotAnArticle nor says what is not on the page."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readership import parse, sites
from readership.enrich import cited, language
from readership.errors import NotAnArticle
from readership.models import Capture, PageFacts
from readership.parse.article import normalise

SITES = sites.load()
SAMPLES = sorted((Path(__file__).parents[1] / "data" / "samples").rglob("*.txt"))
MARKUP = sorted((Path(__file__).parents[1] / "data" / "samples").rglob("*.html"))
URLS = (
    None,
    "https://el.kz/en/x_123/",
    "https://24.kg/english/5_x/",
    "https://example.org/a?id=1",
    "http://[",
    "el.kz",
    "",
)
FRAGMENTS = (
    "443.85", "474,3", "4.8", "USD", "USD 84.80", "usd/kzt 447.9", "KZT/USD = 0.002 0%", "$", "€ 482", "100 RUB",
    "+0,5%", "−3 °C", "10.05.2023 09:02", "10.05.2023 09:021556", "32.13.2023", "May 10, 2023", "21 Ақпан, 2025",
    "29.02.2023 25:61", "2 hours ago", "1556", "1 556", "12,345", "Views", "Просмотры: 50", "4236 рет",
    "көрсетілді", "24 мин", "оқу үшін", "Comments", "3 comments", "2.3K", "News", "Home > News",
    "News Politics Economy", "Share:", "Telegram Subscribe to our channel", "Read also:", "Related news",
    "Фото: MFA 20.12.2022 13:00 513", "Фото:", "Photo by", "© Reuters", "Автор: Дана Есимова",
    "By Name in Business on 3 May 2023", "Ministers agree on direct flights", "Выборы пройдут осенью",
    "The delegations met in the capital on Monday, El.kz cites MFA.",
    "Делегации встретились в столице, сообщает пресс-служба МЧС.", "деп хабарлайды El.kz ІІМ-ге сілтеме жасап.",
    "", " ", "\xa0", "\u202e", "\x00", "<h1>", "</div>", "👁 7", "|", "•", "---",
    "1" * 40, "0", "00:00", "+7 701 000 00 00", "[]", "\\", "(", "%", "\u180e",
)  # fmt: skip
lines = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=60)), max_size=40)
urls = st.sampled_from(URLS)
bounded = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def attempt(body: bytes, url: str | None = None, content_type: str | None = None) -> PageFacts | None:
    try:
        facts = parse.read(Capture(body, "test", url=url, content_type=content_type), SITES)
    except NotAnArticle:
        return None
    language.detect(facts.title, facts.body, facts.declared_language)
    cited.cited_source(facts.body, ("El.kz",))
    return facts


def digits(text: str) -> str:
    return re.sub(r"(?<=\d)[ ,.'’](?=\d)", "", text)


def nothing_invented(facts: PageFacts, page: str) -> None:
    page = normalise(page)
    flat = digits(page)
    on_page = {line.strip() for line in page.split("\n")}
    assert facts.title in page
    assert all(paragraph in on_page for paragraph in facts.body.split("\n") if paragraph)
    for words in (facts.section, facts.photo_credit, *facts.authors):
        assert words is None or words.lower() in page.lower()
    if facts.views is not None:
        assert str(facts.views) in flat or str(facts.views) in re.sub(r"\D", "", page)
    for rate in facts.rates:
        where = facts.provenance[f"rates.{rate.currency}"].text
        assert re.sub(r"\D", "", str(rate.value)).strip("0") in re.sub(r"\D", "", where) or "10" in where
    if facts.published:
        shown = facts.provenance["published"].text
        assert str(facts.published.day.year)[2:] in shown
        assert re.search(rf"(?<!\d)0?{facts.published.day.day}", shown)
    for place in facts.provenance.values():
        assert len(place.text) <= 200


@bounded
@given(
    st.binary(max_size=3000),
    urls,
    st.sampled_from([None, "text/html", "text/html; charset=x", "text/plain; charset=utf-16"]),
)
def test_any_bytes_are_read_or_refused(body: bytes, url: str | None, content_type: str | None) -> None:
    attempt(body, url, content_type)
    attempt(b"<!doctype html><html><body>" + body, url, content_type)


@bounded
@given(lines, urls)
def test_any_lines_give_only_what_stands_there(parts: list[str], url: str | None) -> None:
    page = "\n".join(parts)
    try:
        body = page.encode()
    except UnicodeEncodeError:
        body = page.encode("utf-8", "replace")
    facts = attempt(body, url)
    if facts and not parse.is_html(page, None):
        nothing_invented(facts, body.decode())


@bounded
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_samples_give_only_what_stands_there(sample: Path, data: st.DataObject) -> None:
    kept = sample.read_text("utf-8").split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(kept) - 1))
        change = data.draw(st.sampled_from(["drop", "twice", "swap", "cut", "put"]))
        if change == "drop" and len(kept) > 1:
            del kept[at]
        elif change == "twice":
            kept.insert(at, kept[at])
        elif change == "swap":
            other = data.draw(st.integers(0, len(kept) - 1))
            kept[at], kept[other] = kept[other], kept[at]
        elif change == "cut":
            kept[at] = kept[at][: data.draw(st.integers(0, 30))]
        else:
            kept.insert(at, data.draw(st.sampled_from(FRAGMENTS)))
    page = "\n".join(kept)
    facts = attempt(page.encode(), data.draw(urls))
    if facts and not parse.is_html(page, None):
        nothing_invented(facts, page)


@bounded
@given(st.sampled_from(MARKUP), st.data())
def test_damaged_markup_is_read_or_refused(sample: Path, data: st.DataObject) -> None:
    body = bytearray(sample.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 60))] = data.draw(
            st.sampled_from(
                [b"", b"<", b">", b'"', b"<div>", b"</p>", b"<script>", b"{", b"&#0;", b"\xff", b"<!--", b"]}"]
            )
        )
    attempt(bytes(body), data.draw(urls))


# Facts of what such a page means don't matter here, only that it ends.
HEAVY = {
    "one line of 10 MB": b"x" * 10_000_000,
    "words of 10 MB": b"word " * 2_000_000,
    "figures of 10 MB": b"12.05.2023 " * 900_000,
    "100,000 counters": b"\n".join(b"12 %d views" % at for at in range(100_000)),
    "100,000 headlines": b"\n".join(b"A headline about the weather %d" % at for at in range(100_000)),
    "100,000 sentences": b"\n".join(
        b"The ministers met in the capital on Monday and talked %d." % at for at in range(100_000)
    ),
    "100,000 dates": b"10.05.2023 09:02\n" * 100_000,
    "100,000 currencies": b"USD 447.9\n" * 100_000,
    "depth of 100,000": b"<html><body>" + b"<div>" * 100_000 + b"x",
    "depth of 100,000, closed": b"<html><body>" + b"<div>" * 100_000 + b"x" + b"</div>" * 100_000,
    "depth of 3,900": b"<html><body>" + b"<div>" * 3_900 + b"x" + b"</div>" * 3_900,
    "1,000,000 attributes": b"<html><body><a " + b" ".join(b"a%d=1" % at for at in range(1_000_000)) + b">",
    "attributes without values": b"<html><body><a" + b"/b" * 500_000 + b">",
    "bold without end": b"<html><body>" + b"<b>" * 50_000 + b"<p>x" * 20_000,
    "paragraphs without end": b"<html><body>" + b"<p>word" * 300_000,
    "deep JSON-LD": b'<html><script type="application/ld+json">' + b"[" * 400_000 + b"</script><body>x",
    "open tags": b"<html><body>" + b"<" * 2_000_000,
    "open quotes": b"<html><body>" + b'<a class="' * 200_000,
    "entities": b"<html><body>" + b"&amp;" * 1_000_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_pages_end_in_time(name: str) -> None:
    started = time.process_time()
    attempt(HEAVY[name], "https://el.kz/en/x_1/")
    assert time.process_time() - started < 5
