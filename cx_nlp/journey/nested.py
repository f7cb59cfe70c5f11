"""Nested JSON lines: a comment on each, with its mentions inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.errors import InputError


def read_nested(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments and mentions of a file, each indexed by line.

    Raises
    ------
    InputError
        A line is not JSON, or holds no comment.
    """
    comments: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    lines: tuple[list[int], list[int]] = ([], [])
    for number, comment in _records(path):
        found = comment.pop("mentions", [])
        comments.append(comment)
        mentions.extend({"comment_id": comment["comment_id"], **mention} for mention in found)
        lines[0].append(number)
        lines[1].extend([number] * len(found))
    empty = ["comment_id", "touchpoint", "factor", "sentiment"]
    return (
        pd.DataFrame(comments, index=pd.Index(lines[0]), columns=None if comments else ["comment_id"]),
        pd.DataFrame(mentions, index=pd.Index(lines[1]), columns=None if mentions else empty),
    )


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, _comment(path, number, line)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8; save it as UTF-8.") from error


def _comment(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        comment = json.loads(line)
        if "\\u" in line:
            json.dumps(comment, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{path}, line {number}: holds half a surrogate pair, which no table can keep; write the character whole."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path}, line {number}: is not JSON ({error}); write one comment a line."
        ) from error
    id = comment.get("id", comment.get("comment_id")) if isinstance(comment, dict) else None
    found = comment.get("mentions", []) if isinstance(comment, dict) else None
    if id is None or not isinstance(found, list) or not all(isinstance(mention, dict) for mention in found):
        raise InputError(f"{path}, line {number}: needs an id and a list of mentions.")
    return {
        **{key: value for key, value in comment.items() if key != "id"},
        "comment_id": str(id),
        "mentions": found,
    }
