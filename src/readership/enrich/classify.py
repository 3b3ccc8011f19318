"""`readership classify`: language, countries and topics of any number of texts, one JSON object a line in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from readership.enrich import countries, language, topics
from readership.models import CountryMention

_LONGEST_LINE = 10_000_000
_FIELDS = ("title", "body", "dateline", "lang")


def classify_lines(lines: Iterable[str], *, own_topics: Path | None = None) -> Iterator[str]:
    """One line out for each line in that isn't blank, in order, without keeping any.

    In: `title` and `body`, one of which may be missing; optional `dateline` and `lang` (en, ru, kk; told from the text
    when absent); other keys are passed through. Out: those keys, `language`, `countries` (all named, alpha-2 codes,
    by salience), `about` (those the story is about, by salience), `country_evidence` (each: country, mentions,
    in_title, first_position, salience, about, words) and `topics` (topic, score, words; best first).
    A line that can't be read gives an object with `error` and its `line` number, and whatever `id` it had.

    Raises:
        UsageError: the newsroom's own topics file can't be read.
    """
    lists = topics.load(own_topics)
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json.dumps(_line(line, number, lists), ensure_ascii=False)


def _line(line: str, number: int, lists: topics.Topics) -> dict[str, Any]:
    if len(line) > _LONGEST_LINE:
        return _problem(number, f"the line is longer than {_LONGEST_LINE} characters")
    try:
        record = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return _problem(number, "the line is not JSON")
    if not isinstance(record, dict):
        return _problem(number, "the line is not a JSON object")
    wrong = [name for name in _FIELDS if not isinstance(record.get(name, ""), str | None)]
    if wrong:
        return _problem(number, f"{wrong[0]} is not text", record)
    if not (record.get("title") or record.get("body")):
        return _problem(number, "neither title nor body is there", record)
    if record.get("lang") and record["lang"] not in topics.LANGUAGES:
        return _problem(number, f"lang is not one of {', '.join(topics.LANGUAGES)}", record)
    return _classified(record, lists)


def _problem(number: int, reason: str, record: dict[str, Any] | None = None) -> dict[str, Any]:
    kept = {"id": record["id"]} if record and "id" in record else {}
    return {**kept, "line": number, "error": reason}


def _classified(record: dict[str, Any], lists: topics.Topics) -> dict[str, Any]:
    title, body = (_clean(record.get(name)) for name in ("title", "body"))
    spoken = record.get("lang") or language.detect(title, body)
    found = countries.find(title, body, language=spoken, placed=record.get("dateline"))
    scored = lists.score(title, body, language=spoken)
    passed = {key: value for key, value in record.items() if key not in ("title", "body", "dateline", "lang")}
    return {
        **passed,
        "language": spoken,
        "countries": [mention.country for mention in found],
        "about": [mention.country for mention in found if mention.about],
        "topics": [{"topic": topic.topic, "score": topic.score, "words": list(topic.words)} for topic in scored],
        "country_evidence": [_evidence(mention) for mention in found],
    }


def _clean(text: str | None) -> str:
    """Lone surrogates (a cut emoji) can't be written as UTF-8 again."""
    return (text or "").encode("utf-8", "replace").decode("utf-8")


def _evidence(mention: CountryMention) -> dict[str, Any]:
    return {
        "country": mention.country,
        "mentions": mention.mentions,
        "in_title": mention.in_title,
        "first_position": mention.first_position,
        "salience": mention.salience,
        "about": mention.about,
        "words": list(mention.words),
    }
