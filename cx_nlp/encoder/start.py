"""Where fine-tuning begins: a vocabulary, the shape of the encoder and its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_nlp.encoder.pieces import Vocabulary
from cx_nlp.encoder.pretrained import Floats, Sizes


@dataclass(frozen=True)
class Start:
    """Weights by name as `Network.arrays` gives them, with the vocabulary they belong to.

    `labels` and `sentiments` say from which row of the weights each new label and sentiment goes on, -1 for none; empty where
    the weights are of an encoder alone.
    """

    vocabulary: Vocabulary
    sizes: Sizes
    arrays: Mapping[str, Floats]
    labels: Sequence[int] = ()
    sentiments: Sequence[int] = ()
