"""The outside source that a text names, in English, Russian and Kazakh; None for the site's own reporting.

A source is an organisation that the text says it has its news from. Who speaks in the news ("the minister said")
is no source, and a ministry without a name isn't one either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from readership.models import Provenance

_LOOK_AT = 6_000
_FEW_WORDS = 60
_UP = "A-ZÀ-ÞА-ЯЁӘҒҚҢӨҰҮІҺ"
_LOW = "a-zß-ÿа-яёәғқңөұүіһ"
_QUOTES = "«»“”\"„‟‘’'"
# A name: up to a clause mark; a dot may stand inside it (gov.kz, U.S.).
_NAME = r"(?P<name>(?:[^\s.,;:()!?\n–—]|\.(?=\w)|[ \t](?![–—(]))(?:[^,;:()!?\n–—.]|\.(?=\w)){0,120})"
_WIRES = (
    "Reuters|AFP|TASS|Tass|Interfax|Xinhua|Anadolu|Bloomberg|Associated Press|AP|BBC|CNN|RIA Novosti|Yonhap|Kyodo|IRNA"
    "|Kazinform|AKIpress|Trend|Azertac|Khovar|UzA|Sputnik|Deutsche Welle|Euronews|Al Jazeera"
)
_EN_BEFORE = re.compile(
    r"(?i:\b(?:cit(?:es|ing|ed)|quot(?:es|ing)|with (?:a )?(?:reference|link) to|referring to|refers to|according "
    r"to(?: (?:the )?(?:data|information|report|reports"
    r"|statement|figures|a report|a statement|information|statistics) (?:of|from|by|provided by))?|as reported by"
    r"|reported by|reports? by|news by"
    r"|learned from|learnt from|(?:source|sources?):))\s+" + _NAME
)
_EN_INVERTED = re.compile(
    r",[”\"’']?\s+(?:(?i:as)\s+)?(?:reports?|reported|writes?|informs?|informed)\s+(?!(?i:that|on|to|in|for|about"
    r"|of|at|from|by|a|an|its|his|her)\b)" + _NAME
)
# What kind of medium it is, before its name: "state-run Anadolu Agency".
_KINDS = (
    r"(?:(?i:the|citing|state-run|state-owned|state|government-run|official|semi-official|local|regional"
    r"|national|private|public|independent|pro-government|business|online|[a-z]+-based|news|agency|newspaper|daily|weekly|magazine|broadcaster"
    r"|website|site|portal|channel|outlet|television|tv|radio)|Russia(?:n|['’]s)|Turkish|Chinese|Kazakh|Kyrgyz|Uzbek|Tajik"
    r"|Turkmen|Kazakhstan['’]s|German|French|British|American|U\.?S\.?|Japanese|Iranian|Indian|Georgian|Azerbaijani)"
)
# A medium that begins its own sentence: "Reuters reported on Monday that …".
_EN_FIRST = re.compile(
    rf"(?:^|[.!?]\s+)(?:{_KINDS}\s+){{0,4}}(?P<name>(?:The\s+)?(?:{_WIRES}|[{_UP}][\w&]*(?:\s[{_UP}][\w&]*){{0,3}}\s"
    rf"(?:News\s)?(?:Agency|Times|Post|News|TV|Today|Journal|Herald)))\s+(?:has\s+)?(?:earlier\s+)?(?:reports|reported|writes|wrote)"
    rf"(?=\s+(?:that|on|late|earlier|citing|quoting|with)\b|[.,])",
    re.MULTILINE,
)
_EN_AFTER = re.compile(
    rf",[”\"’']?\s+(?:{_KINDS}\s+){{0,4}}(?P<name>(?i:the\s+)?(?:press[- ](?:service|office) of\s+|[{_UP}])"
    rf"[^,;:()!?\n.]{{1,100}}?)\s+(?:(?i:has|had|have|earlier|first|also)\s+){{0,2}}(?:reports|reported|informs|informed|writes|wrote"
    rf"|says in a statement|said in a report)(?=[.,;]|$|\s+(?:on"
    rf"|in|with|to)\b)",
    re.MULTILINE,
)
_EN_WIRE = re.compile(
    r"\bthe\s+(?P<name>[A-Za-z]{2,12}(?:\s[A-Z]\w+)?\s+news agency)\s+(?:reports|reported|said|writes|wrote)\b"
)
_EN_POSSESSIVE = re.compile(
    rf"(?i:\breports?|according to|citing|cites)\s+(?:the\s+)?(?P<name>[{_UP}][^,;:()!?\n.]{{2,"
    rf"60}}?[’']s\s+press[- ](?:service|office))"
)
_EN_SERVICE = re.compile(
    r"(?i:\b(?:the\s+)?(?P<name>press[- ](?:service|office) of\s+[^,;:()!?\n.]{2,100}?)\s+(?:said|reported"
    r"|reports|informed|announced|told|noted|stated|confirmed)\b)"
)
_RU_BEFORE = re.compile(
    r"(?i:\b(?:с[оo] ссылкой на|ссылаясь на|по (?:данным|информации|сведениям|сообщению|сообщениям"
    r"|предварительным данным|оперативным данным)|согласно (?:данным|информации|сообщению|сведениям)"
    r"|как (?:сообщает|сообщили|передает|передаёт|пишет|информирует|сообщил|сообщила) (?:в )?|источник:|ист\.:))\s*"
    + _NAME
)
_RU_VERB = re.compile(
    r"(?:^|[,.–—»”\"]\s*|\s)(?i:сообщает|сообщают|передает|передаёт|передают|пишет|пишут|информирует|сообщила"
    r"|сообщил|проинформировала|информируют|уточняет)\s+" + _NAME,
    re.MULTILINE,
)
_RU_IN = re.compile(
    rf"(?i:\b(?:сообщили|сообщают|сообщает|передали)\s+в(?:о)?)\s+(?P<name>(?:(?i:пресс-(?:службе|центре))\s+[^,"
    rf";:()!?\n.–—]{{2,100}}|[{_UP}]{{2,8}}(?:\s(?:РК|КР|РУз|РТ)|\s[{_UP}]\w+)?))(?=[\s.,;–—]|$)"
)
_KK_REFERENCE = re.compile(
    r"(?P<name>(?:[^\s,;:()!?\n.]|\.(?=\w))(?:[^,;:()!?\n.–—]|\.(?=\w)){0,100}?)(?:[-–](?:ге|ке|ға|қа|не|на|нің"
    r"|ның|дің|дың|тің|тың)|(?<=[»”\"])(?:ге|ке|ға|қа|не|на))?\s+(?i:сілтеме жасап|сілтеме жасай"
    r"|сілтеме келтіріп|сүйеніп|сүйене отырып|дерегіне сүйеніп)"
)
_KK_DATA = re.compile(
    r"(?P<name>(?:[^\s,;:()!?\n.]|\.(?=\w))(?:[^,;:()!?\n.–—]|\.(?=\w)){0,100}?)(?:[-–](?:ның|нің|дың|дің|тың"
    r"|тің))?\s+(?i:мәліметінше|мәліметіне сәйкес|деректерінше|дерегінше|ақпаратынша|хабарлауынша"
    r"|хабарлағандай|мәліметі бойынша|деректері бойынша|ақпаратына сәйкес)"
)
_KK_VERB = re.compile(
    r"(?:деп(?: атап)?\s+|^|,\s+)(?i:хабарлайды|хабарлады|жазады|жазды|мәлімдеді|хабарлап отыр|жеткізді)\s+" + _NAME,
    re.MULTILINE,
)
_KK_SERVICE = re.compile(
    r"(?P<name>(?:[^\s,;:()!?\n.]|\.(?=\w))(?:[^,;:()!?\n.–—]|\.(?=\w)){1,100}?\s(?:баспасөз (?:қызметі|орталығы"
    r"|хатшысы)))(?:нен|нің|не)?\s+(?:[^.\n]{0,40}\s)?(?i:хабарла|мәлімде|жеткіз|таратты|ақпаратынша"
    r"|мәліметінше)"
)

# What ends a name inside the captured run.
_CUT = re.compile(
    r"\s+(?:that|which|who|where|when|as|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|on its|in its|in a|with "
    r"reference|with a reference|citing|quoting|reports?|reported|said|says|in the|said in|website"
    r"|сообщает|сообщили|сообщил|сообщила|передает|передаёт|пишет|со ссылкой|ссылаясь|что|который"
    r"|которая|которые|где|когда|в (?:четверг|пятницу|понедельник|вторник|среду|субботу|воскресенье)"
    r"|в своём|в своем|о том|об этом|на (?:сайте|своем|своём|официальн)|деп|хабарлайды"
    r"|хабарлады)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_ARTICLE = re.compile(r"^(?:the|our|an|a|its)\s+", re.IGNORECASE)
# A kind of medium before its name; "Агентство статистики" is a name itself.
_LEADING = re.compile(
    r"^(?:(?i:агентств(?:о|а|у|ом)|информагентств(?:о|а|у|ом)|информационн(?:ое|ого|ому) агентств[оау]|ИА|МИА"
    r"|РИА(?=\s[«\"])|портал(?:а|у|ом)?|сайт(?:а|у|ом)?|издани(?:е|я|ю|ем)|телеканал(?:а|у|ом)?|газет(?:а|е|у|ы|ой)"
    r"|журнал(?:а|у|ом)?|телеграм-канал(?:а|у)?|интернет-(?:портал|издани)\w*|корреспондент(?:ы)?|корр\.|собкор"
    r"|news agency|агенттігі|сайты|порталы|басылымы|newspaper|website"
    r"|portal)\s+)+(?=[«“\"]?[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ])",
)
_KK_CASE = "(?:ның|нің|ына|іне|ға|ге|на|не|ны|ні|нда|нде|нан|нен|мен|дағы|дегі)?"
_KK_KIND = re.compile(
    rf"\s+(?:(?:ақпарат|ақпараттық|жаңалықтар|интернет|хабар тарату)\s+)?"
    rf"(?P<kind>порталы|сайты|агенттігі|агенттік|басылымы|газеті"
    rf"|журналы|телеарнасы|арнасы|радиосы|ресурсы){_KK_CASE}$",
    re.IGNORECASE,
)
_QUOTED_KIND = re.compile(
    rf"^[«“\"„]([^«»“”\"„]+)[»”\"](?:[-–]\w{{2,4}})?\s+(?:ақпарат\w*\s+)?"
    rf"(?:порталы|сайты|агенттігі|басылымы|газеті|журналы|телеарнасы"
    rf"|арнасы|радиосы){_KK_CASE}$",
    re.IGNORECASE,
)
_OWN_PREFIX = re.compile(r"^(?:correspondent|a correspondent|корреспондент\w*|собственный|тілші\w*)\b", re.IGNORECASE)
_ORG = re.compile(
    r"(?i:ministr|agency|department|committee|press|service|office|bank|centre|center|university|institute"
    r"|council|commission|association|police|court|government|embassy|administration|akimat|times"
    r"|post|news|today|tv|media|channel|foundation|fund"
    r"|organi[sz]ation|company|bureau|union|authority|inspectorate|prosecutor|parliament|senate|federation"
    r"|academy|corporation|group|kazhydromet|министерств|минист(?:ерство|ерства)|комитет|департамент"
    r"|агентств|служб|управлени|банк|центр|университет|институт|совет|комисси|ассоциаци|полици|суд"
    r"|правительств|посольств|акимат|прокуратур"
    r"|организаци|компани|бюро|союз|фонд|ведомств|телеканал|издани|газет|министрлі|комитет|департамент|агентті"
    r"|қызмет|басқарма|орталы|университет|кеңес|комиссия|әкімді|сот|прокуратура|елшілі|ұйым|компания"
    r"|порталы|басылым|арнасы|қоры)"
)
_SERVICE = re.compile(r"(?:пресс-(?:служб|центр)\w*|press[- ](?:service|office) of)\s", re.IGNORECASE)
_SURNAME = re.compile(
    r"(?:ov|ev|ova|eva|ov|yev|yeva|bayev|bayeva|sky|skaya|kyzy|uly|ұлы|қызы|ов|ев|ёв|ова|ева|ин|ина|ский|ская|ову"
    r"|еву|овой|евой|ина)$",
    re.IGNORECASE,
)
_PERSON_WORDS = re.compile(
    r"(?i:\b(?:minister|president|mayor|governor|director|head|chairman|chairwoman|spokes\w+|secretary|ambassador"
    r"|expert|experts|analyst|analysts|official|officials|witness\w*|doctor|scientist\w*"
    r"|researcher\w*|him|her|them|us|me|sources?|media reports?|law|plan|schedule|forecasters"
    r"|министр\w*|президент\w*|аким\w*|директор\w*|глав[аеыу]|председател\w*|спикер\w*|эксперт\w*"
    r"|аналитик\w*|очевидц\w*|источник\w*|депутат\w*|посл[ауе]|посол|синоптик\w*|специалист\w*"
    r"|закон\w*|план\w*|министрі|әкімі|басшысы|төрағасы|сарапшы\w*|мамандар\w*|маман|президенті"
    r"|депутат\w*)\b)"
)
_ACRONYM = re.compile(rf"\b[{_UP}][{_UP}\d&]{{1,9}}\b")
_DOMAIN = re.compile(r"\b[\w-]+\.(?:kz|kg|uz|tj|tm|com|org|net|ru|media|info|gov)\b", re.IGNORECASE)
_MAX_WORDS = 10


def cited_source(text: str, own_names: Iterable[str] = ()) -> tuple[str, Provenance] | None:
    """The first outside source that the text names.

    Args:
        text: the body (a title before it does no harm).
        own_names: how the site calls itself; such a name is no outside source.

    Returns:
        The name as printed, without article, quotes or trailing clause, and where it stood; None for own reporting.
    """
    text = text[:_LOOK_AT]
    low = text.lower()
    if len(low) != len(text):  # İ grows when made small
        text = text.replace("İ", "I")
        low = text.lower()
    own = _own_keys(tuple(own_names))
    found: list[tuple[int, str, str]] = []
    cyrillic = "о" in low or "а" in low
    for latin, stems, patterns in _RULES:
        if latin is not cyrillic and (said := [stem for stem in stems if stem in low]):
            for pattern in patterns:
                found.extend(_named(_matches(pattern, text, low, said), text, own, pattern in _ENDS_WITH_NAME))
    if not found:
        return None
    at, name, sentence = min(found)
    line = text.count("\n", 0, at) + 1
    return name, Provenance(f"body paragraph {line}", sentence[:200])


_LONGEST_NAME = 102
_AROUND = 300
_CLAUSE_MARK = re.compile(r"[,;:()!?\n–—]|\.(?!\w)")


def _matches(pattern: re.Pattern[str], text: str, low: str, stems: Sequence[str]) -> Iterator[re.Match[str]]:
    """Matches of a rule, looked for only around its stems.

    A Kazakh name stands before its verb: tried at each place it would take time that grows with its length, so it is
    tried at the beginning of the clause alone.
    """
    if pattern not in _ENDS_WITH_NAME:
        first = min((at for at in map(low.find, stems) if at >= 0), default=0)
        last = max(map(low.rfind, stems))
        few = _FEW_WORDS if pattern in (_EN_BEFORE, _RU_BEFORE) else _AROUND
        yield from pattern.finditer(text, max(0, first - few), last + _AROUND)
        return
    for at in sorted(place for stem in stems for place in _places(low, stem)):
        start = max(0, at - _LONGEST_NAME)
        for mark in _CLAUSE_MARK.finditer(text, start, at):
            start = mark.end()
        if match := pattern.match(text, at - len(text[start:at].lstrip()), at + _AROUND):
            yield match


def _places(low: str, stem: str) -> Iterator[int]:
    at = low.find(stem)
    while at >= 0:
        yield at
        at = low.find(stem, at + 1)


@lru_cache(256)
def _own_keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """The site's names as they are compared: letters alone, and their stems."""
    return tuple(dict.fromkeys(key for name in names if _plain(name) for key in (_plain(name), *_stems(name))))


