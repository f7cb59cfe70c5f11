"""Fitting the fast tier: a sparse linear model on labelled comments."""

from __future__ import annotations

from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import CommentClassifier, MentionTagger


def fit_fast(
    data: Labelled, *, min_support: int, seed: int, n_jobs: int | None, groups: Sequence[int] | None = None
) -> MentionTagger | CommentClassifier:
    """A linear model fitted on comments already read; InputError where they are too few. `groups`: see `MentionTagger.fit`."""
    texts = [r.text for r in data.records]
    # Of many small problems in which BLAS threads wait for each other: with one thread, a fit of 48 comments took 1.0 s of
    # processor time in place of 4.9 s.
    with threadpool_limits(1, user_api="blas"):
        if data.kind == "label":
            classifier = CommentClassifier(min_support=min_support, random_state=seed)
            return classifier.fit(texts, [r.label or "" for r in data.records])
        tagger = MentionTagger(
            taxonomy=data.taxonomy, min_support=min_support, random_state=seed, n_jobs=n_jobs
        )
        return tagger.fit(texts, [r.to_dict() for r in data.records], groups)
