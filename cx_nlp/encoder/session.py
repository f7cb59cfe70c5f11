"""An encoder at work: ONNX Runtime over batches of comments of one length."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from cx_nlp.encoder.pretrained import Floats

PIECES = 1024
"""Pieces run at once: more do not run faster on a processor, and take more memory."""
_Key = TypeVar("_Key")
_Running = list[tuple[list[int], "Future[list[Floats]]"]]
"""Batches at work: the positions of their comments, and what will come of them."""


@dataclass(frozen=True)
class Scores:
    """What the network gives for one comment: logits of labels and sentiments, and each label's share at each piece."""

    labels: Floats
    sentiment: Floats
    said: Floats


def cores() -> int:
    """Processor cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def cuts_sums() -> bool:
    """Whether this processor would cut off large sums of eight-bit products: an x86 one without VNNI instructions."""
    try:
        features = import_module("numpy._core._multiarray_umath").__cpu_features__
    except (ImportError, AttributeError):
        return True
    return bool(features.get("SSE3")) and not (features.get("AVX512VNNI") or features.get("AVX512_ICL"))


class Session:
    """A network, ready to run; its pickle holds the network itself.

    Parameters
    ----------
    network : bytes
        The ONNX graph.

    Raises
    ------
    ValueError
        The bytes are no network that ONNX Runtime can run.
    """

    def __init__(self, network: bytes) -> None:
        # On first use only: the fast tier needs none of it, and it takes a third of a second.
        import onnxruntime as ort

        self.network = network
        options = ort.SessionOptions()
        # Two batches side by side take less time than one after the other with the work of each shared out.
        options.intra_op_num_threads = 1
        if cuts_sums():
            # Half as fast again, but right.
            options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            self._session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # ONNX Runtime has no class of its own above its many errors.
            raise ValueError(f"no network that can be run ({error})") from error

    def run(self, comments: Sequence[Sequence[int]], *, threads: int | None = None) -> list[Scores]:
        """The scores of comments given as pieces, in order; `threads` as in `stream`. One comment is run on this thread."""
        if len(comments) == 1:
            return _scores(self._run(comments))
        [(_, found)] = self.stream([(None, comments)], threads=threads)
        return found

    def stream(
        self, groups: Iterable[tuple[_Key, Sequence[Sequence[int]]]], *, threads: int | None = None
    ) -> Iterator[tuple[_Key, list[Scores]]]:
        """The scores of group after group of comments, each with the key it came with.

        While a group runs, the next is taken from `groups` and the one before is in the caller's hands. Batches run side by
        side, each on a thread of its own: on so many, or on one for each core. Where that is one, all is done on the caller's
        thread, one thing after the other: a second core may be somebody else's.
        """
        threads = threads or cores()
        pool = ThreadPoolExecutor(threads) if threads > 1 else _ThisThread()
        try:
            waiting: tuple[_Key, _Running] | None = None
            for key, comments in groups:
                started = key, self._started(pool, comments)
                if waiting is not None:
                    yield waiting[0], _ended(waiting[1])
                waiting = started
            if waiting is not None:
                yield waiting[0], _ended(waiting[1])
        finally:
            # Who stops the run must not wait for batches that nobody will read.
            pool.shutdown(cancel_futures=True)

    def _started(self, pool: Executor, comments: Sequence[Sequence[int]]) -> _Running:
        batches = _of_one_length([len(pieces) for pieces in comments])
        return [(rows, pool.submit(self._run, [comments[i] for i in rows])) for rows in batches]

    def _run(self, comments: Sequence[Sequence[int]]) -> list[Floats]:
        try:
            found: list[Floats] = self._session.run(
                ("labels", "sentiment", "said"), {"ids": np.array(comments, np.int32)}
            )
        except Exception as error:
            raise ValueError(f"a network that cannot read these pieces ({error})") from error
        return found

    @property
    def widths(self) -> dict[str, int]:
        """How many numbers each output gives for a comment or piece."""
        return {one.name: one.shape[-1] for one in self._session.get_outputs()}

    def __getstate__(self) -> bytes:
        return self.network

    def __setstate__(self, network: bytes) -> None:
        self.__init__(network)  # type: ignore[misc]


class _ThisThread(Executor):
    """Runs what it is given at once, where it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        ended: Future[Any] = Future()
        ended.set_result(fn(*args, **kwargs))
        return ended


def _ended(running: _Running) -> list[Scores]:
    """The scores of a group in the order of its comments."""
    found: dict[int, Scores] = {}
    for rows, output in running:
        found |= zip(rows, _scores(output.result()), strict=True)
    return [found[i] for i in range(len(found))]


def _scores(output: Sequence[Floats]) -> list[Scores]:
    """What a batch gave, comment by comment."""
    return [*map(Scores, *output)]


def _of_one_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions in batches, each of comments of one length: none is padded, and none depends on those beside it."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for i, length in enumerate(lengths):
        found[length].append(i)
    # The longest first: the last batches to end are then short, and no thread waits long for another.
    for length in sorted(found, reverse=True):
        rows, size = found[length], max(1, PIECES // max(length, 1))
        yield from (rows[at : at + size] for at in range(0, len(rows), size))
