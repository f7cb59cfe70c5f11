"""Labelled comments for training and evaluation, in any of the forms in which people write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.annotations import (
    LabelFault,
    LabelledComment,
    LabelledMention,
    aspects,
    check_known,
    mention_list,
)
from cx_nlp.io.class_names import class_name
from cx_nlp.io.export import CONTENT_CHARS, Export, Rejected
from cx_nlp.io.file_format import find_format, may_be_json
from cx_nlp.io.label_layout import label_layout
from cx_nlp.io.label_rows import NOT_FAULTS, UNLABELLED, LabelRows
from cx_nlp.io.label_studio import FORMAT as LABEL_STUDIO
from cx_nlp.io.label_studio import is_json_list, open_label_studio
from cx_nlp.io.readers import open_export
from cx_nlp.schema import COMMENT_SENTIMENTS
from cx_nlp.taxonomy import Taxonomy, load_taxonomy, nearest, taxonomy_from_categories

__all__ = [
    "Labelled",
    "LabelledComment",
    "LabelledMention",
    "labelled_comments",
    "open_labelled",
    "read_labelled",
]

Kind = Literal["mentions", "aspects", "label"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled comments of one kind, in the order of their files.

    `taxonomy` is None for kind "label", whose classes are `labels`. `notes` says what was assumed, `rejected`
    holds the rows without usable text or label, by file.
    """

    records: tuple[LabelledComment, ...]
    taxonomy: Taxonomy | None
    kind: Kind
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    rejected: Mapping[str, tuple[Rejected, ...]]


class _Form(NamedTuple):
    """What stands in which column of one file, and the labels allowed (None: any).

    `rows` reads a table filled in by hand. `strict` is False where a row with wrong labels is set aside, and does not
    refuse the whole file.
    """

    kind: Kind
    text: str
    labels: str
    taxonomy: Taxonomy | None
    rows: LabelRows | None = None
    strict: bool = True


class _Fault(NamedTuple):
    """A row whose labels cannot be used."""

    line: int
    message: str


_Row = LabelledComment | Rejected | _Fault


def read_labelled(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    taxonomy: Taxonomy | None = None,
    label_column: str | None = None,
    text_column: str | None = None,
    encoding: str | None = None,
) -> Labelled:
    """The labelled comments of one or more files of the same kind.

    The kind follows from the columns. `label_column` given: one label a comment. A column `mentions`: a list of
    objects with touchpoint, factor, sentiment and perhaps quote, checked against `taxonomy` or the shipped one.
    A column `aspects`: `CATEGORY#polarity;CATEGORY#polarity`, checked against `taxonomy`, which is read from
    the data where none is given. What Label Studio exports (JSON, JSON-MIN) and tables filled in by hand (see
    `cx_nlp.io.label_layout`), whose rows are set aside one by one where something in them is wrong, count as `mentions`.

    Raises
    ------
    InputError
        A file cannot be read, or a label is unknown or malformed; the message names file, line and place.
    ColumnError
        A column that is needed is missing.
    """
    many = [paths] if isinstance(paths, (str, PathLike)) else paths
    exports = [open_labelled(path, encoding=encoding) for path in many]
    return labelled_comments(exports, taxonomy=taxonomy, label_column=label_column, text_column=text_column)


def open_labelled(path: str | PathLike[str], *, encoding: str | None = None) -> Export:
    """A file of labelled comments as an export: what `open_export` reads, or an export of Label Studio.

    Raises
    ------
    InputError
        The file cannot be read as it is.
    """
    file = Path(path)
    if find_format(file) in ("jsonl", "text") and may_be_json(file) and is_json_list(file):
        return open_label_studio(file)
    return open_export(path, encoding=encoding)


