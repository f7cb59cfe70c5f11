import pytest

from cx_nlp.text.syllables import FOLDED, is_syllable, place_tone


@pytest.mark.parametrize(
    ("written", "placed"),
    [
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("thuỷ", "thủy"),
        ("xoá", "xóa"),
        ("huỷ", "hủy"),
        ("hòan", "hoàn"),
        ("lọai", "loại"),
        ("đựơc", "được"),
        ("nứơc", "nước"),
        ("chuỷên", "chuyển"),
    ],
)
def test_tone_mark_goes_to_its_traditional_place(written: str, placed: str) -> None:
    assert place_tone(written) == placed


@pytest.mark.parametrize(
    "word", "quý quà già gìn của mía hoàn toán khuỷu rượu cửu thuế giếng quyết oái nghỉ".split()
)
def test_well_placed_marks_stay(word: str) -> None:
    assert is_syllable(word)
    assert place_tone(word) == word


@pytest.mark.parametrize("word", "café résumé naïve déjà über señor tiếg khôg đẹpp thíc̣h cáp̃".split())
def test_other_words_are_no_syllables_and_stay(word: str) -> None:
    assert not is_syllable(word)
    assert place_tone(word) == word


@pytest.mark.parametrize("word", ["mạt", "mát", "cắp", "thích", "việc"])
def test_stopped_syllables_take_two_tones_only(word: str) -> None:
    assert is_syllable(word)
    assert not is_syllable("màt")
    assert not is_syllable("thỉch")


def test_folded_syllables_are_vietnamese_ones() -> None:
    assert {"khong", "duoc", "nguoi", "quoc", "nghieng"} <= FOLDED
    assert not {"good", "fast", "will", "stress", "app", "shop"} & FOLDED
