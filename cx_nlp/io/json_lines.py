"""JSON lines: one object a line.

The columns are the keys of the first 2 000 objects, in the order they appear; keys that only later lines have are
left out, because the columns must be known before the first row is given. Absent keys are None.
"""

import json
import math
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from cx_nlp.errors import InputError
from cx_nlp.io.export import CONTENT_CHARS, Chunk, Export, Rejected, Row, in_chunks, weight
from cx_nlp.io.header import check_width, column_names
from cx_nlp.io.lines import DamagedLine, text_lines
from cx_nlp.io.survey import Survey

SAMPLE_OBJECTS = 2000
SAMPLE_CHARS = 1 << 24
"""Characters of the first objects that are looked at for keys; fewer objects are where they are long."""
_KINDS = {list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}


def open_json_lines(path: Path, lines: Survey) -> Export:
    """Export of a file of JSON lines; `lines` is what was found about its encoding.

    Raises
    ------
    InputError
        None of the first lines is an object, or the file is one JSON document.
    """
    sample = _sample(path, lines.encoding)
    found = [each for _, each in (row for row in sample if not isinstance(row, Rejected))]
    if not found:
        raise InputError(_no_objects(path, sample))
    keys = tuple(dict.fromkeys(key for each in found for key in each))
    check_width(len(keys), path)
    columns, renamed = column_names(keys)
    nested = [
        name
        for key, name in zip(keys, columns, strict=True)
        if any(isinstance(each.get(key), (list, dict)) for each in found)
    ]
    return Export(
        path=path,
        format="jsonl",
        columns=columns,
        encoding=lines.encoding,
        delimiter=None,
        sheet=None,
        notes=(*([f"nested columns: {', '.join(nested)}"] if nested else []), *renamed, *lines.notes),
        last_line=lines.lines,
        _read=partial(_chunks, path, lines.encoding, keys, columns),
    )


def _sample(path: Path, encoding: str) -> list[tuple[int, dict[str, Any]] | Rejected]:
    found, chars = [], 0
    for row in islice(_objects(path, encoding), SAMPLE_OBJECTS):
        found.append(row)
        chars += len(row.content) if isinstance(row, Rejected) else weight(row[1])
        if chars > SAMPLE_CHARS:
            break
    return found


def _chunks(
    path: Path, encoding: str, keys: tuple[str, ...], columns: tuple[str, ...], size: int
) -> Iterator[Chunk]:
    rows = (
        row if isinstance(row, Rejected) else _cells(row[0], row[1], keys) for row in _objects(path, encoding)
    )
    return in_chunks(rows, columns=columns, size=size, typed=True)


def _cells(number: int, record: dict[str, Any], keys: tuple[str, ...]) -> Row:
    return number, [record.get(key) for key in keys]


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]] | Rejected]:
    for number, line in enumerate(text_lines(path, encoding), start=1):
        if not line.strip():
            continue
        record, reason = _parsed(line)
        if record is not None:
            yield number, record
        else:
            yield Rejected(number, reason, line.rstrip("\r\n")[:CONTENT_CHARS])


def _parsed(line: str) -> tuple[dict[str, Any] | None, str]:
    if isinstance(line, DamagedLine):
        return None, line.reason
    try:
        record = json.loads(line, parse_float=_number)
        # "\ud83d" without its other half is a string that no file can hold.
        if "\\u" in line:
            json.dumps(record, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return None, f"not JSON: {error.msg} at character {error.pos + 1}"
    except UnicodeEncodeError:
        return None, "half a surrogate pair in a string"
    except (ValueError, RecursionError):
        return None, "JSON with a number too long or lists too deep"
    if not isinstance(record, dict):
        return None, f"{_KINDS.get(type(record), 'null')} where an object is expected"
    return record, ""


def _number(digits: str) -> float | None:
    # 1e400 is a number in JSON and infinite as one of a computer, which nothing can be reckoned with.
    value = float(digits)
    return value if math.isfinite(value) else None


def _no_objects(path: Path, sample: list[Any]) -> str:
    if not sample:
        return f"{path}: is empty; expected one JSON object a line."
    first = sample[0]
    if first.content.lstrip()[:1] in ("[", "{"):
        return (
            f"{path}: line {first.line} is not a JSON object of its own ({first.reason}); "
            "expected one object a line, as `jq -c '.[]'` writes them."
        )
    return f"{path}: line {first.line}: {first.reason}; expected one JSON object a line."
