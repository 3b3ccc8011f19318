"""Site entries: what is known of a host beforehand (zone, keys of its URLs, quote currency, names it calls itself).

The shipped entries stand in `sites.toml` beside this file; a newsroom's own file of the same shape is read over them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from readership.errors import UsageError
from readership.models import UNKNOWN_HOST, Collecting, Site

_VARIANT = re.compile(r"^(?:www\d?|m|amp|mobile)\.")
_KEYS = {
    "hosts": list,
    "zone": str,
    "home_country": str,
    "quote_currency": str,
    "rate_order": list,
    "week_start": int,
    "languages": list,
    "key_pattern": str,
    "layout": str,
    "own_names": list,
    "collect": dict,
}
_COLLECT_KEYS: dict[str, type | tuple[type, ...]] = {
    "sitemaps": list,
    "feeds": list,
    "pages": list,
    "urls": list,
    "links": str,
    "own_site": bool,
    "min_interval_s": (int, float),
    "requests_per_hour": int,
    "allow": list,
}
_KINDS = {list: "a list of texts", str: "a text", int: "a whole number", dict: "a table", bool: "true or false"}
# A second-level label that belongs to the registry, not to the holder (bbc.co.uk, stat.gov.kz).
_REGISTRY_LABELS = frozenset(
    {"co", "com", "org", "net", "gov", "edu", "ac", "mil", "gob", "or", "ne", "go", "nom", "info"}
)
_NOT_THE_ARTICLE = re.compile(r"^(?:utm_|fbclid|gclid|yclid|ysclid|from$|ref$|amp$|_ga|share)")
# An id in the last step of a path, where no entry says how it looks: a long number at its end or start, or the whole
# step when letters and figures are mixed in it. Eight figures of a day are none.
_ID = re.compile(
    r"(?:^|[-_:])(?!(?:19|20)\d{6}(?:\D|$))(\d{5,12})(?:\.\w{3,5})?$|^(?!(?:19|20)\d{6}(?:\D|$))(\d{5,12})[-_]"
    r"|^(?=[a-z]*\d+[a-z]+\d)([a-z\d]{8,24})$"
)
_EMPTY_STEPS = frozenset({"amp", "index.html", "index.php"})
_MAX_URL = 2_000
_MAX_KEYED = 300
_MAX_PATTERN = 200
_MAX_COST = 100_000_000
_HINT = "Correct the entry; `readership site check` explains each."


class Sites:
    """All site entries, by name and by host."""

    def __init__(self, entries: Iterable[Site]) -> None:
        self._named = {site.name: site for site in entries}
        self._hosts = {host: site for site in self._named.values() for host in (site.name, *site.hosts)}
        self._patterns = {s.name: re.compile(s.key_pattern) for s in self._named.values() if s.key_pattern}

    @property
    def all(self) -> tuple[Site, ...]:
        """Every entry, by name."""
        return tuple(self._named[name] for name in sorted(self._named))

    def named(self, name: str) -> Site | None:
        """The entry of that canonical name."""
        return self._named.get(name)

    def of_host(self, host: str) -> Site | None:
        """The entry that a host belongs to: exact, without its variant prefix, or as a subdomain of a known host."""
        host = _bare(host)
        while "." in host:
            if site := self._hosts.get(host):
                return site
            host = host.partition(".")[2]
        return None

    def of_url(self, url: str) -> Site | None:
        """The entry of a URL's host; None when the host has none or the URL can't be read."""
        parts = _split(url)
        return self.of_host(parts[0]) if parts else None

    def key(self, url: str) -> tuple[str, str]:
        """Site name (or registrable host) and article key of a URL.

        The key is group `key` of the entry's pattern, else the path without its variant parts, with the
        query when it tells articles apart. A URL without a host has site `unknown`.
        """
        parts = _split(url)
        if parts is None:
            return UNKNOWN_HOST, url[:_MAX_URL].strip()
        host, path, query = parts
        site = self.of_host(host)
        if site and (pattern := self._patterns.get(site.name)):
            found = pattern.search(f"{path}?{query}"[:_MAX_KEYED] if query else path[:_MAX_KEYED])
            if found and found["key"]:
                return site.name, found["key"]
        return site.name if site else registrable(host), _path_key(path, query)


def load(own: Path | None = None) -> Sites:
    """The shipped entries, with those of a newsroom's own file over them.

    An own entry of a shipped name replaces only the keys it gives.

    Raises:
        UsageError: the own file can't be read, or an entry in it is wrong.
    """
    if own is None:
        return _shipped()
    tables = {name: dict(table) for name, table in _shipped_tables().items()}
    for name, table in _own_tables(own).items():
        tables.setdefault(name, {}).update(table)
    return Sites(_site(name, table) for name, table in tables.items())


def explain(sites: Sites, url: str | None = None) -> list[str]:
    """What the entries say, as lines for people: of one URL (or host), or of every entry."""
    if url is None:
        return [line for site in sites.all for line in (*_described(site), "")]
    if "//" not in url:
        url = f"https://{url}"
    site = sites.of_url(url)
    name, key = sites.key(url)
    if site is None:
        return [
            f"{name}: no site entry. Times stay without offset, header figures without a quote currency.",
            f"  article key     {key}",
        ]
    return [*_described(site), f"  this URL's key  {key}"]


def registrable(host: str) -> str:
    """The part of a host that its holder registered, by a short rule (no public suffix list)."""
    labels = _bare(host).split(".")
    if len(labels) < 3 or labels[-1].isdigit():
        return ".".join(labels)
    wide = len(labels[-1]) == 2 and labels[-2] in _REGISTRY_LABELS
    return ".".join(labels[-3:] if wide else labels[-2:])


def _bare(host: str) -> str:
    return _VARIANT.sub("", host.lower().rstrip("."))


def _split(url: str) -> tuple[str, str, str] | None:
    """Host, path and query of an absolute URL, None when it has no host."""
    try:
        parts: SplitResult = urlsplit(url[:_MAX_URL].strip())
        host = parts.hostname
    except ValueError:
        return None
    return (host, parts.path, parts.query) if host else None


def _path_key(path: str, query: str) -> str:
    steps = [step for step in unquote(path).split("/") if step and step.lower() not in _EMPTY_STEPS]
    kept = [(name, value) for name, value in parse_qsl(query) if not _NOT_THE_ARTICLE.match(name)] if query else []
    if steps and not kept and (number := _ID.search(steps[-1])):
        return str(next(filter(None, number.groups())))
    key = "/".join(steps)
    # Only a query that names a thing tells articles of one path apart.
    if kept and (not steps or any(name in {"p", "id", "article", "news", "nid", "newsid"} for name, _ in kept)):
        key += "?" + urlencode(sorted(kept))
    return key


@cache
def _shipped_tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(resources.files("readership").joinpath("sites.toml").read_text("utf-8"))


@cache
def _shipped() -> Sites:
    return Sites(_site(name, table) for name, table in _shipped_tables().items())


def _own_tables(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(
            f"Site entries can't be read ({path.name}): {error.strerror}.", "See READERSHIP_SITES."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path.name} is not TOML: {error}.", _HINT) from None
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(f"{path.name}: “{name}” stands outside any entry.", 'An entry starts with ["host.name"].')
    return tables


def _site(name: str, table: Mapping[str, Any]) -> Site:
    """One checked entry. Raises UsageError."""
    for key, value in table.items():
        _check_type(name, key, value)
    if "zone" not in table:
        raise UsageError(f"Site entry “{name}” has no zone.", 'Give one, e.g. zone = "Asia/Almaty".')
    _check_values(name, table)
    return Site(
        name=_bare(name),
        hosts=tuple(_bare(host) for host in table.get("hosts", ())),
        zone=table["zone"],
        home_country=table.get("home_country"),
        quote_currency=table.get("quote_currency"),
        rate_order=tuple(table.get("rate_order", ())),
        week_start=table.get("week_start", 1),
        languages=tuple(table.get("languages", ())),
        key_pattern=table.get("key_pattern"),
        layout=table.get("layout", "generic"),
        own_names=tuple(table.get("own_names", ())),
        collect=_collecting(name, table["collect"]) if "collect" in table else None,
    )


def _collecting(name: str, table: Mapping[str, Any]) -> Collecting:
    """The checked table `collect` of an entry. Raises UsageError."""
    where = f"Site entry “{name}”: collect."
    for key, value in table.items():
        wanted = _COLLECT_KEYS.get(key)
        if wanted is None:
            raise UsageError(f"{where}{key} is not a known setting.", f"Known: {', '.join(_COLLECT_KEYS)}.")
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise UsageError(f"{where}{key} must be {_KINDS.get(wanted, 'a number')}.", _HINT)  # type: ignore[arg-type]
        if isinstance(value, list) and not all(isinstance(item, str) and item for item in value):
            raise UsageError(f"{where}{key} must hold texts only.", _HINT)
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
    made = Collecting(**values)
    _check_collecting(where, name, made)
    return made


def _check_collecting(where: str, name: str, made: Collecting) -> None:
    for url in (*made.sitemaps, *made.feeds, *made.pages, *made.urls):
        if not url.startswith(("http://", "https://")) or _split(url) is None:
            raise UsageError(f"{where}“{url[:80]}” is no URL.", "Give it with https:// and host.")
    if bool(made.pages) != (made.links is not None):
        raise UsageError(f"{where}pages and links go together.", "links says which links of the pages are articles.")
    if made.links is not None:
        check_pattern(name, made.links, "collect.links", group=None)
    if not 0 <= made.min_interval_s <= 86_400 or (made.min_interval_s < 1 and not made.own_site):
        raise UsageError(
            f"{where}min_interval_s is at least 1.", "Less only with own_site = true, for a site of your own."
        )
    if not 1 <= made.requests_per_hour <= 36_000:
        raise UsageError(f"{where}requests_per_hour is 1 to 36000.", _HINT)
    for pair in made.allow:
        if not re.fullmatch(r"(?:[\d.]+|\[[0-9a-f:.]+\]):\d{1,5}", pair):
            raise UsageError(f"{where}allow holds address:port pairs, not “{pair[:60]}”.", "For example 10.0.0.5:8080.")


def _check_type(name: str, key: str, value: object) -> None:
    wanted = _KEYS.get(key)
    if wanted is None:
        raise UsageError(f"Site entry “{name}”: “{key}” is not a known setting.", f"Known: {', '.join(_KEYS)}.")
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise UsageError(f"Site entry “{name}”: {key} must be {_KINDS[wanted]}.", _HINT)
    if isinstance(value, list) and not all(isinstance(item, str) and item for item in value):
        raise UsageError(f"Site entry “{name}”: {key} must hold texts only.", _HINT)


def _check_values(name: str, table: Mapping[str, Any]) -> None:
    if not _known_zone(table["zone"]):
        raise UsageError(f"Site entry “{name}”: “{table['zone']}” is no IANA zone.", "For example Asia/Almaty.")
    if not 1 <= table.get("week_start", 1) <= 7:
        raise UsageError(f"Site entry “{name}”: week_start is 1 (Monday) to 7 (Sunday).", _HINT)
    country = table.get("home_country")
    if country is not None and not re.fullmatch(r"[A-Z]{2}", country):
        raise UsageError(f"Site entry “{name}”: home_country is two capital letters of ISO 3166-1.", _HINT)
    for currency in (*table.get("rate_order", ()), table.get("quote_currency", "KZT")):
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise UsageError(f"Site entry “{name}”: “{currency}” is no ISO 4217 code.", _HINT)
    if (pattern := table.get("key_pattern")) is not None:
        check_pattern(name, pattern)


@cache
def _known_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def check_pattern(name: str, pattern: str, setting: str = "key_pattern", group: str | None = "key") -> None:
    """Refuse a pattern that is broken, lacks its group, or could be slow on some URL.

    Python's expressions have no time limit, so only those are taken whose worst case is small: single characters
    and classes may repeat, at most two of them without an end.

    Raises:
        UsageError: with what to change.
    """
    where = f"Site entry “{name}”: {setting}"
    if len(pattern) > _MAX_PATTERN:
        raise UsageError(f"{where} is longer than {_MAX_PATTERN} characters.", _HINT)
    try:
        tree = sre_parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"{where} can't be read: {error}.", _HINT) from None
    if group is not None and group not in tree.state.groupdict:
        raise UsageError(f"{where} has no group named {group}.", r"For example _(?P<key>\d+)/?$")
    if _MAX_KEYED * _cost(tree) > _MAX_COST:
        raise UsageError(
            f"{where} could take very long on some address.",
            "Repeat only single characters or classes, at most two of them without an end.",
        )


def _cost(tree: Any) -> int:
    """An upper bound of the ways a parsed expression can match at one place."""
    cost = 1
    for op, argument in tree:
        cost *= _cost_of(op, argument)
        if cost > _MAX_COST:
            return _MAX_COST + 1
    return cost


def _cost_of(op: Any, argument: Any) -> int:
    if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN, sre.AT):
        return 1
    if op is sre.SUBPATTERN:
        return _cost(argument[3])
    if op is sre.BRANCH:
        return sum(_cost(branch) for branch in argument[1])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, inner = argument
        single = len(inner) == 1 and inner[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN)
        if most == 1:
            return 1 + _cost(inner)
        return min(int(most), _MAX_KEYED) - min(int(least), _MAX_KEYED) + 1 if single else _MAX_COST
    return _MAX_COST  # look-around, back references, conditions


def _found_at(collect: Collecting | None) -> tuple[str, ...]:
    return (*collect.sitemaps, *collect.feeds, *collect.pages, *collect.urls) if collect else ()


def _described(site: Site) -> list[str]:
    def listed(items: Iterable[str], none: str) -> str:
        return ", ".join(items) or none

    return [
        f"{site.name}",
        f"  hosts           {listed((site.name, *site.hosts), '')} (and www., m., amp., mobile., subdomains)",
        f"  zone            {site.zone}",
        f"  home country    {site.home_country or 'none: no country is set apart'}",
        f"  header rates    {site.quote_currency or 'no currency'}, unlabelled: {listed(site.rate_order, 'not read')}",
        f"  languages       {listed(site.languages, 'not said')}",
        f"  week starts on  {site.week_start} (1 Monday … 7 Sunday)",
        f"  article key     {site.key_pattern or 'the path of the URL'}",
        f"  layout          {site.layout}",
        f"  own names       {listed(site.own_names, 'none: naming itself would look like a cited source')}",
        f"  collected from  {listed(_found_at(site.collect), 'nowhere: the collector leaves it alone')}",
    ]
