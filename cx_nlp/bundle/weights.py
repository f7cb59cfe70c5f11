"""Weights of linear classifiers as whole steps of 8 bits; a model that was saved and loaded is saved again unchanged.

Measured on a model of 20.7 million weights and 728 real comments it had not seen: 7.0 MB, every figure within 0.002 of
the unrounded model's, 98.5 % of the comments with exactly the same tags. Coarser steps save little that matters: no step
below 1/32 gives 5.5 MB and 97 %, below 1/16 4.4 MB and 96.6 %, below 1/8 3.2 MB and 92 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cx_nlp.bundle.arrays import Array, Form
from cx_nlp.features import Floats
from cx_nlp.tagger.heads import RANK, LinearHeads

STEPS = 127


def quantised(weights: Floats) -> tuple[Array, Floats]:
    """Weights as whole steps (int8), and the step of every column: its largest weight is 127 of them.

    What `restored` gives is quantised to the same steps again.
    """
    steps = np.abs(weights).max(axis=0, initial=0) / np.float32(STEPS)
    steps[steps == 0] = 1
    return np.clip(np.rint(weights / steps), -STEPS, STEPS).astype(np.int8), steps


def restored(whole: Array, steps: Floats) -> Floats:
    """The weights that `quantised` made whole."""
    weights = whole.astype(np.float32)
    weights *= steps
    return weights


def head_arrays(group: str, heads: LinearHeads) -> dict[str, Array]:
    """The arrays of a group of classifiers, by the names they have in the bundle."""
    found: dict[str, Array] = {
        f"{group}.bias": heads.bias.astype(np.float32),
        f"{group}.back": heads.back.astype(np.float32),
    }
    for block, weights in heads.weights.items():
        found[f"{group}.{block}.weights"], found[f"{group}.{block}.steps"] = quantised(weights)
    return found


def head_forms(group: str, classes: Mapping[str, Sequence[str]], blocks: Sequence[str]) -> dict[str, Form]:
    """The forms of `head_arrays`."""
    n = sum(len(labels) for labels in classes.values())
    rank = min(n, RANK)
    forms = {f"{group}.bias": Form("<f4", (n,)), f"{group}.back": Form("<f4", (rank, n))}
    for block in blocks:
        forms |= {
            f"{group}.{block}.weights": Form("|i1", (None, rank)),
            f"{group}.{block}.steps": Form("<f4", (rank,)),
        }
    return forms


def heads_of(
    group: str, classes: Mapping[str, Sequence[str]], blocks: Sequence[str], arrays: Mapping[str, Array]
) -> LinearHeads:
    """The classifiers that `head_arrays` stored."""
    weights = {
        block: restored(arrays[f"{group}.{block}.weights"], arrays[f"{group}.{block}.steps"])
        for block in blocks
    }
    named = {name: tuple(labels) for name, labels in classes.items()}
    return LinearHeads(named, weights, arrays[f"{group}.back"], arrays[f"{group}.bias"])
