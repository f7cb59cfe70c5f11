"""Comments made ready for a network: normalised, cut into words and clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cx_nlp.encoder.examples import SIGNS, UNKNOWN, Example
from cx_nlp.segment import Segmented, segment
from cx_nlp.tagger.labelling import Labelling
from cx_nlp.tagger.mention import Annotation
from cx_nlp.text import Normalized, detect, normalize
from cx_nlp.text.emoji import TOKENS
from cx_nlp.text.marks import has_marks, known_marks

WINDOW = 256
"""Pieces that a network reads at once; a longer comment is read in several windows."""
PICTURES = dict(zip(TOKENS.values(), SIGNS, strict=True))
"""What the encoder knows of the normaliser's words for emoji."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A text made ready: the text as given, its normal form, its words and clauses.

    `words` are those of `parts` as the encoder reads them: pictures as one sign each, Vietnamese with its marks.
    """

    text: str
    normal: Normalized
    parts: Segmented
    truncated: bool
    words: tuple[str, ...]

    @property
    def blanks(self) -> tuple[bool, ...]:
        """Whether something stands between a word and the one before it."""
        starts, ends = self.parts.starts, self.parts.ends
        return tuple(i == 0 or starts[i] > ends[i - 1] for i in range(len(starts)))

    @property
    def spoken(self) -> npt.NDArray[np.bool_]:
        """Of each word whether it is more than blanks."""
        return np.array([not word.isspace() for word in self.parts.words], bool)

    @property
    def wordless(self) -> bool:
        """Whether pictures (emoji, emoticons) are all it says."""
        words = self.parts.words
        return any(word in PICTURES for word in words) and not any(
            sign.isalnum() for word in words if word not in PICTURES for sign in word
        )

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Offsets of words (from, to) in the text as given."""
        return self.normal.span(self.parts.starts[first], self.parts.ends[after - 1])


def read_comments(texts: Sequence[str], max_chars: int) -> list[Comment]:
    """Texts made ready; a longer one is read up to `max_chars`."""
    normal = [normalize(text[:max_chars]) for text in texts]
    parts = segment(n.text for n in normal)
    return [
        Comment(t, n, p, len(t) > max_chars, _as_read(n, p))
        for t, n, p in zip(texts, normal, parts, strict=True)
    ]


def _as_read(normal: Normalized, parts: Segmented) -> tuple[str, ...]:
    words = parts.words
    # The encoder was trained on marked text before us and by us: bare words tell it far less.
    if words and not has_marks(words) and detect(normal.text).code == "vi":
        words = known_marks().restore(words)
    return tuple(PICTURES.get(word, word) for word in words)


def example_of(comment: Comment, found: Annotation, labelling: Labelling) -> Example:
    """A comment with its labels at the words of their quotes."""
    at: list[list[int]] = [[] for _ in comment.parts.words]
    loose = []
    spans = [comment.span(i, i + 1) for i in range(len(at))]
    for target in found.targets:
        if (label := labelling.of(target)) is None:
            continue
        start, end = target.start, target.end
        inside = [
            i
            for i, (a, b) in enumerate(spans)
            if start is not None and end is not None and min(b, end) > max(a, start)
        ]
        for i in inside:
            if label not in at[i]:
                at[i].append(label)
        if not inside:
            loose.append(label)
    known = found.sentiment in labelling.sentiments
    return Example(
        comment.words, comment.blanks, tuple(map(tuple, at)), tuple(loose),
        labelling.sentiments.index(found.sentiment) if known else UNKNOWN, tuple(comment.parts.clauses),
        detect(comment.normal.text).code,
    )  # fmt: skip


def plain_example(comment: Comment, label: int | None) -> Example:
    """A comment with the position of its one label, None where it is not known."""
    at = tuple(() for _ in comment.parts.words)
    return Example(
        comment.words,
        comment.blanks,
        at,
        (),
        UNKNOWN if label is None else label,
        tuple(comment.parts.clauses),
        located=False,
    )
