"""The part of a scored table that a plan asks about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cx_nlp.journey.fixes.plan import Group, Misfit, Within
from cx_nlp.journey.fixes.waves import members
from cx_nlp.journey.table import Scored


def part_of(scored: Scored, within: Within | None) -> Scored:
    """The comments of a channel, of a segment, that mention a touchpoint, with their mentions; all without `within`.

    Raises
    ------
    Misfit
        The table has no such column, value or mention, or no comment is all of it.
    """
    if within is None:
        return scored
    kept = np.ones(len(scored.comments), bool)
    for by in ("channel", "segment"):
        if (name := getattr(within, by)) is not None:
            kept &= members(scored, Group(by, (name,)), keys=(f"within.{by}", f"within.{by}"))
    if within.touchpoint is not None:
        kept &= mention(scored, within.touchpoint)
    if not kept.any():
        raise Misfit("within", f"no comment of the scored table is {described(within)} at once")
    there = kept[scored.comment_rows]
    return replace(
        scored,
        comments=scored.comments[kept].reset_index(drop=True),
        mentions=scored.mentions[there].reset_index(drop=True),
    )


def mention(scored: Scored, touchpoint: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which comments mention a touchpoint, whatever they say of it.

    Raises
    ------
    Misfit
        None does.
    """
    there = np.zeros(len(scored.comments), bool)
    there[scored.comment_rows[(scored.mentions["touchpoint"] == touchpoint).to_numpy(bool)]] = True
    if not there.any():
        known = ", ".join(scored.mentions["touchpoint"].dropna().astype(str).unique()) or "no mention"
        raise Misfit(
            "within.touchpoint", f"no comment of the scored table speaks of {touchpoint}; it has {known}"
        )
    return there


def described(within: Within) -> str:
    """What a comment must be to count, as errors say it."""
    parts = [f"of {by} {name!r}" for by in ("channel", "segment") if (name := getattr(within, by))]
    parts += [f"about {within.touchpoint}"] if within.touchpoint else []
    return " and ".join(parts)
