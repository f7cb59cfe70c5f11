"""Packed files judged before they are unpacked: how many parts, how large, how much larger than they lie there."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

MAX_RATIO = 200
"""Unpacked bytes for each packed one; text of customers packs to a fifth or a tenth, deflate can reach 1 032."""
RATIO_FROM = 1 << 26
"""Unpacked bytes (64 MiB) from which on the ratio counts."""
MAX_PARTS = 10_000
"""Files in a ZIP archive; each takes some 600 bytes of memory before anything is unpacked."""
_ENTRY = b"PK\x01\x02"
_PIECE = 1 << 20


class PackedError(ValueError):
    """An archive that is not unpacked; says which limit it breaks, to stand behind "the file: "."""


def check_ratio(unpacked: int, packed: int) -> None:
    """Nothing where so many bytes may come of a packed file of this size.

    Raises
    ------
    PackedError
    """
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed:
        raise PackedError(
            f"unpacks to more than {MAX_RATIO} times its {packed:,} bytes, as no table of comments does"
        )


def check_parts(stream: BinaryIO, *, at_most: int = MAX_PARTS) -> None:
    """Nothing where an archive names at most so many files; to be asked before `zipfile` reads the names.

    Raises
    ------
    PackedError
    """
    count, rest = 0, b""
    stream.seek(0)
    while piece := stream.read(_PIECE):
        data = rest + piece
        count += data.count(_ENTRY)
        rest = data[1 - len(_ENTRY) :]
        if count > at_most:
            raise PackedError(f"holds more than {at_most:,} files")
    stream.seek(0)


def check_methods(archive: zipfile.ZipFile) -> None:
    """Nothing where every file of an archive is packed in a way that is read here, and none is encrypted.

    Raises
    ------
    PackedError
    """
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise PackedError(f"holds {entry.filename[:80]!r}, which is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackedError(f"holds {entry.filename[:80]!r}, which is packed in a way that is not read")
