"""Groups of comments that are copies of each other but for a word or a sign, to be kept on one side of a split."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import HashingVectorizer

from cx_nlp.text.accents import fold_accents

Ints = NDArray[np.int64]

THRESHOLD = 0.75
"""Shared part of the two texts' runs of four characters (Jaccard) from which they count as near-duplicates."""

_SHINGLE = 4
# 32 bands of 4: texts with 0.75 in common meet in a bucket all but once in 100 000 times, with 0.4 every second time.
_BANDS, _ROWS = 32, 4
# Compared with so many followers in its bucket: all pairs of a large bucket would be quadratic, and copies of
# copies are joined through their neighbours anyway.
_FOLLOWERS = 16
_PAIRS_AT_ONCE = 100_000


def near_duplicate_groups(texts: Sequence[str], *, threshold: float = THRESHOLD) -> Ints:
    """A group number for each text; texts that are near-duplicates, also through others, share it.

    Case, accents, punctuation and repeated letters do not count. Numbers rise in order of first appearance,
    ready as `groups` of scikit-learn's GroupKFold. Time grows linearly with the texts (MinHash with banding,
    candidates checked exactly).

    Examples
    --------
    >>> near_duplicate_groups(["Giao hàng nhanh!", "giao hang nhanhhh", "Máy bị nóng"]).tolist()
    [0, 0, 1]
    """
    keys = [text_key(text) for text in texts]
    places: dict[str, int] = {}
    distinct = np.array([places.setdefault(key, len(places)) for key in keys], dtype=np.int64)
    return distinct if len(places) < 2 else _joined(list(places), threshold)[distinct]


def text_key(text: str) -> str:
    """What is left of a text when the differences that do not count are taken away."""
    folded = fold_accents(unicodedata.normalize("NFKC", text)).casefold()
    words = re.sub(r"(.)\1+", r"\1", re.sub(r"\W+", " ", folded).strip())
    return words or text.strip()


def _joined(keys: list[str], threshold: float) -> Ints:
    """Group numbers of distinct keys."""
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(_SHINGLE, _SHINGLE), binary=True, norm=None, alternate_sign=False, n_features=2**22,
        lowercase=False, dtype=np.float32,
    )  # fmt: skip
    shingles = vectorizer.transform(keys).tocsr()
    pairs = [_close(shingles, some, threshold) for some in _candidates(shingles)]
    left, right = np.concatenate([np.empty((2, 0), dtype=np.int64), *pairs], axis=1)
    links = coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(len(keys), len(keys)))
    found = connected_components(links, directed=False)[1]
    return _by_appearance(found)


def _by_appearance(groups: Ints) -> Ints:
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _candidates(shingles: csr_matrix) -> Iterator[Ints]:
    """Pairs (2 x many, left below right, each once) that share a bucket, some at a time."""
    rows = np.flatnonzero(np.diff(shingles.indptr))
    buckets = _buckets(shingles, rows)
    pairs = [_bucket_pairs(column, rows) for column in buckets]
    left, right = np.concatenate([np.empty((2, 0), dtype=np.int64), *pairs], axis=1)
    both = np.unique(left * shingles.shape[0] + right)
    for start in range(0, len(both), _PAIRS_AT_ONCE):
        yield np.stack(np.divmod(both[start : start + _PAIRS_AT_ONCE], shingles.shape[0]))


def _buckets(shingles: csr_matrix, rows: Ints) -> Iterator[NDArray[np.uint64]]:
    """For each band, the bucket of each row: equal where the smallest hashes of the band are."""
    random = np.random.default_rng(0)
    numbers = shingles.indices.astype(np.uint64)
    starts = shingles.indptr[rows]
    for _ in range(_BANDS):
        bucket = np.zeros(len(rows), dtype=np.uint64)
        for _ in range(_ROWS if len(rows) else 0):
            factor, shift = random.integers(1, 2**63, size=2, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
            hashed = ((numbers * factor + shift) ^ (numbers * shift)) >> np.uint64(32)
            bucket = bucket * np.uint64(0x9E3779B97F4A7C15) + np.minimum.reduceat(hashed, starts)
        yield bucket


def _bucket_pairs(bucket: NDArray[np.uint64], rows: Ints) -> Ints:
    order = np.argsort(bucket, kind="stable")
    found = []
    for step in range(1, _FOLLOWERS + 1):
        same = np.flatnonzero(bucket[order[step:]] == bucket[order[:-step]])
        if not len(same):
            break
        found.append(np.stack([rows[order[same]], rows[order[same + step]]]))
    return np.concatenate([np.empty((2, 0), dtype=np.int64), *found], axis=1)


def _close(shingles: csr_matrix, pairs: Ints, threshold: float) -> Ints:
    """The pairs whose Jaccard similarity reaches the threshold."""
    sizes = np.diff(shingles.indptr)
    shared = np.asarray(shingles[pairs[0]].multiply(shingles[pairs[1]]).sum(axis=1)).ravel()
    return pairs[:, shared >= threshold * (sizes[pairs[0]] + sizes[pairs[1]] - shared)]
