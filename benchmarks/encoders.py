"""The accurate tier beside the usual ways to run its encoder: sentence-transformers on PyTorch, and ONNX Runtime with padding.

    python benchmarks/encoders.py EXPORT [--rows 2000] [--rounds 3]

EXPORT is a CSV file with a column `comment` (`benchmarks/big_export.py` writes one). Needs the extras `train` and `bench`.
All sides read the same comments with the same word pieces on all cores. The peers run a BERT of the shape of the shipped
encoder (its layers, width, heads and vocabulary; random weights, which run as fast as any):

- `sentence-transformers`: `SentenceTransformer.encode`, 32-bit PyTorch, sorted by length by itself, the best of several batches;
- `plain ONNX int8`: `quantize_dynamic`, batches of the file's order padded to their longest comment, the best of several batches;
- `tagger`: comments to mentions by `accurate`, which hears the fast model beside its encoder; the peers give vectors only.

Then one comment at a time: `tagger.tag` against one call of the bare network on pieces that are ready.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Pooling, Transformer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

import cx_nlp
from cx_nlp.encoder.pieces import BEGIN, END, PADDING, SPECIAL
from cx_nlp.tagger import Cascade, ContextualTagger
from cx_nlp.tagger.reading import read_comments

BATCHES = (8, 16, 32, 64, 128)
POSITIONS = 514
LONGEST = 256
"""Pieces of a comment that the peers read."""
Encode = Callable[[Sequence[str], int], None]


def texts(path: Path, rows: int) -> list[str]:
    """The first comments of the export."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [row["comment"] for _, row in zip(range(rows), csv.DictReader(stream), strict=False)]


def save_peer(encoder: ContextualTagger, folder: Path) -> None:
    """A BERT of the encoder's shape with its word pieces, as the peers load it."""
    vocabulary = encoder.encoder_.vocabulary
    config = BertConfig(
        vocab_size=len(vocabulary.pieces), hidden_size=384, num_hidden_layers=encoder.layers, num_attention_heads=12,
        intermediate_size=1536, max_position_embeddings=POSITIONS, pad_token_id=PADDING,
    )  # fmt: skip
    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).eval().save_pretrained(folder)
    tokenizer = vocabulary.tokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single=f"{SPECIAL[BEGIN]} $A {SPECIAL[END]}",
        special_tokens=[(SPECIAL[BEGIN], BEGIN), (SPECIAL[END], END)],
    )
    begin, padding, end, unknown = SPECIAL
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=begin, pad_token=padding, eos_token=end, unk_token=unknown,
        model_max_length=LONGEST,
    ).save_pretrained(folder)  # fmt: skip


def by_sentence_transformers(folder: Path) -> Encode:
    """Encoding by sentence-transformers."""
    words = Transformer(str(folder))
    model = SentenceTransformer(
        modules=[words, Pooling(words.get_embedding_dimension(), "mean")], device="cpu"
    )

    def encode(comments: Sequence[str], batch: int) -> None:
        model.encode(list(comments), batch_size=batch, show_progress_bar=False)

    return encode


class States(torch.nn.Module):
    """A BERT that takes pieces and mask, and gives its last states only."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """States of shape (comments, pieces, width)."""
        return self.model(input_ids=ids, attention_mask=mask).last_hidden_state


def by_plain_onnx(folder: Path) -> Encode:
    """Encoding by ONNX Runtime, eight bits, padded batches."""
    model = States(
        BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager").eval()
    )
    sample = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    whole, small = folder / "whole.onnx", folder / "int8.onnx"
    shape = {0: "comments", 1: "pieces"}
    torch.onnx.export(
        model, sample, str(whole), input_names=["input_ids", "attention_mask"], output_names=["states"],
        dynamic_axes={"input_ids": shape, "attention_mask": shape, "states": shape}, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8)
    session = ort.InferenceSession(str(small), providers=["CPUExecutionProvider"])
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)

    def encode(comments: Sequence[str], batch: int) -> None:
        for at in range(0, len(comments), batch):
            read = tokenizer(
                list(comments[at : at + batch]), padding=True, truncation=True, max_length=LONGEST, return_tensors="np",
                return_token_type_ids=False,
            )  # fmt: skip
            session.run(None, {name: np.asarray(value, np.int64) for name, value in read.items()})

    return encode


def rate(work: Callable[[], Any], comments: int) -> float:
    """Comments a second."""
    clock = time.perf_counter()
    work()
    return comments / (time.perf_counter() - clock)


def best_batch(encode: Encode, comments: Sequence[str]) -> int:
    """The batch with which a part of the comments is encoded in the least time."""
    part = comments[: max(256, len(comments) // 8)]
    encode(part[:64], 32)
    return max(BATCHES, key=lambda batch: rate(lambda: encode(part, batch), len(part)))


def one_at_a_time(tagger: Cascade, comments: Sequence[str]) -> tuple[float, float]:
    """Median milliseconds of `tag`, and of the bare network on the same comment's pieces."""
    encoder = tagger.accurate
    session = encoder.session_
    read = read_comments(comments, encoder.max_chars)
    ready = [encoder.reader_.read(one.words, one.blanks, most=LONGEST)[0].pieces for one in read]
    whole, bare = [], []
    for text, pieces in zip(comments, ready, strict=True):
        clock = time.perf_counter()
        tagger.tag(text)
        whole.append(time.perf_counter() - clock)
        clock = time.perf_counter()
        session.run([pieces])
        bare.append(time.perf_counter() - clock)
    return 1000 * statistics.median(whole), 1000 * statistics.median(bare)


def main() -> None:
    """Prints the rates of every round and their ratios."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("export", type=Path)
    options.add_argument("--rows", type=int, default=2_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    comments = texts(given.export, given.rows)
    tagger = cx_nlp.load("accurate")
    with TemporaryDirectory() as name:
        save_peer(tagger.accurate, Path(name))
        peers = {
            "sentence-transformers": by_sentence_transformers(Path(name)),
            "plain ONNX int8": by_plain_onnx(Path(name)),
        }
        batches = {peer: best_batch(encode, comments) for peer, encode in peers.items()}
        print("best batches:", batches)
        tagger.tag_many(comments[:256])
        ratios: dict[str, list[float]] = {peer: [] for peer in peers}
        for _ in range(given.rounds):
            own = rate(lambda: tagger.tag_many(comments), len(comments))
            said = [f"tagger {own:,.0f}"]
            for peer, encode in peers.items():
                other = rate(lambda e=encode, b=batches[peer]: e(comments, b), len(comments))
                ratios[peer].append(own / other)
                said.append(f"{peer} {other:,.0f}")
            print("comments a second:", ", ".join(said), flush=True)
    for peer, found in ratios.items():
        print(
            f"tagger against {peer}: median {statistics.median(found):.2f}, {min(found):.2f} to {max(found):.2f}"
        )
    whole, bare = one_at_a_time(tagger, comments[:500])
    print(
        f"one comment: tag {whole:.1f} ms, the bare network {bare:.1f} ms (medians of 500), {whole / bare:.2f} times"
    )


if __name__ == "__main__":
    main()
