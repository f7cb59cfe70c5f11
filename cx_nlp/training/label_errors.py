"""Labels that are likely wrong: what a model that has not seen them says against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cx_nlp.errors import InputError
from cx_nlp.io.annotations import LabelledComment, LabelledMention
from cx_nlp.io.labelled import Labelled
from cx_nlp.schema import COMMENT_SENTIMENTS
from cx_nlp.tagger import Cascade, CommentClassifier, ContextualTagger, MentionTagger
from cx_nlp.tagger.mention import TaggedComment, category_name
from cx_nlp.taxonomy import NO_FACTOR, Taxonomy
from cx_nlp.training.confident import Array, doubted
from cx_nlp.training.evaluating import Model, Single, check_kinds
from cx_nlp.training.fast import fit_fast
from cx_nlp.training.learning import MIN_SUPPORT
from cx_nlp.training.source import Source, labelled_source

KINDS = ("missing", "extra", "mention", "sentiment", "comment_sentiment", "label")
"""Missing mention, mention that is not said, other touchpoint or factor, other sentiment of a mention, of the comment; other
label, where each comment has one."""


@dataclass(frozen=True, slots=True)
class LabelError:
    """One label that is likely wrong.

    Attributes
    ----------
    row : int
        The comment's place among the records.
    kind : str
        One of `KINDS`.
    given, says : str
        The label given and the model's, "" where there is none: `touchpoint#factor#sentiment`, or a comment's sentiment or
        label.
    probability : float
        What the model gives its own answer, 0 to 1.
    doubt : float
        How much the model speaks against the label given, -1 to 1 (see `cx_nlp.training.confident.doubted`): by this the list is
        ranked.
    quote : str
        The words it is about, "" where they are not known.
    """

    row: int
    kind: str
    given: str
    says: str
    probability: float
    doubt: float
    quote: str


@dataclass(frozen=True)
class LabelErrors:
    """Likely wrong labels, the likeliest first, and what was judged.

    `not_judged` counts comments by label for labels too rare to be learnt, about which nothing is said.
    """

    data: Labelled
    errors: tuple[LabelError, ...]
    judged_by: str
    not_judged: dict[str, int]

    @property
    def rows(self) -> list[int]:
        """The comments with a doubtful label, the most doubtful first, each once."""
        return list(dict.fromkeys(error.row for error in self.errors))


def find_label_errors(
    source: Source,
    *,
    model: Model | None = None,
    taxonomy: Taxonomy | None = None,
    label_column: str | None = None,
    text_column: str | None = None,
    min_support: int = MIN_SUPPORT,
    seed: int = 0,
    n_jobs: int | None = None,
) -> LabelErrors:
    """The likely wrong labels of labelled comments, by confident learning (Northcutt et al. 2021).

    Parameters
    ----------
    source
        A frame or files of labelled comments, as for `train`.
    model
        A model that has not seen these labels; by default the fast tier is fitted on them in folds, and every comment is judged
        by the one that did not see it or a near-duplicate of it.
    taxonomy, label_column, text_column, min_support, seed, n_jobs
        As for `train`.

    Raises
    ------
    InputError, ColumnError
        The labelled comments cannot be read, are too few, or are of another kind than the model.
    """
    bound = taxonomy if model is None else taxonomy or getattr(model, "taxonomy", None)
    data = labelled_source(
        source,
        taxonomy=bound,
        bound_aspects=model is None,
        label_column=label_column,
        text_column=text_column,
    )
    if model is None:
        fitted = fit_fast(data, min_support=min_support, seed=seed, n_jobs=n_jobs)
        judged_by = f"the fast tier, fitted in {fitted.n_folds_} folds"
        known = fitted.classes_.tolist()
        if isinstance(fitted, CommentClassifier):
            errors = _ranked(_single(data, fitted.out_of_fold_proba_, known))
        else:
            proba = fitted.out_of_fold_proba_.toarray()
            errors = judged(data.records, fitted.out_of_fold_, proba, known)
        return LabelErrors(data, errors, judged_by, dict(fitted.left_out_))
    check_kinds(model, data)
    texts = [record.text for record in data.records]
    judged_by = f"the model {getattr(model, 'model_id', type(model).__name__)}"
    if isinstance(model, Single):
        errors = _ranked(_single(data, model.predict_proba(texts), model.classes_.tolist()))
        return LabelErrors(data, errors, judged_by, {})
    proba, known = label_probabilities(model, texts)
    errors = judged(data.records, model.tag_many(texts), proba, known)
    return LabelErrors(data, errors, judged_by, _unknown(data, known))


def judged(
    records: Sequence[LabelledComment], tagged: Sequence[TaggedComment], proba: Array, classes: Sequence[str]
) -> tuple[LabelError, ...]:
    """The likely wrong labels of comments, the likeliest first.

    Parameters
    ----------
    tagged
        The comments as tagged by a model that has not seen their labels.
    proba : ndarray, shape (comments, classes)
        What that model holds likely.
    classes
        Its labels, `touchpoint#factor#sentiment`.
    """
    return _ranked(_Judge(records, tagged, proba, classes).all())


def label_probabilities(
    model: MentionTagger | ContextualTagger | Cascade, texts: Sequence[str]
) -> tuple[Array, list[str]]:
    """Probability of every label, and the labels; of a cascade by the tagger behind it with the first one heard."""
    behind = model.accurate if isinstance(model, Cascade) else model
    if not isinstance(behind, (MentionTagger, ContextualTagger)):
        raise InputError(f"a {type(behind).__name__} gives no probabilities: name another model")
    known = behind.classes_.tolist()
    # A cascade has a column for what the first one alone knows, after these.
    return np.asarray(model.predict_proba(texts))[:, : len(known)], known


def _unknown(data: Labelled, known: Sequence[str]) -> dict[str, int]:
    categories = {label.rpartition("#")[0] for label in known}
    found: dict[str, int] = {}
    for record in data.records:
        for name in {category_name(m.touchpoint, m.factor) for m in record.mentions} - categories:
            found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


def _ranked(errors: Iterator[LabelError]) -> tuple[LabelError, ...]:
    return tuple(sorted(errors, key=lambda error: (-error.doubt, error.row)))


def _single(data: Labelled, proba: Array, classes: Sequence[str]) -> Iterator[LabelError]:
    place = {name: k for k, name in enumerate(classes)}
    rows = np.array([i for i, r in enumerate(data.records) if r.label in place], np.intp)
    given = np.array([place[str(data.records[i].label)] for i in rows], np.intp)
    for at, seems, doubt in zip(*doubted(proba[rows], given), strict=True):
        yield LabelError(
            int(rows[at]), "label", classes[given[at]], classes[seems], float(proba[rows[at], seems]), float(doubt), ""
        )  # fmt: skip


class _Judge:
    """What a model holds likely of labelled comments, against their labels."""

    def __init__(
        self,
        records: Sequence[LabelledComment],
        tagged: Sequence[TaggedComment],
        proba: Array,
        classes: Sequence[str],
    ) -> None:
        self.records, self.tagged = records, tagged
        names = [label.rpartition("#") for label in classes]
        self.names = list(dict.fromkeys(category for category, _, _ in names))
        self.polarities = list(dict.fromkeys(polarity for _, _, polarity in names))
        self.column = {name: k for k, name in enumerate(self.names)}
        # likely[polarity] has shape (comments, categories).
        self.likely = np.zeros((len(self.polarities), len(records), len(self.names)), np.float32)
        for k, (category, _, polarity) in enumerate(names):
            self.likely[self.polarities.index(polarity), :, self.column[category]] = proba[:, k]
        self.category = np.minimum(self.likely.sum(axis=0), 1.0)
        self.wrong: set[tuple[int, int]] = set()

    def all(self) -> Iterator[LabelError]:
        """Every label that the model doubts, in no order."""
        yield from self.categories()
        yield from self.sentiments()
        yield from self.comment_sentiments()

    def categories(self) -> Iterator[LabelError]:
        """Missing mentions, extra ones, and those of another touchpoint or factor; one binary problem a category."""
        given = np.zeros(self.category.shape, bool)
        for row, record in enumerate(self.records):
            for m in record.mentions:
                if (k := self.column.get(category_name(m.touchpoint, m.factor))) is not None:
                    given[row, k] = True
        missing: dict[int, list[LabelError]] = {}
        extra: dict[int, list[LabelError]] = {}
        for k in range(len(self.names)):
            p = self.category[:, k].astype(float)
            for row, _, doubt in zip(
                *doubted(np.column_stack([1 - p, p]), given[:, k].astype(np.intp)), strict=True
            ):
                if given[row, k]:
                    self.wrong.add((int(row), k))
                    extra.setdefault(int(row), []).append(self._extra(int(row), k, float(doubt)))
                elif not self._vague(int(row), k):
                    missing.setdefault(int(row), []).append(self._missing(int(row), k, float(doubt)))
        for row in sorted({*missing, *extra}):
            yield from _paired(extra.get(row, []), missing.get(row, []))

    def _vague(self, row: int, k: int) -> bool:
        """A judgement without a factor gives way to one with a factor at the same touchpoint."""
        touchpoint, _, factor = self.names[k].partition("#")
        return factor == NO_FACTOR and any(m.touchpoint == touchpoint for m in self.records[row].mentions)

    def _missing(self, row: int, k: int, doubt: float) -> LabelError:
        polarity = self.polarities[int(self.likely[:, row, k].argmax())]
        name = self.names[k]
        quote = next(
            (m.quote for m in self.tagged[row].mentions if category_name(m.touchpoint, m.factor) == name), ""
        )
        return LabelError(
            row, "missing", "", f"{name}#{polarity}", float(self.category[row, k]), doubt, quote
        )

    def _extra(self, row: int, k: int, doubt: float) -> LabelError:
        m = next(
            m for m in self.records[row].mentions if category_name(m.touchpoint, m.factor) == self.names[k]
        )
        return LabelError(
            row, "extra", f"{self.names[k]}#{m.sentiment}", "", 1 - float(self.category[row, k]), doubt, m.quote or ""
        )  # fmt: skip

    def sentiments(self) -> Iterator[LabelError]:
        """Mentions of another sentiment, where the model does not doubt that they are there."""
        found: list[tuple[int, LabelledMention, int, int]] = []
        for row, record in enumerate(self.records):
            names = [category_name(m.touchpoint, m.factor) for m in record.mentions]
            for m, name in zip(record.mentions, names, strict=True):
                k = self.column.get(name, -1)
                # A category that is given with two sentiments says nothing about either.
                alone = names.count(name) == 1 and m.sentiment in self.polarities
                if k >= 0 and alone and (row, k) not in self.wrong and self.category[row, k] > 0:
                    found.append((row, m, k, self.polarities.index(m.sentiment)))
        if not found:
            return
        rows, places = [row for row, *_ in found], [k for _, _, k, _ in found]
        joint = self.likely[:, rows, places].T.astype(float)
        proba = joint / joint.sum(axis=1, keepdims=True)
        for at, seems, doubt in zip(*doubted(proba, np.array([given for *_, given in found])), strict=True):
            row, m, k, _ = found[at]
            name = self.names[k]
            yield LabelError(
                row, "sentiment", f"{name}#{m.sentiment}", f"{name}#{self.polarities[seems]}",
                float(proba[at, seems]), float(doubt), m.quote or "",
            )  # fmt: skip

    def comment_sentiments(self) -> Iterator[LabelError]:
        """Comments of another sentiment; what the model leaves to the three it does not tell is taken as equal parts."""
        rows = [i for i, record in enumerate(self.records) if record.sentiment in COMMENT_SENTIMENTS]
        if not rows:
            return
        n = len(COMMENT_SENTIMENTS)
        proba = np.zeros((len(rows), n))
        for at, row in enumerate(rows):
            proba[at] = (1 - self.tagged[row].confidence) / (n - 1)
            proba[at, COMMENT_SENTIMENTS.index(self.tagged[row].sentiment)] = self.tagged[row].confidence
        given = np.array([COMMENT_SENTIMENTS.index(str(self.records[row].sentiment)) for row in rows])
        for at, seems, doubt in zip(*doubted(proba, given), strict=True):
            yield LabelError(
                rows[at], "comment_sentiment", COMMENT_SENTIMENTS[given[at]], COMMENT_SENTIMENTS[seems],
                float(proba[at, seems]), float(doubt), "",
            )  # fmt: skip


def _paired(extra: list[LabelError], missing: list[LabelError]) -> Iterator[LabelError]:
    """An extra and a missing mention that share touchpoint, factor or words are one mention with a wrong label."""
    left = list(missing)
    for one in extra:
        other = next((two for two in left if _alike(one, two)), None)
        if other is None:
            yield one
            continue
        left.remove(other)
        yield LabelError(
            one.row, "mention", one.given, other.says, other.probability, max(one.doubt, other.doubt),
            one.quote or other.quote,
        )  # fmt: skip
    yield from left


def _alike(extra: LabelError, missing: LabelError) -> bool:
    a, b = extra.given.split("#"), missing.says.split("#")
    words = bool(extra.quote and missing.quote) and (
        extra.quote in missing.quote or missing.quote in extra.quote
    )
    return a[0] == b[0] or a[1] == b[1] or words
