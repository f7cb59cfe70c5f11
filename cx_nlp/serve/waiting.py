"""Comments that wait for the tagger: gathered from many requests into few calls, by one thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal

from cx_nlp.tagger.frames import Tags
from cx_nlp.tagger.tag_table import tag_table

Lane = Literal["single", "batch", "job"]
LANES: tuple[Lane, ...] = ("single", "batch", "job")
PIECE = 64
"""Comments of a request that are tagged in one go while single ones come in: they wait no longer than for this."""
WHOLE = 256
"""Comments tagged in one go otherwise; large enough for the best rate."""
QUIET_SECONDS = 2.0
"""So long after the last single comment the larger number holds."""


class Full(Exception):
    """No room for more comments."""


class Stopping(Exception):
    """No more comments are taken."""


@dataclass
class _Piece:
    """Some comments of one request."""

    texts: Sequence[str]
    as_table: bool
    found: Future[Any] = field(default_factory=Future)


class Waiting:
    """The queue before a tagger.

    Lanes take turns: all single comments that wait, then a piece of a batch, then a piece of a job. Comments that come in while
    the tagger works are gathered for its next call, so no request waits for others to come.

    Parameters
    ----------
    tagger : Tags
    room : int
        Comments that may wait in the lanes of single ones and of batches.
    """

    def __init__(self, tagger: Tags, room: int) -> None:
        self._tagger = tagger
        self._room = room
        self._lanes: dict[Lane, deque[_Piece]] = {lane: deque() for lane in LANES}
        self._changed = threading.Condition()
        self._closed = False
        self._last_single = -QUIET_SECONDS
        self.texts = 0
        self._thread = threading.Thread(target=self._work, name="cx_nlp-tagger", daemon=True)

    def start(self) -> None:
        """Begins to tag."""
        self._thread.start()

    def submit(self, texts: Sequence[str], lane: Lane, *, as_table: bool = False) -> list[Future[Any]]:
        """Futures of the tags of some comments, a piece each: lists of tagged comments, or tables.

        Raises
        ------
        Full
            They would be more than may wait.
        Stopping
            The queue is closed.
        """
        pieces = [_Piece(texts[at : at + PIECE], as_table) for at in range(0, len(texts), PIECE)]
        with self._changed:
            if self._closed:
                raise Stopping
            if lane != "job":
                if self.texts + len(texts) > self._room:
                    raise Full
                self.texts += len(texts)
            if lane == "single":
                self._last_single = time.monotonic()
            self._lanes[lane].extend(pieces)
            self._changed.notify()
        return [piece.found for piece in pieces]

    def close(self) -> None:
        """Ends the thread after everything that was taken is tagged."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            for lane in LANES:
                if pieces := self._next(lane):
                    self._tag(pieces)
            with self._changed:
                while not any(self._lanes.values()):
                    if self._closed:
                        return
                    self._changed.wait()

    def _next(self, lane: Lane) -> list[_Piece]:
        """The first pieces of a lane whose request still waits for them, together no more than fit into a call."""
        pieces: list[_Piece] = []
        with self._changed:
            queue = self._lanes[lane]
            busy = time.monotonic() - self._last_single < QUIET_SECONDS
            left = PIECE if busy and lane != "single" else WHOLE
            while (
                queue
                and len(queue[0].texts) <= left
                and (not pieces or queue[0].as_table == pieces[0].as_table)
            ):
                piece = queue.popleft()
                if lane != "job":
                    self.texts -= len(piece.texts)
                if piece.found.set_running_or_notify_cancel():
                    left -= len(piece.texts)
                    pieces.append(piece)
        return pieces

    def _tag(self, pieces: Sequence[_Piece]) -> None:
        texts = [text for piece in pieces for text in piece.texts]
        try:
            tags = tag_table(self._tagger, texts) if pieces[0].as_table else self._tagger.tag_many(texts)
        except Exception as error:
            # Whoever asked is told; the thread must go on for the others.
            for piece in pieces:
                piece.found.set_exception(error)
            return
        at = 0
        for piece in pieces:
            piece.found.set_result(tags[at : at + len(piece.texts)])
            at += len(piece.texts)
