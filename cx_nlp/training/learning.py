"""Fitting a model on labelled comments, with figures from comments it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from cx_nlp.bundle import save_bundle
from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.errors import InputError
from cx_nlp.io.export import Rejected
from cx_nlp.io.label_rows import LEFT_OUT, UNLABELLED
from cx_nlp.io.labelled import Labelled
from cx_nlp.metrics import Evaluation
from cx_nlp.shift import Profile
from cx_nlp.tagger import ContextualTagger
from cx_nlp.tagger.mention import annotation
from cx_nlp.taxonomy import Taxonomy
from cx_nlp.training.accurate import Accurate, Tuning, encoder_of, fit_accurate
from cx_nlp.training.corrections import corrected
from cx_nlp.training.evaluating import Model, check_labels_meet, evaluate_labelled, unseen_evaluation
from cx_nlp.training.fast import fit_fast
from cx_nlp.training.profiling import profile_of, unseen_profile
from cx_nlp.training.selecting import selected
from cx_nlp.training.source import Source, labelled_source

Tier = Literal["fast", "accurate"]

MIN_SUPPORT = 8
"""Comments a label needs to be learnt at all."""


@dataclass(frozen=True)
class Trained:
    """A fitted model with what was measured on held-out comments."""

    model: Model
    taxonomy: Taxonomy | None
    evaluation: Evaluation
    measured_on: str
    """What the figures were measured on."""
    comments: int
    """Labelled comments that were given."""
    left_out: dict[str, int]
    """Labels with too few examples, and how many comments hold each."""
    notes: tuple[str, ...]
    rejected: Mapping[str, tuple[Rejected, ...]] = field(default_factory=dict)
    """Rows of each file that were not used."""
    profile: Profile | None = None
    """What the comments look like that the figures were measured on."""

    @property
    def fitted_on(self) -> int:
        """Labelled comments without those that the model was only stopped and calibrated by."""
        return self.comments - (len(self.model.held_out_[0]) if isinstance(self.model, Accurate) else 0)

    def save(
        self,
        path: Path | str,
        *,
        name: str | None = None,
        description: str | None = None,
        licence: str | None = None,
        overwrite: bool = False,
    ) -> Path:
        """The folder in which the model now is, with its card and figures; see `cx_nlp.bundle.save_bundle`."""
        return save_bundle(
            self.model, path, taxonomy=self.taxonomy, evaluation=self.evaluation, measured_on=self.measured_on,
            comments=self.fitted_on, left_out=self.left_out, notes=self.notes, name=name, description=description,
            licence=licence, profile=self.profile, overwrite=overwrite,
        )  # fmt: skip


def train(
    source: Source,
    *,
    tier: Tier = "fast",
    dev: Source | None = None,
    taxonomy: Taxonomy | None = None,
    label_column: str | None = None,
    text_column: str | None = None,
    min_support: int = MIN_SUPPORT,
    seed: int = 0,
    n_jobs: int | None = None,
    tuning: Tuning | None = None,
    corrections: Source | None = None,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
) -> Trained:
    """A model fitted on labelled comments.

    Parameters
    ----------
    source
        A frame, a file or several: JSON lines with `mentions`, a table as `suggest_labels` writes it, what Label Studio
        exports, or a table with `aspects` (`CATEGORY#polarity;CATEGORY#polarity`) or with one label a comment
        (`label_column`).
    tier
        "fast", a sparse linear model, or "accurate", a fine-tuned contextual encoder with a fast model heard beside it as far
        as that helps (extra `train`).
    dev
        Labelled comments to measure on; without it the figures come from cross-validation (fast) or from a part of the
        comments that is held out (accurate).
    taxonomy
        The labels allowed; by default those of the model gone on from, else the shipped ones for `mentions` and those of the
        data for `aspects`.
    min_support
        A label with fewer comments is left out and listed in `left_out`.
    seed
        Seed of the folds.
    n_jobs
        Processes, as in joblib.
    tuning
        What the accurate tier alone takes: a model to go on from, layers, passes, progress, a checkpoint, `alone`.
    corrections
        Corrected comments in any of these forms: they override the labels of the same comments (see
        `cx_nlp.training.corrections.corrected`), others are added.
    only, without
        Values by key or column: of the comments and their corrections those with all of `only` and none of `without`, such
        as `without={"picked_for": "random"}`.

    Raises
    ------
    InputError, ColumnError
        The data cannot be read, hold too few examples, or the tier cannot be trained here.
    """
    base = encoder_of(tuning.base) if tuning is not None and tuning.base is not None else None
    if taxonomy is None and isinstance(base, ContextualTagger):
        data = _continued(source, base, label_column, text_column)
        taxonomy = data.taxonomy
    else:
        data = labelled_source(source, taxonomy=taxonomy, label_column=label_column, text_column=text_column)
    if corrections is not None:
        mended = labelled_source(
            corrections, taxonomy=data.taxonomy, label_column=label_column, text_column=text_column
        )
        data = corrected(data, mended).data
    # After the corrections, so that what is to be held out is not learnt from by way of them.
    data = selected(data, only=only, without=without)
    held = None
    if dev is not None:
        held = labelled_source(dev, taxonomy=taxonomy, label_column=label_column, text_column=text_column)
    return train_labelled(
        data, tier=tier, dev=held, min_support=min_support, seed=seed, n_jobs=n_jobs, tuning=tuning
    )


def _continued(
    source: Source, base: ContextualTagger, label_column: str | None, text_column: str | None
) -> Labelled:
    """The data in the taxonomy of the model that is gone on from, or in their own where they are about other things."""
    read = partial(
        labelled_source, source, taxonomy=base.taxonomy, label_column=label_column, text_column=text_column
    )
    data = read(bound_aspects=False)
    about_the_same = data.kind == "aspects" and base.labelling_.occurs_in(
        annotation(record.text, record.to_dict()) for record in data.records
    )
    return read() if about_the_same else data


def train_labelled(
    data: Labelled,
    *,
    tier: Tier = "fast",
    dev: Labelled | None = None,
    min_support: int = MIN_SUPPORT,
    seed: int = 0,
    n_jobs: int | None = None,
    tuning: Tuning | None = None,
) -> Trained:
    """As `train`, on comments already read."""
    if dev is not None and data.kind == dev.kind == "label":
        check_labels_meet(data.labels, dev)
    model, heard = _fitted(data, tier, min_support, seed, n_jobs, tuning)
    if dev:
        evaluation, where = (
            evaluate_labelled(model, dev, seed=seed),
            f"{len(dev.records)} comments given for it",
        )
    else:
        evaluation, where = unseen_evaluation(model, data, seed)
    rejected = {**data.rejected, **(dev.rejected if dev else {})}
    notes = (*data.notes, *heard, *seen_notes(data, dev), *rejected_notes(rejected))
    profile = profile_of(model, dev, where) if dev else unseen_profile(model, data, where)
    return Trained(
        model,
        data.taxonomy,
        evaluation,
        where,
        len(data.records),
        {**model.left_out_},
        notes,
        rejected,
        profile,
    )


def _fitted(
    data: Labelled, tier: Tier, min_support: int, seed: int, n_jobs: int | None, tuning: Tuning | None
) -> tuple[Model, tuple[str, ...]]:
    """The model, and what is to be said of how it was made."""
    if tier == "accurate":
        return fit_accurate(data, min_support=min_support, seed=seed, n_jobs=n_jobs, tuning=tuning)
    if tuning is not None:
        raise InputError("a model to go on from, layers, passes and checkpoints are for the accurate tier")
    return fit_fast(data, min_support=min_support, seed=seed, n_jobs=n_jobs), ()


def seen_notes(learnt: Labelled, dev: Labelled | None) -> Iterator[str]:
    """How many of the comments to measure on were learnt from, too."""
    if dev is None:
        return
    n = len(learnt.records)
    groups = near_duplicate_groups([record.text for record in (*learnt.records, *dev.records)]).tolist()
    known = {*groups[:n]}
    if seen := sum(group in known for group in groups[n:]):
        yield (
            f"{seen} of the {len(dev.records)} comments to measure on stand among those learnt from, word for word or nearly: the figures "
            "are too good by that"
        )


def rejected_notes(rejected: Mapping[str, tuple[Rejected, ...]]) -> Iterator[str]:
    """How many rows of each file were passed over or not used, and why the first was not."""
    for path, rows in rejected.items():
        for state in (UNLABELLED, LEFT_OUT):
            if n := sum(row.reason == state for row in rows):
                yield f"{path}: {n} {'row' if n == 1 else 'rows'} {state}"
        wrong = [row for row in rows if row.reason not in (UNLABELLED, LEFT_OUT)]
        if wrong:
            n = len(wrong)
            yield f"{path}: {n} {'row' if n == 1 else 'rows'} not used; the first, line {wrong[0].line}: {wrong[0].reason}"
