"""How much of what this machine can do the shipped models use: its matrix rate in bytes and its memory, on one core.

    python benchmarks/limits.py EXPORT [--rows 2048] [--rounds 5]

Needs `pip install -e .[train]` (onnx builds the bare products). Everything runs on one thread, the two sides of a ratio in turn.
Of the network are counted its products of bytes alone (weights times pieces), which are nearly all its work: attention's own
products are in 32 bits and not counted. Of the fast model are counted the rows of weights that its sparse products read, once for
each stored number.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from throughput import distinct_comments

import cx_nlp
from cx_nlp.encoder.graph import CONTRIB, OPSET
from cx_nlp.encoder.pretrained import Sizes
from cx_nlp.encoder.session import PIECES, _of_one_length
from cx_nlp.features import steps
from cx_nlp.tagger.contextual import WINDOW
from cx_nlp.tagger.reading import read_comments

BATCH = 2048
LARGE = 1 << 28


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Processor time, the least of some rounds: what the machine can do where nobody disturbs it."""
    work()
    found = []
    for _ in range(rounds):
        clock = time.process_time()
        work()
        found.append(time.process_time() - clock)
    return min(found)


def product(rows: int, inside: int, columns: int) -> ort.InferenceSession:
    """A product of bytes as the networks have it, and nothing else."""
    rng = np.random.default_rng(0)
    weights = {
        "w": rng.integers(-127, 128, (inside, columns)).astype(np.int8),
        "scale": np.float32(0.01),
        "w_scale": np.full(columns, 0.01, np.float32),
        "zero": np.uint8(128),
    }
    node = helper.make_node(
        "MatMulIntegerToFloat", ["x", "w", "scale", "w_scale", "zero"], ["y"], domain=CONTRIB
    )
    graph = helper.make_graph(
        [node], "product",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [rows, inside])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [rows, columns])],
        [numpy_helper.from_array(np.asarray(values), name) for name, values in weights.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def matrix_rate(shape: tuple[int, int, int], rounds: int) -> float:
    """Additions and multiplications a second of a bare product of bytes."""
    session = product(*shape)
    x = np.random.default_rng(1).integers(0, 256, shape[:2]).astype(np.uint8)
    return 2 * float(np.prod(shape)) / seconds(lambda: session.run(None, {"x": x}), rounds)


def copying_rate(rounds: int) -> float:
    """Bytes a second, read and written, of copying from memory to memory."""
    source, target = np.ones(LARGE // 4, np.float32), np.ones(LARGE // 4, np.float32)
    return 2 * LARGE / seconds(lambda: np.copyto(target, source), rounds)


def fetching_rate(table: np.ndarray, count: int, rounds: int) -> float:
    """Rows a second, fetched at random places."""
    rows = np.random.default_rng(0).integers(0, len(table), count)
    found = np.empty((count, table.shape[1]), table.dtype)
    return count / seconds(lambda: np.take(table, rows, axis=0, out=found, mode="clip"), rounds)


def operations(sizes: Sizes) -> int:
    """Additions and multiplications of bytes for a piece: four square products and the two of the feed-forward part, each layer."""
    return 2 * sizes.layers * (4 * sizes.hidden**2 + 2 * sizes.hidden * sizes.feed_forward)


def network_rate(
    tagger: cx_nlp.tagger.ContextualTagger, texts: list[str], rounds: int
) -> tuple[float, float]:
    """Pieces a second through the network, batches as in a run, and pieces in a comment."""
    comments = read_comments(texts, tagger.max_chars)
    pieces = [w.pieces for c in comments for w in tagger.reader_.read(c.words, c.blanks, most=WINDOW)]
    batches = [[pieces[i] for i in rows] for rows in _of_one_length([*map(len, pieces)])]
    session = tagger.session_
    total = sum(map(len, pieces))
    return total / seconds(lambda: [*map(session._run, batches)], max(2, rounds // 2)), total / len(texts)


def shares(network: bytes, rows: int, pieces: int) -> list[tuple[str, float]]:
    """What part of the network's time each kind of operator takes, as ONNX Runtime notes it."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    with TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        ids = np.random.default_rng(0).integers(5, 1000, (rows, pieces)).astype(np.int32)
        for _ in range(20):
            session.run(None, {"ids": ids})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    spent: Counter[str] = Counter()
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("kernel_time"):
            spent[event["args"]["op_name"]] += event["dur"]
    return [(kind, took / spent.total()) for kind, took in spent.most_common(8)]


def sparse_products(tagger: cx_nlp.tagger.MentionTagger, texts: list[str], rounds: int) -> tuple[int, float]:
    """Stored numbers of the sparse products of a batch, and the seconds that the products take."""
    stored, spent = [], []
    times = steps.times

    def noted(matrix: object, weights: object) -> object:
        clock = time.process_time()
        found = times(matrix, weights)
        spent[-1] += time.process_time() - clock
        stored[-1] += matrix.nnz
        return found

    for module in (cx_nlp.features.batch, cx_nlp.features.characters, cx_nlp.features.lexicon):
        module.times = noted
    try:
        for _ in range(rounds + 1):
            stored.append(0)
            spent.append(0.0)
            tagger.tag_many(texts)
    finally:
        for module in (cx_nlp.features.batch, cx_nlp.features.characters, cx_nlp.features.lexicon):
            module.times = times
    # The first time, words are new.
    return stored[-1], min(spent[1:])


def main() -> None:
    """Measures the machine and the models, and prints shares."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("export", type=Path)
    options.add_argument("--rows", type=int, default=BATCH)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    texts = distinct_comments(given.export)[: given.rows]
    accurate = cx_nlp.load("accurate")
    encoder, fast = accurate.accurate, accurate.fast
    sizes = encoder.encoder_.sizes

    best = max(matrix_rate((n, n, n), given.rounds) for n in (512, 1024, 2048))
    own = {
        name: matrix_rate((PIECES, inside, columns), given.rounds)
        for name, inside, columns in (
            ("attention", sizes.hidden, sizes.hidden),
            ("feed-forward in", sizes.hidden, sizes.feed_forward),
            ("feed-forward out", sizes.feed_forward, sizes.hidden),
        )
    }
    rate, per_comment = network_rate(encoder, texts, given.rounds)
    used = rate * operations(sizes)
    print(f"matrix rate, bytes, one core: best of three square products {best / 1e9:,.0f} Gop/s")
    for name, one in own.items():
        print(f"  {name}, {PIECES} pieces: {one / 1e9:,.0f} Gop/s ({one / best:.0%})")
    print(
        f"network: {per_comment:.1f} pieces a comment, {rate:,.0f} pieces/s, {operations(sizes) / 1e6:.1f} Mop a piece: "
        f"{used / 1e9:,.0f} Gop/s, {used / best:.0%} of the best rate"
    )
    found = shares(encoder.session_.network, PIECES // 32, 32)
    print(f"  its operators: {', '.join(f'{kind} {share:.0%}' for kind, share in found)}")

    copy = copying_rate(given.rounds)
    heads = (fast.clause_model_.clause_heads, fast.clause_model_.comment_heads)
    table = np.concatenate([w.whole for head in heads for w in head.weights.values()])
    stored, spent = sparse_products(fast, texts, given.rounds)
    gather = fetching_rate(table, stored, given.rounds)
    print(f"memory: copying {copy / 1e9:.1f} GB/s; rows of {table.shape[1]} bytes at random places of {table.nbytes / 1e6:.0f} MB: "
          f"{gather / 1e6:.0f} million a second ({1e9 / gather:.0f} ns each)")  # fmt: skip
    ours = stored / spent
    print(
        f"fast model: {stored / len(texts):.0f} stored numbers a comment, {ours / 1e6:.0f} million a second ({1e9 / ours:.0f} ns each): "
        f"{ours / gather:.0%} of the rate at which their rows can be fetched; {ours * table.shape[1] / copy:.1%} of the copying rate"
    )


if __name__ == "__main__":
    main()
