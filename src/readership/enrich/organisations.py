"""Organisations under one canonical id, whatever the language or short form: MFA = МИД = СІМ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from readership.enrich import tables

_NOT_NAME = re.compile(r"[^\w]+")
_PRESS = re.compile(
    r"^(?:the )?(?:press (?:service|office) of (?:the )?|пресс службы? |пресс служба |сайт "
    r"|official website of (?:the )?)"
    r"|(?: press (?:service|office)| баспасөз қызметі(?:нің)?| ресми сайты)$"
)
_OF_COUNTRY = re.compile(
    r" (?:of (?:the )?(?:republic of )?kazakhstan|of rk|рк|республики казахстан|казахстана)$"
    r"|^(?:қр|қазақстан республикасы(?:ның)?) "
)


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


OWN = "own"
"""Stands for the site itself, whatever it calls itself."""


def credited(credit: str | None, own_names: tuple[str, ...] = ()) -> str | None:
    """The canonical id of whom a photo is credited to; `OWN` for one of the site's own names."""
    if credit and _plain(credit) in {_plain(name) for name in own_names}:
        return OWN
    return resolve(credit)


def resolve(name: str | None) -> str | None:
    """The canonical id of an organisation's name in any language or short form; None when it isn't in the list."""
    if not name:
        return None
    by_name = _tables()[1]
    plain = _plain(name)
    for form in (
        plain,
        _PRESS.sub("", plain).strip(),
        _OF_COUNTRY.sub("", plain).strip(),
        _OF_COUNTRY.sub("", _PRESS.sub("", plain)).strip(),
    ):
        if form in by_name:
            return by_name[form]
    return None


def get(identity: str) -> Organisation | None:
    """The organisation of an id."""
    return _tables()[0].get(identity)
