import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io.amounts import find_decimal, read_amounts


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.250.000đ", 1_250_000),
        ("1,250,000", 1_250_000),
        ("1 250 000 ₫", 1_250_000),
        ("VND 250.000", 250_000),
        ("250k", 250_000),
        ("1,5 triệu", 1_500_000),
        ("1.2tr", 1_200_000),
        ("1tr2", 1_200_000),
        ("1tr250", 1_250_000),
        ("2 tỷ", 2_000_000_000),
        ("$1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("-99.5", -99.5),
        ("(1,000)", -1000),
        ("0.250", 0.25),
        ("1.25e+06", 1_250_000),
        (250000.0, 250_000),
        (".5", 0.5),
    ],
)
def test_amounts_are_read_as_written(text, amount):
    assert read_amounts(pd.Series([text, "x"])).iloc[0] == pytest.approx(amount)


@pytest.mark.parametrize(
    "text", ["", "free", "12/03/2024", "1.25.000", "5 sao", "1,2,3", "N/A", "12 kg", "1-2"]
)
def test_what_is_no_amount_is_missing(text):
    assert read_amounts(pd.Series([text])).isna().all()


def test_the_whole_column_tells_the_decimal_sign():
    column = pd.Series(["1.250", "99.50", "3.999"])
    assert find_decimal(column) == "."
    assert read_amounts(column, decimal=".").tolist() == [1.25, 99.5, 3.999]


def test_without_evidence_three_digits_are_thousands():
    column = pd.Series(["1.250", "99.500"])
    assert find_decimal(column) == ""
    assert read_amounts(column).tolist() == [1250, 99500]


@given(st.integers(0, 10**12), st.sampled_from([",", ".", " ", ""]), st.sampled_from(["", "đ", " VND", "$"]))
def test_whole_amounts_survive_writing(number, mark, currency):
    text = f"{number:,}".replace(",", mark)
    text = f"$ {text}" if currency == "$" else f"{text}{currency}"
    assert read_amounts(pd.Series([text])).iloc[0] == number


@given(st.integers(0, 10**9), st.integers(0, 99), st.booleans())
def test_cents_survive_writing(whole, cents, comma):
    text = f"{whole:,}.{cents:02d}"
    if comma:
        text = text.translate(str.maketrans(",.", ".,"))
    assert read_amounts(pd.Series([text])).iloc[0] == pytest.approx(whole + cents / 100)


@given(st.lists(st.text(), max_size=5))
def test_any_text_is_an_amount_or_missing(texts):
    assert len(
        read_amounts(pd.Series(texts, dtype=object), decimal=find_decimal(pd.Series(texts, dtype=object)))
    ) == len(texts)
