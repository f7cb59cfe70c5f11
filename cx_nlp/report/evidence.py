"""What is known of a cause, in sentences: reach, rating lost, where it starts, money, how sure, and lately."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.report.limits import why_empty
from cx_nlp.report.wording import Wording, known
from cx_nlp.taxonomy import NO_FACTOR

# From here up the share of draws that keep a cause among the first three is called sure, fairly sure, unsure.
SURE = {"high": 0.95, "some": 0.8, "low": 0.0}


def facts(row: pd.Series[Any], found: Findings, words: Wording) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each fact's name and its sentences; a fact that is not known is left out, but for where it starts."""
    told = {
        "reach": tuple(_reach(row, words)),
        "loss": tuple(_loss(row, words)),
        "start": tuple(_start(row, found, words)),
        "money": tuple(_money(row, words)),
        "certainty": tuple(_certainty(row, words)),
        "lately": tuple(_lately(row, words)),
    }
    return tuple((words.text(f"causes.term_{name}"), lines) for name, lines in told.items() if lines)


def told_by(row: pd.Series[Any]) -> str:
    """Who says where a cause starts: "customers", "texts" or ""."""
    if not known(row.get("starts_at")):
        return ""
    return "customers" if pd.notna(row["starts_odds_ratio"]) else "texts"


def _reach(row: pd.Series[Any], words: Wording) -> Iterator[str]:
    customers, comments = row["customers"], int(row["comments"])
    said = {
        "share": words.percent(row["share_affected"]),
        "interval": words.interval(row["share_low"], row["share_high"]),
    }
    if pd.notna(customers) and customers > 0:
        yield words.text("causes.reach_customers", n=int(customers), comments=words.number(comments), **said)
    else:
        yield words.text("causes.reach_comments", n=comments, **said)
    if str(row["factor"]) not in ("", NO_FACTOR) and pd.notna(row["factor_share"]):
        share = words.percent(row["factor_share"])
        yield words.text("causes.factor", share=share, factor=words.factor(str(row["factor"])))


def _loss(row: pd.Series[Any], words: Wording) -> Iterator[str]:
    measure = str(row["measure"])
    if measure == "reach":
        return
    if pd.isna(row["loss"]):
        yield words.text("causes.loss_unknown")
        return
    # An outcome is a probability, told in percentage points.
    scale, digits = (1.0, 2) if measure == "rating" else (100.0, 1)
    loss, low, high, total, bottom, top = (
        scale * float(row[name])
        for name in ("loss", "loss_low", "loss_high", "total", "total_low", "total_high")
    )
    yield words.text(
        f"causes.loss_{measure}",
        loss=words.number(loss, digits),
        interval=words.range(low, high, digits),
        total=words.number(total, digits),
        whom=_whom(row, words),
        total_interval=words.range(bottom, top, digits),
    )


def _whom(row: pd.Series[Any], words: Wording) -> str:
    """Over whom the loss is spread: a comment of nobody known stands for a customer of its own."""
    of_customers = pd.notna(row["customers"]) and row["customers"] > 0
    return words.text("causes.all_customers" if of_customers else "causes.all_comments")


def _start(row: pd.Series[Any], found: Findings, words: Wording) -> Iterator[str]:
    by, start = told_by(row), known(row.get("starts_at"))
    together = 0 if pd.isna(row["said_together"]) else int(row["said_together"])
    if by == "":
        yield words.text("causes.start_unknown", why=_why_unknown(str(row["touchpoint"]), found, words))
        return
    name = words.touchpoint(start)
    if by == "texts":
        yield words.text("causes.start_texts", n=together, start=name)
        return
    factor = known(row.get("starts_factor"))
    named = words.text("causes.start_factor", start=name, factor=words.factor(factor)) if factor else name
    yield words.text(
        "causes.start_customers",
        start=named,
        odds=words.number(row["starts_odds_ratio"], 1),
        interval=words.range(row["starts_low"], row["starts_high"], 1),
    )
    if pd.notna(row["starts_share"]):
        interval = words.interval(row["starts_share_low"], row["starts_share_high"])
        yield words.text("causes.start_share", share=words.percent(row["starts_share"]), interval=interval)
    if together:
        yield words.text("causes.start_said", n=together)


def _why_unknown(touchpoint: str, found: Findings, words: Wording) -> str:
    """Why no start is named: nothing earlier tested, too few customers, or tested and not borne out."""
    tested = found.links[found.links["effect_touchpoint"].astype(str) == touchpoint]
    refused = int((tested["verdict"] == "not supported").sum())
    if refused:
        return words.text("causes.why_not_supported", n=refused)
    if len(tested):
        return words.text("causes.why_few")
    # Where nothing at all was tested, the limit of that part says why.
    said = why_empty(found.limits, ("links", "journey"), words) if found.links.empty else ()
    return said[0][0].lower() + said[0][1:].rstrip(".") if said else words.text("causes.why_untested")


def _money(row: pd.Series[Any], words: Wording) -> Iterator[str]:
    if pd.notna(row["value_money"]):
        orders = 0 if pd.isna(row["value_orders"]) else int(row["value_orders"])
        yield words.text("causes.money", n=orders, money=words.number(row["value_money"]))


def _certainty(row: pd.Series[Any], words: Wording) -> Iterator[str]:
    share = row["p_top3"]
    if pd.notna(share):
        level = next(name for name, least in SURE.items() if share >= least)
        yield words.text(f"causes.sure_{level}", share=words.number(100 * share))
    if str(row["measure"]) == "rating" and pd.notna(row["total_low"]):
        yield words.text("causes.at_least", low=words.number(row["total_low"], 2), whom=_whom(row, words))
    elif pd.notna(row["share_low"]):
        yield words.text("causes.at_least_share", low=words.percent(row["share_low"]))


def _lately(row: pd.Series[Any], words: Wording) -> Iterator[str]:
    direction = known(row.get("alarm"))
    if direction in ("worse", "better"):
        yield words.text(f"causes.lately_{direction}")
