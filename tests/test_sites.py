"""Site entries: hosts, keys, and clear words for a newsroom's own file."""

from __future__ import annotations

import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from readership import sites
from readership.errors import UsageError

SITES = sites.load()


def own(tmp_path: Path, text: str) -> sites.Sites:
    file = tmp_path / "sites.toml"
    file.write_text(text, "utf-8")
    return sites.load(file)


@pytest.mark.parametrize("site", SITES.all, ids=lambda site: site.name)
def test_shipped_entry_is_sound(site: sites.Site) -> None:
    assert ZoneInfo(site.zone).key == site.zone
    assert SITES.named(site.name) is site
    assert SITES.of_url(f"https://www.{site.name}/x") is site
    if site.key_pattern:
        sites.check_pattern(site.name, site.key_pattern)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://el.kz/en/some-words_73882/", ("el.kz", "73882")),
        ("https://el.kz/en/amp/some-words_67565", ("el.kz", "67565")),
        ("https://www.inform.kz/en/some-words_a3697561/amp", ("inform.kz", "a3697561")),
        ("https://www.inform.kz/en/some-words-e94d07/", ("inform.kz", "e94d07")),
        ("https://zhaikpress.kz/?p=333069", ("zhaikpress.kz", "333069")),
        ("https://m.kun.uz/en/news/2022/12/21/some-words", ("kun.uz", "en/news/2022/12/21/some-words")),
        ("https://kaz.tengrinews.kz/some-words-348122/", ("tengrinews.kz", "348122")),
        ("https://akipress.com/news:770123:Words/", ("akipress.com", "770123")),
        ("https://tass.com/economy/1797315", ("tass.com", "1797315")),
        ("https://www.dw.com/en/some-words/a-69248110", ("dw.com", "69248110")),
        ("https://www.bbc.co.uk/news/articles/c4gx71lm9qdo", ("bbc.co.uk", "c4gx71lm9qdo")),
        ("https://example.org/2023/05/10/20230510-storm/", ("example.org", "2023/05/10/20230510-storm")),
        ("https://example.org/a-b/?utm_source=x", ("example.org", "a-b")),
        ("https://example.org/?id=7&utm_source=x", ("example.org", "?id=7")),
        ("not a url", ("unknown", "not a url")),
        ("http://[broken", ("unknown", "http://[broken")),
    ],
)
def test_site_and_article_key(url: str, key: tuple[str, str]) -> None:
    assert SITES.key(url) == key


def test_a_host_that_only_ends_like_a_known_one_is_another() -> None:
    assert SITES.of_url("https://notel.kz/x") is None
    assert SITES.of_url("https://el.kz.example.org/x") is None
    assert SITES.of_url("https://sub.el.kz/x") is SITES.named("el.kz")


def test_own_entry_replaces_only_the_keys_it_gives(tmp_path: Path) -> None:
    mixed = own(
        tmp_path, '["el.kz"]\nweek_start = 7\n["herald.example"]\nzone = "Asia/Oral"\nhosts = ["old.example"]\n'
    )
    changed, shipped = mixed.named("el.kz"), SITES.named("el.kz")
    assert changed is not None
    assert shipped is not None
    assert (changed.week_start, changed.zone, changed.key_pattern) == (7, shipped.zone, shipped.key_pattern)
    assert mixed.of_url("http://www.old.example/a") is mixed.named("herald.example")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["a.b"]\nhome_country = "KZ"', "no zone"),
        ('["a.b"]\nzone = "Asia/Nowhere"', "no IANA zone"),
        ('["a.b"]\nzone = "../etc/passwd"', "no IANA zone"),
        ('["a.b"]\nzone = 5', "must be a text"),
        ('["a.b"]\nzone = "Asia/Almaty"\nweek_start = 9', "week_start"),
        ('["a.b"]\nzone = "Asia/Almaty"\nweek_start = true', "whole number"),
        ('["a.b"]\nzone = "Asia/Almaty"\nhosts = "x"', "a list of texts"),
        ('["a.b"]\nzone = "Asia/Almaty"\nhosts = [1]', "texts only"),
        ('["a.b"]\nzone = "Asia/Almaty"\nhome_country = "Kazakhstan"', "ISO 3166-1"),
        ('["a.b"]\nzone = "Asia/Almaty"\nrate_order = ["dollar"]', "ISO 4217"),
        ('["a.b"]\nzone = "Asia/Almaty"\ncolour = "red"', "not a known setting"),
        ('["a.b"]\nzone = "Asia/Almaty"\nkey_pattern = "("', "can't be read"),
        ('["a.b"]\nzone = "Asia/Almaty"\nkey_pattern = "x"', "no group named key"),
        ('zone = "Asia/Almaty"', "outside any entry"),
        ("[", "not TOML"),
    ],
)
def test_a_wrong_own_file_is_said_plainly(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        own(tmp_path, text)
    assert said in refused.value.message
    assert refused.value.hint
    assert str(tmp_path) not in str(refused.value)


def test_a_missing_own_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        sites.load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+(?P<key>x)",
        r"(?P<key>(a|a)*b)",
        r".*.*.*(?P<key>x)",
        r"(?P<key>a)\1",
        r"(?=(a+))(?P<key>x)",
        "(?P<key>" + "a?" * 90 + ")",
    ],
)
def test_patterns_that_could_hang_are_refused(pattern: str) -> None:
    with pytest.raises(UsageError):
        sites.check_pattern("a.b", pattern)


def test_the_slowest_pattern_taken_ends_in_time(tmp_path: Path) -> None:
    slow = own(tmp_path, '["a.b"]\nzone = "Asia/Almaty"\nkey_pattern = \'[^/]*[^/]*(?P<key>!)\'')
    started = time.process_time()
    slow.key("https://a.b/" + "a" * 100_000)
    assert time.process_time() - started < 2


def test_explanation_names_zone_key_and_what_is_missing() -> None:
    known = "\n".join(sites.explain(SITES, "https://el.kz/en/x_73882/"))
    assert "Asia/Almaty" in known
    assert "73882" in known
    assert "no site entry" in "\n".join(sites.explain(SITES, "example.org"))
    assert sum(line == site.name for site in SITES.all for line in sites.explain(SITES)) == len(SITES.all)
