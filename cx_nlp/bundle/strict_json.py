"""JSON in which every key stands once and every number is one, so that all who read it read the same."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


def read_json(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a JSON text in UTF-8.

    Raises
    ------
    ValueError
        It is not JSON, is nested too deep, says a key twice, or holds NaN or a number beyond those of a computer.
    """
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite
        )
    except RecursionError as error:
        raise ValueError("lists or objects stand in each other too deep") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:80]!r} stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number[:80]} is too large a number")
    return value
