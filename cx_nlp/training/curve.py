"""What more labelled comments would bring: a model fitted on ever more of them, each measured."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.taxonomy import Taxonomy
from cx_nlp.training.accurate import Tuning
from cx_nlp.training.learning import MIN_SUPPORT, Tier, Trained, train_labelled
from cx_nlp.training.source import Source, labelled_source

FEWEST = 100
"""Comments below which no size is chosen by itself."""
MOST = 5


@dataclass(frozen=True)
class LearningCurve:
    """Models fitted on ever more of the same comments, fewest first; each holds all comments of the one before."""

    trained: tuple[Trained, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Comments that each model was fitted on."""
        return tuple(one.comments for one in self.trained)

    def to_table(self) -> pd.DataFrame:
        """One row a size and figure: `comments, figure, value, low, high, left_out`.

        `low` and `high` bound the 95 % interval over the comments measured on; `left_out` counts the labels that had too few
        comments to be learnt.
        """
        rows = [
            (one.comments, name, figure.value, figure.low, figure.high, len(one.left_out))
            for one in self.trained
            for name, figure in one.evaluation.figures.items()
        ]
        frame: pd.DataFrame = pd.DataFrame(
            rows, columns=["comments", "figure", "value", "low", "high", "left_out"]
        )
        numbers = ["value", "low", "high"]
        frame[numbers] = frame[numbers].astype(float)
        return frame


def learning_curve(
    source: Source,
    *,
    sizes: Sequence[int] | None = None,
    tier: Tier = "fast",
    dev: Source | None = None,
    taxonomy: Taxonomy | None = None,
    label_column: str | None = None,
    text_column: str | None = None,
    min_support: int = MIN_SUPPORT,
    seed: int = 0,
    n_jobs: int | None = None,
    tuning: Tuning | None = None,
) -> LearningCurve:
    """How the figures grow with the number of labelled comments.

    The comments are put into a random order; a model is fitted on the first of them, then on more, and each is measured as
    `train` does it: on `dev`, else on its own comments by models that had not seen them. The intervals are those over the
    comments measured on. Which comments came first matters, too, most at the small sizes: another `seed` shows how much.

    Parameters
    ----------
    source
        Labelled comments, as for `train`.
    sizes
        Numbers of comments; by default all, half of them, a quarter and so on, down to about 100.
    dev
        Labelled comments to measure on, none of them (nor a near-duplicate) in `source`; all sizes are then measured on the same.
    tier, taxonomy, label_column, text_column, min_support, n_jobs, tuning
        As for `train`.
    seed
        Seed of the order and of the folds.

    Raises
    ------
    InputError, ColumnError
        The data cannot be read, or hold fewer comments than a size asks for, or too few to be learnt from.
    """
    data = labelled_source(source, taxonomy=taxonomy, label_column=label_column, text_column=text_column)
    held = None
    if dev is not None:
        held = labelled_source(
            dev, taxonomy=taxonomy or data.taxonomy, label_column=label_column, text_column=text_column
        )
    n = len(data.records)
    wanted = _halves(n) if sizes is None else sorted(set(sizes))
    if not wanted or wanted[0] < 1 or wanted[-1] > n:
        raise InputError(f"the data hold {n} comments: give sizes from 1 to {n}, not {list(wanted)}")
    order = np.random.default_rng(seed).permutation(n)
    trained = []
    for size in wanted:
        part = replace(data, records=tuple(data.records[at] for at in order[:size]))
        with warnings.catch_warnings():
            # Which labels are too rare is told size by size in the result.
            warnings.filterwarnings("ignore", "labels with fewer than", UserWarning)
            trained.append(
                train_labelled(
                    part,
                    tier=tier,
                    dev=held,
                    min_support=min_support,
                    seed=seed,
                    n_jobs=n_jobs,
                    tuning=tuning,
                )
            )
    return LearningCurve(tuple(trained))


def _halves(n: int) -> list[int]:
    sizes = [n]
    while sizes[0] // 2 >= FEWEST and len(sizes) < MOST:
        sizes.insert(0, sizes[0] // 2)
    return sizes
