"""A page without URL whose text names its site: when that is believed, and when not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readership import parse, sites
from readership.models import Capture, PageFacts
from readership.parse import sign

SITES = sites.load()
SEED = Path(__file__).parents[2] / "shared" / "pages" / "seed.txt"
PAGE = (
    "443.85\n474.3\n4.8\n\nNews\n\nMinisters agree on direct flights\n\nMinisters agree on direct flights\n"
    "Фото: MFA 10.05.2023 09:02 1556\n\nThe delegations met in the capital on Monday and reviewed trade, {}.\n"
)


def read(text: str) -> PageFacts:
    return parse.read(Capture(text.encode(), "test"), SITES)


@pytest.mark.parametrize(
    "phrase",
    ["El.kz reports", "El.kz cites MFA", "El.kz reports, citing MFA", "передает El.kz", "передает корреспондент El.kz",
     "передает El.kz со ссылкой на Tengrinews.kz", "деп хабарлайды El.kz",
     "деп хабарлайды El.kz Zakon.kz порталына сілтеме жасап"],
)  # fmt: skip
def test_own_name_gives_site_zone_and_order_of_rates(phrase: str) -> None:
    facts = read(PAGE.format(phrase))
    assert (facts.site, facts.article_key, facts.url, facts.layout) == ("el.kz", None, None, "elkz")
    assert facts.published is not None
    assert facts.published.local == "2023-05-10T09:02+06:00"
    assert [(rate.currency, rate.quote) for rate in facts.rates] == [("USD", "KZT"), ("EUR", "KZT"), ("RUB", "KZT")]
    assert facts.provenance["site"].where == "body paragraph 1"
    assert "El.kz" in facts.provenance["site"].text


@pytest.mark.parametrize(
    "phrase",
    ["Kazinform reports", "Reuters reports", "сообщает Zakon.kz", "citing El.kz reports", "El.kz is a portal",
     "El.kz reports, and Zakon.kz reports it too", "передает Primeminister.kz", "Kazinform reports, El.kz reports",
     "according to El.kz", "info@el.kz reports", "shop.El.kz.example reports", "Orda reports"],
)  # fmt: skip
def test_what_is_no_sign_leaves_the_site_unknown(phrase: str) -> None:
    facts = read(PAGE.format(phrase))
    assert (facts.site, facts.rates) == (None, ())
    assert facts.published is not None
    assert facts.published.local == "2023-05-10T09:02"


def test_another_sites_rights_or_heading_speak_against() -> None:
    page = PAGE.format("El.kz reports")
    assert read(f"{page}\n© 2023 Zakon.kz. All rights reserved").site is None
    assert read(f"Zakon.kz\n\n{page}").site is None
    assert read(f"{page}\n© 2023 El.kz").site == "el.kz"


def test_a_url_is_believed_rather_than_the_text() -> None:
    facts = parse.read(Capture(PAGE.format("El.kz reports").encode(), "test", url="https://example.org/a"), SITES)
    assert facts.site == "example.org"


def test_seed_without_url() -> None:
    if not SEED.exists():
        pytest.skip("../shared is not here: the seed page was not read")
    facts = parse.read(Capture(SEED.read_bytes(), "seed"), SITES)
    assert (facts.site, facts.article_key) == ("el.kz", None)
    assert facts.published is not None
    assert facts.published.local == "2023-05-10T09:02+06:00"
    assert [rate.currency for rate in facts.rates] == ["USD", "EUR", "RUB"]


NAMES = sorted({name for site in SITES.all for name in (site.name, *site.own_names)} | {"gov.kz", "Reuters", "MFA"})
PHRASES = (
    "{} reports", "{} cites MFA", "передает {}", "деп хабарлайды {}", "citing {}", "сообщает {}", "по данным {}", "{}",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PHRASES), st.sampled_from(NAMES)), max_size=4), st.text(max_size=40))
def test_a_sign_names_a_site_that_stands_there_and_no_other_speaks(parts: list[tuple[str, str]], extra: str) -> None:
    body = f"They met, {'. They met, '.join(phrase.format(name) for phrase, name in parts)}. {extra}"
    found = sign.of_text(body, body, SITES)
    if found is None:
        return
    site, phrase = found
    assert phrase.text in body
    assert (
        any(name.strip("«»") in phrase.text for name in (site.name, *site.own_names))
        or site.name in phrase.text.lower()
    )
    speaking = {name for said, name in parts if said in PHRASES[:4]}
    assert all(name in (site.name, *site.own_names) for name in speaking if name not in ("Reuters", "MFA")) or extra
