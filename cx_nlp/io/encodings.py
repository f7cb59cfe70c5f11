"""Encoding of a text file, found from all of its bytes.

The whole file is looked at before any row is given, because a legacy character may first stand in row 900 000
and a score must not fail half way. The look costs about six seconds for a gigabyte of Vietnamese, a fifth of what
reading it costs.

UTF-8 and UTF-16 prove themselves. Of the one-byte encodings only Windows-1258 (Vietnamese) and Windows-1252
(Western European) are told apart, by the words that they make; everything else, and every doubt, is refused with
the cure `--encoding`, because a wrong guess gives text that looks like text.
"""

import codecs
import re
from pathlib import Path

from cx_nlp.errors import InputError
from cx_nlp.io.codepages import is_vietnamese, is_western
from cx_nlp.io.lines import pieces
from cx_nlp.io.survey import DAMAGED_SHARE, Survey, survey

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_ASCII = re.compile(r"[!-~\t\r\n]")


def find_encoding(path: Path) -> Survey:
    """Encoding of a text file (`Survey.encoding`) and the state of its lines under it.

    Raises
    ------
    InputError
        The encoding is none of UTF-8, UTF-16, Windows-1258 and Windows-1252, cannot be told, or more lines than a
        few are broken.
    """
    head = next(pieces(path), b"")[:65536]
    encoding = _by_mark(head) or _by_zeros(head) or "utf-8"
    if encoding == "utf-32":
        raise InputError(
            f"{path}: is UTF-32; save it as UTF-8 or read it with --encoding utf-32, if that is what it is."
        )
    found = survey(path, encoding)
    if not found.damaged or found.bearable:
        return found
    if found.nul * 2 > found.damaged:
        raise InputError(_too_damaged(path, found, "this may be no text file; export it again as UTF-8"))
    if encoding != "utf-8" or found.foreign > DAMAGED_SHARE * found.damaged:
        raise InputError(_too_damaged(path, found, "the encodings are mixed; save the file as UTF-8"))
    return _legacy(path, found)


def check_encoding(path: Path, encoding: str) -> Survey:
    """State of a file under an encoding that the caller named.

    Raises
    ------
    InputError
        Python knows no such encoding for text, or more lines than a few do not decode.
    """
    try:
        known = codecs.lookup(encoding).name
        plain = bytes(range(32, 127)).replace(b"\\", b"") + b"\\u0041\r\n"
        usable = known.startswith(("utf-16", "utf-32")) or plain.decode(known) == plain.decode("ascii")
    except (LookupError, UnicodeError, ValueError):
        usable = False
    if not usable:
        raise InputError(
            f"{path}: {encoding!r} is not an encoding that can be read here; expected a name such as utf-8, "
            "windows-1258 or gb18030, or save the file as UTF-8."
        )
    found = survey(path, encoding)
    if found.damaged and not found.bearable:
        raise InputError(_too_damaged(path, found, f"{encoding} may be the wrong encoding; leave it out"))
    return found


def _by_mark(head: bytes) -> str | None:
    return next((name for mark, name in _BOMS if head.startswith(mark)), None)


def _by_zeros(head: bytes) -> str | None:
    # Line ends, delimiters, digits and English letters stand out in UTF-16 of any language. Where they are few
    # (Chinese, say), what reads as UTF-8 or as ASCII is no UTF-16 but has stray NUL bytes.
    if head.count(0) < 0.01 * len(head):
        return None
    little, big = (len(_ASCII.findall(head.decode(name, "replace"))) for name in ("utf-16-le", "utf-16-be"))
    share = max(little, big) / (len(head) / 2)
    if _is_utf8(head) and (share < 0.4 or not head.isascii()):
        return None
    if share < 0.2 and _is_mostly_ascii(head):
        return None
    if little > 3 * big:
        return "utf-16-le"
    return "utf-16-be" if big > 3 * little else None


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_ascii(head: bytes) -> bool:
    return len(_ASCII.findall(head.decode("latin-1"))) > 0.7 * len(head)


def _legacy(path: Path, utf8: Survey) -> Survey:
    lines = b"".join(utf8.evidence)
    vietnamese, western = lines.decode("cp1258", "replace"), lines.decode("cp1252", "replace")
    likely = []
    if is_vietnamese(vietnamese):
        likely.append("windows-1258")
    if is_western(western):
        likely.append("windows-1252")
    if len(likely) == 2 and vietnamese == western:
        likely = ["windows-1252"]
    if len(likely) != 1:
        doubt = (
            "could be " + " or ".join(likely) if likely else "is neither windows-1258 nor windows-1252 text"
        )
        raise InputError(
            f"{path}: is not UTF-8 (line {utf8.first_line}: {utf8.first_reason}) and {doubt}; "
            "save it as UTF-8, or name its encoding with --encoding."
        )
    found = survey(path, likely[0])
    if found.damaged and not found.bearable:
        raise InputError(_too_damaged(path, found, "save the file as UTF-8"))
    return found


def _too_damaged(path: Path, found: Survey, cure: str) -> str:
    return (
        f"{path}: {found.damaged} of {found.lines} lines cannot be read as {found.encoding}; "
        f"the first is line {found.first_line}: {found.first_reason}; {cure}, or name the encoding with --encoding."
    )
