"""How customers react: what a flaw costs and a merit earns (penalty and reward), and where good staff soften a flaw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.report.drivers import name_of
from cx_nlp.report.wording import Wording

EFFECTS = (
    "penalty", "penalty_low", "penalty_high", "reward", "reward_low", "reward_high", "loss_alone", "loss_alone_low",
    "loss_alone_high", "loss_with", "loss_with_low", "loss_with_high", "softened", "low", "high",
)  # fmt: skip
KINDS = ("basic", "performance", "excitement", "indifferent", "not enough data")


@dataclass(frozen=True)
class ContrastRow:
    """A touchpoint or factor: what complaint and praise go with, and the kind that makes it."""

    name: str
    by: str
    penalty: str
    penalty_interval: str
    reward: str
    reward_interval: str
    complaints: str
    praise: str
    kind: str
    few: bool


@dataclass(frozen=True)
class Kind:
    """A kind, what it means, and those that are of it."""

    name: str
    meaning: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class ForgivenessRow:
    """A touchpoint: rating lost to a complaint alone, and beside a good word for staff."""

    name: str
    when: str
    alone: str
    alone_interval: str
    beside: str
    beside_interval: str
    softened: str
    softened_interval: str
    comments: str
    verdict: str
    few: bool


def contrast_rows(table: pd.DataFrame, words: Wording, outcome: str = "rating") -> tuple[ContrastRow, ...]:
    """Penalty and reward, by kind, touchpoints before factors."""
    table, digits = _scaled(table, outcome)
    order = table["kind"].map({kind: at for at, kind in enumerate(KINDS)})
    ordered = table.assign(order=order, first=table["by"] != "touchpoint")
    return tuple(
        _contrast(row, words, digits)
        for _, row in ordered.sort_values(["first", "order"], kind="stable").iterrows()
    )


def kinds(table: pd.DataFrame, words: Wording) -> tuple[Kind, ...]:
    """The kinds that some touchpoint or factor is of."""
    return tuple(_kinds(table, words))


def forgiveness_rows(
    table: pd.DataFrame, words: Wording, outcome: str = "rating"
) -> tuple[ForgivenessRow, ...]:
    """Touchpoints where something can be said first."""
    table, digits = _scaled(table, outcome)
    few = table["verdict"] == "not enough data"
    ordered = table.assign(few=few).sort_values("few", kind="stable")
    return tuple(_forgiven(row, words, digits) for _, row in ordered.iterrows())


def _scaled(table: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, int]:
    """Rating points with two decimals, or the probabilities of an outcome as percentage points with one."""
    if outcome == "rating":
        return table, 2
    effects = [name for name in EFFECTS if name in table]
    return table.assign(**{name: 100 * table[name].astype(float) for name in effects}), 1


def _contrast(row: pd.Series[Any], words: Wording, digits: int) -> ContrastRow:
    return ContrastRow(
        name=name_of(str(row["by"]), str(row["name"]), words),
        by=str(row["by"]),
        penalty=words.signed(row["penalty"], digits),
        penalty_interval=words.range(row["penalty_low"], row["penalty_high"], digits),
        reward=words.signed(row["reward"], digits),
        reward_interval=words.range(row["reward_low"], row["reward_high"], digits),
        complaints=words.number(row["n_negative"]),
        praise=words.number(row["n_positive"]),
        kind=words.text(f"kinds.{_key(row['kind'])}"),
        few=row["kind"] == "not enough data",
    )


def _kinds(table: pd.DataFrame, words: Wording) -> Iterator[Kind]:
    for kind in KINDS[:-1]:
        rows = table[table["kind"] == kind]
        if len(rows):
            members = tuple(name_of(str(row["by"]), str(row["name"]), words) for _, row in rows.iterrows())
            yield Kind(
                words.text(f"kinds.{kind}"), words.text(f"kinds.{kind}_means"), tuple(dict.fromkeys(members))
            )


def _forgiven(row: pd.Series[Any], words: Wording, digits: int) -> ForgivenessRow:
    return ForgivenessRow(
        name=words.touchpoint(str(row["touchpoint"])),
        when=words.text(f"forgiveness.{_key(row['when'])}"),
        alone=words.number(row["loss_alone"], digits),
        alone_interval=words.range(row["loss_alone_low"], row["loss_alone_high"], digits),
        beside=words.number(row["loss_with"], digits),
        beside_interval=words.range(row["loss_with_low"], row["loss_with_high"], digits),
        softened=words.signed(row["softened"], digits),
        softened_interval=words.range(row["low"], row["high"], digits),
        comments=words.text(
            "forgiveness.counts", n=int(row["n"]), praised=words.number(row["n_with_staff_praise"])
        ),
        verdict=words.text(f"verdict.{_key(row['verdict'])}"),
        few=row["verdict"] == "not enough data",
    )


def _key(value: object) -> str:
    return str(value).replace(" ", "_")
