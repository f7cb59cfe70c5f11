"""Likely wrong labels as a table that a person corrects, and the corrections brought back into the labelled file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.errors import InputError, OutputError
from cx_nlp.io.annotations import LabelFault, LabelledComment, LabelledMention, aspects, check_known
from cx_nlp.io.formulas import as_written
from cx_nlp.io.labelled import Labelled
from cx_nlp.io.readers import open_export
from cx_nlp.io.relabelled import Record, aspects_cell, write_relabelled
from cx_nlp.io.tables import csv_table, missing
from cx_nlp.io.workbook import workbook
from cx_nlp.personal import mask
from cx_nlp.schema import COMMENT_SENTIMENTS, require_columns
from cx_nlp.taxonomy import Taxonomy, nearest
from cx_nlp.training.label_errors import LabelError, LabelErrors
from cx_nlp.training.source import labelled_source

SHEET = "label errors"


def review_table(found: LabelErrors, *, keep_personal_data: bool = False) -> pd.DataFrame:
    """One row a comment with a doubtful label, the most doubtful first.

    Columns `line` (in the labelled file), `doubt`, `kind`, `given`, `model_says`, `probability`, `quote` of its most doubtful
    label, `also` (its others in words), `text`, then what a person corrects: `sentiment` and `aspects` (or `label`), and what
    they would be by the model. Personal data in the texts are masked unless they are kept.
    """
    of_row: dict[int, list[LabelError]] = {}
    for error in found.errors:
        of_row.setdefault(error.row, []).append(error)

    def shown(text: str) -> str:
        return text if keep_personal_data else mask(text)

    rows = []
    for row, errors in of_row.items():
        first, record = errors[0], found.data.records[row]
        rows.append(
            {
                "line": record.line,
                "doubt": round(first.doubt, 4),
                "kind": first.kind,
                "given": first.given,
                "model_says": first.says,
                "probability": round(first.probability, 4),
                "quote": shown(first.quote),
                "also": "; ".join(_words(error) for error in errors[1:]),
                "text": shown(record.text),
                **_labels(found.data, record, errors),
            }
        )
    columns = ["line", "doubt", "kind", "given", "model_says", "probability", "quote", "also", "text"]
    frame: pd.DataFrame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)
    return frame


def _words(error: LabelError) -> str:
    return f"{error.kind}: {error.given or '–'} → {error.says or '–'} ({error.probability:.2f})"


def _labels(data: Labelled, record: LabelledComment, errors: Sequence[LabelError]) -> dict[str, str]:
    if data.kind == "label":
        return {"label": record.label or "", "label_by_model": errors[0].says}
    given = aspects_cell(record.mentions)
    said = given.split(";") if given else []
    sentiment = record.sentiment or ""
    for error in errors:
        if error.kind == "comment_sentiment":
            sentiment = error.says
            continue
        old, new = (aspects_cell([_mention(label)]) if label else "" for label in (error.given, error.says))
        said = [new if cell == old and old else cell for cell in said] + ([new] if not old else [])
    return {
        "sentiment": record.sentiment or "",
        "aspects": given,
        "sentiment_by_model": sentiment,
        "aspects_by_model": ";".join(dict.fromkeys(cell for cell in said if cell)),
    }


def _mention(label: str) -> LabelledMention:
    touchpoint, factor, sentiment = label.split("#")
    return LabelledMention(touchpoint, factor, sentiment)


def write_review(
    found: LabelErrors, path: Path, *, overwrite: bool = False, keep_personal_data: bool = False
) -> int:
    """Writes `review_table` as .xlsx or .csv; the number of comments in it.

    Raises
    ------
    OutputError
        The suffix is another one, something stands there already, or the disk refuses.
    """
    check_review_path(path, overwrite=overwrite)
    table = review_table(found, keep_personal_data=keep_personal_data)
    if path.suffix.lower() == ".csv":
        with csv_table(path) as out:
            out.append(table)
    else:
        with workbook(path, (SHEET,)) as sheets:
            sheets[SHEET].append(table)
    return len(table)


def check_review_path(path: Path, *, overwrite: bool = False) -> None:
    """Refuses, with OutputError, a file that `write_review` would not write."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise OutputError(f"{path}: the list is written as .xlsx or .csv; choose such a name.")
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists; give --overwrite to replace it, or choose another name.")


