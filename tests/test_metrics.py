import json
import random

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from cx_nlp.metrics import by_key, class_figures, mention_figures, reliability
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories

TAXONOMY = load_taxonomy()


def mention(label, quote=None, **more):
    touchpoint, factor, sentiment = label.split()
    return {"touchpoint": touchpoint, "factor": factor, "sentiment": sentiment, "quote": quote, **more}


GOLD = [
    {
        "text": "Giao hàng nhanh nhưng tổng đài không ai nghe",
        "sentiment": "mixed",
        "industry": "retail",
        "mentions": [
            mention("delivery responsiveness positive", "Giao hàng nhanh"),
            mention("hotline responsiveness negative", "tổng đài không ai nghe"),
        ],
    },
    {
        "text": "app hay loi qua",
        "sentiment": "negative",
        "industry": "banking",
        "mentions": [mention("app product_quality negative", "app hay loi qua")],
    },
    {
        "text": "great, will buy again",
        "sentiment": "positive",
        "industry": "retail",
        "mentions": [mention("brand general positive", "great")],
    },
    {"text": "cảm ơn shop", "sentiment": "neutral", "industry": "retail", "mentions": []},
]
PREDICTED = [
    {
        "sentiment": "positive",
        "confidence": 0.6,
        "mentions": [
            mention("delivery responsiveness positive", None, start=0, end=9, confidence=0.9),
            mention("hotline attitude_expertise negative", None, start=22, end=44, confidence=0.4),
        ],
    },
    {
        "sentiment": "negative",
        "confidence": 0.9,
        "mentions": [mention("app product_quality negative", "app hay loi qua", confidence=0.8)],
    },
    {"sentiment": "positive", "confidence": 0.9, "mentions": []},
    {"sentiment": "neutral", "confidence": 0.8, "mentions": []},
]


def values(evaluation):
    return {name: one.value for name, one in evaluation.figures.items()}


def test_figures_worked_by_hand():
    found = values(mention_figures(GOLD, PREDICTED, resamples=0, slices={}))
    # Touchpoints: 4 in gold, 3 predicted, 3 right.
    assert found["touchpoint"] == pytest.approx(6 / 7)
    assert found["touchpoint_precision"] == 1
    assert found["touchpoint_recall"] == 3 / 4
    # Factors without "general": gold responsiveness (once a comment) and product_quality; 2 right of 3 predicted.
    assert found["factor"] == pytest.approx(4 / 5)
    assert found["category"] == found["triple"] == pytest.approx(4 / 7)
    # Two right triples: 9 of 15 characters, and all of them.
    assert found["span"] == pytest.approx((2 * 9 / 24 + 1) / 2)
    assert found["sentiment_accuracy"] == 3 / 4
    assert found["sentiment_macro"] == pytest.approx((2 / 3 + 1 + 1 + 0) / 4)
    assert found["sentiment3_macro"] == 1
    # No label has five gold comments; over all labels met, brand counts 0.
    assert found["touchpoint_macro"] is None
    assert found["touchpoint_macro_all"] == pytest.approx(3 / 4)


def test_a_comment_counts_a_label_once_however_often_it_is_mentioned():
    gold = [
        {"text": "a b", "mentions": [mention("app value positive", "a"), mention("app value positive", "b")]}
    ]
    found = values(mention_figures(gold, [{"mentions": [mention("app value positive", "a")]}], resamples=0))
    assert found["triple"] == 1
    assert found["span"] == 0.5


def test_nothing_to_find_and_nothing_found_is_perfect_but_a_false_find_is_not():
    empty = [{"text": "ok", "mentions": []}]
    false = [{"mentions": [mention("app value positive")]}]
    assert values(mention_figures(empty, empty, resamples=0))["triple"] == 1
    found = values(mention_figures(empty, false, resamples=0))
    assert (found["triple"], found["triple_precision"], found["triple_recall"]) == (0, 0, 0)


def test_macro_counts_a_label_from_five_gold_comments_on():
    gold = [{"text": "x", "mentions": [mention("app value positive")]}] * 5
    gold += [{"text": "x", "mentions": [mention("chat value positive")]}] * 4
    predicted = [{"mentions": [mention("app value positive")]}] * 9
    found = values(mention_figures(gold, predicted, resamples=0, slices={}))
    assert found["touchpoint_macro"] == pytest.approx(10 / 14)
    assert found["touchpoint_macro_all"] == pytest.approx(5 / 14)


