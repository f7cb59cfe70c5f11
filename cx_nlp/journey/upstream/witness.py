"""The second witness of where a complaint starts: customers who say in one comment that one thing came of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import is_normalized, normalize

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored
from cx_nlp.journey.upstream.chance import Stratum, against_chance
from cx_nlp.journey.upstream.connectives import AFTER, BEFORE, language
from cx_nlp.journey.upstream.joined import pairs_in, places_of
from cx_nlp.taxonomy import Taxonomy

ALPHA = 0.05
FEW = 5
"""Customers who say so: with fewer nothing is said."""
OTHERS = 50
"""Neighbouring complaints at other pairs of touchpoints, below which there is nothing to compare with."""
EXAMPLES = 5

COLUMNS = (
    "cause_touchpoint", "effect_touchpoint", "comments", "examples", "expected", "ratio", "low", "high", "q", "verdict",
)  # fmt: skip


def witness(scored: Scored, taxonomy: Taxonomy) -> Found:
    """How often comments say that a complaint at one touchpoint came of one at another, against chance.

    Two negative mentions that follow each other in a text are joined where a causal word between or before them says so ("giao
    trễ nên tôi hủy đơn", "on hold for hours because the site was down"; `cx_nlp.journey.upstream.connectives`). By chance,
    neighbours would be joined as often as those of all other pairs of touchpoints are, in texts of the same language and in
    the order in which this pair is spoken of. A customer counts once for a pair.

    Parameters
    ----------
    taxonomy : Taxonomy
        Touchpoints it does not know are counted, too, and stand after its own where all else is equal.

    Returns
    -------
    Found
        `COLUMNS`, a row for each ordered pair that a comment joins: the comments that do, up to five of their ids; `expected`
        by chance, and the `ratio` to it with 95 % interval; q of both tests of `against_chance` (Benjamini and Hochberg 1995,
        over all pairs that stand side by side); verdict "supported", "not supported" or "not enough data".
    """
    spans = _spans(scored)
    if spans is None:
        return nothing(COLUMNS, Limit("witness", "no_places"))
    texts = scored.texts(spans["comment_id"].unique().tolist()) if len(spans) else {}
    if not texts:
        reason = "no_text" if len(spans) else "no_pairs"
        return nothing(COLUMNS, Limit("witness", reason, {"comments": spans["comment_id"].nunique()}))
    found = pd.DataFrame(_pairs(spans, texts), columns=["comment_id", "first", "second", "cause", "language"])
    said = found[found["cause"] != ""]
    if said.empty:
        return nothing(COLUMNS, Limit("witness", "no_links", {"pairs": len(found), "comments": len(texts)}))
    found["unit"] = _units(scored, found["comment_id"])
    others = {*found["first"], *found["second"]} - {*taxonomy.touchpoint_ids}
    names = [*taxonomy.touchpoint_ids, *sorted(others)]
    table = _table(_evidence(said), _strata(found, names), names)
    few = Limit("witness", "few_said", {"comments": said["comment_id"].nunique(), "least": FEW})
    return Found(table, (few,) if (table["verdict"] == "not enough data").all() else ())


def _spans(scored: Scored) -> pd.DataFrame | None:
    """The mentions of comments that complain at two touchpoints; None where the table does not say where they stand."""
    mentions = scored.mentions
    if not ({"start", "end"} <= {*mentions.columns} or "quote" in mentions):
        return None
    negative = mentions[mentions["sentiment"] == "negative"]
    touchpoints = negative.drop_duplicates(["comment_id", "touchpoint"])["comment_id"]
    several = touchpoints[touchpoints.duplicated()]
    kept = mentions[mentions["comment_id"].isin(several)]
    missing = pd.Series(np.nan, index=kept.index)
    spans = pd.DataFrame(
        {
            "comment_id": kept["comment_id"],
            "start": pd.to_numeric(kept.get("start", missing), errors="coerce"),
            "end": pd.to_numeric(kept.get("end", missing), errors="coerce"),
            "quote": kept.get("quote", missing).astype(object),
            "touchpoint": kept["touchpoint"].astype(str),
            "sentiment": kept["sentiment"].astype(str),
        }
    )
    ordered: pd.DataFrame = spans.sort_values("comment_id", kind="stable")
    return ordered


def _pairs(spans: pd.DataFrame, texts: dict[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    ids = spans["comment_id"].to_numpy()
    first = np.flatnonzero(np.append(True, ids[1:] != ids[:-1]))
    rows = [
        *zip(
            *(spans[name].tolist() for name in ("start", "end", "quote", "touchpoint", "sentiment")),
            strict=True,
        )
    ]
    for at, end in zip(first, np.append(first[1:], len(ids)), strict=True):
        text = texts.get(ids[at])
        if text is None:
            continue
        known = [one for row in rows[at:end] if (one := _placed(text, *row)) is not None]
        whole = text if is_normalized("NFC", text) else normalize("NFC", text)
        code = language(whole)
        for pair in pairs_in(whole, places_of(known), code):
            yield ids[at], pair.first, pair.second, pair.cause, code


def _placed(
    text: str, start: float, end: float, quote: object, touchpoint: str, sentiment: str
) -> tuple[int, int, str, str] | None:
    """The mention with its place in the NFC text, from its quote where it has no offsets."""
    if start != start or end != end:
        at = text.find(quote) if isinstance(quote, str) and quote else -1
        if at < 0:
            return None
        start, end = at, at + len(str(quote))
    first, last = int(start), int(end)
    if not is_normalized("NFC", text):
        first, last = len(normalize("NFC", text[:first])), len(normalize("NFC", text[:last]))
    return first, last, touchpoint, sentiment


def _units(scored: Scored, ids: pd.Series[Any]) -> NDArray[np.intp]:
    """A number for who wrote each of these comments; a comment of an unknown customer stands for one."""
    comments = scored.comments.set_index("comment_id")
    writers = "comment " + comments.index.astype(str).to_series(index=comments.index).astype(object)
    if "customer_id" in comments:
        writers = comments["customer_id"].astype(object).where(comments["customer_id"].notna(), writers)
    units: NDArray[np.intp] = pd.factorize(writers.reindex(ids))[0]
    return units


def _strata(found: pd.DataFrame, names: list[str]) -> list[Stratum]:
    """Neighbouring complaints by language, each customer's once for a pair."""
    place, size = pd.Index(names), len(names)
    found["at"] = place.get_indexer(pd.Index(found["first"])) * size
    found["at"] += place.get_indexer(pd.Index(found["second"]))
    found["forward"], found["backward"] = found["cause"] == BEFORE, found["cause"] == AFTER
    once = found.groupby(["language", "unit", "at"])[["forward", "backward"]].any().reset_index()
    once["pairs"] = 1.0
    return [
        Stratum(*(_matrix(here, name, size) for name in Stratum._fields))
        for _, here in once.groupby("language")
    ]


def _matrix(here: pd.DataFrame, name: str, size: int) -> NDArray[np.float64]:
    sums = np.bincount(here["at"].to_numpy(), here[name].to_numpy(float), minlength=size**2)
    return sums.astype(float).reshape(size, size)


def _evidence(said: pd.DataFrame) -> pd.DataFrame:
    """Comments and examples of every ordered pair."""
    first = said["cause"] == BEFORE
    ordered = pd.DataFrame(
        {
            "cause_touchpoint": said["first"].where(first, said["second"]),
            "effect_touchpoint": said["second"].where(first, said["first"]),
            "comment_id": said["comment_id"],
        }
    ).drop_duplicates()
    grouped = ordered.groupby(["cause_touchpoint", "effect_touchpoint"])["comment_id"]
    rows: pd.DataFrame = grouped.agg(["size", lambda ids: ids.tolist()[:EXAMPLES]]).reset_index()
    rows.columns = pd.Index(["cause_touchpoint", "effect_touchpoint", "comments", "examples"])
    return rows


def _table(evidence: pd.DataFrame, strata: list[Stratum], names: list[str]) -> pd.DataFrame:
    """What is said, with what chance would give; tested are all ordered pairs that stand side by side somewhere."""
    causes, effects = np.nonzero(sum(one.pairs + one.pairs.T for one in strata))
    tested = pd.DataFrame(
        [against_chance(strata, a, b) for a, b in zip(causes.tolist(), effects.tolist(), strict=True)]
    )
    tested["q"] = false_discovery_control(tested["p"].to_numpy())
    tested.loc[tested["others"] < OTHERS, ["expected", "ratio", "low", "high", "q"]] = np.nan
    tested["cause_touchpoint"], tested["effect_touchpoint"] = np.take(names, causes), np.take(names, effects)
    enough = (tested["seen"] >= FEW) & (tested["others"] >= OTHERS)
    tested["verdict"] = np.select(
        [~enough, tested["q"] < ALPHA], ["not enough data", "supported"], "not supported"
    )
    # The tested pairs stand in the taxonomy's order, which a stable sort keeps.
    table = tested.merge(evidence, on=["cause_touchpoint", "effect_touchpoint"])
    table = table.sort_values("comments", ascending=False, kind="stable", ignore_index=True)
    ordered: pd.DataFrame = table[list(COLUMNS)]
    return ordered
