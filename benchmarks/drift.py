"""How often `cx-nlp drift` calls comments of one population different, and finds those of another.

    PYTHONPATH=. python benchmarks/drift.py data/feedback [--draws 1000] [--json FILE]

A fast model is trained on 3 000 comments of all files but one. Comments that it has not seen are tagged once, and new ones are
drawn from them. What a shift does to the model's accuracy is measured on the same comments by their labels.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cx_nlp.io.labelled import Labelled, LabelledComment
from cx_nlp.shift import Profile, ProfileCounter, compare, known_words
from cx_nlp.shift.profile import BOUNDS, SHARES, Spread
from cx_nlp.shift.statistics import share_interval
from cx_nlp.tagger import MentionTagger
from cx_nlp.tagger.tag_table import table_of
from cx_nlp.text import fold_accents
from cx_nlp.training import train_labelled
from cx_nlp.training.evaluating import mention_evaluation
from cx_nlp.training.source import labelled_source

LEFT_OUT = "hotels_travel_wellness"
TRAINED, POOL, OTHER, REFERENCE = 3000, 4000, 800, 1500
SIZES = (200, 500, 2000)
DETECT = (200, 500)
NAMES = ("Zelunix", "Morvaq", "Trixeno", "Quodrel", "Vantizo")
"""Products nobody sells."""
Key = tuple[str, str]
Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """Comments tagged once: their labels, their tags, and a row of counts each."""

    records: tuple[LabelledComment, ...]
    tagged: list[Any]
    counts: list[Counter[Key]]

    def part(self, rows: Sequence[int]) -> Pool:
        """Some of the comments."""
        return Pool(
            tuple(self.records[i] for i in rows),
            [self.tagged[i] for i in rows],
            [self.counts[i] for i in rows],
        )


def pool(model: MentionTagger, records: Sequence[LabelledComment]) -> Pool:
    """Comments with their tags."""
    known = known_words(model)
    tagged = model.tag_many([record.text for record in records])
    counts = []
    for one in tagged:
        counter = ProfileCounter(known)
        counter.add([one.text], table_of([one]))
        counts.append(flat(counter.profile("")))
    return Pool(tuple(records), tagged, counts)


def flat(profile: Profile) -> Counter[Key]:
    """The counts of a profile under one name each."""
    found: Counter[Key] = Counter({("comments", ""): profile.comments})
    for name, labels in {**profile.exclusive, **profile.held}.items():
        found.update({(name, label): n for label, n in labels.items()})
    for name, pair in [*profile.shares.items(), ("words", profile.words)]:
        found.update({(name, "part"): pair[0], (name, "of"): pair[1]})
    for name, one in profile.spreads.items():
        found.update({(name, str(k)): n for k, n in enumerate(one.counts) if n})
        found.update({(name, "total"): one.total, (name, "squares"): one.squares})  # type: ignore[dict-item]
    return found


def whole(counts: dict[Key, float], about: str) -> Profile:
    """The profile of counts that were added up."""
    labels: dict[str, dict[str, int]] = {
        name: {} for name in ("language", "sentiment", "touchpoint", "factor")
    }
    for (name, label), n in counts.items():
        if name in labels:
            labels[name][label] = int(n)
    pairs = {name: (int(counts[name, "part"]), int(counts[name, "of"])) for name in (*SHARES, "words")}
    spreads = {
        name: Spread(
            tuple(int(counts.get((name, str(k)), 0)) for k in range(len(bounds))), counts[name, "total"], counts[name, "squares"]
        )
        for name, bounds in BOUNDS.items()
    }  # fmt: skip
    exclusive = {name: labels[name] for name in ("language", "sentiment")}
    held = {name: labels[name] for name in ("touchpoint", "factor")}
    words = pairs.pop("words")
    return Profile(int(counts["comments", ""]), about, exclusive, held, pairs, words, spreads)


class Drawer:
    """Profiles of comments drawn from pools."""

    def __init__(self, pools: dict[str, Pool]) -> None:
        self.keys = sorted({key for one in pools.values() for row in one.counts for key in row})
        column = {key: k for k, key in enumerate(self.keys)}
        self.matrix: dict[str, Rows] = {}
        for name, one in pools.items():
            rows = np.zeros((len(one.counts), len(self.keys)))
            for i, row in enumerate(one.counts):
                rows[i, [column[key] for key in row]] = [*row.values()]
            self.matrix[name] = rows

    def profile(self, *parts: tuple[str, Sequence[int] | npt.NDArray[Any]]) -> Profile:
        """The profile of these rows of these pools together."""
        total = sum(self.matrix[name][rows].sum(axis=0) for name, rows in parts)
        return whole(dict(zip(self.keys, np.asarray(total).tolist(), strict=True)), "drawn")


def verdicts(
    draw: Callable[[np.random.Generator], tuple[Profile, Profile]], draws: int, seed: int
) -> dict[str, Any]:
    """How often each verdict comes on a reference and new comments as drawn, and how often each measure differs."""
    rng = np.random.default_rng(seed)
    found, measures = Counter[str](), Counter[str]()
    for _ in range(draws):
        one = compare(*draw(rng))
        found[one.verdict] += 1
        measures.update(shift.measure for shift in one.shifts if shift.verdict in ("some", "much"))
    return {
        "draws": draws, "verdicts": {name: shown(n, draws) for name, n in found.items()},
        "any": shown(found["differs"] + found["other_content"], draws),
        "measures": {name: round(n / draws, 3) for name, n in measures.most_common()},
    }  # fmt: skip


def shown(n: int, of: int) -> list[float]:
    """A share with its 95 % interval."""
    return [round(value, 4) for value in (n / of, *share_interval(n, of))]


def accuracy(model: MentionTagger, one: Pool) -> dict[str, list[float | None]]:
    """Triple F1 and sentiment accuracy with their bounds."""
    data = Labelled(one.records, model.taxonomy, "mentions", (), (), {})
    found = mention_evaluation(data, one.tagged, model.taxonomy, resamples=200).figures
    return {
        name: [found[name].value, found[name].low, found[name].high]
        for name in ("triple", "sentiment_accuracy")
    }


def changed(records: Sequence[LabelledComment], change: Callable[[str, int], str]) -> list[LabelledComment]:
    """The comments with other texts and the same labels; quotes are forgotten, as they need not stand there any more."""
    return [
        replace(record, text=change(record.text, i), mentions=tuple(replace(m, quote=None, start=None, end=None) for m in record.mentions))
        for i, record in enumerate(records)
    ]  # fmt: skip


def with_product(text: str, i: int) -> str:
    """A comment that names a product nobody knows, twice."""
    name = NAMES[i % len(NAMES)]
    return f"{name}: {text} ({name})"


def say(what: str, found: object) -> None:
    """Prints a line at once."""
    print(f"{time.strftime('%H:%M:%S')} {what}: {json.dumps(found, ensure_ascii=False)}", flush=True)


def main() -> None:
    """Trains, tags, draws, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feedback", type=Path)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    inside = labelled_source(
        [path for path in sorted(given.feedback.glob("*.jsonl")) if path.stem != LEFT_OUT]
    )
    elsewhere = labelled_source(given.feedback / f"{LEFT_OUT}.jsonl").records
    order = np.random.default_rng(0).permutation(len(inside.records))
    trained = train_labelled(replace(inside, records=tuple(inside.records[i] for i in order[:TRAINED])))
    model = trained.model
    if not isinstance(model, MentionTagger):
        raise TypeError("comments with mentions give a MentionTagger")
    say("trained", {"comments": trained.comments, "triple": trained.evaluation.figures["triple"].value})
    unseen = [inside.records[i] for i in order[TRAINED : TRAINED + POOL]]
    vietnamese = [record for record in unseen if record.extra["lang"] == "vi"][:OTHER]
    other = [elsewhere[i] for i in np.random.default_rng(1).permutation(len(elsewhere))[:OTHER]]
    pools = {
        "unseen": pool(model, unseen),
        "bare": pool(model, changed(vietnamese, lambda text, _: fold_accents(text))),
        "product": pool(model, changed(unseen[-OTHER:], with_product)),
        "emoji": pool(model, changed(unseen[-OTHER:], lambda text, _: f"{text} 😊")),
        "industry": pool(model, other),
    }
    say("tagged", {name: len(one.records) for name, one in pools.items()})
    results = measured(model, trained.profile, pools, vietnamese, given.draws)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("done", file=sys.stderr)


