"""Catalogues are complete, and numbers and dates are written the way each language writes them."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from readership import i18n
from readership.i18n import update
from readership.queries import Selection

TRANSLATED = [code for code in i18n.LANGUAGES if code != "en"]
PLACE = re.compile(r"{(\w+)}")


def catalogue(code: str) -> Catalog:
    with (update.CATALOGUES / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_is_translated_and_none_is_fuzzy_or_gone(code: str) -> None:
    ours, wanted = catalogue(code), {message.id for message in update.template() if message.id}
    have = {message.id for message in ours if message.id and all(_forms(message.string))}
    assert wanted - have == set(), "untranslated; python -m readership.i18n.update adds them"
    assert {message.id for message in ours if message.id} - wanted == set(), "no longer said"
    assert [message.id for message in ours if message.id and message.fuzzy] == []
    assert not ours.obsolete


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_keep_the_places_for_values(code: str) -> None:
    for message in catalogue(code):
        if not message.id:
            continue
        wanted = set(PLACE.findall(_forms(message.id)[-1]))
        for form in _forms(message.string):
            assert set(PLACE.findall(form)) == wanted, (message.id, form)


@pytest.mark.parametrize("code", TRANSLATED)
def test_plural_forms_are_all_there(code: str) -> None:
    ours = catalogue(code)
    for message in ours:
        if message.id and message.pluralizable:
            assert len(message.string) == ours.num_plurals, message.id


def test_extraction_finds_messages_of_pages_and_package() -> None:
    found = {message for _path, _line, message in update.messages()}
    assert "How are our articles doing?" in found
    assert "Overview" in found
    assert ("Known on {n} day.", "Known on {n} days.") in found


def test_no_message_hides_from_extraction() -> None:
    """What `_` gets must stand there literally; a variable would stay English without any test noticing."""
    for path in (update.ROOT / "src" / "readership" / "queries").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("question", ["published", "read"])
@pytest.mark.parametrize(
    "days", [(None, None), (date(2024, 5, 1), None), (None, date(2024, 5, 1)), (date(2024, 5, 1), date(2024, 6, 1))]
)
def test_the_selection_says_itself_in_russian_without_english_words(
    question: str, days: tuple[date | None, date | None]
) -> None:
    russian = i18n.Language("ru")
    chosen = Selection(since=days[0], until=days[1], question=question, sections=("Спорт", "Город"), text="тенге")
    assert not re.search("[A-Za-z]", chosen.words(russian.translate, russian.day))


def test_the_first_known_wish_is_the_language() -> None:
    assert i18n.choose("", None, "kk-KZ").code == "kk"
    assert i18n.choose("ru", "kk").code == "ru"
    assert i18n.choose("de", None, "ru_RU").code == "ru"
    assert i18n.choose("de", None).code == "en"


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert i18n.Language("en").number(1234567) == "1,234,567"
    assert i18n.Language("ru").number(1234567) == "1\u00a0234\u00a0567"
    assert i18n.Language("ru").number(443.85, 2) == "443,85"
    assert i18n.Language("en").signed(-3) == "−3"
    assert i18n.Language("en").signed_percent(0.125, 1) == "+12.5 %"


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT])
def test_the_unknown_is_never_a_number(value: object) -> None:
    for code in i18n.LANGUAGES:
        language = i18n.Language(code)
        written = {language.number(value), language.percent(value), language.signed(value), language.compact(value)}
        assert written | {language.day(value), language.moment(value, "UTC")} == {i18n.UNKNOWN}


def test_moments_are_shown_on_the_clock_of_the_zone_by_date() -> None:
    english = i18n.Language("en")
    assert english.moment(datetime(2024, 2, 29, 17, 30), "Asia/Almaty") == "29 Feb 2024, 23:30"
    assert english.moment(datetime(2024, 2, 29, 18, 30, tzinfo=UTC), "Asia/Almaty") == "29 Feb 2024, 23:30"


def test_spans_say_month_and_year_once() -> None:
    assert i18n.Language("en").days(date(2024, 5, 1), date(2024, 5, 31)) == "1–31 May 2024"


def test_weeks_begin_on_monday_in_every_language() -> None:
    assert [i18n.Language(code).weekdays("wide")[0] for code in i18n.LANGUAGES] == ["Monday", "понедельник", "дүйсенбі"]


def test_catalogues_lie_in_the_package() -> None:
    assert {path.stem for path in Path(update.CATALOGUES).glob("*.po")} == set(TRANSLATED)


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