def _named(
    matches: Iterable[re.Match[str]], text: str, own: tuple[str, ...], backwards: bool
) -> list[tuple[int, str, str]]:
    for match in matches:
        name, quoted = _clean(match["name"], backwards, own)
        if name and not _is_own(name, own) and (_is_organisation(name) or (quoted and not _PERSON_WORDS.search(name))):
            return [(match.start("name"), name, _sentence(text, match))]
    return []


@lru_cache(4096)  # a site names the same few sources again and again
def _clean(name: str, backwards: bool, own: tuple[str, ...]) -> tuple[str, bool]:
    """The name alone, without article, kind of medium, quotes or what follows it; and whether it stood in quotes."""
    if backwards:
        name = re.split(
            r"(?i:\bпорталы\b|\bхабарла(?:йды|ды)\b|\bжаз(?:ады|ды)\b|\bмәлімдеді\b|\bжеткізді\b|\bтілшісі\b"
            r"|\bақпарат(?:тық)? агенттігі\b|\bагенттігі\b(?=\s\S)|\bсайты\b(?=\s\S))",
            name,
        )[-1]
    name = _CUT.sub("", name.strip())
    name = _LEADING.sub("", _ARTICLE.sub("", name.strip(" \t-–—")))
    if backwards:
        name = _without_own(name, own)
    marked = name[:1] in _QUOTES
    if quoted := _QUOTED_KIND.match(name):
        return quoted[1].strip(), True
    inner = re.match(rf"^[{_QUOTES}]?([^{_QUOTES}]+)[»”\"]", name)
    if inner and inner.end() >= len(name) - 1:
        return inner[1].strip(), True
    if marked and not inner:
        marked = name.rstrip()[-1:] in _QUOTES
    name = _without_kind(name.strip(" \t.-–—"))
    return (name if "»" in name else name.strip(_QUOTES)), marked


