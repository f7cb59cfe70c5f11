"""The network in PyTorch: a BERT encoder with label attention, for training and for export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

from cx_nlp.encoder.labels import Labels
from cx_nlp.encoder.pretrained import Floats, Pretrained, Sizes

HEADS = ("nothing", "look", "sentiment")
LAYER_PARTS = ("mixed", "out", "first_norm", "wide", "narrow", "second_norm")
FAR = -1e4
"""Added to the attention score of what must not be seen."""


class Layer(nn.Module):  # type: ignore[misc]
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.mixed = nn.Linear(sizes.hidden, 3 * sizes.hidden)
        self.out = nn.Linear(sizes.hidden, sizes.hidden)
        self.first_norm = nn.LayerNorm(sizes.hidden, eps=sizes.epsilon)
        self.wide = nn.Linear(sizes.hidden, sizes.feed_forward)
        self.narrow = nn.Linear(sizes.feed_forward, sizes.hidden)
        self.second_norm = nn.LayerNorm(sizes.hidden, eps=sizes.epsilon)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        """The states after this layer; `seen` is added to the attention scores."""
        rows, length, width = x.shape
        mixed = self.mixed(x).view(rows, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: the fused kernel's backward pass takes most of a step on short comments.
        scores = mixed[0] @ mixed[1].transpose(2, 3) * (width // self.heads) ** -0.5 + seen
        looked = (torch.softmax(scores, dim=-1) @ mixed[2]).transpose(1, 2).reshape(rows, length, width)
        x = self.first_norm(x + self.out(looked))
        return self.second_norm(x + self.narrow(nnf.gelu(self.wide(x))))


class Encoder(nn.Module):  # type: ignore[misc]
    """Word pieces to states."""

    def __init__(self, sizes: Sizes, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, sizes.hidden)
        self.places = nn.Embedding(sizes.positions, sizes.hidden)
        self.norm = nn.LayerNorm(sizes.hidden, eps=sizes.epsilon)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """States of shape (comments, pieces, hidden); `mask` is 1 where a piece stands and 0 where it is padding."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places))
        seen = ((1 - mask) * FAR)[:, None, None, :].to(x.dtype)
        for layer in self.layers:
            x = layer(x, seen)
        return x


class LabelWeights(nn.Module):  # type: ignore[misc]
    """A weight vector and an offset for every label, summed from those of its parts."""

    def __init__(self, labels: Labels, hidden: int, offset: float) -> None:
        super().__init__()
        parts = labels.parts()
        self.parts = nn.ModuleList(nn.Embedding(int(part.max(initial=0)) + 1, hidden + 1) for part in parts)
        self.index = nn.ParameterList(
            nn.Parameter(torch.as_tensor(part, dtype=torch.long), requires_grad=False) for part in parts
        )
        for part in self.parts:
            nn.init.normal_(part.weight, std=0.02)
            nn.init.zeros_(part.weight[:, -1:])
        nn.init.constant_(self.parts[0].weight[:, -1], offset)

    def forward(self) -> tuple[Tensor, Tensor]:
        """Weights (labels, hidden) and offsets (labels,)."""
        total = torch.stack([part(index) for part, index in zip(self.parts, self.index, strict=True)]).sum(0)
        return total[:, :-1], total[:, -1]

    def go_on(self, weights: Tensor, offsets: Tensor, rows: Sequence[int]) -> None:
        """Begin with the given rows, -1 for none: what is known of a label goes to the part that is its own."""
        for part in self.parts:
            nn.init.zeros_(part.weight)
        known = torch.tensor([row >= 0 for row in rows])
        found = torch.tensor([row for row in rows if row >= 0])
        mean = weights.mean(0)
        own = self.parts[-1].weight
        own[:, :-1], own[:, -1] = mean, offsets.mean()
        own[known] = torch.cat([weights[found], offsets[found, None]], dim=1)


@dataclass(frozen=True)
class Outputs:
    """Logits: of labels at every piece (the last column: nothing), of labels and sentiments for the comment."""

    pieces: Tensor
    labels: Tensor
    sentiment: Tensor


