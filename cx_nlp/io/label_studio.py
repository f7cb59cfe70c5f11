"""What Label Studio exports: JSON, or JSON-MIN, as an export of labelled comments.

The controls are those of `label_studio_tasks.labelling_config`: labels `touchpoint` on words, `factor` and `polarity` for
each of them, and `sentiment` for the comment.

Offsets are not believed alone. Label Studio counted in units of UTF-16 before 1.4 and counts in characters since
(label-studio#1347, label-studio-frontend#308), so the words that stand beside them decide.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cx_nlp.errors import InputError
from cx_nlp.io.annotations import quote_span
from cx_nlp.io.export import CONTENT_CHARS, Chunk, Export, Rejected, Row, in_chunks
from cx_nlp.io.label_layout import SIGN
from cx_nlp.io.label_rows import LEFT_OUT, UNLABELLED
from cx_nlp.io.lines import pieces
from cx_nlp.taxonomy import NO_FACTOR

FORMAT = "labelstudio"
TOUCHPOINT, FACTOR, POLARITY, SENTIMENT = "touchpoint", "factor", "polarity", "sentiment"
"""Names of the controls."""
_CONTROLS = (TOUCHPOINT, FACTOR, POLARITY, SENTIMENT)
_MIN_KEYS = frozenset(("annotation_id", "annotator", "lead_time", "created_at", "updated_at", "completed_by"))
_ADVICE = "export them as JSON, which keeps them together"
_EXPECTED = (
    "expected what Label Studio exports as JSON or JSON-MIN (tasks with the comment under 'text'), or JSON lines with one "
    "object a line"
)


class _Fault(ValueError):
    """Why a task gives no labelled comment."""


def is_json_list(path: Path) -> bool:
    """Whether a text file begins as a JSON list does."""
    head = next(pieces(path), b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def open_label_studio(path: Path) -> Export:
    """The tasks of a Label Studio export as rows with `text`, `sentiment`, `mentions` and the further keys of the task.

    A row's line is the number of its task in the file, from 1.

    Raises
    ------
    InputError
        The file is no JSON, or no such export.
    """
    tasks = _tasks(path)
    keys = dict.fromkeys(key for task in tasks for key in _data(task) if key not in ("text", *_CONTROLS))
    columns = ("text", SENTIMENT, "mentions", *(key for key in keys if key not in (SENTIMENT, "mentions")))
    return Export(
        path=path, format=FORMAT, columns=columns, encoding="utf-8", delimiter=None, sheet=None, notes=(),
        last_line=len(tasks), _read=partial(_chunks, tasks, columns),
    )  # fmt: skip


def _chunks(tasks: Sequence[Mapping[str, Any]], columns: tuple[str, ...], size: int) -> Iterator[Chunk]:
    return in_chunks(_rows(tasks, columns), columns=columns, size=size, typed=True)


def _rows(tasks: Sequence[Mapping[str, Any]], columns: tuple[str, ...]) -> Iterator[Row | Rejected]:
    for number, task in enumerate(tasks, start=1):
        try:
            yield number, [_row(task).get(column) for column in columns]
        except _Fault as fault:
            yield Rejected(number, str(fault), str(_data(task))[:CONTENT_CHARS])


def _tasks(path: Path) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(b"".join(pieces(path)).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is not whole JSON ({error}); {_EXPECTED}.") from error
    tasks = [task for task in found if isinstance(task, dict)]
    if not tasks or len(tasks) < len(found) or not all(_is_task(task) for task in tasks):
        raise InputError(f"{path}: is a JSON list, but not one of Label Studio's tasks; {_EXPECTED}.")
    return _latest(tasks)


def _is_task(task: Mapping[str, Any]) -> bool:
    data = task.get("data")
    if isinstance(data, dict):
        return "text" in data
    return "text" in task and bool(_MIN_KEYS & task.keys())


def _latest(tasks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The tasks, of several rows of one task in JSON-MIN, which has one for each annotation, the one changed last."""
    kept: dict[object, Mapping[str, Any]] = {}
    for number, task in enumerate(tasks):
        key = number if "data" in task else ("id", str(task.get("id", number)))
        if key not in kept or str(task.get("updated_at", "")) >= str(kept[key].get("updated_at", "")):
            kept[key] = task
    return list(kept.values())


def _data(task: Mapping[str, Any]) -> Mapping[str, Any]:
    data = task.get("data")
    if isinstance(data, dict):
        return data
    return {key: value for key, value in task.items() if key not in (*_MIN_KEYS, "id")}


