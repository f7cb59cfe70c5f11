"""Confident learning (Northcutt, Jiang and Chuang 2021): which given labels a model that has not seen them doubts.

The rule is written here and not taken from cleanlab, whose form for several labels a comment asks about each label alone: of a
mention it could not ask for the sentiment where the category is given.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def class_thresholds(probabilities: Array, given: Ints) -> Array:
    """The mean probability of each class among the examples it was given to, 1 where it was given to none.

    The thresholds of the confident joint, equation 2 of the paper.

    Parameters
    ----------
    probabilities : ndarray, shape (examples, classes)
        From a model that has not seen the example.
    given : ndarray of int, shape (examples,)
        The labels as positions.
    """
    classes = probabilities.shape[1]
    counts = np.bincount(given, minlength=classes)
    own = np.bincount(given, probabilities[np.arange(len(given)), given], minlength=classes)
    return np.divide(own, counts, out=np.ones(classes), where=counts > 0)


def doubted(probabilities: Array, given: Ints) -> tuple[Ints, Ints, Array]:
    """The examples off the diagonal of the confident joint: their rows, the class each seems to be of, and how doubtful it is.

    An example seems to be of a class where its probability reaches the class's threshold; of several, the likeliest. It is
    doubted where that class is likelier than the one given. How doubtful, -1 to 1, is the mean of two scores of Kuan and Mueller
    (2022): the margin by which the other class is likelier, and how far the class given lies below its threshold (the adjusted
    self-confidence), for a label that the model never learnt to tell proves little.

    Examples
    --------
    >>> likely = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.05, 0.95]])
    >>> rows, seems, doubt = doubted(likely, np.array([0, 0, 1, 0]))
    >>> rows.tolist(), seems.tolist(), doubt.round(2).tolist()
    ([3], [1], [0.72])
    """
    thresholds = class_thresholds(probabilities, given)
    seen = np.where(probabilities >= thresholds - 1e-9, probabilities, -1.0)
    seems = np.where(seen.max(axis=1) >= 0, seen.argmax(axis=1), given)
    own, other = (probabilities[np.arange(len(given)), classes] for classes in (given, seems))
    rows = np.flatnonzero((seems != given) & (other > own))
    return rows, seems[rows], ((other - own + thresholds[given] - own) / 2)[rows]
