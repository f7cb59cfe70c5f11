"""Numbers under which a bank, a wallet, an insurer or a shop keeps a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.codes import CODE, is_code
from cx_nlp.personal.cues import Cues
from cx_nlp.personal.numbers import digits_of, is_amount, mod97
from cx_nlp.personal.reading import Reading

# Lengths of the SWIFT registry of IBANs.
_IBAN_LENGTHS = {
    "ad": 24, "ae": 23, "at": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20, "es": 24, "fi": 18,
    "fr": 27, "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "is": 26, "it": 27, "li": 21, "lt": 20, "lu": 20, "lv": 21, "mc": 27,
    "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24, "sa": 24, "se": 24, "si": 19, "sk": 24, "tr": 26,
}  # fmt: skip
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?: ?[a-z\d]){11,29}")
_BANKS = (
    "vietcombank", "vcb", "techcombank", "tcb", "bidv", "vietinbank", "ctg", "agribank", "mbbank", "mb", "acb", "vpbank", "tpbank", "sacombank",
    "stb", "hdbank", "shb", "vib", "ocb", "msb", "eximbank", "seabank", "lpbank", "momo", "zalopay", "vnpay", "shopeepay", "cake", "timo",
)  # fmt: skip
_STRONG = Cues("""
    stk
    s.t.k
    so tk, tai khoan
    tai khoan so
    account number, num, no, #
    acct *, no, #
    a/c *, no
    bank account
    checking account
    savings account
    current account
    sort code
    routing number, no
    iban
""")
_STRONG_FORM = re.compile(
    r"[^\d\n]{0,25}?(?P<number>(?<!\w)\d(?:[ .\-]?\d){5,18}|(?<!\w)\d{2,4}[a-z]\d{6,10})(?!\w)"
)
_WEAK = Cues("\n".join((
    "tai khoan", "tk", "ck vao, toi, den, qua", "chuyen khoan vao, khoan toi, khoan den, khoan qua, tien vao, tien toi, tien qua, vao, toi, den, qua",
    "account", "wallet", "mb *, bank", "vp bank", "tp bank", "hd bank", "lp bank", "zalo pay", *(bank for bank in _BANKS if bank != "mb"),
)))  # fmt: skip
_WEAK_FORM = re.compile(r"(?P<gap>[^\d\n]{0,25}?)(?P<number>(?<!\w)\d(?:[ .\-]?\d){7,16})(?!\w)")
_BEFORE_BANK = re.compile(
    rf"(?<![\w.,])(?P<number>\d{{8,16}})[ ,:\-]{{1,3}}(?:ngan hang )?(?:{'|'.join(_BANKS)})\b"
)
# Between the word and the number these say that the number is money, or something else.
_MOVED = re.compile(
    r"\b(?:tru|nap|cong|rut|mat|them|phi|charged|deducted|debited|credited|paid|hoan|goi|sdt|call|phone|don|order|ngay|on)\b"
)
_CUSTOMER = Cues("""
    ma khach hang, khach, kh, thanh vien, hop dong
    customer id, number, no, code
    member id, number, no
    membership id, number, no, card
    policy number, no
    hop dong
    loan account, number
    contract number, no
""")
_CUSTOMER_FORM = re.compile(rf"[^\d\n]{{0,25}}?(?P<number>{CODE})")


def iban_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """International account numbers with right check digits."""
    text = reading.folded
    for match in _IBAN.finditer(text) if reading.digits >= 10 else ():
        places = [at for at in range(match.start(), match.end()) if text[at] != " "]
        length = _IBAN_LENGTHS.get(match[0][:2], len(places) + 1)
        if length <= len(places) and mod97("".join(text[at] for at in places[:length])):
            yield match.start(), places[length - 1] + 1


def account_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Numbers after a word for accounts, and beside a bank's name; numbers of customers, members and contracts."""
    if reading.digits >= 6:
        for match in _STRONG.behind(reading, _STRONG_FORM):
            if not is_amount(reading, *match.span("number")):
                yield match.span("number")
    if reading.digits >= 8:
        for match in (*_WEAK.behind(reading, _WEAK_FORM), *_BEFORE_BANK.finditer(reading.folded)):
            if not is_amount(reading, *match.span("number")) and not _money(match):
                yield match.span("number")
    for match in _CUSTOMER.behind(reading, _CUSTOMER_FORM):
        if (span := is_code(reading, *match.span("number"), digits=4)) is not None:
            yield span


def _money(match: re.Match[str]) -> bool:
    gap = match.groupdict().get("gap") or ""
    return bool(_MOVED.search(gap)) or digits_of(match["number"]).startswith(("1800", "1900"))
