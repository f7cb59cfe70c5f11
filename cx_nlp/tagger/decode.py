"""From probabilities to tags: which mentions a comment holds, and a sentiment that agrees with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.decision import Array, Layout, Probabilities
from cx_nlp.tagger.mention import overall_sentiment

GENERAL = "general"
"""The factor of a judgement that names none; it gives way to a named one at the same touchpoint with the same sentiment."""

SAFE = 0.6
"""A comment whose sentiment is less sure than this is sent to a person."""
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
    """Thresholds and rules; one threshold for every category."""

    layout: Layout
    thresholds: Array

    def decide(self, probabilities: Probabilities) -> Iterator[Decided]:
        """The tags of every comment of a batch, in order."""
        cuts = np.searchsorted(probabilities.candidates.comment, np.arange(len(probabilities.sentiment) + 1))
        certain = probabilities.mention / self.thresholds[probabilities.candidates.category]
        for i, (start, stop) in enumerate(pairwise(cuts)):
            yield self._comment(probabilities, certain, np.arange(start, stop), probabilities.sentiment[i])

    def _comment(
        self, probabilities: Probabilities, certain: Array, rows: npt.NDArray[np.intp], sentiment: Array
    ) -> Decided:
        found = [
            mention for row in rows[certain[rows] >= 1] for mention in self._mentions(probabilities, row)
        ]
        best: tuple[float, str, list[Found]] | None = None
        for name, likely in zip(self.layout.sentiments, sentiment, strict=True):
            score, completed = self._completed(probabilities, certain, rows, found, name)
            score += float(np.log(max(likely, 1e-9)))
            if best is None or score > best[0]:
                best = score, name, completed
        _, name, completed = best or (0.0, overall_sentiment([]), found)
        confidence = float(sentiment[self.layout.sentiments.index(name)])
        kept = tuple(self._without_vague(completed))
        return Decided(name, confidence, confidence < SAFE, kept)

    def _mentions(self, probabilities: Probabilities, row: int) -> list[Found]:
        candidates = probabilities.candidates
        first = _found(probabilities, row, int(candidates.clause[row]))
        other = int(candidates.second_clause[row])
        if other >= 0 and candidates.second_likely[row] >= SECOND_OPINION:
            second = _found(probabilities, row, other)
            if second.polarity != first.polarity:
                return [first, second]
        return [first]

    def _completed(
        self,
        probabilities: Probabilities,
        certain: Array,
        rows: npt.NDArray[np.intp],
        found: list[Found],
        sentiment: str,
    ) -> tuple[float, list[Found]]:
        """The mentions with those added that `sentiment` needs, and the log of how far the additions are from certain."""
        score, completed = 0.0, list(found)
        for polarity in NEEDED.get(sentiment, ()):
            k = self.layout.polarities.index(polarity) if polarity in self.layout.polarities else -1
            if k < 0 or any(mention.polarity == k for mention in completed):
                continue
            if not len(rows):
                return -np.inf, completed
            clauses = probabilities.candidates.clause[rows]
            leaning = probabilities.polarity[clauses]
            fit = np.minimum(certain[rows], 1) * leaning[:, k] / leaning.max(axis=1)
            row = rows[int(np.argmax(fit))]
            score += float(np.log(max(fit.max(), 1e-9)))
            completed = [
                m
                for m in completed
                if sentiment == "mixed" or m.category != probabilities.candidates.category[row]
            ]
            completed.append(_found(probabilities, row, int(probabilities.candidates.clause[row]), k))
        return score, completed

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


def _found(probabilities: Probabilities, row: int, clause: int, polarity: int | None = None) -> Found:
    leaning = probabilities.polarity[clause]
    k = int(np.argmax(leaning)) if polarity is None else polarity
    confidence = float(probabilities.mention[row] * leaning[k])
    return Found(int(probabilities.candidates.category[row]), k, clause, confidence)


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
    common = _best_threshold(likely, right, totals.sum())
    own = np.array(
        [_best_threshold(likely[category == k], right[category == k], totals[k]) for k in range(len(totals))]
    )
    weight = totals / (totals + pull)
    return np.asarray(weight * own + (1 - weight) * common)


def _best_threshold(likely: Array, right: npt.NDArray[np.bool_], total: float) -> float:
    """The threshold between 0.1 and 0.8 of the best F1, given how many true ones there are in all."""
    grid = np.linspace(0.1, 0.8, 71)
    kept = likely[None, :] >= grid[:, None]
    scores = 2 * (kept & right).sum(axis=1) / np.maximum(kept.sum(axis=1) + total, 1)
    return float(grid[int(np.argmax(scores))])
