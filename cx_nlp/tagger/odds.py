"""A fitted fast tagger where mentions are more or less common than in what it learnt from."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np
from scipy.special import expit, logit

from cx_nlp.tagger.estimator import MentionTagger


def with_odds(tagger: MentionTagger, added: float) -> MentionTagger:
    """A copy of the tagger with other odds of a mention; the one given is left as it is.

    Other shares shift the log odds of a class (Saerens, Latinne and Decaestecker 2002).

    Parameters
    ----------
    added : float
        Added to the log odds that a comment holds a category; thresholds move along, so that the same is told with another
        confidence.
    """
    decision = tagger.decision_
    stage = decision.mention_stage
    found = copy(tagger)
    found.decision_ = replace(decision, mention_stage=replace(stage, intercepts=stage.intercepts + added))
    found.thresholds_ = expit(logit(np.clip(tagger.thresholds_, 1e-9, 1 - 1e-9)) + added)
    found._finish()
    return found
