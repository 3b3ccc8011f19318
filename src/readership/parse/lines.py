"""What each line of a page is: a figure, a date, a counter, a credit, a section, a heading, a paragraph …"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from readership.parse import dates, header, words
from readership.parse.dates import Printed
from readership.parse.numbers import whole

MAX_META = 160
_LOOKED_AT = 3_000
_EDGES = " \t:.,;|•·–—-→←›»«<>▼▲▾…!*#[](){}“”\"'©"


class Kind(IntEnum):
    """What a line is."""

    TEXT = 0
    PROSE = 1
    META = 2
    SECTION = 3
    NAV = 4
    SHARE = 5
    END = 6
    ASIDE = 7
    CREDIT = 8
    AUTHOR = 9
    FIGURE = 10
    RATE = 11
    CHANGE = 12
    WEATHER = 13
    PHONE = 14
    CRUMBS = 15
    LABEL = 16
    NOISE = 17


@dataclass(slots=True)
class Meta:
    """What a line of dates, counters and names holds.

    `views` are labelled counters (None: abbreviated, so not exact); `numbers` have no label.
    """

    dates: list[tuple[Printed, bool]] = field(default_factory=list)
    clock: Printed | None = None
    relative: bool = False
    weekday: bool = False
    views: list[int | None] = field(default_factory=list)
    comments: int = 0
    minutes: int = 0
    numbers: list[int] = field(default_factory=list)
    credit: str | None = None
    author: str | None = None
    section: str | None = None
    others: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Line:
    """One line that is not empty.

    Attributes:
        no: 1-based number in the page text.
        gap: an empty line stands before it.
        tag: what the markup says (`h1`, `p`, `li` …), "" for page text.
        value: section, credit, author or label word, by kind.
    """

    no: int
    text: str
    kind: Kind = Kind.TEXT
    gap: bool = False
    tag: str = ""
    value: str = ""
    meta: Meta | None = None
    figures: list[header.Figure] | None = None
    _key: str | None = None

    @property
    def key(self) -> str:
        """Letters and digits only, lower case: for comparing."""
        if self._key is None:
            self._key = plain(self.text)
        return self._key


def plain(text: str) -> str:
    """Letters and digits only, lower case: for comparing titles and names."""
    return _PLAIN.sub("", text).lower()


_PLAIN = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d", re.ASCII)
_PHOTO = (
    r"(?:(?:иллюстративное |архивное |обложка[:,]? |заглавное |главное |cover |file |main |lead )?"
    r"(?:photo(?:s|graph|graphs)?|images?|picture|pictures|pic|фото|фотография|фотографии|фотосурет|сурет"
    r"|суреттер|foto|иллюстрация|illustration|"
    r"изображени[ея]|коллаж|collage|скриншот|кадр|инфографика|infographic)(?: credits?| source| courtesy| автора| "
    r"авторы|ның авторы| иесі)?)"
)
_UPPER = "A-ZÀ-ÖØ-ÞĆČĎĐĞİŁŃŐŒŘŚŞŠŤŮŰŹŻŽА-ЯЁӘҒҚҢӨҰҮІҺ"
_CREDIT = re.compile(
    rf"^[(\[©\s📷📸]*{_PHOTO}\s*(?:[:|]|©|—|–|-(?=\s)|\s(?:by|courtesy of|from|via)\b:?)\s*(?:©\s*)?(?P<name>\S.{{0,"
    rf"150}}?)[)\]]?$"
    rf"|^©\s*{_PHOTO}\s*[:|]?\s*(?P<name2>\S.{{0,80}})$"
    r"|^(?:image|photo|picture|video)\s(?:source|credit|copyright|by)s?\s*,\s*(?P<name4>\S.{0,80})$"
    r"|^(?:фото)?сурет(?:ті|терді|тер)?\s(?:түсірген|түсірді)\s*[:|–—-]?\s*(?P<name5>\S.{2,80})$"
    r"|^(?:фотосын|фотоны|фото)\s(?:түсірген|түсірді|сделал[аи]?|снял[аи]?)\s*[:|–—-]?\s*(?P<name6>\S.{2,80})$"
    rf"|^(?:фотограф|фототілші|photographer)\s"
    rf"(?P<name7>(?-i:[{_UPPER}])\S+\s(?-i:[{_UPPER}])\S+)$"
    r"|^(?:credit|photo credit|сурет көзі|фото көзі|источник фото|источник изображения|фотограф|фототілші"
    r"|автор фото|авторы фото|снимок|снимки"
    r"|photographer|photo source|pictures? by|сурет авторы|кредит)\s*[:|]\s*(?P<name3>\S.{0,100})$",
    re.IGNORECASE,
)
# "Фото gov.kz", "Photo Reuters": without a mark only an address or a name in capitals.
_CREDIT_BARE = re.compile(
    rf"^(?i:{_PHOTO})\s(?P<name>[\w-]+(?:\.[a-z]{{2,6}})+(?:/\S*)?|(?:[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ]{{2}}"
    rf"|[A-Z])\S*(?:\s[A-ZА-Я]\S*){{0,2}}"
    rf"|[{_UPPER}][\w.-]*\s[{_UPPER}]{{3,}}"
    rf"|[{_UPPER}]\w+\s[{_UPPER}]\w+(?:ова|ева|ёва|ина|ской|овой|евой|иной|ского)"
    r"|(?:пресс-(?:службы|центра)|с сайта|из (?:архива|открытых источников|личного архива|соцсетей)|ашық "
    r"дереккөз)[^.!?]{0,60})$"
    rf"|^(?i:{_PHOTO}\s(?:предоставлен[оаы]|courtesy of|provided by|courtesy))\s(?P<name2>\S[^.!?]{{1,80}})$"
)
_CAPTION_CREDIT = re.compile(
    rf"[.,(/|—–…]\s*{_PHOTO}\s*(?:[:©/]|\sby\b)\s*(?P<name>[^.()]{{2,60}}(?:\.[a-z]{{2,6}})?)[).\s]*(?:Click\b.{{0,"
    rf"60}})?$",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"^(?:автор(?:ы|лар| текста|ы текста|лары| статьи| материала)?|author(?:s)?|written by|reported by|text(?: by)?"
    r"|текст|мақала авторы|мәтін|мәтін авторы|story by|"
    r"журналист|корреспондент|reporter|тілші|тілшісі|дайындаған|подготовил(?:а|и)?|byline|words(?: by)?|interview by"
    r"|беседовал(?:а|и)?|записал(?:а|и)?|интервью|материал подготовил(?:а|и)?|жазған|сұхбаттасқан|әңгімелескен"
    r"|материалды дайындаған)\s*[:|–—]\s*(?P<name>\S.{1,120})$"
    r"|^(?:(?:материал )?подготовил(?:а|и)?|(?:материалды )?дайындаған|written by|reported by|story by|interview by"
    r"|words by|беседовал(?:а|и)?|записал(?:а|и)?|сұхбаттасқан|әңгімелескен|жазған"
    r"|автор)\s(?P<name3>[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][^\d:.]{4,60})$"
    r"|^reporting by\s(?P<name4>[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][^\d:;]{4,90}?)\s?(?:[;(].{0,120})?$"
    r"|^(?:by|от)\s+(?P<name2>[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][^\d:]{2,60})$",
    re.IGNORECASE,
)
_IN_SECTION = re.compile(r"\s+in\s+[A-Z][\w &-]*(?:\s+on)?\s*$")
_SECTION_LABEL = re.compile(
    r"^(?:section|category|categories|rubric|filed under|posted in|рубрика|раздел|категория|категории|айдар"
    r"|айдары|санат|санаты|бөлім|бөлімі)\s*[:|–—]\s*(?P<name>\S.{0,60})$",
    re.IGNORECASE,
)
_STARTS_BY_HEAD: dict[str, list[tuple[str, Kind]]] = {}
for _kind, _group in (
    (Kind.SHARE, words.SHARE_STARTS),
    (Kind.ASIDE, words.ASIDE_STARTS),
    (Kind.END, words.END_STARTS),
    (Kind.NOISE, words.NOISE_STARTS),
):
    for _start in _group:
        _STARTS_BY_HEAD.setdefault(_start[:2], []).append((_start, _kind))
_CRUMB_MARK = re.compile(r"\s*[>›»→❯]\s*|\s+/\s+|\s+\\\s+")
_DEGREES = re.compile(r"[°º℃℉˚]|m/s|м/с|mm hg|мм рт", re.IGNORECASE)
_WEATHER = re.compile(
    r"[+\-−–]?\d{1,2}\s?(?:\.{2,3}|…)?\s?[+\-−–]?\d{0,2}\s?(?:°|º|℃|℉|˚)|\b\d{1,3}\s?(?:m/s|м/с|mm hg|мм рт)"
    r"|^[+\-−]\d{1,2}$"
)
_PHONE = re.compile(r"(?:\+\s?)?\d[\d\s()\-–]{8,20}\d")
_CHANGE = re.compile(r"[(\[]?\s*[+\-−–▲▼↑↓]+\s*\d+(?:[.,]\d+)?\s*%?\s*[)\]]?|\d+(?:[.,]\d+)?\s?%|[▲▼↑↓]+")
_FIGURES = re.compile(r"\d{1,5}[.,]\d{1,4}(?:[\s|/•]+\d{1,5}(?:[.,]\d{1,4})?)*")
_LONE = re.compile(r"\d[\d ,.'’]*")
_SENTENCE_END = (".", "!", "?", "…", ".”", '."', ".»", "!»", "?»", "».", "”.", '".', ":", ";", ")")

# A number with what abbreviates it ("1,2 тыс.", "2.3K"): such a counter is not exact.
_NUMBER = re.compile(
    r"(?<![\d.,])(?<!\d:)(?P<n>\d{1,3}(?P<sep>[ ,.'’])\d{3}(?:(?P=sep)\d{3})*(?!\d)|\d+)"
    r"(?P<short>[.,]\d+)?(?P<k>\s?(?:[kкmм]|тыс\.?|млн|мың)(?![\wЀ-ӿ]))?",
    re.IGNORECASE | re.ASCII,
)
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?|[👁👀💬🗨❤👍👎🔁⭐]")
_TIMES = frozenset({"рет", "раз", "раза", "times", "человек", "people", "адам"})
_NEAR = 40
_MINUTES = re.compile(
    r"(?:(?:reading time|read time|время (?:на )?чтени[ея]|оқу уақыты|оқылу уақыты|read in"
    r"|читать)\s?[:\-–—~≈]?\s?)(?:about |около )?\d{1,3}(?:[-–]\d{1,2})?\s?(?:min(?:ute)?s?"
    r"|мин(?:ут\w*)?|сек\w*)?\.?"
    r"|(?<![\d.,:])\d{1,3}(?:[-–]\d{1,2})?\s?-?(?:min(?:ute)?s?|мин(?:ут\w{0,3})?)\.?(?![^\W_])\s?(?:to read"
    r"|read(?:ing)?|(?:на )?чтени[ея]|читать|оқу\w*(?: үшін)?|оқылады)?(?:\s(?:time|үшін))?",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[\x00|•·●▪✎\t]+\s*|\s+[—–/\-]\s+|\s*,\s+|\s{2,}")
_INT = re.compile(r"\d{1,3}(?:[ ,.'’]\d{3})+|\d+")
_MARKS = re.compile(r"^[\W_]+|[\W_]+$")


def read_lines(text: str, tags: dict[int, str] | None = None, most: int | None = None) -> list[Line]:
    """The lines of a page text that are not empty, each with its kind.

    Args:
        text: with plain spaces (`normalise`).
        tags: what the markup says, by line number.
        most: stop after so many.
    """
    found: list[Line] = []
    gap = False
    for no, raw in enumerate(text.split("\n"), 1):
        stripped = raw.strip()
        if not stripped:
            gap = True
            continue
        line = Line(no, stripped, gap=gap, tag=tags.get(no, "") if tags else "")
        if len(found) < _LOOKED_AT:
            if len(stripped) <= _RECURRING and not line.tag:
                _classify_short(line)
            else:
                classify(line)
        else:
            _classify_roughly(line)
        found.append(line)
        gap = False
        if most is not None and len(found) >= most:
            break
    _join_labels(found)
    if tags is None:
        _name_sections(found[:_HEAD])
    return found


_HEAD = 60
_MENU = 3


def _name_sections(head: list[Line]) -> None:
    """A menu's entry that stands alone again below the menu is the article's section, whatever its name."""
    menu: set[str] = set()
    run: list[Line] = []
    for line in head:
        entry = line.kind in (Kind.TEXT, Kind.SECTION, Kind.NAV) and line.text.count(" ") <= 3 and len(line.text) <= 40
        if entry and run and not line.gap:
            run.append(line)
            continue
        if len(run) >= _MENU:
            menu.update(part.key for part in run)
        elif len(run) == 1 and run[0].kind is Kind.TEXT and run[0].key in menu:
            run[0].kind, run[0].value = Kind.SECTION, run[0].text
        run = [line] if entry else []


def _classify_roughly(line: Line) -> None:
    """Lines so far down hold no counters and dates of an article; they are text, or they end it."""
    low = line.text[:MAX_META].lower()
    if len(line.text) > MAX_META or not (_by_words(line, low) or _by_start(line, low)):
        line.kind = Kind.PROSE if len(line.text) >= 40 and line.text.endswith(_SENTENCE_END) else Kind.TEXT


# Menus, labels and headings of boxes: a site prints the same ones on every page.
_RECURRING = 40


def _classify_short(line: Line) -> None:
    """As `classify`, remembering lines that hold nothing but words."""
    known = _known(line.text)
    if known is None:
        classify(line)
    else:
        line.kind, line.value, line.tag, figures = known
        line.figures = None if figures is None else []


@lru_cache(4_096)
def _known(text: str) -> tuple[Kind, str, str, tuple[()] | None] | None:
    """What a short line of words is; None when it has figures, which are read anew each time."""
    if _DIGIT.search(text):
        return None
    line = Line(0, text)
    classify(line)
    if line.meta is not None or line.figures:
        return None
    return line.kind, line.value, line.tag, None if line.figures is None else ()


def classify(line: Line) -> None:
    """Set the kind of a line, and what was read from it."""
    text = line.text
    size = len(text)
    if size > MAX_META:
        line.kind = Kind.SHARE if size < 300 and _invites(text.lower()) else Kind.PROSE
        _caption(line, text[-80:].lower() if size < 600 else "")
        return
    low = text.lower()
    if (size <= _LONGEST_WORDS and _by_words(line, low)) or _by_start(line, low):
        return
    if line.tag != "h1" and _invites(low):
        line.kind = Kind.SHARE
    elif _is_prose(line, low):
        line.kind = Kind.PROSE
        _caption(line, low)
    elif not _says(line, low):
        _caption(line, low)
        if size >= 40 and text.endswith(_SENTENCE_END) and text.count(" ") >= 5:
            line.kind = Kind.PROSE


def _by_words(line: Line, low: str) -> bool:
    key = low.strip(_EDGES)
    kind = _BY_WORDS.get(key)
    if kind is None:
        if not _is_compound(key):
            return False
        kind = Kind.SECTION
    line.kind, line.value = kind, key
    if kind is Kind.SECTION:
        line.value = line.text.strip(_EDGES)
        if line.text.endswith(":"):  # the heading of a box ("Weather:")
            line.kind = Kind.NAV
    return True


_JOINT = re.compile(r"\s*&\s*|\s+(?:and|и|және|мен|пен|бен)\s+")
_JOINTS = (" and ", " и ", " және ", " мен ", " пен ", " бен ")
_LONGEST_SECTION = 40


def _is_compound(key: str) -> bool:
    """Sections joined: `business & economy`, `russian politics & diplomacy`, `экономика и финансы`."""
    if len(key) > _LONGEST_SECTION or not ("&" in key or any(joint in key for joint in _JOINTS)):
        return False
    parts = _JOINT.split(key)
    known = [part in words.SECTIONS or (part.count(" ") == 1 and part.split()[1] in words.SECTIONS) for part in parts]
    return len(parts) > 1 and all(known) and any(part in words.SECTIONS for part in parts)


def _by_start(line: Line, low: str) -> bool:
    for start, kind in _STARTS_BY_HEAD.get(low[:2], ()):
        if low.startswith(start):
            line.kind = kind
            return True
    return False


def _is_prose(line: Line, low: str) -> bool:
    """A sentence long enough to be nothing else; it is not searched for dates and counters."""
    text = line.text
    long = len(text) >= 45 and text[-1] in '.!?…»”"' and text.count(" ") >= 7
    return long and line.tag != "h1" and not low.startswith(_LABEL_STARTS)


def _says(line: Line, low: str) -> bool:
    """Whether a short line is something with a label, figures or a place in the site's menu."""
    if _HAS_LABEL.search(low) and _labelled_text(line, low):
        return True
    if _DIGIT.search(line.text):
        return _figures(line) or _scan(line)
    return _undigited(line, low, low.strip(_EDGES))