def _without_own(name: str, own: tuple[str, ...]) -> str:
    """What follows the site's own name, of three words at most, at the beginning: `El.kz Қазгидрометке`."""
    words = name.split()
    for count in range(min(3, len(words) - 1), 0, -1):
        if _plain("".join(words[:count])) in own:
            return " ".join(words[count:])
    return name


def _without_kind(name: str) -> str:
    """A medium's name without the Kazakh word for its kind and the case that the word carries.

    `Zakon.kz порталына` is Zakon.kz, but `Статистика агенттігіне` is a name itself.
    """
    found = _KK_KIND.search(name)
    if not found:
        return name
    front = name[: found.start()].strip()
    medium = _DOMAIN.fullmatch(front) or front.isascii() or any(map(str.isupper, front[1:]))
    return front if medium or found["kind"] not in ("агенттігі", "агенттік") else name


def _is_own(name: str, own: tuple[str, ...]) -> bool:
    key = _plain(name)
    stems = _stems(name)
    return any(
        key == mine or (len(mine) > 3 and (key.startswith(mine) or key.endswith(mine))) or mine in stems for mine in own
    )


_RU_CASES = re.compile(
    r"(?<=[а-яё]{3})(?:ого|его|ому|ему|ими|ыми|ами|ями|ах|ях|ой|ей|ою|ею|ом|ем|ая|яя|ую|юю|ый|ий|ое|ее|ов|ев"
    r"|[аяоеуюыийь])(?![^\W\d_])"
)
_KK_CASES = re.compile(
    r"(?<=[а-яёәғқңөұүһі]{3})(?:ның|нің|дың|дің|тың|тің|ға|ге|қа|ке|на|не|да|де|та|те|дан|ден|тан|тен|мен|бен|пен)"
    r"(?![^\W\d_])"
)


