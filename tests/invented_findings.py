"""Invented findings about the invented comments: every part of the page has something to show. For tests and screenshots."""

import numpy as np
import pandas as pd
from invented_scores import invented_comments

from cx_nlp.journey.findings import Findings
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.scores.scorecard import mention_cells, wilson
from cx_nlp.journey.scores.scorecard import touchpoints as ranked_touchpoints
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.report.columns import columns_of
from cx_nlp.taxonomy import load_taxonomy

TABLES = (
    "causes", "scorecard", "links", "witness", "drivers", "importance", "contrast", "forgiveness", "channels", "trends", "alarms",
    "changes",
)  # fmt: skip
POLLED = {
    "issue_resolution": 0.79, "attitude_expertise": 0.69, "convenience": 0.56, "channel_consistency": 0.50, "responsiveness": 0.29,
}  # fmt: skip


def bare_findings(scored: Scored, **tables) -> Findings:
    """Findings that hold nothing but the scored table and what is given."""
    empty = {name: pd.DataFrame(columns=list(columns_of(name))) for name in TABLES}
    return Findings(scored, scored.taxonomy or load_taxonomy(), **{**empty, **tables})


def invented_findings(
    count: int = 2000, *, scored: Scored | None = None, word: str = "nằm ở kho", seed: int = 3
) -> Findings:
    """Findings with something in every table; the counts are the comments', the effects are invented.

    `word` stands wherever a table repeats what customers or the export said.
    """
    if scored is None:
        comments, mentions = invented_comments(count)
        value = np.random.default_rng(seed).lognormal(13, 0.6, len(comments)).round(-3)
        scored = scored_table(comments.assign(value=value), mentions)
    rng = np.random.default_rng(seed)
    made = {
        "causes": _causes(scored), "scorecard": _scorecard(scored), "links": _links(), "witness": _witness(scored),
        "drivers": _drivers(scored, rng), "importance": _importance(scored, rng), "contrast": _contrast(),
        "forgiveness": _forgiveness(), "channels": _channels(word), "trends": _trends(scored), "changes": _changes(scored),
    }  # fmt: skip
    made["alarms"] = _alarms(scored, made["trends"], word)
    metrics = {"mean": {"value": 3.62, "low": 3.55, "high": 3.69, "n": len(scored.comments)}}
    limits = (
        Limit("trends", "without_time", {"comments": 3}),
        Limit("links", "too_few", {"pairs": 240, "of": 272}),
        Limit("drivers", "something_nobody_put_into_words", {"n": 7, "about": word}),
    )
    return bare_findings(scored, **made, metrics=metrics, limits=limits)


def _table(name: str, rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns_of(name)))


def _causes(scored: Scored) -> pd.DataFrame:
    taxonomy = load_taxonomy()
    cells = ranked_touchpoints(scored)
    cells = cells[cells["negative"] > 0]
    owner = {row.id: row.owner for row in taxonomy.touchpoints}
    stage = {row.id: row.stage for row in taxonomy.touchpoints}
    reasons = {
        "delivery": "responsiveness",
        "product": "product_quality",
        "app": "product_quality",
        "after_sales": "issue_resolution",
    }
    rows = []
    for place, (id, cell) in enumerate(cells.iterrows(), start=1):
        weight, loss, listed = cell["weight"], 1.3 / place**0.3, place <= 4 and id != "brand"
        low, high = wilson(cell["negative"], len(scored.comments))
        rows.append({
            "rank": place, "touchpoint": id, "factor": reasons.get(id, ""), "factor_share": 0.61 if id in reasons else np.nan,
            "stage": stage.get(id, ""), "owner": owner.get(id, ""), "listed": listed,
            "why_not": "" if listed else "verdict" if id == "brand" else "too_small", "comments": cell["negative"],
            "customers": int(0.9 * cell["negative"]), "share_affected": weight, "share_low": float(low), "share_high": float(high),
            "loss": loss, "loss_low": loss - 0.2, "loss_high": loss + 0.2, "total": loss * weight, "total_low": (loss - 0.2) * low,
            "total_high": (loss + 0.2) * high, "p_top3": max(0.05, 1.02 - 0.13 * place), "value_customers": 40.0,
            "value_orders": cell["negative"], "value_money": 1.25e6 * cell["negative"], "measure": "rating", "starts_by": "",
            "starts_at": "", "starts_factor": "", "said_together": 0, "alarm": "",
        })  # fmt: skip
    table = _table("causes", rows).astype(object)
    start = {
        "starts_by": "customers", "starts_at": "ordering", "starts_factor": "product_quality", "said_together": 14,
        "starts_odds_ratio": 3.8, "starts_low": 2.4, "starts_high": 6.1, "starts_q": 0.001, "starts_share": 0.22,
        "starts_share_low": 0.14, "starts_share_high": 0.31, "alarm": "worse",
    }  # fmt: skip
    for place, given in enumerate(
        [start, {}, {"starts_by": "texts", "starts_at": "product", "said_together": 9}]
    ):
        for name, value in given.items():
            if place < len(table):
                table.loc[place, name] = value
    return table


