"""Whether labels picked by `suggest-labels` teach more than as many picked at random; fast tier only.

One file of data/feedback plays the user's own export. A model learns from a start (comments of the other files, or a
first random lot of the export), picks comments of the export, gets their true labels and is fitted again on all it has.
It is measured on comments of the export that are like none of the others. One line a run, then means with 95 % intervals
over the seeds (Student's t) and the paired difference from random.

    python benchmarks/suggesting.py --own hotels_travel_wellness --start 200 --seeds 5
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from cx_nlp.io.frames import frame_export
from cx_nlp.io.labelled import Labelled, LabelledComment, read_labelled
from cx_nlp.suggesting import suggest_from
from cx_nlp.tagger import MentionTagger
from cx_nlp.tagger.held_out import split_off
from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.training.evaluating import mention_evaluation

FEEDBACK = Path(__file__).parents[1] / "data" / "feedback"
ARMS = {
    "random": (1.0, 0.0),
    "suggested": (0.2, 0.3),
    "uncertain only": (0.0, 0.0),
    "rare causes only": (0.0, 1.0),
}
"""Share picked at random and share picked for rare causes, as `suggest-labels` takes them."""
VIEWS = ("touchpoint", "factor", "triple", "touchpoint_macro", "sentiment_accuracy")
Records = list[LabelledComment]


def main() -> None:
    """Prints the runs and what they come to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--own", default="hotels_travel_wellness", help="the file that plays the user's export"
    )
    parser.add_argument(
        "--start", type=int, default=200, help="labels of the export at the start, drawn at random"
    )
    parser.add_argument(
        "--others", type=int, default=0, help="comments of the other files to learn from, too"
    )
    parser.add_argument("--n", type=int, nargs="+", default=[100, 300], help="labels that are added")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--test", type=int, default=1500)
    parser.add_argument("--arms", nargs="+", choices=[*ARMS], default=[*ARMS])
    parser.add_argument("--keep", type=Path, help="a file that notes finished runs, for going on")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    known = _known(given.keep)
    runs = []
    for run in _runs(given, known):
        runs.append(run)
        if given.keep and run not in known:
            with given.keep.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(run) + "\n")
        print(json.dumps(run), flush=True)
    for n in given.n:
        _table(pd.DataFrame([run for run in runs if run["n"] in (0, n)]), n)


def _known(path: Path | None) -> list[dict[str, object]]:
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _runs(given: argparse.Namespace, known: Sequence[dict[str, object]]) -> Iterator[dict[str, object]]:
    own = list(read_labelled(FEEDBACK / f"{given.own}.jsonl").records)
    others = _others(given.own) if given.others else []
    done = {(run["seed"], run["arm"], run["n"]): run for run in known}
    for seed in range(given.seeds):
        inside, outside = split_off([record.text for record in own], given.test / len(own), seed)
        rng = np.random.default_rng(seed)
        pool = [own[i] for i in rng.permutation(inside)]
        test = [own[i] for i in outside]
        first = [others[i] for i in rng.permutation(len(others))[: given.others]] + pool[: given.start]
        pool = pool[given.start :]
        model = None
        for arm, n in [("start", 0), *((arm, n) for arm in given.arms for n in given.n)]:
            if (seed, arm, n) in done:
                yield done[seed, arm, n]
                continue
            began = time.perf_counter()
            if model is None and arm != "random":
                model = _fitted(first, seed)
            picked = _picked(model, pool, arm, n, seed)
            fitted = model if arm == "start" and model is not None else _fitted([*first, *picked], seed)
            yield {
                "seed": seed,
                "arm": arm,
                "n": n,
                **_figures(fitted, test),
                **_work(picked),
                "seconds": round(time.perf_counter() - began),
            }


def _others(own: str) -> Records:
    paths = sorted(path for path in FEEDBACK.glob("*.jsonl") if path.stem != own)
    return list(read_labelled(paths).records)


def _fitted(records: Records, seed: int) -> MentionTagger:
    tagger = MentionTagger(taxonomy=load_taxonomy(), random_state=seed, n_jobs=1)
    return tagger.fit([r.text for r in records], [r.to_dict() for r in records])


def _picked(model: MentionTagger | None, pool: Records, arm: str, n: int, seed: int) -> Records:
    if arm in ("start", "random") or model is None:
        return pool[:n]
    rows = [{"id": str(i), "text": r.text, "channel": r.extra["source"]} for i, r in enumerate(pool)]
    at_random, causes = ARMS[arm]
    with tempfile.TemporaryDirectory() as folder:
        found = suggest_from(
            frame_export(pd.DataFrame(rows)), tagger=model, n=n, out=Path(folder) / "picked.jsonl", random_share=at_random,
            cause_share=causes, seed=seed, keep_personal_data=True,
        )  # fmt: skip
    return [pool[int(one.comment_id)] for one in found.suggestions]


def _figures(model: MentionTagger, test: Records) -> dict[str, float]:
    data = Labelled(tuple(test), model.taxonomy, "mentions", (), (), {})
    found = mention_evaluation(data, model.tag_many([r.text for r in test]), model.taxonomy, resamples=0)
    return {view: round(float(found.figures[view].value or 0), 4) for view in VIEWS}


def _work(picked: Records) -> dict[str, float]:
    """What there is to read and to label: words and mentions of a picked comment, on average."""
    words, mentions = (
        [len(part) for part in parts]
        for parts in ([r.text.split() for r in picked], [r.mentions for r in picked])
    )
    return {
        "words": round(float(np.mean(words or [0])), 1),
        "mentions": round(float(np.mean(mentions or [0])), 2),
    }


def _table(runs: pd.DataFrame, n: int) -> None:
    print(f"\n{n} labels, {runs['seed'].nunique()} seeds\n")
    print("| picked | " + " | ".join(VIEWS) + " |")
    print("|---|" + "---|" * len(VIEWS))
    by_seed = {arm: part.set_index("seed") for arm, part in runs.groupby("arm", sort=False)}
    for arm, part in by_seed.items():
        cells = [_interval(part[view].to_numpy()) for view in VIEWS]
        print(f"| {arm} | " + " | ".join(cells) + " |")
    for arm, part in by_seed.items():
        if arm in ("start", "random") or "random" not in by_seed:
            continue
        cells = [_interval((part[view] - by_seed["random"][view]).to_numpy(), sign="+") for view in VIEWS]
        print(f"| {arm}, less random | " + " | ".join(cells) + " |")


def _interval(values: np.ndarray, *, sign: str = "") -> str:
    mean = values.mean()
    if len(values) < 2:
        return f"{mean:{sign}.3f}"
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{mean:{sign}.3f} ({mean - half:{sign}.3f} to {mean + half:{sign}.3f})"


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
