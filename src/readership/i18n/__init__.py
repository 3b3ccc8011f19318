"""The interface's languages: gettext catalogues, and numbers and dates the way each language writes them (CLDR).

The `.po` files beside this module are read as they are, once, so that nothing has to be compiled.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from numbers import Number
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
"""Interface languages, each by its own name."""
UNKNOWN = "—"
"""What stands where a value is unknown. Never a zero."""

# CLDR's bare "en" writes months first; newsrooms here write 8 May 2024.
_LOCALES = {"en": "en_GB", "ru": "ru", "kk": "kk"}


def known(value: Any) -> bool:
    """Whether a cell holds a value: not None, NaN, NaT or pandas' NA."""
    return isinstance(value, (Number, Decimal, date, str)) and bool(value == value)


@dataclass(frozen=True)
class Language:
    """One interface language: what it says, and how it writes numbers and dates.

    Attributes:
        code: `en`, `ru` or `kk`.
    """

    code: str

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return _locale(self.code)

    def translate(self, msgid: str) -> str:
        """The message in this language, its `{name}` places still open."""
        return _catalogue(self.code).gettext(msgid)

    def say(self, msgid: str, **values: object) -> str:
        """The message in this language with `{name}` places filled in."""
        return self.translate(msgid).format(**values)

    def say_n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The message in the form that `n` asks for; `{n}` is written as a number."""
        return _catalogue(self.code).ngettext(singular, plural, n).format(n=self.number(n), **values)

    def number(self, value: Any, digits: int = 0) -> str:
        """A number with this language's separators; exact, `digits` decimals at most."""
        if not known(value):
            return UNKNOWN
        return _decimal(self.code, value, "#,##0." + "#" * digits if digits else "#,##0")

    def fixed(self, value: Any, digits: int) -> str:
        """A number with exactly `digits` decimals, as prices are written."""
        if not known(value):
            return UNKNOWN
        return _decimal(self.code, value, "#,##0." + "0" * digits)

    def compact(self, value: Any) -> str:
        """A rounded number for tight places: 12.4K, 12,4 тыс."""
        if not known(value):
            return UNKNOWN
        return str(numbers.format_compact_decimal(value, locale=self.locale, fraction_digits=1))

    def signed(self, value: Any, digits: int = 0) -> str:
        """A difference, its sign always written."""
        if not known(value):
            return UNKNOWN
        sign = "+" if value > 0 else "−" if value < 0 else "±"
        return sign + self.number(abs(value), digits)

    def percent(self, value: Any, digits: int = 0) -> str:
        """A share (0.12) as a percentage."""
        if not known(value):
            return UNKNOWN
        pattern = "#,##0." + "0" * digits + "%" if digits else "#,##0%"
        return str(numbers.format_percent(value, format=pattern, locale=self.locale)).replace("%", " %")

    def signed_percent(self, value: Any, digits: int = 0) -> str:
        """A relative change (0.12) as a percentage with its sign."""
        if not known(value):
            return UNKNOWN
        sign = "+" if value > 0 else "−" if value < 0 else "±"
        return sign + self.percent(abs(value), digits)

    def day(self, value: Any, style: str = "medium") -> str:
        """A calendar day."""
        return _day(self.code, date(value.year, value.month, value.day), style) if known(value) else UNKNOWN

    def short_day(self, value: Any) -> str:
        """A day without its year, for axes."""
        return str(dates.format_skeleton("MMMd", value, locale=self.locale)) if known(value) else UNKNOWN

    def days(self, first: date, last: date) -> str:
        """A span of days, both included, without saying the same month or year twice."""
        if first == last:
            return self.day(first)
        return str(dates.format_interval(first, last, "yMMMd", locale=self.locale))

    def month(self, value: Any) -> str:
        """A month with its year."""
        return str(dates.format_skeleton("yMMM", value, locale=self.locale)) if known(value) else UNKNOWN

    def moment(self, value: Any, zone: str) -> str:
        """An instant on the clock of `zone`; instants without offset are UTC."""
        if not known(value):
            return UNKNOWN
        local = _aware(value).astimezone(ZoneInfo(zone))
        return self.local(local)

    def local(self, value: Any) -> str:
        """A moment that is already on the local clock."""
        return f"{self.day(value)}, {value:%H:%M}" if known(value) else UNKNOWN

    def weekdays(self, width: str = "abbreviated") -> list[str]:
        """Names of the days, Monday first."""
        names = dates.get_day_names(width, "stand-alone", locale=self.locale)
        return [str(names[day]) for day in range(7)]

    def span(self, length: timedelta) -> str:
        """A length of time in its largest unit."""
        return str(dates.format_timedelta(length, locale=self.locale, threshold=1.5))

    def language_name(self, code: str) -> str:
        """The name of a content language."""
        return str(self.locale.languages.get(code, code))

    def country(self, code: str) -> str:
        """The name of an ISO 3166-1 alpha-2 country, or of a former one (ISO 3166-3) by the code it had."""
        former = dict(zip(LANGUAGES, FORMER.get(code, ()), strict=False))
        return str(self.locale.territories.get(code) or former.get(self.code, code))

    def currency(self, code: str) -> str:
        """The name of an ISO 4217 currency."""
        return str(self.locale.currencies.get(code, code))

    def currency_sign(self, code: str) -> str:
        """Its sign, or the code itself."""
        return str(numbers.get_currency_symbol(code, locale=self.locale))

    def listing(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        from babel.lists import format_list

        return str(format_list(list(items), locale=self.locale))


def choose(*wishes: str | None) -> Language:
    """The first wish that names a language we have (`ru`, `ru-RU`, `kk_KZ`), else English."""
    for wish in wishes:
        code = (wish or "").replace("_", "-").split("-", 1)[0].lower()
        if code in LANGUAGES:
            return Language(code)
    return Language("en")


def mark(msgid: str) -> str:
    """Mark a message for the catalogues that is translated later, where the language is known."""
    return msgid


FORMER = {
    "AN": ("Netherlands Antilles", "Нидерландские Антилы", "Нидерланд Антилдері"),
    "BU": ("Burma", "Бирма", "Бирма"),
    "CS": ("Serbia and Montenegro", "Сербия и Черногория", "Сербия және Черногория"),
    "DD": ("German Democratic Republic", "ГДР", "ГДР"),
    "SU": ("Soviet Union", "Советский Союз", "Кеңес Одағы"),
    "TP": ("East Timor", "Восточный Тимор", "Шығыс Тимор"),
    "YD": ("South Yemen", "Южный Йемен", "Оңтүстік Йемен"),
    "YU": ("Yugoslavia", "Югославия", "Югославия"),
    "ZR": ("Zaire", "Заир", "Заир"),
}
"""Countries that are no more, by the codes they had, in the order of LANGUAGES: CLDR names them no longer."""


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


# A page writes thousands of days and numbers, most of them the same at every rerun; CLDR's patterns take their time.
@lru_cache(maxsize=20_000)
def _day(code: str, day: date, style: str) -> str:
    return str(dates.format_date(day, style, locale=_locale(code)))


@lru_cache(maxsize=50_000)
def _decimal(code: str, value: Any, pattern: str) -> str:
    return str(numbers.format_decimal(value, format=pattern, locale=_locale(code)))


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_LOCALES[code])


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    source = files("readership.i18n").joinpath("catalogues", f"{code}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
