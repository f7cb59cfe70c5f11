"""A plan's metric within a channel, a segment, or the comments that mention a touchpoint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from fixed_weeks import MANIFEST, comments, noted, plan, reasons, scored, shares

from cx_nlp.errors import InputError
from cx_nlp.journey.fixes.plan import Metric, Misfit, Neighbours, Plan, Within
from cx_nlp.journey.fixes.verdict import check_fix
from cx_nlp.journey.table import Scored, scored_table

UP, DOWN = shares(0.1, 0.15, seed=1), shares(0.1, 0.05)
PER_WEEK = 140


def two_channels(**its: Any) -> Scored:
    """Complaints fall in the app and rise as much on the phone."""
    parts = [
        comments(series, name=name, per_week=PER_WEEK, channel=channel, segment="new")
        for series, name, channel in ((DOWN, "a", "App"), (UP, "p", "Phone"))
    ]
    return scored(*parts, **its)


def within(**kept: str) -> Plan:
    return plan(within=Within(**kept))


def test_a_channel_is_judged_by_its_own_comments() -> None:
    table = two_channels()
    assert check_fix(plan(), table).verdict == "ineffective"
    check = check_fix(within(channel="App"), table)
    assert check.verdict == "effective"
    assert check_fix(within(channel="Phone"), table).verdict == "harmful"
    # All figures, the power's too, are those of a table that holds nothing else.
    alone = check_fix(plan(), scored(comments(DOWN, per_week=PER_WEEK)))
    assert (check.change is None, alone.change is None) == (False, False)
    assert vars(check.change)["estimate"] == vars(alone.change)["estimate"]
    assert check.power == alone.power


def test_channel_and_segment_together() -> None:
    new, old = (
        comments(series, name=name, per_week=PER_WEEK, channel="App", segment=name)
        for series, name in ((DOWN, "new"), (UP, "old"))
    )
    check = check_fix(within(channel="App", segment="new"), scored(new, old))
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.totals("after")[1] == 26 * PER_WEEK


def mentioning(share: np.ndarray) -> Scored:
    """Of 200 comments a week a share mentions delivery, and four in ten of these complain before the fix, two after."""
    said, mentions = comments(np.zeros(52), per_week=200)
    at = np.tile(np.arange(200), 52)
    week = np.repeat(np.arange(52), 200)
    there = at < np.round(share[week] * 200)
    complain = at < np.round(share * np.where(np.arange(52) < 26, 0.4, 0.2) * 200)[week]
    mentions["sentiment"] = np.where(complain, "negative", "positive")
    other = mentions.assign(touchpoint="app", sentiment="negative")[at % 20 == 19]
    return scored_table(said, pd.concat([mentions[there], other]), manifest=MANIFEST)


def test_a_share_of_those_that_mention_the_touchpoint() -> None:
    table = mentioning(shares(0.3, 0.3, wobble=0.01))
    check = check_fix(plan(within=Within(touchpoint="delivery"), smallest=0.05), table)
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.before == pytest.approx(0.4, abs=0.01)
    assert check.change.after == pytest.approx(0.2, abs=0.01)
    assert check.change.totals("before")[1] == pytest.approx(0.3 * 200 * 26, rel=0.01)
    # The rates on all comments are not those on the ones that were tagged with the touchpoint.
    assert check.lens.source == ""
    assert "not_corrected_part" in reasons(check)
    assert "mentioned" not in reasons(check)
    assert check_fix(plan(), table).lens.source == "assumed"


def test_fewer_who_mention_it_are_noted() -> None:
    table = mentioning(shares(0.3, 0.15, wobble=0.01))
    check = check_fix(plan(within=Within(touchpoint="delivery")), table)
    note = noted(check, "mentioned")
    assert note["before"] == pytest.approx(0.3, abs=0.01)
    assert note["after"] == pytest.approx(0.15, abs=0.01)


def test_neighbours_need_not_mention_the_touchpoint() -> None:
    table = mentioning(shares(0.3, 0.3, wobble=0.01))
    its = plan(within=Within(touchpoint="delivery"), neighbours=Neighbours(("app",), 0.01))
    app = check_fix(its, table).neighbours[0]
    assert app.change is not None
    assert app.change.totals("before") == (26 * 10, 26 * 200)


def test_neighbours_are_those_of_the_channel() -> None:
    said, mentions = comments(np.zeros(52), name="x", per_week=PER_WEEK, channel="Phone")
    loud = (said, mentions.assign(touchpoint="app", sentiment="negative"))
    table = scored(comments(DOWN, per_week=PER_WEEK, channel="App"), loud)
    its = plan(within=Within(channel="App"), neighbours=Neighbours(("app",), 0.01))
    app = check_fix(its, table).neighbours[0]
    assert app.change is not None
    assert app.change.totals("after")[0] == 0


def test_a_rating_of_those_that_mention_the_touchpoint() -> None:
    said, mentions = comments(shares(0.1, 0.1), per_week=40)
    speaks = np.arange(len(said)) % 2 == 0
    after = np.arange(len(said)) >= 26 * 40
    said["rating"] = 3.0 + (after & speaks) + np.arange(len(said)) % 4 // 2
    its = plan(metric=Metric("rating", "up"), within=Within(touchpoint="delivery"), smallest=0.3)
    check = check_fix(its, scored_table(said, mentions[speaks]))
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.after - check.change.before == pytest.approx(1)


@pytest.mark.parametrize(
    ("kept", "key", "said"),
    [
        ({"channel": "Phones"}, "within.channel", "no comment has channel 'Phones'; did you mean 'Phone'? There are App, Phone."),
        ({"channel": "Zalo"}, "within.channel", "no comment has channel 'Zalo'; there are App, Phone."),
        ({"segment": "old"}, "within.segment", "no comment has segment 'old'; there are new."),
        ({"touchpoint": "hotline"}, "within.touchpoint", "no comment of the scored table speaks of hotline; it has delivery"),
    ],
)  # fmt: skip
def test_what_the_table_lacks_is_said_with_what_it_has(kept: dict[str, str], key: str, said: str) -> None:
    with pytest.raises(Misfit) as refused:
        check_fix(within(**kept), two_channels())
    assert (refused.value.key, str(refused.value)) == (key, said)


def test_a_part_without_comments_is_refused() -> None:
    apart = scored(
        comments(DOWN, channel="App", segment="old"), comments(UP, name="p", channel="Phone", segment="new")
    )
    with pytest.raises(
        InputError, match="no comment of the scored table is of channel 'App' and of segment 'new' at once"
    ):
        check_fix(within(channel="App", segment="new"), apart)
    bare = scored(comments(DOWN))
    with pytest.raises(InputError, match="names the column 'channel', which the comments lack"):
        check_fix(within(channel="App"), bare)


def test_a_part_without_comments_in_a_window_is_refused_with_the_days() -> None:
    late = comments(DOWN[:26], name="l", first_week=0, channel="Zalo")
    table = scored(comments(DOWN, channel="App"), late)
    with pytest.raises(Misfit) as refused:
        check_fix(within(channel="Zalo"), table)
    assert refused.value.key == "windows.before"
    assert (
        "no comment of channel 'Zalo' that got the fix lies in the 26 weeks before the fix of 2024-07-01 (2024-01-01 to 2024-06-30);"
        " the table runs from 2024-01-01 to 2024-12-29, and" in str(refused.value)
    )  # fmt: skip


def test_a_touchpoint_that_the_part_does_not_speak_of_is_refused() -> None:
    table = scored(comments(DOWN, channel="App"), comments(UP, name="p", channel="Phone", touchpoint="app"))
    with pytest.raises(
        InputError,
        match=r"no comment of the part that \[within\] keeps \(of channel 'Phone'\) speaks of delivery; it has app",
    ):
        check_fix(within(channel="Phone"), table)
