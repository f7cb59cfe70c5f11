"""A fast model that learns from an accurate one (knowledge distillation, Hinton et al. 2015).

The accurate model tags the texts, and the linear model is fitted on its tags with the words that carry them: so it learns
the vocabulary of texts that nobody has labelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Rejected
from cx_nlp.io.labelled import Labelled, LabelledComment, LabelledMention
from cx_nlp.io.readers import open_export
from cx_nlp.tagger import MentionTagger, TaggedComment
from cx_nlp.training.evaluating import evaluate_labelled, mention_evaluation
from cx_nlp.training.fast import fit_fast
from cx_nlp.training.learning import MIN_SUPPORT, Trained, rejected_notes, seen_notes
from cx_nlp.training.profiling import profile_of, unseen_profile
from cx_nlp.training.source import Source, labelled_source

STEP = 512
"""Texts between two reports of progress."""


class Teacher(Protocol):
    """What distillation needs of the model that is learnt from."""

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The tags of each text, in order."""


def distill(
    texts: Sequence[str],
    teacher: Teacher,
    *,
    labelled: Source | None = None,
    dev: Source | None = None,
    most: int | None = None,
    min_support: int = MIN_SUPPORT,
    seed: int = 0,
    n_jobs: int | None = None,
    groups: tuple[Sequence[int], Mapping[str, int]] | None = None,
    report: Callable[[int, float], None] | None = None,
) -> Trained:
    """A fast model fitted on what `teacher` says of the texts.

    Parameters
    ----------
    texts
        Comments without labels; one that recurs is taken once.
    labelled
        Labelled comments to learn from beside them, in the teacher's taxonomy.
    dev
        Labelled comments to measure on. Without it the figures say how far the model agrees, on texts it had not seen, with
        its teacher (and with the labels of `labelled`), not how often it is right.
    most
        Texts to take at most, chosen at random by `seed`.
    groups
        The group of every labelled comment, and of texts: those of one group stay in one fold (see `MentionTagger.fit`). For
        texts that are made of the labelled comments.
    report
        Called with the texts tagged so far and their share of all.

    Raises
    ------
    InputError
        There are no texts, or too few tags to learn from.
    """
    taxonomy = getattr(teacher, "taxonomy", None)
    known = labelled_source(labelled, taxonomy=taxonomy) if labelled is not None else None
    held_out = labelled_source(dev, taxonomy=taxonomy) if dev is not None else None
    taught = [*_tagged(_chosen(texts, most, seed), teacher, report)]
    records = (*(known.records if known else ()), *taught)
    notes, rejected = (known.notes, known.rejected) if known else ((), {})
    data = Labelled(records, taxonomy, "mentions", (), notes, rejected)
    of = None if groups is None else [*groups[0], *(groups[1][r.text] for r in taught)]
    fitted = fit_fast(data, min_support=min_support, seed=seed, n_jobs=n_jobs, groups=of)
    tagger = cast(MentionTagger, fitted)
    if held_out is not None:
        evaluation = evaluate_labelled(tagger, held_out, seed=seed)
        where = f"{len(held_out.records)} comments given for it"
    else:
        evaluation = mention_evaluation(data, tagger.out_of_fold_, tagger.taxonomy, seed=seed)
        where = (
            f"agreement with the teacher on {len(taught)} texts it had not seen ({tagger.n_folds_} folds)"
            + (f", and with the labels of {len(known.records)} comments" if known else "")
        )
    profile = (
        profile_of(tagger, held_out, where) if held_out is not None else unseen_profile(tagger, data, where)
    )
    note = f"{len(taught)} texts carry the tags of the model {getattr(teacher, 'model_id', type(teacher).__name__)}"
    seen = seen_notes(known, held_out) if known else ()
    notes = (*data.notes, *seen, *rejected_notes(rejected), note)
    return Trained(
        tagger, taxonomy, evaluation, where, len(records), tagger.left_out_, notes, rejected, profile
    )


def export_texts(
    path: Path, *, text_column: str | None = None, encoding: str | None = None, sheet: str | int | None = None
) -> tuple[list[str], tuple[Rejected, ...]]:
    """The comments of an export, as `score` reads them, and the rows that hold none.

    Raises
    ------
    InputError, ColumnError
        The file cannot be read or has no column of comments.
    """
    export = open_export(path, encoding=encoding, sheet=sheet)
    plan = plan_comments(export, chosen={"text": text_column} if text_column else {})
    reader = CommentReader(plan)
    texts: list[str] = []
    rejected: list[Rejected] = []
    for chunk in export.chunks():
        comments, refused = reader.read(chunk)
        texts += comments["text"].tolist()
        rejected += refused
    return texts, tuple(rejected)


def _chosen(texts: Sequence[str], most: int | None, seed: int) -> list[str]:
    distinct = list(dict.fromkeys(text for text in texts if text.strip()))
    if not distinct:
        raise InputError("there is no text to learn from")
    if most is None or most >= len(distinct):
        return distinct
    rows = np.random.default_rng(seed).permutation(len(distinct))[:most]
    return [distinct[i] for i in sorted(rows)]


def _tagged(
    texts: Sequence[str], teacher: Teacher, report: Callable[[int, float], None] | None
) -> list[LabelledComment]:
    found: list[LabelledComment] = []
    for at in range(0, len(texts), STEP):
        found += map(_labelled, teacher.tag_many(texts[at : at + STEP]))
        if report is not None:
            report(len(found), len(found) / len(texts))
    return found


def _labelled(comment: TaggedComment) -> LabelledComment:
    mentions = tuple(
        LabelledMention(m.touchpoint, m.factor, m.sentiment, m.quote, m.start, m.end)
        for m in comment.mentions
    )
    return LabelledComment(comment.text, comment.sentiment, mentions)
