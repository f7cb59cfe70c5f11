"""The form a network file must have before ONNX Runtime sees it: the graph that `encoder.graph` writes, and nothing else.

An ONNX file can name other files to read, bring functions, loops and operators of its own, and be small and yet need any
amount of memory. So the file is compared operator by operator with the graph of a network of its sizes; only the weights
are its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from cx_nlp.encoder.pretrained import Sizes
from cx_nlp.encoder.protobuf import fields, numbers, text

MOST = Sizes(hidden=4096, layers=48, heads=64, feed_forward=16_384, positions=1024, epsilon=1.0)
"""The largest network that is loaded; multilingual-e5-large has 1024, 24, 16, 4096 and 512."""
MAX_DIMENSION = 1 << 20
"""Rows of the largest weights, those of the word pieces; XLM-RoBERTa has 250 002."""
MAX_COLUMNS = 3 * MOST.feed_forward
"""Columns of the widest weights."""

CONTRIB = "com.microsoft"
# Fields of onnx.proto: what a network needs. Left out are functions, training, sparse weights and other files.
_MODEL = {1: "ir_version", 2: "producer_name", 3: "producer_version", 4: "domain", 5: "model_version", 6: "doc_string",
          7: "graph", 8: "opset_import", 14: "metadata_props"}  # fmt: skip
_GRAPH = {
    1: "node",
    2: "name",
    5: "initializer",
    10: "doc_string",
    11: "input",
    12: "output",
    13: "value_info",
}
_NODE = {1: "input", 2: "output", 3: "name", 4: "op_type", 5: "attribute", 6: "doc_string", 7: "domain"}
_ATTRIBUTE = {1: "name", 2: "f", 3: "i", 8: "ints", 20: "type"}
_TENSOR = {1: "dims", 2: "data_type", 8: "name", 9: "raw_data"}
_MANY = {
    "node",
    "initializer",
    "input",
    "output",
    "value_info",
    "opset_import",
    "metadata_props",
    "attribute",
    "dims",
    "ints",
}
_BYTES = {1: 4, 2: 1, 3: 1, 7: 8}
"""Bytes of a number by the type of its tensor: float, uint8, int8, int64."""


class Node(NamedTuple):
    """An operator with the names of what flows in and out."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    domain: str = ""


def check_network(data: bytes, sizes: Sizes) -> None:
    """Nothing where the file is a network of these sizes that may be run.

    Raises
    ------
    ValueError
        It is none, or holds what such a network does not; begins so that "is" can stand before it.
    """
    _check_sizes(sizes)
    try:
        [graph] = _parts(data, _MODEL)["graph"]
        parts = _parts(graph, _GRAPH)
        found = [_node(one, sizes) for one in parts.get("node", [])]
        for one in parts.get("initializer", []):
            _check_tensor(one)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no network that can be run ({error})") from error
    wanted = [[*network_nodes(sizes.layers, eight_bit=eight_bit)] for eight_bit in (True, False)]
    if Counter(found) not in map(Counter, wanted):
        strange = [node for node in found if not any(node in nodes for nodes in wanted)]
        what = f"holds {_said(strange[0])}" if strange else "lacks operators or holds one twice"
        raise ValueError(f"not the network of an encoder with {sizes.layers} layers: it {what}")


def network_nodes(layers: int, *, eight_bit: bool) -> Iterator[Node]:
    """The operators that `encoder.graph.network_graph` writes, with or without products of bytes."""
    yield from _embedding(eight_bit=eight_bit)
    x = "x"
    for k in range(layers):
        yield from _layer(f"l{k}", x, eight_bit=eight_bit)
        x = f"l{k}.second_norm.x"
    yield from _heads(x, eight_bit=eight_bit)


def _embedding(*, eight_bit: bool) -> Iterator[Node]:
    if eight_bit:
        yield Node("Gather", ("words", "ids"), ("word_bytes",))
        yield Node("Cast", ("word_bytes",), ("word_units",))
        yield Node("Gather", ("words_scale", "ids"), ("word_scales",))
        yield Node("Mul", ("word_units", "word_scales"), ("word_states",))
    else:
        yield Node("Gather", ("words", "ids"), ("word_states",))
    yield Node("Shape", ("ids",), ("length",))
    yield Node("Slice", ("places", "zero", "length", "zero", "one"), ("places_here",))
    yield Node("Add", ("word_states", "places_here"), ("embedded",))
    yield Node("LayerNormalization", ("embedded", "norm.w", "norm.b"), ("x",))


def _layer(name: str, x: str, *, eight_bit: bool) -> Iterator[Node]:
    thirds = (f"{name}.query", f"{name}.key", f"{name}.value")
    yield from _product(x, f"{name}.mixed", eight_bit=eight_bit)
    yield Node("Split", (f"{name}.mixed",), thirds)
    yield Node("MultiHeadAttention", thirds, (f"{name}.looked",), CONTRIB)
    yield from _product(f"{name}.looked", f"{name}.out", eight_bit=eight_bit)
    yield from _normalised((x, f"{name}.out"), f"{name}.first_norm")
    x, parts = f"{name}.first_norm.x", [f"{name}.narrow"]
    yield from _hidden_units(x, f"{name}.wide", f"{name}.narrow", bias=True, eight_bit=eight_bit)
    if eight_bit:
        wide, narrow = f"{name}.wide_large", f"{name}.narrow_large"
        yield from _hidden_units(x, wide, narrow, bias=False, eight_bit=False)
        parts.append(f"{narrow}.product")
    yield from _normalised((x, *parts), f"{name}.second_norm")


