"""The tags of many texts as one Arrow table: what goes between processes, onto the disk and into the scored tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cx_nlp.tagger.mention import TaggedComment

MENTION = pa.struct(
    [
        ("touchpoint", pa.string()),
        ("factor", pa.string()),
        ("sentiment", pa.string()),
        ("confidence", pa.float64()),
        ("start", pa.int64()),
        ("end", pa.int64()),
    ]
)
TAGS = pa.schema(
    [
        ("sentiment", pa.string()),
        ("confidence", pa.float64()),
        ("needs_review", pa.bool_()),
        ("truncated", pa.bool_()),
        ("mentions", pa.list_(MENTION)),
    ]
)
"""One row a text."""


class TagsMany(Protocol):
    """A tagger of any kind."""

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The tags of each text, in order."""


def tag_table(tagger: TagsMany, texts: Sequence[str]) -> pa.Table:
    """The tags of the texts, one row each, with the schema `TAGS`."""
    own = getattr(tagger, "tag_table", None)
    found: pa.Table = own(texts) if own is not None else table_of(tagger.tag_many(texts))
    return found


def table_of(comments: Sequence[TaggedComment]) -> pa.Table:
    """Tagged comments as a table."""
    mentions = [mention for comment in comments for mention in comment.mentions]
    columns = [pa.array([getattr(one, field.name) for one in mentions], field.type) for field in MENTION]
    return pa.table(
        [
            pa.array([comment.sentiment for comment in comments], pa.string()),
            pa.array([comment.confidence for comment in comments], pa.float64()),
            pa.array([comment.needs_review for comment in comments], pa.bool_()),
            pa.array([comment.truncated for comment in comments], pa.bool_()),
            mention_lists([len(comment.mentions) for comment in comments], columns),
        ],
        schema=TAGS,
    )


def mention_lists(sizes: npt.ArrayLike, columns: Sequence[pa.Array]) -> pa.ListArray:
    """The mentions of each text as a list, from how many each has and the fields of all, end to end."""
    offsets = np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(columns, fields=[*MENTION]))


def named(codes: npt.NDArray[np.intp], names: Sequence[str]) -> pa.Array:
    """Texts from their positions among some names."""
    return pa.DictionaryArray.from_arrays(codes.astype(np.int32), pa.array(names, pa.string())).cast(
        pa.string()
    )


def packed(table: pa.Table, *, compression: str | None = None) -> bytes:
    """A table as bytes, an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def unpacked(content: bytes) -> pa.Table:
    """The table that `packed` made bytes of."""
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()
