"""Which labels are taken for which, in comments with several."""

import pytest
from sklearn.metrics import confusion_matrix

from cx_nlp.metrics import NOTHING, confusion, mention_figures


def record(*touchpoints: str, sentiment: str = "neutral") -> dict[str, object]:
    mentions = [{"touchpoint": name, "factor": "general", "sentiment": "negative"} for name in touchpoints]
    return {"text": "", "sentiment": sentiment, "mentions": mentions}


GOLD = [
    record("app", "store"),
    record("app"),
    record("store", "staff", "app"),
    record(),
    record("staff", "staff"),
]
TAGS = [record("app", "staff"), record("app", "chat"), record("chat"), record("store"), record("staff")]


def test_what_is_missed_is_shared_among_what_is_too_much() -> None:
    table = confusion(GOLD, TAGS)
    assert table.loc["store", "staff"] == 1
    assert table.loc["staff", "chat"] == pytest.approx(1 / 3)
    assert table.loc["staff", NOTHING] == pytest.approx(2 / 3)
    assert table.loc[NOTHING, "chat"] == 1
    assert table.loc[NOTHING, "store"] == 1
    assert list(table.index) == list(table.columns) == ["app", "staff", "store", "chat", NOTHING]


def test_rows_columns_and_diagonal_are_those_of_the_label_table() -> None:
    table = confusion(GOLD, TAGS)
    for row in mention_figures(GOLD, TAGS, resamples=0).labels["touchpoint"]:
        assert table.loc[row.label].sum() == pytest.approx(row.support)
        assert table[row.label].sum() == pytest.approx(row.predicted)
        assert table.loc[row.label, row.label] == row.tp


def test_with_one_label_each_it_is_the_usual_matrix() -> None:
    gold, tags = (
        [record(sentiment=one) for one in side]
        for side in (
            ["positive", "negative", "mixed", "mixed", "negative"],
            ["positive", "mixed", "mixed", "negative", "negative"],
        )
    )
    table = confusion(gold, tags, view="sentiment").drop(index=NOTHING, columns=NOTHING)
    names = ["positive", "negative", "mixed"]
    usual = confusion_matrix(
        [one["sentiment"] for one in gold], [one["sentiment"] for one in tags], labels=names
    )
    assert table.loc[names, names].to_numpy().tolist() == usual.tolist()


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="5 gold and 4 predicted"):
        confusion(GOLD, TAGS[:4])
    with pytest.raises(ValueError, match="no view 'channel'; choose one of touchpoint"):
        confusion(GOLD, TAGS, view="channel")
