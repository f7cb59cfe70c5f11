"""From the scored table to events: what each customer met, when, and in which stage of the journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored
from cx_nlp.journey.upstream.event_times import event_times
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "customer", "comment_id", "touchpoint", "factor", "sentiment", "time", "dated", "stage", "phase", "contact",
    "environment", "place",
)  # fmt: skip
MUCH, MANY = 0.1, 20
"""Share and number of the comments from which one customer id is suspect (a guest account, a placeholder)."""


@dataclass(frozen=True)
class Journey:
    """Each customer's events in order; make one with `events`.

    Attributes
    ----------
    events : pandas.DataFrame
        `COLUMNS`, one row for every touchpoint, factor and sentiment of a comment of a known customer: `time` is when it
        happened as far as known, `dated` what says so ("event", "comment" or ""); `stage`, `phase` (pre, during, post),
        `contact` (direct, indirect) and `environment` (physical, digital, both) are those of the taxonomy, "" where it has
        none; `place` counts from 0 within the customer, and is equal where the order is not known.
    customers : int
        Known customers with a mention.
    by_time : int
        Of these, who met several touchpoints and have a time for every event: ordered by time, at equal times by the
        journey's stages.
    by_stage : int
        Who met several touchpoints and lack a time: ordered by the stages alone.
    limits : tuple of Limit
        What was assumed.
    """

    events: pd.DataFrame
    customers: int
    by_time: int
    by_stage: int
    limits: tuple[Limit, ...] = ()

    @property
    def ecological(self) -> bool:
        """Whether no customer is known, so that only groups of comments can be compared."""
        return self.customers == 0


def events(scored: Scored, taxonomy: Taxonomy, *, now: pd.Timestamp | None = None) -> Journey:
    """What every known customer met, in order of time, then of the journey's stages.

    Before and during the purchase an event is dated by the purchase where the comments have such a column, a delivery by the
    delivery (`cx_nlp.journey.upstream.event_columns`), unless that is later than the comment; everything else by the comment.
    Times are taken as the clock showed them; those later than `now` count as unknown.

    Parameters
    ----------
    now
        The time of the analysis; by default when the table was scored, else the clock's.
    """
    if not scored.knows_customers:
        limit = Limit("journey", "no_customers", {"comments": len(scored.comments)})
        return Journey(pd.DataFrame(columns=list(COLUMNS)), 0, 0, 0, (limit,))
    every = _events(scored, taxonomy)
    known = every.dropna(subset=["customer"])
    late = known["time"] > (_now(scored) if now is None else now)
    known = known.assign(time=known["time"].mask(late), dated=known["dated"].mask(late, ""))
    once = known.drop_duplicates(["comment_id", "touchpoint", "factor", "sentiment"])
    ordered, several, timed = _ordered(once, taxonomy)
    by_time, by_stage = int((several & timed).sum()), int((several & ~timed).sum())
    counts = {
        "without_customer": len(every) - len(known),
        "future": int(late.sum()),
        "labelled_twice": len(known) - len(once),
        "told_twice": _told_twice(once),
        "without_stage": int((once["stage"] == "").sum()),
    }
    of = {"without_customer": len(every)}
    limits = [
        Limit("journey", why, {"mentions": n, "of": of.get(why, len(known))})
        for why, n in counts.items()
        if n
    ]
    if by_stage:
        limits.append(Limit("journey", "by_stage", {"customers": by_stage, "of": by_time + by_stage}))
    limits += [*_zone(scored), *_one_customer(scored)]
    return Journey(ordered, len(several), by_time, by_stage, tuple(limits))


def _events(scored: Scored, taxonomy: Taxonomy) -> pd.DataFrame:
    """Every mention as an event, in the table's order, without its place."""
    mentions, rows = scored.mentions, scored.comment_rows
    touchpoint = mentions["touchpoint"].astype(str)
    table: pd.DataFrame = pd.DataFrame(
        {
            "customer": scored.comments["customer_id"].to_numpy()[rows],
            "comment_id": mentions["comment_id"].to_numpy(),
            "touchpoint": touchpoint,
            "factor": mentions["factor"].astype(str),
            "sentiment": mentions["sentiment"].astype(str),
            "stage": _stage(mentions, touchpoint, taxonomy),
        }
    )
    phases = {stage.id: stage.phase for stage in taxonomy.stages}
    table["phase"] = table["stage"].map(phases).astype(object).fillna("")
    for field in ("contact", "environment"):
        words = {one.id: getattr(one, field) or "" for one in taxonomy.touchpoints}
        table[field] = touchpoint.map(words).astype(object).fillna("")
    table["time"], table["dated"] = event_times(scored, table)
    return table


