"""Ids seen so far, in 12 bytes each, so that a duplicate is found however far apart its rows are."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

LARGEST = 1 << 20
"""Ids up to which blocks are put together: while that is done they take four times their memory."""
_Block = tuple[NDArray[np.uint64], NDArray[np.uint32] | NDArray[np.int64]]


class IdIndex:
    """Digests of the ids seen and the line where each was seen first.

    Digests have 8 bytes: among ten million ids, two different ones are taken for the same with a chance of three in
    a million.
    """

    def __init__(self) -> None:
        # Sorted blocks, each large or more than twice the next one's size, so that adding a batch seldom moves many.
        self._blocks: list[_Block] = []

    def add(self, ids: Sequence[str], lines: Sequence[int]) -> NDArray[np.int64]:
        """Takes in a batch of ids; gives the line where each was seen before, -1 where it is new."""
        digests = np.array([_digest(id) for id in ids], dtype=np.uint64)
        places = np.asarray(lines, dtype=np.int64)
        earlier = self._find(digests)
        unique, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
        repeated = first[inverse] != np.arange(len(digests))
        new = earlier[first] < 0
        earlier = np.where((earlier < 0) & repeated, places[first[inverse]], earlier)
        self._keep(unique[new], places[first[new]])
        return earlier

    def _find(self, digests: NDArray[np.uint64]) -> NDArray[np.int64]:
        lines = np.full(len(digests), -1, dtype=np.int64)
        for known, known_lines in self._blocks:
            at = np.minimum(np.searchsorted(known, digests), len(known) - 1)
            lines = np.where(known[at] == digests, known_lines[at], lines)
        return lines

    def _keep(self, digests: NDArray[np.uint64], lines: NDArray[np.int64]) -> None:
        if not len(digests):
            return
        short = lines.astype(np.uint32)
        self._blocks.append((digests, short if (short == lines).all() else lines))
        while len(self._blocks) > 1 and _belong_together(*(len(known) for known, _ in self._blocks[-2:])):
            (one, one_lines), (two, two_lines) = self._blocks.pop(), self._blocks.pop()
            together, together_lines = np.concatenate([one, two]), np.concatenate([one_lines, two_lines])
            order = np.argsort(together, kind="stable")
            self._blocks.append((together[order], together_lines[order]))


def _belong_together(older: int, newer: int) -> bool:
    return older <= 2 * newer and older + newer <= LARGEST


def _digest(id: str) -> int:
    return int.from_bytes(blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
