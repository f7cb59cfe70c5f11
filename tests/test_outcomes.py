import pandas as pd
import pytest

from cx_nlp.io.outcomes import read_outcomes
from cx_nlp.schema import OUTCOMES


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("churned", "churned", "retained"),
        ("is_churn", "churned", "retained"),
        ("Đã rời mạng", "churned", "retained"),
        ("Hủy dịch vụ", "churned", "retained"),
        ("Mua lại", "repurchased", "not_repurchased"),
        ("RepeatPurchase", "repurchased", "not_repurchased"),
        ("is_active", "retained", "churned"),
        ("Gia hạn", "retained", "churned"),
    ],
)
def test_yes_and_no_mean_what_the_name_says(name, yes, no):
    cells = pd.Series(
        ["1", "Yes", "Có", "TRUE", True, "rồi", "0", "No", "Không", False, "chưa"], dtype=object
    )
    assert read_outcomes(name, cells).tolist() == [yes] * 6 + [no] * 5


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("Churned", "churned"),
        ("Đã rời bỏ", "churned"),
        ("Ngừng sử dụng", "churned"),
        ("inactive", "churned"),
        ("Active", "retained"),
        ("Đang sử dụng", "retained"),
        ("not churned", "retained"),
        ("Mua lại", "repurchased"),
        ("Không mua lại", "not_repurchased"),
        ("bought again", "repurchased"),
    ],
)
def test_words_speak_for_themselves(word, outcome):
    assert read_outcomes("Trạng thái khách hàng", pd.Series([word])).tolist() == [outcome]
    assert outcome in OUTCOMES


def test_what_tells_nothing_is_missing():
    assert read_outcomes("churned", pd.Series(["maybe", "", None, "12"])).isna().all()
    assert read_outcomes("ghi chú", pd.Series(["yes", "no"])).isna().all()