def _caption(line: Line, low: str) -> None:
    """A picture's credit at the end of its caption becomes the line's value."""
    named = (
        "photo" in low or "фото" in low or "сурет" in low or "image" in low or "picture" in low or "иллюстрац" in low
        or "коллаж" in low or "скриншот" in low
    )  # fmt: skip
    if named and (found := _CAPTION_CREDIT.search(line.text, max(0, len(line.text) - 140))):
        line.value = found["name"].strip(_EDGES)


_COUNT_WORDS = words.VIEW | words.COMMENT | words.OTHER_COUNTS
_LAST_WORDS = frozenset(word.split()[-1] for word in _COUNT_WORDS)
_FIRST_WORDS = frozenset(word.split()[0] for word in _COUNT_WORDS) | _TIMES
_EDGES_AND_CUT = _EDGES + "\0"
_BY_WORDS: dict[str, Kind] = {
    **dict.fromkeys(words.MINUTES | words.VIEW | words.COMMENT, Kind.LABEL),
    **dict.fromkeys(words.NAV | words.HOME, Kind.NAV),
    **dict.fromkeys(words.ASIDE, Kind.ASIDE),
    **dict.fromkeys(words.END, Kind.END),
    **dict.fromkeys(words.SHARE, Kind.SHARE),
    **dict.fromkeys(words.SECTIONS, Kind.SECTION),
    "": Kind.NOISE,
}
_INVITES = re.compile(
    r"\b(?:подпис(?:ывай|ат|аться|ка)|подпиш|subscribe|follow|sign up|join|жазыл|присоедин|пишите|write to us"
    r"|следите|читайте нас)"
)


