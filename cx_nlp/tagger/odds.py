"""A fitted fast tagger where labels are more or less common than in what it learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import expit, logit

from cx_nlp.tagger.estimator import MentionTagger


@dataclass(frozen=True)
class Odds:
    """What changes where it is used (Saerens, Latinne and Decaestecker 2002: other shares shift the log odds of a class).

    Attributes
    ----------
    mention : float
        Added to the log odds that a comment holds a category; thresholds move along, so that what reaches them is told as
        before, with another confidence.
    threshold : float
        Multiplies the thresholds after that: above 1 fewer mentions are told.
    sentiment : dict of str to float
        Added to the log odds of a comment's sentiments, as the regression among its two opinions gives them.
    """

    mention: float = 0.0
    threshold: float = 1.0
    sentiment: Mapping[str, float] = field(default_factory=dict)


def with_odds(tagger: MentionTagger, odds: Odds) -> MentionTagger:
    """A copy of the tagger with other odds; the one given is left as it is.

    Raises
    ------
    ValueError
        A sentiment is not one of the tagger's, or the threshold's factor is not above 0.
    """
    if odds.threshold <= 0:
        raise ValueError(f"the factor of the thresholds must be above 0, not {odds.threshold}")
    decision = tagger.decision_
    names = decision.layout.sentiments
    for name in odds.sentiment:
        if name not in names:
            raise ValueError(f"the tagger knows no sentiment {name!r}, only {', '.join(names)}")
    felt = decision.sentiment_stage.intercepts + [odds.sentiment.get(name, 0.0) for name in names]
    found = copy(tagger)
    found.decision_ = replace(
        decision,
        mention_stage=replace(
            decision.mention_stage, intercepts=decision.mention_stage.intercepts + odds.mention
        ),
        sentiment_stage=replace(decision.sentiment_stage, intercepts=felt),
    )
    moved = expit(logit(np.clip(tagger.thresholds_, 1e-9, 1 - 1e-9)) + odds.mention)
    found.thresholds_ = np.minimum(moved * odds.threshold, 1.0)
    found._finish()
    return found
