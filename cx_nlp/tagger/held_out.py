"""A part of the training comments kept for stopping, calibration and figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.errors import InputError


def split_off(texts: Sequence[str], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Positions of the comments to learn from and of those held out; near-duplicates stay together.

    Raises
    ------
    ValueError
        The share is none.
    InputError
        There are fewer than two different comments.
    """
    if not 0 < share < 1:
        raise ValueError(f"held_out must be more than 0 and less than 1, not {share}")
    groups = near_duplicate_groups(texts)
    n = int(groups.max()) + 1 if len(groups) else 0
    if n < 2:
        raise InputError(f"{len(texts)} comments cannot be split: at least two different ones are needed")
    order = np.random.default_rng(seed).permutation(n)
    chosen = np.isin(groups, order[: min(n - 1, max(1, round(share * n)))])
    return np.flatnonzero(~chosen).tolist(), np.flatnonzero(chosen).tolist()
