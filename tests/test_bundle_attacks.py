"""Bundles that somebody means harm with: real attack files, made here, which must be refused before they do anything."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from forged_bundle import forge
from small_encoder import LABELLING, SIZES, network_bytes, random_arrays, small_vocabulary

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.bundle.arrays import pack_arrays
from cx_nlp.encoder.network_form import check_network, network_nodes
from cx_nlp.errors import BundleError
from cx_nlp.tagger import ContextualTagger, MentionTagger

MEGABYTE = 1 << 20


class Payload:
    """What leaves a trace as soon as it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


@pytest.fixture(scope="module")
def fast(small_tagger: MentionTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "fast"
    return save_bundle(small_tagger, folder, name="fast", created=date(2024, 5, 1))


@pytest.fixture(scope="module")
def encoder(random_tagger: ContextualTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "encoder"
    return save_bundle(random_tagger, folder, name="encoder", created=date(2024, 5, 1))


@pytest.fixture
def bundle(fast: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fast, tmp_path / "bundle"))


@pytest.fixture
def contextual(encoder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(encoder, tmp_path / "contextual"))


def refused(folder: Path, reason: str, *, megabytes: float = 64, trusted: bool = False) -> None:
    """The bundle is refused for this reason, in little time and memory."""
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(BundleError, match=reason):
            load_bundle(folder, trusted=trusted)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MEGABYTE
    assert time.perf_counter() - started < 20


# Pickles


def pickles(trace: Path) -> dict[str, bytes]:
    """The same payload in every wrapping."""
    packed, objects = io.BytesIO(), io.BytesIO()
    joblib.dump(Payload(trace), packed, compress=3)
    np.savez(objects, thresholds=np.array([Payload(trace)], dtype=object))
    plain = pickle.dumps(Payload(trace))
    alone = io.BytesIO()
    np.save(alone, np.array([Payload(trace)], dtype=object), allow_pickle=True)
    return {"pickle": plain, "joblib": packed.getvalue(), "npz": objects.getvalue(), "npy": alone.getvalue()}


@pytest.mark.parametrize("part", ["weights.npz", "vocabularies.json", "taxonomy.toml", "README.md"])
@pytest.mark.parametrize("form", ["pickle", "joblib", "npz", "npy"])
def test_a_pickle_under_another_name_is_never_unpickled(
    bundle: Path, tmp_path: Path, part: str, form: str
) -> None:
    trace = tmp_path / "trace"
    data = pickles(trace)[form]
    pickle.loads(pickles(trace)["pickle"])  # noqa: S301 - the payload works
    trace.unlink()
    forge(bundle, **{part: data})
    if part == "README.md":
        # The card is read by people only.
        assert load_bundle(bundle).tag("ok").sentiment == "neutral"
    else:
        refused(bundle, part, trusted=True)
    assert not trace.exists()


def test_an_object_array_in_the_place_of_plain_weights_is_never_unpickled(
    bundle: Path, tmp_path: Path
) -> None:
    with np.load(bundle / "weights.npz") as stored:
        arrays: dict[str, Any] = {name: stored[name] for name in stored.files}
    arrays["thresholds"] = np.array([Payload(tmp_path / "trace")] * len(arrays["thresholds"]), dtype=object)
    out = io.BytesIO()
    np.savez(out, **arrays)
    forge(bundle, **{"weights.npz": out.getvalue()})
    refused(bundle, "thresholds.npy is an array of object", trusted=True)
    assert not (tmp_path / "trace").exists()


def test_a_pickled_estimator_runs_only_where_trusted(bundle: Path, tmp_path: Path) -> None:
    for name in ("taxonomy.toml", "vocabularies.json", "weights.npz"):
        (bundle / name).unlink()

    def as_plugin(manifest: dict[str, Any]) -> None:
        kept = ("README.md", "plugin.joblib")
        manifest.update(kind="plugin", contents={name: manifest["contents"][name] for name in kept})

    forge(bundle, as_plugin, **{"plugin.joblib": pickles(tmp_path / "trace")["joblib"]})
    refused(bundle, "loading it can run any code")
    assert not (tmp_path / "trace").exists()
    with pytest.raises(BundleError, match="cannot be loaded"):
        load_bundle(bundle, trusted=True)
    assert (tmp_path / "trace").exists()


def test_trust_does_not_open_what_stands_beside_a_cascade(bundle: Path, tmp_path: Path) -> None:
    stage = tmp_path / "fast"
    shutil.copytree(bundle, stage)
    forge(
        stage,
        lambda manifest: manifest.update(
            kind="plugin",
            contents={name: manifest["contents"][name] for name in ("README.md", "plugin.joblib")},
        ),
        **{"plugin.joblib": pickles(tmp_path / "trace")["joblib"]},
    )
    refused(cascade(bundle), "loading it can run any code", trusted=True)
    assert not (tmp_path / "trace").exists()


# Archives


def npy(shape: object, kind: str = "<f8", content: bytes = b"") -> bytes:
    header = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def with_entry(bundle: Path, name: str, content: bytes, *, claims: int | None = None) -> bytes:
    """The weights with one array replaced; `claims` is the size that the archive says it has."""
    out = io.BytesIO()
    with zipfile.ZipFile(bundle / "weights.npz") as stored, zipfile.ZipFile(out, "w") as archive:
        for entry in stored.namelist():
            data = content if entry == f"{name}.npy" else stored.read(entry)
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    data = bytearray(out.getvalue())
    if claims is not None:
        at = data.index(f"{name}.npy".encode(), data.index(b"PK\x01\x02")) - 46
        struct.pack_into("<I", data, at + 24, claims)
        struct.pack_into("<I", data, at + 16, zlib.crc32(content[:claims]))
    return bytes(data)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((10**15,), "with shape"),
        ((-1,), "with shape"),
        ((2**63, 2**63), "with shape"),
        ((True,), "with shape"),
        ((1.5,), "cannot be read as an .npz file"),
        ("x" * 60_000, "cannot be read as an .npz file"),
    ],
)
def test_shapes_that_no_array_has_are_refused(bundle: Path, shape: object, reason: str) -> None:
    forge(bundle, **{"weights.npz": with_entry(bundle, "thresholds", npy(shape))})
    refused(bundle, reason)


