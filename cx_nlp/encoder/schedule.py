"""How an encoder is trained, and how far training is; known without PyTorch."""

from __future__ import annotations

import math
from dataclasses import dataclass

PASSES, STEPS, MOST_PASSES = 6, 1000, 30
"""Passes over many examples; few are gone over until that many steps are done, but no more often than `MOST_PASSES`."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network learns.

    Attributes
    ----------
    epochs : int
        Passes over the examples at most.
    patience : int
        Passes that are no better on held-out examples after which learning stops.
    batch : int
        Examples a step.
    encoder_rate, head_rate : float
        Largest learning rates of the pretrained part and of the new one.
    weight_decay : float
    warm_up : float
        Share of the steps in which the rates rise; they fall in a straight line after it.
    hidden_pieces : float
        Share of the pieces hidden from the network in training.
    outside : float
        Weight of words outside every quote in a comment with quotes: they may repeat what a quote says.
    longest : int
        Pieces of a comment read in training.
    """

    epochs: int = 6
    patience: int = 2
    batch: int = 32
    encoder_rate: float = 1.5e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.06
    hidden_pieces: float = 0.06
    outside: float = 0.3
    longest: int = 200

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ValueError(f"epochs must be at least 1, not {self.epochs}")


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps done of all, the mean loss of this pass, the least error on held-out examples, seconds."""

    step: int
    steps: int
    epoch: int
    loss: float
    held_out_error: float
    seconds: float
    seconds_left: float


def schedule_for(examples: int, epochs: int = 0, *, goes_on: bool = False) -> Schedule:
    """How long and how fast to learn from that many examples; with `epochs` 0 the passes go by their number.

    Who goes on from a trained network takes small steps: what it knows must not be lost to a few hundred comments.
    """
    a_pass = math.ceil(max(examples, 1) / Schedule.batch)
    passes = epochs or min(max(PASSES, math.ceil(STEPS / a_pass)), MOST_PASSES)
    # Short passes differ little from each other: more of them must pass without gain.
    patience = max(Schedule.patience, passes // 4)
    if goes_on:
        return Schedule(epochs=passes, patience=patience, encoder_rate=3e-5, head_rate=1e-4)
    return Schedule(epochs=passes, patience=patience)
