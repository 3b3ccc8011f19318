"""Currency figures of a page's header: labelled ones, and bare ones by the site's order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from readership.models import HeaderRate, Provenance, Site
from readership.parse.numbers import decimal

_CODES = (
    "USD", "EUR", "RUB", "RUR", "CNY", "GBP", "KZT", "KGS", "UZS", "TRY", "TJS", "TMT", "CHF", "JPY", "KRW", "AED",
    "BYN", "UAH", "GEL", "AZN", "INR",
)  # fmt: skip
_WORDS = {
    "$": "USD", "€": "EUR", "₽": "RUB", "£": "GBP", "¥": "¥", "元": "CNY", "us dollar": "USD", "dollar": "USD",
    "euro": "EUR", "ruble": "RUB", "rouble": "RUB", "yuan": "CNY", "доллар": "USD", "доллар сша": "USD",
    "доллара": "USD", "евро": "EUR", "еуро": "EUR", "рубль": "RUB", "рубль рф": "RUB", "рос. рубль": "RUB",
    "российский рубль": "RUB", "рубля": "RUB", "рубли": "RUB", "юань": "CNY", "ақш доллары": "USD",
    "доллары": "USD", "ресей рублі": "RUB", "рублі": "RUB", "рос.рубль": "RUB", "российских рублей": "RUB",
    "китайский юань": "CNY", "юані": "CNY", "қытай юані": "CNY", "тенге": "KZT", "сом": "KGS", "rub": "RUB",
    "rur": "RUB", "фунт": "GBP", "us$": "USD",
}  # fmt: skip
_NAMES = {code.lower(): "RUB" if code == "RUR" else code for code in _CODES} | _WORDS
_NAME = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
_VALUE = r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_UNIT = r"тенге|тг\.?|теңге|₸|сом(?:а|ов)?|сум|сўм|kzt|kgs|uzs|tjs"
# `USD 100 RUB = 480`: the hundred belongs to what follows it, and the dollar has no figure.
_PAIR = re.compile(
    rf"(?:(?<![\d.,])(?P<quant>\d{{1,4}})\s?)?(?<![^\W\d_])(?P<name>{_NAME})(?![^\W\d_])"
    rf"(?:\s?[/\-–]?\s?(?P<quote>{'|'.join(code.lower() for code in _CODES)})\b)?"
    rf"[\s:=–—-]{{0,4}}(?<![+−])(?!10{{1,3}}\s?(?:{_NAME})\s?=)(?P<value>{_VALUE})(?P<after>\s?%|[.,]?\d)?"
    rf"(?:\s?(?P<unit>{_UNIT})(?![^\W\d_]|[\s:=]*\d))?",
    re.IGNORECASE,
)
_QUANT = re.compile(r"^10{0,3}\s?(?=\D)")
_VALUE_FIRST = re.compile(rf"(?<![\d.,:])(?P<value>{_VALUE})\s?(?P<name>{_NAME})(?![^\W\d_])", re.IGNORECASE)
# Every name begins with one of these: much cheaper to look for.
_STEMS = tuple(sorted({name[:3] for name in _NAMES}))
_HAS_NAME = re.compile(rf"(?<![^\W\d_])(?:{_NAME})(?![^\W\d_])", re.IGNORECASE)
_CHANGE = re.compile(r"[(\[]?\s*(?:[+\-−–▲▼↑↓△▽⬆⬇]\s*)+\d+(?:[.,]\d+)?\s*%?\s*[)\]]?|\d+(?:[.,]\d+)?\s*%|[▲▼↑↓△▽⬆⬇]")
_FILLER = re.compile(
    rf"[\s|•·/,;:()=–—+\-−%]+|\b(?:{_UNIT}|currency|rates?|exchange|курсы?|валют[аы]?|нбрк|нбу|нбкр|цб|бағам\w*|нб "
    rf"рк|нб кр"
    r"|nbk|на|for|today|сегодня|бүгін)(?![^\W\d_])|₸",
    re.IGNORECASE,
)
_BARE = re.compile(r"\d{1,5}(?:[.,]\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a header line: `currency` None when it has no label; value None when it is no plain rate."""

    currency: str | None
    quote: str | None
    value: Decimal | None
    text: str


def looks_like(text: str) -> bool:
    """A line that names a currency; only such are read for labelled figures."""
    low = text.lower()
    return any(map(low.__contains__, _STEMS)) and _HAS_NAME.search(text) is not None


def label(text: str) -> str | None:
    """The currency that a line names and nothing else (`USD`, `$`, `usd/kzt`), for a figure on the next line."""
    name, _, quote = _QUANT.sub("", text.strip(" :=-–").lower()).partition("/")
    return _NAMES.get(name.strip()) if not quote or quote.strip() in _NAMES else None


def labelled(text: str) -> list[Figure] | None:
    """The labelled figures of a line; None when the line says more than currencies, figures and changes."""
    found: list[Figure] = []
    rest = _PAIR.sub(lambda match: _take(found, match), text)
    if not found:
        rest = _VALUE_FIRST.sub(lambda match: _take_value_first(found, match), text)
    if not found:
        rest, named = _HAS_NAME.subn(" ", text)
        if not named:
            return None
    rest, _ = _CHANGE.subn(" ", _HAS_NAME.sub(" ", rest))  # a name may stand without a figure: that one is unknown
    extra = _BARE.findall(rest)
    rest = _FILLER.sub("", _BARE.sub("", rest))
    if rest:
        return None
    return [_unless_two_quotes(figure, extra) for figure in found]


