"""Classifiers over the same features: fitted to the end, kept in few dimensions."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from cx_nlp.features import Floats, TextFeatures
from cx_nlp.segment import segment
from cx_nlp.tagger.heads import RANK, Fitted, LinearHeads, SoftmaxTask, fit_softmax
from cx_nlp.tagger.logs import log_softmax

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


def test_a_classifier_of_rare_words_is_fitted_to_the_end() -> None:
    """The objective comes near the least one (L-BFGS with a loose end stays 5 % above it), and so do unseen rows' scores."""
    rng = np.random.default_rng(0)
    matrix, labels = words_of_a_class(rng, rows=3000)
    unseen, _ = words_of_a_class(rng, rows=500)
    task = SoftmaxTask(np.arange(len(labels)), labels, rng.choice([0.3, 1.0], size=len(labels)), strength=8.0)
    found = fit_softmax(matrix, task)
    best = LogisticRegression(C=task.strength, max_iter=10_000, tol=1e-7).fit(
        matrix, labels, sample_weight=task.weights
    )
    least = Fitted(tuple(best.classes_), best.coef_, best.intercept_)
    assert objective(found, matrix, task) < 1.03 * objective(least, matrix, task)
    apart = log_softmax(logits(found, unseen)) - log_softmax(logits(least, unseen))
    assert np.sqrt(np.square(apart).mean()) < 0.2


def words_of_a_class(rng: np.random.Generator, *, rows: int) -> tuple[sp.csr_matrix, list[str]]:
    """Rows of ten words each, as rare as words are (Zipf), of which every third leans to one of four classes."""
    width = 30_000
    labels = rng.integers(4, size=rows)
    words = np.minimum(rng.zipf(1.3, size=(rows, 10)), width // 5) * 5
    leaning = rng.random(words.shape) < 0.3
    words = np.where(leaning, words - 1 - labels[:, None], words - 5)
    ones = np.full(words.size, 10**-0.5, np.float32)
    matrix = sp.csr_matrix((ones, (np.repeat(np.arange(rows), 10), words.ravel())), shape=(rows, width))
    return matrix, [f"c{label}" for label in labels]


def logits(head: Fitted, matrix: sp.csr_matrix) -> Floats:
    return np.asarray(matrix @ head.coefficients.T + head.intercepts)


def objective(head: Fitted, matrix: sp.csr_matrix, task: SoftmaxTask) -> float:
    """What logistic regression makes least: the weighted log loss times C and half the square of the coefficients."""
    place = [head.classes.index(label) for label in task.labels]
    loss = -log_softmax(logits(head, matrix))[np.arange(len(place)), place]
    return float(task.strength * (task.weights * loss).sum() + np.square(head.coefficients).sum() / 2)
