import pytest

from cx_nlp.io.column_names import NONE, WEAK, WHOLE, WORDS, match_name


@pytest.mark.parametrize(
    ("name", "role", "tier"),
    [
        ("Nội dung", "text", WHOLE),
        ("noidung", "text", WHOLE),
        ("ReviewText", "text", WHOLE),
        ("Khách hàng nhận xét gì", "text", WORDS),
        ("description", "text", WEAK),
        ("column_7", "text", NONE),
        ("reviewed_at", "time", WHOLE),
        ("Ngày khách nhận xét", "time", WORDS),
        ("What is the name of the manager who gave you this comment?", "text", WORDS),
    ],
)
def test_how_well_a_name_fits(name, role, tier):
    match = match_name(name, role)
    assert match is not None
    assert match.tier == tier


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("title", "text"),
        ("Phản hồi của người bán", "text"),
        ("airline", "text"),
        ("product_id", "text"),
        ("purchased_at", "time"),
        ("Ngày mua", "time"),
        ("Ngày sinh", "time"),
        ("rating_count", "rating"),
        ("Điểm tích lũy", "rating"),
        ("Giảm giá", "value"),
    ],
)
def test_names_that_rule_a_role_out(name, role):
    assert match_name(name, role) is None


def test_of_two_names_the_more_telling_wins():
    assert (
        match_name("reviewed_at", "time") > match_name("timestamp", "time") > match_name("updated_at", "time")
    )
    assert match_name("customer_id", "customer") > match_name("customer_name", "customer")
