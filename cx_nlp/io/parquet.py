"""Parquet, read in batches."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.export import Chunk, Export
from cx_nlp.io.header import column_names


def open_parquet(path: Path) -> Export:
    """Export of a Parquet file; nested columns are kept as they are and noted.

    Raises
    ------
    InputError
        The file is damaged or encrypted, or has no rows or no columns.
    """
    with _parquet(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    if not rows or not schema.names:
        raise InputError(f"{path}: has column names but no rows; export it again.")
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
        batches = file.iter_batches(batch_size=size)
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError) as error:
                raise InputError(_damaged(path, f"breaks off behind row {first - 1}: {error}")) from error
            if batch is None:
                return
            yield Chunk(_frame(batch, columns, first), ())
            first += batch.num_rows


def _frame(batch: Any, columns: tuple[str, ...], first: int) -> pd.DataFrame:  # noqa: ANN401
    import pyarrow as pa

    arrays = [
        array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array
        for array in batch.columns
    ]
    # Integers with gaps as objects, or the id 7 becomes 7.0 as soon as one is missing.
    frame: pd.DataFrame = pa.RecordBatch.from_arrays(arrays, names=list(columns)).to_pandas(
        integer_object_nulls=True
    )
    frame.index = pd.RangeIndex(first, first + len(frame))
    return frame


def _parquet(path: Path) -> Any:  # noqa: ANN401
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise InputError(_damaged(path, str(error))) from error


def _damaged(path: Path, why: str) -> str:
    return f"{path}: cannot be read as Parquet ({why.splitlines()[0]}); copy or export the file again."
