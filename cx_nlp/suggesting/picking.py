"""The choice: at random, for rare causes, and by uncertainty and distance, no two comments alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.io.suggested import RANDOM, RARE_CAUSE, UNCERTAIN
from cx_nlp.suggesting.candidates import Candidates
from cx_nlp.text import normalize
from cx_nlp.text.accents import fold_accents


def pick(
    texts: Sequence[str],
    doubt: npt.NDArray[np.float32],
    places: Candidates,
    counts: Mapping[str, int],
    *,
    known: Sequence[str] = (),
    rng: np.random.Generator,
) -> dict[int, str]:
    """Positions picked, each with what it was picked for, in an order that is random.

    The random part is drawn first, so that what the model says has no part in it: it is a simple random sample of the
    comments that are no near-duplicates of others. Then each cause in turn, rarest first, gives its most doubtful comment.
    The rest is drawn slice by slice, each comment with a chance in proportion to its doubt times the square of its
    distance (one minus the cosine of tf-idf) from the nearest comment picked so far: k-means++ seeding (Arthur and
    Vassilvitskii 2007) weighted by uncertainty, as BADGE does it with gradients (Ash et al. 2020).

    Parameters
    ----------
    texts, doubt
        Of the candidates.
    places
        Positions in `texts`.
    counts
        How many to pick for what; what causes and slices cannot fill, the most doubtful of all do.
    known
        Texts that are labelled already: nothing like them is picked.
    """
    state = _State.of(texts, known)
    state.take_first(places.random, counts[RANDOM], RANDOM)
    wanted = len(state.picked) + counts[RARE_CAUSE] + counts[UNCERTAIN]
    _take_causes(state, places.causes, counts[RARE_CAUSE])
    for quota, positions in places.slices:
        _draw(state, positions, min(quota, wanted - len(state.picked)), doubt, rng)
    everywhere = np.concatenate([np.zeros(0, np.intp), *(positions for _, positions in places.slices)])
    _draw(state, everywhere, wanted - len(state.picked), doubt, rng)
    order = rng.permutation(len(state.picked))
    picked = list(state.picked.items())
    return dict(picked[at] for at in order)


@dataclass
class _State:
    """What is picked, which candidates may still be, and how near each is to what is picked (cosine, 0 to 1)."""

    groups: npt.NDArray[np.int64]
    vectors: Any
    free: npt.NDArray[np.bool_]
    nearest: npt.NDArray[np.float64]
    picked: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Sequence[str], known: Sequence[str]) -> _State:
        groups = near_duplicate_groups([*texts, *known])
        own, labelled = groups[: len(texts)], groups[len(texts) :]
        vectoriser = TfidfVectorizer(analyzer=_terms, sublinear_tf=True, dtype=np.float32)
        vectors = vectoriser.fit_transform(texts)
        return cls(own, vectors, ~np.isin(own, labelled), np.zeros(len(texts)))

    def take(self, position: int, why: str) -> None:
        self.picked[position] = why
        self.free &= self.groups != self.groups[position]
        near = (self.vectors @ self.vectors[position].T).toarray().ravel()
        self.nearest = np.maximum(self.nearest, near)

    def take_first(self, positions: Iterable[int], n: int, why: str) -> None:
        for position in positions:
            if n <= 0:
                return
            if self.free[position]:
                self.take(int(position), why)
                n -= 1


def _terms(text: str) -> list[str]:
    """Words without accents, and pairs of them; of a text without words its signs."""
    folded = fold_accents(normalize(text).text)
    words = re.findall(r"\w+", folded) or [*folded]
    return [*words, *map(" ".join, pairwise(words))]


def _take_causes(state: _State, causes: Sequence[npt.NDArray[np.intp]], n: int) -> None:
    """One comment of each cause, rarest first, and round again, while there are any."""
    waiting = [iter(positions.tolist()) for positions in causes]
    while waiting and n > 0:
        left = []
        for positions in waiting:
            found = next((at for at in positions if state.free[at]), None)
            if found is not None and n > 0:
                state.take(found, RARE_CAUSE)
                n -= 1
                left.append(positions)
        waiting = left


def _draw(
    state: _State,
    positions: npt.NDArray[np.intp],
    n: int,
    doubt: npt.NDArray[np.float32],
    rng: np.random.Generator,
) -> None:
    for _ in range(n):
        free = positions[state.free[positions]]
        if not len(free):
            return
        # Also where the model is sure of everything there is something to draw.
        weights = (doubt[free].astype(float) + 1e-6) * np.square(
            1 - np.minimum(state.nearest[free], 1) + 1e-6
        )
        state.take(int(free[rng.choice(len(free), p=weights / weights.sum())]), UNCERTAIN)
