"""How many planted label errors `cx-nlp find-label-errors` finds: precision at the top k and recall, with intervals.

Labels of some comments of data/feedback are changed by a known rule, the list is made, and a comment on it counts as found
where its labels were changed. The comments have errors of their own, which count as false alarms here: precision is a lower
bound.

    python benchmarks/label_errors.py data/feedback/*.jsonl --comments 4000 --repeats 5
    python benchmarks/label_errors.py LABELLED.jsonl --model auto --repeats 50

With --model the comments must be new to it; they are tagged once, and other errors are planted in each repeat.
"""

from __future__ import annotations

import argparse
import json
import random
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.stats import t as student

from cx_nlp.bundle import load
from cx_nlp.io.annotations import LabelledComment, LabelledMention
from cx_nlp.io.labelled import Labelled, read_labelled
from cx_nlp.tagger import TaggedComment
from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.training.label_errors import find_label_errors, judged, label_probabilities

WAYS = ("missing", "extra", "touchpoint", "factor", "sentiment", "comment_sentiment")
TOPS = (0.01, 0.02, 0.03, 0.05, 0.1)
"""Shares of the comments that a person looks through."""


def changed(
    record: LabelledComment, way: str, common: Sequence[tuple[str, str]], dice: random.Random
) -> LabelledComment:
    """The comment with one label changed; as it is where it holds nothing to change in this way."""
    if way == "comment_sentiment":
        others = [s for s in ("positive", "negative", "neutral", "mixed") if s != record.sentiment]
        return replace(record, sentiment=dice.choice(others))
    mentions = list(record.mentions)
    held = {(m.touchpoint, m.factor) for m in mentions}
    if way == "extra":
        touchpoint, factor = dice.choice([pair for pair in common if pair not in held])
        new = LabelledMention(touchpoint, factor, dice.choice(["positive", "negative"]))
        return replace(record, mentions=(*mentions, new))
    if not mentions:
        return record
    at = dice.randrange(len(mentions))
    old = mentions[at]
    if way == "missing":
        del mentions[at]
    elif way == "sentiment":
        mentions[at] = replace(old, sentiment="negative" if old.sentiment == "positive" else "positive")
    else:
        place = 0 if way == "touchpoint" else 1
        pairs = [
            pair for pair in common
            if pair[place] != (old.touchpoint, old.factor)[place] and pair[1 - place] == (old.touchpoint, old.factor)[1 - place]
            and pair not in held
        ]  # fmt: skip
        if not pairs:
            return record
        touchpoint, factor = dice.choice(pairs)
        mentions[at] = replace(old, touchpoint=touchpoint, factor=factor)
    return replace(record, mentions=tuple(mentions))


def planted(data: Labelled, share: float, seed: int) -> tuple[Labelled, dict[int, str]]:
    """The data with the labels of a share of the comments changed, and which comments in which way."""
    dice = random.Random(seed)
    records, ways = list(data.records), {}
    counts: dict[tuple[str, str], int] = {}
    for record in records:
        for m in record.mentions:
            counts[m.touchpoint, m.factor] = counts.get((m.touchpoint, m.factor), 0) + 1
    common = [pair for pair, n in counts.items() if n >= 20]
    order = dice.sample(range(len(records)), len(records))
    for row in order:
        if len(ways) >= share * len(records):
            break
        way = dice.choice(WAYS)
        new = changed(records[row], way, common, dice)
        if new is not records[row]:
            records[row], ways[row] = new, way
    return replace(data, records=tuple(records)), ways


def _told(data: Labelled, name: str) -> tuple[list[TaggedComment], np.ndarray, list[str]]:
    """What a model says of the comments, whatever their labels."""
    model, texts = load(name, kind="mentions"), [record.text for record in data.records]
    return model.tag_many(texts), *label_probabilities(model, texts)


def main() -> None:
    """Plants, finds, prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--comments", type=int, help="comments drawn for each repeat, by default all")
    parser.add_argument(
        "--model", help="a model that has not seen the comments; by default one is fitted in folds"
    )
    parser.add_argument("--share", type=float, default=0.03)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    whole = read_labelled(given.labelled, taxonomy=load_taxonomy())
    comments = min(given.comments or len(whole.records), len(whole.records))
    told = _told(whole, given.model) if given.model else None
    runs = []
    for seed in range(given.repeats):
        rows = np.random.default_rng(seed).permutation(len(whole.records))[:comments]
        data, ways = planted(replace(whole, records=tuple(whole.records[i] for i in rows)), given.share, seed)
        began = perf_counter()
        if told is None:
            order = find_label_errors(data, seed=seed, n_jobs=1).rows
        else:
            tagged, proba, classes = told
            errors = judged(data.records, [tagged[i] for i in rows], proba[rows], classes)
            order = list(dict.fromkeys(error.row for error in errors))
        run: dict[str, float] = {
            "seconds": perf_counter() - began,
            "planted": len(ways),
            "listed": len(order),
        }
        run["listed: precision"] = len(ways.keys() & set(order)) / max(len(order), 1)
        run["listed: recall"] = len(ways.keys() & set(order)) / len(ways)
        for top in TOPS:
            first = set(order[: round(top * comments)])
            run[f"top {top:.0%}: precision"] = len(ways.keys() & first) / max(len(first), 1)
            run[f"top {top:.0%}: recall"] = len(ways.keys() & first) / len(ways)
        first = set(order[: round(0.05 * comments)])
        for way in WAYS:
            of = {row for row, one in ways.items() if one == way}
            run[f"top 5%, {way}: recall"] = len(of & first) / max(len(of), 1)
        runs.append(run)
        print(f"repeat {seed} of {given.repeats} done", flush=True)
    for name in runs[0]:
        values = np.array([run[name] for run in runs])
        # Student's t over repeats: each has a sample, errors and folds of its own.
        spread = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
        half = float(student.ppf(0.975, max(len(values) - 1, 1))) * spread
        print(f"{name:<40}{values.mean():9.3f}  [{values.mean() - half:.3f}, {values.mean() + half:.3f}]")
    if given.out:
        given.out.write_text(json.dumps(runs, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
