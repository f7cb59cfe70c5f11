"""Physical lines of a text file, plain or gzipped, in memory that does not grow with the file."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from cx_nlp.errors import InputError
from cx_nlp.io.packed import PackedError, check_ratio

PIECE = 1 << 20
LONGEST_LINE = 1 << 24
"""Bytes; a file with a longer line is not a table of comments."""

GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"
BROKEN_UTF8 = b"\xff"


class DamagedLine(str):
    """A line that holds bytes which cannot be used; `reason` says which.

    It is still a string (with the bytes replaced), so that a quoted field that runs over it is parsed to its
    end and costs one row, not the rows behind it.
    """

    __slots__ = ("reason",)
    reason: str


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked where it is gzipped."""
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP_MAGIC
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def pieces(path: Path) -> Iterator[bytes]:
    """Yield the (unpacked) bytes of a file, about a megabyte at a time."""
    done = 0
    try:
        with open_bytes(path) as stream:
            packed = path.stat().st_size
            while piece := stream.read(PIECE):
                done += len(piece)
                check_ratio(done, packed)
                yield piece
    except PackedError as error:
        raise InputError(
            f"{path}: {error}; unpack it yourself if you trust it, or export it again."
        ) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path}: the gzip file is cut off or damaged after {done} unpacked bytes ({error}); "
            "copy or export it again."
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); check the file.") from error


def is_wide(encoding: str) -> bool:
    """Whether an encoding has more than one byte for each ASCII character, as UTF-16 and UTF-32 do."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def line_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield blocks of whole lines; UTF-16 and UTF-32 come as UTF-8, see `byte_encoding`."""
    raw = _as_utf8(path, encoding) if is_wide(encoding) else pieces(path)
    rest, first = b"", True
    for piece in raw:
        if first and piece:
            piece, first = piece.removeprefix(UTF8_BOM), False
        rest += piece
        cut = _end_of_last_line(rest)
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > LONGEST_LINE:
            raise InputError(
                f"{path}: a line is longer than {LONGEST_LINE >> 20} MiB; this is not a table of comments "
                "with one row a line, export it as CSV, XLSX, Parquet or JSON lines."
            )
    if rest:
        yield rest


def byte_encoding(encoding: str) -> str:
    """Encoding of the blocks that `line_blocks` yields."""
    return "utf-8" if is_wide(encoding) or codecs.lookup(encoding).name == "utf-8-sig" else encoding


def text_lines(path: Path, encoding: str) -> Iterator[str]:
    r"""Yield lines with their line ends (\n, \r\n or \r); those that cannot be used as `DamagedLine`."""
    codec = byte_encoding(encoding)
    for block in line_blocks(path, encoding):
        try:
            text = block.decode(codec)
        except UnicodeDecodeError:
            text = None
        if text is None or "\0" in text:
            yield from (decode_line(line, codec) for line in block.splitlines(keepends=True))
        else:
            # newline="" splits at the three line ends only, not at the other characters of str.splitlines.
            yield from io.StringIO(text, newline="")


def decode_line(line: bytes, codec: str) -> str:
    """One line as text, or as `DamagedLine`."""
    try:
        text, reason = line.decode(codec), ""
    except UnicodeDecodeError as error:
        text = line.decode(codec, "replace")
        reason = (
            f"bytes that are not {codec} (0x{line[error.start]:02X} at byte {error.start + 1} of the line)"
        )
    if "\0" in text:
        reason = reason or f"NUL byte (character {text.index(chr(0)) + 1} of the line)"
    if not reason:
        return text
    # The csv module of Python 3.10 stops at NUL.
    damaged = DamagedLine(text.replace("\0", "\ufffd"))
    damaged.reason = reason
    return damaged


def count_lines(block: bytes) -> int:
    """Line ends in a block of whole lines."""
    count = block.count(b"\n")
    if b"\r" in block:
        count += block.count(b"\r") - block.count(b"\r\n")
    return count


def _end_of_last_line(data: bytes) -> int:
    # A carriage return at the very end may be half of \r\n.
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1


def _as_utf8(path: Path, encoding: str) -> Iterator[bytes]:
    # Half a surrogate pair or an odd byte at the end becomes broken UTF-8, so that one rule finds damaged lines
    # in all encodings.
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for piece in pieces(path):
        try:
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        except UnicodeError as error:
            raise InputError(
                f"{path}: is not {encoding} ({error}); name the right encoding with --encoding."
            ) from error
    try:
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeError:
        yield BROKEN_UTF8
