"""What belongs to each shipped label, in Vietnamese, for the people who label; the English stands in taxonomy.toml."""

VIETNAMESE = {
    "advertising": "quảng cáo, chương trình, tin nhắn và cuộc gọi tiếp thị, báo chí; những gì quảng cáo hứa",
    "social_media": "fanpage, bài đăng, livestream, hội nhóm",
    "word_of_mouth": "bạn bè, người đánh giá hay khách khác nói gì trước khi mua",
    "website": "trang web, tìm kiếm, trang sản phẩm, nội dung trên trang",
    "app": "ứng dụng di động: đăng nhập, cập nhật, tính năng, văng, thông báo; game trên điện thoại",
    "pricing": "mức giá, phí, giảm giá, voucher, đáng tiền hay không",
    "store": "cửa hàng, chi nhánh, nhà hàng, khách sạn như một địa điểm: vị trí, không gian, vệ sinh, chỗ gửi xe, tiện ích chung",
    "staff": "nhân viên gặp trực tiếp, hoặc nói “nhân viên” mà không rõ kênh nào",
    "ordering": "chọn hàng, đặt mua, đặt chỗ, đăng ký, mở tài khoản, hủy đơn, xếp hàng",
    "payment": "thanh toán, chuyển khoản, tiền hoàn về tài khoản, hóa đơn",
    "delivery": "giao hàng, đóng gói, shipper, giao sai hoặc thiếu, lắp đặt, kích hoạt dịch vụ mới",
    "product": "thứ khách mua: hàng hóa, món ăn, phòng khách sạn, khóa học, chuyến bay, thẻ, dịch vụ ngân hàng",
    "hotline": "gọi điện cho bộ phận hỗ trợ",
    "email": "liên hệ qua e-mail",
    "chat": "inbox, chat, chatbot, nhắn tin với người bán hoặc bộ phận hỗ trợ",
    "after_sales": "bảo hành, sửa chữa, đổi trả, giải quyết khiếu nại, “chăm sóc khách hàng” không rõ kênh nào",
    "loyalty_program": "thành viên, tích điểm, quà sinh nhật, hạng thẻ",
    "brand": "cả công ty hoặc cả trải nghiệm nói chung; sẽ quay lại, sẽ giới thiệu, sẽ bỏ",
    "issue_resolution": "sự cố, khiếu nại, sai sót, trường hợp ngoại lệ có được giải quyết không; theo đến cùng, bồi thường",
    "attitude_expertise": "con người: lịch sự, chu đáo, trung thực, am hiểu",
    "convenience": "dễ hay phiền, công sức bỏ ra, vị trí, giờ mở cửa, có nhiều cách để chọn, dễ dùng",
    "channel_consistency": "thông tin có đúng và giống nhau ở mọi nơi không: quảng cáo với thực tế, web với cửa hàng, các nhân viên "
    "với nhau, giữ lời hứa",
    "responsiveness": "phục vụ nhanh hay chậm: thời gian giao, chờ đợi, trả lời, xử lý",
    "product_quality": "chất lượng, vị ngon, độ bền, tính năng, lỗi, văng, giật, hàng đúng và nguyên vẹn",
    "value": "giá, phí, giảm giá so với những gì nhận được",
    "environment": "không gian, sạch sẽ, tiếng ồn, ánh sáng, mùi, trang trí; với kênh số là giao diện",
    "general": "khen hay chê điểm chạm mà không nói vì sao",
}
SENTIMENTS = {
    "positive": ("khách hài lòng", "the customer is pleased"),
    "negative": (
        "khách không hài lòng; góp ý mà thực ra là chê cũng tính vào đây",
        "the customer is displeased; a wish that implies a complaint, too",
    ),
    "neutral": (
        "nêu sự việc, hỏi, mong muốn, hoặc “bình thường, tạm ổn”",
        "a fact, a question, a wish, or lukewarm",
    ),
    "mixed": (
        "chỉ cho cả bình luận: vừa có lời khen rõ vừa có lời chê rõ",
        "of the whole comment only: clear praise and a clear complaint",
    ),
}
"""Vietnamese and English explanation of each sentiment."""
