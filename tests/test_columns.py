import itertools
import random
import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_nlp.errors import ColumnError
from cx_nlp.io.columns import ROLES, guess_columns

PARTS = (
    (
        "Giao hàng",
        "Nhân viên",
        "Phòng",
        "Ứng dụng",
        "The driver",
        "My order",
        "Đóng gói",
        "The staff",
        "Mạng",
    ),
    (
        "nhanh hơn hẹn",
        "rất nhiệt tình",
        "hay bị treo",
        "came two days late",
        "was kind and quick",
        "quá chậm",
    ),
    (
        "nên mình rất vui.",
        "but the box was torn.",
        "lần sau sẽ quay lại.",
        "và không ai xin lỗi.",
        "so I left.",
    ),
)
TEXTS = [" ".join(parts) for parts in itertools.product(*PARTS)]
ROWS = 40


def cells(kind):
    """Invented cells of one kind."""
    dice = random.Random(kind)
    few = {
        "title": ["Hài lòng", "Rất tốt", "Tạm được"],
        "channel": ["App", "Cửa hàng", "Hotline"],
        "segment": ["Vàng", "Bạc", "Mới"],
        "stage": ["Mua hàng", "Sử dụng"],
        "brand": ["An Phát Air", "Sao Biển", "Mây Xanh"],
        "yesno": ["Có", "Không"],
        "label": ["positive", "negative"],
        "reply": ["Cảm ơn bạn đã ủng hộ shop, mong bạn quay lại lần sau nhé!", "", ""],
        "version": ["4.12.0", "4.12.1"],
        "flag": ["1"],
        "group": ["1", "2", "3"],
        "blank": [""],
        "device": ["Pixel 9", "Galaxy A17"],
        "url": ["https://example.com/a", "https://example.com/b"],
        "lang": ["vi", "en"],
        "good": ["good", "bad"],
        "address": ["12 Lê Lợi, phường Bến Thành", "7 Trần Phú, quận Hải Châu"],
    }
    if kind == "text":
        return dice.sample(TEXTS, ROWS)
    if kind in few:
        return [dice.choice(few[kind]) for _ in range(ROWS)]
    made = {
        "id": lambda row: f"{19_000_000 + row * 37}",
        "uuid": lambda row: f"R_{dice.getrandbits(48):012x}",
        "customer": lambda row: f"KH{dice.randrange(30):04d}",
        "person": lambda row: dice.choice(["Lan", "Minh", "Hoa", "Sam"]) + f" {dice.choice('ABCDEFG')}.",
        "email": lambda row: f"u{dice.randrange(30)}@example.com",
        "phone": lambda row: f"09{dice.randrange(30):08d}",
        "product": lambda row: f"{100_000 + dice.randrange(9)}",
        "stars": lambda row: str(dice.randint(1, 5)),
        "sao": lambda row: f"{dice.randint(1, 5)} sao",
        "ten": lambda row: str((row * 7) % 11),
        "seven": lambda row: str((row * 3) % 7 + 1),
        "money": lambda row: f"{dice.randrange(50, 900)}.000đ",
        "count": lambda row: str(dice.randrange(3)),
        "iso": lambda row: f"2025-0{dice.randint(1, 9)}-{dice.randint(10, 28)} 10:{row:02d}:00",
        "slash": lambda row: f"{dice.randint(1, 28)}/{dice.randint(1, 12)}/2025",
        "relative": lambda row: f"{dice.randint(1, 9)} tuần trước",
        "millis": lambda row: str(1_700_000_000_000 + row * 86_400_000),
        "amountish": lambda row: str(dice.randrange(1, 9)),
    }[kind]
    return [made(row) for row in range(ROWS)]


def frame(columns):
    return pd.DataFrame(
        {name: cells(kind) for name, kind in columns.items()}, index=range(2, ROWS + 2), dtype="str"
    )