@pytest.mark.parametrize("rows", [10**15, -1, 2**62])
def test_rows_that_are_not_there_are_refused(bundle: Path, rows: int) -> None:
    with np.load(bundle / "weights.npz") as stored:
        n = stored["clause.words.weights"].shape[1]
    forge(bundle, **{"weights.npz": with_entry(bundle, "clause.words.weights", npy((rows, n), "|i1"))})
    refused(bundle, "weights.npz")


def test_an_archive_that_unpacks_to_more_than_it_claims_is_not_unpacked(bundle: Path) -> None:
    with np.load(bundle / "weights.npz") as stored:
        name = max(
            (name for name in stored.files if name.endswith(".weights")), key=lambda name: stored[name].nbytes
        )
        weights = stored[name]
    # More than zipfile looks at for the header alone.
    assert weights.nbytes > 4096
    bomb = npy(weights.shape, "|i1", weights.tobytes() + bytes(300 * MEGABYTE))
    sizes = (None, 128 + weights.nbytes)
    honest, small = (with_entry(bundle, name, bomb, claims=claims) for claims in sizes)
    del bomb
    forge(bundle, **{"weights.npz": honest})
    refused(bundle, "weights.npy holds more than the")
    # What the archive claims is the sound array: no more than that is unpacked.
    forge(bundle, **{"weights.npz": small})
    tracemalloc.start()
    assert load_bundle(bundle).tag("ok").sentiment == "neutral"
    assert tracemalloc.get_traced_memory()[1] < 64 * MEGABYTE
    tracemalloc.stop()