def _hidden_units(x: str, wide: str, narrow: str, *, bias: bool, eight_bit: bool) -> Iterator[Node]:
    yield from _product(x, wide, bias=False, eight_bit=eight_bit)
    units = wide if eight_bit else f"{wide}.product"
    yield Node("BiasGelu", (units, f"{wide}.b"), (f"{wide}.gelu",), CONTRIB)
    yield from _product(f"{wide}.gelu", narrow, bias=bias, eight_bit=eight_bit)


def _product(x: str, name: str, *, bias: bool = True, eight_bit: bool) -> Iterator[Node]:
    offset = (f"{name}.b",) if bias else ()
    if eight_bit:
        yield Node("Mul", (x, f"{name}.unit"), (f"{name}.in_units",))
        yield Node("QuantizeLinear", (f"{name}.in_units", "unit_scale", "zero_byte"), (f"{name}.bytes",))
        inputs = (f"{name}.bytes", f"{name}.w", f"{name}.scale", f"{name}.w_scale", "zero_byte", "")
        yield Node("MatMulIntegerToFloat", (*inputs, *offset), (name,), CONTRIB)
        return
    yield Node("MatMul", (x, f"{name}.w"), (f"{name}.product",))
    if bias:
        yield Node("Add", (f"{name}.product", *offset), (name,))


def _normalised(parts: Sequence[str], norm: str) -> Iterator[Node]:
    total = parts[0]
    for k, part in enumerate(parts[1:]):
        yield Node("Add", (total, part), (f"{norm}.sum{k}",))
        total = f"{norm}.sum{k}"
    yield Node("LayerNormalization", (total, f"{norm}.w", f"{norm}.b"), (f"{norm}.x",))


def _heads(x: str, *, eight_bit: bool) -> Iterator[Node]:
    yield from _product(x, "where", eight_bit=eight_bit)
    yield from _product(x, "nothing", eight_bit=eight_bit)
    yield Node("Concat", ("where", "nothing"), ("told",))
    yield Node("Softmax", ("told",), ("shares",))
    yield Node("Slice", ("shares", "first_label", "after_labels", "label_axis"), ("said",))
    yield Node("Softmax", ("where",), ("attention",))
    yield from _product(x, "what", bias=False, eight_bit=eight_bit)
    yield from _summed("attention", "what" if eight_bit else "what.product", "spoken")
    yield Node("Add", ("spoken.sum", "what.b"), ("labels",))
    yield from _product(x, "look", eight_bit=eight_bit)
    yield Node("Softmax", ("look",), ("looked_share",))
    yield Node("ReduceMean", (x,), ("mean",))
    yield from _summed("looked_share", x, "looked")
    yield Node("Concat", ("looked.sum", "mean"), ("pooled",))
    yield from _product("pooled", "sentiment", eight_bit=False)


def _summed(share: str, values: str, name: str) -> Iterator[Node]:
    yield Node("Mul", (share, values), (f"{name}.weighed",))
    yield Node("ReduceSum", (f"{name}.weighed", "piece_axis"), (f"{name}.sum",))


def _check_sizes(sizes: Sizes) -> None:
    for name in ("hidden", "layers", "heads", "feed_forward", "positions"):
        if not 1 <= getattr(sizes, name) <= getattr(MOST, name):
            raise ValueError(
                f"a network whose {name} are {getattr(sizes, name)}, not 1 to {getattr(MOST, name)}"
            )


def _parts(data: bytes | memoryview | int, known: dict[int, str]) -> dict[str, list[int | memoryview]]:
    """The fields of a message by name; one that is not known, or comes twice where it may not, is refused."""
    if isinstance(data, int):
        raise ValueError("a number stands where a part is expected")
    found: dict[str, list[int | memoryview]] = {}
    for number, value in fields(memoryview(data)):
        if number not in known:
            raise ValueError(f"it holds a field {number} beside {', '.join(known.values())}")
        name = known[number]
        if name in found and name not in _MANY:
            raise ValueError(f"it holds {name} twice")
        found.setdefault(name, []).append(value)
    return found


def _node(data: int | memoryview, sizes: Sizes) -> Node:
    parts = _parts(data, _NODE)
    for one in parts.get("attribute", []):
        attribute = _parts(one, _ATTRIBUTE)
        if text(attribute["name"][0]) == "num_heads" and attribute["i"] != [sizes.heads]:
            raise ValueError(f"its attention has other than {sizes.heads} heads")
    inputs, outputs = (tuple(map(text, parts.get(name, []))) for name in ("input", "output"))
    return Node(text(parts["op_type"][0]), inputs, outputs, text(parts.get("domain", [memoryview(b"")])[0]))


def _check_tensor(data: int | memoryview) -> None:
    parts = _parts(data, _TENSOR)
    name = text(parts["name"][0])
    shape = [length for one in parts.get("dims", []) for length in numbers(one)]
    [kind], [raw] = parts["data_type"], parts.get("raw_data", [memoryview(b"")])
    # Two shapes that do not fit are stretched to each other, so that two thin arrays make a vast one.
    table = name in ("words", "words_scale", "places") or (
        name.endswith(".w") and not name.endswith("norm.w")
    )
    most = (
        [MAX_DIMENSION if name.startswith("words") else MAX_COLUMNS, MAX_COLUMNS] if table else [MAX_COLUMNS]
    )
    if len(shape) > len(most) or any(n > limit for n, limit in zip(shape, most, strict=False)):
        raise ValueError(f"the weights {name[:80]!r} have the shape {shape}")
    if not isinstance(kind, int) or isinstance(raw, int) or len(raw) != prod(shape) * _BYTES.get(kind, -1):
        raise ValueError(f"the weights {name[:80]!r} are not the {prod(shape):,} numbers of their shape")


def _said(node: Node) -> str:
    return f"{node.domain + '.' if node.domain else ''}{node.kind} for {', '.join(node.outputs)}"[:200]