# Each export: its columns with what they hold, and the roles that are expected.
EXPORTS = {
    "marketplace seller centre": (
        {"Mã đơn hàng": "product", "Tên sản phẩm": "brand", "Phân loại hàng": "segment", "Người mua": "person",
         "Số sao": "stars", "Nội dung đánh giá": "text", "Thời gian đánh giá": "iso", "Phản hồi của người bán": "reply"},
        {"text": "Nội dung đánh giá", "rating": "Số sao", "time": "Thời gian đánh giá", "customer": "Người mua"}),
    "marketplace in English": (
        {"Order ID": "product", "Seller SKU": "product", "Product Name": "brand", "Review ID": "id",
         "Product Rating": "stars", "Review Content": "text", "Review Date": "slash", "Buyer ID": "customer",
         "Seller Reply": "reply"},
        {"text": "Review Content", "id": "Review ID", "rating": "Product Rating", "time": "Review Date", "customer": "Buyer ID"}),
    "marketplace scraped": (
        {"cmtid": "id", "userid": "customer", "author_username": "person", "rating_star": "stars", "comment": "text",
         "ctime": "millis", "product_items": "product", "like_count": "count"},
        {"text": "comment", "id": "cmtid", "customer": "userid", "rating": "rating_star", "time": "ctime"}),
    "marketplace with events": (
        {"review_id": "id", "customer_id": "customer", "product_id": "product", "title": "title", "content": "text",
         "rating": "stars", "purchased_at": "iso", "delivered_at": "iso", "reviewed_at": "iso"},
        {"text": "content", "id": "review_id", "customer": "customer_id", "rating": "rating", "time": "reviewed_at"}),
    "app store scraper": (
        {"reviewId": "uuid", "userName": "person", "userImage": "url", "content": "text", "score": "stars",
         "thumbsUpCount": "count", "reviewCreatedVersion": "version", "at": "iso", "replyContent": "reply",
         "repliedAt": "iso", "appVersion": "version"},
        {"text": "content", "id": "reviewId", "customer": "userName", "rating": "score", "time": "at"}),
    "app store console": (
        {"Package Name": "flag", "App Version Code": "version", "Reviewer Language": "lang", "Device": "device",
         "Review Submit Date and Time": "iso", "Review Submit Millis Since Epoch": "millis",
         "Review Last Update Date and Time": "iso", "Star Rating": "stars", "Review Title": "title",
         "Review Text": "text", "Developer Reply Date and Time": "iso", "Developer Reply Text": "reply",
         "Review Link": "url"},
        {"text": "Review Text", "rating": "Star Rating", "time": "Review Submit Date and Time"}),
    "app store of another house": (
        {"Date": "iso", "App": "brand", "Territory": "lang", "Version": "version", "Nickname": "person",
         "Rating": "stars", "Title": "title", "Review": "text", "Developer Response": "reply"},
        {"text": "Review", "rating": "Rating", "time": "Date", "customer": "Nickname"}),
    "bank apps": ({"app": "brand", "content": "text", "score": "stars", "at": "slash"},
        {"text": "content", "rating": "score", "time": "at"}),
    "phones": ({"comment": "text", "n_star": "stars", "date_time": "relative"},
        {"text": "comment", "rating": "n_star", "time": "date_time"}),
    "flights": ({"author_id": "customer", "timestamp": "slash", "text": "text", "airline": "brand"},
        {"text": "text", "customer": "author_id", "time": "timestamp"}),
    "telecom NPS": ({"verbatim": "text", "journey_stage": "stage", "nps_score": "ten", "timestamp": "slash"},
        {"text": "verbatim", "stage": "journey_stage", "rating": "nps_score", "time": "timestamp"}),
    "telecom NPS in Vietnamese": (
        {"Mã thuê bao": "customer", "Gói cước": "segment", "Điểm NPS": "ten", "Lý do chấm điểm": "text",
         "Ngày khảo sát": "slash", "Kênh": "channel", "Đã rời mạng": "yesno"},
        {"text": "Lý do chấm điểm", "customer": "Mã thuê bao", "segment": "Gói cước", "rating": "Điểm NPS",
         "time": "Ngày khảo sát", "channel": "Kênh", "outcome": "Đã rời mạng"}),
    "help desk": (
        {"Ticket ID": "id", "Requester": "person", "Requester Email": "email", "Subject": "title", "Description": "text",
         "Channel": "channel", "Created at": "iso", "Solved at": "iso", "Assignee": "person", "Priority": "segment"},
        {"text": "Description", "id": "Ticket ID", "customer": "Requester Email", "channel": "Channel", "time": "Created at"}),
    "help desk survey": (
        {"Ticket ID": "id", "Satisfaction Score": "good", "Satisfaction Comment": "text", "Survey date": "iso"},
        {"text": "Satisfaction Comment", "id": "Ticket ID", "time": "Survey date"}),
    "survey tool one": (
        {"StartDate": "iso", "EndDate": "iso", "Status": "flag", "IPAddress": "version", "Progress": "flag",
         "Duration (in seconds)": "product", "Finished": "flag", "RecordedDate": "iso", "ResponseId": "uuid",
         "RecipientEmail": "email", "Q1_NPS_GROUP": "group", "Q1": "ten", "Q2": "text"},
        {"text": "Q2", "id": "ResponseId", "time": "RecordedDate", "customer": "RecipientEmail", "rating": "Q1"}),
    "survey tool two": (
        {"Respondent ID": "id", "Collector ID": "flag", "Start Date": "slash", "End Date": "slash",
         "Email Address": "email", "First Name": "person",
         "How likely is it that you would recommend us to a friend or colleague?": "ten",
         "What is the primary reason for your score?": "text"},
        {"text": "What is the primary reason for your score?", "id": "Respondent ID", "time": "End Date",
         "customer": "Email Address",
         "rating": "How likely is it that you would recommend us to a friend or colleague?"}),
    "form in Vietnamese": (
        {"Dấu thời gian": "slash", "Họ và tên": "person", "Anh/chị đánh giá dịch vụ mấy sao?": "stars",
         "Anh/chị có góp ý gì thêm cho chúng tôi không?": "text"},
        {"text": "Anh/chị có góp ý gì thêm cho chúng tôi không?", "time": "Dấu thời gian", "customer": "Họ và tên",
         "rating": "Anh/chị đánh giá dịch vụ mấy sao?"}),
    "shop software": (
        {"Mã hóa đơn": "id", "Thời gian": "slash", "Mã KH": "customer", "Tên khách hàng": "person",
         "Điện thoại": "phone", "Nhóm khách hàng": "segment", "Chi nhánh": "brand", "Tổng tiền hàng": "money",
         "Kênh bán": "channel", "Ghi chú": "text"},
        {"text": "Ghi chú", "time": "Thời gian", "customer": "Mã KH", "segment": "Nhóm khách hàng",
         "value": "Tổng tiền hàng", "channel": "Kênh bán"}),
    "hotel bookings": (
        {"Reservation number": "id", "Guest name": "person", "Review date": "iso", "Review score": "ten",
         "Review title": "title", "Review": "text", "Check-in date": "iso", "Traveller type": "segment",
         "Property reply": "reply"},
        {"text": "Review", "rating": "Review score", "time": "Review date", "customer": "Guest name",
         "segment": "Traveller type"}),
    "hotel in Vietnamese": (
        {"Tên khách sạn": "brand", "Địa chỉ": "address", "Khách": "person", "Loại khách": "segment",
         "Ngày lưu trú": "slash", "Ngày đánh giá": "slash", "Điểm": "ten", "Nhận xét": "text"},
        {"text": "Nhận xét", "rating": "Điểm", "time": "Ngày đánh giá", "customer": "Khách", "segment": "Loại khách"}),
    "restaurant reviews": (
        {"Restaurant": "brand", "Reviewer": "person", "Review": "text", "Rating": "stars", "Metadata": "title",
         "Time": "slash", "Pictures": "count"},
        {"text": "Review", "rating": "Rating", "time": "Time", "customer": "Reviewer"}),
    "maps": (
        {"name": "brand", "review_id": "uuid", "author_title": "person", "review_text": "text", "review_rating": "stars",
         "review_timestamp": "millis", "owner_answer": "reply", "review_likes": "count"},
        {"text": "review_text", "id": "review_id", "rating": "review_rating", "time": "review_timestamp"}),
    "bank complaints": (
        {"Complaint ID": "id", "Date received": "iso", "Product": "brand", "Issue": "title",
         "Consumer complaint narrative": "text", "Company public response": "reply", "Company": "brand",
         "Submitted via": "channel", "Date sent to company": "iso"},
        {"text": "Consumer complaint narrative", "id": "Complaint ID", "time": "Date received", "channel": "Submitted via"}),
    "bank survey": (
        {"CIF": "customer", "Phân khúc": "segment", "Kênh giao dịch": "channel", "Ngày giao dịch": "slash",
         "Ngày phản hồi": "slash", "Mức độ hài lòng": "stars", "Ý kiến khách hàng": "text", "Số tiền giao dịch": "money"},
        {"text": "Ý kiến khách hàng", "customer": "CIF", "segment": "Phân khúc", "channel": "Kênh giao dịch",
         "time": "Ngày phản hồi", "rating": "Mức độ hài lòng", "value": "Số tiền giao dịch"}),
    "call centre": (
        {"case_number": "id", "msisdn": "phone", "channel": "channel", "agent_name": "person", "created_on": "iso",
         "closed_on": "iso", "ces_score": "seven", "customer_comment": "text"},
        {"text": "customer_comment", "id": "case_number", "customer": "msisdn", "channel": "channel",
         "time": "created_on", "rating": "ces_score"}),
    "without accents": (
        {"ma_danh_gia": "id", "ma_khach_hang": "customer", "noi_dung": "text", "so_sao": "stars", "ngay_tao": "iso",
         "kenh": "channel", "phan_khuc": "segment", "giai_doan": "stage", "gia_tri_don_hang": "money", "mua_lai": "yesno"},
        {"text": "noi_dung", "id": "ma_danh_gia", "customer": "ma_khach_hang", "rating": "so_sao", "time": "ngay_tao",
         "channel": "kenh", "segment": "phan_khuc", "stage": "giai_doan", "value": "gia_tri_don_hang",
         "outcome": "mua_lai"}),
    "all in English": (
        {"comment_id": "id", "comment": "text", "customer_id": "customer", "created_at": "iso", "rating": "stars",
         "channel": "channel", "segment": "segment", "stage": "stage", "order_value": "money", "churned": "yesno"},
        {"text": "comment", "id": "comment_id", "customer": "customer_id", "time": "created_at", "rating": "rating",
         "channel": "channel", "segment": "segment", "stage": "stage", "value": "order_value", "outcome": "churned"}),
    "words run together": (
        {"MaDanhGia": "id", "KhachHang": "person", "NoiDung": "text", "DiemDanhGia": "stars", "NgayTao": "slash"},
        {"text": "NoiDung", "id": "MaDanhGia", "customer": "KhachHang", "rating": "DiemDanhGia", "time": "NgayTao"}),
    "one word for text": ({"Đánh giá": "text", "Ngày": "slash"}, {"text": "Đánh giá", "time": "Ngày"}),
    "the same word for stars": ({"Đánh giá": "stars", "Nhận xét": "text"}, {"text": "Nhận xét", "rating": "Đánh giá"}),
    "the same word for written stars": ({"Đánh giá": "sao", "Bình luận": "text"},
        {"text": "Bình luận", "rating": "Đánh giá"}),
    "text only": ({"review": "text"}, {"text": "review"}),
    "no telling names": ({"a": "text", "b": "brand", "c": "iso"}, {"text": "a", "time": "c"}),
    "columns without names": ({"column_1": "customer", "column_2": "text"}, {"text": "column_2"}),
    "labelled before": ({"text": "text", "sentiment": "label", "confidence": "stars"}, {"text": "text"}),
    "an id that repeats": ({"id": "customer", "review": "text"}, {"text": "review", "customer": "id"}),
    "an id that does not": ({"id": "id", "review": "text"}, {"text": "review", "id": "id"}),
    "only events": ({"review": "text", "purchase_date": "iso", "delivery_date": "iso"}, {"text": "review"}),
    "codes for channels": ({"comment": "text", "channel": "group"}, {"text": "comment", "channel": "channel"}),
    "an empty column": ({"comment": "text", "rating": "blank", "channel": "blank"}, {"text": "comment"}),
    "two comments of unlike use": ({"Review": "text", "Comment": "reply"}, {"text": "Review"}),
    "counts are no ratings": ({"tweet": "text", "retweet_count": "ten", "likes": "ten"}, {"text": "tweet"}),
    "loyalty": (
        {"member_no": "product", "Customer ID": "customer", "Loyalty tier": "segment", "Feedback": "text",
         "CSAT": "stars", "Responded At": "iso", "Source": "channel", "Total spent": "money", "Is active": "yesno"},
        {"text": "Feedback", "customer": "Customer ID", "segment": "Loyalty tier", "rating": "CSAT",
         "time": "Responded At", "channel": "Source", "value": "Total spent", "outcome": "Is active"}),
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS)
def test_realistic_exports_need_no_options(export):
    columns, expected = EXPORTS[export]
    found = guess_columns(frame(columns), source="reviews.csv")
    assert {role: guess.column for role, guess in found.roles.items()} == expected