def test_every_label_of_the_taxonomy_is_listed_also_without_support():
    evaluation = mention_figures(GOLD, PREDICTED, taxonomy=TAXONOMY, resamples=0)
    rows = {row.label: row for row in evaluation.labels["touchpoint"]}
    assert tuple(rows) == TAXONOMY.touchpoint_ids
    assert (rows["email"].support, rows["email"].tn, rows["email"].f1) == (0, 4, None)
    brand = rows["brand"]
    assert (brand.support, brand.predicted, brand.tp, brand.fp, brand.fn, brand.tn) == (1, 0, 0, 0, 1, 3)
    assert (brand.precision, brand.recall, brand.f1) == (None, 0, 0)
    assert [row.label for row in evaluation.labels["sentiment"]] == [
        "positive",
        "negative",
        "neutral",
        "mixed",
    ]
    assert len(evaluation.labels["touchpoint_sentiment"]) == 18 * 3


def test_labels_of_a_taxonomy_read_from_data_are_judged_with_their_own_polarities():
    taxonomy = taxonomy_from_categories([("SER&ACC", ""), ("OTHERS", "")], ["positive", "none"])
    gold = [{"text": "x", "mentions": [mention("OTHERS general none")]}]
    evaluation = mention_figures(gold, gold, taxonomy=taxonomy, resamples=0)
    assert values(evaluation)["triple"] == 1
    assert "span" not in evaluation.figures
    assert "sentiment_macro" not in evaluation.figures
    labels = [row.label for row in evaluation.labels["touchpoint_sentiment"]]
    assert labels == ["SER&ACC#positive", "SER&ACC#none", "OTHERS#positive", "OTHERS#none"]


def test_slices_are_the_figures_of_their_part_alone():
    evaluation = mention_figures(GOLD, PREDICTED, resamples=0)
    assert {name: list(parts) for name, parts in evaluation.slices.items()} == {
        "language": ["en", "vi"],
        "diacritics": ["vi with diacritics", "vi without diacritics"],
        "length": ["1-5 words", "6-20 words"],
        "industry": ["banking", "retail"],
    }
    retail = evaluation.slices["industry"]["retail"]
    alone = mention_figures([GOLD[0], *GOLD[2:]], [PREDICTED[0], *PREDICTED[2:]], resamples=0)
    assert retail.comments == 3
    assert {name: one.value for name, one in retail.figures.items() if "ece" not in name} == pytest.approx(
        {name: value for name, value in values(alone).items() if "ece" not in name}
    )


def test_any_key_of_the_records_makes_slices():
    gold = [dict(record, channel="web" if at else "") for at, record in enumerate(GOLD)]
    evaluation = mention_figures(gold, PREDICTED, resamples=0, slices={"channel": by_key("channel")})
    assert {part: one.comments for part, one in evaluation.slices["channel"].items()} == {"web": 3}


def invented(comments, seed):
    """Gold and predictions that agree in about half of the mentions."""
    pick = random.Random(seed)
    gold, predicted = [], []
    for _ in range(comments):
        labels = [f"{pick.choice(TAXONOMY.touchpoint_ids[:6])} value {pick.choice(TAXONOMY.sentiments)}"]
        found = labels if pick.random() < 0.5 else [f"{pick.choice(TAXONOMY.touchpoint_ids)} value neutral"]
        gold.append({"text": "x", "sentiment": "neutral", "mentions": [mention(one, "x") for one in labels]})
        sure = pick.random()
        predicted.append(
            {"sentiment": "neutral", "mentions": [mention(one, "x", confidence=sure) for one in found]}
        )
    return gold, predicted


def test_intervals_hold_the_figure_are_narrower_with_more_comments_and_repeat_with_the_seed():
    few, many = (mention_figures(*invented(n, seed=1), slices={}, resamples=300) for n in (100, 2000))
    for name, one in few.figures.items():
        assert one.low <= one.value <= one.high, name
    wide, narrow = few.figures["triple"], many.figures["triple"]
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low) > 0.01
    again = mention_figures(*invented(100, seed=1), slices={}, resamples=300)
    assert again == few


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    # Right with probability one half: 95 % of such intervals should hold 0.5, of 40 at least 34.
    covered = 0
    for seed in range(40):
        flips = np.random.default_rng(seed).random(200) < 0.5
        evaluation = class_figures(["a"] * 200, ["a" if flip else "b" for flip in flips], resamples=200)
        accuracy = evaluation.figures["label_accuracy"]
        covered += accuracy.low <= 0.5 <= accuracy.high
    assert covered >= 34


