"""Which of English, Russian and Kazakh a text is in; None when it is in none of them, or can't be told."""

from __future__ import annotations

_SAMPLE = 700
_MARKS = bytes.maketrans(b'.,;:!?()[]"-0123456789%/|', b" " * 25)
_OTHER_MARKS = "«»“”„…–—"
_CYRILLIC = "аеин"
_LATIN = "aein"
# Letters by the languages that have them.
_KAZAKH_ONLY = "ұһәі"  # with і shared by Ukrainian and Belarusian, told apart by ї є ґ ў
_KAZAKH_SHARED = "ғқңөү"
_UKRAINIAN = "їєґ"
_UZBEK_TAJIK = "ўҳӣӯҷ"
_OTHER_CYRILLIC = "ђјљњћџѓќѕ"


def _words(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


def _tokens(text: str) -> list[bytes]:
    """Words without the marks around them, in UTF-8: a table of bytes is far quicker than one of letters."""
    for mark in _OTHER_MARKS:
        if mark in text:
            text = text.replace(mark, " ")
    return text.encode("utf-8", "replace").translate(_MARKS).split()


def _endings(text: str) -> tuple[bytes, ...]:
    return tuple(text.encode().split())


_RU = _words(
    """
    и в на не что по с со для как это из от за о об к у его её их он она они мы до при но а или же бы был была
    было были будет также года году лет после между более который которые которая которых уже том того этом
    этого под над без во все сообщает сообщили
    """
)
_KK = _words(
    """
    және мен бен пен үшін деп бұл ол осы сол да де бар жоқ емес туралы бойынша болды болып болған екен дейін
    кейін арқылы қарай жылы жылдың қазақстан өз біз олар сондай ақ ғана барлық бір еді енді еліміздің ел адам
    жаңа үлкен
    """
)
_KY = _words(
    """
    жана менен үчүн деп болгон эле бул кыргыз болду боюнча кийин ошондой эмес жок анын бир тууралуу
    """
)
_UK = frozenset("і та що як це не на з у для його про але або був була було також після року від та й".split())  # noqa: SIM905
_EN = _words(
    """
    the of and to in for on with at by from is are was were be been has have had that this it its as an will
    would said after over into about their his her not but who which than more new
    """
)
_OTHER_LATIN = _words(
    """
    va bilan uchun bu ham der die das und ist von mit den dem im le la les des et est une du que el los las y en
    para por con del ve bir için ile olarak da de o os uma na w i z się nie jest che di il per non
    """
)
_RU_ENDINGS = _endings(
    """
    ого его ов ев ами ями ия ии ый ий ая ие ые ть тся ться ют ят ат ет ит ли ла ло ой ей ах ях ью ом
    """
)
_KK_ENDINGS = _endings(
    """
    ды ты лды нды рды лар лер лары лері дар дер тар тер ында інде ада яда ыда еді ылды тады лады сы мен
    """
)
_EN_ENDINGS = _endings(
    """
    tion tions ing ed ness ment ments ship ies ers ly ous ght ll wh th ts es
    """
)
_SHORT = 2 * 3
"""Bytes of three Cyrillic letters."""
_FOREIGN_MARKS = "ğışçöüäßñãõéèêàøåæłżźąęőžšč"


def detect(title: str, body: str, declared: str | None = None) -> str | None:
    """`en`, `ru`, `kk` or None.

    Args:
        title, body: the text; the first 700 characters are looked at.
        declared: the language that the page declares, a weak hint for texts too short to tell.
    """
    text = f"{title}\n{body[:_SAMPLE]}"[: _SAMPLE + 200].lower()
    cyrillic = sum(map(text.count, _CYRILLIC)) if not text.isascii() else 0
    latin = sum(map(text.count, _LATIN))
    if cyrillic + latin < 2:
        return None
    told = _cyrillic(text) if cyrillic >= latin else _latin(text)
    if told == "?":
        return declared if declared in {"en", "ru", "kk"} and (declared == "en") == (latin > cyrillic) else None
    return told


def _cyrillic(text: str) -> str | None:
    letters = int(0.8 * len(text))  # the rest is spaces and marks; near enough for a share
    shared = sum(map(text.count, _KAZAKH_SHARED))
    kazakh = sum(map(text.count, _KAZAKH_ONLY))
    special = shared + kazakh
    if _foreign(text, letters):
        return None
    share = special / max(1, letters)
    if share >= 0.06:
        return _turkic(text, shared, kazakh)
    tokens = _tokens(text)
    russian = sum(map(_RU.__contains__, tokens))
    kazakh_words = sum(map(_KK.__contains__, tokens))
    if kazakh_words > 2 * russian and share >= 0.02:
        return "kk"
    if russian or any(map(text.count, "ъщэё")):
        return "ru"
    return _by_endings(tokens)


def _by_endings(tokens: list[bytes]) -> str:
    """A headline without small words or telling letters: by how its words end, when that is clear."""
    russian = sum(len(token) > _SHORT and token.endswith(_RU_ENDINGS) for token in tokens)
    kazakh = sum(len(token) > _SHORT and token.endswith(_KK_ENDINGS) for token in tokens)
    if russian > kazakh and russian * 3 >= len(tokens):
        return "ru"
    return "kk" if kazakh > russian and kazakh * 2 >= len(tokens) else "?"


def _foreign(text: str, letters: int) -> bool:
    """Ukrainian, Belarusian, Uzbek, Tajik, Serbian, Macedonian: by letters that neither Russian nor Kazakh has."""
    ukrainian = sum(map(text.count, _UKRAINIAN))
    other = sum(map(text.count, _UZBEK_TAJIK)) + sum(map(text.count, _OTHER_CYRILLIC))
    many = max(2, letters // 150)
    if ukrainian >= many and sum(map(text.count, "әғқңұһ")) < ukrainian:
        return True
    return other >= many and other * 4 > sum(map(text.count, "әұһі"))


def _turkic(text: str, shared: int, kazakh: int) -> str | None:
    """Kazakh beside Kyrgyz (no ә ғ қ ұ і һ), Tatar (җ), Mongolian and Ukrainian with і alone."""
    only = sum(map(text.count, "әғқұһ"))
    if text.count("җ"):
        return None
    if not only and not text.count("і"):
        return None
    if not only and not shared:
        tokens = _tokens(text)
        return "kk" if sum(map(_KK.__contains__, tokens)) > sum(map(_UK.__contains__, tokens)) else None
    return "kk"


def _latin(text: str) -> str | None:
    tokens = _tokens(text)
    english = sum(map(_EN.__contains__, tokens))
    other = sum(map(_OTHER_LATIN.__contains__, tokens))
    marks = 0 if text.isascii() else sum(map(text.count, (*_FOREIGN_MARKS, "oʻ", "gʻ", "o‘", "g‘")))
    if (marks and marks * 25 > len(b"".join(tokens).decode("utf-8", "replace"))) or other > english:
        return None
    if english and english * 25 >= len(tokens):
        return "en"
    if len(tokens) < 25 and not marks and not other:
        ended = sum(len(token) > 3 and token.endswith(_EN_ENDINGS) for token in tokens)
        return "en" if ended * 4 >= len(tokens) else "?"
    return None if other else "?"
