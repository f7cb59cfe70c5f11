"""Ratings by their kind, and whether they agree with the words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from cx_nlp.journey.scores.scorecard import LEVEL, comment_cells
from cx_nlp.journey.table import Scored
from cx_nlp.report.shares import percent_place
from cx_nlp.report.source import part
from cx_nlp.report.wording import Wording

KINDS = ("stars", "nps", "csat", "ces", "percent")
# A scale with more values than NPS has is shown by its mean only.
MOST_VALUES = 11


@dataclass(frozen=True)
class RatingRow:
    """One value of the scale: how many gave it, what part of all that is, and how many of them complain."""

    rating: str
    comments: str
    part: float
    share: str
    interval: str
    negative: float
    few: bool


@dataclass(frozen=True)
class Ratings:
    """The kind of the scale in words, the sentences about it, and its values."""

    kind: str
    sentences: tuple[str, ...]
    rows: tuple[RatingRow, ...]


def ratings(scored: Scored, words: Wording) -> Ratings | None:
    """Mean with its interval, NPS where it is one; None where no comment has a rating."""
    if "rating" not in scored.comments:
        return None
    values = scored.comments["rating"].dropna().to_numpy(dtype=float)
    if not values.size:
        return None
    kind, low, high = scale(scored, values)
    sentences = [_mean_sentence(values, words)]
    if kind == "nps" and low == 0 and high == 10:
        sentences.append(_nps_sentence(values, words))
    named = words.text(f"ratings.kind_{kind}", low=words.plain(low), high=words.plain(high))
    return Ratings(
        named, tuple(sentences), _rows(scored, words) if np.unique(values).size <= MOST_VALUES else ()
    )


def mean_interval(values: np.ndarray[Any, Any], *, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean and the limits of its interval by Student's t; the limits are NaN for a single value."""
    mean = float(values.mean())
    if values.size < 2:
        return mean, math.nan, math.nan
    half = float(stdtrit(values.size - 1, 0.5 + level / 2) * values.std(ddof=1) / math.sqrt(values.size))
    return mean, mean - half, mean + half


def scale(scored: Scored, values: np.ndarray[Any, Any]) -> tuple[str, float, float]:
    """Kind of the ratings and the ends of their scale; the least and greatest value where the kind is not known."""
    found = part(scored.manifest or {}, "rating")
    kind = str(found.get("kind", "unknown"))
    if kind not in KINDS:
        return "unknown", float(values.min()), float(values.max())
    return kind, float(found.get("low", values.min())), float(found.get("high", values.max()))


def _mean_sentence(values: np.ndarray[Any, Any], words: Wording) -> str:
    mean, low, high = mean_interval(values)
    if math.isnan(low):
        return words.text("ratings.mean_one", n=values.size, mean=words.plain(mean))
    interval = f"{words.number(low, 2)}–{words.number(high, 2)}"
    return words.text("ratings.mean", n=values.size, mean=words.number(mean, 2), interval=interval)


def _nps_sentence(values: np.ndarray[Any, Any], words: Wording) -> str:
    """Promoters less detractors, as F. F. Reichheld defines them ("The one number you need to grow", 2003)."""
    promoters, detractors = values >= 9, values <= 6
    score, low, high = (100 * value for value in mean_interval(promoters.astype(float) - detractors))
    limits = [words.number(min(100, max(-100, value))) for value in (low, high)]
    return words.text(
        "ratings.nps",
        nps=words.number(score),
        interval=f"{limits[0]} … {limits[1]}",
        promoters=words.percent(float(promoters.mean())),
        detractors=words.percent(float(detractors.mean())),
    )


def _rows(scored: Scored, words: Wording) -> tuple[RatingRow, ...]:
    cells = comment_cells(scored, "rating").sort_index()
    total = cells["comments"].sum()
    return tuple(
        RatingRow(
            rating=words.plain(float(str(value))),
            comments=words.number(cell["comments"]),
            part=percent_place(cell["comments"] / total),
            share=words.percent(cell["share_negative"]),
            interval=words.interval(cell["negative_low"], cell["negative_high"]),
            negative=percent_place(cell["share_negative"]),
            few=not cell["enough"],
        )
        for value, cell in cells.iterrows()
    )
