"""Whether causal words between two complaints are read as they are meant, and what is said of chance."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.upstream.connectives import connectives_in, language
from cx_nlp.journey.upstream.joined import Place, pairs_in, places_of
from cx_nlp.journey.upstream.witness import COLUMNS, witness
from cx_nlp.taxonomy import load_taxonomy

# Written for this test. ">" the first is said to be the cause of the second, "<" the other way round, "-" neither is.
VIETNAMESE = """
> {delivery|Giao hàng trễ năm ngày} nên {brand|mình mất hết niềm tin}
> {delivery|Hàng giao tới móp méo hết} nên {after_sales|phải gửi trả mà không ai nhận}
> {app|App văng liên tục} nên {payment|không thanh toán được hóa đơn}
> {website|Web không cho chọn cỡ}, nên {delivery|shop gửi nhầm cỡ cho em}
> {app|Ứng dụng lỗi không đăng nhập được}, cho nên {hotline|phải gọi tổng đài chờ cả tiếng}
> {hotline|Gọi tổng đài không ai bắt máy}. Vì vậy {store|tôi phải ra tận chi nhánh xếp hàng}
> {ordering|Đơn bị hủy không báo trước}. Vì thế {brand|tôi sẽ không đặt ở đây nữa}
> {product|Máy hỏng sau ba hôm} khiến {brand|tôi rất thất vọng}
> {staff|Nhân viên tư vấn sai gói cước} khiến {pricing|tôi bị trừ tiền oan}
> {delivery|Shipper ném hàng qua cổng} làm cho {product|bình hoa vỡ tan}
> {delivery|Đóng gói sơ sài} dẫn đến {product|bát đĩa vỡ gần hết}
> {app|Hệ thống bảo trì suốt} dẫn tới {payment|tiền chuyển ba ngày chưa tới}
> {advertising|Quảng cáo ghi miễn phí lắp đặt}, thành ra {pricing|mất thêm ba trăm nghìn}
> {chat|Nhắn tin không ai trả lời} nên {ordering|tôi không đặt được bàn}
> {product|Vải mỏng dính} nên {brand|sẽ không mua lại}
> {store|Quán đông nghẹt} nên {product|món lên rất chậm}
> {staff|Lễ tân làm mất thông tin đặt phòng} nên {product|chúng tôi phải ở phòng hôi hám}
> {pricing|Phí ship tính sai} do đó {payment|tiền bị trừ hai lần}
> {after_sales|Bảo hành hẹn lần này lượt khác} làm tôi {brand|quá chán hãng này}
> {payment|Thanh toán bị treo} nên {delivery|đơn không được giao}
> {ordering|Đặt bàn trước mà quán không ghi} nên {store|đứng chờ ngoài nắng cả tiếng}
> {delivery|Thợ lắp đặt ẩu} thành thử {product|máy lạnh chảy nước suốt}
> {app|Cập nhật xong app lỗi tè le} bởi vậy {brand|tôi chuyển sang ngân hàng khác}
> {website|Trang web ghi sai giờ mở cửa} nên {store|tới nơi thì cửa đóng then cài}
> {hotline|Tổng đài báo sai địa chỉ bảo hành} nên {after_sales|tôi chạy ba nơi vẫn chưa sửa được máy}
< {brand|Sẽ không quay lại} vì {staff|nhân viên quá thô lỗ}
< {brand|Thất vọng} vì {delivery|giao hàng quá lâu}
< {product|Bánh bị nát hết} do {delivery|đóng gói cẩu thả}
< {product|Kem chảy hết} vì {delivery|shipper đi vòng vòng cả tiếng}
< {payment|Không chuyển được tiền} do {app|app cứ báo lỗi hệ thống}
< {after_sales|Không đổi trả được} bởi vì {staff|nhân viên quên ghi hóa đơn}
< {hotline|Phải gọi tổng đài năm lần} tại vì {app|app không gửi mã xác nhận}
< {brand|Cho một sao} vì {app|đăng nhập mãi không được}
< {product|Đồ ăn nguội ngắt} do {delivery|giao trễ gần hai tiếng}
< {store|Phải ra quầy chờ cả buổi} vì {app|ứng dụng không xác thực được khuôn mặt}
< {pricing|Bị tính thêm phí} do {staff|nhân viên nhập sai gói}
< {delivery|Nhận nhầm màu} do {website|hình trên web không đúng}
< {brand|Không hài lòng chút nào} bởi {product|hàng khác xa mô tả}
< {payment|Tiền bị trừ hai lần} từ khi {app|app cập nhật bản mới}
< {app|Ứng dụng giật lag} từ hồi {website|đổi giao diện rối rắm}
< {product|Mạng chập chờn} từ lúc {delivery|thợ lắp đặt cẩu thả}
< {product|Máy hay tắt nguồn} sau khi {after_sales|bảo hành trả về ẩu}
< {product|Máy in kêu to} kể từ khi {after_sales|sửa ở trung tâm làm ăn cẩu thả}
< {ordering|Phải hủy đơn} vì {chat|shop không trả lời tin nhắn}
< {brand|Trừ hai sao} do {delivery|đóng gói ẩu}
< {product|Phòng ẩm mốc} chắc tại {staff|nhân viên lười dọn}
< {brand|Quá bực} vì {pricing|phí tự nhiên tăng gấp đôi}
> Do {delivery|giao hàng chậm trễ}, {product|hoa héo hết cả bó}
> Từ khi {app|app cập nhật giao diện mới}, {payment|thanh toán cứ bị lỗi}
> Sau khi {after_sales|bảo hành trả máy về}, {product|pin tụt nhanh hơn trước}
> Vì {delivery|giao trễ} nên {product|bánh thiu mất}
> Do {staff|nhân viên nhập sai tên} nên {payment|hóa đơn không dùng được}
> Tại vì {app|app lỗi} nên {ordering|đặt vé không xong}
> Hôm qua {website|web sập cả ngày} nên {hotline|gọi tổng đài không sao gặp được ai}, bực mình
- {delivery|Giao hàng chậm}, {staff|nhân viên thô lỗ}
- {product|Hàng dởm}. {brand|Mọi người không nên mua}
- {app|App quá lag}, {brand|không nên tải về}
- {pricing|Giá cao} và {product|chất lượng kém}
- {staff|Nhân viên chậm chạp}. Shop nên đào tạo lại, {pricing|giá cũng cao nữa}
- {delivery|Giao chậm}. Quán nên xem lại {store|chỗ để xe quá chật}
- {product|Đồ ăn dở} mà {pricing|giá thì chát}
- Mua tại {store|cửa hàng Quận 1 chật chội}, {staff|nhân viên mặt lạnh}
- {product|Vòi nước hỏng} tại {store|chi nhánh Thủ Đức bẩn thỉu}
- {app|Ứng dụng lỗi} không hiểu lý do gì, {hotline|tổng đài thì im}
- {hotline|Gọi lên hỏi lý do} thì {staff|nhân viên cúp máy}
- {payment|Trừ tiền vô cớ}, tại sao {hotline|tổng đài không ai trả lời}
- Vì sao {delivery|giao hàng lâu vậy}, {chat|hỏi thì không ai đáp}
- {app|Ứng dụng tự do trừ tiền}, {brand|quá tệ}
- {product|Áo trở nên cũ kỹ sau một lần giặt}, {delivery|giao thì lâu}
- {delivery|Giao chậm} nhưng {product|hàng lại lỗi nữa}
- {product|Máy nóng}, không phải do {delivery|vận chuyển}
- {product|Máy lỗi}, không phải vì {app|phần mềm cũ}
- {staff|Thái độ kém}, {product|đồ ăn nguội}, nên cải thiện {store|nhà vệ sinh bẩn}
- {product|Phòng hôi}. Nên thêm {staff|nhân viên dọn dẹp vì quá ít}
- {ordering|Đặt phòng rắc rối}, còn {store|bãi xe thì bé tí}
- {app|App đơ}, {payment|nạp tiền không vào}, {hotline|tổng đài im re}
- Mình chọn chỗ này vì gần nhà. {product|Đồ ăn dở}, {staff|phục vụ chậm}
- Mua vì thấy rẻ nhưng {product|hàng kém}, {delivery|giao lâu}
- {delivery|Giao lâu} đã đành, {product|hàng còn hỏng}
- {pricing|Giá đắt}. Bạn bè rủ nên mình mới tới, {store|quán bé xíu}
- {product|Bún nhạt}, {staff|phục vụ quên món}, chắc không ghé nữa
- {hotline|Tổng đài nói một đằng}, {store|chi nhánh nói một nẻo}
- {store|Chỗ ngồi chật}, do đi đông nên đành chịu, {pricing|giá cũng cao}
- {app|Ứng dụng chậm} sau 3 ngày {payment|chuyển tiền chưa tới}
- {product|Nước lẩu mặn}. Cũng tại mình dễ tính. {staff|Phục vụ lơ đãng}
- {staff|Bạn thu ngân cáu kỉnh}, {payment|máy quẹt thẻ hỏng}
- {advertising|Quảng cáo làm phiền}, {app|app thì nặng}
- {product|Sách bị rách} và {delivery|hộp móp}
"""
PLAIN = """
> {delivery|giao hang cham qua} nen {brand|minh that vong lam}
> {app|app loi khong vao duoc} nen {payment|khong chuyen duoc tien}
> {staff|nhan vien tu van sai} cho nen {pricing|minh bi tru them tien}
> {hotline|goi tong dai khong duoc} vi vay {store|phai ra ngan hang cho ca buoi}
< {brand|khong hai long} boi vi {product|hang khac xa hinh}
< {payment|khong thanh toan duoc} tu khi {app|app cap nhat ban moi}
> {delivery|dong goi qua so sai} khien {product|chai nuoc be nat}
< {brand|se khong mua lai} vi {delivery|giao hang qua lau}
- {app|app nay te qua} {brand|moi nguoi khong nen tai ve dung}
- {payment|nap tien vao vi dien tu khong duoc}, {hotline|tong dai thi khong ai nghe}
- {product|hang kem} ma {delivery|giao cung lau nua}
- {store|mua tai cua hang nay nong nuc}, {staff|nhan vien thi luoi}
"""
ENGLISH = """
> {website|The site kept crashing} so {hotline|I had to wait an hour on the phone}
> {delivery|The parcel arrived soaked}, so {product|the book is ruined}
> {app|The app would not accept my card} so {store|I had to queue at the branch}
> {hotline|Nobody answered the phone}, so {brand|I am leaving for good}
> {ordering|My booking was lost} so {product|we ended up in a tiny smelly room}
> {staff|The agent gave me the wrong form}, therefore {payment|my refund was refused}
> {delivery|They missed two appointments}. That's why {brand|I will never recommend them}
> {product|The router died after a day} which is why {hotline|I spent my evening on hold}
> {advertising|The ad promised free delivery}. As a result {pricing|I was charged twenty pounds more}
> {delivery|Poor packaging} led to {product|two broken glasses}
> {app|The outage} resulted in {payment|my rent being paid late}
> {staff|The rude waiter} made me {brand|never want to come back}
> {product|Constant faults} forced me {hotline|to ring support every single week}
> {website|Wrong opening hours online} meant {store|we stood in front of a locked door}
> {payment|The double charge} caused {pricing|an overdraft fee}
> {delivery|The late courier} meant {product|cold and soggy pizza}
> {ordering|They cancelled my order without a word}, leaving {brand|me furious}
> {chat|The bot sent me in circles} so {hotline|I called and got cut off twice}
> {app|Login is broken since the update} hence {hotline|the endless calls to support}
> {store|The shop was overcrowded} so {staff|nobody served us}
< {brand|I am leaving} because {hotline|nobody ever answers the phone}
< {product|The food was cold} because {delivery|the driver got lost}
< {hotline|I had to call five times} because {app|the app never sent the code}
< {payment|I could not pay} due to {app|a constant error message}
< {brand|One star} because of {staff|the rude receptionist}
< {product|The vase was broken} due to {delivery|careless packing}
< {brand|Very disappointed} because {delivery|it took three weeks}
< {after_sales|I could not return it} because {staff|the cashier forgot the receipt}
< {product|The line has been noisy} ever since {delivery|the engineer botched the installation}
< {app|The app keeps freezing} since {website|they merged it with that awful site}
< {pricing|I paid twice} because {website|the page froze at checkout}
< {store|We waited outside} because {ordering|our reservation was not in the system}
< {hotline|On hold for an hour} because of {website|a broken booking page}
< {product|My phone overheats} after {after_sales|your technician repaired it badly}
< {brand|Never again} cos {delivery|the courier dumped it in the rain}
< {payment|The refund took two months} thanks to {staff|clueless staff}
< {product|We had no hot water} as a result of {staff|the caretaker's laziness}
< {brand|I closed my account} after {payment|they charged me twice}
> Because {delivery|the engineer never came}, {product|we had no internet for a month}
> Due to {website|a bug on the site}, {ordering|my order went through twice}
> Since {app|the new update was released}, {payment|every payment fails}
> After {staff|the technician left the job half done}, {product|the boiler leaked}
> Since {delivery|the delivery was late}, {product|the flowers were dead}
> Ever since {app|you changed the app}, {payment|transfers hang for days}
- {delivery|Delivery was late} and {product|the product is faulty}
- {product|The food was so bland} and {staff|service so slow}
- {app|The app is so slow}, {hotline|support is useless}
- {staff|Staff were rude}, {store|the place was dirty}
- {product|The phone broke} after two weeks, {hotline|support does not answer}
- {after_sales|The after sales team is hopeless}, {pricing|prices keep rising}
- {hotline|I called after lunch} and {staff|the man was rude}
- {product|No internet since Monday}, {hotline|phone line always busy}
- {delivery|Still waiting since January}. {hotline|No one calls back}
- {product|Room was not as pictured}. So far {staff|nobody has apologised}
- {pricing|Too expensive} but {product|also poorly made}
- {app|App crashes}. {website|Website is no better}
- {staff|The waiter was rude} although {product|the food was bad too}
- {product|It broke}, not because of {delivery|the courier}
- {delivery|Delivery is due to arrive in May}, {hotline|nobody will tell me why}
- {product|Not so good} and {pricing|not so cheap}
- I came because a friend told me to. {product|Dull food}, {staff|slow service}
- {chat|The chat is useless} or {hotline|the phone rings forever}
- {website|Website is a mess}, {app|app is worse}, {brand|what a joke}
- {payment|Paying is a pain}; {store|parking too}
- {product|The signal drops} while {pricing|the bill goes up}
- {delivery|It came late}, then {product|it stopped working}
- {store|The queue was long}, even after 30 minutes {staff|nobody moved}
- {product|I think so little of this phone}, {brand|never again}
- {ordering|Booking was a nightmare}, what's more {pricing|fees are hidden}
- {staff|Do not trust the salesman}, {product|the car was a lemon}
- {product|Do not buy}, {pricing|overpriced}
- {delivery|Late}, {product|damaged}, {hotline|no help}
"""
SENTENCES = [line for block in (VIETNAMESE, PLAIN, ENGLISH) for line in block.strip().splitlines()]
MARK = re.compile(r"\{(\w+)\|([^}]*)\}")


def marked(sentence: str) -> tuple[str, list[tuple[int, int, str, str]]]:
    """The bare text and its mentions, all negative but those of a touchpoint written in capitals."""
    text, mentions, at = "", [], 0
    for match in MARK.finditer(sentence):
        text += sentence[at : match.start()]
        start, at = len(text), match.end()
        text += match[2]
        mood = "positive" if match[1].isupper() else "negative"
        mentions.append((start, len(text), match[1].lower(), mood))
    return text + sentence[at:], mentions


def told(sentence: str) -> str:
    """The verdict on a sentence in the form of the marks above."""
    text, mentions = marked(sentence)
    causes = {pair.cause for pair in pairs_in(text, places_of(mentions), language(text))}
    return "".join(sign for sign, cause in ((">", "before"), ("<", "after")) if cause in causes) or "-"


def rates(lines: list[str]) -> tuple[float, float]:
    """Precision and recall."""
    both = [(line[0], told(line[2:])) for line in lines]
    right = sum(true == found != "-" for true, found in both)
    return right / sum(found != "-" for _, found in both), right / sum(true != "-" for true, _ in both)


@pytest.mark.parametrize(("block", "recall"), [(VIETNAMESE, 0.95), (PLAIN, 0.85), (ENGLISH, 0.9)])
def test_what_is_said_to_be_the_cause_is_read_and_nothing_else(block: str, recall: float) -> None:
    precision, found = rates(block.strip().splitlines())
    assert precision == 1.0
    assert found >= recall


def test_the_sentences_are_many_and_half_of_them_vietnamese() -> None:
    assert len(SENTENCES) >= 150
    assert len((VIETNAMESE + PLAIN).split("\n")) > len(SENTENCES) / 2


@pytest.mark.parametrize(
    ("sentence", "sign"),
    [
        # Praise is no complaint, and what is joined to it is not joined to the complaint beyond.
        ("{DELIVERY|Giao nhanh} nên {brand|tôi không còn gì để chê}", "-"),
        ("{delivery|Giao chậm} nên {STAFF|nhân viên gọi xin lỗi} và {app|app thì vẫn lỗi}", "-"),
        # One touchpoint twice, or twice within one stretch, has no direction.
        ("{app|App lag} nên {app|không đăng nhập được}", "-"),
        # Too far apart, or in another sentence.
        ("{app|App lag} là chuyện của tháng trước khi tôi còn ở Đà Nẵng nên {brand|tôi chán}", "-"),
        ("{delivery|Giao chậm}. Mưa nên đường ngập. {staff|Nhân viên cáu gắt}", "-"),
        ("{delivery|Giao chậm} NÊN {brand|TÔI HỦY}", ">"),
        ("{product|It was ruined} BECAUSE {delivery|it came late}", "<"),
        ("{website|The site was down}. That’s why {hotline|I had to call}", ">"),
        # The stretch that a tagger marks often holds the connective.
        ("{delivery|Giao chậm nên} {brand|tôi hủy}", ">"),
        ("{brand|Thất vọng} {delivery|vì giao chậm}", "<"),
        ("{brand|Thất vọng vì giao chậm}, {staff|nhân viên cũng cáu}", "-"),
    ],
)
def test_only_neighbouring_complaints_are_joined(sentence: str, sign: str) -> None:
    assert told(sentence) == sign


def test_language_decides_which_words_are_connectives() -> None:
    assert [language(text) for text in ("Giao chậm", "giao hang cham khong ai goi", "They do not care", "", "hi")] == [
        "vi", "plain", "en", "", "",
    ]  # fmt: skip
    assert connectives_in("They do not answer, I do not know why", "en") == []
    assert [one.cause for one in connectives_in("Hoa héo do nắng", "vi")] == ["after"]


def test_overlapping_mentions_are_one_place() -> None:
    places = places_of(
        [(10, 20, "app", "negative"), (0, 5, "staff", "negative"), (15, 30, "pricing", "negative")]
    )
    assert places == [Place(0, 5, ("staff",)), Place(10, 30, ("app", "pricing"))]
    assert places_of([(0, 9, "app", "negative"), (3, 6, "app", "positive")]) == [Place(0, 9, ())]


PHRASES = {
    "website": "trang web sập", "hotline": "tổng đài không ai nghe", "delivery": "giao hàng trễ", "product": "hàng bị móp",
    "staff": "nhân viên cáu gắt", "pricing": "giá đắt",
}  # fmt: skip


def table(
    seed: int, *, comments: int = 1500, planted: float = 0.04, customers: int | None = None, **columns: Any
) -> Scored:
    """Two complaints a comment, joined by a causal word in 4 %; `planted` is that share for the site and the phone line."""
    rng = np.random.default_rng(seed)
    said, mentions = [], []
    for k in range(comments):
        first, second = rng.choice([*PHRASES], 2, replace=False)
        share = planted if (first, second) == ("website", "hotline") else 0.04
        word = " nên " if rng.random() < share else " do " if rng.random() < 0.02 else ", "
        text = PHRASES[first] + word + PHRASES[second]
        at = len(PHRASES[first] + word)
        said.append({"comment_id": f"c{k}", "text": text, "customer_id": f"k{k % (customers or comments)}"})
        mentions += [
            {
                "comment_id": f"c{k}",
                "touchpoint": first,
                "start": 0,
                "end": len(PHRASES[first]),
                "quote": PHRASES[first],
            },
            {
                "comment_id": f"c{k}",
                "touchpoint": second,
                "start": at,
                "end": len(text),
                "quote": PHRASES[second],
            },
        ]
    found = pd.DataFrame(mentions).assign(factor="general", sentiment="negative", **columns)
    return scored_table(pd.DataFrame(said), found)


def test_a_pair_that_customers_join_more_often_than_others_is_supported() -> None:
    found = witness(table(1, planted=0.6), load_taxonomy())
    assert tuple(found.table.columns) == COLUMNS
    first = found.table.iloc[0]
    assert (first["cause_touchpoint"], first["effect_touchpoint"]) == ("website", "hotline")
    assert first["verdict"] == "supported"
    assert first["low"] > 3
    assert first["low"] < first["ratio"] < first["high"]
    assert first["comments"] == pytest.approx(first["ratio"] * first["expected"])
    assert len(first["examples"]) == 5
    assert (found.table["verdict"] == "supported").sum() == 1
    assert found.limits == ()


@pytest.mark.parametrize("seed", range(4))
def test_words_that_join_all_pairs_alike_are_no_evidence(seed: int) -> None:
    found = witness(table(seed), load_taxonomy()).table
    assert "supported" not in {*found["verdict"]}
    assert "not supported" in {*found["verdict"]}


def test_one_customer_who_says_it_often_is_one_witness() -> None:
    found = witness(table(2, planted=0.9, customers=2), load_taxonomy())
    assert {*found.table["verdict"]} == {"not enough data"}
    assert found.limits[0].reason == "few_said"


def test_quotes_stand_in_for_offsets_and_marks_may_be_apart() -> None:
    given = table(3, comments=400, planted=0.6)
    expected = witness(given, load_taxonomy()).table
    quotes = scored_table(given.comments, given.mentions.drop(columns=["start", "end"]))
    pd.testing.assert_frame_equal(witness(quotes, load_taxonomy()).table, expected)
    comments, mentions = given.comments.copy(), given.mentions.copy()
    comments["text"] = [unicodedata.normalize("NFD", text) for text in comments["text"]]
    mentions["quote"] = [unicodedata.normalize("NFD", quote) for quote in mentions["quote"]]
    apart = scored_table(comments, mentions.drop(columns=["start", "end"]))
    pd.testing.assert_frame_equal(witness(apart, load_taxonomy()).table, expected)


@pytest.mark.parametrize("lost", ["text", "places", "negative", "mentions"])
def test_what_cannot_be_read_is_a_limit(lost: str) -> None:
    given = table(4, comments=30)
    comments, mentions = given.comments, given.mentions
    if lost == "text":
        comments = comments.drop(columns="text")
    elif lost == "places":
        mentions = mentions.drop(columns=["start", "end", "quote"])
    elif lost == "negative":
        mentions = mentions.assign(sentiment="positive")
    else:
        mentions = mentions.iloc[:0]
    found = witness(scored_table(comments.drop(columns="sentiment"), mentions), load_taxonomy())
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS
    assert [limit.about for limit in found.limits] == ["witness"]


def test_empty_offsets_and_unknown_touchpoints_do_no_harm() -> None:
    given = table(5, comments=300, planted=0.7)
    mentions = given.mentions.astype({"touchpoint": str})
    mentions["touchpoint"] = mentions["touchpoint"].replace("website", "portal")
    mentions.loc[::7, ["start", "end"]] = np.nan
    mentions.loc[::11, "quote"] = None
    found = witness(scored_table(given.comments, mentions), load_taxonomy()).table
    assert "portal" in {*found["cause_touchpoint"]}
