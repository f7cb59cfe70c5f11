"""Fine-tuning: a network learns from examples, with noise, early stopping and checkpoints."""

from __future__ import annotations

import ctypes
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as nnf

from cx_nlp.encoder.batches import Batch, batch_of, by_length, hide_pieces
from cx_nlp.encoder.examples import UNKNOWN, Example, Felt, Noise, noisy
from cx_nlp.encoder.labels import Labels
from cx_nlp.encoder.network import Network, Outputs
from cx_nlp.encoder.pieces import PieceReader
from cx_nlp.encoder.pretrained import Floats, Sizes
from cx_nlp.encoder.schedule import Progress, Schedule
from cx_nlp.encoder.start import Start
from cx_nlp.encoder.threshold import best_threshold
from cx_nlp.errors import InputError, OutputError

TIDIED = 20
"""Steps after which memory that is no longer used is given back."""
JOINABLE = 40
"""Words of a comment that may be put behind another."""


@dataclass(frozen=True)
class Task:
    """What a network is to learn: its shape, its labels, and how sentiments combine."""

    sizes: Sizes
    labels: Labels
    felt: Felt


class Held(NamedTuple):
    """How wrong a network is on held-out examples; they compare by the error, and by the loss where that is the same.

    The loss alone stops too early: it grows from the pass on in which the network becomes too sure of itself, while it
    still learns to tell labels apart.
    """

    error: float
    """1 - the mean of the labels' micro F1, at its best threshold, and of the accuracy of sentiments."""
    loss: float


@dataclass
class _State:
    """What a checkpoint holds beside the weights in training."""

    epoch: int = 0
    since: int = 0
    least: Held = field(default_factory=lambda: Held(math.inf, math.inf))
    best: dict[str, Floats] = field(default_factory=dict)


