"""CSV and its kin: any delimiter, strict quoting, and no row lost behind a broken one.

Rules for a row that has not as many fields as the header:

- more fields: rejected, unless all that are too many are empty;
- fewer fields: rejected, because a line break without quotes makes two such rows out of one, unless it lacks only
  last columns that a tenth of the rows leave empty, which some programs do not write; those are filled with "".
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from cx_nlp.errors import InputError
from cx_nlp.io.dialect import ONE_COLUMN, Layout, find_layout
from cx_nlp.io.export import CONTENT_CHARS, Chunk, Export, Rejected, Row, in_chunks
from cx_nlp.io.header import check_header, check_width, column_names
from cx_nlp.io.lines import DamagedLine, text_lines
from cx_nlp.io.records import Quoting, has_width, records
from cx_nlp.io.survey import Survey

SAMPLE_LINES = 2000
SAMPLE_CHARS = 1 << 18
_NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


def open_delimited(path: Path, lines: Survey, delimiter: str | None = None) -> Export:
    """Export of a delimited text file; `lines` is what was found about its encoding.

    Raises
    ------
    InputError
        No header, no rows, no delimiter that splits the lines evenly, or data where the header should be.
    """
    head = _head(path, lines.encoding)
    layout = find_layout(head, _one_character(path, delimiter))
    if layout is None:
        raise InputError(f"{path}: is empty; expected a line of column names and rows below it.")
    check_width(len(layout.header), path)
    _check(path, layout, head, asked=delimiter is not None)
    columns, renamed = column_names(layout.header)
    odd = check_header(layout.header, layout.rows, path=path, place=f"line {layout.header_line}")
    return Export(
        path=path,
        format="csv",
        columns=columns,
        encoding=lines.encoding,
        delimiter="" if layout.quoting.delimiter == ONE_COLUMN else layout.quoting.delimiter,
        sheet=None,
        notes=(*_notes(layout, lines), *odd, *renamed, *lines.notes),
        last_line=lines.lines,
        _read=partial(_chunks, path, lines.encoding, layout, columns),
    )


def _chunks(
    path: Path, encoding: str, layout: Layout, columns: tuple[str, ...], size: int
) -> Iterator[Chunk]:
    return in_chunks(_rows(path, encoding, layout), columns=columns, size=size, typed=False)


def _rows(path: Path, encoding: str, layout: Layout) -> Iterator[Row | Rejected]:
    width, quoting = len(layout.header), layout.quoting
    optional = _optional(layout)
    for number, fields, raw in records(text_lines(path, encoding), quoting, width=width):
        if number <= layout.header_line:
            continue
        if fields is not None and len(fields) == width and len(raw) == 1 and type(raw[0]) is str:
            yield number, fields
        elif (row := _judged(number, fields, raw, quoting, width, optional)) is not None:
            yield row


def _judged(
    number: int, fields: list[str] | None, raw: list[str], quoting: Quoting, width: int, optional: int
) -> Row | Rejected | None:
    """One row that needs a second look; None where the line is blank."""
    reason = next((line.reason for line in raw if isinstance(line, DamagedLine)), "")
    if not reason and fields is None:
        fields = _sloppy(raw[0], quoting, width)
        reason = "" if fields else "unbalanced quotes"
    if not reason and fields is not None:
        if not fields or (width > 1 and not raw[0].strip()):
            return None
        if has_width(fields, width):
            return number, fields[:width]
        if width - optional <= len(fields) < width:
            return number, fields + [""] * (width - len(fields))
        reason = f"{_counted(len(fields))} where the header has {width}"
    return Rejected(number, reason, "".join(raw).rstrip("\r\n")[:CONTENT_CHARS])


def _sloppy(line: str, quoting: Quoting, width: int) -> list[str] | None:
    # 5,"good" phone,x: an even number of quotes, none of which hides a delimiter or a line end.
    if quoting.quote is None or line.count(quoting.quote) % 2:
        return None
    quote, line = quoting.quote, line.rstrip("\r\n")
    fields = line.split(quoting.delimiter)
    if len(fields) == width:
        return [_unquoted(field, quote) for field in fields]
    # With one more delimiter: a quote left open would swallow it.
    fields = next(quoting.reader([line + quoting.delimiter], strict=False), [])
    return fields[:-1] if len(fields) == width + 1 else None


def _unquoted(field: str, quote: str) -> str:
    inner = field[1:-1].replace(quote * 2, "")
    if len(field) > 1 and field[0] == field[-1] == quote and quote not in inner:
        return field[1:-1].replace(quote * 2, quote)
    return field


def _optional(layout: Layout) -> int:
    """Number of last columns that at least a tenth of the rows leave empty."""
    count = 0
    for cells in reversed(list(zip(*layout.rows, strict=True))[1:]):
        if sum(not cell.strip() for cell in cells) * 10 < len(cells):
            break
        count += 1
    return count


def _head(path: Path, encoding: str) -> list[str]:
    head: list[str] = []
    size = 0
    for line in islice(text_lines(path, encoding), SAMPLE_LINES):
        head.append(line)
        size += len(line)
        if size > SAMPLE_CHARS:
            break
    return head


def _one_character(path: Path, delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    character = _NAMED_DELIMITERS.get(delimiter.lower(), delimiter)
    if len(character) != 1 or character in '"\r\n ':
        raise InputError(
            f"{path}: {delimiter!r} cannot be a delimiter; expected one character such as ',' ';' '|' or 'tab'."
        )
    return character


def _check(path: Path, layout: Layout, head: list[str], *, asked: bool) -> None:
    first = layout.header_line
    if isinstance(head[first - 1], DamagedLine):
        raise InputError(
            f"{path}: line {first}, the column names, holds {head[first - 1].reason}; "  # type: ignore[attr-defined]
            "save the file as UTF-8, or name its encoding with --encoding."
        )
    if not layout.records:
        raise InputError(f"{path}: has column names (line {first}) but no rows below them; export it again.")
    if layout.share < 0.5 and layout.records >= 10:
        raise InputError(
            f"{path}: only {layout.share:.0%} of the first {layout.records} rows have as many fields as line {first} "
            f"({_counted(len(layout.header))}, delimiter {layout.quoting.delimiter!r}); "
            + (
                "check --delimiter."
                if asked
                else "name the delimiter with --delimiter, or save the file as XLSX."
            )
        )


def _counted(fields: int) -> str:
    return "1 field" if fields == 1 else f"{fields} fields"


def _notes(layout: Layout, lines: Survey) -> Iterator[str]:
    delimiter, line = layout.quoting.delimiter, layout.header_line
    if lines.encoding not in ("utf-8", "utf-8-sig"):
        apart = " (tone marks stand apart from their letters)" if "1258" in lines.encoding else ""
        yield f"encoding {lines.encoding}{apart}"
    if delimiter == ONE_COLUMN:
        yield "one column, no delimiter"
    elif delimiter != ",":
        yield f"delimiter {delimiter!r}"
    if layout.quoting.note:
        yield layout.quoting.note
    if line > 1:
        yield f"column names are taken from line {line}; what stands above is left out"
