"""Labelled comments from wherever the caller has them: a frame, one file or several."""

from collections.abc import Sequence
from os import PathLike

import pandas as pd

from cx_nlp.io.frames import frame_export
from cx_nlp.io.labelled import Labelled, labelled_comments, read_labelled
from cx_nlp.taxonomy import Taxonomy

Source = pd.DataFrame | str | PathLike[str] | Sequence[str | PathLike[str]]


def labelled_source(
    source: Source,
    *,
    taxonomy: Taxonomy | None = None,
    label_column: str | None = None,
    text_column: str | None = None,
) -> Labelled:
    """The labelled comments of a frame or of files (see `cx_nlp.io.labelled.read_labelled`)."""
    if isinstance(source, pd.DataFrame):
        return labelled_comments(
            [frame_export(source)],
            taxonomy=taxonomy,
            label_column=label_column,
            text_column=text_column or "text",
        )
    return read_labelled(source, taxonomy=taxonomy, label_column=label_column, text_column=text_column)