def labelled_comments(
    exports: Sequence[Export],
    *,
    taxonomy: Taxonomy | None = None,
    label_column: str | None = None,
    text_column: str | None = None,
) -> Labelled:
    """The labelled comments of opened exports; see `read_labelled`."""
    forms = [_form(export, taxonomy, label_column, text_column or "text") for export in exports]
    if len({form.kind for form in forms}) != 1:
        found = ", ".join(
            f"{export.path} has {form.kind}" for export, form in zip(exports, forms, strict=True)
        )
        raise InputError(f"labelled files must be of one kind, but {found or 'no file was given'}")
    kind = forms[0].kind
    records: list[LabelledComment] = []
    notes: list[str] = []
    rejected: dict[str, tuple[Rejected, ...]] = {}
    for export, form in zip(exports, forms, strict=True):
        good, bad = _sorted_out(export, form)
        records += good
        notes += _notes(export, kind, good)
        rejected |= {str(export.path): bad} if bad else {}
    found_in_data = kind == "aspects" and taxonomy is None
    known = _taxonomy_of(records) if found_in_data else forms[0].taxonomy
    labels = sorted({record.label for record in records if record.label is not None})
    return Labelled(tuple(records), known, kind, tuple(labels), tuple(notes), rejected)


def _form(export: Export, taxonomy: Taxonomy | None, label_column: str | None, text_column: str) -> _Form:
    layout = label_layout(export.columns, text=text_column) if label_column is None else None
    if layout is not None:
        if layout.suggested and layout.checked is None:
            raise ColumnError(
                f"{export.path}: the column 'checked' is gone, so what a person has labelled cannot be told from what the model "
                "suggested; put it back, with yes in every row that you have been through"
            )
        rows = LabelRows(layout, taxonomy or load_taxonomy(), export.sheet, marked=export.format == "csv")
        return _Form("mentions", layout.text, "", rows.taxonomy, rows)
    for column, option in ((text_column, "--text-column"), (label_column, "--label-column")):
        if column is not None and column not in export.columns:
            raise ColumnError(
                f"{export.path}: no column {column!r}; {nearest(column, export.columns)} (choose with {option})"
            )
    if label_column == text_column:
        raise ColumnError(
            f"{export.path}: the column {text_column!r} cannot hold both the comments and their labels; name the column of the "
            "labels with --label-column, that of the comments with --text-column"
        )
    if label_column is not None:
        return _Form("label", text_column, label_column, None)
    if "mentions" in export.columns:
        strict = export.format != LABEL_STUDIO
        return _Form("mentions", text_column, "mentions", taxonomy or load_taxonomy(), strict=strict)
    if "aspects" in export.columns:
        return _Form("aspects", text_column, "aspects", taxonomy)
    raise ColumnError(
        f"{export.path}: no labels found; expected JSON lines with 'mentions', or a column 'aspects' of "
        "CATEGORY#polarity, or a table as suggest-labels writes it ('touchpoint 1', 'factor 1' …), or --label-column to "
        f"name one label a comment; it has {', '.join(export.columns)}"
    )


def _sorted_out(export: Export, form: _Form) -> tuple[list[LabelledComment], tuple[Rejected, ...]]:
    """The records and the rejected rows of a file; InputError where labels are wrong or nothing is left."""
    rows = list(_rows(export, form))
    faults = [row for row in rows if isinstance(row, _Fault)]
    if faults:
        more = f" (and {len(faults) - 1} more rows with wrong labels)" if len(faults) > 1 else ""
        raise InputError(f"{export.path}, line {faults[0].line}, {faults[0].message}{more}")
    records = [row for row in rows if isinstance(row, LabelledComment)]
    rejected = sorted((row for row in rows if isinstance(row, Rejected)), key=lambda row: row.line)
    if not records:
        wrong = next(
            (row for row in rejected if row.reason not in NOT_FAULTS), rejected[0] if rejected else None
        )
        first = f"; line {wrong.line}: {wrong.reason}{_cure(wrong.reason, form)}" if wrong else ""
        raise InputError(f"{export.path}: no row can be used{first}")
    return records, tuple(rejected)