class Network(nn.Module):  # type: ignore[misc]
    """Encoder and heads.

    Every piece gets a score for each label ("these words say it"). For the comment, each label looks at the pieces in
    proportion to that score (label attention, Mullenbach et al. 2018) and sums what they speak for it.
    """

    def __init__(self, sizes: Sizes, vocabulary: int, labels: Labels, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(sizes, vocabulary)
        self.where = LabelWeights(labels, sizes.hidden, 0.0)
        self.nothing = nn.Linear(sizes.hidden, 1)
        self.what = LabelWeights(labels, sizes.hidden, -4.0)
        self.look = nn.Linear(sizes.hidden, 1)
        self.sentiment = nn.Linear(2 * sizes.hidden, labels.sentiments)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, mask: Tensor) -> Outputs:
        """Logits of a batch of word pieces."""
        states = self.dropout(self.encoder(ids, mask))
        weights, offsets = self.where()
        where = states @ weights.T + offsets
        hidden = ((1 - mask) * FAR)[:, :, None]
        attention = torch.softmax(where.float() + hidden, dim=1)
        weights, offsets = self.what()
        said = (attention * (states @ weights.T).float()).sum(1) + offsets
        looked, mean = (
            _pooled(states, scores, hidden) for scores in (self.look(states), torch.zeros_like(hidden))
        )
        pooled = torch.cat([looked, mean], dim=1)
        pieces = torch.cat([where, self.nothing(states)], dim=2)
        return Outputs(pieces, said, self.sentiment(pooled))

    def arrays(self) -> dict[str, Floats]:
        """All weights by name, those of the labels' parts summed for each label."""
        found: dict[str, Tensor] = {"words": self.encoder.words.weight, "places": self.encoder.places.weight}
        for name, module in self._modules_by_name().items():
            found |= {f"{name}.w": module.weight, f"{name}.b": module.bias}
        for name, weights in (("where", self.where), ("what", self.what)):
            found[f"{name}.w"], found[f"{name}.b"] = weights()
        return {name: tensor.detach().float().cpu().numpy().copy() for name, tensor in found.items()}

    def load_arrays(self, arrays: Mapping[str, Floats]) -> None:
        """Take over the encoder's weights from arrays named as `arrays` names them; the heads keep their own."""
        with torch.no_grad():
            self.encoder.words.weight.copy_(torch.from_numpy(arrays["words"]))
            self.encoder.places.weight.copy_(torch.from_numpy(arrays["places"]))
            for name, module in self._modules_by_name().items():
                if f"{name}.w" in arrays and name not in HEADS:
                    module.weight.copy_(torch.from_numpy(arrays[f"{name}.w"]))
                    module.bias.copy_(torch.from_numpy(arrays[f"{name}.b"]))

    def load_heads(
        self, arrays: Mapping[str, Floats], labels: Sequence[int], sentiments: Sequence[int]
    ) -> None:
        """Take over the heads, too: for every label and sentiment the row of the arrays that it goes on from, -1 for none."""
        with torch.no_grad():
            for name, weights in (("where", self.where), ("what", self.what)):
                weights.go_on(
                    torch.from_numpy(arrays[f"{name}.w"]), torch.from_numpy(arrays[f"{name}.b"]), labels
                )
            for name in ("nothing", "look"):
                getattr(self, name).weight.copy_(torch.from_numpy(arrays[f"{name}.w"]))
                getattr(self, name).bias.copy_(torch.from_numpy(arrays[f"{name}.b"]))
            for new, old in enumerate(sentiments):
                if old >= 0:
                    self.sentiment.weight[new] = torch.from_numpy(arrays["sentiment.w"][old])
                    self.sentiment.bias[new] = float(arrays["sentiment.b"][old])

    def ranges(self, batches: Iterable[tuple[Tensor, Tensor]]) -> dict[str, Floats]:
        """For every product of the encoder and the label heads the largest absolute value of each channel that flows in."""
        found: dict[str, Tensor] = {}

        def keep(name: str, x: Tensor) -> None:
            largest = x.detach().float().abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(found[name], largest) if name in found else largest

        def hook(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
            return lambda _, inputs: keep(name, inputs[0])

        products = {name: one for name, one in self._modules_by_name().items() if isinstance(one, nn.Linear)}
        products = {name: one for name, one in products.items() if name != "sentiment"}
        handles = [one.register_forward_pre_hook(hook(name)) for name, one in products.items()]
        self.eval()
        with torch.no_grad():
            for ids, mask in batches:
                self(ids, mask)
        for handle in handles:
            handle.remove()
        # The label heads read what the other heads read.
        found |= {"where": found["look"], "what": found["look"]}
        return {name: largest.cpu().numpy() for name, largest in found.items()}

    def _modules_by_name(self) -> dict[str, nn.Linear | nn.LayerNorm]:
        encoder = self.encoder
        found = {"norm": encoder.norm, **{name: getattr(self, name) for name in HEADS}}
        for k, layer in enumerate(encoder.layers):
            found |= {f"l{k}.{name}": getattr(layer, name) for name in LAYER_PARTS}
        return found


def _pooled(states: Tensor, scores: Tensor, hidden: Tensor) -> Tensor:
    """The states of a comment summed in the shares that the scores give."""
    return (torch.softmax(scores.float() + hidden, dim=1) * states).sum(1)


def pretrained_arrays(pretrained: Pretrained, kept: Sequence[int], layers: int) -> dict[str, Floats]:
    """The first `layers` layers and the rows `kept` of the vocabulary, under the names of `Network.arrays`.

    The upper layers of an encoder for sentence vectors serve that end; a tagger does as well without them (Sajjad et
    al. 2023, "On the effect of dropping layers of pre-trained transformer models").
    """
    tensors = pretrained.tensors
    found = {
        "words": tensors["emb.word"][list(kept)], "places": tensors["emb.pos"] + tensors["emb.type"][0],
        "norm.w": tensors["emb.ln.w"], "norm.b": tensors["emb.ln.b"],
    }  # fmt: skip
    names = {"out": "ao", "first_norm": "aln", "wide": "fi", "narrow": "fo", "second_norm": "oln"}
    for k in range(layers):
        for end in ("w", "b"):
            found[f"l{k}.mixed.{end}"] = np.concatenate([tensors[f"l{k}.{part}.{end}"] for part in "qkv"])
            found |= {f"l{k}.{own}.{end}": tensors[f"l{k}.{theirs}.{end}"] for own, theirs in names.items()}
    return found
