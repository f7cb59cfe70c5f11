"""One pass over an export: of every comment only what the choice needs, and no text."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pandas as pd

from cx_nlp.duplicates import text_key
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Chunk, Export
from cx_nlp.personal import mask
from cx_nlp.suggesting.doubt import doubts
from cx_nlp.tagger import TaggedComment
from cx_nlp.tagger.frames import Tags
from cx_nlp.text import detect

Progress = Callable[[int, float], None]
"""Called after each chunk with the rows read so far and the share of the export they are (0 to 1)."""
ROWS = 2048


@dataclass(frozen=True)
class Scan:
    """What is kept of each comment that can be chosen, one entry a comment in the order of the file.

    Attributes
    ----------
    line : ndarray of int64
        Where it stands in the export.
    doubt : ndarray of float32
        See `cx_nlp.suggesting.doubt`.
    slice_of : ndarray of int32
        Position of its language and source in `slices`.
    slices : tuple of (language, source)
        Source is None where the export has none.
    cause_of, comment_of : ndarray of int32, shape (mentions,)
        Position in `causes` of every distinct cause told, and of its comment.
    causes : tuple of (touchpoint, factor)
    rows, repeated, labelled : int
        Rows of the export; comments left out because their text came before, or is labelled already.
    """

    line: npt.NDArray[np.int64]
    doubt: npt.NDArray[np.float32]
    slice_of: npt.NDArray[np.int32]
    slices: tuple[tuple[str, str | None], ...]
    cause_of: npt.NDArray[np.int32]
    comment_of: npt.NDArray[np.int32]
    causes: tuple[tuple[str, str], ...]
    rows: int
    repeated: int
    labelled: int

    def __len__(self) -> int:
        return len(self.line)


def scan(
    export: Export,
    plan: CommentPlan,
    tagger: Tags,
    *,
    known: Collection[str] = (),
    progress: Progress | None = None,
) -> Scan:
    """What a model says of an export's comments, each text once.

    Parameters
    ----------
    known
        Texts that are labelled already, as written or masked: they are left out.
    """
    kept = _Kept({_digest(text_key(text)) for text in known})
    reader, rows = CommentReader(plan), 0
    for chunk in export.chunks(ROWS):
        comments, _ = reader.read(chunk)
        new = comments[[kept.is_new(text) for text in comments["text"].tolist()]]
        kept.add(new, tagger.tag_many(new["text"].tolist()))
        rows += len(chunk.frame) + len(chunk.rejected)
        if progress is not None:
            progress(rows, _share(chunk, export))
    return kept.scan(rows)


class _Kept:
    """The columns of a `Scan` while they grow."""

    def __init__(self, labelled: set[int]) -> None:
        self.labelled = labelled
        self.seen: set[int] = set()
        self.left_out = {"repeated": 0, "labelled": 0}
        self.line, self.doubt, self.slice_of = array("q"), array("f"), array("i")
        self.cause_of, self.comment_of = array("i"), array("i")
        self.slices: dict[tuple[str, str | None], int] = {}
        self.causes: dict[tuple[str, str], int] = {}

    def is_new(self, text: str) -> bool:
        key = _digest(text_key(text))
        if key in self.seen:
            self.left_out["repeated"] += 1
            return False
        self.seen.add(key)
        if self.labelled and (key in self.labelled or _digest(text_key(mask(text))) in self.labelled):
            self.left_out["labelled"] += 1
            return False
        return True

    def add(self, comments: pd.DataFrame, tagged: Sequence[TaggedComment]) -> None:
        sources = comments["channel"].tolist() if "channel" in comments else [None] * len(comments)
        self.line.extend(comments.index.tolist())
        self.doubt.extend(doubts(tagged).tolist())
        for at, (comment, source) in enumerate(zip(tagged, sources, strict=True), start=len(self.slice_of)):
            part = (language(comment.text), source if isinstance(source, str) else None)
            self.slice_of.append(self.slices.setdefault(part, len(self.slices)))
            for cause in dict.fromkeys((m.touchpoint, m.factor) for m in comment.mentions):
                self.cause_of.append(self.causes.setdefault(cause, len(self.causes)))
                self.comment_of.append(at)

    def scan(self, rows: int) -> Scan:
        return Scan(
            np.array(self.line, np.int64), np.array(self.doubt, np.float32), np.array(self.slice_of, np.int32), tuple(self.slices),
            np.array(self.cause_of, np.int32), np.array(self.comment_of, np.int32), tuple(self.causes), rows, **self.left_out,
        )  # fmt: skip


def language(text: str) -> str:
    """The language of a comment: "vi", "en" or "und"."""
    return detect(normalize("NFC", text)).code


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", errors="replace"), digest_size=8).digest(), "big")


def _share(chunk: Chunk, export: Export) -> float:
    lines = [int(chunk.frame.index[-1])] if len(chunk.frame) else []
    last = max([*lines, *(row.line for row in chunk.rejected)], default=0)
    return min(last / export.last_line, 1.0) if export.last_line else 0.0