def pairs(text: str) -> list[Figure]:
    """The labelled figures of a mixed header line (day, weather and currencies in one); two at least."""
    found: list[Figure] = []
    _PAIR.sub(lambda match: _take(found, match), text)
    return found if len(found) >= 2 and len({figure.currency for figure in found}) == len(found) else []


def bare(text: str) -> list[Decimal] | None:
    """The unlabelled figures of a line that holds only such (`443.85`, `443.85 474.3 4.8`); None otherwise."""
    rest = _CHANGE.sub(" ", text)
    parts = rest.replace("|", " ").replace("/", " ").replace("•", " ").split()
    if not parts or len(parts) > 8 or not all(_BARE.fullmatch(part) for part in parts):
        return None
    return [value for part in parts if (value := decimal(part)) is not None]


def _take(found: list[Figure], match: re.Match[str]) -> str:
    name, quote = _NAMES[match["name"].lower()], match["quote"]
    value = None if match["after"] else decimal(match["value"])
    quant = int(match["quant"] or 1)
    if value is not None and quant != 1:
        value = value / quant if quant in (10, 100, 1000) else None  # "100 RUB = 554" is for a hundred
    found.append(Figure(name, quote.upper() if quote else None, value, match[0].strip()))
    return " "


def _take_value_first(found: list[Figure], match: re.Match[str]) -> str:
    found.append(Figure(_NAMES[match["name"].lower()], None, decimal(match["value"]), match[0].strip()))
    return " "


def _unless_two_quotes(figure: Figure, extra: Sequence[str]) -> Figure:
    """Buying beside selling is no single rate: a second figure within a tenth of the first leaves it unread."""
    value = figure.value
    for other in map(decimal, extra):
        if value and other and abs(other - value) * 10 < value:
            return Figure(figure.currency, figure.quote, None, figure.text)
    return figure


def rates(
    figures: Sequence[tuple[int, Figure]], bare_figures: Sequence[tuple[int, Decimal]], site: Site | None
) -> tuple[tuple[HeaderRate, ...], dict[str, Provenance]]:
    """Header rates from figures with their line numbers.

    Labelled ones win. Bare ones are named by the site's order when their count is that of the order. A pair quoted
    in another currency than the site's, or the other way round, is left out and noted. On a host without entry the
    quote currency is the one that all its pairs print (`USD/TRY`), else unknown.
    """
    if any(figure.value is not None for _, figure in figures):
        return _from_labels(figures, site)
    order = site.rate_order if site else ()
    if not order or len(bare_figures) != len(order) or not _fits([value for _, value in bare_figures]):
        return (), {}
    values = {code: value for code, (_, value) in zip(order, bare_figures, strict=True)}
    certain = plausible(values)
    quote = site.quote_currency if site else None
    read = tuple(
        HeaderRate(code, value, quote, False, certain, place) for place, (code, value) in enumerate(values.items(), 1)
    )
    where = {
        f"rates.{code}": Provenance(f"line {no}", str(value))
        for code, (no, value) in zip(order, bare_figures, strict=True)
    }
    return read, where | {"rates.order": Provenance("site entry", " ".join(order))}


def plausible(values: dict[str, Decimal]) -> bool:
    """DEFINITIONS, Rates: EUR/USD within 0.8-1.6 and USD/RUB within 20-200; what is absent is not held against it."""
    usd, eur, rub = (values.get(code) for code in ("USD", "EUR", "RUB"))
    if usd and eur and not Decimal("0.8") <= eur / usd <= Decimal("1.6"):
        return False
    return not (usd and rub and not 20 <= usd / rub <= 200)


def _fits(values: Sequence[Decimal]) -> bool:
    return all(value > 0 for value in values) and any(value.as_tuple().exponent for value in values)


def _from_labels(
    figures: Sequence[tuple[int, Figure]], site: Site | None
) -> tuple[tuple[HeaderRate, ...], dict[str, Provenance]]:
    quote = site.quote_currency if site else None
    kept: dict[str, tuple[int, Figure]] = {}
    where: dict[str, Provenance] = {}
    for no, figure in figures:
        name = figure.currency
        if name is None or figure.value is None or not figure.value or name == quote or name in kept:
            continue
        if quote and figure.quote and figure.quote != quote:
            where[f"rates.{name}/{figure.quote}"] = Provenance(
                f"line {no}", f"{figure.text}: left out, not in {quote}"[:200]
            )
            continue
        kept[name] = (no, figure)
    _settle_yen_or_yuan(kept)
    values = {name: figure.value for name, (_, figure) in kept.items() if figure.value is not None}
    certain = plausible(values)
    printed = {figure.quote for _, figure in kept.values()}
    quote = quote or (printed.pop() if len(printed) == 1 else None)
    where |= {f"rates.{name}": Provenance(f"line {no}", figure.text[:200]) for name, (no, figure) in kept.items()}
    return tuple(HeaderRate(n, v, quote, True, certain, at) for at, (n, v) in enumerate(values.items(), 1)), where


def _settle_yen_or_yuan(kept: dict[str, tuple[int, Figure]]) -> None:
    """One sign for two currencies: a dollar is worth 4-12 yuan, and 70 yen or more."""
    if "¥" not in kept:
        return
    entry = kept.pop("¥")
    usd = kept["USD"][1].value if "USD" in kept else None
    value = entry[1].value
    if usd and value:
        kept.setdefault("CNY" if 4 <= usd / value <= 12 else "JPY", entry)
