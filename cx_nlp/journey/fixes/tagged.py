"""Whether a change may be the tagger's own: one model for both periods, as sure after as before, and errors that stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from cx_nlp.journey.fixes.design import Design
from cx_nlp.journey.fixes.plan import Plan
from cx_nlp.journey.fixes.stacked import Change, change_of
from cx_nlp.journey.fixes.weeks import Span
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored

ABOUT = "fix"
SHORT = 8
"""Digits of a digest that are shown."""


def model_of(manifest: Mapping[str, Any] | None) -> str | None:
    """Name and digest of the model that a run's manifest names; None where it names none."""
    model = (manifest or {}).get("model")
    if not isinstance(model, Mapping):
        return None
    name, digest = model.get("id"), model.get("digest")
    return f"{name or '?'} ({str(digest)[:SHORT]})" if digest else str(name) if name else None


def of_models(scored: Scored) -> Iterator[Limit]:
    """By which model the comments were tagged, or why that is not known of all of them."""
    if scored.manifest is None:
        yield Limit(ABOUT, "no_manifest")
        return
    model = model_of(scored.manifest)
    if model is None:
        yield Limit(ABOUT, "model_unknown")
        return
    counts = scored.manifest.get("counts")
    told = counts if isinstance(counts, Mapping) else {}
    for key, reason, n in (
        ("scored", "joined", len(scored.comments)),
        ("mentions", "retagged", len(scored.mentions)),
    ):
        if isinstance(told.get(key), int) and told[key] != n:
            yield Limit(ABOUT, reason, {"model": model, "told": told[key], "n": n})
            return
    yield Limit(ABOUT, "one_model", {"model": model})


def of_other_model(before: str | None, scored: Scored) -> Iterator[Limit]:
    """Where the plan was locked over a table that another model had tagged."""
    now = model_of(scored.manifest)
    if before and now and before != now:
        yield Limit(ABOUT, "other_model", {"before": before, "now": now})


def of_sureness(plan: Plan, design: Design, spans: tuple[Span, Span]) -> Iterator[Limit]:
    """Whether the model leaves more or fewer of the other comments to a person than before.

    The comments that hold what is measured are left out: fewer of them is what a fix is for.
    """
    if "needs_review" not in design.part.comments or not plan.metric.is_share:
        return
    unsure = design.part.comments["needs_review"].to_numpy(float)
    others = np.where(design.values > 0, np.nan, unsure)
    found = change_of(others, design.groups, *spans, share=True, few=False)
    if found is not None and found.estimate.p_differs() < plan.alpha:
        yield Limit(ABOUT, "less_sure", {"before": found.before, "after": found.after})


def of_errors(found: Change) -> Iterator[Limit]:
    """What share of complaints (or of praise) the tagger would have to catch after the fix to show the change were there none.

    Where no such share would do it: what it would have to invent in the other comments.
    """
    lens = found.estimate.lens
    if not lens.source or not np.isfinite(lens.catches):
        return
    invents = lens.catches - lens.tells
    there = (found.expected - invents) / lens.tells
    if not 0 < there < 1:
        return
    catching = (found.after - (1 - there) * invents) / there
    inventing = (found.after - there * lens.catches) / (1 - there)
    if 0 <= catching <= 1:
        yield Limit(ABOUT, "would_catch", {"now": lens.catches, "then": catching})
    elif 0 <= inventing <= 1:
        yield Limit(ABOUT, "would_invent", {"now": invents, "then": inventing})