def _row(task: Mapping[str, Any]) -> dict[str, Any]:
    data = _data(task)
    text = data.get("text")
    if not isinstance(text, str):
        raise _Fault("text is not text")
    found = _of_results(_annotation(task), text) if "data" in task else _of_values(task, text)
    return {**data, "text": text, **found}


def _annotation(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The results of the annotation that counts: the one marked as ground truth, else the one changed last."""
    done = [one for one in task.get("annotations") or [] if isinstance(one, dict)]
    kept = [one for one in done if not one.get("was_cancelled")]
    if not kept:
        raise _Fault(LEFT_OUT if done else UNLABELLED)
    best = max(kept, key=lambda one: (bool(one.get("ground_truth")), str(one.get("updated_at") or "")))
    return [one for one in best.get("result") or [] if isinstance(one, dict)]


def _of_results(results: Sequence[Mapping[str, Any]], text: str) -> dict[str, Any]:
    """Sentiment and mentions of JSON, where all that is said of the same words has their id."""
    regions: dict[str, dict[str, Any]] = {}
    sentiment = None
    for result in results:
        name, value = str(result.get("from_name")), result.get("value")
        if name not in _CONTROLS or not isinstance(value, dict):
            continue
        said = _one(value.get("labels") or value.get("choices"))
        if name == SENTIMENT:
            sentiment = said
        else:
            regions.setdefault(str(result.get("id")), {}).update({name: said, f"{name} at": value})
    mentions = [_mention(region, text) for region in regions.values()]
    return {SENTIMENT: sentiment, "mentions": mentions}


def _of_values(task: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Sentiment and mentions of JSON-MIN, which tells choices about words in the order of the words, without their place."""
    spans = [span for span in _listed(task.get(TOUCHPOINT)) if isinstance(span, dict)]
    said = {name: _in_order(task.get(name), spans, name) for name in (FACTOR, POLARITY)}
    mentions = [
        _mention(
            {
                TOUCHPOINT: _one(span.get("labels")),
                f"{TOUCHPOINT} at": span,
                FACTOR: factor,
                POLARITY: polarity,
            },
            text,
        )
        for span, factor, polarity in zip(spans, said[FACTOR], said[POLARITY], strict=True)
    ]
    return {SENTIMENT: _one(task.get(SENTIMENT)), "mentions": mentions}


def _in_order(values: object, spans: Sequence[Mapping[str, Any]], name: str) -> list[str | None]:
    """One choice for each span: by its place where the choice has one, else by its order."""
    found = _listed(values)
    if found and all(isinstance(value, dict) for value in found):
        by_place = {(v.get("start"), v.get("end")): _one(v.get("choices")) for v in found}
        if len(by_place) == len(found):
            return [by_place.get((span.get("start"), span.get("end"))) for span in spans]
        found = [_one(value.get("choices")) for value in found]
    if found and len(found) != len(spans):
        raise _Fault(
            f"{len(spans)} touchpoints but {len(found)} of {name!r}: JSON-MIN does not say which belong together; {_ADVICE}"
        )
    return [_one(value) for value in found] or [None] * len(spans)


def _mention(region: Mapping[str, Any], text: str) -> dict[str, Any]:
    at = region.get(f"{TOUCHPOINT} at") or {}
    if not region.get(TOUCHPOINT):
        raise _Fault("words with a factor or a polarity, but without a touchpoint")
    if not region.get(POLARITY):
        raise _Fault(f"no polarity for the words with the touchpoint {region[TOUCHPOINT]!r}")
    found = {
        TOUCHPOINT: region[TOUCHPOINT],
        FACTOR: region.get(FACTOR) or NO_FACTOR,
        "sentiment": region[POLARITY],
    }
    span = _span(at, text)
    return found if span is None else found | {"quote": text[slice(*span)], "start": span[0], "end": span[1]}


def _span(value: Mapping[str, Any], text: str) -> tuple[int, int] | None:
    start, end, words = value.get("start"), value.get("end"), value.get("text")
    if not isinstance(start, int) or not isinstance(end, int):
        return quote_span(words, text) if isinstance(words, str) else None
    if not isinstance(words, str):
        return (start, end) if 0 <= start < end <= len(text) else None
    if text[start:end] == words:
        return start, end
    units = text.encode("utf-16-le")
    near = len(units[: 2 * start].decode("utf-16-le", errors="ignore"))
    return quote_span(words, text, near=near)


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _one(value: object) -> str | None:
    """The id of the one label chosen, which stands before its name."""
    if isinstance(value, dict):
        value = value.get("choices") or value.get("labels")
    listed = _listed(value)
    if len(listed) > 1:
        raise _Fault(f"several labels where one is expected: {', '.join(map(str, listed))}")
    return str(listed[0]).split(SIGN.strip())[0].strip() if listed else None
