"""Messages of Protocol Buffers, split into their fields without copying and without any code of the format's own."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
Field = tuple[int, int | memoryview]
"""The number of a field, and its value: a whole number, or the bytes of anything else."""


def fields(data: memoryview) -> Iterator[Field]:
    """The fields of a message in their order (protobuf.dev, "Encoding").

    Raises
    ------
    ValueError
        The bytes are no message.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == BYTES:
            length, at = _varint(data, at)
        elif kind in (FIXED64, FIXED32):
            length = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"field {number} has the unknown wire type {kind}")
        if length > len(data) - at:
            raise ValueError(f"field {number} ends behind its message")
        yield number, data[at : at + length]
        at += length


def numbers(value: int | memoryview) -> list[int]:
    """The whole numbers of a repeated field, packed or one alone."""
    if isinstance(value, int):
        return [value]
    found, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        found.append(number)
    return found


def text(value: int | memoryview) -> str:
    """A field of text."""
    if isinstance(value, int):
        raise ValueError("a number stands where a text is expected")
    return bytes(value).decode("utf-8")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number does not end")
