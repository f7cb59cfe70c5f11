"""An encoder at work: ONNX Runtime over batches of comments of like length."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt

from cx_nlp.encoder.batches import by_length
from cx_nlp.encoder.pieces import PADDING
from cx_nlp.encoder.pretrained import Floats

BATCH = 32
"""Comments run at once: more do not run faster on a processor, and take more memory."""


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
    threads : int or None
        Threads to run with; None takes one for each core.

    Raises
    ------
    ValueError
        The bytes are no network that ONNX Runtime can run.
    """

    def __init__(self, network: bytes, *, threads: int | None = None) -> None:
        # On first use only: the fast tier needs none of it, and it takes a third of a second.
        import onnxruntime as ort

        self.network = network
        self.threads = threads
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or cores()
        # Threads that wait by spinning take the processor from everything else on a busy machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if cuts_sums():
            # Half as fast again, but right.
            options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            self._session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # ONNX Runtime has no class of its own above its many errors.
            raise ValueError(f"no network that can be run ({error})") from error

    def run(self, comments: Sequence[Sequence[int]]) -> list[Scores]:
        """The scores of comments given as pieces, in order."""
        found: list[Scores | None] = [None] * len(comments)
        for rows in by_length([len(pieces) for pieces in comments], BATCH):
            ids, mask = _padded([comments[i] for i in rows])
            try:
                labels, sentiment, said = self._session.run(
                    ("labels", "sentiment", "said"), {"ids": ids, "mask": mask}
                )
            except Exception as error:
                raise ValueError(f"a network that cannot read these pieces ({error})") from error
            for row, i in enumerate(rows.tolist()):
                found[i] = Scores(labels[row], sentiment[row], said[row, : len(comments[i])])
        return [scores for scores in found if scores is not None]

    @property
    def widths(self) -> dict[str, int]:
        """How many numbers each output gives for a comment or piece."""
        return {one.name: one.shape[-1] for one in self._session.get_outputs()}

    def __getstate__(self) -> tuple[bytes, int | None]:
        return self.network, self.threads

    def __setstate__(self, state: tuple[bytes, int | None]) -> None:
        self.__init__(state[0], threads=state[1])  # type: ignore[misc]


def _padded(comments: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    shape = len(comments), max(map(len, comments))
    ids, mask = np.full(shape, PADDING, np.int32), np.zeros(shape, np.int32)
    for row, pieces in enumerate(comments):
        ids[row, : len(pieces)], mask[row, : len(pieces)] = pieces, 1
    return ids, mask
