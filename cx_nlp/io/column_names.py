"""Names of columns matched against the patterns in `column_names.toml`."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cx_nlp.io.cells import fold_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

WHOLE, WORDS, WEAK, NONE = 3, 2, 1, 0
# A name this long is a survey's question, where "name" or "manager" says nothing about the answers.
_QUESTION = 6


@dataclass(frozen=True, order=True)
class NameMatch:
    """How well a name fits a role: by its whole, by words in it, weakly or not at all; then how good the pattern is."""

    tier: int
    rank: float = 0.0


def match_name(name: str, role: str) -> NameMatch | None:
    """How a column's name fits a role, None where the name rules the role out.

    >>> match_name("Nội dung đánh giá", "text").tier == WHOLE, match_name("product_id", "text") is None
    (True, True)
    """
    folded = fold_name(name)
    patterns = _patterns()[role]
    compact = folded.replace(" ", "")
    for rank, pattern in enumerate(patterns.get("names", ())):
        if compact == pattern.replace(" ", ""):
            return NameMatch(WHOLE, -rank)
    if folded in patterns.get("not", ()) or _ruled_out(folded, patterns):
        return None
    for rank, pattern in enumerate(patterns.get("words", ())):
        if f" {pattern} " in f" {folded} ":
            return NameMatch(WORDS, -rank)
    return NameMatch(WEAK if folded in patterns.get("weak", ()) else NONE)


def _ruled_out(folded: str, patterns: Mapping[str, list[str]]) -> bool:
    if folded.count(" ") + 1 >= _QUESTION:
        return False
    return any(f" {pattern} " in f" {folded} " for pattern in patterns.get("never", ()))


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Mapping[str, list[str]]]:
    text = files("cx_nlp.io").joinpath("column_names.toml").read_text(encoding="utf-8")
    patterns: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(text)
    return patterns