# A request to pay, join or write, addressed to the reader.
_CALLS = re.compile(
    r"^(?:(?:please )?(?:support|help|donate|become|like what|if you (?:like|value|enjoy|have)"
    r"|have a (?:story|tip)|got a"
    r"|поддерж(?:ите|и)\b|помогите|помоги\b|станьте|стань\b|хотите|нравится|понравил|если вам|если вы|есть (?:тема|нов)"
    r"|у вас есть|стали (?:свидетел|очевид)|присылайте|пришлите|расскажите нам|сообщите нам|қолдау|бізді|бізге"
    r"|айтарыңыз|жаңалығыңыз)).*"
    r"(?:журналистик|нашу редакци|наше издани|в редакцию|донат|patreon|патреон|независимые медиа|независимую|telegram"
    r"|whatsapp|нас\b|наш (?:проект|сайт|канал|труд)|наш[аеу]\w* работ|нам на|journalism|newsroom"
    r"|our (?:work|reporting|newsroom|project|website|team)|us\b|a member|subscriber|қолдаңыз|қолдау көрсет|жазыңыз"
    r"|жолдаңыз|редакциямыз|біздің редакция)"
    r"|^.{0,60}(?:журналистиканы|редакцияны|редакциямызды|жобамызды|бізді) қолда"
    r"|^(?:нашли|заметили) (?:опечатку|ошибку)"
)
_CALL_LENGTH = 160
# What a request begins with: much cheaper to look for.
_CALL_HEADS = frozenset(
    {
        "ple", "sup", "hel", "don", "bec", "lik", "if ", "hav", "got", "под", "пом", "ста", "хот", "нра", "пон", "есл",
        "ест", "у в", "при", "рас", "соо", "қол", "біз", "айт", "жаң", "наш", "зам",
    }
)  # fmt: skip


