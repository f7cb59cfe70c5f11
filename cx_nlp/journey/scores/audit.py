"""The user's own audit: a sample of comments with their true labels, against what the tagger said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.annotations import LabelledMention
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.scores.auditfile import audited_mentions
from cx_nlp.journey.scores.cells import groups_of
from cx_nlp.journey.scores.correction import ErrorRates
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

LEAST, WANTED = 20, 100
"""Comments without which an audit is refused, and below which its smallness is said."""
UNLIKELY = 0.001
"""Chance below which a sample is too unlike the whole table to be a simple random one."""

Rates = Mapping[str, Mapping[str, ErrorRates]]
_PARTS = ("touchpoint", "factor", "sentiment")
VIEWS: Mapping[str, tuple[str, ...]] = {
    "touchpoint": ("touchpoint",), "factor": ("factor",), "category": ("touchpoint", "factor"),
    "touchpoint_sentiment": ("touchpoint", "sentiment"), "triple": _PARTS, "factor_sentiment": ("factor", "sentiment"),
    "stage_sentiment": ("stage", "sentiment"), "owner_sentiment": ("owner", "sentiment"), "all_sentiment": ("all", "sentiment"),
}  # fmt: skip
"""What of a mention makes up its label in each view, parted by "#"."""


@dataclass(frozen=True)
class Audit:
    """How the tagger did on the audited comments.

    Attributes
    ----------
    source : str
        The file.
    comments : int
        Audited comments.
    rates : Mapping
        `rates[view][label]`, views and labels as in a model's held-out counts (touchpoint, factor, touchpoint_sentiment,
        category, triple) and also factor_sentiment, stage_sentiment, owner_sentiment and all_sentiment ("#negative").
    limits : tuple of Limit
        What makes it weak.
    """

    source: str
    comments: int
    rates: Rates
    limits: tuple[Limit, ...] = ()


def audit_sample(scored: Scored, n: int = WANTED, seed: int = 0) -> list[str]:
    """Ids of the comments to audit: a simple random sample without repeats, all where there are no more than `n`.

    In the order drawn, so that the first of them are a random sample, too, if the audit ends early.
    """
    ids = scored.comments["comment_id"].to_numpy(dtype=object)
    drawn = np.random.default_rng(seed).permutation(len(ids))[: max(n, 0)]
    return [str(ids[at]) for at in drawn]


def read_audit(path: str | PathLike[str], scored: Scored, taxonomy: Taxonomy) -> Audit:
    """The audit in a CSV, XLSX, JSONL or Parquet file, held against the mentions of the scored table.

    Parameters
    ----------
    path
        A row for each audited comment: `comment_id` and either `aspects` (`touchpoint#factor#sentiment`, several parted by
        ";", empty or "-" where there is nothing to tell) or, in JSON lines, `mentions` (a list of objects with touchpoint,
        factor and sentiment). Upper and lower case of labels are one.

    Raises
    ------
    ColumnError
        A column that is needed is missing.
    InputError
        An id is unknown or comes twice, a label is unknown or malformed, no row has a label, or there are fewer than
        `LEAST` rows; the message names file, row and column.
    """
    true = audited_mentions(path, scored, taxonomy)
    if len(true) < LEAST:
        raise InputError(
            f"{path}: has {len(true)} comments; an audit needs at least {LEAST}, better {WANTED} or more, drawn at random."
        )
    if not any(true.values()):
        raise InputError(
            f"{path}: no row has a label; write the true labels, and '-' only where a comment has none."
        )
    return _audit(str(path), true, scored, taxonomy)


def _audit(
    source: str, true: Mapping[int, Sequence[LabelledMention]], scored: Scored, taxonomy: Taxonomy
) -> Audit:
    rows = [(at, one.touchpoint, one.factor, one.sentiment) for at, found in true.items() for one in found]
    gold = pd.DataFrame(rows, columns=["comment", *_PARTS])
    said = scored.mentions[list(_PARTS)].astype(object).assign(comment=scored.comment_rows)
    tagged = said[said["comment"].isin(list(true))]
    rates = _rates(_labels(gold, taxonomy), _labels(tagged, taxonomy), len(true))
    return Audit(source, len(true), rates, tuple(_limits(scored, said, tagged, len(true))))


def _labels(mentions: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Comment, view and label of each mention in each view, each once."""
    words = {name: mentions[name].astype(object) for name in _PARTS}
    words |= {name: groups_of(mentions["touchpoint"], taxonomy, name) for name in ("stage", "owner")}
    words["all"] = pd.Series("", mentions.index, dtype=object)
    frames = []
    for view, (first, *rest) in VIEWS.items():
        label = words[first]
        for name in rest:
            label = label + "#" + words[name]
        frames.append(pd.DataFrame({"comment": mentions["comment"], "view": view, "label": label}))
    labels: pd.DataFrame = pd.concat(frames).dropna().drop_duplicates()
    return labels


def _rates(gold: pd.DataFrame, tagged: pd.DataFrame, n: int) -> Rates:
    """Of how many of `n` audited comments each label is true, told, both and neither."""
    both = gold.merge(tagged)
    frames = {"both": both, "gold": gold, "tagged": tagged}
    counts = pd.DataFrame({name: frame.groupby(["view", "label"]).size() for name, frame in frames.items()})
    rates: dict[str, dict[str, ErrorRates]] = {view: {} for view in VIEWS}
    filled = counts.fillna(0).astype("int64")
    for (view, label), hit, true, told in zip(filled.index, *(filled[name] for name in filled), strict=True):
        rates[view][label] = ErrorRates(hit, true - hit, told - hit, n - true - told + hit)
    return rates


def _limits(scored: Scored, said: pd.DataFrame, tagged: pd.DataFrame, n: int) -> Iterator[Limit]:
    if n < WANTED:
        yield Limit("scorecard", "audit_small", {"comments": n, "wanted": WANTED})
    from scipy.stats import hypergeom

    negative, of_sample = (
        int(frame["comment"][frame["sentiment"] == "negative"].nunique()) for frame in (said, tagged)
    )
    chance = hypergeom(len(scored.comments), negative, n)
    p = min(1.0, 2 * min(float(chance.cdf(of_sample)), float(chance.sf(of_sample - 1))))
    if p < UNLIKELY:
        shares = {"share": negative / len(scored.comments), "sample_share": of_sample / n}
        yield Limit("scorecard", "audit_not_random", {"comments": n, **shares, "p": p})
