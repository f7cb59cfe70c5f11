import pytest

from cx_nlp.text import normalize


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ngon &amp; rẻ", "ngon & rẻ"),
        ("ngon &amp;amp; rẻ", "ngon & rẻ"),
        ("dòng một<br/>dòng hai", "dòng một\ndòng hai"),
        ("<p>dòng một</p>", "\ndòng một\n"),
        ("dòng một&lt;br&gt;dòng hai", "dòng một\ndòng hai"),
        ("rất <b>tốt</b>", "rất  tốt "),
        ("xem https://example.com/a?b=c.", "xem tok_url."),
        ("xem www.example.com nhé", "xem tok_url nhé"),
        ("viết cho an.nguyen@example.com", "viết cho tok_mail"),
        ("@BestAir lost my bag", "tok_user lost my bag"),
        ("giao\u200b hàng\u202e nhanh\ufeff", "giao hàng nhanh"),
        ("giao\u00a0hàng\u3000nhanh", "giao hàng nhanh"),
        ("giao\u2028hàng", "giao\nhàng"),
        ("de\u0323p lă\u0301m", "dẹp lắm"),
        ("#muasam thích", "#muasam thích"),
        ("giá < 100 và > 50", "giá < 100 và > 50"),
        ("R&D; B&B", "R&D; B&B"),
    ],
)
def test_traces_of_web_pages(text: str, plain: str) -> None:
    assert normalize(text).text == plain