def _invites(low: str) -> bool:
    """An invitation to a channel or newsletter, however it begins, or a request to the reader."""
    if len(low) <= _CALL_LENGTH and (low[:3] in _CALL_HEADS or "қолда" in low) and _CALLS.match(low):
        return True
    named = (
        "telegram" in low or "телеграм" in low or "instagram" in low or "whatsapp" in low or "facebook" in low
        or "youtube" in low or "google news" in low or "newsletter" in low or "рассылк" in low
    )  # fmt: skip
    return named and _INVITES.search(low) is not None


_PHOTO_STEMS = ("photo", "фото", "сурет", "image", "picture", "иллюстрац", "коллаж", "скриншот")
_LABEL_STARTS = ("by ", "©", "(", "[", *_PHOTO_STEMS)
_LONGEST_WORDS = max(map(len, _BY_WORDS)) + 6
_HAS_LABEL = re.compile(
    r"[:|–—©]|\s-\s|^by |^от |^подготовил|^дайындаған|^written by|фото|photo|сурет|^image|^picture|^video"
    r"|^материал|^reported|^reporting|^story by|^interview|^words by|^беседов|^записал|^сұхбат|^әңгіме|^жазған|^автор ",
    re.IGNORECASE,
)


def _labelled_text(line: Line, low: str) -> bool:
    """Credit, author, section, when their label stands in front."""
    text = line.text
    if match := _CREDIT.match(text) or _CREDIT_BARE.match(text):
        name = next(value for value in match.groups() if value)
        line.kind, line.value = Kind.CREDIT, name
        if _DIGIT.search(name):
            _credit_with_meta(line, name)
        line.value = line.value.strip(" .,;|()[]")
        return bool(line.value)
    if match := _SECTION_LABEL.match(text):
        line.kind, line.value = Kind.SECTION, match["name"].strip(_EDGES)
        line.tag = "labelled"
        return True
    if (match := _AUTHOR.match(text)) and len(low) < 120 and not low.endswith((".", "!", "?")):
        name = _IN_SECTION.sub("", _author_in(match))
        if _DIGIT.search(name):
            return False
        line.kind, line.value = Kind.AUTHOR, name.strip()
        return True
    return False


