"""Traces of web pages in a text: entities, tags, addresses, handles, invisible characters."""

import html
import re
import unicodedata
from collections.abc import Iterator

from cx_nlp.text.offsets import Edit

TOKENS = {"url": "tok_url", "mail": "tok_mail", "user": "tok_user"}
"""The words that stand for web addresses, mail addresses and @handles in normalised text."""

_AMPERSAND = r"(?:amp|AMP|#0*38|#[xX]0*26);"
_ENTITY = re.compile(
    rf"&(?:{_AMPERSAND})*(?:#\d{{1,7}};|#[xX][0-9a-fA-F]{{1,6}};|[A-Za-z][A-Za-z0-9]{{1,30}};|{_AMPERSAND})"
)
_NESTED = re.compile(rf"^&(?:{_AMPERSAND})+")
_TAG = re.compile(
    r"<\s*/?\s*(?:(br|p|div|li|ul|ol|tr|table|h[1-6]|hr|blockquote)|a|b|i|u|s|em|strong|span|font|img|td|th|tbody|small|sub|sup"
    r"|center|pre|code|section|article|figure|iframe|video|svg)\b(?:\s[^<>]{0,500})?/?\s*>",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>\"]*[^\s<>\".,!?;:)\]'…]", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})|(?<![\w@.])@(?P<user>\w{2,40})(?![\w@.]*@)"
)
_UNSEEN = re.compile(
    r"(?P<none>[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+)"
    r"|[\x0b\x0c\x85\u2028\u2029]|[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
)


def entity_edits(text: str) -> Iterator[Edit]:
    """Edits that decode HTML entities, also doubly encoded ones."""
    for match in _ENTITY.finditer(text):
        decoded = html.unescape(_NESTED.sub("&", match[0]))
        if decoded != match[0]:
            yield match.start(), match.end(), decoded


def unseen_edits(text: str) -> Iterator[Edit]:
    """Edits that remove invisible characters and make every odd blank or line break a plain one."""
    for match in _UNSEEN.finditer(text):
        plain = "" if match["none"] else "\n" if match[0] in "\x0b\x0c\x85\u2028\u2029" else " "
        yield match.start(), match.end(), plain


def tag_edits(text: str) -> Iterator[Edit]:
    """Edits that put a line break for block tags such as ``<br>`` and a blank for the rest."""
    for match in _TAG.finditer(text):
        yield match.start(), match.end(), "\n" if match[1] else " "


def url_edits(text: str) -> Iterator[Edit]:
    """Edits that put a token for every web address."""
    for match in _URL.finditer(text):
        yield match.start(), match.end(), TOKENS["url"]


def address_edits(text: str) -> Iterator[Edit]:
    """Edits that put a token for every mail address and @handle."""
    for match in _ADDRESS.finditer(text):
        yield match.start(), match.end(), TOKENS["mail" if match["mail"] else "user"]


_MARKS = "\u0300-\u036f"
_CLUSTER = re.compile(rf"[^{_MARKS}][{_MARKS}]{{1,30}}(?![{_MARKS}])|[\u212a\u212b\u0340\u0341]")


def composition_edits(text: str) -> Iterator[Edit]:
    """Edits that compose Latin letters and their marks (NFC), one cluster at a time.

    Longer rows of marks than any writing has are left alone: their normalisation takes quadratic time.
    """
    for match in _CLUSTER.finditer(text):
        composed = unicodedata.normalize("NFC", match[0])
        if composed != match[0]:
            yield match.start(), match.end(), composed
