"""What the page's script needs: charts as plain data, the counts its filters add up, and the words it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cx_nlp.journey.findings import Findings
from cx_nlp.journey.scores.scorecard import ENOUGH
from cx_nlp.report.charts import Figure
from cx_nlp.report.cube import COUNTS, KEYS, Cube
from cx_nlp.report.leaders import LISTED
from cx_nlp.report.plain import clean
from cx_nlp.report.shares import SHADES
from cx_nlp.report.trends import Trend
from cx_nlp.report.wording import Wording

# Windows in which the journey's stages stand below each other: side by side their names would meet.
NARROW = "(max-width: 999px)"
# Words of the tables and charts that the script makes anew when a filter is set.
SAID = (
    "filters.showing", "filters.none", "filters.by_stage", "filters.comments", "page.few", "map.empty", "map.tip", "map.tip_few",
    "factors.all", "time.complain", "time.praise", "time.point", "touchpoints.complaints", "touchpoints.owned_by",
    "touchpoints.none", "trends.change", "trends.point",
)  # fmt: skip


def interactive(
    found: Findings, words: Wording, counts: Cube, drawn: Mapping[str, Any], followed: Sequence[Trend]
) -> dict[str, Any]:
    """Everything as one value for the page's JSON block, with the charts of `figures` and the series that can be chosen."""
    return {
        "marks": {"decimal": words.strings["format.decimal"], "thousands": words.strings["format.thousands"]},
        "words": {key: words.strings[key] for key in SAID},
        "enough": ENOUGH,
        "shades": SHADES,
        "listed": LISTED,
        "comments": len(found.scored.comments),
        "cube": _cube(counts, words),
        "narrow": NARROW,
        "figures": drawn,
        "trends": [{"name": one.name, **one.drawn} for one in followed],
    }


def names(counts: Cube, words: Wording) -> dict[str, list[str]]:
    """Names of the stages, segments and periods that can be chosen, in the order of their numbers."""
    return {
        "stages": [words.stage(id) for id in counts.stages],
        "segments": [clean(id, longest=80) for id in counts.segments],
        "periods": [words.period(start, counts.unit) for start in counts.periods],
    }


def figures(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Charts by the id of their place, of the sections that have any; the journey has one for each width of the window."""
    found: dict[str, Any] = {}
    if shown["picture"]:
        found["chart-journey"] = {"wide": shown["picture"].wide, "narrow": shown["picture"].narrow}
    if shown["importance"]:
        found["chart-importance"] = {"wide": shown["importance"].quadrants}
        found["chart-polled"] = {"wide": shown["importance"].sides}
    for model in shown["drivers"]:
        found[f"chart-drivers-{model.by}"] = {"wide": model.chart}
    return {id: widths for id, widths in found.items() if widths["wide"]}


def room(drawn: Mapping[str, Any]) -> str:
    """Style that keeps the place of each chart free, so that nothing moves when it is drawn."""
    rules = [_height(id, widths["wide"]) for id, widths in drawn.items()]
    narrow = [_height(id, widths["narrow"]) for id, widths in drawn.items() if "narrow" in widths]
    return "\n".join(["@media screen {", *rules, "}", f"@media screen and {NARROW} {{", *narrow, "}", ""])


def _height(id: str, chart: Figure) -> str:
    return f"#{id} {{ min-height: {chart['layout']['height']}px; }}"


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
