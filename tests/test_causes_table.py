"""The causes: critical touchpoints joined to where their complaints start."""

import numpy as np
import pandas as pd

from cx_nlp.journey.causes import COLUMNS, causes

LINKS = pd.DataFrame(
    [
        ("website", "convenience", "delivery", 4.0, 2.0, 8.0, 0.01, 0.30, 0.1, 0.5, "supported"),
        ("advertising", "value", "delivery", 9.0, 2.0, 30.0, 0.02, 0.05, 0.0, 0.1, "supported"),
        ("store", "", "hotline", 1.0, 0.5, 2.0, 0.60, 0.00, 0.0, 0.1, "not supported"),
    ],
    columns=[
        "cause_touchpoint", "cause_factor", "effect_touchpoint", "odds_ratio", "low", "high", "q", "attributable",
        "attributable_low", "attributable_high", "verdict",
    ],
)  # fmt: skip
WITNESS = pd.DataFrame(
    [("website", "delivery", 7, "supported"), ("delivery", "hotline", 12, "supported")],
    columns=["cause_touchpoint", "effect_touchpoint", "comments", "verdict"],
)
ALARMS = pd.DataFrame(
    {
        "touchpoint": ["delivery", "delivery", "delivery"],
        "factor": ["", "", "reliability"],
        "period": pd.to_datetime(["2025-03-10", "2025-09-22", "2025-09-22"]),
        "direction": ["worse", "better", "worse"],
    }
)
CRITICAL = pd.DataFrame({"touchpoint": ["delivery", "hotline", "store"]}, index=[5, 6, 7])


def found() -> pd.DataFrame:
    return causes(CRITICAL, LINKS, WITNESS, ALARMS).set_index("touchpoint")


def test_the_link_with_the_largest_share_of_the_complaints_is_the_start() -> None:
    row = found().loc["delivery"]
    assert (row["starts_by"], row["starts_at"], row["starts_factor"]) == (
        "customers",
        "website",
        "convenience",
    )
    assert (row["starts_odds_ratio"], row["starts_share"], row["said_together"]) == (4.0, 0.30, 7)


def test_the_texts_stand_in_where_no_link_is_supported() -> None:
    row = found().loc["hotline"]
    assert (row["starts_by"], row["starts_at"], row["said_together"]) == ("texts", "delivery", 12)
    assert np.isnan(row["starts_odds_ratio"])


def test_where_neither_knows_nothing_is_said() -> None:
    row = found().loc["store"]
    assert (row["starts_by"], row["starts_at"], row["said_together"], row["alarm"]) == ("", "", 0, "")


def test_the_newest_alarm_is_named_that_of_the_whole_touchpoint_first() -> None:
    assert found().loc["delivery", "alarm"] == "better"


def test_empty_tables_are_allowed() -> None:
    empty = causes(CRITICAL, LINKS.head(0), WITNESS.head(0), ALARMS.head(0))
    assert list(empty.columns) == ["touchpoint", *COLUMNS]
    assert empty.index.tolist() == [5, 6, 7]
    assert causes(CRITICAL.head(0), LINKS, WITNESS, ALARMS).empty
