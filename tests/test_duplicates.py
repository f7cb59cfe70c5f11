import random
import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold

from cx_nlp.duplicates import near_duplicate_groups

WORDS = (
    "giao hàng nhanh chậm nhân viên tư vấn nhiệt tình thái độ khó chịu ứng dụng hay lỗi đăng nhập thanh toán "
    "hoàn tiền bảo hành sản phẩm đóng gói cẩn thận mùi thơm vải mỏng màu đẹp giá rẻ đắt phòng sạch ồn ào"
).split()


def sentence(pick, words=18):
    return [pick.choice(WORDS) for _ in range(words)]


def test_case_accents_signs_and_repeated_letters_do_not_make_another_text():
    texts = ["Giao hàng nhanh!", "giao hang nhanhhh :)", unicodedata.normalize("NFD", "GIAO HÀNG, NHANH")]
    assert near_duplicate_groups([*texts, "giao hàng chậm"]).tolist() == [0, 0, 0, 1]


def test_a_long_text_with_one_word_changed_stays_in_its_group():
    pick = random.Random(0)
    texts, groups = [], []
    for group in range(300):
        words = sentence(pick)
        copy = list(words)
        copy[pick.randrange(len(copy))] = "khác"
        texts += [" ".join(words), " ".join(copy)]
        groups += [group, group]
    assert near_duplicate_groups(texts).tolist() == groups


def test_copies_of_copies_are_joined_wherever_they_stand():
    words = sentence(random.Random(1), words=40)
    chain = [" ".join([*words[:at], "kia", *words[at + 1 :]]) for at in range(0, 12, 3)]
    others = [" ".join(sentence(random.Random(seed))) for seed in range(2, 30)]
    mixed = [chain[0], *others[:10], chain[1], *others[10:], *chain[2:]]
    groups = near_duplicate_groups(mixed)
    assert {groups[mixed.index(text)] for text in chain} == {0}
    assert len(set(groups)) == 1 + len(others)


def test_short_texts_that_say_different_things_stay_apart():
    texts = ["tốt", "tệ", "ok", "rất tốt", "giao nhanh", "giao chậm", "😍😍", "👎", "...", "!"]
    assert len(set(near_duplicate_groups(texts))) == len(texts)


def test_a_lower_threshold_joins_more():
    texts = ["pin trâu, màn hình đẹp", "pin trâu, màn hình xấu"]
    assert len(set(near_duplicate_groups(texts))) == 2
    assert len(set(near_duplicate_groups(texts, threshold=0.5))) == 1


def test_folds_keep_copies_together():
    pick = random.Random(5)
    base = [" ".join(sentence(pick)) for _ in range(60)]
    texts = base + [text.upper() + "!!" for text in base]
    groups = near_duplicate_groups(texts)
    for train, test in GroupKFold(n_splits=5).split(texts, groups=groups):
        assert not {texts[at].lower().strip("!") for at in train} & {
            texts[at].lower().strip("!") for at in test
        }


def test_nothing_and_one_text():
    assert near_duplicate_groups([]).tolist() == []
    assert near_duplicate_groups([""]).tolist() == [0]
    assert near_duplicate_groups(["", " ", "a", "a"]).tolist() == [0, 0, 1, 1]


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_texts_get_groups_numbered_by_appearance_and_equal_ones_share(texts):
    groups = near_duplicate_groups([*texts, *texts])
    assert groups[: len(texts)].tolist() == groups[len(texts) :].tolist()
    first = list(dict.fromkeys(groups.tolist()))
    assert first == list(range(len(first)))
    assert np.array_equal(groups, near_duplicate_groups([*texts, *texts]))
