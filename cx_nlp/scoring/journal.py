"""The tags of an unfinished run on the disk, part after part, so that a run that was killed need not tag them again."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pyarrow as pa

from cx_nlp.io.outputs import writing
from cx_nlp.tagger.tag_table import packed, unpacked

HEAD = struct.Struct("<QI")
"""Length of a part's bytes and their CRC-32."""
SYNC_SECONDS = 5.0
"""The disk is asked to keep what was written this often: a kill loses nothing, a power cut so much."""


class Journal:
    """Tables appended to a file; what a kill left of the last one is cut off when the file is opened.

    Parameters
    ----------
    path : Path
        The file; made where there is none.

    Attributes
    ----------
    parts : int
        Tables in the file.

    Raises
    ------
    OutputError
        If the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path):
            path.touch()
            self._stream = path.open("r+b")
            self.parts, end = self._whole()
            self._stream.truncate(end)
            self._stream.seek(end)
        self._synced = time.monotonic()

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def append(self, table: pa.Table) -> None:
        """Adds the tags of the next part."""
        content = packed(table, compression="lz4")
        with writing(self._path):
            self._stream.write(HEAD.pack(len(content), crc32(content)))
            self._stream.write(content)
            self._stream.flush()
            # Before the disk is waited for: Ctrl-C there must not cost the part.
            self.parts += 1
            if time.monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(self._stream.fileno())
                self._synced = time.monotonic()

    def read(self) -> Iterator[pa.Table]:
        """The tables that are there now, in their order."""
        with self._path.open("rb") as stream:
            for _ in range(self.parts):
                size, _ = HEAD.unpack(stream.read(HEAD.size))
                yield unpacked(stream.read(size))

    def _whole(self) -> tuple[int, int]:
        """How many parts are whole, and where the last of them ends."""
        parts = end = 0
        last = os.fstat(self._stream.fileno()).st_size
        while head := self._stream.read(HEAD.size):
            size, check = HEAD.unpack(head) if len(head) == HEAD.size else (last, 0)
            if size > last - self._stream.tell() or crc32(self._stream.read(size)) != check:
                break
            parts, end = parts + 1, self._stream.tell()
        return parts, end