def _stems(name: str) -> tuple[str, str]:
    """A name without Russian and without Kazakh cases, marked so that neither equals a whole name."""
    low = name.lower()
    return "~" + _plain(_RU_CASES.sub("", low)), "≈" + _plain(_KK_CASES.sub("", low))


@lru_cache(4096)
def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


@lru_cache(4096)
def _is_organisation(name: str) -> bool:
    """Whether a run of words names an organisation: an acronym, an address, a word for an institution with a name."""
    parts = name.split()
    if not parts or len(parts) > _MAX_WORDS or len(name) < 2 or not any(ch.isalpha() for ch in name):
        return False
    if name.endswith(" news agency") or _DOMAIN.search(name) or (_ACRONYM.fullmatch(name) and len(name) <= 10):
        return True
    capital = any(part.lstrip(_QUOTES)[:1].isupper() for part in parts)
    if _SERVICE.match(name):
        return len(parts) >= 3 or (len(parts) == 2 and capital)
    if not capital:
        return False
    if _ORG.search(name):
        return not _PERSON_WORDS.match(name)
    if _PERSON_WORDS.search(name) or _SURNAME.search(parts[-1].strip(_QUOTES)):
        return False
    if len(parts) == 1:
        return parts[0].lstrip(_QUOTES)[:1].isupper()
    return bool(_ACRONYM.search(name)) or (name.startswith(tuple('«“"')))


