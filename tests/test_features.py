from copy import deepcopy

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer

from cx_nlp.features import CLAUSE_BLOCKS, Channel, Steps, Terms, TextFeatures
from cx_nlp.features.steps import FEW, times
from cx_nlp.features.words import characters, grams, marked, negated_flags, spoken
from cx_nlp.segment import segment
from cx_nlp.text import fold_accents

TEXTS = [
    "Giao hàng nhanh nhưng nhân viên không thân thiện",
    "Pin không bền. Máy đẹp, giá tốt",
    "The staff were not friendly but delivery was fast",
    "Hàng đẹp",
    "Không, hàng đẹp! chưa bao giờ thấy tệ thế này",
    "",
]


def test_characters_are_those_of_scikit_learn() -> None:
    words = "giao hang nhanh qua a".split()
    ours = sorted(characters(words))
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()(" ".join(words))
    assert ours == sorted(theirs)


def test_a_batch_is_counted_as_word_by_word() -> None:
    comments = segment(TEXTS * 2)
    features = TextFeatures(min_df=1).fit(comments)
    found = features.transform(comments)
    clauses = [(c.words[a:b], negated_flags(c.words)[a:b]) for c in comments for a, b in c.clauses]
    whole = [spoken(c.words) for c in comments]
    expected = {
        "words": [[*grams(w, 3), *marked(w, n)] for w, n in clauses],
        "folded": [grams([fold_accents(x) for x in w], 2) for w, _ in clauses],
        "chars": [characters([fold_accents(x) for x in w]) for w, _ in clauses],
        "comment": [[fold_accents(x) for x in w] for w, _ in whole],
        "comment_words": [[*grams(w, 3), *marked(w, n)] for w, n in whole],
        "comment_chars": [characters([fold_accents(x) for x in w]) for w, _ in whole],
    }
    for name, documents in expected.items():
        channel = features.channels_[name]
        plain = CountVectorizer(analyzer=list, vocabulary={**channel.vocabulary}, dtype=np.float32)
        block = found.blocks[name] if name in found.blocks else found.rows(name)
        assert np.allclose(block.toarray(), channel.weigh(plain.transform(documents)).toarray()), name


def test_words_met_later_do_not_change_what_earlier_ones_give() -> None:
    features = TextFeatures(min_df=1).fit(segment(TEXTS))
    before = features.transform(segment(TEXTS[:1])).rows("chars").toarray()
    features.transform(segment(["hoàn toàn khác hẳn", "something else entirely"]))
    assert np.array_equal(features.transform(segment(TEXTS[:1])).rows("chars").toarray(), before)


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


@pytest.mark.parametrize("rows", [1, 30, 3000])
def test_weights_kept_in_steps_give_the_same_to_the_last_bit(rows: int) -> None:
    matrix = sp.random(rows, 900, density=0.01, format="csr", dtype=np.float32, random_state=0)
    steps = Steps.of(np.random.default_rng(0).normal(size=(900, 5)).astype(np.float32))
    assert (matrix.nnz > FEW) == (rows > 1000)
    assert (times(matrix, steps) == matrix @ steps.restored()).all()
    assert not times(sp.csr_matrix((rows, 900), dtype=np.float32), steps).any()
    with pytest.raises(ValueError, match="900 columns, but weights for 7"):
        times(matrix, Steps.of(np.ones((7, 5), np.float32)))


def test_characters_take_weights_in_steps() -> None:
    comments = segment([*TEXTS, "ngon ngon ngon"])
    features = TextFeatures(min_df=1).fit(comments).transform(comments)
    width = features.rows("chars").shape[1]
    steps = Steps.of(np.random.default_rng(0).normal(size=(width, 5)).astype(np.float32))
    assert (features.product("chars", steps) == features.product("chars", steps.restored())).all()


def test_rare_terms_are_left_out() -> None:
    channel = Channel().fit([["a", "b"], ["a"], ["a", "c", "c"]], min_df=2)
    assert list(channel.vocabulary) == ["a"]


def test_terms_are_those_of_a_dictionary() -> None:
    words = ["", "a", "giá cả", "\udc80x", "😍"]
    terms = Terms(words)
    assert [*terms] == words
    assert terms == {word: place for place, word in enumerate(words)}
    assert "b" not in terms
    again = deepcopy(terms)
    assert again == terms
    assert len(again) == 5
