"""Where a contextual model begins: at the pretrained encoder, or at one that was fine-tuned before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cx_nlp.encoder.start import Start
from cx_nlp.encoder.tuning import Encoder, from_pretrained, stored_arrays


class Contextual(Protocol):
    """A fitted model with an encoder."""

    encoder_: Encoder


def start_of(base: Contextual | None, words: Iterable[str], layers: int) -> Start:
    """The encoder of `base` without its labels; without a base the pretrained one with the pieces that the words need.

    Raises
    ------
    InputError
        The package with the pretrained encoder is missing.
    ValueError
        The pretrained encoder has not that many layers.
    """
    if base is None:
        return from_pretrained(words, layers)
    encoder = base.encoder_
    return Start(encoder.vocabulary, encoder.sizes, stored_arrays(encoder.network))