def test_the_guess_is_explained():
    found = guess_columns(frame({"Nội dung": "text", "score": "stars"}), source="reviews.csv")
    assert list(found.roles) == [role for role in ROLES if role in found.roles]
    assert found.describe()[0].startswith("text: column 'Nội dung' (by its name; free text of ")
    assert found.describe()[1] == "rating: column 'score' (by its name; numbers from 1 to 5)"


def test_the_users_choice_wins():
    sample = frame({"content": "text", "note": "text", "score": "stars", "at": "iso"})
    found = guess_columns(sample, source="reviews.csv", chosen={"text": "note", "rating": ""})
    assert found.roles["text"].chosen
    assert {role: guess.column for role, guess in found.roles.items()} == {"text": "note", "time": "at"}


def test_a_name_typed_with_loose_accents_is_found():
    typed = unicodedata.normalize("NFD", "Nội dung")
    found = guess_columns(
        frame({"Nội dung": "text", "comment": "text"}), source="reviews.csv", chosen={"text": typed}
    )
    assert found.column("text") == "Nội dung"


@pytest.mark.parametrize(
    ("columns", "chosen", "message"),
    [
        ({"score": "stars", "at": "iso"}, {}, r"no text column found; its columns are 'score', 'at'; .*--text-column"),
        ({"title": "text"}, {}, "no text column found"),
        ({"review": "stars"}, {}, "no text column found: text column 'review' holds only numbers"),
        ({"review": "blank"}, {}, "no text column found: 'review' is empty in its first 40 rows"),
        ({"feedback": "text", "Nội dung": "text"}, {}, "'(feedback|Nội dung)' and .* are equally likely .*--text-column"),
        ({"Positive_Review": "text", "Negative_Review": "text"}, {}, "equally likely"),
        ({"content": "text"}, {"text": "contnet"}, "--text-column names 'contnet', .*did you mean 'content'"),
        ({"Nội dung": "text"}, {"text": "noi_dung"}, "did you mean 'Nội dung'"),
        ({"content": "text"}, {"time": "zzz"}, "--time-column names 'zzz', which is no column; its columns are 'content'"),
        ({"content": "text", "x": "id"}, {"id": "x", "customer": "x"}, "named by both --id-column and --customer-column"),
        ({"content": "text", "n": "ten"}, {"text": "n"}, "text column 'n' holds only numbers; .*--text-column"),
        ({"content": "text", "at": "iso"}, {"text": "at"}, "text column 'at' holds only dates; .*--text-column"),
        ({"content": "text", "n": "brand"}, {"time": "n"}, "column 'n' holds no dates .*--time-column"),
        ({"content": "text", "n": "brand"}, {"rating": "n"}, "column 'n' holds no ratings .*--rating-column"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_cure(columns, chosen, message):
    with pytest.raises(ColumnError, match=f"^reviews.csv: .*{message}"):
        guess_columns(frame(columns), source="reviews.csv", chosen=chosen)


@pytest.mark.parametrize("chosen", [{}, {"text": "content"}])
def test_nested_text_is_refused(chosen):
    sample = pd.DataFrame({"content": [["a"], {"b": "c"}], "n": [1, 2]}, index=[2, 3])
    with pytest.raises(
        ColumnError, match=r"'content' holds lists or objects instead of text .first on line 2"
    ):
        guess_columns(sample, source="reviews.parquet", chosen=chosen)


def test_a_nested_column_beside_the_text_does_no_harm():
    sample = pd.DataFrame({"review": TEXTS[:3], "tags": [["a"], [], None]})
    assert guess_columns(sample, source="r.parquet").column("text") == "review"


def test_an_unknown_role_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="unknown column role 'mood'"):
        guess_columns(frame({"review": "text"}), source="r.csv", chosen={"mood": "review"})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(max_size=15), min_size=1, max_size=5, unique=True),
    st.lists(st.lists(st.text(max_size=30), min_size=5, max_size=5), min_size=1, max_size=4),
)
def test_any_table_gets_a_guess_or_a_column_error(names, rows):
    sample = pd.DataFrame([row[: len(names)] for row in rows], columns=names, dtype=object)
    try:
        roles = guess_columns(sample, source="r.csv").roles
    except ColumnError:
        return
    used = [guess.column for guess in roles.values()]
    assert set(used) <= set(names)
    assert len(used) == len(set(used))
