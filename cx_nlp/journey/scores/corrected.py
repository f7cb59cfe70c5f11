"""Each row's share of complaints corrected for the tagger's errors, by the user's audit or by the model's held-out comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.scores.correction import ErrorRates, corrected_share, held_out_rates

FEWEST = 5
"""Comments with the label, and as many without, below which an audit or the held-out comments tell too little of its errors."""
HELD_OUT = {"touchpoint": "touchpoint_sentiment", "touchpoint_factor": "triple"}
"""Views of the held-out counts that tell complaints; of the others ("factor", "sentiment") they tell no polarity, or not of a
mention, and the counts of several labels cannot be added up: a comment may hold more than one."""
OWN = {
    "touchpoint": "touchpoint_sentiment", "touchpoint_factor": "triple", "factor": "factor_sentiment",
    "stage": "stage_sentiment", "owner": "owner_sentiment",
}  # fmt: skip


def corrected_weights(
    by: str, table: pd.DataFrame, manifest: Mapping[str, Any] | None, audit: Audit | None, total: int
) -> None:
    """Adds corrected_weight, its limits and correction ("audited", "assumed", or "" where the errors are not known).

    Rogan-Gladen as `corrected_share`, with all comments as n, or those of a channel or segment (a share of the whole again
    afterwards), for which the errors are taken to be those of all.

    Parameters
    ----------
    table
        Rows of one `by` with touchpoint, factor, group, comments, weight and worth (independent comments that all are worth).
    total
        All comments.
    """
    own = audit.rates.get(OWN.get(by, "all_sentiment"), {}) if audit else {}
    assumed = held_out_rates(manifest, HELD_OUT[by]) if by in HELD_OUT else {}
    part = table["comments"] / total if by in ("all", "channel", "segment") else np.ones(len(table))
    rows = []
    for label, weight, worth, of in zip(
        _labels(by, table), table["weight"], table["worth"], part, strict=True
    ):
        rates, kind = _known(own.get(label), assumed.get(label))
        found = corrected_share(weight * worth, worth * of, rates) if rates else None
        rows.append(
            (found.value * of, found.low * of, found.high * of, kind) if found else (np.nan,) * 3 + ("",)
        )
    names = ["corrected_weight", "corrected_low", "corrected_high", "correction"]
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        table[name] = list(values)


def _labels(by: str, table: pd.DataFrame) -> list[str]:
    names = {
        "touchpoint": ["touchpoint"],
        "factor": ["factor"],
        "touchpoint_factor": ["touchpoint", "factor"],
    }
    if by in ("all", "channel", "segment"):
        return ["#negative"] * len(table)
    columns = [table[name].astype(str) for name in names.get(by, ["group"])]
    return ["#".join([*row, "negative"]) for row in zip(*columns, strict=True)]


def _known(own: ErrorRates | None, assumed: ErrorRates | None) -> tuple[ErrorRates | None, str]:
    for rates, kind in ((own, "audited"), (assumed, "assumed")):
        if rates is not None and min(rates.with_label, rates.without_label) >= FEWEST:
            return rates, kind
    return None, ""
