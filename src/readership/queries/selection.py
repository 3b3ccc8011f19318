"""The reader's filter: one object that every query, figure and export takes, that says itself in words and in a URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from readership.errors import UsageError

VALUES = ("sites", "sections", "languages", "topics", "countries", "authors", "sources", "credits", "ages", "states")
"""Fields that hold several values; each has a `no_…` twin that leaves values out."""
SEVERAL = ("topics", "countries", "authors", "sources", "credits", "states")
"""Those of which an article may have several, so that `mode` says how several chosen ones are meant."""
SINGLE = ("sections", "languages")
"""Dimensions of which an article has one value at most."""
HOURLY = ("section", "language", "topic", "subtopic", "country")
"""Dimensions whose views are kept by the hour, too (rollups/40_pieces.sql)."""
URL_NAMES = {
    "since": "since",
    "until": "until",
    "question": "question",
    "meter": "meter",
    "mode": "mode",
    "sites": "site",
    "sections": "section",
    "languages": "language",
    "topics": "topic",
    "countries": "country",
    "authors": "author",
    "sources": "source",
    "credits": "credit",
    "ages": "age_class",
    "states": "state",
    "text": "text",
    "in_body": "in_body",
    "matched": "matched",
}
"""Short, stable names in URLs and on the command line; `no_` before a name of several values leaves them out."""
DIMENSIONS = {name: URL_NAMES[name] for name in VALUES if name not in ("sites", "ages", "states")}
"""Fields that are a dimension of the rollups (`article_dimension`), and its name there."""
QUESTIONS, MODES = ("published", "read"), ("any", "all", "only")
LISTED = {
    "ages": ("new", "recent", "archive"),
    "states": ("rising", "strong", "still-strong", "back", "evergreen", "candidate"),
}
"""Fields whose values are all known beforehand (DEFINITIONS): at most 48 hours old, at most 7 days, older; how an
article is read at the newest reading."""
MAX_TEXT, MAX_WORDS, MAX_VALUES = 500, 20, 200


@dataclass(frozen=True, slots=True)
class Selection:
    """What the reader asked for; the empty selection is everything.

    Attributes:
        since, until: local days, half-open; None leaves an end open.
        question: `published` in the dates, or `read` in them.
        meter: the counter whose views are meant.
        mode: how several values of a several-valued field are meant: any of them, all, or only these.
        text: words that all must stand in title or lead; `"a phrase"` together; `-word` must not stand.
        in_body: look for the words in the body too (slower).
        matched: articles whose captures have no moment count as read on the day that their header's rates match.
    """

    since: date | None = None
    until: date | None = None
    question: str = "published"
    meter: str = "public"
    mode: str = "any"
    sites: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    no_sites: tuple[str, ...] = ()
    no_sections: tuple[str, ...] = ()
    no_languages: tuple[str, ...] = ()
    no_topics: tuple[str, ...] = ()
    no_countries: tuple[str, ...] = ()
    no_authors: tuple[str, ...] = ()
    no_sources: tuple[str, ...] = ()
    no_credits: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    no_ages: tuple[str, ...] = ()
    no_states: tuple[str, ...] = ()
    text: str = ""
    in_body: bool = False
    matched: bool = False

    def parameter(self) -> dict[str, Any]:
        """The value bound as `$selection` (macros.sql): empty tuples become NULL, the text its words."""
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        words, no_words = split_words(found.pop("text"))
        lone, values = self._lone_dimension() or (None, None)
        found |= {"words": words, "no_words": no_words, "lone": lone, "lone_values": values}
        found["lone_hourly"] = lone in HOURLY or None
        return {name: (list(value) or None) if isinstance(value, tuple) else value for name, value in found.items()}

    def _lone_dimension(self) -> tuple[str, tuple[str, ...]] | None:
        """The only dimension filtered by, when no article can have two of the values: its totals answer then."""
        besides = (*(f"no_{name}" for name in VALUES if name != "sites"), "ages", "states", "text")
        chosen = [name for name in DIMENSIONS if getattr(self, name)]
        if len(chosen) != 1 or self.mode == "only" or any(getattr(self, name) for name in besides):
            return None
        values: tuple[str, ...] = getattr(self, chosen[0])
        if len(values) > 1 and chosen[0] not in SINGLE:
            return None
        dimension = "subtopic" if chosen[0] == "topics" and "/" in values[0] else DIMENSIONS[chosen[0]]
        return dimension, values

    def to_url(self) -> list[tuple[str, str]]:
        """Name and value pairs that `from_url` reads back; what is as in the empty selection is left out."""
        pairs: list[tuple[str, str]] = []
        for item in fields(self):
            value = getattr(self, item.name)
            if value == item.default:
                continue
            name = _url_name(item.name)
            if isinstance(value, tuple):
                pairs += [(name, one) for one in value]
            else:
                pairs.append((name, value.isoformat() if isinstance(value, date) else str(value)))
        return pairs

    @classmethod
    def from_url(cls, parameters: Mapping[str, Sequence[str]]) -> tuple[Selection, list[str]]:
        """The selection that URL parameters mean, and the parameters among ours whose values can't be read.

        Parameters of other names are none of ours and left alone.
        """
        found: dict[str, Any] = {}
        unknown: list[str] = []
        for item in fields(cls):
            given = parameters.get(_url_name(item.name))
            if given:
                try:
                    found[item.name] = _read(item.name, given)
                except ValueError:
                    unknown += [f"{_url_name(item.name)}={value}"[:80] for value in _strange(item.name, given)]
        if found.get("since") and found.get("until") and found["since"] >= found["until"]:
            unknown.append(f"since={found.pop('since')}")
        return cls(**found), unknown

    def without(self, *names: str) -> Selection:
        """The selection with these fields as in the empty one."""
        defaults: dict[str, Any] = {item.name: item.default for item in fields(self)}
        return replace(self, **{name: defaults[name] for name in names})

    @property
    def is_empty(self) -> bool:
        """Nothing is filtered (question, meter and mode aside)."""
        return self.without("question", "meter", "mode", "in_body", "matched") == Selection()

    def words(self, translate: Callable[[str], str] = str, day: Callable[[date], str] = date.isoformat) -> str:
        """The selection in a sentence; `translate` is the catalogue's gettext, `day` writes a day."""
        _ = translate
        parts = [self._dates(_, day)]
        labels = {
            "sites": _("site"),
            "sections": _("section"),
            "languages": _("language"),
            "topics": _("topic"),
            "countries": _("country"),
            "authors": _("author"),
            "sources": _("source"),
            "credits": _("photo credit"),
            "ages": _("age class"),
            "states": _("state"),
        }
        for name in VALUES:
            wanted, unwanted = getattr(self, name), getattr(self, f"no_{name}")
            mode = self.mode if name in SEVERAL else "any"
            if wanted:
                join = _(" and ") if mode == "all" else _(" or ")
                parts.append(f"{labels[name]}: {_('only ') if mode == 'only' else ''}{join.join(wanted)}")
            if unwanted:
                parts.append(f"{labels[name]}: {_('not')} {_(' or ').join(unwanted)}")
        if self.matched and self.question == "read":
            parts.append(_("captures without a moment dated by their rates"))
        if self.text:
            place = _("title, lead or body") if self.in_body else _("title or lead")
            parts.append(_("with “{text}” in {place}").format(text=self.text, place=place))
        return "; ".join(part for part in parts if part)

    def _dates(self, _: Callable[[str], str], day: Callable[[date], str]) -> str:
        read = self.question == "read"
        if self.since and self.until:
            # Each message literally inside its call: what isn't can't be found for the catalogues.
            both = (_("read from {since} to before {until}"), _("published from {since} to before {until}"))
            pattern = both[0] if read else both[1]
        elif self.since:
            pattern = _("read since {since}") if read else _("published since {since}")
        elif self.until:
            pattern = _("read before {until}") if read else _("published before {until}")
        else:
            return _("all dates")
        return pattern.format(since=self.since and day(self.since), until=self.until and day(self.until))


