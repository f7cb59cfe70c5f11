"""The tokens of blank-separated pieces of text, found as `segment.clause_pipeline` finds them in whole texts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import add
from typing import cast

from spacy.attrs import IDX, LENGTH
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from cx_nlp.segment import MAX_VOCABULARY, clause_pipeline

_LETTERS = re.compile(r"([^\W\d_]+|(?:emo|tok)_[a-z]+)([,!?]?|(?<=[a-z])\.)")
"""A word of letters or a placeholder, and a mark that is always a token of its own after letters (a full stop only after small ones)."""
_APART = " \n "
"""Between two pieces: a line break is a token of its own, so that nothing is found across them."""
Found = tuple[list[str], list[int], list[int]]
"""Words of tokens in lower case, their starts and their ends."""


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    """The tokenizer of `clause_pipeline` with a vocabulary that works nothing out about a new word."""
    made = cast(Tokenizer, clause_pipeline().tokenizer)
    return Tokenizer(
        Vocab(), made.rules, made.prefix_search, made.suffix_search, made.infix_finditer, made.token_match
    )


def tokens_of_pieces(pieces: Sequence[str]) -> list[Found | None]:
    """The tokens of each piece of text that blanks set off, the same as in its text.

    None where they may not be: an emoticon is looked for in a text as a whole.
    """
    if len(_tokenizer().vocab) > MAX_VOCABULARY:
        _tokenizer.cache_clear()
    special = cast(Tokenizer, clause_pipeline().tokenizer).rules
    matches = [None if piece in special else _LETTERS.fullmatch(piece) for piece in pieces]
    others = iter(_tokenised([piece for piece, match in zip(pieces, matches, strict=True) if not match]))
    return [_letters(match) if match else next(others) for match in matches]


def _letters(match: re.Match[str]) -> Found:
    word, end = match[1].lower(), match.end(1)
    return ([word, match[2]], [0, end], [end, end + 1]) if match[2] else ([word], [0], [end])


def _tokenised(pieces: Sequence[str]) -> Iterator[Found | None]:
    special = cast(Tokenizer, clause_pipeline().tokenizer).rules
    doc = _tokenizer()(_APART.join(pieces))
    starts: list[int] = doc.to_array(IDX).tolist()
    ends = list(map(add, starts, doc.to_array(LENGTH).tolist()))
    token = offset = 0
    for piece in pieces:
        after = bisect_left(starts, offset + len(piece), token)
        begins = [start - offset for start in starts[token:after]]
        stops = [end - offset for end in ends[token:after]]
        words = [piece[start:end] for start, end in zip(begins, stops, strict=True)]
        is_special = any(len(word) > 1 and word in special for word in words)
        yield None if is_special else ([word.lower() for word in words], begins, stops)
        token = after + 1
        offset += len(piece) + len(_APART)
