import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from cx_nlp.features import CLAUSE_BLOCKS, Channel, TextFeatures, _characters
from cx_nlp.segment import segment

TEXTS = [
    "Giao hàng nhanh nhưng nhân viên không thân thiện",
    "Pin không bền. Máy đẹp, giá tốt",
    "The staff were not friendly but delivery was fast",
    "Hàng đẹp",
    "",
]


def test_characters_are_those_of_scikit_learn() -> None:
    words = "giao hang nhanh qua a".split()
    ours = sorted(_characters(words))
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()(" ".join(words))
    assert ours == sorted(theirs)


def test_the_sparse_product_counts_every_character_gram() -> None:
    comments = segment(TEXTS)
    features = TextFeatures(min_df=1).fit(comments)
    folded = [features._folded_words(comment.words) for comment in comments]
    channel = features.channels_["comment_chars"]
    product = features._weighed_characters("comment_chars", folded)
    direct = channel.weigh(channel.count([_characters(words) for words in folded]))
    assert np.allclose(product.toarray(), direct.toarray())


def test_tf_idf_rows_have_unit_length() -> None:
    comments = segment(TEXTS)
    blocks = TextFeatures(min_df=1).fit(comments).transform(comments).blocks
    lengths = np.sqrt(blocks["words"].multiply(blocks["words"]).sum(axis=1))
    assert np.allclose(lengths[lengths > 0], 1)


def test_negated_words_are_told_from_plain_ones() -> None:
    comments = segment(["không thân thiện", "thân thiện"])
    vocabulary = TextFeatures(min_df=1).fit(comments).channels_["words"].vocabulary
    assert "¬thân" in vocabulary
    assert "¬không" not in vocabulary


def test_weights_on_blocks_equal_weights_on_the_matrix() -> None:
    comments = segment(TEXTS)
    features = TextFeatures(min_df=1).fit(comments).transform(comments)
    matrix = features.matrix(CLAUSE_BLOCKS)
    weights = np.random.default_rng(0).normal(size=(matrix.shape[1], 3)).astype(np.float32)
    total, at = 0, 0
    for name, scale in CLAUSE_BLOCKS.items():
        width = features.rows(name).shape[1]
        total = total + features.product(name, weights[at : at + width] * np.float32(scale))
        at += width
    assert np.allclose(matrix @ weights, total, atol=1e-5)


def test_rare_terms_are_left_out() -> None:
    channel = Channel().fit([["a", "b"], ["a"], ["a", "c", "c"]], min_df=2)
    assert list(channel.vocabulary) == ["a"]
