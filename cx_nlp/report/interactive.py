"""What the page's script needs: charts as plain data, the counts its filters add up, and the words it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cx_nlp.journey.findings import Findings
from cx_nlp.journey.scores.scorecard import ENOUGH
from cx_nlp.report.cube import COUNTS, KEYS, Cube
from cx_nlp.report.leaders import LISTED
from cx_nlp.report.plain import clean
from cx_nlp.report.shares import SHADES
from cx_nlp.report.wording import Wording

# Words of the tables and charts that the script makes anew when a filter is set.
SAID = (
    "filters.showing", "filters.none", "filters.by_stage", "filters.comments", "page.few", "map.empty", "map.tip", "map.tip_few",
    "factors.all", "time.complain", "time.praise", "time.point", "touchpoints.complaints", "touchpoints.owned_by",
    "touchpoints.none", "trends.change", "trends.point",
)  # fmt: skip


def interactive(found: Findings, words: Wording, counts: Cube, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Everything as one value for the page's JSON block; `shown` holds the sections that have charts."""
    return {
        "marks": {"decimal": words.strings["format.decimal"], "thousands": words.strings["format.thousands"]},
        "words": {key: words.strings[key] for key in SAID},
        "enough": ENOUGH,
        "shades": SHADES,
        "listed": LISTED,
        "comments": len(found.scored.comments),
        "cube": _cube(counts, words),
        "figures": _figures(shown),
        "trends": [{"name": one.name, **one.drawn} for one in shown["trends"]],
    }


def names(counts: Cube, words: Wording) -> dict[str, list[str]]:
    """Names of the stages, segments and periods that can be chosen, in the order of their numbers."""
    return {
        "stages": [words.stage(id) for id in counts.stages],
        "segments": [clean(id, longest=80) for id in counts.segments],
        "periods": [words.period(start, counts.unit) for start in counts.periods],
    }


def _figures(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Charts by the id of their place; the journey has one for each width."""
    found: dict[str, Any] = {}
    if shown["picture"]:
        found["chart-journey"] = {"wide": shown["picture"].wide, "narrow": shown["picture"].narrow}
    if shown["importance"]:
        found["chart-importance"] = {"wide": shown["importance"].quadrants}
        found["chart-polled"] = {"wide": shown["importance"].sides}
    for model in shown["drivers"]:
        found[f"chart-drivers-{model.by}"] = {"wide": model.chart}
    return {id: widths for id, widths in found.items() if widths["wide"]}


def _cube(counts: Cube, words: Wording) -> dict[str, Any]:
    """The counts column by column, with the names of their numbers."""
    return {
        "touchpoints": [words.touchpoint(id) for id in counts.touchpoints],
        "owners": [words.owner(id) for id in counts.touchpoints],
        "factors": [words.factor(id) for id in counts.factors],
        "periods": names(counts, words)["periods"],
        "short": [words.period(start, counts.unit, short=True) for start in counts.periods],
        "stageOf": counts.stage_of,
        "touchpointStage": list(counts.touchpoint_stage),
        "cells": {name: counts.cells[name].to_numpy() for name in (*KEYS, *COUNTS)},
    }