def _author_in(match: re.Match[str]) -> str:
    return next(value for value in match.groups() if value)


def _credit_with_meta(line: Line, name: str) -> None:
    """`Фото: MFA 10.05.2023 09:02 1556`: the name ends where the date begins."""
    meta = scan(name)
    if meta and meta.others and (meta.dates or meta.views or meta.numbers):
        line.value, line.meta = meta.others[0], meta
    elif meta and meta.section and (meta.dates or meta.numbers):
        line.value, line.meta = meta.section, meta
        meta.section = None
    elif meta is None and (found := dates.find(name)):
        _long_credit(line, name, found[0].start)


def _long_credit(line: Line, name: str, end: int) -> None:
    """A name of many words that runs straight into the date: only a label in front tells it from a sentence."""
    meta = scan(name[end:])
    if meta and not meta.others and not _DIGIT.search(name[:end]):
        line.value, line.meta = name[:end], meta


def _figures(line: Line) -> bool:
    text = line.text
    if _FIGURES.fullmatch(text):
        line.kind = Kind.FIGURE
    elif _CHANGE.fullmatch(text):
        line.kind = Kind.CHANGE
    elif _DEGREES.search(text) and len(text) < 60 and _WEATHER.search(text):
        line.kind = Kind.WEATHER
    elif _PHONE.fullmatch(text) and sum(ch.isdigit() for ch in text) >= 10 and not dates.find(text):
        line.kind = Kind.PHONE
    elif len(text) < 30 and header.label(text):
        line.kind, line.figures = Kind.RATE, []
    elif header.looks_like(text) and (figures := header.labelled(text)) is not None:
        line.kind, line.figures = Kind.RATE, figures
    return line.kind is not Kind.TEXT


