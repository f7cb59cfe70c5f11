"""Arrays that grow at their end."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Scalar = TypeVar("Scalar", bound=np.generic)
_FIRST_ROOM = 1024


class Growing(Generic[Scalar]):
    """A one-dimensional array to which values are added in time proportional to their number."""

    def __init__(self, dtype: type[Scalar]) -> None:
        self._room: npt.NDArray[Scalar] = np.zeros(_FIRST_ROOM, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, values: Any) -> None:  # noqa: ANN401
        """Add values, as an array or a list, at the end."""
        size = self._size + len(values)
        if size > len(self._room):
            room = np.zeros(max(size, 2 * len(self._room)), self._room.dtype)
            room[: self._size] = self._room[: self._size]
            self._room = room
        self._room[self._size : size] = values
        self._size = size

    @property
    def values(self) -> npt.NDArray[Scalar]:
        """All values; a view that later additions do not change."""
        return self._room[: self._size]


def ragged(starts: npt.NDArray[Any], lengths: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """The positions ``start, start + 1, …`` of all runs, end to end.

    >>> ragged(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)
