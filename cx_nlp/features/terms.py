"""The terms of a vocabulary in little memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise

import numpy as np


class Terms(Mapping[str, int]):
    """Terms and their positions from 0 on, as one piece of text: an eighth of what a dictionary of them takes.

    Where one is looked up, a dictionary is made and kept; going through them makes none.

    Parameters
    ----------
    terms : iterable of str
        Distinct.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        found = [*terms]
        # Half of a surrogate pair may stand in a term.
        self._text = "".join(found).encode("utf-8", "surrogatepass")
        self._ends = np.cumsum([0, *map(len, found)], dtype=np.int32)

    def __getitem__(self, term: str) -> int:
        return self._places[term]

    def __iter__(self) -> Iterator[str]:
        text = self._text.decode("utf-8", "surrogatepass")
        return (text[start:end] for start, end in pairwise(self._ends.tolist()))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getstate__(self) -> dict[str, object]:
        return {"_text": self._text, "_ends": self._ends}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self)}