def _undigited(line: Line, low: str, key: str) -> bool:
    text = line.text
    if len(text) < 30 and header.label(text):
        line.kind, line.figures = Kind.RATE, []
        return True
    if " " in key and (rest := _after_home(key)) in words.SECTIONS:
        line.kind, line.value = Kind.CRUMBS, text.strip(_EDGES)[-len(rest) :]
        return True
    if len(text) < 120 and (">" in text or "›" in text or "»" in text or "/" in text or "→" in text) and _crumbs(line):
        return True
    if key in dates.WEEKDAYS:
        line.kind = Kind.NOISE
        return True
    if len(text) < 120 and (where := dates.relative(low)) and where[1] - where[0] >= len(low) - 14:
        line.kind, line.meta = Kind.META, Meta(relative=True)
        return True
    parts = low.replace("|", " ").replace("•", " ").split()
    known = sum(part.strip(_EDGES) in _BY_WORDS for part in parts) if 2 <= len(parts) <= 24 else 0
    if known >= (0.75 if len(parts) < 5 else 0.5) * max(1, len(parts)) and not text.endswith((".", "?", "!")):
        line.kind = Kind.NAV
        return True
    return False


def _after_home(key: str) -> str:
    """What follows the word for the home page in a breadcrumb whose marks are drawn by style sheets."""
    first, _, rest = key.partition(" ")
    second, _, tail = rest.partition(" ")
    return tail if f"{first} {second}" in words.HOME else rest if first in words.HOME else ""


def _crumbs(line: Line) -> bool:
    """A breadcrumb: short steps that begin at home or hold a known section; `value` is its last step."""
    text = line.text.strip("•>›»/ \t")
    steps = [step.strip(_EDGES) for step in _CRUMB_MARK.split(text)]
    steps = [step for step in steps if step]
    lows = [step.lower() for step in steps]
    known = sum(low in words.SECTIONS or low in words.HOME for low in lows)
    if not steps or not known or (len(steps) == 1 and lows[0] not in words.HOME | words.SECTIONS):
        return False
    if len(steps) > 6 or (len(steps) > 3 and lows[0] not in words.HOME):
        line.kind = Kind.NAV
        return True
    if any(len(step) > 60 for step in steps[:-1]) or (lows[0] not in words.HOME and known < len(steps)):
        return False
    line.kind = Kind.CRUMBS
    sections = [step for step, low in zip(steps, lows, strict=True) if low not in words.HOME]
    named = [step for step in sections if step.lower() in words.SECTIONS]
    short = [step for step in sections if step.count(" ") < 3 and len(step) <= 30]
    line.value = (named or short)[-1] if (named or short) else ""
    return True


