"""`make models`: the shipped models, from the labelled comments of this project and registry packages alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.encoder.schedule import Progress
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import Cascade, MentionTagger
from cx_nlp.tagger.cascade import ALWAYS
from cx_nlp.tagger.held_out import split_off
from cx_nlp.tagger.odds import with_odds
from cx_nlp.tagger.scale import reviewed_from
from cx_nlp.training.accurate import Tuning
from cx_nlp.training.cascading import fit_cascade
from cx_nlp.training.distilling import distill
from cx_nlp.training.evaluating import evaluate_labelled
from cx_nlp.training.learning import train_labelled
from cx_nlp.training.profiling import add_profile, profile_of
from cx_nlp.training.source import labelled_source
from cx_nlp.training.variations import variations

HELD_OUT = 0.05
"""Share of the comments that no model is fitted on."""
EPOCHS = 8
"""Passes of the encoder over the comments at most: after six its held-out error still fell."""
VARIATIONS = 6000
WEIGHT, THRESHOLD = 0.4, 0.45
"""How far the fast model is heard beside the encoder, and from which probability on a label is told: the two numbers that were
fitted on real comments, on one half of a set of which the other half was measured (docs/model.md)."""
ODDS = -0.6
"""Added to the fast model's log odds of a mention: in real comments they are rarer than in those written; fitted likewise."""
_GENERAL = (
    "Tags Vietnamese and English customer feedback by touchpoint, success factor and sentiment. Trained on the labelled "
    "comments of data/feedback, all of them written for this project; no real customer's words are in it."
)
_ENCODER = f"{_GENERAL} It begins with the weights of multilingual-e5-small (MIT; see NOTICE)."
_FAST = f"{_GENERAL} Part of what it learnt from are comments put together from clauses of these and tagged by the encoder."
_SHIFTED = (
    f"its log odds of a mention are {-ODDS} lower than learnt, so that its confidence holds on real comments: one number fitted "
    "on half of a set of them"
)
_POOLED = f"{_ENCODER} Two numbers, named below, were fitted on half of a set of real comments."
_LICENCE = "Apache-2.0; the encoder derives from weights under the MIT License (see NOTICE)"
_FAST_LICENCE = "Apache-2.0"


def build(feedback: Path, models: Path, *, checkpoint: Path | None = None) -> None:
    """Fit the shipped models on every file of the folder `feedback` and write their bundles into the folder `models`.

    The encoder comes first; the fast model learns from the comments and from the encoder; `accurate` hears both about every
    comment, `auto` asks the encoder only where the fast model is unsure. With `checkpoint`, an interrupted build goes on from
    the last pass of the encoder.
    """
    data = labelled_source(sorted(feedback.glob("*.jsonl")))
    save_encoder(models, data, checkpoint=checkpoint)
    save_fast(models, data)
    save_cascades(models, data)


def save_encoder(models: Path, data: Labelled, *, checkpoint: Path | None = None) -> None:
    """The bundle `encoder`."""
    tuning = Tuning(held_out=HELD_OUT, epochs=EPOCHS, checkpoint=checkpoint, report=_say, alone=True)
    trained = train_labelled(data, tier="accurate", tuning=tuning)
    trained.save(models / "encoder", description=_ENCODER, licence=_LICENCE, overwrite=True)


def save_fast(models: Path, data: Labelled) -> None:
    """The bundle `fast`, from the comments and from the bundle `encoder`: what is measured is what is shipped."""
    inside, outside = _apart(data)
    parts = _quarters([record.text for record in inside.records])
    made = variations(inside.records, parts, VARIATIONS)
    encoder = load_bundle(models / "encoder")
    distilled = distill([*made], encoder, labelled=inside, dev=outside, n_jobs=-1, groups=(parts, made))
    fast = with_odds(cast(MentionTagger, distilled.model), ODDS)
    where = f"{len(outside.records)} of the labelled comments, held out"
    replace(
        distilled, model=fast, evaluation=evaluate_labelled(fast, outside), comments=len(inside.records),
        measured_on=where, notes=(*distilled.notes, _SHIFTED), profile=profile_of(fast, outside, where),
    ).save(models / "fast", description=_FAST, licence=_FAST_LICENCE, overwrite=True)  # fmt: skip


