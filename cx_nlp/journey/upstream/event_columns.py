"""Columns in which an export dates what a comment tells of, apart from the comment itself."""

PURCHASED = (
    "purchased_at",
    "purchased",
    "purchase_date",
    "purchase_time",
    "ordered_at",
    "order_date",
    "order_time",
    "ngay_mua",
)
"""The purchase: the latest that what was met before and while buying can have happened."""
DELIVERED = (
    "delivered_at",
    "delivered",
    "delivery_date",
    "delivery_time",
    "received_at",
    "ngay_giao",
    "ngay_nhan",
)
"""The delivery."""
EVENT_COLUMNS = (*PURCHASED, *DELIVERED)
"""All of them; what was met after the purchase is dated by the comment."""
