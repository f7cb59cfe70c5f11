"""Edits of a text, and the way back from the edited text to the original."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from cx_nlp.text.accents import lower

Edit = tuple[int, int, str]
"""Start and end in the text that is edited, and what stands there afterwards."""


class Edits:
    """What one pass changed: for every edit its place before and its place after."""

    __slots__ = ("ends", "source_ends", "source_starts", "starts")

    def __init__(self) -> None:
        self.source_starts: list[int] = []
        self.source_ends: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def source_start(self, position: int) -> int:
        """Where the character at `position` of the edited text begins in the text before."""
        index = bisect_right(self.starts, position) - 1
        if index < 0:
            return position
        beyond = position - self.ends[index]
        return self.source_starts[index] if beyond < 0 else self.source_ends[index] + beyond

    def source_end(self, position: int) -> int:
        """Where the character before `position` of the edited text ends in the text before."""
        index = bisect_left(self.starts, position) - 1
        if index < 0:
            return position
        beyond = position - self.ends[index]
        return self.source_ends[index] + max(beyond, 0)


def rewrite(text: str, changes: Iterable[Edit]) -> tuple[str, Edits]:
    """The text with `changes` made, and the edits that lead back.

    Parameters
    ----------
    text : str
    changes : iterable of (start, end, replacement)
        In order, not overlapping.
    """
    edits = Edits()
    pieces: list[str] = []
    copied = length = 0
    for start, end, replacement in changes:
        pieces += text[copied:start], replacement
        length += start - copied
        edits.source_starts.append(start)
        edits.source_ends.append(end)
        edits.starts.append(length)
        length += len(replacement)
        edits.ends.append(length)
        copied = end
    pieces.append(text[copied:])
    return "".join(pieces), edits


_ZERO_WIDTH_JOINER = "\u200d"
_FIRST_PICTOGRAPH = "\u203c"


def extends(char: str) -> bool:
    """Whether `char` belongs to the character before it: marks, emoji variants and skin tones, joiners."""
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char)[0] == "M"
        or char == _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def _joined(source: str, position: int) -> bool:
    """Whether a grapheme runs across `position`."""
    return 0 < position < len(source) and (
        extends(source[position])
        or (source[position - 1] == _ZERO_WIDTH_JOINER and source[position] >= _FIRST_PICTOGRAPH)
    )


class Normalized:
    """A normalised text that knows where each of its parts stands in the text as given.

    Attributes
    ----------
    text : str
        The normalised text, its case kept.
    source : str
        The text exactly as given.
    stages : tuple of Edits
        What each pass changed.
    """

    __slots__ = ("source", "stages", "text")

    def __init__(self, source: str, text: str, stages: tuple[Edits, ...] = ()) -> None:
        self.source = source
        self.text = text
        self.stages = stages

    @property
    def changed(self) -> bool:
        """Whether the normalised text differs from the source."""
        return bool(self.stages)

    @property
    def lowered(self) -> str:
        """The normalised text in lower case, of the same length, so that `span` holds for it as well."""
        return lower(self.text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest span of the source that covers ``text[start:end]``.

        Parameters
        ----------
        start, end : int
            ``0 <= start <= end <= len(text)``.

        Returns
        -------
        tuple of int
            A span that never parts a mark from its letter, nor an emoji from its skin tone.
            An empty span stays empty.

        Raises
        ------
        IndexError
            If the span does not lie inside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(
                f"span ({start}, {end}) does not lie inside a text of {len(self.text)} characters"
            )
        source_start = self.source_start(start)
        return source_start, source_start if start == end else max(source_start, self.source_end(end))

    def source_start(self, start: int) -> int:
        """Where in the source the character at `start` begins."""
        if start == len(self.text):
            return len(self.source)
        for stage in reversed(self.stages):
            start = stage.source_start(start)
        while _joined(self.source, start):
            start -= 1
        return start

    def source_end(self, end: int) -> int:
        """Where in the source the character before `end` ends."""
        for stage in reversed(self.stages):
            end = stage.source_end(end)
        while _joined(self.source, end):
            end += 1
        return end

    def __repr__(self) -> str:
        return f"Normalized({self.text!r}, source={self.source!r})"
