"""Right, unknown and wrong facts of pages beside what a careful reader expects (`python tests/parse_quality.py`)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from readership import parse, sites
from readership.enrich import cited, language
from readership.errors import NotAnArticle
from readership.models import Capture

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {
    "shared": ROOT.parent / "shared" / "pages",
    "samples": ROOT / "data" / "samples",
    "other": ROOT / "data" / "samples" / "other",
    "heldout": ROOT / "data" / "samples" / "heldout",
}
FACTS = (
    "site", "url", "article_key", "language", "section", "title", "photo_credit", "authors", "published", "views",
    "rates", "rate_quote_currency", "cited_source", "body_first", "body_last",
)  # fmt: skip
_NOT_IN_EVERY_FILE = frozenset({"authors", "body_first", "body_last"})


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    """What `expected.json` of a folder says, by page."""
    return json.loads((folder / "expected.json").read_text("utf-8"))  # type: ignore[no-any-return]


def read(folder: Path, name: str, url: str | None) -> dict[str, Any]:
    """The facts that the parser and the two text rules give, under the keys of `expected.json`."""
    file = next(path for path in sorted(folder.glob(f"{name}.*")) if path.suffix in (".txt", ".html"))
    known = sites.load()
    facts = parse.read(Capture(file.read_bytes(), file.name, url=url), known)
    site = known.named(facts.site) if facts.site else None
    source = cited.cited_source(facts.body, (*site.own_names, site.name) if site else ())
    body = fold(facts.body)
    return {
        "site": facts.site,
        "url": facts.url,
        "article_key": facts.article_key,
        "language": language.detect(facts.title, facts.body, facts.declared_language),
        "section": facts.section,
        "title": facts.title,
        "photo_credit": facts.photo_credit,
        "authors": list(facts.authors),
        "published": facts.published.local if facts.published else None,
        "views": facts.views,
        "rates": {rate.currency: float(rate.value) for rate in facts.rates},
        "rate_quote_currency": facts.rates[0].quote if facts.rates else None,
        "cited_source": source[0] if source else None,
        "body_first": body,
        "body_last": body,
    }


def judge(want: Mapping[str, Any], have: Mapping[str, Any]) -> Iterator[tuple[str, str, object, object]]:
    """For each expected fact: its name, `right`, `unknown` or `wrong`, what was wanted and what was read."""
    for fact in FACTS:
        if fact in _NOT_IN_EVERY_FILE and fact not in want:
            continue
        wanted = want.get(fact)
        if fact == "rate_quote_currency" and fact not in want:
            wanted = "KZT" if want.get("rates") else None
        choices = [wanted, *(want.get("accept") or {}).get(fact, [])]
        value = have.get(fact)
        yield fact, _verdict(fact, choices, value), wanted, value


def _verdict(fact: str, choices: list[Any], value: Any) -> str:
    if fact == "body_first":
        right = any(str(value or "").startswith(fold(choice)) for choice in choices)
    elif fact == "body_last":
        right = any(str(value or "").endswith(fold(choice)) for choice in choices)
    else:
        right = any((value or None) == (choice or None) for choice in choices)
    return "right" if right else "wrong" if value else "unknown"


def fold(text: str) -> str:
    """Whitespace as single spaces."""
    return " ".join(text.split())


def count(folder: Path) -> tuple[dict[str, Counter[str]], list[str]]:
    """Counts by fact, and a line for each fact that is not right."""
    counts = {fact: Counter[str]() for fact in FACTS}
    misses = []
    for name, want in expected(folder).items():
        try:
            have = read(folder, name, want.get("url"))
        except NotAnArticle as refused:
            have = {}
            misses.append(f"{name}: refused, {refused}")
        for fact, verdict, wanted, value in judge(want, have):
            counts[fact][verdict] += 1
            if verdict != "right":
                misses.append(f"{name} {fact}: {verdict}, {value!r} for {wanted!r}"[:300])
    return counts, misses


def main() -> None:
    """Print the table of each folder that is there."""
    for label, folder in FOLDERS.items():
        if not folder.exists():
            sys.stdout.write(f"{label}: not here\n")
            continue
        counts, misses = count(folder)
        sys.stdout.write(
            f"\n{label} ({len(expected(folder))} pages)\n| fact | right | unknown | wrong |\n|---|---|---|---|\n"
        )
        for fact, tally in counts.items():
            if tally:
                sys.stdout.write(f"| {fact} | {tally['right']} | {tally['unknown']} | {tally['wrong']} |\n")
        total = sum(counts.values(), Counter[str]())
        sys.stdout.write(f"| all | {total['right']} | {total['unknown']} | {total['wrong']} |\n")
        sys.stdout.write("".join(f"{miss}\n" for miss in misses))


if __name__ == "__main__":
    main()
