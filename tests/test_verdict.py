"""The verdict on a fix, on weeks whose shares are known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fixed_weeks import FIX, MANIFEST, RATES, comments, noted, plan, reasons, scored, shares

from cx_nlp.errors import InputError
from cx_nlp.journey.fixes.change import Side, part_change
from cx_nlp.journey.fixes.drift import line
from cx_nlp.journey.fixes.estimate import Lens, Student
from cx_nlp.journey.fixes.neighbours import holm
from cx_nlp.journey.fixes.plan import Group, Metric, Neighbours, Rollout, Windows
from cx_nlp.journey.fixes.shifted import shifted
from cx_nlp.journey.fixes.verdict import FixCheck, check_fix, decided
from cx_nlp.journey.fixes.weeks import Weeks
from cx_nlp.journey.table import scored_table
from cx_nlp.journey.trends.series import level_shift


def checked(
    *parts: Any, manifest: dict[str, Any] | None = None, exploratory: bool = False, **its: Any
) -> FixCheck:
    return check_fix(plan(**its), scored(*parts, manifest=manifest), exploratory=exploratory)


def counts(hits: Any, n: int = 150) -> Weeks:
    one = np.asarray(hits, float)
    return Weeks(one, one, np.full(len(one), float(n)))


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (0.1, 0.05, "effective"),
        (0.1, 0.15, "harmful"),
        (0.1, 0.1, "ineffective"),
        (0.1, 0.095, "ineffective"),
    ],
)
def test_the_verdict_follows_the_change(before: float, after: float, verdict: str) -> None:
    check = checked(comments(shares(before, after, wobble=0.01), per_week=200))
    assert check.verdict == verdict
    assert not check.exploratory
    assert check.change is not None
    assert check.change.estimate.value == pytest.approx(after - before, abs=0.002)
    low, high = check.change.estimate.interval(level=0.95)
    assert low < after - before < high
    assert check.change.weeks == (26, 26)


def test_noisy_weeks_leave_it_open() -> None:
    check = checked(comments(shares(0.1, 0.085, wobble=0.05)))
    assert check.verdict == "inconclusive"
    assert check.power is not None
    assert check.power.power < 0.8


def test_what_should_rise_is_effective_when_it_rises() -> None:
    metric = Metric("praise", "up", "delivery")
    check = checked(comments(shares(0.3, 0.2), per_week=200), metric=metric)
    assert check.verdict == "effective"
    assert checked(comments(shares(0.2, 0.3), per_week=200), metric=metric).verdict == "harmful"


def test_a_rating_is_measured_in_its_own_units() -> None:
    said, mentions = comments(shares(0.1, 0.1), per_week=40)
    week = (pd.to_datetime(said["time"]) - pd.Timestamp(FIX)).dt.days // 7
    said["rating"] = (
        3.0 + 0.5 * (week >= 0) + np.tile([-1.0, 0.0, 1.0, np.nan], len(said) // 4) + 0.1 * (week % 2)
    )
    check = checked((said, mentions), metric=Metric("rating", "up"), smallest=0.2)
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.estimate.value == pytest.approx(0.5, abs=0.01)
    assert check.change.totals("before")[1] == 26 * 30
    with pytest.raises(InputError, match="measures the rating, and the scored table has none"):
        checked(comments(shares(0.1, 0.1)), metric=Metric("rating", "up"), smallest=0.2)


def test_the_series_agrees_with_the_level_shift_of_the_trends() -> None:
    rng = np.random.default_rng(1)
    hits = rng.binomial(150, 1 / (1 + np.exp(2.2 + rng.normal(0, 0.3, 52))))
    part = part_change(Side(counts(hits[:26]), counts(hits[26:])), None, share=True)
    other = level_shift(hits[:26], [150] * 26, hits[26:], [150] * 26)
    assert part is not None
    assert other is not None
    assert part.error / np.mean(part.slopes) == pytest.approx(other.error, rel=0.1)
    assert part.degrees == pytest.approx(other.degrees, rel=0.15)
    assert part.seen == pytest.approx(hits[26:].mean() / 150 - hits[:26].mean() / 150)


def test_two_one_sided_tests_are_those_of_schuirmann() -> None:
    # Within the margins at 5 % exactly where the 90 % interval is.
    for error in (0.005, 0.0119, 0.0121, 0.02):
        estimate = Student(0.0, error, 1e9)
        low, high = estimate.interval(level=0.9)
        assert (decided(estimate, plan()) == "ineffective") == (-0.02 < low and high < 0.02)


def test_a_corrected_interval_leaves_out_nought_where_the_tagged_one_does() -> None:
    lens = Lens(0.7, 0.07, "audited")
    for seen in np.linspace(-0.06, 0.06, 41):
        tagged, corrected = Student(seen, 0.01, 30), Student(seen, 0.01, 30, lens)
        ends, wider = tagged.interval(level=0.95), corrected.interval(level=0.95)
        assert (ends[0] > 0 or ends[1] < 0) == (wider[0] > 0 or wider[1] < 0)
        assert corrected.p_differs() == tagged.p_differs()
        assert corrected.value == pytest.approx(seen / 0.7)
        assert wider[1] - wider[0] >= (ends[1] - ends[0]) / 0.7 * 0.999
        # P-values and limits are of one piece.
        assert corrected.p_differs(wider[1]) == pytest.approx(0.05, abs=1e-6)
    assert Student(0.1, 0.01, 30, Lens(0.1, 0.08, "audited")).interval(level=0.95) == (-np.inf, np.inf)


def test_a_change_is_corrected_by_the_models_error_rates() -> None:
    part = comments(shares(0.12, 0.09), per_week=200)
    plain, corrected = checked(part), checked(part, manifest=MANIFEST)
    assert (plain.lens.source, corrected.lens.source) == ("", "assumed")
    assert "not_corrected" in reasons(plain)
    assert "not_corrected" not in reasons(corrected)
    assert plain.change is not None
    assert corrected.change is not None
    assert corrected.change.estimate.value == pytest.approx(plain.change.estimate.value / 0.7)
    assert corrected.change.estimate.seen == plain.change.estimate.value


@pytest.mark.parametrize(
    "rates",
    [
        {},
        {"tp": 1, "fn": 0, "fp": 0, "tn": 90},
        {**RATES, "tp": 5, "fn": 195},
        {"tp": 3, "fn": 3, "fp": 30, "tn": 90},
        None,
        {"tp": "x"},
    ],
)
def test_error_rates_that_tell_too_little_correct_nothing(rates: Any) -> None:
    manifest = {"model": {"heldout": {"touchpoint_sentiment": {"delivery#negative": rates}}}}
    check = checked(comments(shares(0.12, 0.09)), manifest=manifest)
    assert check.lens.source == ""
    assert "not_corrected" in reasons(check)


def groups(treated: np.ndarray, control: np.ndarray, **more: Any) -> list[Any]:
    return [
        comments(treated, name="t", segment="T", per_week=200, **more), comments(control, name="c", segment="C", per_week=200, **more)
    ]  # fmt: skip


CONTROLLED = {"rollout": Rollout((("T", FIX),), "segment"), "control": Group("segment", ("C",))}


def test_a_shock_that_hits_the_control_group_too_is_no_effect() -> None:
    parts = groups(shares(0.1, 0.06), shares(0.1, 0.06, seed=1))
    alone = checked(*parts, rollout=CONTROLLED["rollout"])
    assert alone.verdict == "effective"
    assert "no_control" in reasons(alone)
    beside = checked(*parts, **CONTROLLED)
    assert beside.verdict == "ineffective"
    assert "no_control" not in reasons(beside)
    assert beside.change is not None
    assert beside.change.method == "control"
    assert beside.change.expected == pytest.approx(0.06, abs=0.003)


def test_a_control_group_is_compared_in_log_odds() -> None:
    # All odds fall by a third: from 10 to 6.9 % and from 30 to 22.2 %.
    beside = checked(*groups(shares(0.1, 0.069), shares(0.3, 0.222)), **CONTROLLED)
    assert beside.change is not None
    assert beside.change.estimate.value == pytest.approx(0, abs=0.004)
    found = checked(*groups(shares(0.1, 0.06), shares(0.1, 0.1, seed=1)), **CONTROLLED)
    assert found.verdict == "effective"


def test_swings_that_both_groups_share_are_no_noise() -> None:
    common = shares(0.15, 0.15, wobble=0.06)
    parts = groups(np.concatenate([common[:26], common[26:] - 0.03]), common)
    assert checked(*parts, rollout=CONTROLLED["rollout"]).verdict == "inconclusive"
    assert checked(*parts, **CONTROLLED).verdict == "effective"


def test_waves_are_stacked_by_the_time_since_each_got_the_fix() -> None:
    days = (FIX, FIX + timedelta(weeks=8))
    parts = [
        comments(shares(0.1, 0.05, seed=k), name=name, segment=name, fix=day, per_week=200)
        for k, (name, day) in enumerate(zip("AB", days, strict=True))
    ]
    check = checked(*parts, rollout=Rollout((("A", days[0]), ("B", days[1])), "segment"))
    assert check.verdict == "effective"
    assert check.change is not None
    assert [one.name for one in check.change.waves] == ["A", "B"]
    assert [one.day for one in check.change.waves] == [*days]
    assert check.change.estimate.value == pytest.approx(-0.05, abs=0.003)
    single = [one.estimate for one in check.change.waves]
    assert single[0] is not None
    assert isinstance(check.change.estimate, Student)
    assert check.change.estimate.error < single[0].error


def test_waves_that_swing_together_tell_less_than_waves_that_do_not() -> None:
    errors = []
    for seeds in ((0, 0), (0, 5)):
        parts = [
            comments(shares(0.1, 0.1, wobble=0.03, seed=seed), name=name, segment=name, per_week=200)
            for name, seed in zip("AB", seeds, strict=True)
        ]
        dates = Rollout((("A", FIX), ("B", FIX + timedelta(days=1))), "segment")
        check = checked(*parts, rollout=dates)
        assert check.change is not None
        assert isinstance(check.change.estimate, Student)
        errors.append(check.change.estimate.error)
    assert errors[0] > 1.25 * errors[1]


def test_few_weeks_are_judged_by_moving_them_through_the_series() -> None:
    windows = Windows(26, 4)
    check = checked(comments(shares(0.1, 0.02, (26, 4))), windows=windows)
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.method == "permutation"
    assert check.change.estimate.p_differs() == pytest.approx(1 / 30)
    low, high = check.change.estimate.interval(level=0.95)
    assert low < -0.08 < high < 0
    assert checked(comments(shares(0.1, 0.1, (26, 4))), windows=windows).verdict != "effective"


def test_too_few_weeks_for_any_verdict_say_how_many_more() -> None:
    check = checked(comments(shares(0.1, 0.02, (8, 3)), first_week=-8), windows=Windows(8, 3))
    assert check.verdict == "not enough data"
    assert noted(check, "few_weeks") == {"n": 11, "needed": 20, "weeks": 9}


def test_moved_weeks_of_a_control_group_are_taken_away() -> None:
    swing = shares(0.2, 0.2, (26, 4), wobble=0.05)
    control = Side(counts(150 * swing[:26]), counts(150 * swing[26:]))
    treated = Side(control.before, counts(150 * (swing[26:] - 0.04)))
    alone, beside = shifted(treated, None, share=True), shifted(treated, control, share=True)
    assert alone is not None
    assert beside is not None
    assert beside.p_differs() < alone.p_differs()
    assert beside.value == pytest.approx(-0.04, abs=0.002)
    assert beside.p_above(-0.1) < 0.05 < beside.p_above(-0.01)
    assert beside.p_below(0.1) < 0.05 < beside.p_below(-0.1)


def test_an_open_window_gives_no_figure_of_the_change() -> None:
    part = comments(shares(0.1, 0.02, (26, 10)))
    check = checked(part)
    assert (check.verdict, check.change, check.neighbours) == ("not enough data", None, ())
    assert check.power is not None
    assert noted(check, "open") == {"weeks": 16, "end": "2024-12-30"}
    shown = checked(part, exploratory=True)
    assert shown.exploratory
    assert shown.verdict == "effective"
    assert shown.change is not None
    assert shown.change.weeks == (26, 10)


def test_before_the_fix_there_is_the_power_alone() -> None:
    check = checked(comments(shares(0.1, 0.1)[:26]))
    assert check.verdict == "not enough data"
    assert check.power is not None
    assert check.power.weeks == 26
    assert checked(comments(shares(0.1, 0.1)[:26]), exploratory=True).change is None


def test_weeks_that_settle_are_left_out() -> None:
    series = np.concatenate([shares(0.1, 0.05)[:26], np.full(4, 0.5), shares(0.1, 0.05)[26:]])
    check = checked(comments(series, per_week=200), windows=Windows(26, 26, settle=4))
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.after == pytest.approx(0.05, abs=0.003)


def test_the_season_of_a_year_before_may_explain_it() -> None:
    series = np.concatenate([shares(0.1, 0.06, seed=1), shares(0.1, 0.06, seed=2)])
    check = checked(comments(series, first_week=-78))
    assert check.verdict == "inconclusive"
    assert "explained_by_season" in reasons(check)
    still = np.concatenate([shares(0.1, 0.1, seed=1), shares(0.1, 0.06, seed=2)])
    check = checked(comments(still, first_week=-78))
    assert check.verdict == "effective"
    assert [one.name for one in check.checks] == ["season", "drift"]
    assert not check.checks[0].explains


def test_a_fall_that_began_before_the_fix_is_not_its_effect() -> None:
    slope = np.linspace(0.16, 0.1, 52) + np.random.default_rng(2).normal(0, 0.01, 52)
    check = checked(comments(slope, per_week=200))
    assert check.change is not None
    assert check.change.estimate.p_differs() < 0.05
    assert check.verdict == "inconclusive"
    assert "explained_by_drift" in reasons(check)
    left = next(one for one in check.checks if one.name == "drift").left
    assert left.value == pytest.approx(0, abs=0.02)


def test_a_line_through_weeks_is_that_of_least_squares() -> None:
    rng = np.random.default_rng(0)
    week = np.delete(np.arange(30), [4, 17])
    away = 0.3 * week + rng.normal(size=28)
    slope, error, degrees = line(away - away.mean(), week, np.full(28, 50.0))
    assert slope == pytest.approx(np.polyfit(week, away, 1)[0])
    assert error == pytest.approx(1 / np.sqrt(((week - week.mean()) ** 2).sum()), rel=0.4)
    assert 5 < degrees <= 26
    assert line(np.zeros(20), np.arange(20), np.ones(20))[0] == 0


def moved(app: tuple[float, float], *, touchpoints: tuple[str, ...] = ("app",)) -> FixCheck:
    said, mentions = comments(shares(0.12, 0.06), per_week=200)
    _, other = comments(shares(*app, wobble=0.01, seed=3), per_week=200, touchpoint="app")
    return checked(
        (said, pd.concat([mentions, other])), neighbours=Neighbours(touchpoints, 0.01), manifest=None
    )


def test_a_problem_that_only_moved_is_found() -> None:
    check = moved((0.05, 0.10))
    assert check.verdict == "effective"
    assert check.moved_to == ("app",)
    app, together = check.neighbours
    assert app.verdict == "worse"
    assert app.p_worse < 0.001
    assert together.touchpoint == ""
    assert together.change is not None
    # Those that complain of the one are among those that complain of the other here.
    assert together.change.after - together.change.before == pytest.approx(0.10 - 0.12, abs=0.005)


def test_a_neighbour_within_the_margin_is_not_worse() -> None:
    assert moved((0.05, 0.05)).neighbours[0].verdict == "not worse"
    assert moved((0.05, 0.05)).moved_to == ()
    assert moved((0.05, 0.03)).neighbours[0].verdict == "not worse"


def test_a_neighbour_no_one_mentions_is_not_worse() -> None:
    quiet = moved((0.05, 0.05), touchpoints=("app", "hotline")).neighbours[1]
    assert (quiet.touchpoint, quiet.verdict) == ("hotline", "not worse")


def test_holm_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(0).uniform(size=7) ** 3
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])
    assert holm([]) == []


def test_few_complaints_give_no_verdict() -> None:
    check = checked(comments(np.r_[np.full(26, 0.002), np.full(26, 0.0)], per_week=100))
    assert check.verdict == "not enough data"
    hits = np.zeros(52)
    hits[[3, 9, 30]] = 0.01
    check = checked(comments(hits))
    assert check.verdict == "not enough data"
    note = noted(check, "few_hits")
    assert (note["n"], note["needed"]) == (3, 10)
    assert note["weeks"] > 52


def test_all_complaints_and_none_have_finite_figures() -> None:
    check = checked(comments(np.r_[np.ones(26), np.zeros(26)]))
    assert check.verdict == "effective"
    assert check.change is not None
    assert np.isfinite(check.change.estimate.interval(level=0.95)).all()
    assert checked(comments(np.ones(52))).verdict == "ineffective"


def test_three_rows_are_not_enough() -> None:
    said, mentions = comments(np.ones(52), per_week=1)
    rows = [0, 20, 51]
    table = scored_table(said.iloc[rows], mentions.iloc[rows])
    check = check_fix(plan(), table)
    assert check.verdict == "not enough data"
    assert check.power is None


def test_weeks_without_comments_and_unknown_times_are_left_out() -> None:
    said, mentions = comments(shares(0.1, 0.05), per_week=200)
    said.loc[::97, "time"] = pd.NaT
    week = (said["time"] - pd.Timestamp(FIX)).dt.days // 7
    kept = ~week.isin([-20, 4, 5])
    table = scored_table(said[kept], mentions[kept])
    check = check_fix(plan(), table)
    assert check.verdict == "effective"
    assert check.change is not None
    assert check.change.weeks == (25, 24)


def test_what_weakens_a_verdict_is_said() -> None:
    many = comments(shares(0.1, 0.05), per_week=200)
    said = many[0].assign(customer_id=np.where(np.arange(len(many[0])) % 200 < 10, "loud", "quiet"))
    after = said["time"] >= pd.Timestamp(FIX)
    kept = ~after | (np.arange(len(said)) % 200 < 60)
    check = check_fix(plan(), scored_table(said[kept], many[1][kept.to_numpy()]))
    assert {"no_control", "volume", "one_voice"} <= reasons(check)
    assert "short_before" in reasons(checked(comments(shares(0.1, 0.05, (20, 26)), first_week=-20)))
    assert "impossible" in reasons(checked(comments(shares(0.02, 0.01, wobble=0.0)), smallest=0.03))


@pytest.mark.parametrize(
    ("its", "said"),
    [
        ({"metric": Metric("complaints", "down", "hotline")}, "no comment of the scored table speaks of hotline; it has delivery"),
        ({"metric": Metric("complaints", "down", "delivery", "value")}, "speaks of delivery#value"),
        ({"rollout": Rollout((("Hue", FIX),), "segment")}, "no comment has segment 'Hue'; did you mean 'Huế'"),
        ({"rollout": Rollout((("x", FIX),), "branch")}, "names the column 'branch', which the comments lack; they have comment_id"),
        ({"control": Group("channel", ("x",))}, "names the column 'channel'"),
        ({"rollout": Rollout((("", date(2020, 1, 1)),))}, "comes before the first comment of the table, which runs from 2024-01-01"),
        ({"rollout": Rollout((("", date(2026, 1, 1)),))}, "no comment that got the fix lies in the 26 weeks before the fix of 2026-01-01"),
        ({"rollout": Rollout((("Huế", FIX),), "segment")}, "no comment of Huế lies in the 26 weeks after the fix"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_the_table_is_refused(its: dict[str, Any], said: str) -> None:
    long = comments(shares(0.1, 0.1), segment="Vinh")
    early = comments(shares(0.1, 0.1)[:26], segment="Huế", name="h")
    with pytest.raises(InputError, match=said):
        checked(long, early, **its)


def test_a_control_group_without_comments_in_the_weeks_is_refused() -> None:
    treated = comments(shares(0.1, 0.1), segment="T", name="t")
    late = comments(shares(0.1, 0.1)[:10], segment="C", name="c", first_week=0)
    with pytest.raises(InputError, match="of the control group lies in the 26 weeks before"):
        checked(treated, late, **CONTROLLED)


def test_a_table_without_times_or_mentions_is_refused() -> None:
    said, mentions = comments(shares(0.1, 0.1))
    with pytest.raises(InputError, match="has no times"):
        check_fix(plan(), scored_table(said.drop(columns="time"), mentions))
    with pytest.raises(InputError, match="no mention"):
        check_fix(plan(), scored_table(said, mentions.iloc[:0]))


def test_unused_categories_and_zoned_times_change_nothing() -> None:
    said, mentions = comments(shares(0.1, 0.05), segment="A")
    plain = checked((said, mentions), rollout=Rollout((("A", FIX),), "segment"))
    said["segment"] = pd.Categorical(said["segment"], categories=["A", "B"])
    mentions["touchpoint"] = pd.Categorical(mentions["touchpoint"], categories=["delivery", "app"])
    said["time"] = said["time"].dt.tz_localize("Asia/Ho_Chi_Minh")
    other = check_fix(plan(rollout=Rollout((("A", FIX),), "segment")), scored_table(said, mentions))
    assert plain.change is not None
    assert other.change is not None
    assert other.change.estimate == plain.change.estimate
