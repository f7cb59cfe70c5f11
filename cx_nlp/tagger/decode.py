"""From probabilities to tags: which mentions a comment holds, and a sentiment that agrees with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.decision import Array, Layout, Probabilities

GENERAL = "general"
"""The factor of a judgement that names none; it gives way to a named one at the same touchpoint with the same sentiment."""

SAFE = 0.6
"""A comment whose sentiment is less sure than this is sent to a person, as is one whose sentiment rests on a mention
that did not reach its threshold."""
SECOND_OPINION = 0.5
"""How likely a second clause must be to tell the opposite of the first about the same category."""

NEEDED = {"positive": ("positive",), "negative": ("negative",), "mixed": ("positive", "negative")}
"""The mentions that a comment's sentiment cannot be without."""


@dataclass(frozen=True, slots=True)
class Found:
    """A mention as positions: of its category, its polarity and its clause in the batch."""

    category: int
    polarity: int
    clause: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Decided:
    """The tags of one comment."""

    sentiment: str
    confidence: float
    needs_review: bool
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Decoder:
    """Thresholds and rules; a threshold for each category.

    Where the data know neither "positive" nor "negative", a comment's own sentiment cannot be told: it is given as
    neutral with confidence 0, to be reviewed.
    """

    layout: Layout
    thresholds: Array

    def decide(self, probabilities: Probabilities) -> Iterator[Decided]:
        """The tags of every comment of a batch, in order."""
        batch = _Batch.of(probabilities, self.layout, self.thresholds)
        needs = [tuple(batch.polarity_of[p] for p in NEEDED.get(name, ())) for name in self.layout.sentiments]
        judged = any(k >= 0 for k in batch.polarity_of.values())
        logs = np.log(np.maximum(probabilities.sentiment, 1e-9)).tolist()
        for i, (start, stop) in enumerate(pairwise(batch.cuts)):
            found = [
                mention for row in range(start, stop) if batch.certain[row] for mention in batch.mentions(row)
            ]
            told = {mention.polarity for mention in found}
            scores = [
                log + sum(batch.lacking(i, k) for k in needed if k not in told)
                for log, needed in zip(logs[i], needs, strict=True)
            ]
            chosen = max(range(len(scores)), key=scores.__getitem__)
            added = [k for k in needs[chosen] if k not in told]
            for k in added:
                found = batch.completed(i, k, found, needs[chosen])
            confidence = float(probabilities.sentiment[i, chosen]) if judged else 0.0
            kept = tuple(self._without_vague(found))
            unsure = confidence < SAFE or any(not batch.certain[batch.best_row[i][k]] for k in added)
            yield Decided(self.layout.sentiments[chosen], confidence, unsure, kept)

    def _without_vague(self, found: Sequence[Found]) -> Iterator[Found]:
        names = [self.layout.categories[m.category].partition("#") for m in found]
        told = {
            (touchpoint, m.polarity)
            for m, (touchpoint, _, factor) in zip(found, names, strict=True)
            if factor != GENERAL
        }
        seen = set()
        for mention, (touchpoint, _, factor) in zip(found, names, strict=True):
            key = (mention.category, mention.polarity)
            if key not in seen and not (factor == GENERAL and (touchpoint, mention.polarity) in told):
                seen.add(key)
                yield mention