def save_cascades(models: Path, data: Labelled) -> None:
    """The bundles `accurate` and `auto`, from those of the two taggers."""
    outside = _apart(data)[1]
    fast, encoder = (load_bundle(models / name) for name in ("fast", "encoder"))
    texts = [record.text for record in outside.records]
    whole = Cascade(fast, encoder, sure=ALWAYS, weight=WEIGHT, threshold=THRESHOLD, odds=-ODDS)
    whole.review = reviewed_from(encoder.doubts(texts, beside=whole.beside()))
    where = f"{len(texts)} of the labelled comments, held out of training but used to stop and calibrate the encoder"
    heard = (
        f"the fast model's probabilities count {WEIGHT:.0%} beside the encoder's, and a label is told from {THRESHOLD:.0%} on: "
        "the two numbers fitted on real comments"
    )
    shared: dict[str, Any] = {
        "taxonomy": data.taxonomy, "comments": len(data.records) - len(texts), "left_out": {}, "description": _POOLED,
        "licence": _LICENCE, "overwrite": True,
    }  # fmt: skip
    save_bundle(
        whole, models / "accurate", evaluation=evaluate_labelled(whole, outside), measured_on=where, notes=(heard,),
        profile=profile_of(whole, outside, where), **shared,
    )  # fmt: skip
    fitted = fit_cascade(whole, outside)
    notes = (
        f"the fast model answers {fitted.share:.0%} of these comments, those where it is at least "
        f"{min(fitted.cascade.sure, 1):.0%} sure of all it says",
        f"on the others {heard}",
        f"triple F1 is {abs(fitted.loss):.3f} {'below' if fitted.loss > 0 else 'above'} that of the accurate model",
    )
    save_bundle(
        fitted.cascade, models / "auto", evaluation=fitted.evaluation, measured_on=f"{where} and to set the cascade",
        notes=notes, profile=profile_of(fitted.cascade, outside, f"{where} and to set the cascade"), **shared,
    )  # fmt: skip


def add_profiles(feedback: Path, models: Path) -> None:
    """Puts the profile of the comments that no model was fitted on into each shipped bundle; the models stay as they are."""
    outside = _apart(labelled_source(sorted(feedback.glob("*.jsonl"))))[1]
    # A cascade comes after the models it is made of, whose digests it names.
    for name in ("encoder", "fast", "accurate", "auto"):
        add_profile(models / name, outside)


def _quarters(texts: Sequence[str]) -> list[int]:
    """A quarter for every text, near-duplicates together: the folds on which the fast model is calibrated."""
    groups = near_duplicate_groups(texts)
    order = np.random.default_rng(0).permutation(int(groups.max()) + 1)
    found: list[int] = (order[groups] % 4).tolist()
    return found


def _apart(data: Labelled) -> tuple[Labelled, Labelled]:
    """The comments that models are fitted on, and those held out of all of them."""
    inside, outside = split_off([record.text for record in data.records], HELD_OUT, seed=0)
    return _part(data, inside), _part(data, outside)


def _part(data: Labelled, rows: Sequence[int]) -> Labelled:
    return replace(data, records=tuple(data.records[i] for i in rows))


def _say(done: Progress) -> None:
    if done.step % 100 == 0 or done.step == done.steps:
        sys.stderr.write(
            f"step {done.step} of {done.steps}, loss {done.loss:.2f}, held-out error {done.held_out_error:.4f}, "
            f"{done.seconds_left / 60:.0f} minutes left\n"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feedback", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--checkpoint", type=Path, help="a file from which an interrupted build goes on")
    parser.add_argument(
        "--profiles-only",
        action="store_true",
        help="put profiles into the models that are there; fit nothing",
    )
    given = parser.parse_args()
    if given.profiles_only:
        add_profiles(given.feedback, given.models)
    else:
        build(given.feedback, given.models, checkpoint=given.checkpoint)