def _url_name(field_name: str) -> str:
    if field_name.startswith("no_"):
        return f"no_{URL_NAMES[field_name[3:]]}"
    return URL_NAMES[field_name]


def _read(name: str, given: Sequence[str]) -> Any:
    """One field's value from its texts; ValueError when it can't be read."""
    if name in ("since", "until"):
        return date.fromisoformat(given[-1])
    if name in ("in_body", "matched"):
        if given[-1] not in ("True", "False", "1", "0"):
            raise ValueError(name)
        return given[-1] in ("True", "1")
    if name in ("question", "mode"):
        if given[-1] not in (QUESTIONS if name == "question" else MODES):
            raise ValueError(name)
        return given[-1]
    if name == "meter":
        return given[-1][:40]
    if name == "text":
        return given[-1][:MAX_TEXT]
    if name.removeprefix("no_") in LISTED and _strange(name, given):
        raise ValueError(name)
    return tuple(dict.fromkeys(value[:200] for value in given if value))[:MAX_VALUES]


def _strange(name: str, given: Sequence[str]) -> Sequence[str]:
    """Which of a field's texts can't be read: of listed values those that are not in the list."""
    listed = LISTED.get(name.removeprefix("no_"))
    return given if listed is None else [value for value in given if value not in listed]


def split_words(text: str) -> tuple[list[str] | None, list[str] | None]:
    """Words and phrases that must stand and those that must not, in lower case; None for none. At most 20 are taken."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for index, part in enumerate(text[:MAX_TEXT].split('"')):
        pieces = [part.strip()] if index % 2 else part.split()
        for piece in pieces:
            word = piece.lower()
            if index % 2 == 0 and word.startswith("-") and len(word) > 1:
                unwanted.append(word[1:])
            elif word and word != "-":
                wanted.append(word)
    return wanted[:MAX_WORDS] or None, unwanted[:MAX_WORDS] or None


def from_arguments(values: Mapping[str, Iterable[str] | str | None]) -> Selection:
    """A selection from command line or API values; unlike a URL, a value that can't be read is an error.

    Raises:
        UsageError: names the value.
    """
    given = {
        name: [value] if isinstance(value, str) else list(value) for name, value in values.items() if value is not None
    }
    selection, unknown = Selection.from_url(given)
    if unknown:
        raise UsageError(f"Can't read {unknown[0]}.", "Days are written 2026-11-22; `until` is the day after the last.")
    return selection
