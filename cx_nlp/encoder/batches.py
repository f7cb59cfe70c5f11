"""Examples as arrays for the network, comments of like length together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cx_nlp.encoder.examples import Example
from cx_nlp.encoder.pieces import PADDING, UNKNOWN, PieceReader

Floats = npt.NDArray[np.float32]
SORTED_TOGETHER = 50
"""Batches whose comments are sorted by length before they are cut."""


@dataclass(frozen=True)
class Batch:
    """A batch of b comments of at most n pieces, with l labels.

    Attributes
    ----------
    ids, mask : ndarray of shape (b, n)
        Pieces, and 1 where one stands.
    said : ndarray of shape (b, n, l + 1)
        How each piece's share goes to the labels; the last column is that nothing is said.
    weight : ndarray of shape (b, n)
        How far a piece counts.
    labels : ndarray of shape (b, l)
    sentiment : ndarray of shape (b,)
        -1 where it is not known.
    """

    ids: npt.NDArray[np.int64]
    mask: Floats
    said: Floats
    weight: Floats
    labels: Floats
    sentiment: npt.NDArray[np.int64]


def batch_of(
    examples: Sequence[Example], reader: PieceReader, n_labels: int, *, longest: int, outside: float
) -> Batch:
    """The examples as arrays; `outside` is the weight of a word outside every quote beside words in one."""
    read = [reader.read(e.words, e.blanks, most=longest)[0] for e in examples]
    shape = len(examples), max(len(one.pieces) for one in read)
    ids, mask = np.full(shape, PADDING, np.int64), np.zeros(shape, np.float32)
    said, weight = np.zeros((*shape, n_labels + 1), np.float32), np.zeros(shape, np.float32)
    labels = np.zeros((len(examples), n_labels), np.float32)
    for row, (example, one) in enumerate(zip(examples, read, strict=True)):
        ids[row, : len(one.pieces)], mask[row, : len(one.pieces)] = one.pieces, 1
        # What is quoted beyond the pieces that are read cannot be learnt from them.
        seen = {label for word in {*one.owners} - {-1} for label in example.at[word]}
        labels[row, [*seen, *example.loose]] = 1
        # Where a label has no quote, no word is known to say nothing.
        if example.located and not example.loose:
            _mark(said[row], weight[row], example, one.owners, outside if example.labels else 1.0)
    return Batch(ids, mask, said, weight, labels, np.array([e.sentiment for e in examples]))


def _mark(said: Floats, weight: Floats, example: Example, owners: Sequence[int], outside: float) -> None:
    for place, word in enumerate(owners):
        if word < 0:
            continue
        here = example.at[word]
        said[place, list(here) or [-1]] = 1 / max(len(here), 1)
        weight[place] = 1.0 if here else outside


def hide_pieces(batch: Batch, share: float, rng: np.random.Generator) -> None:
    """Replace a random share of the pieces between the marks by the unknown one, in place."""
    hidden = rng.random(batch.ids.shape) < share
    last = batch.mask.sum(axis=1).astype(int) - 1
    hidden[:, 0] = False
    hidden[np.arange(len(last)), last] = False
    batch.ids[hidden & (batch.mask > 0)] = UNKNOWN


def by_length(
    lengths: Sequence[int], size: int, rng: np.random.Generator | None = None
) -> Iterator[npt.NDArray[np.intp]]:
    """Positions in batches of like length; with `rng` in random order, shuffled afresh."""
    found = np.asarray(lengths)
    if rng is None:
        order = np.argsort(-found, kind="stable")
        yield from (order[at : at + size] for at in range(0, len(order), size))
        return
    order, cut = rng.permutation(len(found)), size * SORTED_TOGETHER
    batches = []
    for at in range(0, len(order), cut):
        part = order[at : at + cut]
        part = part[np.argsort(found[part], kind="stable")]
        batches += [part[k : k + size] for k in range(0, len(part), size)]
    yield from (batches[k] for k in rng.permutation(len(batches)))
