import pytest

from cx_nlp.text import normalize


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("đẹpppp", "đẹp"),
        ("quáaaa", "quá"),
        ("quaaaá", "quá"),
        ("QUÁAAA ĐẸPPP", "QUÁ ĐẸP"),
        ("ngonnnnn lắmmm luônnn", "ngon lắm luôn"),
        ("tuyệttt vờiiii", "tuyệt vời"),
        ("kooooo thích", "không thích"),
        ("soooo goooood", "so good"),
        ("loooove it", "love it"),
        ("quáa", "quá"),
        ("kkkkkk", "hihi"),
    ],
)
def test_elongated_words_are_reduced(text: str, plain: str) -> None:
    assert normalize(text).text == plain


@pytest.mark.parametrize(
    "text", ["good food", "cool app", "xoong nồi", "call free", "100000", "3xxx", "hmm", "lưu cứu hươu"]
)
def test_letters_doubled_by_right_stay(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hoà nhã", "hòa nhã"),
        ("HOÀ NHÃ, Khoẻ", "HÒA NHÃ, Khỏe"),
        ("huỷ đơn, xoá app", "hủy đơn, xóa app"),
        ("không đựơc", "không được"),
    ],
)
def test_tone_marks_have_one_place(text: str, plain: str) -> None:
    assert normalize(text).text == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("mở miệg, vọg về", "mở miệng, vọng về"),
        ("mìh thấy bìh thường", "mình thấy bình thường"),
        ("fải đổi", "phải đổi"),
        ("wán này", "quán này"),
        ("thằq bạn", "thằng bạn"),
    ],
)
def test_playful_spelling_is_made_plain(text: str, plain: str) -> None:
    assert normalize(text).text == plain
