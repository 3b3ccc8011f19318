"""Organisations under one canonical id, whatever the language or short form: MFA = МИД = СІМ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from readership.enrich import tables

_NOT_NAME = re.compile(r"[^\w]+")
_PRESS = re.compile(
    r"^(?:the )?(?:press (?:service|office) of (?:the )?|пресс (?:служб|центр)\w* |сайт\w* "
    r"|official website of (?:the )?)"
    r"|(?: press (?:service|office)| баспасөз қызметі(?:нің)?| ресми сайты)$"
)
_OF_COUNTRY = re.compile(
    r" (?:of (?:the )?(?:republic of )?kazakhstan|of rk|рк|республики казахстан|казахстана)$"
    r"|^(?:қр|қазақстан республикасы(?:ның)?) "
)


_ARTICLE = re.compile(r"^the ")
# Case endings: of Russian words; of a Kazakh phrase, on its last word or after a hyphen.
_RU_CASE = re.compile(
    r"(?<=[а-я]{3})(?:ого|его|ому|ему|ими|ыми|ами|ями|ах|ях|ой|ей|ою|ею|ом|ем|ая|яя|ую|юю|ый|ий|ое|ее|ов|ев"
    r"|[аяоеуюыийь])(?!\w)"
)
_KK_CASE = re.compile(r"(?: |(?<=[а-яәғқңөұүһі]{2}))(?:[ндт][ыі]ң|[қкғг][ае]|[нд][ае]н|т[ае]н|[мбп]ен|н[ае]|[дт][ае])$")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation: id, kind (ministry, agency …), country (ISO 3166-1, "" for none), names by language."""

    id: str
    kind: str
    country: str
    names: dict[str, str]


def _plain(name: str) -> str:
    return _NOT_NAME.sub(" ", name.casefold().replace("ё", "е")).strip()


@cache
def _tables() -> tuple[dict[str, Organisation], dict[str, str]]:
    known: dict[str, Organisation] = {}
    by_name: dict[str, str] = {}
    for identity, kind, country, *written in tables.rows("organisations.tsv"):
        forms = [[form.strip() for form in cell.split(";") if form.strip()] for cell in written]
        names = {language: cell[0] for language, cell in zip(("en", "ru", "kk"), forms, strict=False) if cell}
        known[identity] = Organisation(identity, kind, country.strip("-"), names)
        for form in [identity, *(form for cell in forms for form in cell)]:
            by_name.setdefault(_plain(form), identity)
    return known, by_name


@cache
def _stems() -> dict[str, str]:
    """Ids by Russian names without their endings, where these tell one organisation from all others."""
    found: dict[str, set[str]] = {}
    for form, identity in _tables()[1].items():
        found.setdefault(_RU_CASE.sub("", form), set()).add(identity)
    return {stem: min(ids) for stem, ids in found.items() if len(ids) == 1}


OWN = "own"
"""Stands for the site itself, whatever it calls itself."""


def credited(credit: str | None, own_names: tuple[str, ...] = ()) -> str | None:
    """The canonical id of whom a photo is credited to; `OWN` for one of the site's own names."""
    if credit and _plain(credit) in {_plain(name) for name in own_names}:
        return OWN
    return resolve(credit)


@lru_cache(20_000)  # a newsroom names the same sources again and again
def resolve(name: str | None) -> str | None:
    """The canonical id of an organisation's name in any language, case or short form; None when it isn't listed."""
    by_name = _tables()[1]
    forms = list(_forms(_plain(name or "")))
    return next((by_name[form] for form in forms if form in by_name), None) or _by_stem(forms)


def _forms(plain: str) -> Iterator[str]:
    """A name as it stands, then without article, press service, country and Kazakh case."""
    for whole in dict.fromkeys((plain, _ARTICLE.sub("", plain), _KK_CASE.sub("", plain))):
        yield whole
        bare = _PRESS.sub("", whole).strip()
        yield from (bare, _OF_COUNTRY.sub("", whole).strip(), _OF_COUNTRY.sub("", bare).strip())


def _by_stem(forms: list[str]) -> str | None:
    found = (_stems().get(_RU_CASE.sub("", form)) for form in forms if form)
    return next((identity for identity in found if identity), None)


def get(identity: str) -> Organisation | None:
    """The organisation of an id."""
    return _tables()[0].get(identity)
