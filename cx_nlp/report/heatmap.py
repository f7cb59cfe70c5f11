"""Heat maps: share of complaints by touchpoint and factor, and by touchpoint and stage of the journey."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from cx_nlp.journey.scores.scorecard import mention_cells
from cx_nlp.journey.table import Scored
from cx_nlp.report.shares import ShareCell, row_of, share_cell
from cx_nlp.report.wording import Wording
from cx_nlp.taxonomy import NO_FACTOR

# A table read from data may have hundreds of labels; those most spoken of are shown.
MAX_ROWS = 40
MAX_COLUMNS = 12


@dataclass(frozen=True)
class HeatMap:
    """Rows of cells under column names; `left_out` rows had fewer comments than those shown."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ShareCell, ...]], ...]
    left_out: int = 0


@dataclass(frozen=True)
class StageColumn:
    """A stage of the journey with its touchpoints, each belonging to this stage only."""

    name: str
    total: ShareCell
    tiles: tuple[tuple[str, ShareCell], ...]


@dataclass(frozen=True)
class Journey:
    """Touchpoints along the journey: as columns where each has one stage, else as a map; and whose stage it is."""

    columns: tuple[StageColumn, ...] = ()
    map: HeatMap | None = None
    stage_of: str = "own"


def shown_labels(scored: Scored, words: Wording) -> tuple[list[str], list[str]]:
    """Touchpoints and factors that the page has room for, in its order; no factors where nothing is split by them."""
    touchpoints = _touchpoint_rows(mention_cells(scored, ["touchpoint"]), words)[0]
    factors = scored.mentions["factor"].astype(str).value_counts()
    if set(factors.index[factors > 0]) <= {NO_FACTOR, ""}:
        return touchpoints, []
    return touchpoints, _order(factors[factors > 0].nlargest(MAX_COLUMNS), words.taxonomy.factor_ids)


def factor_map(scored: Scored, words: Wording) -> HeatMap | None:
    """Touchpoint by factor with all factors together first; None where nothing is split by factor."""
    columns = shown_labels(scored, words)[1]
    if not columns:
        return None
    cells = mention_cells(scored, ["touchpoint", "factor"])
    total = mention_cells(scored, ["touchpoint"])
    rows, left_out = _touchpoint_rows(total, words)
    every = words.text("factors.all")
    made = []
    for row in rows:
        name = words.touchpoint(row)
        whole = share_cell(words, row_of(total, row), row=name, column=every)
        made.append((name, (whole, *_cells(words, cells, row, columns, words.factor))))
    return HeatMap((every, *map(words.factor, columns)), tuple(made), left_out)


def journey(scored: Scored, words: Wording) -> Journey | None:
    """Touchpoint by stage: the export's own stage where it has one, else the mention's; None without stages."""
    stages = scored.comments.get("stage")
    if stages is not None and stages.notna().any() and not scored.mentions.empty:
        return Journey(
            map=_stage_map(mention_cells(scored, ["touchpoint", "journey_stage"]), scored, words),
            stage_of="export",
        )
    staged = _with_stage(scored, words)
    if staged.mentions["stage"].isna().all():
        return None
    cells = mention_cells(staged, ["touchpoint", "stage"])
    if cells.index.get_level_values("touchpoint").has_duplicates:
        return Journey(map=_stage_map(cells, staged, words), stage_of="mixed")
    totals = mention_cells(staged, ["stage"])
    order = _order(totals["comments"], words.taxonomy.stage_ids)
    return Journey(columns=tuple(_stage_column(stage, cells, totals, words) for stage in order))


def _with_stage(scored: Scored, words: Wording) -> Scored:
    """The table with a stage for each mention, from the taxonomy where the mentions have none."""
    if "stage" in scored.mentions and scored.mentions["stage"].notna().any():
        return scored
    stages = {row.id: row.stage for row in words.taxonomy.touchpoints}
    stage = scored.mentions["touchpoint"].astype(str).map(stages)
    return Scored(scored.comments, scored.mentions.assign(stage=stage))


def _stage_map(cells: pd.DataFrame, scored: Scored, words: Wording) -> HeatMap:
    stage = cells.index.names[1]
    columns = _order(cells.groupby(level=stage, observed=True)["comments"].sum(), words.taxonomy.stage_ids)[
        :MAX_COLUMNS
    ]
    rows, left_out = _touchpoint_rows(mention_cells(scored, ["touchpoint"]), words)
    made = [(words.touchpoint(row), _cells(words, cells, row, columns, words.stage)) for row in rows]
    return HeatMap(tuple(map(words.stage, columns)), tuple(made), left_out)


def _stage_column(stage: str, cells: pd.DataFrame, totals: pd.DataFrame, words: Wording) -> StageColumn:
    name = words.stage(stage)
    here = cells[cells.index.get_level_values("stage") == stage].droplevel("stage")
    ids = _order(here["comments"], words.taxonomy.touchpoint_ids)[:MAX_ROWS]
    tiles = [
        (
            words.touchpoint(id),
            share_cell(words, row_of(here, id), row=words.touchpoint(id), column=name),
        )
        for id in ids
    ]
    total = share_cell(words, row_of(totals, stage), row=name, column=words.text("journey.stage_total"))
    return StageColumn(name, total, tuple(tiles))


def _touchpoint_rows(total: pd.DataFrame, words: Wording) -> tuple[list[str], int]:
    most = total["comments"].nlargest(MAX_ROWS)
    return _order(most, words.taxonomy.touchpoint_ids), len(total) - len(most)


def _order(comments: pd.Series[int], known: Sequence[str]) -> list[str]:
    """Ids in the order of the taxonomy, then those it does not know, the most frequent first."""
    found = [str(id) for id in comments.sort_values(ascending=False, kind="stable").index]
    return [*(id for id in known if id in set(found)), *(id for id in found if id not in set(known))]


def _cells(
    words: Wording, cells: pd.DataFrame, row: str, columns: Iterable[str], name_of: Callable[[str], str]
) -> tuple[ShareCell, ...]:
    known = set(cells.index)
    return tuple(
        share_cell(words, row_of(cells, (row, column)), row=words.touchpoint(row), column=name_of(column))
        if (row, column) in known
        else ShareCell()
        for column in columns
    )