@dataclass(frozen=True)
class _Batch:
    """A batch as plain lists, with what each comment could best add for a polarity it lacks."""

    cuts: list[int]
    category: list[int]
    clause: list[int]
    second_clause: list[int]
    second_likely: list[float]
    mention: list[float]
    certain: list[bool]
    polarity: list[list[float]]
    leading: list[int]
    best_row: list[list[int]]
    best_log: list[list[float]]
    polarity_of: dict[str, int]

    @classmethod
    def of(cls, probabilities: Probabilities, layout: Layout, thresholds: Array) -> _Batch:
        candidates, polarity = probabilities.candidates, probabilities.polarity
        cuts = np.searchsorted(candidates.comment, np.arange(len(probabilities.sentiment) + 1))
        ratio = probabilities.mention / thresholds[candidates.category]
        leaning = polarity[candidates.clause]
        fit = np.log(
            np.maximum(np.minimum(ratio, 1)[:, None] * leaning / leaning.max(axis=1, keepdims=True), 1e-9)
        )
        best_row, best_log = _best(fit, candidates.comment, cuts)
        return cls(
            cuts.tolist(), candidates.category.tolist(), candidates.clause.tolist(), candidates.second_clause.tolist(),
            candidates.second_likely.tolist(), probabilities.mention.tolist(), (ratio >= 1).tolist(), polarity.tolist(),
            polarity.argmax(axis=1).tolist() if len(polarity) else [], best_row, best_log,
            {name: layout.polarities.index(name) if name in layout.polarities else -1 for name in ("positive", "negative")},
        )  # fmt: skip

    def found(self, row: int, clause: int, polarity: int) -> Found:
        confidence = self.mention[row] * self.polarity[clause][polarity]
        return Found(self.category[row], polarity, clause, confidence)

    def mentions(self, row: int) -> list[Found]:
        """What a candidate says, and the opposite where a second clause of it says that."""
        clause, other = self.clause[row], self.second_clause[row]
        first = self.found(row, clause, self.leading[clause])
        if other >= 0 and self.second_likely[row] >= SECOND_OPINION and self.leading[other] != first.polarity:
            second = self.found(row, other, self.leading[other])
            return [first, replace(second, confidence=second.confidence * self.second_likely[row])]
        return [first]

    def lacking(self, comment: int, polarity: int) -> float:
        """The log of how far the comment is from a certain mention of this polarity."""
        return self.best_log[comment][polarity] if polarity >= 0 and self.best_log[comment] else -1e9

    def completed(
        self, comment: int, polarity: int, found: list[Found], needed: Sequence[int]
    ) -> list[Found]:
        """The mentions with the best one of this polarity, which replaces its opposite unless that is needed, too."""
        row = self.best_row[comment][polarity]
        others = [m for m in found if m.category != self.category[row]]
        told = {m.polarity for m in others}
        kept = others if all(k in told for k in needed if k != polarity) else found
        return [*kept, self.found(row, self.clause[row], polarity)]


def _best(
    fit: Array, comment: npt.NDArray[np.intp], cuts: npt.NDArray[np.intp]
) -> tuple[list[list[int]], list[list[float]]]:
    """For every comment and polarity the row of the best fit and that fit; empty where a comment has no candidate."""
    filled = np.flatnonzero(np.diff(cuts) > 0)
    best_row: list[list[int]] = [[] for _ in range(len(cuts) - 1)]
    best_log: list[list[float]] = [[] for _ in range(len(cuts) - 1)]
    if len(filled):
        rows = np.stack([np.lexsort((-column, comment))[cuts[filled]] for column in fit.T], axis=1)
        values = np.take_along_axis(fit, rows, axis=0)
        for at, row, value in zip(filled.tolist(), rows.tolist(), values.tolist(), strict=True):
            best_row[at], best_log[at] = row, value
    return best_row, best_log


def tuned_thresholds(
    probabilities: Sequence[Probabilities],
    truth: Sequence[Sequence[frozenset[str]]],
    layout: Layout,
    *,
    pull: float = 100.0,
) -> Array:
    """One threshold a category that gives the best F1 out of fold, drawn towards the common one where examples are few.

    A category with n true comments takes n / (n + `pull`) of its own best threshold and the rest of the common one.
    """
    category = np.concatenate([p.candidates.category for p in probabilities])
    likely = np.concatenate([p.mention for p in probabilities])
    right = np.array(
        [
            layout.categories[c] in held[i]
            for p, held in zip(probabilities, truth, strict=True)
            for i, c in zip(p.candidates.comment, p.candidates.category, strict=True)
        ],
        bool,
    )
    totals = np.array(
        [sum(name in found for held in truth for found in held) for name in layout.categories], float
    )
    common = _best_threshold(likely, right, totals.sum(), otherwise=0.5)
    own = np.array(
        [
            _best_threshold(likely[category == k], right[category == k], totals[k], otherwise=common)
            for k in range(len(totals))
        ]
    )
    weight = totals / (totals + pull)
    return np.asarray(weight * own + (1 - weight) * common)


def _best_threshold(likely: Array, right: npt.NDArray[np.bool_], total: float, *, otherwise: float) -> float:
    """The threshold between 0.1 and 0.8 of the best F1, given how many true ones there are; `otherwise` without any hit."""
    if not right.any():
        return otherwise
    grid = np.linspace(0.1, 0.8, 71)
    kept = likely[None, :] >= grid[:, None]
    scores = 2 * (kept & right).sum(axis=1) / np.maximum(kept.sum(axis=1) + total, 1)
    return float(grid[int(np.argmax(scores))])