def _stage(mentions: pd.DataFrame, touchpoint: pd.Series[Any], taxonomy: Taxonomy) -> pd.Series[Any]:
    """The mention's own stage where the taxonomy knows it, else that of its touchpoint."""
    stages = {one.id: one.stage or "" for one in taxonomy.touchpoints}
    usual = touchpoint.map(stages).astype(object).fillna("")
    if "stage" not in mentions:
        return usual
    given = mentions["stage"].astype(object)
    return usual.mask(given.isin(taxonomy.stage_ids), given)


def _ordered(
    known: pd.DataFrame, taxonomy: Taxonomy
) -> tuple[pd.DataFrame, NDArray[np.bool_], NDArray[np.bool_]]:
    """The events by customer and place; for each customer, whether they met several touchpoints and have all times."""
    customer, customers = pd.factorize(known["customer"], sort=True)
    ranks = {name: k for k, name in enumerate(taxonomy.stage_ids)}
    stage = known["stage"].map(ranks).fillna(len(ranks)).to_numpy(int)
    timed = np.bincount(customer, known["time"].isna(), minlength=len(customers)) == 0
    since = ((known["time"] - pd.Timestamp(0)) / pd.Timedelta(seconds=1)).to_numpy(float)
    since = np.where(timed[customer], since, 0.0)
    order = np.lexsort((stage, since, customer))
    steps = np.stack([customer, since, stage], axis=1)[order]
    new = (np.diff(steps[:, 1:], axis=0, prepend=np.nan) != 0).any(axis=1)
    first = np.diff(steps[:, 0], prepend=-1) != 0
    count = np.cumsum(new | first)
    place = count - count[np.maximum.accumulate(np.where(first, np.arange(len(count)), 0))]
    ordered = known.iloc[order].assign(place=place)[list(COLUMNS)].reset_index(drop=True)
    met = pd.DataFrame({"customer": customer, "touchpoint": known["touchpoint"].to_numpy()}).drop_duplicates()
    several = np.bincount(met["customer"], minlength=len(customers)) > 1
    return _compact(ordered), several, timed


def _compact(table: pd.DataFrame) -> pd.DataFrame:
    repeating = ("touchpoint", "factor", "sentiment", "dated", "stage", "phase", "contact", "environment")
    compact: pd.DataFrame = table.astype(dict.fromkeys(repeating, "category"))
    return compact


def _now(scored: Scored) -> pd.Timestamp:
    """When the table was scored, else now; a day later, as clocks differ by zone."""
    written = (scored.manifest or {}).get("finished")
    read = pd.to_datetime(str(written), errors="coerce", utc=True)
    finished = pd.Timestamp.now() if pd.isna(read) else read.tz_localize(None)
    later: pd.Timestamp = finished + pd.Timedelta(days=1)
    return later


def _told_twice(once: pd.DataFrame) -> int:
    """Events that another comment of the same customer tells of in the same way and at the same time."""
    timed = once[once["time"].notna()]
    return int(timed.duplicated(["customer", "time", "touchpoint", "factor", "sentiment"]).sum())


def _zone(scored: Scored) -> list[Limit]:
    kind = scored.comments["time"].dtype if "time" in scored.comments else None
    return [Limit("journey", "zone", {"zone": str(kind.tz)})] if isinstance(kind, pd.DatetimeTZDtype) else []


def _one_customer(scored: Scored) -> list[Limit]:
    """A customer id that holds a large part of all comments."""
    known = scored.comments["customer_id"].dropna().astype(str).value_counts()
    most = int(known.iloc[0])
    if most < max(MANY, MUCH * len(scored.comments)):
        return []
    values = {"customer": str(known.index[0]), "comments": most, "of": len(scored.comments)}
    return [Limit("journey", "one_customer", values)]