class Fitting:
    """A network in training.

    Parameters
    ----------
    task
        What is learnt.
    reader
        Words to pieces.
    start
        Where fine-tuning begins.
    schedule, noise
        How long and how fast, and how comments are changed from pass to pass.
    seed
        Of everything random.
    """

    def __init__(
        self,
        task: Task,
        reader: PieceReader,
        start: Start,
        *,
        schedule: Schedule,
        noise: Noise | None,
        seed: int,
    ) -> None:
        torch.manual_seed(seed)
        self.task, self.reader, self.schedule, self.noise, self.seed = task, reader, schedule, noise, seed
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = Network(task.sizes, len(reader.vocabulary.pieces), task.labels)
        self.network.load_arrays(start.arrays)
        if len(start.labels):
            self.network.load_heads(start.arrays, start.labels, start.sentiments)
        self.goes_on = len(start.labels) > 0
        # Most pieces are rare: what the encoder knows of them is more than the examples could teach.
        self.network.encoder.words.weight.requires_grad = False
        self.network.encoder.places.weight.requires_grad = False
        self.network.to(self.device)

    def run(
        self,
        examples: Sequence[Example],
        held_out: Sequence[Example],
        *,
        report: Callable[[Progress], None] | None = None,
        checkpoint: Path | None = None,
    ) -> dict[str, Floats]:
        """The weights of the pass that is least wrong on the held-out examples (see `Network.arrays`).

        A graphics card is used where PyTorch finds one. With `checkpoint`, the state after every pass is kept in that
        file, and training goes on from there when it is run again with the same data and settings.

        Raises
        ------
        InputError
            The checkpoint is of another run, or there is no folder for it.
        OutputError
            It cannot be written.
        """
        per_pass = math.ceil(len(examples) / self.schedule.batch)
        steps = per_pass * self.schedule.epochs
        optimizer = self._optimizer()
        rates = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: _rate(k, steps, self.schedule.warm_up))
        whose = self._digest(examples, held_out) if checkpoint is not None else ""
        state = self._resumed(checkpoint, optimizer, rates, whose)
        if self.goes_on and held_out and not state.best:
            # What a model of few labels makes worse, it must not replace.
            state.best, state.least = self.network.arrays(), self.held(held_out)
        began, first = monotonic(), state.epoch * per_pass
        for epoch in range(state.epoch, self.schedule.epochs):
            if state.since >= self.schedule.patience:
                break
            rng = self._seeded(epoch)
            total = 0.0
            for k, rows in enumerate(by_length([len(e.words) for e in examples], self.schedule.batch, rng)):
                changed = self._changed(examples, rows, rng)
                total += self._step(self._batch(changed), optimizer, rng)
                rates.step()
                if k % TIDIED == 0:
                    _give_back_memory()
                done = epoch * per_pass + k + 1
                if report is not None:
                    seconds = monotonic() - began
                    left = seconds / (done - first) * (steps - done)
                    report(
                        Progress(done, steps, epoch + 1, total / (k + 1), state.least.error, seconds, left)
                    )
            held = self.held(held_out) if held_out else Held(0.0, total / per_pass)
            state.epoch, state.since = epoch + 1, state.since + 1
            if held < state.least:
                state.best, state.least, state.since = self.network.arrays(), held, 0
            if checkpoint is not None:
                self._keep(checkpoint, optimizer, rates, state, whose)
        return state.best

    def held(self, examples: Sequence[Example]) -> Held:
        """How wrong the network is on examples as they are, without noise."""
        self.network.eval()
        total, likely, truth, right = 0.0, [], [], []
        with torch.no_grad():
            for rows in by_length([len(e.words) for e in examples], self.schedule.batch):
                batch = self._batch([examples[i] for i in rows])
                found = self._outputs(batch)
                total += float(self._loss(batch, found)) * len(rows)
                likely.append(torch.sigmoid(found.labels.float()).cpu().numpy())
                truth.append(batch.labels > 0)
                felt = found.sentiment.argmax(1).cpu().numpy() == batch.sentiment
                right.append(felt[batch.sentiment != UNKNOWN])
        _, score = best_threshold(np.concatenate(likely), np.concatenate(truth))
        felt = np.concatenate(right)
        parts = [score] if any(one.any() for one in truth) else []
        parts += [float(felt.mean())] if len(felt) else []
        return Held(1 - float(np.mean(parts or [0.0])), total / len(examples))

    def ranges(self, arrays: Mapping[str, Floats], examples: Sequence[Example]) -> dict[str, Floats]:
        """What flows through the network with these weights; see `Network.ranges`."""
        self.network.load_arrays(arrays)

        def batches() -> Iterator[tuple[Tensor, Tensor]]:
            for rows in by_length([len(e.words) for e in examples], self.schedule.batch):
                batch = self._batch([examples[i] for i in rows])
                yield (
                    torch.from_numpy(batch.ids).to(self.device),
                    torch.from_numpy(batch.mask).to(self.device),
                )

        return self.network.ranges(batches())

    def _seeded(self, epoch: int) -> np.random.Generator:
        # By the pass, so that a run that is taken up again sees the same noise.
        torch.manual_seed(self.seed * 1000 + epoch)
        self.network.train()
        return np.random.default_rng([self.seed, epoch])

    def _changed(
        self, examples: Sequence[Example], rows: npt.NDArray[np.intp], rng: np.random.Generator
    ) -> list[Example]:
        chosen = [examples[i] for i in rows]
        if self.noise is None:
            return chosen
        partners = [examples[i] for i in rng.integers(len(examples), size=len(rows))]
        found = []
        for example, partner in zip(chosen, partners, strict=True):
            fits = partner.kind == example.kind and len(partner.words) < JOINABLE
            changed = noisy(example, [partner] if fits else [], self.noise, self.task.felt, rng)
            found.append(changed if changed.words else example)
        return found

    def _batch(self, examples: Sequence[Example]) -> Batch:
        schedule = self.schedule
        return batch_of(
            examples, self.reader, len(self.task.labels.polarity), longest=schedule.longest, outside=schedule.outside
        )  # fmt: skip

    def _step(self, batch: Batch, optimizer: torch.optim.Optimizer, rng: np.random.Generator) -> float:
        hide_pieces(batch, self.schedule.hidden_pieces, rng)
        loss = self._loss(batch, self._outputs(batch))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        optimizer.step()
        return float(loss.detach())

    def _outputs(self, batch: Batch) -> Outputs:
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            found: Outputs = self.network(self._on_device(batch.ids), self._on_device(batch.mask))
        return found

    def _on_device(self, values: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(values).to(self.device)

    def _loss(self, batch: Batch, found: Outputs) -> Tensor:
        """Sum of three cross-entropies: of the comment's labels, of what each word says, of the comment's sentiment."""
        on_device = self._on_device
        labels = nnf.binary_cross_entropy_with_logits(
            found.labels.float(), on_device(batch.labels), reduction="none"
        )
        weight = on_device(batch.weight)
        words = -(on_device(batch.said) * torch.log_softmax(found.pieces.float(), -1)).sum(-1) * weight
        loss = labels.sum(1).mean() + words.sum() / weight.sum().clamp(min=1)
        if (batch.sentiment != UNKNOWN).any():
            loss = loss + nnf.cross_entropy(
                found.sentiment.float(), on_device(batch.sentiment), ignore_index=UNKNOWN
            )
        return loss

    def _optimizer(self) -> torch.optim.Optimizer:
        learnt = [(name, p) for name, p in self.network.named_parameters() if p.requires_grad]
        groups = [
            {"params": [p for name, p in learnt if name.startswith("encoder.") == inner], "lr": rate}
            for inner, rate in ((True, self.schedule.encoder_rate), (False, self.schedule.head_rate))
        ]
        return torch.optim.AdamW(groups, weight_decay=self.schedule.weight_decay, fused=True)

    def _digest(self, examples: Sequence[Example], held_out: Sequence[Example]) -> str:
        """What a checkpoint must be of to be gone on from: the weights it began with, the examples, schedule, noise and seed."""
        found = hashlib.sha256(
            repr((self.schedule, self.noise, self.seed, self.task.labels.polarity.tolist())).encode()
        )
        for piece in self.reader.vocabulary.pieces:
            found.update(repr(piece).encode("utf-8", "backslashreplace"))
        for name, weights in self.network.state_dict().items():
            found.update(f"{name} {tuple(weights.shape)}".encode())
            found.update(weights.cpu().numpy().tobytes())
        for example in (*examples, None, *held_out):
            found.update(repr(example).encode("utf-8", "backslashreplace"))
        return found.hexdigest()

    def _resumed(self, checkpoint: Path | None, optimizer: Any, rates: Any, whose: str) -> _State:  # noqa: ANN401
        if checkpoint is None:
            return _State()
        if not checkpoint.parent.is_dir():
            raise InputError(
                f"{checkpoint}: there is no folder {checkpoint.parent} for the checkpoint: make it"
            )
        if not checkpoint.exists():
            return _State()
        try:
            kept = torch.load(checkpoint, weights_only=True, map_location=self.device)
            if kept["of"] != whose:
                raise ValueError("other data or settings")
            self.network.load_state_dict(kept["network"])
            optimizer.load_state_dict(kept["optimizer"])
            rates.load_state_dict(kept["rates"])
            best = {name: tensor.cpu().numpy() for name, tensor in kept["best"].items()}
            return _State(kept["epoch"], kept["since"], Held(*kept["least"]), best)
        except OSError as error:
            raise InputError(f"{checkpoint}: cannot be read as a checkpoint: {error.strerror}") from error
        # What PyTorch raises at a file of another form or of other shapes.
        except (EOFError, LookupError, RuntimeError, TypeError, ValueError, UnpicklingError) as error:
            raise InputError(
                f"{checkpoint}: is no checkpoint of this run (of other data, labels, settings, base or seed, or another file): "
                "name another file, or delete this one if it is an old checkpoint"
            ) from error

    def _keep(self, checkpoint: Path, optimizer: Any, rates: Any, state: _State, whose: str) -> None:  # noqa: ANN401
        kept = {
            "of": whose, "network": self.network.state_dict(), "optimizer": optimizer.state_dict(), "rates": rates.state_dict(),
            "best": {name: torch.from_numpy(values) for name, values in state.best.items()},
            "epoch": state.epoch, "since": state.since, "least": list(state.least),
        }  # fmt: skip
        part = checkpoint.with_suffix(".part")
        try:
            torch.save(kept, part)
            part.replace(checkpoint)
        # PyTorch says a full disk in a RuntimeError of its own.
        except (OSError, RuntimeError) as error:
            part.unlink(missing_ok=True)
            raise OutputError(
                f"{checkpoint}: the checkpoint cannot be written ({error}); name another place with --checkpoint"
            ) from error


def _give_back_memory() -> None:
    """Let the C library give back what it holds unused, where it can (glibc).

    Every batch has a length of its own, and the holes that its tensors leave fit no other: after forty steps a process that
    needs 1.2 GB held 3.7, after a thousand 9.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _rate(step: int, steps: int, warm_up: float) -> float:
    """Share of the largest rate: up in a straight line, then down in one."""
    return min(1.0, (step + 1) / max(1.0, warm_up * steps)) * max(0.02, 1 - step / steps)
