import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from conftest import invented_comments
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from tag_checks import sentiment_agrees, spans_hold

from cx_nlp.tagger import MentionTagger, annotation
from cx_nlp.tagger.mention import overall_sentiment

Invented = tuple[list[str], list[dict[str, Any]]]
odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "nhân viên giao hàng nhanh chậm ẨỜ 😍👍🏽👨‍👩‍👧 \u200b\u202e\u0301\u0323\u00a0 …!?.,&amp;<br>"
        ),
    ),
    max_size=200,
)


def test_a_comment_is_tagged_with_its_words(small_tagger: MentionTagger) -> None:
    text = "Giao hàng nhanh nhưng nhân viên thô lỗ"
    tagged = small_tagger.tag(text)
    found = {(m.touchpoint, m.factor, m.sentiment): m.quote for m in tagged.mentions}
    assert found[("delivery", "responsiveness", "positive")] == "Giao hàng nhanh"
    assert found[("staff", "attitude_expertise", "negative")] == "nhân viên thô lỗ"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=odd)
def test_spans_are_exact_and_the_sentiment_agrees(small_tagger: MentionTagger, text: str) -> None:
    tagged = small_tagger.tag(text)
    spans_hold(tagged, text)
    sentiment_agrees(tagged)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "change", [str, str.upper, lambda t: t.replace(" ", " \u200b"), lambda t: "\u202e" + t]
)
def test_odd_forms_of_a_comment_keep_their_spans(
    small_tagger: MentionTagger, form: str, change: object
) -> None:
    text = unicodedata.normalize(form, change("Giao hàng chậm 😡 nhân viên nhiệt tình &amp; vui vẻ"))  # type: ignore[operator]
    tagged = small_tagger.tag(text)
    assert {m.touchpoint for m in tagged.mentions} >= {"delivery"}
    spans_hold(tagged, text)


def test_a_very_long_comment_is_read_up_to_the_limit_and_flagged(small_tagger: MentionTagger) -> None:
    text = "giao hàng nhanh, nhân viên thô lỗ. " * 3000
    tagged = small_tagger.tag(text)
    assert tagged.truncated
    assert tagged.needs_review
    assert max(m.end for m in tagged.mentions) <= small_tagger.max_chars
    spans_hold(tagged, text)
    assert not small_tagger.tag(text[: small_tagger.max_chars]).truncated


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "...", "???"])
def test_nothing_said_is_neutral(small_tagger: MentionTagger, text: str) -> None:
    sentiment_agrees(small_tagger.tag(text))
    assert not small_tagger.tag("").mentions


def test_a_batch_gives_what_each_comment_gives_alone(small_tagger: MentionTagger) -> None:
    texts = [
        "giao hàng nhanh",
        "nhân viên thô lỗ, giá chát",
        "",
        "mình mua hôm chủ nhật",
        "staff were friendly",
    ]
    assert small_tagger.tag_many(texts) == [small_tagger.tag(text) for text in texts]


def test_predictions_follow_the_classes(small_tagger: MentionTagger) -> None:
    texts = ["giao hàng nhanh", "nhân viên thô lỗ"]
    found, likely = small_tagger.predict(texts), small_tagger.predict_proba(texts)
    assert found.shape == likely.shape == (2, len(small_tagger.classes_))
    for row, tagged in zip(found, small_tagger.tag_many(texts), strict=True):
        labels = {f"{m.touchpoint}#{m.factor}#{m.sentiment}" for m in tagged.mentions}
        assert set(small_tagger.classes_[row == 1]) == labels
    column = list(small_tagger.classes_).index("delivery#responsiveness#positive")
    assert likely[0, column] > likely[1, column]
    assert np.all((likely >= 0) & (likely <= 1))


def test_it_is_a_scikit_learn_estimator() -> None:
    tagger = MentionTagger(min_support=3, folds=2)
    assert clone(tagger).get_params()["min_support"] == 3
    with pytest.raises(NotFittedError):
        tagger.tag("giao nhanh")


def test_rare_labels_are_left_out_and_counted(invented: Invented) -> None:
    texts, records = invented
    tagger = MentionTagger(folds=2, min_support=2).fit(
        [*texts, "app hay lỗi"],
        [
            *records,
            {"mentions": [{"touchpoint": "app", "factor": "product_quality", "sentiment": "negative"}]},
        ],
    )
    assert tagger.left_out_["app#product_quality"] == 1
    assert not any(label.startswith("app#") for label in tagger.classes_)
    assert len(tagger.out_of_fold_) == len(texts) + 1


def test_too_few_examples_are_refused_with_their_number() -> None:
    record = {"mentions": [{"touchpoint": "app", "factor": "general", "sentiment": "positive"}]}
    with pytest.raises(ValueError, match=r"at least 8 comments \(the most frequent has 2"):
        MentionTagger().fit(["a", "b"], [record, record])
    with pytest.raises(ValueError, match="X holds 1 comments and y 2"):
        MentionTagger().fit(["a"], [record, record])


@pytest.mark.parametrize(
    ("sentiments", "expected"),
    [
        ([], "neutral"),
        (["neutral"], "neutral"),
        (["positive", "neutral"], "positive"),
        (["positive", "negative"], "mixed"),
    ],
)
def test_overall_sentiment(sentiments: list[str], expected: str) -> None:
    assert overall_sentiment(sentiments) == expected


