"""The terms of every channel as one JSON file, a term a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.strict_json import read_json
from cx_nlp.features import Terms


def pack_vocabularies(terms: Mapping[str, Sequence[str]]) -> bytes:
    """The terms as JSON; any character, also half of a surrogate pair, comes back."""
    channels = [f"{json.dumps(name)}: [\n{_lines(found)}\n]" for name, found in sorted(terms.items())]
    text = "{\n" + ",\n".join(channels) + "\n}\n"
    # Python writes what UTF-8 cannot hold as \udXXX, which is how JSON writes it too.
    return text.encode("utf-8", errors="backslashreplace")


def _lines(terms: Sequence[str]) -> str:
    return ",\n".join(json.dumps(term, ensure_ascii=False) for term in terms)


def unpack_vocabularies(data: bytes, channels: Sequence[str], *, source: str) -> dict[str, Terms]:
    """For each of `channels` its terms with their positions.

    Raises
    ------
    BundleError
        It is not JSON of that form, or a term stands twice.
    """
    try:
        read = read_json(data)
    except ValueError as error:
        raise broken(source, f"is not JSON ({error})") from error
    if not isinstance(read, dict) or {*read} != {*channels}:
        raise broken(source, f"must be a JSON object with {', '.join(channels)}")
    return {name: _terms(read[name], name, source) for name in channels}


def _terms(terms: object, name: str, source: str) -> Terms:
    if not isinstance(terms, list) or not all(isinstance(term, str) and term for term in terms):
        raise broken(source, f"{name!r} must be a list of texts, none of them empty")
    if len({*terms}) < len(terms):
        raise broken(source, f"a term of {name!r} stands twice")
    return Terms(terms)
