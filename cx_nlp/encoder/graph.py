"""A trained network as an ONNX graph of eight-bit products, built from plain arrays.

Weights are stored in eight bits, one scale a column. What flows into a product is rounded with a scale that was measured
once (static quantisation), so that a comment's result does not depend on the comments beside it. Channels with large values
are shrunk before and their weights stretched (SmoothQuant, Xiao et al. 2023); the few hidden units of a layer with the very
largest are left in 32 bits (as in LLM.int8(), Dettmers et al. 2022), for beside them the others would vanish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from cx_nlp.encoder.pretrained import Floats, Sizes

OPSET = 17
CONTRIB = "com.microsoft"
"""The operators that ONNX Runtime adds to the standard: products of bytes, whole attention, sums normalised at once."""
ZERO = 128
"""The byte that stands for 0 in what flows into a product."""
LARGE = 4
"""Hidden units of a layer that stay in 32 bits."""
SMOOTH = 0.7
"""How much of a channel's size is moved into the weights."""
Ranges = Mapping[str, Floats]
"""For every product the largest absolute value of each channel that flows into it."""


@dataclass
class _Graph:
    """Nodes and weights in the order in which they are added; without `ranges` products stay in 32 bits."""

    arrays: Mapping[str, Floats]
    ranges: Ranges | None
    nodes: list[NodeProto] = field(default_factory=list)
    weights: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """What the network does not need to run, but whoever goes on from it."""

    def weight(self, name: str, values: npt.ArrayLike, kind: type[np.generic] = np.float32) -> str:
        self.weights[name] = np.ascontiguousarray(values, kind)
        return name

    def own(self, name: str) -> str:
        """An array of the network under its own name."""
        return self.weight(name, self.arrays[name])

    def add(self, kind: str, inputs: Sequence[str], out: str, domain: str = "", **attributes: Any) -> str:  # noqa: ANN401
        self.nodes.append(helper.make_node(kind, inputs, [out], name=out, domain=domain, **attributes))
        return out

    def product(self, x: str, name: str, *, bias: bool = False) -> str:
        """`x` times the weights of that name."""
        offset = [self.own(f"{name}.b")] if bias else []
        if self.ranges is None or name not in self.ranges:
            out = self.add(
                "MatMul", [x, self.weight(f"{name}.w", self.arrays[f"{name}.w"].T)], f"{name}.product"
            )
            return self.add("Add", [out, *offset], name) if bias else out
        rounded = self.rounded(x, name)
        inputs = [rounded.x, rounded.weight, rounded.scale, rounded.weight_scale, rounded.zero, "", *offset]
        return self.add("MatMulIntegerToFloat", inputs, name, CONTRIB)

    def rounded(self, x: str, name: str) -> _Rounded:
        """`x` and the weights of that name as bytes."""
        weight, largest = self.arrays[f"{name}.w"], np.maximum((self.ranges or {})[name], 1e-5)
        shrink = largest**SMOOTH / np.maximum(np.abs(weight).max(axis=0), 1e-5) ** (1 - SMOOTH)
        scale = float((largest / shrink).max()) / 127
        # One multiplication both shrinks the channel and brings it to the unit of the bytes.
        unit = self.add("Mul", [x, self.weight(f"{name}.unit", 1 / (shrink * scale))], f"{name}.in_units")
        one = self.weight("unit_scale", np.float32(1))
        zero = self.weight("zero_byte", ZERO, np.uint8)
        byte = self.add("QuantizeLinear", [unit, one, zero], f"{name}.bytes")
        stretched = weight * shrink
        columns = np.maximum(np.abs(stretched).max(axis=1), 1e-9) / 127
        self.weight(f"{name}.w", np.round(stretched / columns[:, None]).T, np.int8)
        self.weight(f"{name}.w_scale", columns)
        return _Rounded(
            byte, f"{name}.w", self.weight(f"{name}.scale", np.float32(scale)), f"{name}.w_scale", zero
        )


@dataclass(frozen=True)
class _Rounded:
    x: str
    weight: str
    scale: str
    weight_scale: str
    zero: str


def network_graph(arrays: Mapping[str, Floats], sizes: Sizes, ranges: Ranges | None = None) -> ModelProto:
    """The graph of a network: from `ids` to `labels`, `sentiment` and `said`.

    It knows no padding: comments that run together must be of one length.

    Parameters
    ----------
    arrays
        Weights by name, as `Network.arrays` gives them.
    ranges
        What flows into each product, as `Network.ranges` measures it; without it nothing is rounded.

    Returns
    -------
    ModelProto
        Input `ids` of shape (comments, pieces); outputs `labels` (comments, labels) and `sentiment` (comments, sentiments),
        both logits, and `said` (comments, pieces, labels), the share of each label at each piece.
    """
    graph = _Graph(arrays, ranges)
    _heads(graph, _encoder(graph, sizes))
    rows, labels, sentiments = ["comments", "pieces"], len(arrays["what.b"]), len(arrays["sentiment.b"])
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT32, rows)]
    shapes = {"labels": ["comments", labels], "sentiment": ["comments", sentiments], "said": [*rows, labels]}
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()
    ]
    stored = [numpy_helper.from_array(values, name) for name, values in graph.weights.items()]
    whole = helper.make_graph(graph.nodes, "cx_nlp", inputs, outputs, stored)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(whole, opset_imports=opsets, ir_version=8, producer_name="cx_nlp")
    helper.set_model_props(model, graph.notes)
    return model


