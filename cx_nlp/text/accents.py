"""Accent folding and lower-casing that never change the length of a text."""

import unicodedata


def _base_letter(char: str) -> str | None:
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() and base.isalpha() and base != char else None


_LATIN = [chr(code) for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))]
_FOLD = str.maketrans({char: base for char in _LATIN if (base := _base_letter(char))} | {"đ": "d", "Đ": "D"})


def fold_accents(text: str) -> str:
    """The same text without accents, character for character (``đ`` becomes ``d``).

    Parameters
    ----------
    text : str
        NFC text; combining marks are left where they are, so that the length stays the same.

    Examples
    --------
    >>> fold_accents("Giao hàng đúng hẹn")
    'Giao hang dung hen'
    """
    return text if text.isascii() else text.translate(_FOLD)


def lower(text: str) -> str:
    """Lower case of the same length as `text`: ``İ``, the one letter that grows, becomes a plain ``i``."""
    lowered = text.lower()
    if text.isascii():
        return lowered
    return lowered if len(lowered) == len(text) else text.replace("İ", "i").lower()
