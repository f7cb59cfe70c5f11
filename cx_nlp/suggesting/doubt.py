"""How much a person's look at a comment is worth, from how sure a model is of what it says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger import TaggedComment


def doubts(tagged: Sequence[TaggedComment]) -> npt.NDArray[np.float32]:
    """For each comment the errors to be expected in its tags times the larger share that they are of all tags, 0 upwards.

    Confidences are calibrated probabilities, so one minus a confidence is the chance that the tag is wrong. Either factor
    alone is a worse guide (see `cx_nlp.tagger.told`, where `needs_review` comes from the same product): a long comment has
    many likely errors among many tags, a short one without mentions only one thing to mend.
    """
    return np.array([_doubt(comment) for comment in tagged], np.float32)


def _doubt(comment: TaggedComment) -> float:
    wrong = [1 - mention.confidence for mention in comment.mentions]
    felt = 1 - comment.confidence
    share = sum(wrong) / len(wrong) if wrong else 0.0
    return (sum(wrong) + felt) * max(share, felt)