def _scorecard(scored: Scored) -> pd.DataFrame:
    cells = ranked_touchpoints(scored).reset_index()
    same = [name for name in columns_of("scorecard") if name in cells]
    rows = cells[same].assign(
        by="touchpoint", correction="assumed", trend=0.0, trend_low=-0.1, trend_high=0.1
    )
    rows["corrected_weight"] = 0.9 * rows["weight"]
    rows["corrected_low"], rows["corrected_high"] = 0.8 * rows["weight_low"], 1.1 * rows["weight_high"]
    rows.loc[rows["touchpoint"] == "delivery", ["trend", "trend_low", "trend_high"]] = [0.3, 0.1, 0.5]
    return rows.reindex(columns=list(columns_of("scorecard")))


def _links() -> pd.DataFrame:
    given = [
        ("ordering", "product_quality", "delivery", "supported", 3.8, 0.22), ("website", "", "ordering", "supported", 2.9, 0.12),
        ("product", "", "after_sales", "not enough data", np.nan, np.nan), ("advertising", "", "product", "not supported", 1.1, 0.02),
        ("payment", "", "delivery", "not supported", 0.9, 0.0),
    ]  # fmt: skip
    rows = [
        {
            "cause_touchpoint": cause, "cause_factor": factor, "effect_touchpoint": effect, "n": 812, "exposed": 96, "complaints": 41,
            "odds_ratio": odds, "low": odds / 1.6, "high": odds * 1.6, "p": 0.001, "q": 0.004, "detectable": 1.9,
            "attributable": share, "attributable_low": share / 1.5, "attributable_high": share * 1.4, "direct": odds, "carried": 1.0,
            "carried_via": "", "customers_needed": 450 if verdict == "not enough data" else np.nan, "verdict": verdict,
        }
        for cause, factor, effect, verdict, odds, share in given
    ]  # fmt: skip
    return _table("links", rows)


def _witness(scored: Scored) -> pd.DataFrame:
    ids = scored.comments["comment_id"].head(3).tolist()
    said = {"examples": ids, "expected": 3.0, "ratio": 3.0, "low": 1.6, "high": 5.2, "q": 0.01}
    pairs = [
        ("product", "after_sales", 9, "supported"),
        ("ordering", "delivery", 14, "supported"),
        ("pricing", "brand", 2, "not enough data"),
    ]
    return _table("witness", [
        {"cause_touchpoint": cause, "effect_touchpoint": effect, "comments": n, "verdict": verdict, **said} for cause, effect, n, verdict in pairs
    ])  # fmt: skip


