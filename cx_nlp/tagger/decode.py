"""From probabilities to tags: which mentions a comment holds, and a sentiment that agrees with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.decision import Array, Probabilities
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.tags import Found, Ints, Mentions, Tags

GENERAL = "general"
"""The factor of a judgement that names none; it gives way to a named one at the same touchpoint with the same sentiment."""

SAFE = 0.6
"""A comment whose sentiment is less sure than this is sent to a person, as is one whose sentiment rests on a mention
that did not reach its threshold."""
SECOND_OPINION = 0.5
"""How likely a second clause must be to tell the opposite of the first about the same category."""

POLES = ("positive", "negative")
IMPOSSIBLE = -1e9
"""The log of how far a comment is from a mention that it cannot hold."""
NEEDED = {"positive": ("positive",), "negative": ("negative",), "mixed": ("positive", "negative")}
"""The mentions that a comment's sentiment cannot be without."""


@dataclass(frozen=True)
class Decoder:
    """Thresholds and rules; a threshold for each category.

    Where the data know neither "positive" nor "negative", a comment's own sentiment cannot be told: it is given as
    neutral with confidence 0, to be reviewed.
    """

    layout: Layout
    thresholds: Array

    def tags(self, probabilities: Probabilities) -> Tags:
        """The tags of a batch."""
        ratio = probabilities.mention / self.thresholds[probabilities.candidates.category]
        poles = [pole for pole in POLES if pole in self.layout.polarities]
        polarity = np.array([self.layout.polarities.index(pole) for pole in poles], np.intp)
        mentions = _certain(probabilities, np.flatnonzero(ratio >= 1))
        told = np.zeros((len(probabilities.sentiment), len(self.layout.polarities)), bool)
        told[mentions.comment, mentions.polarity] = True
        best = _Best.of(probabilities, ratio, polarity)
        needed = np.array(
            [[pole in NEEDED.get(name, ()) for pole in poles] for name in self.layout.sentiments], bool
        )
        impossible = np.array([not {*NEEDED.get(name, ())} <= {*poles} for name in self.layout.sentiments])
        lacking = np.where(told[:, polarity], 0.0, best.log)
        scores = (
            np.log(np.maximum(probabilities.sentiment, 1e-9)) + lacking @ needed.T + impossible * IMPOSSIBLE
        )
        chosen = scores.argmax(axis=1)
        confidence = probabilities.sentiment[np.arange(len(chosen)), chosen] * bool(poles)
        added = needed[chosen] & ~told[:, polarity]
        unsure = (confidence < SAFE) | (added & (best.ratio < 1)).any(axis=1)
        return Tags(
            chosen,
            confidence,
            unsure,
            self._settled(mentions, added, needed[chosen], best, polarity, probabilities),
        )

    def _settled(
        self,
        mentions: Mentions,
        added: npt.NDArray[np.bool_],
        needed: npt.NDArray[np.bool_],
        best: _Best,
        polarity: Ints,
        probabilities: Probabilities,
    ) -> Mentions:
        """The mentions, with those that a comment's sentiment cannot be without, and without vague ones."""
        names = [category.partition("#") for category in self.layout.categories]
        vague = np.array([factor == GENERAL for *_, factor in names])
        n = len(added)
        unclear = np.bincount(mentions.comment[vague[mentions.category]], minlength=n) > 0
        open_ = added.any(axis=1) | (unclear & (np.bincount(mentions.comment, minlength=n) > 1))
        found_in = mentions.at(open_[mentions.comment]).found()
        rows: list[tuple[int, Found]] = []
        for comment in np.flatnonzero(open_).tolist():
            found = found_in.get(comment, [])
            wanted = [int(polarity[k]) for k in np.flatnonzero(needed[comment])]
            for k in np.flatnonzero(added[comment]).tolist():
                found = _completed(
                    found, _found(probabilities, int(best.row[comment, k]), int(polarity[k])), wanted
                )
            rows += ((comment, kept) for kept in self._without_vague(found))
        return mentions.at(~open_[mentions.comment]).joined(Mentions.of(rows))

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


def _found(probabilities: Probabilities, row: int, polarity: int) -> Found:
    """What a candidate says where it is taken to have this polarity."""
    category, clause = (
        int(of[row]) for of in (probabilities.candidates.category, probabilities.candidates.clause)
    )
    return Found(
        category,
        polarity,
        clause,
        float(probabilities.mention[row] * probabilities.polarity[row, polarity]),
    )


def _certain(probabilities: Probabilities, rows: Ints) -> Mentions:
    """What candidates say, and after each of them the opposite where a second clause of it says that."""
    candidates = probabilities.candidates
    first, second = probabilities.polarity[rows], probabilities.second_polarity[rows]
    two = (candidates.second_clause[rows] >= 0) & (candidates.second_likely[rows] >= SECOND_OPINION)
    two &= first.argmax(axis=1) != second.argmax(axis=1)
    at = np.repeat(np.arange(len(rows)), 1 + two)
    is_second = np.diff(at, prepend=-1) == 0
    polarity = np.where(is_second[:, None], second[at], first[at])
    both = rows[at]
    clause = np.where(is_second, candidates.second_clause[both], candidates.clause[both])
    sure = np.where(is_second, candidates.second_likely[both], 1.0)
    confidence = probabilities.mention[both] * polarity.max(axis=1, initial=0) * sure
    return Mentions(
        candidates.comment[both], candidates.category[both], polarity.argmax(axis=1), clause, confidence
    )


def _completed(found: Sequence[Found], best: Found, needed: Sequence[int]) -> list[Found]:
    """The mentions with the best one of a polarity, which replaces its opposite unless that is needed, too."""
    others = [mention for mention in found if mention.category != best.category]
    told = {mention.polarity for mention in others}
    kept = others if all(k in told for k in needed if k != best.polarity) else found
    return [*kept, best]


@dataclass(frozen=True)
class _Best:
    """For every comment and pole the candidate that comes nearest to a certain mention of it, shape (comments, poles)."""

    row: Ints
    log: Array
    """The log of how near it comes; where a comment has no candidate, `IMPOSSIBLE`."""
    ratio: Array
    """The candidate's probability as a share of its threshold."""

    @classmethod
    def of(cls, probabilities: Probabilities, ratio: Array, poles: Ints) -> _Best:
        candidates, polarity = probabilities.candidates, probabilities.polarity
        shape = (len(probabilities.sentiment), len(poles))
        row, log = np.zeros(shape, np.intp), np.full(shape, IMPOSSIBLE)
        if not len(ratio):
            return cls(row, log, np.zeros(shape))
        leaning = (polarity / polarity.max(axis=1, keepdims=True))[:, poles]
        fit = np.log(np.maximum(np.minimum(ratio, 1)[:, None] * leaning, 1e-9))
        first = np.flatnonzero(np.diff(candidates.comment, prepend=-1))
        filled, sizes = candidates.comment[first], np.diff(np.append(first, len(ratio)))
        highest = np.maximum.reduceat(fit, first, axis=0)
        # The first of the best: later ones are written before it.
        for k, column in enumerate(fit.T):
            ties = np.flatnonzero(column == np.repeat(highest[:, k], sizes))[::-1]
            row[candidates.comment[ties], k] = ties
        log[filled] = highest
        return cls(row, log, ratio[row])
