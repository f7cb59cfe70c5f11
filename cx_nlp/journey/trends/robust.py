"""The same two parts of a change by another method, as a check; needs the package `dowhy`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def robust_parts(complains: Flags, upstream: Flags, after: Flags, *, seed: int = 0) -> tuple[float, float]:
    """What of a change of a share is the touchpoint's own, and what is brought by those upstream of it.

    Multiply robust attribution of V. Quintas-Martínez, M. T. Bahadori, E. Santiago, J. Mu, D. Janzing and D. Heckerman
    (International Conference on Machine Learning, 2024), as in DoWhy's `distribution_change_robust`. Unlike
    `cx_nlp.journey.trends.parts.parts_of` it does not suppose that upstream complaints have the same effect in both periods,
    takes seconds a touchpoint, gives no interval and does not allow for mood.

    Parameters
    ----------
    complains, after : arrays of shape (comments,)
    upstream : array of shape (comments, parents)
        As in `parts_of`.

    Raises
    ------
    ModuleNotFoundError
        DoWhy is not installed.
    """
    gcm, networkx = import_module("dowhy.gcm"), import_module("networkx")
    names = [f"upstream {k}" for k in range(upstream.shape[1])]
    table = pd.DataFrame(upstream.astype(float), columns=names).assign(complains=complains.astype(float))
    if not names:
        return float(complains[after].mean() - complains[~after].mean()), 0.0
    graph = networkx.DiGraph([(name, "complains") for name in names])
    # Upstream complaints go together, too: each may hang on those before it.
    graph.add_edges_from((a, b) for k, b in enumerate(names) for a in names[:k])
    gcm.config.disable_progress_bars()
    with _seeded(seed):
        found = gcm.distribution_change_robust(
            gcm.ProbabilisticCausalModel(graph),
            table[~after],
            table[after],
            "complains",
            split_random_state=seed,
        )
    own = float(np.asarray(found["complains"]).item())
    return own, float(sum(np.asarray(found[name]).item() for name in names))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Global random numbers, from which DoWhy draws, that begin at a seed and go on afterwards as if nothing had been."""
    before, before_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(before_numpy)  # noqa: NPY002