def test_an_archive_of_a_million_names_is_not_listed(bundle: Path) -> None:
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    names = entry * 1_000_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, len(names), 0, 0)
    forge(bundle, **{"weights.npz": names + end})
    del names
    refused(bundle, "holds more than 1,000 files", megabytes=120)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_not_unpacked(bundle: Path, method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(bundle / "weights.npz") as stored, zipfile.ZipFile(out, "w") as archive:
        for entry in stored.namelist():
            archive.writestr(entry, stored.read(entry), method)
    forge(bundle, **{"weights.npz": out.getvalue()})
    refused(bundle, "packed in a way that is not read")


# Names and links


@pytest.mark.parametrize(
    "name", ["NUL:", "C:\\Windows\\win.ini", "\\\\host\\share", "a/../../x", "x\x00.npz", "weights.npz\n", "ＮＵＬ", "a" * 300]
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(bundle: Path, name: str) -> None:
    forge(bundle, lambda manifest: manifest["contents"].update({name: manifest["contents"]["README.md"]}))
    refused(bundle, "is not the plain name of a file of the model")


@pytest.mark.parametrize("name", ["NUL", "CON", "com1.npz", "aux.json"])
def test_a_device_of_windows_is_no_part_of_a_model(bundle: Path, name: str) -> None:
    forge(bundle, lambda manifest: manifest["contents"].update({name: manifest["contents"]["README.md"]}))
    refused(bundle, f"lists '{name}', which a model of kind 'mentions' does not have")


def test_a_hard_link_gives_no_more_than_its_content(bundle: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for this model", encoding="utf-8")
    (bundle / "README.md").unlink()
    try:
        os.link(secret, bundle / "README.md")
    except OSError:
        pytest.skip("this disk makes no hard links")
    refused(bundle, r"README\.md: was changed after the model was saved")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_in_the_place_of_a_file_does_not_wait(bundle: Path) -> None:
    (bundle / "weights.npz").unlink()
    os.mkfifo(bundle / "weights.npz")
    refused(bundle, r"weights\.npz: is not a file")


def test_what_is_checked_is_what_is_used(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cx_nlp.bundle import folder as reading

    honest = load_bundle(bundle).tag("giao hàng nhanh")

    def swapped(path: Path, listed: dict[str, Any]) -> bytes:
        data = whole(path, listed)
        path.write_bytes(b"swapped after the check")
        return data

    whole = reading._listed_content
    monkeypatch.setattr(reading, "_listed_content", swapped)
    assert load_bundle(bundle).tag("giao hàng nhanh") == honest
    assert (bundle / "weights.npz").read_bytes() == b"swapped after the check"


# JSON and TOML


def test_a_key_said_twice_is_refused(bundle: Path) -> None:
    path = bundle / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"kind"', '"kind": "label", "kind"', 1), encoding="utf-8")
    refused(bundle, r"manifest\.json: is not JSON \(the key 'kind' stands twice\)")
    path.write_text(text, encoding="utf-8")
    words = (bundle / "vocabularies.json").read_bytes()
    forge(bundle, **{"vocabularies.json": words.replace(b'"words":', b'"words": [], "words":', 1)})
    refused(bundle, "the key 'words' stands twice")


@pytest.mark.parametrize(
    ("number", "reason"),
    [("1e400", "is too large a number"), ("-1e999", "is too large a number"), ("NaN", "is no number"),
     ("9" * 100_000, "is not JSON|must be")],
)  # fmt: skip
def test_numbers_that_are_none_are_refused(bundle: Path, number: str, reason: str) -> None:
    path = bundle / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"kind"', f'"odd": {number}, "kind"', 1), encoding="utf-8")
    refused(bundle, reason)


def test_counts_beyond_all_comments_are_refused(bundle: Path) -> None:
    forge(bundle, lambda manifest: manifest.update(left_out={"app": 10**300}))
    refused(bundle, "must hold whole numbers")


@pytest.mark.parametrize("part", ["manifest.json", "vocabularies.json", "taxonomy.toml"])
def test_lists_in_lists_without_end_are_refused(bundle: Path, part: str) -> None:
    deep = b"x = " + b"[" * 200_000 if part == "taxonomy.toml" else b"[" * 200_000
    if part == "manifest.json":
        (bundle / part).write_bytes(deep)
    else:
        forge(bundle, **{part: deep})
    refused(bundle, part)


@pytest.mark.parametrize(
    ("part", "size"),
    [("manifest.json", 5), ("vocabularies.json", 65), ("taxonomy.toml", 2), ("README.md", 2)],
)
def test_a_part_over_its_limit_is_not_read(bundle: Path, part: str, size: int) -> None:
    forge(bundle, **{name: b"" for name in [part] if part != "manifest.json"})
    with (bundle / part).open("wb") as stream:
        stream.truncate(size * MEGABYTE)
    refused(bundle, "at most .* are read", megabytes=8)


TAXONOMY = """
[[touchpoint]]
id = "app"
name_vi = "App"
name_en = "App"
[[factor]]
id = "general"
name_vi = "Chung"
name_en = "General"
"""
BOMBS = {
    "two thousand and one touchpoints": "".join(
        f'[[touchpoint]]\nid = "t{k}"\nname_vi = "x"\nname_en = "x"\n' for k in range(2_001)
    ),
    "a name of 30 000 letters": TAXONOMY.replace('"App"', '"' + "a" * 30_000 + '"', 1),
    "a number of 100 000 digits": TAXONOMY + "poll = " + "9" * 100_000,
    "a wrong key below a long text": TAXONOMY + 'description = """\n' + "a\n" * 50_000 + '"""\nwrong = 1\n',
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_taxonomy_made_to_take_long_is_refused_soon(bundle: Path, bomb: str) -> None:
    forge(bundle, **{"taxonomy.toml": BOMBS[bomb].encode()})
    refused(bundle, r"taxonomy\.toml: is no taxonomy", megabytes=200)


# Cascades


def cascade(folder: Path) -> Path:
    """The bundle turned into a cascade of what stands beside it."""
    for name in ("taxonomy.toml", "vocabularies.json", "weights.npz"):
        (folder / name).unlink()
    stages = {"fast": "0" * 64, "encoder": "0" * 64}
    numbers = {"sure": 0.9, "weight": 0.0, "threshold": None, "review": None, "odds": 0.0}

    def change(manifest: dict[str, Any]) -> None:
        manifest.update(kind="cascade", classes={}, parameters={**numbers, "stages": stages})
        manifest["contents"] = {"README.md": manifest["contents"]["README.md"]}

    return forge(folder, change)


def test_a_cascade_made_of_itself_is_refused(fast: Path, tmp_path: Path) -> None:
    folder = cascade(Path(shutil.copytree(fast, tmp_path / "fast")))
    refused(folder, "is made of two models itself, and a cascade or a pair is made of two single ones")


def test_a_cascade_without_the_models_it_is_made_of_says_so(fast: Path, tmp_path: Path) -> None:
    folder = cascade(Path(shutil.copytree(fast, tmp_path / "auto")))
    refused(folder, "is made of two models, and .*fast is not there; put fast and encoder beside it")


# Networks


def network(change: Callable[[Any], object], *, eight_bit: bool = True) -> bytes:
    """The small network as somebody changed it."""
    import onnx

    arrays = random_arrays(len(small_vocabulary().pieces), LABELLING.labels)
    model = onnx.load_from_string(network_bytes(arrays, eight_bit=eight_bit))
    change(model)
    return bytes(model.SerializeToString())


def weights_of(model: Any, name: str) -> Any:
    return next(one for one in model.graph.initializer if one.name == name)


def elsewhere(location: str) -> Callable[[Any], object]:
    def change(model: Any) -> None:
        from onnx import TensorProto

        tensor = weights_of(model, "places")
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)

    return change


def with_node(*given: Any, domain: str = "", **attributes: Any) -> Callable[[Any], object]:
    def change(model: Any) -> None:
        from onnx import helper

        model.graph.node.append(helper.make_node(*given, domain=domain, **attributes))
        if domain:
            model.opset_import.append(helper.make_opsetid(domain, 1))

    return change


def with_loop(model: Any) -> None:
    from onnx import helper

    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["zero", ""], ["spun"], body=body))


def with_function(model: Any) -> None:
    from onnx import helper

    made = helper.make_function("mine", "F", ["a"], ["b"], [helper.make_node("Identity", ["a"], ["b"])], [])
    model.functions.append(made)


def bias_as_column(model: Any) -> None:
    from onnx import numpy_helper

    weights_of(model, "what.b").CopyFrom(numpy_helper.from_array(np.zeros((10_000, 1), np.float32), "what.b"))


def short_of_numbers(model: Any) -> None:
    weights_of(model, "words").dims[0] = 1_000_000


NETWORKS: dict[str, tuple[Callable[[Any], object], str]] = {
    "weights in another file": (elsewhere("../../../etc/passwd"), r"a field 13"),
    "weights in an absolute file": (elsewhere("/etc/passwd"), r"a field 13"),
    "an operator of its own": (with_node("Run", ["ids"], ["out"], domain="evil.ops"), r"holds evil\.ops\.Run for out"),
    "python as an operator": (with_node("PyOp", ["ids"], ["out"], domain="ai.onnx.contrib"), r"holds ai\.onnx\.contrib\.PyOp"),
    "a known operator too many": (with_node("ConstantOfShape", ["one"], ["vast"]), "holds ConstantOfShape for vast"),
    "a loop": (with_loop, "a field 6"),
    "a function": (with_function, "a field 25"),
    "an operator twice": (lambda model: model.graph.node.append(model.graph.node[0]), "lacks operators or holds one twice"),
    "an operator too few": (lambda model: model.graph.node.pop(), "lacks operators"),
    "an operator turned": (lambda model: setattr(model.graph.node[6], "op_type", "Expand"), "holds Expand for"),
    "a bias that stretches": (bias_as_column, r"'what\.b' have the shape \[10000, 1\]"),
    "weights that are not there": (short_of_numbers, "are not the .* numbers of their shape"),
    "weights of no shape": (lambda model: weights_of(model, "words").dims.append(1 << 40), "have the shape"),
    "another number of heads": (
        lambda model: next(setattr(a, "i", 4096) for n in model.graph.node for a in n.attribute if a.name == "num_heads"),
        "other than 4 heads",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", NETWORKS)
def test_a_network_that_could_do_more_than_tag_is_refused(contextual: Path, attack: str) -> None:
    change, reason = NETWORKS[attack]
    forge(contextual, **{"network.onnx": network(change)})
    refused(contextual, rf"network\.onnx: is no.*{reason}")


def test_a_second_graph_in_the_file_is_refused(contextual: Path) -> None:
    data = (contextual / "network.onnx").read_bytes()
    forge(contextual, **{"network.onnx": data + b"\x3a\x00"})
    refused(contextual, "holds graph twice")


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_network_cut_short_is_refused(contextual: Path, cut: int) -> None:
    forge(contextual, **{"network.onnx": (contextual / "network.onnx").read_bytes()[:-cut]})
    refused(contextual, r"network\.onnx: is no")


@pytest.mark.parametrize("eight_bit", [True, False])
def test_the_networks_that_training_writes_are_of_the_form(eight_bit: bool) -> None:
    pytest.importorskip("onnx")
    data = network(lambda model: None, eight_bit=eight_bit)
    check_network(data, SIZES)
    import onnx

    assert len(onnx.load_from_string(data).graph.node) == len(
        [*network_nodes(SIZES.layers, eight_bit=eight_bit)]
    )


def numbers(**changes: Any) -> bytes:
    sizes = np.array([48, 2, 4, 96, 300, 1e-6])
    parts = {"scale": np.array([1, 0.4, 1, 0.5]), "sizes": sizes, "scores": small_vocabulary().scores}
    return pack_arrays({**parts, **changes})


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ([48, 3, 4, 96, 300, 1e-6], "not the network of an encoder with 3 layers"),
        ([48, 2, 4, 96, 10**6, 1e-6], "positions are 1000000, not 1 to 1024"),
        ([48, 10**9, 4, 96, 300, 1e-6], "layers are 1000000000"),
        ([48, -2, 4, 96, 300, 1e-6], "layers are -2"),
        ([np.nan, 2, 4, 96, 300, 1e-6], "'sizes' holds what is no finite number"),
    ],
)
def test_sizes_that_no_network_has_are_refused(contextual: Path, sizes: list[float], reason: str) -> None:
    forge(contextual, **{"weights.npz": numbers(sizes=np.array(sizes, float))})
    refused(contextual, reason)


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
def test_scores_of_pieces_that_are_no_numbers_are_refused(contextual: Path, score: float) -> None:
    scores = small_vocabulary().scores.copy()
    scores[7] = score
    forge(contextual, **{"weights.npz": numbers(scores=scores)})
    refused(contextual, "'scores' holds what is no finite number")


@pytest.mark.parametrize("pieces", [["a" * 1_000_000], [f"{k:0250}" for k in range(40_000)]])
def test_pieces_that_would_fill_the_memory_are_refused(contextual: Path, pieces: list[str]) -> None:
    whole = [*small_vocabulary().pieces, *pieces]
    words = json.dumps({"pieces": whole}).encode()
    scores = np.zeros(len(whole), np.float32)
    forge(contextual, **{"vocabularies.json": words, "weights.npz": numbers(scores=scores)})
    refused(contextual, r"vocabularies\.json: holds .* characters of pieces", megabytes=100)


def test_a_tokenizer_of_its_own_is_not_read(contextual: Path) -> None:
    rules = {"normalizer": {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}}
    (contextual / "tokenizer.json").write_text(json.dumps(rules), encoding="utf-8")
    refused(contextual, r"tokenizer\.json: is not part of the model")
    forge(contextual, **{"tokenizer.json": json.dumps(rules).encode()})
    refused(contextual, "lists 'tokenizer.json', which a model of kind 'contextual' does not have")