def _scan(line: Line) -> bool:
    meta = scan(line.text)
    if meta is None:
        return False
    line.kind, line.meta = Kind.META, meta
    return True


def scan(text: str) -> Meta | None:
    """A line read as dates, counters and names; None when it says more than that."""
    meta = Meta()
    rest = _cut_dates(text, meta)
    if where := dates.relative(rest):
        meta.relative = True
        rest = f"{rest[: where[0]]}\0{rest[where[1] :]}"
    if _DIGIT.search(rest):
        rest = _cut_counters(rest, meta)
    pieces = [piece for piece in _SPLIT.split(rest) if piece]
    anything = bool(meta.dates or meta.relative or meta.clock or meta.views or meta.comments or meta.minutes)
    for piece in pieces:
        _piece(piece, meta)
    if not (anything or meta.numbers):
        return None
    return meta if _only_meta(rest, meta, anything) else None


def _cut_dates(text: str, meta: Meta) -> str:
    parts, end = [], 0
    for printed in dates.find(text):
        before = text[end : printed.start]
        parts.append(before)
        meta.dates.append((printed, any(stem in before.lower() for stem in words.UPDATED)))
        end = printed.end
    if not meta.dates:
        if alone := dates.clock_alone(text):
            meta.clock = alone
            return f"{text[: alone.start]}\0{text[alone.end :]}"
        return text
    return "\0".join([*parts, text[end:]])


def _cut_counters(rest: str, meta: Meta) -> str:
    """Take out reading minutes and labelled counters; what stays has no label."""
    low = rest.lower()
    if any(stem in low for stem in ("min", "мин", "чтен", "оқу")):
        rest, meta.minutes = _MINUTES.subn("\0", rest)
    numbers = list(_NUMBER.finditer(rest))
    if not numbers or len(numbers) > 12:
        return rest
    label_first = _label_before(rest, 0, numbers[0].start()) is not None
    parts, floor = [], 0
    for number in numbers:
        before, after = _label_before(rest, floor, number.start()), _label_after(rest, number.end())
        taken = (before or after) if label_first else (after or before)
        if taken is None:
            continue
        word, start, end = taken
        if word in words.VIEW:
            meta.views.append(None if number["short"] or number["k"] else whole(number["n"]))
        else:
            meta.comments += 1
        parts.append(rest[floor : min(start, number.start())])
        floor = max(end, number.end())
    return "\0".join([*parts, rest[floor:]]) if parts else rest


def _label_before(text: str, floor: int, end: int) -> tuple[str, int, int] | None:
    """The counter's word that ends right before a number: word, start, end."""
    begin = max(floor, end - _NEAR)
    near = text[begin:end].lower().rstrip(" :-–—=|(").replace("|", " ")
    if not near or near.rsplit(None, 1)[-1].strip(_EDGES_AND_CUT) not in _LAST_WORDS:
        return None
    tokens = list(_TOKEN.finditer(text, begin, end))[-3:]
    if not tokens or text[tokens[-1].end() : end].strip(" :-–—=|("):
        return None
    for at in range(len(tokens)):
        start, stop = tokens[at].start(), tokens[-1].end()
        if (word := text[start:stop].lower().rstrip(".")) in _COUNT_WORDS:
            return word, start, end
    return None


def _label_after(text: str, start: int) -> tuple[str, int, int] | None:
    """The counter's word that follows a number at once."""
    near = text[start : start + _NEAR].lower().replace("|", " ").lstrip(" -")
    if not near or near.split(None, 1)[0].strip(_EDGES_AND_CUT) not in _FIRST_WORDS:
        return None
    tokens = list(_TOKEN.finditer(text, start, start + _NEAR))[:4]
    if not tokens or text[start : tokens[0].start()].strip(" -"):
        return None
    if tokens[0][0].lower() in _TIMES and len(tokens) > 1:
        tokens = tokens[1:]
    for at in range(min(3, len(tokens)) - 1, -1, -1):
        end = tokens[at].end()
        if (word := text[tokens[0].start() : end].lower().rstrip(".")) in _COUNT_WORDS:
            return word, start, end
    return None


