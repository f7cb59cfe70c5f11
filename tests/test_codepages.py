"""Vietnamese and Western text told apart by the form of their words."""

import pytest

from cx_nlp.io.codepages import is_vietnamese, is_vietnamese_syllable, is_western


@pytest.mark.parametrize(
    "word", "được nghiêng quyển khuỷu tiền Ăn ửng yêu thuở hoà hòa giếng xoáy rượu".split()
)
def test_vietnamese_syllables(word):
    assert is_vietnamese_syllable(word)


@pytest.mark.parametrize("word", "très años größe così łódź żółć naïve über ŷ hòà".split())
def test_other_words_are_no_vietnamese_syllables(word):
    assert not is_vietnamese_syllable(word)


@pytest.mark.parametrize("text", ["", "plain English", "thé à là"])
def test_text_without_vietnamese_letters_is_not_called_vietnamese(text):
    assert not is_vietnamese(text)


@pytest.mark.parametrize("text", ["Ïðèâåò âñåì", "cafŽ trs", "ð ý þ", "Ã¡Ã©", "‚¢‚¤"])
def test_text_in_the_wrong_codepage_is_not_called_western(text):
    assert not is_western(text)
