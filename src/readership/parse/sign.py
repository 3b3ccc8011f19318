"""A sign of the site in the text of a page whose URL nobody knows: `El.kz reports`, `передает El.kz`.

Only names that are addresses count (a page may name Kazinform or TASS and be anybody's), only in phrases in which a
site speaks of itself, and only when no other site's name stands in such a phrase.
"""

from __future__ import annotations

import re
from functools import lru_cache

from readership.models import Provenance, Site
from readership.parse.lines import plain
from readership.sites import Sites

_LOOK_AT = 6_000
_STEMS = ("report", "cites", "inform", "переда", "корреспондент", "хабарла", "тілші")
_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
_OTHER = r"[\w-]+\.(?:kz|kg|uz|tj|tm|ru|com|org|net|media|info)"


def of_text(body: str, page: str, sites: Sites) -> tuple[Site, Provenance] | None:
    """The site that the text names as its own, and the phrase; None without such a sign, or with signs of two.

    Args:
        body: the article's text.
        page: all that the page shows; a line with another site's address alone, or in its © line, speaks against.
        sites: all entries.
    """
    text = body[:_LOOK_AT]
    low = text.lower()
    if not any(map(low.__contains__, _STEMS)):
        return None
    owners, own, reference = _rules(sites)
    if reference.search(text):
        return None
    found = list(own.finditer(text))
    names = [next(filter(None, match.groups())) for match in found]
    said = {owners.get(plain(name), "") for name in names}
    addressed = next((at for at, name in enumerate(names) if _ADDRESS.fullmatch(name)), None)
    site = sites.named(said.pop()) if len(said) == 1 and addressed is not None else None
    if site is None or addressed is None or _is_anothers(page, site, sites):
        return None
    at = found[addressed].start()
    line = text.count("\n", 0, at) + 1
    return site, Provenance(f"body paragraph {line}", found[addressed][0].strip()[:200])


@lru_cache(4)
def _rules(sites: Sites) -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """Whose each own name is, phrases in which a site speaks of itself, and such in which others refer to it."""
    owners: dict[str, str] = {}
    known: set[str] = set()
    for site in sites.all:
        for name in (site.name, *site.own_names):
            bare = name.strip('«»“”"')
            key = plain(bare)
            owners[key] = site.name if owners.get(key, site.name) == site.name else ""
            known.add(bare)
    name = "|".join(re.escape(text) for text in sorted(known, key=len, reverse=True))
    name = rf"(?<![\w.@/])[«\"“]?({name}|{_OTHER})(?![\w@]|\.\w)[»\"”]?"
    own = re.compile(
        rf"{name}\s+(?:(?i:news agency|correspondent)\s+)?(?i:reports?|reported|cites?|informs?)\b"
        rf"|\breports\s+{name}"
        rf"|(?i:переда[её]т)\s+(?:(?i:корреспондент|собкор|портал|сайт)\s+)?{name}"
        rf"|(?i:корреспондент\w*)\s+{name}"
        rf"|деп\s+(?i:хабарлайды|хабарлады)\s+{name}"
        rf"|{name}\s+(?i:тілшісі)"
    )
    reference = re.compile(
        rf"(?i:\bciting|cited by|according to|reference to|link to|reported by|ссылкой на|ссылаясь на|по данным"
        rf"|как (?:сообщает|пишет|передает|передаёт))\s+(?:(?i:портал|сайт|издание|the)\s+)?[«\"]?"
        rf"{name}\s+(?i:reports?|reported|сообщает|передает|передаёт)"
    )
    return owners, own, reference


def _is_anothers(page: str, site: Site, sites: Sites) -> bool:
    """Another site's address stands alone on a line, or in a line of rights."""
    for line in page.split("\n"):
        text = line.strip()
        if not text or len(text) > 200 or "." not in text:
            continue
        alone = _ADDRESS.fullmatch(text) is not None
        if alone or text.startswith(("©", "(c)", "Copyright")):
            for address in _ADDRESS.findall(text):
                other = sites.of_host(address)
                if other is not None and other is not site:
                    return True
    return False
