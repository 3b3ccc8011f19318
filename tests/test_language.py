"""English, Russian and Kazakh told apart, and others not taken for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readership.enrich.language import detect

DEV = Path(__file__).parents[2] / "shared" / "quality" / "news-dev.jsonl"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("President arrives in Uzbekistan on a state visit", "en"),
        ("Kazakhstan and Bulgaria intend to cooperate", "en"),
        ("Выборы пройдут осенью", "ru"),
        ("Уральские школы получат новые автобусы", "ru"),
        ("Токаев встретился с Эрдоганом в Қазақстане по случаю праздника и обсудил с ним торговлю", "ru"),
        ("Академикпен сұхбат", "kk"),
        ("Мектепте жаңа сабақ басталды, деп хабарлайды El.kz", "kk"),
        ("Президент ұшақпен Брюссельге келді, United Airlines рейсі кешікті", "kk"),
        ("У Києві відкрили нову школу, повідомляє міністерство освіти та науки України", None),
        ("Бишкекте жаңы мектеп ачылды, бул тууралуу министрлик билдирди жана айтты", None),
        ("Тошкентда янги мактаб очилди, бу ҳақда вазирлик маълум қилди ва ўқувчилар хурсанд", None),
        ("Toshkentda yangi maktab ochildi, bu haqda vazirlik va oʻqituvchilar xabar berdi", None),
        ("Almatı'da yeni okul açıldı, bakanlık bu konuda bilgi verdi ve için çalıştı", None),
        ("Die Schule in der Stadt ist seit Montag offen und der Minister kam", None),
        ("北京的新学校", None),
        ("12 345", None),
        ("", None),
    ],
)
def test_detect(text: str, language: str | None) -> None:
    assert detect(text, "") == language


def test_declared_language_decides_only_what_the_text_leaves_open() -> None:
    assert detect("Абай жолы", "", "kk") == "kk"
    assert detect("Абай жолы", "") is None
    assert detect("Выборы пройдут осенью", "", "kk") == "ru"
    assert detect("Абай жолы", "", "en") is None
    assert detect("Абай жолы", "", "uz") is None


def test_labelled_news_are_told_apart() -> None:
    if not DEV.exists():
        pytest.skip("../shared/quality is not here: labelled news were not read")
    rows = [json.loads(line) for line in DEV.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows if detect(row["title"], row["body"]) != row["lang"]] == []
    titles = [row for row in rows if detect(row["title"], "") != row["lang"]]
    assert len(titles) * 100 <= 10 * len(rows)
