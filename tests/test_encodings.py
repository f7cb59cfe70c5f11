"""The encoding is found from the whole file, or refused with the cure."""

import unicodedata

import pytest

from cx_nlp.errors import InputError
from cx_nlp.io.encodings import find_encoding
from cx_nlp.io.readers import open_export

VIETNAMESE = "Giao hàng nhanh nhưng gọi tổng đài không ai xử lý đổi trả\nSản phẩm tốt, đóng gói cẩn thận\n"
FRENCH = "Le service était très agréable, mais où est le café ? Ça m'a déçu\n"
TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_1258(text):
    """As Windows writes it: letters with their shape, tones behind them."""
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(part for part in parts if part in TONES)
        out += unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)) + tones
    return out.encode("cp1258")


@pytest.fixture
def put(tmp_path):
    def write(content):
        path = tmp_path / "export.csv"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_found_with_and_without_a_mark(put, encoding):
    assert find_encoding(put(("text\n" + VIETNAMESE).encode(encoding))).encoding == encoding


def test_chinese_utf_16_without_a_mark_is_found(put):
    assert (
        find_encoding(
            put(("评论,分数\n" + "送货很快但是质量不好下次不会再买了,五\n" * 9).encode("utf-16-le"))
        ).encoding
        == "utf-16-le"
    )


@pytest.mark.parametrize(
    "text", [VIETNAMESE, "Rất tốt\n", "ĐỪNG MUA, QUÁ TỆ\n", "đẹp quá trời luôn shop ơi\n"]
)
def test_windows_1258_is_told_by_vietnamese_words(put, text):
    path = put(b'id,text\n1,"' + in_1258(text) + b'"\n')
    export = open_export(path)
    assert export.encoding == "windows-1258"
    assert unicodedata.normalize("NFC", export.sample()["text"].iloc[0]) == text
    assert export.notes[0].startswith("encoding windows-1258 (tone marks stand apart")


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        "Die Lieferung war pünktlich, größtenteils schön verpackt\n",
        "¡Qué rápido llegó! El niño está más contento\n",
        "Não gostei da entrega, é muito lenta; coração, opções\n",
        "Però la qualità è così così, può andare; più o meno\n",
        "Great – really “good” service… it’s £5\n",
        "it’s ok\n",
    ],
)
def test_windows_1252_is_told_by_western_words(put, text):
    path = put(b"text,id\n" + text.replace(",", " ").encode("cp1252").replace(b"\n", b",1\n"))
    export = open_export(path)
    assert export.encoding == "windows-1252"
    assert export.sample()["text"].iloc[0] == text.strip().replace(",", " ")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Доставка была быстрой, но товар плохой\n"),
        ("gb18030", "送货很快，但是质量不好\n"),
        ("shift-jis", "配送が速かったです\n"),
        ("cp1254", "Çok güzel bir ürün, teşekkürler, hızlı kargo, iyi değil\n"),
        ("cp1250", "Příliš žluťoučký kůň, zażółć gęślą jaźń\n"),
        ("cp850", "Le service était très agréable, déçu à la fin\n"),
        ("cp874", "บริการดีมาก\n"),
    ],
)
def test_any_other_encoding_is_refused_and_read_when_named(put, encoding, text):
    path = put(b"id|text\n1|" + text.encode(encoding))
    with pytest.raises(InputError, match=r"line 2: bytes.*neither.*--encoding"):
        find_encoding(path)
    assert open_export(path, encoding=encoding).sample()["text"].iloc[0] == text.strip()


def test_words_of_both_kinds_are_refused(put):
    with pytest.raises(InputError, match="could be windows-1258 or windows-1252"):
        find_encoding(put(b"id,text\n1," + in_1258("giá hơi cao")))


def test_a_foreign_letter_after_a_megabyte_of_english_is_seen(put):
    path = put(b"id,text\n" + b"1,fine and fast and good\n" * 60_000 + "2,un café très\n".encode("cp1252"))
    assert find_encoding(path).encoding == "windows-1252"


def test_mixed_encodings_are_refused_with_the_first_bad_line(put):
    mixed = "1,đẹp lắm\n".encode() + in_1258("2,tệ quá\n")
    with pytest.raises(InputError, match=r"20 of 41 lines.*first is line 3: .*byte 4.*mixed.*--encoding"):
        find_encoding(put(b"id,text\n" + mixed * 20))


def test_a_file_full_of_nul_bytes_is_refused(put):
    with pytest.raises(InputError, match="no text file"):
        find_encoding(put(b"id,te\0xt\n1\0,a\n2,\0b\n" * 9))


@pytest.mark.parametrize("name", ["klingon", "base64", "utf-7", "cp500", "unicode_escape", "", "a\0b"])
def test_an_encoding_that_cannot_be_used_is_refused(put, name):
    path = put(b"id,text\n1,a\n")
    if name:
        with pytest.raises(InputError, match="not an encoding"):
            open_export(path, encoding=name)
    else:
        assert open_export(path, encoding=name).encoding == "utf-8"


def test_a_wrong_encoding_that_was_named_is_refused(put):
    with pytest.raises(InputError, match=r"cannot be read as utf-8.*line 2.*wrong encoding"):
        open_export(put(b"id,text\n" + in_1258("1,rất tốt\n") * 9), encoding="utf-8")


def test_half_a_surrogate_pair_costs_its_row(put):
    content = (
        ("id,text\n" + "1,đẹp\n" * 9).encode("utf-16") + b"2\0,\0\x3d\xd8\n\0" + "3,ổn\n".encode("utf-16-le")
    )
    chunk = next(open_export(put(content)).chunks())
    assert [rejected.line for rejected in chunk.rejected] == [11]
    assert list(chunk.frame.index)[-1] == 12
