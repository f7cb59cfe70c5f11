"""Whether the comments are unlike those that the model which tagged them was measured on, as the run's manifest says."""

from __future__ import annotations

from collections.abc import Mapping

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored


def shift_limits(scored: Scored) -> tuple[Limit, ...]:
    """That the model's figures may not hold here, where a shift matters for accuracy (see `cx_nlp.shift`)."""
    found = (scored.manifest or {}).get("drift")
    if not isinstance(found, Mapping) or found.get("verdict") != "differs":
        return ()
    shifts = found.get("shifts")
    measures = [
        f"drift_{one.get('measure')}"
        for one in (shifts if isinstance(shifts, (list, tuple)) else ())
        if isinstance(one, Mapping) and one.get("matters") is True
    ]
    return (Limit("model", "differs", {"measures": measures}),)
