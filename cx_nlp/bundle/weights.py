"""Linear classifiers as the arrays of a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cx_nlp.bundle.arrays import Array, Form
from cx_nlp.features import Steps
from cx_nlp.tagger.heads import RANK, LinearHeads


def head_arrays(group: str, heads: LinearHeads) -> dict[str, Array]:
    """The arrays of a group of classifiers, by the names they have in the bundle."""
    found: dict[str, Array] = {
        f"{group}.bias": heads.bias.astype(np.float32),
        f"{group}.back": heads.back.astype(np.float32),
    }
    for block, weights in heads.weights.items():
        steps = weights if isinstance(weights, Steps) else Steps.of(weights)
        found[f"{group}.{block}.weights"], found[f"{group}.{block}.steps"] = steps.whole, steps.step
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
        block: Steps(arrays[f"{group}.{block}.weights"], arrays[f"{group}.{block}.steps"]) for block in blocks
    }
    named = {name: tuple(labels) for name, labels in classes.items()}
    return LinearHeads(named, weights, arrays[f"{group}.back"], arrays[f"{group}.bias"])
