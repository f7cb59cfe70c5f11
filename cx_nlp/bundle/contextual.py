"""The contextual models as parts of a bundle: the network, its vocabulary, and a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np

from cx_nlp.bundle.arrays import Array, Form, pack_arrays, unpack_arrays
from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.vocabularies import pack_vocabularies, unpack_vocabularies
from cx_nlp.encoder.network_form import check_network
from cx_nlp.encoder.pieces import SPECIAL, Vocabulary
from cx_nlp.encoder.pretrained import Sizes
from cx_nlp.encoder.tuning import Encoder
from cx_nlp.tagger import ContextualClassifier, ContextualTagger
from cx_nlp.tagger.labelling import Labelling
from cx_nlp.tagger.scale import Scale

CONTEXTUAL: Mapping[str, type[ContextualTagger] | type[ContextualClassifier]] = {
    "contextual": ContextualTagger,
    "contextual_label": ContextualClassifier,
}
NETWORK = "network.onnx"
MAX_PIECE = 256
"""Characters of a word piece; SentencePiece makes none over 16 by default."""
MAX_PIECES_CHARS = 1 << 23
"""Characters of all pieces, four times those of XLM-RoBERTa; the tokenizer takes some hundred bytes of memory for each."""
_GROUPS = {"contextual": ("category", "polarity", "sentiment"), "contextual_label": ("label",)}


def contextual_classes(model: Any) -> dict[str, dict[str, list[str]]]:  # noqa: ANN401
    """The classes of a contextual model, group by group, for the manifest."""
    if isinstance(model, ContextualClassifier):
        return {"label": {"label": [str(label) for label in model.classes_]}}
    found = model.labelling_
    return {
        "labels": {
            "category": [*found.categories], "polarity": [*found.polarities], "sentiment": [*found.sentiments],
        }
    }  # fmt: skip


def contextual_contents(model: Any) -> dict[str, bytes]:  # noqa: ANN401
    """The files of a contextual model."""
    encoder: Encoder = model.encoder_
    scale = astuple(model.scale_) if isinstance(model, ContextualTagger) else (model.temperature_,)
    arrays: dict[str, Array] = {
        "scale": np.array(scale, np.float64),
        "sizes": np.array(astuple(encoder.sizes), np.float64),
        "scores": encoder.vocabulary.scores.astype(np.float32),
    }
    if isinstance(model, ContextualClassifier):
        arrays["offsets"] = model.offsets_
    return {
        NETWORK: encoder.network,
        "vocabularies.json": pack_vocabularies({"pieces": encoder.vocabulary.pieces}),
        "weights.npz": pack_arrays(arrays),
    }


def fill_contextual(
    model: Any,  # noqa: ANN401
    kind: str,
    classes: Mapping[str, Any],
    contents: Mapping[str, bytes],
    folder: Path,
) -> None:
    """Give an unfitted contextual model what its bundle holds.

    Raises
    ------
    BundleError
        A part is not of the form it should have.
    """
    groups = _classes(kind, classes, folder)
    source = str(folder / "vocabularies.json")
    pieces = tuple(unpack_vocabularies(contents["vocabularies.json"], ("pieces",), source=source)["pieces"])
    if pieces[: len(SPECIAL)] != SPECIAL:
        raise broken(source, f"must begin with the pieces {', '.join(SPECIAL)}")
    numbers = len(astuple(Scale())) if kind == "contextual" else 1
    forms = {
        "scale": Form("<f8", (numbers,)), "sizes": Form("<f8", (6,)), "scores": Form("<f4", (len(pieces),)),
    }  # fmt: skip
    if kind == "contextual_label":
        forms["offsets"] = Form("<f8", (len(groups["label"]),))
    arrays = unpack_arrays(contents["weights.npz"], forms, source=str(folder / "weights.npz"))
    _check_pieces(pieces, arrays, folder)
    hidden, layers, heads, feed_forward, positions, epsilon = arrays["sizes"].tolist()
    sizes = Sizes(int(hidden), int(layers), int(heads), int(feed_forward), int(positions), epsilon)
    model.encoder_ = Encoder(Vocabulary(pieces, arrays["scores"]), contents[NETWORK], sizes)
    _check_numbers(arrays["scale"], folder)
    if kind == "contextual" and "neutral" not in groups["sentiment"]:
        raise broken(folder / "manifest.json", "'sentiment' must hold 'neutral'")
    try:
        check_network(contents[NETWORK], sizes)
        _finish(model, kind, groups, arrays)
    except ValueError as error:
        raise broken(folder / NETWORK, f"is {error}") from error
    _check_widths(model, kind, groups, folder)


def _finish(model: Any, kind: str, groups: Mapping[str, list[str]], arrays: Mapping[str, Array]) -> None:  # noqa: ANN401
    scale = arrays["scale"].tolist()
    if kind == "contextual":
        model.labelling_ = Labelling(*(tuple(groups[name]) for name in _GROUPS[kind]))
        model._finish(Scale(*scale))
    else:
        model.classes_ = np.array(groups["label"])
        model._finish(scale[0], arrays["offsets"])


def _check_pieces(pieces: tuple[str, ...], arrays: Mapping[str, Array], folder: Path) -> None:
    total, longest = sum(map(len, pieces)), max(map(len, pieces))
    if total > MAX_PIECES_CHARS or longest > MAX_PIECE:
        raise broken(
            folder / "vocabularies.json",
            f"holds {total:,} characters of pieces, the longest of {longest:,}; at most {MAX_PIECES_CHARS:,} and {MAX_PIECE:,} "
            "are read",
        )
    for name in ("sizes", "scores", "offsets"):
        if name in arrays and not np.isfinite(arrays[name]).all():
            raise broken(folder / "weights.npz", f"the array {name!r} holds what is no finite number")


def _check_numbers(scale: Array, folder: Path) -> None:
    if not np.isfinite(scale).all() or (scale <= 0).any():
        raise broken(folder / "weights.npz", "the array 'scale' must hold numbers above 0")


def _check_widths(model: Any, kind: str, groups: Mapping[str, list[str]], folder: Path) -> None:  # noqa: ANN401
    wanted = {"sentiment": len(groups[_GROUPS[kind][-1]])}
    if kind == "contextual":
        wanted["labels"] = wanted["said"] = len(model.labelling_.names)
    found = model.session_.widths
    for output, width in wanted.items():
        if found.get(output) != width:
            raise broken(
                folder / NETWORK, f"gives {found.get(output)} numbers as {output!r}, the classes are {width}"
            )


def _classes(kind: str, given: Mapping[str, Any], folder: Path) -> dict[str, list[str]]:
    found = next(iter(given.values()), None)
    names = _GROUPS[kind]
    good = isinstance(found, dict) and {*found} == {*names} and len(given) == 1
    if good and isinstance(found, dict):
        lists = [found[name] for name in names]
        if all(isinstance(one, list) and one and len({*map(str, one)}) == len(one) for one in lists):
            return {name: [str(label) for label in found[name]] for name in names}
    raise broken(folder / "manifest.json", f"'classes' must give {', '.join(names)}, each label once")