def test_a_quote_that_is_not_in_the_text_leaves_the_place_open() -> None:
    mention = {"touchpoint": "app", "factor": "general", "sentiment": "positive", "quote": "không có"}
    (target,) = annotation("app tốt", {"mentions": [mention]}).targets
    assert target.start is None


def fitted(said: dict[str, tuple[str, ...]]) -> MentionTagger:
    """A tagger for one touchpoint, each sentiment with its ways to say it."""
    texts, records = [], []
    for sentiment, phrases in said.items():
        for phrase in phrases:
            mention = {"touchpoint": "room", "factor": "general", "sentiment": sentiment, "quote": phrase}
            texts.append(phrase)
            records.append({"mentions": [mention]})
    return MentionTagger(folds=2, min_support=2).fit(texts, records)


GOOD = ("phòng sạch", "phòng rất sạch", "phòng đẹp", "phòng rất đẹp", "phòng rộng", "phòng rất rộng")
BAD = ("phòng bẩn", "phòng rất bẩn", "phòng hôi", "phòng rất hôi", "phòng chật", "phòng rất chật")


@pytest.mark.parametrize("text", ["...", "", "😀", "phòng"])
def test_data_without_a_neutral_comment_still_give_neutral_for_nothing_said(text: str) -> None:
    tagger = fitted({"positive": GOOD, "negative": BAD})
    sentiment_agrees(tagger.tag(text))
    assert tagger.tag("...").sentiment == "neutral"


def test_where_polarities_are_others_the_comment_is_left_to_a_person() -> None:
    tagged = fitted({"good": GOOD, "none": BAD}).tag("phòng rất sạch")
    assert tagged.needs_review
    assert tagged.confidence == 0
    assert {m.sentiment for m in tagged.mentions} <= {"good", "none"}


def test_one_polarity_alone_can_be_learnt() -> None:
    assert {m.sentiment for m in fitted({"positive": GOOD}).tag("phòng sạch đẹp").mentions} <= {"positive"}


def test_several_threads_may_share_a_tagger(small_tagger: MentionTagger) -> None:
    texts = [f"giao hàng nhanh {i}, nhân viên thô lỗ {i * 7}" for i in range(60)]
    alone = small_tagger.tag_many(texts)
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda _: small_tagger.tag_many(texts), range(12)))
    assert all(found == alone for found in together)


def test_labels_left_out_are_warned_of(invented: Invented) -> None:
    texts, records = invented
    with pytest.warns(UserWarning, match=r"fewer than 4 comments are left out: .*hotline"):
        MentionTagger(folds=2, min_support=4).fit(texts, records)


def test_no_comments_give_no_probabilities(small_tagger: MentionTagger) -> None:
    assert small_tagger.predict_proba([]).shape == (0, len(small_tagger.classes_))
    assert small_tagger.tag_many([]) == []


def test_comments_of_one_group_stay_in_one_fold() -> None:
    texts, records = invented_comments()
    groups = [k % 5 for k in range(len(texts))]
    tagger = MentionTagger(folds=4, min_support=4)
    folds = list(tagger._folds(texts, groups))
    assert len(folds) == 4
    assert sorted(i for _, outside in folds for i in outside) == [*range(len(texts))]
    for inside, outside in folds:
        assert not {groups[i] for i in inside} & {groups[i] for i in outside}
    with pytest.raises(ValueError, match="groups 2"):
        tagger.fit(texts, records, [0, 1])


def test_one_clause_may_praise_one_thing_and_blame_another() -> None:
    texts, records = invented_comments()
    slow, kind = ("delivery", "responsiveness", "negative"), ("staff", "attitude_expertise", "positive")
    names = ("touchpoint", "factor", "sentiment")
    for place in ("quận 1", "quận 3", "chợ lớn", "hà đông", "cầu giấy", "thủ đức", "gò vấp", "tân bình") * 2:
        texts.append(f"chuyện giao hàng với nhân viên ở {place} {len(texts)} như vậy đó")
        records.append({"mentions": [dict(zip(names, label, strict=True)) for label in (slow, kind)]})
    tagger = MentionTagger(folds=2, min_support=4).fit(texts, records)
    tagged = tagger.tag("chuyện giao hàng với nhân viên ở bình thạnh như vậy đó")
    assert {(m.touchpoint, m.factor, m.sentiment) for m in tagged.mentions} == {slow, kind}
    assert tagged.sentiment == "mixed"
    assert len({m.quote for m in tagged.mentions}) == 1
    likely = dict(zip(tagger.classes_, tagger.predict_proba([tagged.text])[0], strict=True))
    for m in tagged.mentions:
        assert likely[f"{m.touchpoint}#{m.factor}#{m.sentiment}"] == pytest.approx(m.confidence, abs=1e-4)


def test_what_is_blamed_and_then_praised_is_told_twice(small_tagger: MentionTagger) -> None:
    tagged = small_tagger.tag("giao hàng chậm. giao hàng nhanh")
    assert [(m.touchpoint, m.sentiment, m.quote) for m in tagged.mentions] == [
        ("delivery", "negative", "giao hàng chậm"),
        ("delivery", "positive", "giao hàng nhanh"),
    ]