def measured(
    model: MentionTagger,
    own: Profile | None,
    pools: dict[str, Pool],
    vietnamese: Sequence[LabelledComment],
    draws: int,
) -> dict[str, Any]:
    """False alarms, detection, and what each shift does to accuracy."""
    drawer, records = Drawer(pools), pools["unseen"].records
    reference, rest = np.arange(REFERENCE), np.arange(REFERENCE, len(records))
    held = drawer.profile(("unseen", reference))
    results: dict[str, Any] = {"false_alarms": {}, "detection": {}, "accuracy": {}}
    everything = np.arange(len(records))

    def anew(rng: np.random.Generator, n: int) -> tuple[Profile, Profile]:
        """A reference and new comments of one population."""
        chosen = rng.choice(everything, REFERENCE + n, replace=False)
        return drawer.profile(("unseen", chosen[:REFERENCE])), drawer.profile(("unseen", chosen[REFERENCE:]))

    for n in SIZES:
        results["false_alarms"][f"held out, {n}"] = found = verdicts(partial(anew, n=n), draws, n)
        say(f"false alarms, reference held out, n {n}", found)
        if own is not None:
            found = verdicts(
                lambda rng, n=n: (own, drawer.profile(("unseen", rng.choice(everything, n, replace=False)))),
                draws,
                n,
            )  # type: ignore[misc]
            results["false_alarms"][f"of training, {n}"] = found
            say(f"false alarms, reference of training comments tagged unseen, n {n}", found)
    english = np.array([i for i in rest if records[i].extra["lang"] == "en"])
    own_words = np.array([i for i in rest if records[i].extra["lang"] == "vi"])
    holds = np.array([any(m.touchpoint == "delivery" for m in records[i].mentions) for i in rest])
    shifts: dict[str, Callable[[np.random.Generator, int], Profile]] = {
        "English 25 points up": lambda rng, n: _mixed(drawer, rng, n, ("unseen", english), ("unseen", own_words), len(english) / len(rest) + 0.25),
        "30 % of all without diacritics": lambda rng, n: _mixed(drawer, rng, n, ("bare", np.arange(len(vietnamese))), ("unseen", rest), 0.3),
        "a product never met in 10 %": lambda rng, n: _mixed(drawer, rng, n, ("product", np.arange(OTHER)), ("unseen", rest), 0.1),
        "a product never met in 30 %": lambda rng, n: _mixed(drawer, rng, n, ("product", np.arange(OTHER)), ("unseen", rest), 0.3),
        "an industry never met, 30 %": lambda rng, n: _mixed(drawer, rng, n, ("industry", np.arange(OTHER)), ("unseen", rest), 0.3),
        "an industry never met, all": lambda rng, n: _mixed(drawer, rng, n, ("industry", np.arange(OTHER)), ("unseen", rest), 1.0),
        "delivery 30 points up": lambda rng, n: _mixed(drawer, rng, n, ("unseen", rest[holds]), ("unseen", rest[~holds]), holds.mean() + 0.3),
        "emoji in 30 %": lambda rng, n: _mixed(drawer, rng, n, ("emoji", np.arange(OTHER)), ("unseen", rest), 0.3),
    }  # fmt: skip
    for name, draw in shifts.items():
        for n in DETECT:
            found = verdicts(lambda rng, draw=draw, n=n: (held, draw(rng, n)), max(draws // 5, 50), 1)  # type: ignore[misc]
            results["detection"][f"{name}, {n}"] = found
            say(f"{name}, n {n}", found)
    unseen = pools["unseen"]
    place = {record.text: i for i, record in enumerate(records)}
    pairs = {
        "as they are": unseen,
        "Vietnamese": unseen.part(own_words),
        "English": unseen.part(english),
        "the Vietnamese without diacritics, as they are": unseen.part(
            [place[record.text] for record in vietnamese]
        ),
        "without diacritics": pools["bare"],
        "the same as below, as they are": unseen.part(range(len(records) - OTHER, len(records))),
        "with a product never met": pools["product"],
        "with a smiling emoji put at the end": pools["emoji"],
        "an industry never met": pools["industry"],
        "of delivery": unseen.part(rest[holds]),
        **{
            f"{side} {said}": unseen.part(
                [i for i in rest if bool(unseen.counts[i][name, "part"]) == (side == "with")]
            )
            for name, said in (("unknown_words", "an unknown word"), ("emoji", "an emoji of its own"))
            for side in ("with", "without")
        },
    }
    for name, one in pairs.items():
        results["accuracy"][name] = {"comments": len(one.records), **accuracy(model, one)}
        say(f"accuracy, {name}", results["accuracy"][name])
    return results


def _mixed(
    drawer: Drawer,
    rng: np.random.Generator,
    n: int,
    some: tuple[str, Any],
    others: tuple[str, Any],
    share: float,
) -> Profile:
    """So many comments, of which that share is drawn from the first rows and the rest from the others."""
    k = round(share * n)
    first = (some[0], rng.choice(some[1], k))
    return (
        drawer.profile(first, (others[0], rng.choice(others[1], n - k))) if k < n else drawer.profile(first)
    )


if __name__ == "__main__":
    main()
