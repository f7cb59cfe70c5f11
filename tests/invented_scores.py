"""An invented scored table: a retailer's comments with the labels a tagger would give, for tests and screenshots."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

# (touchpoint, factor, sentiment, phrases)
VIETNAMESE = [
    ("delivery", "responsiveness", "negative", ["giao hàng trễ ba ngày so với hẹn", "đợi mãi mới thấy shipper gọi", "hẹn giao sáng mà tối mịt mới tới", "đơn nằm ở kho cả tuần không nhúc nhích", "giao chậm quá, quà sinh nhật thành quà tết"]),
    ("delivery", "responsiveness", "positive", ["giao nhanh hơn dự kiến", "sáng đặt chiều đã có hàng", "ship hỏa tốc đúng nghĩa"]),
    ("delivery", "product_quality", "negative", ["hộp móp méo, góc rách toạc", "gửi nhầm màu, phải đổi lại", "thiếu mất một món trong đơn", "đóng gói sơ sài nên vỡ nắp"]),
    ("delivery", "product_quality", "positive", ["đóng gói ba lớp rất chắc", "bọc chống sốc kỹ lưỡng"]),
    ("delivery", "attitude_expertise", "positive", ["anh giao hàng lễ phép", "shipper còn bê giúp lên tầng năm"]),
    ("product", "general", "positive", ["máy dùng thích lắm", "hàng đẹp mê", "nồi chiên xài ngon lành"]),
    ("product", "product_quality", "positive", ["vải dày, giặt máy không xù", "pin trâu, hai ngày mới sạc", "chạy êm, không nóng máy"]),
    ("product", "product_quality", "negative", ["dùng một tuần đã rè loa", "đường chỉ bung ngay lần giặt đầu", "nút nguồn bấm lúc được lúc không"]),
    ("product", "channel_consistency", "negative", ["màu ngoài đời khác hẳn ảnh", "mô tả ghi 2 lít mà thực tế 1,5 lít"]),
    ("product", "channel_consistency", "positive", ["y như hình", "đúng mô tả từng chi tiết"]),
    ("hotline", "responsiveness", "negative", ["gọi tổng đài hai mươi phút không ai nhấc máy", "bấm phím vòng vòng rồi bị ngắt máy"]),
    ("hotline", "issue_resolution", "negative", ["tổng đài hứa gọi lại rồi im luôn", "gọi bốn lần vẫn chưa xử lý xong"]),
    ("hotline", "attitude_expertise", "positive", ["em trực tổng đài nói chuyện dễ thương"]),
    ("after_sales", "issue_resolution", "negative", ["bảo hành trả máy về vẫn nguyên bệnh", "đổi trả đòi đủ thứ giấy tờ rồi từ chối", "khiếu nại cả tháng không ai trả lời dứt điểm"]),
    ("after_sales", "issue_resolution", "positive", ["đổi máy mới ngay trong ngày", "lỗi cái là hoàn tiền liền"]),
    ("app", "product_quality", "negative", ["app văng ra mỗi lần thanh toán", "cập nhật xong đăng nhập không nổi", "mã xác nhận không bao giờ về"]),
    ("app", "convenience", "positive", ["app dễ dùng, tìm gì cũng thấy", "theo dõi đơn trên ứng dụng rất tiện"]),
    ("app", "convenience", "negative", ["muốn hủy đơn trên app mà tìm không ra nút"]),
    ("pricing", "value", "positive", ["giá mềm hơn chỗ khác", "săn được mã giảm nên rất hời", "đáng đồng tiền"]),
    ("pricing", "value", "negative", ["giá đội lên sau khi áp mã", "phí ship đắt ngang món hàng"]),
    ("pricing", "channel_consistency", "negative", ["tới bước cuối mới lòi ra phụ phí"]),
    ("staff", "attitude_expertise", "positive", ["nhân viên tư vấn tận tình", "bạn bán hàng hiểu sản phẩm, nói dễ hiểu"]),
    ("staff", "attitude_expertise", "negative", ["nhân viên mặt lạnh như tiền", "hỏi gì cũng trả lời không biết"]),
    ("store", "environment", "positive", ["cửa hàng sạch, thơm, nhạc vừa tai"]),
    ("store", "convenience", "negative", ["chỗ gửi xe chật, dắt ra toát mồ hôi"]),
    ("payment", "responsiveness", "negative", ["tiền hoàn hai tuần chưa về tài khoản"]),
    ("payment", "convenience", "positive", ["quét mã cái là xong"]),
    ("ordering", "convenience", "positive", ["đặt hàng ba bước là xong"]),
    ("ordering", "product_quality", "negative", ["đơn tự nhiên bị hủy không báo"]),
    ("website", "convenience", "negative", ["web tìm kiếm ra toàn thứ không liên quan"]),
    ("chat", "responsiveness", "negative", ["nhắn tin hỏi từ sáng tới tối mới đáp một chữ"]),
    ("advertising", "channel_consistency", "negative", ["quảng cáo tặng quà mà mua xong không thấy quà đâu"]),
    ("loyalty_program", "value", "positive", ["điểm thưởng đổi được nhiều thứ thiết thực"]),
    ("brand", "general", "positive", ["rất hài lòng", "sẽ còn quay lại", "năm sao"]),
    ("brand", "general", "negative", ["thất vọng tràn trề", "không bao giờ mua ở đây nữa"]),
]  # fmt: skip
ENGLISH = [
    ("delivery", "responsiveness", "negative", ["the parcel came four days late", "waited all Saturday for a courier who never showed"]),
    ("delivery", "responsiveness", "positive", ["arrived a day early"]),
    ("delivery", "product_quality", "negative", ["the box was crushed on one side", "one item was missing"]),
    ("product", "general", "positive", ["love this kettle", "great little speaker"]),
    ("product", "product_quality", "negative", ["the zip broke on the second wear"]),
    ("hotline", "responsiveness", "negative", ["forty minutes on hold before the line went dead"]),
    ("after_sales", "issue_resolution", "negative", ["the repair came back with the same fault"]),
    ("app", "product_quality", "negative", ["the app freezes at checkout every time"]),
    ("app", "convenience", "positive", ["the app makes reordering painless"]),
    ("pricing", "value", "positive", ["cheaper than anywhere else I looked"]),
    ("staff", "attitude_expertise", "positive", ["the lady at the counter really knew her stuff"]),
    ("brand", "general", "positive", ["would recommend", "five stars"]),
    ("brand", "general", "negative", ["never again"]),
]  # fmt: skip
BLAND = {
    "vi": ["đã nhận hàng", "cho hỏi còn size M không", "ok shop"],
    "en": ["thanks", "does it come in blue?"],
}
STAGE = {
    "advertising": "awareness", "website": "consideration", "pricing": "consideration", "staff": "purchase", "store": "purchase",
    "payment": "purchase", "ordering": "purchase", "delivery": "purchase", "loyalty_program": "loyalty", "brand": "loyalty",
}  # fmt: skip
COMMON = {
    "delivery": 3.0,
    "product": 3.0,
    "brand": 2.0,
    "app": 1.5,
    "after_sales": 1.5,
    "hotline": 0.7,
    "website": 0.3,
}


def invented_comments(
    count: int = 2000, *, english: float = 0.1, seed: int = 7
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments and mentions over 2024; deliveries get worse in the last quarter."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, 366, count))
    made = [
        _comment(rng, f"c{at:06d}", day, "en" if rng.random() < english else "vi")
        for at, day in enumerate(days)
    ]
    comments = pd.DataFrame([comment for comment, _ in made])
    mentions = pd.DataFrame([mention for _, found in made for mention in found])
    return comments, mentions


def write_tables(
    folder: Path, comments: pd.DataFrame, mentions: pd.DataFrame, manifest: dict | None = None
) -> Path:
    """The tables in `folder`, as a run of scoring leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    comments.to_parquet(folder / "comments.parquet", index=False)
    mentions.to_parquet(folder / "mentions.parquet", index=False)
    if manifest is not None:
        (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def _comment(rng: np.random.Generator, id: str, day: int, lang: str) -> tuple[dict, list[dict]]:
    parts, mentions = "", []
    for touchpoint, factor, sentiment, phrase in _said(rng, day, lang):
        parts += (" " if parts else "") + (phrase if parts else phrase[0].upper() + phrase[1:])
        start = len(parts) - len(phrase)
        mentions.append(
            {
                "comment_id": id, "touchpoint": touchpoint, "factor": factor, "stage": STAGE.get(touchpoint, "use"), "sentiment": sentiment,
                "confidence": round(float(rng.beta(8, 2)), 3), "start": start, "end": len(parts), "quote": parts[start:],
            }
        )  # fmt: skip
        parts += "."
    text = parts or str(rng.choice(BLAND[lang]))
    feelings = {mention["sentiment"] for mention in mentions}
    sentiment = "mixed" if len(feelings) == 2 else next(iter(feelings), "neutral")
    confidence = min((mention["confidence"] for mention in mentions), default=0.9)
    rating = {"positive": 4.7, "negative": 1.7, "mixed": 3.0, "neutral": 4.0}[sentiment] + rng.normal(0, 0.7)
    return {
        "comment_id": id, "text": text, "customer_id": f"kh{rng.integers(0, 1400)}",
        "time": pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(day), hours=int(rng.integers(0, 24))),
        "rating": float(np.clip(round(rating), 1, 5)), "channel": str(rng.choice(["Website", "App", "Cửa hàng", "Zalo"], p=[0.4, 0.3, 0.2, 0.1])),
        "segment": str(rng.choice(["Khách mới", "Khách quen", "VIP"], p=[0.5, 0.4, 0.1])),
        "sentiment": sentiment, "confidence": confidence, "needs_review": bool(confidence < 0.55), "branch": f"CN{rng.integers(1, 9)}",
    }, mentions  # fmt: skip


def _said(rng: np.random.Generator, day: int, lang: str) -> list[tuple[str, str, str, str]]:
    table = VIETNAMESE if lang == "vi" else ENGLISH
    weights = np.array([_weight(*row[:3], day) for row in table])
    number = rng.choice([0, 1, 2, 3], p=[0.12, 0.5, 0.28, 0.1])
    rows = [table[at] for at in rng.choice(len(table), size=number, replace=False, p=weights / weights.sum())]
    return [(*row[:3], str(rng.choice(row[3]))) for row in rows]


def _weight(touchpoint: str, factor: str, sentiment: str, day: int) -> float:
    late = day > 280 and (touchpoint, factor, sentiment) == ("delivery", "responsiveness", "negative")
    return COMMON.get(touchpoint, 0.5) * (1.6 if sentiment == "positive" else 1.0) * (3.5 if late else 1.0)
