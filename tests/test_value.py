"""Customers, orders and money of comments that complain."""

from __future__ import annotations

import numpy as np
import pytest
from planted import commented, mentioned, small, unsaid

from cx_nlp.journey.drivers.value import touched
from cx_nlp.journey.table import scored_table


def test_an_order_counts_at_each_touchpoint_its_comment_blames_and_once_there() -> None:
    comments = commented(5, customer_id=["a", "a", "b", "c", None], value=[10, 20, np.nan, 40, 5])
    mentions = mentioned(
        ("c0", "delivery", "responsiveness", "negative"), ("c0", "delivery", "product_quality", "negative"),
        ("c0", "hotline", "general", "negative"), ("c1", "delivery", "general", "negative"),
        ("c2", "delivery", "general", "negative"), ("c3", "delivery", "general", "positive"),
        ("c4", "hotline", "general", "negative"),
    )  # fmt: skip
    found = touched(scored_table(comments, mentions))
    rows = found.table.set_index("touchpoint")
    # b has no value, c praises, and the last comment has no customer.
    assert rows.loc["delivery"].tolist() == [1, 2, 30]
    assert rows.loc["hotline"].tolist() == [1, 2, 15]
    assert unsaid(found) == {"some_values_unknown": {"comments": 1, "of": 5}}


def test_without_values_nothing_is_said() -> None:
    for scored in (small(), small(value=[np.nan] * 3)):
        found = touched(scored)
        assert found.table.empty
        assert {*unsaid(found)} == {"no_value"}


def test_without_customers_their_number_is_not_known() -> None:
    found = touched(small(value=[1.0, 2.0, 4.0]))
    assert np.isnan(found.table["customers"].iloc[0])
    assert found.table[["orders", "money"]].iloc[0].tolist() == [2, 3]


@pytest.mark.parametrize(("value", "said"), [(lambda k: k // 3 * 10.0, True), (lambda k: k * 10.0, False)])
def test_a_value_that_is_the_customers_own_is_named(value: object, said: bool) -> None:
    comments = commented(
        90, customer_id=[str(k // 3) for k in range(90)], value=[value(k) for k in range(90)]
    )
    found = touched(scored_table(comments, mentioned(("c0", "app", "general", "negative"))))
    assert ("value_of_customer" in unsaid(found)) == said
