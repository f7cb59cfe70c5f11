"""How much of a change the tagger lets through, from an audit or from the comments its model was tested on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cx_nlp.journey.fixes.estimate import AS_TAGGED, Lens
from cx_nlp.journey.fixes.plan import POLARITY, Metric
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.scores.correction import LEAST, ErrorRates, held_out_rates

FEWEST = 5
"""Comments with the label, and as many without, below which nothing is known of its errors."""
SURE = 3.0
"""Standard errors that what the tagger tells must be away from nothing."""


def lens_of(metric: Metric, manifest: Mapping[str, Any] | None, audit: Audit | None) -> Lens:
    """The lens for what a metric measures; `AS_TAGGED` for a rating and where too little is known of the tagger's errors."""
    if not metric.is_share:
        return AS_TAGGED
    view = "triple" if metric.factor else "touchpoint_sentiment"
    parts = (metric.touchpoint, metric.factor, POLARITY[metric.kind])
    label = "#".join(part for part in parts if part)
    known = (
        (audit.rates.get(view, {}) if audit else {}, "audited"),
        (held_out_rates(manifest, view), "assumed"),
    )
    lenses = (lens(rates[label], source) for rates, source in known if label in rates)
    return next((one for one in lenses if one.source), AS_TAGGED)


def lens(rates: ErrorRates, source: str) -> Lens:
    """The lens of known error rates.

    A change is seen smaller by sensitivity + specificity - 1 (W. J. Rogan and B. Gladen, American Journal of Epidemiology 107,
    1978, 71-76); the error of that is of two independent shares, with a comment added to each count.
    """
    if min(rates.with_label, rates.without_label) < FEWEST:
        return AS_TAGGED
    catches = rates.true_positive / rates.with_label
    tells = catches + rates.true_negative / rates.without_label - 1
    pairs = ((rates.true_positive, rates.with_label), (rates.true_negative, rates.without_label))
    smooth = [((hits + 1) / (n + 2), n + 2) for hits, n in pairs]
    error = float(np.sqrt(sum(share * (1 - share) / n for share, n in smooth)))
    return Lens(tells, error, source, catches) if tells >= LEAST and tells >= SURE * error else AS_TAGGED
