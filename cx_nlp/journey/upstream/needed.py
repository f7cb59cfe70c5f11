"""How many more customers an answer needs."""

from __future__ import annotations

import numpy as np

from cx_nlp.journey.upstream.pairs import FEW, TOLD, WORTH


def customers_needed(n: int, exposed: int, detectable: float, share: float) -> float:
    """How many more customers who meet both touchpoints in that order, for four chances in five to find an odds ratio of 2.

    The error falls with the square root of the customers. Where too few complained at the first for an error, it is that which
    is planned with for a logistic model (Hsieh, Bloch and Larsen 1998), without what the mood takes away: at least so many.

    Parameters
    ----------
    n, exposed
        Customers who met both in that order, and who of them complained at the first.
    detectable
        The odds ratio that so many customers would show in four cases of five; NaN where not known.
    share
        Of the customers who met the second, those who complained there.

    Examples
    --------
    >>> customers_needed(100, 30, 4.0, 0.2)
    300.0
    >>> customers_needed(20, 4, float("nan"), 0.2)
    458.0
    """
    if np.isfinite(detectable):
        whole = n * (np.log(detectable) / np.log(WORTH)) ** 2
    else:
        first = (exposed + 0.5) / (n + 1)
        second = float(np.clip(share, 0.01, 0.99))
        spread = first * (1 - first) * second * (1 - second)
        whole = max((TOLD / np.log(WORTH)) ** 2 / spread, FEW / first)
    return float(max(np.ceil(whole - n - 1e-9), 1.0))
