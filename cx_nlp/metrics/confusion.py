"""Which labels a model takes for which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from cx_nlp.metrics.labels import VIEWS, Record, labeller

NOTHING = "(none)"
"""Heads the row of labels that gold lacks and the column of labels that were not found."""


def confusion(
    gold: Sequence[Record], predicted: Sequence[Record], *, view: str = "touchpoint"
) -> pd.DataFrame:
    """Which gold labels (rows) were given which labels (columns), in comments that may hold several.

    A label that gold and prediction give the same comment counts as hit. Of a comment's m labels missed and e labels too
    many, each pair counts min(m, e) / (m e), and what is left on either side stands in the row or column "(none)". So a row
    sums to the label's support, a column to how often it was predicted, and the diagonal holds the hits. Where every comment
    has one label, it is the usual confusion matrix.

    Parameters
    ----------
    gold, predicted
        Records as for `mention_figures`, the same comments in the same order.
    view
        "touchpoint", "factor" or another of `cx_nlp.metrics.VIEWS`, or "sentiment", the comment's own.

    Returns
    -------
    pandas.DataFrame
        Square, numbers of comments; labels by support, "(none)" last.

    Raises
    ------
    ValueError
        The two sequences are of different length, or there is no such view.

    Examples
    --------
    >>> gold = [{"mentions": [{"touchpoint": "hotline"}]}, {"mentions": [{"touchpoint": "app"}]}]
    >>> tags = [{"mentions": [{"touchpoint": "chat"}]}, {"mentions": [{"touchpoint": "app"}]}]
    >>> float(confusion(gold, tags).loc["hotline", "chat"])
    1.0
    """
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold and {len(predicted)} predicted records; need as many")
    if view not in (*VIEWS, "sentiment"):
        raise ValueError(f"no view {view!r}; choose one of {', '.join((*VIEWS, 'sentiment'))}")
    cells: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one, other in zip(gold, predicted, strict=True):
        _count(cells, _labels(one, view), _labels(other, view))
    support: defaultdict[str, float] = defaultdict(float)
    for (label, _), n in cells.items():
        support[label] += n
    met = {label for pair in cells for label in pair} - {NOTHING}
    names = [*sorted(met, key=lambda label: (-support[label], label)), NOTHING]
    table: pd.DataFrame = pd.DataFrame(
        0.0, index=pd.Index(names, name="gold"), columns=pd.Index(names, name="predicted")
    )
    for (row, column), n in cells.items():
        table.loc[row, column] = n
    return table


def _labels(record: Record, view: str) -> set[str]:
    if view == "sentiment":
        return {str(record["sentiment"])} if record.get("sentiment") else set()
    label = labeller(VIEWS[view])
    return {label(mention) for mention in record.get("mentions", ())}


def _count(cells: defaultdict[tuple[str, str], float], gold: set[str], found: set[str]) -> None:
    missed, extra = gold - found, found - gold
    pairs = min(len(missed), len(extra))
    weights: dict[tuple[str, str], float] = dict.fromkeys(((label, label) for label in gold & found), 1.0)
    for label in missed:
        weights |= {(label, other): pairs / (len(missed) * len(extra)) for other in extra}
        weights[label, NOTHING] = 1 - pairs / len(missed)
    for other in extra:
        weights[NOTHING, other] = 1 - pairs / len(extra)
    for pair, weight in weights.items():
        if weight:
            cells[pair] += weight
