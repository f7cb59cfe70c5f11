"""Windows-1258 and Windows-1252 text told apart, and from everything else, by the words that the bytes make."""

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLE = re.compile(
    "(b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    "(iê|yê|uyê|uô|ươ|oă|uâ|oa|oe|uê|uy|oo|[aăâeêioôơuưy])(ch?|m|ng|nh?|p|t)?"
    "|(b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    "(i[aêou]u?|ai|[aâ][uy]|ao|eo|êu|o[ai][oiy]?|oeo?|ôi|ơi|u[aâêôơy][iyuo]?|ui|ư[aiu]|ươ[iu]|yêu|uya)"
)
_WORD = re.compile(r"[^\W\d_]+")

# What French, German, Spanish, Portuguese, Italian or Danish never write, and what Vietnamese, Turkish, Cyrillic,
# Chinese, UTF-8 or DOS text looks like when it is read as Windows-1252.
_NOT_WESTERN = re.compile(
    "[ÐÞÝðþý‚ƒ„†‡ˆ‰˜¢¤¥¦¨¬¯±¸¹¶µ÷\u00ad\x80-\x9f\ufffd]"
    "|[À-ÿ][^\x00-\x7f]{2}|[^\x00-\x7f][À-ÿ][^\x00-\x7f]|[^\x00-\x7f]{2}[À-ÿ]"
    "|[a-zß-ÿ][À-ÖØ-ÞŠŽŸ]"
    "|[a-zß-ÿ][€£©ª«²³´º»¼½¾¿¡›‹]+[a-zß-ÿ]"
    "|[À-ÅÈ-ÏÒ-ÖÙ-Üà-åè-ïñ-öù-ü][ìòÌÒ]"
)


def is_vietnamese(text: str) -> bool:
    """Whether most words with foreign letters are Vietnamese syllables, letters of its own among them."""
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]
    if not words or not re.search("[ăơưđĂƠƯĐ\u0300-\u0323]", text):
        return False
    return sum(map(is_vietnamese_syllable, words)) >= 0.7 * len(words)


def is_western(text: str) -> bool:
    """Whether nearly no word is one that Western languages cannot write."""
    words = [word for word in text.split() if not word.isascii()]
    return sum(bool(_NOT_WESTERN.search(word)) for word in words) <= 0.05 * len(words)


def is_vietnamese_syllable(word: str) -> bool:
    """Whether a word has the form of a Vietnamese syllable, with at most one tone mark.

    Examples
    --------
    >>> [is_vietnamese_syllable(word) for word in ("được", "nghiêng", "très", "così")]
    [True, True, False, False]
    """
    marks = unicodedata.normalize("NFD", word.lower())
    if sum(mark in _TONES for mark in marks) > 1:
        return False
    bare = "".join(mark for mark in marks if mark not in _TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
