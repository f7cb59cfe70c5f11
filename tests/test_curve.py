"""The learning curve: models fitted on ever more comments."""

import warnings
from typing import Any

import pandas as pd
import pytest

from cx_nlp.errors import InputError
from cx_nlp.training import learning_curve


@pytest.fixture(scope="module")
def labelled(invented: tuple[list[str], list[dict[str, Any]]]) -> pd.DataFrame:
    texts, records = invented
    return pd.DataFrame({"text": texts, "mentions": [record["mentions"] for record in records]})


def test_each_size_holds_the_comments_of_the_one_before(labelled: pd.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        curve = learning_curve(labelled, sizes=[40, 24, 40], min_support=3)
    assert curve.sizes == (24, 40)
    few, more = ({comment.text for comment in one.model.out_of_fold_} for one in curve.trained)
    assert few < more
    assert [one.evaluation.comments for one in curve.trained] == [24, 40]
    table = curve.to_table()
    found = table[table["figure"] == "touchpoint"]
    assert found["comments"].tolist() == [24, 40]
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()
    assert found["left_out"].tolist() == [len(one.left_out) for one in curve.trained]


def test_all_sizes_are_measured_on_the_comments_given_for_it(labelled: pd.DataFrame) -> None:
    curve = learning_curve(labelled.iloc[12:], sizes=[24], dev=labelled.iloc[:12], min_support=3)
    assert [one.evaluation.comments for one in curve.trained] == [12]
    assert "12 comments given for it" in curve.trained[0].measured_on


def test_without_sizes_the_comments_are_halved() -> None:
    from cx_nlp.training.curve import _halves

    assert _halves(1000) == [125, 250, 500, 1000]
    assert _halves(90) == [90]
    assert _halves(100_000)[0] == 6250


@pytest.mark.parametrize("sizes", [[10, 4000], [0, 20], []])
def test_sizes_that_cannot_be_are_refused(labelled: pd.DataFrame, sizes: list[int]) -> None:
    with pytest.raises(InputError, match=f"the data hold {len(labelled)} comments: give sizes from 1 to"):
        learning_curve(labelled, sizes=sizes)
