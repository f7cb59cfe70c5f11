"""The few causes: where complaints show, what they cost, and where in the journey they start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

SUPPORTED = "supported"
STARTS = {
    "cause_touchpoint": "starts_at", "cause_factor": "starts_factor", "odds_ratio": "starts_odds_ratio", "low": "starts_low",
    "high": "starts_high", "q": "starts_q", "attributable": "starts_share", "attributable_low": "starts_share_low",
    "attributable_high": "starts_share_high",
}  # fmt: skip
COLUMNS = ("starts_by", *STARTS.values(), "said_together", "alarm")
"""What `causes` adds to the table of critical touchpoints."""


def causes(
    critical: pd.DataFrame, links: pd.DataFrame, witness: pd.DataFrame, alarms: pd.DataFrame
) -> pd.DataFrame:
    """The critical touchpoints, each with where its complaints start.

    A complaint starts where a supported link says so: of several that with the largest share of the complaints, as customers'
    own ways are the stronger witness. Where no link is supported, a pair that customers name as cause and effect in so many
    words stands in, without figures of its strength: `starts_by` is "customers", "texts", or "" where neither knows.

    Parameters
    ----------
    critical, links, witness, alarms
        Tables of these parts; empty ones are allowed.

    Returns
    -------
    pandas.DataFrame
        `critical` with `COLUMNS`: `said_together` counts the comments that name both places as cause and effect; `alarm` is the
        direction of the newest alarm at the touchpoint (of one period, that of the whole touchpoint before its factors'), or "".
    """
    by_customers = _strongest(links, "attributable")
    by_texts = _strongest(witness, "comments")
    rows = [_starts(str(name), by_customers, by_texts, witness, alarms) for name in critical["touchpoint"]]
    added = pd.DataFrame(rows, columns=list(COLUMNS), index=critical.index)
    joined: pd.DataFrame = pd.concat([critical, added], axis=1)
    return joined


def _strongest(table: pd.DataFrame, by: str) -> dict[str, pd.Series[Any]]:
    """For each effect the supported row that is largest in `by`."""
    kept = table[table["verdict"] == SUPPORTED].sort_values(by, ascending=False, na_position="last")
    return {str(row["effect_touchpoint"]): row for _, row in kept[::-1].iterrows()}


def _starts(
    touchpoint: str,
    by_customers: dict[str, pd.Series[Any]],
    by_texts: dict[str, pd.Series[Any]],
    witness: pd.DataFrame,
    alarms: pd.DataFrame,
) -> list[object]:
    link, said = by_customers.get(touchpoint), by_texts.get(touchpoint)
    newest = _newest_alarm(touchpoint, alarms)
    if link is not None:
        together = _said_together(str(link["cause_touchpoint"]), touchpoint, witness)
        return ["customers", *(link[name] for name in STARTS), together, newest]
    if said is not None:
        unknown = [np.nan] * (len(STARTS) - 2)
        return ["texts", said["cause_touchpoint"], "", *unknown, int(said["comments"]), newest]
    return ["", "", "", *[np.nan] * (len(STARTS) - 2), 0, newest]


def _said_together(cause: str, effect: str, witness: pd.DataFrame) -> int:
    pair = (witness["cause_touchpoint"] == cause) & (witness["effect_touchpoint"] == effect)
    return int(witness.loc[pair, "comments"].sum())


def _newest_alarm(touchpoint: str, alarms: pd.DataFrame) -> str:
    here = alarms[alarms["touchpoint"] == touchpoint]
    # Of one period, the whole touchpoint says more than one of its factors.
    here = here.assign(whole=here["factor"] == "").sort_values(["period", "whole"], kind="stable")
    return "" if here.empty else str(here["direction"].iloc[-1])