def _sentence(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 80)
    end = text.find("\n", match.end())
    return text[start : min(end if end >= 0 else len(text), match.end() + 80)].strip()


_ENDS_WITH_NAME = frozenset({_KK_REFERENCE, _KK_DATA, _KK_SERVICE})
_RULES: tuple[tuple[bool, tuple[str, ...], tuple[re.Pattern[str], ...]], ...] = (
    (True,
     ("cites", "citing", "cited", "quot", "reference to", "link to", "referring", "refers to",
          "according to", "reported by", "report by", "reports by", "news by", "learned from", "learnt from",
          "source:", "sources:"),
     (_EN_BEFORE,)),
    (True, ("report", "write", "wrote", "inform"), (_EN_INVERTED, _EN_AFTER, _EN_FIRST)),
    (True, ("press service", "press-service", "press office"), (_EN_SERVICE, _EN_POSSESSIVE)),
    (True, ("news agency",), (_EN_WIRE,)),
    (False, ("сообщили в", "сообщают в", "сообщает в", "передали в"), (_RU_IN,)),
    (False,
     ("ссыл", "по данным", "по информации", "по сведениям", "по сообщени", "данным", "согласно",
          "как сообщ", "как перед", "как пишет", "как информ", "источник:", "ист.:"),
     (_RU_BEFORE,)),
    (False, ("сообща", "переда", "пишет", "пишут", "информиру", "сообщил", "уточняет"), (_RU_VERB,)),
    (False, ("сілтеме", "сүйен"), (_KK_REFERENCE,)),
    (False, ("мәлімет", "дерек", "ақпаратын", "хабарлауынша", "хабарлағандай", "дерегі"), (_KK_DATA,)),
    (False, ("баспасөз",), (_KK_SERVICE,)),
    (False, ("хабарлайды", "хабарлады", "жазады", "жазды"), (_KK_VERB,)),
)  # fmt: skip
