"""The tagger as a job sees it: it takes its turn behind the requests that somebody waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from cx_nlp.serve.waiting import Waiting
from cx_nlp.tagger.frames import Tags
from cx_nlp.tagger.mention import TaggedComment
from cx_nlp.tagger.tag_table import TAGS


class Shared:
    """A tagger with all that the one behind the queue has, whose comments go through the queue."""

    def __init__(self, tagger: Tags, waiting: Waiting) -> None:
        self._tagger = tagger
        self._waiting = waiting
        self.taxonomy = tagger.taxonomy

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._tagger, name)

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The tags of each text, in order."""
        pieces = self._waiting.submit(texts, "job")
        return [comment for piece in pieces for comment in piece.result()]

    def tag_table(self, texts: Sequence[str]) -> pa.Table:
        """The tags of each text as a table."""
        pieces = [piece.result() for piece in self._waiting.submit(texts, "job", as_table=True)]
        return pa.concat_tables(pieces) if pieces else TAGS.empty_table()
