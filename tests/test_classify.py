"""`readership classify`: a line in, a line out, and never a traceback."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from readership.enrich.classify import classify_lines


def one(line: str) -> dict[str, Any]:
    (out,) = classify_lines([line])
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_a_line_gives_language_countries_about_and_topics() -> None:
    text = {
        "id": 7,
        "title": "Выборы в Турции",
        "body": "Президент выступил в Анкаре. Гости прибыли из Ирана.",
        "desk": "x",
    }
    answer = one(json.dumps(text))
    assert (answer["id"], answer["desk"], answer["language"]) == (7, "x", "ru")
    assert answer["countries"] == ["TR", "IR"]
    assert answer["about"] == ["TR"]
    assert answer["topics"][0]["topic"] == "politics-government"
    assert answer["topics"][0]["words"]
    evidence = answer["country_evidence"][0]
    assert evidence == {**evidence, "country": "TR", "mentions": 2, "in_title": True, "about": True}
    assert "title" not in answer


def test_dateline_and_language_are_taken_as_given() -> None:
    answer = one(
        json.dumps({"title": "Rates rise", "body": "The bank said so.", "dateline": "TOKYO, March 2 -", "lang": "en"})
    )
    assert (answer["language"], answer["about"]) == ("en", ["JP"])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"id": 3, "title": 5}', "title is not text"),
        ('{"id": 3}', "neither"),
        ('{"title": "a", "lang": "de"}', "lang"),
        ("[" * 100_000, "not JSON"),
        ('{"title": "a", "body": ["b"]}', "body is not text"),
    ],
)
def test_a_bad_line_is_answered_with_its_number(line: str, reason: str) -> None:
    answers = [json.loads(out) for out in classify_lines(["", '{"title": "Astana"}', line, '{"title": "Paris"}'])]
    assert [answer.get("countries") for answer in answers] == [["KZ"], None, ["FR"]]
    assert answers[1]["line"] == 3
    assert reason in answers[1]["error"]


def test_a_cut_emoji_can_still_be_written() -> None:
    (out,) = classify_lines(['{"title": "Astana \\ud83d", "body": ""}'])
    assert out.encode("utf-8")


def test_lines_are_streamed() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield '{"title": "Astana"}'

    answers = classify_lines(endless())
    assert [json.loads(next(answers))["countries"] for _ in range(3)] == [["KZ"]] * 3
