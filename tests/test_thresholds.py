"""From which probability on the fast tagger tells a mention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from conftest import invented_comments
from made_layout import layout_of

from cx_nlp.tagger import MentionTagger, estimator
from cx_nlp.tagger.candidates import Candidates
from cx_nlp.tagger.decision import Probabilities
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.thresholds import PULL, tuned_thresholds

CATEGORIES = ("delivery#responsiveness", "product#general", "product#quality")
POLARITIES = ("negative", "positive")
GRID = np.linspace(0.1, 0.8, 71)
Mention = tuple[str, str]


@pytest.fixture(scope="module")
def layout() -> Layout:
    return layout_of(CATEGORIES, POLARITIES, POLARITIES)


def one_clause_each(
    category: Sequence[int], mention: Sequence[float], polarity: Sequence[int]
) -> Probabilities:
    """Comments of one clause and one candidate each."""
    n = len(category)
    rows, none = np.arange(n), np.full(n, -1)
    likely = np.where(np.arange(len(POLARITIES)) == np.asarray(polarity, np.intp)[:, None], 0.9, 0.1)
    found = Candidates(rows, np.asarray(category, np.intp), rows, none, np.zeros(n), np.zeros((n, 1)))
    return Probabilities(found, np.asarray(mention, float), likely, likely, np.full((n, 2), 0.5))


def drawn(sizes: Sequence[int], seed: int) -> tuple[Probabilities, list[frozenset[Mention]]]:
    """So many comments a category, with a probability that is higher where a comment holds it, by a scale of the category's own."""
    rng = np.random.default_rng(seed)
    category = np.repeat(np.arange(len(sizes)), sizes)
    held = rng.random(len(category)) < 0.5
    level = np.array([0.2, 0.4, 0.6])[category]
    mention = np.clip(rng.normal(level + 0.1 * held, 0.05), 0.01, 0.99)
    said, meant = (rng.integers(0, 2, len(category)) for _ in range(2))
    truth = [
        frozenset({(CATEGORIES[c], POLARITIES[m])} if is_held else ())
        for c, m, is_held in zip(category, meant, held, strict=True)
    ]
    return one_clause_each(category.tolist(), mention.tolist(), said.tolist()), truth


def f1(found: Probabilities, truth: Sequence[frozenset[Mention]], thresholds: np.ndarray) -> float:
    """F1 of categories with their polarity, counted one by one."""
    right = told = 0
    of = found.candidates
    rows = enumerate(zip(of.comment, of.category, found.mention, strict=True))
    for row, (comment, category, likely) in rows:
        if likely >= thresholds[category]:
            told += 1
            right += (CATEGORIES[category], POLARITIES[found.polarity[row].argmax()]) in truth[comment]
    return 2 * right / (told + sum(map(len, truth)))


@pytest.mark.parametrize("seed", range(3))
def test_few_mentions_a_category_get_the_threshold_that_is_best_for_all_together(
    seed: int, layout: Layout
) -> None:
    found, truth = drawn([30, 30, 30], seed)
    best = GRID[int(np.argmax([f1(found, truth, np.full(3, at)) for at in GRID]))]
    # Some 15 mentions each: hardly drawn to their own.
    assert tuned_thresholds([found], [truth], layout) == pytest.approx(np.full(3, best), abs=0.02)


def test_a_category_counts_by_its_mentions(layout: Layout) -> None:
    found, truth = drawn([40, 6000, 6000], seed=0)
    held = np.array([sum((c, p) in t for t in truth for p in POLARITIES) for c in CATEGORIES])
    common = GRID[int(np.argmax([f1(found, truth, np.full(3, at)) for at in GRID]))]
    own = []
    for k in range(3):
        part = [frozenset(m for m in t if m[0] == CATEGORIES[k]) for t in truth]
        alone = [f1(found, part, np.where(np.arange(3) == k, at, 2.0)) for at in GRID]
        own.append(GRID[int(np.argmax(alone))])
    assert abs(own[2] - common) > 0.1
    weight = held / (held + PULL)
    expected = weight * np.array(own) + (1 - weight) * common
    assert tuned_thresholds([found], [truth], layout) == pytest.approx(expected)


def test_a_mention_of_the_wrong_polarity_is_not_right(layout: Layout) -> None:
    category, mention = [0] * 40, [0.3] * 20 + [0.7] * 20
    truth = [frozenset({(CATEGORIES[0], "positive")})] * 40
    rightly = one_clause_each(category, mention, [1] * 40)
    wrongly = one_clause_each(category, mention, [0] * 20 + [1] * 20)
    assert tuned_thresholds([rightly], [truth], layout)[0] <= 0.3
    assert tuned_thresholds([wrongly], [truth], layout)[0] > 0.3


def test_folds_count_together(layout: Layout) -> None:
    found, truth = drawn([200, 200, 200], seed=1)
    half = np.arange(600) % 2
    parts = []
    for fold in range(2):
        rows = np.flatnonzero(half == fold)
        polarity = found.polarity.argmax(axis=1)[rows].tolist()
        parts.append(
            one_clause_each(found.candidates.category[rows].tolist(), found.mention[rows].tolist(), polarity)
        )
    told = [[truth[i] for i in np.flatnonzero(half == fold)] for fold in range(2)]
    assert tuned_thresholds(parts, told, layout) == pytest.approx(tuned_thresholds([found], [truth], layout))


def test_without_any_right_candidate_a_mention_is_told_from_one_half_on(layout: Layout) -> None:
    nothing = one_clause_each([], [], [])
    wrong = one_clause_each([0, 1], [0.9, 0.2], [0, 0])
    assert tuned_thresholds([nothing], [[]], layout).tolist() == [0.5] * 3
    assert tuned_thresholds([wrong], [[frozenset()] * 2], layout).tolist() == [0.5] * 3


def test_a_tagger_tells_from_the_thresholds_that_are_best_for_mentions_with_their_polarity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def watched(
        likely: Sequence[Probabilities], truth: Sequence[Sequence[frozenset[Mention]]], layout: Layout
    ) -> np.ndarray:
        asked.append((truth, tuned_thresholds(likely, truth, layout)))
        return asked[-1][1]

    monkeypatch.setattr(estimator, "tuned_thresholds", watched)
    texts, records = invented_comments()
    tagger = MentionTagger(folds=2, min_support=4).fit(texts, records)
    truth, found = asked[0]
    assert tagger.thresholds_ is tagger.decoder_.thresholds is found
    held = {mention for fold in truth for comment in fold for mention in comment}
    assert {("staff#attitude_expertise", pole) for pole in POLARITIES} <= held
