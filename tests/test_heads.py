"""Classifiers over the same features, kept in few dimensions."""

import numpy as np
import pytest

from cx_nlp.features import TextFeatures
from cx_nlp.segment import segment
from cx_nlp.tagger.heads import RANK, Fitted, LinearHeads

BLOCKS = {"words": 1.0, "folded": 0.7}
WORDS = [f"từ{i}" for i in range(60)]


def fitted(rng: np.random.Generator, classes: int, width: int, dimensions: int) -> Fitted:
    """A classifier of random coefficients that lie in some dimensions."""
    found = rng.normal(size=(classes, dimensions)) @ rng.normal(size=(dimensions, width))
    return Fitted(
        tuple(f"c{i}" for i in range(classes)), found.astype(np.float32), np.zeros(classes, np.float32)
    )


@pytest.mark.parametrize(
    ("classes", "dimensions", "exact"), [(30, 30, True), (150, 40, True), (150, 150, False)]
)
def test_logits_of_few_dimensions_are_kept_and_others_nearly(
    classes: int, dimensions: int, exact: bool
) -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS, size=rng.integers(3, 12))) for _ in range(600)]
    vectoriser = TextFeatures(channels=("words", "folded")).fit(segment(texts))
    features = vectoriser.transform(segment(texts))
    matrix = features.matrix(BLOCKS)
    many, few = (fitted(rng, n, matrix.shape[1], dimensions) for n in (classes, 4))
    heads = LinearHeads.packed({"many": many, "sentiment": few}, features, BLOCKS)
    assert {block.shape[1] for block in heads.weights.values()} == {min(classes + 4, RANK)}
    told = heads.scores(features)
    for name, head in (("many", many), ("sentiment", few)):
        true = np.asarray(matrix @ head.coefficients.T)
        lost = float(np.square(told[name] - true).sum() / np.square(true).sum())
        if exact:
            assert lost < 1e-6
        else:
            assert lost < (0.01 if name == "sentiment" else 0.35)
            assert lost > 1e-6
