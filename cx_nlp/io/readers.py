"""Exports of comments in any usual format, opened by one function."""

from itertools import islice
from os import PathLike
from pathlib import Path

from cx_nlp.errors import InputError
from cx_nlp.io.delimited import open_delimited
from cx_nlp.io.encodings import check_encoding, find_encoding
from cx_nlp.io.export import Chunk, Export, Rejected
from cx_nlp.io.file_format import find_format, may_be_json
from cx_nlp.io.json_lines import open_json_lines
from cx_nlp.io.lines import text_lines
from cx_nlp.io.survey import Survey

__all__ = ["Chunk", "Export", "Rejected", "open_export"]


def open_export(
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | int | None = None,
) -> Export:
    """Export behind a path: CSV, TSV and the like, JSON lines (both also gzipped), XLSX or Parquet.

    Parameters
    ----------
    path : path-like
        The file; what it is, is found from its content.
    encoding, delimiter : str, optional
        For text files; found where not given. A delimiter is one character, or "tab".
    sheet : str or int, optional
        Name or number (from 1) of the sheet of a workbook; the first with a table where not given.

    Raises
    ------
    InputError
        The file cannot be read as it is; the message names file, place and cure.
    """
    path = Path(path)
    kind = find_format(path)
    if kind in ("xlsx", "parquet"):
        _refuse_options(path, kind, encoding=encoding, delimiter=delimiter)
    if kind != "xlsx":
        _refuse_options(path, kind, sheet=sheet)
    if kind == "xlsx":
        from cx_nlp.io.sheets import open_workbook

        return open_workbook(path, sheet)
    if kind == "parquet":
        from cx_nlp.io.parquet import open_parquet

        return open_parquet(path)
    lines = check_encoding(path, encoding) if encoding else find_encoding(path)
    if delimiter is None and (kind == "jsonl" or (may_be_json(path) and _starts_with_object(path, lines))):
        return open_json_lines(path, lines)
    if kind == "jsonl":
        _refuse_options(path, kind, delimiter=delimiter)
    return open_delimited(path, lines, delimiter)


def _refuse_options(path: Path, kind: str, **options: str | int | None) -> None:
    given = [f"--{name}" for name, value in options.items() if value is not None]
    if given:
        raise InputError(f"{path}: is {kind}, for which {' and '.join(given)} means nothing; leave it out.")


def _starts_with_object(path: Path, lines: Survey) -> bool:
    first = next((line for line in islice(text_lines(path, lines.encoding), 20) if line.strip()), "").strip()
    return first.startswith('{"') and first.endswith("}")
