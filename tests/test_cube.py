"""The counts in the page add up to what the scorecard counts, whatever is filtered."""

import numpy as np
import pandas as pd
import pytest
from invented_scores import invented_comments

from cx_nlp.journey.scores.scorecard import mention_cells
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.report.cube import cube
from cx_nlp.taxonomy import load_taxonomy

COUNTS = ["comments", "negative", "positive"]


@pytest.fixture(scope="module")
def tables():
    return invented_comments(500)


def counted(scored: Scored):
    touchpoints = [str(name) for name in scored.mentions["touchpoint"].unique()]
    factors = [str(name) for name in scored.mentions["factor"].unique()]
    return cube(scored, load_taxonomy(), touchpoints, factors)


def summed(found, **chosen: int) -> pd.Series:
    cells = found.cells
    for key, number in chosen.items():
        cells = cells[cells[key] == number]
    return cells[COUNTS].sum()


def test_touchpoints_and_factors_sum_over_segments_and_periods(tables):
    scored = scored_table(*tables)
    found = counted(scored)
    assert found.stage_of == "own"
    whole, pairs = mention_cells(scored, ["touchpoint"]), mention_cells(scored, ["touchpoint", "factor"])
    for number, name in enumerate(found.touchpoints, start=1):
        assert summed(found, touchpoint=number, factor=0).tolist() == whole.loc[name, COUNTS].tolist()
        for at, factor in enumerate(found.factors, start=1):
            wanted = (
                pairs.loc[(name, factor), COUNTS].tolist() if (name, factor) in pairs.index else [0, 0, 0]
            )
            assert summed(found, touchpoint=number, factor=at).tolist() == wanted


def test_a_part_is_counted_as_if_the_table_held_nothing_else(tables):
    comments, mentions = tables
    scored = scored_table(comments, mentions)
    found = counted(scored)
    segment, period = found.segments.index("VIP") + 1, found.periods.index(pd.Timestamp("2024-05-01")) + 1
    here = (
        (comments["segment"] == "VIP") & (comments["time"].dt.to_period("M") == pd.Period("2024-05", "M"))
    ).to_numpy()
    part = scored_table(comments[here], mentions[here[scored.comment_rows]])
    assert summed(found, touchpoint=0, stage=0, segment=segment, period=period)["comments"] == here.sum()
    wanted = mention_cells(part, ["touchpoint"])
    for number, name in enumerate(found.touchpoints, start=1):
        row = wanted.loc[name, COUNTS].tolist() if name in wanted.index else [0, 0, 0]
        assert summed(found, touchpoint=number, factor=0, segment=segment, period=period).tolist() == row


def test_stages_of_touchpoints_are_known_and_counted_together(tables):
    scored = scored_table(*tables)
    found = counted(scored)
    stages = mention_cells(scored, ["stage"])
    for number, name in enumerate(found.stages, start=1):
        assert summed(found, touchpoint=0, stage=number).tolist() == stages.loc[name, COUNTS].tolist()
    delivery = found.touchpoint_stage[found.touchpoints.index("delivery")]
    assert found.stages[delivery - 1] == "purchase"


def test_the_exports_own_stage_belongs_to_the_comment(tables):
    comments, mentions = tables
    comments = comments.assign(stage=np.where(np.arange(len(comments)) % 4 == 0, "sau", "trước"))
    found = counted(scored_table(comments, mentions))
    assert found.stage_of == "export"
    later = found.stages.index("sau") + 1
    assert summed(found, touchpoint=0, stage=later)["comments"] == 125
    assert summed(found, touchpoint=0)["comments"] == 500


def test_a_touchpoint_in_two_stages_has_cells_for_each_and_for_both(tables):
    comments, mentions = tables
    stage = np.where(np.arange(len(mentions)) % 2, "use", "purchase")
    scored = scored_table(comments, mentions.assign(stage=stage))
    found = counted(scored)
    assert found.stage_of == "mixed"
    number = found.touchpoints.index("delivery") + 1
    whole = mention_cells(scored, ["touchpoint"]).loc["delivery", COUNTS]
    assert summed(found, touchpoint=number, factor=0, stage=0).tolist() == whole.tolist()
    use = mention_cells(scored, ["touchpoint", "stage"]).loc[("delivery", "use"), COUNTS]
    at = found.stages.index("use") + 1
    assert summed(found, touchpoint=number, factor=0, stage=at).tolist() == use.tolist()


def test_rare_segments_and_unknown_times_count_in_the_whole_only(tables):
    comments, mentions = tables
    segment = [f"s{min(at, 24)}" for at in range(len(comments))]
    time = comments["time"].where(np.arange(len(comments)) >= 7)
    found = counted(scored_table(comments.assign(segment=segment, time=time), mentions))
    assert len(found.segments) == 20
    assert summed(found, touchpoint=0, stage=0)["comments"] == 500
    assert summed(found, touchpoint=0, stage=0, period=0)["comments"] == 7
    assert summed(found, touchpoint=0, stage=0, segment=0)["comments"] == 5


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_small_tables_without_time_segment_or_stage(rows):
    ids = [f"c{at}" for at in range(rows)]
    mentions = pd.DataFrame(
        {"comment_id": ids, "touchpoint": "lạ", "factor": "general", "sentiment": "negative"},
        index=range(rows),
    )
    found = counted(scored_table(pd.DataFrame({"comment_id": ids}), mentions))
    assert (found.stage_of, found.unit, found.segments, found.periods) == ("", "", (), ())
    assert summed(found, touchpoint=0)["comments"] == rows
