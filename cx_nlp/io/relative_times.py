"""Times that tell only how long before an unknown now: "1 tuần trước", "yesterday"."""

import re

from cx_nlp.io.cells import fold

_COUNT = r"(?:\d+|mot|vai|nua|an?|one|a few|few)"
_UNIT = (
    r"(?:giay|phut|gio|tieng|ngay|hom|tuan|thang|nam|sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|wks?"
    r"|months?|mos?|years?|yrs?|[smhdwy])"
)
_RELATIVE = re.compile(
    rf"(?:(?:khoang|hon|gan|cach day|about|over|almost)\s+)?(?:{_COUNT}\s*{_UNIT}(?:\s+(?:truoc|ago))?"
    r"|(?:hom|toi|sang|chieu) (?:nay|qua|kia)|today|yesterday|just now|now|vua xong|vua moi|moi day|ban nay|gan day"
    r"|(?:tuan|thang|nam) (?:truoc|roi|ngoai|qua|nay)|(?:last|this) (?:week|month|year|night|morning)|recently)"
    r"(?:,?\s*(?:at|luc|vao)?\s*\d{1,2}[:h]\d{0,2}\s*(?:[ap]m)?)?"
)


def is_relative(text: str) -> bool:
    """Whether a text gives a time only relative to an unknown now: "1 tuần trước", "yesterday at 10:30"."""
    return len(text) <= 40 and _RELATIVE.fullmatch(fold(text)) is not None
