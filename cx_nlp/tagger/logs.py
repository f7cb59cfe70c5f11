"""Softmax of rows and its logarithm: as in scipy.special, without what makes them take a tenth of a millisecond a call."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = TypeVar("Floats", bound=npt.NDArray[Any])
FLOOR = -8.0
"""Log of the least probability that counts as one of its own where logs are features."""


def floored(logs: Floats) -> Floats:
    """Logs of probabilities, none below `FLOOR`."""
    found: Floats = np.maximum(logs, FLOOR)
    return found


def log_sum(values: Floats) -> Floats:
    """Log of the summed exponentials of every row, shape (rows, 1)."""
    largest = values.max(axis=1, keepdims=True) if len(values) else values[:, :1]
    found: Floats = largest + np.log(np.exp(values - largest).sum(axis=1, keepdims=True))
    return found


def log_softmax(values: Floats) -> Floats:
    """Every row less the log of its summed exponentials."""
    found: Floats = values - log_sum(values)
    return found


def softmax(values: Floats) -> Floats:
    """The exponentials of every row over their sum."""
    found: Floats = np.exp(log_softmax(values))
    return found
