import pytest

from cx_nlp.text import detect

VIETNAMESE = """
Giao hàng nhanh, đóng gói cẩn thận
sản phẩm tốt
rất hài lòng
Nhân viên thân thiện nhưng hơi chậm
đẹp
ổn
Quán đông, chờ 30 phút mới có món
app lỗi suốt, không đăng nhập được
Ship nhanh, shop tư vấn nhiệt tình
hotline gọi mãi không ai nghe máy
Phòng sạch, view đẹp, sẽ quay lại
Wifi yếu, check in lâu
máy chạy mượt, pin trâu, camera nét
Tôi đã mua hai lần rồi
Good, giao hàng nhanh
order 2 ly mà thiếu 1, gọi hotline ko ai nghe
Đã nhận được hàng
chất vải mát, mặc thích lắm nha shop
giá hơi cao so với chất lượng
KHÔNG BAO GIỜ QUAY LẠI
THẤT VỌNG
Tạm được
Update xong là văng app luôn
feedback rồi mà chưa ai rep
tuyệt vời
"""

UNACCENTED = """
Giao hang cham qua
san pham tot
rat hai long
nhan vien than thien
khong dang nhap duoc
do an ngon, gia re
phong sach se, gan bien
mua lan hai roi van tot
cho lau qua, khong quay lai nua
hang dep nhu hinh
chat luong kem, mac mot lan da rach
goi tong dai khong ai nghe
dong goi can than
thai do phuc vu te
may chay muot, pin lau
ung dung hay bi loi
vua gia tien
se ung ho shop tiep
tien mat ma khong ai giai quyet
an ngon lam
can than khi mua hang o day
hang ve tre ba ngay
quan nay dong khach
khong dang tien
me toi rat thich
hang to, dep, mua them cho con
toi muon tra hang
ban nen mua thu
the bi khoa ma khong bao truoc
hay bi treo may
"""

TEENCODE = """
ko hài lòng
k tốt lắm
sp ok, giao nhanh
dc cái rẻ
đc lắm nha
nv nhiệt tình vl
hàng đẹp wá
mk thik lắm
shop rep chậm quá
bt thui à
sp k giống hình
mua r mà ko dùng dc
tks shop nha
ship nhanh lun, sp xinh
mn nên mua nhe
ntn mà đòi 5 sao
hok có gì để chê
trc dùng ổn h lag
giá cx rẻ
tk bị khoá ko rõ lý do
ks sạch, nv dễ thương
ko ai rep ib
app lag vl
đt nóng máy
oke nha shop iu
"""

ENGLISH = """
Fast delivery and careful packaging
great service
the app is easy to use
to me it was too expensive
I can not log in
it is what it is
can you help me
he came on time
The man at the door was so nice to me
an app to hate
not on time again
so good
very bad
Love it
Never again
worst customer service ever
no one answers the phone
they charged me twice and do not refund
I had to wait for an hour
my order came late
staff were friendly and helpful
do not buy this
it broke on day two
can't log in since the update
The room was clean but the bed was hard
good value for money
they lost my bag and no one cared
ok but the price is too high
easy to set up
Hanoi hotel was great, the staff too
Our stay in Hội An was lovely and the beach was clean
cancelled flight, no refund, no apology
been on hold for 40 minutes
my tv came with a scratch on it
The bank should let me do it on the app
an hour on hold and then they hung up on me
Delicious food, will come back
Would not recommend
five stars from me
thanks for the quick reply
ok I like it
quick and easy
the coat is thin but the size is right
am so happy with it
his tone was rude
a hot meal and a kind driver
slow app, hangs a lot
not what I paid for
the screen is dim
I got the wrong item
"""

UNDECIDED = """
ok
OK
5
10/10
...
👍👍👍
:)
shop
app
100k
https://example.com/abc
@@@
ok shop
iphone 12 pro max
很好吃
ดีมาก
отлично
12:30
x2
!!!
"""


def labelled() -> list[tuple[str, str]]:
    groups = (
        ("vi", VIETNAMESE),
        ("vi", UNACCENTED),
        ("vi", TEENCODE),
        ("en", ENGLISH),
        ("und", UNDECIDED),
    )
    return [(text, code) for code, block in groups for text in block.strip().splitlines()]


def test_short_comments_are_told_apart() -> None:
    wrong = [(text, code, detect(text)) for text, code in labelled() if detect(text).code != code]
    assert len(labelled()) >= 150
    assert len(wrong) <= 0.03 * len(labelled()), wrong


@pytest.mark.parametrize(
    "text", ["the", "to me", "can do", "it is on the app", "an hour", "so so sad", "can you do it"]
)
def test_english_words_that_look_like_syllables_are_english(text: str) -> None:
    assert detect(text).code == "en"


def test_diacritics_are_reported() -> None:
    assert detect("giao hàng chậm").diacritics
    assert not detect("giao hang cham").diacritics
    assert not detect("the café was très good").diacritics


def test_share_is_between_nothing_and_all() -> None:
    assert detect("").share == 0.0
    assert 0.0 < detect("ship nhanh, good lắm").share <= detect("giao hàng rất nhanh").share <= 1.0


def test_case_does_not_matter() -> None:
    assert detect("GIAO HANG CHAM QUA")[:2] == detect("giao hang cham qua")[:2]
