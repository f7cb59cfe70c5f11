"""The profile of comments that a model has not seen, for its bundle: what later comments are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from cx_nlp.bundle import load_bundle, put_profile
from cx_nlp.io.labelled import Labelled
from cx_nlp.shift import Everywhere, Profile, ProfileCounter, counted, known_words
from cx_nlp.tagger import (
    MentionTagger,
    TaggedComment,
)
from cx_nlp.tagger.tag_table import table_of
from cx_nlp.training.accurate import Accurate
from cx_nlp.training.evaluating import Model


def profile_of(model: Model, data: Labelled, about: str) -> Profile:
    """The profile of comments that were held out, as the model tags them; `about` says which they are."""
    return counted(model, [record.text for record in data.records], about)


def unseen_profile(model: Model, data: Labelled, about: str) -> Profile:
    """The profile of those of the training comments that what tagged them had not seen, of a model just fitted."""
    texts = [record.text for record in data.records]
    known = known_words(model)
    if isinstance(model, Accurate):
        rows, *found = cast("tuple[Any, ...]", model.held_out_)
        texts = [texts[i] for i in rows]
    else:
        # The vocabulary is that of all comments, these among them.
        known = known and Everywhere.of(known, texts)
        found = [model.out_of_fold_] if isinstance(model, MentionTagger) else [*model.out_of_fold_]
    counter = ProfileCounter(known)
    if len(found) == 1:
        tagged: Sequence[TaggedComment] = found[0]
        counter.add(texts, table_of(tagged))
    else:
        counter.add_labels(texts, found[0], np.asarray(found[1], float))
    return counter.profile(about)


def add_profile(folder: Path | str, data: Labelled) -> Profile:
    """Puts into a bundle made without one the profile of labelled comments that it was not trained on.

    The same model and comments give the same bytes. Cascades beside the folder that are made of the model go on working.

    Raises
    ------
    BundleError
        The folder is no bundle, or a broken one.
    OutputError
        It cannot be written.
    """
    path = Path(folder)
    profile = profile_of(load_bundle(path), data, f"{len(data.records)} labelled comments")
    put_profile(path, profile)
    return profile