def _piece(piece: str, meta: Meta) -> None:
    low = piece.lower()
    key = low.strip(_EDGES)
    if not key or key in words.FILLER or _MARKS.sub("", key) == "":
        return
    if key in dates.WEEKDAYS:
        meta.weekday = True
    elif _INT.fullmatch(key):
        if (value := whole(key)) is not None:
            meta.numbers.append(value)
    elif key in words.CITIES:
        return  # where it was written, not a section
    elif key in words.SECTIONS and meta.section is None:
        meta.section = piece.strip(_EDGES)
    elif key in words.VIEW or key in words.COMMENT or key in words.MINUTES or key in words.SHARE or key in words.NAV:
        return
    elif match := _CREDIT.match(piece):
        meta.credit = next(value for value in match.groups() if value)
    elif match := _AUTHOR.match(piece):
        meta.author = _IN_SECTION.sub("", _author_in(match)).strip()
    else:
        _mixed_piece(piece, key, meta)


def _mixed_piece(piece: str, key: str, meta: Meta) -> None:
    """Fillers beside something else: `Published`, `POLITICS 3988`, `в Астане`."""
    parts = key.split()
    rest = [
        part for part in parts if part.strip(_EDGES) not in words.FILLER and part.strip(_EDGES) not in dates.WEEKDAYS
    ]
    if len(rest) < len(parts) and any(part.strip(_EDGES) in dates.WEEKDAYS for part in parts):
        meta.weekday = True
    if not rest:
        return
    joined = " ".join(rest)
    if joined in words.SECTIONS and meta.section is None:
        meta.section = joined if joined in piece else piece[piece.lower().find(joined) :][: len(joined)]
    elif _INT.fullmatch(joined):
        meta.numbers += [value] if (value := whole(joined)) is not None else []
    elif all(_INT.fullmatch(part) for part in rest) and len(rest) <= 3:
        meta.numbers.extend(value for part in rest if (value := whole(part)) is not None)
    else:
        meta.others.append(piece.strip(_EDGES))


def _only_meta(rest: str, meta: Meta, anything: bool) -> bool:
    """Whether unknown words beside date and counters are few, and stand apart from them."""
    if not meta.others:
        return anything or len(meta.numbers) <= 3
    if not anything:
        return False
    total = sum(other.count(" ") + 1 for other in meta.others)
    if total > 6 or any(len(other) > 50 for other in meta.others):
        return False
    timed = any(printed.clock or printed.numeric for printed, _ in meta.dates)
    if any(_flows(rest, other) for other in meta.others):
        return timed and total <= 3 and not rest.rstrip().endswith((".", "!", "?"))
    return bool(meta.dates) or meta.relative or bool(meta.views)


def _flows(rest: str, other: str) -> bool:
    """The words run straight into the date, as in a sentence."""
    at = rest.find(other)
    if at < 0:
        return True
    after, before = rest[at + len(other) :].lstrip(" "), rest[:at].rstrip(" ")
    return after.startswith("\0") or before.endswith("\0")


def _join_labels(found: list[Line]) -> None:
    """Join a label with the figure on the line beside it (`4236 рет` / `көрсетілді`, `USD` / `447.9`)."""
    used = -1
    for at in range(1, len(found)):
        before, line = found[at - 1], found[at]
        if used == at - 1:
            continue
        if before.kind is Kind.LABEL and _number_of(line) is not None:
            _join(line, before, before.value)
            used = at
        elif line.kind is Kind.LABEL and _number_of(before) is not None:
            _join(before, line, line.value)
            used = at
        elif before.kind is Kind.RATE and not before.figures and line.kind in (Kind.FIGURE, Kind.META):
            used = _join_rate(before, line, at, used)


def _join_rate(before: Line, line: Line, at: int, used: int) -> int:
    figures = header.labelled(f"{before.text} {line.text}")
    if not figures or (line.meta and (line.meta.dates or line.meta.views)):
        return used
    line.kind, line.figures, line.meta = Kind.RATE, figures, None
    return at


def _number_of(line: Line) -> int | None:
    meta = line.meta
    if line.kind is not Kind.META or meta is None:
        return None
    if meta.minutes and not meta.dates:
        return 0
    alone = len(meta.numbers) == 1 and not (meta.dates or meta.views or meta.others)
    return meta.numbers[0] if alone else None


def _join(line: Line, label: Line, word: str) -> None:
    meta = line.meta
    if meta is None:
        return
    label.kind = Kind.NOISE
    if word in words.VIEW and meta.numbers:
        meta.views.append(meta.numbers.pop())
    elif word in words.MINUTES or meta.minutes:
        meta.numbers.clear()
        meta.minutes = 1
    elif meta.numbers:
        meta.numbers.clear()
        meta.comments = 1
