"""What many comments and a model's tags of them look like, in counts: no text, a few kB as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LENGTHS = (*range(22), 25, 30, 40, 50, 61, 80, 100, 150, 200, 300)
"""Words from which on a comment is in the next bin; the bounds of the slices by length (`metrics.slices`) are among them."""
CONFIDENCES = tuple(round(0.02 * k, 2) for k in range(50))
BOUNDS: Mapping[str, tuple[float, ...]] = {"confidence": CONFIDENCES, "length": LENGTHS}
"""The lower bounds of the bins in which a number is counted; of "length" the upper bound of each bin is whole words."""
SHARES = ("none", "unknown_words", "emoji", "without_diacritics")
"""Measures that a comment has or has not."""
MAX_LABELS = 10_000
_MAX = 10**12


@dataclass(frozen=True)
class Spread:
    """How a number is distributed over comments: their counts in fixed bins, their sum and their sum of squares."""

    counts: tuple[int, ...]
    total: float
    squares: float

    @property
    def n(self) -> int:
        """Comments."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Mean; 0 where there is no comment."""
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Variance of a sample; 0 where there are fewer than two comments."""
        return max(self.squares - self.n * self.mean**2, 0.0) / (self.n - 1) if self.n > 1 else 0.0


@dataclass(frozen=True)
class Profile:
    """Counts over comments and what a model says of them.

    Attributes
    ----------
    comments : int
    about : str
        Which comments, a part of a sentence.
    exclusive : dict of str to dict of str to int
        Comments by the one class they have: "language", and "sentiment" or, of a model of single labels, "label".
    held : dict of str to dict of str to int
        Comments that hold a label at least once, of "touchpoint" and "factor"; empty of a model of single labels.
    shares : dict of str to (int, int)
        Comments that have a thing and those that could: "none" (no mention), "emoji", "without_diacritics" (of the Vietnamese ones),
        "unknown_words" (at least one word that the model does not know); a thing that the model cannot tell is missing.
    words : (int, int)
        Unknown words, and words.
    spreads : dict of str to Spread
        "confidence", of the least sure thing that the model says of a comment, and "length" in words.
    """

    comments: int
    about: str
    exclusive: Mapping[str, Mapping[str, int]]
    held: Mapping[str, Mapping[str, int]]
    shares: Mapping[str, tuple[int, int]]
    words: tuple[int, int]
    spreads: Mapping[str, Spread]

    def to_dict(self) -> dict[str, Any]:
        """The profile as plain types, ready for JSON."""
        return {
            "comments": self.comments,
            "about": self.about,
            "exclusive": {name: dict(sorted(one.items())) for name, one in self.exclusive.items()},
            "held": {name: dict(sorted(one.items())) for name, one in self.held.items()},
            "shares": {name: list(pair) for name, pair in self.shares.items()},
            "words": list(self.words),
            "spreads": {
                name: {
                    "counts": list(one.counts),
                    "total": round(one.total, 4),
                    "squares": round(one.squares, 4),
                }
                for name, one in self.spreads.items()
            },
        }

    @classmethod
    def from_dict(cls, found: object) -> Profile:
        """The profile that `to_dict` made plain; it may come from anywhere.

        Raises
        ------
        ValueError
            It is of another form, or its counts contradict each other.
        """
        given = _object(found, "profile")
        if {*given} != {"comments", "about", "exclusive", "held", "shares", "words", "spreads"}:
            raise ValueError("has other parts than a profile")
        n, about = _count(given["comments"]), given["about"]
        if not isinstance(about, str):
            raise ValueError("'about' must be a text")
        made = cls(
            n, about[:300],
            {name: _counts(one, name) for name, one in _object(given["exclusive"], "exclusive").items()},
            {name: _counts(one, name) for name, one in _object(given["held"], "held").items()},
            {name: _pair(one, name) for name, one in _object(given["shares"], "shares").items()},
            _pair(given["words"], "words"),
            {name: _spread(one, name) for name, one in _object(given["spreads"], "spreads").items()},
        )  # fmt: skip
        made._check()
        return made

    def _check(self) -> None:
        classes = {*self.exclusive}
        if classes not in ({"language", "sentiment"}, {"language", "label"}) or {*self.spreads} != {*BOUNDS}:
            raise ValueError("lacks the counts of language, label, confidence or length")
        if {*self.held} not in (set(), {"touchpoint", "factor"}) or not {*self.shares} <= {*SHARES}:
            raise ValueError("counts things that no profile counts")
        sums = [sum(one.values()) for one in self.exclusive.values()]
        sums += [one.n for one in self.spreads.values()]
        most = [n for one in self.held.values() for n in one.values()]
        most += [of for _, of in self.shares.values()]
        if any(n != self.comments for n in sums) or any(n > self.comments for n in most):
            raise ValueError("its counts do not add up to its comments")


def _object(found: object, name: str) -> dict[str, Any]:
    if (
        not isinstance(found, dict)
        or len(found) > MAX_LABELS
        or not all(isinstance(key, str) for key in found)
    ):
        raise ValueError(f"{name!r} must be an object")
    return found


def _count(found: object) -> int:
    if type(found) is not int or not 0 <= found <= _MAX:
        raise ValueError(f"{str(found)[:40]!r} is no count")
    return found


def _counts(found: object, name: str) -> dict[str, int]:
    return {key: _count(n) for key, n in _object(found, name).items()}


def _pair(found: object, name: str) -> tuple[int, int]:
    if not isinstance(found, (list, tuple)) or len(found) != 2:
        raise ValueError(f"{name!r} must be two counts")
    part, whole = map(_count, found)
    if part > whole:
        raise ValueError(f"{name!r} has a part larger than the whole")
    return part, whole


def _spread(found: object, name: str) -> Spread:
    given = _object(found, name)
    bounds = BOUNDS.get(name)
    counts = given.get("counts")
    if bounds is None or not isinstance(counts, list) or len(counts) != len(bounds):
        raise ValueError(f"{name!r} must have a count for each of its bins")
    sums = [given.get(key) for key in ("total", "squares")]
    if {*given} != {"counts", "total", "squares"} or not all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value) and value >= 0 for value in sums
    ):  # fmt: skip
        raise ValueError(f"{name!r} must have a sum and a sum of squares")
    return Spread(tuple(map(_count, counts)), float(sums[0] or 0), float(sums[1] or 0))


def binned(values: Array, name: str) -> npt.NDArray[np.int64]:
    """How many of the values fall into each bin of a measure."""
    bounds = np.array(BOUNDS[name], float)
    # A confidence of 0.58 read as 0.5799999 must not fall below its bound.
    places = np.clip(np.searchsorted(bounds, values + 1e-9, side="right") - 1, 0, len(bounds) - 1)
    return np.bincount(places, minlength=len(bounds)).astype(np.int64)