def _drivers(scored: Scored, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for by in ("touchpoint", "factor"):
        cells = mention_cells(scored, [by])
        for id, cell in cells.iterrows():
            for polarity, sign in (("negative", -1), ("positive", 1)):
                effect = sign * rng.uniform(0.1, 1.4)
                error = 2.0 / np.sqrt(max(cell[polarity], 1))
                known = cell[polarity] >= 20
                rows.append({
                    "by": by, "name": id, "polarity": polarity, "n": cell[polarity], "customers": cell[polarity],
                    "effect": effect if known else np.nan, "low": effect - error if known else np.nan, "high": effect + error if known else np.nan,
                    "p": 0.01, "q": 0.02 if abs(effect) > error else 0.3, "relative_weight": 0.04, "weight_low": 0.02, "weight_high": 0.06,
                    "vif": 1.3, "outcome": "rating", "note": "" if known else "too_few",
                })  # fmt: skip
    return _table("drivers", rows)


def _importance(scored: Scored, rng: np.random.Generator) -> pd.DataFrame:
    cells = mention_cells(scored, ["factor"])
    rows = []
    for factor in load_taxonomy().factor_ids:
        if factor in cells.index and factor != "general":
            cell, measured = cells.loc[factor], rng.uniform(0.03, 0.3)
            half = 0.9 / np.sqrt(cell["comments"])
            rows.append({
                "factor": factor, "polled": POLLED.get(factor, np.nan), "measured": measured, "measured_low": 0.6 * measured,
                "measured_high": 1.4 * measured, "performance": cell["net"], "performance_low": cell["net"] - half,
                "performance_high": cell["net"] + half, "n": cell["comments"], "gap": 0.1,
            })  # fmt: skip
    return _table("importance", rows)


def _contrast() -> pd.DataFrame:
    given = [
        ("touchpoint", "delivery", -1.2, 0.1, "basic"), ("touchpoint", "product", -1.0, 0.8, "performance"),
        ("touchpoint", "loyalty_program", 0.0, 0.7, "excitement"), ("touchpoint", "website", -0.1, 0.1, "not enough data"),
        ("factor", "responsiveness", -1.1, 0.2, "basic"), ("factor", "value", 0.0, 0.1, "indifferent"),
    ]  # fmt: skip
    return _table("contrast", [
        {
            "by": by, "name": name, "penalty": penalty, "penalty_low": penalty - 0.2, "penalty_high": penalty + 0.2, "reward": reward,
            "reward_low": reward - 0.2, "reward_high": reward + 0.2, "n_negative": 120, "n_positive": 80, "kind": kind,
        }
        for by, name, penalty, reward, kind in given
    ])  # fmt: skip


def _forgiveness() -> pd.DataFrame:
    given = [
        ("delivery", 0.5, "softened"),
        ("product", 0.05, "not softened"),
        ("app", np.nan, "not enough data"),
    ]
    return _table("forgiveness", [
        {
            "touchpoint": id, "n": 310, "n_with_staff_praise": 44, "loss_alone": 1.3, "loss_alone_low": 1.1, "loss_alone_high": 1.5,
            "loss_with": 1.3 - by, "loss_with_low": 0.4, "loss_with_high": 1.4, "softened": by, "low": by - 0.2, "high": by + 0.2,
            "q": 0.02, "verdict": verdict, "when": "same comment",
        }
        for id, by, verdict in given
    ])  # fmt: skip


def _channels(word: str) -> pd.DataFrame:
    given = [
        ("delivery", 0.12, "inconsistent"),
        ("product", 0.02, "consistent"),
        ("website", np.nan, "not enough data"),
    ]
    return _table("channels", [
        {
            "touchpoint": id, "channels": 4, "customers": 300, "comments": 420, "spread": by, "low": by - 0.02, "high": by + 0.04,
            "worst": word, "best": "Website", "p": 0.01, "q": 0.02, "tagged": 6, "verdict": verdict,
        }
        for id, by, verdict in given
    ])  # fmt: skip


def _trends(scored: Scored) -> pd.DataFrame:
    week = scored.comments["time"].dt.to_period("W-SUN").dt.start_time
    whole = week.value_counts().sort_index()
    tables = []
    for touchpoint, factor in (
        ("delivery", ""),
        ("delivery", "responsiveness"),
        ("product", ""),
        ("app", "product_quality"),
    ):
        here = (scored.mentions["touchpoint"] == touchpoint) & (scored.mentions["sentiment"] == "negative")
        if factor:
            here &= scored.mentions["factor"] == factor
        of = np.unique(scored.comment_rows[here.to_numpy()])
        hits = week.iloc[of].value_counts().reindex(whole.index, fill_value=0)
        low, high = wilson(hits, whole)
        late = np.arange(len(whole)) >= 40
        share = hits / whole
        level = (
            np.where(late, share[late].mean(), share[~late].mean())
            if touchpoint == "delivery"
            else share.mean()
        )
        tables.append(pd.DataFrame({
            "touchpoint": touchpoint, "factor": factor, "period": whole.index, "unit": "week", "comments": whole.to_numpy(),
            "complaints": hits.to_numpy(), "share": share.to_numpy(), "low": low, "high": high, "expected": share.mean(),
            "limit_low": max(0, share.mean() - 0.09), "limit_high": share.mean() + 0.09, "level": level,
            "change_point": (np.arange(len(whole)) == 40) & (touchpoint == "delivery"),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _alarms(scored: Scored, trends: pd.DataFrame, word: str) -> pd.DataFrame:
    late = scored.mentions["touchpoint"].eq("delivery") & scored.mentions["sentiment"].eq("negative")
    ids = scored.mentions.loc[late, "comment_id"].tail(3).tolist()
    period = trends["period"].iloc[40]
    return _table("alarms", [
        {
            "touchpoint": "delivery", "factor": "responsiveness", "period": period, "kind": "level", "direction": "worse", "share": 0.2,
            "expected": 0.08, "before": 0.08, "after": 0.21, "p": 0.0001, "q": 0.001, "season": "shopping",
            "rising_words": ["trễ ba ngày", word], "owner": "logistics", "evidence": ids,
        },
        {
            "touchpoint": "product", "factor": "", "period": trends["period"].max(), "kind": "latest", "direction": "better", "share": 0.02,
            "expected": 0.08, "before": np.nan, "after": np.nan, "p": 0.001, "q": 0.01, "season": word, "rising_words": [], "owner": "product",
            "evidence": [],
        },
    ])  # fmt: skip


def _changes(scored: Scored) -> pd.DataFrame:
    given = [
        ("delivery", 0.09, "own"),
        ("after_sales", 0.03, "carried"),
        ("product", 0.0, "no change"),
        ("email", np.nan, "not enough data"),
    ]
    return _table("changes", [
        {
            "touchpoint": id, "before_period": "2024-10-01", "after_period": "2024-11-01", "n_before": 160, "n_after": 170,
            "share_before": 0.1, "share_after": 0.1 + by, "difference": by, "low": by - 0.03, "high": by + 0.03, "own": by * 0.8,
            "own_low": by * 0.5, "own_high": by * 1.1, "carried": by * 0.2, "q": 0.01, "verdict": verdict,
        }
        for id, by, verdict in given
    ])  # fmt: skip
