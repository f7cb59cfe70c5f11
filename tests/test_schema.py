import pandas as pd
import pytest

from cx_nlp import schema
from cx_nlp.errors import ColumnError, InputError


def comments(**changes):
    return pd.DataFrame(
        {"comment_id": ["a", "b"], "text": ["x", "y"], "sentiment": ["mixed", "neutral"], **changes}
    )


def mentions(**changes):
    base = {"comment_id": ["a", "a"], "touchpoint": ["app", "store"], "factor": ["value", "general"]}
    return pd.DataFrame({**base, "sentiment": ["positive", "negative"], **changes})


def test_a_scored_table_passes():
    schema.check_comments(comments(), source="scored")
    schema.check_mentions(mentions(), source="scored")


def test_missing_columns_are_named_with_those_there():
    with pytest.raises(
        ColumnError, match=r"^mine\.csv: missing columns text, sentiment; it has comment_id, note"
    ):
        schema.check_comments(pd.DataFrame({"comment_id": ["a"], "note": ["b"]}), source="mine.csv")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"comment_id": ["a", "a"]}, "comment_id 'a' occurs more than once"),
        ({"comment_id": ["a", None]}, "comment_id is empty in 1 of 2 rows"),
        (
            {"sentiment": ["mixed", "angry"]},
            "column sentiment has 'angry' in 1 rows; expected one of positive",
        ),
    ],
)
def test_broken_comments_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        schema.check_comments(comments(**changes), source="mine.csv")


def test_a_mention_cannot_be_mixed():
    with pytest.raises(InputError, match="column sentiment has 'mixed'"):
        schema.check_mentions(mentions(sentiment=["positive", "mixed"]), source="mine.csv")


def test_columns_come_in_the_contracts_order():
    given = ["shop", "outcome", "time", "sentiment", "text", "comment_id", "brand"]
    assert schema.order_columns(given) == [
        "comment_id",
        "text",
        "time",
        "sentiment",
        "outcome",
        "shop",
        "brand",
    ]


def test_a_callers_column_never_takes_a_standard_name():
    assert schema.source_names(["text", "source_text", "city"]) == {
        "text": "source_source_text",
        "source_text": "source_text",
        "city": "city",
    }
