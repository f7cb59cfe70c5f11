"""Accuracy on public data sets: a model trained on each set's train file alone, beside published figures.

    python benchmarks/accuracy.py FOLDER [--tier fast --tier accurate] [--seeds 0 1 2] [--only NAME ...]
                                         [--base MODEL] [--keep FILE.json] [--out FILE.md] [--json]

FOLDER holds one folder per data set (the names in TASKS) with train.csv and test.csv or dev.csv. test.csv is measured
where it is there, else dev.csv, else five folds of train.csv in which near-duplicates stay together. Nothing is tuned
on what is measured. A figure is the mean over the seeds; its interval is a bootstrap over comments of that mean, so it
says how far another sample of comments could move it, not another sample of training data.

Neither the table nor the file of --keep holds any text of the data.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack

import cx_nlp
from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.errors import CxError, InputError
from cx_nlp.io.labelled import LabelledComment
from cx_nlp.metrics.classes import class_counts
from cx_nlp.metrics.intervals import Counts, figures
from cx_nlp.metrics.labels import Array, view_counts
from cx_nlp.training import Tuning
from cx_nlp.training.source import labelled_source

PUBLISHED = Path(__file__).with_name("published.toml")
FOLDS = 5
RESAMPLES = 1000
KEEP_FORMAT = 1

MEASURES = {
    "category": "category F1",
    "category_macro_all": "category macro F1",
    "triple": "category + polarity F1",
    "triple_macro_all": "category + polarity macro F1",
    "label_weighted": "weighted F1",
    "label_macro": "macro F1",
    "label_accuracy": "accuracy",
}
"""The figures of cx_nlp.metrics that are shown, and their names in the table; F1 without more is micro F1."""

ASPECTS = ("category", "triple")
CLASSES = ("label_weighted", "label_macro", "label_accuracy")


@dataclass(frozen=True)
class Task:
    """One task of a data set; without `label_column` the data's `aspects` are learnt."""

    folder: str
    data_set: str
    name: str
    measures: tuple[str, ...]
    label_column: str | None = None


TASKS = (
    Task("vlsp2018_hotel", "VLSP-2018 hotel", "aspects", ASPECTS),
    Task("vlsp2018_restaurant", "VLSP-2018 restaurant", "aspects", ASPECTS),
    Task(
        "uit_visfd", "UIT-ViSFD", "aspects", ("category", "category_macro_all", "triple", "triple_macro_all")
    ),
    Task("uit_vsfc", "UIT-VSFC", "sentiment", CLASSES, "sentiment"),
    Task("uit_vsfc", "UIT-VSFC", "topic", CLASSES, "topic"),
    Task("uit_viocd", "UIT-ViOCD", "complaint", CLASSES, "label"),
    Task("uts2017_bank", "UTS2017-Bank", "aspects", ASPECTS),
)

LEFT_OUT = {
    "chattermill_banking_aspects": "several topics a comment without polarity, which is neither of the two tasks "
    "that models are trained for here; who labelled it and how is not told, and no figure is published for it",
}
"""Data sets that are known and not measured, and why."""


@dataclass(frozen=True)
class Split:
    """What is trained on and what is measured, pair by pair: one pair, or one for each fold."""

    measured: str
    pairs: tuple[tuple[pd.DataFrame, pd.DataFrame], ...]
    digest: str


@dataclass(frozen=True)
class Run:
    """What one model (or the models of all folds) answered on the held-out comments, in their order.

    An answer is a list of labels: `touchpoint#factor#sentiment` each, or the one class.
    """

    answers: list[list[str]]
    trained_on: int
    seconds: float


@dataclass(frozen=True)
class SeedMean:
    """The counts of several seeds side by side; its figures are the means over them."""

    blocks: tuple[Counts, ...]

    @property
    def counts(self) -> csr_matrix:
        """One row a comment, the columns of every seed one after another."""
        return hstack([block.counts for block in self.blocks], format="csr")

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """The mean over the seeds of every figure."""
        ends = np.cumsum([block.counts.shape[1] for block in self.blocks])[:-1]
        parts = zip(self.blocks, np.split(sums, ends, axis=-1), np.split(whole, ends, axis=-1), strict=True)
        found = [block.scores(some, every) for block, some, every in parts]
        return {name: np.mean([one[name] for one in found], axis=0) for name in found[0]}


def split_of(folder: Path) -> Split:
    """The split that the files of a data set give."""
    train = folder / "train.csv"
    held = next((folder / name for name in ("test.csv", "dev.csv") if (folder / name).is_file()), None)
    frame = _read(train)
    digest = hashlib.sha256(cx_nlp.__version__.encode())
    for path in [train] if held is None else [train, held]:
        digest.update(path.read_bytes())
    pairs = tuple(_folds(frame)) if held is None else ((frame, _read(held)),)
    measured = f"{FOLDS} folds of train" if held is None else held.stem
    return Split(measured, pairs, digest.hexdigest())


