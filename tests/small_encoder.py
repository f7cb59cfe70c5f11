"""Networks too small to be good and whole enough to be run: invented pieces, random weights, no PyTorch."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from cx_nlp.encoder.labels import Labels
from cx_nlp.encoder.pieces import BLANK, SPECIAL, Vocabulary
from cx_nlp.encoder.pretrained import Sizes
from cx_nlp.encoder.tuning import Encoder
from cx_nlp.tagger import ContextualClassifier, ContextualTagger
from cx_nlp.tagger.contextual_single import _labels
from cx_nlp.tagger.labelling import Labelling
from cx_nlp.tagger.scale import Scale

SIZES = Sizes(hidden=48, layers=2, heads=4, feed_forward=96, positions=300, epsilon=1e-6)
WORDS = (
    "giao hàng nhanh chậm nhân viên nhiệt tình thô lỗ vải đẹp mỏng giá rẻ cao app lỗi tốt không và nhưng "
    "the staff was rude fast delivery ok"
).split()
LABELLING = Labelling(
    ("delivery#general", "delivery#responsiveness", "pricing#value", "staff#attitude_expertise"),
    ("negative", "neutral", "positive"),
    ("mixed", "negative", "neutral", "positive"),
)

LABELS = ["delivery", "pricing", "staff"]
Arrays = dict[str, npt.NDArray[np.float32]]


def small_vocabulary(words: Iterable[str] = WORDS) -> Vocabulary:
    """Whole words, and single letters and signs for all else."""
    whole = [BLANK + word for word in sorted({*words})]
    letters = sorted({c for word in whole for c in word} | set("abcdefghijklmnopqrstuvwxyz,.!?"))
    scores = [0.0] * len(SPECIAL) + [-2.0] * len(whole) + [-9.0] * len(letters)
    return Vocabulary((*SPECIAL, *whole, *letters), np.array(scores, np.float32))


def random_arrays(pieces: int, labels: Labels, sizes: Sizes = SIZES, seed: int = 0) -> Arrays:
    """Weights named as a trained network names them."""
    rng = np.random.default_rng(seed)
    wide = sizes.hidden
    shapes = {"nothing": (1, wide), "look": (1, wide), "sentiment": (labels.sentiments, 2 * wide)}
    shapes |= {"where": (len(labels), wide), "what": (len(labels), wide)}
    for k in range(sizes.layers):
        shapes |= {f"l{k}.mixed": (3 * wide, wide), f"l{k}.out": (wide, wide)}
        shapes |= {f"l{k}.wide": (sizes.feed_forward, wide), f"l{k}.narrow": (wide, sizes.feed_forward)}
    found = {"words": rng.normal(size=(pieces, wide)), "places": rng.normal(0, 0.1, (sizes.positions, wide))}
    for name, shape in shapes.items():
        found |= {
            f"{name}.w": rng.normal(size=shape) * 1.5 / shape[1] ** 0.5,
            f"{name}.b": rng.normal(0, 0.1, shape[0]),
        }
    norms = ["norm", *(f"l{k}.{half}_norm" for k in range(sizes.layers) for half in ("first", "second"))]
    for name in norms:
        found |= {f"{name}.w": np.ones(wide), f"{name}.b": np.zeros(wide)}
    return {name: values.astype(np.float32) for name, values in found.items()}


def even_ranges(arrays: Arrays, largest: float = 6.0) -> Arrays:
    """What may flow into every product: the same everywhere."""
    products = [name[:-2] for name, values in arrays.items() if name.endswith(".w") and values.ndim == 2]
    return {
        name: np.full(arrays[f"{name}.w"].shape[1], largest, np.float32)
        for name in products
        if name != "sentiment"
    }


def network_bytes(arrays: Arrays, *, eight_bit: bool = True, sizes: Sizes = SIZES) -> bytes:
    """The ONNX graph of the arrays; needs onnx."""
    from cx_nlp.encoder.graph import network_graph

    return network_graph(arrays, sizes, even_ranges(arrays) if eight_bit else None).SerializeToString()


def random_tagger(labelling: Labelling = LABELLING, seed: int = 0) -> ContextualTagger:
    """A tagger that tags at random, but always the same comment in the same way."""
    vocabulary = small_vocabulary()
    arrays = random_arrays(len(vocabulary.pieces), labelling.labels, seed=seed)
    tagger = ContextualTagger(n_jobs=1)
    tagger.labelling_, tagger.left_out_ = labelling, {}
    tagger.encoder_ = Encoder(vocabulary, network_bytes(arrays), SIZES)
    tagger._finish(Scale())
    return tagger


def random_classifier() -> ContextualClassifier:
    """A classifier that gives labels at random, but always the same to the same comment."""
    vocabulary, classifier = small_vocabulary(), ContextualClassifier(n_jobs=1)
    arrays = random_arrays(len(vocabulary.pieces), _labels(len(LABELS)))
    classifier.encoder_ = Encoder(vocabulary, network_bytes(arrays), SIZES)
    classifier.classes_, classifier.left_out_ = np.array(LABELS), {"hotline": 2}
    classifier._finish(1.5, np.linspace(0, 2, len(LABELS)))
    return classifier