def _encoder(graph: _Graph, sizes: Sizes) -> str:
    words = _words(graph)
    length = graph.add("Shape", ["ids"], "length", start=1, end=2)
    zero, one = graph.weight("zero", [0], np.int64), graph.weight("one", [1], np.int64)
    places = graph.add("Slice", [graph.own("places"), zero, length, zero, one], "places_here")
    x = graph.add("Add", [words, places], "embedded")
    norm = [graph.own("norm.w"), graph.own("norm.b")]
    x = graph.add("LayerNormalization", [x, *norm], "x", epsilon=sizes.epsilon, axis=-1)
    for k in range(sizes.layers):
        x = _layer(graph, sizes, x, f"l{k}")
    return x


def _words(graph: _Graph) -> str:
    """The vectors of the pieces, stored as bytes with one scale for each piece."""
    table = graph.arrays["words"]
    if graph.ranges is None:
        return graph.add("Gather", [graph.weight("words", table), "ids"], "word_states")
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-9) / 127
    found = graph.add(
        "Gather", [graph.weight("words", np.round(table / scale), np.int8), "ids"], "word_bytes"
    )
    units = graph.add("Cast", [found], "word_units", to=TensorProto.FLOAT)
    scales = graph.add("Gather", [graph.weight("words_scale", scale), "ids"], "word_scales")
    return graph.add("Mul", [units, scales], "word_states")


def _layer(graph: _Graph, sizes: Sizes, x: str, name: str) -> str:
    looked = graph.product(_attention(graph, sizes, x, name), f"{name}.out", bias=True)
    x = _normalised(graph, sizes, [x, looked], f"{name}.first_norm")
    return _normalised(graph, sizes, [x, *_fed_forward(graph, x, name)], f"{name}.second_norm")


def _fed_forward(graph: _Graph, x: str, name: str) -> list[str]:
    """What the hidden units of a layer give, those with the largest values on their own."""
    if graph.ranges is None:
        return [_hidden_units(graph, x, f"{name}.wide", f"{name}.narrow")]
    largest = graph.ranges[f"{name}.narrow"]
    large = np.sort(np.argsort(-largest, kind="stable")[:LARGE])
    graph.notes[f"{name}.large"] = " ".join(map(str, large))
    wide, narrow = (graph.arrays[f"{name}.{part}.w"] for part in ("wide", "narrow"))
    rest, small = narrow.copy(), largest.copy()
    rest[:, large], small[large] = 0, 0
    graph.arrays = {
        **graph.arrays, f"{name}.narrow.w": rest, f"{name}.wide_large.w": wide[large],
        f"{name}.wide_large.b": graph.arrays[f"{name}.wide.b"][large], f"{name}.narrow_large.w": narrow[:, large],
    }  # fmt: skip
    graph.ranges = {**graph.ranges, f"{name}.narrow": small}
    return [
        _hidden_units(graph, x, f"{name}.wide", f"{name}.narrow"),
        _hidden_units(graph, x, f"{name}.wide_large", f"{name}.narrow_large"),
    ]


def _hidden_units(graph: _Graph, x: str, wide: str, narrow: str) -> str:
    units = graph.add("BiasGelu", [graph.product(x, wide), graph.own(f"{wide}.b")], f"{wide}.gelu", CONTRIB)
    return graph.product(units, narrow, bias=f"{narrow}.b" in graph.arrays)


def _attention(graph: _Graph, sizes: Sizes, x: str, name: str) -> str:
    mixed = graph.product(x, f"{name}.mixed", bias=True)
    thirds = [f"{name}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(helper.make_node("Split", [mixed], thirds, name=f"{name}.thirds", axis=2))
    return graph.add("MultiHeadAttention", thirds, f"{name}.looked", CONTRIB, num_heads=sizes.heads)


def _normalised(graph: _Graph, sizes: Sizes, parts: Sequence[str], norm: str) -> str:
    """The sum of the parts, normalised.

    The operator that does both at once takes nine times as long.
    """
    total = parts[0]
    for k, part in enumerate(parts[1:]):
        total = graph.add("Add", [total, part], f"{norm}.sum{k}")
    inputs = [total, *map(graph.own, (f"{norm}.w", f"{norm}.b"))]
    return graph.add("LayerNormalization", inputs, f"{norm}.x", epsilon=sizes.epsilon, axis=-1)


def _heads(graph: _Graph, states: str) -> None:
    where = graph.product(states, "where", bias=True)
    nothing = graph.product(states, "nothing", bias=True)
    shares = graph.add("Softmax", [graph.add("Concat", [where, nothing], "told", axis=2)], "shares", axis=2)
    first, last = graph.weight("first_label", [0], np.int64), graph.weight("after_labels", [-1], np.int64)
    two = graph.weight("label_axis", [2], np.int64)
    graph.add("Slice", [shares, first, last, two], "said")
    attention = graph.add("Softmax", [where], "attention", axis=1)
    graph.weight("piece_axis", [1], np.int64)
    total = _summed(graph, attention, graph.product(states, "what"), "spoken")
    graph.add("Add", [total, graph.own("what.b")], "labels")
    looked = graph.add("Softmax", [graph.product(states, "look", bias=True)], "looked_share", axis=1)
    mean = graph.add("ReduceMean", [states], "mean", axes=[1], keepdims=0)
    both = graph.add("Concat", [_summed(graph, looked, states, "looked"), mean], "pooled", axis=-1)
    graph.weight("sentiment.w", graph.arrays["sentiment.w"].T)
    last_product = graph.add("MatMul", [both, "sentiment.w"], "sentiment.product")
    graph.add("Add", [last_product, graph.own("sentiment.b")], "sentiment")


def _summed(graph: _Graph, share: str, values: str, name: str) -> str:
    weighed = graph.add("Mul", [share, values], f"{name}.weighed")
    return graph.add("ReduceSum", [weighed, "piece_axis"], f"{name}.sum", keepdims=0)