def test_class_figures_equal_scikit_learn():
    pick = random.Random(3)
    gold = [pick.choice("aaabbc") for _ in range(200)]
    predicted = [one if pick.random() < 0.6 else pick.choice("abcd") for one in gold]
    found = values(class_figures(gold, predicted, resamples=0))
    classes = sorted(set(gold))
    assert found["label_accuracy"] == pytest.approx(accuracy_score(gold, predicted))
    assert found["label_macro"] == pytest.approx(f1_score(gold, predicted, average="macro", labels=classes))
    assert found["label_weighted"] == pytest.approx(f1_score(gold, predicted, average="weighted"))


def test_classes_come_with_rows_slices_and_reliability():
    records = [{"text": "x", "domain": "app"}, {"text": "x", "domain": "shop"}]
    evaluation = class_figures(
        ["yes", "no"],
        ["yes", "yes"],
        labels=["yes", "no", "maybe"],
        confidence=[0.9, 0.8],
        records=records,
        slices={"domain": by_key("domain")},
        resamples=0,
    )
    assert [(row.label, row.tp, row.fp, row.fn) for row in evaluation.labels["label"]] == [
        ("yes", 1, 1, 0),
        ("no", 0, 0, 1),
        ("maybe", 0, 0, 0),
    ]
    assert evaluation.slices["domain"]["app"].figures["label_accuracy"].value == 1
    assert evaluation.reliability["label"].count == 2


def test_calibration_error_is_the_gap_between_sure_and_right():
    assert reliability([0.75] * 4, [True, True, True, False]).ece == 0
    found = reliability([0.95] * 10 + [0.15] * 10, [True] * 5 + [False] * 15, equal="width")
    assert found.ece == pytest.approx((0.45 + 0.15) / 2)
    assert [(one.low, one.count, one.accuracy) for one in found.bins] == [(0.1, 10, 0.0), (0.9, 10, 0.5)]


def test_equal_mass_bins_hold_as_many_predictions_each():
    scores = np.random.default_rng(0).random(1000) ** 3
    bins = reliability(scores, scores > 0.5).bins
    assert [one.count for one in bins] == [100] * 10
    assert [one.low for one in bins] == sorted(one.low for one in bins)


def test_certain_and_impossible_confidences_fall_into_the_outer_bins():
    found = reliability([0.0, 1.0], [False, True], equal="width")
    assert (found.ece, found.count) == (0, 2)


def test_a_mention_is_right_for_reliability_when_its_triple_is():
    evaluation = mention_figures(GOLD, PREDICTED, resamples=0, bins=1)
    (one,) = evaluation.reliability["mention"].bins
    assert (one.count, one.accuracy, one.confidence) == (3, pytest.approx(2 / 3), pytest.approx(0.7))
    assert evaluation.reliability["sentiment"].ece == pytest.approx(0.05)


def test_results_turn_into_strict_json_and_into_frames():
    evaluation = mention_figures(GOLD, PREDICTED, taxonomy=TAXONOMY, resamples=20)
    back = json.loads(json.dumps(evaluation.to_dict(), allow_nan=False))
    assert back["figures"]["touchpoint"]["value"] == pytest.approx(6 / 7)
    assert back["slices"]["industry"]["retail"]["comments"] == 3
    assert back["labels"]["touchpoint"][0]["label"] == "advertising"
    table = evaluation.to_table()
    row = table[(table["part"] == "all") & (table["figure"] == "touchpoint")].iloc[0]
    assert (row["comments"], row["value"]) == (4, pytest.approx(6 / 7))
    assert row["low"] <= row["value"] <= row["high"]
    labels = evaluation.label_table("touchpoint")
    assert labels.set_index("label").loc["brand", "recall"] == 0


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="4 gold and 3 predicted records"):
        mention_figures(GOLD, PREDICTED[:3])
    with pytest.raises(ValueError, match="0 gold and 0 predicted classes"):
        class_figures([], [])
