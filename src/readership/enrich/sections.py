"""A small model of a newsroom's own sections, learnt from its titles and leads. Optional: needs scikit-learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from readership.errors import ReadershipError

FEWEST = 20
"""A section with fewer articles is not learnt."""
MOST = 20_000
"""Articles of a site and language that a model is learnt from, the newest."""
FOLDS = 5
SURE = 0.5
"""A section is guessed from this chance on."""


@dataclass(frozen=True, slots=True)
class Example:
    """An article: id, site, language, its printed section or None, and its text (title and lead); newest last."""

    article: int
    site: str
    language: str
    section: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Quality:
    """How well one section is found again in articles the model has not seen (cross-validated).

    Attributes:
        precision, recall: 0..1; precision is None when nothing was put into the section.
        articles: examples of it.
    """

    site: str
    language: str
    section: str
    articles: int
    precision: float | None
    recall: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of one site and language.

    Attributes:
        articles: examples learnt from.
        accuracy: share of them put into their printed section, cross-validated.
        largest: share of the largest section, which guessing it always would reach.
        left_out: sections with fewer than `FEWEST` articles.
        guesses: article → (section, chance) for those without a printed one, where the chance is at least `SURE`.
    """

    site: str
    language: str
    articles: int
    accuracy: float
    largest: float
    quality: tuple[Quality, ...]
    left_out: tuple[str, ...]
    guesses: dict[int, tuple[str, float]]


def learn(examples: Sequence[Example]) -> list[Learnt]:
    """A model for each site and language that has two sections to tell apart, its quality and its guesses.

    Raises:
        ReadershipError: scikit-learn is not installed.
    """
    ordered = sorted(examples, key=lambda one: (one.site, one.language))
    grouped = groupby(ordered, key=lambda one: (one.site, one.language))
    return [learnt for (site, language), group in grouped for learnt in _learnt(site, language, list(group))]


def _learnt(site: str, language: str, examples: list[Example]) -> Iterator[Learnt]:
    printed = [(one.text, one.section) for one in examples if one.section is not None][-MOST:]
    counts = Counter(section for _, section in printed)
    kept = {section for section, articles in counts.items() if articles >= FEWEST}
    if len(kept) < 2:
        return
    texts = [text for text, section in printed if section in kept]
    wanted = [section for _, section in printed if section in kept]
    found = _cross_validated(texts, wanted)
    right = sum(one == other for one, other in zip(wanted, found, strict=True))
    yield Learnt(
        site, language, len(texts), right / len(texts), max(counts[one] for one in kept) / len(texts),
        tuple(_quality(site, language, section, wanted, found) for section in sorted(kept)),
        tuple(sorted(set(counts) - kept)),
        _guessed(texts, wanted, [one for one in examples if one.section is None]),
    )  # fmt: skip


def _quality(site: str, language: str, section: str, wanted: list[str], found: Sequence[str]) -> Quality:
    both = sum(one == other == section for one, other in zip(wanted, found, strict=True))
    said, there = sum(one == section for one in found), wanted.count(section)
    return Quality(site, language, section, there, both / said if said else None, both / there)


def _model() -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError:
        raise ReadershipError(
            "Learning sections needs scikit-learn, which is not installed.",
            "Install it with `pip install scikit-learn`; nothing else here needs it.",
        ) from None
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, max_features=60_000, sublinear_tf=True)
    return make_pipeline(words, LogisticRegression(C=10, max_iter=300, class_weight="balanced"))


def _cross_validated(texts: list[str], wanted: list[str]) -> list[str]:
    model = _model()
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    return [str(one) for one in cross_val_predict(model, texts, wanted, cv=folds)]


def _guessed(texts: list[str], wanted: list[str], without: list[Example]) -> dict[int, tuple[str, float]]:
    if not without:
        return {}
    model = _model().fit(texts, wanted)
    chances = model.predict_proba([one.text for one in without])
    best = ((one.article, row.argmax(), float(row.max())) for one, row in zip(without, chances, strict=True))
    return {
        article: (str(model.classes_[index]), round(chance, 3)) for article, index, chance in best if chance >= SURE
    }