def _cure(reason: str, form: _Form) -> str:
    """What to do where no row was labelled."""
    if reason != UNLABELLED or not form.strict:
        return ""
    if form.rows is not None:
        return f" (write yes in column {form.rows.layout.checked!r} of every row that you have been through)"
    return " (write the labels of each comment under 'mentions', [] where there are none)"


def _rows(export: Export, form: _Form) -> Iterator[_Row]:
    for chunk in export.chunks():
        yield from chunk.rejected
        cells = (chunk.frame[column].tolist() for column in export.columns)
        for line, values in zip(chunk.frame.index, zip(*cells, strict=True), strict=True):
            there = {
                key: value for key, value in zip(export.columns, values, strict=True) if not _blank(value)
            }
            yield form.rows.read(int(line), there) if form.rows else _row(int(line), there, form)


def _row(line: int, cells: dict[str, Any], form: _Form) -> _Row:
    text = cells.pop(form.text, "")
    reason = "text is not text" if not isinstance(text, str) else "" if text.strip() else "empty text"
    if form.kind == "label" and not reason and form.labels not in cells:
        reason = "no label"
    if reason:
        return Rejected(line, reason, str({form.text: text, **cells})[:CONTENT_CHARS])
    labels = cells.pop(form.labels, None)
    if labels is None and "suggested_mentions" in cells:
        return Rejected(line, UNLABELLED, str({form.text: text})[:CONTENT_CHARS])
    if form.kind == "label":
        return LabelledComment(text, label=class_name(labels), extra=cells, line=line)
    sentiment = cells.get("sentiment")
    if sentiment in COMMENT_SENTIMENTS:
        del cells["sentiment"]
    elif sentiment is not None and form.kind == "mentions":
        reason = f"sentiment: unknown {sentiment!r}; {nearest(str(sentiment), COMMENT_SENTIMENTS)}"
        return _Fault(line, reason) if form.strict else Rejected(line, reason, text[:CONTENT_CHARS])
    else:
        # Foreign data have words of their own for it, which stay among the extra keys.
        sentiment = None
    try:
        mentions = mention_list(labels, text) if form.kind == "mentions" else aspects(labels)
        if form.taxonomy is not None:
            check_known(mentions, form.taxonomy)
    except LabelFault as fault:
        reason = f"{form.labels}{fault.place}: {fault}"
        return _Fault(line, reason) if form.strict else Rejected(line, reason, text[:CONTENT_CHARS])
    return LabelledComment(text, sentiment, mentions, extra=cells, line=line)


def _blank(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def _taxonomy_of(records: Sequence[LabelledComment]) -> Taxonomy:
    mentions = [mention for record in records for mention in record.mentions]
    categories = dict.fromkeys((mention.touchpoint, mention.factor) for mention in mentions)
    return taxonomy_from_categories(categories, dict.fromkeys(mention.sentiment for mention in mentions))


def _notes(export: Export, kind: Kind, records: Sequence[LabelledComment]) -> list[str]:
    # That mentions are nested is no news here.
    notes = [note for note in export.notes if not note.startswith("nested columns")]
    mentions = [mention for record in records for mention in record.mentions]
    if kind == "label":
        notes.append(f"labels {_counted(record.label for record in records)}")
    if kind == "aspects":
        categories = {(mention.touchpoint, mention.factor) for mention in mentions}
        polarities = _counted(mention.sentiment for mention in mentions)
        notes.append(f"{len(categories)} categories, polarities {polarities}")
    notes += _lost_quotes(records)
    return [f"{export.path}: {note}" for note in notes]


def _lost_quotes(records: Sequence[LabelledComment]) -> list[str]:
    lost = [
        str(record.line)
        for record in records
        for mention in record.mentions
        if mention.quote is not None and mention.start is None
    ]
    if not lost:
        return []
    lines = ", ".join(lost[:5]) + (", …" if len(lost) > 5 else "")
    return [
        f"{len(lost)} quotes do not stand in their text (line {lines}); their mentions are kept without place"
    ]


def _counted(words: Iterable[str | None]) -> str:
    return ", ".join(f"{word} ({count})" for word, count in Counter(words).most_common(20))
