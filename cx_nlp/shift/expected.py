"""The change of a model's main figure to be expected where parts of the comments are larger or smaller than they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cx_nlp.metrics.slices import LENGTHS as SLICES
from cx_nlp.shift.profile import LENGTHS, Profile

MAIN = ("triple", "label_accuracy")
"""The figure that is looked at: all three labels of mentions, or single labels."""
ENOUGH = 20
"""Comments from which on the figure of a part says something."""
_OVER = "over 60 words"


def expected_change(
    measure: str, reference: Profile, new: Profile, figures: Mapping[str, Any] | None
) -> float | None:
    """By how much the main figure changes if each part keeps its own (post-stratification); None where parts or figures are unknown.

    Parameters
    ----------
    measure
        "language", "without_diacritics" or "length"; others have no parts.
    figures
        What a bundle's manifest says under "figures".
    """
    slicer = {"language": "language", "without_diacritics": "diacritics", "length": "length"}.get(measure)
    known = _figures(figures, slicer) if slicer else {}
    before, after = (_parts(measure, one, known) for one in (reference, new))
    sizes = sum(before.values()), sum(after.values())
    if len(known) < 2 or not all(sizes):
        return None
    return sum((after[name] / sizes[1] - before[name] / sizes[0]) * known[name] for name in known)


def _figures(figures: Mapping[str, Any] | None, slicer: str) -> dict[str, float]:
    """The main figure of every part that enough comments measured."""
    slices = figures.get("slices") if isinstance(figures, Mapping) else None
    parts = slices.get(slicer) if isinstance(slices, Mapping) else None
    found: dict[str, float] = {}
    for name, one in parts.items() if isinstance(parts, Mapping) else ():
        comments, values = (
            (one.get(key) for key in ("comments", "figures")) if isinstance(one, Mapping) else (0, None)
        )
        if not isinstance(values, Mapping) or not isinstance(comments, int) or comments < ENOUGH:
            continue
        main = next((values[key] for key in MAIN if key in values), None)
        value = main.get("value") if isinstance(main, Mapping) else None
        if isinstance(value, (int, float)):
            found[str(name)] = float(value)
    return found


def _parts(measure: str, profile: Profile, known: Mapping[str, float]) -> dict[str, int]:
    """Comments of every part whose figure is known."""
    counts: dict[str, int] = {}
    if measure == "language":
        counts = dict(profile.exclusive["language"])
    elif measure == "without_diacritics":
        part, whole = profile.shares.get(measure, (0, 0))
        counts = {"vi without diacritics": part, "vi with diacritics": whole - part}
    elif measure == "length":
        counts = _by_length(profile)
    return {name: counts.get(name, 0) for name in known}


def _by_length(profile: Profile) -> dict[str, int]:
    found: dict[str, int] = {}
    for least, n in zip(LENGTHS, profile.spreads["length"].counts, strict=True):
        name = next((name for most, name in SLICES if least <= most), _OVER)
        found[name] = found.get(name, 0) + n
    return found
