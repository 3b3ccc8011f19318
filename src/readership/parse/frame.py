"""What the parts of the page reader hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from readership.models import HeaderRate, Provenance, Published
from readership.parse.lines import Line


@dataclass(frozen=True)
class Hints:
    """What helps to find the title.

    Attributes:
        titles: texts that the markup names as title, letters and digits only.
        slug: words of the URL's longest step, in a loose Latin spelling.
        host: the host's own label, letters and digits only, "" when too short to tell anything.
    """

    titles: frozenset[str] = frozenset()
    slug: str = ""
    host: str = ""


@dataclass
class Found:
    """Facts read from lines, with provenance; `whole` when the article ended before the lines did."""

    title: str = ""
    body: str = ""
    section: str | None = None
    authors: tuple[str, ...] = ()
    photo_credit: str | None = None
    published: Published | None = None
    updated: Published | None = None
    views: int | None = None
    rates: tuple[HeaderRate, ...] = ()
    captured_day: date | None = None
    whole: bool = False
    provenance: dict[str, Provenance] = field(default_factory=dict)

    def note(self, name: str, line: Line) -> None:
        """Record where a value stood."""
        self.provenance[name] = Provenance(f"line {line.no}", line.text[:200])


@dataclass(frozen=True)
class Layout:
    """What a layout knows beyond the general rules.

    Attributes:
        name: as in a site entry's `layout`.
        credit_first: a short first line right above the title, no section and no site name, is the photo credit.
    """

    name: str = "generic"
    credit_first: bool = False


GENERIC = Layout()


@dataclass
class Frame:
    """Where the parts of a page are: indices into its lines.

    Attributes:
        first, last: of the title, printed once or several times.
        body: first line of the text; `end`: one past its last line; `stop`: one past what belongs to the article.
    """

    first: int
    last: int
    body: int
    end: int
    stop: int
