"""Labelled comments from wherever the caller has them: a frame, one file or several."""

from collections.abc import Sequence
from os import PathLike

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.export import Export
from cx_nlp.io.frames import frame_export
from cx_nlp.io.label_layout import label_layout
from cx_nlp.io.labelled import Labelled, labelled_comments, open_labelled
from cx_nlp.taxonomy import Taxonomy

Source = Labelled | pd.DataFrame | str | PathLike[str] | Sequence[str | PathLike[str]]


def labelled_source(
    source: Source,
    *,
    taxonomy: Taxonomy | None = None,
    bound_aspects: bool = True,
    label_column: str | None = None,
    text_column: str | None = None,
) -> Labelled:
    """The labelled comments of a frame or of files (see `cx_nlp.io.labelled.read_labelled`).

    Comments already read are given back as they are. Without `bound_aspects` the taxonomy holds for `mentions` only: aspects may have categories that it lacks.
    """
    if isinstance(source, Labelled):
        return source
    exports = _exports(source)
    columns = exports[0].columns
    if (
        not bound_aspects
        and "mentions" not in columns
        and label_layout(columns, text=text_column or "text") is None
    ):
        taxonomy = None
    return labelled_comments(exports, taxonomy=taxonomy, label_column=label_column, text_column=text_column)


def _exports(source: pd.DataFrame | str | PathLike[str] | Sequence[str | PathLike[str]]) -> list[Export]:
    if isinstance(source, pd.DataFrame):
        return [frame_export(source)]
    many = [source] if isinstance(source, (str, PathLike)) else list(source)
    if not many:
        raise InputError("no labelled comments are given: name at least one file")
    return [open_labelled(path) for path in many]
