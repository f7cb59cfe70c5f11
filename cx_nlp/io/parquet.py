"""Parquet, read in batches."""

from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, MINYEAR
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.export import Chunk, Export
from cx_nlp.io.header import check_width, column_names

MAX_BATCH = 1 << 28
"""Bytes of text in some rows read at once (256 MiB); a text that a page stores once can stand in any number of rows."""


def open_parquet(path: Path) -> Export:
    """Export of a Parquet file; nested columns are kept as they are and noted.

    Raises
    ------
    InputError
        The file is damaged or encrypted, or has no rows or no columns.
    """
    with _parquet(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    # A damaged file may promise fewer rows than none.
    if rows < 1 or not schema.names:
        raise InputError(f"{path}: has column names but no rows; export it again.")
    check_width(len(schema.names), path)
    columns, renamed = column_names(schema.names)
    nested = [name for name, kind in zip(columns, schema.types, strict=True) if kind.num_fields]
    return Export(
        path=path,
        format="parquet",
        columns=columns,
        encoding=None,
        delimiter=None,
        sheet=None,
        notes=(*([f"nested columns: {', '.join(nested)}"] if nested else []), *renamed),
        last_line=rows,
        _read=partial(_chunks, path, columns),
    )


def _chunks(path: Path, columns: tuple[str, ...], size: int) -> Iterator[Chunk]:
    import pyarrow as pa

    first = 1
    with _parquet(path) as file:
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    with _parquet(path, texts) as file:
        batches, told = file.iter_batches(batch_size=size), file.metadata.num_rows
        while first <= told:
            try:
                batch = next(batches, None)
                if batch is None:
                    raise ValueError(f"the end comes before row {told}")
                batch = batch.from_arrays([*map(_legible, batch.columns)], names=batch.schema.names)
                _check_size(path, batch, first)
                frame = _frame(batch, columns, first)
            except InputError:
                raise
            # Of values that Python has no form for there are ValueErrors, too.
            except (pa.ArrowException, ValueError, OSError) as error:
                raise InputError(_damaged(path, f"breaks off behind row {first - 1}: {error}")) from error
            yield Chunk(frame, ())
            first += batch.num_rows


def _is_text(kind: Any) -> bool:  # noqa: ANN401
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _legible(array: Any) -> Any:  # noqa: ANN401
    """The array, checked; in texts whose bytes are no UTF-8, which Parquet does not ask for, U+FFFD stands in their place."""
    import pyarrow as pa

    if isinstance(array, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(array.indices, _legible(array.dictionary))
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        if not _is_text(array.type):
            raise
        found = array.view(pa.large_binary() if pa.types.is_large_string(array.type) else pa.binary())
        texts = [text and text.decode("utf-8", "replace") for text in found.to_pylist()]
        return pa.array(texts, array.type)
    return array


def _check_size(path: Path, batch: Any, first: int) -> None:  # noqa: ANN401
    """Nothing where the texts of a batch, each as often as it stands there, are not too much to hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if not isinstance(array, pa.DictionaryArray) or not _is_text(array.type.value_type):
            continue
        lengths = pc.binary_length(array.dictionary).cast(pa.int64())
        total = pc.sum(lengths.take(array.indices)).as_py() or 0
        if total > MAX_BATCH:
            raise InputError(
                f"{path}: column {name!r} has {total:,} bytes of text in {len(array):,} rows from row {first} on, and at most "
                f"{MAX_BATCH:,} are read; export it again, as this is no table of comments."
            )


def _frame(batch: Any, columns: tuple[str, ...], first: int) -> pd.DataFrame:  # noqa: ANN401
    import pyarrow as pa

    arrays = [
        array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array
        for array in batch.columns
    ]
    # Integers with gaps as objects, or the id 7 becomes 7.0 as soon as one is missing.
    frame: pd.DataFrame = pa.RecordBatch.from_arrays(
        [_of_known_years(array) for array in arrays], names=list(columns)
    ).to_pandas(integer_object_nulls=True)
    frame.index = pd.RangeIndex(first, first + len(frame))
    return frame


def _of_known_years(array: Any) -> Any:  # noqa: ANN401
    """The array; dates of which some are of years that Python does not know as texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_date(array.type) or len(array) == array.null_count:
        return array
    years = pc.min_max(pc.year(array)).as_py()
    return array if years["min"] >= MINYEAR and years["max"] <= MAXYEAR else array.cast(pa.string())


def _parquet(path: Path, as_codes: Sequence[str] = ()) -> Any:  # noqa: ANN401
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path, pre_buffer=False, read_dictionary=list(as_codes))
    # Names that are no text give a ValueError.
    except (pa.ArrowException, ValueError, OSError) as error:
        raise InputError(_damaged(path, str(error) or type(error).__name__)) from error


def _damaged(path: Path, why: str) -> str:
    first, _, _ = why.partition("\n")
    return f"{path}: cannot be read as Parquet ({first}); copy or export the file again."
