"""Everything the lower half finds in a scored table, in one value: what the report and the tables are written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from threadpoolctl import threadpool_limits

from cx_nlp.journey.causes import causes
from cx_nlp.journey.drivers.contrast import contrast
from cx_nlp.journey.drivers.critical import AT_MOST, critical
from cx_nlp.journey.drivers.design import Designs
from cx_nlp.journey.drivers.forgiveness import forgiveness
from cx_nlp.journey.drivers.importance import importance
from cx_nlp.journey.drivers.model import drivers
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.scores.channels import channel_consistency
from cx_nlp.journey.scores.metrics import rating_metrics
from cx_nlp.journey.scores.table import scorecard
from cx_nlp.journey.shifted import shift_limits
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends.alarms import alarms
from cx_nlp.journey.trends.causes_over_time import trends
from cx_nlp.journey.trends.change import period_change
from cx_nlp.journey.upstream.cohorts import COLUMNS as COHORTS
from cx_nlp.journey.upstream.cohorts import cohort_links
from cx_nlp.journey.upstream.events import COLUMNS as EVENTS
from cx_nlp.journey.upstream.events import events
from cx_nlp.journey.upstream.graph import Graph
from cx_nlp.journey.upstream.links import links
from cx_nlp.journey.upstream.witness import witness
from cx_nlp.taxonomy import Taxonomy, load_taxonomy


@dataclass(frozen=True)
class Findings:
    """What was found; a table is empty where the data do not carry an answer, and `limits` say why.

    Attributes
    ----------
    scored : Scored
    taxonomy : Taxonomy
    causes, scorecard, links, witness, drivers, importance, contrast, forgiveness, channels, trends, alarms, changes, cohorts : DataFrame
        Columns as in docs/findings.md.
    events : DataFrame
        What each known customer met, in order (`cx_nlp.journey.upstream.events`).
    metrics : Mapping
        NPS, CSAT, CES and mean rating, each with value, low, high and n, where the rating is of that kind.
    limits : tuple of Limit
    """

    scored: Scored
    taxonomy: Taxonomy
    causes: pd.DataFrame
    scorecard: pd.DataFrame
    links: pd.DataFrame
    witness: pd.DataFrame
    drivers: pd.DataFrame
    importance: pd.DataFrame
    contrast: pd.DataFrame
    forgiveness: pd.DataFrame
    channels: pd.DataFrame
    trends: pd.DataFrame
    alarms: pd.DataFrame
    changes: pd.DataFrame
    cohorts: pd.DataFrame = field(default_factory=lambda: nothing(COHORTS).table)
    events: pd.DataFrame = field(default_factory=lambda: nothing(EVENTS).table)
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()


def find(
    scored: Scored,
    taxonomy: Taxonomy | None = None,
    *,
    graph: Graph | None = None,
    audit: Audit | None = None,
    at_most: int = AT_MOST,
) -> Findings:
    """All findings of a scored table.

    Parameters
    ----------
    taxonomy
        By default that which lay beside the table, else the one of this package.
    graph
        Which touchpoint may come before which; by default the order of the taxonomy's stages.
    audit
        The user's own labels for a sample of the comments; they take the place of the model's own error rates.
    at_most
        Causes on the list.
    """
    words = taxonomy or scored.taxonomy or load_taxonomy()
    # The matrices are small: on a busy machine threads that wait for each other cost six times what they save.
    with threadpool_limits(limits=1):
        return _found(scored, words, graph, audit, at_most)


def _found(
    scored: Scored, words: Taxonomy, graph: Graph | None, audit: Audit | None, at_most: int
) -> Findings:
    journey = events(scored, words)
    designs = Designs(scored, words)
    found: dict[str, Found] = {
        "scorecard": scorecard(scored, words, audit=audit),
        "critical": critical(scored, words, at_most=at_most, designs=designs),
        "drivers": drivers(scored, words, rates=audit.rates if audit else None, designs=designs),
        "contrast": contrast(scored, words, designs=designs),
        "forgiveness": forgiveness(scored, words, designs=designs),
        "links": links(scored, words, graph=graph, journey=journey),
        # Groups are a poor stand-in: asked only where no customer is known.
        "cohorts": nothing(COHORTS) if scored.knows_customers else cohort_links(scored, words, graph=graph),
        "witness": witness(scored, words),
        "channels": channel_consistency(scored, words),
        "trends": trends(scored, words),
    }
    found["importance"] = importance(scored, words, found["drivers"].table, designs=designs)
    found["alarms"] = alarms(scored, words, found["trends"].table)
    found["changes"] = period_change(scored, words, found["links"].table)
    named = {name: part.table for name, part in found.items() if name != "critical"}
    listed = causes(found["critical"].table, *(named[name] for name in ("links", "witness", "alarms")))
    limits = [
        *journey.limits,
        *(limit for part in found.values() for limit in part.limits),
        *shift_limits(scored),
    ]
    once = tuple(limit for k, limit in enumerate(limits) if limit not in limits[:k])
    return Findings(
        scored, words, listed, **named, events=journey.events, metrics=rating_metrics(scored), limits=once
    )