def apply_review(
    labelled: str | PathLike[str],
    review: str | PathLike[str],
    out: Path,
    *,
    label_column: str | None = None,
    text_column: str | None = None,
    taxonomy: Taxonomy | None = None,
) -> int:
    """Writes the labelled file anew with the labels as they are in a corrected list; the number of comments changed.

    A mention that stays keeps its quote; one of the same touchpoint and factor, or the only one that was replaced, too.

    Raises
    ------
    InputError
        The list does not belong to the file, or holds a label that cannot be used; the message names its row.
    OutputError
        There is a file already.
    """
    data = labelled_source(labelled, taxonomy=taxonomy, label_column=label_column, text_column=text_column)
    corrected = _corrections(Path(review), data)
    changed = 0

    def change(line: int, record: Record) -> Record:
        nonlocal changed
        new = corrected.get(line)
        if new is None:
            return record
        changed += 1
        return new(record)

    labels = label_column or ("mentions" if data.kind == "mentions" else "aspects")
    write_relabelled(
        open_export(labelled), out, change, labels=labels, kind=data.kind, text=text_column or "text"
    )
    return changed


class _Correction:
    """What a person made of one comment's labels."""

    def __init__(
        self, sentiment: str | None, mentions: tuple[LabelledMention, ...], label: str | None
    ) -> None:
        self.sentiment, self.mentions, self.label = sentiment, mentions, label

    def __call__(self, record: Record) -> Record:
        if self.label is not None:
            return {**record, "label": self.label}
        left: list[dict[str, Any]] = list(record["mentions"])
        new: list[dict[str, Any] | None] = [None] * len(self.mentions)
        for alike in (("touchpoint", "factor", "sentiment"), ("touchpoint", "factor")):
            for at, mention in enumerate(self.mentions):
                if new[at] is None:
                    new[at] = _taken(mention, alike, left)
        lacking = [at for at, one in enumerate(new) if one is None]
        # One mention took the place of one: its words are the same.
        words: dict[str, Any] = left[0] if len(left) == len(lacking) == 1 else {}
        kept: dict[str, Any] = {key: words[key] for key in ("quote", "start", "end") if key in words}
        for at in lacking:
            new[at] = {**self.mentions[at].to_dict(), **kept}
        return {**record, "sentiment": self.sentiment or record["sentiment"], "mentions": new}


def _taken(
    mention: LabelledMention, alike: Sequence[str], left: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """The mention that was there before, taken off those that are left, with the sentiment it has now."""
    for at, old in enumerate(left):
        if all(old[key] == getattr(mention, key) for key in alike):
            return {**left.pop(at), "sentiment": mention.sentiment}
    return None


def _corrections(path: Path, data: Labelled) -> dict[int, _Correction]:
    """The rows of a list whose labels are no longer those of the file, by line."""
    of_line = {record.line: record for record in data.records}
    needed = ("line", "text", "label") if data.kind == "label" else ("line", "text", "sentiment", "aspects")
    found: dict[int, _Correction] = {}
    for chunk in open_export(path).chunks():
        require_columns(chunk.frame, needed, source=str(path))
        for at, row in zip(chunk.frame.index, chunk.frame[list(needed)].to_dict("records"), strict=True):
            cells = {
                str(key): "" if missing(cell) else as_written(str(cell).strip()) for key, cell in row.items()
            }
            record = _record_of(path, int(at), cells, of_line)
            new = _correction(path, int(at), cells, record, data)
            if new is not None:
                found[record.line] = new
    return found


def _record_of(
    path: Path, at: int, cells: dict[str, str], of_line: dict[int, LabelledComment]
) -> LabelledComment:
    try:
        record = of_line[int(float(cells["line"]))]
    except (KeyError, ValueError):
        raise InputError(
            f"{path}, row {at}, column line: the labelled file has no comment on line {cells['line']!r}; name the file that "
            "the list was made from"
        ) from None
    texts = {" ".join(text.split()) for text in (record.text, mask(record.text), as_written(record.text))}
    if " ".join(cells["text"].split()) not in texts:
        raise InputError(
            f"{path}, row {at}: line {record.line} of the labelled file holds another text; name the file that the list was "
            "made from, and leave the column text as it is"
        )
    return record


def _correction(
    path: Path, at: int, cells: dict[str, str], record: LabelledComment, data: Labelled
) -> _Correction | None:
    if data.kind == "label":
        return None if cells["label"] in ("", record.label) else _Correction(None, (), cells["label"])
    sentiment = cells["sentiment"] or None
    if sentiment not in (None, *COMMENT_SENTIMENTS):
        raise InputError(
            f"{path}, row {at}, column sentiment: unknown {sentiment!r}; {nearest(str(sentiment), COMMENT_SENTIMENTS)}"
        )
    try:
        mentions = aspects(cells["aspects"])
        if data.taxonomy is not None:
            check_known(mentions, data.taxonomy)
    except LabelFault as fault:
        raise InputError(f"{path}, row {at}, column aspects{fault.place}: {fault}") from fault
    plain = tuple(replace(m, quote=None, start=None, end=None) for m in record.mentions)
    same = mentions == plain and sentiment in (None, record.sentiment)
    return None if same else _Correction(sentiment, mentions, None)
