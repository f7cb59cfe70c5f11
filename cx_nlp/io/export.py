"""An export as the rest of the package sees it: columns known at once, rows in chunks, every lost row named."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

CONTENT_CHARS = 500
"""So much of a rejected row is kept, enough to find it again in the file."""


CHUNK_CHARS = 1 << 26
"""Characters of text in a chunk; one of fewer rows is given where they are long."""


@dataclass(frozen=True)
class Rejected:
    """One row that cannot be used.

    Parameters
    ----------
    line : int
        First physical line of the row in a text file, row number in a sheet, both counted from 1 with the
        header; in Parquet, which has no lines, the number of the data row from 1.
    reason : str
        Why, in stable wording.
    content : str
        The row as it stands in the file, cut after 500 characters.
    """

    line: int
    reason: str
    content: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of an export, and the rows refused since the chunk before.

    Parameters
    ----------
    frame : pandas.DataFrame
        Every column of the export; the index holds line numbers as in `Rejected.line`. Cells of text files
        are strings ("" where empty), those of sheets, Parquet and JSON keep their types.
    rejected : tuple of Rejected
        In the order of the file.
    """

    frame: pd.DataFrame
    rejected: tuple[Rejected, ...]


Row = tuple[int, Sequence[object]]
"""Line number and cells, one for each column."""


@dataclass(frozen=True)
class Export:
    """A file of comments that was checked and can be read any number of times.

    Parameters
    ----------
    path : Path
        The file.
    format : str
        "csv" (any delimiter), "xlsx", "parquet" or "jsonl".
    columns : tuple of str
        Names as in the file, trimmed, in composed Unicode form, made unique.
    encoding, delimiter, sheet : str or None
        What the file was found, or said, to be; None where it does not apply. The delimiter is "" where the
        file has one column and no delimiter.
    notes : tuple of str
        What was assumed or set aside, for printing.
    last_line : int
        Number of the last line or row, for showing progress; for sheets as the workbook claims it, else 0.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    notes: tuple[str, ...]
    last_line: int
    _read: Callable[[int], Iterator[Chunk]] = field(repr=False, compare=False)

    def chunks(self, rows: int = 4096) -> Iterator[Chunk]:
        """Yield the whole export from the start, at most `rows` rows (good and refused) a chunk.

        Raises
        ------
        InputError
            The file breaks off or changed since it was opened.
        """
        if rows < 1:
            raise ValueError(f"chunks() needs rows of at least 1, got {rows}.")
        return self._read(rows)

    def sample(self, rows: int = 2000) -> pd.DataFrame:
        """First good rows, at most `rows`."""
        frames: list[pd.DataFrame] = []
        wanted = rows
        for chunk in self.chunks(rows):
            frames.append(chunk.frame.iloc[:wanted])
            wanted -= len(frames[-1])
            if wanted == 0:
                break
        return (
            frames[0] if len(frames) == 1 else pd.concat([part for part in frames if len(part)] or frames[:1])
        )

    @property
    def size(self) -> int | None:
        """Bytes of the file, None for what is no file."""
        return self.path.stat().st_size

    def digest(self) -> str:
        """SHA-256 of the file's bytes as they lie on disk, in hexadecimal."""
        digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()


def in_chunks(
    rows: Iterable[Row | Rejected], *, columns: Sequence[str], size: int, typed: bool
) -> Iterator[Chunk]:
    """Gather rows into chunks; `typed` keeps cells as they are, else all columns are text.

    A chunk ends early where its cells have more than `CHUNK_CHARS` characters.

    An export without any row gives one empty chunk, so that its columns are always seen.
    """
    lines: list[int] = []
    cells: list[Sequence[object]] = []
    rejected: list[Rejected] = []
    given, chars = False, 0
    for row in rows:
        if isinstance(row, Rejected):
            rejected.append(row)
        else:
            lines.append(row[0])
            cells.append(row[1])
            chars += sum(map(weight, row[1]))
        if len(cells) + len(rejected) >= size or chars > CHUNK_CHARS:
            yield Chunk(_frame(lines, cells, columns, typed=typed), tuple(rejected))
            lines, cells, rejected, given, chars = [], [], [], True, 0
    if cells or rejected or not given:
        yield Chunk(_frame(lines, cells, columns, typed=typed), tuple(rejected))


def weight(value: object) -> int:
    """Roughly the characters that a cell takes, those of lists and objects in it included."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return 64 + sum(map(weight, value)) + sum(map(weight, value.values()))
    return 16 + sum(map(weight, value)) if isinstance(value, list) else 8


def _frame(
    lines: list[int], cells: list[Sequence[object]], columns: Sequence[str], *, typed: bool
) -> pd.DataFrame:
    index = pd.Index(lines, dtype="int64")
    # object, not inferred: one chunk of a column must not come as integers and the next as floats.
    frame: pd.DataFrame = pd.DataFrame(
        cells, index=index, columns=list(columns), dtype=object if typed else "str"
    )
    return frame
