"""Texts as a caller gives them: each one text, or an error that says which is not."""

from collections.abc import Iterable, Iterator, Mapping
from math import isnan

from cx_nlp.errors import InputError

PANDAS_MISSING = ("NAType", "NaTType")


def each_text(texts: Iterable[str]) -> Iterator[str]:
    """The texts one after the other, each a plain `str`.

    Raises
    ------
    InputError
        One text, a table or something without elements stands where several texts are expected, or one of them is no text.
    """
    _check_several(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"comment {i} (counted from 0) is {_told(text)}")
        yield text if type(text) is str else str(text)


def _check_several(texts: object) -> None:
    if isinstance(texts, str | bytes):
        raise InputError(
            "one text was given where several are expected: give a list, [text] (of a tagger, tag(text) takes one)"
        )
    if isinstance(texts, Mapping) or hasattr(texts, "columns"):
        raise InputError(
            "a table was given where texts are expected: give the column with the comments, such as table['text'] "
            "(of a tagger, score_frame takes the whole table)"
        )
    if not isinstance(texts, Iterable):
        raise InputError(
            f"something of type {type(texts).__name__} was given where a list of texts is expected"
        )


def _told(text: object) -> str:
    """What a thing that is no text is, and the cure."""
    if text is None or type(text).__name__ in PANDAS_MISSING or (isinstance(text, float) and isnan(text)):
        return "missing: leave such rows out, as with dropna(), or put an empty text in their place"
    if isinstance(text, Iterable) and not isinstance(text, bytes):
        return f"of type {type(text).__name__}, not text: where several texts are meant, give them side by side in one list"
    return f"of type {type(text).__name__}, not text: make it text first, as with str()"
