"""Tags as a matrix of labels, as scikit-learn gives them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.mention import TaggedComment, category_name


def predicted(tagged: Sequence[TaggedComment], classes: npt.NDArray[np.str_]) -> npt.NDArray[np.int_]:
    """Which labels every comment holds: 0 or 1, shape (comments, classes)."""
    column = {str(name): k for k, name in enumerate(classes)}
    found = np.zeros((len(tagged), len(classes)), int)
    for row, comment in enumerate(tagged):
        for m in comment.mentions:
            found[row, column[f"{category_name(m.touchpoint, m.factor)}#{m.sentiment}"]] = 1
    return found