def _read(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if "text" not in frame.columns or frame.empty:
        raise InputError(
            f"{path.name}: expected a column 'text' and at least one row, found {', '.join(frame.columns)}"
        )
    return frame


def _folds(frame: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    # The same folds for every seed, so that seeds differ in the model alone.
    groups = near_duplicate_groups(frame["text"].tolist())
    fold_of = np.random.default_rng(0).permutation(int(groups.max()) + 1) % FOLDS
    for fold in range(FOLDS):
        outside = fold_of[groups] == fold
        yield frame[~outside], frame[outside]


def gold_of(task: Task, split: Split) -> list[list[LabelledComment]]:
    """The held-out comments of every pair with their labels."""
    return [list(labelled_source(held, label_column=task.label_column).records) for _, held in split.pairs]


def run_of(
    task: Task,
    split: Split,
    gold: Sequence[Sequence[LabelledComment]],
    tier: str,
    seed: int,
    base: Any = None,  # noqa: ANN401
    checkpoints: Sequence[Path] = (),
) -> Run:
    """Train on every pair's first part and answer its second; the encoder of each pair can have a checkpoint."""
    began = time.monotonic()
    answers: list[list[str]] = []
    sizes = []
    of_pairs: Sequence[Path | None] = checkpoints or [None] * len(split.pairs)
    for (train, held), records, checkpoint in zip(split.pairs, gold, of_pairs, strict=True):
        tuning = Tuning(base=base, checkpoint=checkpoint)
        chosen: dict[str, Any] = {} if tier == "fast" else {"tier": tier, "tuning": tuning}
        trained = cx_nlp.train(train, dev=held, label_column=task.label_column, seed=seed, **chosen)
        texts = [record.text for record in records]
        if task.label_column is None:
            answers += [
                sorted({"#".join((m.touchpoint, m.factor, m.sentiment)) for m in tagged.mentions})
                for tagged in trained.model.tag_many(texts)
            ]
        else:
            answers += [[str(label)] for label in trained.model.predict(texts)]
        sizes.append(trained.comments)
    return Run(answers, round(sum(sizes) / len(sizes)), round(time.monotonic() - began, 1))


def counts_of(task: Task, gold: Sequence[LabelledComment], run: Run) -> list[Counts]:
    """The counts from which the figures of a run follow."""
    if task.label_column is not None:
        labels = [record.label for record in gold]
        return [class_counts("label", (), labels, [answer[0] for answer in run.answers])]
    records = [record.to_dict() for record in gold]
    parts = ("touchpoint", "factor", "sentiment")
    answered = [
        {"mentions": [dict(zip(parts, label.split("#"), strict=True)) for label in answer]}
        for answer in run.answers
    ]
    return [view_counts(view, records, answered, None) for view in ASPECTS]


def figures_of(
    task: Task, gold: Sequence[LabelledComment], runs: Mapping[int, Run]
) -> dict[str, dict[str, Any]]:
    """Every measure of the task: mean over the seeds with its interval, and the figure of each seed."""
    by_seed = {seed: counts_of(task, gold, run) for seed, run in runs.items()}
    means = [SeedMean(blocks) for blocks in zip(*by_seed.values(), strict=True)]
    whole = figures(means, resamples=RESAMPLES, seed=0)
    single = {seed: figures(blocks, resamples=0, seed=0) for seed, blocks in by_seed.items()}
    return {
        name: {
            "mean": whole[name].value,
            "low": whole[name].low,
            "high": whole[name].high,
            "seeds": {str(seed): found[name].value for seed, found in single.items()},
            "seconds": sum(run.seconds for run in runs.values()),
        }
        for name in task.measures
    }


class Kept:
    """Finished runs, in a file where one is named, so that a long benchmark can be taken up again."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.runs: dict[str, Any] = {}
        if path is None or not path.exists():
            return
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["format"] != KEEP_FORMAT:
                raise KeyError("format")
            self.runs = found["runs"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise InputError(
                f"{path}: not a file of finished runs of this benchmark; name another"
            ) from error

    def find(self, key: str, digest: str) -> Run | None:
        """The run of that name on the same files with the same version, or None."""
        found = self.runs.get(key)
        if found is None or found["digest"] != digest:
            return None
        answers = [[found["labels"][at] for at in answer] for answer in found["answers"]]
        return Run(answers, found["trained_on"], found["seconds"])

    def checkpoints(self, key: str, digest: str, pairs: int) -> list[Path]:
        """Files beside this one from which an interrupted run on the same files goes on, one for each pair; none where nothing is kept."""
        if self.path is None:
            return []
        name = f"{self.path.stem}-{hashlib.sha256(f'{key} {digest}'.encode()).hexdigest()[:12]}"
        return [self.path.with_name(f"{name}-{pair}.checkpoint") for pair in range(pairs)]

    def add(self, key: str, digest: str, run: Run) -> None:
        """Note a run, and write all of them."""
        labels = sorted({label for answer in run.answers for label in answer})
        at = {label: k for k, label in enumerate(labels)}
        self.runs[key] = {
            "digest": digest,
            "trained_on": run.trained_on,
            "seconds": run.seconds,
            "labels": labels,
            "answers": [[at[label] for label in answer] for answer in run.answers],
        }
        if self.path is not None:
            part = self.path.with_name(f"{self.path.name}.part")
            part.write_text(json.dumps({"format": KEEP_FORMAT, "runs": self.runs}), encoding="utf-8")
            os.replace(part, self.path)


@dataclass
class Report:
    """What was measured, as rows of the table, and what was not and why."""

    seeds: Sequence[int]
    tiers: Sequence[str]
    rows: list[dict[str, Any]]
    notes: list[str]
    base: Any = None
    """The model that the accurate tier goes on from."""

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "cx_nlp": cx_nlp.__version__,
            "seeds": list(self.seeds),
            "base": getattr(self.base, "model_id", None),
            "resamples": RESAMPLES,
            "rows": self.rows,
            "not_measured": self.notes,
            "sources": _published()["sources"],
        }

    def to_markdown(self) -> str:
        """The table, what its cells mean, what was not measured, and the sources."""
        published = _published()["sources"]
        used = list(dict.fromkeys(one["source"] for row in self.rows for one in row["published"]))
        number = {source: k for k, source in enumerate(used, 1)}
        columns = ["Data set", "Task", "Measure", "Measured on", "Trained on / measured (comments)"]
        columns += [*self.tiers, "Published"]
        lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
        lines += [f"| {' | '.join(self._cells(row, number))} |" for row in self.rows]
        lines += ["", _legend(self.seeds, getattr(self.base, "model_id", None))]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        lines += ["", *(f"[{k}] {published[source]}  " for source, k in number.items())] if used else []
        return "\n".join(lines) + "\n"

    def _cells(self, row: Mapping[str, Any], number: Mapping[str, int]) -> list[str]:
        first = [row["data_set"], row["task"], MEASURES[row["measure"]], row["split"]]
        ours = [_our_cell(row["tiers"].get(tier)) for tier in self.tiers]
        theirs = "; ".join(_their_cell(one, number) for one in row["published"])
        return [*first, f"{row['trained_on']:,} / {row['measured_on']:,}", *ours, theirs or "none found"]


def _legend(seeds: Sequence[int], base: str | None) -> str:
    begins = f" The accurate tier begins at the encoder of the model {base}." if base else ""
    return (
        f"cx_nlp {cx_nlp.__version__}, seeds {', '.join(map(str, seeds))}.{begins} Ours: mean over the seeds [95 % bootstrap "
        "interval of that mean, over comments] (lowest to highest seed, where there are several). Published figures name "
        "the split they were measured on; where it is not ours, they stand beside ours for scale, not for a ranking."
    )


def _our_cell(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "not measured"
    if found["mean"] is None:
        return "not defined"
    seeds = found["seeds"].values()
    spread = f" ({min(seeds):.3f} to {max(seeds):.3f})" if len(seeds) > 1 else ""
    return f"**{found['mean']:.3f}** [{found['low']:.3f}, {found['high']:.3f}]{spread}"


def _their_cell(one: Mapping[str, Any], number: Mapping[str, int]) -> str:
    note = f", {one['note']}" if "note" in one else ""
    return f"{one['value']:.3f} {one['model']} ({one['split']}{note}) [{number[one['source']]}]"


def _published() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(PUBLISHED.read_text(encoding="utf-8"))
    return found


def _said(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def measure(folder: Path, tasks: Sequence[Task], report: Report, kept: Kept) -> None:
    """Run every task, tier and seed, and add rows and notes to the report."""
    for k, task in enumerate(tasks, 1):
        _said(f"{task.data_set} {task.name} ({k} of {len(tasks)})")
        try:
            split = split_of(folder / task.folder)
            gold = gold_of(task, split)
        except ValueError as error:
            _note(report, f"{task.data_set} {task.name}: skipped, {error}")
            continue
        runs = {tier: _by_seed(task, split, gold, tier, report, kept) for tier in report.tiers}
        done = {tier: found for tier, found in runs.items() if found}
        _add_rows(report, task, split, [record for part in gold for record in part], done)


def _by_seed(
    task: Task,
    split: Split,
    gold: Sequence[Sequence[LabelledComment]],
    tier: str,
    report: Report,
    kept: Kept,
) -> dict[int, Run]:
    """The runs of a tier, kept or made now; none where the tier refuses the task."""
    found: dict[int, Run] = {}
    for seed in report.seeds:
        key = f"{task.folder} {task.name} {tier} seed {seed}"
        if tier == "accurate" and report.base is not None:
            key += f" base {report.base.digest}"
        run = kept.find(key, split.digest)
        if run is not None:
            _said(f"  {key}: kept from before")
        else:
            _said(f"  {key}: trains")
            checkpoints = kept.checkpoints(key, split.digest, len(split.pairs)) if tier == "accurate" else []
            try:
                run = run_of(task, split, gold, tier, seed, report.base, checkpoints)
            except CxError as error:
                _note(report, f"{task.data_set} {task.name}: refused by the {tier} tier, {error}")
                return {}
            kept.add(key, split.digest, run)
            for checkpoint in checkpoints:
                checkpoint.unlink(missing_ok=True)
            _said(f"  {key}: {run.seconds:.0f} s")
        found[seed] = run
    return found


def _add_rows(
    report: Report,
    task: Task,
    split: Split,
    gold: Sequence[LabelledComment],
    runs: Mapping[str, Mapping[int, Run]],
) -> None:
    if not runs:
        return
    found = {tier: figures_of(task, gold, by_seed) for tier, by_seed in runs.items()}
    trained_on = next(run.trained_on for by_seed in runs.values() for run in by_seed.values())
    for name in task.measures:
        theirs = [
            one
            for one in _published()["figure"]
            if (one["folder"], one["task"], one["measure"]) == (task.folder, task.name, name)
        ]
        report.rows.append(
            {
                "data_set": task.data_set,
                "folder": task.folder,
                "task": task.name,
                "measure": name,
                "split": split.measured,
                "trained_on": trained_on,
                "measured_on": len(gold),
                "tiers": {tier: one[name] for tier, one in found.items()},
                "published": theirs,
            }
        )


def _note(report: Report, line: str) -> None:
    report.notes.append(" ".join(line.split()))
    _said(report.notes[-1])


def there(folder: Path, only: Sequence[str] | None, report: Report) -> list[Task]:
    """The tasks whose data set is in the folder; notes for the others.

    Raises
    ------
    InputError
        The folder is none, or holds no data set, or `only` names an unknown one.
    """
    known = list(dict.fromkeys(task.folder for task in TASKS))
    unknown = [name for name in only or () if name not in known]
    if unknown:
        raise InputError(f"--only {unknown[0]}: no such data set; known are {', '.join(known)}")
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the one that holds a folder for each data set")
    found = [name for name in only or known if (folder / name / "train.csv").is_file()]
    if not found:
        raise InputError(
            f"{folder}: no data set in it; expected a folder with train.csv named {', '.join(only or known)}"
        )
    for name in [name for name in only or known if name not in found]:
        _note(report, f"{name}: skipped, no {name}/train.csv in the folder")
    for name, reason in LEFT_OUT.items():
        if only is None and (folder / name).is_dir():
            _note(report, f"{name}: left out, {reason}")
    return [task for task in TASKS if task.folder in found]


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", type=Path, help="holds one folder for each data set")
    options.add_argument(
        "--tier", action="append", choices=["fast", "accurate"], help="fast where none is named"
    )
    options.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options.add_argument(
        "--base",
        metavar="MODEL",
        help="the accurate tier begins at this model's encoder: a folder, such as models/encoder",
    )
    options.add_argument("--only", nargs="+", metavar="NAME", help="these data sets only, by folder name")
    options.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="finished runs are kept here and not run again; beside it, how far an unfinished encoder is",
    )
    options.add_argument("--out", type=Path, metavar="FILE.md", help="write the table to this file as well")
    options.add_argument("--json", action="store_true", help="print JSON in place of the table")
    return options.parse_args()


def main() -> int:
    """Measure what the folder holds and print the table."""
    given = _options()
    tiers = list(dict.fromkeys(given.tier or ["fast"]))
    try:
        base = cx_nlp.load(given.base) if given.base else None
        report = Report(list(dict.fromkeys(given.seeds)), tiers, [], [], base)
        tasks = there(given.folder, given.only, report)
        for path in (given.keep, given.out):
            # Said now and not after hours of training.
            if path is not None and not path.resolve().parent.is_dir():
                raise InputError(f"{path}: its folder does not exist; make it first")
        measure(given.folder, tasks, report, Kept(given.keep))
        if given.out:
            given.out.write_text(report.to_markdown(), encoding="utf-8")
    except (CxError, OSError) as error:
        _said(f"error: {error}")
        return 2
    print(json.dumps(report.to_dict(), indent=1) if given.json else report.to_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
