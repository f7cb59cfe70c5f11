"""`cx_nlp.suggest_labels`: from an export or a frame to a file to label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.bundle import load
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.frames import frame_export
from cx_nlp.io.labelled import read_labelled
from cx_nlp.io.native import Native
from cx_nlp.io.readers import open_export
from cx_nlp.suggesting.run import SuggestSummary, suggest_from
from cx_nlp.suggesting.scan import Progress
from cx_nlp.tagger.frames import Tags
from cx_nlp.taxonomy import Taxonomy


def suggest_labels(
    source: Any,  # noqa: ANN401 - a path or a frame of any kind
    *,
    n: int,
    out: Path | str,
    model: Tags | Path | str = "auto",
    format: str | None = None,
    labelled: Sequence[str | PathLike[str]] = (),
    columns: Mapping[str, str] | None = None,
    random_share: float = 0.2,
    cause_share: float = 0.3,
    seed: int = 0,
    lang: str | None = None,
    keep_personal_data: bool = False,
    overwrite: bool = False,
    trusted: bool = False,
    progress: Progress | None = None,
) -> SuggestSummary:
    """The comments of an export most worth labelling, written to a file with what the model suggests.

    Parameters
    ----------
    source
        A frame of pandas, Polars or Arrow with one comment a row, or the path of an export.
    n
        Comments to pick; fewer where the export has fewer that differ.
    out, format
        The file: .xlsx or "excel" (a table with lists to choose from), .csv or "csv" (the same columns), .json or
        "labelstudio" (tasks with predictions, and the labelling config beside them), .jsonl or "jsonl".
    model
        "auto", "fast", "accurate", a bundle folder, or a tagger.
    labelled
        Files of comments labelled in earlier rounds: nothing like them is picked.
    columns
        Columns by role (text, id, channel …); those not named are guessed.
    random_share, cause_share
        Parts of `n` picked at random (for an honest measurement) and for rare causes; the others are picked because the
        model is unsure of them (see `cx_nlp.suggesting.picking.pick`).
    seed
        The same seed, export and model give the same file.
    lang
        "vi" or "en", the language of the names in lists; by default that of most comments picked.
    keep_personal_data
        Whether telephone numbers, addresses and the like stand in the file as they were written, instead of masked.
    overwrite
        Whether an earlier file of suggestions may be replaced.
    trusted
        Whether the bundle folder may hold pickled estimators.
    progress
        Called after each chunk with the rows read and their share of all.

    Raises
    ------
    CxError
        If the source, the model, the labelled files or `out` cannot be used; the message says why and what to do.
    """
    if isinstance(source, (str, Path)):
        export = open_export(source)
    else:
        export = frame_export(source if isinstance(source, pd.DataFrame) else Native(source).to_pandas())
    plan = plan_comments(export, chosen=columns)
    tagger = load(model, trusted=trusted, kind="mentions") if isinstance(model, (str, Path)) else model
    return suggest_from(
        export, tagger=tagger, n=n, out=out, plan=plan, format=format, labelled=labelled_texts(labelled, tagger.taxonomy),
        random_share=random_share, cause_share=cause_share, seed=seed, lang=lang, keep_personal_data=keep_personal_data,
        overwrite=overwrite, progress=progress,
    )  # fmt: skip


def labelled_texts(paths: Sequence[str | PathLike[str]], taxonomy: Taxonomy | None) -> list[str]:
    """The texts of files of labelled comments.

    Raises
    ------
    InputError, ColumnError
        A file cannot be read as labelled comments.
    """
    return [record.text for record in read_labelled(paths, taxonomy=taxonomy).records] if paths else []
