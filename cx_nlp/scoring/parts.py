"""An export in parts of fixed size, each with the texts that are to be tagged for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Chunk, Export, Rejected

ROWS = 2048
"""Rows of a part, good and refused: where a part begins depends on nothing but its place in the export, and with it which texts
an encoder of 8 bits reads side by side."""
REMEMBERED = 32
"""Parts back to which a text that recurs is not tagged again."""
SHORT = 200
"""Characters up to which a text is remembered as it is, and not by its digest."""
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Part:
    """Some rows of an export.

    Attributes
    ----------
    number : int
        From 0.
    chunk : Chunk
        As the reader gave it.
    comments : pandas.DataFrame
        The rows that can be tagged.
    rejected : tuple of Rejected
    texts : list of str
        The distinct texts that no part before this one (of those remembered) has.
    part_of, row_of : ndarray of int, shape (comments,)
        For every comment the part that tags its text, and the text's place there.
    """

    number: int
    chunk: Chunk
    comments: pd.DataFrame
    rejected: tuple[Rejected, ...]
    texts: list[str]
    part_of: Ints
    row_of: Ints


def parts_of(export: Export, reader: CommentReader) -> Iterator[Part]:
    """The export from its beginning, part by part."""
    repeats = _Repeats()
    for number, chunk in enumerate(export.chunks(ROWS)):
        comments, rejected = reader.read(chunk)
        yield Part(number, chunk, comments, rejected, *repeats.placed(number, comments["text"].tolist()))


class _Repeats:
    """Where each text of the last parts was met first."""

    def __init__(self) -> None:
        self._places: dict[str | bytes, tuple[int, int]] = {}
        self._parts: deque[list[str | bytes]] = deque()

    def placed(self, number: int, texts: Sequence[str]) -> tuple[list[str], Ints, Ints]:
        """The texts that are new in a part, and for each text its part and its place there."""
        places: list[tuple[int, int]] = []
        fresh: list[str] = []
        keys: list[str | bytes] = []
        for text in texts:
            key = text if len(text) <= SHORT else blake2b(text.encode("utf-8", "surrogatepass")).digest()
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = number, len(fresh)
                fresh.append(text)
                keys.append(key)
            places.append(place)
        self._parts.append(keys)
        if len(self._parts) > REMEMBERED:
            for key in self._parts.popleft():
                del self._places[key]
        part_of, row_of = np.array(places, np.intp).reshape(-1, 2).T
        return fresh, part_of, row_of


class Tagged:
    """Brings the tags of the last parts' texts to the comments."""

    def __init__(self) -> None:
        self._tables: dict[int, pa.Table] = {}

    def rows(self, part: Part, tags: pa.Table) -> pa.Table:
        """A row for every comment of the part, `tags` being those of its new texts; parts come in their order."""
        self._tables[part.number] = tags
        self._tables.pop(part.number - REMEMBERED, None)
        if len(part.texts) == len(part.comments):
            return tags
        of, place = np.unique(part.part_of, return_inverse=True)
        tables = [self._tables[number] for number in of.tolist()]
        starts = np.cumsum([0, *(len(table) for table in tables)])
        return pa.concat_tables(tables).take(starts[place] + part.row_of)
